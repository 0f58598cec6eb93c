"""Our schemas of Messages against the official client's types, and against documents in the published shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest
from anthropic.types import Message, MessageTokensCount, RawMessageStreamEvent
from hypothesis import given
from hypothesis import strategies as st

from samewire.schema import violations

USAGE = {
    "input_tokens": 2095,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 1024,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 503,
    "server_tool_use": None,
    "service_tier": "standard",
}
TEXT = {"type": "text", "text": "Hi! My name is nobody's.", "citations": None}
INPUT = {"ticker": "^GSPC"}
CALL = {"type": "tool_use", "id": "toolu_01D7FLrfh4GYq7yT1ULFeyMV", "name": "get_stock_price", "input": INPUT}
THOUGHT = {"type": "thinking", "thinking": "Let me see.", "signature": "EqQBCgIYAhIM"}
REDACTED = {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}


def message(*content: Any, reason: str = "end_turn", sequence: str | None = None) -> dict[str, Any]:
    """A message."""
    frame = {"id": "msg_013Zva2CMHLNnjNjJJKqJ2EF", "type": "message", "role": "assistant", "model": "claude-x"}
    return {**frame, "content": list(content), "stop_reason": reason, "stop_sequence": sequence, "usage": USAGE}


START = {**message(), "stop_reason": None, "usage": {"input_tokens": 25, "output_tokens": 1}}


def delta(kind: str, **more: Any) -> dict[str, Any]:
    """A delta of the first block."""
    return {"type": "content_block_delta", "index": 0, "delta": {"type": kind, **more}}


def begun(block: Any) -> dict[str, Any]:
    """A block that begins."""
    return {"type": "content_block_start", "index": 0, "content_block": block}


#: In the shape of the published description's own examples: a schema, and a document that must conform.
EXAMPLES: dict[str, tuple[str, Any]] = {
    "text": ("messages/message", message(TEXT)),
    "a call": ("messages/message", message(TEXT, CALL, reason="tool_use")),
    "thoughts": ("messages/message", message(THOUGHT, REDACTED, TEXT)),
    "stopped": ("messages/message", message(TEXT, reason="stop_sequence", sequence="END")),
    "nothing": ("messages/message", message(reason="refusal")),
    "message_start": ("messages/event", {"type": "message_start", "message": START}),
    "text begins": ("messages/event", begun({"type": "text", "text": ""})),
    "a call begins": ("messages/event", begun({**CALL, "input": {}})),
    "a thought begins": ("messages/event", begun({"type": "thinking", "thinking": "", "signature": ""})),
    "text goes on": ("messages/event", delta("text_delta", text="Hello")),
    "a call goes on": ("messages/event", delta("input_json_delta", partial_json='{"location":')),
    "a thought goes on": ("messages/event", delta("thinking_delta", thinking="First")),
    "a thought is signed": ("messages/event", delta("signature_delta", signature="EqQBCgIYAhIM")),
    "a block ends": ("messages/event", {"type": "content_block_stop", "index": 0}),
    "message_delta": (
        "messages/event",
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 15},
        },
    ),
    "message_stop": ("messages/event", {"type": "message_stop"}),
    "a count": ("messages/count", {"input_tokens": 2095}),
}
#: Events that the client knows by their names, or that are yet to come.
OTHERS = {
    "ping": ("messages/event", {"type": "ping"}),
    "an event to come": ("messages/event", {"type": "message_progress", "percent": 5}),
    "a delta to come": ("messages/event", delta("mood_delta", mood="calm")),
    "a block to come": ("messages/message", message({"type": "mood", "mood": "calm"})),
    "an error": (
        "messages/error",
        {"type": "error", "error": {"type": "not_found_error", "message": "model: x"}, "request_id": "req_1"},
    ),
    "an error without its request": (
        "messages/error",
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    ),
}


@pytest.mark.parametrize(("schema", "document"), [*EXAMPLES.values(), *OTHERS.values()], ids=[*EXAMPLES, *OTHERS])
def test_a_document_like_the_published_examples_conforms(schema: str, document: Any) -> None:
    assert violations(document, schema) == ()


TYPES: dict[str, pydantic.TypeAdapter[Any]] = {
    "messages/message": pydantic.TypeAdapter(Message),
    "messages/event": pydantic.TypeAdapter(RawMessageStreamEvent),
    "messages/count": pydantic.TypeAdapter(MessageTokensCount),
}


def complaints(schema: str, document: Any) -> set[str]:
    """The places of which the client's type complains, the names of its unions left out."""
    try:
        TYPES[schema].validate_json(json.dumps(document))
    except pydantic.ValidationError as problem:
        return {place(document, one["loc"]) for one in problem.errors()}
    return set()


