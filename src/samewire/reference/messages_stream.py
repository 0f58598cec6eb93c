"""A message as the events of its stream."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.server import HttpResponse

__all__ = ["events", "streamed"]


def events(document: dict[str, Any], pieces: list[str]) -> list[dict[str, Any]]:
    """The events of a message.

    Args:
        document: the whole message.
        pieces: the tokens of its text.
    """
    usage = document["usage"]
    start: dict[str, Any] = {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    made: list[dict[str, Any]] = [{"type": "message_start", "message": {**document, **start}}]
    for index, block in enumerate(document["content"]):
        empty, deltas = _block(block, pieces)
        made.append({"type": "content_block_start", "index": index, "content_block": empty})
        if index == 0:
            made.append({"type": "ping"})
        made += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        made.append({"type": "content_block_stop", "index": index})
    end = {name: document[name] for name in ("stop_reason", "stop_sequence")}
    counted = {name: count for name, count in usage.items() if name.endswith("_tokens")}
    made.append({"type": "message_delta", "delta": end, "usage": counted})
    made.append({"type": "message_stop"})
    return made


def _block(block: dict[str, Any], pieces: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block as it begins, and the deltas that fill it."""
    if block["type"] == "text":
        return {**block, "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces]
    if block["type"] == "thinking":
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in tokens.tokenize(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
        return {**block, "thinking": "", "signature": ""}, deltas
    written = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
    parts = ["", *tokens.tokenize(written)]
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": part} for part in parts]


def streamed(reference: Any, call: Call) -> None:
    """Answer with the events of a call."""
    reference.at("chunks", call)
    call.events = [
        b"event: %s\ndata: %s\n\n" % (str(event.get("type", "message_stop")).encode(), _json(event))
        for event in call.chunks
    ]
    reference.at("events", call)
    kind = ("Content-Type", "text/event-stream; charset=utf-8")
    call.response = HttpResponse(200, [kind, ("Cache-Control", "no-cache")], reference.paced(call))


def _json(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
