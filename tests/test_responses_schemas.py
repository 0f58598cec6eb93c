"""Our schemas of the Responses protocol against the official client's types, and what the reference sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, get_args

import pydantic
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from samewire.reference import KEY, Reference
from samewire.reference.server import HttpRequest
from samewire.schema import violations
from samewire.sse import parse

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"type": "function", "name": "get_weather", "parameters": CITY, "strict": False}
NOTE = {"type": "custom", "name": "write_note"}
#: Requests whose answers hold every kind of item that the schemas speak of.
ASKED: dict[str, dict[str, Any]] = {
    "words": {"input": "Say hello."},
    "cut off": {"input": "Count from 1 to 30.", "max_output_tokens": 16},
    "calls": {"input": "What is the weather in Paris and in London?", "tools": [WEATHER]},
    "a custom call": {"input": "Hi.", "tools": [NOTE], "tool_choice": {"type": "custom", "name": "write_note"}},
    "reasoning": {
        "input": "Say hello.",
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    },
    "log probabilities": {"input": "Say hello.", "include": ["message.output_text.logprobs"], "top_logprobs": 2},
    "settings": {"input": "Say hello.", "metadata": {"a": "b"}, "instructions": "Be brief.", "temperature": 0.5},
}


def answered(body: dict[str, Any]) -> bytes:
    """What the reference answers to a request."""

    async def answer() -> bytes:
        sent = json.dumps({"model": "reference-1", **body}).encode()
        headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
        response = await Reference().handle(HttpRequest("POST", "/v1/responses", {}, headers, sent))
        assert response.status == 200
        if isinstance(response.body, bytes):
            return response.body
        return b"".join([piece async for piece in response.body])

    return asyncio.run(answer())


def streamed(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The events that the reference answers with."""
    events = parse([(0.0, answered({**body, "stream": True}))]).events
    return [json.loads(event.data) for event in events if event.data]


RESPONSES = {name: json.loads(answered(body)) for name, body in ASKED.items()}
#: One event of each type and kind of item.
EVENTS = {
    f"{event['type']} {(event.get('item') or event.get('part') or {}).get('type', '')}".strip(): event
    for body in ASKED.values()
    for event in streamed(body)
}
TYPES = {get_args(one.model_fields["type"].annotation)[0]: one for one in get_args(get_args(ResponseStreamEvent)[0])}
#: The client's types for the variants that occur here; of a union it tells what each variant would have missed.
VARIANTS = {
    *("ResponseOutputMessage", "ResponseFunctionToolCall", "ResponseReasoningItem", "ResponseCustomToolCall"),
    *("ResponseOutputText", "FunctionTool", "CustomTool", "Part"),
}
DOCUMENTS: list[tuple[str, str, Any]] = [
    *((name, "responses/response", document) for name, document in RESPONSES.items()),
    *((name, "responses/event", event) for name, event in EVENTS.items()),
]
KINDS = {
    "ResponseOutputMessage": "message",
    "ResponseFunctionToolCall": "function_call",
    "ResponseReasoningItem": "reasoning",
    "ResponseCustomToolCall": "custom_tool_call",
    "ResponseOutputText": "output_text",
    "FunctionTool": "function",
    "CustomTool": "custom",
}


def complaints(schema: str, document: Any) -> list[tuple[tuple[Any, ...], str]]:
    """What the client's type says of a document: the place, unions left out, and the kind of problem."""
    kind = Response if schema == "responses/response" else TYPES[document["type"]]
    try:
        kind.model_validate_json(json.dumps(document))
    except pydantic.ValidationError as problem:
        found = ((_place(document, one["loc"]), one["type"]) for one in problem.errors())
        return [(place, word) for place, word in found if place is not None]
    return []


