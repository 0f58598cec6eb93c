"""Schemas: tools and formats with and without them, strict and not, and what schemas may hold."""

from __future__ import annotations

from typing import Any

from samewire import FULL, LIMIT, MUST, SHOULD, Exchange, Steps, check, conforms_to, honoured, scenario, seen, user

from .format import BY_SCHEMA, SCHEMA, answered_in_json, formatted
from .limits import CUT_FORM_STREAM
from .packing import packed
from .reading import arguments, calls, choice, finished, fragments, given, parsed, pieces, words
from .requests import ASK_WEATHER, CALLED_STREAM, FORCED, STREAM, WEATHER, function


def named(name: str) -> dict[str, Any]:
    """The choice of this tool."""
    return {"type": "function", "function": {"name": name}}


def forced(tool: dict[str, Any], said: str) -> dict[str, Any]:
    """The body of a request that must call this tool."""
    return {"messages": [user(said)], "tools": [tool], "tool_choice": named(tool["function"]["name"]), **LIMIT(160)}


LEVEL = {
    "type": "object",
    "properties": {
        "level": {"type": "string", "enum": ["low", "high"]},
        "count": {"type": "integer"},
        "loud": {"type": "boolean"},
        "room": {
            "type": "object",
            "properties": {"floor": {"type": "integer"}},
            "required": ["floor"],
            "additionalProperties": False,
        },
    },
    "required": ["level", "count", "loud", "room"],
    "additionalProperties": False,
}


def calls_of(name: str, exchange: Exchange) -> list[Any]:
    """The calls of this tool: that another one is called has a cell of its own, and tells nothing of a schema."""
    return [call for call in calls(exchange) if call["function"]["name"] == name]


#: The question asks for what the schema forbids: another level, words for a number, for a truth and for an object, a
#: key of its own.
TEMPTED = (
    "Call set_level with exactly these arguments: "
    '{"level": "gigantic", "count": "three", "loud": "yes", "room": "the hall", "note": "please"}'
)
STRICT = FORCED.but(**forced(function("set_level", "Sets the level.", LEVEL, strict=True), TEMPTED))


@check("chat.strict.tool", SHOULD, of=STRICT, spec="CHAT-TOOL-012 CHAT-TOOL-005", depth=FULL, again=2)
def test_a_strict_tool_is_called_by_its_schema(exchange: Exchange) -> None:
    """With `strict: true`, the arguments of a call SHOULD conform to the tool's schema, whatever the question asks."""
    exchange.accepted()
    made = calls_of("set_level", exchange)
    seen(made and choice(exchange)["finish_reason"] != "length", "the tool was not called")
    problem = conforms_to(LEVEL, given(made[0]))
    honoured(not problem, f"strict was accepted, and the arguments do not conform: {problem}")


#: A name of as many letters as there may be, large and small, with all that may stand between them.
PING = "Ping-Server_v2-and-tell-whether-someone-is-there-or-has-gone-out"
NOTHING = function(PING, "Checks that someone is there.", {"type": "object", "properties": {}})
NO_ARGUMENTS = FORCED.but(**forced(NOTHING, "Ping the server."))
#: The same with another tool before it, which fits the question better.
NO_ARGUMENTS_STREAM = CALLED_STREAM.but(**NO_ARGUMENTS.but(messages=[ASK_WEATHER], tools=[WEATHER, NOTHING]).body)


@check("chat.strict.no_arguments", SHOULD, of=NO_ARGUMENTS, spec="CHAT-ENV-019 CHAT-TOOL-001", depth=FULL, again=2)
def test_no_arguments_are_an_empty_object(exchange: Exchange) -> None:
    """A call without arguments SHOULD have `{}` for `arguments`, not an empty string."""
    exchange.accepted()
    made = calls(exchange)
    seen(made, "no tool was called")
    text = made[0]["function"]["arguments"]
    assert isinstance(parsed(text), dict), f"the arguments are {text!r}"


@check("chat.strict.no_arguments_stream", MUST, of=NO_ARGUMENTS_STREAM, spec="CHAT-STR-025", depth=FULL, again=2)
def test_streamed_no_arguments_are_an_empty_object(exchange: Exchange) -> None:
    """The fragments of a call without arguments MUST make `{}` when joined."""
    finished(exchange)
    found = fragments(exchange).values()
    made = [parts for parts in found if (parts[0].get("function") or {}).get("name") != "get_weather"]
    seen(made, "the tool was not called")
    text = arguments(made[0])
    assert isinstance(parsed(text), dict), f"the arguments are {text!r}"


