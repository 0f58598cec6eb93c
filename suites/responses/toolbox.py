"""Tools that are declared: in each form that clients give them, and with their descriptions."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    MUST,
    SHOULD,
    Broken,
    Exchange,
    Scenario,
    Steps,
    check,
    counts,
    observed,
    scenario,
    seen,
    shown,
)

from ..chat.packing import packed
from ..messages.letters import ODD_NAMES, texts
from .reading import calls, input_tokens, parsed
from .requests import (
    BARE,
    BLANK_TOOL,
    CALLED,
    CITY,
    EMPTY_TOOL,
    LONG,
    LONG_NAME,
    NAME_ALONE,
    NULL_TOOL,
    ODD_TOOLS,
    SHAPED,
    TOOLS,
    WEATHER,
    function,
)
from .tool_choice import STRICT

#: Five tools with parameters.
MANY = TOOLS.but(tools=[WEATHER, *(function(f"look_up_{number}", LONG, CITY) for number in range(4))])


@scenario(TOOLS, ODD_TOOLS, spare=(MANY,))
def offered() -> Steps:
    """A question with one tool, and with further tools that are described at length; others where these are refused."""
    yield TOOLS
    long: Exchange = yield ODD_TOOLS
    if not long.ok:
        yield MANY


@check("responses.tools.offered", SHOULD, of=offered, spec="RSP-REQ-010", depth=FULL)
def test_tools_reach_the_model(exchange: Exchange) -> None:
    """Tools that are taken SHOULD reach the model with their descriptions: the input grows with them."""
    exchange.accepted()
    with_more, with_one = input_tokens(exchange), input_tokens(exchange.before[0])
    seen(with_more and with_one, "no usage is counted")
    described = sum(len(tool.get("description", "").split()) for tool in (exchange.sent or {})["tools"][1:])
    grown = (with_more or 0) - (with_one or 0)
    seen(grown >= 0, "streams count otherwise")
    why = f"tools described in {described} further words make the input {grown} tokens longer"
    counts(grown > described, why, Broken, text=False)


def carrying(tool: Any) -> Scenario:
    """All odd tools together, and if these are refused, one of them alone."""
    return packed(ODD_TOOLS, TOOLS.but(tools=[tool]))


@check("responses.tools.no_parameters", SHOULD, of=carrying(BARE), spec="RSP-REQ-010", depth=FULL)
def test_a_tool_needs_no_parameters(exchange: Exchange) -> None:
    """A function tool without `parameters` SHOULD be taken: it has no arguments."""
    exchange.accepted()


@check("responses.tools.null_parameters", SHOULD, of=carrying(NULL_TOOL), spec="RSP-REQ-010", depth=FULL)
def test_parameters_may_be_null(exchange: Exchange) -> None:
    """A function tool whose `parameters` are null SHOULD be taken."""
    exchange.accepted()


@check("responses.tools.empty_parameters", MUST, of=carrying(EMPTY_TOOL), spec="RSP-REQ-010", depth=FULL)
def test_parameters_may_have_no_properties(exchange: Exchange) -> None:
    """A function tool whose `parameters` have no properties MUST be taken."""
    exchange.accepted()


@check("responses.tools.blank_parameters", SHOULD, of=carrying(BLANK_TOOL), spec="RSP-REQ-010", depth=FULL)
def test_parameters_may_be_blank(exchange: Exchange) -> None:
    """A function tool whose `parameters` are an empty object SHOULD be taken."""
    exchange.accepted()


@check("responses.tools.schema_words", SHOULD, of=carrying(SHAPED), spec="RSP-REQ-010", depth=FULL)
def test_a_schema_may_say_more(exchange: Exchange) -> None:
    """Parameters with objects within, `$ref`, `anyOf` and `enum` SHOULD be taken where nothing is `strict`."""
    exchange.accepted()


@check("responses.tools.no_description", SHOULD, of=carrying(NAME_ALONE), spec="RSP-REQ-010", depth=FULL)
def test_a_tool_needs_no_description(exchange: Exchange) -> None:
    """A function tool without a `description` SHOULD be taken."""
    exchange.accepted()


@check("responses.tools.long_name", SHOULD, of=carrying(LONG_NAME), spec="RSP-REQ-010 OR-023", depth=FULL)
def test_a_name_may_be_long(exchange: Exchange) -> None:
    """A function tool whose name has 64 letters, digits, `_` and `-` SHOULD be taken."""
    exchange.accepted()


@check("responses.tools.letters", SHOULD, of=offered, spec="RSP-ITEM-008 RSP-STR-027", depth=FULL, again=2)
def test_letters_come_through_calls(exchange: Exchange) -> None:
    """Letters beyond ASCII SHOULD come through the `arguments` of a call, streamed or not, unescaped."""
    made = [call for one in (*exchange.before, exchange) if one.ok for call in calls(one)]
    said = [text for call in made for text in texts(parsed(call["arguments"]))]
    odd = [text for text in said if any(mark in text for mark in ODD_NAMES)]
    assert not odd, f"letters are not kept: the arguments say {odd[0][:60]!r}"
    seen("Zürich" in said, "the model calls no tool about Zürich")


@scenario(TOOLS, CALLED, spare=(STRICT,))
def asked_and_forced() -> Steps:
    """A question that asks for a tool, and if none is called, one must be; if nothing is given to it, a strict one."""
    made: Exchange = yield TOOLS
    if made.ok and not calls(made):
        made = yield CALLED
    if made.ok and calls(made) and all(parsed(call["arguments"]) == {} for call in calls(made)):
        yield STRICT
    return made


@check("responses.tools.parameters", SHOULD, of=asked_and_forced, spec="RSP-REQ-010 RSP-ITEM-008", depth=FULL, again=2)
def test_parameters_reach_the_model(exchange: Exchange) -> None:
    """The `parameters` of a tool SHOULD reach the model: of those that are required, a call gives some."""
    given = [parsed(call["arguments"]) for call in calls(exchange.found)]
    if exchange.asked(STRICT) and exchange.ok and any(parsed(call["arguments"]) for call in calls(exchange)):
        observed("the model gives a tool what it takes only where that is strict")
    seen(given and all(isinstance(one, dict) for one in given), "no tool was called with arguments")
    told = set().union(*given)
    seen(told <= set(CITY["properties"]), "the calls give something else, which has a cell of its own")
    shown(told, "parameters were accepted, and calls of a tool that requires some give none")
