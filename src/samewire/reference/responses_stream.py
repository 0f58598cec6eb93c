"""A response as the events of a stream, in OpenAI's order."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call

__all__ = ["events", "numbered"]

#: Type of a call → the events of its text, and where the text stands.
CALLS = {
    "function_call": ("response.function_call_arguments", "arguments"),
    "custom_tool_call": ("response.custom_tool_call_input", "input"),
}


def events(call: Call, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of the stream that ends with this response."""
    begun = {**document, "status": "in_progress", "completed_at": None, "incomplete_details": None, "usage": None}
    begun["output"] = []
    made: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(document["output"]):
        made += _item(index, item)
    made.append({"type": f"response.{document['status']}", "response": document})
    veiled = (call.body.get("stream_options") or {}).get("include_obfuscation") is not False
    for event in made if veiled else ():
        if event["type"].endswith(".delta"):
            event["obfuscation"] = secrets.token_urlsafe(12)[: 4 + len(event["delta"]) % 7]
    return numbered(json.loads(json.dumps(made)))


def numbered(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events with their numbers, from 0."""
    return [{"type": event["type"], "sequence_number": place, **event} for place, event in enumerate(made)]


def _item(index: int, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    at = {"item_id": item["id"], "output_index": index}
    if item["type"] == "message":
        head = {**item, "status": "in_progress", "content": []}
    elif item["type"] in CALLS:
        head = {**item, "status": "in_progress", CALLS[item["type"]][1]: ""}
    else:
        head = {**item, "summary": []}
    yield {"type": "response.output_item.added", "output_index": index, "item": head}
    if item["type"] == "message":
        for place, part in enumerate(item["content"]):
            yield from _part({**at, "content_index": place}, part)
    elif item["type"] in CALLS:
        name, key = CALLS[item["type"]]
        for piece in tokens.tokenize(item[key]):
            yield {"type": f"{name}.delta", **at, "delta": piece}
        yield {"type": f"{name}.done", **at, key: item[key], **({"name": item["name"]} if key == "arguments" else {})}
    else:
        for place, part in enumerate(item["summary"]):
            yield from _summary({**at, "summary_index": place}, part)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part(at: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "response.content_part.added", **at, "part": {**part, "text": "", "logprobs": []}}
    likely = part["logprobs"]
    for place, piece in enumerate(tokens.tokenize(part["text"])):
        logprobs = likely[place : place + 1]
        yield {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": logprobs}
    yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": likely}
    yield {"type": "response.content_part.done", **at, "part": part}


def _summary(at: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"type": "response.reasoning_summary_part.added", **at, "part": {**part, "text": ""}}
    for piece in tokens.tokenize(part["text"]):
        yield {"type": "response.reasoning_summary_text.delta", **at, "delta": piece}
    yield {"type": "response.reasoning_summary_text.done", **at, "text": part["text"]}
    yield {"type": "response.reasoning_summary_part.done", **at, "part": part}
