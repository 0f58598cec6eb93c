"""What every protocol asks of its answers in the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from samewire import WORDS, Blocked, Broken, Exchange, Unsupported, observed, seen

#: Letters of a request that are shown.
MOST = 160


def no_error(exchange: Exchange) -> None:
    """Say *broken* if a success carries an error."""
    if (told := exchange.error_told) is not None:
        where = " in a stream" if exchange.streamed else ""
        words = f"answered {exchange.status} with an error{where}{exchange.said or f': {told!s:.160}'}"
        raise Broken(words, causes={"error with status 200"})


def no_server_fault(exchange: Exchange) -> None:
    """Say *broken* if a mistake of the client meets each time what clients send again: a 5xx, 408, 409, or no answer.

    So it is only while the control is answered.
    """
    failure = exchange.failure if exchange.persistent else None
    if failure or (exchange.status >= 500 and exchange.status != 501) or exchange.status in (408, 409):
        if not exchange.persistent:
            raise Blocked(f"answered {exchange.status}, and no control was answered in between")
        asked = (exchange.wire.body or b"").decode(errors="replace")
        if asked:
            much = f"a body of {len(asked):,} letters that begins {asked[:MOST]}…"
            asked = f"to {asked if len(asked) <= MOST else much}"
        if failure and failure.kind == "decoding" and exchange.status >= 400:
            words = f"refused with {exchange.status}, and {failure.message} {asked or 'where no body was sent'}"
            raise Broken(words, reason="decoding", causes={"unreadable refusals"})
        met = failure.message if failure else f"answered {exchange.status}{exchange.said}"
        words = f"{met} {asked or 'where no body was sent'}"
        reason = failure.kind if failure else f"http.{exchange.status}"
        raise Broken(words, reason=reason, causes={"client error as 5xx"})


def closes(exchange: Exchange, at: float, what: str) -> None:
    """Say *broken* if an answer goes on for a second after its stream ended.

    Args:
        at: seconds after which the end came.
        what: what ended it.
    """
    late, ours = exchange.last.ended - at, exchange.last.lag
    if late >= 1 > late - ours:
        observed(f"our own clock was {ours} s late", reason="lag")
    assert late < 1, f"the answer went on for {late:.1f} s after {what}"


#: What lets caches keep an answer and give it to others.
KEPT = re.compile(r"public|immutable|(s-maxage|max-age)=\"?0*[1-9]\d*\"?", re.ASCII)


def not_stored(stream: Exchange) -> None:
    """Say *broken* if a stream is declared as one that caches may keep and give to others."""
    stream.events()
    told = [word.strip().lower() for word in stream.header("cache-control").split(",")]
    kept = any(map(KEPT.fullmatch, told))
    assert not kept or {"no-cache", "no-store"} & set(told), f"declared with Cache-Control: {', '.join(told)}"


def too_long(exchange: Exchange) -> None:
    """Set aside such a prompt that the context window holds: who counts all of it has taken all of it."""
    body = exchange.raw_json
    usage = body.get("usage") if isinstance(body, dict) else None
    counts = [usage.get(name) for name in ("prompt_tokens", "input_tokens")] if isinstance(usage, dict) else []
    seen(all(not isinstance(one, int) or one < WORDS for one in counts), "the context window holds all of it")


def has_words(whole: str, streamed: str) -> None:
    """Say *broken* if a stream says nothing where the whole answer has words."""
    seen(whole.strip(), "the whole answer has no words either")
    assert streamed.strip(), f"the whole answer says {whole[:60]!r}, the stream nothing"


def keeps_blanks(whole: str, streamed: str) -> None:
    """Say *broken* if a stream differs from the whole answer in blanks alone."""
    seen(" " in whole.strip() and len(streamed) >= 20, "the answers are too short to tell")
    if "".join(whole.split()) != "".join(streamed.split()):
        observed("the two answers differ in more than blanks")
    assert whole.strip() == streamed.strip(), f"blanks are lost: {streamed[:60]!r} for {whole[:60]!r}"


def keeps_letters(whole: str, streamed: str) -> None:
    """Say *broken* if a stream loses letters of many scripts that the whole answer has."""
    seen("🎉" in whole and "\ufffd" not in whole, "the model does not repeat the text")
    assert "\ufffd" not in streamed, f"letters are lost: {streamed[:60]!r}"


def own_request_id(exchange: Exchange) -> None:
    """Say *broken* if an answer has the `x-request-id` of one before."""
    # Without limits, some requests are the same.
    answers = {one.id: one for one in (*exchange.before, exchange)}
    ids = [one.header("x-request-id") for one in answers.values()]
    seen(sum(map(bool, ids)) > 1, "there is no x-request-id")
    twice = [name for name in ids if name and ids.count(name) > 1]
    assert not twice, f"{ids.count(twice[0])} of {len(ids)} answers have the x-request-id {twice[0]!r}"


LIMITS = ("limit-requests", "limit-tokens", "remaining-requests", "remaining-tokens")
RESETS = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens")
DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|s|m|h|d))+|\d{1,6}(?:\.\d+)?")


def rates(attempt: Any) -> dict[str, str]:
    """The rate limits that an attempt's answer tells, by what is limited."""
    told = {name: attempt.header(f"x-ratelimit-{name}") for name in LIMITS}
    return {name: value for name, value in told.items() if value}


