"""Legacy completions: the shape of answers and of streams, and what is honoured."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    MAY,
    MUST,
    SHOULD,
    Blocked,
    Exchange,
    Stop,
    check,
    seen,
)

from ..chat.reading import refused, refused_at_once
from .requests import GIVEN, PREFLIGHT, TEXT, TEXTS

SHAPE = "completions/completion"


def choices(exchange: Exchange) -> list[Any]:
    """The choices of a completion.

    Raises:
        Blocked: there are none, which has a cell of its own.
    """
    every = list(exchange.accepted().body_as(SHAPE)["choices"])
    if not every:
        raise Blocked("there is no choice", cause="check:completions.text.shape")
    return every


@check(GIVEN, MAY, of=PREFLIGHT, spec="CMPL-001")
def test_completions_are_given(exchange: Exchange) -> None:
    """`POST /completions` with `model` and `prompt` MAY be answered with a completion, or refused."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.signal


@check("completions.text.shape", MUST, of=TEXTS, spec="CMPL-002 CMPL-003")
def test_a_text_has_its_shape(exchange: Exchange) -> None:
    """A completion MUST have `id`, `object`, `created`, `model`, and `choices` with `text` and `index`."""
    exchange.conforms(SHAPE, but=("/usage",))
    assert exchange.body_as(SHAPE)["choices"], "there is no choice"
    assert exchange.body_as(SHAPE)["model"], "`model` is empty"


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
    said = "".join(choice["text"] for choice in choices(exchange)).strip()
    assert usage["completion_tokens"] > 0 or not said, f"{said!r:.40} counts 0 tokens"
    total, parts = usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"


@check("completions.mistakes.best_of", SHOULD, of=TEXT.wrong(best_of=1, n=3), spec="CMPL-005", depth=FULL)
def test_best_of_is_at_least_n(exchange: Exchange) -> None:
    """`best_of` below `n` SHOULD be refused."""
    refused(exchange)


@check("completions.ranges.temperature", SHOULD, of=TEXT.wrong(temperature=3, stream=True), spec="CMPL-005", depth=FULL)
def test_a_temperature_above_two_is_refused(exchange: Exchange) -> None:
    """A `temperature` above 2 SHOULD be refused, and for a stream with a status as well."""
    refused_at_once(exchange)
