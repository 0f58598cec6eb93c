"""Function tools: calls have the right shape, and outputs reach the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Blocked,
    Broken,
    Exchange,
    Request,
    Steps,
    check,
    observed,
    scenario,
    seen,
    user,
)

from ..chat.packing import packed
from ..chat.reading import is_call, markup
from .effects import Effect, arrives
from .reading import calls, holds, input_tokens, items, parsed, response, sound, words
from .requests import (
    ASK_WEATHER,
    CALL_ID,
    CALLED,
    CALLS,
    HELLO,
    LONG,
    PARIS,
    TOOLS,
    text,
)
from .together import AS_LISTED, IN_CALL, IN_ONE, TELLS, UNNOTED, heard, hears, tells


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
    """The `arguments` of a call SHOULD be a JSON object with the tool's parameters, unless the token limit cut it."""
    seen(calls(exchange) and response(exchange).get("status") == "completed", "no tool was called")
    known = {tool.get("name"): set(properties(tool)) for tool in (exchange.sent or {}).get("tools") or ()}
    for call in calls(exchange):
        given = parsed(call["arguments"])
        assert isinstance(given, dict), f"the arguments are {call['arguments'][:80]!r}"
        wanted = known.get(call["name"])
        if wanted and given and not wanted & set(given):
            (inner,) = given.values() if len(given) == 1 else (None,)
            below = parsed(inner) if isinstance(inner, str) else inner
            # Models call things by other names, but what stands below another one was put there.
            wrapped = isinstance(below, dict) and wanted & set(below)
            assert not wrapped, f"none of {sorted(given)} is a parameter of the tool, and what stands below it is"
            observed(f"the model calls what it gives {', '.join(sorted(given))[:80]}")


def properties(tool: Any) -> list[str]:
    """The names of a tool's parameters."""
    shape = tool.get("parameters")
    inner = shape.get("properties") if isinstance(shape, dict) else None
    return sorted(inner) if isinstance(inner, dict) else []


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


@check("responses.tools.parallel_told", SHOULD, of=CALLS, spec="RSP-REQ-012 RSP-ENV-006", depth=FULL)
def test_calls_are_as_many_as_is_told(exchange: Exchange) -> None:
    """A response that tells `parallel_tool_calls` to be false SHOULD hold one call at most."""
    made = calls(exchange)
    seen(made, "no tool was called")
    told = response(exchange).get("parallel_tool_calls")
    assert told is not False or len(made) == 1, f"`parallel_tool_calls` is told to be false, beside {len(made)} calls"


@check("responses.tools.completed", SHOULD, of=CALLED, spec="RSP-ENV-015 RSP-ITEM-013")
def test_a_response_with_a_call_is_completed(exchange: Exchange) -> None:
    """A response that calls a tool SHOULD be completed: no other status waits for tools here."""
    seen(calls(exchange), "no tool was called")
    status = response(exchange)["status"]
    assert status in ("completed", "incomplete"), f"a tool is called, and the status is {status!r}"


@check("responses.tools.no_markup", SHOULD, of=CALLS, spec="RSP-ITEM-008")
def test_calls_do_not_leak_as_text(exchange: Exchange) -> None:
    """A call of a tool SHOULD come as an item, not as markup in the text."""
    sent = exchange.sent or {}
    seen(sent.get("tools") and sent.get("tool_choice") != "none", "no tool was at hand")
    said = words(exchange)
    if mark := markup(said):
        raise Broken(f"the text holds {mark!r}: {said[:80]!r}", causes={"markup"})
    # Whether a call was meant by mere JSON is sure where one was forced.
    if sent.get("tool_choice") not in (None, "auto") and is_call(said) and not items(exchange, "function_call"):
        raise Broken(f"the text is a call in words: {said[:80]!r}", causes={"markup"})


ASK_BACK = "What did the tool say? Answer with the code word it gave."


def answered(output: Any) -> list[dict[str, Any]]:
    """A conversation in which a tool was called and has answered."""
    return [ASK_WEATHER, PARIS, {"type": "function_call_output", "call_id": CALL_ID, "output": output}]


def told(who: str) -> Request:
    """The question what a tool said, with the answer in it."""
    return HELLO.but(input=[user(f"A tool says: {tells(who)} {ASK_BACK}")])


ROUND_TRIP = TOOLS.but(input=answered(tells("output")))
EMPTY_RESULT = ROUND_TRIP.but(input=answered("?"))
BOTH_PARTS = ROUND_TRIP.but(input=answered([text("The weather is fine."), text(tells("output_parts"))]))
FIRST_PART = ROUND_TRIP.but(input=answered([text("The weather is fine.")]))


