"""Faults of streams as bytes: framing, the end, the content type."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault


@fault(
    "stream.no_done",
    "Streams end without [DONE].",
    "events",
    {"chat.stream.done": "broken"},
    known=("stream-no-done-but-finish",),
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def no_done(call: Call) -> None:
    """Leave the end out."""
    call.events.pop()


@fault(
    "stream.not_acceptable",
    "Streams are refused with 406 unless the Accept header asks for events.",
    "body",
    {"chat.stream.accepted": "unsupported"},
    blocks=("chat.*", "http.*"),
)
def not_acceptable(call: Call) -> None:
    """Take the header at its word."""
    if call.body.get("stream") is True and "text/event-stream" not in call.request.headers.get("accept", ""):
        raise Refusal(406, "Not acceptable: streams are text/event-stream.")


@fault(
    "stream.done_quoted",
    'Streams end with "[DONE]" in quotes.',
    "events",
    {"chat.stream.done_exact": "broken"},
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def done_quoted(call: Call) -> None:
    """Quote the end."""
    call.events[-1] = b'data: "[DONE]"\n\n'


@fault(
    "stream.done_lower",
    "Streams end with [done].",
    "events",
    {"chat.stream.done_exact": "broken"},
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def done_lower(call: Call) -> None:
    """Whisper the end."""
    call.events[-1] = b"data: [done]\n\n"


@fault("stream.after_done", "A chunk follows [DONE].", "events", {"chat.stream.nothing_after_done": "broken"})
def after_done(call: Call) -> None:
    """Send the end before the last chunk."""
    call.events.append(b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n')


@fault(
    "stream.as_json",
    "stream: true is answered with one JSON body.",
    "response",
    {"chat.stream.framing": "broken"},
    blocks=("chat.*", "http.requests.odd_stream"),
    known=("stream-true-ignored-json-body",),
)
def as_json(call: Call) -> None:
    """Answer at once."""
    if call.chunks and call.chat:
        call.response.body = b'{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[]}'
        call.response.set("Content-Type", "application/json")


@fault(
    "stream.ndjson",
    "Streams are JSON lines without data:.",
    "events",
    {"chat.stream.framing": "broken"},
    blocks=("chat.*",),
    known=("stream-plain-text-protocol",),
)
def ndjson(call: Call) -> None:
    """Frame by lines alone."""
    call.events[:] = [event.removeprefix(b"data: ").rstrip() + b"\n" for event in call.events]


@fault(
    "stream.content_type_json",
    "Streams are declared as application/json.",
    "response",
    {"chat.stream.content_type": "broken", "completions.stream.content_type": "broken"},
)
def content_type_json(call: Call) -> None:
    """Declare another type."""
    if call.chunks:
        call.response.set("Content-Type", "application/json")


@fault(
    "stream.comment_as_data",
    "Comments are wrapped as data.",
    "events",
    {"chat.stream.json": "broken"},
    blocks=("chat.*",),
    known=("stream-comment-as-data",),
)
def comment_as_data(call: Call) -> None:
    """Wrap a comment."""
    call.events.insert(0, b"data: : PROCESSING\n\n")


@fault("stream.glued", "Two chunks share an event.", "events", {"chat.stream.json": "broken"}, blocks=("chat.*",))
def glued(call: Call) -> None:
    """Leave a blank line out."""
    call.events[1] = call.events[1][:-1]


@fault(
    "stream.empty_data",
    "Heartbeats are empty data events.",
    "events",
    {"chat.stream.no_empty_event": "broken"},
    known=("stream-empty-data-keepalive",),
    blocks=(),
)
def empty_data(call: Call) -> None:
    """Beat with nothing."""
    call.events.insert(1, b"data: \n\n")


@fault(
    "stream.event_only",
    "Heartbeats are events without data.",
    "events",
    {"chat.stream.no_empty_event": "broken"},
    known=("stream-empty-data-keepalive",),
)
def event_only(call: Call) -> None:
    """Beat with a name."""
    call.events.insert(1, b"event: keepalive\n\n")


@fault("stream.not_utf8", "A byte of the stream is not UTF-8.", "events", {"chat.stream.utf8": "broken"})
def not_utf8(call: Call) -> None:
    """Break a comment."""
    call.events.insert(1, b": \xff\n\n")


@fault("stream.bom", "Streams begin with a byte order mark.", "events", {"chat.stream.no_bom": "broken"})
def bom(call: Call) -> None:
    """Mark the order of bytes."""
    call.events[0] = b"\xef\xbb\xbf" + call.events[0]


@fault(
    "stream.open_end",
    "The last chunk is not closed by a blank line.",
    "events",
    {"chat.stream.terminated": "broken", "chat.stream.done": "broken"},
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def open_end(call: Call) -> None:
    """Stop in the middle of an event."""
    call.events[:] = [*call.events[:-2], call.events[-2].rstrip()]


@fault("stream.lingers", "The answer stays open after [DONE].", "events", {"chat.stream.closes": "broken"}, pace=0.0)
def lingers(call: Call) -> None:
    """Wait before the end."""
    call.notes["linger"] = 2.5


@fault("stream.event_error", "Events are named error.", "events", {"chat.stream.no_event_names": "broken"})
def event_error(call: Call) -> None:
    """Name an event."""
    call.events[0] = b"event: error\n" + call.events[0]


@fault(
    "stream.event_done",
    "The chunk that ends a choice is named done.",
    "events",
    {"chat.stream.no_event_names": "broken"},
)
def event_done(call: Call) -> None:
    """Name what comes before [DONE]."""
    call.events[-2] = b"event: done\n" + call.events[-2]


@fault("stream.event_ids", "Events have ids.", "events", {"chat.stream.no_ids": "broken"})
def event_ids(call: Call) -> None:
    """Number the events."""
    call.events[:] = [b"id: %d\n%s" % (number, event) for number, event in enumerate(call.events)]


@fault(
    "stream.stored",
    "Streams are declared as such that may be kept for an hour.",
    "response",
    {"chat.stream.not_stored": "broken", "completions.stream.not_stored": "broken"},
)
def stored(call: Call) -> None:
    """Let caches keep it."""
    if call.streamed and call.response.status == 200:
        call.response.set("Cache-Control", "public, max-age=3600")


@fault(
    "stream.two_lengths",
    "Streams in chunks tell a Content-Length too.",
    "response",
    {"http.response.framing": "broken"},
)
def two_lengths(call: Call) -> None:
    """Copy the headers of the answer that was to be sent."""
    if call.streamed and call.response.status == 200:
        call.response.set("Content-Length", "4096")


@fault(
    "http.latin1",
    "Answers are declared as Latin-1.",
    "response",
    {"http.response.charset": "broken"},
)
def latin1(call: Call) -> None:
    """Declare what frameworks once declared by themselves."""
    if call.response.status == 200 and not call.streamed:
        call.response.set("Content-Type", "application/json;charset=ISO-8859-1")


@fault(
    "stream.two_types",
    "Streams have two types, of which one is appended.",
    "response",
    {"http.response.charset": "broken"},
)
def two_types(call: Call) -> None:
    """Append where something stands."""
    if call.streamed and call.response.status == 200:
        call.response.headers.append(("Content-Type", "text/event-stream"))
