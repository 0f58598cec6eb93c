"""Faults of `count_tokens`."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.ignored import results
from samewire.reference.faults.messages.registry import fault


def _counts(call: Call) -> bool:
    return call.path == "/messages/count_tokens"


@fault(
    "count.absent",
    "There is no count_tokens.",
    "request",
    {"count.taken": "unsupported"},
    blocks=("count.*",),
    known=("anth-count_tokens-404",),
)
def absent(call: Call) -> None:
    """Count nothing."""
    if _counts(call):
        raise Refusal(404, "Not Found")


@fault(
    "count.limited",
    "count_tokens wants max_tokens.",
    "request",
    {"count.taken": "broken"},
    blocks=("count.*",),
)
def limited(call: Call) -> None:
    """Check what is counted as if it were sent."""
    if _counts(call) and b"max_tokens" not in call.request.body:
        raise Refusal(400, "max_tokens: Field required")


@fault(
    "count.other_name",
    "The count is called token_count.",
    "document",
    {"count.shape": "broken"},
    blocks=("count.*",),
    known=("anth-count_tokens-wrong-key",),
)
def other_name(call: Call) -> None:
    """Name it otherwise."""
    if _counts(call):
        call.document = {"token_count": call.document["input_tokens"]}


@fault("count.text", "The count is text.", "document", {"count.shape": "broken"}, blocks=("count.*",))
def text(call: Call) -> None:
    """Spell it."""
    if _counts(call):
        call.document["input_tokens"] = str(call.document["input_tokens"])


@fault(
    "count.zero",
    "Everything counts 0.",
    "document",
    {"count.agrees": "broken", "count.tools": "ignored", "count.blocks": "ignored"},
    blocks=("count.conversation",),
)
def zero(call: Call) -> None:
    """Count nothing."""
    if _counts(call):
        call.document["input_tokens"] = 0


@fault(
    "count.characters",
    "Characters are counted.",
    "document",
    {"count.agrees": "broken", "count.tools": "broken"},
    blocks=("count.conversation", "count.pictures"),
)
def characters(call: Call) -> None:
    """Count letters."""
    if _counts(call):
        call.document["input_tokens"] = len(call.request.body)


@fault("count.no_tools", "Tools are not counted.", "body", {"count.tools": "ignored"}, blocks=("count.conversation",))
def no_tools(call: Call) -> None:
    """Forget tools."""
    if _counts(call):
        call.body.pop("tools", None)


@fault("count.no_system", "The system prompt is not counted.", "body", {"count.blocks": "ignored"})
def no_system(call: Call) -> None:
    """Forget the system prompt."""
    if _counts(call):
        call.body.pop("system", None)


@fault(
    "count.strings",
    "Blocks are refused by count_tokens.",
    "body",
    {"count.blocks": "unsupported", "count.conversation": "unsupported"},
    known=("anth-count_tokens-wrong-key",),
)
def strings(call: Call) -> None:
    """Read strings alone."""
    if _counts(call) and isinstance(call.body.get("system"), list):
        raise Refusal(400, "system: Input should be a valid string")


@fault("count.refuses_results", "Results of tools are refused.", "body", {"count.conversation": "unsupported"})
def refuses_results(call: Call) -> None:
    """Count questions alone."""
    if _counts(call) and results(call):
        raise Refusal(400, "messages: tool_result is not supported")


@fault("count.old_version", "count_tokens knows the older version alone.", "request", {"count.latest": "unsupported"})
def old_version(call: Call) -> None:
    """Know one version."""
    if _counts(call) and call.request.headers.get("anthropic-version") != "2023-06-01":
        raise Refusal(400, "anthropic-version: this is not a valid version")


@fault(
    "count.refuses_thinking",
    "thinking is refused.",
    "body",
    {"count.thinking": "unsupported"},
)
def refuses_thinking(call: Call) -> None:
    """Count words alone."""
    if _counts(call) and "thinking" in call.body:
        raise Refusal(400, "thinking: Extra inputs are not permitted")


@fault(
    "count.fails_at_images",
    "count_tokens fails at pictures.",
    "body",
    {"count.images": "broken"},
    blocks=("count.pictures",),
)
def fails_at_images(call: Call) -> None:
    """Know words alone."""
    if _counts(call) and '"image"' in json.dumps(call.body):
        raise Refusal(500, "Unknown content type: image")
