"""Faults at a model that says the same whatever it is told: only what a prompt counts shows them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import Step, fault
from samewire.reference.messages_prompt import input_tokens

SAID = "The river runs slowly past the old mill, where two herons wait for fish in the morning light."


def _mute(name: str, what: str, cell: str, **broken: str) -> Callable[[Callable[[Call, dict[str, Any]], None]], Step]:
    """Declare a fault that changes what of a request reaches a model that says the same whatever it is told."""

    def declare(change: Callable[[Call, dict[str, Any]], None]) -> Step:
        def step(call: Call) -> None:
            if (
                call.body.get("max_tokens", 0) >= 16
                and "stop_sequences" not in call.body
                and "output_config" not in call.body
            ):
                for answer in call.answers:
                    if not answer.calls:
                        answer.text, answer.tokens = SAID, tokens.tokenize(SAID)[: call.body["max_tokens"]]
                        answer.text = "".join(answer.tokens)
                        answer.spent = len(answer.tokens) + answer.thought
            heard = deepcopy(call.body)
            change(call, heard)
            call.prompt_tokens += input_tokens(heard) - input_tokens(call.body)

        return fault(
            f"mute.{name}",
            what,
            "answers",
            {cell: "ignored", **{f"stream.{name}": word for name, word in broken.items()}},
            blocks=("*",),
        )(step)

    return declare


@_mute("system_beside_tools", "With tools, the system prompt is dropped.", "turns.together")
def system_beside_tools(call: Call, heard: dict[str, Any]) -> None:
    """Make place for the tools."""
    if heard.get("tools"):
        heard.pop("system", None)


@_mute("system_string", "A system prompt that is a string is dropped.", "system.string")
def system_string(call: Call, heard: dict[str, Any]) -> None:
    """Expect blocks."""
    if isinstance(heard.get("system"), str):
        del heard["system"]


@_mute("one_result", "Of several results of tools the last counts.", "turns.together")
def one_result(call: Call, heard: dict[str, Any]) -> None:
    """Keep the last."""
    for turn in heard["messages"]:
        content = turn["content"]
        results = [one for one in content if one["type"] == "tool_result"] if isinstance(content, list) else []
        turn["content"] = [one for one in content if one not in results[:-1]] if results else content


@_mute("first_turn_stream", "In streams, the first turn is dropped.", "alike.turns", same_conversation="broken")
def first_turn_stream(call: Call, heard: dict[str, Any]) -> None:
    """Begin with the second."""
    if call.streamed and len(heard["messages"]) > 3:
        del heard["messages"][0]


@_mute("old_pictures", "Pictures of earlier turns are dropped.", "images.together")
def old_pictures(call: Call, heard: dict[str, Any]) -> None:
    """Look at what is new."""
    for turn in heard["messages"][:-1]:
        if isinstance(turn["content"], list):
            turn["content"] = [one for one in turn["content"] if one["type"] != "image"]


#: The same with letters beyond ASCII.
SAID_IN_LETTERS = "The café by the old mill opens at dawn, where two herons wait for fish in the pale light."


@fault(
    "mute.letters_lost",
    "The model says the same whatever it is told, and its letters beyond ASCII turn into U+FFFD in streams.",
    "answers",
    {"letters.streamed": "broken"},
    blocks=("*",),
)
def letters_lost(call: Call) -> None:
    """Decode each piece by itself."""
    if {"stop_sequences", "output_config"} & set(call.body) or call.body.get("max_tokens", 0) < 32:
        return
    for answer in call.answers:
        if not answer.calls:
            said = SAID_IN_LETTERS.replace("é", "\ufffd\ufffd") if call.streamed else SAID_IN_LETTERS
            answer.text, answer.tokens, answer.reason = said, tokens.tokenize(said), "end_turn"
            answer.spent = len(answer.tokens) + answer.thought
