"""Faults of Messages that don't keep what they are given: letters, pictures, and requests that say more than usual."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.refusals import BESIDES, refuses
from samewire.reference.faults.messages.registry import events, fault, messages, turns_of
from samewire.reference.messages_prompt import prefill
from samewire.reference.tokens import tokenize

#: Fault → what it does, and what becomes of a question.
WAYS: dict[str, tuple[str, Callable[[str], str]]] = {
    "html": ("Questions are escaped as HTML.", html.escape),
    "template": ("Questions are taken for templates.", lambda said: re.sub(r"\{\{.*?\}\}", "", said)),
    "ascii": ("Letters beyond ASCII become question marks.", lambda said: said.encode("ascii", "replace").decode()),
}


def _mangle_blocks(call: Call, way: Callable[[str], str]) -> None:
    for content in contents(call):
        for block in content:
            if isinstance(block, dict) and isinstance(block.get("text"), str):
                block["text"] = way(block["text"])


def _mangling(way: Callable[[str], str]) -> Callable[[Call], None]:
    def step(call: Call) -> None:
        for turn in turns_of(call):
            if isinstance(turn.get("content"), str):
                turn["content"] = way(turn["content"])
        _mangle_blocks(call, way)

    return step


@fault(
    "letters.blocks",
    "Letters beyond ASCII become question marks in blocks.",
    "body",
    {"letters.streamed": "broken"},
    blocks=("letters.*", "alike.both*"),
)
def blocks(call: Call) -> None:
    """Know them in strings alone."""
    _mangle_blocks(call, WAYS["ascii"][1])


for _name, (_what, _way) in WAYS.items():
    fault(f"letters.{_name}", _what, "body", {"letters.whole": "broken"}, blocks=("letters.*", "alike.both*"))(
        _mangling(_way)
    )


def twice(given: Any) -> Any:
    """Strings with their letters escaped once more than they are."""
    if isinstance(given, dict):
        return {name: twice(value) for name, value in given.items()}
    return json.dumps(given)[1:-1] if isinstance(given, str) else given


@fault(
    "letters.input",
    "Letters in the input of calls are escaped twice.",
    "document",
    {"letters.calls": "broken", "tools.input_fits": "broken"},
)
def letters_in_input(call: Call) -> None:
    """Write what was written."""
    for message in messages(call):
        for block in message["content"]:
            if block["type"] == "tool_use":
                block["input"] = twice(block["input"])


@fault(
    "letters.input_stream",
    "Letters in the input of calls are escaped twice in streams.",
    "chunks",
    {"letters.calls": "broken"},
)
def letters_in_streamed_input(call: Call) -> None:
    """Write what was written, piece by piece."""
    for event in events(call, "content_block_delta"):
        if "partial_json" in event["delta"]:
            said = event["delta"]["partial_json"]
            event["delta"]["partial_json"] = "".join(
                letter if letter < "\x80" else f"\\\\u{ord(letter):04x}" for letter in said
            )


@fault(
    "letters.input_bytes",
    "The input of streamed calls is cut between bytes, not letters.",
    "chunks",
    {"letters.calls": "broken"},
)
def letters_in_cut_input(call: Call) -> None:
    """Keep the pieces short, as bytes."""
    for event in events(call, "content_block_delta"):
        if "partial_json" in event["delta"]:
            said = event["delta"]["partial_json"].encode()
            cut = [said[start : start + 5].decode(errors="replace") for start in range(0, len(said), 5)]
            event["delta"]["partial_json"] = "".join(cut)


@fault("ignored.jpeg", "JPEGs are dropped.", "body", {"images.jpeg": "ignored"}, blocks=("images.together",))
def jpeg(call: Call) -> None:
    """Keep what is a PNG."""
    for content in contents(call):
        content[:] = [block for block in content if "image/jpeg" not in json.dumps(block)] or [
            {"type": "text", "text": "?"}
        ]


@fault("ignored.document", "Documents are dropped.", "body", {"images.document": "ignored"})
def document(call: Call) -> None:
    """Read nothing."""
    for content in contents(call):
        content[:] = [block for block in content if not isinstance(block, dict) or block.get("type") != "document"]


def _tools(call: Call) -> str:
    return json.dumps(call.body.get("tools"))


refuses(
    "jpeg",
    "JPEGs are refused.",
    lambda call: "image/jpeg" in json.dumps(turns_of(call)),
    "images.jpeg",
    blocks=("images.together",),
)
refuses(
    "schema_words",
    "Schemas that refer to others are refused.",
    lambda call: "$ref" in _tools(call),
    "tools.schema_words",
    blocks=("tools.all",),
)


@fault(
    "schema_dialect",
    "Schemas that name their dialect make the server fail.",
    "body",
    {"tools.schema_words": "broken"},
    blocks=("tools.all",),
)
def schema_dialect(call: Call) -> None:
    """Load a validator that isn't there."""
    if '"$schema"' in _tools(call):
        raise Refusal(500, "Internal server error")


