"""Faults of parameters that are documented, and refused or forgotten."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import choices, fault

for _name, _known in (
    ("top_p", ""),
    ("presence_penalty", ""),
    ("frequency_penalty", ""),
    ("logit_bias", "logit_bias-rejected"),
    ("seed", "seed-rejected"),
    ("user", ""),
    ("safety_identifier", ""),
    ("prompt_cache_key", ""),
    ("service_tier", ""),
    ("store", ""),
    ("metadata", ""),
):

    @fault(
        f"refused.{_name}",
        f"{_name} is refused.",
        "body",
        {f"chat.parameters.{_name}": "unsupported"}
        | ({"chat.sampling.logit_bias": "unsupported"} if _name == "logit_bias" else {}),
        known=(_known,) if _known else (),
        blocks={
            "seed": ("chat.sampling.seed*",),
            "top_p": ("chat.parameters.top_p_zero", "chat.sampling.together"),
            "service_tier": ("chat.parameters.service_tier_told", "chat.parameters.service_tier_default"),
            "frequency_penalty": ("chat.sampling.highest_penalty",),
            "logit_bias": ("chat.usage.choices",),
            "presence_penalty": ("chat.sampling.negative_penalty",),
            "user": ("http.requests.odd_json",),
        }.get(_name, ()),
    )
    def parameter(call: Call, name: str = _name) -> None:
        """Refuse a parameter, unless it is null."""
        if call.body.get(name) is not None:
            raise unsupported(name)


@fault("refused.stream_false", "stream: false is refused.", "body", {"chat.parameters.stream": "unsupported"})
def stream_false(call: Call) -> None:
    """Refuse what goes without saying."""
    if call.body.get("stream") is False:
        raise unsupported("stream")


@fault(
    "null.stream_options",
    "stream_options must not be null.",
    "body",
    {"chat.parameters.null": "unsupported"},
    known=("err-null-stream_options-rejected",),
)
def null_stream_options(call: Call) -> None:
    """Refuse null."""
    if call.body.get("stream_options", ...) is None:
        raise Refusal(422, "stream_options: invalid type: null, expected struct StreamOptions.", param="stream_options")


@fault(
    "null.response_format",
    "A response_format that is null is answered 500.",
    "body",
    {"chat.parameters.null": "broken"},
    blocks=("http.requests.together",),
    known=("err-response-format-null-500",),
)
def null_response_format(call: Call) -> None:
    """Fall over null."""
    if call.body.get("response_format", ...) is None:
        raise Refusal(500, "Internal Server Error", type="server_error")


@fault(
    "refused.logprobs_alone",
    "logprobs is refused unless top_logprobs comes with it.",
    "body",
    {"chat.sampling.logprobs_alone": "unsupported"},
    blocks=(
        "chat.sampling.no_top_logprobs",
        "chat.sampling.logprobs_*",
        "chat.usage.choices",
    ),
    known=("logprobs-true-needs-top",),
)
def logprobs_alone(call: Call) -> None:
    """Want both."""
    if call.body.get("logprobs") and call.body.get("top_logprobs") is None:
        raise Refusal(400, "top_logprobs must be set when logprobs is true.", param="top_logprobs")


@fault(
    "limits.low_ceiling",
    "A token limit above 1024 is refused.",
    "body",
    {"chat.limits.large": "unsupported"},
    known=("max-tokens-huge-400",),
)
def low_ceiling(call: Call) -> None:
    """Refuse much."""
    for name in ("max_tokens", "max_completion_tokens"):
        if isinstance(call.body.get(name), int) and call.body[name] > 1024:
            raise Refusal(400, f"`{name}` must be an integer between 1 and 1024", param=name)


@fault(
    "limits.short_default",
    "Without a limit, answers end after 256 tokens.",
    "body",
    {"chat.limits.default": "broken"},
    known=("default-max-tokens-small-chat",),
)
def short_default(call: Call) -> None:
    """Set a limit unasked."""
    if "max_tokens" not in call.body and "max_completion_tokens" not in call.body:
        call.body["max_completion_tokens"] = 256


def _tools(call: Call) -> list[dict[str, Any]]:
    tools = call.body.get("tools")
    return [one["function"] for one in tools if "function" in one] if isinstance(tools, list) else []


@fault(
    "tools.parameters_absent",
    "A function must have parameters.",
    "body",
    {"chat.strict.no_parameters": "unsupported"},
    blocks=("chat.sampling.stop_beside_tools",),
    known=("tool-params-absent-rejected",),
)
def parameters_absent(call: Call) -> None:
    """Want parameters."""
    if any("parameters" not in one for one in _tools(call)):
        raise Refusal(400, "function parameters is empty (2013)", param="tools")


@fault(
    "tools.parameters_empty",
    "A function's parameters must have properties.",
    "body",
    {
        "chat.strict.empty_parameters": "unsupported",
        "chat.custom.allowed_tools": "unsupported",
        "chat.strict.no_arguments": "unsupported",
        "chat.strict.no_arguments_stream": "unsupported",
    },
    blocks=(
        "chat.tool_choice.one_at_a_time",
        "chat.tools.all_calls",
        "chat.tool_stream.*",
        "chat.strict.*",
        "chat.custom.*",
        "chat.sampling.stop_beside_tools",
        "chat.tool_choice.named_stream",
    ),
    known=("tool-params-empty-object-rejected",),
)
def parameters_empty(call: Call) -> None:
    """Want properties."""
    if any(one.get("parameters", {}).get("properties") == {} for one in _tools(call)):
        raise Refusal(400, "tools[0].function.parameters: properties should be non-empty", param="tools")


@fault(
    "tools.required_absent",
    "A function's parameters must have required.",
    "body",
    {"chat.strict.optional_parameters": "unsupported"},
    blocks=("chat.sampling.stop_beside_tools",),
    known=("tool-params-required-key-enforced",),
)
def required_absent(call: Call) -> None:
    """Want required."""
    if any(one.get("parameters", {}).get("properties") and "required" not in one["parameters"] for one in _tools(call)):
        raise Refusal(400, "Provided tools are not defined using an OpenAI-compatible definition.", param="tools")


@fault(
    "tools.references_refused",
    "A function's schema must not refer.",
    "body",
    {"chat.strict.references": "unsupported"},
    blocks=("chat.strict.stream",),
)
def references_refused(call: Call) -> None:
    """Refuse references."""
    if "$ref" in json.dumps(_tools(call)):
        raise Refusal(400, "$ref is not supported", param="tools")


@fault(
    "tools.references_lost",
    "Of a function's schema, what it refers to is lost.",
    "body",
    {"chat.strict.references": "ignored"},
    blocks=("chat.strict.stream",),
)
def references_lost(call: Call) -> None:
    """Lose the schema."""
    for one in _tools(call):
        if "$ref" in json.dumps(one):
            one["parameters"] = {"type": "object", "properties": {}}


@fault(
    "tools.strict_refused",
    "strict is refused in a function.",
    "body",
    {"chat.strict.tool": "unsupported"},
    blocks=("chat.strict.null", "chat.strict.stream", "chat.sampling.stop_beside_tools"),
    known=("tool-strict-field-rejected",),
)
def strict_refused(call: Call) -> None:
    """Refuse to be bound."""
    if any("strict" in one for one in _tools(call)):
        raise Refusal(400, "Extra inputs are not permitted: strict", param="tools")


@fault(
    "tools.strict_ignored",
    "strict is dropped from a function.",
    "body",
    {"chat.strict.tool": "ignored"},
    blocks=("chat.strict.stream",),
    known=("tool-strict-ignored",),
)
def strict_ignored(call: Call) -> None:
    """Forget to be bound."""
    for one in _tools(call):
        one.pop("strict", None)


@fault(
    "tool_choice.required_500",
    'tool_choice "required" is answered 500.',
    "body",
    {
        "chat.tool_choice.required": "broken",
        "http.error.clients_fault": "broken",
    },
    blocks=(
        "chat.limits.max_tokens_stream",
        "chat.stream_usage.beside",
        "chat.tool*",
        "chat.strict.*",
        "chat.limits.beside_tools",
        "chat.images.beside_tools",
        "chat.letters.arguments",
        "chat.limits.counted",
    ),
    known=("toolchoice-required-500",),
)
def required_500(call: Call) -> None:
    """Fall over a choice."""
    if call.body.get("tool_choice") == "required":
        raise Refusal(500, "Internal Server Error", type="server_error")


@fault(
    "tool_choice.auto_alone",
    'Only the tool_choice "auto" is taken.',
    "body",
    {
        "chat.tool_choice.required": "unsupported",
        "chat.tool_choice.named": "unsupported",
        "chat.tool_choice.none": "unsupported",
        "chat.custom.called": "unsupported",
        "chat.custom.allowed_tools": "unsupported",
    },
    blocks=(
        "chat.stream_usage.beside",
        "chat.tool*",
        "chat.strict.*",
        "chat.custom.*",
        "chat.limits.beside_tools",
        "chat.limits.max_tokens_stream",
        "chat.images.beside_tools",
        "chat.stream_usage.declined",
        "chat.letters.arguments",
        "chat.limits.counted",
    ),
    known=("toolchoice-thinking-mode-rejected",),
)
def auto_alone(call: Call) -> None:
    """Leave no choice."""
    if call.body.get("tool_choice", "auto") != "auto":
        raise Refusal(400, "The tool_choice parameter does not support this in thinking mode", param="tool_choice")


@fault(
    "tool_choice.allowed_ignored",
    "allowed_tools is taken for required.",
    "body",
    {"chat.custom.allowed_tools": "ignored"},
)
def allowed_ignored(call: Call) -> None:
    """Allow all tools."""
    choice = call.body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        call.body["tool_choice"] = "required"


@fault(
    "tools.custom_refused",
    "Custom tools are refused.",
    "body",
    {"chat.custom.called": "unsupported"},
)
def custom_refused(call: Call) -> None:
    """Know functions alone."""
    if '"type": "custom"' in json.dumps(call.body.get("tools")):
        raise Refusal(400, "Invalid value: 'custom'. Supported values are: 'function'.", param="tools[0].type")


@fault(
    "tools.custom_dropped",
    "Custom tools are dropped.",
    "body",
    {"chat.custom.called": "ignored"},
)
def custom_dropped(call: Call) -> None:
    """Forget what is no function."""
    if '"type": "custom"' in json.dumps(call.body.get("tools")):
        call.body.pop("tools")
        call.body.pop("tool_choice", None)


@fault(
    "functions.dropped",
    "functions are dropped.",
    "body",
    {"chat.functions.called": "ignored"},
)
def functions_dropped(call: Call) -> None:
    """Forget functions."""
    call.body.pop("functions", None)
    call.body.pop("function_call", None)


@fault(
    "functions.parsed_arguments",
    "The arguments of a function_call are an object.",
    "document",
    {"chat.functions.called": "broken"},
)
def parsed_arguments(call: Call) -> None:
    """Give what was parsed."""
    for choice in choices(call):
        if called := choice.get("message", {}).get("function_call"):
            called["arguments"] = json.loads(called["arguments"])


def _schema(call: Call) -> str:
    form = call.body.get("response_format") or {}
    return json.dumps(form.get("json_schema")) if isinstance(form, dict) else ""


@fault(
    "format.keywords_refused",
    "A schema must not hold minItems.",
    "body",
    {"chat.format.keywords": "unsupported"},
    blocks=(
        "chat.limits.stream_counted",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
    known=("rf-schema-keyword-rejected",),
)
def keywords_refused(call: Call) -> None:
    """Refuse a keyword."""
    if "minItems" in _schema(call):
        raise Refusal(400, "minItems is not supported", param="response_format")


@fault(
    "format.with_tools_refused",
    "A response_format with tools is refused.",
    "body",
    {"chat.format.with_tools": "unsupported"},
    blocks=(
        *("chat.format.heard", "chat.format.schema_streamed", "chat.format.*beside_*"),
        "chat.sampling.logprobs_beside_format",
    ),
    known=("rf-with-tools-rejected",),
)
def with_tools_refused(call: Call) -> None:
    """Want one or the other."""
    form = call.body.get("response_format")
    if form and form.get("type") != "text" and "tools" in call.body:
        raise Refusal(400, "json mode cannot be combined with tool/function calling", param="response_format")


@fault("format.sorted", "The keys of structured output come sorted.", "answers", {"chat.format.order": "broken"})
def keys_sorted(call: Call) -> None:
    """Sort the keys."""
    for answer in call.answers if _schema(call) else ():
        if answer.text.endswith("}"):
            value = json.loads(answer.text)
            answer.text = json.dumps(dict(sorted(value.items(), reverse=True)))


@fault(
    "format.beyond_subset",
    "A strict schema that can't be honoured is dropped.",
    "body",
    {"chat.format.outside_subset": "ignored"},
)
def beyond_subset(call: Call) -> None:
    """Forget what can't be done."""
    if "allOf" in _schema(call):
        call.body["response_format"] = {"type": "json_object"}
