"""`max_tokens`: it is required, it limits the answer, and a cut answer says so."""

from __future__ import annotations

import re

from samewire import CAP, FULL, MUST, OMIT, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from ..chat.marks import leaked
from ..chat.packing import packed
from .access import OFFICIAL, ONE_TOKEN
from .effects import counts, told
from .errors import refused_in_streams
from .reading import (
    blocks,
    calls,
    deltas,
    ended,
    message,
    refused,
    spoken,
    stream_reason,
    streamed_words,
    taken,
    thinks,
    words,
)
from .requests import CUT, CUT_BESIDE, CUT_STREAM, FEW, FORCED, HELLO, MESSAGES, STREAM


def cut(said: str, spent: int | None = None, whole: str = "") -> None:
    """Set an answer aside that was not cut off: a short one may end before the limit is met.

    Args:
        said: the answer.
        spent: the tokens that it counts.
        whole: what the same question is answered with room enough.
    """
    seen(len(said) < 60 and not said.rstrip(" .").endswith("30"), "the answer was not cut off")
    # Some servers leave out the token at which they stop; where none is counted, the text tells.
    begun = re.match(r"\s*1\W+2", said) and (not spent or spent >= FEW - 1)
    goes_on = said.strip() and len(whole) > 3 * len(said) and whole.startswith(said)
    seen(begun or goes_on or (spent or 0) >= FEW, f"the answer ended by itself after {spent or 'some'} tokens of {FEW}")


def allowed(exchange: Exchange) -> int:
    """The limit that was sent; 0 if none was."""
    limit = (exchange.sent or {}).get("max_tokens")
    return limit if isinstance(limit, int) else 0


@check(
    "messages.limits.required", MUST, of=HELLO.wrong(**{"$limit": OMIT}, stream=True), spec="MSG-REQ-002", depth=FULL
)
def test_a_request_needs_a_limit(exchange: Exchange) -> None:
    """A request without `max_tokens` MUST be refused with 400, for a stream as well."""
    refused_in_streams(exchange)


@check("messages.limits.one", SHOULD, of=packed(OFFICIAL, HELLO.within(ONE_TOKEN)), spec="MSG-REQ-002", depth=FULL)
def test_one_token_is_a_limit(exchange: Exchange) -> None:
    """A `max_tokens` of 1 SHOULD be taken, whatever it leaves of the answer: coding agents send it."""
    exchange.accepted()


