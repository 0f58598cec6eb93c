"""Tools: calls name what was declared, fit its schema, and end the turn as calls do."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    MAY,
    MUST,
    SHOULD,
    Broken,
    Exchange,
    Scenario,
    Steps,
    assistant,
    check,
    conforms_to,
    scenario,
    seen,
    text,
    user,
)

from ..chat.packing import packed
from ..responses.requests import TRIP
from .reading import blocks, calls, ended, fields, is_call, markup, message, parsed, streamed_calls, words
from .requests import CALL_STREAMS, CALLS, FORCED, MESSAGES, TOOLS, WEATHER, result, streamed, tool, use
from .talk import TALK


@check("messages.tools.accepted", SHOULD, of=TOOLS, spec="MSG-REQ-012")
def test_tools_are_taken(exchange: Exchange) -> None:
    """A request with `tools`, each with a `name` and an `input_schema`, SHOULD be taken."""
    exchange.accepted()


@check("messages.tools.declared_name", SHOULD, of=CALLS, spec="MSG-TOOL-001 MSG-TOOL-003")
def test_only_declared_tools_are_called(exchange: Exchange) -> None:
    """The name in a call SHOULD be one of the tools that were declared."""
    seen(calls(exchange), "no tool was called")
    declared = {one.get("name") for one in (exchange.sent or {}).get("tools") or ()}
    odd = [call["name"] for call in calls(exchange) if call["name"] not in declared]
    assert not odd, f"calls {odd[0]!r}, which was not declared"


@check("messages.tools.unique_ids", SHOULD, of=CALLS, spec="MSG-ENV-010 MSG-BLK-007")
def test_calls_have_ids_of_their_own(exchange: Exchange) -> None:
    """The ids of the calls of a message SHOULD differ: results are matched by them."""
    ids = [call["id"] for call in calls(exchange)]
    seen(ids, "no tool was called")
    assert len(set(ids)) == len(ids), f"{len(ids)} calls have {len(set(ids))} ids"


@check("messages.tools.input_fits", SHOULD, of=CALLS, spec="MSG-TOOL-003", depth=FULL, again=2)
def test_the_input_fits_the_schema(exchange: Exchange) -> None:
    """The `input` of a call SHOULD fit the tool's `input_schema`, unless the token limit cut it off."""
    cut = exchange.request.capped or message(exchange).get("stop_reason") == "max_tokens"
    seen(calls(exchange) and not cut, "no tool was called, or the call is cut off")
    for call in calls(exchange):
        fits(exchange, call["name"], dict(call["input"]))


def fits(exchange: Exchange, name: str, given: Any) -> None:
    """Say *broken* if the input of a call doesn't fit the schema of the tool, if that was declared."""
    schemas = {one.get("name"): one.get("input_schema") for one in (exchange.sent or {}).get("tools") or ()}
    assert not (problem := conforms_to(schemas.get(name, {}), given)), f"the input is {given}: {problem}"


@check("messages.stream.input_fits", SHOULD, of=CALL_STREAMS, spec="MSG-TOOL-003 MSG-STR-009", depth=FULL, again=2)
def test_a_streamed_input_fits_the_schema(exchange: Exchange) -> None:
    """The input of a streamed call SHOULD fit the tool's `input_schema`, unless the token limit cut it off."""
    made = [(head["name"], parsed(said or "{}")) for head, said in streamed_calls(exchange)]
    seen(made and ended(exchange)["delta"].get("stop_reason") != "max_tokens", "no tool was called")
    for name, given in made:
        seen(isinstance(given, dict), "an input can't be read, which has a check of its own")
        fits(exchange, name, given)


@check("messages.tools.stop_reason", SHOULD, of=CALLS, spec="MSG-ENV-012")
def test_a_call_stops_with_tool_use(exchange: Exchange) -> None:
    """A message that calls a tool SHOULD stop with `tool_use`."""
    seen(calls(exchange) and not exchange.request.capped, "no tool was called, or the call was to be cut off")
    reason = message(exchange)["stop_reason"]
    assert reason in ("tool_use", "max_tokens"), f"a tool is called, and the message stops with {reason!r}"


