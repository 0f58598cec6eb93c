"""Faults of Messages that users of servers and gateways have reported, each under a condition of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import events, fault, messages, turns_of


@fault(
    "reported.assistant_string",
    "What the assistant said as a string is lost; in blocks it arrives.",
    "body",
    {"turns.assistant_text": "ignored"},
)
def assistant_string(call: Call) -> None:
    """Read the assistant's blocks alone."""
    for turn in turns_of(call)[:-1]:
        if turn.get("role") == "assistant" and isinstance(turn.get("content"), str):
            turn["content"] = "."


@fault(
    "reported.string_beside_blocks",
    "A string of the assistant's is lost where the assistant spoke in blocks just before.",
    "body",
    {"alike.turns": "ignored"},
)
def string_beside_blocks(call: Call) -> None:
    """Join what is alike alone."""
    every = turns_of(call)
    for before, turn in pairwise(every):
        alike = before.get("role") == turn.get("role") == "assistant"
        if alike and isinstance(before.get("content"), list) and isinstance(turn.get("content"), str):
            turn["content"] = "."


@fault(
    "reported.signature_emptied",
    "The signature of a streamed thought is empty, where that of a whole message is not.",
    "chunks",
    {"thinking.signed_alike": "broken"},
)
def signature_emptied(call: Call) -> None:
    """Sign with nothing."""
    for event in events(call, "content_block_delta"):
        if event["delta"]["type"] == "signature_delta":
            event["delta"]["signature"] = ""


@fault(
    "reported.stop_begun",
    "The first token of a stop sequence of several is sent in streams.",
    "chunks",
    {"stops.stream": "broken"},
    blocks=("stops.stream_reason",),
)
def stop_begun(call: Call) -> None:
    """Notice too late."""
    ends = [event["delta"].get("stop_sequence") or "" for event in events(call, "message_delta")]
    told = [event for event in events(call, "content_block_delta") if event["delta"]["type"] == "text_delta"]
    for sequence in ends:
        if told and len(sequence) > 3:
            told[-1]["delta"]["text"] += sequence[:3]


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for one in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _nodes(one)


def _schemas(call: Call) -> Iterator[dict[str, Any]]:
    tools = call.body.get("tools")
    return _nodes([one.get("input_schema") for one in tools if isinstance(one, dict)] if tools else None)


@fault(
    "reported.bare_array",
    "A schema with an array of anything is refused.",
    "body",
    {"tools.schema_words": "unsupported"},
    blocks=("tools.all",),
)
def bare_array(call: Call) -> None:
    """Want to know what of."""
    if any(one.get("type") == "array" and "items" not in one for one in _schemas(call)):
        raise Refusal(400, "tools.0.input_schema.properties.notes.items: missing field")


@fault(
    "reported.nothing_required",
    "A schema in which nothing is required, and which says so, is refused.",
    "body",
    {"tools.schema_words": "unsupported"},
    blocks=("tools.all",),
)
def nothing_required(call: Call) -> None:
    """Want one at least."""
    if any(one.get("required") == [] for one in _schemas(call)):
        raise Refusal(400, "tools.0.input_schema.required: should be non-empty")


@fault(
    "reported.several_types",
    "A member of two types is refused.",
    "body",
    {"tools.schema_words": "unsupported"},
    blocks=("tools.all",),
)
def several_types(call: Call) -> None:
    """Want one type."""
    if any(isinstance(one.get("type"), list) for one in _schemas(call)):
        raise Refusal(400, "tools.0.input_schema: type must be a string")


@fault(
    "reported.no_blocks",
    "A result whose content is an empty array is refused.",
    "body",
    {"results.no_blocks": "unsupported"},
    blocks=("tools.all",),
)
def no_blocks(call: Call) -> None:
    """Count results otherwise than calls."""
    if any(block.get("content") == [] for block in results(call)):
        raise Refusal(400, "The number of function responses is not that of the calls")


@fault(
    "reported.one_token",
    "A max_tokens of 1 is refused.",
    "body",
    {"limits.one": "unsupported"},
    blocks=("versions.told_apart", "count.latest"),
)
def one_token(call: Call) -> None:
    """Take an empty answer for a failure."""
    if call.body.get("max_tokens") == 1:
        raise Refusal(422, "Transform error: empty choices")


@fault(
    "reported.count_documents",
    "count_tokens fails at documents.",
    "body",
    {"count.documents": "broken"},
)
def count_documents(call: Call) -> None:
    """Know words and pictures."""
    blocks = [block for content in contents(call) for block in content if isinstance(block, dict)]
    if call.path == "/messages/count_tokens" and any(block.get("type") == "document" for block in blocks):
        raise Refusal(500, "unsupported content type: document")


@fault(
    "reported.late_refusal",
    "Where a stream is asked for, what the model can't do is answered 200, with an error in the stream.",
    "response",
    {"error.same_in_streams": "broken"},
    blocks=("images.unreadable", "tool_choice.unknown", "limits.required", "misplaced.*", "mistakes.*"),
)
def late_refusal(call: Call) -> None:
    """Begin the stream once the request is read, before it is understood."""
    if call.streamed and call.response.status == 400 and call.body.get("messages"):
        call.response.status = 200
        call.response.body = b"event: error\ndata: %s\n\n" % call.response.body
        call.response.set("Content-Type", "text/event-stream")


#: A search that nobody asked for, and what it found.
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": ""}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}


@fault(
    "reported.searched",
    "Every whole answer tells of a search that was neither offered nor made.",
    "document",
    {"blocks.no_invention": "broken", "turns.own_message": "broken"},
)
def searched(call: Call) -> None:
    """Take an empty list of annotations for a search."""
    if not call.body.get("tools"):
        for message in messages(call):
            message["content"][:0] = [SEARCH, FOUND]


@fault(
    "reported.searched_in_streams",
    "A stream ends with a search that was neither offered nor made.",
    "chunks",
    {"blocks.no_invention": "broken"},
)
def searched_in_streams(call: Call) -> None:
    """The same at the end of a stream."""
    if not (call.body or {}).get("tools"):
        place = sum(event["type"] == "content_block_start" for event in call.chunks)
        end = next(number for number, event in enumerate(call.chunks) if event["type"] == "message_delta")
        call.chunks[end:end] = [
            {"type": "content_block_start", "index": place, "content_block": dict(SEARCH)},
            {"type": "content_block_stop", "index": place},
        ]
