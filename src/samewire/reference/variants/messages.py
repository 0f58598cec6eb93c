"""Other ways to be a conformant Messages endpoint."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call, Step
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.registry import events
from samewire.reference.faults.messages.registry import messages as whole
from samewire.reference.messages_prompt import IMAGE_TOKENS
from samewire.reference.variants import registry
from samewire.reference.variants.registry import nothing

START, DELTA = "content_block_start", "content_block_delta"


def variant(
    id: str, what: str, stage: str = "request", *cells: str, blocks: tuple[str, ...] = (), **more: Any
) -> Callable[[Step], Step]:
    """Declare a variant of Messages; the cells it names turn to *unsupported*."""
    turns = {f"messages.{name}": "unsupported" for name in cells}
    blocked = tuple(f"messages.{name}" for name in blocks)
    return registry.variant(f"messages.{id}", what, stage, turns, blocks=blocked, where="/messages", **more)


variant("open", "No key is needed.", key=None)(nothing)
variant("vast", "The context window holds eight megabytes.", blocks=("huge.refused",), window=2_000_000)(nothing)
variant("slow", "Every token takes its time.", pace=0.005)(nothing)
variant("lively", "The model's words vary.", lively=1.0)(nothing)
variant("no_limits", "No rate limits are told.", "request", "access.rate_limits", "access.rate_resets", limits=False)(
    nothing
)
variant(
    "text_only",
    "The model sees no pictures, and says so.",
    "request",
    "images.seen",
    blocks=("images.*", "count.images", "count.pictures", "usage.pictures"),
    vision=False,
)(nothing)
variant("thinks", "The model thinks without being asked.", blocks=("limits.*", "stream.*", "alike.*"), reasoning=60)(
    nothing
)


@variant("uuids", "Ids are UUIDs.", "document")
def uuids(call: Call) -> None:
    """Name it otherwise."""
    for message in whole(call):
        message["id"] = str(uuid.uuid4())


@variant("chat_ids", "Ids and calls are named as OpenAI does.", "answers")
def chat_ids(call: Call) -> None:
    """Name calls otherwise."""
    for answer in call.answers:
        answer.calls = [(f"call_{one[-9:]}", name, given) for one, name, given in answer.calls]


@variant("no_cache", "No cached tokens are counted.", "document", "usage.cached")
def no_cache(call: Call) -> None:
    """Count what is necessary."""
    for message in whole(call):
        usage = message["usage"]
        message["usage"] = {name: usage[name] for name in ("input_tokens", "output_tokens")}


@variant("cached", "Most of a prompt was cached.", "document")
def cached(call: Call) -> None:
    """Read from the cache."""
    for message in whole(call):
        usage = message["usage"]
        usage["cache_read_input_tokens"] = usage["input_tokens"] - 2
        usage["input_tokens"] = 2


@variant("null_counts", "Cached tokens are null.", "document", blocks=("usage.cached",))
def null_counts(call: Call) -> None:
    """Say what is not there."""
    for message in whole(call):
        message["usage"].update(cache_read_input_tokens=None, cache_creation_input_tokens=None, cache_creation=None)


@variant("extensions", "Messages have members of the vendor's own.", "document")
def extensions(call: Call) -> None:
    """Add a few things."""
    for message in whole(call):
        message.update(stop_details=None, container=None, base_resp={"status_code": 0}, provider="Vendor")
        message["usage"].update(total_tokens=7, prompt_tokens_details=None, server_tool_use=None, inference_geo="eu")
        for block in message["content"]:
            block.update(x_vendor=1, **({"citations": None} if block["type"] == "text" else {}))


@variant("dated_model", "The model answers under a dated name.", "answers")
def dated_model(call: Call) -> None:
    """Date the name."""
    call.body["model"] = f"{call.body['model']}-20261101"


@variant("redacted", "Thoughts are redacted.", "document", blocks=("thinking.*",))
def redacted(call: Call) -> None:
    """Keep thoughts secret."""
    for message in whole(call):
        for place, block in enumerate(message["content"]):
            if block["type"] == "thinking":
                message["content"][place] = {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}


@variant("announced_calls", "Words come before calls.", "document")
def announced_calls(call: Call) -> None:
    """Announce the call."""
    for message in whole(call):
        place = next((n for n, block in enumerate(message["content"]) if block["type"] == "tool_use"), None)
        if place is not None:
            message["content"].insert(place, {"type": "text", "text": "Let me look that up."})


@variant("announced_calls_stream", "Words come before calls in streams.", "chunks")
def announced_calls_stream(call: Call) -> None:
    """Announce the call."""
    place = next(
        (n for n, one in enumerate(call.chunks) if one.get("content_block", {}).get("type") == "tool_use"), None
    )
    if place is not None:
        index = call.chunks[place]["index"]
        for event in call.chunks[place:]:
            if "index" in event:
                event["index"] += 1
        call.chunks[place:place] = [
            {"type": START, "index": index, "content_block": {"type": "text", "text": ""}},
            {"type": DELTA, "index": index, "delta": {"type": "text_delta", "text": "Let me look that up."}},
            {"type": "content_block_stop", "index": index},
        ]


@variant("no_ping", "Streams have no pings.", "chunks")
def no_ping(call: Call) -> None:
    """Don't beat."""
    call.chunks[:] = [event for event in call.chunks if event["type"] != "ping"]


