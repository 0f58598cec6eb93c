"""Token limits: `max_tokens` and `max_completion_tokens`, and what is said when they cut an answer off."""

from __future__ import annotations

from samewire import CAP, FULL, SHOULD, Broken, Exchange, Ignored, Steps, check, honoured, scenario, seen, system, user

from .reading import (
    calls,
    choice,
    chunks,
    completion_tokens,
    parsed,
    pieces,
    reasoning_tokens,
    refused,
    streamed_words,
    words,
)
from .requests import CALLED, COUNT, CUT, FEW, STREAM

#: A call of a tool that is to be cut off.
SHORT = CALLED.within(CAP(FEW))
CUT_STREAM = STREAM.within(CAP(FEW))
NUMBERS = {
    "type": "object",
    "properties": {"numbers": {"type": "array", "items": {"type": "integer"}, "minItems": 30}},
    "required": ["numbers"],
}
#: The same beside a system message and a schema that is not strict, which null says, and takes more than a few tokens
#: to fill.
CUT_FORM_STREAM = CUT_STREAM.but(
    messages=[system("Answer in JSON."), user("Count from 1 to 30 in a JSON array in a JSON object.")],
    response_format={"type": "json_schema", "json_schema": {"name": "count", "schema": NUMBERS, "strict": None}},
    stream_options={"include_usage": True},
).after(STREAM)
#: More letters than a few tokens have.
LONGEST = 48


def counting(said: str) -> bool:
    """Whether a text is the beginning of a count, and no more."""
    return len(said) < LONGEST and not said.rstrip().endswith((".", "30", "!", "}", "]"))


#: By its old name, as many clients still write it.
OLD = COUNT.within({"max_tokens": FEW})


def keeps(exchange: Exchange, name: str) -> None:
    """Say *ignored* unless the answer keeps to the few tokens it was given."""
    exchange.accepted()
    spent, reason, said = completion_tokens(exchange), choice(exchange)["finish_reason"], words(exchange)
    # Some servers count the token that stops the answer, and some count by a tokenizer of their own: the text tells.
    over = spent is not None and spent > FEW + 1 and (len(said) > 2 * FEW or not said)
    short = len(said) < LONGEST and not over
    honoured(short, f"{name} {FEW} was accepted, and {spent or len(said.split())} tokens came, finishing with {reason}")


