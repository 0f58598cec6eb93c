"""How faults of the Responses protocol are declared, and what they reach into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults import registry
from samewire.reference.responses_stream import numbered

__all__ = ["ABSENT", "aloud", "fault", "input_text", "lifecycle", "made", "of", "put", "renumber"]

PLACE = "/responses"
TERMINAL = tuple(f"response.{word}" for word in ("completed", "incomplete", "failed"))
LIFECYCLE = ("response.created", "response.in_progress", *TERMINAL)
Step = Callable[[Call], Any]


def fault(
    id: str,
    what: str,
    stage: str,
    turns: Mapping[str, str],
    *,
    blocks: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    patience: float | None = None,
    **configure: Any,
) -> Callable[[Step], Step]:
    """Declare a fault of this protocol; what is decorated does it to a call."""
    return registry.fault(
        id, what, stage, turns, blocks=blocks, known=known, where=PLACE, patience=patience, **configure
    )


class _Absent:
    """Stands for a member that is left out."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


def made(call: Call) -> list[dict[str, Any]]:
    """The response that is about to be sent, new or fetched, as a list of one; empty if it is another document."""
    one = call.document
    return [one] if isinstance(one, dict) and isinstance(one.get("output"), list) else []


def of(call: Call, *types: str) -> list[dict[str, Any]]:
    """The events of these types in the stream that is about to be sent."""
    return [event for event in call.chunks if event.get("type") in types]


def lifecycle(call: Call) -> list[dict[str, Any]]:
    """The responses in the stream that is about to be sent, as its events tell them."""
    return [event["response"] for event in of(call, *LIFECYCLE)]


def final(call: Call) -> list[dict[str, Any]]:
    """The response that the stream ends with, as a list of one."""
    return [event["response"] for event in of(call, *TERMINAL)]


def renumber(call: Call) -> None:
    """Number the events of a stream anew."""
    for event in call.chunks:
        event.pop("sequence_number", None)
    call.chunks[:] = numbered(call.chunks)


#: What a model that thinks aloud says to itself, piece by piece.
MUSING = ("Somebody asks ", "for something, and ", "gets it.")


def aloud(call: Call) -> None:
    """Tell in a stream what is thought in words, too, as models whose thoughts are no secret do."""
    part = {"type": "reasoning_text", "text": "".join(MUSING)}
    told: list[dict[str, Any]] = []
    for event in call.chunks:
        item = event.get("item") or {}
        if event["type"] == "response.output_item.done" and item.get("type") == "reasoning":
            at = {"item_id": item["id"], "output_index": event["output_index"], "content_index": 0}
            told.append({"type": "response.content_part.added", **at, "part": {**part, "text": ""}})
            told += [{"type": "response.reasoning_text.delta", **at, "delta": piece} for piece in MUSING]
            told.append({"type": "response.reasoning_text.done", **at, "text": part["text"]})
            told.append({"type": "response.content_part.done", **at, "part": part})
            event["item"] = {**item, "content": [part]}
        told.append(event)
    call.chunks[:] = told
    for one in final(call):
        one["output"] = [{**item, "content": [part]} if item["type"] == "reasoning" else item for item in one["output"]]
    renumber(call)


def put(document: Any, path: str, value: Any) -> None:
    """Put a value, or leave it out, at every place of a document that a path with ``*`` names, where there is one."""
    *steps, last = path.split("/")
    for holder in _holders(document, steps):
        if isinstance(holder, dict) and last in holder:
            if value is ABSENT:
                del holder[last]
            else:
                holder[last] = value


def _holders(document: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield document
    elif isinstance(document, list) and steps[0] == "*":
        for item in document:
            yield from _holders(item, steps[1:])
    elif isinstance(document, dict) and steps[0] in document:
        yield from _holders(document[steps[0]], steps[1:])


def input_text(call: Call) -> str:
    """All that was put in, as one text."""
    return str(call.body.get("input")) if isinstance(call.body, dict) else ""
