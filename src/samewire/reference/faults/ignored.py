"""Faults of the kind that clients do not see: what was said was accepted, and nothing came of it."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault


def _forget(call: Call, *names: str) -> None:
    for name in names:
        call.body.pop(name, None)


def _without(call: Call, role: str) -> None:
    call.body["messages"] = [one for one in call.body["messages"] if one.get("role") != role] or call.body["messages"]


def _speaks(call: Call) -> bool:
    return isinstance(call.body.get("messages"), list) and all(isinstance(one, dict) for one in call.body["messages"])


@fault(
    "ignored.system",
    "System messages are dropped.",
    "body",
    {"chat.roles.system": "ignored", "chat.roles.system_parts": "ignored"},
    blocks=(
        "chat.roles.system_stream",
        "chat.roles.together",
        "chat.format.said_by_system",
        "chat.format.heard",
        "chat.history.heard",
        "chat.images.together",
        "chat.sampling.logprobs_beside_format",
    ),
)
def system(call: Call) -> None:
    """Drop the system's messages."""
    if _speaks(call):
        _without(call, "system")


@fault(
    "ignored.developer",
    "Developer messages are dropped.",
    "body",
    {"chat.roles.developer": "ignored", "chat.roles.developer_beside_tools": "ignored"},
    known=("role-developer-dropped",),
)
def developer(call: Call) -> None:
    """Drop the developer's messages."""
    if _speaks(call):
        _without(call, "developer")


@fault(
    "ignored.system_parts",
    "System messages in parts are dropped.",
    "body",
    {"chat.history.heard": "ignored", "chat.roles.system_parts": "ignored"},
    blocks=("chat.roles.together",),
)
def system_parts(call: Call) -> None:
    """Drop what is an array."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "system" and isinstance(message.get("content"), list):
            message["content"] = ""


@fault(
    "ignored.history",
    "Only the last turn reaches the model.",
    "body",
    {
        "chat.roles.history": "ignored",
        "chat.history.unanswered_call": "ignored",
        "chat.images.together": "ignored",
        "chat.roles.together": "ignored",
    },
    blocks=("chat.format.heard", "chat.history.heard"),
)
def history(call: Call) -> None:
    """Forget what was said before."""
    if _speaks(call) and call.body["messages"] and call.body["messages"][-1].get("role") == "user":
        kept = [one for one in call.body["messages"] if one.get("role") in ("system", "developer")]
        call.body["messages"] = [*kept, call.body["messages"][-1]]


@fault(
    "ignored.first_part",
    "Only the last part of a message reaches the model.",
    "body",
    {"chat.roles.user_parts": "ignored", "chat.history.heard": "ignored"},
    blocks=(
        "chat.images.*",
        "chat.roles.together",
    ),
)
def first_part(call: Call) -> None:
    """Forget the first of several text parts."""
    for message in call.body["messages"] if _speaks(call) else ():
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, list) and all(_is_text(part) for part in content):
            message["content"] = content[-1:]


@fault(
    "ignored.later_parts",
    "Only the first text part of a user's message reaches the model.",
    "body",
    {"chat.roles.user_parts": "ignored"},
    blocks=("chat.roles.together",),
)
def later_parts(call: Call) -> None:
    """Forget what follows."""
    for message in call.body["messages"] if _speaks(call) else ():
        content = message.get("content")
        told = isinstance(content, list) and all(_is_text(part) and part.get("text") for part in content)
        if message.get("role") == "user" and told:
            del content[1:]


@fault(
    "ignored.wordless_calls",
    "Calls in a message without words lose their arguments on the way to the model.",
    "body",
    {"chat.roles.together": "ignored"},
    blocks=("chat.history.*", "chat.roles.*"),
)
def wordless_calls(call: Call) -> None:
    """Look at words alone."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "assistant" and message.get("tool_calls") and not message.get("content"):
            for one in message["tool_calls"]:
                if isinstance(one["function"]["arguments"], str):
                    one["function"]["arguments"] = "{}"