@check(
    "chat.limits.max_tokens",
    SHOULD,
    of=OLD,
    spec="CHAT-REQ-006 CHAT-ENV-033 CHAT-REQ-039",
)
def test_max_tokens_limits_the_answer(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit the answer; models that only know `max_completion_tokens` refuse it."""
    keeps(exchange, "max_tokens")


#: By its new name.
NEW = COUNT.within({"max_completion_tokens": FEW})


@check("chat.limits.max_completion_tokens", SHOULD, of=NEW, spec="CHAT-REQ-005 CHAT-ENV-033")
def test_max_completion_tokens_limits_the_answer(exchange: Exchange) -> None:
    """`max_completion_tokens` SHOULD limit the answer, thinking included."""
    keeps(exchange, "max_completion_tokens")


@check("chat.limits.thoughts", SHOULD, of=NEW, spec="CHAT-REQ-005 CHAT-ENV-029", depth=FULL, rare=True)
def test_max_completion_tokens_limits_thoughts(exchange: Exchange) -> None:
    """`max_completion_tokens` SHOULD limit what the model thinks, not only what it says after that."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    thought = reasoning_tokens(exchange)
    seen(thought, "the model doesn't think, or it isn't counted")
    # By whatever tokenizer: the same server counts both.
    spent = completion_tokens(exchange)
    honoured(
        thought <= FEW + 1 or (spent or 0) <= FEW + 1,
        f"max_completion_tokens {FEW} was accepted, and {thought} tokens of thoughts were spent",
    )


@scenario(COUNT, CUT, alone=CUT)
def whole_and_cut() -> Steps:
    """An answer, and the same that is to be cut off."""
    yield COUNT
    yield CUT


@check("chat.limits.finish_reason", SHOULD, of=whole_and_cut, spec="CHAT-ENV-033")
def test_a_cut_answer_finishes_with_length(exchange: Exchange) -> None:
    """An answer that the token limit cuts off SHOULD finish with `length`."""
    exchange.accepted()
    said, spent = words(exchange), completion_tokens(exchange)
    cut = not exchange.before[0].ok or said.strip() != words(exchange.before[0]).strip()
    seen(cut and counting(said) and (spent is None or spent >= FEW), "the answer was not cut off")
    reason = choice(exchange)["finish_reason"]
    assert reason == "length", f"cut off after {said[-20:]!r}, and finishes with {reason!r}"


@scenario(STREAM, CUT_FORM_STREAM, spare=(CUT_STREAM,))
def cut_streams() -> Steps:
    """A stream that is to be cut off, beside a system message and a format; if no form is cut off, without these."""
    usual: Exchange = yield STREAM
    form: Exchange = yield CUT_FORM_STREAM
    said = streamed_words(form) if form.ok else ""
    if not form.ok or len(said) >= LONGEST or not said.lstrip().startswith(("{", "[")):
        yield CUT_STREAM
    return streamed_words(usual) if usual.ok else None, len(said) >= LONGEST


@check("chat.limits.stream", SHOULD, of=cut_streams, spec="CHAT-REQ-005 CHAT-REQ-006", depth=FULL, again=2)
def test_a_limit_holds_in_streams(exchange: Exchange) -> None:
    """The token limit SHOULD limit streams too, also beside a system message and a format."""
    sent = exchange.sent or {}
    seen("max_tokens" in sent or "max_completion_tokens" in sent, "the endpoint takes no limit")
    said = streamed_words(exchange)
    if len(said) >= LONGEST:
        raise Ignored(f"the limit was accepted, and the stream has {len(said)} characters")
    if exchange.found[1]:
        raise Ignored("the limit was accepted, and beside a system message and a format the stream runs on")


@check("chat.limits.stream_finish_reason", SHOULD, of=cut_streams, spec="CHAT-ENV-033 CHAT-STR-010", depth=FULL)
def test_a_cut_stream_finishes_with_length(exchange: Exchange) -> None:
    """A stream that the token limit cuts off SHOULD finish with `length`."""
    seen(exchange.ok, "no stream that is to be cut off is answered")
    every = list(pieces(exchange))
    said = "".join(piece["delta"].get("content") or "" for piece in every)
    cut = said.strip() != (exchange.found[0] or "").strip() and parsed(said) is None
    seen(cut and counting(said), "the answer was not cut off")
    reasons = [reason for piece in every if (reason := piece.get("finish_reason")) is not None]
    seen(reasons, "the stream has no finish_reason")
    assert reasons[-1] == "length", f"cut off after {said[-20:]!r}, and finishes with {reasons[-1]!r}"


@scenario(CUT, SHORT)
def cut_beside_tools() -> Steps:
    """An answer that is to be cut off, and a call of a tool."""
    yield CUT
    yield SHORT


@check("chat.limits.beside_tools", SHOULD, of=cut_beside_tools, spec="CHAT-REQ-005 CHAT-REQ-006", depth=FULL, again=2)
def test_a_limit_holds_beside_tools(exchange: Exchange) -> None:
    """The token limit SHOULD limit calls of tools as it limits words."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    cut, spent = exchange.before[0], completion_tokens(exchange)
    seen(cut.ok and (completion_tokens(cut) or FEW) <= FEW + 1, "no limit is kept without tools either")
    if choice(exchange)["finish_reason"] == "length" and (spent or 0) <= FEW + 1:
        return
    seen(spent is not None and calls(exchange), "no tool was called, or no usage is counted")
    honoured((spent or 0) <= FEW + 1, f"the limit {FEW} was accepted, and a call of {spent} tokens came")


@check("chat.limits.counted", SHOULD, of=cut_beside_tools, spec="CHAT-ENV-033", depth=FULL)
def test_a_limit_is_not_overrun(exchange: Exchange) -> None:
    """What the token limit cuts off SHOULD NOT count a token more than the limit."""
    cut = exchange.before[0]
    spent = completion_tokens(cut)
    seen(spent is not None and choice(cut)["finish_reason"] == "length", "nothing is cut off, or nothing is counted")
    if spent != FEW + 1:
        return
    # Who counts by a tokenizer of its own is off by another number each time.
    seen(exchange.ok and choice(exchange)["finish_reason"] == "length", "no call is cut off")
    seen(completion_tokens(exchange) == spent, "words and calls are counted differently")
    raise Broken(f"the limit {FEW} cuts off an answer and a call, and each counts {spent} tokens")


@scenario(CUT, CUT_FORM_STREAM)
def cut_whole_and_streamed() -> Steps:
    """An answer that is to be cut off, and a stream."""
    yield CUT
    yield CUT_FORM_STREAM


@check("chat.limits.stream_counted", SHOULD, of=cut_whole_and_streamed, spec="CHAT-REQ-005 CHAT-ENV-033", depth=FULL)
def test_a_limit_is_not_overrun_in_streams(exchange: Exchange) -> None:
    """A stream that the token limit cuts off SHOULD NOT count more tokens than the limit, as no whole answer does."""
    cut = exchange.before[0]
    seen(exchange.ok and cut.ok, "it is refused, which has a cell of its own")
    kept = choice(cut)["finish_reason"] == "length" and completion_tokens(cut) == FEW
    usages = [chunk["usage"] for chunk in chunks(exchange) if chunk.get("usage")]
    reasons = [reason for piece in pieces(exchange) if (reason := piece.get("finish_reason")) is not None]
    seen(kept and usages and reasons[-1:] == ["length"], "not both are cut off, or nothing is counted")
    seen(len(streamed_words(exchange)) < LONGEST, "the stream runs on, which has a cell of its own")
    spent = usages[-1]["completion_tokens"]
    seen(spent <= 2 * FEW, "streams count in another way, which has a cell of its own")
    assert spent <= FEW, f"the limit {FEW} cuts off a whole answer after {FEW} tokens, and a stream that counts {spent}"


@check(
    "chat.limits.not_negative", SHOULD, of=STREAM.wrong().within({"max_tokens": -5}), spec="CHAT-REQ-037", depth=FULL
)
def test_a_negative_limit_is_refused(exchange: Exchange) -> None:
    """A negative token limit SHOULD be refused with 400, for a stream as well."""
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
