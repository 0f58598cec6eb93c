"""Other ways to be a conformant Chat Completions endpoint."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import choices, completions, deltas, fragments
from samewire.reference.variants.registry import nothing, variant

CHEAP_REFUSALS = {
    "n": dict.fromkeys(("chat.sampling.n", "chat.sampling.n_stream", "chat.parameters.n"), "unsupported"),
    "seed": {"chat.parameters.seed": "unsupported"},
    "logprobs": {"chat.sampling.logprobs": "unsupported", "chat.sampling.logprobs_stream": "unsupported"},
}
BY_LOGPROBS = ("chat.sampling.*logprobs*", "chat.sampling.together", "chat.usage.output")
NO_LIMITS = {"http.headers.rate_limits": "unsupported", "http.headers.rate_resets": "unsupported"}

variant("open", "No key is needed.", key=None)(nothing)
variant("slow", "Every token takes its time.", pace=0.01)(nothing)
variant("lively", "The model's words vary.", lively=1.0)(nothing)
variant(
    "text_only",
    "The model sees no pictures, and says so.",
    turns={"chat.images.seen": "unsupported"},
    blocks=("chat.images.*", "chat.format.beside_pictures"),
    vision=False,
)(nothing)
variant(
    "hundred_models", "A hundred models are listed.", models=("reference-1", *(f"lab/model-{n}" for n in range(99)))
)(nothing)
variant("vast", "The context window holds eight megabytes.", blocks=("http.huge.*",), window=2_000_000)(nothing)
variant("no_limits", "No rate limits are told.", turns=NO_LIMITS, limits=False)(nothing)
variant(
    "reasoning",
    "The model thinks before it speaks, and refuses sampling parameters and max_tokens.",
    turns={
        "chat.limits.max_tokens": "unsupported",
        "chat.sampling.logprobs": "unsupported",
        "chat.sampling.temperature_zero": "unsupported",
        "chat.parameters.top_p_zero": "unsupported",
        "chat.sampling.temperature_two": "unsupported",
        "chat.sampling.negative_penalty": "unsupported",
        "chat.sampling.highest_penalty": "unsupported",
        "chat.sampling.logprobs_stream": "unsupported",
        "chat.sampling.logit_bias": "unsupported",
        "chat.parameters.logit_bias": "unsupported",
    },
    blocks=(
        "chat.letters.beside_logprobs",
        *BY_LOGPROBS,
        "chat.limits.*finish_reason",
        "chat.limits.max_*",
        "chat.usage.choices",
    ),
    reasoning=180,
    spellings=("max_completion_tokens",),
)(nothing)
variant(
    "max_tokens_only",
    "Only max_tokens is known.",
    turns={"chat.limits.max_completion_tokens": "unsupported"},
    spellings=("max_tokens",),
)(nothing)
variant(
    "no_token_limit",
    "No token limit is taken.",
    turns={"chat.limits.max_completion_tokens": "unsupported", "chat.limits.max_tokens": "unsupported"},
    blocks=(
        "chat.limits.*",
        "chat.tools.cut_finish",
        "chat.tool_stream.cut_finish",
        "chat.limits.stream",
        "chat.usage.choices",
    ),
    spellings=(),
)(nothing)


@variant("uuid_ids", "Ids are UUIDs.", "document")
def uuid_ids(call: Call) -> None:
    """Name it otherwise."""
    for document in completions(call):
        document["id"] = str(uuid.uuid4())


@variant("short_call_ids", "Tool calls have ids of nine characters.", "answers")
def short_call_ids(call: Call) -> None:
    """Name calls briefly."""
    for answer in call.answers:
        answer.calls = [(identifier[-9:], name, arguments) for identifier, name, arguments in answer.calls]


@variant("optional_absent", "Optional members are left out.", "document", blocks=("chat.usage.details",))
def optional_absent(call: Call) -> None:
    """Say what is necessary."""
    for document in completions(call):
        document.pop("system_fingerprint", None)
        for name in ("prompt_tokens_details", "completion_tokens_details"):
            document["usage"].pop(name, None)
        for choice in document["choices"]:
            if choice["logprobs"] is None:
                del choice["logprobs"]
            for name in ("refusal", "annotations"):
                choice["message"].pop(name, None)


@variant("optional_absent_in_streams", "Optional members of chunks are left out.", "chunks")
def optional_absent_in_streams(call: Call) -> None:
    """Say what is necessary."""
    for chunk in call.chunks:
        chunk.pop("system_fingerprint", None)
        for choice in chunk["choices"]:
            if choice["logprobs"] is None:
                del choice["logprobs"]
            choice["delta"].pop("refusal", None)


@variant("extensions", "Members of the vendor's own are everywhere.", "document")
def extensions(call: Call) -> None:
    """Add a few things."""
    if isinstance(call.document, dict):
        call.document["x_vendor"] = {"id": "v1", "queue_time": 0.01}
    for document in completions(call):
        document.update(provider="Vendor", timings={"predicted_ms": 1.5}, cost=0.0001)
        document["usage"].update(prompt_time=0.1, total_time=0.2)
        for choice in document["choices"]:
            choice.update(native_finish_reason="STOP", stop_reason=None)
            choice["message"]["reasoning_content"] = None


@variant("extensions_in_streams", "Chunks have members of the vendor's own.", "chunks")
def extensions_in_streams(call: Call) -> None:
    """Add a few things."""
    for number, chunk in enumerate(call.chunks):
        chunk.update(provider="Vendor", obfuscation="aZ3" * (number % 4))
    for delta in deltas(call):
        delta["reasoning_content"] = None


@variant("dated_model", "The model answers under a dated name.", "document")
def dated_model(call: Call) -> None:
    """Date the name."""
    for document in completions(call):
        document["model"] += "-2026-11-01"


@variant("crlf", "Lines of streams end with CRLF.", "events")
def crlf(call: Call) -> None:
    """End lines twice."""
    call.events[:] = [event.replace(b"\n", b"\r\n") for event in call.events]


@variant("cr", "Lines of streams end with CR.", "events")
def cr(call: Call) -> None:
    """End lines as typewriters did."""
    call.events[:] = [event.replace(b"\n", b"\r") for event in call.events]


@variant("comments", "Comments keep streams alive.", "events")
def comments(call: Call) -> None:
    """Murmur."""
    call.events[:] = [piece for event in call.events for piece in (b": ping\n\n", event)] + [b": bye\n\n"]


@variant("no_space", "No space follows data:.", "events")
def no_space(call: Call) -> None:
    """Save a space."""
    call.events[:] = [event.replace(b"data: ", b"data:", 1) for event in call.events]


@variant("event_message", "Events are named message.", "events")
def event_message(call: Call) -> None:
    """Name what needs no name."""
    call.events[:] = [b"event: message\n" + event for event in call.events]


@variant("many_lines", "The JSON of an event stands in several data: lines.", "events")
def many_lines(call: Call) -> None:
    """Print it prettily."""
    for place, chunk in enumerate(call.chunks):
        lines = json.dumps(chunk, indent=1).splitlines()
        call.events[place] = b"".join(b"data: %s\n" % line.encode() for line in lines) + b"\n"


@variant("odd_cuts", "The bytes of streams are cut anywhere.", "events")
def odd_cuts(call: Call) -> None:
    """Cut at every seventh byte."""
    whole = b"".join(call.events)
    call.events[:] = [whole[start : start + 7] for start in range(0, len(whole), 7)]


@variant("one_read", "A stream comes in large reads.", "events")
def one_read(call: Call) -> None:
    """Join what was apart."""
    call.events[:] = [b"".join(call.events)]


@variant("no_final_blank", "No blank line follows [DONE].", "events")
def no_final_blank(call: Call) -> None:
    """Stop at once."""
    call.events[-1] = b"data: [DONE]"


@variant("role_with_content", "Role and first words come in one delta.", "chunks")
def role_with_content(call: Call) -> None:
    """Begin at once."""
    waiting: dict[int, str] = {}
    for choice in choices(call):
        delta = choice["delta"]
        if "role" in delta:
            waiting[choice["index"]] = delta["role"]
            delta.clear()
        elif delta and choice["index"] in waiting:
            delta["role"] = waiting.pop(choice["index"])
    call.chunks[:] = [chunk for chunk in call.chunks if not chunk["choices"] or _tells(chunk["choices"][0])]


def _tells(choice: dict[str, Any]) -> bool:
    return bool(choice["delta"]) or choice["finish_reason"] is not None


@variant("finish_with_content", "The last words and the finish_reason come in one chunk.", "chunks")
def finish_with_content(call: Call) -> None:
    """End at once."""
    last: dict[int, dict[str, Any]] = {}
    for choice in choices(call):
        if choice["finish_reason"] and not choice["delta"] and choice["index"] in last:
            last[choice["index"]]["finish_reason"], choice["finish_reason"] = choice["finish_reason"], None
        last[choice["index"]] = choice
    call.chunks[:] = [chunk for chunk in call.chunks if not chunk["choices"] or _tells(chunk["choices"][0])]


@variant("whole_calls", "A tool call comes in one delta.", "chunks")
def whole_calls(call: Call) -> None:
    """Call at once."""
    heads: dict[tuple[int, int], dict[str, Any]] = {}
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            for fragment in choice["delta"].get("tool_calls") or ():
                head = heads.setdefault((choice["index"], fragment["index"]), fragment)
                if head is not fragment:
                    head["function"]["arguments"] += fragment["function"]["arguments"]
                    choice["delta"].clear()
    call.chunks[:] = [chunk for chunk in call.chunks if not chunk["choices"] or _tells(chunk["choices"][0])]


@variant("types_repeated", "Every fragment of a tool call repeats its type.", "chunks")
def types_repeated(call: Call) -> None:
    """Say what it is, again."""
    for fragment in fragments(call):
        fragment["type"] = "function"


@variant("null_padding", "Later fragments have null for what the first one named.", "chunks")
def null_padding(call: Call) -> None:
    """Pad with null."""
    for fragment in fragments(call):
        fragment.setdefault("id", None)
        fragment["function"].setdefault("name", None)


@variant("calls_content_empty", "content is an empty string beside tool calls.", "document")
def calls_content_empty(call: Call) -> None:
    """Say nothing in words."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["message"]["content"] = ""


