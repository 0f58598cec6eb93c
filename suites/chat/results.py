"""Results of tools: beside what they may come, in which order and shape, and that they reach the model."""

from __future__ import annotations

import re

from samewire import (
    FULL,
    MUST,
    OMIT,
    SHOULD,
    Exchange,
    Steps,
    assistant,
    check,
    observed,
    scenario,
    seen,
    shown,
    text,
    tool_result,
    user,
)

from .effects import SENTENCE, arrives, in_company, repeats
from .packing import packed
from .reading import calls, message, prompt_tokens, refused, words
from .requests import ASK_TWICE, ASK_WEATHER, HELLO, TOOLS
from .tools import ASK_CODE, RESULT, ROUND_TRIP, answered
from .tools import PARIS as ONE_CALL

FINE, LATER = text("It is fine."), text(f"Hail will follow, and the code word is {RESULT}.")
FIRST_PART, BOTH_PARTS = (ROUND_TRIP.but(messages=answered(parts, asked=ASK_CODE)) for parts in ([FINE], [FINE, LATER]))

EMPTY_CONTENT = answered("Fine.", "")
NO_CONTENT = [ASK_WEATHER, {"role": "assistant", "tool_calls": [ONE_CALL]}, tool_result(str(ONE_CALL["id"]), "Fine.")]


def call(number: int, city: str) -> dict[str, object]:
    """A call of the weather tool."""
    function = {"name": "get_weather", "arguments": f'{{"city": "{city}"}}'}
    return {"id": f"call_0123456789abcdefABCDEF1{number}", "type": "function", "function": function}


PARIS, LONDON = call(1, "Paris"), call(2, "London")
CALLED = [ASK_TWICE, assistant(None, tool_calls=[PARIS, LONDON])]
OF_PARIS = tool_result("call_0123456789abcdefABCDEF11", "Sunny, and the word of the day is DAMSON3316.")
OF_LONDON = tool_result("call_0123456789abcdefABCDEF12", "Rain.")
IN_ORDER = TOOLS.but(messages=[*CALLED, OF_PARIS, OF_LONDON])
TURNED = TOOLS.but(messages=[*CALLED, OF_LONDON, OF_PARIS])
#: A call that the token limit cut off, as it is kept in a history.
CUT_CALL = {"id": "call_0123456789abcdefABCDEF14", "type": "function"} | {
    "function": {"name": "get_weather", "arguments": '{"city": "Par'}
}
CUT_OFF = [ASK_WEATHER, assistant(None, tool_calls=[CUT_CALL]), tool_result(str(CUT_CALL["id"]), "That is no JSON.")]
#: Results, one of them empty, of a call that was cut off, after calls without content, a message of the user right
#: after one; then the second of two calls has its result first, and the first one in parts. Without tools at hand:
#: who sums up at last has none.
IN_PARTS = TOOLS.but(
    tools=OMIT,
    messages=[
        *CUT_OFF,
        assistant("I will try again."),
        *answered("", ""),
        user("And now?"),
        *NO_CONTENT,
        assistant("It is fine."),
        *CALLED,
        OF_LONDON,
        {**OF_PARIS, "content": [text("This is the weather."), text(str(OF_PARIS["content"]))]},
    ],
)


@check(
    "chat.tools.empty_content", MUST, of=packed(IN_PARTS, ROUND_TRIP.but(messages=EMPTY_CONTENT)), spec="CHAT-MSG-005"
)
def test_content_beside_calls_may_be_empty(exchange: Exchange) -> None:
    """The `content` of an assistant message beside `tool_calls` MUST be allowed to be an empty string."""
    exchange.accepted()


@check("chat.tools.no_content", MUST, of=packed(IN_PARTS, ROUND_TRIP.but(messages=NO_CONTENT)), spec="CHAT-MSG-005")
def test_content_beside_calls_may_be_absent(exchange: Exchange) -> None:
    """The `content` of an assistant message beside `tool_calls` MUST be allowed to be absent."""
    exchange.accepted()


@check(
    "chat.tools.empty_result",
    SHOULD,
    of=packed(IN_PARTS, ROUND_TRIP.but(messages=answered(""))),
    spec="CHAT-MSG-007",
    depth=FULL,
)
def test_a_result_may_be_empty(exchange: Exchange) -> None:
    """The result of a tool SHOULD be taken when it is an empty string: many tools have nothing to tell."""
    exchange.accepted()


@check(
    "chat.history.cut_call",
    SHOULD,
    of=packed(IN_PARTS, ROUND_TRIP.but(messages=CUT_OFF)),
    spec="CHAT-MSG-006 CHAT-ENV-019",
    depth=FULL,
)
def test_a_call_that_was_cut_off_is_taken_back(exchange: Exchange) -> None:
    """A call whose `arguments` are no JSON, since the limit cut them off, SHOULD be taken back: they are any text."""
    exchange.accepted()


THANKED = ROUND_TRIP.but(messages=[*answered("Fine."), user("Thank you. Say hello.")])


