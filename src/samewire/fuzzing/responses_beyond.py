"""Requests of OpenAI Responses that are wrong: each way, and the entry that says so."""

from __future__ import annotations

from hypothesis import strategies as st

from samewire.fuzzing.responses import LOOK, call, output, said, tools
from samewire.fuzzing.ways import (
    BAD_NAME,
    LONG_KEY,
    LONG_VALUE,
    MANY,
    PICTURE,
    UNKNOWN,
    Strategy,
    Way,
    above,
    as_text,
    below,
    changed,
    no,
    without,
)
from samewire.fuzzing.within import name
from samewire.message import user
from samewire.request import OMIT

__all__ = ["RED", "SHAPE", "WAYS"]


def _input(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"input.{id}", what, spec, "input", values)


def _item(id: str, what: str, spec: str, values: Strategy) -> Way:
    return _input(id, what, spec, values.map(lambda one: [user("Hi."), one]))


def _part(id: str, what: str, spec: str, values: Strategy) -> Way:
    return _input(f"part.{id}", what, spec, values.map(lambda one: [user([said("Look."), one])]))


def _tool(id: str, what: str, values: Strategy) -> Way:
    return changed(f"tools.{id}", what, "RSP-REQ-010", "tools", values.map(lambda one: [one]))


def _format(id: str, what: str, values: Strategy) -> Way:
    return changed(f"text.{id}", what, "RSP-REQ-013", "text", values.map(lambda one: {"format": one}))


