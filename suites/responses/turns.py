"""Turns after a call: its output is taken by reference to the response that called, in streams, and followed."""

from __future__ import annotations

from samewire import FULL, SHOULD, Blocked, Exchange, Steps, check, counts, scenario, seen, shown, user

from .following import DONE, finished, of, streamed_words
from .reading import calls, input_tokens, response, thought, words
from .requests import CALLED, LONG, PING, TOOLS
from .tools import returned

#: Letters of an answer that take more tokens than any template puts in by chance.
LONG_ENOUGH = 120
#: Calls a tool without arguments, in a stream: there is no delta, and it is to be told all the same.
PINGED = {"tools": [PING], "tool_choice": {"type": "function", "name": "ping"}, "stream": True}


def referring(first: Exchange) -> Steps:
    """The output of the calls of a response that is referred to, in a stream, and where that is refused without."""
    before = response(first)["id"]
    streamed: Exchange = yield returned(first, previous_response_id=before, stream=True)
    return streamed if streamed.ok else (yield returned(first, previous_response_id=before))


@scenario(CALLED, more=1, tokens=128)
def called_and_referred() -> Steps:
    """A call that the endpoint made, answered by reference to the response that holds it."""
    first: Exchange = yield CALLED
    seen(calls(first), "no tool was called")
    yield from referring(first)


@check("responses.tools.previous_call", SHOULD, of=called_and_referred, spec="RSP-ST-003 RSP-ST-001", depth=FULL)
def test_a_call_of_the_previous_response_is_answered(exchange: Exchange) -> None:
    """The output of a call SHOULD be taken after the response that holds the call, named by `previous_response_id`."""
    exchange.accepted()
    response(exchange)


@check("responses.tools.referred_output", SHOULD, of=called_and_referred, spec="RSP-ST-003 OR-014", depth=FULL, again=2)
def test_an_output_arrives_after_the_response_that_called(exchange: Exchange) -> None:
    """The output of a call of the response before SHOULD reach the model: the input is the longer for it."""
    first = exchange.before[0]
    if not exchange.ok:
        raise Blocked("the output of a call is not taken", cause="check:responses.tools.previous_call")
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
    if not exchange.ok or not exchange.request.streamed:
        raise Blocked("the output of a call is not taken in streams", cause="check:responses.tools.previous_call")
    one = response(exchange)
    seen(one["status"] == "completed", "the response is not completed")
    seen(one["output"] or not of(finished(exchange), DONE), "the end has lost its items, which has a cell of its own")
    assert one["output"], "the output of a call is taken, and the stream is completed without any item"
    # Words that the end has lost have a cell of their own, too.
    said = words(exchange) or streamed_words(exchange)
    mute = all(item["type"] == "message" for item in one["output"]) and not said.strip()
    refusals = [part for item in one["output"] for part in item.get("content") or () if part["type"] == "refusal"]
    shown(not mute or refusals, "the output of a call is taken, and the stream is completed without a word")


@scenario(CALLED, more=1, tokens=256)  # the second step is counted above
def called_and_followed() -> Steps:
    """A call that the endpoint made, its output, and one more turn, each by reference to the one before."""
    first: Exchange = yield CALLED
    seen(calls(first), "no tool was called")
    second: Exchange = yield from referring(first)
    if second.ok:
        seen(not calls(second), "a tool is called again, whose output would have to come first")
        turn = {"input": [user("Say hello again.")], "previous_response_id": response(second)["id"]}
        # Each differs from the question with tools, which was asked before, and not from the other.
        third: Exchange | None = (yield TOOLS.but(**turn, **PINGED)) if second.request.streamed else None
        if third is None or not third.ok:
            yield TOOLS.but(**turn)
    return second


@check("responses.tools.previous_output", SHOULD, of=called_and_followed, spec="RSP-ST-001 OR-014", depth=FULL)
def test_calls_and_outputs_are_followed(exchange: Exchange) -> None:
    """Calls and their outputs SHOULD be among the turns that a later response sees: the input is the longer for it."""
    second = exchange.found
    if not second.ok:
        raise Blocked("the output of a call is not taken", cause="check:responses.tools.previous_call")
    if not exchange.ok and "not found" in exchange.said.lower():
        raise Blocked("the streamed response before is not found", cause="check:responses.state.streamed")
    exchange.accepted()
    before, after = input_tokens(second), input_tokens(exchange)
    seen(before and after and not thought(exchange.before[0]), "no usage is counted, or the model thinks")
    seen(after != before, "the count does not change")
    why = f"{before} tokens went in with the output of a call, and {after} a turn later"
    counts((after or 0) > (before or 0), why, text=False)
    said = len(words(second).split()) if len(words(second)) >= LONG_ENOUGH and not thought(second) else 0
    grown = (after or 0) - (before or 0)
    why = f"{said} words were said after the output of a call, and a turn later the input has grown by {grown}: "
    why += "the call or its output is lost"
    counts(grown > said * 0.6, why, text=False)
