"""Legacy completions: the shape of answers and of streams, and what is honoured."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    MAY,
    MUST,
    OMIT,
    SHOULD,
    Blocked,
    Broken,
    Exchange,
    Request,
    Scenario,
    Steps,
    Stop,
    check,
    honoured,
    scenario,
    seen,
)

from ..chat.packing import packed
from ..chat.reading import refused
from .requests import GIVEN, METERED, PREFLIGHT, STREAM, STREAMS, TEXT, TEXTS

SHAPE = "completions/completion"


def choices(exchange: Exchange) -> list[Any]:
    """The choices of a completion."""
    return list(exchange.accepted().body_as(SHAPE)["choices"])


@check(GIVEN, MAY, of=PREFLIGHT, spec="CMPL-001")
def test_completions_are_given(exchange: Exchange) -> None:
    """`POST /completions` with `model` and `prompt` MAY be answered with a completion, or refused."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.signal


@check("completions.text.shape", MUST, of=TEXTS, spec="CMPL-002 CMPL-003")
def test_a_text_has_its_shape(exchange: Exchange) -> None:
    """A completion MUST have `id`, `object`, `created`, `model`, and `choices` with `text` and `index`."""
    exchange.conforms(SHAPE, but=("/usage",))


@check("completions.text.finish_reason", MUST, of=TEXTS, spec="CMPL-003")
def test_a_text_says_why_it_ends(exchange: Exchange) -> None:
    """Every choice of a completion MUST have a `finish_reason`: stop, length or content_filter."""
    without = [choice["index"] for choice in choices(exchange) if choice.get("finish_reason") is None]
    assert not without, f"choice {without[0]} has no finish_reason"


@check("completions.text.logprobs_key", SHOULD, of=TEXT, spec="CMPL-004", depth=FULL)
def test_logprobs_are_there_or_null(exchange: Exchange) -> None:
    """Every choice of a completion SHOULD have `logprobs`, null unless they were asked for."""
    without = [choice for choice in choices(exchange) if "logprobs" not in choice]
    assert not without, "a choice has no `logprobs`"


@check("completions.text.usage", SHOULD, of=TEXTS, spec="CMPL-010")
def test_a_text_counts_its_tokens(exchange: Exchange) -> None:
    """`usage` of a completion, if it is there, SHOULD count the prompt and the text, and their sum."""
    exchange.conforms(SHAPE, "/usage")
    usage = exchange.body_as(SHAPE).get("usage")
    seen(usage is not None, "no usage is counted")
    assert usage["prompt_tokens"] > 0, "the prompt counts 0 tokens"
    total, parts = usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"


SHORT = TEXT.but(max_tokens=4)
TWO = TEXT.but(n=2, max_tokens=4)
PROMPTS = TEXT.but(prompt=["One, two,", "Red, green,"], max_tokens=4)
#: Two short texts for each of two prompts: what is well shows at once.
FOUR = PROMPTS.but(n=2).after(TEXT)


def four_or(alone: Request) -> Scenario:
    """Two texts for each of two prompts; if not four come, one of these things alone."""

    def steps() -> Steps:
        four: Exchange = yield FOUR
        if not four.ok or len(choices(four)) != 4:
            yield alone

    return scenario(FOUR, spare=(alone,), name=f".{alone.id}", alone=alone)(steps)