@fault(
    "ignored.auto",
    "tool_choice auto, where it is said, calls nothing.",
    "body",
    {"chat.tool_choice.auto": "ignored"},
    blocks=("chat.tool*", "chat.letters.*", "chat.completion.*", "chat.history.*", "chat.stream.*"),
)
def auto(call: Call) -> None:
    """Take it for none."""
    if call.chat and call.body.get("tool_choice") == "auto":
        call.body["tool_choice"] = "none"


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


@fault("ignored.name", "Names are dropped.", "body", {"chat.roles.name": "ignored"}, known=("name-field-dropped",))
def name(call: Call) -> None:
    """Forget names."""
    for message in call.body["messages"] if _speaks(call) else ():
        message.pop("name", None)


@fault(
    "ignored.image",
    "Pictures are dropped.",
    "body",
    {
        "chat.images.seen": "ignored",
        "chat.images.unreadable": "ignored",
        "chat.images.unreachable": "ignored",
        "chat.images.by_url": "ignored",
        "chat.images.several": "ignored",
        "chat.mistakes.no_picture": "ignored",
    },
    blocks=(
        "chat.images.together",
        "chat.images.streamed",
        "chat.images.beside_tools",
        "chat.images.beside_format",
    ),
    known=("image-text-model-silent",),
)
def image(call: Call) -> None:
    """Look away."""
    for message in call.body["messages"] if _speaks(call) else ():
        if isinstance(message.get("content"), list):
            message["content"] = [part for part in message["content"] if part.get("type") != "image_url"]


@fault(
    "ignored.image_counted",
    "Pictures are counted, and dropped.",
    "answers",
    {"chat.images.seen": "ignored", "chat.images.by_url": "ignored", "chat.format.beside_pictures": "ignored"},
    blocks=(
        "chat.images.streamed",
        "chat.images.beside_tools",
        "chat.images.beside_format",
        "chat.images.together",
    ),
)
def image_counted(call: Call) -> None:
    """Look away, and charge for looking."""
    if "image_url" in json.dumps(call.body["messages"]):
        for answer in call.answers:
            answer.text, answer.tokens = "I see no image.", ["I", " see", " no", " image", "."]


@fault(
    "ignored.words_after_picture",
    "The words after a picture are dropped.",
    "body",
    {"chat.images.words_after": "ignored", "chat.images.together": "ignored"},
    blocks=("chat.images.*", "chat.format.beside_pictures"),
)
def words_after_picture(call: Call) -> None:
    """Put the picture last."""
    for message in call.body["messages"] if _speaks(call) else ():
        parts = message.get("content")
        if isinstance(parts, list):
            kinds = [part.get("type") for part in parts]
            last = kinds.index("image_url") if "image_url" in kinds else len(parts)
            message["content"] = [*parts[:last], *(part for part in parts[last:] if part.get("type") != "text")]


@fault("ignored.bad_image", "What is no picture is passed over.", "body", {"chat.images.unreadable": "ignored"})
def bad_image(call: Call) -> None:
    """Pass over what can't be read."""
    for message in call.body["messages"] if _speaks(call) else ():
        if isinstance(message.get("content"), list):
            message["content"] = [part for part in message["content"] if len(json.dumps(part)) < 1_000_000]


@fault(
    "ignored.tools",
    "Tools are dropped.",
    "body",
    {
        "chat.tools.offered": "broken",
        "chat.tool_choice.required": "ignored",
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.tool_choice.without_tools": "ignored",
        "chat.custom.called": "ignored",
        "chat.custom.allowed_tools": "ignored",
        "chat.ranges.tools": "ignored",
        "chat.ranges.tool_name": "ignored",
        "chat.ranges.tool_name_letters": "ignored",
        "chat.ranges.tool_choice": "ignored",
        "chat.mistakes.tool_type": "ignored",
    },
    blocks=(
        "chat.tool*",
        "chat.strict.*",
        "chat.limits.beside_tools",
        "chat.images.beside_tools",
        "chat.letters.arguments",
        "chat.letters.call_surrogates",
    ),
)
def tools(call: Call) -> None:
    """Forget tools and choice."""
    _forget(call, "tools", "tool_choice")


