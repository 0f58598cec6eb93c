"""Faults that are clean refusals of settings: exactly their cell turns unsupported."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import fault


def _refuse(message: str, param: str) -> Refusal:
    return Refusal(400, message, param=param, code="unsupported_value")


@fault(
    "refused.max_tokens",
    "max_tokens is refused.",
    "body",
    {"chat.limits.max_tokens": "unsupported"},
    known=("mt-rejected-reasoning",),
    blocks=(
        "chat.limits.max_tokens_stream",
        "chat.tool_stream.cut_finish",
    ),
)
def max_tokens(call: Call) -> None:
    """Take one spelling."""
    if call.body.get("max_tokens") is not None:
        raise unsupported("max_tokens", "max_completion_tokens")


@fault(
    "refused.max_completion_tokens",
    "max_completion_tokens is refused.",
    "body",
    {"chat.limits.max_completion_tokens": "unsupported"},
)
def max_completion_tokens(call: Call) -> None:
    """Take the other spelling."""
    if call.body.get("max_completion_tokens") is not None:
        raise unsupported("max_completion_tokens", "max_tokens")


@fault(
    "refused.limits",
    "Neither spelling of the token limit is taken.",
    "body",
    {"chat.limits.max_completion_tokens": "unsupported", "chat.limits.max_tokens": "unsupported"},
    blocks=(
        "chat.limits.*",
        "chat.tools.cut_finish",
        "chat.tool_stream.cut_finish",
        "chat.limits.stream",
        "chat.usage.choices",
    ),
)
def limits(call: Call) -> None:
    """Take no limit."""
    for spelling in ("max_completion_tokens", "max_tokens"):
        if call.body.get(spelling) is not None:
            raise unsupported(spelling)


@fault(
    "refused.stream",
    "Streams are refused.",
    "body",
    {"chat.stream.accepted": "unsupported"},
    blocks=(
        "http.headers.own_request_id",
        "http.cors.stream",
        "chat.*",
        "http.auth.malformed_key",
        "http.headers.streams_request_id",
        "http.error.same_in_streams",
        "http.requests.odd_stream",
        "http.requests.wide_json",
    ),
)
def stream(call: Call) -> None:
    """Answer whole or not at all."""
    if call.body.get("stream"):
        raise unsupported("stream")


@fault(
    "refused.stream_options",
    "stream_options is refused.",
    "body",
    {"chat.stream_usage.given": "unsupported"},
    blocks=(
        "chat.stream_usage.*",
        "chat.stream.unique_id",
        "chat.stream_usage.same_output",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
        "chat.images.counted",
        "chat.limits.stream_counted",
        "chat.tool_stream.every_choice",
        "chat.roles.developer_beside_tools",
        "chat.parameters.obfuscation",
    ),
    known=("stream-options-rejected",),
)
def stream_options(call: Call) -> None:
    """Count nothing in streams."""
    if call.body.get("stream_options") is not None:
        raise unsupported("stream_options")


@fault(
    "refused.n",
    "n is refused.",
    "body",
    {"chat.sampling.n": "unsupported", "chat.sampling.n_stream": "unsupported", "chat.parameters.n": "unsupported"},
    blocks=(
        "chat.tool_stream.every_choice",
        "chat.usage.prompt_once",
        "chat.usage.choices",
        "chat.stream_usage.beside",
        "chat.limits.every_choice",
    ),
)
def n(call: Call) -> None:
    """Choose once."""
    if call.body.get("n") is not None:
        raise unsupported("n")


@fault(
    "refused.stop",
    "stop is refused.",
    "body",
    {
        "chat.sampling.stop": "unsupported",
        "chat.sampling.stop_string": "unsupported",
        "chat.sampling.stop_stream": "unsupported",
        "chat.parameters.stop": "unsupported",
    },
    blocks=("chat.sampling.stop_beside_tools",),
)
def stop(call: Call) -> None:
    """Refuse to stop."""
    if call.body.get("stop") is not None:
        raise unsupported("stop")


@fault(
    "refused.logprobs",
    "logprobs is refused.",
    "body",
    {"chat.sampling.logprobs": "unsupported", "chat.sampling.logprobs_stream": "unsupported"},
    blocks=(
        "chat.letters.beside_logprobs",
        "chat.sampling.*",
        "chat.usage.output",
        "chat.usage.choices",
    ),
)
def logprobs(call: Call) -> None:
    """Tell no odds, and say so."""
    if call.body.get("logprobs") is not None:
        raise unsupported("logprobs")


@fault(
    "refused.temperature_zero",
    "temperature 0 is refused.",
    "body",
    {"chat.sampling.temperature_zero": "unsupported"},
    blocks=("chat.sampling.together",),
)
def temperature_zero(call: Call) -> None:
    """Always guess a little."""
    if call.body.get("temperature") == 0:
        raise _refuse("temperature must be positive.", "temperature")


@fault("refused.temperature_two", "temperature 2 is refused.", "body", {"chat.sampling.temperature_two": "unsupported"})
def temperature_two(call: Call) -> None:
    """Stay cool."""
    if call.body.get("temperature") == 2:
        raise _refuse("temperature must be at most 1.", "temperature")


@fault(
    "refused.format_text",
    'response_format "text" is refused.',
    "body",
    {"chat.format.text": "unsupported"},
    known=("rf-text-rejected",),
    blocks=(
        "chat.format.text_*",
        "chat.tool_stream.every_choice",
        "chat.stream_usage.beside",
        "chat.sampling.stop_beside_tools",
    ),
)
def format_text(call: Call) -> None:
    """Refuse the default."""
    if (call.body.get("response_format") or {}).get("type") == "text":
        raise _refuse("'response_format.type' must be 'json_schema'", "response_format.type")


@fault(
    "refused.json_object",
    "json_object is refused.",
    "body",
    {"chat.format.json_object": "unsupported", "chat.format.streamed": "unsupported"},
    known=("rf-json_object-rejected",),
    blocks=(
        "chat.format.said_by_system",
        "chat.format.object_beside_tools",
        "chat.sampling.logprobs_beside_format",
    ),
)
def json_object(call: Call) -> None:
    """Refuse a format."""
    if (call.body.get("response_format") or {}).get("type") == "json_object":
        raise _refuse("'response_format.type' must be 'json_schema' or 'text'", "response_format.type")


@fault(
    "refused.json_schema",
    "json_schema is refused.",
    "body",
    {"chat.format.json_schema": "unsupported"},
    blocks=(
        "chat.format.schema_name",
        "chat.format.*",
        "chat.images.beside_format",
        "chat.images.counted",
        "chat.limits.stream_counted",
    ),
)
def json_schema(call: Call) -> None:
    """Refuse a format."""
    if (call.body.get("response_format") or {}).get("type") == "json_schema":
        raise _refuse("'response_format.type' must be 'json_object' or 'text'", "response_format.type")


@fault(
    "refused.tier_default",
    "The usual service_tier is refused by its name.",
    "body",
    {"chat.parameters.service_tier_default": "unsupported"},
)
def tier_default(call: Call) -> None:
    """Know `auto` alone."""
    if call.body.get("service_tier") == "default":
        raise _refuse("service_tier must be auto.", "service_tier")


@fault("refused.logprobs_false", "logprobs: false fails.", "body", {"chat.sampling.logprobs_false": "broken"})
def logprobs_false(call: Call) -> None:
    """Fail at what was declined."""
    if call.body.get("logprobs") is False:
        raise Refusal(500, "Internal Server Error", type="server_error")


@fault(
    "refused.obfuscation",
    "An unknown member of stream_options is refused.",
    "body",
    {"chat.parameters.obfuscation": "unsupported"},
    blocks=("chat.stream_usage.declined",),
)
def obfuscation(call: Call) -> None:
    """Know `include_usage` alone."""
    if "include_obfuscation" in (call.body.get("stream_options") or {}):
        raise _refuse("stream_options.include_obfuscation is not known.", "stream_options")


@fault(
    "refused.both_temperature_and_top_p",
    "temperature and top_p are refused together.",
    "body",
    {"chat.sampling.together": "unsupported"},
    blocks=("http.requests.odd_json",),
)
def both_temperature_and_top_p(call: Call) -> None:
    """Take one of them."""
    if call.body.get("temperature") is not None and call.body.get("top_p") is not None:
        raise _refuse("temperature and top_p cannot both be specified.", "top_p")


@fault(
    "refused.empty_answer",
    "An assistant message whose content is an empty string is refused.",
    "body",
    {"chat.history.empty_answer": "unsupported"},
    blocks=("chat.history.heard",),
)
def empty_answer(call: Call) -> None:
    """Want words."""
    said = [one for one in call.body.get("messages") or () if isinstance(one, dict) and one.get("role") == "assistant"]
    if any(one.get("content") == "" and not one.get("tool_calls") for one in said):
        raise _refuse("The content of a message must not be empty.", "messages")


@fault(
    "refused.refusal",
    "A part of the type refusal is refused.",
    "body",
    {"chat.history.refusal": "unsupported"},
    blocks=("chat.history.heard",),
)
def refusal(call: Call) -> None:
    """Know parts of text alone."""
    if '"type": "refusal"' in json.dumps(call.body.get("messages")):
        raise _refuse("Unknown part 'refusal'.", "messages")


@fault(
    "refused.high_penalty",
    "A penalty above 1 is refused.",
    "body",
    {"chat.sampling.highest_penalty": "unsupported"},
)
def high_penalty(call: Call) -> None:
    """Take half of the range."""
    given = call.body.get("frequency_penalty")
    if isinstance(given, int | float) and 1 < given <= 2:
        raise _refuse("frequency_penalty must be at most 1.", "frequency_penalty")


@fault(
    "refused.odd_streams",
    "Where a stream is asked for, a Content-Type with a charset is refused.",
    "body",
    {"http.requests.odd_stream": "unsupported"},
    blocks=("chat.stream_usage.declined",),
)
def odd_streams(call: Call) -> None:
    """Compare letter by letter."""
    if call.body.get("stream") and "charset" in str(call.request.headers):
        raise Refusal(415, "Unsupported Media Type")


@fault(
    "refused.json_said_by_system",
    "json_object is refused unless a message of the user's says JSON.",
    "body",
    {"chat.format.said_by_system": "unsupported"},
    blocks=("chat.sampling.logprobs_beside_format",),
)
def json_said_by_system(call: Call) -> None:
    """Read half of what was said."""
    wanted = (call.body.get("response_format") or {}).get("type") == "json_object"
    if wanted and not any("JSON" in json.dumps(one) for one in call.body["messages"] if one["role"] == "user"):
        raise _refuse("'messages' must contain the word 'json' in some form.", "messages")


@fault(
    "refused.zero_alternatives",
    "top_logprobs is refused below 1.",
    "body",
    {"chat.sampling.logprobs_zero": "unsupported"},
    blocks=("chat.sampling.logprobs_beside_format",),
)
def zero_alternatives(call: Call) -> None:
    """Want one at least."""
    if call.body.get("top_logprobs") == 0:
        raise _refuse("top_logprobs must be between 1 and 20.", "top_logprobs")


@fault(
    "refused.empty_part",
    "A part of text that is empty is refused.",
    "body",
    {"chat.history.empty_part": "unsupported"},
    blocks=("chat.history.heard",),
)
def empty_part(call: Call) -> None:
    """Want words in each part."""
    said = [one.get("content") for one in call.body.get("messages") or () if isinstance(one, dict)]
    parts = [part for content in said if isinstance(content, list) for part in content if isinstance(part, dict)]
    if any(part.get("text") == "" for part in parts):
        raise _refuse("text content blocks must be non-empty", "messages")


@fault(
    "ignored.zero_alternatives",
    "With top_logprobs 0, there are no logprobs at all.",
    "body",
    {"chat.sampling.logprobs_zero": "ignored"},
)
def no_odds(call: Call) -> None:
    """Take nothing for no."""
    if call.body.get("top_logprobs") == 0:
        call.body.pop("top_logprobs")
        call.body.pop("logprobs", None)
