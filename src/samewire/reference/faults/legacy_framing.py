"""Faults of streams of legacy completions as bytes: framing, names, the content type."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.faults.legacy import WHERE
from samewire.reference.faults.registry import fault


@fault(
    "legacy.declared_json",
    "Streams are declared as application/json.",
    "response",
    {"completions.stream.content_type": "broken"},
    where=WHERE,
)
def declared_json(call: Call) -> None:
    """Declare all alike."""
    if call.chunks:
        call.response.set("Content-Type", "application/json")


@fault("legacy.event_ids", "Events have ids.", "events", {"completions.stream.no_ids": "broken"}, where=WHERE)
def event_ids(call: Call) -> None:
    """Number the events."""
    call.events[:] = [b"id: %d\n%s" % (number, event) for number, event in enumerate(call.events)]


@fault(
    "legacy.event_names",
    "Events are named completion.",
    "events",
    {"completions.stream.no_event_names": "broken"},
    where=WHERE,
)
def event_names(call: Call) -> None:
    """Name the events."""
    call.events[:] = [b"event: completion\n" + event for event in call.events]


@fault(
    "legacy.event_only",
    "Heartbeats are events without data.",
    "events",
    {"completions.stream.no_empty_event": "broken"},
    where=WHERE,
)
def event_only(call: Call) -> None:
    """Beat with a name."""
    call.events.insert(1, b"event: keepalive\n\n")


@fault(
    "legacy.bom", "Streams begin with a byte order mark.", "events", {"completions.stream.utf8": "broken"}, where=WHERE
)
def bom(call: Call) -> None:
    """Mark the order of bytes that have none."""
    call.events.insert(0, b"\xef\xbb\xbf")


@fault(
    "legacy.not_utf8",
    "A byte of the stream is not UTF-8.",
    "events",
    {"completions.stream.utf8": "broken"},
    where=WHERE,
)
def not_utf8(call: Call) -> None:
    """Break a comment."""
    call.events.insert(1, b": \xff\n\n")


@fault(
    "legacy.after_done",
    "An event follows [DONE].",
    "events",
    {"completions.stream.nothing_after_done": "broken"},
    blocks=("completions.stream.*",),
    where=WHERE,
)
def after_done(call: Call) -> None:
    """Have the last word."""
    call.events.append(b'data: {"took": 12}\n\n')