#: Words to choose from, which begin with a letter beyond the first plane.
UNITS = ["🌡 celsius", "🌡 fahrenheit"]
RICH = {
    "type": "object",
    "properties": {
        "place": {"$ref": "#/$defs/place"},
        "note": {"type": ["string", "null"]},
        "unit": {"anyOf": [{"type": "string", "enum": UNITS}, {"type": "null"}]},
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
PLAN = 'Plan a trip to Paris with exactly these arguments: {"place": "Paris", "unit": "kelvin", "days": "1 and 2"}'
REFERRED = FORCED.but(**forced(function("plan_trip", "Plans a trip.", RICH), "Plan a trip to Paris for the days 1, 2."))
REFERRED_STREAM = STREAM.but(**forced(function("plan_trip", "Plans a trip.", RICH, strict=True), PLAN))


@scenario(STRICT, REFERRED_STREAM, spare=(REFERRED,))
def referred() -> Steps:
    """A strict tool, and another in a stream, whose schema refers and which is to be called with what that forbids.

    If the stream is refused, the same whole, and neither strict nor tempting.
    """
    strict: Exchange = yield STRICT
    stream: Exchange = yield REFERRED_STREAM
    made = calls_of("set_level", strict) if strict.ok else []
    if not stream.ok:
        yield REFERRED
    return bool(made) and not conforms_to(LEVEL, parsed(made[0]["function"]["arguments"]))


def planned(exchange: Exchange) -> Any:
    """The arguments with which the trip is planned, in a stream or whole."""
    exchange.accepted()
    if not exchange.streamed:
        made = calls_of("plan_trip", exchange)
        seen(made and choice(exchange)["finish_reason"] != "length", "the tool was not called")
        return given(made[0])
    finished(exchange)
    parts = next(iter(fragments(exchange).values()), [])
    names = [(part.get("function") or {}).get("name") for part in parts]
    reasons = [piece.get("finish_reason") for piece in pieces(exchange)]
    seen("plan_trip" in names and "length" not in reasons, "the tool was not called")
    value = parsed(arguments(parts))
    seen(isinstance(value, dict), "its arguments are no object")
    return value


@check("chat.strict.references", SHOULD, of=referred, spec="CHAT-TOOL-001 CHAT-ENV-019", depth=FULL, again=2)
def test_schemas_of_tools_may_refer_and_be_nullable(exchange: Exchange) -> None:
    """`$ref`, `anyOf` and nullable types in the schema of a tool SHOULD be taken, and a call be possible."""
    honoured("place" in planned(exchange), "the schema was accepted, and the call has nothing of it")


@check("chat.strict.stream", SHOULD, of=referred, spec="CHAT-TOOL-012 CHAT-EQ-002", depth=FULL, again=2)
def test_a_strict_tool_is_called_by_its_schema_in_streams(exchange: Exchange) -> None:
    """With `strict: true`, the arguments of a call SHOULD conform to the tool's schema in streams, too."""
    seen(exchange.streamed and exchange.found, "strict is refused, or does not hold in a whole answer either")
    value = planned(exchange)
    seen("place" in value, "the call has nothing of the schema")
    # What is foreign or in doubt, and none of the words to choose from, has suffered on its way.
    told = [one for one in map(str, value.values()) if one not in UNITS]
    seen(all(one.isascii() and "?" not in one for one in told), "letters are lost, which has a cell of its own")
    problem = conforms_to(RICH, value)
    honoured(not problem, f"strict holds in the whole answer, and in the stream it does not: {problem}")


@check("chat.format.order", SHOULD, of=BY_SCHEMA, spec="CHAT-FMT-010", depth=FULL)
def test_keys_come_in_the_schemas_order(exchange: Exchange) -> None:
    """The keys of structured output SHOULD come in the order of the schema's properties."""
    exchange.accepted()
    value = parsed(words(exchange))
    seen(isinstance(value, dict) and set(value) == set(SCHEMA["properties"]), "the answer does not conform")
    assert list(value) == list(SCHEMA["properties"]), f"the keys come as {', '.join(value)}"


LOOSE = BY_SCHEMA.but(response_format={"type": "json_schema", "json_schema": {"name": "city", "schema": SCHEMA}})


@check("chat.format.not_strict", SHOULD, of=packed(CUT_FORM_STREAM, LOOSE), spec="CHAT-FMT-004", depth=FULL)
def test_a_schema_need_not_be_strict(exchange: Exchange) -> None:
    """A `json_schema` SHOULD be taken without `strict`, and then leave other members open."""
    exchange.accepted()


OPEN: dict[str, Any] = {"name": "city", "schema": SCHEMA, "strict": None}
UNSAID = LOOSE.but(response_format={"type": "json_schema", "json_schema": OPEN})


@check("chat.format.strict_null", SHOULD, of=packed(CUT_FORM_STREAM, UNSAID), spec="CHAT-FMT-004", depth=FULL)
def test_strict_may_be_null(exchange: Exchange) -> None:
    """A `json_schema` whose `strict` is null SHOULD be taken as one that is not strict."""
    exchange.accepted()


#: The question asks for what the words outside the subset forbid.
ODD = {
    "type": "object",
    "allOf": [{"properties": {"kind": {"const": "city"}}, "required": ["kind"]}],
    "not": {"properties": {"size": {"const": "large"}}, "required": ["size"]},
    "properties": {"kind": {"type": "string"}, "size": {"type": "string", "enum": ["large", "small"]}},
    "required": ["kind", "size"],
    "additionalProperties": False,
}
LARGE_TOWN = user("Name a large town in JSON: its kind is town, its size is large.")
OUTSIDE = BY_SCHEMA.but(messages=[LARGE_TOWN], response_format=formatted(ODD))


@scenario(BY_SCHEMA, OUTSIDE)
def within_and_outside() -> Steps:
    """A schema within the subset, and one beyond it."""
    within: Exchange = yield BY_SCHEMA
    yield OUTSIDE
    return within.ok and not conforms_to(SCHEMA, parsed(words(within)))


@check(
    "chat.format.outside_subset",
    SHOULD,
    of=within_and_outside,
    spec="CHAT-FMT-006 CHAT-FMT-007 CHAT-FMT-009",
    depth=FULL,
    again=2,
)
def test_a_schema_is_refused_or_honoured(exchange: Exchange) -> None:
    """A strict schema that goes beyond the documented subset SHOULD be refused with 400, or honoured all the same."""
    exchange.answered()
    if not exchange.ok:
        return
    seen(exchange.found, "no schema holds within the subset either, which has a cell of its own")
    value = answered_in_json(exchange, "a strict json_schema")
    problem = conforms_to(ODD, value)
    honoured(not problem, f"the schema was accepted, and the answer does not conform: {problem}")
