"""Tool calls at the edge: cut off by the token limit, in a second turn, beside plain questions."""

from __future__ import annotations

from samewire import CAP, FULL, LIMIT, SHOULD, Exchange, Ignored, Steps, check, honoured, scenario, seen, text, user

from .limits import LONGEST, OLD, SHORT
from .reading import arguments, calls, choice, finished, fragments, parsed, pieces, streamed_words, unread, words
from .requests import CALLED_STREAM, FEW, FORCED, STREAM
from .strict import NO_ARGUMENTS_STREAM, PING
from .tool_choice import NAMED
from .toolbox import MANY
from .tools import ROUND_TRIP, TELLING, answered

SHORT_STREAM = CALLED_STREAM.within(CAP(FEW))


@check("chat.tools.cut_finish", SHOULD, of=SHORT, spec="CHAT-ENV-033 CHAT-ENV-020", depth=FULL)
def test_a_cut_call_finishes_with_length(exchange: Exchange) -> None:
    """A tool call that the token limit cuts off SHOULD finish with `length`."""
    exchange.accepted()
    made = calls(exchange)
    seen(made and parsed(made[-1]["function"]["arguments"]) is None, "no call was cut off")
    reason = choice(exchange)["finish_reason"]
    assert reason == "length", f"the call is cut off, and finishes with {reason!r}"


#: The same by the old name of the limit, with a message in parts: who looks for it in one place finds it there alone.
IN_PARTS = user([text("What is the weather"), text("in Orléans?")])
OLD_STREAM = CALLED_STREAM.but(messages=[IN_PARTS]).within({"max_tokens": FEW}).after(CALLED_STREAM)


@scenario(OLD, OLD_STREAM, spare=(SHORT_STREAM,))
def cut_by_the_old_name() -> Steps:
    """Whether `max_tokens` is heeded, and a call in a stream cut off by it; if that is refused, by the usual name."""
    whole: Exchange = yield OLD
    stream: Exchange = yield OLD_STREAM
    if not whole.ok or not stream.ok:
        yield SHORT_STREAM
    return whole.ok and len(words(whole)) < LONGEST


@check("chat.limits.max_tokens_stream", SHOULD, of=cut_by_the_old_name, spec="CHAT-REQ-006", depth=FULL, again=2)
def test_max_tokens_limits_streams(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit streams where it limits whole answers, with tools at hand and a message in parts."""
    seen(exchange.ok and exchange.asked(OLD_STREAM) and exchange.found, "it is refused, or limits nothing else either")
    finished(exchange)
    made = list(fragments(exchange).values())
    reasons = [reason for piece in pieces(exchange) if (reason := piece.get("finish_reason")) is not None]
    given = [parsed(arguments(parts)) for parts in made]
    # An object with nothing in it may be as short as that.
    whole = [one for one in given if isinstance(one, dict) and any(one.values())]
    said = streamed_words(exchange)
    seen(not unread(said), "calls stand in the text, which has a cell of its own")
    long = whole or len(said) >= LONGEST
    honoured(
        not long or reasons[-1:] == ["length"], f"max_tokens {FEW} was accepted, and the stream runs on to its end"
    )


@check("chat.tool_stream.cut_finish", SHOULD, of=cut_by_the_old_name, spec="CHAT-ENV-033 CHAT-STR-010", depth=FULL)
def test_a_cut_streamed_call_finishes_with_length(exchange: Exchange) -> None:
    """A streamed tool call that the token limit cuts off SHOULD finish with `length`."""
    finished(exchange)
    made = list(fragments(exchange).values())
    seen(made and parsed(arguments(made[-1])) is None, "no call was cut off")
    reasons = [reason for piece in pieces(exchange) if (reason := piece.get("finish_reason")) is not None]
    seen(reasons, "the stream has no finish_reason")
    assert reasons[-1] == "length", f"the call is cut off, and finishes with {reasons[-1]!r}"


SECOND = ROUND_TRIP.but(messages=answered(TELLING), tool_choice="required", **LIMIT(128))
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
    seen(stream.ok or exchange.ok, "no call can be forced at all, which has a cell of its own")
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


@scenario(NAMED, CALLED_STREAM, NO_ARGUMENTS_STREAM)
def named_and_streamed() -> Steps:
    """A tool that is named among others, whole and streamed, and one that must be called in a stream."""
    whole: Exchange = yield NAMED
    required: Exchange = yield CALLED_STREAM
    yield NO_ARGUMENTS_STREAM
    heeded = whole.ok and {call["function"]["name"] for call in calls(whole)} == {"get_time"}
    return heeded, required.ok and bool(fragments(required))


@check("chat.tool_choice.named_stream", SHOULD, of=named_and_streamed, spec="CHAT-TOOL-005", depth=FULL, again=2)
def test_the_named_tool_is_called_in_streams(exchange: Exchange) -> None:
    """With a named `tool_choice`, that very tool SHOULD be called in a stream, and not the first of all."""
    heeded, required = exchange.found
    seen(exchange.ok and heeded, "it is refused, or no tool can be named in a whole answer either")
    finished(exchange)
    heads = [str((parts[0].get("function") or {}).get("name") or "") for parts in fragments(exchange).values()]
    plain = not heads and "stop" in [piece.get("finish_reason") for piece in pieces(exchange)]
    why = f"{PING} was named, and no tool was called in the stream, as one is where any will do"
    honoured(not (plain and required and streamed_words(exchange).strip()), why)
    seen(any(heads), "no tool was called")
    honoured("get_weather" not in heads, f"{PING} was named, and get_weather was called")
