"""Sampling: `stop`, `n`, `logprobs`, `seed`, and the ranges of numbers."""

from __future__ import annotations

from samewire import FULL, LIMIT, SHOULD, Broken, Exchange, Ignored, Steps, check, honoured, scenario, seen

from .reading import choice, completion, refused, streamed_words, words
from .requests import COUNT, HELLO, STREAM


def stop_word(said: str) -> str:
    """A word from the middle of a text, to stop at."""
    pieces = said.split()
    return pieces[len(pieces) // 2] if len(pieces) >= 6 else ""


@scenario(COUNT, more=1, tokens=160)
def stopped() -> Steps:
    """An answer, and the same with a word from its middle to stop at."""
    whole: Exchange = yield COUNT
    word = stop_word(words(whole))
    seen(word, "the answer is too short to stop in")
    yield COUNT.but(stop=[word])
    return word


def stops(said: str, whole: str, word: str, cut: bool) -> None:
    """Say *ignored* if the text runs on through the word it should stop at, *broken* if it claims to be cut off."""
    seen(word in whole, "the answer never holds the word")
    if word in said:
        if said.rstrip().endswith(word):
            raise Broken(f"the answer ends with the very word it should stop before, {word!r}")
        raise Ignored(f"stop was accepted, and the answer runs on through {word!r}")
    seen(len(said) < len(whole), "the answer is another one this time")
    assert not cut, f"stopped at {word!r}, and finishes with length"


@check("chat.sampling.stop", SHOULD, of=stopped, spec="CHAT-REQ-009 CHAT-REQ-010", again=2)
def test_an_answer_stops(exchange: Exchange) -> None:
    """`stop` SHOULD end the answer before the first of its sequences, finishing with `stop`."""
    exchange.accepted()
    whole = exchange.before[0]
    cut = choice(exchange)["finish_reason"] == "length" != choice(whole)["finish_reason"]
    stops(words(exchange), words(whole), exchange.found, cut)


@scenario(COUNT, more=1, tokens=160)
def stopped_by_a_string() -> Steps:
    """An answer, and the same with a word to stop at, given as a string."""
    whole: Exchange = yield COUNT
    word = stop_word(words(whole))
    seen(word, "the answer is too short to stop in")
    yield COUNT.but(stop=word)
    return word


@check("chat.sampling.stop_string", SHOULD, of=stopped_by_a_string, spec="CHAT-REQ-009", depth=FULL)
def test_a_stop_may_be_a_string(exchange: Exchange) -> None:
    """`stop` SHOULD be taken as a string too."""
    exchange.accepted()
    whole = exchange.before[0]
    cut = choice(exchange)["finish_reason"] == "length" != choice(whole)["finish_reason"]
    stops(words(exchange), words(whole), exchange.found, cut)


@scenario(STREAM, more=1, tokens=160)
def stopped_in_a_stream() -> Steps:
    """A stream, and the same with a word from its middle to stop at."""
    whole: Exchange = yield STREAM
    word = stop_word(streamed_words(whole))
    seen(word, "the answer is too short to stop in")
    yield STREAM.but(stop=[word])
    return word


@check("chat.sampling.stop_stream", SHOULD, of=stopped_in_a_stream, spec="CHAT-REQ-010", depth=FULL)
def test_a_stream_stops(exchange: Exchange) -> None:
    """`stop` SHOULD end a stream too, and no part of the sequence be sent."""
    exchange.accepted()
    stops(streamed_words(exchange), streamed_words(exchange.before[0]), exchange.found, False)


TWO = HELLO.but(n=2)


@check("chat.sampling.n", SHOULD, of=TWO, spec="CHAT-REQ-008 CHAT-ENV-006")
def test_n_gives_choices(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices, with the indexes 0 to n-1."""
    every = completion(exchange)["choices"]
    honoured(len(every) == 2, f"n 2 was accepted, and {len(every)} choice came")
    indexes = sorted(one["index"] for one in every)
    assert indexes == [0, 1], f"the indexes of two choices are {indexes}"


LIKELY = HELLO.but(logprobs=True, top_logprobs=2, **LIMIT(16))


@check("chat.sampling.logprobs", SHOULD, of=LIKELY, spec="CHAT-REQ-013 CHAT-LP-001 CHAT-LP-003")
def test_logprobs_are_given(exchange: Exchange) -> None:
    """With `logprobs: true`, a choice SHOULD have `logprobs.content`, one entry for every token."""
    exchange.accepted().conforms("chat/completion", "/choices/*/logprobs")
    given = choice(exchange).get("logprobs")
    honoured(given and given.get("content"), "logprobs was accepted, and none came")


@check("chat.sampling.top_logprobs", SHOULD, of=LIKELY, spec="CHAT-REQ-014 CHAT-LP-006")
def test_top_logprobs_are_given(exchange: Exchange) -> None:
    """With `top_logprobs: 2`, every entry SHOULD have its alternatives, no more than two."""
    given = completion(exchange)["choices"][0].get("logprobs")
    seen(given and given.get("content"), "no logprobs came")
    counts = [len(entry["top_logprobs"]) for entry in given["content"]]
    honoured(any(counts), "top_logprobs was accepted, and no alternatives came")
    assert max(counts) <= 2, f"an entry has {max(counts)} alternatives"


@check("chat.sampling.logprobs_text", SHOULD, of=LIKELY, spec="CHAT-LP-008 CHAT-LP-007")
def test_logprobs_are_of_the_answer(exchange: Exchange) -> None:
    """The tokens in `logprobs` SHOULD make the answer when joined, and no `logprob` be above 0."""
    given = completion(exchange)["choices"][0].get("logprobs")
    seen(given and given.get("content"), "no logprobs came")
    above = [entry["logprob"] for entry in given["content"] if entry["logprob"] > 0]
    assert not above, f"a logprob is {above[0]}"
    joined = "".join(entry["token"] for entry in given["content"])
    said = words(exchange)
    seen("\ufffd" not in joined and all(entry.get("bytes") is not None for entry in given["content"]), "tokens are cut")
    assert said.strip() in joined or joined.strip() == said.strip(), (
        f"the tokens make {joined[:60]!r}, not {said[:60]!r}"
    )


@check("chat.sampling.seed", SHOULD, of=HELLO.but(seed=7), spec="CHAT-REQ-015", depth=FULL)
def test_a_seed_is_taken(exchange: Exchange) -> None:
    """`seed` SHOULD be taken; it promises nothing."""
    exchange.accepted()


@check("chat.sampling.temperature_zero", SHOULD, of=HELLO.but(temperature=0), spec="CHAT-REQ-003 CHAT-REQ-039")
def test_temperature_zero_is_taken(exchange: Exchange) -> None:
    """`temperature: 0` SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


@check("chat.sampling.temperature_two", SHOULD, of=HELLO.but(temperature=2), spec="CHAT-REQ-003", depth=FULL)
def test_temperature_two_is_taken(exchange: Exchange) -> None:
    """`temperature: 2`, the highest, SHOULD be taken."""
    exchange.accepted()


@check("chat.sampling.temperature_above", SHOULD, of=HELLO.wrong(temperature=2.5), spec="CHAT-REQ-003 ERR-CASE-011")
def test_a_temperature_above_two_is_refused(exchange: Exchange) -> None:
    """A `temperature` above 2 SHOULD be refused with 400."""
    refused(exchange)
