"""Faults of single events: members missing, mistyped, or saying something else."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import GONE, events, fault, placed

START, DELTA, STOP = "content_block_start", "content_block_delta", "content_block_stop"
ALL = ("*",)

#: Name, what, type of event, place, value, the cell it turns, the cells it blocks.
PLACES: tuple[tuple[str, str, str, str, Any, str, tuple[str, ...]], ...] = (
    ("start_no_message", "message_start holds no message.", "message_start", "message", GONE, "start_shape", ALL),
    (
        "start_no_id",
        "The message of a start has no id.",
        "message_start",
        "message/id",
        GONE,
        "start_shape",
        ("stream.unique_id",),
    ),
    ("start_no_role", "The message of a start has no role.", "message_start", "message/role", GONE, "start_shape", ()),
    ("start_type", "The message of a start is none.", "message_start", "message/type", "chunk", "start_shape", ()),
    ("start_no_model", "A start names no model.", "message_start", "message/model", GONE, "start_shape", ALL),
    ("start_no_content", "A start has no content.", "message_start", "message/content", GONE, "start_content", ()),
    ("start_content_null", "A start's content is null.", "message_start", "message/content", None, "start_content", ()),
    (
        "start_content_full",
        "A start has content.",
        "message_start",
        "message/content",
        [{"type": "text", "text": ""}],
        "start_content",
        (),
    ),
    ("start_no_usage", "A start has no usage.", "message_start", "message/usage", GONE, "start_usage", ALL),
    ("start_usage_null", "A start's usage is null.", "message_start", "message/usage", None, "start_usage", ALL),
    (
        "start_no_output",
        "A start counts no output.",
        "message_start",
        "message/usage/output_tokens",
        GONE,
        "start_usage",
        ALL,
    ),
    ("start_stops", "A start has a stop_reason.", "message_start", "message/stop_reason", "end_turn", "start_stop", ()),
    ("index_missing", "Deltas have no index.", DELTA, "index", GONE, "index", ALL),
    ("index_text", "Indexes of deltas are text.", DELTA, "index", str, "index", ALL),
    ("stop_index_null", "The index of an end is null.", STOP, "index", None, "index", ALL),
    ("block_missing", "content_block_start holds no block.", START, "content_block", GONE, "block", ALL),
    ("block_typeless", "A block begins without a type.", START, "content_block/type", GONE, "block", ALL),
    ("block_no_text", "A block of text begins without text.", START, "content_block/text", GONE, "block", ALL),
    ("block_text_null", "A block of text begins with null.", START, "content_block/text", None, "block", ALL),
    ("call_no_id", "A call begins without an id.", START, "content_block/id", GONE, "block", ALL),
    ("call_no_name", "A call begins without a name.", START, "content_block/name", GONE, "block", ALL),
    ("call_input_null", "A call begins with null for its input.", START, "content_block/input", None, "block", ALL),
    ("call_input_text", "A call begins with text for its input.", START, "content_block/input", "", "block", ALL),
    ("thought_full", "A thought begins with its first word.", START, "content_block/thinking", "So", "empty_text", ()),
    ("delta_missing", "content_block_delta holds no delta.", DELTA, "delta", GONE, "delta", ALL),
    ("delta_typeless", "Deltas have no type.", DELTA, "delta/type", GONE, "delta", ALL),
    ("delta_text_missing", "A delta of text has none.", DELTA, "delta/text", GONE, "delta", ALL),
    ("delta_text_null", "A delta's text is null.", DELTA, "delta/text", None, "delta", ALL),
    (
        "delta_text_object",
        "A delta's text is an object.",
        DELTA,
        "delta/text",
        lambda old: {"value": old},
        "delta",
        ALL,
    ),
    ("input_object", "A delta's partial_json is an object.", DELTA, "delta/partial_json", {}, "delta", ALL),
    (
        "end_openai",
        "A stream stops with OpenAI's stop.",
        "message_delta",
        "delta/stop_reason",
        "stop",
        "end_shape",
        ALL,
    ),
    ("end_null", "No message_delta tells the stop_reason.", "message_delta", "delta/stop_reason", None, "end", ALL),
    ("end_no_reason", "No message_delta has a stop_reason.", "message_delta", "delta/stop_reason", GONE, "end", ALL),
    ("end_no_usage", "A message_delta has no usage.", "message_delta", "usage", GONE, "end_usage", ALL),
    ("end_usage_null", "A message_delta's usage is null.", "message_delta", "usage", None, "end_usage", ALL),
    (
        "end_no_output",
        "A message_delta counts no output.",
        "message_delta",
        "usage/output_tokens",
        GONE,
        "end_usage",
        ALL,
    ),
    (
        "end_output_text",
        "A message_delta counts in text.",
        "message_delta",
        "usage/output_tokens",
        str,
        "end_usage",
        ALL,
    ),
    ("type_missing", "Ends have no type.", "message_stop", "type", GONE, "typed", ALL),
)

for _name, _what, _kind, _place, _value, _cell, _blocks in PLACES:
    fault(f"stream.{_name}", _what, "chunks", {f"stream.{_cell}": "broken"}, blocks=_blocks)(
        placed(_kind, _place, _value)
    )


@fault(
    "stream.text_begun",
    "A block of text begins with its first piece, and the deltas bring the rest.",
    "chunks",
    {"stream.empty_text": "broken"},
)
def text_begun(call: Call) -> None:
    """Open the block with what is there."""
    _begun(call, 1)


@fault(
    "stream.text_full",
    "A block of text begins with its first piece, and the deltas bring it, too.",
    "chunks",
    {"stream.empty_text": "broken"},
)
def text_full(call: Call) -> None:
    """Open the block with what is there, and go on from the start."""
    _begun(call, 1, again=True)


@fault(
    "stream.text_at_once",
    "A block of text begins with all of it, and no delta comes.",
    "chunks",
    {"stream.empty_text": "broken"},
    blocks=("stream.pieces", "stream.fragments"),
)
def text_at_once(call: Call) -> None:
    """Open the block when it is over."""
    _begun(call, None)


def _begun(call: Call, pieces: int | None, again: bool = False) -> None:
    for start in events(call, START):
        if start["content_block"]["type"] == "text":
            every = [one for one in events(call, DELTA) if one["index"] == start["index"]][:pieces]
            start["content_block"]["text"] = "".join(one["delta"]["text"] for one in every)
            call.chunks[:] = [event for event in call.chunks if again or not any(event is one for one in every)]


@fault(
    "stream.input_begun",
    "A call begins with its input, and no delta comes.",
    "chunks",
    {"stream.empty_input": "broken"},
)
def input_begun(call: Call) -> None:
    """Open the block when it is over."""
    _filled(call)


@fault(
    "stream.input_full",
    "A call begins with its input, and the deltas bring it, too.",
    "chunks",
    {"stream.empty_input": "broken"},
)
def input_full(call: Call) -> None:
    """Open the block when it is over, and fill it nevertheless."""
    _filled(call, again=True)


def _filled(call: Call, again: bool = False) -> None:
    for start in events(call, START):
        if start["content_block"]["type"] == "tool_use":
            every = [one for one in events(call, DELTA) if one["index"] == start["index"]]
            start["content_block"]["input"] = json.loads("".join(one["delta"]["partial_json"] for one in every) or "{}")
            call.chunks[:] = [event for event in call.chunks if again or not any(event is one for one in every)]


@fault("stream.two_texts", "Words are streamed in two blocks.", "chunks", {"stream.one_text": "broken"})
def two_texts(call: Call) -> None:
    """Begin another block for the rest."""
    kinds = [event["content_block"]["type"] for event in events(call, "content_block_start")]
    words = [event for event in events(call, "content_block_delta") if event["delta"]["type"] == "text_delta"]
    if kinds != ["text"] or len(words) < 4:
        return
    place = next(n for n, event in enumerate(call.chunks) if event is words[2])
    for event in call.chunks[place:]:
        if "index" in event:
            event["index"] = 1
    call.chunks[place:place] = [
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    ]
