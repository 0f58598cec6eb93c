"""Values beyond the documented types and bounds: each way to make a request wrong, and the entry that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

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
)
from samewire.fuzzing.within import name, tools, words
from samewire.message import assistant, text, tool_result, user
from samewire.request import CAP_KEY, OMIT

__all__ = ["WAYS"]


def _tool(**function: Strategy) -> Strategy:
    return st.fixed_dictionaries(function).map(lambda shape: [{"type": "function", "function": shape}])


def _said(content: Strategy) -> Strategy:
    return content.map(lambda one: [user(one)])


_CALL = {"id": "call_0", "type": "function", "function": {"name": "look", "arguments": "{}"}}
_DATA = st.fixed_dictionaries({"url": st.just(f"data:image/png;base64,{PICTURE}"), "detail": UNKNOWN})
_FIVE = st.lists(words(1, 3), min_size=5, max_size=9)
_FAR = st.integers(2**63, 2**70) | st.integers(-(2**70), -(2**63) - 1)
_BIAS = st.sampled_from([101, -101]) | st.integers(101, 1000) | st.integers(-1000, -101)
_NAMED = st.tuples(tools(), name())
_NAMELESS = [user("Look."), assistant(None, tool_calls=[_CALL]), {"role": "tool", "content": "4"}]
_UNANSWERED = [user("Look."), assistant(None, tool_calls=[_CALL]), user("Well?")]

#: Field → entry and bounds.
_NUMBERS: dict[str, tuple[str, float, float]] = {
    "temperature": ("CHAT-REQ-003", 0, 2),
    "top_p": ("CHAT-REQ-004", 0, 1),
    "presence_penalty": ("CHAT-REQ-011", -2, 2),
    "frequency_penalty": ("CHAT-REQ-011", -2, 2),
}
#: Field → entry, types it may have, whether an endpoint need not know it.
_TYPED: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "temperature": ("CHAT-REQ-003", ("number", "integer"), False),
    "top_p": ("CHAT-REQ-004", ("number", "integer"), False),
    "n": ("CHAT-REQ-008", ("integer",), False),
    "stop": ("CHAT-REQ-009", ("string", "array"), False),
    "presence_penalty": ("CHAT-REQ-011", ("number", "integer"), False),
    "frequency_penalty": ("CHAT-REQ-011", ("number", "integer"), False),
    "logit_bias": ("CHAT-REQ-012", ("object",), False),
    "logprobs": ("CHAT-REQ-013", ("boolean",), False),
    "seed": ("CHAT-REQ-015", ("integer",), False),
    "stream": ("CHAT-REQ-016", ("boolean",), False),
    "response_format": ("CHAT-REQ-018", ("object",), False),
    "tools": ("CHAT-REQ-019", ("array",), False),
    "reasoning_effort": ("CHAT-REQ-023", ("string",), False),
    "verbosity": ("CHAT-REQ-024", ("string",), True),
    "service_tier": ("CHAT-REQ-025", ("string",), False),
    "store": ("CHAT-REQ-026", ("boolean",), True),
    "metadata": ("CHAT-REQ-027", ("object",), False),
    "user": ("CHAT-REQ-028", ("string",), True),
    "safety_identifier": ("CHAT-REQ-029", ("string",), True),
}


def _messages(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"messages.{id}", what, spec, "messages", values)


def _logprobs(id: str, what: str, values: Strategy, logprobs: Any) -> Way:
    return changed(f"top_logprobs.{id}", what, "CHAT-REQ-014", "top_logprobs", values, logprobs=logprobs)


def _format(id: str, what: str, values: Strategy, spec: str = "CHAT-FMT-004") -> Way:
    made: Callable[[Any], Any] = lambda shape: {"type": "json_schema", "json_schema": shape}  # noqa: E731 - a mapping
    return changed(f"response_format.{id}", what, spec, "response_format", values.map(made))


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
    Way("model.missing", "no model", "CHAT-REQ-002", st.just({"model": OMIT})),
    changed("model.type", "a model that is no string", "CHAT-REQ-002", "model", no("string")),
    changed("model.unknown", "an unknown model", "ERR-CASE-005", "model", st.just("samewire-no-such-model")),
    Way("messages.missing", "no messages", "CHAT-REQ-001", st.just({"messages": OMIT})),
    _messages("none", "an empty array of messages", "CHAT-REQ-001", st.just([])),
    _messages("type", "messages that are no array", "CHAT-REQ-001", no("array")),
    _messages("item", "a message that is no object", "CHAT-REQ-001", no("object").map(lambda one: [one])),
    _messages("no_role", "a message without a role", "CHAT-MSG-001", st.just([{"content": "Hello."}])),
    _messages("role", "an unknown role", "CHAT-MSG-020", UNKNOWN.map(lambda one: [{"role": one, "content": "Hi."}])),
    _messages("content", "content that is no text", "CHAT-MSG-002", _said(no("string", "array"))),
    _messages("null", "a question of null", "CHAT-MSG-002", st.just([user(None)])),
    _messages("no_parts", "an empty array of parts", "CHAT-MSG-002", st.just([user([])])),
    _messages("part", "a part of an unknown type", "CHAT-MSG-020", _said(UNKNOWN.map(lambda one: [{"type": one}]))),
    _messages("text", "a part whose text is none", "CHAT-MSG-013", _said(no("string").map(lambda one: [text(one)]))),
    _messages(
        "detail",
        "an unknown detail of a picture",
        "CHAT-MSG-014",
        _said(_DATA.map(lambda one: [{"type": "image_url", "image_url": one}])),
    ),
    _messages("no_id", "a result without tool_call_id", "CHAT-MSG-007", st.just(_NAMELESS)),
    _messages("stray", "the result of no call", "CHAT-MSG-008", st.just([user("Hi."), tool_result("call_1", "4")])),
    _messages("unanswered", "a call without its result", "CHAT-MSG-009", st.just(_UNANSWERED)),
    changed("n.none", "an n below 1", "CHAT-REQ-008", "n", st.just(0) | st.integers(-100, 0)),
    Way(
        "n.many",
        "an n above 128",
        "CHAT-REQ-008",
        (st.just(129) | st.integers(129, 200)).map(lambda n: {"n": n, CAP_KEY: 1}),
    ),
    changed("stop.none", "an empty array of stop strings", "CHAT-REQ-009", "stop", st.just([])),
    changed("stop.many", "more than four stop strings", "CHAT-REQ-009", "stop", _FIVE),
    changed("stop.item", "a stop string that is none", "CHAT-REQ-009", "stop", no("string").map(lambda one: [one])),
    changed(
        "logit_bias.range", "a bias out of its range", "CHAT-REQ-012", "logit_bias", _BIAS.map(lambda b: {"50": b})
    ),
    _logprobs("many", "more than 20 top_logprobs", st.just(21) | st.integers(21, 10**6), True),
    _logprobs("few", "top_logprobs below 0", st.just(-1) | st.integers(-9, -1), True),
    _logprobs("alone", "top_logprobs without logprobs", st.integers(1, 20), OMIT),
    changed("seed.range", "a seed of more than 64 bits", "CHAT-REQ-015", "seed", _FAR),
    changed(
        "stream_options.alone",
        "stream_options without a stream",
        "CHAT-REQ-017",
        "stream_options",
        st.booleans().map(lambda one: {"include_usage": one}),
        stream=OMIT,
    ),
    changed(
        "response_format.kind",
        "an unknown response_format",
        "CHAT-REQ-018",
        "response_format",
        UNKNOWN.map(lambda one: {"type": one}),
    ),
    _format("no_name", "a json_schema without a name", st.just({"schema": {"type": "object"}})),
    _format("name", "a json_schema with no fit name", BAD_NAME.map(lambda one: {"name": one})),
    changed(
        "tools.kind", "a tool of an unknown type", "CHAT-REQ-019", "tools", UNKNOWN.map(lambda one: [{"type": one}])
    ),
    changed("tools.no_name", "a tool without a name", "CHAT-TOOL-001", "tools", _tool(description=words())),
    changed("tools.name", "a tool with no fit name", "CHAT-TOOL-001", "tools", _tool(name=BAD_NAME)),
    changed("tool_choice.unknown", "an unknown tool_choice", "CHAT-REQ-020", "tool_choice", UNKNOWN),
    changed(
        "tool_choice.alone",
        "a tool_choice without tools",
        "CHAT-TOOL-007",
        "tool_choice",
        st.just("required"),
        tools=OMIT,
    ),
    Way(
        "tool_choice.stranger",
        "a tool_choice that is none of the tools",
        "CHAT-TOOL-006",
        _NAMED.filter(lambda two: two[1] not in [one["function"]["name"] for one in two[0]]).map(
            lambda two: {"tools": two[0], "tool_choice": {"type": "function", "function": {"name": two[1]}}}
        ),
    ),
    changed("reasoning_effort.unknown", "an unknown reasoning_effort", "CHAT-REQ-023", "reasoning_effort", UNKNOWN),
    changed("service_tier.unknown", "an unknown service_tier", "CHAT-REQ-025", "service_tier", UNKNOWN),
    changed("metadata.many", "more than 16 pairs of metadata", "CHAT-REQ-027", "metadata", MANY),
    changed("metadata.key", "a key of metadata above 64 letters", "CHAT-REQ-027", "metadata", LONG_KEY),
    changed("metadata.value", "a value of metadata above 512 letters", "CHAT-REQ-027", "metadata", LONG_VALUE),
    changed(
        "safety_identifier.long",
        "a safety_identifier above 64 letters",
        "CHAT-REQ-029",
        "safety_identifier",
        st.integers(65, 200).map(lambda n: "a" * n),
        optional=True,
    ),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