@check("messages.tools.no_false_stop", SHOULD, of=MESSAGES, spec="MSG-ENV-012")
def test_no_call_no_tool_use(exchange: Exchange) -> None:
    """A message that calls no tool SHOULD NOT stop with `tool_use`: agents would wait for a call."""
    seen(not calls(exchange), "a tool was called")
    assert message(exchange)["stop_reason"] != "tool_use", "stops with tool_use, and no tool is called"


@check("messages.tools.no_markup", SHOULD, of=CALLS, spec="MSG-ENV-010")
def test_calls_do_not_leak_as_text(exchange: Exchange) -> None:
    """A call of a tool SHOULD come in a block of its own, not as markup in the text."""
    forced = (exchange.sent or {}).get("tool_choice", {}).get("type") in ("any", "tool")
    seen(forced and not exchange.request.capped, "no call was forced, or it was to be cut off")
    said = words(exchange)
    if mark := markup(said):
        raise Broken(f"the text holds {mark!r}: {said[:80]!r}", causes={"markup"})
    if is_call(said) and not blocks(exchange, "tool_use"):
        raise Broken(f"the text is a call in words: {said[:80]!r}", causes={"markup"})


NOTHING: dict[str, Any] = {"type": "object", "properties": {}}
RESTART = tool("restart", "Restarts the machine.", NOTHING)
BARE = tool("restart", schema=NOTHING)
CUSTOM = {**RESTART, "type": "custom"}
KEPT = {**RESTART, "cache_control": {"type": "ephemeral"}}
STRICT = {**RESTART, "input_schema": {**NOTHING, "additionalProperties": False}, "strict": True}
#: As long as a name may be, with all the signs that it may have, and none but a digit to begin with.
LONG = {**RESTART, "name": f"0-Restart_the-MACHINE_{'0123456789' * 5}"[:64]}
ODD_TOOL = {**LONG, **CUSTOM, **KEPT, **STRICT, "name": LONG["name"]}
del ODD_TOOL["description"]
UNNEEDED = {"description": "Leave it out."}
#: All that a schema may hold beside plain members: also words that grammars are made of, which whatever a model makes
#: up fulfils, and the dialect, which tools made by generators name.
GUESTS = {
    "ticket": {"type": "string", "pattern": "^[^<>{}]*$", "maxLength": 400},
    "guests": {"type": "integer", "minimum": 0, "exclusiveMinimum": -1, "default": 1},
    # What generators write where a type says no more. A model that fills it in nevertheless may do so wrongly.
    "notes": {"type": "array", **UNNEEDED},
    "bags": {"type": "object", "properties": {"large": {"type": "integer"}}, "required": [], **UNNEEDED},
    "class": {"type": ["string", "null"], **UNNEEDED},
}
DIALECT = {"$schema": "http://json-schema.org/draft-07/schema#"}
SHAPED = tool("plan_trip", "Plans a trip.", {**DIALECT, **TRIP, "properties": {**TRIP["properties"], **GUESTS}})
NO_INPUT = FORCED.but(tools=[RESTART])
NO_INPUT_STREAM = streamed(NO_INPUT)
RESTARTED_ONCE = use("toolu_01D09q90qw90lq917835lq6", LONG["name"], {})
#: A tool has returned an empty array, as one does that has nothing to say.
RETURNED = [
    user("Restart the machine."),
    assistant([RESTARTED_ONCE]),
    user([result(str(RESTARTED_ONCE["id"]), [], is_error=False), text("Say hello.")]),
]
#: A tool that is named, in no stream, and several calls are allowed.
NAMED_SEVERAL = {"type": "tool", "name": LONG["name"], "disable_parallel_tool_use": False}
#: All that is odd about tools and results, a temperature of 0, a user whom nobody names, and one stop sequence alone.
SINGLE, NOBODY = {"stop_sequences": ["NEVERMORE"]}, {"metadata": {"user_id": None}}
ODD = FORCED.but(
    messages=RETURNED, tools=[ODD_TOOL, SHAPED], tool_choice=NAMED_SEVERAL, temperature=0, **NOBODY, **SINGLE
)


def odd(one: dict[str, Any]) -> Scenario:
    """All that is odd about a tool, and if that is refused, one thing of it."""
    return packed(ODD, FORCED.but(tools=[one]))


@check("messages.tools.no_description", MUST, of=odd(BARE), spec="MSG-REQ-012", depth=FULL)
def test_a_tool_needs_no_description(exchange: Exchange) -> None:
    """A tool without a `description` MUST be taken."""
    exchange.accepted()


