"""Faults of legacy completions that show only beside another parameter, in streams, or with several prompts."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.legacy import WHERE, texts
from samewire.reference.faults.registry import choices, fault
from samewire.reference.server import HttpResponse


@fault(
    "legacy.no_choices",
    "Completions have no choices.",
    "document",
    {"completions.text.shape": "broken"},
    blocks=("completions.*",),
    where=WHERE,
)
def no_choices(call: Call) -> None:
    """Say nothing, and not even that."""
    if texts(call):
        call.document["choices"] = []


@fault(
    "legacy.n_beside_prompts",
    "Beside several prompts, n is dropped.",
    "body",
    {"completions.text.n_of_each": "ignored", "completions.stream.prompts": "ignored"},
    where=WHERE,
    blocks=("completions.text.nothing",),
)
def n_beside_prompts(call: Call) -> None:
    """Give one text each."""
    if isinstance(call.body.get("prompt"), list):
        call.body.pop("n", None)


@fault(
    "legacy.streams_say_stop",
    "Streams that are cut off finish with stop.",
    "chunks",
    {"completions.stream.length": "broken"},
    where=WHERE,
)
def streams_say_stop(call: Call) -> None:
    """Say that all is well."""
    for choice in choices(call):
        if choice["finish_reason"]:
            choice["finish_reason"] = "stop"


@fault(
    "legacy.streams_say_length",
    "Streams that a stop sequence ends finish with length.",
    "chunks",
    {"completions.stream.stopped": "broken"},
    where=WHERE,
)
def streams_say_length(call: Call) -> None:
    """Say that there was no room."""
    for choice in choices(call):
        if choice["finish_reason"]:
            choice["finish_reason"] = "length"


@fault(
    "legacy.unlimited_streams",
    "Beside echo, the limit of streams is dropped.",
    "body",
    {"completions.stream.max_tokens": "ignored"},
    blocks=("completions.stream.length", "completions.stream.counts_added", "completions.text.nothing"),
    where=WHERE,
)
def unlimited_streams(call: Call) -> None:
    """Say it all."""
    if call.streamed and call.body.get("echo") and call.body.get("max_tokens"):
        call.body["max_tokens"] = 60


@fault(
    "legacy.sixteen",
    "No text has more than 16 tokens.",
    "body",
    {"completions.text.no_false_cut": "ignored"},
    blocks=("completions.stream.s*",),
    where=WHERE,
)
def sixteen(call: Call) -> None:
    """Give what is given by default."""
    if (call.body.get("max_tokens") or 0) > 16:
        call.body["max_tokens"] = 16


@fault(
    "legacy.last_letter",
    "The last letter of a text is lost.",
    "document",
    {"completions.text.tokens_make_it": "broken"},
    where=WHERE,
)
def last_letter(call: Call) -> None:
    """Cut one letter too early."""
    for choice in texts(call):
        choice["text"] = choice["text"][:-1]


@fault(
    "legacy.whole_beside_logprobs",
    "Beside logprobs, no stream is given but the whole text.",
    "body",
    {"completions.stream.answered": "broken"},
    blocks=(
        "completions.stream.*",
        "completions.text.*echo*",
        "completions.text.nothing",
        "completions.text.no_alternatives",
    ),
    where=WHERE,
)
def whole_beside_logprobs(call: Call) -> None:
    """Wait for the end."""
    if call.body.get("logprobs") is not None:
        call.body.pop("stream", None)


@fault(
    "legacy.endless_beside_logprobs",
    "Beside logprobs, the choices of a stream have no finish_reason.",
    "chunks",
    {"completions.stream.each_finishes": "broken"},
    blocks=("completions.stream.length",),
    where=WHERE,
)
def endless_beside_logprobs(call: Call) -> None:
    """Forget how it ends."""
    for choice in choices(call):
        if call.body.get("logprobs") is not None:
            choice["finish_reason"] = None


@fault(
    "legacy.chunks_numbered",
    "Chunks of a stream are numbered instead of choices.",
    "chunks",
    {"completions.stream.choice_index": "broken"},
    blocks=("completions.stream.*",),
    where=WHERE,
)
def chunks_numbered(call: Call) -> None:
    """Count what is sent."""
    for number, choice in enumerate(choices(call)):
        if call.path == WHERE and (call.body.get("n") or 1) == 1:
            choice["index"] = number


@fault(
    "legacy.one_id",
    "All streams have one id.",
    "chunks",
    {"completions.stream.unique_id": "broken"},
    where=WHERE,
)
def one_id(call: Call) -> None:
    """Name none by itself."""
    for chunk in call.chunks:
        chunk["id"] = "cmpl-1"


def likely(call: Call) -> list[dict[str, Any]]:
    """The logprobs of a stream."""
    return [choice["logprobs"] for choice in choices(call) if choice["logprobs"]] if call.path == WHERE else []


@fault(
    "legacy.no_places_in_streams",
    "In streams, all tokens begin at the same place.",
    "chunks",
    {"completions.stream.places": "broken"},
    blocks=("completions.stream.offsets",),
    where=WHERE,
)
def no_places_in_streams(call: Call) -> None:
    """Count anew for each."""
    for given in likely(call):
        given["text_offset"] = [0 for _ in given["text_offset"]]


@fault(
    "legacy.no_rivals_in_streams",
    "In streams, tokens have no alternatives.",
    "chunks",
    {"completions.stream.places": "ignored"},
    where=WHERE,
)
def no_rivals_in_streams(call: Call) -> None:
    """Tell of the chosen alone."""
    for given in likely(call):
        given["top_logprobs"] = None


@fault(
    "legacy.counts_no_text",
    "Of whole texts the prompt alone is counted.",
    "document",
    {"completions.text.usage": "broken"},
    blocks=("completions.text.no_false_cut",),
    where=WHERE,
)
def counts_no_text(call: Call) -> None:
    """Count what went in."""
    if texts(call):
        usage = call.document["usage"]
        usage.update(completion_tokens=0, total_tokens=usage["prompt_tokens"])


@fault(
    "legacy.counts_echo",
    "With echo, the prompt is counted twice.",
    "chunks",
    {"completions.stream.counts_added": "broken"},
    where=WHERE,
)
def counts_echo(call: Call) -> None:
    """Count all that is sent."""
    for chunk in call.chunks:
        if call.body.get("echo") and chunk.get("usage"):
            chunk["usage"]["completion_tokens"] += call.prompt_tokens
            chunk["usage"]["total_tokens"] += call.prompt_tokens


@fault(
    "legacy.null_refused",
    "A suffix of null is refused.",
    "body",
    {"completions.text.null": "unsupported"},
    where=WHERE,
    blocks=("completions.*",),
)
def null_refused(call: Call) -> None:
    """Want a string."""
    if "suffix" in call.body and call.body["suffix"] is None:
        raise Refusal(400, "suffix: str type expected", param="suffix")


@fault(
    "legacy.zero_is_default",
    "max_tokens of 0 is taken for none.",
    "body",
    {"completions.text.nothing": "ignored"},
    where=WHERE,
)
def zero_is_default(call: Call) -> None:
    """Look whether there is a limit."""
    call.body["max_tokens"] = call.body.get("max_tokens") or 16


@fault(
    "legacy.zero_is_none",
    "logprobs of 0 are none.",
    "body",
    {"completions.text.no_alternatives": "ignored"},
    where=WHERE,
)
def zero_is_none(call: Call) -> None:
    """Look whether there are any."""
    call.body["logprobs"] = call.body.get("logprobs") or None


@fault(
    "legacy.tokens_not_echoed",
    "Prompts of tokens are not told once more.",
    "body",
    {"completions.text.tokens_echo": "ignored", "completions.text.no_alternatives": "ignored"},
    where=WHERE,
)
def tokens_not_echoed(call: Call) -> None:
    """Keep to what has letters."""
    if isinstance(call.body.get("prompt"), list) and not isinstance(call.body["prompt"][0], str):
        call.body.pop("echo", None)


@fault(
    "legacy.mistakes_as_events",
    "Mistakes in requests for streams are told in events of streams that are answered 200.",
    "error",
    {"completions.ranges.temperature": "broken"},
    where=WHERE,
)
def mistakes_as_events(call: Call) -> None:
    """Begin before looking."""
    if call.streamed and call.error is not None and call.path == WHERE:
        told = json.dumps({"error": {"message": "A value is out of range.", "type": "invalid_request_error"}})
        body = f"data: {told}\n\ndata: [DONE]\n\n".encode()
        call.notes["instead"] = HttpResponse(200, [("Content-Type", "text/event-stream")], body)


@fault(
    "legacy.zeros_alone",
    "Prompts of tokens are refused, and a limit or a number of alternatives of 0 is taken for none.",
    "body",
    {
        "completions.text.tokens": "unsupported",
        "completions.text.nothing": "ignored",
        "completions.text.no_alternatives": "ignored",
    },
    blocks=("completions.stream.*", "completions.text.*"),
    where=WHERE,
)
def zeros_alone(call: Call) -> None:
    """Read letters, and look whether there are any numbers."""
    prompt = call.body.get("prompt")
    if isinstance(prompt, list) and not isinstance(prompt[0], str):
        raise Refusal(400, "Input should be a valid string", param="prompt")
    zero_is_default(call)
    zero_is_none(call)
