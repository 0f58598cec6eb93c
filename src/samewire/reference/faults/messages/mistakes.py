"""Faults of validation: what is wrong is taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import Step, fault, turns_of

HELLO = [{"role": "user", "content": "Say hello."}]


def accepts(name: str, what: str, cell: str, **more: Any) -> Callable[[Step], Step]:
    """Declare a fault that takes a mistake."""
    return fault(f"accepts.{name}", what, "body", {cell: "ignored"}, **more)


@accepts("no_limit", "Requests without max_tokens are answered.", "limits.required")
def no_limit(call: Call) -> None:
    """Have a limit of one's own."""
    if call.path == "/messages":
        call.body.setdefault("max_tokens", 4096)


@accepts("negative_limit", "A negative max_tokens is none.", "limits.not_negative")
def negative_limit(call: Call) -> None:
    """Take it for none."""
    if isinstance(call.body.get("max_tokens"), int) and call.body["max_tokens"] < 0:
        call.body["max_tokens"] = 64


@accepts("string_stop", "A string for stop_sequences is dropped.", "mistakes.stop_type")
def string_stop(call: Call) -> None:
    """Read arrays alone."""
    if isinstance(call.body.get("stop_sequences"), str):
        del call.body["stop_sequences"]


@fault(
    "accepts.no_model",
    "Requests without a model or with a null for it are answered.",
    "body",
    {"mistakes.no_model": "ignored", "count.no_model": "ignored"},
)
def no_model(call: Call) -> None:
    """Have a model of one's own."""
    if call.body.get("model") is None:
        call.body["model"] = call.settings.models[0]


@accepts("null_model", "A null for the model is the model that there is.", "count.no_model")
def null_model(call: Call) -> None:
    """Have a model of one's own."""
    if call.body.get("model", "") is None:
        call.body["model"] = call.settings.models[0]


@fault(
    "accepts.no_messages",
    "Requests without messages are answered.",
    "body",
    {"mistakes.no_messages": "ignored"},
    blocks=("error.*",),
)
def no_messages(call: Call) -> None:
    """Make conversation."""
    call.body.setdefault("messages", list(HELLO))


@fault(
    "accepts.empty_messages",
    "Empty messages are answered.",
    "body",
    {"mistakes.empty_messages": "ignored"},
    blocks=("error.same_in_streams",),
)
def empty_messages(call: Call) -> None:
    """Make conversation."""
    call.body["messages"] = list(HELLO) if call.body.get("messages") == [] else call.body.get("messages")
    if call.body["messages"] is None:
        del call.body["messages"]


@accepts("string_messages", "A string for messages is answered.", "mistakes.messages_type")
def string_messages(call: Call) -> None:
    """Take it for a message."""
    if isinstance(call.body.get("messages"), str):
        call.body["messages"] = list(HELLO)


@accepts("no_content", "Messages without content are dropped.", "mistakes.no_content")
def no_content(call: Call) -> None:
    """Drop what says nothing."""
    if isinstance(call.body.get("messages"), list):
        said = [one for one in call.body["messages"] if not isinstance(one, dict) or one.get("content")]
        call.body["messages"] = said


@accepts("empty_content", "An empty string is something that the user says.", "mistakes.no_content")
def empty_content(call: Call) -> None:
    """Read strings, whatever they hold."""
    for message in turns_of(call):
        if message.get("content") == "":
            message["content"] = " "


@accepts("any_role", "Unknown roles are the user's.", "mistakes.unknown_role")
def any_role(call: Call) -> None:
    """Take all for the user."""
    for message in turns_of(call):
        if message.get("role") == "wizard":
            message["role"] = "user"


@accepts("any_block", "Unknown blocks are dropped.", "mistakes.unknown_block")
def any_block(call: Call) -> None:
    """Drop what is not known."""
    for content in contents(call):
        content[:] = [block for block in content if block.get("type") != "telepathy"]


@accepts("empty_text", "Blocks of text that are empty are dropped.", "mistakes.empty_text")
def empty_text(call: Call) -> None:
    """Drop what holds nothing."""
    for content in contents(call):
        content[:] = [block for block in content if block.get("type") != "text" or block.get("text")]


@accepts("number_system", "A number for system is taken.", "mistakes.system_type")
def number_system(call: Call) -> None:
    """Spell it."""
    if isinstance(call.body.get("system"), int):
        call.body["system"] = str(call.body["system"])


@accepts("worded_stream", "Any string for stream is true.", "mistakes.stream_type")
def worded_stream(call: Call) -> None:
    """Look whether there is anything."""
    if isinstance(call.body.get("stream"), str):
        call.body["stream"] = bool(call.body["stream"])


@accepts("high_temperature", "A temperature far above 1 is taken.", "mistakes.temperature_above")
def high_temperature(call: Call) -> None:
    """Run hot."""
    if isinstance(call.body.get("temperature"), float):
        call.body["temperature"] = min(1.0, call.body["temperature"])


