"""Faults at neglected places: old names, last parts, later choices, what is nested or beside something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, fault

TEXT = {"type": "text"}


def _messages(call: Call) -> list[dict[str, Any]]:
    found = call.body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _functions(call: Call) -> list[dict[str, Any]]:
    tools = call.body.get("tools")
    found = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return [one for one in found if isinstance(one, dict)]


def _schema(call: Call) -> dict[str, Any]:
    found = call.body.get("response_format")
    shape = found.get("json_schema") if isinstance(found, dict) else None
    schema = shape.get("schema") if isinstance(shape, dict) else None
    return schema if isinstance(schema, dict) else {}


def _levels(schema: Any) -> int:
    known = schema.get("properties") if isinstance(schema, dict) else None
    return 1 + max(map(_levels, known.values()), default=0) if isinstance(known, dict) else 0


def _in_parts(call: Call, role: str) -> bool:
    return any(one.get("role") == role and isinstance(one.get("content"), list) for one in _messages(call))


def _text(call: Call) -> bool:
    return bool(call.body.get("response_format") == TEXT)


#: What is refused → when, the checks that see it, and those that can't be judged then.
REFUSED: dict[str, tuple[Callable[[Call], bool], tuple[str, ...], tuple[str, ...]]] = {
    "long_name": (
        lambda call: any(48 < len(str(one.get("name"))) <= 64 for one in _functions(call)),
        ("chat.strict.no_arguments", "chat.strict.no_arguments_stream"),
        ("chat.tool_choice.named_stream",),
    ),
    "null_strict": (
        lambda call: any("strict" in one and one["strict"] is None for one in _functions(call)),
        ("chat.strict.null",),
        ("chat.sampling.stop_beside_tools",),
    ),
    "parts_of_developer": (
        lambda call: _in_parts(call, "developer"),
        ("chat.roles.developer_parts",),
        ("chat.roles.developer_beside_tools",),
    ),
    "text_in_streams": (
        lambda call: call.streamed and _text(call),
        ("chat.format.text_stream",),
        ("chat.tool_stream.every_choice", "chat.stream_usage.beside"),
    ),
    "text_beside_tools": (
        lambda call: not call.streamed and _text(call) and bool(call.body.get("tools")),
        ("chat.format.text_beside_tools",),
        ("chat.sampling.stop_beside_tools",),
    ),
    "nested": (
        lambda call: _levels(_schema(call)) > 3,
        ("chat.format.nested",),
        (
            *("chat.format.heard", "chat.format.order_within", "chat.format.schema_streamed"),
            "chat.format.beside_pictures",
        ),
    ),
}


def _refusing(name: str) -> None:
    applies, turns, blocks = REFUSED[name]
    what = f"What is seldom sent ({name.replace('_', ' ')}) is refused."

    @fault(f"neglected.{name}", what, "body", dict.fromkeys(turns, "unsupported"), blocks=blocks)
    def step(call: Call) -> None:
        if applies(call):
            raise Refusal(400, f"Not supported: {name.replace('_', ' ')}.", code="unsupported_value")


for _name in REFUSED:
    _refusing(_name)


@fault(
    "neglected.odds_in_streams",
    "Streams bring logprobs unasked.",
    "chunks",
    {"chat.stream.logprobs_unasked": "broken"},
)
def odds_in_streams(call: Call) -> None:
    """Tell the odds to everyone."""
    for choice in choices(call):
        if not call.body.get("logprobs") and choice["delta"].get("content"):
            choice["logprobs"] = {"content": [tokens.logprobs(choice["delta"]["content"], 0)], "refusal": None}


@fault(
    "neglected.pieces_beside_tools",
    "With tools at hand, words come in one delta.",
    "chunks",
    {"chat.stream.incremental_beside_tools": "broken"},
)
def pieces_beside_tools(call: Call) -> None:
    """Wait for a call."""
    saying = [choice for choice in choices(call) if choice["delta"].get("content") and not choice.get("logprobs")]
    if call.body.get("tools") and len({choice["index"] for choice in saying}) == 1:
        saying[0]["delta"]["content"] = "".join(choice["delta"]["content"] for choice in saying)
        call.chunks[:] = [
            chunk for chunk in call.chunks if not any(choice in saying[1:] for choice in chunk["choices"])
        ]


@fault(
    "neglected.odds_where_cut",
    "What is cut off has no logprobs.",
    "document",
    {"chat.sampling.logprobs_alone": "ignored"},
    blocks=("chat.sampling.no_top_logprobs",),
)
def odds_where_cut(call: Call) -> None:
    """Forget them with the end."""
    for choice in choices(call):
        if choice["finish_reason"] == "length" or call.body.get("n") == 2:
            choice["logprobs"] = None


@fault(
    "neglected.probabilities",
    "Alternatives have probabilities, not their logarithms.",
    "document",
    {"chat.sampling.logprobs_text": "broken"},
    blocks=("chat.sampling.top_logprobs",),
)
def probabilities(call: Call) -> None:
    """Undo the logarithm."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            for one in entry["top_logprobs"]:
                one["logprob"] = 2.718 ** one["logprob"]


