"""Faults that clients don't see: accepted, and nothing came of it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import fault, turns_of


def contents(call: Call, role: str = "user") -> list[list[Any]]:
    """The contents of a role's messages that are arrays."""
    return [
        one["content"] for one in turns_of(call) if one.get("role") == role and isinstance(one.get("content"), list)
    ]


def results(call: Call) -> list[dict[str, Any]]:
    """The results of tools in a request."""
    every = [block for content in contents(call) for block in content if isinstance(block, dict)]
    return [block for block in every if block.get("type") == "tool_result"]


@fault(
    "ignored.system",
    "The system prompt is dropped.",
    "body",
    {
        "system.string": "ignored",
        "system.blocks": "ignored",
        "count.blocks": "ignored",
        "mistakes.system_type": "ignored",
        "usage.system": "broken",
    },
    blocks=("alike.system", "system.beside_tools"),
)
def system(call: Call) -> None:
    """Forget the system prompt."""
    call.body.pop("system", None)


@fault(
    "ignored.system_blocks",
    "A system prompt of blocks is dropped.",
    "body",
    {"system.blocks": "ignored", "count.blocks": "ignored"},
    blocks=("alike.system", "system.beside_tools"),
)
def system_blocks(call: Call) -> None:
    """Read strings alone."""
    if isinstance(call.body.get("system"), list):
        del call.body["system"]


@fault(
    "ignored.system_rest",
    "Of a system prompt's blocks the first counts alone.",
    "body",
    {"system.blocks": "ignored", "count.blocks": "ignored"},
    blocks=("system.beside_tools", "alike.system"),
)
def system_rest(call: Call) -> None:
    """Read the first block."""
    if isinstance(call.body.get("system"), list):
        del call.body["system"][1:]


@fault(
    "ignored.system_last",
    "Of a system prompt's blocks the last counts alone.",
    "body",
    {"system.blocks": "ignored", "count.blocks": "ignored"},
    blocks=("system.beside_tools",),
)
def system_last(call: Call) -> None:
    """Read the last block."""
    if isinstance(call.body.get("system"), list):
        del call.body["system"][:-1]


@fault(
    "ignored.history",
    "Only the last message reaches the model.",
    "body",
    {
        **dict.fromkeys(
            [f"turns.{name}" for name in ("history", "assistant", "assistant_text", "same_role", "system_role")],
            "ignored",
        ),
        "misplaced.unanswered": "ignored",
        "usage.turns": "broken",
    },
    blocks=("turns.*",),
)
def history(call: Call) -> None:
    """Forget what was said before."""
    every = turns_of(call)
    if every and every[-1].get("role") == "user" and not results(call):
        call.body["messages"] = every[-1:]


@fault(
    "ignored.assistant",
    "What the assistant said is dropped.",
    "body",
    {"turns.assistant": "ignored", "turns.assistant_text": "ignored", "misplaced.unanswered": "ignored"},
    blocks=("turns.*",),
)
def assistant(call: Call) -> None:
    """Forget one's own words."""
    every = turns_of(call)
    if every and every[-1].get("role") == "user" and not results(call) and len(every) == len(call.body["messages"]):
        call.body["messages"] = [one for one in every if one.get("role") != "assistant"]


@fault(
    "ignored.assistant_blocks",
    "What the assistant said in blocks is lost.",
    "body",
    {"turns.assistant": "ignored", "turns.prefill": "ignored"},
)
def assistant_blocks(call: Call) -> None:
    """Read strings alone."""
    for content in contents(call, "assistant"):
        for block in content:
            if block.get("type") == "text":
                block["text"] = "?"


@fault("ignored.same_role", "Of two turns of the user the last counts.", "body", {"turns.same_role": "ignored"})
def same_role(call: Call) -> None:
    """Overwrite the first."""
    every = turns_of(call)
    lost = [one for one, following in pairwise(every) if one.get("role") == following.get("role") == "user"]
    if lost and len(every) == len(call.body["messages"]):
        call.body["messages"] = [one for one in every if not any(one is other for other in lost)]


@fault(
    "ignored.first_block",
    "Of a turn's blocks the last counts alone.",
    "body",
    {"turns.blocks": "ignored"},
    blocks=("images.*", "turns.*"),
)
def first_block(call: Call) -> None:
    """Read the last block."""
    for content in contents(call):
        if all(isinstance(block, dict) and block.get("type") == "text" and block.get("text") for block in content):
            del content[:-1]


