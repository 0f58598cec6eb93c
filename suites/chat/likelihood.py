"""`logprobs`: how likely the tokens were, whole and streamed."""

from __future__ import annotations

import re
from typing import Any

from samewire import FULL, LIMIT, SHOULD, Exchange, Steps, check, honoured, scenario, seen, user

from .careful import CAREFUL
from .letters import ECHO
from .odds import its_own, none_above_zero, spelled, with_bytes
from .packing import packed
from .reading import (
    choice,
    completion,
    completion_tokens,
    finished,
    message,
    pieces,
    reasoning_tokens,
    streamed_words,
    words,
)
from .requests import COMPLETIONS, HELLO, STREAM, STREAMS, WEATHER
from .sampling import LARGE_AND_HOT

#: An answer of many tokens, whoever gives it.
ALONE = HELLO.but(
    messages=[user("Count from 1 to 9, separated by commas.")], logprobs=True, top_logprobs=2, **LIMIT(32)
)
#: With the least of both that choose among tokens.
COLD = ALONE.but(temperature=0, top_p=0).after(HELLO)
LIKELY = packed(COLD, ALONE)


@check("chat.sampling.logprobs", SHOULD, of=LIKELY, spec="CHAT-REQ-013 CHAT-LP-001 CHAT-LP-003")
def test_logprobs_are_given(exchange: Exchange) -> None:
    """With `logprobs: true`, a choice SHOULD have `logprobs.content`, one entry for every token."""
    exchange.accepted().conforms("chat/completion", "/choices/*/logprobs")
    given = choice(exchange).get("logprobs")
    seen(words(exchange), "the model says nothing")
    honoured(given and given.get("content"), "logprobs was accepted, and none came")


@check("chat.sampling.top_logprobs", SHOULD, of=LIKELY, spec="CHAT-REQ-014 CHAT-LP-006")
def test_top_logprobs_are_given(exchange: Exchange) -> None:
    """With `top_logprobs: 2`, every entry SHOULD have its own alternatives, no more than two."""
    given = completion(exchange)["choices"][0].get("logprobs")
    seen(given and given.get("content"), "no logprobs came")
    counts = [len(entry["top_logprobs"]) for entry in given["content"]]
    honoured(any(counts), "top_logprobs was accepted, and no alternatives came")
    assert max(counts) <= 2, f"an entry has {max(counts)} alternatives"
    its_own(given["content"])


@check("chat.usage.output", SHOULD, of=LIKELY, spec="CHAT-ENV-025 CHAT-LP-008", depth=FULL)
def test_completion_tokens_are_those_of_the_answer(exchange: Exchange) -> None:
    """`completion_tokens` SHOULD be about as many as the tokens in `logprobs`, where nothing else is spent."""
    given = completion(exchange)["choices"][0].get("logprobs")
    # Some show what they thought, and don't count it apart.
    shown = any(message(exchange).get(name) for name in ("reasoning_content", "reasoning"))
    spent, thought = completion_tokens(exchange), shown or reasoning_tokens(exchange)
    seen(given and given.get("content") and spent is not None and not thought, "no logprobs came, or no count")
    counted = len(given["content"])
    told = (completion(exchange).get("usage") or {}).get("completion_tokens_details")
    # No token is shorter than a letter, but for thoughts that are hidden and not counted apart.
    seen(told or (spent or 0) <= 2 * len(words(exchange)), "there may be thoughts that nobody is shown")
    assert abs((spent or 0) - counted) <= 2, f"{spent} tokens are counted, and logprobs has {counted}"


@check("chat.sampling.logprobs_text", SHOULD, of=LIKELY, spec="CHAT-LP-008 CHAT-LP-007")
def test_logprobs_are_of_the_answer(exchange: Exchange) -> None:
    """The tokens in `logprobs` SHOULD make the answer when joined, and no more; no `logprob` SHOULD be above 0."""
    given = completion(exchange)["choices"][0].get("logprobs")
    seen(given and given.get("content"), "no logprobs came")
    none_above_zero(given["content"])
    joined = "".join(spelled(entry) for entry in given["content"])
    said = words(exchange)
    whole = "\ufffd" not in joined and all(entry.get("bytes") is not None for entry in given["content"])
    seen(whole or (said.isascii() and joined.isascii()), "tokens are cut")
    assert said.strip() in joined, f"the tokens make {joined[:60]!r}, not {said[:60]!r}"
    if not said.strip():
        return
    for more in joined.split(said.strip(), 1):
        # What templates put around an answer is told by some; what the model thinks is no part of it.
        beside = re.sub(r"<[^<>\s]{1,40}>|\[[^\[\]\s]{1,40}\]", "", more).strip()
        assert len(beside) < 16, f"beside those of the answer there are tokens that make {beside[:60]!r}"


