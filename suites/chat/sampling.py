"""Sampling: `stop`, `n`, `logprobs`, `seed`, and the ranges of numbers."""

from __future__ import annotations

from itertools import pairwise

from samewire import CAP, FULL, SHOULD, Broken, Exchange, Ignored, Request, Steps, check, scenario, seen

from .packing import packed
from .reading import choice, deltas, refused, streamed_words, words
from .requests import COUNT, HELLO, STREAM

#: What the count nowhere holds; without its blanks it would hold it early on.
NOWHERE = " 0 "
#: So many characters before a word are found once in a count.
NEAR = 12


def stop_word(said: str) -> str:
    """A word from the middle of a text, to stop at."""
    pieces = said.split()
    later = pieces[len(pieces) // 2 :] if len(pieces) >= 6 else [""]
    # Who stops at a letter of it is to have said something before.
    return next((word for word in later if said[:1] not in word), later[0])


def stopping_at(word: str) -> Request:
    """The same question, to be answered up to a word."""
    return COUNT.but(stop=["samewire-never", word, NOWHERE])


@scenario(COUNT, more=1, tokens=160)
def stopped() -> Steps:
    """An answer, and the same with a word from its middle to stop at."""
    whole: Exchange = yield COUNT
    word = stop_word(words(whole))
    seen(word, "the answer is too short to stop in")
    yield stopping_at(word)
    return word


def doubled(said: str, text: str) -> str:
    """The part of a text that one which is otherwise the same holds twice in a row; empty if there is none."""
    same = next((place for place, pair in enumerate(zip(said, text, strict=False)) if pair[0] != pair[1]), len(text))
    part = said[same : same + len(said) - len(text)] if len(said) > len(text) else ""
    return part if part and text[:same].endswith(part) and said[same + len(part) :] == text[same:] else ""


def stops(said: str, whole: str, word: str, cut: bool) -> None:
    """Say *ignored* if a text runs on through the word it should stop at, *broken* if it stops wrongly or elsewhere."""
    seen(word in whole, "the answer never holds the word")
    if word in said:
        if said.rstrip().endswith(word):
            raise Broken(f"the answer ends with the very word it should stop before, {word!r}")
        raise Ignored(f"stop was accepted, and the answer runs on through {word!r}")
    letter = min(map(whole.find, word.strip()))
    before, after = whole[: whole.index(word)].rstrip(), whole[whole.index(word) + len(word) :]
    # What comes just before the word tells the place, also where the model begins in other words this time.
    _, near, rest = said.rpartition(before[-NEAR:]) if len(before) >= NEAR else ("", "", "")
    rest = (rest if near else said[len(before) :]).strip()
    here = bool(near) or said.startswith(before)
    more = "".join(rest.split())[:NEAR]
    gone_on = here and len(more) > 3 and "".join(after.split()).startswith(more)
    assert not gone_on, f"{word!r} is left out, and the answer goes on after it: {rest[:40]!r}"
    seen(len(said) < len(whole), "the answer is another one this time")
    assert not cut, f"stopped at {word!r}, and finishes with length"
    twice = doubled(said.rstrip(), before)
    assert not twice, f"up to the stop sequence, {twice!r} came twice in a row: {said[:40]!r}"
    if here:
        assert not rest or not word.startswith(rest), f"{rest!r} came, which is where {word!r} begins"
    elif said.strip() and said.rstrip() == whole[:letter].rstrip():
        raise Broken(f"stopped at {whole[letter]!r}, which is one letter of the stop sequence {word!r}")
    elif before.startswith(early := said.rstrip()) and NOWHERE.strip() in before[len(early) :][:2]:
        raise Broken(f"stopped at {before[len(early) :][:4]!r}, where no stop sequence is")
    elif early and before.startswith(early):
        # A few marks may be one token with what follows them; letters and numbers are lost.
        lost = before[len(early) :].strip()
        bare = len(lost) > NEAR or not any(map(str.isalnum, lost))
        assert bare, f"before the stop sequence, {lost!r} is missing at the end"


@check("chat.sampling.stop", SHOULD, of=stopped, spec="CHAT-REQ-009 CHAT-REQ-010", again=2)
def test_an_answer_stops(exchange: Exchange) -> None:
    """`stop` SHOULD end the answer before the first of its sequences, finishing with `stop`."""
    exchange.accepted()
    whole = exchange.before[0]
    cut = choice(exchange)["finish_reason"] == "length" != choice(whole)["finish_reason"]
    stops(words(exchange), words(whole), exchange.found, cut)


def whole_and_stopped(stream_stop: bool) -> Steps:
    """A stream, and the same with a word from its middle to stop at: as a string, or (if that fails) as an array."""
    whole: Exchange = yield STREAM
    word = stop_word(streamed_words(whole))
    seen(word, "the answer is too short to stop in")
    both: Exchange = yield STREAM.but(stop=word)
    if both.ok and word not in streamed_words(both):
        return word
    yield STREAM.but(stop=[word]) if stream_stop else COUNT.but(stop=word)
    return word


def put_together(stream: Exchange) -> str:
    """What a stream says; *not seen* if its deltas hold all that was said before, which has a cell of its own."""
    texts = [text for delta in deltas(stream) if (text := delta.get("content"))]
    growing = len(texts) > 3 and all(later.startswith(earlier) for earlier, later in pairwise(texts))
    seen(not growing or len(set(texts)) == 1, "every delta repeats all that was said before")
    return "".join(texts)


@scenario(STREAM, more=1, tokens=160)
def stopped_in_a_stream() -> Steps:
    """A stream that is stopped."""
    return (yield from whole_and_stopped(True))


@scenario(STREAM, more=1, tokens=160)
def stopped_by_a_string() -> Steps:
    """An answer that is stopped by a string."""
    return (yield from whole_and_stopped(False))


@check("chat.sampling.stop_stream", SHOULD, of=stopped_in_a_stream, spec="CHAT-REQ-010", depth=FULL)
def test_a_stream_stops(exchange: Exchange) -> None:
    """`stop` SHOULD end a stream too, and no part of the sequence be sent."""
    exchange.accepted()
    stops(streamed_words(exchange), put_together(exchange.before[0]), exchange.found, False)


@check("chat.sampling.stop_string", SHOULD, of=stopped_by_a_string, spec="CHAT-REQ-009", depth=FULL)
def test_a_stop_may_be_a_string(exchange: Exchange) -> None:
    """`stop` SHOULD be taken as a string too."""
    exchange.accepted()
    said = streamed_words(exchange) if exchange.request.streamed else words(exchange)
    stops(said, put_together(exchange.before[0]), exchange.found, False)


LARGE, HOT = HELLO.within(CAP(8000)), HELLO.but(temperature=2)
#: Beyond what 32 bits hold, and below 0.
FAR = {"seed": -7_000_000_000}
BELOW = {"presence_penalty": -0.1}
ABOVE = {"frequency_penalty": 2}
#: Defaults that are named.
USUAL = {"service_tier": "default", "logprobs": False}
LARGE_AND_HOT = LARGE.but(temperature=2, **FAR, **BELOW, **ABOVE, **USUAL).after(HELLO)


@check("chat.limits.large", SHOULD, of=packed(LARGE_AND_HOT, LARGE), spec="CHAT-REQ-005 CHAT-REQ-006", depth=FULL)
def test_a_large_limit_is_taken(exchange: Exchange) -> None:
    """A token limit of 8000 SHOULD be taken, whatever the answer needs."""
    exchange.accepted()


@check("chat.sampling.temperature_two", SHOULD, of=packed(LARGE_AND_HOT, HOT), spec="CHAT-REQ-003", depth=FULL)
def test_temperature_two_is_taken(exchange: Exchange) -> None:
    """`temperature: 2`, the highest, SHOULD be taken."""
    exchange.accepted()


@check(
    "chat.sampling.negative_penalty",
    SHOULD,
    of=packed(LARGE_AND_HOT, HELLO.but(presence_penalty=0).but(**BELOW)),
    spec="CHAT-REQ-011",
    depth=FULL,
)
def test_a_penalty_may_be_negative(exchange: Exchange) -> None:
    """A `presence_penalty` below 0 SHOULD be taken: it reaches from -2 to 2."""
    exchange.accepted()


@check(
    "chat.sampling.highest_penalty",
    SHOULD,
    of=packed(LARGE_AND_HOT, HELLO.but(frequency_penalty=0).but(**ABOVE)),
    spec="CHAT-REQ-011",
    depth=FULL,
)
def test_a_penalty_may_be_two(exchange: Exchange) -> None:
    """A `frequency_penalty` of 2, the highest, SHOULD be taken."""
    exchange.accepted()


@check(
    "chat.sampling.seed_far",
    SHOULD,
    of=packed(LARGE_AND_HOT, HELLO.but(seed=7).but(**FAR)),
    spec="CHAT-REQ-015",
    depth=FULL,
)
def test_a_seed_may_be_far(exchange: Exchange) -> None:
    """A `seed` below 0 and beyond 32 bits SHOULD be taken: it has 64."""
    exchange.accepted()


@check(
    "chat.sampling.logprobs_false",
    SHOULD,
    of=packed(LARGE_AND_HOT, HELLO.but(logprobs=True).but(logprobs=False)),
    spec="CHAT-REQ-013 CHAT-LP-009",
    depth=FULL,
)
def test_no_logprobs_may_be_asked_for(exchange: Exchange) -> None:
    """`logprobs: false`, the default, SHOULD be taken."""
    exchange.accepted()


@check("chat.sampling.temperature_above", SHOULD, of=HELLO.wrong(temperature=2.5), spec="CHAT-REQ-003 ERR-CASE-011")
def test_a_temperature_above_two_is_refused(exchange: Exchange) -> None:
    """A `temperature` above 2 SHOULD be refused with 400."""
    refused(exchange)