_NUMBERS = {"temperature": ("RSP-REQ-005", 0, 2), "top_p": ("RSP-REQ-005", 0, 1)}
_TYPED: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "temperature": ("RSP-REQ-005", ("number", "integer"), False),
    "top_p": ("RSP-REQ-005", ("number", "integer"), False),
    "top_logprobs": ("RSP-REQ-005", ("integer",), False),
    "instructions": ("RSP-REQ-003", ("string",), False),
    "stream": ("RSP-REQ-006", ("boolean",), False),
    "store": ("RSP-REQ-007", ("boolean",), False),
    "previous_response_id": ("RSP-REQ-008", ("string",), False),
    "tools": ("RSP-REQ-010", ("array",), False),
    "parallel_tool_calls": ("RSP-REQ-012", ("boolean",), False),
    "text": ("RSP-REQ-013", ("object",), False),
    "reasoning": ("RSP-REQ-015", ("object",), False),
    "include": ("RSP-REQ-016", ("array",), False),
    "metadata": ("RSP-REQ-017", ("object",), False),
    "truncation": ("RSP-REQ-018", ("string",), False),
    "service_tier": ("RSP-REQ-019", ("string",), True),
    "background": ("RSP-REQ-019", ("boolean",), True),
    "max_tool_calls": ("RSP-REQ-019", ("integer",), True),
    "safety_identifier": ("RSP-REQ-019", ("string",), True),
}
SHAPE = {"type": "json_schema", "name": "shape", "schema": {"type": "object", "properties": {}}}
_STRANGER = st.tuples(tools(), name()).filter(lambda two: two[1] not in [one["name"] for one in two[0]])
_NOBODY = "resp_0123456789abcdef0123456789abcdef0123456789abcdef"
RED = {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"}

_ALL = (
    *(changed(f"{one}.below", f"{one} below {low}", spec, one, below(low)) for one, (spec, low, _) in _NUMBERS.items()),
    *(
        changed(f"{one}.above", f"{one} above {high}", spec, one, above(high))
        for one, (spec, _, high) in _NUMBERS.items()
    ),
    *(
        changed(f"{one}.type", f"{one} of another type", spec, one, no(*types), optional=optional)
        for one, (spec, types, optional) in _TYPED.items()
    ),
    *(
        changed(f"{one}.text", f"{one} written as text", spec, one, as_text(*types), optional=optional)
        for one, (spec, types, optional) in _TYPED.items()
        if {"number", "integer", "boolean"}.intersection(types)
    ),
    changed("top_logprobs.many", "more than 20 top_logprobs", "RSP-REQ-005", "top_logprobs", st.integers(21, 10**6)),
    changed("top_logprobs.few", "top_logprobs below 0", "RSP-REQ-005", "top_logprobs", st.integers(-9, -1)),
    Way("model.missing", "no model", "RSP-REQ-001", st.just({"model": OMIT})),
    changed("model.type", "a model that is no string", "RSP-REQ-001", "model", no("string")),
    changed("model.unknown", "an unknown model", "ERR-CASE-005", "model", st.just("samewire-no-such-model")),
    Way("input.missing", "no input", "RSP-REQ-002", st.just({"input": OMIT})),
    _input("none", "an empty array of items", "RSP-REQ-002", st.just([])),
    _input("type", "input that is neither text nor items", "RSP-REQ-002", no("string", "array")),
    _item("item", "an item that is no object", "RSP-REQ-002", no("object")),
    _item("unknown", "an item of an unknown type", "RSP-IN-001", st.just({"type": "perhaps", "content": "Hello."})),
    _item("role", "an unknown role", "RSP-IN-001", UNKNOWN.map(lambda one: {"role": one, "content": "Hello."})),
    _item("tool_role", "a result as in Chat Completions", "RSP-IN-001", st.just({"role": "tool", "content": "4"})),
    _item("no_content", "a message without content", "RSP-IN-001", st.just({"role": "user"})),
    _item("content", "content that is neither text nor parts", "RSP-IN-001", no("string", "array").map(user)),
    _item("null", "content of null", "RSP-IN-001", st.just(user(None))),
    _part("item", "a part that is no object", "RSP-IN-003", no("object")),
    _part("unknown", "a part of an unknown type", "RSP-IN-003", UNKNOWN.map(lambda one: {"type": one})),
    _part("chat_text", "a part of text as in Chat Completions", "RSP-IN-003", st.just({"type": "text", "text": "Hi."})),
    _part(
        "chat_image",
        "a picture as in Chat Completions",
        "RSP-IN-003",
        st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}),
    ),
    _part("text", "a part whose text is none", "RSP-IN-003", no("string").map(said)),
    _part("no_text", "a part without its text", "RSP-IN-003", st.just({"type": "input_text"})),
    _part(
        "picture", "a picture that is none", "RSP-IN-003", st.just({**RED, "image_url": "data:image/png;base64,AAAA"})
    ),
    _part("detail", "an unknown detail of a picture", "RSP-IN-003", UNKNOWN.map(lambda one: {**RED, "detail": one})),
    _input(
        "part.of_assistant",
        "a part of the assistant's in a message of the user's",
        "RSP-IN-003",
        st.just([user([{"type": "output_text", "text": "Hi.", "annotations": []}])]),
    ),
    _input(
        "call.unanswered", "a call without its output", "RSP-IN-006", st.just([user("Look."), call(), user("Well?")])
    ),
    *(
        _input(
            f"call.no_{one}",
            f"a call without {one}",
            "RSP-ITEM-008",
            without(call(), one).map(lambda one: [user("Look."), one, output()]),
        )
        for one in ("call_id", "name", "arguments")
    ),
    _input(
        "call.arguments",
        "a call whose arguments are no string",
        "RSP-ITEM-008",
        no("string").map(lambda one: [user("Look."), call(arguments=one), output()]),
    ),
    _item("output.stray", "the output of no call", "RSP-IN-006", st.just(output())),
    *(
        _input(
            f"output.no_{one}",
            f"an output without {one}",
            "RSP-IN-005",
            without(output(), one).map(lambda one: [user("Look."), call(), one]),
        )
        for one in ("call_id", "output")
    ),
    _input(
        "output.type",
        "an output that is neither text nor parts",
        "RSP-IN-005",
        no("string", "array").map(lambda one: [user("Look."), call(), output(output=one)]),
    ),
    changed(
        "previous.unknown", "an unknown previous_response_id", "RSP-ST-002", "previous_response_id", st.just(_NOBODY)
    ),
    changed(
        "stream_options.alone",
        "stream_options without a stream",
        "RSP-REQ-006",
        "stream_options",
        st.just({"include_obfuscation": False}),
        optional=True,
        stream=OMIT,
    ),
    _tool("item", "a tool that is no object", no("object")),
    _tool("no_type", "a tool without a type", without(LOOK, "type")),
    _tool("kind", "a tool of an unknown type", UNKNOWN.map(lambda one: {**LOOK, "type": one})),
    _tool("no_name", "a tool without a name", without(LOOK, "name")),
    _tool("name", "a tool with no fit name", BAD_NAME.map(lambda one: {**LOOK, "name": one})),
    _tool("nested", "a tool as in Chat Completions", st.just({"type": "function", "function": {"name": "look"}})),
    _tool("parameters", "parameters that are no object", no("object").map(lambda one: {**LOOK, "parameters": one})),
    changed("tool_choice.unknown", "an unknown tool_choice", "RSP-REQ-011", "tool_choice", UNKNOWN, tools=[LOOK]),
    changed(
        "tool_choice.nested",
        "a choice of a tool as in Chat Completions",
        "RSP-REQ-011",
        "tool_choice",
        st.just({"type": "function", "function": {"name": "look"}}),
        tools=[LOOK],
    ),
    changed(
        "tool_choice.alone",
        "a tool_choice without tools",
        "RSP-REQ-011",
        "tool_choice",
        st.just("required"),
        tools=OMIT,
    ),
    Way(
        "tool_choice.stranger",
        "a tool_choice that is none of the tools",
        "RSP-REQ-011",
        _STRANGER.map(lambda two: {"tools": two[0], "tool_choice": {"type": "function", "name": two[1]}}),
    ),
    _format("unknown", "an unknown format", UNKNOWN.map(lambda one: {"type": one})),
    _format("no_name", "a json_schema without a name", without(SHAPE, "name")),
    _format("name", "a json_schema with no fit name", BAD_NAME.map(lambda one: {**SHAPE, "name": one})),
    _format("no_schema", "a json_schema without a schema", without(SHAPE, "schema")),
    _format("schema", "a schema that is no object", no("object").map(lambda one: {**SHAPE, "schema": one})),
    _format("nested", "a json_schema as in Chat Completions", st.just({"type": "json_schema", "json_schema": SHAPE})),
    changed(
        "text.verbosity",
        "an unknown verbosity",
        "RSP-REQ-014",
        "text",
        UNKNOWN.map(lambda one: {"verbosity": one}),
        optional=True,
    ),
    changed(
        "reasoning.effort", "an unknown effort", "RSP-REQ-015", "reasoning", UNKNOWN.map(lambda one: {"effort": one})
    ),
    changed(
        "reasoning.summary", "an unknown summary", "RSP-REQ-015", "reasoning", UNKNOWN.map(lambda one: {"summary": one})
    ),
    changed("include.unknown", "an unknown include", "RSP-REQ-016", "include", UNKNOWN.map(lambda one: [one])),
    changed("truncation.unknown", "an unknown truncation", "RSP-REQ-018", "truncation", UNKNOWN),
    changed("metadata.many", "more than 16 pairs of metadata", "RSP-REQ-017", "metadata", MANY),
    changed("metadata.key", "a key of metadata above 64 letters", "RSP-REQ-017", "metadata", LONG_KEY),
    changed("metadata.value", "a value of metadata above 512 letters", "RSP-REQ-017", "metadata", LONG_VALUE),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
