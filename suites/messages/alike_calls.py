"""Streamed or not: the same tools are called."""

from __future__ import annotations

from samewire import FULL, LIMIT, MUST, SHOULD, Broken, Exchange, Steps, check, honoured, observed, scenario, seen, user

from .effects import told
from .reading import blocks, calls, ended, parsed, stream_reason, streamed_calls, streamed_words, words
from .requests import ANY, BOTH, BOTH_STREAM, CALL_STREAMS, MANY, TOOLS, streamed
from .results import ROUND_TRIP, round_trip
from .talk import TOGETHER, TOGETHER_STREAM
from .tool_choice import called_and_streamed
from .tools import RESTARTED, called


@check("messages.alike.calls", SHOULD, of=called_and_streamed, spec="MSG-STR-024 MSG-STR-009", again=2)
def test_a_stream_calls_the_same_tools(exchange: Exchange) -> None:
    """A stream SHOULD call the tools that the same request calls when it is not streamed."""
    whole = {call["name"] for call in calls(exchange.before[0])}
    seen(whole, "no tool was called")
    made = streamed_calls(exchange)
    seen(made, "no tool was called in the stream")
    names = {str(head.get("name")) for head, _ in made}
    assert names == whole, f"calls {', '.join(sorted(names))}, and {', '.join(sorted(whole))} when not streamed"


@check("messages.alike.input", SHOULD, of=called_and_streamed, spec="MSG-STR-024 MSG-STR-009", again=2)
def test_a_streamed_call_has_the_same_members(exchange: Exchange) -> None:
    """The input of a streamed call SHOULD have the members that it has when it is not streamed."""
    whole, made = calls(exchange.before[0]), streamed_calls(exchange)
    seen(whole and made and isinstance(parsed(made[0][1] or "{}"), dict), "no tool was called")
    if made[0][0].get("name") != whole[0]["name"]:
        observed("another tool was called")
    streamed, given = set(parsed(made[0][1] or "{}")), set(whole[0]["input"])
    assert streamed == given, f"the input has {sorted(streamed)}, and {sorted(given)} when not streamed"


@check("messages.alike.call_stop", SHOULD, of=CALL_STREAMS, spec="MSG-ENV-012 MSG-STR-014")
def test_a_streamed_call_stops_with_tool_use(exchange: Exchange) -> None:
    """A stream that calls a tool SHOULD stop with `tool_use`, however the tool was chosen."""
    seen(streamed_calls(exchange), "no tool was called")
    reason = stream_reason(exchange)
    assert reason in ("tool_use", "max_tokens"), f"a tool is called, and the stream stops with {reason!r}"


#: The same in plainer words, where a call is forced.
PAIR = TOOLS.but(messages=[user("What is the weather in Paris and London?")], tool_choice=ANY, **LIMIT(192))
PAIR_STREAM = streamed(PAIR)


def called_whole(exchange: Exchange) -> int:
    """How many tools a message calls, as far as it can be read."""
    body = exchange.raw_json if exchange.ok else None
    content = body.get("content") if isinstance(body, dict) else None
    every = content if isinstance(content, list) else []
    return sum(isinstance(block, dict) and block.get("type") == "tool_use" for block in every)


#: The same stream, of which nothing is said of calls at once: to be asked for where the other is refused or calls once.
UNTOLD_STREAM = streamed(BOTH)


@scenario(BOTH, BOTH_STREAM, spare=(UNTOLD_STREAM, PAIR, PAIR_STREAM))
def both_and_streamed() -> Steps:
    """A question that asks for two calls, whole and in a stream that allows them; if two aren't made, in other words.

    Returns:
        The two answers that are to be alike.
    """
    whole: Exchange = yield BOTH
    stream: Exchange = yield BOTH_STREAM
    if whole.ok and (not stream.ok or len(called(stream)) < 2 <= called_whole(whole)):
        stream = yield UNTOLD_STREAM
    if whole.ok and stream.ok and called_whole(whole) < 2 and len(called(stream)) < 2:
        whole = yield PAIR
        stream = yield PAIR_STREAM
    return whole, stream


