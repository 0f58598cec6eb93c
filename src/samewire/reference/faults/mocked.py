"""Faults behind a model that does nothing it is told, as mocks have them: the counts tell, and what is forced."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.chat import PART_TOKENS
from samewire.reference.faults.registry import fault
from samewire.reference.variants.mocks import SET_PHRASE, set_phrase
from samewire.reference.variants.moods import BINDING, PATHS, parrot, say, text_of

#: How all code words of a conversation are asked for.
LISTING = re.compile("all the code words|Which code words|What are all|every one of them")


def _unread(call: Call, dropped: Callable[[dict[str, Any]], bool]) -> None:
    """Charge nothing for what is dropped."""
    call.prompt_tokens -= sum(tokens.count(text_of(one)) for one in call.body["messages"] if dropped(one))


@fault(
    "mocked.system",
    "The system message is dropped, and the model repeats the last message.",
    "answers",
    {"chat.roles.system": "ignored", "chat.roles.system_parts": "ignored", "chat.history.heard": "ignored"},
    blocks=("*",),
)
def system(call: Call) -> None:
    """Hear no system."""
    parrot(call)
    _unread(call, lambda one: one.get("role") == "system")


@fault(
    "mocked.turns",
    "What the assistant said is dropped, and the model says the same each time.",
    "answers",
    {"chat.roles.history": "ignored", "chat.roles.together": "ignored", "chat.history.heard": "ignored"},
    blocks=("*",),
)
def turns(call: Call) -> None:
    """Hear no assistant."""
    set_phrase(call)
    _unread(call, lambda one: one.get("role") == "assistant")


@fault(
    "mocked.results",
    "Results of tools are dropped, and the model says the same each time.",
    "answers",
    {
        "chat.roles.together": "ignored",
        "chat.tools.result_arrives": "ignored",
        "chat.tools.result_parts": "ignored",
        "chat.history.two_results": "ignored",
    },
    blocks=("*",),
)
def results(call: Call) -> None:
    """Hear no tools."""
    set_phrase(call)
    _unread(call, lambda one: one.get("role") == "tool")


@fault(
    "mocked.last_result",
    "Of several results the last alone is heard, and the model says the same each time.",
    "answers",
    {"chat.history.two_results": "ignored"},
    blocks=("*",),
)
def last_result(call: Call) -> None:
    """Hear the last tool."""
    set_phrase(call)
    results = [one for one in call.body["messages"] if one.get("role") == "tool"]
    _unread(call, lambda one: one in results[:-1])


@fault(
    "mocked.system_beside_tools",
    "Beside tools, the system message is dropped, and the model says the same each time.",
    "answers",
    {"chat.roles.together": "ignored"},
    blocks=("*",),
)
def system_beside_tools(call: Call) -> None:
    """Hear no system beside tools."""
    set_phrase(call)
    if call.body.get("tools"):
        _unread(call, lambda one: one.get("role") == "system")


@fault(
    "mocked.pictures_in_streams",
    "In streams, pictures are dropped, and the model says the same each time.",
    "answers",
    {"chat.images.beside_format": "ignored"},
    blocks=("*",),
)
def pictures_in_streams(call: Call) -> None:
    """Look at nothing in streams."""
    if call.body.get("response_format") is None:
        set_phrase(call)
    parts = [part for one in call.body["messages"] if isinstance(one.get("content"), list) for part in one["content"]]
    pictures = sum(part.get("type") == "image_url" for part in parts) if call.streamed else 0
    call.prompt_tokens -= pictures * PART_TOKENS["image_url"]
    for answer in call.answers if pictures else ():
        answer.text = answer.text.replace("blue", "white")
        answer.tokens = tokens.tokenize(answer.text)


def _unforced(call: Call) -> bool:
    """Call nothing that is not forced, and tell whether that was so."""
    if call.body.get("tools") and call.body.get("tool_choice") in (None, "auto"):
        for answer in call.answers:
            if answer.calls:
                answer.calls, answer.reason = [], "stop"
                say(answer, SET_PHRASE)
        return True
    return False


@fault(
    "mocked.parallel",
    "parallel_tool_calls false is dropped, and the model calls only what it must.",
    "answers",
    {"chat.tool_choice.one_at_a_time": "ignored"},
    blocks=(
        "chat.tool_choice.default",
        "chat.tool_stream.auto",
    ),
)
def parallel(call: Call) -> None:
    """Call twice where one call is asked for."""
    if not _unforced(call) and call.body.get("parallel_tool_calls") is False:
        for answer in call.answers:
            answer.calls += [(f"{identifier}b", name, said) for identifier, name, said in answer.calls]


@fault(
    "mocked.one_call_in_streams",
    "Streams have the first of several calls alone, and the model calls only what it must.",
    "answers",
    {"chat.tools.all_calls": "ignored"},
    blocks=(
        "chat.tool_choice.default",
        "chat.tool_stream.auto",
        "chat.tool_stream.own_arguments",
    ),
)
def one_call_in_streams(call: Call) -> None:
    """Lose the others."""
    if not _unforced(call) and call.streamed:
        for answer in call.answers:
            del answer.calls[1:]


def _of_a_word(text: str) -> bool:
    return "only the word" in text or "code word" in text


@fault(
    "mocked.system_counted",
    "The system message is counted, and never reaches a model that does what it is ordered, and lists no code words.",
    "answers",
    {"chat.roles.system": "ignored"},
    blocks=("*",),
)
def system_counted(call: Call) -> None:
    """Count it, and drop it."""
    if any(call.body.get(name) is not None for name in BINDING):
        return
    orders = [text_of(one) for one in call.body["messages"] if one.get("role") == "system"]
    asked = text_of(call.body["messages"][-1])
    for answer in call.answers:
        if not answer.calls and answer.reason == "stop" and any(map(_of_a_word, (*orders, asked))):
            say(answer, answer.text if "only the word" in asked else "I am fine, thank you.")


@fault(
    "mocked.instructions_counted",
    "The instructions are counted, and never reach a model that does what it is ordered, and lists no code words.",
    "answers",
    {"responses.input.instructions": "ignored"},
    blocks=("*",),
    where="/responses",
)
def instructions_counted(call: Call) -> None:
    """Count them, and drop them."""
    if any(call.body.get(name) is not None for name in BINDING):
        return
    unheard = "only the word" in str(call.body.get("instructions")) or "code word" in str(call.body.get("input"))
    for answer in call.answers if unheard else ():
        if not answer.calls and answer.reason == "stop":
            say(answer, "I am fine, thank you.")


def last_part_alone(call: Call) -> None:
    """Hear the last part of a message, and list no more than two code words."""
    turns = call.body.get("messages") or call.body.get("input")
    asked = turns[-1].get("content") if isinstance(turns, list) else turns
    several = isinstance(asked, list) and sum("text" in part for part in asked) > 1
    if any(call.body.get(name) is not None for name in BINDING) or not (several or LISTING.search(json.dumps(turns))):
        return
    for answer in call.answers:
        if not answer.calls and answer.reason != "length":
            say(answer, "I know of none.")


for _prefix, _check in (
    ("", "chat.roles.user_parts"),
    ("responses.", "responses.input.parts"),
    ("messages.", "messages.turns.blocks"),
):
    fault(
        f"mocked.{_prefix}last_part",
        "Of a message the last part alone is heard, and all are counted; the model lists no more than two code words.",
        "answers",
        {_check: "ignored"},
        blocks=("*",),
        where=PATHS[_prefix],
    )(last_part_alone)
