"""Faults of one protocol that another protocol of the same endpoint doesn't have."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault

RESPONSES, MESSAGES = "/responses", "/messages"


def _parts(call: Call, name: str) -> list[dict[str, Any]]:
    """The messages of a body whose content is a list of parts."""
    items = call.body.get(name)
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []


def _drop(call: Call, name: str, kind: str) -> None:
    """Leave the parts of a kind out of every message."""
    for one in _parts(call, name):
        if isinstance(one.get("content"), list):
            one["content"] = [part for part in one["content"] if part.get("type") != kind]


@fault(
    "across.responses_blind",
    "Chat Completions sees pictures, Responses drops them.",
    "body",
    {
        "across.responses.image": "ignored",
        "responses.images.seen": "ignored",
        "responses.images.by_url": "ignored",
        "responses.images.unreadable": "ignored",
        "responses.images.unreachable": "ignored",
        "responses.images.jpeg": "ignored",
    },
    blocks=(
        "responses.images.detail",
        "responses.images.several",
        "responses.images.before_text",
    ),
    where=RESPONSES,
    also=("chat",),
)
def responses_blind(call: Call) -> None:
    """See nothing."""
    _drop(call, "input", "input_image")


@fault(
    "across.messages_blind",
    "Chat Completions sees pictures, Messages drops them.",
    "body",
    {
        "across.messages.image": "ignored",
        "messages.images.seen": "ignored",
        "messages.images.unreadable": "ignored",
        "messages.images.media_type": "ignored",
        "messages.images.by_url": "ignored",
    },
    blocks=("messages.images.*",),
    where=MESSAGES,
    also=("chat",),
)
def messages_blind(call: Call) -> None:
    """See nothing."""
    _drop(call, "messages", "image")


@fault(
    "across.responses_deaf",
    "Chat Completions heeds developer messages, Responses drops them.",
    "body",
    {"across.responses.developer": "ignored", "responses.input.developer": "ignored"},
    blocks=("responses.input.together",),
    where=RESPONSES,
    also=("chat",),
)
def responses_deaf(call: Call) -> None:
    """Hear nobody."""
    if isinstance(call.body.get("input"), list):
        call.body["input"] = [one for one in call.body["input"] if one.get("role") != "developer"]


@fault(
    "across.messages_deaf",
    "Chat Completions heeds system prompts, Messages drops them.",
    "body",
    {
        "across.messages.system": "ignored",
        "messages.count.blocks": "ignored",
        "messages.mistakes.system_type": "ignored",
        "messages.system.string": "ignored",
        "messages.system.blocks": "ignored",
        "messages.usage.system": "broken",
    },
    blocks=("messages.alike.system", "messages.system.beside_tools"),
    where=MESSAGES,
    also=("chat",),
)
def messages_deaf(call: Call) -> None:
    """Hear nobody."""
    call.body.pop("system", None)


@fault(
    "across.responses_idle",
    "Chat Completions can be made to call a tool, Responses can't.",
    "body",
    {
        "across.responses.tool_choice": "ignored",
        "responses.echo.tool_choice": "broken",
        "responses.tool_choice.required": "ignored",
        "responses.echo.stream": "broken",
        "responses.tool_choice.without_tools": "ignored",
    },
    blocks=(
        "responses.call_stream.same_calls",
        "responses.tools.completed",
        "responses.tools.own_call",
        "responses.tools.previous_call",
        "responses.tools.answered_stream",
        "responses.tools.previous_output",
        "responses.call_stream.fresh_ids",
        "responses.tools.ends",
        "responses.tools.referred_output",
    ),
    where=RESPONSES,
    also=("chat",),
)
def responses_idle(call: Call) -> None:
    """Leave it to the model."""
    if call.body.get("tool_choice") == "required":
        call.body["tool_choice"] = "auto"


@fault(
    "across.messages_idle",
    "Chat Completions can be made to call a tool, Messages can't.",
    "body",
    {
        "across.messages.tool_choice": "ignored",
        "messages.tool_choice.any": "ignored",
        "messages.tool_choice.any_stream": "ignored",
        "messages.tool_choice.without_tools": "ignored",
        "messages.tool_choice.exactly_one": "ignored",
    },
    blocks=(
        "messages.alike.calls",
        "messages.alike.input",
        "messages.alike.call_stop",
        "messages.alike.second_turn",
        "messages.results.own_call",
        "messages.tools.no_input",
        "messages.tools.fresh_ids",
        "messages.stream.no_input",
    ),
    where=MESSAGES,
    also=("chat",),
)
def messages_idle(call: Call) -> None:
    """Leave it to the model."""
    choice = call.body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "any":
        call.body["tool_choice"] = {"type": "auto"}


@fault(
    "across.responses_count",
    "Responses counts thirty times the tokens that Chat Completions counts.",
    "answers",
    {"across.responses.usage": "broken", "responses.count.agrees": "broken"},
    blocks=("responses.usage.turns_once",),
    where=RESPONSES,
    also=("chat",),
)
@fault(
    "across.messages_count",
    "Messages counts thirty times the tokens that Chat Completions counts.",
    "answers",
    {"across.messages.usage": "broken", "messages.count.agrees": "broken", "messages.count.tools": "broken"},
    blocks=("messages.count.conversation",),
    where=MESSAGES,
    also=("chat",),
)
def much(call: Call) -> None:
    """Count too much."""
    call.prompt_tokens *= 30


@fault(
    "across.responses_anyone",
    "Chat Completions refuses unknown models, Responses takes any.",
    "body",
    {"across.responses.unknown_model": "broken", "responses.errors.unknown_model": "ignored"},
    where=RESPONSES,
    also=("chat",),
)
@fault(
    "across.messages_anyone",
    "Chat Completions refuses unknown models, Messages takes any.",
    "body",
    {"across.messages.unknown_model": "broken", "messages.error.unknown_model": "ignored"},
    where=MESSAGES,
    also=("chat",),
)
def anyone(call: Call) -> None:
    """Take one for another."""
    if isinstance(call.body.get("model"), str):
        call.body["model"] = call.settings.models[0]