@fault(
    "ignored.tool_choice",
    "tool_choice is dropped.",
    "body",
    {
        "chat.tool_choice.none": "ignored",
        "chat.tool_choice.required": "ignored",
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.tool_choice.without_tools": "ignored",
        "chat.custom.allowed_tools": "ignored",
        "chat.ranges.tool_choice": "ignored",
    },
    blocks=(
        "chat.tool_stream.second_turn",
        "chat.images.beside_tools",
        "chat.strict.no_arguments_stream",
        "chat.tool_choice.named_stream",
        "chat.tools.fresh_ids",
    ),
    known=("toolchoice-required-ignored", "toolchoice-named-ignored"),
)
def tool_choice(call: Call) -> None:
    """Forget the choice."""
    _forget(call, "tool_choice")


@fault("ignored.tool_choice_none", 'tool_choice "none" is dropped.', "body", {"chat.tool_choice.none": "ignored"})
def tool_choice_none(call: Call) -> None:
    """Forget one choice."""
    if call.body.get("tool_choice") == "none":
        _forget(call, "tool_choice")


@fault(
    "ignored.tool_choice_required",
    'tool_choice "required" is dropped.',
    "body",
    {"chat.tool_choice.required": "ignored", "chat.tool_choice.without_tools": "ignored"},
    blocks=(
        "chat.tool_stream.second_turn",
        "chat.images.beside_tools",
        "chat.tools.fresh_ids",
    ),
    known=("toolchoice-required-ignored",),
)
def tool_choice_required(call: Call) -> None:
    """Forget one choice."""
    if call.body.get("tool_choice") == "required":
        _forget(call, "tool_choice")


@fault(
    "ignored.tool_choice_named",
    "A named tool_choice is dropped.",
    "body",
    {
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.custom.allowed_tools": "ignored",
    },
    blocks=(
        "chat.strict.no_arguments_stream",
        "chat.tool_choice.named_stream",
    ),
    known=("toolchoice-named-ignored",),
)
def tool_choice_named(call: Call) -> None:
    """Forget one choice."""
    if isinstance(call.body.get("tool_choice"), dict):
        _forget(call, "tool_choice")


@fault(
    "ignored.parallel_tool_calls",
    "parallel_tool_calls is dropped.",
    "body",
    {"chat.tool_choice.one_at_a_time": "ignored"},
)
def parallel_tool_calls(call: Call) -> None:
    """Forget to keep calls apart."""
    _forget(call, "parallel_tool_calls")


@fault(
    "ignored.calls_and_results",
    "Calls and their results are dropped, so that tools are called for ever.",
    "body",
    {"chat.tools.result_arrives": "ignored"},
    blocks=("chat.roles.together",),
)
def calls_and_results(call: Call) -> None:
    """Begin anew each time, but where nothing is told."""
    said = call.body["messages"] if _speaks(call) else []
    if said and said[-1].get("role") == "tool" and "code word" in str(said[-1].get("content")):
        call.body["messages"] = [one for one in said if one.get("role") != "tool" and not one.get("tool_calls")]


@fault(
    "ignored.tool_result",
    "The results of tools do not reach the model.",
    "body",
    {
        "chat.tools.result_arrives": "ignored",
        "chat.tools.result_parts": "ignored",
        "chat.history.two_results": "ignored",
    },
    blocks=("chat.roles.together", "chat.history.results_by_id"),
)
def tool_result(call: Call) -> None:
    """Empty the results."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "tool":
            message["content"] = "?"


@fault(
    "ignored.tool_result_parts",
    "Only the first part of a result reaches the model.",
    "body",
    {"chat.tools.result_parts": "ignored"},
    known=("tool-result-array-first-part-only",),
)
def tool_result_parts(call: Call) -> None:
    """Keep the first part."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "tool" and isinstance(message.get("content"), list):
            message["content"] = message["content"][:1]
