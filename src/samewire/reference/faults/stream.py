"""Faults of streams: framing, chunks, usage."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, deltas, fault


def _bytes(chunk: Any) -> bytes:
    return b"data: %s\n\n" % json.dumps(chunk).encode()


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
    blocks=("chat.*",),
    known=("stream-true-ignored-json-body",),
)
def as_json(call: Call) -> None:
    """Answer at once."""
    if call.chunks:
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
    {"chat.stream.content_type": "broken"},
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
    call.notes["linger"] = 1.3


@fault("stream.event_error", "Events are named error.", "events", {"chat.stream.no_event_names": "broken"})
def event_error(call: Call) -> None:
    """Name an event."""
    call.events[0] = b"event: error\n" + call.events[0]


@fault("stream.event_ids", "Events have ids.", "events", {"chat.stream.no_ids": "broken"})
def event_ids(call: Call) -> None:
    """Number the events."""
    call.events[:] = [b"id: %d\n%s" % (number, event) for number, event in enumerate(call.events)]


@fault(
    "stream.id_missing",
    "Chunks have no id.",
    "chunks",
    {"chat.stream.id": "broken"},
    blocks=("chat.stream.*",),
    known=("stream-no-id-no-created",),
)
def id_missing(call: Call) -> None:
    """Drop the ids."""
    for chunk in call.chunks:
        del chunk["id"]


@fault("stream.id_empty", "Chunks have empty ids.", "chunks", {"chat.stream.id": "broken"}, known=("stream-id-empty",))
def id_empty(call: Call) -> None:
    """Empty the ids."""
    for chunk in call.chunks:
        chunk["id"] = ""


@fault("stream.id_changes", "Every chunk has an id of its own.", "chunks", {"chat.stream.one_id": "broken"})
def id_changes(call: Call) -> None:
    """Number the ids."""
    for number, chunk in enumerate(call.chunks):
        chunk["id"] += str(number)


@fault(
    "stream.object_plural",
    "Chunks are chat.completions.chunk.",
    "chunks",
    {"chat.stream.object": "broken"},
    known=("stream-object-wrong-plural",),
)
def object_plural(call: Call) -> None:
    """Misspell the object."""
    for chunk in call.chunks:
        chunk["object"] = "chat.completions.chunk"


@fault(
    "stream.object_missing",
    "Chunks have no object.",
    "chunks",
    {"chat.stream.object": "broken"},
    known=("stream-object-missing",),
)
def object_missing(call: Call) -> None:
    """Drop the object."""
    for chunk in call.chunks:
        del chunk["object"]


@fault(
    "stream.created_float",
    "Chunks' created has a fraction.",
    "chunks",
    {"chat.stream.created": "broken"},
    blocks=("chat.stream.one_id",),
    known=("created-float",),
)
def created_float(call: Call) -> None:
    """Add a fraction."""
    for chunk in call.chunks:
        chunk["created"] += 0.5


@fault("stream.model_missing", "Chunks name no model.", "chunks", {"chat.stream.model": "broken"})
def model_missing(call: Call) -> None:
    """Drop the model."""
    for chunk in call.chunks:
        del chunk["model"]


@fault(
    "stream.choices_null",
    "The usage chunk's choices are null.",
    "chunks",
    {"chat.stream.choices": "broken"},
    blocks=("chat.stream*",),
)
def choices_null(call: Call) -> None:
    """Null what is empty."""
    for chunk in call.chunks:
        if not chunk["choices"]:
            chunk["choices"] = None


@fault(
    "stream.delta_missing",
    "The last choice has no delta.",
    "chunks",
    {"chat.stream.choices": "broken"},
    blocks=("chat.*",),
    known=("stream-delta-missing",),
)
def delta_missing(call: Call) -> None:
    """Drop the empty delta."""
    for choice in choices(call):
        if not choice["delta"]:
            del choice["delta"]


@fault(
    "stream.content_parts",
    "delta.content is an array of parts.",
    "chunks",
    {"chat.stream.content": "broken"},
    blocks=("chat.*",),
    known=("content-array-in-response",),
)
def content_parts(call: Call) -> None:
    """Put the text into parts."""
    for delta in deltas(call):
        if delta.get("content"):
            delta["content"] = [{"type": "text", "text": delta["content"]}]


@fault(
    "stream.empty",
    "Streams hold nothing but [DONE].",
    "chunks",
    {"chat.stream.not_empty": "broken"},
    blocks=("chat.*",),
)
def empty(call: Call) -> None:
    """Say nothing."""
    call.chunks.clear()


@fault("stream.role_repeated", "Every delta names the role.", "chunks", {"chat.stream.role": "broken"})
def role_repeated(call: Call) -> None:
    """Name the role again."""
    for delta in deltas(call):
        delta["role"] = "assistant"


@fault("stream.role_missing", "No delta names the role.", "chunks", {"chat.stream.role": "broken"})
def role_missing(call: Call) -> None:
    """Drop the role."""
    for delta in deltas(call):
        delta.pop("role", None)


@fault(
    "stream.role_empty",
    "Later deltas have an empty role.",
    "chunks",
    {"chat.stream.role": "broken"},
    known=("stream-role-empty-string",),
)
def role_empty(call: Call) -> None:
    """Empty the role."""
    for delta in deltas(call):
        delta.setdefault("role", "")


@fault(
    "stream.finish_empty",
    "finish_reason is an empty string until the end.",
    "chunks",
    {"chat.stream.finish_reason": "broken"},
    blocks=("chat.*",),
    known=("finish-reason-empty-string",),
)
def finish_empty(call: Call) -> None:
    """Empty what is null."""
    for choice in choices(call):
        choice["finish_reason"] = choice["finish_reason"] or ""


@fault(
    "stream.no_finish",
    "No chunk has a finish_reason.",
    "chunks",
    {"chat.stream.finish": "broken"},
    blocks=("chat.*",),
    known=("stream-finish-reason-never",),
)
def no_finish(call: Call) -> None:
    """Never finish."""
    for choice in choices(call):
        choice["finish_reason"] = None


@fault(
    "stream.cut",
    "Streams break off after three chunks.",
    "events",
    {"chat.stream.finish": "broken"},
    blocks=("chat.*",),
)
def cut(call: Call) -> None:
    """Break off."""
    del call.events[3:]


@fault("stream.finish_early", "Content follows the finish_reason.", "chunks", {"chat.stream.finish_last": "broken"})
def finish_early(call: Call) -> None:
    """Finish one chunk too soon."""
    for before, after in zip(call.chunks, call.chunks[1:], strict=False):
        if before["choices"] and after["choices"] and after["choices"][0]["finish_reason"]:
            here, there = before["choices"][0], after["choices"][0]
            here["finish_reason"], there["finish_reason"] = there["finish_reason"], None
            here["delta"], there["delta"] = there["delta"], here["delta"]


@fault(
    "stream.cumulative",
    "Every delta repeats all that was said before.",
    "chunks",
    {"chat.stream.fragments": "broken"},
    blocks=("chat.*",),
)
def cumulative(call: Call) -> None:
    """Say it all again."""
    said = ""
    for delta in deltas(call):
        if delta.get("content"):
            said += delta["content"]
            delta["content"] = said


@fault(
    "stream.single_chunk",
    "An answer comes in one delta.",
    "chunks",
    {"chat.stream.incremental": "broken"},
    known=("stream-single-chunk",),
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def single_chunk(call: Call) -> None:
    """Say it all at once."""
    spoken = [chunk for chunk in call.chunks if chunk["choices"] and chunk["choices"][0]["delta"].get("content")]
    if len({chunk["choices"][0]["index"] for chunk in spoken}) == 1:
        spoken[0]["choices"][0]["delta"]["content"] = "".join(
            chunk["choices"][0]["delta"]["content"] for chunk in spoken
        )
        gone = {id(chunk) for chunk in spoken[1:]}
        call.chunks[:] = [chunk for chunk in call.chunks if id(chunk) not in gone]


@fault(
    "stream.usage_unasked",
    "Usage comes without being asked for.",
    "chunks",
    {"chat.stream.no_usage": "broken"},
    known=("stream-usage-unconditional",),
)
def usage_unasked(call: Call) -> None:
    """Count unasked."""
    if not (call.body.get("stream_options") or {}).get("include_usage"):
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        call.chunks.append({**call.chunks[-1], "choices": [], "usage": usage})


@fault(
    "stream.no_words",
    "Every delta's content is empty.",
    "chunks",
    {"chat.stream.words": "broken"},
    blocks=("chat.*",),
    known=("stream-empty-content-deltas",),
)
def no_words(call: Call) -> None:
    """Say nothing, often."""
    for delta in deltas(call):
        if delta.get("content"):
            delta["content"] = ""


@fault(
    "stream.stripped",
    "Every delta is stripped of its blanks.",
    "chunks",
    {"chat.stream.whitespace": "broken"},
    known=("stream-whitespace-stripped",),
    blocks=("chat.stream.*", "chat.sampling.stop_stream"),
)
def stripped(call: Call) -> None:
    """Strip the deltas."""
    for delta in deltas(call):
        if delta.get("content"):
            delta["content"] = delta["content"].strip()


@fault(
    "stream.finish_differs",
    "Streams finish with stop where the answer was cut off.",
    "chunks",
    {"chat.limits.stream_finish_reason": "broken"},
    known=("finish-stop-instead-of-length",),
)
def finish_differs(call: Call) -> None:
    """Deny the limit in streams."""
    for choice in choices(call):
        if choice["finish_reason"] == "length":
            choice["finish_reason"] = "stop"


@fault(
    "stream.finish_length",
    "Streams finish with length though nothing was cut off.",
    "chunks",
    {"chat.stream.same_finish": "broken"},
)
def finish_length(call: Call) -> None:
    """Claim a limit in streams."""
    for choice in choices(call):
        if choice["finish_reason"] == "stop":
            choice["finish_reason"] = "length"


@fault(
    "stream_usage.ignored",
    "include_usage is ignored.",
    "body",
    {"chat.stream_usage.given": "ignored"},
    blocks=("chat.stream_usage.*",),
    known=("stream-usage-missing",),
)
def usage_ignored(call: Call) -> None:
    """Drop the options."""
    call.body.pop("stream_options", None)


@fault(
    "stream_usage.empty",
    "Every chunk has an empty usage.",
    "chunks",
    {"chat.stream_usage.shape": "broken"},
    blocks=("chat.*",),
    known=("stream-usage-empty-object",),
)
def usage_empty(call: Call) -> None:
    """Count nothing, often."""
    for chunk in call.chunks:
        if chunk.get("usage", True) is None:
            chunk["usage"] = {}


@fault(
    "stream_usage.cumulative",
    "Every chunk carries usage.",
    "chunks",
    {"chat.stream_usage.alone": "broken"},
    blocks=("chat.stream_usage.null_before",),
    known=("stream-usage-cumulative-every-chunk",),
)
def usage_cumulative(call: Call) -> None:
    """Count in every chunk."""
    usage = call.chunks[-1].get("usage")
    for chunk in call.chunks if usage else ():
        chunk["usage"] = usage


@fault(
    "stream_usage.with_choices",
    "Usage comes with the last choice.",
    "chunks",
    {"chat.stream_usage.alone": "broken"},
    known=("stream-usage-with-choices",),
)
def usage_with_choices(call: Call) -> None:
    """Join the last two chunks."""
    if call.chunks[-1].get("usage"):
        usage = call.chunks.pop()["usage"]
        call.chunks[-1]["usage"] = usage


@fault("stream_usage.not_last", "A chunk follows the one with usage.", "chunks", {"chat.stream_usage.last": "broken"})
def usage_not_last(call: Call) -> None:
    """Count too soon."""
    if call.chunks[-1].get("usage"):
        call.chunks[-2:] = call.chunks[:-3:-1]


@fault(
    "stream_usage.no_nulls",
    "Chunks before the one with usage have no usage key.",
    "chunks",
    {"chat.stream_usage.null_before": "broken"},
    known=("stream-usage-null-key-absent",),
)
def usage_no_nulls(call: Call) -> None:
    """Drop the nulls."""
    for chunk in call.chunks:
        if chunk.get("usage", True) is None:
            del chunk["usage"]


@fault(
    "stream_usage.prompt_differs",
    "Streams count another prompt.",
    "chunks",
    {"chat.stream_usage.same_prompt": "broken"},
)
def usage_prompt_differs(call: Call) -> None:
    """Count more in streams."""
    usage = call.chunks[-1].get("usage")
    if usage:
        usage["prompt_tokens"] += 7
        usage["total_tokens"] += 7


@fault(
    "stream_usage.total_wrong",
    "total_tokens of streams is not the sum.",
    "chunks",
    {"chat.stream_usage.total": "broken"},
)
def usage_total_wrong(call: Call) -> None:
    """Count one more."""
    usage = call.chunks[-1].get("usage")
    if usage:
        usage["total_tokens"] += 1
