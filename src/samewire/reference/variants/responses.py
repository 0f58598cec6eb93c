"""Other ways to be a conformant Responses endpoint."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unknown_url, unsupported
from samewire.reference.faults.responses.declaring import ABSENT, final, input_text, lifecycle, made, of, put, renumber
from samewire.reference.variants import registry
from samewire.reference.variants.registry import nothing

TEXT = "response.output_text."
ARGUMENTS = "response.function_call_arguments."
ITEM = "response.output_item."
UNSUPPORTED = "unsupported"


def variant(
    id: str,
    what: str,
    stage: str = "request",
    turns: dict[str, str] | None = None,
    *,
    blocks: tuple[str, ...] = (),
    **configure: Any,
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Declare a variant of this protocol; what is decorated does it to a call."""
    return registry.variant(id, what, stage, turns, blocks=blocks, where="/responses", **configure)


variant(
    "responses.vast", "The context window holds eight megabytes.", blocks=("responses.huge.refused",), window=2_000_000
)(nothing)
variant("responses.slow", "Every token takes its time.", pace=0.003)(nothing)
variant("responses.lively", "The model's words vary.", blocks=("responses.stream.*",), lively=1.0)(nothing)
variant(
    "responses.text_only",
    "The model sees no pictures, and says so.",
    turns={f"responses.images.{name}": UNSUPPORTED for name in ("seen", "by_url")},
    blocks=("responses.images.*",),
    vision=False,
)(nothing)
variant(
    "responses.reasoning",
    "The model thinks before it speaks, and refuses sampling parameters.",
    turns={
        "responses.parameters.temperature": UNSUPPORTED,
        "responses.parameters.top_p": UNSUPPORTED,
        "responses.parameters.logprobs": UNSUPPORTED,
        "responses.parameters.temperature_above_one": "unsupported",
        "responses.parameters.temperature_zero": "unsupported",
    },
    blocks=(
        *("responses.echo.*", "responses.limits.*", "responses.state.*"),
        *("responses.usage.output_grows", "responses.stream.same_output", "responses.parameters.stream_logprobs*"),
        *("responses.tools.previous_output", "responses.tools.referred_output"),
    ),
    reasoning=180,
)(nothing)
variant(
    "responses.thinks_briefly",
    "The model thinks little, and its reasoning comes before every message.",
    turns={
        "responses.parameters.temperature": UNSUPPORTED,
        "responses.parameters.top_p": UNSUPPORTED,
        "responses.parameters.logprobs": UNSUPPORTED,
        "responses.parameters.temperature_above_one": "unsupported",
        "responses.parameters.temperature_zero": "unsupported",
    },
    blocks=(
        *("responses.echo.*", "responses.limits.words", "responses.state.*", "responses.stream.same_output"),
        "responses.parameters.stream_logprobs*",
        *("responses.tools.previous_output", "responses.tools.referred_output"),
    ),
    reasoning=4,
)(nothing)


@variant("responses.uuid_ids", "Ids are UUIDs.", "document", blocks=("responses.*",))
def uuid_ids(call: Call) -> None:
    """Name items otherwise, and keep them under these names."""
    kept = call.memory.get("responses", {})
    for one in made(call):
        if call.request.method == "POST":
            for place, item in enumerate(one["output"]):
                item["id"] = str(uuid.uuid4())
                if one["id"] in kept:
                    kept[one["id"]]["document"]["output"][place]["id"] = item["id"]


@variant(
    "responses.optional_absent",
    "Optional members are left out.",
    "document",
    blocks=("responses.echo.*", "responses.response.completed_at"),
)
def optional_absent(call: Call) -> None:
    """Say what is necessary."""
    for one in made(call):
        for name in ("background", "completed_at", "max_tool_calls", "prompt_cache_key", "safety_identifier", "user"):
            one.pop(name, None)
        for name in ("service_tier", "top_logprobs", "reasoning", "text", "truncation", "store", "max_output_tokens"):
            one.pop(name, None)
        put(one, "usage/input_tokens_details/cache_write_tokens", ABSENT)
        if "include" not in (call.body or {}):
            put(one, "output/*/content/*/logprobs", ABSENT)


