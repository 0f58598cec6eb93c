"""Conformant Messages endpoints whose templates add to a prompt, that keep one in a cache, or whose eyes are weak."""

from __future__ import annotations

import json

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.messages.laden import LEAST, weak_eyes
from samewire.reference.faults.messages.mute import SAID
from samewire.reference.faults.messages.registry import messages as whole
from samewire.reference.messages_prompt import IMAGE_TOKENS
from samewire.reference.variants.messages import variant
from samewire.reference.variants.moods import say

#: About as long as the system prompts that are sent, which then replace it: a prompt hardly grows with one.
DEFAULT = "You are a kind assistant, and made by the vendor."


@variant("default_system", "Where there is no system prompt, the template puts one of its own.", "body")
def default_system(call: Call) -> None:
    """Say who one is."""
    call.body.setdefault("system", DEFAULT)


@variant(
    "default_system_mute",
    "Where there is no system prompt, the template puts one of its own; the model says the same whatever it is asked.",
    "answers",
    blocks=("*",),
)
def default_system_mute(call: Call) -> None:
    """Say who one is, and nothing else."""
    limit = call.body["max_tokens"]
    for answer in call.answers if not {"stop_sequences", "output_config"} & set(call.body) else ():
        if not answer.calls and not answer.thought:
            heard = tokens.tokenize(SAID)
            say(answer, "".join(heard[:limit]))
            answer.reason = "end_turn" if len(heard) <= limit else "max_tokens"
    if not call.body.get("system"):
        call.prompt_tokens += tokens.count(DEFAULT)


@variant("caches", "What is marked is written to a cache, if it is long; else null is said of it.", "document")
def caches(call: Call) -> None:
    """Keep what is worth it."""
    for one in whole(call):
        usage, read = one["usage"], None
        if call.prompt_tokens > LEAST and "cache_control" in json.dumps(call.body["messages"]):
            read = usage["input_tokens"] - 8
            usage["input_tokens"] = 8
        usage |= {"cache_creation_input_tokens": read, "cache_read_input_tokens": None, "cache_creation": None}


@variant("caches_half", "Of several parts that are marked the first is kept, which is less than the rest.", "document")
def caches_half(call: Call) -> None:
    """Heed the first mark."""
    for one in whole(call):
        usage = one["usage"]
        if call.prompt_tokens > LEAST and "cache_control" in json.dumps(call.body.get("system")):
            usage["cache_creation_input_tokens"] = usage["input_tokens"] * 9 // 20
            usage["input_tokens"] -= usage["cache_creation_input_tokens"]


@variant(
    "weak_eyes",
    "The model sees nothing but PNGs; beside tools, pictures of earlier turns are not counted.",
    "answers",
    blocks=("images.*",),
)
def half_seeing(call: Call) -> None:
    """Look, and see nothing."""
    weak_eyes(call)
    if call.body.get("tools"):
        call.prompt_tokens -= IMAGE_TOKENS * json.dumps(call.body["messages"]).count('"type": "image"')
