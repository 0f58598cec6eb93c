"""Faults of streams of legacy completions as bytes: framing, names, letters, the content type; and of a request's."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.legacy import OF_FOUR, OF_STREAMS, WHERE
from samewire.reference.faults.registry import choices, fault


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


@fault(
    "legacy.no_request_id",
    "Completed prompts have no x-request-id.",
    "response",
    {"completions.text.request_id": "unsupported"},
    where=WHERE,
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("x-request-id")


@fault(
    "legacy.open_end",
    "The last chunk of a stream is not closed by a blank line.",
    "events",
    {"completions.stream.terminated": "broken", "completions.stream.done": "broken"},
    blocks=("completions.stream.*",),
    where=WHERE,
)
def open_end(call: Call) -> None:
    """Stop in the middle of an event."""
    call.events[:] = [*call.events[:-2], call.events[-2].rstrip()]


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
    blocks=("completions.stream.letters",),
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


#: What can't be judged where an event of every stream is no JSON.
BY_JSON = ("completions.stream.*", *OF_STREAMS)
JSON = {"completions.stream.json": "broken"}


@fault("legacy.started", "A stream begins with [START].", "events", JSON, blocks=BY_JSON, where=WHERE)
def started(call: Call) -> None:
    """Say when it begins, too."""
    call.events.insert(0, b"data: [START]\n\n")


@fault("legacy.bom_in_data", "The data of events begin with a BOM.", "events", JSON, blocks=BY_JSON, where=WHERE)
def bom_in_data(call: Call) -> None:
    """Mark every document."""
    call.events[:-1] = [event.replace(b"data: ", b"data: \xef\xbb\xbf", 1) for event in call.events[:-1]]


@fault("legacy.glued", "Two chunks share an event.", "events", JSON, blocks=BY_JSON, where=WHERE)
def glued(call: Call) -> None:
    """Leave a blank line out."""
    call.events[0] = call.events[0][:-1]


@fault("legacy.done_glued", "The last chunk and [DONE] share an event.", "events", JSON, blocks=BY_JSON, where=WHERE)
def done_glued(call: Call) -> None:
    """Leave the last blank line out."""
    call.events[-2] = call.events[-2][:-1]


@fault("legacy.torn", "An event is torn in two.", "events", JSON, blocks=BY_JSON, where=WHERE)
def torn(call: Call) -> None:
    """Flush in the middle."""
    call.events[0] = call.events[0].replace(b',"object"', b'\n\ndata: ,"object"', 1)


@fault(
    "legacy.latin1",
    "Streams are written in Latin-1.",
    "events",
    {"completions.stream.utf8": "broken"},
    blocks=("completions.stream.letters",),
    where=WHERE,
)
def latin1(call: Call) -> None:
    """Save a byte."""
    call.events[:] = [event.decode().encode("latin-1", "replace") for event in call.events]


@fault(
    "legacy.half_letters",
    "Letters are torn where a token ends.",
    "chunks",
    {"completions.stream.letters": "broken"},
    where=WHERE,
)
def half_letters(call: Call) -> None:
    """Decode each token by itself."""
    for choice in choices(call):
        choice["text"] = "".join(one if one.isascii() else "\ufffd\ufffd" for one in choice["text"])


@fault(
    "legacy.wide_letters",
    "Letters of three bytes and more are torn where a token ends.",
    "chunks",
    {"completions.stream.letters": "broken"},
    where=WHERE,
)
def wide_letters(call: Call) -> None:
    """Decode what two bytes make."""
    for choice in choices(call):
        choice["text"] = "".join(one if len(one.encode()) < 3 else "\ufffd\ufffd" for one in choice["text"])


@fault(
    "legacy.letters_lost",
    "Letters beyond ASCII are lost in streams.",
    "chunks",
    {"completions.stream.letters": "broken"},
    where=WHERE,
)
def letters_lost(call: Call) -> None:
    """Keep what is plain."""
    for choice in choices(call):
        choice["text"] = choice["text"].encode("ascii", "ignore").decode()


@fault(
    "legacy.misread",
    "A prompt is read as Latin-1.",
    "request",
    {"completions.stream.letters": "broken"},
    where=WHERE,
)
def misread(call: Call) -> None:
    """Read byte by byte."""
    call.request.body = call.request.body.decode("latin-1").encode()


@fault(
    "legacy.charset_spelled",
    "For legacy completions, a charset is known as it is spelled most often.",
    "request",
    {"completions.text.charset": "unsupported"},
    blocks=OF_FOUR,
    where=WHERE,
)
def charset_spelled(call: Call) -> None:
    """Compare the type as a whole."""
    kind = call.request.headers.get("content-type", "")
    if kind not in ("application/json", "application/json; charset=utf-8"):
        raise Refusal(415, f"Unsupported media type '{kind}'.")