def rate_limits(exchange: Exchange) -> None:
    """Say *broken* if rate limits that are told in headers are no numbers, or more remains than the limit."""
    exchange.answered()
    told = rates(exchange.last)
    if not told:
        raise Unsupported("no rate limits are told", reason="not offered")
    odd = {name: value for name, value in told.items() if not re.fullmatch(r"[0-9]{1,18}", value.strip())}
    assert not odd, f"not whole numbers from 0 on: {odd}"
    for what in ("requests", "tokens"):
        limit, remaining = told.get(f"limit-{what}"), told.get(f"remaining-{what}")
        if limit is not None and remaining is not None:
            assert int(remaining) <= int(limit), f"{remaining} {what} remain of {limit}"


def rate_resets(exchange: Exchange) -> None:
    """Say *broken* if the times after which rate limits are reset are told in headers, and are no durations."""
    told = {name: exchange.header(name) for name in RESETS if exchange.header(name)}
    if not told:
        raise Unsupported("no resets are told", reason="not offered")
    odd = {name: value for name, value in told.items() if not DURATION.fullmatch(value.strip())}
    assert not odd, f"no durations: {odd}"


def keeps_apart(exchange: Exchange, said: str, nonces: Iterable[str]) -> None:
    """Say *broken* if an answer holds a word that no model says unasked, and of which only other requests spoke."""
    asked = json.dumps(exchange.sent, ensure_ascii=False)
    strange = [nonce for nonce in nonces if nonce in said and nonce not in asked]
    assert not strange, f"the answer holds {strange[0]}, of which only other requests spoke: {said[:80]!r}"


#: Seconds that an answer must take to be made, for its pieces to be told apart.
MADE = 0.35
#: Letters that it must have: a few words come at once, and what took its time may have been a queue before them.
SAID = 80


def by_twos(every: Sequence[Exchange]) -> Iterator[tuple[Exchange, Exchange]]:
    """Exchanges two by two."""
    return zip(every[::2], every[1::2], strict=True)


def flushed(stream: Exchange, said: str, first: float | None = None) -> None:
    """Say *broken* if a stream is kept until its end, *inconclusive* if it came at once and the times differ too much.

    Args:
        stream: an answer, after the same whole and cut off after a few tokens: how long each takes. More such pairs
            may follow: who makes a whole answer at once may yet take its time for a stream.
        said: what it says.
        first: seconds after which its first words came; None if any event will do.
    """
    pairs = [pair for pair in by_twos(stream.before) if all(one.ok for one in pair)]
    for one in () if pairs else stream.before:
        one.accepted()
    making, cut = max((long.last.ended - short.last.ended, short.last.ended) for long, short in pairs)
    lag = max(one.last.lag for one in (*stream.before, stream))
    seen(len(said) >= SAID and making >= MADE and stream.last.ended >= MADE, "the answer is made too fast to tell")
    if lag > making / 4:
        observed(f"our own clock was {lag:.3f} s late", reason="lag")
    first = stream.events()[0].at if first is None else first
    if stream.last.ended - first >= 0.1 * making:
        return
    told = f"the first piece came after {first:.2f} s, all within {stream.last.ended - first:.2f} s"
    told = f"{told}; a few tokens take {cut:.2f} s, the whole answer {cut + making:.2f} s"
    if first <= cut + 0.75 * making:
        observed(f"{told}: too unsteady to tell", reason="lag")
    raise Broken(told)


def unserved(exchange: Exchange, what: str) -> Broken | Unsupported:
    """What it says that the first request to an optional path is not answered: *broken* each time, or refused.

    Raises:
        Inconclusive, Blocked: nothing yet.
    """
    try:
        exchange.answered()
    except Broken as broken:
        return Broken(broken.message, reason=broken.reason)  # without its cause: this is the cell that shows it
    return Unsupported(f"POST {what} was refused with {exchange.status}{exchange.said}")


def begins(exchange: Exchange, letters: int) -> str:
    """How a body begins, in one line, for people; what is empty is nothing."""
    return " ".join(exchange.body[:letters].decode(errors="replace").split()) or "nothing"


def closed(exchange: Exchange) -> None:
    """Say *broken* if a stream ends in the middle of an event, which clients drop."""
    last = exchange.events()[-1]
    assert last.terminated or last.data == "[DONE]", f"the stream ends in the middle of an event: {last.raw[:80]!r}"


def until_done(exchange: Exchange) -> list[Any]:
    """The events of a stream before `[DONE]`: what follows reaches nobody, and has a cell of its own."""
    return list(takewhile(lambda event: event.data != "[DONE]", exchange.events()))


def data_only(exchange: Exchange) -> None:
    """Say *broken* if an event has a name but `message`; what has a name and no data has a cell of its own."""
    odd = [event.name for event in until_done(exchange) if event.data and event.name not in (None, "", "message")]
    assert not odd, f"an event is named {odd[0]!r}"


def without_ids(exchange: Exchange) -> None:
    """Say *broken* if an event has an `id:` line."""
    odd = [event.id for event in exchange.events() if event.id is not None]
    assert not odd, f"an event has the id {odd[0]!r}"


def ends_there(exchange: Exchange) -> None:
    """Say *broken* if anything follows `[DONE]`."""
    datas = [event.data for event in exchange.events()]
    seen("[DONE]" in datas, "there is no [DONE]")
    after = datas[datas.index("[DONE]") + 1 :]
    assert not after, f"{len(after)} events follow, the first of them {after[0]!r:.80}"
