"""Faults of Messages that show only where several things meet, or beside what is judged first."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import Step, events, fault, messages, turns_of
from samewire.reference.messages_prompt import input_tokens

DELTA = "content_block_delta"


@fault(
    "together.system_beside_tools",
    "With tools, the system prompt is dropped.",
    "body",
    {"turns.together": "ignored"},
    blocks=("system.beside_tools",),
)
def system_beside_tools(call: Call) -> None:
    """Make place for the tools."""
    if call.body.get("tools"):
        call.body.pop("system", None)


@fault(
    "together.system_first_turn",
    "After the first turn, the system prompt is dropped.",
    "body",
    {"turns.together": "ignored"},
    blocks=("system.beside_tools",),
)
def system_first_turn(call: Call) -> None:
    """Send it once."""
    if len(turns_of(call)) > 1:
        call.body.pop("system", None)


@fault("together.text_beside_call", "What is said beside a call is dropped.", "body", {"turns.together": "ignored"})
def text_beside_call(call: Call) -> None:
    """Keep the call alone."""
    for content in contents(call, "assistant"):
        if any(block.get("type") == "tool_use" for block in content):
            content[:] = [block for block in content if block.get("type") != "text"]


@fault("together.text_after_result", "Text after results is dropped.", "body", {"turns.together": "ignored"})
def text_after_result(call: Call) -> None:
    """Keep the results alone, but for the question."""
    for content in contents(call):
        if any(block.get("type") == "tool_result" for block in content):
            texts = [block for block in content if block.get("type") == "text"]
            content[:] = [block for block in content if block not in texts[:-1]]


@fault("together.old_results", "Results of earlier turns are dropped.", "body", {"turns.together": "ignored"})
def old_results(call: Call) -> None:
    """Shorten what is old."""
    last = turns_of(call)[-1:]
    for block in results(call):
        if last and isinstance(last[0].get("content"), list) and block not in last[0]["content"]:
            block["content"] = ""


@fault("together.old_pictures", "Pictures of earlier turns are dropped.", "body", {"images.together": "ignored"})
def old_pictures(call: Call) -> None:
    """Look at what is new."""
    for turn in turns_of(call)[:-1]:
        if isinstance(turn.get("content"), list):
            turn["content"] = [block for block in turn["content"] if block.get("type") != "image"] or "?"


@fault(
    "together.pictures_stream",
    "In streams, pictures are dropped.",
    "body",
    {"images.together": "ignored", "images.unreadable": "ignored"},
)
def pictures_stream(call: Call) -> None:
    """Look at nothing in streams."""
    if call.streamed:
        for content in contents(call):
            content[:] = [block for block in content if block.get("type") != "image"] or content


def _streamed(name: str, what: str, cell: str = "alike.together") -> Callable[[Step], Step]:
    also = {"results": "images.together", "history": "alike.turns", "named": "tool_choice.unknown"}.get(name)
    turns = dict.fromkeys([cell, *([also] if also else [])], "ignored")
    if name in ("results", "history"):
        turns["stream.same_conversation"] = "broken"
    if name == "plain_history":
        turns["usage.turns"] = "broken"
    return fault(f"together.{name}_stream", what, "body", turns)


@_streamed("history", "In streams, the first turns are dropped.")
def history_stream(call: Call) -> None:
    """Forget in streams."""
    if call.streamed and len(turns_of(call)) > 5:
        del call.body["messages"][:1]


@_streamed("plain_history", "In streams without tools, the last turn counts alone.", "alike.turns")
def plain_history_stream(call: Call) -> None:
    """Forget in streams."""
    if call.streamed and turns_of(call)[-1:] and turns_of(call)[-1].get("role") == "user" and not results(call):
        call.body["messages"] = call.body["messages"][-1:]


@fault(
    "together.window",
    "Without tools, the last five turns are kept, and counted.",
    "body",
    {"usage.turns": "broken", "alike.turns": "ignored"},
)
def window(call: Call) -> None:
    """Keep it short."""
    if len(turns_of(call)) > 5 and not results(call):
        call.body["messages"] = call.body["messages"][-5:]


@_streamed("results", "In streams, results are dropped.")
def results_stream(call: Call) -> None:
    """Drop what tools say."""
    if call.streamed:
        for block in results(call):
            block.pop("content", None)


@_streamed("named", "In streams, a named tool_choice is dropped.", "tool_choice.named_stream")
def named_stream(call: Call) -> None:
    """Leave it to the model."""
    choice = call.body.get("tool_choice")
    if call.streamed and isinstance(choice, dict) and choice.get("type") == "tool":
        del call.body["tool_choice"]


@_streamed("none", "In streams, a tool_choice of none is dropped.", "tool_choice.none")
def none_stream(call: Call) -> None:
    """Leave it to the model."""
    choice = call.body.get("tool_choice")
    if call.streamed and isinstance(choice, dict) and choice.get("type") == "none":
        del call.body["tool_choice"]


@_streamed("format", "In streams, a format is dropped.", "parameters.format")
def format_stream(call: Call) -> None:
    """Speak freely."""
    if call.streamed:
        call.body.pop("output_config", None)


@_streamed("prefill", "In streams, the beginning of an answer is dropped.", "turns.prefill")
def prefill_stream(call: Call) -> None:
    """Begin anew."""
    every = turns_of(call)
    if call.streamed and len(every) > 1 and every[-1].get("role") == "assistant":
        del call.body["messages"][-1]


@_streamed("parallel", "In streams, disable_parallel_tool_use is dropped.", "tool_choice.exactly_one")
def parallel_stream(call: Call) -> None:
    """Call them all."""
    choice = call.body.get("tool_choice")
    if call.streamed and isinstance(choice, dict):
        choice.pop("disable_parallel_tool_use", None)


def _refusing(name: str, what: str, cell: str) -> Callable[[Step], Step]:
    blocks = ("tools.all",) if cell.startswith("tools.") else ()
    return fault(f"refuses.{name}", what, "body", {cell: "unsupported"}, blocks=blocks)


@_refusing("strict", "Strict tools are refused.", "tools.strict")
def strict(call: Call) -> None:
    """Know no strictness."""
    if any("strict" in tool for tool in call.body.get("tools") or ()):
        raise Refusal(400, "tools.0.strict: Extra inputs are not permitted")


@_refusing("dashes", "Names of tools with dashes are refused.", "tools.long_name")
def dashes(call: Call) -> None:
    """Want identifiers."""
    if any("-" in str(tool.get("name")) for tool in call.body.get("tools") or ()):
        raise Refusal(400, "tools.0.name: String should be an identifier")


@_refusing("five_stops", "More than four stop sequences are refused.", "parameters.stop_sequences")
def five_stops(call: Call) -> None:
    """Count to four."""
    if len(call.body.get("stop_sequences") or ()) > 4:
        raise Refusal(400, "stop_sequences: List should have at most 4 items")


def _texts(call: Call) -> list[dict[str, Any]]:
    return [block for one in messages(call) for block in one["content"] if block.get("type") == "text"]


def _last_text(call: Call) -> list[dict[str, Any]]:
    return [event["delta"] for event in events(call, DELTA) if event["delta"].get("type") == "text_delta"][-1:]


@fault(
    "shape.marks",
    "Text ends with a mark of the template.",
    "document",
    {"message.no_marks": "broken"},
    blocks=(
        "alike.cut",
        "parameters.whole_format",
        "alike.whitespace",
        "alike.stop_reason",
        "stops.reason",
        "stops.sequence",
        "stream.same_output",
    ),
)
def marks(call: Call) -> None:
    """Leave the mark."""
    for block in _texts(call):
        block["text"] += "<|im_end|>"


@fault(
    "stream.marks",
    "Streams end with a mark of the template.",
    "chunks",
    {"stream.no_marks": "broken", "parameters.format": "ignored"},
    blocks=(
        "alike.cut",
        "alike.whitespace",
        "alike.stop_reason",
        "stops.stream_reason",
        "stream.same_output",
    ),
)
def marks_stream(call: Call) -> None:
    """Leave the mark."""
    for delta in _last_text(call):
        delta["text"] += "<|im_end|>"


@fault(
    "shape.empty_text",
    "Calls come after an empty text.",
    "document",
    {
        "message.no_empty_text": "broken",
        "thinking.first": "broken",
        "thinking.taken_back": "unsupported",
    },
    blocks=("results.own_call",),
)
def empty_text(call: Call) -> None:
    """Begin with nothing."""
    for one in messages(call):
        if any(block.get("type") == "tool_use" for block in one["content"]):
            one["content"].insert(0, {"type": "text", "text": ""})


@fault("stream.empty_text", "Streamed calls come after an empty text.", "chunks", {"stream.no_empty_text": "broken"})
def empty_text_stream(call: Call) -> None:
    """Begin with nothing."""
    if any(event["content_block"].get("type") == "tool_use" for event in events(call, "content_block_start")):
        for event in call.chunks:
            if "index" in event:
                event["index"] += 1
        call.chunks[1:1] = [
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_stop", "index": 0},
        ]


@fault("shape.status", "Messages come with 201.", "response", {"message.status": "broken"})
def status(call: Call) -> None:
    """Create it."""
    if messages(call) and call.response.status == 200:
        call.response.status = 201


@fault(
    "shape.calls_uncounted",
    "Calls count 0 tokens.",
    "document",
    {"usage.calls": "broken"},
    blocks=("limits.cut_call", "thinking.counted"),
)
def calls_uncounted(call: Call) -> None:
    """Count words alone."""
    for one in messages(call):
        if any(block.get("type") == "tool_use" for block in one["content"]):
            one["usage"]["output_tokens"] = 0


def _counting(name: str, what: str, forget: Any, *cells: str, counting: bool = False) -> None:
    def step(call: Call) -> None:
        body = copy.deepcopy(call.body) if isinstance(call.body, dict) else {}
        forget(body)
        for one in messages(call) if not counting else ():
            one["usage"]["input_tokens"] = input_tokens(body)
        if counting and call.path.endswith("/count_tokens") and "input_tokens" in call.document:
            call.document["input_tokens"] = input_tokens(body)

    fault(name, what, "document", dict.fromkeys(cells, "broken"))(step)


def _no_system(body: dict[str, Any]) -> None:
    body.pop("system", None)


def _last_turn(body: dict[str, Any]) -> None:
    body["messages"] = body.get("messages", [])[-1:]


def _no_results(body: dict[str, Any]) -> None:
    for turn in body.get("messages", []):
        if isinstance(turn["content"], list):
            turn["content"] = [block for block in turn["content"] if block.get("type") == "text"]


ALIKE = "stream.same_conversation"
_counting("shape.system_uncounted", "The system prompt is not counted.", _no_system, "usage.system", ALIKE)
_counting(
    "shape.history_uncounted",
    "The last turn alone is counted.",
    _last_turn,
    "usage.history",
    "count.conversation",
    ALIKE,
)
_counting("count.last_turn", "count_tokens counts the last turn.", _last_turn, "count.conversation", counting=True)
_counting("count.no_results", "count_tokens counts no results.", _no_results, "count.conversation", counting=True)


@fault("alike.lines_lost", "Streams lose line ends.", "chunks", {"letters.alike": "broken"})
def lines_lost(call: Call) -> None:
    """Write on one line."""
    for event in events(call, DELTA):
        if event["delta"].get("type") == "text_delta":
            event["delta"]["text"] = event["delta"]["text"].replace("\n", " ")


@fault("alike.escaped", "Text is escaped as in HTML.", "document", {"letters.alike": "broken"})
def escaped(call: Call) -> None:
    """Escape."""
    for block in _texts(call):
        block["text"] = block["text"].replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


@fault(
    "alike.swapped",
    "Two deltas change places.",
    "chunks",
    {"alike.pieces": "broken", "letters.alike": "broken", "alike.together": "ignored", "alike.turns": "ignored"},
    blocks=("alike.*", "stream.*"),
)
def swapped(call: Call) -> None:
    """Send in haste."""
    found = [event["delta"] for event in events(call, DELTA) if event["delta"].get("type") == "text_delta"]
    if len(found) > 40:
        found[20]["text"], found[21]["text"] = found[21]["text"], found[20]["text"]


@fault(
    "alike.twice",
    "Streams end with all that was said.",
    "chunks",
    {"alike.pieces": "broken"},
    blocks=("alike.*", "stream.*"),
)
def twice(call: Call) -> None:
    """Say it once more."""
    found = [event["delta"] for event in events(call, DELTA) if event["delta"].get("type") == "text_delta"]
    if len(found) > 40:
        found[-1]["text"] += "".join(delta["text"] for delta in found)


@fault("alike.same_input", "Several calls have the input of the first.", "document", {"alike.both_inputs": "broken"})
def same_input(call: Call) -> None:
    """Copy the first."""
    for one in messages(call):
        made = [block for block in one["content"] if block.get("type") == "tool_use"]
        for block in made[1:]:
            block["input"] = copy.deepcopy(made[0]["input"])


@fault(
    "alike.first_call_whole",
    "Of several calls one is sent, but in streams.",
    "document",
    {"alike.both": "broken"},
    blocks=("alike.both_inputs",),
)
def first_call_whole(call: Call) -> None:
    """Send one."""
    for one in messages(call):
        made = [block for block in one["content"] if block.get("type") == "tool_use"]
        one["content"] = [block for block in one["content"] if not any(block is other for other in made[1:])]


@fault("stream.two_reasons", "A first message_delta has another stop_reason.", "chunks", {"stream.end": "broken"})
def two_reasons(call: Call) -> None:
    """Change one's mind."""
    for event in events(call, "message_delta")[:1]:
        first = copy.deepcopy(event)
        first["delta"]["stop_reason"] = "max_tokens" if event["delta"]["stop_reason"] != "max_tokens" else "end_turn"
        call.chunks.insert(call.chunks.index(event), first)


@fault("access.no_request_id_stream", "Streams have no request-id.", "response", {"access.unique_request_id": "broken"})
def no_request_id_stream(call: Call) -> None:
    """Leave it out."""
    if call.streamed:
        call.response.drop("request-id")


@fault("error.as_404", "Mistakes are refused with 404.", "error", {"error.not_404": "broken"})
def as_404(call: Call) -> None:
    """Find nothing."""
    if call.response.status == 400:
        call.response.status = 404
        call.document["error"]["type"] = "not_found_error"