@fault(
    "schema_pattern",
    "Schemas with a pattern make the server fail.",
    "body",
    {"tools.schema_words": "broken"},
    blocks=("tools.all",),
)
def schema_pattern(call: Call) -> None:
    """Make a grammar of everything."""
    if '"pattern"' in _tools(call):
        raise Refusal(500, "Failed to initialize samplers: failed to parse grammar")


refuses(
    "nobody",
    "A user_id that is null is refused.",
    lambda call: isinstance(call.body.get("metadata"), dict) and call.body["metadata"].get("user_id", "") is None,
    "parameters.nobody",
    blocks=("tools.all",),
)
refuses(
    "odd_user",
    "A user_id is refused that holds more than letters, digits, _ and -.",
    lambda call: (
        isinstance(call.body.get("metadata"), dict)
        and re.search(r"[^A-Za-z0-9_-]", str(call.body["metadata"].get("user_id") or ""))
    ),
    "parameters.metadata",
)
refuses(
    "several_flag",
    "disable_parallel_tool_use is refused unless it is true.",
    lambda call: (
        (call.body.get("tool_choice") or {}).get("disable_parallel_tool_use") is False
        if isinstance(call.body.get("tool_choice"), dict)
        else False
    ),
    "tool_choice.several",
    blocks=("tools.all",),
)
refuses(
    "foreign_id",
    "Calls that are named otherwise are refused.",
    lambda call: any(str(block.get("tool_use_id")).startswith("call_0") for block in results(call)),
    "results.several",
    blocks=("misplaced.*", *BESIDES),
)
refuses(
    "empty_input",
    "Calls without input are refused.",
    lambda call: any(block.get("input") == {} for content in contents(call, "assistant") for block in content),
    "turns.together",
    blocks=(*BESIDES, "alike.*", "tools.*", "stream.*"),
)


@fault(
    "count.refuses_choice",
    "count_tokens refuses a tool_choice.",
    "body",
    {"count.tools": "unsupported"},
    blocks=("count.conversation",),
)
def refuses_choice(call: Call) -> None:
    """Count what is plain."""
    if call.path == "/messages/count_tokens" and "tool_choice" in call.body:
        raise Refusal(400, "tool_choice: Extra inputs are not permitted")


def _longest(call: Call, most: int, keep: int) -> None:
    """Of what is longer than so many letters, keep the end."""
    for turn in turns_of(call):
        if isinstance(turn.get("content"), str) and len(turn["content"]) > most:
            turn["content"] = turn["content"][-keep:]


@fault("huge.cut", "What the context can't hold is dropped.", "body", {"huge.refused": "ignored"})
def huge_cut(call: Call) -> None:
    """Keep the end of a huge prompt."""
    _longest(call, 100_000, 2000)


@fault(
    "huge.short_context",
    "The beginning of long prompts is dropped.",
    "body",
    {"huge.whole": "ignored", "huge.refused": "ignored"},
)
def short_context(call: Call) -> None:
    """Run with a small context."""
    _longest(call, 8000, 8000)


@fault(
    "together.question_after_result",
    "All text after results is dropped.",
    "body",
    {"turns.together": "ignored", "images.in_result": "ignored", "misplaced.text_first": "ignored"},
    blocks=("images.together",),
)
def question_after_result(call: Call) -> None:
    """Keep the results alone."""
    for content in contents(call):
        if any(block.get("type") == "tool_result" for block in content):
            content[:] = [block for block in content if block.get("type") == "tool_result"]


@fault(
    "together.prefill_anew",
    "In streams, an answer that is begun is counted, and begun anew.",
    "answers",
    {"turns.prefill": "ignored"},
)
def prefill_anew(call: Call) -> None:
    """Close the assistant's turn, and open another."""
    for answer in call.answers:
        if call.streamed and (begun := prefill(call.body)):
            answer.text = f"{begun}{answer.text}"
            answer.tokens = tokenize(answer.text)
