"""Faults of tool calls at the edge: cut off, without arguments, in a second turn, beside plain words."""

from __future__ import annotations

import json

from samewire.reference.call import Call, Finished
from samewire.reference.faults.registry import choices, deltas, fault


@fault(
    "tool_stream.plain_words_lost",
    "With tools at hand, plain words of a stream are lost.",
    "answers",
    {"chat.tool_stream.plain_words": "broken"},
    blocks=(
        "chat.format.object_beside_tools",
        "chat.stream.incremental_beside_tools",
        "chat.roles.developer_beside_tools",
        "chat.roles.*_stream",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
    known=("stream-truncated-json-with-tools",),
)
def plain_words_lost(call: Call) -> None:
    """Take words for the beginning of a call."""
    if call.streamed and call.body.get("tools"):
        for answer in call.answers:
            if not answer.calls:
                answer.text, answer.tokens = '{"', ['{"']


@fault(
    "tool_stream.first_turn_only",
    "After a result, streams call no tool.",
    "answers",
    {"chat.tool_stream.second_turn": "ignored"},
    known=("tool-stream-none-multi-turn",),
)
def first_turn_only(call: Call) -> None:
    """Call once."""
    if call.streamed and any(one["role"] == "tool" for one in call.body["messages"]):
        for answer in call.answers:
            if answer.calls:
                answer.calls, answer.text, answer.tokens, answer.reason = [], "Fine.", ["Fine", "."], "stop"


@fault(
    "tool_choice.first_turn_only",
    "After a result, tool_choice is dropped.",
    "body",
    {"chat.tool_stream.second_turn": "ignored", "chat.tool_choice.none": "ignored"},
    blocks=("chat.tools.fresh_ids",),
)
def chosen_once(call: Call) -> None:
    """Let the model choose from then on."""
    if '"tool_call_id"' in json.dumps(call.body):
        call.body.pop("tool_choice", None)


@fault(
    "tool_stream.no_arguments",
    "A streamed call without arguments never says so.",
    "chunks",
    {"chat.strict.no_arguments_stream": "broken"},
    known=("tool-empty-args-key-dropped-stream",),
)
def no_arguments(call: Call) -> None:
    """Leave nothing out."""
    made = [fragment for delta in deltas(call) for fragment in delta.get("tool_calls") or ()]
    if "".join(fragment["function"].get("arguments", "") for fragment in made) == "{}":
        for fragment in made:
            fragment["function"].pop("arguments", None)


@fault(
    "tools.no_arguments_empty",
    "A call without arguments has an empty string.",
    "answers",
    {
        "chat.strict.no_arguments": "broken",
        "chat.strict.no_arguments_stream": "broken",
    },
    blocks=("chat.tool_stream.same_types",),
)
def no_arguments_empty(call: Call) -> None:
    """Say nothing."""
    for answer in call.answers:
        answer.calls = [(one, name, "" if said == "{}" else said) for one, name, said in answer.calls]


@fault(
    "tool_stream.cut_hidden",
    "Streamed calls that are cut off finish with tool_calls.",
    "chunks",
    {"chat.tool_stream.cut_finish": "broken"},
    known=("tool-finish-tool_calls-hides-length",),
)
def cut_hidden(call: Call) -> None:
    """Deny the limit."""
    if any(delta.get("tool_calls") for delta in deltas(call)):
        for choice in choices(call):
            choice["finish_reason"] = choice["finish_reason"] and "tool_calls"


@fault(
    "tools.cut_hidden",
    "Calls that are cut off finish with tool_calls.",
    "document",
    {"chat.tools.cut_finish": "broken"},
)
def cut_hidden_whole(call: Call) -> None:
    """Deny the limit."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["finish_reason"] = "tool_calls"


#: What can't be told of calls that were never read.
UNREAD = (
    "chat.letters.call_surrogates",
    "chat.tool*",
    "chat.strict.*",
    "chat.custom.*",
    "chat.functions.*",
    "chat.limits.beside_tools",
    "chat.limits.max_tokens_stream",
    "chat.images.beside_tools",
    "chat.letters.arguments",
)


@fault(
    "tools.markup_alone",
    "Calls stand in the content as markup, and nowhere else.",
    "answers",
    {"chat.tools.no_markup": "broken", "chat.functions.called": "ignored"},
    blocks=UNREAD,
    known=("tool-text-leak-content",),
)
def markup_alone(call: Call) -> None:
    """Fail to read what the model wrote."""
    _in_words(call, "<tool_call>%s</tool_call>", "arguments")


@fault(
    "tools.json_alone",
    "Calls stand in the content as JSON, and nowhere else.",
    "answers",
    {"chat.tools.no_markup": "broken", "chat.functions.called": "ignored"},
    blocks=UNREAD,
)
def json_alone(call: Call) -> None:
    """Take what the model wrote for words."""
    _in_words(call, "%s", "parameters")


@fault(
    "tools.in_code",
    "Calls stand in the content as code, as small models write them, and nowhere else.",
    "answers",
    {"chat.tools.no_markup": "broken", "chat.functions.called": "ignored"},
    blocks=UNREAD,
)
def in_code(call: Call) -> None:
    """Read JSON, where the model wrote code."""
    for answer in call.answers:
        if answer.calls:
            _, name, given = answer.calls[0]
            # What is given to a custom tool is a text, and so is what the limit cut off.
            values = json.loads(given) if given.endswith("}") else {"text": given}
            _say(answer, f"[{name}({', '.join(f'{key}={value!r}' for key, value in values.items())})]")


def _in_words(call: Call, written: str, member: str) -> None:
    for answer in call.answers:
        if answer.calls:
            _say(answer, written % json.dumps({"name": answer.calls[0][1], member: answer.calls[0][2]}))


def _say(answer: Finished, said: str) -> None:
    answer.text, answer.calls, answer.reason = said, [], "stop"
    answer.tokens = [answer.text]