@fault(
    "neglected.first_part_of_system",
    "Of a system message in parts, the last alone is read.",
    "body",
    {"chat.history.heard": "ignored"},
)
def first_part_of_system(call: Call) -> None:
    """Keep the last."""
    for message in _messages(call):
        if message.get("role") == "system" and isinstance(message.get("content"), list):
            message["content"] = message["content"][-1:]


@fault(
    "neglected.second_part_of_system",
    "Of a system message in parts, the first alone is read.",
    "body",
    {"chat.roles.system_parts": "ignored"},
    blocks=("chat.roles.together",),
)
def second_part_of_system(call: Call) -> None:
    """Keep the first."""
    for message in _messages(call):
        if message.get("role") == "system" and isinstance(message.get("content"), list):
            message["content"] = message["content"][:1]


@fault(
    "neglected.developer_in_streams",
    "Streams don't hear the developer.",
    "body",
    {"chat.roles.developer_beside_tools": "ignored"},
)
def developer_in_streams(call: Call) -> None:
    """Hear the others."""
    if call.streamed:
        call.body["messages"] = [one for one in call.body.get("messages", ()) if _role(one) != "developer"]


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


@fault("neglected.text_is_json", "The format text is JSON.", "body", {"chat.format.text": "ignored"})
def text_is_json(call: Call) -> None:
    """Take every format for one."""
    if _text(call) and not call.body.get("tools"):
        call.body["response_format"] = {"type": "json_object"}
        call.body["messages"] = [*call.body["messages"], {"role": "system", "content": "Answer in JSON."}]


@fault(
    "neglected.empty_calls_beside_tools",
    "Where a tool may be called and none is, tool_calls is an empty array.",
    "document",
    {"chat.tools.absent_when_unused": "broken"},
)
def empty_calls_beside_tools(call: Call) -> None:
    """Count none."""
    for choice in choices(call) if call.body and call.body.get("tools") else ():
        choice["message"].setdefault("tool_calls", [])


@fault(
    "neglected.second_choice_stops",
    "The calls of a second choice finish with stop.",
    "chunks",
    {"chat.tool_stream.finish_reason": "broken"},
)
def second_choice_stops(call: Call) -> None:
    """Look at the first alone."""
    for choice in choices(call):
        if choice["index"] and choice["finish_reason"] == "tool_calls":
            choice["finish_reason"] = "stop"


@fault(
    "neglected.letters_before_stop",
    "What comes just before a stop sequence is lost in streams.",
    "chunks",
    {"chat.sampling.stop_stream": "broken", "chat.sampling.stop_string": "broken"},
)
def letters_before_stop(call: Call) -> None:
    """Keep back too much."""
    said = [choice for choice in choices(call) if choice["delta"].get("content")]
    if call.body.get("stop") and not call.body.get("tools"):
        for choice in said[-4:]:
            choice["delta"]["content"] = ""


@fault(
    "neglected.no_choice_is_none",
    "Without tool_choice no tool is called.",
    "body",
    {"chat.tool_choice.default": "ignored"},
)
def no_choice_is_none(call: Call) -> None:
    """Wait to be asked."""
    if call.body.get("tools"):
        call.body.setdefault("tool_choice", "none")


@fault(
    "neglected.auto_in_streams",
    "In streams, auto calls no tool.",
    "body",
    {"chat.tool_stream.auto": "ignored"},
    blocks=("chat.tools.all_calls", "chat.tool_stream.*", "chat.tool_choice.one_at_a_time", "chat.tools.unique_ids"),
)
def auto_in_streams(call: Call) -> None:
    """Say something instead."""
    if call.streamed and call.body.get("tool_choice") == "auto":
        call.body["tool_choice"] = "none"


@fault(
    "neglected.old_limit",
    "max_tokens limits nothing beside messages in parts.",
    "body",
    {"chat.limits.max_tokens_stream": "ignored"},
    blocks=("chat.tool_stream.cut_finish",),
)
def old_limit(call: Call) -> None:
    """Look for the new name."""
    if _in_parts(call, "user"):
        call.body.pop("max_tokens", None)


@fault(
    "neglected.order_within",
    "The keys of nested objects come in the order of the alphabet.",
    "answers",
    {"chat.format.order_within": "broken"},
)
def order_within(call: Call) -> None:
    """Sort all but the root."""
    for answer in call.answers if _schema(call) else ():
        try:
            value = json.loads(answer.text)
        except ValueError:
            continue
        if isinstance(value, dict):
            value = {key: json.loads(json.dumps(one, sort_keys=True)) for key, one in value.items()}
            answer.text = json.dumps(value)
            answer.tokens = tokens.tokenize(answer.text)


@fault(
    "neglected.object_beside_tools",
    "With tools at hand, json_object is dropped.",
    "body",
    {"chat.format.object_beside_tools": "ignored"},
)
def object_beside_tools(call: Call) -> None:
    """Do one of the two."""
    if call.body.get("tools") and call.body.get("response_format") == {"type": "json_object"}:
        del call.body["response_format"]


@fault(
    "neglected.odds_beside_format",
    "With a format there are no logprobs.",
    "chunks",
    {"chat.sampling.logprobs_beside_format": "ignored"},
)
def odds_beside_format(call: Call) -> None:
    """Do one of the two."""
    for choice in choices(call) if call.body.get("response_format") else ():
        choice["logprobs"] = None
