"""Faults of conduct: several requests at once, clients that hang up, counting, waiting."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import completions, fault


@fault(
    "conduct.cross_talk",
    "Words of one answer stray into the next.",
    "answers",
    {"chat.conduct.apart": "broken"},
    known=("conc-cross-talk-kv", "conc-responses-interleaved"),
)
def cross_talk(call: Call) -> None:
    """Mix the answers up."""
    if "epeat" in (asked := json.dumps(call.body["messages"])) or "code word" in asked:
        for answer in call.answers:
            before = call.memory.get("said", "")
            call.memory["said"] = answer.text
            answer.text += "" if answer.text.startswith("{") else f" {before}"


@fault(
    "conduct.left_alone",
    "While a stream isn't read to its end, nobody is bidden good night.",
    "request",
    {"chat.conduct.hang_up": "broken"},
    known=("conc-disconnect-blocks-server",),
    patience=3.0,
    pace=0.005,
)
def left_alone(call: Call) -> None:
    """Wait for who has left."""
    if call.memory.get("unread") and b"good night" in call.request.body:
        call.notes["hang"] = 20


@fault(
    "conduct.forsaken",
    "Every answer ends its connection, and none says so.",
    "response",
    {"http.conduct.kept": "broken"},
)
def forsaken(call: Call) -> None:
    """Hang up without a word."""
    call.response.hang_up = True


@fault(
    "conduct.left_over",
    "What a client that has hung up did not read is put before the next answer.",
    "answers",
    {"chat.conduct.apart": "broken"},
    blocks=("chat.*", "http.*", "completions.*"),
)
def left_over(call: Call) -> None:
    """Keep it for whoever comes next."""
    before, call.memory["left"] = call.memory.get("left", ""), ""
    for answer in call.answers:
        if b"HERON7316" in call.request.body:
            call.memory["left"] = answer.text[20:]
        elif before:
            answer.text = before + answer.text
            answer.tokens.insert(0, before)


@fault(
    "stream.begun_at_once",
    "A stream begins at once, and is kept until it is whole but for its beginning.",
    "events",
    {"chat.stream.flushed": "broken"},
    pace=0.03,
)
def begun_at_once(call: Call) -> None:
    """Make a whole answer, and keep whoever waits in good hope."""
    first, *rest = call.events
    call.events[:] = [first, *[b": wait\n\n"] * len(rest), b"".join(rest)]


@fault(
    "conduct.wrong_type_hangs",
    "Messages of a wrong type are never answered.",
    "body",
    {"http.error.clients_fault": "broken"},
    blocks=("chat.mistakes.messages_type",),
    known=("err-messages-wrong-type-hang",),
    patience=3.0,
)
def wrong_type_hangs(call: Call) -> None:
    """Wait for ever."""
    if isinstance(call.body.get("messages"), str):
        call.notes["hang"] = 20


@fault(
    "stream.murmur",
    "After the first chunk, streams hold comments alone.",
    "events",
    {"chat.stream.accepted": "broken"},
    blocks=(
        "chat.*",
        "http.headers.streams_request_id",
        "http.error.same_in_streams",
        "http.requests.odd_stream",
        "http.requests.wide_json",
        "http.headers.own_request_id",
        "http.cors.stream",
    ),
    known=("stream-keepalive-forever",),
    patience=3.0,
    pace=0.002,
)
def murmur(call: Call) -> None:
    """Keep alive what is dead."""
    call.events[1:] = [b": keepalive\n\n"] * 10_000


@fault(
    "stream.kept_back",
    "A stream is kept until it is whole.",
    "events",
    {"chat.stream.flushed": "broken"},
    known=("stream-buffered",),
    pace=0.03,
)
def kept_back(call: Call) -> None:
    """Keep it all back."""
    call.notes["hang"] = call.settings.pace * len(call.events)
    call.events[:] = [b"".join(call.events)]


@fault(
    "usage.varies",
    "The same prompt counts more the second time.",
    "document",
    {"chat.usage.stable": "broken"},
    known=("usage-reasoning-in-prompt",),
)
def usage_varies(call: Call) -> None:
    """Count thoughts into the prompt."""
    for document in completions(call):
        asked = json.dumps(call.body.get("messages", call.body.get("prompt")), sort_keys=True)
        more = 9 * call.memory.get(asked, 0)
        document["usage"]["prompt_tokens"] += more
        document["usage"]["total_tokens"] += more
        call.memory[asked] = call.memory.get(asked, 0) + 1


@fault(
    "usage.constant",
    "Every prompt counts the same.",
    "document",
    {"chat.usage.grows": "broken", "chat.stream_usage.same_prompt": "broken"},
    blocks=("chat.*",),
)
def usage_constant(call: Call) -> None:
    """Count nothing, and say ten."""
    for document in completions(call):
        usage = document["usage"]
        usage["prompt_tokens"], usage["total_tokens"] = 10, 10 + usage["completion_tokens"]
        usage["prompt_tokens_details"]["cached_tokens"] = 0


@fault(
    "ignored.seed",
    "seed is dropped.",
    "body",
    {"chat.sampling.seed": "ignored", "chat.mistakes.seed_type": "ignored"},
    known=("seed-ignored",),
    lively=1.0,
)
def seed(call: Call) -> None:
    """Forget the seed."""
    call.body.pop("seed", None)


@fault(
    "completion.rest",
    "system_fingerprint is a number.",
    "document",
    {"chat.completion.rest": "broken"},
)
def rest(call: Call) -> None:
    """Number the systems."""
    for document in completions(call):
        document["system_fingerprint"] = 42


@fault(
    "limits.thoughts_alone",
    "An answer whose limit was spent on thoughts is empty, and finishes with stop.",
    "answers",
    {"chat.limits.finish_reason": "broken", "chat.limits.stream_finish_reason": "broken"},
    blocks=(
        "chat.limits.stream_counted",
        "chat.sampling.no_top_logprobs",
        "chat.sampling.*logprobs*",
        "chat.usage.output",
        "chat.usage.choices",
        "chat.sampling.logit_bias",
        "chat.limits.counted",
    ),
    known=("reasoning-eats-budget-empty-content",),
)
def thoughts_alone(call: Call) -> None:
    """Think, and say nothing."""
    for answer in call.answers:
        if answer.reason == "length" and not answer.calls:
            answer.text, answer.tokens, answer.reason = "", [], "stop"


@fault(
    "limits.empty_502",
    "An answer that would be too short is answered 502.",
    "answers",
    {
        "chat.limits.finish_reason": "broken",
        "chat.limits.max_tokens": "broken",
        "chat.limits.max_completion_tokens": "broken",
        "chat.limits.stream": "broken",
    },
    blocks=(
        "chat.limits.*",
        "chat.stream.flushed",
        "chat.limits.stream_finish_reason",
    ),
    known=("reasoning-gateway-502-empty",),
)
def empty_502(call: Call) -> None:
    """Give up."""
    if any(answer.reason == "length" and answer.spent <= 5 and not answer.calls for answer in call.answers):
        raise Refusal(502, "Provider returned empty content", type="server_error")


@fault(
    "stream.usage_total_only",
    "Every chunk has a usage of total_tokens alone.",
    "chunks",
    {"chat.stream_usage.shape": "broken"},
    blocks=(
        "chat.limits.stream_counted",
        "chat.roles.developer*",
        "chat.stream*",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
    ),
    known=("usage-total-tokens-only-minimax",),
)
def usage_total_only(call: Call) -> None:
    """Count one thing."""
    for chunk in call.chunks:
        if chunk.get("usage"):
            chunk["usage"] = {"total_tokens": 0, "total_characters": 0}


@fault(
    "stream.gathered",
    "Whole answers are made at once, and streams are kept until they are whole.",
    "events",
    {"chat.stream.flushed": "broken"},
)
def gathered(call: Call) -> None:
    """Keep back what takes its time."""
    call.notes["hang"] = 0.03 * len(call.events)
    call.events[:] = [b"".join(call.events)]