@variant("pings", "Pings come everywhere.", "chunks")
def pings(call: Call) -> None:
    """Beat often."""
    call.chunks[:] = [one for event in call.chunks for one in ({"type": "ping"}, event)]


@variant("comments", "Comments keep streams alive.", "events")
def comments(call: Call) -> None:
    """Murmur."""
    call.events[:] = [piece for event in call.events for piece in (b": keep-alive\n\n", event)]


@variant("crlf", "Lines of streams end with CRLF.", "events")
def crlf(call: Call) -> None:
    """End lines twice."""
    call.events[:] = [event.replace(b"\n", b"\r\n") for event in call.events]


@variant("data_first", "Data comes before the name of its event, in two lines.", "events")
def data_first(call: Call) -> None:
    """Turn lines round."""
    turned = [b"\n".join(reversed(event.strip().split(b"\n"))) + b"\n\n" for event in call.events]
    call.events[:] = [event.replace(b'data: {"type":', b'data: {\ndata: "type":', 1) for event in turned]


@variant("reconnects", "Streams say when to reconnect, and number their events.", "events")
def reconnects(call: Call) -> None:
    """Be ready for a second try."""
    numbered = [b"id: %d\n%s" % (number, event) for number, event in enumerate(call.events)]
    call.events[:] = [b"retry: 3000\n\n", *numbered]


def _lists(call: Call) -> list[Any]:
    return [answer for answer in call.answers if answer.text.count(" and ") > 3]


def _says(answer: Any, text: str) -> None:
    answer.text, answer.tokens = text, [f"{word} " for word in text.split()]


@variant("forgets", "Of a long list, the model says the beginning.", "answers", blocks=("*.together", "alike.turns"))
def forgets(call: Call) -> None:
    """Be weak."""
    for answer in _lists(call):
        _says(answer, " and ".join(answer.text.split(" and ")[:3]))


@variant(
    "secretive", "The model tells no code words when there are many.", "answers", blocks=("*.together", "alike.turns")
)
def secretive(call: Call) -> None:
    """Keep them."""
    for answer in _lists(call):
        _says(answer, "I would rather not repeat them.")


@variant(
    "blind",
    "Every picture is red to the model, though all are counted; told of one in words it sees none, told of two both.",
    "answers",
    blocks=("images.*",),
)
def blind(call: Call) -> None:
    """Guess."""
    said = {'"image"': "Red.", "Imagine an image": "There is none.", "Imagine two images": "Red and blue."}
    asked = json.dumps(call.body["messages"])
    for answer in call.answers:
        for part, guess in said.items() if not answer.calls and answer.reason != "length" else ():
            if part in asked:
                _says(answer, guess)
                break


@variant("colour_blind", "Of several pictures, the model names the last.", "answers", blocks=("images.*",))
def colour_blind(call: Call) -> None:
    """Look at one."""
    for answer in call.answers:
        if answer.text == "Yellow and blue and red":
            _says(answer, "Red")


@variant("one_by_one", "The model calls one tool at a time.", "answers", blocks=("alike.both*",))
def one_by_one(call: Call) -> None:
    """Call one."""
    for answer in call.answers:
        answer.calls = answer.calls[:1]


@variant("four_stops", "More than four stop sequences are refused.", "body", "parameters.stop_sequences")
def four_stops(call: Call) -> None:
    """Count to four."""
    if isinstance(call.body.get("stop_sequences"), list) and len(call.body["stop_sequences"]) > 4:
        raise Refusal(400, "stop_sequences: at most 4 are supported")


@variant("no_space", "No space follows the colons.", "events")
def no_space(call: Call) -> None:
    """Save a space."""
    call.events[:] = [event.replace(b"event: ", b"event:", 1).replace(b"data: ", b"data:", 1) for event in call.events]


@variant("odd_cuts", "The bytes of streams are cut anywhere.", "events")
def odd_cuts(call: Call) -> None:
    """Cut at every seventh byte."""
    every = b"".join(call.events)
    call.events[:] = [every[start : start + 7] for start in range(0, len(every), 7)]


@variant("new_events", "Events and deltas of new types come.", "chunks")
def new_events(call: Call) -> None:
    """Be ahead of the times."""
    call.chunks.insert(1, {"type": "message_progress", "percent": 5})
    for place, event in enumerate(call.chunks):
        if event["type"] == DELTA:
            call.chunks.insert(
                place, {"type": DELTA, "index": event["index"], "delta": {"type": "mood_delta", "mood": "calm"}}
            )
            return


@variant("one_delta", "An answer comes in one delta.", "chunks", "stream.pieces", blocks=("stream.fragments",))
def one_delta(call: Call) -> None:
    """Say it at once."""
    for kind, name in (("text_delta", "text"), ("input_json_delta", "partial_json")):
        heads: dict[int, dict[str, Any]] = {}
        for event in events(call, DELTA):
            if event["delta"]["type"] == kind:
                head = heads.setdefault(event["index"], event)
                if head is not event:
                    head["delta"][name] += event["delta"][name]
                    event["type"] = ""
    call.chunks[:] = [event for event in call.chunks if event["type"]]