@check("messages.alike.both", SHOULD, of=both_and_streamed, spec="MSG-STR-024 MSG-STR-006", depth=FULL, again=2)
def test_a_stream_calls_as_often(exchange: Exchange) -> None:
    """A stream SHOULD hold several calls where the same request makes several when it is not streamed."""
    first, second = exchange.found
    whole, made = calls(first), streamed_calls(second)
    ended(second)
    seen(len(whole) > 1 or len(made) > 1, "no two tools were called")
    if min(len(whole), len(made)) < 2:
        where = "in the stream" if len(made) < len(whole) else "when not streamed"
        raise Broken(f"{len(whole)} calls when not streamed, and {len(made)} in the stream", lost=[where])
    # Where the question was asked once more without a word of calls at once, as the first stream held one call.
    allowed = exchange.before[-1]
    if exchange.asked(UNTOLD_STREAM) and allowed.ok:
        words = f"{len(made)} calls in the stream, and {len(called(allowed))} with `disable_parallel_tool_use: false`"
        raise Broken(f"{words}, as if it were true", lost=["the flag"])


@check("messages.alike.both_inputs", SHOULD, of=both_and_streamed, spec="MSG-STR-024 MSG-TOOL-003", depth=FULL, again=2)
def test_each_call_has_an_input_of_its_own(exchange: Exchange) -> None:
    """Two calls that differ in a stream SHOULD differ when it is not streamed, and the other way round."""
    first, second = exchange.found
    whole = [dict(call["input"]) for call in calls(first)]
    made = [parsed(said) for _, said in streamed_calls(second)]
    seen(len(whole) > 1 and len(made) > 1, "no two tools were called")
    seen(all(isinstance(one, dict) and one for one in (*whole, *made)), "an input is empty or can't be read")
    differ = [any(one != given[0] for one in given) for given in (whole, made)]
    seen(any(differ), "both call the same tool twice with the same input")
    # Whoever copies an input copies one that was given; a model that makes up its own is another matter.
    apart, other = (made, whole) if differ[0] else (whole, made)
    seen(all(differ) or apart[0] in other, "the inputs are others")
    assert all(differ), f"the inputs are {whole} when not streamed, and {made} in the stream"


MANY_STREAM = streamed(MANY)


@scenario(TOGETHER, TOGETHER_STREAM, spare=(MANY, MANY_STREAM))
def plain_beside_tools() -> Steps:
    """A question that needs no tool with tools at hand, whole and streamed; if no words come, a plainer one."""
    every, streamed = yield [TOGETHER, TOGETHER_STREAM]
    if not (every.ok and streamed.ok and told(every) and told(streamed)):
        yield MANY
        yield MANY_STREAM


@check("messages.alike.plain_words", MUST, of=plain_beside_tools, spec="MSG-STR-024", depth=FULL, again=2)
def test_plain_words_are_streamed_beside_tools(exchange: Exchange) -> None:
    """With tools at hand, plain words MUST come through a stream as they do otherwise."""
    control: Exchange = exchange.before[-1]
    whole, streamed = words(control), streamed_words(exchange)
    seen(len(whole.strip()) >= 10 and not blocks(control, "tool_use"), "no plain words were said")
    if streamed_calls(exchange):
        observed("the stream calls a tool, and the whole answer none")
    assert len(streamed.strip()) >= 5, f"the whole answer says {whole[:60]!r}, the stream {streamed!r}"


SECOND = TOOLS.but(messages=ROUND_TRIP.body["messages"], tool_choice=ANY)
SECOND_STREAM = streamed(SECOND)


@scenario(TOGETHER, RESTARTED, spare=(ROUND_TRIP, SECOND, SECOND_STREAM))
def called_again() -> Steps:
    """A call that is forced after a result, in a stream; if none comes, any call, whole and streamed."""
    yield from round_trip()
    first: Exchange = yield RESTARTED
    if not called(first):
        yield SECOND
        yield SECOND_STREAM


@check("messages.alike.second_turn", SHOULD, of=called_again, spec="MSG-STR-024 MSG-TOOL-001", depth=FULL, again=2)
def test_a_second_turn_streams_calls(exchange: Exchange) -> None:
    """After the result of a tool, a stream SHOULD call tools just as an answer that is not streamed does."""
    if not exchange.asked(RESTARTED):
        seen(calls(exchange.before[-1]), "no tool was called")
        honoured(streamed_calls(exchange), "a tool was called when not streamed, and none in the stream")