@check("messages.tools.custom", MAY, of=odd(CUSTOM), spec="MSG-REQ-012", depth=FULL)
def test_a_tool_may_say_that_it_is_custom(exchange: Exchange) -> None:
    """A tool MAY have the type `custom`, which is the default."""
    exchange.accepted()


@check("messages.tools.cached", MAY, of=odd(KEPT), spec="MSG-REQ-017", depth=FULL)
def test_a_tool_may_be_kept(exchange: Exchange) -> None:
    """A tool MAY have `cache_control`."""
    exchange.accepted()


@check("messages.tools.strict", MAY, of=odd(STRICT), spec="MSG-REQ-012", depth=FULL)
def test_a_tool_may_be_strict(exchange: Exchange) -> None:
    """A tool MAY be `strict`."""
    exchange.accepted()


@check("messages.tools.long_name", SHOULD, of=odd(LONG), spec="MSG-TOOL-004", depth=FULL)
def test_a_name_may_be_long(exchange: Exchange) -> None:
    """A tool's name of 64 letters, digits, `_` and `-` SHOULD be taken."""
    exchange.accepted()


@check("messages.tools.schema_words", SHOULD, of=odd(SHAPED), spec="MSG-REQ-012", depth=FULL)
def test_a_schema_may_say_more(exchange: Exchange) -> None:
    """An `input_schema` with `$ref`, `anyOf`, `enum`, `pattern`, limits, or an array of anything SHOULD be taken."""
    exchange.accepted()


FLAG = packed(ODD, FORCED.but(tool_choice={**NAMED_SEVERAL, "name": FORCED.body["tools"][0]["name"]}))


@check("messages.tool_choice.several", SHOULD, of=FLAG, spec="MSG-REQ-013", depth=FULL)
def test_several_calls_may_be_allowed(exchange: Exchange) -> None:
    """`disable_parallel_tool_use: false`, the default, SHOULD be taken."""
    exchange.accepted()


@check("messages.tools.no_input", SHOULD, of=packed(ODD, NO_INPUT), spec="MSG-ENV-010 MSG-REQ-012", depth=FULL)
def test_a_call_without_input_has_an_empty_object(exchange: Exchange) -> None:
    """A call of a tool that takes nothing SHOULD have an object for `input`, which may be empty."""
    exchange.accepted()
    fields(exchange, "/content/*/input")
    seen(calls(exchange), "no tool was called")


def heads(exchange: Exchange) -> list[dict[str, Any]]:
    """The calls of a stream as they begin, as far as it can be read."""
    events = [value for value, _ in exchange.payloads() if isinstance(value, dict)] if exchange.ok else []
    found = [one.get("content_block") for one in events if one.get("type") == "content_block_start"]
    return [head for head in found if isinstance(head, dict) and head.get("type") == "tool_use"]


def called(exchange: Exchange) -> list[Any]:
    """The names of the tools that a stream calls, as far as it can be read."""
    return [head.get("name") for head in heads(exchange)]


#: A call that is forced after results, beside a system prompt: of a tool that takes nothing, by its name, in a stream.
RESTARTED = streamed(
    TOOLS.but(
        system="Be kind.",
        messages=TALK[:-2],
        tools=[WEATHER, RESTART],
        tool_choice={"type": "tool", "name": "restart"},
    )
).after(TOOLS)


@scenario(TOOLS, RESTARTED, spare=(NO_INPUT_STREAM,))
def called_without_input() -> Steps:
    """A call of a tool that takes nothing, streamed; if it isn't called by its name, any call of it."""
    tools: Exchange = yield TOOLS
    tools.accepted()
    first: Exchange = yield RESTARTED
    if "restart" not in called(first):
        yield NO_INPUT_STREAM


@check("messages.stream.no_input", SHOULD, of=called_without_input, spec="MSG-STR-009 MSG-STR-010", depth=FULL)
def test_a_streamed_call_without_input_says_so(exchange: Exchange) -> None:
    """A streamed call of a tool that takes nothing SHOULD have no input or an empty object, put together."""
    made = streamed_calls(exchange)
    seen(made, "no tool was called")
    said = made[0][1].strip()
    assert not said or isinstance(parsed(said), dict), f"the input is {said[:60]!r}"
