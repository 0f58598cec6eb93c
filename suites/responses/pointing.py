"""What the events of reasoning point at: parts that are there when the item is done, in events that clients know."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check, seen

from .following import DONE, PART_ADDED, PART_DONE, SUMMARY, THOUGHT, THOUGHT_DONE, finished, of, scoped
from .requests import STREAMS

#: The events that name a part of an item's `content`, and those that name one of its `summary`.
NAMING = {
    "content": ("content_index", (PART_ADDED, PART_DONE, THOUGHT, THOUGHT_DONE)),
    "summary": (
        "summary_index",
        tuple(f"{SUMMARY}{word}" for word in ("part.added", "part.done", "text.delta", "text.done")),
    ),
}
#: The member that names a part → the events that open and close such parts.
OPENING = {
    "content_index": (PART_ADDED, PART_DONE),
    "summary_index": (f"{SUMMARY}part.added", f"{SUMMARY}part.done"),
}


@check(
    "responses.stream.parts_there",
    SHOULD,
    of=STREAMS,
    spec="RSP-STR-013 RSP-EV-003 RSP-EV-010 RSP-EV-012",
    rare=True,
    depth=FULL,
)
def test_events_name_parts_that_are_there(exchange: Exchange) -> None:
    """The part of a thought or a summary that an event names by its index SHOULD be there when the item is done."""
    every = scoped(finished(exchange))
    ended = [(mine, of(mine, DONE)[0]["item"]) for mine in every.values() if of(mine, DONE)]
    thoughts = [(mine, item) for mine, item in ended if item["type"] == "reasoning"]
    seen(any(item.get(place) for _, item in thoughts for place in NAMING), "the model does not tell what it thinks")
    for mine, item in thoughts:
        for place, (index, types) in NAMING.items():
            # An item that has lost all of them has another cell.
            held = len(item.get(place) or ())
            odd = [event for event in of(mine, *types) if held and event[index] >= held]
            what = f"of which the item has {held} when it is done"
            assert not odd, f"{odd[0]['type']} names the part {odd[0][index]}, {what}"


@check("responses.stream.parts_known", SHOULD, of=STREAMS, spec="RSP-EV-003 RSP-EV-011", depth=FULL)
def test_parts_come_in_events_that_clients_know(exchange: Exchange) -> None:
    """A part SHOULD be opened and closed by `content_part`, that of a summary by `reasoning_summary_part`: no other."""
    every = [event for event in finished(exchange) if isinstance(event.get("part"), dict)]
    seen(every, "no part came")
    for event in every:
        for index, known in OPENING.items():
            own = not event["type"].startswith("response.")  # a vendor's, which clients pass over
            what = f"a part of the type {event['part'].get('type')!r}, which clients seek in {known[0]}"
            assert own or event.get(index) is None or event["type"] in known, f"{event['type']} holds {what}"
