"""Faults of what is said in a stream: texts that differ from one event to the next, and calls that can't be joined."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, final, of, renumber
from samewire.reference.faults.responses.events import EVERY

TEXT = "response.output_text."
ARGUMENTS = "response.function_call_arguments."
INPUT = "response.custom_tool_call_input."
ITEM = "response.output_item."
PART = "response.content_part."
SUMMARY = "response.reasoning_summary_"


def said(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The text parts of a response or item."""
    items = document.get("output", [document])
    return [part for item in items for part in item.get("content") or ()]


@fault(
    "responses_text.cumulative",
    "Deltas repeat all that was said before.",
    "chunks",
    {
        "responses.stream.fragments": "broken",
        "responses.stream.same_text": "broken",
        "responses.stream.same_part": "broken",
        "responses.stream.same_item": "broken",
        "responses.stream.same_response": "broken",
    },
    blocks=EVERY,
)
def cumulative(call: Call) -> None:
    """Say it all again each time."""
    so_far = ""
    for event in of(call, TEXT + "delta"):
        so_far += event["delta"]
        event["delta"] = so_far


@fault(
    "responses_text.done_trimmed",
    "The text that is told when it is done lacks its last word.",
    "chunks",
    {"responses.stream.same_text": "broken"},
    known=("resp-done-text-ne-deltas",),
)
def done_trimmed(call: Call) -> None:
    """Trim the text."""
    for event in of(call, TEXT + "done"):
        event["text"] = event["text"][:-1]


@fault(
    "responses_text.part_empty",
    "The part that is done is empty.",
    "chunks",
    {"responses.stream.same_part": "broken"},
)
def part_empty(call: Call) -> None:
    """Forget the part."""
    for event in of(call, PART + "done"):
        event["part"]["text"] = ""


@fault(
    "responses_text.item_empty",
    "The message that is done is empty.",
    "chunks",
    {"responses.stream.same_item": "broken"},
)
def item_empty(call: Call) -> None:
    """Forget the message."""
    for event in of(call, ITEM + "done"):
        for part in said(event["item"]):
            part["text"] = ""


@fault(
    "responses_text.response_trimmed",
    "The text of the response that a stream ends with lacks its last letter.",
    "chunks",
    {"responses.stream.same_response": "broken"},
    blocks=("responses.format.stream", "responses.parameters.stream_logprobs*"),
)
def response_trimmed(call: Call) -> None:
    """Trim the text."""
    for one in final(call):
        for part in said(one):
            part["text"] = part["text"][:-1]


@fault(
    "responses_text.delta_lost",
    "One delta of a text is lost.",
    "chunks",
    {
        "responses.stream.same_text": "broken",
        "responses.stream.same_part": "broken",
        "responses.stream.same_item": "broken",
        "responses.stream.same_response": "broken",
    },
    blocks=EVERY,
)
def delta_lost(call: Call) -> None:
    """Lose one."""
    lost = of(call, TEXT + "delta")[1:2]
    call.chunks[:] = [event for event in call.chunks if not lost or event is not lost[0]]
    renumber(call)


@fault(
    "responses_text.no_blanks",
    "Streams lose their blanks.",
    "chunks",
    {"responses.stream.whitespace": "broken"},
    blocks=("responses.stream.same_output",),
)
def no_blanks(call: Call) -> None:
    """Strip what is said, everywhere alike."""
    for event in of(call, TEXT + "delta"):
        event["delta"] = event["delta"].strip()
    for event in of(call, TEXT + "done"):
        event["text"] = "".join(event["text"].split())
    parts = [event["part"] for event in of(call, PART + "done")]
    parts += [part for event in of(call, ITEM + "done") for part in said(event["item"])]
    for part in [*parts, *(part for one in final(call) for part in said(one))]:
        part["text"] = "".join(part["text"].split())


@fault(
    "responses_text.summary_differs",
    "The summary of reasoning is another when it is done.",
    "chunks",
    {"responses.stream.same_summary": "broken"},
)
def summary_differs(call: Call) -> None:
    """Sum it up another way."""
    for event in of(call, SUMMARY + "text.done"):
        event["text"] = "Nothing."


@fault(
    "responses_text.another_status",
    "Streams that are complete end as incomplete.",
    "chunks",
    {"responses.stream.same_status": "broken"},
    blocks=EVERY,
)
def another_status(call: Call) -> None:
    """End another way."""
    for event in of(call, "response.completed"):
        event["type"] = "response.incomplete"
        event["response"].update(status="incomplete", incomplete_details={"reason": "max_output_tokens"})


@fault(
    "responses_text.extra_item",
    "Streams hold a call that nobody made.",
    "chunks",
    {
        "responses.stream.same_items": "broken",
        "responses.call_stream.arguments_done": "broken",
        "responses.call_stream.declared_name": "broken",
    },
    blocks=EVERY,
)
def extra_item(call: Call) -> None:
    """Call something."""
    if not (call.body.get("tools") or call.body.get("text")):
        index = len(final(call)[0]["output"])
        called = {"call_id": "call_0", "name": "think", "arguments": "{}"}
        item = {"id": "fc_1", "type": "function_call", "status": "completed", **called}
        call.chunks[-1:-1] = [
            {"type": ITEM + "added", "output_index": index, "item": {**item, "status": "in_progress"}},
            {"type": ITEM + "done", "output_index": index, "item": item},
        ]
        final(call)[0]["output"].append(item)
        renumber(call)


