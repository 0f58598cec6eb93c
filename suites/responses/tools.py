"""Function tools: calls have the right shape, and outputs reach the model."""

from __future__ import annotations

from typing import Any

from samewire import FULL, LIMIT, MUST, SHOULD, Broken, Exchange, Request, Steps, check, scenario, seen, user

from ..chat.packing import packed
from ..chat.reading import MARKUP
from .effects import arrives, effect
from .images import CALL_ID
from .images import CALLED as PARIS
from .input import text
from .reading import calls, holds, input_tokens, items, parsed, response, sound, words
from .requests import ASK_WEATHER, CALLED, CALLS, CITY, HELLO, TOOLS, WEATHER, function

RESULT = "QUINCE5512"


@check("responses.tools.accepted", SHOULD, of=TOOLS, spec="RSP-REQ-010")
def test_tools_are_taken(exchange: Exchange) -> None:
    """A request with `tools`, each a flat function, SHOULD be taken."""
    exchange.accepted()


@check("responses.tools.call_shape", MUST, of=CALLS, spec="RSP-ITEM-008")
def test_a_call_has_its_shape(exchange: Exchange) -> None:
    """A `function_call` MUST have `call_id`, `name` and `arguments`, all strings."""
    holds(exchange, "/output/*/call_id", "/output/*/name", "/output/*/arguments")
    seen(calls(exchange), "no tool was called")


@check("responses.tools.arguments", SHOULD, of=CALLS, spec="RSP-ITEM-008 RSP-ST-003")
def test_arguments_are_a_json_object(exchange: Exchange) -> None:
    """The `arguments` of a call SHOULD be the text of a JSON object, unless the token limit cut it off."""
    seen(calls(exchange) and response(exchange).get("status") == "completed", "no tool was called")
    for call in calls(exchange):
        said = call["arguments"]
        assert isinstance(parsed(said), dict), f"the arguments are {said[:80]!r}"


@check("responses.tools.declared_name", SHOULD, of=CALLS, spec="RSP-ITEM-008 RSP-REQ-010")
def test_only_declared_tools_are_called(exchange: Exchange) -> None:
    """The name in a call SHOULD be one of the tools that were declared."""
    seen(calls(exchange), "no tool was called")
    declared = {tool.get("name") for tool in (exchange.sent or {}).get("tools") or ()}
    odd = [call["name"] for call in calls(exchange) if call["name"] not in declared]
    assert not odd, f"calls {odd[0]!r}, which was not declared"


@check("responses.tools.unique_ids", SHOULD, of=CALLS, spec="RSP-ITEM-008 RSP-ITEM-010")
def test_calls_have_ids_of_their_own(exchange: Exchange) -> None:
    """The `call_id` of the calls of a response SHOULD differ."""
    ids = [call["call_id"] for call in calls(exchange)]
    seen(ids, "no tool was called")
    assert len(set(ids)) == len(ids), f"{len(ids)} calls have {len(set(ids))} ids"


@check("responses.tools.completed", SHOULD, of=CALLED, spec="RSP-ENV-015 RSP-ITEM-013")
def test_a_response_with_a_call_is_completed(exchange: Exchange) -> None:
    """A response that calls a tool SHOULD be completed: no other status waits for tools here."""
    seen(calls(exchange), "no tool was called")
    status = response(exchange)["status"]
    assert status in ("completed", "incomplete"), f"a tool is called, and the status is {status!r}"


@check("responses.tools.no_markup", SHOULD, of=CALLS, spec="RSP-ITEM-008")
def test_calls_do_not_leak_as_text(exchange: Exchange) -> None:
    """A call of a tool SHOULD come as an item, not as markup in the text."""
    seen((exchange.sent or {}).get("tool_choice") not in (None, "auto", "none"), "no call was forced")
    leaked = [mark for mark in MARKUP if mark in words(exchange)]
    if leaked:
        raise Broken(f"the text holds {leaked[0]!r}: {words(exchange)[:80]!r}", causes={"markup"})


ASK_BACK = "What did the tool say? Answer with the code word it gave."


def answered(output: Any) -> list[dict[str, Any]]:
    """A conversation in which a tool was called and has answered."""
    return [ASK_WEATHER, PARIS, {"type": "function_call_output", "call_id": CALL_ID, "output": output}]


ROUND_TRIP = TOOLS.but(input=answered(f"The code word of the weather is {RESULT}."))
EMPTY_RESULT = ROUND_TRIP.but(input=answered("?"))
IN_WORDS = HELLO.but(input=[user(f"A tool says: the code word is {RESULT}. {ASK_BACK}")])


@check("responses.tools.round_trip", MUST, of=ROUND_TRIP, spec="RSP-IN-004 RSP-IN-005 RSP-ST-003")
def test_an_output_is_taken(exchange: Exchange) -> None:
    """A `function_call` and its `function_call_output` MUST be taken in the input, and answered."""
    exchange.accepted()
    response(exchange)


@scenario(ROUND_TRIP, spare=(IN_WORDS, EMPTY_RESULT))
def told_by_a_tool() -> Steps:
    """The output of a tool that holds what the answer must tell."""
    return (yield from effect(ROUND_TRIP, IN_WORDS, EMPTY_RESULT, lambda said: RESULT.lower() in said.lower()))


@check("responses.tools.output_arrives", MUST, of=told_by_a_tool, spec="RSP-ST-003 RSP-IN-005")
def test_an_output_arrives(exchange: Exchange) -> None:
    """The output of a function call MUST reach the model."""
    arrives(exchange, "the tool's output")