@check("responses.tools.round_trip", MUST, of=packed(TELLS, ROUND_TRIP), spec="RSP-IN-004 RSP-IN-005 RSP-ST-003")
def test_an_output_is_taken(exchange: Exchange) -> None:
    """A `function_call` and its `function_call_output` MUST be taken in the input, and answered."""
    exchange.accepted()
    response(exchange)


@check(
    "responses.tools.output_arrives",
    MUST,
    of=heard("output", ROUND_TRIP, told("output"), EMPTY_RESULT),
    spec="RSP-ST-003 RSP-IN-005",
)
def test_an_output_arrives(exchange: Exchange) -> None:
    """The output of a function call MUST reach the model."""
    if exchange.found is None and exchange.asked(ROUND_TRIP):
        raise Blocked("it is refused", cause="check:responses.tools.round_trip")
    arrives(exchange, "the tool's output")


@scenario(TELLS, spare=(IN_ONE, UNNOTED))
def noted_in_a_call() -> Steps:
    """Arguments that tell a code word; if it isn't told, the same where they tell nothing."""
    every: Exchange = yield TELLS
    if not every.ok:
        return None
    if IN_CALL.lower() in words(every).lower():
        return Effect(True)
    yield IN_ONE
    without: Exchange = yield UNNOTED
    more, less = input_tokens(every), input_tokens(without)
    return Effect(False, growth=more - less if more is not None and less is not None else None)


@check("responses.tools.past_arguments", SHOULD, of=noted_in_a_call, spec="RSP-IN-004 RSP-ITEM-008", depth=FULL)
def test_the_arguments_of_past_calls_arrive(exchange: Exchange) -> None:
    """What a `function_call` of the input has for `arguments` SHOULD reach the model, be it to keep it to itself."""
    seen(exchange.found is not None, "it is refused, which has cells of its own")
    every = (*exchange.before, exchange)[0]
    read = any(hears(words(every), who) for who in ("history", "assistant", "items", "output"))
    seen(exchange.found.shown or read, "the model tells nothing of the conversation")
    arrives(exchange, "what the arguments of a call told", text=False)


CALLED_ANSWERED = answered(tells("output"))
LISTED = ROUND_TRIP.but(input=[*CALLED_ANSWERED[:2], {**CALLED_ANSWERED[2], **AS_LISTED}])


@check("responses.tools.listed_output", SHOULD, of=packed(TELLS, LISTED), spec="RSP-IN-005 RSP-IN-004", depth=FULL)
def test_an_output_is_taken_as_it_is_listed(exchange: Exchange) -> None:
    """The output of a function call SHOULD be taken with `id` and `status`, as a list of the input gives it."""
    exchange.accepted()


@check(
    "responses.tools.output_parts",
    SHOULD,
    of=heard("output_parts", BOTH_PARTS, told("output_parts"), FIRST_PART),
    spec="RSP-IN-005",
    depth=FULL,
)
def test_an_output_may_have_parts(exchange: Exchange) -> None:
    """The output of a function call SHOULD be taken as an array of parts, all of which reach the model."""
    arrives(exchange, "of the tool's output, given as two parts, at least the second")


NOTHING_CAME = ROUND_TRIP.but(input=answered(""))


@check("responses.tools.empty_output", SHOULD, of=packed(TELLS, NOTHING_CAME), spec="RSP-IN-005", depth=FULL)
def test_an_output_may_be_empty(exchange: Exchange) -> None:
    """The output of a function call SHOULD be taken if it is an empty text: many commands print nothing."""
    exchange.accepted()


def returned(first: Exchange, said: Sequence[Any] = (), **more: Any) -> Request:
    """The request that answers every call of a response, which may be referred to or sent back.

    Args:
        first: the response that calls.
        said: what was said before that; left out where the response is referred to.
        more: how the response is referred to.
    """
    own = [] if more else [*said, user(CALLED.body["input"]), *sound(items(first))]
    return TOOLS.but(input=[*own, *outputs(first, f"{tells('output')} {LONG}")], **more, **LIMIT(128))


def outputs(made: Exchange, said: str) -> list[dict[str, Any]]:
    """What the tools gave that a response calls: each the same."""
    return [{"type": "function_call_output", "call_id": call["call_id"], "output": said} for call in calls(made)]


#: What a tool says to those who call it once more.
ENOUGH = "That is all: there is nothing left to look up. Say hello in words now, and call no tool again."


def once_more(after: Exchange) -> Request:
    """The request that answers the calls which a response to outputs makes, with all that was said before."""
    said = after.request.body["input"]
    return TOOLS.but(input=[*said, *sound(items(after)), *outputs(after, ENOUGH)], **LIMIT(128))
