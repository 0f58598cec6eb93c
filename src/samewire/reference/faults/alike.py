"""Faults of streams alone: what a whole answer heeds is dropped, and words get lost on the way."""

from __future__ import annotations

import copy
import json

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, completions, fault


def _forget(call: Call, *names: str) -> None:
    for name in names if call.streamed else ():
        call.body.pop(name, None)


def _spoken(call: Call) -> list[int]:
    """The places of the chunks that hold words."""
    return [at for at, chunk in enumerate(call.chunks) if any(one["delta"].get("content") for one in chunk["choices"])]


@fault(
    "stream.last_lost",
    "The last words of a stream are lost.",
    "chunks",
    {"chat.stream.same_words": "broken", "chat.letters.streamed": "broken"},
    blocks=(
        "chat.roles.developer_beside_tools",
        "chat.format.object_beside_tools",
        "chat.roles.system_stream",
        "chat.format.streamed",
        "chat.images.streamed",
        "chat.stream.whitespace",
        "chat.stream.same_finish",
        "chat.stream_usage.same_output",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def last_lost(call: Call) -> None:
    """Lose the end."""
    for place in _spoken(call)[-1:]:
        del call.chunks[place]


@fault(
    "stream.first_twice",
    "The first words of a stream come twice.",
    "chunks",
    {"chat.stream.same_words": "broken"},
    blocks=(
        "chat.format.object_beside_tools",
        "chat.roles.system_stream",
        "chat.format.streamed",
        "chat.images.streamed",
        "chat.stream.whitespace",
        "chat.stream.same_finish",
        "chat.stream_usage.same_output",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def first_twice(call: Call) -> None:
    """Stammer."""
    for place in _spoken(call)[:1]:
        call.chunks.insert(place, copy.deepcopy(call.chunks[place]))


@fault(
    "stream.swapped",
    "Two pieces of a stream change places.",
    "chunks",
    {"chat.stream.same_words": "broken"},
    blocks=(
        "chat.format.object_beside_tools",
        "chat.roles.system_stream",
        "chat.format.streamed",
        "chat.images.streamed",
        "chat.stream.whitespace",
        "chat.stream.same_finish",
        "chat.stream_usage.same_output",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def swapped(call: Call) -> None:
    """Overtake."""
    places = _spoken(call)
    if len(places) > 8:
        one, other = places[6], places[7]
        call.chunks[one], call.chunks[other] = call.chunks[other], call.chunks[one]


@fault(
    "ignored.limits_in_streams",
    "The token limit is dropped in streams.",
    "body",
    {
        "chat.limits.max_tokens_stream": "ignored",
        "chat.limits.stream": "ignored",
        "chat.limits.not_negative": "ignored",
    },
    blocks=("chat.limits.stream_counted", "chat.limits.stream_finish_reason", "chat.tool_stream.cut_finish"),
)
def limits_in_streams(call: Call) -> None:
    """Let streams run."""
    _forget(call, "max_tokens", "max_completion_tokens")


@fault(
    "ignored.system_in_streams",
    "System messages are dropped in streams.",
    "body",
    {"chat.roles.system_stream": "ignored", "chat.stream_usage.same_conversation": "broken"},
    blocks=("chat.images.beside_format", "chat.sampling.logprobs_beside_format"),
)
def system_in_streams(call: Call) -> None:
    """Obey when whole."""
    if call.streamed and isinstance(call.body.get("messages"), list):
        call.body["messages"] = [one for one in call.body["messages"] if one.get("role") != "system"]


@fault(
    "ignored.format_in_streams",
    "response_format is dropped in streams.",
    "body",
    {"chat.format.streamed": "ignored"},
    blocks=(
        "chat.format.object_beside_tools",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def format_in_streams(call: Call) -> None:
    """Speak freely."""
    _forget(call, "response_format")


@fault(
    "ignored.image_in_streams",
    "Pictures are dropped in streams.",
    "body",
    {"chat.images.streamed": "ignored", "chat.images.beside_format": "ignored"},
)
def image_in_streams(call: Call) -> None:
    """Look when whole."""
    for one in call.body["messages"] if call.streamed and isinstance(call.body.get("messages"), list) else ():
        if isinstance(one.get("content"), list):
            one["content"] = [part for part in one["content"] if part.get("type") != "image_url"]


@fault("ignored.second_image", "Of several pictures the first is taken.", "body", {"chat.images.several": "ignored"})
def second_image(call: Call) -> None:
    """See one."""
    for one in call.body.get("messages") or ():
        if isinstance(one, dict) and isinstance(one.get("content"), list):
            pictures = [part for part in one["content"] if part.get("type") == "image_url"]
            one["content"] = [part for part in one["content"] if part not in pictures] + pictures[:1]


@fault(
    "ignored.second_result",
    "Of several results of tools the first is taken for all.",
    "body",
    {"chat.history.two_results": "ignored", "chat.roles.together": "ignored"},
    blocks=("chat.history.results_by_id",),
)
def second_result(call: Call) -> None:
    """Hear the first."""
    results = [one for one in call.body.get("messages") or () if isinstance(one, dict) and one.get("role") == "tool"]
    for one in results[1:]:
        one["content"] = results[0]["content"]


@fault(
    "ignored.assistant",
    "What the assistant said before is dropped.",
    "body",
    {"chat.roles.history": "ignored"},
    blocks=("chat.roles.together", "chat.history.heard"),
)
def assistant(call: Call) -> None:
    """Forget one's own words."""
    if isinstance(call.body.get("messages"), list) and "response_format" not in call.body:
        for one in call.body["messages"]:
            if isinstance(one, dict) and one.get("role") == "assistant" and isinstance(one.get("content"), str):
                one["content"] = "…"


@fault(
    "ignored.stop_letters",
    "A stop sequence is taken for a list of letters.",
    "body",
    {"chat.sampling.stop_string": "broken", "chat.sampling.stop_stream": "broken"},
)
def stop_letters(call: Call) -> None:
    """Walk through what is a text as if it were a list."""
    if isinstance(call.body.get("stop"), str):
        call.body["stop"] = [one for one in call.body["stop"] if one.strip()][:4]


@fault(
    "ignored.more_stops",
    "Of several stop sequences the first is taken.",
    "body",
    {"chat.sampling.stop": "ignored", "chat.ranges.stop": "ignored"},
    blocks=("chat.sampling.stop_beside_tools",),
)
def more_stops(call: Call) -> None:
    """Stop at one."""
    if isinstance(call.body.get("stop"), list):
        call.body["stop"] = call.body["stop"][:1]


@fault(
    "usage.double",
    "Completion tokens count twice.",
    "document",
    {"chat.usage.output": "broken", "chat.stream_usage.same_output": "broken"},
    blocks=(
        "chat.limits.stream_counted",
        "chat.limits.beside_tools",
        "chat.limits.every_choice",
    ),
)
def double(call: Call) -> None:
    """Charge twice."""
    for document in completions(call):
        usage = document["usage"]
        if usage["completion_tokens"] > 2:
            usage["completion_tokens"] *= 2
            usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


@fault(
    "completion.milliseconds",
    "created counts milliseconds.",
    "document",
    {"chat.completion.created": "broken"},
)
def milliseconds(call: Call) -> None:
    """Count a thousand times faster."""
    for document in completions(call):
        document["created"] *= 1000


@fault(
    "headers.same_id", "All answers have the same x-request-id.", "response", {"http.headers.own_request_id": "broken"}
)
def same_id(call: Call) -> None:
    """Call everything the same."""
    call.response.set("x-request-id", "req_0")


@fault(
    "headers.few_ids",
    "Answers share three values of x-request-id.",
    "response",
    {"http.headers.own_request_id": "broken"},
)
def few_ids(call: Call) -> None:
    """Number the workers."""
    call.response.set("x-request-id", f"req_{call.number % 3}")


@fault(
    "choices.json_twice",
    "The arguments of calls are JSON text of JSON text.",
    "document",
    {"chat.tools.arguments": "broken", "chat.strict.no_arguments": "broken"},
    blocks=(
        "chat.tool_stream.same_types",
        "chat.strict.*",
        "chat.tools.cut_finish",
    ),
)
def json_twice(call: Call) -> None:
    """Write JSON of JSON."""
    for choice in choices(call):
        for one in choice["message"].get("tool_calls") or ():
            if "function" in one:
                one["function"]["arguments"] = json.dumps(one["function"]["arguments"])


@fault("stream.same_ids", "All streams have the same id.", "chunks", {"chat.stream.unique_id": "broken"})
def same_ids(call: Call) -> None:
    """Call every stream the same."""
    for chunk in call.chunks:
        chunk["id"] = "chatcmpl-0"


@fault(
    "stream_usage.more",
    "Streams count more completion tokens than whole answers.",
    "chunks",
    {"chat.stream_usage.same_output": "broken"},
    blocks=("chat.limits.stream_counted",),
)
def more(call: Call) -> None:
    """Charge more for streams."""
    for chunk in call.chunks:
        if chunk.get("usage"):
            chunk["usage"]["completion_tokens"] += 20
            chunk["usage"]["total_tokens"] += 20


@fault("response.created", "Completions are answered 201.", "response", {"http.response.status": "broken"})
def created(call: Call) -> None:
    """Say that something was made."""
    if call.chat and call.response.status == 200:
        call.response.status = 201
