"""Faults of legacy completions: empty texts, what prompts are worth, and logprobs that tell nothing or are missing."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.legacy import WHERE, texts
from samewire.reference.faults.registry import fault


@fault(
    "legacy.stream_without_logprobs",
    "Streams have no logprobs.",
    "chunks",
    {"completions.stream.logprobs": "ignored"},
    where=WHERE,
    blocks=(
        "completions.stream.likelihood",
        "completions.text.echo_logprobs",
        "completions.stream.offsets",
        "completions.stream.places",
        "completions.text.no_alternatives",
    ),
)
def stream_without_logprobs(call: Call) -> None:
    """Drop them in pieces."""
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            choice["logprobs"] = None


@fault(
    "legacy.positive_logprobs_streamed",
    "In streams, logprobs are told without their sign.",
    "chunks",
    {"completions.stream.likelihood": "broken"},
    where=WHERE,
)
def positive_logprobs_streamed(call: Call) -> None:
    """Tell how unlikely each is."""
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            if given := choice.get("logprobs"):
                given["token_logprobs"] = [None if one is None else -one or 0.5 for one in given["token_logprobs"]]


@fault(
    "legacy.nameless",
    "The model of a text is an empty string.",
    "document",
    {"completions.text.shape": "broken"},
    where=WHERE,
)
def nameless(call: Call) -> None:
    """Have no name for it."""
    if "choices" in call.document:
        call.document["model"] = ""


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


@fault(
    "legacy.some_rivals",
    "Of logprobs, one alternative has to be asked for.",
    "body",
    {"completions.text.no_alternatives": "unsupported"},
    where=WHERE,
)
def some_rivals(call: Call) -> None:
    """Want at least one."""
    if call.body.get("logprobs") == 0:
        raise unsupported("logprobs")


@fault(
    "legacy.worthless",
    "What several prompts of tokens are worth makes the server fail; each thing alone is taken.",
    "body",
    {"completions.text.worth": "broken"},
    where=WHERE,
)
def worthless(call: Call) -> None:
    """Divide by nothing."""
    if call.body.get("echo") and call.body.get("max_tokens") == 0:
        raise Refusal(500, "integer division or modulo by zero", type="server_error")


@fault(
    "legacy.one_prompt_a_stream",
    "Several prompts, or texts, are refused in streams.",
    "body",
    {"completions.stream.prompts": "unsupported"},
    where=WHERE,
)
def one_prompt_a_stream(call: Call) -> None:
    """Stream one."""
    prompt = call.body.get("prompt")
    several = isinstance(prompt, list) and len(prompt) > 1 and not isinstance(prompt[0], int)
    if call.streamed and (several or (call.body.get("n") or 1) > 1):
        raise Refusal(400, "Streaming is not supported with several prompts.", param="stream")