BOTH_PARTS = ROUND_TRIP.but(input=answered([text("The weather is fine."), text(f"The code word is {RESULT}.")]))
FIRST_PART = ROUND_TRIP.but(input=answered([text("The weather is fine.")]))


@scenario(BOTH_PARTS, spare=(IN_WORDS, FIRST_PART))
def told_by_a_second_part() -> Steps:
    """The output of a tool in two parts, the second of which holds what the answer must tell."""
    return (yield from effect(BOTH_PARTS, IN_WORDS, FIRST_PART, lambda said: RESULT.lower() in said.lower()))


@check("responses.tools.output_parts", SHOULD, of=told_by_a_second_part, spec="RSP-IN-005", depth=FULL)
def test_an_output_may_have_parts(exchange: Exchange) -> None:
    """The output of a function call SHOULD be taken as an array of parts, all of which reach the model."""
    arrives(exchange, "the second part of the tool's output")


def returned(first: Exchange, **more: Any) -> Request:
    """The request that answers every call of a response, which may be referred to or sent back."""
    outputs = [
        {"type": "function_call_output", "call_id": call["call_id"], "output": "It is sunny."} for call in calls(first)
    ]
    own = [] if more else sound(items(first))
    before = [] if more else CALLED.body["input"]
    return TOOLS.but(input=[*before, *own, *outputs], **more, **LIMIT(128))


@scenario(CALLED, more=1, tokens=128)
def called_and_answered() -> Steps:
    """A call that the endpoint made, sent back as it came, with an output for each call."""
    first: Exchange = yield CALLED
    seen(calls(first), "no tool was called")
    yield returned(first)


@check("responses.tools.own_call", MUST, of=called_and_answered, spec="RSP-IN-004 RSP-IN-005 RSP-ST-003")
def test_its_own_call_is_taken_back(exchange: Exchange) -> None:
    """A call that the endpoint made MUST be taken back as it came, followed by its output."""
    exchange.accepted()
    response(exchange)


@scenario(CALLED, more=1, tokens=128)
def called_and_referred() -> Steps:
    """A call that the endpoint made, answered by reference to the response that holds it."""
    first: Exchange = yield CALLED
    seen(calls(first), "no tool was called")
    yield returned(first, previous_response_id=response(first)["id"])


@check("responses.tools.previous_call", SHOULD, of=called_and_referred, spec="RSP-ST-003 RSP-ST-001", depth=FULL)
def test_a_call_of_the_previous_response_is_answered(exchange: Exchange) -> None:
    """The output of a call SHOULD be taken after the response that holds the call, named by `previous_response_id`."""
    exchange.accepted()
    response(exchange)


MANY = TOOLS.but(
    input=[user("Say hello.")],
    tools=[WEATHER, *(function(f"look_up_{number}", "Looks something up.", CITY) for number in range(6))],
)


@scenario(MANY, HELLO)
def offered() -> Steps:
    """Seven tools, where none is needed, and the same without."""
    yield MANY
    yield HELLO


@check("responses.tools.offered", SHOULD, of=offered, spec="RSP-REQ-010", depth=FULL)
def test_tools_reach_the_model(exchange: Exchange) -> None:
    """Tools that are taken SHOULD reach the model: the input grows with them."""
    with_tools, without = input_tokens(exchange.before[0]), input_tokens(exchange)
    seen(with_tools is not None and without is not None, "no usage is counted")
    assert with_tools is not None
    assert without is not None
    assert with_tools - without > 20, f"seven tools make the input {with_tools - without} tokens longer"


BARE = {"type": "function", "name": "ping", "description": "Checks that someone is there."}
NULL_TOOL = {**BARE, "name": "pang", "parameters": None}
EMPTY_TOOL = {**BARE, "name": "pong", "parameters": {"type": "object", "properties": {}}}
BLANK_TOOL = {**BARE, "name": "pung", "parameters": {}}
TOOLBOX = TOOLS.but(tools=[BARE, NULL_TOOL, EMPTY_TOOL, BLANK_TOOL])


@check(
    "responses.tools.no_parameters", SHOULD, of=packed(TOOLBOX, TOOLS.but(tools=[BARE])), spec="RSP-REQ-010", depth=FULL
)
def test_a_tool_needs_no_parameters(exchange: Exchange) -> None:
    """A function tool without `parameters` SHOULD be taken: it has no arguments."""
    exchange.accepted()


@check(
    "responses.tools.null_parameters",
    SHOULD,
    of=packed(TOOLBOX, TOOLS.but(tools=[NULL_TOOL])),
    spec="RSP-REQ-010",
    depth=FULL,
)
def test_parameters_may_be_null(exchange: Exchange) -> None:
    """A function tool whose `parameters` are null SHOULD be taken."""
    exchange.accepted()


@check(
    "responses.tools.empty_parameters",
    MUST,
    of=packed(TOOLBOX, TOOLS.but(tools=[EMPTY_TOOL])),
    spec="RSP-REQ-010",
    depth=FULL,
)
def test_parameters_may_have_no_properties(exchange: Exchange) -> None:
    """A function tool whose `parameters` have no properties MUST be taken."""
    exchange.accepted()


@check(
    "responses.tools.blank_parameters",
    SHOULD,
    of=packed(TOOLBOX, TOOLS.but(tools=[BLANK_TOOL])),
    spec="RSP-REQ-010",
    depth=FULL,
)
def test_parameters_may_be_blank(exchange: Exchange) -> None:
    """A function tool whose `parameters` are an empty object SHOULD be taken."""
    exchange.accepted()
