"""Reading messages and streams: what most checks look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from samewire import Blocked, Exchange, seen

from ..chat.reading import is_call, markup, parsed, refused, unread
from .preflight import offered

__all__ = [
    "EVENT",
    "MESSAGE",
    "assembled",
    "begun",
    "blocks",
    "calls",
    "deltas",
    "ended",
    "events",
    "fields",
    "grown",
    "is_call",
    "markup",
    "message",
    "parsed",
    "refused",
    "returned",
    "spoken",
    "stream_reason",
    "streamed_calls",
    "streamed_words",
    "taken",
    "thinks",
    "words",
]

MESSAGE, EVENT = "messages/message", "messages/event"
#: Events of which any number may come anywhere.
PING = "ping"
#: Deltas that belong to other blocks than calls.
OTHER = ("text_delta", "thinking_delta", "signature_delta")


def fields(exchange: Exchange, *places: str, but: tuple[str, ...] = ()) -> None:
    """Say *broken* if a message violates its schema at or below these places; other answers are set aside."""
    seen(exchange.request.path == "messages", "this is no message")
    offered(exchange)
    exchange.conforms(MESSAGE, *places, but=but)


def message(exchange: Exchange) -> Any:
    """The message that an accepted request got."""
    seen(exchange.request.path.split("?")[0] == "messages", "this is no message")
    offered(exchange)
    return exchange.accepted().body_as(MESSAGE)


def blocks(exchange: Exchange, kind: str = "") -> list[Any]:
    """The blocks of a message's content, or those of one type."""
    return [block for block in message(exchange)["content"] if not kind or block["type"] == kind]


def returned(exchange: Exchange) -> list[dict[str, Any]]:
    """The blocks of a message as they are sent back.

    Raises:
        Blocked: one of them violates its schema, which has a cell of its own.
    """
    own = blocks(exchange)
    for block in own:
        for name in ("type", "text", "id", "name", "input", "thinking", "signature", "data"):
            block.get(name)
    seen(own, "the message holds nothing")
    return [dict(block) for block in own]


def words(exchange: Exchange) -> str:
    """What a message says; empty if it says nothing."""
    return "".join(block["text"] for block in blocks(exchange, "text"))


def thinks(exchange: Exchange) -> bool:
    """Whether a message holds thoughts."""
    return any(block["type"] in ("thinking", "redacted_thinking") for block in blocks(exchange))


def calls(exchange: Exchange) -> list[Any]:
    """The calls of tools in a message.

    Raises:
        Blocked: they stand in the text, which has a cell of its own.
    """
    made = blocks(exchange, "tool_use")
    if not made and unread(words(exchange)):
        raise Blocked("a call stands in the text", cause="markup")
    return made


def _count(usage: Any, *names: str) -> int | None:
    """The sum of some counts as they came; None if the first isn't counted at all."""
    found = [usage.get(name) for name in names] if isinstance(usage, dict) else [None]
    if not isinstance(found[0], int):
        return None
    return sum(count for count in found if isinstance(count, int))


def _usage(exchange: Exchange) -> Any:
    if exchange.request.streamed:
        values = [value for value, _ in exchange.payloads() if isinstance(value, dict)]
        return next((_usage_of(value.get("message")) for value in values if value.get("type") == "message_start"), None)
    return _usage_of(exchange.raw_json)


def _usage_of(body: Any) -> Any:
    return body.get("usage") if isinstance(body, dict) else None


INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def taken(exchange: Exchange) -> int | None:
    """All the input tokens that a message or the start of a stream counts, cached or not; None if it counts none."""
    return _count(_usage(exchange), *INPUT) or None


def spoken(exchange: Exchange) -> int | None:
    """The output tokens that a message counts; None if they aren't counted."""
    return _count(_usage(exchange), "output_tokens")


def events(exchange: Exchange) -> list[Any]:
    """The events of the stream that an accepted request got, pings left out.

    Raises:
        Blocked: there is none, which has a cell of its own.
    """
    if exchange.ok and exchange.stream_error is not None and exchange.chunk_count:
        raise Blocked("the stream broke off with an error", cause="broken off")
    every = [event for event in exchange.accepted().stream_of(EVENT) if event["type"] != PING]
    if not every:
        raise Blocked("no event of a message came", cause="empty stream")
    return every


def deltas(exchange: Exchange, kind: str) -> Iterator[Any]:
    """The deltas of one type, in the order they came."""
    for event in events(exchange):
        if event["type"] == "content_block_delta" and event["delta"]["type"] == kind:
            yield event["delta"]


def begun(head: Any, member: str) -> Any:
    """What a block begins with, where it is to be empty: that has a check of its own, and clients go on from there."""
    # Not to be stopped where it violates the schema, which has a check of its own, too.
    return dict.get(head, member) if isinstance(head, dict) else None


def streamed_words(exchange: Exchange) -> str:
    """What a stream says, put together."""
    pieces = [["", ""]]
    for event in events(exchange):
        if event["type"] == "content_block_start" and (first := begun(event.get("content_block"), "text")):
            pieces.append([str(first), ""])
        elif event["type"] == "content_block_delta" and event["delta"]["type"] == "text_delta":
            pieces[-1][1] += event["delta"]["text"]
    return grown(pieces)


def grown(pieces: list[list[str]]) -> str:
    """What was said, of blocks that begin with words and go on with more: some go on with all of it once more."""
    return "".join(said if said.startswith(first) else first + said for first, said in pieces)


def assembled(exchange: Exchange) -> list[tuple[Any, list[Any]]]:
    """The blocks of a stream: each as it began, and its deltas.

    Raises:
        Blocked: they can't be told apart, which has cells of its own.
    """
    found: dict[int, tuple[Any, list[Any]]] = {}
    for event in events(exchange):
        if event["type"] == "content_block_start":
            if event["index"] in found:
                raise Blocked("two blocks share an index", cause="block order")
            found[event["index"]] = (event["content_block"], [])
        elif event["type"] == "content_block_delta":
            if event["index"] not in found:
                raise Blocked("a delta comes for a block that did not begin", cause="block order")
            found[event["index"]][1].append(event["delta"])
    return list(found.values())


def streamed_calls(exchange: Exchange) -> list[tuple[Any, str]]:
    """The calls of tools in a stream: the block as it began, and its input as text."""
    made = [(head, parts) for head, parts in assembled(exchange) if head["type"] == "tool_use"]
    if any(part["type"] in OTHER for _, parts in made for part in parts):
        raise Blocked("deltas of another kind come for a call", cause="delta kinds")
    pieces = [[part["partial_json"] for part in parts if part["type"] == "input_json_delta"] for _, parts in made]
    return [(head, "".join(said) or first_input(head)) for (head, _), said in zip(made, pieces, strict=True)]


def first_input(head: Any) -> str:
    """The input that a call begins with; empty if it begins with none, as it should."""
    given = begun(head, "input")
    return json.dumps(given) if isinstance(given, dict) and given else ""


def ended(exchange: Exchange) -> Any:
    """The last `message_delta` of a stream.

    Raises:
        Blocked: there is none, which has a cell of its own.
    """
    found = [event for event in events(exchange) if event["type"] == "message_delta"]
    if not found:
        raise Blocked("the stream has no message_delta", cause="unfinished stream")
    return found[-1]


def stream_reason(exchange: Exchange) -> str:
    """Why a stream says that it stops.

    Raises:
        Blocked: it doesn't say, which has a cell of its own.
    """
    reason = ended(exchange)["delta"].get("stop_reason")
    if reason is None:
        raise Blocked("the stream tells no stop_reason", cause="no stop_reason")
    return str(reason)
