"""Faults of a stream's events: members that are missing, mistyped, or wrong, and the bytes they come in."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import ABSENT, fault, final, lifecycle, of, put

ALL = ("responses.*",)
STREAM = ("responses.stream.*", "responses.call_stream.*", "responses.custom.stream", "responses.limits.stream*")
#: What is asked for in streams, so that it can't be told where these are broken.
ASKED = (
    *(f"responses.{name}.stream" for name in ("format", "input", "echo")),
    *("responses.parameters.stream_logprobs*", "responses.images.several", "responses.open.done"),
    *("responses.images.before_text", "responses.tools.previous_*", "responses.tools.answered_stream"),
    *("responses.state.chain", "responses.state.streamed", "responses.state.delete*", "responses.tools.offered"),
    *("responses.tool_choice.allowed_stream", "responses.tools.referred_output"),
    *("responses.tool_choice.named", "responses.tool_choice.one_at_a_time", "responses.tool_choice.strict"),
    *("responses.tool_choice.none", "responses.tools.letters"),
    *("responses.reasoning.stream*", "responses.reasoning.beside_tools", "responses.state.own_instructions"),
)
EVERY = (*STREAM, *ASKED)
TEXT = "response.output_text."
ARGUMENTS = "response.function_call_arguments."
ITEM = "response.output_item."
PART = "response.content_part."

#: Name → the types of the events (all if there are none), what is put where, and which check sees it.
WRONG: dict[str, tuple[tuple[str, ...], str, Any, str]] = {
    "type_absent": ((TEXT + "delta",), "type", ABSENT, "type"),
    "sequence_absent": ((), "sequence_number", ABSENT, "sequence_number"),
    "sequence_text": ((), "sequence_number", "1", "sequence_number"),
    "sequence_constant": ((), "sequence_number", 0, "sequence"),
    "sequence_absent_on_deltas": ((TEXT + "delta",), "sequence_number", ABSENT, "sequence_number"),
    "item_id_absent": ((TEXT + "delta",), "item_id", ABSENT, "item_id"),
    "item_id_empty": ((PART + "added",), "item_id", "", "item_id"),
    "item_id_null_on_arguments": ((ARGUMENTS + "delta",), "item_id", None, "item_id"),
    "output_index_absent": ((TEXT + "delta",), "output_index", ABSENT, "output_index"),
    "output_index_text": ((ITEM + "done",), "output_index", "0", "output_index"),
    "content_index_absent": ((TEXT + "delta",), "content_index", ABSENT, "content_index"),
    "content_index_null": ((PART + "done",), "content_index", None, "content_index"),
    "item_null": ((ITEM + "added",), "item", None, "item"),
    "item_without_id": ((ITEM + "added",), "item/id", ABSENT, "item"),
    "item_without_content": ((ITEM + "added",), "item/content", ABSENT, "item"),
    "item_content_null": ((ITEM + "added",), "item/content", None, "item"),
    "item_arguments_null": ((ITEM + "added",), "item/arguments", None, "item"),
    "item_arguments_absent": ((ITEM + "added",), "item/arguments", ABSENT, "item"),
    "item_done_without_role": ((ITEM + "done",), "item/role", ABSENT, "item"),
    "part_null": ((PART + "added",), "part", None, "part"),
    "part_without_annotations": ((PART + "added",), "part/annotations", ABSENT, "part"),
    "part_done_without_text": ((PART + "done",), "part/text", ABSENT, "part"),
    "delta_object": ((TEXT + "delta",), "delta", {"text": "x"}, "delta"),
    "delta_absent": ((ARGUMENTS + "delta",), "delta", ABSENT, "delta"),
    "text_absent_when_done": ((TEXT + "done",), "text", ABSENT, "done_text"),
    "arguments_absent_when_done": ((ARGUMENTS + "done",), "arguments", ABSENT, "done_text"),
    "summary_index_absent": (("response.reasoning_summary_text.delta",), "summary_index", ABSENT, "rest"),
    "created_without_output": (("response.created",), "response/output", ABSENT, "response"),
    "created_without_id": (("response.created",), "response/id", ABSENT, "response"),
    "created_without_response": (("response.created",), "response", ABSENT, "response"),
    "in_progress_without_model": (("response.in_progress",), "response/model", ABSENT, "response"),
    "completed_without_tools": (("response.completed",), "response/tools", ABSENT, "response"),
    "completed_without_output": (("response.completed",), "response/output", ABSENT, "response"),
    "completed_with_null_output": (("response.completed",), "response/output", None, "response"),
    "completed_part_text": (("response.completed",), "response/output/*/content/*/type", "text", "response"),
    "completed_without_status": (("response.completed",), "response/status", ABSENT, "response"),
    "created_completed": (("response.created",), "response/status", "completed", "status"),
    "completed_in_progress": (("response.completed",), "response/status", "in_progress", "status"),
    "no_usage": (("response.completed", "response.incomplete"), "response/usage", None, "usage"),
    "usage_without_total": (("response.completed",), "response/usage/total_tokens", ABSENT, "usage_shape"),
    "usage_total_wrong": (("response.completed",), "response/usage/total_tokens", 7, "usage_shape"),
    "usage_without_details": (
        ("response.completed",),
        "response/usage/output_tokens_details",
        ABSENT,
        "usage_details",
    ),
    "created_at_changes": (("response.completed",), "response/created_at", 1_700_000_000, "constant"),
    "model_changes": (("response.created",), "response/model", "upstream/model", "constant"),
    "id_changes": (("response.completed",), "response/id", "resp_another", "one_id"),
    "done_in_progress": ((ITEM + "done",), "item/status", "in_progress", "item_status"),
}

for _name, (_types, _path, _value, _check) in WRONG.items():

    @fault(
        f"responses_event.{_name}",
        f"In the events {', '.join(_types) or 'of streams'}, {_path} is {_value!r}.",
        "chunks",
        {f"responses.stream.{_check}": "broken"},
        blocks=EVERY,
        known=("resp-item-id-missing-in-delta",) if _name == "item_id_absent" else (),
    )
    def wrong(call: Call, types: tuple[str, ...] = _types, path: str = _path, value: Any = _value) -> None:
        """Put something else there, or nothing."""
        for event in of(call, *types) if types else call.chunks:
            put(event, path, value)


@fault(
    "responses_event.chat_usage",
    "The usage that a stream ends with has the names of Chat Completions.",
    "chunks",
    {"responses.stream.usage_shape": "broken", "responses.stream.usage_details": "broken"},
    blocks=(
        "responses.stream.counts",
        "responses.stream.same_input",
        "responses.limits.stream",
        "responses.stream.same_output",
        "responses.state.chain",
        "responses.tools.offered",
        "responses.tools.previous_output",
        "responses.tools.referred_output",
        "responses.limits.stream_kept",
    ),
)
def chat_usage(call: Call) -> None:
    """Count as Chat Completions does."""
    for one in final(call):
        usage = one["usage"]
        counts = {"prompt_tokens": usage["input_tokens"], "completion_tokens": usage["output_tokens"]}
        one["usage"] = {**counts, "total_tokens": usage["total_tokens"]}


@fault(
    "responses_event.usage_zero",
    "The usage that a stream ends with counts no output.",
    "chunks",
    {"responses.stream.usage_shape": "broken"},
    blocks=("responses.stream.same_output",),
)
def usage_zero(call: Call) -> None:
    """Count nothing."""
    for one in final(call):
        one["usage"].update(output_tokens=0, total_tokens=one["usage"]["input_tokens"])


@fault(
    "responses_event.other_input",
    "Streams count another input.",
    "chunks",
    {"responses.stream.same_input": "broken"},
)
def other_input(call: Call) -> None:
    """Count more in streams."""
    for one in final(call):
        one["usage"]["input_tokens"] += 9
        one["usage"]["total_tokens"] += 9


@fault(
    "responses_event.begins_full",
    "The response is whole when it begins.",
    "chunks",
    {"responses.stream.begins_empty": "broken"},
)
def begins_full(call: Call) -> None:
    """Tell the end first."""
    last = final(call)[0]
    for one in lifecycle(call)[:2]:
        one.update(output=last["output"], usage=last["usage"])


@fault(
    "responses_event.few_keys",
    "The response that a stream ends with has less members than one that is whole.",
    "chunks",
    {"responses.stream.same_keys": "broken"},
    blocks=EVERY,
)
def few_keys(call: Call) -> None:
    """Tell less."""
    for one in final(call):
        for name in ("text", "truncation", "store", "max_output_tokens", "reasoning"):
            del one[name]


@fault(
    "responses_bytes.refused",
    "Streams are refused.",
    "body",
    {"responses.stream.accepted": "unsupported"},
    blocks=ALL,
)
def refused(call: Call) -> None:
    """Refuse to stream."""
    if call.body.get("stream") is True:
        raise Refusal(400, "Streaming is not supported.", param="stream", code="unsupported_value")


@fault(
    "responses_bytes.whole",
    "A request for a stream is answered with a whole response.",
    "body",
    {"responses.stream.framing": "broken"},
    blocks=ALL,
)
def whole(call: Call) -> None:
    """Forget to stream."""
    if call.body.get("stream") is True:
        call.body.pop("stream_options", None)
        del call.body["stream"]


@fault(
    "responses_bytes.json_lines",
    "A stream comes as lines of JSON, without `data:`.",
    "events",
    {"responses.stream.framing": "broken"},
    blocks=ALL,
)
def json_lines(call: Call) -> None:
    """Leave the frame out."""
    call.events[:] = [json.dumps(chunk).encode() + b"\n" for chunk in call.chunks]


@fault(
    "responses_bytes.declared_json",
    "Streams are declared as JSON.",
    "response",
    {"responses.stream.content_type": "broken"},
)
def declared_json(call: Call) -> None:
    """Declare something else."""
    if call.events:
        call.response.set("Content-Type", "application/json")


@fault(
    "responses_bytes.python",
    "A delta is written as Python would.",
    "events",
    {"responses.stream.json": "broken"},
    blocks=(
        *EVERY,
        "responses.images.several",
        "responses.open.done",
        "responses.parameters.stream_logprobs*",
        "responses.state.chain",
        "responses.state.streamed",
        "responses.state.delete",
        "responses.state.delete_shape",
        "responses.state.deleted_is_gone",
        "responses.tool_choice.none",
        "responses.images.before_text",
    ),
)
def python(call: Call) -> None:
    """Write another language."""
    for place, chunk in enumerate(call.chunks):
        if chunk["type"] == TEXT + "delta":
            call.events[place] = f"event: {chunk['type']}\ndata: {chunk!r}\n\n".encode()


@fault(
    "responses_bytes.empty_events",
    "Events without data keep streams alive.",
    "events",
    {"responses.stream.no_empty_event": "broken"},
)
def empty_events(call: Call) -> None:
    """Say nothing, as an event."""
    call.events.insert(2, b"event: ping\ndata:\n\n")


@fault(
    "responses_bytes.latin",
    "A comment of a stream is in Latin-1.",
    "events",
    {"responses.stream.utf8": "broken"},
)
def latin(call: Call) -> None:
    """Write letters another way."""
    call.events.insert(2, ": na\u00efve\n\n".encode("latin-1"))


@fault(
    "responses_bytes.bom",
    "Streams begin with a byte order mark.",
    "events",
    {"responses.stream.no_bom": "broken"},
    blocks=ALL,
)
def bom(call: Call) -> None:
    """Mark the beginning."""
    call.events.insert(0, b"\xef\xbb\xbf")


@fault(
    "responses_bytes.open_end",
    "The last event of a stream is not closed.",
    "events",
    {"responses.stream.terminated": "broken"},
    blocks=EVERY,
)
def open_end(call: Call) -> None:
    """Stop in the middle."""
    call.events[-1] = call.events[-1].rstrip(b"\n")


@fault(
    "responses_bytes.nameless",
    "Events have no names.",
    "events",
    {"responses.stream.event_names": "broken"},
)
def nameless(call: Call) -> None:
    """Leave names out."""
    call.events[:] = [event.partition(b"\n")[2] for event in call.events]


@fault(
    "responses_bytes.message",
    "All events are named message.",
    "events",
    {"responses.stream.event_names": "broken"},
)
def message(call: Call) -> None:
    """Name all alike."""
    call.events[:] = [b"event: message\n" + event.partition(b"\n")[2] for event in call.events]


@fault("responses_bytes.ids", "Events have ids.", "events", {"responses.stream.no_ids": "broken"})
def ids(call: Call) -> None:
    """Number events as SSE does."""
    call.events[:] = [b"id: %d\n" % place + event for place, event in enumerate(call.events)]


@fault(
    "responses_bytes.lingers",
    "The connection stays open after the last event.",
    "events",
    {"responses.stream.closes": "broken"},
)
def lingers(call: Call) -> None:
    """Stay for a while."""
    call.notes["linger"] = (
        2.6 if "Count" in str(call.body.get("input")) and call.body.get("max_output_tokens", 0) > 99 else 0
    )


@fault(
    "responses_bytes.after_done",
    "Events follow [DONE].",
    "events",
    {"responses.stream.done_last": "broken", "responses.stream.no_blank": "broken"},
)
def after_done(call: Call) -> None:
    """Say [DONE] too soon."""
    call.events += [b"data: [DONE]\n\n", b"event: ping\ndata: {}\n\n"]


@fault(
    "responses_bytes.chat",
    "A stream has the chunks of Chat Completions.",
    "chunks",
    {
        "responses.stream.type": "broken",
        "responses.stream.sequence_number": "broken",
    },
    blocks=ALL,
)
def chat(call: Call) -> None:
    """Speak another protocol."""
    deltas = [event["delta"] for event in of(call, TEXT + "delta")] or [""]
    call.chunks[:] = [
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": one}}]}
        for one in deltas
    ]


@fault(
    "responses_bytes.other_types",
    "The events of a stream have types of another protocol.",
    "chunks",
    {"responses.stream.not_empty": "broken"},
    blocks=ALL,
)
def other_types(call: Call) -> None:
    """Speak another protocol."""
    for event in call.chunks:
        event["type"] = event["type"].removeprefix("response.").replace(".", "_")
