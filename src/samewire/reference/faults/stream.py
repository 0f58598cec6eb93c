"""Faults of the chunks of a stream."""

from __future__ import annotations

from itertools import pairwise

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, deltas, fault


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


@fault(
    "stream.id_empty",
    "Chunks have empty ids.",
    "chunks",
    {"chat.stream.id": "broken"},
    blocks=("chat.stream.unique_id",),
    known=("stream-id-empty",),
)
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
    blocks=(
        "chat.stream*",
        "chat.sampling.n_stream",
        "chat.images.streamed",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
        "chat.roles.system_stream",
        "chat.roles.developer*",
        "chat.roles.together_stream",
        "chat.tool_stream.*",
        "chat.limits.stream*",
    ),
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


@fault(
    "stream.role_repeated",
    "Every delta names the role.",
    "chunks",
    {"chat.stream.role": "broken"},
    blocks=("chat.stream.role_first",),
    known=("stream-message-and-delta-duplicated",),
)
def role_repeated(call: Call) -> None:
    """Name the role again."""
    for delta in deltas(call):
        delta["role"] = "assistant"


@fault(
    "stream.role_missing",
    "No delta names the role.",
    "chunks",
    {"chat.stream.role": "broken"},
    blocks=("chat.stream.role_first",),
)
def role_missing(call: Call) -> None:
    """Drop the role."""
    for delta in deltas(call):
        delta.pop("role", None)


@fault(
    "stream.role_empty",
    "Later deltas have an empty role.",
    "chunks",
    {"chat.stream.role": "broken"},
    blocks=("chat.stream.role_first",),
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
    {"chat.stream.finish": "broken", "chat.stream.done": "broken"},
    blocks=(
        "chat.roles.developer_beside_tools",
        "chat.format.object_beside_tools",
        "chat.*",
        "chat.format.streamed",
    ),
)
def cut(call: Call) -> None:
    """Break off."""
    del call.events[3:]


@fault("stream.finish_early", "Content follows the finish_reason.", "chunks", {"chat.stream.finish_last": "broken"})
def finish_early(call: Call) -> None:
    """Finish one chunk too soon."""
    for before, after in pairwise(call.chunks):
        if before["choices"] and after["choices"] and after["choices"][0]["finish_reason"]:
            here, there = before["choices"][0], after["choices"][0]
            here["finish_reason"], there["finish_reason"] = there["finish_reason"], None
            here["delta"], there["delta"] = there["delta"], here["delta"]


@fault(
    "stream.cumulative",
    "Every delta repeats all that was said before.",
    "chunks",
    {
        "chat.stream.fragments": "broken",
        "chat.sampling.logprobs_stream_text": "broken",
        "chat.stream.same_words": "broken",
        "chat.format.streamed": "ignored",
    },
    blocks=(
        "chat.sampling.stop_str*",
        "chat.*",
    ),
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
    {"chat.stream.incremental": "broken", "chat.sampling.logprobs_stream_text": "broken"},
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
    blocks=("chat.stream_usage.declined",),
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
    {"chat.stream.words": "broken", "chat.tool_stream.plain_words": "broken"},
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
    {
        "chat.stream.whitespace": "broken",
        "chat.sampling.logprobs_stream_text": "broken",
        "chat.letters.streamed": "broken",
    },
    known=("stream-whitespace-stripped",),
    blocks=(
        "chat.stream_usage.same_output",
        "chat.stream.*",
        "chat.sampling.stop_stream",
        "chat.sampling.stop_string",
    ),
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
    {"chat.limits.stream_finish_reason": "broken", "chat.tool_stream.cut_finish": "broken"},
    blocks=("chat.limits.stream_counted",),
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
    blocks=(
        "chat.format.schema_streamed",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
    ),
)
def finish_length(call: Call) -> None:
    """Claim a limit in streams."""
    for choice in choices(call):
        if choice["finish_reason"] == "stop":
            choice["finish_reason"] = "length"


@fault(
    "stream.fingerprint_number",
    "The system_fingerprint in chunks is a number.",
    "chunks",
    {"chat.stream.rest": "broken"},
)
def fingerprint_number(call: Call) -> None:
    """Write it as it is counted."""
    for chunk in call.chunks:
        chunk["system_fingerprint"] = 7