@fault(
    "responses_calls.begin_full",
    "Calls are added with their arguments, and deltas follow.",
    "chunks",
    {"responses.call_stream.begins_empty": "broken"},
)
def begin_full(call: Call) -> None:
    """Say it twice."""
    whole = {event["output_index"]: event["item"] for event in of(call, ITEM + "done")}
    for event in of(call, ITEM + "added"):
        if "arguments" in event["item"]:
            event["item"]["arguments"] = whole[event["output_index"]]["arguments"]


@fault(
    "responses_calls.cumulative",
    "Deltas of arguments repeat all that came before.",
    "chunks",
    {
        "responses.call_stream.arguments": "broken",
        "responses.call_stream.same_done": "broken",
        "responses.call_stream.same_item": "broken",
    },
)
def calls_cumulative(call: Call) -> None:
    """Say it all again each time."""
    so_far: dict[int, str] = {}
    for event in of(call, ARGUMENTS + "delta"):
        so_far[event["output_index"]] = so_far.get(event["output_index"], "") + event["delta"]
        event["delta"] = so_far[event["output_index"]]


@fault(
    "responses_calls.done_empty",
    "The arguments that are told when they are done are empty.",
    "chunks",
    {"responses.call_stream.same_done": "broken"},
)
def done_empty(call: Call) -> None:
    """Forget the arguments."""
    for event in of(call, ARGUMENTS + "done"):
        event["arguments"] = ""


@fault(
    "responses_calls.item_empty",
    "The calls that are done have no arguments.",
    "chunks",
    {"responses.call_stream.same_item": "broken", "responses.call_stream.same_response": "broken"},
)
def calls_item_empty(call: Call) -> None:
    """Forget the arguments."""
    for event in of(call, ITEM + "done"):
        if "arguments" in event["item"]:
            event["item"]["arguments"] = "{}"


@fault(
    "responses_calls.other_call_ids",
    "The calls of the response that a stream ends with have other ids.",
    "chunks",
    {"responses.call_stream.same_response": "broken"},
)
def other_call_ids(call: Call) -> None:
    """Name calls anew."""
    for one in final(call):
        for item in one["output"]:
            if item["type"] == "function_call":
                item["call_id"] = "call_end"


@fault(
    "responses_calls.renamed",
    "The calls of streams have other names.",
    "chunks",
    {
        "responses.call_stream.declared_name": "broken",
        "responses.call_stream.same_calls": "broken",
        "responses.state.get_same": "broken",
    },
    blocks=(
        "responses.tool_choice.allowed_stream",
        "responses.tool_choice.named",
        "responses.tool_choice.strict",
        "responses.call_stream.as_many",
    ),
)
def renamed(call: Call) -> None:
    """Name tools otherwise."""
    for item in _items(call):
        if item["type"] == "function_call":
            item["name"] = f"default_api.{item['name']}"


def _items(call: Call) -> list[dict[str, Any]]:
    items = [event["item"] for event in of(call, ITEM + "added", ITEM + "done")]
    return [*items, *(item for one in final(call) for item in one["output"])]


@fault(
    "responses_calls.same_call_id",
    "All calls of a stream have the same call_id.",
    "chunks",
    {
        "responses.call_stream.apart": "broken",
        "responses.state.get_same": "broken",
        "responses.tools.previous_call": "ignored",
    },
    blocks=("responses.tools.previous_output",),
)
def same_call_id(call: Call) -> None:
    """Name calls alike."""
    for item in _items(call):
        if item["type"] == "function_call":
            item["call_id"] = "call_0"


@fault(
    "responses_calls.not_streamed",
    "No tool is called in streams.",
    "body",
    {"responses.call_stream.same_calls": "broken", "responses.echo.stream": "broken"},
    blocks=(
        "responses.call_stream.*",
        "responses.custom.stream",
        "responses.tool_choice.allowed_stream",
        "responses.tool_choice.named",
        "responses.tools.referred_output",
        "responses.tool_choice.one_at_a_time",
        "responses.tool_choice.strict",
        "responses.tools.offered",
    ),
)
def not_streamed(call: Call) -> None:
    """Forget the tools."""
    if call.streamed:
        for name in ("tools", "tool_choice"):
            call.body.pop(name, None)


@fault(
    "responses_calls.input_differs",
    "The input of a custom tool is another when it is done.",
    "chunks",
    {"responses.custom.stream": "broken"},
)
def input_differs(call: Call) -> None:
    """Change the input."""
    for event in of(call, INPUT + "done"):
        event["input"] = json.dumps({"input": event["input"]})
