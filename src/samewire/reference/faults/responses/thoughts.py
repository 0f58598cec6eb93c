"""Faults of what a model thinks: how its words are streamed, sealed and counted, and what stands beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import aloud, fault, final, made, of, renumber
from samewire.reference.faults.responses.ignored import keep

THOUGHT, PART = "response.reasoning_text.", "response.content_part."
DONE = "response.output_item.done"
#: What a template puts before what a model says.
HEAD = "<|start_header_id|>assistant<|end_header_id|>\n\n"


@fault(
    "responses_thoughts.pieces_counted",
    "The content_index of what is thought counts the deltas.",
    "chunks",
    {"responses.stream.parts_there": "broken"},
)
def pieces_counted(call: Call) -> None:
    """Count pieces, not parts."""
    aloud(call)
    for place, event in enumerate(of(call, f"{THOUGHT}delta")):
        event["content_index"] = place


@fault(
    "responses_thoughts.summary_pieces_counted",
    "The summary_index of a summary counts from 1.",
    "chunks",
    {"responses.stream.parts_there": "broken"},
)
def summary_pieces_counted(call: Call) -> None:
    """Begin with 1."""
    for event in call.chunks:
        if "summary_index" in event:
            event["summary_index"] += 1


@fault(
    "responses_thoughts.parts_of_another_name",
    "The parts of what is thought come in events of a name of their own.",
    "chunks",
    {"responses.stream.parts_known": "broken"},
    blocks=("responses.stream.parts_held",),
)
def parts_of_another_name(call: Call) -> None:
    """Invent events."""
    aloud(call)
    for event in of(call, f"{PART}added", f"{PART}done"):
        if event["part"]["type"] == "reasoning_text":
            event["type"] = event["type"].replace("content_part", "reasoning_part")


@fault(
    "responses_thoughts.part_left_open",
    "The part of what is thought is never done.",
    "chunks",
    {"responses.stream.part_done": "broken"},
)
def part_left_open(call: Call) -> None:
    """Leave it at that."""
    aloud(call)
    open_parts = [one for one in of(call, f"{PART}done") if one["part"]["type"] == "reasoning_text"]
    call.chunks[:] = [event for event in call.chunks if event not in open_parts]
    renumber(call)


@fault(
    "responses_thoughts.arguments_as_input",
    "The arguments of a function are streamed as the input of a custom tool.",
    "chunks",
    {"responses.stream.own_events": "broken"},
    blocks=("responses.call_stream.*",),
)
def arguments_as_input(call: Call) -> None:
    """Take one kind of tool for the other."""
    for event in of(call, "response.function_call_arguments.delta"):
        event["type"] = "response.custom_tool_call_input.delta"


@fault(
    "responses_thoughts.done_otherwise",
    "What was thought is another text when it is done.",
    "chunks",
    {"responses.stream.same_reasoning": "broken"},
)
def done_otherwise(call: Call) -> None:
    """End with something else."""
    aloud(call)
    for event in of(call, f"{THOUGHT}done"):
        event["text"] = "Hm."


@fault(
    "responses_thoughts.end_otherwise",
    "The response that a stream ends with tells another thought.",
    "chunks",
    {"responses.stream.same_reasoning": "broken"},
)
def end_otherwise(call: Call) -> None:
    """Remember another one."""
    aloud(call)
    for one in final(call):
        one["output"] = [
            {**item, "content": [{"type": "reasoning_text", "text": "Hm."}]} if item["type"] == "reasoning" else item
            for item in one["output"]
        ]


def _unsealed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != "encrypted_content"} for item in items]


@fault(
    "responses_thoughts.unsealed_streams",
    "In streams, encrypted_content is left out though it was asked for.",
    "chunks",
    {"responses.reasoning.stream_encrypted": "ignored"},
)
def unsealed_streams(call: Call) -> None:
    """Seal what is whole alone."""
    unsealed_items(call)
    unsealed_ends(call)


@fault(
    "responses_thoughts.unsealed_items",
    "In streams, encrypted_content comes at the end alone, not with the item that is done.",
    "chunks",
    {"responses.reasoning.stream_encrypted": "ignored"},
)
def unsealed_items(call: Call) -> None:
    """Seal at the end."""
    for event in call.chunks:
        if "item" in event:
            event["item"] = _unsealed([event["item"]])[0]


@fault(
    "responses_thoughts.unsealed_ends",
    "In streams, encrypted_content comes with the item that is done, and is lost at the end.",
    "chunks",
    {"responses.reasoning.stream_encrypted": "ignored"},
)
def unsealed_ends(call: Call) -> None:
    """Lose the seal."""
    for one in final(call):
        one["output"] = _unsealed(one["output"])


@fault(
    "responses_thoughts.put_in",
    "What is thought is counted as input, too.",
    "document",
    {"responses.reasoning.not_put_in": "broken"},
)
def put_in(call: Call) -> None:
    """Count it on both sides."""
    for one in made(call) if call.request.method == "POST" else ():
        usage = one["usage"]
        more = usage["output_tokens_details"]["reasoning_tokens"]
        one["usage"] = {
            **usage,
            "input_tokens": usage["input_tokens"] + more,
            "total_tokens": usage["total_tokens"] + more,
        }


def _thinks_beside_tools(call: Call) -> bool:
    return bool(call.body.get("tools") and (call.body.get("reasoning") or {}).get("effort"))


@fault(
    "responses_thoughts.broken_beside_tools",
    "A stream that thinks beside tools holds an error, and no answer.",
    "chunks",
    {"responses.reasoning.beside_tools": "broken"},
    blocks=("responses.reasoning.stream*", "responses.stream.same_summary", "responses.stream.parts_there"),
)
def broken_beside_tools(call: Call) -> None:
    """Produce nothing."""
    if _thinks_beside_tools(call):
        told = {"code": "server_error", "message": "Nothing useful came.", "param": None}
        call.chunks[2:] = [{"type": "error", **told}]
        renumber(call)


@fault(
    "responses_thoughts.failed_beside_tools",
    "A stream that thinks beside tools fails.",
    "chunks",
    {"responses.reasoning.beside_tools": "broken"},
    blocks=("responses.reasoning.stream*", "responses.stream.same_summary", "responses.stream.parts_there"),
)
def failed_beside_tools(call: Call) -> None:
    """Fail."""
    if _thinks_beside_tools(call):
        last = call.chunks[-1]
        last["type"] = "response.failed"
        last["response"] = {
            **last["response"],
            "status": "failed",
            "error": {"code": "server_error", "message": "Nothing useful came."},
        }


@fault(
    "responses_thoughts.refused_beside_tools",
    "Thinking is refused beside tools.",
    "body",
    {"responses.reasoning.beside_tools": "unsupported"},
)
def refused_beside_tools(call: Call) -> None:
    """Do one of them."""
    if _thinks_beside_tools(call):
        raise Refusal(400, "Reasoning is not supported beside tools.", param="reasoning", code="unsupported_parameter")


@fault(
    "responses_thoughts.template_in_text",
    "What a template puts before an answer stands in the text.",
    "document",
    {"responses.items.no_marks": "broken"},
    blocks=("responses.state.get_same",),
)
def template_in_text(call: Call) -> None:
    """Take the head for a part of the body."""
    for one in made(call):
        if call.body and call.body.get("input") == "Say hello." and not call.body.get("text"):
            for item in one["output"]:
                for part in item.get("content") or ():
                    part["text"] = HEAD + part["text"]


@fault(
    "responses_thoughts.servers_fault",
    "Mistakes are refused with 400, and told to be of the type server_error.",
    "error",
    {"responses.errors.type": "broken"},
)
def servers_fault(call: Call) -> None:
    """Take the blame."""
    if call.response.status == 400:
        call.document["error"]["type"] = "server_error"


def _told_once(items: list[dict[str, Any]], role: str, last: bool) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for item in items:
        if kept and item.get("role") == kept[-1].get("role") == role:
            if not last:
                continue
            kept.pop()
        kept.append(item)
    return kept


for _role, _name, _last in (("assistant", "first", False), ("assistant", "last", True), ("user", "last", True)):

    @fault(
        f"responses_thoughts.{_role}_{_name}_alone",
        f"Of several messages of the {_role} in a row, the {_name} alone reaches the model.",
        "answers",
        {"responses.input.together": "ignored"},
        blocks=("responses.conduct.*",),
    )
    def one_alone(call: Call, role: str = _role, last: bool = _last) -> None:
        """Make one of them."""
        items = call.notes["input"]
        kept = _told_once(items, role, last)
        if kept != items:
            keep(call, kept)


@fault(
    "responses_thoughts.last_in_streams",
    "In streams, what was thought comes after what it led to.",
    "chunks",
    {"responses.items.thought_first": "broken"},
)
def last_in_streams(call: Call) -> None:
    """Think afterwards."""
    kinds = [item["type"] for one in final(call) for item in one["output"]]
    if len(kinds) < 2 or kinds[0] != "reasoning":
        return
    last = len(kinds) - 1
    begun, ended = call.chunks[:2], call.chunks[-1:]
    order = sorted(call.chunks[2:-1], key=lambda event: event["output_index"] or len(kinds))
    for event in order:
        event["output_index"] = event["output_index"] - 1 if event["output_index"] else last
    for one in final(call):
        one["output"] = [*one["output"][1:], one["output"][0]]
    call.chunks[:] = [*begun, *order, *ended]
    renumber(call)


@fault(
    "responses_thoughts.calls_without_status",
    "In streams, calls have no status.",
    "chunks",
    {"responses.items.of_calls": "broken"},
)
def calls_without_status(call: Call) -> None:
    """Leave it to be guessed."""
    for event in call.chunks:
        for item in (event.get("item"), *(event.get("response") or {}).get("output", ())):
            if item and item["type"] == "function_call":
                item.pop("status", None)


@fault(
    "responses_thoughts.turns_wanted",
    "Two messages of the assistant in a row are refused.",
    "body",
    {"responses.input.two_in_a_row": "unsupported"},
    blocks=("responses.input.together", "responses.tools.past_arguments"),
)
def turns_wanted(call: Call) -> None:
    """Have everybody speak in turn."""
    given = call.body.get("input")
    roles = [item.get("role") for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    if any(one == other == "assistant" for one, other in pairwise(roles)):
        raise Refusal(400, "Roles must alternate.", param="input")