@variant("calls_content_absent", "content is absent beside tool calls.", "document")
def calls_content_absent(call: Call) -> None:
    """Leave words out."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            del choice["message"]["content"]


@variant("calls_with_words", "Words come beside tool calls.", "document")
def calls_with_words(call: Call) -> None:
    """Announce the call."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["message"]["content"] = "Let me look that up."


@variant("forced_stop", "Messages whose tool call was forced finish with stop, as OpenAI's may.", "document")
def forced_stop(call: Call) -> None:
    """Finish with stop."""
    for choice in choices(call):
        if choice["finish_reason"] == "tool_calls" and call.body.get("tool_choice") not in (None, "auto"):
            choice["finish_reason"] = "stop"


@variant("charset", "Content types have a charset.", "response")
def charset(call: Call) -> None:
    """Name the charset."""
    kind = dict(call.response.headers).get("Content-Type", "")
    if kind == "application/json":
        call.response.set("Content-Type", "application/json; charset=utf-8")


@variant("gzip", "Answers are compressed when that is offered.", "response")
def compressed(call: Call) -> None:
    """Compress."""
    offered = call.request.headers.get("accept-encoding", "")
    if "gzip" in offered and isinstance(call.response.body, bytes) and call.response.body:
        call.response.body = gzip.compress(call.response.body)
        call.response.set("Content-Encoding", "gzip")


