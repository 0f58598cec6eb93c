"""Our schemas against the official client's types, and against documents in the shape of the published examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from samewire.schema import violations

USAGE = {
    "prompt_tokens": 21,
    "completion_tokens": 9,
    "total_tokens": 30,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}


def entry(token: str, *others: str) -> dict[str, Any]:
    """A token's log probability and those of others."""
    every = [
        {"token": one, "logprob": -0.25 - place, "bytes": list(one.encode())}
        for place, one in enumerate((token, *others))
    ]
    return {**every[0], "top_logprobs": [*every[:1], *({**one, "bytes": None} for one in every[1:])]}


def completion(message: dict[str, Any], reason: str = "stop", logprobs: Any = None, **more: Any) -> dict[str, Any]:
    """A completion of one choice."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "logprobs": logprobs, "finish_reason": reason}
    frame = {"id": "chatcmpl-Q7x2Kd", "object": "chat.completion", "created": 1_760_000_123, "model": "gpt-x"}
    return {
        **frame,
        "choices": [choice],
        "usage": USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_1a2b3c",
        **more,
    }


def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of one choice."""
    choice = {"index": 0, "delta": delta, "logprobs": more.pop("logprobs", None), "finish_reason": reason}
    frame = {"id": "chatcmpl-5", "object": "chat.completion.chunk", "created": 1_760_000_456, "model": "gpt-x-mini"}
    return {**frame, "system_fingerprint": "fp_1a2b3c", "choices": [choice], **more}


CALL = {"id": "call_Zt81", "type": "function", "function": {"name": "look_up", "arguments": '{\n"place": "Ghent"\n}'}}
CUSTOM = {"id": "call_Zt82", "type": "custom", "custom": {"name": "write", "input": "a poem"}}
AUDIO = {"id": "audio_1", "expires_at": 1_760_003_600, "data": "UklGRg==", "transcript": "Good morning."}
CITED = {
    "type": "url_citation",
    "url_citation": {"end_index": 5, "start_index": 0, "title": "A", "url": "https://a.example"},
}
ERROR = {"message": "No such thing.", "type": "invalid_request_error", "param": None, "code": None}
MODEL = {"id": "gpt-x", "object": "model", "created": 1_760_000_000, "owned_by": "lab"}

