"""Turns after a call: its output is taken by reference to the response that called, in streams, and followed."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Blocked, Exchange, Ignored, Steps, check, counts, scenario, seen, shown, user

from .following import ADDED, DONE, finished, of, streamed_words
from .preflight import told
from .reading import calls, input_tokens, response, saying, thought, words
from .requests import CALLED, CALLED_STREAM, LONG, PING, TOOLS
from .state import TOLD, following, uncounted
from .tools import returned

#: Letters of an answer that take more tokens than any template puts in by chance, or the tools of two turns differ by.
LONG_ENOUGH = 240
#: Calls a tool without arguments, in a stream: there is no delta, and it is to be told all the same.
PINGED = {"tools": [PING], "tool_choice": {"type": "function", "name": "ping"}, "stream": True}


def calling(made: Exchange) -> bool:
    """Whether a stream told the same calls throughout: what it loses or changes has cells of its own."""
    one = told(made) if made.ok and made.streamed else None
    if not isinstance(one, dict) or one.get("status") != "completed":
        return False
    every = [value for value, _ in made.payloads() if isinstance(value, dict)]
    held = [[value.get("item") for value in every if value.get("type") == kind] for kind in (ADDED, DONE)]
    ids = [[item.get("call_id") for item in saying(some)] for some in (*held, one.get("output"))]
    return bool(ids[0]) and all(ids[0]) and ids[0] == ids[1] == ids[2] and isinstance(one.get("id"), str)


def refer(first: Exchange, **more: Any) -> Steps:
    """The output of the calls of a response that is referred to."""
    return (yield returned(first, previous_response_id=response(first)["id"], **more))


def referring() -> Steps:
    """A call, and its output after it, in streams; where that is refused, after a response that was made whole.

    Returns:
        The call, its output, and the output that was refused after a streamed response, or None.
    """
    first: Exchange = yield CALLED_STREAM
    refusal: Exchange | None = None
    if calling(first) and calls(first):
        refusal = yield from refer(first, stream=True)
        if refusal.ok:
            return first, refusal, None
    first = yield CALLED
    seen(calls(first), "no tool was called")
    second: Exchange = yield from refer(first, stream=True)
    return first, second if second.ok else (yield from refer(first)), refusal


@scenario(CALLED_STREAM, spare=(CALLED,), more=1, tokens=128)
def called_and_referred() -> Steps:
    """A call that the endpoint made, answered by reference to the response that holds it."""
    return (yield from referring())


@check(
    "responses.tools.previous_call", SHOULD, of=called_and_referred, spec="RSP-ST-003 RSP-ST-001", depth=FULL, again=2
)
def test_a_call_of_the_previous_response_is_answered(exchange: Exchange) -> None:
    """The output of a call SHOULD be taken after the response that holds the call, named by `previous_response_id`."""
    exchange.accepted()
    response(exchange)
    _, _, refusal = exchange.found
    # After the whole one it is taken as a stream, too: all that differs is how the call was made.
    if refusal is None or not exchange.request.streamed or unfound(refusal):
        return
    seen(told(exchange.before[0]).get("store") is not False, "the streamed response tells that it is not stored")
    why = f"after a streamed response that calls, its output is answered {refusal.status}{refusal.said}"
    raise Ignored(f"{why}; after one made whole it is taken")


def unfound(refusal: Exchange) -> bool:
    """Whether a response that is referred to is not there at all, or something failed: each has its own cell."""
    code = (refusal.error_object or {}).get("code")
    return refusal.status not in (400, 422) or code == "previous_response_not_found"


def left_if_refused(exchange: Exchange) -> None:
    """Leave it to the check of the reference, if that is refused.

    Raises:
        Blocked: it is. Outputs whose calls stand beside them have cells of their own.
    """
    if not exchange.ok:
        raise Blocked("`previous_response_id` is refused beside an output", cause="check:responses.tools.previous_call")


@check("responses.tools.referred_output", SHOULD, of=called_and_referred, spec="RSP-ST-003 OR-014", depth=FULL, again=2)
def test_an_output_arrives_after_the_response_that_called(exchange: Exchange) -> None:
    """The output of a call of the response before SHOULD reach the model: the input is the longer for it."""
    left_if_refused(exchange)
    first, *_ = exchange.found
    before, after = input_tokens(first), input_tokens(exchange)
    seen(before and after and not thought(first), "no usage is counted, or the model thinks")
    grown = (after or 0) - (before or 0)
    # Some count what is sent alone; that the response before is not seen has a cell of its own.
    seen(grown > 0, "the input has not grown")
    put_in = len(LONG.split()) * len(calls(first))
    why = f"an output of some {put_in} words was accepted, and the input grew by {grown} tokens"
    counts(grown > put_in * 0.6, why, text=False)


@check(
    "responses.tools.answered_stream",
    SHOULD,
    of=called_and_referred,
    spec="RSP-ST-003 RSP-STR-023",
    depth=FULL,
    again=2,
)
def test_an_output_is_answered_in_streams(exchange: Exchange) -> None:
    """A streamed response to the output of a call SHOULD hold something: words, or a further call."""
    left_if_refused(exchange)
    if not exchange.request.streamed:
        why = "`previous_response_id` is refused beside an output in streams"
        raise Blocked(why, cause="check:responses.tools.previous_call")
    one = response(exchange)
    seen(one["status"] == "completed", "the response is not completed")
    seen(one["output"] or not of(finished(exchange), DONE), "the end has lost its items, which has a cell of its own")
    assert one["output"], "the output of a call is taken, and the stream is completed without any item"
    # Words that the end has lost have a cell of their own, too.
    said = words(exchange) or streamed_words(exchange)
    mute = all(item["type"] == "message" for item in one["output"]) and not said.strip()
    refusals = [part for item in one["output"] for part in item.get("content") or () if part["type"] == "refusal"]
    shown(not mute or refusals, "the output of a call is taken, and the stream is completed without a word")


@scenario(CALLED_STREAM, spare=(CALLED, TOLD), more=1, tokens=256)  # the second steps are counted elsewhere
def called_and_followed() -> Steps:
    """A call, its output, and one more turn, each by reference to the one before; if that counts less, two others."""
    first, second, refusal = yield from referring()
    third: Exchange = second
    cause = ""
    if second.ok:
        seen(not calls(second), "a tool is called again, whose output would have to come first")
        turn = {"input": [user("Say hello again.")], "previous_response_id": response(second)["id"]}
        # Each differs from the question with tools, which was asked before, and not much from the other.
        if second.request.streamed:
            third = yield TOOLS.but(**turn, **PINGED)
        if not third.ok or third is second:
            third = yield TOOLS.but(**turn)
        if third.ok and (input_tokens(third) or 0) <= (input_tokens(second) or 0):
            made: Exchange = yield TOLD
            after: Exchange | None = (yield following(made)) if made.ok else None
            cause = uncounted(made, after) if after is not None and after.ok else ""
    if refusal is not None and second.ok and not cause:
        cause = "responses.state.streamed" if unfound(refusal) else "responses.tools.previous_call"
    return first, second, third, cause


@check("responses.tools.previous_output", SHOULD, of=called_and_followed, spec="RSP-ST-001 OR-014", depth=FULL)
def test_calls_and_outputs_are_followed(exchange: Exchange) -> None:
    """What a call, its output and the answer to it say SHOULD be among the turns that a later response sees."""
    first, second, third, cause = exchange.found
    left_if_refused(second)
    if not third.ok and "not found" in third.said.lower():
        raise Blocked("the streamed response before is not found", cause="check:responses.state.streamed")
    third.accepted()
    before, after = input_tokens(second), input_tokens(third)
    seen(before and after and not thought(first), "no usage is counted, or the model thinks")
    if cause:
        raise Blocked("what previous_response_id loads is not all counted elsewhere either", cause=f"check:{cause}")
    seen(after != before, "the count does not change")
    # The tools of the two turns differ, and what they weigh is up to who writes them out: the output weighs more.
    put_in, grown = len(LONG.split()) * len(calls(first)), (after or 0) - (before or 0)
    why = f"{before} tokens went in with the output of a call, some {put_in} words, and {after} a turn later: "
    counts(grown > -put_in * 0.6, why + "the call or its output is lost", text=False)
    said = len(words(second).split())
    if len(words(second)) < LONG_ENOUGH or thought(second):
        return
    why = f"{said} words were said after the output of a call, and a turn later the input has grown by {grown}: "
    what = "what a streamed response said" if second.request.streamed else "what the response before said"
    counts(grown > said * 0.6, f"{why}{what}, or as much of what went before, is lost", text=False)
