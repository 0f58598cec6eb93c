"""Faults of things that are honoured by half: among others, beyond a number, or only where nothing marks them."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import fault, turns_of


@fault("ignored.kept_blocks", "Blocks with cache_control are dropped.", "body", {"parameters.kept_arrives": "ignored"})
def kept_blocks(call: Call) -> None:
    """Have them in the cache already, one would think."""
    for content in (call.body.get("system"), *contents(call)):
        if isinstance(content, list):
            content[:] = [block for block in content if "cache_control" not in block] or content


@fault(
    "ignored.error_words",
    "What a result says is dropped where it is marked as an error.",
    "body",
    {"results.error_words": "ignored"},
)
def error_words(call: Call) -> None:
    """Pass on that it failed."""
    for block in results(call):
        if block.get("is_error"):
            block["content"] = ""


@fault(
    "ignored.fifth_stop",
    "Stop sequences beyond the fourth are dropped.",
    "body",
    {"stops.honoured": "ignored"},
    blocks=("stops.*",),
)
def fifth_stop(call: Call) -> None:
    """Keep four."""
    if isinstance(call.body.get("stop_sequences"), list):
        del call.body["stop_sequences"][4:]


@fault(
    "ignored.stops_beside_tools",
    "Where there are tools, stop_sequences is dropped.",
    "body",
    {"stops.honoured": "ignored"},
    blocks=("stops.*",),
)
def stops_beside_tools(call: Call) -> None:
    """Look for calls alone."""
    if call.body.get("tools"):
        call.body.pop("stop_sequences", None)


@fault(
    "ignored.limit_beside_tools",
    "Where there are tools, streams have no limit.",
    "body",
    {"limits.stream_honoured": "ignored"},
    blocks=("limits.*", "alike.cut"),
)
def limit_beside_tools(call: Call) -> None:
    """Let calls be as long as they are."""
    if call.streamed and call.body.get("tools") and isinstance(call.body.get("max_tokens"), int):
        call.body["max_tokens"] = 8000


@fault(
    "ignored.written_blocks",
    "A turn's blocks are read as they are written.",
    "body",
    {"usage.block": "broken", "turns.prefill": "ignored", "letters.alike": "broken"},
)
def written_blocks(call: Call) -> None:
    """Write an array as text."""
    for message in turns_of(call):
        content = message.get("content")
        if isinstance(content, list) and all(
            isinstance(one, dict) and one.get("type") == "text" and one.get("text") for one in content
        ):
            message["content"] = str(content)


@fault(
    "together.history_of_calls",
    "Once a tool has answered, all is dropped that came before the turn that led to the call.",
    "body",
    {"turns.together": "ignored"},
)
def history_of_calls(call: Call) -> None:
    """Keep what belongs to the call."""
    every = turns_of(call)
    first = next((place for place, turn in enumerate(every) if _holds(turn, "tool_use")), 0) if results(call) else 0
    while first and every[first - 1].get("role") == "user":
        first -= 1
    if first and every[first - 1].get("role") == "assistant":
        del call.body["messages"][:first]


def _holds(turn: dict[str, Any], kind: str) -> bool:
    """Whether a turn holds a block of a type."""
    content = turn.get("content")
    return isinstance(content, list) and any(isinstance(one, dict) and one.get("type") == kind for one in content)


@fault(
    "ignored.later_texts",
    "Of the texts of a user's turn the first is read, also where pictures stand between them.",
    "body",
    {"turns.blocks": "ignored", "alike.turns": "ignored", "mistakes.empty_text": "ignored"},
    blocks=("images.*",),
)
def later_texts(call: Call) -> None:
    """Look for the text of a turn."""
    for turn in turns_of(call):
        if turn.get("role") == "user" and _holds(turn, "text") and not _holds(turn, "tool_result"):
            texts = [block for block in turn["content"] if block.get("type") == "text"]
            turn["content"] = [block for block in turn["content"] if block not in texts[1:]]


@fault(
    "ignored.limit_of_calls",
    "Where there are tools, whole answers have no limit.",
    "body",
    {"limits.cut_call": "ignored"},
)
def limit_of_calls(call: Call) -> None:
    """Let calls be as long as they are."""
    if not call.streamed and call.body.get("tools") and isinstance(call.body.get("max_tokens"), int):
        call.body["max_tokens"] = 8000


@fault(
    "ignored.tools_beside_system",
    "Beside a system prompt, tools are dropped.",
    "body",
    {"tool_choice.named_stream": "ignored"},
    blocks=("tools.*",),
)
def tools_beside_system(call: Call) -> None:
    """Follow orders alone."""
    if call.body.get("system") and call.body.get("tools"):
        call.body["tools"] = []
        call.body.pop("tool_choice", None)


@fault(
    "ignored.system_blocks_in_streams",
    "In streams, the first block of the system prompt is read.",
    "body",
    {"alike.system": "ignored"},
    blocks=("turns.*", "system.*", "stream.same_conversation"),
)
def system_blocks_in_streams(call: Call) -> None:
    """Hear how it begins."""
    if call.streamed and isinstance(call.body.get("system"), list):
        del call.body["system"][1:]


@fault("stream.calls_free", "Streams count no tokens of calls.", "chunks", {"stream.end_output": "broken"})
def calls_free(call: Call) -> None:
    """Count words."""
    if any(event.get("content_block", {}).get("type") == "tool_use" for event in call.chunks):
        for event in call.chunks:
            if event.get("type") in ("message_start", "message_delta"):
                event.get("message", event)["usage"]["output_tokens"] = 0
