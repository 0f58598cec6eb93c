"""Faults of tools, their choice, and formats, which are accepted, and of which nothing comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, made
from samewire.reference.faults.responses.ignored import IGNORED, again


@fault(
    "responses_ignored.tools",
    "tools are ignored.",
    "answers",
    {
        "responses.tool_choice.required": IGNORED,
        "responses.tool_choice.allowed": IGNORED,
        "responses.custom.called": IGNORED,
        "responses.tools.offered": "broken",
        "responses.count.agrees": "broken",
    },
    blocks=tuple(f"responses.{name}.*" for name in ("tools", "tool_choice", "call_stream", "custom", "items")),
)
def tools(call: Call) -> None:
    """Offer nothing."""
    again(call, tools=None, tool_choice=None)


@fault(
    "responses_ignored.tools_not_counted",
    "tools are not counted.",
    "answers",
    {
        "responses.tools.offered": "broken",
        "responses.usage.grows": "broken",
        "responses.count.agrees": "broken",
    },
    blocks=("responses.tools.previous_output", "responses.tools.referred_output"),
)
def tools_not_counted(call: Call) -> None:
    """Offer them for nothing."""
    if call.body.get("tools"):
        call.prompt_tokens = 20


#: Name → the choice that is ignored, when, and the checks that see it.
CHOICES: dict[str, tuple[Callable[[Any], bool], dict[str, str], tuple[str, ...]]] = {
    "none": (lambda choice: choice == "none", {"responses.tool_choice.none": IGNORED}, ("responses.images.*",)),
    "required": (
        lambda choice: choice == "required",
        {"responses.tool_choice.required": IGNORED},
        ("responses.tools.*", "responses.call_stream.*", "responses.tool_choice.strict"),
    ),
    "named": (
        lambda choice: isinstance(choice, dict) and choice["type"] != "allowed_tools",
        {"responses.tool_choice.named": IGNORED, "responses.custom.stream": IGNORED},
        ("responses.custom.*", "responses.tool_choice.strict"),
    ),
    "allowed": (
        lambda choice: isinstance(choice, dict) and choice["type"] == "allowed_tools",
        {"responses.tool_choice.allowed": IGNORED},
        ("responses.tool_choice.allowed_stream",),
    ),
}
for _name, (_is, _turns, _blocks) in CHOICES.items():

    @fault(
        f"responses_ignored.tool_choice_{_name}",
        f"A tool_choice that is {_name} is taken for auto.",
        "answers",
        _turns,
        blocks=_blocks,
    )
    def choice(call: Call, applies: Callable[[Any], bool] = _is) -> None:
        """Leave the choice to the model."""
        if applies(call.body.get("tool_choice")):
            again(call, tool_choice="auto")


@fault(
    "responses_ignored.parallel",
    "parallel_tool_calls is ignored.",
    "answers",
    {"responses.tool_choice.one_at_a_time": IGNORED},
)
def parallel(call: Call) -> None:
    """Call at once."""
    if call.body.get("tools"):
        again(call, parallel_tool_calls=True)


@fault(
    "responses_ignored.strict",
    "strict is ignored.",
    "answers",
    {"responses.tool_choice.strict": IGNORED},
)
def strict(call: Call) -> None:
    """Bind nothing."""
    given = call.body.get("tools") or []
    if any(tool.get("strict") for tool in given):
        again(call, tools=[{**tool, "strict": False} for tool in given])


@fault(
    "responses_ignored.custom",
    "Custom tools are called as functions.",
    "document",
    {"responses.custom.called": IGNORED},
    blocks=("responses.custom.stream",),
)
def custom(call: Call) -> None:
    """Take one kind for the other."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "custom_tool_call":
                item.update(type="function_call", arguments=json.dumps({"input": item.pop("input")}))


@fault(
    "responses_ignored.format",
    "text.format is ignored.",
    "answers",
    {
        "responses.format.json_schema": IGNORED,
        "responses.format.json_object": IGNORED,
        "responses.format.stream": IGNORED,
    },
)
def text_format(call: Call) -> None:
    """Answer in prose."""
    again(call, text=None)


@fault(
    "responses_ignored.schema",
    "A json_schema is taken for json_object.",
    "answers",
    {"responses.format.json_schema": IGNORED, "responses.format.stream": IGNORED},
)
def schema(call: Call) -> None:
    """Answer with any object."""
    if ((call.body.get("text") or {}).get("format") or {}).get("type") == "json_schema":
        again(call, text={"format": {"type": "json_object"}})


@fault(
    "responses_ignored.fenced",
    "JSON comes in a code fence.",
    "document",
    {"responses.format.json_schema": "broken", "responses.format.json_object": "broken"},
    known=("rf-json_schema-markdown-fence-responses",),
)
def fenced(call: Call) -> None:
    """Wrap what was asked for."""
    for one in made(call):
        for part in [part for item in one["output"] for part in item.get("content") or ()]:
            if part["text"].startswith("{"):
                part["text"] = f"```json\n{part['text']}\n```"


@fault(
    "responses_calls.old_ids",
    "Calls are numbered anew in every response.",
    "answers",
    {"responses.call_stream.fresh_ids": "broken"},
)
def old_ids(call: Call) -> None:
    """Count from 0."""
    for answer in call.answers:
        answer.calls = [(f"call_{place}", name, given) for place, (_, name, given) in enumerate(answer.calls)]


@fault(
    "responses_calls.for_ever",
    "The output of a call is answered with the same call.",
    "answers",
    {"responses.tools.ends": "broken"},
    blocks=("responses.tools.previous_output",),
)
def for_ever(call: Call) -> None:
    """Ask again."""
    given = call.body.get("input")
    last = given[-1] if isinstance(given, list) else {}
    if last.get("type") == "function_call_output" and call.body.get("tools"):
        again(call, tool_choice="required")


@fault(
    "responses_echo.not_parallel",
    "parallel_tool_calls is told to be false by default.",
    "document",
    {
        "responses.tools.parallel_told": "broken",
        "responses.echo.parallel_tool_calls": "broken",
    },
)
def not_parallel(call: Call) -> None:
    """Tell another default."""
    if call.body is not None and call.body.get("parallel_tool_calls") is None:
        for one in made(call):
            one["parallel_tool_calls"] = False


@fault(
    "responses_passed.mistakes_tool_pattern",
    "Other letters in the names of tools become underscores.",
    "body",
    {"responses.mistakes.tool_pattern": IGNORED},
)
def tool_pattern(call: Call) -> None:
    """Mend names."""
    for tool in call.body.get("tools") or ():
        if isinstance(tool, dict) and isinstance(tool.get("name"), str):
            tool["name"] = re.sub(r"[^a-zA-Z0-9_-]", "_", tool["name"])


@fault(
    "responses_passed.tool_choice_without_tools",
    "tool_choice is dropped where there are no tools.",
    "body",
    {"responses.tool_choice.without_tools": IGNORED},
)
def without_tools(call: Call) -> None:
    """Choose nothing."""
    if not call.body.get("tools"):
        call.body.pop("tool_choice", None)
