"""Conformant Messages endpoints whose templates add something of their own to a prompt."""

from __future__ import annotations

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.messages.mute import SAID
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