#: In the shape of the published description's own examples: a schema, and a document that must conform.
EXAMPLES: dict[str, tuple[str, Any]] = {
    "default": (
        "chat/completion",
        completion({"content": "Good morning! What can I do for you?", "refusal": None, "annotations": []}),
    ),
    "image input": (
        "chat/completion",
        completion({"content": "The picture shows a pier at dusk.", "refusal": None, "annotations": []}),
    ),
    "functions": ("chat/completion", completion({"content": None, "tool_calls": [CALL]}, "tool_calls")),
    "custom tools": ("chat/completion", completion({"content": None, "tool_calls": [CUSTOM, CALL]}, "tool_calls")),
    "logprobs": (
        "chat/completion",
        completion({"content": "Hi!"}, logprobs={"content": [entry("Hi", "Hello"), entry("!", " there")]}),
    ),
    "audio": ("chat/completion", completion({"content": None, "refusal": None, "audio": AUDIO})),
    "citations": ("chat/completion", completion({"content": "See A.", "annotations": [CITED]})),
    "a refusal": ("chat/completion", completion({"content": None, "refusal": "I will not."})),
    "the legacy call": (
        "chat/completion",
        completion({"content": None, "function_call": {"name": "f", "arguments": "{}"}}, "function_call"),
    ),
    "usage left out": (
        "chat/completion",
        {key: value for key, value in completion({"content": "a"}).items() if key != "usage"},
    ),
    "a first chunk": ("chat/chunk", chunk({"role": "assistant", "content": ""})),
    "a chunk": (
        "chat/chunk",
        chunk({"content": "Good"}, logprobs={"content": [entry("Good", "Hey")], "refusal": None}),
    ),
    "a last chunk": ("chat/chunk", chunk({}, "stop")),
    "a chunk with usage": ("chat/chunk", {**chunk({}), "choices": [], "usage": USAGE}),
    "a chunk before usage": ("chat/chunk", chunk({"content": "a"}, usage=None)),
    "a call begins": (
        "chat/chunk",
        chunk({"tool_calls": [{"index": 0, **CALL, "function": {"name": "look_up", "arguments": ""}}]}),
    ),
    "a call goes on": ("chat/chunk", chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"pl'}}]})),
    "models": ("http/models", {"object": "list", "data": [MODEL, {**MODEL, "id": "ft:gpt-x:lab:a:1"}]}),
    "no models": ("http/models", {"object": "list", "data": []}),
    "a model": ("http/model", MODEL),
    "an error": ("http/error", {"error": ERROR}),
    "an error about a parameter": (
        "http/error",
        {"error": {**ERROR, "param": "messages[0].role", "code": "invalid_value"}},
    ),
}


@pytest.mark.parametrize(("schema", "document"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_document_like_the_published_examples_conforms(schema: str, document: Any) -> None:
    assert violations(document, schema) == ()


TYPES: dict[str, Any] = {"chat/completion": ChatCompletion, "chat/chunk": ChatCompletionChunk, "http/model": Model}
PAIRS = [(name, schema, document) for name, (schema, document) in EXAMPLES.items() if schema in TYPES]


def complaints(schema: str, document: Any, strict: bool = False) -> list[tuple[str, str]]:
    """What the client's type says of a document: the place (indexes as *, unions left out), and the kind of problem."""
    try:
        # As JSON, so that only what JSON can say counts; the client reads it leniently.
        TYPES[schema].model_validate_json(json.dumps(document), strict=strict)
    except pydantic.ValidationError as problem:
        return [(place(one["loc"]), one["type"]) for one in problem.errors()]
    return []


def place(steps: tuple[int | str, ...]) -> str:
    named = [
        step
        for step in steps
        if isinstance(step, int) or not step.startswith(("ChatCompletionMessage", "function-", "tagged"))
    ]
    return "".join("/*" if isinstance(step, int) else f"/{step}" for step in named)


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
    if not path:
        return document if value is GONE else value
    if not isinstance(document, (dict, list)) or (isinstance(document, list) and path[0] >= len(document)):
        return document
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    if isinstance(copy, dict) and path[0] not in copy:
        return document
    if len(path) == 1 and value is GONE:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize(("name", "schema", "document"), PAIRS, ids=[name for name, _, _ in PAIRS])
def test_the_client_takes_what_we_take_for_right(name: str, schema: str, document: Any) -> None:
    assert complaints(schema, document) == []


CALLS = "/choices/*/message/tool_calls/*"
#: Members that the client's types require and our schemas don't, and why.
NOT_REQUIRED = {
    "/choices/*/message/annotations/*/type": "citations: nothing is said of them, and no client breaks",
    "/choices/*/message/annotations/*/url_citation": "the same",
    "/choices/*/message/annotations/*/url_citation/*": "the same",
}


@pytest.mark.parametrize(("name", "schema", "document"), PAIRS, ids=[name for name, _, _ in PAIRS])
def test_what_the_client_misses_we_miss_too(name: str, schema: str, document: Any) -> None:
    for path in paths(document):
        if not path or isinstance(path[-1], int):
            continue
        without = changed(document, path, GONE)
        missed = {where for where, kind in complaints(schema, without) if kind == "missing"}
        ours = {found.cause.partition("#")[2] for found in violations(without, schema)}
        if any(one.startswith(CALLS) for one in ours):  # of a faulty call the client misses what either kind would have
            missed -= {f"{CALLS}/function", f"{CALLS}/custom"}
        unexplained = {one for one in missed - ours if not any(fnmatchcase(one, known) for known in NOT_REQUIRED)}
        assert unexplained == set(), f"without {path}"


#: Places of which our schemas say less than the client's types, and why.
LENIENT = {
    "/choices/*/message/annotations/*": "citations: nothing is said of them",
    "/usage/completion_tokens_details/*_prediction_tokens": "counted by one provider alone, judged by no check",
    "/choices/*/delta/tool_calls/*/type": "`custom` is documented for calls; its chunks know `function` alone",
    "/system_fingerprint": "deprecated; in chunks nothing is said of it",
    "/service_tier": "in chunks nothing is said of it",
}
VALUES = st.sampled_from(
    [None, True, 0, 1, -1, 1.5, "", "text", "0", "stop", "function", "custom", "assistant", [], {}, [None], {"a": 1}]
)


@given(st.data())
def test_whatever_we_take_for_right_the_client_takes(data: st.DataObject) -> None:
    _, schema, document = data.draw(st.sampled_from(PAIRS))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(document))))
        document = changed(document, path, data.draw(VALUES | st.just(GONE)))
    if violations(document, schema):
        return
    told = {where for where, _ in complaints(schema, document)}
    assert {one for one in told if not any(fnmatchcase(one, f"{known}*") for known in LENIENT)} == set(), document


@pytest.mark.parametrize(("name", "schema", "document"), PAIRS, ids=[name for name, _, _ in PAIRS])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "text", [], {}, [None]], ids=repr)
def test_no_single_place_holds_what_the_client_refuses_and_we_do_not(
    name: str, schema: str, document: Any, value: Any
) -> None:
    for path in paths(document):
        other = changed(document, path, value)
        if not violations(other, schema):
            told = {where for where, _ in complaints(schema, other)}
            assert {one for one in told if not any(fnmatchcase(one, f"{known}*") for known in LENIENT)} == set(), path


#: What we refuse and the client, which reads leniently, takes; and why we do.
STRICTER: dict[str, tuple[str, tuple[Any, ...], Any]] = {
    "created as text: clients in other languages fail at it": ("default", ("created",), "1760000123"),
    "created as a float, the same": ("default", ("created",), 1.0),
    "a token count as text, the same": ("default", ("usage", "total_tokens"), "30"),
    "an index as a float, the same": ("a chunk", ("choices", 0, "index"), 0.0),
    "an empty id: what is logged and stored by it is lost": ("default", ("id",), ""),
    "no choices: every client takes the first": ("default", ("choices",), []),
    "a negative count": ("default", ("usage", "prompt_tokens"), -1),
    "a call without an id": ("functions", ("choices", 0, "message", "tool_calls", 0, "id"), ""),
}


@pytest.mark.parametrize(("name", "path", "value"), STRICTER.values(), ids=STRICTER)
def test_where_we_are_stricter_it_is_on_purpose(name: str, path: tuple[Any, ...], value: Any) -> None:
    schema, document = EXAMPLES[name]
    other = changed(document, path, value)
    assert complaints(schema, other) == []
    assert [found.path for found in violations(other, schema)] == [path]


@pytest.mark.parametrize("path", list(paths({"error": ERROR})), ids=str)
def test_an_error_has_no_type_of_the_client_s_but_each_member_counts(path: tuple[Any, ...]) -> None:
    document = {"error": ERROR}
    if path:
        assert [found.path for found in violations(changed(document, path, GONE), "http/error")] == [path]
    assert violations(changed(document, path, 5), "http/error") != ()
