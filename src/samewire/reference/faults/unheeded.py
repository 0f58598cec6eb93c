"""Faults of the kind that clients do not see: how to answer was accepted, and nothing came of it."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, fault


def _forget(call: Call, *names: str) -> None:
    for name in names:
        call.body.pop(name, None)


def within(call: Call, size: dict[str, Any]) -> None:
    """Say a schema that goes beyond the subset of strict ones by words within it, with this one for its size."""
    shape = (call.body.get("response_format") or {}).get("json_schema")
    schema = shape.get("schema") if isinstance(shape, dict) else None
    if isinstance(schema, dict) and "allOf" in schema and "not" in schema:
        plain = {name: value for name, value in schema.items() if name not in ("allOf", "not")}
        plain["properties"] = {**schema["properties"], **schema["allOf"][0]["properties"], "size": size}
        form = {"type": "json_schema", "json_schema": {**(shape or {}), "schema": plain}}
        call.body["response_format"] = form


@fault(
    "ignored.max_tokens",
    "max_tokens is dropped.",
    "body",
    {"chat.limits.max_tokens": "ignored", "chat.limits.not_negative": "ignored", "chat.mistakes.limit_type": "ignored"},
    blocks=(
        "chat.limits.max_tokens_stream",
        "chat.tool_stream.cut_finish",
    ),
)
def max_tokens(call: Call) -> None:
    """Forget one limit."""
    _forget(call, "max_tokens")


@fault(
    "ignored.max_completion_tokens",
    "max_completion_tokens is dropped.",
    "body",
    {"chat.limits.max_completion_tokens": "ignored", "chat.limits.stream": "ignored"},
    blocks=(
        "chat.limits.stream_counted",
        "chat.limits.finish_reason",
        "chat.limits.stream_finish_reason",
        "chat.tools.cut_finish",
        "chat.tool_stream.cut_finish",
        "chat.usage.choices",
        "chat.limits.beside_tools",
        "chat.limits.every_choice",
        "chat.limits.counted",
    ),
    known=("mct-ignored",),
)
def max_completion_tokens(call: Call) -> None:
    """Forget the other limit."""
    _forget(call, "max_completion_tokens")


@fault(
    "ignored.negative_limit",
    "A negative limit is taken for none.",
    "body",
    {"chat.limits.not_negative": "ignored"},
    known=("max-tokens-nonpositive-200", "max-tokens-minus-one-rejected-or-accepted"),
)
def negative_limit(call: Call) -> None:
    """Forget what is below zero."""
    limit = call.body.get("max_tokens")
    if isinstance(limit, int) and limit < 0:
        _forget(call, "max_tokens")


@fault(
    "ignored.stop",
    "stop is dropped.",
    "body",
    {
        "chat.sampling.stop": "ignored",
        "chat.sampling.stop_string": "ignored",
        "chat.sampling.stop_stream": "ignored",
        "chat.ranges.stop": "ignored",
    },
    blocks=("chat.sampling.stop_beside_tools",),
    known=("stop-ignored",),
)
def stop(call: Call) -> None:
    """Never stop."""
    _forget(call, "stop")


@fault("ignored.stop_string", "stop as a string is dropped.", "body", {"chat.sampling.stop_string": "ignored"})
def stop_string(call: Call) -> None:
    """Stop at arrays alone."""
    if isinstance(call.body.get("stop"), str):
        _forget(call, "stop")


@fault("ignored.stop_in_streams", "stop is dropped in streams.", "body", {"chat.sampling.stop_stream": "ignored"})
def stop_in_streams(call: Call) -> None:
    """Never stop a stream."""
    if call.streamed:
        _forget(call, "stop")


@fault(
    "stop.included",
    "The text ends with the stop sequence.",
    "answers",
    {"chat.sampling.stop": "broken", "chat.sampling.stop_string": "broken", "chat.sampling.stop_stream": "broken"},
    blocks=("chat.sampling.stop_beside_tools",),
    known=("stop-included-in-output",),
)
def stop_included(call: Call) -> None:
    """Stop after the word instead of before it."""
    stops = call.body.get("stop") or []
    words = [stops] if isinstance(stops, str) else [one for one in stops if "never" not in one]
    for answer in call.answers if words else ():
        answer.tokens = [*answer.tokens, words[0]]
        answer.text = "".join(answer.tokens)


@fault(
    "ignored.n",
    "n is dropped.",
    "body",
    {
        "chat.sampling.n": "ignored",
        "chat.sampling.n_stream": "ignored",
        "chat.ranges.n": "ignored",
        "chat.mistakes.choices_type": "ignored",
    },
    blocks=(
        "chat.tool_stream.every_choice",
        "chat.usage.prompt_once",
        "chat.usage.choices",
        "chat.limits.every_choice",
    ),
    known=("n-ignored",),
)
def n(call: Call) -> None:
    """Choose once."""
    _forget(call, "n")


@fault("n.index_zero", "All choices have the index 0.", "document", {"chat.sampling.n": "broken"})
def index_zero(call: Call) -> None:
    """Count to zero."""
    for choice in choices(call):
        choice["index"] = 0


@fault(
    "ignored.logprobs",
    "logprobs is dropped.",
    "body",
    {
        "chat.sampling.logprobs": "ignored",
        "chat.sampling.logprobs_stream": "ignored",
        "chat.ranges.top_logprobs": "ignored",
        "chat.ranges.top_logprobs_alone": "ignored",
    },
    blocks=(
        "chat.sampling.*",
        "chat.usage.output",
    ),
)
def logprobs(call: Call) -> None:
    """Tell no odds."""
    _forget(call, "logprobs", "top_logprobs")


@fault(
    "ignored.top_logprobs",
    "top_logprobs is dropped.",
    "body",
    {
        "chat.sampling.top_logprobs": "ignored",
        "chat.ranges.top_logprobs": "ignored",
        "chat.ranges.top_logprobs_alone": "ignored",
        "chat.sampling.top_logprobs_stream": "ignored",
    },
)
def top_logprobs(call: Call) -> None:
    """Tell no alternatives."""
    _forget(call, "top_logprobs")


@fault(
    "logprobs.too_many",
    "More alternatives come than were asked for.",
    "body",
    {"chat.sampling.top_logprobs": "broken", "chat.sampling.top_logprobs_stream": "broken"},
)
def too_many(call: Call) -> None:
    """Tell more alternatives."""
    if call.body.get("top_logprobs"):
        call.body["top_logprobs"] += 3


@fault(
    "logprobs.other_text",
    "The tokens in logprobs are not those of the answer.",
    "document",
    {"chat.sampling.logprobs_text": "broken", "chat.sampling.logprobs_bytes": "broken"},
)
def other_text(call: Call) -> None:
    """Shift the tokens."""
    for choice in choices(call):
        if choice.get("logprobs"):
            for entry in choice["logprobs"]["content"]:
                entry["token"] = "x"


@fault(
    "logprobs.entry_bare",
    "Entries in logprobs have no top_logprobs.",
    "document",
    {"chat.sampling.logprobs": "broken", "chat.sampling.logprobs_alone": "broken"},
    blocks=("chat.sampling.*",),
)
def entry_bare(call: Call) -> None:
    """Drop the alternatives."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            del entry["top_logprobs"]


