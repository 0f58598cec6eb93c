"""Tool calls at the edge: cut off by the token limit, in a second turn, beside plain questions."""

from __future__ import annotations

from samewire import CAP, FULL, LIMIT, SHOULD, Exchange, Ignored, Steps, check, scenario, seen

from .limits import SHORT
from .reading import arguments, calls, choice, finished, fragments, parsed, pieces
from .requests import CALLED_STREAM, FEW, FORCED, STREAM
from .toolbox import MANY
from .tools import ROUND_TRIP

SHORT_STREAM = CALLED_STREAM.within(CAP(FEW))


@check("chat.tools.cut_finish", SHOULD, of=SHORT, spec="CHAT-ENV-033 CHAT-ENV-020", depth=FULL)
def test_a_cut_call_finishes_with_length(exchange: Exchange) -> None:
    """A tool call that the token limit cuts off SHOULD finish with `length`."""
    exchange.accepted()
    made = calls(exchange)
    seen(made and parsed(made[-1]["function"]["arguments"]) is None, "no call was cut off")
    reason = choice(exchange)["finish_reason"]
    assert reason == "length", f"the call is cut off, and finishes with {reason!r}"


@check("chat.tool_stream.cut_finish", SHOULD, of=SHORT_STREAM, spec="CHAT-ENV-033 CHAT-STR-010", depth=FULL)
def test_a_cut_streamed_call_finishes_with_length(exchange: Exchange) -> None:
    """A streamed tool call that the token limit cuts off SHOULD finish with `length`."""
    finished(exchange)
    made = list(fragments(exchange).values())
    seen(made and parsed(arguments(made[-1])) is None, "no call was cut off")
    reasons = [reason for piece in pieces(exchange) if (reason := piece.get("finish_reason")) is not None]
    seen(reasons, "the stream has no finish_reason")
    assert reasons[-1] == "length", f"the call is cut off, and finishes with {reasons[-1]!r}"


SECOND = ROUND_TRIP.but(messages=[*ROUND_TRIP.body["messages"]], tool_choice="required", **LIMIT(128))
SECOND_STREAM = STREAM.but(**SECOND.body)


@scenario(SECOND_STREAM, FORCED, spare=(SECOND, MANY))
def second_call() -> Steps:
    """A call that is forced after a result, in a stream; if none comes, whole, unforced, and before any result."""
    stream: Exchange = yield SECOND_STREAM
    if not stream.ok or not fragments(stream):
        yield SECOND
        yield MANY
    yield FORCED
    return stream


@check("chat.tool_stream.second_turn", SHOULD, of=second_call, spec="CHAT-EQ-002 CHAT-TOOL-004", depth=FULL, again=2)
def test_a_second_turn_streams_calls(exchange: Exchange) -> None:
    """After the result of a tool, a stream SHOULD call tools just as an answer that is not streamed does."""
    stream: Exchange = exchange.found
    finished(stream)
    if fragments(stream):
        return
    reasons = [piece.get("finish_reason") for piece in pieces(stream)]
    _, whole, unforced = exchange.before
    if not calls(whole):
        # A model that calls whenever it may shows nothing of being forced, and neither does one that is cut off.
        seen(calls(exchange) and not calls(unforced), "no tool was called, or one is unforced, too")
        reasons.append(choice(whole)["finish_reason"])
    seen("length" not in reasons, "the answer is cut off")
    where = "in the stream" if calls(whole) else "after a result"
    raise Ignored(f'tool_choice "required" was accepted, and no tool was called {where}, as it is otherwise')