@check("chat.sampling.logprobs_bytes", SHOULD, of=LIKELY, spec="CHAT-LP-004 CHAT-LP-005", depth=FULL)
def test_tokens_have_bytes(exchange: Exchange) -> None:
    """Every entry of `logprobs` and every alternative SHOULD have `bytes`, an array or null."""
    given = completion(exchange)["choices"][0].get("logprobs")
    seen(given and given.get("content"), "no logprobs came")
    with_bytes(given["content"])
    joined, said = b"".join(bytes(entry.get("bytes") or ()) for entry in given["content"]), words(exchange).strip()
    plain = said.isascii() and all(
        entry["token"].isascii() and entry.get("bytes") is not None for entry in given["content"]
    )
    assert not plain or said.encode() in joined, f"the bytes make {joined[:60]!r}, not {said[:60]!r}"


@check(
    "chat.sampling.temperature_zero",
    SHOULD,
    of=packed(COLD, HELLO.but(temperature=0)),
    spec="CHAT-REQ-003 CHAT-REQ-039",
    depth=FULL,
)
def test_temperature_zero_is_taken(exchange: Exchange) -> None:
    """`temperature: 0` SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


@check("chat.sampling.logprobs_unasked", SHOULD, of=COMPLETIONS, spec="CHAT-LP-009", depth=FULL)
def test_no_logprobs_unasked(exchange: Exchange) -> None:
    """Where no `logprobs` are asked for, none SHOULD come: the member is null or absent."""
    seen(not (exchange.sent or {}).get("logprobs"), "they were asked for")
    exchange.conforms("chat/completion", "/choices/*/logprobs")
    given = completion(exchange)["choices"][0].get("logprobs")
    assert given is None or not given.get("content"), "logprobs came, which were not asked for"


#: Letters of many scripts, whose tokens may be less than a letter.
BARE_LIKELY_STREAM = STREAM.but(**{**ALONE.body, **ECHO.body})
#: With a tool at hand: who looks for calls in a stream may forget what else was asked for.
UNESCAPED = BARE_LIKELY_STREAM.but(tools=[WEATHER]).after(STREAM)
#: Escaped as JSON may be: beyond the first 65536 characters two escapes make one letter.
LIKELY_STREAM = UNESCAPED.written_oddly().after(STREAM)
#: What is sent where more is refused, or gives no logprobs.
LESS_LIKELY = (UNESCAPED, BARE_LIKELY_STREAM)
ODDS = re.compile(r'"logprobs"\s*:\s*[\[{]')


def streamed_logprobs(exchange: Exchange) -> list[Any]:
    """The entries of `logprobs` of a stream's first choice, put together."""
    given = [piece.get("logprobs") for piece in pieces(exchange) if piece["index"] == 0]
    return [entry for one in given if one for entry in one.get("content") or ()]


def tells_odds(stream: Exchange) -> bool:
    """Whether something in a stream, read or not, looks like logprobs."""
    return any(ODDS.search(event.data or "") for event in stream.events())


def likely_in_a_stream() -> Steps:
    """A stream with logprobs and a tool at hand, which is found; if it is refused or has no logprobs, without."""
    laden: Exchange = yield LIKELY_STREAM
    if not laden.ok:
        laden = yield UNESCAPED
    if not laden.ok or not tells_odds(laden):
        yield BARE_LIKELY_STREAM
    return laden


likely_stream = scenario(LIKELY_STREAM, spare=LESS_LIKELY, alone=BARE_LIKELY_STREAM)(likely_in_a_stream)


@check("chat.sampling.logprobs_stream", SHOULD, of=likely_stream, spec="CHAT-STR-006 CHAT-REQ-013", depth=FULL)
def test_logprobs_are_streamed(exchange: Exchange) -> None:
    """With `logprobs: true`, a stream SHOULD carry `logprobs.content`, too."""
    finished(exchange)
    seen(streamed_words(exchange), "the model says nothing")
    honoured(streamed_logprobs(exchange), "logprobs was accepted, and none came in the stream")


