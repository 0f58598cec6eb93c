"""How faults of Messages are declared, and what they reach into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults import registry

__all__ = ["GONE", "Step", "events", "fault", "messages", "placed", "put", "turns_of"]

Step = Callable[[Call], Any]
#: Put at a place, it takes away what is there.
GONE = object()


def fault(
    id: str, what: str, stage: str, turns: Mapping[str, str], *, blocks: tuple[str, ...] = (), **more: Any
) -> Callable[[Step], Step]:
    """Declare a fault of Messages; the checks it turns and blocks are named below ``messages.``."""
    turned = {f"messages.{name}": word for name, word in turns.items()}
    blocked = tuple(f"messages.{name}" for name in blocks)
    return registry.fault(f"messages.{id}", what, stage, turned, blocks=blocked, where="/messages", **more)


def messages(call: Call) -> list[dict[str, Any]]:
    """The message that is about to be sent, as a list of one; empty if it is another document."""
    document = call.document
    return [document] if isinstance(document, dict) and document.get("type") == "message" else []


def events(call: Call, *kinds: str) -> list[dict[str, Any]]:
    """The events of some types in the stream that is about to be sent."""
    return [event for event in call.chunks if event.get("type") in kinds]


def put(where: Any, path: str, value: Any) -> None:
    """Put a value at a place such as ``usage/input_tokens``, ``*`` for every item; what isn't there is let be."""
    head, _, rest = path.partition("/")
    if head == "*":
        for one in list(where):
            put(one, rest, value)
    elif rest:
        if isinstance(where, dict) and head in where:
            put(where[head], rest, value)
    elif isinstance(where, dict) and head in where:
        if value is GONE:
            del where[head]
        else:
            where[head] = value(where[head]) if callable(value) else value


def placed(kind: str, path: str, value: Any) -> Step:
    """A step that puts a value at a place of every event of a type, or (``message``) of every whole message."""

    def step(call: Call) -> None:
        for one in messages(call) if kind == "message" else events(call, kind):
            put(one, path, value)

    return step


def turns_of(call: Call) -> list[dict[str, Any]]:
    """The messages of a request, as far as they are any."""
    found = call.body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
