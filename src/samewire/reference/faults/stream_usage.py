"""Faults of usage in streams."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault


@fault(
    "stream_usage.ignored",
    "include_usage is ignored.",
    "body",
    {"chat.stream_usage.given": "ignored", "chat.ranges.stream_options": "ignored"},
    blocks=(
        "chat.stream_usage.*",
        "chat.images.counted",
        "chat.limits.stream_counted",
    ),
    known=("stream-usage-missing",),
)
def usage_ignored(call: Call) -> None:
    """Drop the options."""
    call.body.pop("stream_options", None)


@fault(
    "stream_usage.empty",
    "Every chunk has an empty usage.",
    "chunks",
    {"chat.stream_usage.shape": "broken"},
    blocks=("chat.*",),
    known=("stream-usage-empty-object",),
)
def usage_empty(call: Call) -> None:
    """Count nothing, often."""
    for chunk in call.chunks:
        if chunk.get("usage", True) is None:
            chunk["usage"] = {}


@fault(
    "stream_usage.cumulative",
    "Every chunk carries usage.",
    "chunks",
    {"chat.stream_usage.alone": "broken"},
    blocks=("chat.stream_usage.null_before",),
    known=("stream-usage-cumulative-every-chunk",),
)
def usage_cumulative(call: Call) -> None:
    """Count in every chunk."""
    usage = call.chunks[-1].get("usage")
    for chunk in call.chunks if usage else ():
        chunk["usage"] = usage


@fault(
    "stream_usage.with_choices",
    "Usage comes with the last choice.",
    "chunks",
    {"chat.stream_usage.alone": "broken"},
    known=("stream-usage-with-choices",),
)
def usage_with_choices(call: Call) -> None:
    """Join the last two chunks."""
    if call.chunks[-1].get("usage"):
        usage = call.chunks.pop()["usage"]
        call.chunks[-1]["usage"] = usage


@fault("stream_usage.not_last", "A chunk follows the one with usage.", "chunks", {"chat.stream_usage.last": "broken"})
def usage_not_last(call: Call) -> None:
    """Count too soon."""
    if call.chunks[-1].get("usage"):
        call.chunks[-2:] = call.chunks[:-3:-1]


@fault(
    "stream_usage.no_nulls",
    "Chunks before the one with usage have no usage key.",
    "chunks",
    {"chat.stream_usage.null_before": "broken"},
    known=("stream-usage-null-key-absent",),
)
def usage_no_nulls(call: Call) -> None:
    """Drop the nulls."""
    for chunk in call.chunks:
        if chunk.get("usage", True) is None:
            del chunk["usage"]


@fault(
    "stream_usage.prompt_differs",
    "Streams count another prompt.",
    "chunks",
    {"chat.stream_usage.same_prompt": "broken"},
    blocks=("chat.stream_usage.same_conversation",),
)
def usage_prompt_differs(call: Call) -> None:
    """Count more in streams."""
    usage = call.chunks[-1].get("usage")
    if usage:
        usage["prompt_tokens"] += 7
        usage["total_tokens"] += 7


@fault(
    "stream_usage.prompt_zero",
    "Streams count no tokens of the prompt.",
    "chunks",
    {"chat.stream_usage.same_prompt": "broken", "chat.stream_usage.counts": "broken"},
    blocks=("chat.stream_usage.same_conversation",),
)
def usage_prompt_zero(call: Call) -> None:
    """Count the answer alone."""
    usage = call.chunks[-1].get("usage")
    if usage:
        usage.update(prompt_tokens=0, total_tokens=usage["completion_tokens"])


@fault(
    "stream_usage.total_wrong",
    "total_tokens of streams is not the sum.",
    "chunks",
    {"chat.stream_usage.total": "broken"},
)
def usage_total_wrong(call: Call) -> None:
    """Count one more."""
    usage = call.chunks[-1].get("usage")
    if usage:
        usage["total_tokens"] += 1


@fault(
    "stream_usage.tools_uncounted",
    "Streams don't count tools.",
    "chunks",
    {"chat.stream_usage.same_conversation": "broken"},
)
def tools_uncounted(call: Call) -> None:
    """Count the messages alone."""
    usage = call.chunks[-1].get("usage")
    if usage and call.body.get("tools"):
        usage["prompt_tokens"] -= 10
        usage["total_tokens"] -= 10


@fault(
    "stream_usage.early_beside_tools",
    "Where tools are at hand, the chunk with usage comes before the one with finish_reason.",
    "chunks",
    {"chat.stream_usage.last": "broken"},
)
def early_beside_tools(call: Call) -> None:
    """Count before the end."""
    counted = [chunk for chunk in call.chunks if chunk.get("usage") and not chunk["choices"]]
    if call.body.get("tools") and counted:
        call.chunks.remove(counted[0])
        call.chunks.insert(len(call.chunks) - 1, counted[0])