@fault(
    "ignored.later_blocks",
    "Of a turn's blocks the first counts alone.",
    "body",
    {"turns.blocks": "ignored", "alike.turns": "ignored"},
)
def later_blocks(call: Call) -> None:
    """Read the first block of what is all text."""
    for content in contents(call, "user"):
        if all(isinstance(block, dict) and block.get("type") == "text" and block.get("text") for block in content):
            del content[1:]


@fault("ignored.middle_block", "Of a turn's blocks the first and the last count.", "body", {"turns.blocks": "ignored"})
def middle_block(call: Call) -> None:
    """Read the ends."""
    for content in contents(call):
        if len(content) > 2 and all(isinstance(block, dict) and block.get("type") == "text" for block in content):
            del content[1:-1]


@fault("ignored.prefill", "The beginning of an answer is dropped.", "body", {"turns.prefill": "ignored"})
def prefill(call: Call) -> None:
    """Begin anew."""
    if len(turns_of(call)) > 1 and turns_of(call)[-1].get("role") == "assistant":
        call.body["messages"].pop()


@fault("ignored.system_role", "Messages of the role system are dropped.", "body", {"turns.system_role": "ignored"})
def system_role(call: Call) -> None:
    """Drop what is not known."""
    if turns_of(call):
        kept = [one for one in turns_of(call) if one.get("role") != "system"]
        call.body["messages"] = kept if len(kept) < len(call.body["messages"]) else call.body["messages"]