def place(document: Any, steps: tuple[int | str, ...]) -> str:
    """The place in the document that the steps lead to; what is no member of it names a branch of a union."""
    words: list[str] = []
    here = document
    for position, step in enumerate(steps):
        last = position == len(steps) - 1
        if isinstance(step, int) and isinstance(here, list):
            words.append("*")
            here = here[step]
        elif isinstance(here, dict) and (step in here or last):
            words.append(str(step))
            here = here.get(step)
    return "".join(f"/{word}" for word in words)


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(document, dict):
        for name, value in document.items():
            yield from paths(value, (*path, name))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from paths(value, (*path, index))


GONE = object()


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at a place, or without it."""
    if not path:
        return document if value is GONE else value
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    if len(path) == 1 and value is GONE:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize(("schema", "document"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_client_takes_what_we_take_for_right(schema: str, document: Any) -> None:
    assert complaints(schema, document) == set()


#: Members that the client's types require and our schemas don't, and why.
NOT_REQUIRED = {
    "/content_block/signature": "a thought that begins is not signed yet",
    "/cache_creation/ephemeral_5m_input_tokens": "details of a count that is optional",
    "/cache_creation/ephemeral_1h_input_tokens": "the same",
}


@pytest.mark.parametrize(("schema", "document"), EXAMPLES.values(), ids=EXAMPLES)
def test_what_the_client_misses_we_miss_too(schema: str, document: Any) -> None:
    for path in paths(document):
        if not path or isinstance(path[-1], int):
            continue
        without = changed(document, path, GONE)
        if complaints(schema, without) and not violations(without, schema):
            where = "".join("/*" if isinstance(step, int) else f"/{step}" for step in path)
            assert any(where.endswith(known) for known in NOT_REQUIRED), f"without {path}"


#: Places of which our schemas say less than the client's types, and why.
LENIENT = (
    "/service_tier",  # new tiers may be added within a version
    "/citations",  # nothing is said of them
    "/container",
    "/stop_details",
    "/server_tool_use",
    "/cache_creation",
    "/output_tokens_details",
    "/content_block/signature",
)
VALUES = [None, True, 0, -1, 1.5, "", "text", "end_turn", "stop", "tool_use", "assistant", [], {}, [None], {"a": 1}]


@given(st.sampled_from(list(EXAMPLES.values())), st.data())
def test_whatever_we_take_for_right_the_client_takes(example: tuple[str, Any], data: st.DataObject) -> None:
    schema, document = example
    path = data.draw(st.sampled_from(list(paths(document))))
    value = data.draw(st.sampled_from(VALUES))
    other = changed(document, path, value)
    another_type = path[-1:] == ("type",) and isinstance(value, str)  # nothing is said of types that are yet to come
    if violations(other, schema) or another_type:
        return
    told = complaints(schema, other)
    assert {one for one in told if not any(word in one for word in LENIENT)} == set(), (path, other)


#: What we refuse and the client, which reads leniently, takes; and why we do.
STRICTER: dict[str, tuple[str, tuple[Any, ...], Any]] = {
    "a token count as text: clients in other languages fail at it": ("text", ("usage", "input_tokens"), "2095"),
    "a token count as a float, the same": ("text", ("usage", "output_tokens"), 503.0),
    "an index as text, the same": ("a block ends", ("index",), "0"),
    "a negative count": ("text", ("usage", "output_tokens"), -1),
    "an empty id": ("text", ("id",), ""),
    "a call without an id: its result can't name it": ("a call", ("content", 1, "id"), ""),
    "a start that holds content already": ("message_start", ("message", "content"), [TEXT]),
    "a start that says why it ended": ("message_start", ("message", "stop_reason"), "end_turn"),
    "no reason at all: agents go by it": ("text", ("stop_reason",), None),
}


@pytest.mark.parametrize(("name", "path", "value"), STRICTER.values(), ids=STRICTER)
def test_where_we_are_stricter_it_is_on_purpose(name: str, path: tuple[Any, ...], value: Any) -> None:
    schema, document = EXAMPLES[name]
    other = changed(document, path, value)
    assert complaints(schema, other) == set()
    assert [found.path for found in violations(other, schema)] == [path]


@pytest.mark.parametrize("path", [("type",), ("error",), ("error", "type"), ("error", "message")], ids=str)
def test_each_member_of_an_error_counts(path: tuple[str, ...]) -> None:
    schema, document = OTHERS["an error"]
    assert [found.path for found in violations(changed(document, path, GONE), schema)] == [path]
    assert violations(changed(document, path, 5), schema) != ()
