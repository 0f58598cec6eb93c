"""Faults of legacy completions: empty texts, and logprobs that tell nothing, are misplaced or missing."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.legacy import WHERE, texts
from samewire.reference.faults.registry import fault


@fault(
    "legacy.stream_without_logprobs",
    "Streams have no logprobs.",
    "chunks",
    {"completions.stream.logprobs": "ignored"},
    where=WHERE,
    blocks=("completions.stream.likelihood", "completions.text.echo_logprobs", "completions.stream.offsets"),
)
def stream_without_logprobs(call: Call) -> None:
    """Drop them in pieces."""
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            choice["logprobs"] = None


@fault(
    "legacy.empty_texts",
    "Every text is empty.",
    "document",
    {"completions.text.words": "broken"},
    where=WHERE,
    blocks=("completions.*",),
)
def empty_texts(call: Call) -> None:
    """Say nothing."""
    for choice in texts(call):
        choice["text"] = ""


def _likely(call: Call) -> list[dict[str, Any]]:
    return [choice["logprobs"] for choice in texts(call) if choice.get("logprobs")]


@fault(
    "legacy.null_logprobs",
    "Every token's logprob is null.",
    "document",
    {"completions.text.logprobs": "ignored"},
    where=WHERE,
)
def null_logprobs(call: Call) -> None:
    """Know none."""
    for given in _likely(call):
        given["token_logprobs"] = [None for _ in given["token_logprobs"]]


@fault(
    "legacy.offsets_counted",
    "text_offset counts thousands.",
    "document",
    {"completions.text.logprobs": "broken"},
    where=WHERE,
)
def offsets_counted(call: Call) -> None:
    """Count in another unit."""
    for given in _likely(call):
        given["text_offset"] = [place * 1000 for place in given["text_offset"]]


@fault(
    "legacy.rivals_as_text",
    "The logprobs of alternatives are text.",
    "document",
    {"completions.text.shape": "broken"},
    where=WHERE,
    blocks=("completions.text.*",),
)
def rivals_as_text(call: Call) -> None:
    """Write them down."""
    for given in _likely(call):
        given["top_logprobs"] = [{name: str(odds) for name, odds in one.items()} for one in given["top_logprobs"]]
