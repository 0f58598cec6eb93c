"""Chat Completions: values beyond the documented types inside of messages, tools and formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from samewire.fuzzing.ways import PICTURE, UNKNOWN, Strategy, Way, changed, no, without
from samewire.message import assistant, text, tool_result, user

__all__ = ["WAYS"]

_LOOK: dict[str, Any] = {"name": "look", "parameters": {"type": "object", "properties": {}}}
_TOOLS = [{"type": "function", "function": _LOOK}]
_SHAPE: dict[str, Any] = {"name": "shape", "schema": {"type": "object", "properties": {}}}
_FUNCTION = {"name": "look", "arguments": "{}"}
_CALL: dict[str, Any] = {"id": "call_0", "type": "function", "function": _FUNCTION}
_RED = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}


def _call(function: Any) -> dict[str, Any]:
    return {**_CALL, "function": function}


def _messages(id: str, what: str, spec: str, values: Strategy, *, optional: bool = False) -> Way:
    return changed(f"messages.{id}", what, spec, "messages", values, optional=optional)


def _first(id: str, what: str, spec: str, values: Strategy, *, optional: bool = False) -> Way:
    """A message that is wrong, and a question behind it."""
    return _messages(id, what, spec, values.map(lambda one: [one, user("Hi.")]), optional=optional)


def _part(id: str, what: str, spec: str, values: Strategy) -> Way:
    return _messages(f"part.{id}", what, spec, values.map(lambda one: [user([text("Look."), one])]))


def _called(id: str, what: str, calls: Strategy) -> Way:
    def made(call: Any) -> Any:
        return [user("Look."), assistant(None, tool_calls=[call]), tool_result("call_0", "4")]

    return _messages(f"call.{id}", what, "CHAT-MSG-006", calls.map(made))


def _answered(id: str, what: str, results: Strategy) -> Way:
    def made(result: Any) -> Any:
        return [user("Look."), assistant(None, tool_calls=[_CALL]), result]

    return _messages(f"result.{id}", what, "CHAT-MSG-007", results.map(made))


def _tool(id: str, what: str, values: Strategy, spec: str = "CHAT-TOOL-001") -> Way:
    return changed(f"tools.{id}", what, spec, "tools", values.map(lambda one: [one]))


def _function(id: str, what: str, member: str, values: Strategy) -> Way:
    return _tool(id, what, values.map(lambda one: {"type": "function", "function": {**_LOOK, member: one}}))


def _choice(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"tool_choice.{id}", what, spec, "tool_choice", values, tools=_TOOLS)


def _format(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"response_format.{id}", what, spec, "response_format", values)


def _schema(member: str) -> Callable[[Any], Any]:
    return lambda one: {"type": "json_schema", "json_schema": {**_SHAPE, member: one}}


_ALL = (
    changed(
        "parallel_tool_calls.type",
        "parallel_tool_calls of another type",
        "CHAT-REQ-021",
        "parallel_tool_calls",
        no("boolean"),
        tools=_TOOLS,
    ),
    changed(
        "top_logprobs.type",
        "top_logprobs of another type",
        "CHAT-REQ-014",
        "top_logprobs",
        no("integer"),
        logprobs=True,
    ),
    changed(
        "stream_options.type",
        "stream_options that are no object",
        "CHAT-REQ-017",
        "stream_options",
        no("object"),
        stream=True,
    ),
    changed(
        "stream_options.usage",
        "an include_usage that is no boolean",
        "CHAT-REQ-017",
        "stream_options",
        no("boolean").map(lambda one: {"include_usage": one}),
        stream=True,
    ),
    changed(
        "logit_bias.item",
        "a bias that is no number",
        "CHAT-REQ-012",
        "logit_bias",
        no("integer", "number").map(lambda one: {"50": one}),
    ),
    changed("logit_bias.key", "a bias of a word", "CHAT-REQ-012", "logit_bias", st.just({"hello": 5})),
    changed(
        "metadata.item",
        "a value of metadata that is no string",
        "CHAT-REQ-027",
        "metadata",
        no("string").map(lambda one: {"k": one}),
    ),
    changed(
        "modalities.unknown",
        "an unknown modality",
        "CHAT-REQ-032",
        "modalities",
        UNKNOWN.map(lambda one: [one]),
        optional=True,
    ),
    changed(
        "prompt_cache_key.type",
        "a prompt_cache_key that is no string",
        "CHAT-REQ-030",
        "prompt_cache_key",
        no("string"),
        optional=True,
    ),
    _first(
        "name",
        "a name that is no string",
        "CHAT-MSG-012",
        no("string").map(lambda one: user("Hi.", name=one)),
        optional=True,
    ),
    _first("system", "a system message of null", "CHAT-MSG-003", st.just({"role": "system", "content": None})),
    _first(
        "system_content",
        "a system message that is no text",
        "CHAT-MSG-003",
        no("string", "array").map(lambda one: {"role": "system", "content": one}),
    ),
    _first(
        "system_picture",
        "a picture in a system message",
        "CHAT-MSG-003",
        st.just({"role": "system", "content": [_RED]}),
    ),
    _first("assistant", "an answer with neither content nor calls", "CHAT-MSG-005", st.just({"role": "assistant"})),
    _first("assistant_picture", "a picture in an answer", "CHAT-MSG-005", st.just(assistant([_RED]))),
    _first("no_content", "a question without content", "CHAT-MSG-002", st.just({"role": "user"})),
    _part("item", "a part that is no object", "CHAT-MSG-002", no("object")),
    _part("no_type", "a part without a type", "CHAT-MSG-013", st.just({"text": "Hello."})),
    _part("no_text", "a part without its text", "CHAT-MSG-013", st.just({"type": "text"})),
    _part("no_url", "a picture without a URL", "CHAT-MSG-014", st.just({"type": "image_url", "image_url": {}})),
    _part(
        "picture",
        "a picture that is none",
        "CHAT-MSG-014",
        st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}),
    ),
    _part("refusal", "a refusal in a question", "CHAT-MSG-017", st.just({"type": "refusal", "refusal": "No."})),
    *(_called(f"no_{one}", f"a call without {one}", without(_CALL, one)) for one in ("id", "type", "function")),
    _called("item", "a call that is no object", no("object")),
    _called("no_name", "a call without a name", without(_FUNCTION, "name").map(_call)),
    _called("name", "a call whose name is no string", no("string").map(lambda one: _call({**_FUNCTION, "name": one}))),
    _called("no_arguments", "a call without arguments", without(_FUNCTION, "arguments").map(_call)),
    _called(
        "arguments",
        "a call whose arguments are no string",
        no("string").map(lambda one: _call({**_FUNCTION, "arguments": one})),
    ),
    _messages(
        "call.type",
        "tool_calls that are no array",
        "CHAT-MSG-006",
        no("array").map(lambda one: [user("Look."), assistant("Yes.", tool_calls=one), user("Well?")]),
    ),
    _answered("no_content", "a result without content", without(tool_result("call_0", ""), "content")),
    _answered(
        "content",
        "a result that is neither text nor parts",
        no("string", "array").map(lambda it: tool_result("call_0", it)),
    ),
    _answered("id", "a tool_call_id that is no string", no("string").map(lambda one: tool_result(one, "4"))),
    _tool("item", "a tool that is no object", no("object"), "CHAT-REQ-019"),
    _tool("no_type", "a tool without a type", st.just({"function": _LOOK}), "CHAT-REQ-019"),
    _tool("no_function", "a tool without its function", st.just({"type": "function"}), "CHAT-REQ-019"),
    _function("name_type", "a tool whose name is no string", "name", no("string")),
    _function("description", "a description that is no string", "description", no("string")),
    _function("parameters", "parameters that are no object", "parameters", no("object")),
    _function("strict", "a strict that is no boolean", "strict", no("boolean")),
    _choice("type", "a tool_choice that is neither a word nor an object", "CHAT-REQ-020", no("string", "object")),
    _choice("no_function", "a choice of a tool without its function", "CHAT-TOOL-005", st.just({"type": "function"})),
    _choice(
        "no_name", "a choice of a tool without its name", "CHAT-TOOL-005", st.just({"type": "function", "function": {}})
    ),
    _choice("kind", "a choice of an unknown type", "CHAT-REQ-020", UNKNOWN.map(lambda one: {"type": one})),
    _format("no_kind", "a response_format without a type", "CHAT-REQ-018", st.just({})),
    _format("no_schema", "a json_schema that isn't there", "CHAT-FMT-004", st.just({"type": "json_schema"})),
    _format("schema", "a schema that is no object", "CHAT-FMT-004", no("object").map(_schema("schema"))),
    _format("strict", "a format's strict that is no boolean", "CHAT-FMT-004", no("boolean").map(_schema("strict"))),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
