"""Streamed or not: the same question is answered alike."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from samewire import FULL, MUST, SHOULD, Broken, Exchange, Steps, check, observed, scenario, seen, shown, text

from ..chat.roles import ORDERING, WORD, says_the_word
from ..http.same import has_words, keeps_blanks
from .reading import ended, events, message, stream_reason, streamed_words, words
from .requests import streamed
from .stream_usage import said_and_streamed
from .system import AS_SYSTEM
from .talk import FIRST, PLAIN, SYSTEM, names


@check("messages.alike.words", MUST, of=said_and_streamed, spec="MSG-STR-024 MSG-STR-008", again=2)
def test_a_stream_has_words(exchange: Exchange) -> None:
    """A stream MUST have words where the same question has them when it is not streamed."""
    has_words(words(exchange.before[0]), streamed_words(exchange))


@check("messages.alike.whitespace", MUST, of=said_and_streamed, spec="MSG-STR-008 MSG-STR-024")
def test_a_stream_keeps_its_blanks(exchange: Exchange) -> None:
    """A stream MUST keep blanks and line ends: put together, the deltas are the text."""
    keeps_blanks(words(exchange.before[0]), streamed_words(exchange))


def numbers(said: str) -> list[int]:
    """The numbers of a text, in order."""
    return [int(one) for one in re.findall(r"[0-9]{1,9}", said)]


@check("messages.alike.pieces", MUST, of=said_and_streamed, spec="MSG-STR-008 MSG-STR-024", again=2)
def test_every_piece_comes_once(exchange: Exchange) -> None:
    """Every piece of an answer MUST come once and in order: who can count does so in a stream, too."""
    ended(exchange)
    whole, told = words(exchange.before[0]), streamed_words(exchange)
    if not numbers(whole):
        same_words(whole, told)
        return
    seen(numbers(whole) == list(range(1, 31)) and told.strip(), "the model does not count to 30")
    seen(len(told) < 3 * len(whole), "the stream says it all again and again")
    assert numbers(told) == list(range(1, 31)), f"the whole answer counts to 30, the stream says {told[:80]!r}"
    gaps = [set(re.split(r"[0-9]+", said)[1:-1]) for said in (whole, told)]
    odd = len(gaps[1]) > len(gaps[0]) == 1
    assert not odd, f"the whole answer has the same between all numbers, the stream says {told[:80]!r}"


def same_words(whole: str, told: str) -> None:
    """Say *broken* if one of two long answers is the other with the same words missing at each try."""
    first, second = whole.split(), told.split()
    short, long = sorted((first, second), key=len)
    seen(len(short) >= 8 and 2 * len(short) > len(long), "the model does not count to 30, and says too little else")
    rest = iter(long)
    if first == second or not all(word in rest for word in short):
        seen(first == second, "the model does not count to 30, and says this and that")
        return
    odd = SequenceMatcher(None, short, long, autojunk=False).get_opcodes()
    lost = [f"{at}: {' '.join(long[at:end])}" for kind, *_, at, end in odd if kind != "equal"]
    where = "the stream has not" if short is second else "only the stream has"
    raise Broken(f"{where} {lost[0].partition(': ')[2]!r:.60} of {' '.join(long)[:60]!r}", lost=lost)


#: The order comes second: who hears one block of several hears it not.
AS_BLOCKS = AS_SYSTEM.but(system=[text("Be kind."), text(ORDERING)])
SYSTEM_STREAM = streamed(AS_BLOCKS)


@scenario(PLAIN, spare=(AS_BLOCKS, SYSTEM_STREAM))
def told_in_a_stream() -> Steps:
    """A stream whose system prompt tells words; if it doesn't repeat them, a system prompt that orders one."""
    every: Exchange = yield PLAIN
    if not names(every, SYSTEM, FIRST):
        yield AS_BLOCKS
        yield SYSTEM_STREAM


@check("messages.alike.system", MUST, of=told_in_a_stream, spec="MSG-REQ-007 MSG-STR-024", depth=FULL, again=2)
def test_a_system_prompt_holds_in_streams(exchange: Exchange) -> None:
    """A `system` prompt MUST reach the model in a stream as it does otherwise."""
    if not exchange.before:
        return
    seen(exchange.before[1].ok, "it is refused when it is not streamed, too")
    seen(says_the_word(words(exchange.before[1])), "the model does not do what the system prompt orders")
    ended(exchange)
    said = streamed_words(exchange).strip().lower()
    seen(said, "the stream has no words")
    told = WORD.lower() in said or said in WORD.lower()
    shown(told, f"the system prompt was accepted, and the stream says {said[:60]!r}")


@check("messages.alike.stop_reason", SHOULD, of=said_and_streamed, spec="MSG-STR-024 MSG-STR-014")
def test_a_stream_stops_alike(exchange: Exchange) -> None:
    """The same answer SHOULD stop for the same reason whether it is streamed or not."""
    whole, streamed = message(exchange.before[0])["stop_reason"], stream_reason(exchange)
    if words(exchange.before[0]).strip() != streamed_words(exchange).strip():
        observed("the two answers differ")
    assert streamed == whole, f"stops with {streamed!r}, and with {whole!r} when it is not streamed"


@check("messages.alike.model", SHOULD, of=said_and_streamed, spec="MSG-STR-004 MSG-ENV-001", depth=FULL)
def test_a_stream_names_the_same_model(exchange: Exchange) -> None:
    """A stream SHOULD name the same `model` as an answer that is not streamed."""
    whole = message(exchange.before[0])["model"]
    named = [event["message"]["model"] for event in events(exchange) if event["type"] == "message_start"]
    seen(named, "there is no message_start")
    assert named[0] == whole, f"the model is {named[0]!r} in the stream, and {whole!r} otherwise"
