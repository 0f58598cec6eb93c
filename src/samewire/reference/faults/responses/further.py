"""Faults that show only beside something: in a stream that calls, where the model thinks, a turn later."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import fault, final, made, of, renumber
from samewire.reference.faults.responses.ignored import keep

#: What a custom tool gives.
GAVE = "custom_tool_call_output"
ADDED, DONE = "response.output_item.added", "response.output_item.done"


@fault(
    "responses_further.no_limit",
    "max_output_tokens is refused as unknown.",
    "body",
    {"responses.limits.kept": "unsupported"},
    blocks=("responses.limits.*", "responses.echo.limit", "responses.usage.output_grows"),
)
def no_limit(call: Call) -> None:
    """Speak as long as one likes."""
    if call.body.get("max_output_tokens") is not None:
        message = "Unsupported parameter: max_output_tokens"
        raise Refusal(400, message, param="max_output_tokens", code="unsupported_parameter")


@fault(
    "responses_further.cut_refused",
    "An answer that is cut off is answered with 400, in place of what was said until then.",
    "document",
    {"responses.limits.kept": "broken"},
    blocks=("responses.limits.*", "responses.usage.*", "responses.stream.flushed", "responses.open.*"),
)
def cut_refused(call: Call) -> None:
    """Want a whole text."""
    if any(one["status"] == "incomplete" for one in made(call)):
        raise Refusal(400, "1 validation error for ResponseOutputText: text: Field required")


@fault(
    "responses_further.short_metadata",
    "Values of metadata may have 64 letters at most.",
    "body",
    {"responses.parameters.long_metadata": "unsupported"},
    blocks=("responses.state.kept_by_default",),
)
def short_metadata(call: Call) -> None:
    """Take the limit of keys for that of values."""
    told = call.body.get("metadata")
    if isinstance(told, dict) and any(len(str(value)) > 64 for value in told.values()):
        raise Refusal(400, "Invalid 'metadata': string too long.", param="metadata", code="string_above_max_length")


@fault(
    "responses_further.hollow_objects",
    "Of a strict schema only what is on top is enforced: objects within come empty.",
    "answers",
    {"responses.format.json_schema": "ignored"},
)
def hollow_objects(call: Call) -> None:
    """Leave out what is within."""
    if "json_schema" in str(call.body.get("text")) and not call.streamed:
        for one in call.answers:
            value = json.loads(one.text)
            one.text = json.dumps({name: {} if isinstance(inner, dict) else inner for name, inner in value.items()})


@fault(
    "responses_further.silent_calls",
    "In streams, a call without arguments is told by the last event alone.",
    "chunks",
    {"responses.stream.all_items": "broken"},
)
def silent_calls(call: Call) -> None:
    """Have no delta, and so no item."""
    done = [event for event in of(call, DONE) if event["item"].get("arguments") == "{}"]
    silent = {event["output_index"] for event in done}
    call.chunks[:] = [event for event in call.chunks if event.get("output_index") not in silent]
    renumber(call)


@fault(
    "responses_further.reasoning_as_text",
    "A reasoning item that is streamed gets a part of text, which is never heard of again.",
    "chunks",
    {"responses.stream.parts_held": "broken"},
)
def reasoning_as_text(call: Call) -> None:
    """Open what is never closed."""
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    for event in of(call, ADDED):
        if event["item"]["type"] == "reasoning":
            place = {"item_id": event["item"]["id"], "output_index": event["output_index"], "content_index": 0}
            opened = {"type": "response.content_part.added", **place, "part": part}
            call.chunks.insert(call.chunks.index(event) + 1, opened)
    renumber(call)


@fault(
    "responses_further.summary_twice",
    "Deltas of a reasoning summary come as deltas of the reasoning, too.",
    "chunks",
    {"responses.stream.same_reasoning": "broken"},
)
def summary_twice(call: Call) -> None:
    """Tell a summary as what it sums up."""
    for event in of(call, "response.reasoning_summary_text.delta"):
        place = {"item_id": event["item_id"], "output_index": event["output_index"], "content_index": 0}
        other = {"type": "response.reasoning_text.delta", **place, "delta": event["delta"]}
        call.chunks.insert(call.chunks.index(event), other)
    renumber(call)


@fault(
    "responses_further.reasoning_uncounted",
    "Reasoning is told, and not counted.",
    "document",
    {"responses.reasoning.counted": "broken"},
)
def reasoning_uncounted(call: Call) -> None:
    """Count nothing of it."""
    for one in made(call):
        if one["usage"]:
            one["usage"]["output_tokens_details"]["reasoning_tokens"] = 0


@fault(
    "responses_further.unstored_streams_fail",
    "With store false, a stream that was whole ends as failed.",
    "chunks",
    {"responses.stream.laden_completed": "broken"},
    blocks=(
        *("responses.format.stream", "responses.parameters.stream_logprobs*", "responses.stream.parts_there"),
        *("responses.reasoning.stream*", "responses.stream.same_summary"),
    ),
)
def unstored_streams_fail(call: Call) -> None:
    """Fail to keep what is not to be kept."""
    if call.body.get("store") is False:
        last = call.chunks[-1]
        last["type"] = "response.failed"
        last["response"]["status"] = "failed"
        last["response"]["error"] = {"code": "server_error", "message": "An error occurred."}


@fault(
    "responses_further.format_needed",
    "`text` without a format is refused.",
    "body",
    {"responses.parameters.verbosity": "unsupported"},
)
def format_needed(call: Call) -> None:
    """Ask for what has a default."""
    text = call.body.get("text")
    if isinstance(text, dict) and not text.get("format"):
        raise Refusal(400, "Required", param="text.format", code="missing_required_parameter")


@fault(
    "responses_further.turns_twice",
    "The turns before are put in twice.",
    "answers",
    {"responses.usage.turns_once": "broken"},
    blocks=("responses.state.*", "responses.tools.previous_*"),
)
def turns_twice(call: Call) -> None:
    """Load them again."""
    if before := call.notes["before"]:
        keep(call, [*before, *call.notes["input"]])


@fault(
    "responses_further.stored_if_told",
    "Nothing is stored unless `store` is true.",
    "body",
    {"responses.state.kept_by_default": "ignored", "responses.tools.previous_call": "unsupported"},
    blocks=(
        "responses.state.*",
        "responses.tools.previous_output",
        "responses.tools.answered_stream",
        "responses.tools.referred_output",
        "responses.keys.*",
    ),
)
def stored_if_told(call: Call) -> None:
    """Take silence for no."""
    if call.body.get("store") is None:
        call.body["store"] = False


@fault(
    "responses_further.nothing_after_calls",
    "In streams, the output of a call is answered with nothing at all.",
    "chunks",
    {"responses.tools.answered_stream": "broken"},
)
def nothing_after_calls(call: Call) -> None:
    """Be done."""
    put_in = call.notes["input"]
    if isinstance(put_in, list) and put_in and put_in[-1].get("type") == "function_call_output":
        call.chunks[:] = [event for event in call.chunks if "response" in event]
        for one in final(call):
            one["output"] = []
        renumber(call)


@fault(
    "responses_further.apart_by_default",
    "parallel_tool_calls is false where nothing was sent.",
    "document",
    {"responses.echo.parallel_tool_calls": "broken"},
    blocks=("responses.stream.same_settings",),
)
def apart_by_default(call: Call) -> None:
    """Have another default."""
    body = call.body if isinstance(call.body, dict) else {}
    for one in made(call) if call.request.method == "POST" and body.get("parallel_tool_calls") is None else ():
        # Beside several calls it would be a lie, which is another fault.
        if sum(item["type"] == "function_call" for item in one["output"]) < 2:
            one["parallel_tool_calls"] = False


@fault(
    "responses_further.custom_output_lost",
    "What a custom tool gave is taken, and never reaches the model.",
    "answers",
    {"responses.custom.output_arrives": "ignored"},
)
def custom_output_lost(call: Call) -> None:
    """Hear nothing of it."""
    put_in = call.notes["input"]
    lost = [{**item, "output": "Done."} if item.get("type") == GAVE else item for item in put_in]
    if lost != put_in:
        keep(call, lost)