@check("completions.text.max_tokens", SHOULD, of=four_or(SHORT), spec="CMPL-005", depth=FULL)
def test_max_tokens_limits_a_text(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit the text."""
    body = exchange.accepted().body_as(SHAPE)
    usage, texts = body.get("usage"), [choice["text"] for choice in body["choices"]]
    spent = usage["completion_tokens"] if usage is not None else None
    short = spent <= 5 * len(texts) if spent is not None else max(map(len, texts)) <= 40
    honoured(short, f"max_tokens 4 was accepted, and {spent or max(map(len, texts))} came")


@check("completions.text.n", SHOULD, of=four_or(TWO), spec="CMPL-005", depth=FULL)
def test_n_gives_texts(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices, for each prompt."""
    found, prompts = len(choices(exchange)), 2 if exchange.request == FOUR else 1
    honoured(found == 2 * prompts, f"n 2 was accepted, and {found} choice came")


@check("completions.text.prompts", SHOULD, of=four_or(PROMPTS), spec="CMPL-006 CMPL-001", depth=FULL)
def test_every_prompt_has_its_text(exchange: Exchange) -> None:
    """An array of prompts SHOULD give a choice for each, numbered in their order."""
    indexes = [choice["index"] for choice in choices(exchange)]
    wanted = 4 if exchange.request == FOUR else 2
    honoured(len(indexes) == wanted, f"two prompts were accepted, and {len(indexes)} choice came")
    assert indexes == list(range(wanted)), f"the indexes are {indexes}"


@check("completions.stream.accepted", MUST, of=packed(METERED, STREAM), spec="CMPL-007 CMPL-005")
def test_a_text_is_streamed(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be taken, and answered with events."""
    exchange.accepted()
    if not any(event.data is not None for event in exchange.stream.events):
        raise Broken(f"no event came, but: {exchange.body[:80]!r}", causes={"stream"})


@check("completions.stream.shape", MUST, of=STREAMS, spec="CMPL-007")
def test_chunks_have_the_shape_of_texts(exchange: Exchange) -> None:
    """Chunks of a completion MUST have the shape of a whole one."""
    exchange.conforms(SHAPE)
    seen(exchange.stream_of(SHAPE), "no chunk came")


@check("completions.stream.done", SHOULD, of=STREAMS, spec="CMPL-008", depth=FULL)
def test_a_streamed_text_ends_with_done(exchange: Exchange) -> None:
    """A stream SHOULD end with the event `data: [DONE]`."""
    last = exchange.events()[-1].data
    assert last == "[DONE]", f"the last event is {last!r:.80}"


@check("completions.stream.finish", MUST, of=packed(METERED, STREAM), spec="CMPL-003 CMPL-009", depth=FULL)
def test_a_streamed_text_finishes(exchange: Exchange) -> None:
    """A choice of a stream MUST finish with a `finish_reason`; before, null is fine."""
    chunks = exchange.accepted().stream_of(SHAPE)
    reasons = [choice.get("finish_reason") for chunk in chunks for choice in chunk["choices"]]
    assert any(reasons), "no chunk has a finish_reason"


@scenario(METERED, spare=(STREAM,))
def metered() -> Steps:
    """A stream with its usage; if that isn't given, a plain one."""
    answer: Exchange = yield METERED
    if not answer.ok:
        yield STREAM
    return answer


@check("completions.stream.usage", MAY, of=metered, spec="CMPL-010", depth=FULL)
def test_usage_of_a_streamed_text(exchange: Exchange) -> None:
    """`include_usage` MAY be taken; then a chunk carries `usage`."""
    if not exchange.ok:
        raise Blocked("a plain stream is not given either", cause=f"request:{exchange.request.id}")
    chunks = exchange.found.accepted().stream_of(SHAPE)
    honoured(any(chunk.get("usage") for chunk in chunks), "include_usage was accepted, and no usage came")


@check("completions.mistakes.no_prompt", SHOULD, of=TEXT.wrong(prompt=OMIT), spec="CMPL-001", depth=FULL)
def test_a_text_needs_a_prompt(exchange: Exchange) -> None:
    """A request without `prompt` SHOULD be refused."""
    refused(exchange)


@check("completions.mistakes.best_of", SHOULD, of=TEXT.wrong(best_of=1, n=3), spec="CMPL-005", depth=FULL)
def test_best_of_is_at_least_n(exchange: Exchange) -> None:
    """`best_of` below `n` SHOULD be refused."""
    refused(exchange)
