"""Schemas: tools and formats with and without them, strict and not, and what schemas may hold."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Exchange,
    Ignored,
    check,
    conforms_to,
    honoured,
    seen,
    user,
)

from .format import ASK, BY_SCHEMA, SCHEMA, answered_in_json, formatted
from .reading import arguments, calls, choice, finished, fragments, given, parsed, words
from .requests import FORCED, STREAM, function


def named(name: str) -> dict[str, Any]:
    """The choice of this tool."""
    return {"type": "function", "function": {"name": name}}


def forced(tool: dict[str, Any], said: str) -> dict[str, Any]:
    """The body of a request that must call this tool."""
    return {"messages": [user(said)], "tools": [tool], "tool_choice": named(tool["function"]["name"]), **LIMIT(160)}


LEVEL = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["low", "high"]}, "count": {"type": "integer"}},
    "required": ["level", "count"],
    "additionalProperties": False,
}
#: The question asks for what the schema forbids: another level, a word for a number, a key of its own.
TEMPTED = 'Call set_level with exactly these arguments: {"level": "gigantic", "count": "three", "note": "please"}'
STRICT = FORCED.but(**forced(function("set_level", "Sets the level.", LEVEL, strict=True), TEMPTED))


@check("chat.strict.tool", SHOULD, of=STRICT, spec="CHAT-TOOL-012 CHAT-TOOL-005", depth=FULL, again=2)
def test_a_strict_tool_is_called_by_its_schema(exchange: Exchange) -> None:
    """With `strict: true`, the arguments of a call SHOULD conform to the tool's schema, whatever the question asks."""
    exchange.accepted()
    made = calls(exchange)
    seen(made and choice(exchange)["finish_reason"] != "length", "no tool was called")
    problem = conforms_to(LEVEL, given(made[0]))
    honoured(not problem, f"strict was accepted, and the arguments do not conform: {problem}")


NOTHING = function("ping", "Checks that someone is there.", {"type": "object", "properties": {}})
NO_ARGUMENTS = FORCED.but(**forced(NOTHING, "Call ping."))
NO_ARGUMENTS_STREAM = STREAM.but(**NO_ARGUMENTS.body)


@check("chat.strict.no_arguments", SHOULD, of=NO_ARGUMENTS, spec="CHAT-ENV-019 CHAT-TOOL-001", depth=FULL)
def test_no_arguments_are_an_empty_object(exchange: Exchange) -> None:
    """A call without arguments SHOULD have `{}` for `arguments`, not an empty string."""
    exchange.accepted()
    made = calls(exchange)
    seen(made, "no tool was called")
    text = made[0]["function"]["arguments"]
    assert isinstance(parsed(text), dict), f"the arguments are {text!r}"


@check("chat.strict.no_arguments_stream", MUST, of=NO_ARGUMENTS_STREAM, spec="CHAT-STR-025", depth=FULL)
def test_streamed_no_arguments_are_an_empty_object(exchange: Exchange) -> None:
    """The fragments of a call without arguments MUST make `{}` when joined."""
    finished(exchange)
    made = fragments(exchange)
    seen(made, "no tool was called")
    text = arguments(next(iter(made.values())))
    assert isinstance(parsed(text), dict), f"the arguments are {text!r}"


RICH = {
    "type": "object",
    "properties": {
        "place": {"$ref": "#/$defs/place"},
        "note": {"type": ["string", "null"]},
        "unit": {"anyOf": [{"type": "string", "enum": ["celsius", "fahrenheit"]}, {"type": "null"}]},
        "days": {"type": "array", "items": {"type": "integer"}, "description": "Which days."},
    },
    "required": ["place", "note", "unit", "days"],
    "additionalProperties": False,
    "$defs": {
        "place": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        }
    },
}
REFERRED = FORCED.but(
    **forced(function("plan_trip", "Plans a trip.", RICH), "Plan a trip to Paris for the days 1 and 2.")
)


@check("chat.strict.references", SHOULD, of=REFERRED, spec="CHAT-TOOL-001 CHAT-ENV-019", depth=FULL, again=2)
def test_schemas_of_tools_may_refer_and_be_nullable(exchange: Exchange) -> None:
    """`$ref`, `anyOf` and nullable types in the schema of a tool SHOULD be taken, and a call be possible."""
    exchange.accepted()
    made = calls(exchange)
    seen(made and choice(exchange)["finish_reason"] != "length", "no tool was called")
    seen(made[0]["function"]["name"] == "plan_trip", "another tool was called")
    honoured("place" in given(made[0]), "the schema was accepted, and the call has nothing of it")


@check("chat.format.order", SHOULD, of=BY_SCHEMA, spec="CHAT-FMT-010", depth=FULL)
def test_keys_come_in_the_schemas_order(exchange: Exchange) -> None:
    """The keys of structured output SHOULD come in the order of the schema's properties."""
    exchange.accepted()
    value = parsed(words(exchange))
    seen(isinstance(value, dict) and set(value) == set(SCHEMA["properties"]), "the answer does not conform")
    assert list(value) == list(SCHEMA["properties"]), f"the keys come as {', '.join(value)}"


ODD = {
    "type": "object",
    "allOf": [{"properties": {"kind": {"const": "city"}}, "required": ["kind"]}],
    "properties": {"kind": {"type": "string"}},
    "required": ["kind"],
    "additionalProperties": False,
}
OUTSIDE = BY_SCHEMA.but(messages=[ASK], response_format=formatted(ODD))


@check(
    "chat.format.outside_subset", SHOULD, of=OUTSIDE, spec="CHAT-FMT-006 CHAT-FMT-007 CHAT-FMT-009", depth=FULL, again=2
)
def test_a_schema_is_refused_or_honoured(exchange: Exchange) -> None:
    """A strict schema that goes beyond the documented subset SHOULD be refused with 400, or honoured all the same."""
    exchange.answered()
    if not exchange.ok:
        return
    value = answered_in_json(exchange, "a strict json_schema")
    if problem := conforms_to(ODD, value):
        raise Ignored(f"the schema was accepted, and the answer does not conform: {problem}")
