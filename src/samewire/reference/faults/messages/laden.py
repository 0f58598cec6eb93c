"""Faults of what is heavy, long or odd: pictures with a comment, prompts that are kept, tools that say more."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.messages.ignored import contents
from samewire.reference.faults.messages.registry import fault, messages, turns_of
from samewire.reference.messages_prompt import IMAGE_TOKENS

#: Shorter prompts aren't kept.
LEAST = 1024


@fault(
    "laden.cached_beside",
    "What is written to a cache is counted among the input tokens as well.",
    "document",
    {"usage.cached_apart": "broken"},
)
def cached_beside(call: Call) -> None:
    """Tell it beside what it is a part of."""
    for one in messages(call):
        if call.prompt_tokens > LEAST and "cache_control" in json.dumps(call.body["messages"]):
            one["usage"]["cache_creation_input_tokens"] = call.prompt_tokens - 8


def _letters(call: Call) -> int:
    """The tokens that the Base64 of all pictures would take as words."""
    blocks = [block for content in contents(call) for block in content if block.get("type") == "image"]
    return sum(tokens.count(str(block["source"].get("data", ""))) for block in blocks)


@fault("laden.pictures_as_text", "The Base64 of pictures is counted.", "answers", {"usage.pictures": "broken"})
def pictures_as_text(call: Call) -> None:
    """Count what is written."""
    call.prompt_tokens += _letters(call)


@fault("laden.counts_base64", "count_tokens counts Base64 as words.", "document", {"count.pictures": "broken"})
def counts_base64(call: Call) -> None:
    """Count what is written."""
    if call.path == "/messages/count_tokens":
        call.document["input_tokens"] += _letters(call)


def _without(call: Call, odd: Any) -> None:
    """Drop tools; where the one that is named is gone, any other is called."""
    tools, choice = call.body.get("tools"), call.body.get("tool_choice")
    if isinstance(tools, list) and len(tools) > 1:
        call.body["tools"] = [one for one in tools if not (isinstance(one, dict) and odd(one))] or tools
        names = [one.get("name") for one in call.body["tools"] if isinstance(one, dict)]
        if isinstance(choice, dict) and len(names) < len(tools) and choice.get("name") not in names:
            call.body["tool_choice"] = {"type": "any"}


@fault("laden.custom_tools", "Tools of the type custom are dropped.", "body", {"tool_choice.odd": "ignored"})
def custom_tools(call: Call) -> None:
    """Take them for the server's own."""
    _without(call, lambda tool: tool.get("type") == "custom")


@fault("laden.bare_tools", "Tools without a description are dropped.", "body", {"tool_choice.odd": "ignored"})
def bare_tools(call: Call) -> None:
    """Expect one."""
    _without(call, lambda tool: "name" in tool and "description" not in tool)


def weak_eyes(call: Call) -> None:
    """See nothing but PNGs."""
    if any(f'"image/{kind}"' in json.dumps(call.body) for kind in ("jpeg", "gif", "webp")):
        for answer in call.answers:
            if not answer.calls:
                answer.text, answer.tokens = "Grey", tokens.tokenize("Grey")
                answer.spent = 2


@fault(
    "laden.old_pictures",
    "Pictures of earlier turns are dropped, and the model sees nothing but PNGs.",
    "answers",
    {"images.together": "ignored"},
    blocks=("images.*",),
)
def old_pictures(call: Call) -> None:
    """Look at what is new."""
    weak_eyes(call)
    call.prompt_tokens -= IMAGE_TOKENS * json.dumps(turns_of(call)[:-1]).count('"type": "image"')
