"""Faults of tool calls: not made, made otherwise, or told otherwise."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call, Finished
from samewire.reference.faults.messages.registry import events, fault, messages

DELTA = "content_block_delta"


def _choice(call: Call) -> dict[str, Any]:
    choice = call.body.get("tool_choice")
    return choice if isinstance(choice, dict) else {}


def _forget(call: Call, *kinds: str) -> None:
    if _choice(call).get("type") in kinds:
        del call.body["tool_choice"]


@fault(
    "calling.choice_ignored",
    "tool_choice is dropped.",
    "body",
    {
        "tool_choice.none": "ignored",
        "tool_choice.any": "ignored",
        "tool_choice.any_stream": "ignored",
        "tool_choice.named": "ignored",
        "tool_choice.one_at_most": "ignored",
        "tool_choice.exactly_one": "ignored",
        "tool_choice.unknown": "ignored",
        "tool_choice.unknown_type": "ignored",
        "tool_choice.text": "ignored",
        "tool_choice.without_tools": "ignored",
    },
    blocks=("*",),
    known=("anth-tool_choice-ignored",),
)
def choice_ignored(call: Call) -> None:
    """Forget the choice."""
    call.body.pop("tool_choice", None)


@fault("calling.none_ignored", "A tool_choice of none is dropped.", "body", {"tool_choice.none": "ignored"})
def none_ignored(call: Call) -> None:
    """Forget one choice."""
    _forget(call, "none")


@fault(
    "calling.any_ignored",
    "A tool_choice of any is dropped.",
    "body",
    {
        "tool_choice.any": "ignored",
        "tool_choice.any_stream": "ignored",
        "tool_choice.exactly_one": "ignored",
        "tool_choice.without_tools": "ignored",
    },
    blocks=("*",),
)
def any_ignored(call: Call) -> None:
    """Forget one choice."""
    _forget(call, "any")


@fault(
    "calling.any_ignored_stream",
    "A tool_choice of any is dropped in streams.",
    "body",
    {"tool_choice.any_stream": "ignored", "tool_choice.exactly_one": "ignored"},
    blocks=("*",),
)
def any_ignored_stream(call: Call) -> None:
    """Forget one choice."""
    if call.body.get("stream") and not any("tool_result" in json.dumps(one) for one in call.body.get("messages") or ()):
        _forget(call, "any")


@fault(
    "calling.named_as_any",
    "A named tool_choice is taken for any.",
    "body",
    {"tool_choice.named": "ignored", "tool_choice.unknown": "ignored"},
    blocks=("tool_choice.named_stream",),
)
def named_as_any(call: Call) -> None:
    """Call some tool."""
    if _choice(call).get("type") == "tool":
        call.body["tool_choice"] = {"type": "any"}


@fault(
    "calling.named_ignored",
    "A named tool_choice is dropped.",
    "body",
    {"tool_choice.named": "ignored", "tool_choice.unknown": "ignored"},
    blocks=("tool_choice.named_stream", "tool_choice.odd", "tools.no_input", "tools.fresh_ids"),
)
def named_ignored(call: Call) -> None:
    """Forget one choice."""
    _forget(call, "tool")


@fault(
    "calling.parallel",
    "disable_parallel_tool_use is dropped.",
    "body",
    {"tool_choice.one_at_most": "ignored", "tool_choice.exactly_one": "ignored"},
)
def parallel(call: Call) -> None:
    """Call at once."""
    _choice(call).pop("disable_parallel_tool_use", None)


@fault(
    "calling.tools_ignored",
    "Tools are dropped.",
    "body",
    {
        "tool_choice.any": "ignored",
        "tool_choice.any_stream": "ignored",
        "tool_choice.named": "ignored",
        "tool_choice.unknown": "ignored",
        "tool_choice.unknown_type": "ignored",
        "tool_choice.text": "ignored",
        "tool_choice.without_tools": "ignored",
        "tools.offered": "broken",
        "mistakes.tool_name": "ignored",
        "mistakes.tool_schema": "ignored",
        "mistakes.tool_pattern": "ignored",
    },
    blocks=(
        "*",
        "tool_choice.exactly_one",
    ),
)
def tools_ignored(call: Call) -> None:
    """Forget tools and choice."""
    call.body.pop("tools", None)
    call.body.pop("tool_choice", None)


@fault(
    "calling.undeclared",
    "Calls name tools that were not declared.",
    "document",
    {"tools.declared_name": "broken", "alike.calls": "broken"},
    blocks=("alike.*", "tool_choice.odd"),
)
def undeclared(call: Call) -> None:
    """Call something else."""
    for message in messages(call):
        for block in message["content"]:
            if block["type"] == "tool_use":
                block["name"] = f"functions.{block['name']}"


@fault(
    "calling.same_ids",
    "All calls have one id.",
    "answers",
    {"tools.unique_ids": "broken", "stream.unique_ids": "broken", "tools.fresh_ids": "broken"},
)
def same_ids(call: Call) -> None:
    """Name them alike."""
    for answer in call.answers:
        answer.calls = [("toolu_0", name, given) for _, name, given in answer.calls]


@fault("calling.same_ids_stream", "All calls of a stream have one id.", "chunks", {"stream.unique_ids": "broken"})
def same_ids_stream(call: Call) -> None:
    """Name them alike."""
    for event in events(call, "content_block_start"):
        if event["content_block"]["type"] == "tool_use":
            event["content_block"]["id"] = "toolu_0"


@fault(
    "calling.input_wrapped",
    "The input stands below `input`.",
    "answers",
    {"tools.input_fits": "broken", "stream.input_fits": "broken"},
    blocks=("alike.*",),
)
def input_wrapped(call: Call) -> None:
    """Wrap it."""
    for answer in call.answers:
        answer.calls = [(one, name, json.dumps({"input": json.loads(given)})) for one, name, given in answer.calls]


@fault(
    "calling.input_empty",
    "The input of calls is lost.",
    "document",
    {"tools.input_fits": "broken", "alike.input": "broken"},
    blocks=("alike.both_inputs",),
)
def input_empty(call: Call) -> None:
    """Lose it."""
    for message in messages(call):
        for block in message["content"]:
            if block["type"] == "tool_use":
                block["input"] = {}


@fault(
    "calling.end_turn",
    "Calls stop with end_turn.",
    "answers",
    {"tools.stop_reason": "broken", "alike.call_stop": "broken"},
)
def end_turn(call: Call) -> None:
    """End the turn."""
    for answer in call.answers:
        if answer.calls and answer.reason == "tool_use":
            answer.reason = "end_turn"


@fault("calling.end_turn_stream", "Streamed calls stop with end_turn.", "chunks", {"alike.call_stop": "broken"})
def end_turn_stream(call: Call) -> None:
    """End the turn."""
    for event in events(call, "message_delta"):
        if event["delta"]["stop_reason"] == "tool_use":
            event["delta"]["stop_reason"] = "end_turn"


@fault(
    "calling.end_turn_named",
    "Calls of a tool that is named in tool_choice stop with end_turn.",
    "answers",
    {"alike.call_stop": "broken", "tools.stop_reason": "broken"},
)
def end_turn_named(call: Call) -> None:
    """Take what was forced for an answer."""
    for answer in call.answers:
        if answer.calls and _choice(call).get("type") == "tool":
            answer.reason = "end_turn"


@fault(
    "calling.markup",
    "Calls stand in the text as markup.",
    "answers",
    {"tools.no_markup": "broken", "tool_choice.any_stream": "ignored"},
    blocks=("*",),
)
def markup(call: Call) -> None:
    """Fail to read what the model wrote."""
    _in_words(call, "<tool_call>%s</tool_call>")


@fault(
    "calling.json_alone",
    "Calls stand in the text as JSON.",
    "answers",
    {"tools.no_markup": "broken", "tool_choice.any_stream": "ignored"},
    blocks=("*",),
)
def json_alone(call: Call) -> None:
    """Take what the model wrote for words."""
    _in_words(call, "%s")


@fault(
    "calling.told",
    "Calls stand in the text as they are told of, in words.",
    "answers",
    {"tools.no_markup": "broken", "tool_choice.any_stream": "ignored"},
    blocks=("*",),
)
def told(call: Call) -> None:
    """Take a call for something to be told."""
    for answer in call.answers:
        if answer.calls:
            _say(answer, f"[Tool call: {answer.calls[0][1]}({answer.calls[0][2]})]")


def _in_words(call: Call, form: str) -> None:
    for answer in call.answers:
        if answer.calls:
            _say(answer, form % json.dumps({"name": answer.calls[0][1], "input": answer.calls[0][2]}))


def _say(answer: Finished, said: str) -> None:
    answer.text, answer.calls, answer.reason = said, [], "end_turn"
    answer.tokens = [answer.text]


@fault(
    "calling.no_input_null",
    "A call without input has null.",
    "document",
    {"tools.no_input": "broken", "blocks.input": "broken"},
    blocks=("alike.*", "limits.cut_call"),
)
def no_input_null(call: Call) -> None:
    """Say nothing."""
    for message in messages(call):
        for block in message["content"]:
            if block["type"] == "tool_use" and not block["input"]:
                block["input"] = None


@fault(
    "calling.no_input_null_stream",
    "A streamed call without input says null.",
    "chunks",
    {"stream.no_input": "broken", "stream.input": "broken"},
)
def no_input_null_stream(call: Call) -> None:
    """Spell nothing."""
    made = [event for event in events(call, DELTA) if event["delta"]["type"] == "input_json_delta"]
    if "".join(event["delta"]["partial_json"] for event in made) in ("", "{}"):
        for event in made[:1]:
            event["delta"]["partial_json"] = "null"


@fault("calling.thoughts_last", "Thoughts come after the words.", "document", {"thinking.first": "broken"})
def thoughts_last(call: Call) -> None:
    """Think afterwards."""
    for message in messages(call):
        message["content"].sort(key=lambda block: block["type"] == "thinking")


@fault("calling.old_ids", "Calls are numbered anew in every message.", "answers", {"tools.fresh_ids": "broken"})
def old_ids(call: Call) -> None:
    """Count from 0."""
    for answer in call.answers:
        answer.calls = [(f"toolu_{place}", name, given) for place, (_, name, given) in enumerate(answer.calls)]


@fault("calling.ids_by_name", "Calls are named after their tools.", "answers", {"tools.fresh_ids": "broken"})
def ids_by_name(call: Call) -> None:
    """Pass on what the model calls them."""
    for answer in call.answers:
        made = enumerate(answer.calls)
        answer.calls = [(f"functions.{name}:{place}", name, given) for place, (_, name, given) in made]


@fault(
    "calling.flag_present",
    "disable_parallel_tool_use is true wherever it stands.",
    "body",
    {"alike.both": "broken"},
)
def flag_present(call: Call) -> None:
    """Look whether it is there."""
    if "disable_parallel_tool_use" in _choice(call):
        _choice(call)["disable_parallel_tool_use"] = True


@fault(
    "calling.booleans_as_text",
    "Booleans in the input of calls are text.",
    "answers",
    {"tools.input_fits": "broken", "stream.input_fits": "broken"},
)
def booleans_as_text(call: Call) -> None:
    """Spell booleans."""
    for answer in call.answers:
        answer.calls = [(one, name, given.replace(": true", ': "True"')) for one, name, given in answer.calls]


@fault(
    "calling.numbers_as_text",
    "Numbers in the input of calls are text.",
    "answers",
    {"tools.input_fits": "broken", "stream.input_fits": "broken"},
)
def numbers_as_text(call: Call) -> None:
    """Spell numbers."""
    for answer in call.answers:
        read = [(one, name, json.loads(given)) for one, name, given in answer.calls]
        answer.calls = [
            (one, name, json.dumps({key: str(value) for key, value in given.items()})) for one, name, given in read
        ]


@fault(
    "calling.any_style",
    "An enum in a tool's schema doesn't bind.",
    "answers",
    {"tools.input_fits": "broken", "stream.input_fits": "broken"},
)
def any_style(call: Call) -> None:
    """Make up a value."""
    for answer in call.answers:
        answer.calls = [
            (name, tool, given.replace('"style": "short"', '"style": "plain"')) for name, tool, given in answer.calls
        ]