@accepts("any_top_k", "Every top_k is taken.", "mistakes.top_k_below")
def any_top_k(call: Call) -> None:
    """Take it for none."""
    if isinstance(call.body.get("top_k"), int):
        call.body["top_k"] = max(0, call.body["top_k"])


def _tools(call: Call) -> list[dict[str, Any]]:
    tools = call.body.get("tools")
    return [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []


@accepts("nameless_tool", "Tools without a name are taken.", "mistakes.tool_name")
def nameless_tool(call: Call) -> None:
    """Name them."""
    for tool in _tools(call):
        tool.setdefault("name", "tool")


@accepts("shapeless_tool", "Tools without a schema are taken.", "mistakes.tool_schema")
def shapeless_tool(call: Call) -> None:
    """Take anything."""
    for tool in _tools(call):
        tool.setdefault("input_schema", {"type": "object"})


@accepts("misnamed_tool", "Tools of any name are taken.", "mistakes.tool_pattern")
def misnamed_tool(call: Call) -> None:
    """Write names otherwise."""
    for tool in _tools(call):
        if isinstance(tool.get("name"), str):
            tool["name"] = tool["name"].replace(" ", "_").replace("!", "")


def _choice(call: Call) -> dict[str, Any]:
    choice = call.body.get("tool_choice")
    return choice if isinstance(choice, dict) else {}


@accepts("unknown_tool", "A tool that was not declared can be chosen.", "tool_choice.unknown")
def unknown_tool(call: Call) -> None:
    """Choose for oneself."""
    if _choice(call).get("name") == "no_such_tool":
        del call.body["tool_choice"]


@accepts("unknown_choice", "A tool_choice of an unknown type is auto.", "tool_choice.unknown_type")
def unknown_choice(call: Call) -> None:
    """Choose for oneself."""
    if _choice(call).get("type") == "sometimes":
        del call.body["tool_choice"]


@accepts("choice_in_words", "A tool_choice that is a string is dropped.", "tool_choice.text")
def choice_in_words(call: Call) -> None:
    """Read objects alone."""
    if isinstance(call.body.get("tool_choice"), str):
        del call.body["tool_choice"]


@accepts("choice_alone", "A tool_choice without tools is dropped.", "tool_choice.without_tools")
def choice_alone(call: Call) -> None:
    """Forget the choice."""
    if not call.body.get("tools"):
        call.body.pop("tool_choice", None)


def _called(call: Call) -> list[str]:
    every = [block for content in contents(call, "assistant") for block in content if isinstance(block, dict)]
    return [block["id"] for block in every if block.get("type") == "tool_use"]


@fault(
    "accepts.unanswered",
    "Calls need no results.",
    "body",
    {"misplaced.unanswered": "ignored", "misplaced.half": "ignored"},
)
def unanswered(call: Call) -> None:
    """Answer in the tools' stead."""
    answered = [block.get("tool_use_id") for block in results(call)]
    if None not in answered and turns_of(call) and isinstance(turns_of(call)[-1].get("content"), list):
        made = [
            {"type": "tool_result", "tool_use_id": name, "content": "?"}
            for name in _called(call)
            if name not in answered
        ]
        turns_of(call)[-1]["content"][:0] = made


@accepts("stray", "Results without a call are dropped.", "misplaced.stray")
def stray(call: Call) -> None:
    """Drop what nobody asked for."""
    for content in contents(call):
        content[:] = [one for one in content if one.get("type") != "tool_result" or _called(call)] or [
            {"type": "text", "text": "?"}
        ]


@accepts("text_first", "Results may come after text.", "misplaced.text_first")
def text_first(call: Call) -> None:
    """Sort them."""
    for content in contents(call):
        content.sort(key=lambda block: isinstance(block, dict) and block.get("type") != "tool_result")


@accepts("no_id", "Results need not name their call.", "misplaced.no_id")
def no_id(call: Call) -> None:
    """Match them in order."""
    for name, block in zip(_called(call), results(call), strict=False):
        block.setdefault("tool_use_id", name)


@accepts("written_input", "The input of a call may be text.", "misplaced.input_text")
def written_input(call: Call) -> None:
    """Read it as an object."""
    for content in contents(call, "assistant"):
        for block in content:
            if isinstance(block.get("input"), str):
                block["input"] = {}


@accepts("result_twice", "Of two results of one call the last counts.", "misplaced.twice")
def result_twice(call: Call) -> None:
    """Keep them by their ids."""
    for content in contents(call):
        last = {block.get("tool_use_id"): block for block in content if block.get("type") == "tool_result"}
        content[:] = [one for one in content if one.get("type") != "tool_result" or one is last[one.get("tool_use_id")]]


@accepts("any_picture", "What a picture is declared as is not looked at.", "images.media_type")
def any_picture(call: Call) -> None:
    """Look at the picture."""
    for content in contents(call):
        for block in content:
            if block.get("type") == "image" and block["source"].get("media_type") == "image/heic":
                block["source"]["media_type"] = "image/png"
