"""Faults that refuse what is documented, cleanly: a client can tell, and so does exactly one cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import Step, fault, turns_of
from samewire.reference.model import GREETINGS


def _refusing(test: Callable[[Call], Any], name: str) -> Step:
    def step(call: Call) -> None:
        if test(call):
            raise Refusal(400, f"{name}: not supported")

    return step


def _has(name: str, call: Call) -> bool:
    return name in call.body


#: What is read in streams that carry it.
LED = ("results.as_words", "system.beside_tools")
#: Parameter → the cell that shows its refusal, and the cells it blocks.
PARAMETERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "top_p": ("parameters.top_p", ()),
    "top_k": ("parameters.top_k", ()),
    "metadata": ("parameters.metadata", ("parameters.nobody", "parameters.metadata_stream", "tools.all", *LED)),
    "service_tier": ("parameters.service_tier", ()),
    "output_config": ("parameters.format", ("parameters.whole_format",)),
    "thinking": ("thinking.taken", ("thinking.*", "count.thinking")),
    "tools": ("tools.accepted", ("*",)),
}

for _name, (_cell, _blocks) in PARAMETERS.items():
    fault(f"refuses.{_name}", f"{_name} is refused.", "body", {_cell: "unsupported"}, blocks=_blocks)(
        _refusing(partial(_has, _name), _name)
    )


#: What isn't judged where a long conversation is refused for one of the things it holds.
BESIDES = (
    *("*.together", "alike.turns", "count.conversation", "usage.history", "tool_choice.named_stream"),
    *("stream.same_conversation", "usage.turns", "results.as_words", "system.beside_tools"),
)


#: What may not be refused, however cleanly: the endpoint itself said it.
OWN = ("results.own_call", "turns.own_message")


def refuses(
    name: str, what: str, test: Callable[[Call], Any], *cells: str, blocks: tuple[str, ...] = (), **more: Any
) -> None:
    """Declare a fault that refuses what a test finds."""
    turns = {cell: "broken" if cell in OWN else "unsupported" for cell in cells}
    fault(f"refuses.{name}", what, "body", turns, blocks=blocks, **more)(_refusing(test, name))


def _pictured_result(call: Call) -> bool:
    return any('"image"' in json.dumps(block) for block in results(call))


def _types(call: Call) -> set[str]:
    every = [block for role in ("user", "assistant") for content in contents(call, role) for block in content]
    return {str(block.get("type")) for block in every if isinstance(block, dict)}


def _pictures(call: Call) -> int:
    return sum(
        block.get("type") == "image" for content in contents(call) for block in content if isinstance(block, dict)
    )


def _roles(call: Call) -> list[Any]:
    return [one.get("role") for one in turns_of(call)]


refuses(
    "stream_false",
    "stream: false is refused.",
    lambda call: call.body.get("stream") is False,
    "parameters.not_streamed",
)
refuses(
    "temperature",
    "temperature is refused.",
    lambda call: "temperature" in call.body,
    "parameters.temperature",
    "parameters.temperature_zero",
    blocks=("tools.all",),
)
refuses(
    "temperature_zero",
    "A temperature of 0 is refused.",
    lambda call: call.body.get("temperature") == 0,
    "parameters.temperature_zero",
    blocks=("tools.all",),
)
refuses(
    "stop_sequences",
    "stop_sequences is refused.",
    lambda call: "stop_sequences" in call.body,
    "parameters.stop_sequences",
    "stops.honoured",
    "stops.reason",
    "stops.sequence",
    "stops.stream",
    "stops.stream_reason",
    "stops.single",
    blocks=("tools.all",),
)
refuses(
    "single_stop",
    "A single stop sequence is refused.",
    lambda call: isinstance(call.body.get("stop_sequences"), list) and len(call.body["stop_sequences"]) == 1,
    "stops.single",
    blocks=("tools.all",),
)
refuses(
    "cache_control",
    "cache_control is refused.",
    lambda call: "cache_control" in json.dumps(call.body),
    "parameters.cache_control",
    "tools.cached",
    blocks=("tools.all", "usage.cached", "parameters.kept_arrives"),
)
refuses(
    "several_pictures",
    "Several pictures are refused.",
    lambda call: _pictures(call) > 1,
    "images.several",
    blocks=BESIDES,
)
refuses(
    "base64",
    "Pictures are refused.",
    lambda call: "image" in _types(call),
    "images.seen",
    blocks=("images.*", "count.images", "count.pictures", "usage.pictures"),
)
refuses(
    "picture_in_result",
    "Pictures in results are refused.",
    _pictured_result,
    "images.in_result",
    blocks=BESIDES,
    known=("anth-toolresult-image-rejected",),
)
refuses(
    "document",
    "Documents are refused.",
    lambda call: "document" in _types(call),
    "images.document",
    blocks=("count.documents",),
)
refuses(
    "system_blocks",
    "A system prompt in blocks is refused.",
    lambda call: isinstance(call.body.get("system"), list),
    "system.blocks",
    "count.blocks",
    "parameters.cache_control",
    blocks=("usage.cached", "parameters.kept_arrives", "alike.system", *BESIDES),
)
refuses(
    "prefill",
    "A last message of the assistant's is refused.",
    lambda call: _roles(call)[-1:] == ["assistant"],
    "turns.prefill",
)
refuses(
    "same_role",
    "Two turns of the user are refused.",
    lambda call: ("user", "user") in pairwise(_roles(call)),
    "turns.same_role",
    blocks=BESIDES,
)
refuses(
    "own_blocks",
    "Blocks of the assistant's are refused.",
    lambda call: contents(call, "assistant") and "tool_use" not in _types(call),
    "turns.assistant",
    blocks=BESIDES,
)
refuses(
    "results",
    "Results of tools are refused.",
    lambda call: bool(results(call)),
    "results.taken",
    "results.own_call",
    "thinking.taken_back",
    blocks=("*",),
)
refuses(
    "results_without_thoughts",
    "A call without thoughts is refused.",
    lambda call: "tool_use" in _types(call) and "thinking" not in _types(call),
    "results.taken",
    "results.own_call",
    blocks=("*",),
    known=("anth-thinking-required-on-replay",),
)
refuses(
    "result_blocks",
    "Results in blocks are refused.",
    lambda call: any(isinstance(block.get("content"), list) for block in results(call)),
    "results.blocks",
    "images.in_result",
    blocks=(*BESIDES, "results.no_blocks", "tools.all"),
)
refuses(
    "empty_result",
    "Results without content are refused.",
    lambda call: any("content" not in block for block in results(call)),
    "results.empty",
    blocks=BESIDES,
)
refuses(
    "several_results",
    "Several results are refused.",
    lambda call: len(results(call)) > 1,
    "results.several",
    blocks=("misplaced.*", *BESIDES),
)
refuses(
    "is_error",
    "is_error is refused.",
    lambda call: any("is_error" in block for block in results(call)),
    "results.is_error",
    "results.no_error",
    blocks=("results.error_words", "tools.all"),
)
fault(
    "refuses.own_call",
    "Calls of the endpoint's own are refused, and others are not.",
    "body",
    {"results.own_call": "broken", "thinking.taken_back": "unsupported"},
)(_refusing(lambda call: any(len(str(block.get("tool_use_id"))) > 29 for block in results(call)), "tool_use_id"))
refuses(
    "own_words",
    "What the endpoint itself said in blocks is refused.",
    lambda call: any(block.get("text") in GREETINGS for content in contents(call, "assistant") for block in content),
    "turns.own_message",
)
refuses("own_thoughts", "Thoughts are not taken back.", lambda call: "thinking" in _types(call), "thinking.taken_back")


def _tools(call: Call) -> list[dict[str, Any]]:
    tools = call.body.get("tools")
    return [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []


refuses(
    "bare_tool",
    "Tools without a description are refused.",
    lambda call: any("description" not in tool for tool in _tools(call)),
    "tools.no_description",
    blocks=("tools.all",),
)
refuses(
    "custom_tool",
    "Tools of the type custom are refused.",
    lambda call: any("type" in tool for tool in _tools(call)),
    "tools.custom",
    blocks=("tools.all",),
)
refuses(
    "auto",
    "A tool_choice of auto is refused.",
    lambda call: isinstance(call.body.get("tool_choice"), dict) and call.body["tool_choice"].get("type") == "auto",
    "tool_choice.auto",
    "count.tools",
    blocks=("tool_choice.one_at_most", "alike.both*", "letters.calls", "count.conversation"),
)


def _kinds(call: Call) -> str:
    return json.dumps(call.body.get("messages"))


refuses("gif", "GIFs are refused.", lambda call: "image/gif" in _kinds(call), "images.gif", blocks=BESIDES)
refuses("webp", "WebPs are refused.", lambda call: "image/webp" in _kinds(call), "images.webp", blocks=BESIDES)
