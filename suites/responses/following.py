"""Following a stream: its events, what belongs to which item, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from samewire import Blocked, Exchange

from .preflight import TERMINAL

EVENT = "responses/event"
LIFECYCLE = (*(f"response.{word}" for word in ("created", "queued", "in_progress")), *TERMINAL)
ADDED, DONE = "response.output_item.added", "response.output_item.done"
PART_ADDED, PART_DONE = "response.content_part.added", "response.content_part.done"
TEXT, TEXT_DONE = "response.output_text.delta", "response.output_text.done"
ARGUMENTS, ARGUMENTS_DONE = "response.function_call_arguments.delta", "response.function_call_arguments.done"
INPUT, INPUT_DONE = "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done"
FAILED = "response.failed"
SUMMARY = "response.reasoning_summary_"
THOUGHT, THOUGHT_DONE = "response.reasoning_text.delta", "response.reasoning_text.done"
#: Events that belong to a part of a message.
OF_PARTS = (TEXT, TEXT_DONE, PART_DONE, "response.refusal.delta", "response.refusal.done")
#: Events of which an item, part or text has one each.
ONCE = (ADDED, DONE, PART_ADDED, PART_DONE, TEXT_DONE, ARGUMENTS_DONE, INPUT_DONE)


def events(exchange: Exchange) -> list[Any]:
    """The events of the stream that an accepted request got.

    Raises:
        Blocked: none of them is one of this protocol's, or an error broke the stream off; both have cells of their own.
    """
    if broken_off(exchange) is not None:
        raise Blocked("an error broke the stream off", cause="failed stream")
    every = list(exchange.accepted().stream_of(EVENT))
    if not any(str(event["type"]).startswith("response.") for event in every):
        raise Blocked("no event of a response came", cause="empty stream")
    return every


def broken_off(exchange: Exchange) -> Any:
    """The error that came in a stream, whatever its shape, or None."""
    for value, _ in exchange.payloads() if exchange.ok else ():
        if isinstance(value, dict) and (value.get("type") == "error" or value.get("error")):
            return value
    return None


def finished(exchange: Exchange) -> list[Any]:
    """The events of a stream up to the one that ends it.

    Raises:
        Blocked: it breaks off without an end, or fails, which has cells of its own.
    """
    every = events(exchange)
    places = [place for place, event in enumerate(every) if event["type"] in TERMINAL]
    if not places:
        raise Blocked("the stream breaks off", cause="unfinished stream")
    if every[places[0]]["type"] == FAILED:
        raise Blocked("the response failed", cause="failed stream")
    return every[: places[0] + 1]


def final(exchange: Exchange) -> Any:
    """The response that a stream ends with."""
    return finished(exchange)[-1]["response"]


def of(every: Iterable[Any], *types: str) -> list[Any]:
    """The events of these types."""
    return [event for event in every if event["type"] in types]


def apart(every: Iterable[Any]) -> None:
    """Make sure that the items of a stream can be told apart.

    Raises:
        Blocked: none is ever added, or two are added at one place, which has cells of its own.
    """
    added = {(event["output_index"], event["item"].get("id"), event["item"]["type"]) for event in of(every, ADDED)}
    if not added and any(event.get("output_index") is not None for event in every):
        raise Blocked("no item is ever added", cause="check:responses.stream.added_first")
    if len({place for place, *_ in added}) < len(added):
        raise Blocked("two items are added at one place", cause="check:responses.stream.once")


def agreed(every: Iterable[Any]) -> None:
    """Make sure that the events of an item name it alike, by its place and by its id.

    Raises:
        Blocked: some name one item by their place and another by their id, which has a cell of its own.
    """
    added = of(every, ADDED)
    own = {event["item"].get("id"): event["output_index"] for event in added}
    # One without an id has a cell of its own.
    both = [one for one in every if "item_id" in one and "output_index" in one]
    astray = any(own.get(one["item_id"], one["output_index"]) != one["output_index"] for one in both)
    if astray and len(own) == len(added):
        why = "events name one item by their place and another by their id"
        raise Blocked(why, cause="check:responses.stream.item_ids")


def scoped(every: list[Any]) -> dict[int, list[Any]]:
    """The events that belong to an item, by its place in the output."""
    apart(every)
    agreed(every)
    return placed(every)


def placed(every: Iterable[Any]) -> dict[int, list[Any]]:
    """The events that tell the same place in the output, whatever is added there."""
    found: dict[int, list[Any]] = {}
    for event in every:
        if event["type"].startswith("response.") and event.get("output_index") is not None:
            found.setdefault(event["output_index"], []).append(event)
    return found


def joined(every: Iterable[Any], kind: str) -> str:
    """The deltas of one type, put together."""
    return "".join(event["delta"] for event in of(every, kind))


def parts(every: list[Any]) -> dict[tuple[int, int], list[Any]]:
    """The events that belong to a part of a message, by the places of item and part."""
    apart(every)
    agreed(every)
    found: dict[tuple[int, int], list[Any]] = {}
    for event in of(every, PART_ADDED, *OF_PARTS):
        found.setdefault((event["output_index"], event["content_index"]), []).append(event)
    return found


#: What every request may hold that is no company to anything.
PLAIN = ("model", "input", "stream", "text", "max_output_tokens")


def company(exchange: Exchange) -> str:
    """In what something was accepted: in a stream, and with what else the request held, for people."""
    others = sorted(
        (name for name in exchange.sent or {} if name not in PLAIN), key=lambda name: (name != "tools", name)
    )
    more = f" and {len(others) - 3} more settings" if len(others) > 3 else ""
    return "in a stream" + (f" with {', '.join(others[:3])}{more}" if others else "")


def heard_raw(exchange: Exchange) -> str:
    """What the text deltas of a stream say, whatever else is wrong with it."""
    values = [value for value, _ in exchange.payloads() if isinstance(value, dict) and value.get("type") == TEXT]
    return "".join(value["delta"] for value in values if isinstance(value.get("delta"), str))


def differs(one: str, other: str) -> str:
    """Where two texts part, for people."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    # A few characters before it show the place.
    since = max(shared - 12, 0)
    shown = [f"{'…' if since else ''}{text[since : since + 40]}" for text in (one, other)]
    return f"{shown[0]!r} of {len(one)} characters and {shown[1]!r} of {len(other)}"


def streamed_words(exchange: Exchange) -> str:
    """What a stream says, put together from its deltas."""
    return joined(events(exchange), TEXT)
