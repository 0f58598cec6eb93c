"""Faults of conduct: answers that mix, streams that are kept back, things that get lost in long requests."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.conduct import begun_at_once
from samewire.reference.faults.messages.ignored import contents
from samewire.reference.faults.messages.registry import fault, messages, turns_of


@fault(
    "conduct.cross_talk",
    "Words of one answer stray into the next.",
    "answers",
    {"conduct.apart": "broken"},
    known=("conc-cross-talk-kv",),
)
def cross_talk(call: Call) -> None:
    """Mix the answers up."""
    if "epeat" in (asked := json.dumps(call.body["messages"])) or "code word" in asked:
        for answer in call.answers if not call.streamed else ():
            before = call.memory.get("said", "")
            call.memory["said"] = answer.text
            answer.text += f" {before}"


@fault(
    "conduct.kept_back",
    "A stream is kept until it is whole.",
    "events",
    {"stream.flushed": "broken"},
    known=("stream-buffered",),
    pace=0.03,
)
def kept_back(call: Call) -> None:
    """Keep it all back."""
    call.notes["hang"] = call.settings.pace * len(call.events)
    call.events[:] = [b"".join(call.events)]


fault(
    "conduct.begun_at_once",
    "A stream begins at once, and is kept until it is whole but for its beginning.",
    "events",
    {"stream.flushed": "broken"},
    pace=0.03,
)(begun_at_once)


@fault("conduct.short_memory", "Of a long conversation the last turns count alone.", "body", {"alike.turns": "ignored"})
def short_memory(call: Call) -> None:
    """Keep the last ten."""
    if isinstance(call.body.get("messages"), list) and len(call.body["messages"]) > 12:
        del call.body["messages"][:-10]


@fault("conduct.second_tool", "Of several tools the first counts alone.", "body", {"tools.all": "ignored"})
def second_tool(call: Call) -> None:
    """Keep the first, and what is named."""
    tools, choice = call.body.get("tools"), call.body.get("tool_choice")
    if isinstance(tools, list) and len({str(tool.get("name")) for tool in tools}) == len(tools):
        named = choice.get("name") if isinstance(choice, dict) else None
        call.body["tools"] = [tool for place, tool in enumerate(tools) if not place or tool.get("name") == named]


@fault("conduct.inputs_lost", "Inputs of earlier calls are dropped.", "body", {"results.call_arrives": "ignored"})
def inputs_lost(call: Call) -> None:
    """Remember the name alone."""
    for content in contents(call, "assistant"):
        for block in content:
            if block.get("type") == "tool_use" and isinstance(block.get("input"), dict):
                block["input"] = {}


@fault(
    "conduct.assistant_once",
    "Of two turns of the assistant that follow each other the last counts alone.",
    "body",
    {"alike.turns": "ignored"},
)
def assistant_once(call: Call) -> None:
    """Keep one turn a role."""
    every = call.body.get("messages")
    if isinstance(every, list) and all(isinstance(one, dict) for one in every):
        roles = [one.get("role") for one in every]
        twice = [place for place, pair in enumerate(pairwise(roles)) if pair == ("assistant", "assistant")]
        call.body["messages"] = [one for place, one in enumerate(every) if place not in twice]


@fault(
    "conduct.words_after_picture",
    "Words end where a picture begins.",
    "body",
    {"images.seen": "ignored", "images.by_url": "ignored"},
)
def words_after_picture(call: Call) -> None:
    """Read words up to the first picture."""
    for content in contents(call, "user"):
        kinds = [block.get("type") for block in content]
        if ("text", "image") in pairwise(kinds):
            after = kinds.index("image")
            content[after:] = [block for block in content[after:] if block.get("type") != "text"]


@fault(
    "conduct.other_letters",
    "Letters are brought into another form.",
    "body",
    {"letters.whole": "broken"},
    blocks=("letters.alike",),
)
def other_letters(call: Call) -> None:
    """Normalise them all."""
    for message in turns_of(call):
        content: Any = message.get("content")
        if isinstance(content, str):
            message["content"] = unicodedata.normalize("NFKC", content)


@fault(
    "conduct.picture_fails",
    "Every picture is a fault of the server.",
    "body",
    {"images.seen": "broken"},
    blocks=("images.*", "count.images", "count.pictures", "usage.pictures"),
)
def picture_fails(call: Call) -> None:
    """Fail at what is no text."""
    if '"image"' in json.dumps(call.body):
        raise Refusal(500, "TypeError: expected str")


@fault(
    "conduct.bearer_elsewhere", "count_tokens knows one way to show a key.", "request", {"count.bearer": "unsupported"}
)
def bearer_elsewhere(call: Call) -> None:
    """Look at one header."""
    if call.path == "/messages/count_tokens" and "x-api-key" not in call.request.headers:
        raise Refusal(401, "x-api-key header is required")


@fault("conduct.pictures_for_nothing", "A prompt with pictures counts 0 tokens.", "document", {"usage.input": "broken"})
def pictures_for_nothing(call: Call) -> None:
    """Count words alone, and only where there is nothing else."""
    for message in messages(call):
        if '"image"' in json.dumps(call.body["messages"]):
            message["usage"]["input_tokens"] = 0