def _place(document: Any, steps: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The place that a complaint is about; None if it is about a variant that this document doesn't have there."""
    here, place = document, []
    for step in steps:
        if isinstance(step, str) and step[:1].isupper():
            kind = here.get("type") if isinstance(here, dict) else None
            if KINDS.get(step) != kind:
                return None
        elif isinstance(step, str) and not step.replace("_", "").isalnum():
            return None
        else:
            place.append(step)
            known = isinstance(here, dict) and step in here
            here = here[step] if known or (isinstance(here, list) and isinstance(step, int)) else None
    return tuple(place)


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    steps = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, value in steps:
        yield from paths(value, (*path, step))


def changed(document: Any, path: tuple[Any, ...], *value: Any) -> Any:
    """The document with another value at a place, or without it."""
    copy = json.loads(json.dumps(document))
    here = copy
    for step in path[:-1]:
        here = here[step]
    if value:
        here[path[-1]] = value[0]
    else:
        del here[path[-1]]
    return copy


@pytest.mark.parametrize(("name", "schema", "document"), DOCUMENTS, ids=[one[0] for one in DOCUMENTS])
def test_what_the_reference_sends_conforms(name: str, schema: str, document: Any) -> None:
    assert violations(document, schema) == ()


@pytest.mark.parametrize(("name", "schema", "document"), DOCUMENTS, ids=[one[0] for one in DOCUMENTS])
def test_the_client_takes_what_the_reference_sends(name: str, schema: str, document: Any) -> None:
    assert complaints(schema, document) == []


def test_every_event_of_the_schema_is_streamed() -> None:
    streamed_types = {name.split()[0] for name in EVENTS}
    assert {f"response.{word}" for word in ("created", "in_progress", "completed", "incomplete")} <= streamed_types
    assert {kind.removesuffix(".delta") for kind in streamed_types if kind.endswith(".delta")} == {
        "response.output_text",
        "response.function_call_arguments",
        "response.custom_tool_call_input",
        "response.reasoning_summary_text",
    }


#: Members that the client's types require and our schemas don't, by their last steps, and why.
NOT_REQUIRED: dict[tuple[str, ...], str] = {
    ("logprobs",): "left out by the published examples and by most servers",
    ("token",): "log probabilities: judged where they are asked for",
    ("logprob",): "the same",
    ("bytes",): "the same",
    ("top_logprobs",): "the same",
    ("cache_write_tokens",): "new: unknown to older clients",
    ("strict",): "a tool that was sent, told again: of these only the type and name are judged",
    ("parameters",): "the same",
    ("name",): "the same, and a member of function_call_arguments.done that newer clients don't know",
    ("format", "type"): "the same",
}


@pytest.mark.parametrize(("name", "schema", "document"), DOCUMENTS, ids=[one[0] for one in DOCUMENTS])
def test_what_the_client_misses_we_miss_too(name: str, schema: str, document: Any) -> None:
    for path in paths(document):
        if isinstance(path[-1], int) or path == ("type",):
            continue
        without = changed(document, path)
        missed = {where for where, kind in complaints(schema, without) if kind == "missing" and where == path}
        ours = {found.path for found in violations(without, schema)}
        known = any(path[-len(last) :] == last for last in NOT_REQUIRED)
        assert known or missed <= ours, f"without {path}"


@pytest.mark.parametrize(("name", "schema", "document"), DOCUMENTS, ids=[one[0] for one in DOCUMENTS])
def test_what_we_require_is_seen_when_it_is_gone(name: str, schema: str, document: Any) -> None:
    seen = {path for path in paths(document) if violations(changed(document, path), schema)}
    required = {
        "responses/response": {("id",), ("object",), ("output",), ("tools",), ("parallel_tool_calls",), ("status",)},
        "responses/event": {("type",), ("sequence_number",)},
    }[schema]
    assert required <= seen


#: A document, a place, and a value that clients stumble over: each is a violation at that place.
WRONG: list[tuple[str, tuple[Any, ...], Any]] = [
    ("words", ("output",), None),
    ("words", ("output", 0, "content"), "Hello."),
    ("words", ("output", 0, "content", 0, "type"), "text"),
    ("words", ("output", 0, "content", 0, "annotations"), None),
    ("words", ("parallel_tool_calls",), None),
    ("words", ("created_at",), "2026-11-21"),
    ("words", ("usage", "input_tokens"), 1.0),
    ("cut off", ("incomplete_details", "reason"), "length"),
    ("cut off", ("status",), "cut"),
    ("calls", ("output", 0, "arguments"), {"city": "Paris"}),
    ("calls", ("output", 1, "call_id"), ""),
    ("reasoning", ("output", 0, "summary"), "I thought."),
    ("a custom call", ("output", 0, "input"), None),
]


@pytest.mark.parametrize(("name", "path", "value"), WRONG, ids=[f"{name} {path}" for name, path, _ in WRONG])
def test_what_clients_stumble_over_is_a_violation(name: str, path: tuple[Any, ...], value: Any) -> None:
    found = violations(changed(RESPONSES[name], path, value), "responses/response")
    assert [one.path for one in found] == [path]


def test_an_unknown_event_and_an_unknown_item_are_nobody_s_fault() -> None:
    assert violations({"type": "vendor:queue", "sequence_number": 3, "position": 1}, "responses/event") == ()
    item = {"type": "vendor:note", "id": "x", "status": "completed"}
    assert violations(changed(RESPONSES["words"], ("output", 0), item), "responses/response") == ()