@check("messages.limits.honoured", SHOULD, of=CUT, spec="MSG-ENV-013 MSG-REQ-002")
def test_max_tokens_limits_the_answer(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit the answer, thoughts included."""
    exchange.accepted()
    said, spent = words(exchange), spoken(exchange)
    # Some servers count the token that stops the answer; what was counted may be wrong, which has a cell of its own.
    honoured(len(said) <= FEW * 12, f"max_tokens {FEW} was accepted, and {len(said)} characters came: {said[-30:]!r}")
    honoured(spent is None or spent <= FEW + 1, f"max_tokens {FEW} was accepted, and {spent} tokens are counted")


@check("messages.limits.stop_reason", SHOULD, of=CUT, spec="MSG-ENV-013 MSG-ENV-004")
def test_a_cut_answer_says_so(exchange: Exchange) -> None:
    """An answer that `max_tokens` cuts off SHOULD have the `stop_reason` `max_tokens`."""
    exchange.accepted()
    cut(words(exchange), spoken(exchange))
    reason = message(exchange)["stop_reason"]
    assert reason == "max_tokens", f"cut off after {words(exchange)[-20:]!r}, and stops with {reason!r}"


@scenario(STREAM, CUT_BESIDE, spare=(CUT_STREAM,))
def cut_in_a_stream() -> Steps:
    """A stream that is cut off, beside a tool; if the tool is refused or the model doesn't count, without it."""
    yield STREAM
    first: Exchange = yield CUT_BESIDE
    if not counts(first):
        yield CUT_STREAM


@check("messages.limits.stream_stop_reason", SHOULD, of=cut_in_a_stream, spec="MSG-ENV-013 MSG-STR-014", depth=FULL)
def test_a_cut_stream_says_so(exchange: Exchange) -> None:
    """A stream that `max_tokens` cuts off SHOULD have the `stop_reason` `max_tokens`, beside tools, too."""
    said = streamed_words(exchange)
    # Where thoughts took all there was, only the count tells that the limit was met.
    cut(said, None if said else ended(exchange)["usage"]["output_tokens"], told(exchange.before[0]))
    reason = stream_reason(exchange)
    assert reason == "max_tokens", f"cut off after {said[-20:]!r}, and stops with {reason!r}"


@check("messages.limits.stream_honoured", SHOULD, of=cut_in_a_stream, spec="MSG-ENV-013 MSG-REQ-002", depth=FULL)
def test_max_tokens_limits_a_stream(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit a stream as it limits an answer that isn't streamed, beside tools, too."""
    said, beside = streamed_words(exchange), " beside a tool" if (exchange.sent or {}).get("tools") else ""
    why = f"max_tokens {FEW} was accepted{beside}, and {len(said)} characters came: {said[-30:]!r}"
    honoured(len(said) <= FEW * 12, why)


@check("messages.limits.counted", SHOULD, of=MESSAGES, spec="MSG-ENV-013")
def test_no_more_is_counted_than_was_allowed(exchange: Exchange) -> None:
    """The `output_tokens` SHOULD be no more than `max_tokens`."""
    limit, spent = allowed(exchange), message(exchange)["usage"]["output_tokens"]
    seen(limit >= 16, "no plain limit was sent")
    assert spent <= limit + 1, f"{spent} tokens are counted, where {limit} were allowed"


@check("messages.limits.no_false_cut", SHOULD, of=MESSAGES, spec="MSG-ENV-013 MSG-ENV-004")
def test_max_tokens_means_the_limit(exchange: Exchange) -> None:
    """An answer that stays far below the limit SHOULD NOT have the `stop_reason` `max_tokens`."""
    limit, spent = allowed(exchange), message(exchange)["usage"]["output_tokens"]
    whole = words(exchange) or calls(exchange) or blocks(exchange)
    seen(limit >= 16 and whole, "no plain limit was sent, or nothing was said")
    if message(exchange)["stop_reason"] == "max_tokens":
        assert spent >= limit * 0.5, f"stops with max_tokens after {spent} tokens of {limit}"


NEGATIVE = HELLO.wrong(**{"$limit": OMIT, "max_tokens": -5})


@check("messages.limits.not_negative", SHOULD, of=NEGATIVE, spec="MSG-REQ-002 MSG-REQ-020", depth=FULL)
def test_a_negative_limit_is_refused(exchange: Exchange) -> None:
    """A negative `max_tokens` SHOULD be refused with 400."""
    refused(exchange)


#: A call that must come, with far less room than it takes.
CUT_CALL = FORCED.within(CAP(FEW))


@scenario(CUT, CUT_CALL)
def words_and_a_call_cut() -> Steps:
    """Words that are cut off, and a call."""
    yield [CUT, CUT_CALL]


@check("messages.limits.cut_call", SHOULD, of=words_and_a_call_cut, spec="MSG-ENV-013 MSG-ENV-012", depth=FULL)
def test_a_cut_call_says_so(exchange: Exchange) -> None:
    """`max_tokens` SHOULD cut off a call as it cuts off words, and the `stop_reason` be `max_tokens`."""
    usual = message(exchange.before[0])["stop_reason"]
    seen(usual == "max_tokens", "cut words don't say so either, which has a check of its own")
    exchange.accepted()
    made, spent = calls(exchange), spoken(exchange) or 0
    whole = any({*CUT_CALL.body["tools"][0]["input_schema"]["required"]} <= {*call["input"]} for call in made)
    honoured(
        not whole or spent <= FEW + 1, f"max_tokens {FEW} was accepted beside a tool, and a whole call of {spent} came"
    )
    seen(not whole, "it is whole")
    seen(FEW - 1 <= spent <= FEW + 1, "the limit was not met, or does not bind, which has a check of its own")
    reason = message(exchange)["stop_reason"]
    assert reason == "max_tokens", f"cut off after {spent} tokens, and stops with {reason!r}"


@check("messages.usage.nothing", SHOULD, of=CUT_CALL, spec="MSG-ENV-008", depth=FULL)
def test_what_was_cut_away_counts(exchange: Exchange) -> None:
    """An answer that was cut off SHOULD count more than 0 tokens, also if nothing is left of it: it took some."""
    if blocks(exchange):  # what is left of it has cells of its own
        return
    seen(message(exchange)["stop_reason"] != "refusal", "it is refused")
    # Who counts nothing at all is told so by the cells of plain answers.
    seen(taken(exchange), "the prompt counts no tokens either")
    assert message(exchange)["usage"]["output_tokens"] > 0, "an answer that took tokens counts 0"


@scenario(CUT, CUT_BESIDE, spare=(CUT_STREAM,))
def cut_both_ways() -> Steps:
    """The same question, cut off whole and as a stream."""
    yield CUT
    first: Exchange = yield CUT_BESIDE
    if not first.ok or not counts(first):
        yield CUT_STREAM


@check("messages.alike.cut", MUST, of=cut_both_ways, spec="MSG-STR-008 MSG-STR-024", depth=FULL, again=2)
def test_a_cut_stream_is_whole(exchange: Exchange) -> None:
    """A stream that `max_tokens` cuts off MUST hold all that it counts: the last piece, too."""
    whole, streamed, spent = words(exchange.before[0]), streamed_words(exchange), spoken(exchange.before[0])
    seen(not thinks(exchange.before[0]) and not any(deltas(exchange, "thinking_delta")), "the model thinks")
    alike = stream_reason(exchange) == message(exchange.before[0])["stop_reason"] == "max_tokens"
    seen(alike and spent and ended(exchange)["usage"]["output_tokens"] == spent, "they are not cut alike")
    leaks = any(leaked(exchange, text) for text in (whole, streamed))
    seen(not leaks, "marks of a template leak, which has a check of its own")
    seen(streamed.strip(), "the stream has no words, which has a check of its own")
    lost = whole.strip().startswith(streamed.strip()) and len(streamed.strip()) < len(whole.strip())
    assert not lost, f"{spent} tokens are {whole!r} when not streamed, and {streamed!r} in the stream"
