"""Token limits: `max_tokens` and `max_completion_tokens`, and what is said when they cut an answer off."""

from __future__ import annotations

from samewire import CAP, FULL, SHOULD, Broken, Exchange, check, honoured, seen

from .reading import choice, completion_tokens, pieces, refused, words
from .requests import COUNT, CUT, FEW, STREAM

CUT_STREAM = STREAM.within(CAP(FEW))
#: More letters than a few tokens have.
LONGEST = 24


def keeps(exchange: Exchange, name: str) -> None:
    """Say *ignored* unless the answer keeps to the few tokens it was given."""
    exchange.accepted()
    spent, reason, said = completion_tokens(exchange), choice(exchange)["finish_reason"], words(exchange)
    # Some servers count the token that stops the answer; where none is counted, the text tells.
    short = len(said) < LONGEST and (not spent or spent <= FEW + 1)
    honoured(short, f"{name} {FEW} was accepted, and {spent or len(said.split())} tokens came, finishing with {reason}")


@check(
    "chat.limits.max_tokens",
    SHOULD,
    of=COUNT.within({"max_tokens": FEW}),
    spec="CHAT-REQ-006 CHAT-ENV-033 CHAT-REQ-039",
)
def test_max_tokens_limits_the_answer(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit the answer; models that only know `max_completion_tokens` refuse it."""
    keeps(exchange, "max_tokens")


@check(
    "chat.limits.max_completion_tokens",
    SHOULD,
    of=COUNT.within({"max_completion_tokens": FEW}),
    spec="CHAT-REQ-005 CHAT-ENV-033",
)
def test_max_completion_tokens_limits_the_answer(exchange: Exchange) -> None:
    """`max_completion_tokens` SHOULD limit the answer, thinking included."""
    keeps(exchange, "max_completion_tokens")


@check("chat.limits.finish_reason", SHOULD, of=CUT, spec="CHAT-ENV-033")
def test_a_cut_answer_finishes_with_length(exchange: Exchange) -> None:
    """An answer that the token limit cuts off SHOULD finish with `length`."""
    exchange.accepted()
    said = words(exchange)
    seen(len(said) < LONGEST and not said.rstrip(" .").endswith("30"), "the answer was not cut off")
    reason = choice(exchange)["finish_reason"]
    assert reason == "length", f"cut off after {said[-20:]!r}, and finishes with {reason!r}"


@check("chat.limits.stream_finish_reason", SHOULD, of=CUT_STREAM, spec="CHAT-ENV-033 CHAT-STR-010", depth=FULL)
def test_a_cut_stream_finishes_with_length(exchange: Exchange) -> None:
    """A stream that the token limit cuts off SHOULD finish with `length`."""
    exchange.accepted()
    every = list(pieces(exchange))
    said = "".join(piece["delta"].get("content") or "" for piece in every)
    seen(len(said) < LONGEST and not said.rstrip(" .").endswith("30"), "the answer was not cut off")
    reasons = [reason for piece in every if (reason := piece.get("finish_reason")) is not None]
    seen(reasons, "the stream has no finish_reason")
    assert reasons[-1] == "length", f"cut off after {said[-20:]!r}, and finishes with {reasons[-1]!r}"


@check("chat.limits.not_negative", SHOULD, of=COUNT.wrong().within({"max_tokens": -5}), spec="CHAT-REQ-037", depth=FULL)
def test_a_negative_limit_is_refused(exchange: Exchange) -> None:
    """A negative token limit SHOULD be refused with 400."""
    refused(exchange)


@check("chat.limits.no_false_length", SHOULD, of=COUNT, spec="CHAT-ENV-033", depth=FULL)
def test_length_means_the_limit(exchange: Exchange) -> None:
    """An answer that stays far below the token limit SHOULD NOT finish with `length`."""
    spent = completion_tokens(exchange)
    sent = exchange.sent or {}
    limit = int(sent.get("max_completion_tokens") or sent.get("max_tokens") or 0)
    seen(spent is not None and limit, "no usage is counted, or no limit was sent")
    if choice(exchange)["finish_reason"] == "length" and spent is not None and spent < limit * 0.5:
        raise Broken(f"finishes with length after {spent} tokens of {limit}")