@check("chat.history.user_after_result", SHOULD, of=packed(IN_PARTS, THANKED), spec="CHAT-MSG-007 CHAT-TOOL-013")
def test_the_user_may_follow_a_result(exchange: Exchange) -> None:
    """A message of the user SHOULD be taken right after the result of a tool: interrupted agents send it."""
    exchange.accepted()


@check(
    "chat.history.without_tools",
    SHOULD,
    of=packed(IN_PARTS, ROUND_TRIP.but(tools=OMIT)),
    spec="CHAT-TOOL-013 CHAT-MSG-006",
    depth=FULL,
)
def test_earlier_calls_need_no_tools(exchange: Exchange) -> None:
    """Calls and results of earlier turns SHOULD be taken where no tools are declared any more."""
    exchange.accepted()


#: Both results in the words of the user, to see whether the model tells them at all.
TOLD = HELLO.but(messages=[user('Repeat this exactly: "In Paris it is sunny, in London there is rain."')])


def tells_both(*exchanges: Exchange) -> bool:
    """Whether answers tell, together, what both results say."""
    said = " ".join(words(one) for one in exchanges).lower()
    return {"sunny", "rain"} <= set(re.findall(r"sunny|rain", said))


#: Two results, one of them after and before the other, and the same where it tells nothing.
NOTHING = {**OF_PARIS, "content": "?"}
WEIGHED = {
    TURNED: TOOLS.but(messages=[*CALLED, OF_LONDON, NOTHING]),
    IN_ORDER: TOOLS.but(messages=[*CALLED, NOTHING, OF_LONDON]),
}


@scenario(IN_PARTS, spare=(TURNED, IN_ORDER, *WEIGHED.values(), TOLD))
def two_told() -> Steps:
    """Two results, the second call's first; if these are refused, in their order.

    If the answer doesn't tell both, what one of them adds to the prompt, and whether the model tells both in words.
    """
    answer: Exchange = yield IN_PARTS
    for plainer in (TURNED, IN_ORDER):
        if not answer.ok or (plainer is TURNED and not tells_both(answer)):
            answer = yield plainer
    growth: list[int] = []
    orders: list[Exchange] = []
    if answer.ok and not tells_both(answer):
        for request, less in WEIGHED.items():
            longer: Exchange = yield request
            shorter: Exchange = yield less
            pair = [prompt_tokens(one) if one.ok else None for one in (longer, shorter)]
            growth += [] if pair[0] is None or pair[1] is None else [pair[0] - pair[1]]
            orders += [longer] if longer.ok else []
        yield TOLD
    return answer, min(growth, default=None), tells_both(*orders)


@check("chat.history.two_results", MUST, of=two_told, spec="CHAT-MSG-007 CHAT-TOOL-013", depth=FULL, again=2)
def test_two_results_are_taken(exchange: Exchange) -> None:
    """The results of two calls of one message MUST be taken, and both reach the model."""
    answer: Exchange
    answer, growth, either = exchange.found
    answer.accepted()
    message(answer)
    if not tells_both(answer):
        seen(words(answer) or not calls(answer), "the model calls a tool again")
        seen(not (words(answer) and repeats(answer, words(answer).strip())), "the model only says what it said before")
        counted = None if growth is None else growth >= SENTENCE
        if counted and either:
            observed("the model tells the one result or the other by their order, and the counts hold both")
        able = exchange.ok and tells_both(exchange)
        seen(able or counted is not None, "the model doesn't tell what it is told")
        why = f"two results were accepted, and the answer doesn't tell both: {words(answer)[:80]!r}"
        shown(counted and not able, why, counted=counted)


@check("chat.history.results_in_any_order", SHOULD, of=packed(IN_PARTS, TURNED), spec="CHAT-MSG-010", depth=FULL)
def test_results_are_taken_in_any_order(exchange: Exchange) -> None:
    """The results of several calls SHOULD be taken in any order."""
    exchange.accepted()


def tells_the_part(said: str) -> bool:
    """Whether an answer has what a second part of a result told."""
    return RESULT.lower() in said.lower() or "sunny" in said.lower()


@scenario(IN_PARTS, spare=(BOTH_PARTS, ROUND_TRIP, FIRST_PART))
def told_by_a_second_part() -> Steps:
    """The result of a tool in two parts, the second of which holds what the answer must tell; so does one in none."""
    return (yield from in_company(IN_PARTS, BOTH_PARTS, ROUND_TRIP, FIRST_PART, tells_the_part, ("hail",)))


@check("chat.tools.result_parts", SHOULD, of=told_by_a_second_part, spec="CHAT-MSG-007 CHAT-MSG-013", depth=FULL)
def test_a_result_may_have_parts(exchange: Exchange) -> None:
    """The result of a tool call SHOULD be taken as an array of text parts, all of which reach the model."""
    arrives(exchange, "the tool's result in parts, or its second part")


@check(
    "chat.history.unanswered_call",
    SHOULD,
    of=TOOLS.wrong(messages=[*CALLED, OF_PARIS, user("Say hello again.")]),
    spec="CHAT-MSG-009",
    depth=FULL,
)
def test_every_call_wants_its_result(exchange: Exchange) -> None:
    """A call without a result before the next message SHOULD be refused with 400."""
    refused(exchange)