@variant("leading_blanks", "Blank lines come before a JSON body, to keep the connection alive.", "response")
def leading_blanks(call: Call) -> None:
    """Breathe first."""
    if isinstance(call.response.body, bytes) and call.response.status == 200 and call.response.body:
        call.response.body = b"\n\n  \n" + call.response.body


@variant("escaped", "JSON is written with escapes.", "response")
def escaped(call: Call) -> None:
    """Escape what need not be."""
    if isinstance(call.response.body, bytes) and call.document is not None:
        call.response.body = json.dumps(call.document, indent=2).encode()


@variant(
    "no_request_id",
    "There is no x-request-id.",
    "response",
    {"http.headers.request_id": "unsupported"},
    blocks=(
        "http.headers.own_request_id",
        "http.headers.streams_request_id",
        "http.headers.refusals_request_id",
        "*.request_id",
    ),
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("x-request-id")


@variant("error_extras", "Errors have further members, and vendors' words.", "error")
def error_extras(call: Call) -> None:
    """Add a few things."""
    call.document["error"].update(innererror={"code": "X"}, request_id="r-1", status=call.response.status)
    call.document["error"]["type"] = "BadRequestError"
    call.document["error"]["code"] = "vendor_code_7"


@variant("validation_422", "Mistakes are refused with 422.", "error")
def validation_422(call: Call) -> None:
    """Refuse another way."""
    if call.response.status == 400:
        call.response.status = 422


for _status in (400, 404, 405, 422, 501):

    @variant(
        f"refuses_{_status}",
        f"n, seed and logprobs are refused with {_status}.",
        "body",
        {key: word for turns in CHEAP_REFUSALS.values() for key, word in turns.items()},
        blocks=(
            *BY_LOGPROBS,
            "chat.letters.beside_logprobs",
            "chat.usage.prompt_once",
            "chat.sampling.seed*",
            "chat.usage.choices",
            "chat.limits.every_choice",
            "chat.tool_stream.every_choice",
            "chat.stream_usage.beside",
        ),
    )
    def refuses(call: Call, status: int = _status) -> None:
        """Refuse what is optional."""
        for name in CHEAP_REFUSALS:
            if call.body.get(name) is not None:
                raise Refusal(status, unsupported(name).message, param=name, code="unsupported_parameter")


@variant("azure_prelude", "Streams begin with a chunk of filter results and nothing else.", "chunks")
def azure_prelude(call: Call) -> None:
    """Filter first."""
    results = [{"prompt_index": 0, "content_filter_results": {}}]
    prelude: dict[str, Any] = {
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": results,
    }
    if "usage" in call.chunks[0]:
        prelude["usage"] = None
    call.chunks.insert(0, prelude)


@variant(
    "azure_prelude_bare", "Streams begin with a chunk of filter results that has no usage, not even null.", "chunks"
)
def azure_prelude_bare(call: Call) -> None:
    """Filter first, and count last."""
    azure_prelude(call)
    call.chunks[0].pop("usage", None)