@fault(
    "ignored.json_object",
    "json_object is dropped.",
    "body",
    {"chat.format.json_object": "ignored"},
    blocks=("chat.format.streamed", "chat.format.object_beside_tools"),
)
def json_object(call: Call) -> None:
    """Write prose."""
    if (call.body.get("response_format") or {}).get("type") == "json_object":
        _forget(call, "response_format")


@fault(
    "ignored.json_schema",
    "json_schema is dropped.",
    "body",
    {"chat.format.json_schema": "ignored", "chat.format.schema_name": "ignored", "chat.mistakes.no_schema": "ignored"},
    blocks=(
        "chat.format.order_within",
        "chat.format.order",
        "chat.format.with_tools",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
        "chat.format.outside_subset",
    ),
)
def json_schema(call: Call) -> None:
    """Write prose."""
    if (call.body.get("response_format") or {}).get("type") == "json_schema":
        _forget(call, "response_format")


@fault(
    "ignored.json_schema_loose",
    "json_schema is taken for json_object.",
    "body",
    {"chat.format.json_schema": "ignored", "chat.format.schema_name": "ignored", "chat.mistakes.no_schema": "ignored"},
    blocks=(
        "chat.format.order_within",
        "chat.format.order",
        "chat.format.with_tools",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
        "chat.format.outside_subset",
    ),
)
def json_schema_loose(call: Call) -> None:
    """Write any JSON."""
    if (call.body.get("response_format") or {}).get("type") == "json_schema":
        call.body["response_format"] = {"type": "json_object"}
        call.body["messages"] = [*call.body["messages"], {"role": "system", "content": "JSON"}]


@fault(
    "format.fenced",
    "JSON is wrapped in a code fence.",
    "answers",
    {"chat.format.json_object": "broken", "chat.format.json_schema": "broken"},
    blocks=(
        "chat.format.order*",
        "chat.format.streamed",
        "chat.format.with_tools",
        "chat.format.schema_streamed",
    ),
)
def fenced(call: Call) -> None:
    """Fence it in."""
    if (call.body.get("response_format") or {}).get("type", "text") != "text":
        for answer in call.answers:
            answer.text = f"```json\n{answer.text}\n```"


@fault(
    "format.array",
    "json_object gives an array.",
    "answers",
    {"chat.format.json_object": "broken"},
    blocks=("chat.format.streamed",),
)
def array(call: Call) -> None:
    """Wrap it in an array."""
    if (call.body.get("response_format") or {}).get("type") == "json_object":
        for answer in call.answers:
            answer.text = f"[{answer.text}]"


@fault(
    "format.not_forgotten",
    "In a strict schema, `not` is accepted and forgotten.",
    "body",
    {"chat.format.outside_subset": "ignored"},
)
def not_forgotten(call: Call) -> None:
    """Keep the rest of it."""
    within(call, {"type": "string", "enum": ["large", "small"]})
