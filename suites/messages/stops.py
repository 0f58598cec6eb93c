"""`stop_sequences`: the answer ends before one, and says at which."""

from __future__ import annotations

import re
from typing import Any

from samewire import FULL, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .effects import COUNTING, lists, told
from .reading import ended, message, stream_reason, streamed_words, words
from .requests import COUNT, STREAM, WEATHER

#: A sequence from the middle of the answer, the last of several or the first of two.
STOP, NEVER = "17", "NEVERMORE"
#: The same with the blank before it, which belongs to it, and with what follows: who looks at one token at a time
#: has sent the beginning when the rest comes.
LONG_STOP = f" {STOP}, 18"
#: Some take four at most, and say so; beside a tool, some models count no more.
FOUR = COUNT.but(stop_sequences=[NEVER, "EVERMORE", "MOREOVER", STOP])
STOPPED = COUNT.but(stop_sequences=[NEVER, "EVERMORE", "MOREOVER", "FURTHERMORE", STOP], tools=[WEATHER])
STOPPED_STREAM = STREAM.but(stop_sequences=[LONG_STOP, NEVER])
UNSPACED_STREAM = STREAM.but(stop_sequences=[STOP, NEVER])


def own(exchange: Exchange) -> str:
    """A word from the middle of an answer that doesn't count, where it stands first; empty if it says too little."""
    said = told(exchange)
    found = list(re.finditer(r"\w{4,}", said)) if exchange.ok and not lists(exchange) else []
    later = found[len(found) // 2 :] if len(found) > 3 else []
    return next((one[0] for one in later if said.index(one[0]) == one.start()), "")


@scenario(COUNT, STOPPED, spare=(FOUR,))
def whole_and_stopped() -> Steps:
    """An answer, and the same with a word from its middle to stop at: the last of five, beside a tool, or of four.

    A model that doesn't count stops at a word of its own: many say the same to the same question.
    """
    whole: Exchange = yield COUNT
    if word := own(whole):
        yield COUNT.but(stop_sequences=[NEVER, word])
        return
    five: Exchange = yield STOPPED
    if not lists(five):
        yield FOUR
    elif STOP in told(five):
        yield FOUR  # whether it is the tool's doing
        yield STOPPED


def at(exchange: Exchange) -> str:
    """The sequence that the answer is to stop at, which the whole answer holds.

    Raises:
        Inapplicable: it holds none of them.
    """
    whole = told(exchange.before[0])
    stops = [str(one) for one in (exchange.sent or {})["stop_sequences"] if one in whole]
    seen(stops, "the model does not count, and says nothing else that it could stop in")
    return stops[0]


def company(exchange: Exchange, stop: str) -> str:
    """What the sequence came with in a request: others, and a tool if it is honoured without one."""
    sent = exchange.sent or {}
    every = sent["stop_sequences"]
    which = f"number {every.index(stop) + 1} of {len(every)} stop_sequences"
    honoured_without = any(one.asked(FOUR) and one.ok and stop not in told(one) for one in exchange.before)
    return f"{which} was accepted{' beside a tool' if sent.get('tools') and honoured_without else ''}"


def shortened(said: str, whole: str, stop: str, given: str) -> None:
    """Say *ignored* unless the answer ended before the sequence."""
    alike = re.match(r"\W*1\b", said) or COUNTING.search(said) or whole.strip().startswith(said.strip())
    seen(alike or stop in said, "the model began another answer")
    seen(stop in whole, "the words stand in no block of text, which has a check of its own")
    itself = said.rstrip().endswith(stop.strip())
    how = "the stop sequence itself is part of the answer" if itself else "the answer goes on"
    honoured(stop not in said, f"{given}, and {how}: {said[-40:]!r}")
    before = whole[: whole.index(stop)].rstrip()
    more = said.strip()[len(before) :].strip() if said.strip().startswith(before) else ""
    assert not (more and stop.strip().startswith(more)), f"a part of the stop sequence was sent: {said[-20:]!r}"


def stopped(exchange: Exchange) -> None:
    """Set it aside unless the answer ended at the sequence."""
    said = streamed_words(exchange) if exchange.request.streamed else words(exchange)
    stop, whole = at(exchange), told(exchange.before[0])
    last = re.search(r"\b16\W*$", said) if STOP in stop else said.strip() == whole[: whole.index(stop)].strip()
    seen(stop not in said and last, "the answer did not end at the sequence")


@check("messages.stops.honoured", SHOULD, of=whole_and_stopped, spec="MSG-REQ-008")
def test_an_answer_stops(exchange: Exchange) -> None:
    """`stop_sequences` SHOULD end the answer before the first of them that comes."""
    exchange.accepted()
    stop = at(exchange)
    shortened(words(exchange), words(exchange.before[0]), stop, company(exchange, stop))


@check("messages.stops.reason", SHOULD, of=whole_and_stopped, spec="MSG-REQ-008 MSG-ENV-005")
def test_a_stopped_answer_says_so(exchange: Exchange) -> None:
    """An answer that ended at a stop sequence SHOULD have the `stop_reason` `stop_sequence`."""
    stopped(exchange)
    reason = message(exchange)["stop_reason"]
    assert reason == "stop_sequence", f"ended at a stop sequence, and the stop_reason is {reason!r}"


def named(told: Any, stop: str) -> None:
    """Say *broken* unless the sequence is told that the answer ended at."""
    name = told.get("stop_sequence")
    assert name == stop, f"ended at {stop!r}, and `stop_sequence` is {name!r}"


@check("messages.stops.sequence", SHOULD, of=whole_and_stopped, spec="MSG-REQ-008 MSG-ENV-005")
def test_a_stopped_answer_names_the_sequence(exchange: Exchange) -> None:
    """An answer that ended at a stop sequence SHOULD name it in `stop_sequence`."""
    stopped(exchange)
    own = message(exchange)
    seen(own["stop_reason"] == "stop_sequence" and "stop_sequence" in own, "the stop_reason is another")
    named(own, at(exchange))


@scenario(STREAM, STOPPED_STREAM, spare=(UNSPACED_STREAM,))
def whole_and_stopped_streams() -> Steps:
    """A stream, and the same with words from its middle to stop at, with the blank before them if there is one."""
    whole: Exchange = yield STREAM
    if word := own(whole):
        yield STREAM.but(stop_sequences=[word, NEVER])
        return
    yield STOPPED_STREAM if LONG_STOP in told(whole) else UNSPACED_STREAM


@check("messages.stops.stream", SHOULD, of=whole_and_stopped_streams, spec="MSG-REQ-008", depth=FULL)
def test_a_stream_stops(exchange: Exchange) -> None:
    """`stop_sequences` SHOULD end a stream too, and no part of the sequence be sent."""
    stop = at(exchange)
    shortened(streamed_words(exchange), streamed_words(exchange.before[0]), stop, company(exchange, stop))


@check("messages.stops.stream_reason", SHOULD, of=whole_and_stopped_streams, spec="MSG-REQ-008 MSG-STR-014", depth=FULL)
def test_a_stopped_stream_says_so(exchange: Exchange) -> None:
    """A stream that ended at a stop sequence SHOULD say so in `stop_reason`, and name it in `stop_sequence`."""
    stopped(exchange)
    reason = stream_reason(exchange)
    assert reason == "stop_sequence", f"ended at a stop sequence, and the stop_reason is {reason!r}"
    named(ended(exchange)["delta"], at(exchange))