@check("chat.sampling.logprobs_stream_text", SHOULD, of=likely_stream, spec="CHAT-STR-006 CHAT-LP-008", depth=FULL)
def test_streamed_logprobs_are_of_the_answer(exchange: Exchange) -> None:
    """The tokens in a stream's `logprobs` SHOULD make the answer when joined."""
    entries, said = streamed_logprobs(exchange), streamed_words(exchange)
    seen(entries and "\ufffd" not in said, "no logprobs came, or letters are lost, which has a cell of its own")
    joined = "".join(spelled(entry) for entry in entries)
    # A token that is less than a letter is written in one way or another: what comes before it tells.
    cut = "\ufffd" in joined
    whole, plain = (" ".join(text.split()) for text in (joined.split("\ufffd")[0], said))
    seen(len(whole) >= 4 or not cut, "tokens are cut")
    same = plain.startswith(whole) if cut else plain in whole
    assert same, f"the tokens make {joined[:60]!r}, not {said[:60]!r}"


@check("chat.sampling.top_logprobs_stream", SHOULD, of=likely_stream, spec="CHAT-REQ-014 CHAT-LP-006", depth=FULL)
def test_streamed_alternatives_are_the_tokens_own(exchange: Exchange) -> None:
    """With `top_logprobs: 2`, every entry of a stream SHOULD have its own alternatives, no more than two."""
    entries = streamed_logprobs(exchange)
    seen(entries, "no logprobs came")
    counts = [len(entry["top_logprobs"]) for entry in entries]
    honoured(any(counts), "top_logprobs was accepted, and no alternatives came in the stream")
    assert max(counts) <= 2, f"an entry has {max(counts)} alternatives"
    its_own(entries)


@check("chat.stream.logprobs", SHOULD, of=STREAMS, spec="CHAT-STR-006 CHAT-LP-004 CHAT-LP-007", depth=FULL)
def test_logprobs_of_chunks_have_their_shape(exchange: Exchange) -> None:
    """`logprobs` in a chunk SHOULD be null or have the documented shape: tokens with their bytes, none above 0."""
    exchange.conforms("chat/chunk", "/choices/*/logprobs")
    entries = streamed_logprobs(exchange)
    with_bytes(entries)
    none_above_zero(entries)


#: Tokens that every vocabulary has, whatever they stand for: a bias of 100 leaves no other to choose.
BIASED = HELLO.but(logit_bias={"15": 100, "220": 100, "1000": 100})


#: Without `top_logprobs`: it is optional.
TWO_BIASED = BIASED.but(n=2, logprobs=True).after(HELLO)


@scenario(HELLO, CAREFUL, LARGE_AND_HOT, TWO_BIASED, spare=(BIASED,))
def biased_hello() -> Steps:
    """A greeting three times, once as warm as can be, and the same where only some tokens may be chosen."""
    free: list[Exchange] = []
    for greeting in (HELLO, CAREFUL, LARGE_AND_HOT):
        answer: Exchange = yield greeting
        free += [answer] if answer.ok else []
    two: Exchange = yield TWO_BIASED
    if not two.ok:
        yield BIASED
    return [said for answer in free if (said := words(answer))]


@check("chat.sampling.logit_bias", SHOULD, of=biased_hello, spec="CHAT-REQ-012", depth=FULL, again=2)
def test_a_bias_chooses_tokens(exchange: Exchange) -> None:
    """A `logit_bias` of 100 for some tokens SHOULD leave the model no others to say."""
    said, free = words(exchange), exchange.found
    seen(said, "the model says nothing")
    alike = [one for one in free if set(said.split()) & set(one.split())]
    # The same few words up to the limit: there is no token to end with either.
    few = len(set(said.split()))
    alike = [] if few <= len(BIASED.body["logit_bias"]) and len(said.split()) > 3 * few else alike
    # What says the same at any temperature is no model that chooses tokens, and can't show a bias for some.
    shortest = min(map(len, (said, *free)))
    seen(not alike or len({one[:shortest] for one in (said, *free)}) > 1, "the model says the same at any temperature")
    honoured(not alike, f"logit_bias was accepted, and the answer holds words that need other tokens: {said[:60]!r}")