@variant("responses.optional_absent_in_streams", "Optional members of events are left out.", "chunks")
def optional_absent_in_streams(call: Call) -> None:
    """Say what is necessary."""
    for event in call.chunks:
        for name in ("obfuscation", "name", *_unasked(call)):
            event.pop(name, None)
    for event in of(call, ITEM + "done") if _unasked(call) else ():
        put(event, "item/content/*/logprobs", ABSENT)
    for event in of(call, "response.content_part.added", "response.content_part.done") if _unasked(call) else ():
        put(event, "part/logprobs", ABSENT)


def _unasked(call: Call) -> tuple[str, ...]:
    """The name of the logprobs, unless they were asked for."""
    return () if call.body.get("include") else ("logprobs",)


@variant(
    "responses.optional_null", "Optional members are null.", "document", blocks=("responses.response.completed_at",)
)
def optional_null(call: Call) -> None:
    """Say what is not there."""
    for one in made(call):
        for name in ("service_tier", "top_logprobs", "truncation", "user", "background", "completed_at", "reasoning"):
            if (call.body or {}).get(name) is None:
                one[name] = None
        one["metadata"] = one["metadata"] or None
        if "include" not in (call.body or {}):
            put(one, "output/*/content/*/logprobs", None)


@variant("responses.extensions", "Members of the vendor's own are everywhere.", "document")
def extensions(call: Call) -> None:
    """Add a few things."""
    for one in made(call):
        said = [part["text"] for item in one["output"] for part in item.get("content") or ()]
        one.update(provider="Vendor", timings={"predicted_ms": 1.5}, output_text="".join(said))
        one["usage"].update(prompt_time=0.1, cost=0.0001)
        for item in one["output"]:
            item["vendor_score"] = 0.5


@variant("responses.float_date", "created_at is a number with a fraction.", "document")
def float_date(call: Call) -> None:
    """Tell the time more exactly."""
    for one in made(call):
        one["created_at"] += 0.25


@variant("responses.dated_model", "The model answers under a dated name.", "document")
def dated_model(call: Call) -> None:
    """Date the name."""
    for one in made(call):
        one["model"] += "-2026-11-01"


@variant("responses.tools_in_full", "Tools are told with what they mean by default.", "document")
def told_in_full(call: Call) -> None:
    """Tell tools in another order of keys, with defaults."""
    for one in made(call):
        one["tools"] = [{**dict(reversed(tool.items())), "strict": True} for tool in one["tools"]]


@variant("responses.vendor_item", "A vendor's own item comes before the message.", "document")
def vendor_item(call: Call) -> None:
    """Tell what else was done."""
    for one in made(call):
        if input_text(call).startswith("Count"):
            one["output"].insert(0, {"id": f"x_{one['id']}", "type": "vendor:note", "status": "completed"})


@variant("responses.vendor_events", "Streams hold events of the vendor's own, and pings.", "chunks")
def vendor_events(call: Call) -> None:
    """Tell what else happens."""
    call.chunks.insert(2, {"type": "vendor:queue", "position": 0})
    call.chunks.insert(4, {"type": "ping"})
    renumber(call)


@variant("responses.numbers_from_one", "Streams are numbered from 1.", "chunks")
def numbers_from_one(call: Call) -> None:
    """Count as the published examples do."""
    for event in call.chunks:
        event["sequence_number"] += 1


@variant(
    "responses.one_delta",
    "A text comes in one delta, and so do arguments.",
    "chunks",
    blocks=("responses.stream.fragments",),
)
def one_delta(call: Call) -> None:
    """Say it at once."""
    first: dict[tuple[str, int], dict[str, Any]] = {}
    kept = []
    for event in call.chunks:
        if event["type"].endswith(".delta"):
            head = first.setdefault((event["type"], event["output_index"]), event)
            if head is not event:
                head["delta"] += event["delta"]
                if "logprobs" in head:
                    head["logprobs"] = [*head["logprobs"], *event["logprobs"]]
                continue
        kept.append(event)
    call.chunks[:] = kept
    renumber(call)


