"""Tools: calls name what was declared, fit its schema, and end the turn as calls do."""

from __future__ import annotations

from samewire import FULL, MAY, MUST, SHOULD, Broken, Exchange, Steps, check, conforms_to, scenario, seen

from ..chat.packing import packed
from .reading import MARKUP, calls, fields, message, parsed, streamed_calls, taken, words
from .requests import ANY, CALLS, CITY, FORCED, HELLO, MANY, MESSAGES, TOOLS, WEATHER, streamed, tool


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


@check("messages.tools.input_fits", SHOULD, of=CALLS, spec="MSG-TOOL-003", depth=FULL)
def test_the_input_fits_the_schema(exchange: Exchange) -> None:
    """The `input` of a call SHOULD fit the tool's `input_schema`, unless the token limit cut it off."""
    seen(calls(exchange) and message(exchange).get("stop_reason") != "max_tokens", "no tool was called")
    schemas = {one.get("name"): one.get("input_schema") for one in (exchange.sent or {}).get("tools") or ()}
    for call in calls(exchange):
        problem = conforms_to(schemas[call["name"]], dict(call["input"])) if call["name"] in schemas else ""
        assert not problem, f"the input is {dict(call['input'])}: {problem}"


@check("messages.tools.stop_reason", SHOULD, of=CALLS, spec="MSG-ENV-012")
def test_a_call_stops_with_tool_use(exchange: Exchange) -> None:
    """A message that calls a tool SHOULD stop with `tool_use`."""
    seen(calls(exchange), "no tool was called")
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
    seen((exchange.sent or {}).get("tool_choice", {}).get("type") in ("any", "tool"), "no call was forced")
    leaked = [mark for mark in MARKUP if mark in words(exchange)]
    if leaked:
        raise Broken(f"the text holds {leaked[0]!r}: {words(exchange)[:80]!r}", causes={"markup"})


@scenario(MANY, HELLO)
def offered() -> Steps:
    """Seven tools, where none is needed, and the same without."""
    yield MANY
    yield HELLO


@check("messages.tools.offered", SHOULD, of=offered, spec="MSG-REQ-012", depth=FULL)
def test_tools_reach_the_model(exchange: Exchange) -> None:
    """Tools that are taken SHOULD reach the model: the prompt grows with them."""
    with_tools, without = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen(with_tools and without, "no input tokens are counted")
    grown = (with_tools or 0) - (without or 0)
    assert grown > 20, f"seven tools make the prompt {grown} tokens longer"


BARE = tool("get_weather", schema=CITY)
CUSTOM = {**WEATHER, "type": "custom"}
KEPT = {**WEATHER, "cache_control": {"type": "ephemeral"}}
ODD = TOOLS.but(tools=[{**tool("get_it", schema=CITY), "type": "custom", "cache_control": {"type": "ephemeral"}}])


@check("messages.tools.no_description", MUST, of=packed(ODD, TOOLS.but(tools=[BARE])), spec="MSG-REQ-012", depth=FULL)
def test_a_tool_needs_no_description(exchange: Exchange) -> None:
    """A tool without a `description` MUST be taken."""
    exchange.accepted()


@check("messages.tools.custom", MAY, of=packed(ODD, TOOLS.but(tools=[CUSTOM])), spec="MSG-REQ-012", depth=FULL)
def test_a_tool_may_say_that_it_is_custom(exchange: Exchange) -> None:
    """A tool MAY have the type `custom`, which is the default."""
    exchange.accepted()


@check("messages.tools.cached", MAY, of=packed(ODD, TOOLS.but(tools=[KEPT])), spec="MSG-REQ-017", depth=FULL)
def test_a_tool_may_be_kept(exchange: Exchange) -> None:
    """A tool MAY have `cache_control`."""
    exchange.accepted()


NOTHING = tool("restart", "Restarts the machine.", {"type": "object", "properties": {}})
NO_INPUT = FORCED.but(tools=[NOTHING], tool_choice=ANY)
NO_INPUT_STREAM = streamed(NO_INPUT)


@check("messages.tools.no_input", SHOULD, of=NO_INPUT, spec="MSG-ENV-010 MSG-REQ-012", depth=FULL)
def test_a_call_without_input_has_an_empty_object(exchange: Exchange) -> None:
    """A call of a tool that takes nothing SHOULD have an object for `input`, which may be empty."""
    exchange.accepted()
    fields(exchange, "/content/*/input")
    seen(calls(exchange), "no tool was called")


@scenario(NO_INPUT, NO_INPUT_STREAM)
def called_without_input() -> Steps:
    """A forced call of a tool that takes nothing, whole and streamed."""
    yield NO_INPUT
    yield NO_INPUT_STREAM


@scenario(FORCED, NO_INPUT)
def called_twice() -> Steps:
    """Two forced calls, one after the other."""
    yield FORCED
    yield NO_INPUT


@check("messages.tools.fresh_ids", SHOULD, of=called_twice, spec="MSG-ENV-010 MSG-BLK-007", depth=FULL)
def test_every_call_has_a_new_id(exchange: Exchange) -> None:
    """The calls of two messages SHOULD have ids of their own: they meet in one conversation."""
    first, second = ({call["id"] for call in calls(one)} for one in (exchange.before[0], exchange))
    seen(first and second, "no tool was called")
    assert not first & second, f"two messages have calls of the id {min(first & second)!r}"


@check("messages.stream.no_input", SHOULD, of=called_without_input, spec="MSG-STR-009 MSG-STR-010", depth=FULL)
def test_a_streamed_call_without_input_says_so(exchange: Exchange) -> None:
    """A streamed call of a tool that takes nothing SHOULD have no input or an empty object, put together."""
    made = streamed_calls(exchange)
    seen(made, "no tool was called")
    said = made[0][1].strip()
    assert not said or isinstance(parsed(said), dict), f"the input is {said[:60]!r}"