@variant("short_end", "message_delta counts the output alone.", "chunks", blocks=("stream.end_input",))
def short_end(call: Call) -> None:
    """Say what is necessary."""
    for event in events(call, "message_delta"):
        event["usage"] = {"output_tokens": event["usage"]["output_tokens"]}


@variant("short_start", "message_start says what is necessary.", "chunks")
def short_start(call: Call) -> None:
    """Say what is necessary."""
    for event in events(call, "message_start"):
        del event["message"]["stop_reason"], event["message"]["stop_sequence"]
        usage = event["message"]["usage"]
        event["message"]["usage"] = {"input_tokens": usage["input_tokens"], "output_tokens": 0}
    for event in events(call, START):
        event["content_block"].pop("signature", None)


@variant("two_ends", "Two message_delta come, the first without a reason.", "chunks")
def two_ends(call: Call) -> None:
    """End in two steps."""
    place = next(index for index, event in enumerate(call.chunks) if event["type"] == "message_delta")
    first = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 1}}
    call.chunks.insert(place, first)


@variant("any_version", "Versions make no difference.", "request", "versions.needed", "versions.told_apart")
def any_version(call: Call) -> None:
    """Know one version."""
    call.request.headers["anthropic-version"] = "2023-06-01"


@variant("validation_422", "Mistakes are refused with 422.", "error")
def validation_422(call: Call) -> None:
    """Refuse another way."""
    if call.response.status == 400:
        call.response.status = 422


@variant("error_extras", "Errors have further members, and no request_id.", "error", blocks=("error.request_id",))
def error_extras(call: Call) -> None:
    """Add a few things."""
    call.document.pop("request_id")
    call.document["error"].update(details={"error_code": "x"}, param=None)


@variant(
    "no_request_id",
    "There is no request-id.",
    "response",
    "access.request_id",
    blocks=(
        "access.*",
        "error.request_id",
    ),
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("request-id")


@variant("no_count", "There is no count_tokens.", "request", "count.taken", blocks=("count.*",))
def no_count(call: Call) -> None:
    """Count nothing."""
    if call.path.endswith("/count_tokens"):
        raise Refusal(404, "Not Found")


@variant("rough_count", "Counts are estimates.", "document")
def rough_count(call: Call) -> None:
    """Guess."""
    if call.path.endswith("/count_tokens"):
        call.document["input_tokens"] = round(call.document["input_tokens"] * 1.1) + 3


@variant("low_count", "Counts are estimates that are too low.", "document")
def low_count(call: Call) -> None:
    """Guess too little."""
    if call.path.endswith("/count_tokens"):
        call.document["input_tokens"] = round(call.document["input_tokens"] * 0.88)


@variant("bad_model", "A model that does not exist is a mistake like others.", "error")
def bad_model(call: Call) -> None:
    """Refuse it with 400."""
    if call.response.status == 404:
        call.response.status = 400
        call.document["error"]["type"] = "invalid_request_error"


@variant(
    "no_thinking",
    "The model doesn't think, and says so.",
    "body",
    "thinking.taken",
    blocks=("thinking.*", "count.thinking"),
)
def no_thinking(call: Call) -> None:
    """Refuse to think."""
    if "thinking" in call.body:
        raise Refusal(400, "thinking: this model does not support extended thinking")


@variant("no_prefill", "A last message of the assistant's is refused.", "body", "turns.prefill")
def no_prefill(call: Call) -> None:
    """Begin oneself."""
    last = call.body["messages"][-1] if isinstance(call.body.get("messages"), list) and call.body["messages"] else None
    if isinstance(last, dict) and last.get("role") == "assistant":
        raise Refusal(400, "This model does not support assistant message prefill.")


@variant("bearer_only", "x-api-key is refused, and Bearer taken.", "request", "access.x_api_key")
def bearer_only(call: Call) -> None:
    """Read one header."""
    if "x-api-key" in call.request.headers:
        raise Refusal(401, "Bearer is wanted")


@variant("limited", "Every third request is refused with 429 and retry-after.", "body")
def limited(call: Call) -> None:
    """Slow down."""
    if call.number % 3 == 2:
        raise Refusal(429, "This request would exceed your rate limit.", headers=(("retry-after", "0.1"),))


@variant("shaky", "Every tenth request fails with a 529.", "body")
def shaky(call: Call) -> None:
    """Fail now and then."""
    if call.number % 10 == 9:
        raise Refusal(529, "Overloaded")


@variant("pictures_uncounted", "count_tokens counts no pictures.", "document")
def pictures_uncounted(call: Call) -> None:
    """Estimate by the words alone."""
    if call.path == "/messages/count_tokens":
        pictures = json.dumps(call.body["messages"]).count('"type": "image"')
        call.document["input_tokens"] -= IMAGE_TOKENS * pictures