@variant("responses.empty_deltas", "Empty deltas come between others.", "chunks")
def empty_deltas(call: Call) -> None:
    """Pause audibly."""
    call.chunks[:] = [
        one
        for event in call.chunks
        for one in ((event, {**event, "delta": "", "logprobs": []}) if event["type"] == TEXT + "delta" else (event,))
    ]
    renumber(call)


@variant("responses.queued", "Streams tell that the response is queued first.", "chunks")
def queued(call: Call) -> None:
    """Wait first."""
    begun = json.loads(json.dumps(call.chunks[0]["response"]))
    begun["status"] = "queued"
    call.chunks.insert(1, {"type": "response.queued", "response": begun})
    renumber(call)


@variant(
    "responses.whole_calls",
    "Calls come whole when they are added, without deltas.",
    "chunks",
    blocks=("responses.call_stream.arguments",),
)
def whole_calls(call: Call) -> None:
    """Call at once."""
    whole = {event["output_index"]: event["item"] for event in of(call, ITEM + "done")}
    for event in of(call, ITEM + "added"):
        if event["item"]["type"] == "function_call":
            event["item"]["arguments"] = whole[event["output_index"]]["arguments"]
    call.chunks[:] = [event for event in call.chunks if event["type"] != ARGUMENTS + "delta"]
    renumber(call)


@variant("responses.done", "Streams end with [DONE].", "events")
def done(call: Call) -> None:
    """End as Open Responses does."""
    call.events.append(b"data: [DONE]\n\n")


@variant("responses.crlf", "Lines of streams end with CRLF.", "events")
def crlf(call: Call) -> None:
    """End lines twice."""
    call.events[:] = [event.replace(b"\n", b"\r\n") for event in call.events]


@variant("responses.comments", "Comments keep streams alive.", "events")
def comments(call: Call) -> None:
    """Murmur."""
    call.events[:] = [piece for event in call.events for piece in (b": ping\n\n", event)]


@variant("responses.odd_cuts", "The bytes of streams are cut anywhere.", "events")
def odd_cuts(call: Call) -> None:
    """Cut at every seventh byte."""
    whole = b"".join(call.events)
    call.events[:] = [whole[start : start + 97] for start in range(0, len(whole), 97)]


