"""Faults that are clean refusals of something documented: exactly their cell turns unsupported."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import fault


def _refuse(message: str, param: str) -> Refusal:
    return Refusal(400, message, param=param, code="unsupported_value")


def _roles(call: Call) -> list[str]:
    messages = call.body.get("messages")
    return [str(one.get("role")) for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


@fault(
    "refused.developer",
    "Developer messages are refused.",
    "body",
    {"chat.roles.developer": "unsupported"},
    blocks=(
        "chat.roles.developer_parts",
        "chat.roles.developer_beside_tools",
    ),
    known=("role-developer-400",),
)
def developer(call: Call) -> None:
    """Refuse a role."""
    if "developer" in _roles(call):
        raise _refuse("developer is not one of ['system', 'assistant', 'user', 'tool']", "messages[0].role")


@fault(
    "refused.system",
    "System messages are refused.",
    "body",
    {
        "chat.roles.system": "unsupported",
        "chat.roles.system_parts": "unsupported",
        "chat.history.two_systems": "unsupported",
        "chat.history.late_system": "unsupported",
        "chat.roles.system_stream": "unsupported",
    },
    blocks=(
        "chat.stream_usage.beside",
        "chat.tool_stream.every_choice",
        "chat.format.said_by_system",
        "chat.sampling.logprobs_beside_format",
        "chat.roles.developer_beside_tools",
        "chat.tool_stream.no_invention",
        "chat.limits.stream_counted",
        "chat.roles.together*",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.images.together",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
        "chat.history.heard",
        "chat.images.beside_system",
        "chat.images.counted",
        "chat.stream_usage.same_conversation",
        "chat.tool_stream.plain_words",
        "chat.stream.incremental_beside_tools",
    ),
    known=("role-system-unsupported",),
)
def system(call: Call) -> None:
    """Refuse a role."""
    if "system" in _roles(call):
        raise _refuse("Only user and assistant roles are supported!", "messages[0].role")


@fault(
    "refused.name",
    "Names are refused.",
    "body",
    {"chat.roles.name": "unsupported", "chat.functions.result": "unsupported"},
    known=("name-field-rejected",),
)
def name(call: Call) -> None:
    """Refuse a name."""
    if any("name" in one for one in call.body.get("messages") or () if isinstance(one, dict)):
        raise _refuse("Extra inputs are not permitted.", "messages[0].name")


@fault(
    "refused.user_parts",
    "Content parts are refused.",
    "body",
    {
        "chat.roles.developer_parts": "unsupported",
        "chat.roles.user_parts": "unsupported",
        "chat.roles.system_parts": "unsupported",
        "chat.tools.result_parts": "unsupported",
        "chat.images.seen": "unsupported",
        "chat.history.assistant_parts": "unsupported",
        "chat.history.audio": "unsupported",
        "chat.history.file": "unsupported",
    },
    blocks=(
        "chat.history.empty_part",
        "chat.history.refusal",
        "chat.limits.max_tokens_stream",
        "chat.stream.incremental_beside_tools",
        "chat.tool_stream.no_invention",
        "chat.images.*",
        "chat.roles.together*",
        "chat.images.streamed",
        "chat.format.beside_pictures",
        "chat.history.heard",
        "chat.roles.developer_beside_tools",
        "chat.stream_usage.same_conversation",
        "chat.tool_stream.plain_words",
    ),
)
def user_parts(call: Call) -> None:
    """Refuse arrays."""
    if any(isinstance(one.get("content"), list) for one in call.body.get("messages") or () if isinstance(one, dict)):
        raise _refuse("The content must be a string.", "messages[0].content")


@fault(
    "refused.image",
    "Pictures are refused.",
    "body",
    {"chat.images.seen": "unsupported"},
    blocks=(
        "chat.images.*",
        "chat.images.streamed",
        "chat.format.beside_pictures",
    ),
)
def image(call: Call) -> None:
    """See nothing, and say so."""
    if "image_url" in json.dumps(call.body.get("messages")):
        raise _refuse("This model does not support image inputs.", "messages[0].content")


@fault(
    "refused.detail",
    "detail: auto is refused.",
    "body",
    {"chat.images.detail": "unsupported"},
    blocks=(
        "chat.images.together",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
        "chat.images.counted",
    ),
    known=("image-detail-auto-rejected",),
)
def detail(call: Call) -> None:
    """Refuse the default."""
    if '"detail": "auto"' in json.dumps(call.body.get("messages")):
        raise _refuse("invalid image detail: auto", "messages[0].content[1].image_url.detail")


@fault(
    "refused.two_images",
    "Two pictures are refused.",
    "body",
    {"chat.images.several": "unsupported"},
    blocks=(
        "chat.images.together",
        "chat.images.beside_format",
        "chat.format.beside_pictures",
        "chat.images.counted",
    ),
    known=("image-multi-limit-1",),
)
def two_images(call: Call) -> None:
    """See one picture."""
    if json.dumps(call.body.get("messages")).count('"image_url": {') > 1:
        raise _refuse("At most 1 image(s) may be provided in one request.", "messages[0].content")


@fault(
    "refused.tools",
    "Tools are refused.",
    "body",
    {
        "chat.tools.accepted": "unsupported",
        "chat.custom.called": "unsupported",
        "chat.custom.allowed_tools": "unsupported",
        "chat.format.with_tools": "unsupported",
    },
    blocks=(
        "chat.letters.call_surrogates",
        "chat.sampling.logprobs_beside_tools",
        "chat.tool*",
        "chat.mistakes.*result*",
        "chat.history.*",
        "chat.strict.*",
        "chat.roles.together*",
        "chat.stream_usage.beside",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.limits.beside_tools",
        "chat.images.beside_tools",
        "chat.format.beside_pictures",
        "chat.sampling.stop_beside_tools",
        "chat.roles.developer_beside_tools",
        "chat.parameters.parallel_tool_calls",
        "chat.mistakes.arguments_type",
        "chat.ranges.tool_choice",
        "chat.stream_usage.declined",
        "chat.letters.arguments",
        "chat.limits.counted",
        "chat.stream_usage.same_conversation",
        "chat.format.object_beside_tools",
        "chat.format.text_beside_tools",
        "chat.sampling.logprobs_beside_format",
        "chat.limits.max_tokens_stream",
        "chat.stream.incremental_beside_tools",
    ),
    known=("tools-field-extra-forbidden",),
)
def tools(call: Call) -> None:
    """Take no tools."""
    if call.body.get("tools") is not None:
        raise unsupported("tools")


#: Value of tool_choice → what else is refused with it, what can't be judged then, and where it was seen.
CHOICES: dict[str, tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "none": ({}, ("chat.stream_usage.declined",), ()),
    "auto": (
        {},
        (
            "chat.tool_choice.one_at_a_time",
            "chat.tools.all_calls",
            "chat.tool_stream.*",
        ),
        (),
    ),
    "required": (
        {},
        (
            "chat.tool*",
            "chat.strict.*",
            "chat.limits.beside_tools",
            "chat.limits.counted",
            "chat.limits.max_tokens_stream",
            "chat.images.beside_tools",
            "chat.letters.arguments",
            "chat.stream_usage.beside",
        ),
        ("toolchoice-required-spelled-any",),
    ),
}

for _value, (_too, _blocks, _known) in CHOICES.items():

    @fault(
        f"refused.tool_choice_{_value}",
        f'tool_choice "{_value}" is refused.',
        "body",
        {f"chat.tool_choice.{_value}": "unsupported", **_too},
        blocks=_blocks,
        known=_known,
    )
    def tool_choice(call: Call, value: str = _value) -> None:
        """Refuse one choice."""
        if call.body.get("tool_choice") == value:
            raise _refuse(f"tool_choice must not be {value}.", "tool_choice")


@fault(
    "refused.tool_choice_named",
    "A named tool_choice is refused.",
    "body",
    {
        "chat.tool_choice.named": "unsupported",
        "chat.custom.called": "unsupported",
        "chat.custom.allowed_tools": "unsupported",
        "chat.strict.tool": "unsupported",
        "chat.strict.no_arguments": "unsupported",
        "chat.strict.no_arguments_stream": "unsupported",
        "chat.strict.references": "unsupported",
    },
    blocks=(
        "chat.images.beside_tools",
        "chat.strict.stream",
        "chat.tool_choice.named_stream",
    ),
)
def tool_choice_named(call: Call) -> None:
    """Refuse names."""
    if isinstance(call.body.get("tool_choice"), dict):
        raise _refuse("tool_choice must be a string.", "tool_choice")


@fault(
    "refused.parallel_tool_calls",
    "parallel_tool_calls is refused.",
    "body",
    {"chat.tool_choice.one_at_a_time": "unsupported", "chat.parameters.parallel_tool_calls": "unsupported"},
    blocks=("chat.sampling.stop_beside_tools",),
)
def parallel_tool_calls(call: Call) -> None:
    """Refuse to keep calls apart."""
    if call.body.get("parallel_tool_calls") is not None:
        raise unsupported("parallel_tool_calls")


@fault(
    "refused.tool_result",
    "Messages of the role tool are refused.",
    "body",
    {
        "chat.tools.round_trip": "unsupported",
        "chat.history.two_results": "unsupported",
        "chat.history.results_in_any_order": "unsupported",
    },
    blocks=(
        "chat.stream.incremental_beside_tools",
        "chat.history.without_tools",
        "chat.tool_stream.no_invention",
        "chat.history.cut_call",
        "chat.stream_usage.declined",
        "chat.tools.*",
        "chat.mistakes.*result*",
        "chat.tool_stream.second_turn",
        "chat.roles.together*",
        "chat.history.user_after_result",
        "chat.stream_usage.same_conversation",
        "chat.tool_stream.plain_words",
        "chat.history.results_by_id",
    ),
)
def tool_result(call: Call) -> None:
    """Refuse a role."""
    if "tool" in _roles(call):
        raise _refuse("tool is not one of ['system', 'assistant', 'user']", "messages[2].role")


@fault("refused.result_parts", "Results in parts are refused.", "body", {"chat.tools.result_parts": "unsupported"})
def result_parts(call: Call) -> None:
    """Refuse arrays."""
    for one in call.body.get("messages") or ():
        if isinstance(one, dict) and one.get("role") == "tool" and isinstance(one.get("content"), list):
            raise _refuse("The content of a tool message must be a string.", "messages[2].content")


@fault(
    "refused.empty_content",
    "Empty content beside tool calls is refused.",
    "body",
    {"chat.tools.empty_content": "unsupported", "chat.history.empty_answer": "unsupported"},
    blocks=("chat.history.heard",),
    known=("assistant-empty-string-content-rejected",),
)
def empty_content(call: Call) -> None:
    """Want some words."""
    for one in call.body.get("messages") or ():
        if isinstance(one, dict) and one.get("role") == "assistant" and one.get("content") == "":
            raise _refuse("The content must not be blank.", "messages[1].content")


@fault(
    "refused.no_content",
    "An assistant message without content is refused.",
    "body",
    {"chat.tools.no_content": "unsupported"},
    known=("assistant-missing-content-rejected",),
)
def no_content(call: Call) -> None:
    """Want the key."""
    for one in call.body.get("messages") or ():
        if isinstance(one, dict) and one.get("role") == "assistant" and "content" not in one:
            raise _refuse("Field required: content", "messages[1].content")


@fault(
    "refused.own_message",
    "The members of its own messages are refused.",
    "body",
    {"chat.roles.own_message": "broken", "chat.tools.own_call": "broken"},
    blocks=("chat.tools.fresh_ids",),
)
def own_message(call: Call) -> None:
    """Refuse what was sent."""
    for one in call.body.get("messages") or ():
        if isinstance(one, dict) and "annotations" in one:
            raise _refuse("Extra inputs are not permitted: annotations", "messages[1].annotations")