def _without_pictures(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    return [block for block in content if not (isinstance(block, dict) and block.get("type") == "image")] or "?"


@fault(
    "ignored.image",
    "Pictures are dropped.",
    "body",
    dict.fromkeys([f"images.{name}" for name in ("seen", "unreadable", "media_type", "by_url")], "ignored"),
    blocks=("images.together", "images.several", "images.jpeg", "images.gif", "images.webp"),
)
def image(call: Call) -> None:
    """Look away."""
    for message in turns_of(call):
        message["content"] = _without_pictures(message.get("content"))


@fault(
    "ignored.image_counted",
    "Pictures are counted, and dropped.",
    "answers",
    dict.fromkeys([f"images.{name}" for name in ("seen", "by_url", "in_result")], "ignored"),
    blocks=("images.*",),
)
def image_counted(call: Call) -> None:
    """Look away, and charge for looking."""
    if '"image"' in json.dumps(call.body["messages"]):
        for answer in call.answers:
            answer.text, answer.tokens = "I see no image.", ["I", " see", " no", " image", "."]


@fault("ignored.image_url", "Pictures given by URL are dropped.", "body", {"images.by_url": "ignored"})
def image_url(call: Call) -> None:
    """Fetch nothing."""
    for content in contents(call):
        content[:] = [block for block in content if '"url"' not in json.dumps(block)]


@fault("ignored.bad_image", "What is no picture is passed over.", "body", {"images.unreadable": "ignored"})
def bad_image(call: Call) -> None:
    """Pass over what can't be read."""
    for content in contents(call):
        content[:] = [block for block in content if len(json.dumps(block)) < 1_000_000]


@fault(
    "ignored.result_image",
    "Pictures in results are dropped.",
    "body",
    {"images.in_result": "ignored"},
    blocks=("images.together",),
)
def result_image(call: Call) -> None:
    """Read the text alone."""
    for block in results(call):
        if "content" in block:
            block["content"] = _without_pictures(block["content"])


@fault(
    "ignored.result",
    "Results are dropped.",
    "body",
    {
        "results.arrives": "ignored",
        "results.blocks": "ignored",
        "results.several": "ignored",
        "images.in_result": "ignored",
    },
    blocks=("images.together",),
)
def result(call: Call) -> None:
    """Forget what tools said."""
    for block in results(call):
        block["content"] = "?"


@fault(
    "ignored.result_blocks",
    "Results in blocks are dropped.",
    "body",
    {"results.blocks": "ignored", "images.in_result": "ignored"},
    blocks=("images.together",),
)
def result_blocks(call: Call) -> None:
    """Read strings alone."""
    for block in results(call):
        if isinstance(block.get("content"), list):
            block["content"] = "?"


@fault(
    "ignored.result_rest",
    "Of a result's blocks the first counts alone.",
    "body",
    {"results.blocks": "ignored", "images.in_result": "ignored"},
    blocks=("images.together",),
)
def result_rest(call: Call) -> None:
    """Read the first block."""
    for block in results(call):
        if isinstance(block.get("content"), list):
            del block["content"][1:]


@fault("ignored.second_result", "Of several results the first counts alone.", "body", {"results.several": "ignored"})
def second_result(call: Call) -> None:
    """Read the first result."""
    for block in results(call)[1:]:
        block["content"] = "?"


@fault("ignored.first_result", "Of several results the last counts alone.", "body", {"results.several": "ignored"})
def first_result(call: Call) -> None:
    """Read the last result."""
    for block in results(call)[:-1]:
        block["content"] = "?"


@fault("ignored.is_error", "is_error is dropped.", "body", {"results.is_error": "ignored"})
def is_error(call: Call) -> None:
    """Take failures for successes."""
    for block in results(call):
        block.pop("is_error", None)


@fault(
    "ignored.stop_sequences",
    "stop_sequences is dropped.",
    "body",
    {"stops.honoured": "ignored", "stops.stream": "ignored", "mistakes.stop_type": "ignored"},
    blocks=("stops.*",),
)
def stop_sequences(call: Call) -> None:
    """Go on."""
    call.body.pop("stop_sequences", None)


@fault(
    "ignored.stop_first",
    "Only the first of several stop sequences counts.",
    "body",
    {"stops.honoured": "ignored"},
    blocks=("stops.*",),
)
def stop_first(call: Call) -> None:
    """Stop at one alone."""
    if isinstance(call.body.get("stop_sequences"), list):
        del call.body["stop_sequences"][1:]


@fault(
    "ignored.stop_stream", "Streams don't stop.", "body", {"stops.stream": "ignored"}, blocks=("stops.stream_reason",)
)
def stop_stream(call: Call) -> None:
    """Go on."""
    if call.body.get("stream"):
        call.body.pop("stop_sequences", None)


@fault(
    "ignored.max_tokens",
    "max_tokens is dropped.",
    "body",
    {
        "limits.honoured": "ignored",
        "limits.stream_honoured": "ignored",
        "limits.not_negative": "ignored",
    },
    blocks=("limits.*", "alike.cut"),
)
def max_tokens(call: Call) -> None:
    """Speak on."""
    if "max_tokens" in call.body:
        call.body["max_tokens"] = 8000


@fault(
    "ignored.max_tokens_stream",
    "max_tokens is dropped in streams.",
    "body",
    {"limits.stream_honoured": "ignored"},
    blocks=("limits.*", "alike.cut"),
)
def max_tokens_stream(call: Call) -> None:
    """Speak on."""
    if call.body.get("stream") and "max_tokens" in call.body:
        call.body["max_tokens"] = 8000


@fault("ignored.thinking", "thinking is dropped.", "body", {"thinking.shown": "ignored"}, blocks=("thinking.*",))
def thinking(call: Call) -> None:
    """Don't think."""
    call.body.pop("thinking", None)


@fault(
    "ignored.thinking_off",
    "The model thinks although it shouldn't.",
    "body",
    {"thinking.off": "ignored"},
    blocks=("thinking.*",),
)
def thinking_off(call: Call) -> None:
    """Think anyway."""
    if isinstance(call.body.get("thinking"), dict) and call.body["thinking"].get("type") == "disabled":
        call.body["thinking"] = {"type": "enabled", "budget_tokens": 1024}


@fault(
    "ignored.system_stream",
    "In streams, the system prompt is dropped.",
    "body",
    {"alike.system": "ignored", "stream.same_conversation": "broken"},
    blocks=("system.beside_tools",),
)
def system_stream(call: Call) -> None:
    """Forget the system prompt."""
    if call.body.get("stream"):
        call.body.pop("system", None)


@fault(
    "ignored.second_image",
    "Of several pictures the first counts alone.",
    "body",
    {"images.several": "ignored"},
    blocks=("images.together",),
)
def second_image(call: Call) -> None:
    """Look at one."""
    for content in contents(call):
        pictures = [block for block in content if isinstance(block, dict) and block.get("type") == "image"]
        for block in pictures[1:]:
            content.remove(block)
