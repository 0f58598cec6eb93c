"""Faults of streams as bytes: framing, names, the end, the content type."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.framing import stored
from samewire.reference.faults.messages.registry import events, fault

ALL = ("*",)


@fault("framing.refused", "Streams are refused.", "body", {"stream.accepted": "unsupported"}, blocks=ALL)
def refused(call: Call) -> None:
    """Stream nothing."""
    if call.body.get("stream") is True and call.body.get("messages"):
        raise Refusal(400, "stream: streaming is not supported")


@fault(
    "framing.as_json",
    "stream: true is answered with one message.",
    "body",
    {"stream.framing": "broken", "mistakes.stream_type": "ignored"},
    blocks=ALL,
)
def as_json(call: Call) -> None:
    """Answer at once."""
    call.body.pop("stream", None)


@fault("framing.ndjson", "Streams are JSON lines.", "events", {"stream.framing": "broken"}, blocks=ALL)
def ndjson(call: Call) -> None:
    """Frame by lines alone."""
    call.events[:] = [json.dumps(event).encode() + b"\n" for event in call.chunks]


@fault("framing.content_type", "Streams are declared as JSON.", "response", {"stream.content_type": "broken"})
def content_type(call: Call) -> None:
    """Declare another type."""
    if call.chunks:
        call.response.set("Content-Type", "application/json")


@fault("framing.unnamed", "Events have no names.", "events", {"stream.named": "broken"}, blocks=("stream.error",))
def unnamed(call: Call) -> None:
    """Leave the names out."""
    call.events[:] = [event.partition(b"\n")[2] for event in call.events]


@fault("framing.unnamed_deltas", "Deltas have no names.", "events", {"stream.named": "broken"})
def unnamed_deltas(call: Call) -> None:
    """Leave some names out."""
    mark = b"event: content_block_delta\n"
    call.events[:] = [event.removeprefix(mark) for event in call.events]


@fault("framing.misnamed", "All events are named message.", "events", {"stream.names_agree": "broken"})
def misnamed(call: Call) -> None:
    """Name them alike."""
    call.events[:] = [b"event: message\n" + event.partition(b"\n")[2] for event in call.events]


@fault("framing.glued", "Two events are not apart.", "events", {"stream.json": "broken"}, blocks=ALL)
def glued(call: Call) -> None:
    """Leave a blank line out."""
    call.events[1] = call.events[1][:-1]


@fault("framing.python", "Data is written as Python writes it.", "events", {"stream.json": "broken"}, blocks=ALL)
def python(call: Call) -> None:
    """Quote with apostrophes."""
    call.events[:] = [b"event: %s\ndata: %s\n\n" % (one["type"].encode(), str(one).encode()) for one in call.chunks]


@fault(
    "framing.ping_empty",
    "Pings have no data.",
    "events",
    {"stream.no_empty_event": "broken"},
    known=("anth-ping-empty-data",),
)
def ping_empty(call: Call) -> None:
    """Beat with nothing."""
    call.events[:] = [
        b"event: ping\ndata: \n\n" if event.startswith(b"event: ping") else event for event in call.events
    ]


@fault("framing.ping_bare", "Pings are names alone.", "events", {"stream.no_empty_event": "broken"})
def ping_bare(call: Call) -> None:
    """Beat with a name."""
    call.events[:] = [b"event: ping\n\n" if event.startswith(b"event: ping") else event for event in call.events]


@fault("framing.ping_typeless", "Pings are empty objects.", "events", {"stream.typed": "broken"}, blocks=ALL)
def ping_typeless(call: Call) -> None:
    """Beat with an object."""
    call.events[:] = [
        b"event: ping\ndata: {}\n\n" if event.startswith(b"event: ping") else event for event in call.events
    ]


@fault(
    "framing.keepalive",
    "Keep-alives are events of another name without a type.",
    "events",
    {"stream.typed": "broken"},
)
def keepalive(call: Call) -> None:
    """Beat otherwise."""
    call.events.insert(1, b"event: keepalive\ndata: {}\n\n")


@fault(
    "framing.bare_done",
    "Streams end with an unnamed [DONE], too.",
    "events",
    {"stream.no_bare_done": "broken"},
)
def bare_done(call: Call) -> None:
    """End as others do."""
    call.events.append(b"data: [DONE]\n\n")


@fault(
    "framing.named_done",
    "message_stop carries [DONE].",
    "events",
    {"stream.no_done": "broken", "stream.stop": "broken"},
    blocks=(
        "stream.closes",
        "stream.no_bare_done",
    ),
)
def named_done(call: Call) -> None:
    """End in two ways at once."""
    call.events[-1] = b"event: message_stop\ndata: [DONE]\n\n"


@fault("framing.not_utf8", "A byte of the stream is not UTF-8.", "events", {"stream.utf8": "broken"})
def not_utf8(call: Call) -> None:
    """Break a comment."""
    call.events.insert(1, b": \xff\n\n")


@fault("framing.bom", "Streams begin with a byte order mark.", "events", {"stream.no_bom": "broken"})
def bom(call: Call) -> None:
    """Mark the order of bytes."""
    call.events[0] = b"\xef\xbb\xbf" + call.events[0]


@fault("framing.open_end", "The last event is not closed.", "events", {"stream.terminated": "broken"})
def open_end(call: Call) -> None:
    """Stop in the middle of an event."""
    call.events[-1] = call.events[-1].rstrip()


@fault(
    "framing.cut_off",
    "Streams break off in the middle.",
    "events",
    {"stream.end": "broken"},
    blocks=ALL,
)
def cut_off(call: Call) -> None:
    """Stop too soon."""
    del call.events[len(call.events) // 2 :]


@fault(
    "framing.openai",
    "Streams are OpenAI's chunks.",
    "events",
    {"stream.named": "broken", "stream.typed": "broken"},
    blocks=ALL,
)
def openai(call: Call) -> None:
    """Speak another protocol."""
    words = [event["delta"].get("text", "") for event in events(call, "content_block_delta")]
    chunks = [
        {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": one}}]} for one in words
    ]
    call.events[:] = [b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks] + [b"data: [DONE]\n\n"]


@fault("framing.lingers", "The answer stays open after message_stop.", "events", {"stream.closes": "broken"})
def lingers(call: Call) -> None:
    """Wait before the end."""
    call.notes["linger"] = 2.0


ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def _broken_off(call: Call, event: bytes) -> None:
    del call.events[5:]
    call.events.append(event)


@fault(
    "framing.error_unnamed",
    "A stream that breaks off says so in an event without a name.",
    "events",
    {"stream.unbroken": "broken", "stream.error": "broken", "stream.named": "broken"},
    blocks=ALL,
)
def error_unnamed(call: Call) -> None:
    """Break off without a word."""
    _broken_off(call, b"data: %s\n\n" % json.dumps(ERROR).encode())


@fault(
    "framing.error_openai",
    "A stream that breaks off says so as OpenAI does.",
    "events",
    {"stream.unbroken": "broken", "stream.error": "broken"},
    blocks=ALL,
)
def error_openai(call: Call) -> None:
    """Break off as others do."""
    body = {"type": "error", "error": {"message": "Overloaded", "code": 529}}
    _broken_off(call, b"event: error\ndata: %s\n\n" % json.dumps(body).encode())


@fault("framing.broken_off", "Streams break off with an error.", "events", {"stream.unbroken": "broken"}, blocks=ALL)
def broken_off(call: Call) -> None:
    """Break off as one should."""
    _broken_off(call, b"event: error\ndata: %s\n\n" % json.dumps(ERROR).encode())


fault(
    "stream.stored",
    "Streams are declared as such that may be kept for an hour.",
    "response",
    {"stream.not_stored": "broken"},
)(stored)