@variant("responses.usage_in_all", "Every response of a stream counts what is known already.", "chunks")
def usage_in_all(call: Call) -> None:
    """Count nothing yet."""
    last = final(call)[0]["usage"]
    for one in lifecycle(call)[:-1]:
        one["usage"] = {**last, "input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


#: What servers without a memory refuse.
STATE = ("get", "delete", "input_items", "previous")


@variant(
    "responses.stateless",
    "Nothing is stored, and nothing is told of it; the response before is refused.",
    "request",
    {
        **{f"responses.state.{name}": UNSUPPORTED for name in STATE},
        "responses.tools.previous_call": UNSUPPORTED,
        "responses.input.reference": UNSUPPORTED,
        "responses.count.taken": UNSUPPORTED,
    },
    blocks=(
        "responses.state.*",
        "responses.count.*",
        "responses.keys.get",
        "responses.keys.delete",
        *("responses.tools.*_output", "responses.tools.answered_stream", "responses.usage.turns_once"),
    ),
)
def stateless(call: Call) -> None:
    """Have no other paths, and keep nothing."""
    call.memory["responses"] = Forgetful()
    if call.path != "/responses":
        raise unknown_url(call.request.method, call.request.path)


class Forgetful(dict[str, Any]):
    """Keeps nothing, and so tells of nothing."""

    def __setitem__(self, name: str, kept: Any) -> None:
        kept["document"]["store"] = False


@variant(
    "responses.refuses_options",
    "Optional parameters are refused with 422.",
    "body",
    {
        **{
            f"responses.parameters.{name}": UNSUPPORTED
            for name in (
                "truncation",
                "no_truncation",
                "service_tier",
                "identifiers",
                "cache_key",
                "max_tool_calls",
                "background",
            )
        },
        "responses.parameters.logprobs": UNSUPPORTED,
        "responses.tool_choice.allowed": UNSUPPORTED,
        "responses.custom.called": UNSUPPORTED,
        "responses.custom.stream": UNSUPPORTED,
    },
    blocks=("responses.echo.*", "responses.custom.*", "*.stream_logprobs*", "*.kept_by_default", "*.allowed_stream"),
)
def refuses_options(call: Call) -> None:
    """Refuse what is optional."""
    optional = ("truncation", "service_tier", "safety_identifier", "prompt_cache_key", "max_tool_calls", "background")
    for name in (*optional, "top_logprobs"):
        if call.body.get(name) is not None:
            raise Refusal(422, unsupported(name).message, param=name, code="unsupported_parameter")
    tools = call.body.get("tools")
    if "allowed_tools" in str(call.body.get("tool_choice")) or (isinstance(tools, list) and "'custom'" in str(tools)):
        raise Refusal(422, "Only function tools are supported.", param="tools")


@variant("responses.error_extras", "Errors have further members, and vendors' words.", "error")
def error_extras(call: Call) -> None:
    """Add a few things."""
    call.document["error"].update(request_id="r-1", status=call.response.status)
    call.document["error"]["type"] = "BadRequestError"
    call.document["error"]["code"] = "vendor_code_7"


@variant("responses.validation_422", "Mistakes are refused with 422.", "error")
def validation_422(call: Call) -> None:
    """Refuse another way."""
    if call.response.status == 400:
        call.response.status = 422


@variant("responses.limited", "Every fifth request is refused with 429 and Retry-After.", "body")
def limited(call: Call) -> None:
    """Slow down."""
    if call.number % 5 == 4:
        message = "Rate limit reached for requests."
        raise Refusal(429, message, type="requests", code="rate_limit_exceeded", headers=(("Retry-After", "0.1"),))


@variant("responses.shaky", "Every tenth request fails with a 500.", "body")
def shaky(call: Call) -> None:
    """Fail now and then."""
    if call.number % 10 == 9:
        raise Refusal(500, "The server had an error.", type="server_error")


@variant("responses.charset", "Content types have a charset.", "response")
def charset(call: Call) -> None:
    """Name the charset."""
    if dict(call.response.headers).get("Content-Type", "") == "application/json":
        call.response.set("Content-Type", "application/json; charset=utf-8")


@variant("responses.deleted_otherwise", "A deletion says response.deleted.", "document")
def deleted_otherwise(call: Call) -> None:
    """Say it in other words."""
    if call.request.method == "DELETE":
        call.document["object"] = "response.deleted"


@variant(
    "responses.streams_only",
    "Only streams are to be had.",
    "body",
    {"responses.endpoint.served": UNSUPPORTED},
    blocks=("responses.*",),
)
def streams_only(call: Call) -> None:
    """Refuse what asks for no stream."""
    if not call.streamed and call.path == "/responses":
        raise Refusal(400, "Stream must be set to true.", param="stream", code="unsupported_value")


@variant("responses.open", "All that Open Responses adds to a response is there.", "document")
def open_responses(call: Call) -> None:
    """Follow another specification too."""
    for one in made(call):
        one.update(presence_penalty=0, frequency_penalty=0)


@variant("responses.open_streams", "All that Open Responses adds to a stream is there.", "events")
def open_streams(call: Call) -> None:
    """Follow another specification too, to the end."""
    added = b'"object":"response","presence_penalty":0,"frequency_penalty":0'
    call.events = [event.replace(b'"object":"response"', added) for event in call.events] + [b"data: [DONE]\n\n"]
