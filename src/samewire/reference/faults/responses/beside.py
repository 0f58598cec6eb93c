"""Faults of what is told beside the words: calls, logprobs, settings, and what came before."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import fault, final, lifecycle, made, of, put, renumber
from samewire.reference.faults.responses.ignored import again
from samewire.reference.responses_prompt import listen


@fault(
    "responses_beside.one_call_in_streams",
    "In streams, the second of two calls is lost.",
    "chunks",
    {"responses.call_stream.as_many": "broken", "responses.state.get_same": "broken"},
    blocks=("responses.call_stream.apart",),
)
def one_call_in_streams(call: Call) -> None:
    """Keep the first."""
    added = of(call, "response.output_item.added")
    later = [event["output_index"] for event in added if event["item"]["type"] == "function_call"][1:]
    call.chunks[:] = [event for event in call.chunks if event.get("output_index") not in later]
    for one in final(call):
        one["output"] = [item for place, item in enumerate(one["output"]) if place not in later]
    renumber(call)


@fault(
    "responses_beside.no_logprobs_in_streams",
    "In streams, logprobs that were asked for don't come.",
    "chunks",
    {"responses.parameters.stream_logprobs": "ignored"},
    blocks=("responses.parameters.stream_logprobs_alike",),
)
def no_logprobs_in_streams(call: Call) -> None:
    """Hide them."""
    for event in call.chunks:
        if "logprobs" in event:
            event["logprobs"] = []


@fault(
    "responses_beside.rounded_logprobs",
    "The logprobs that a streamed text ends with are rounded.",
    "chunks",
    {"responses.parameters.stream_logprobs_alike": "broken"},
)
def rounded_logprobs(call: Call) -> None:
    """Tell about as much."""
    for event in of(call, "response.output_text.done"):
        for one in event.get("logprobs") or ():
            one["logprob"] = float(round(one["logprob"]) - 1)


@fault(
    "responses_beside.no_alternatives",
    "top_logprobs is ignored.",
    "document",
    {"responses.parameters.logprobs": "ignored"},
)
def no_alternatives(call: Call) -> None:
    """Know one way to say it."""
    for one in made(call):
        put(one, "output/*/content/*/logprobs/*/top_logprobs", [])


@fault(
    "responses_beside.instructions_after_a_response",
    "Beside previous_response_id, instructions are ignored.",
    "answers",
    {"responses.state.own_instructions": "ignored"},
)
def instructions_after(call: Call) -> None:
    """Hear the first alone."""
    if call.notes["before"]:
        again(call, instructions=None)


@fault(
    "responses_beside.instructions_refused_after_a_response",
    "Beside previous_response_id, instructions are refused.",
    "body",
    {"responses.state.own_instructions": "unsupported"},
)
def instructions_refused_after(call: Call) -> None:
    """Take one of them."""
    if call.body.get("instructions") and call.body.get("previous_response_id"):
        raise Refusal(400, "Argument not supported: instructions", param="instructions", code="invalid_argument")


@fault(
    "responses_beside.not_followed_in_streams",
    "In streams, previous_response_id is ignored.",
    "answers",
    {"responses.state.chain": "ignored", "responses.tools.previous_output": "unsupported"},
)
def not_followed_in_streams(call: Call) -> None:
    """Forget while speaking."""
    if call.streamed and call.notes["before"]:
        call.notes["before"] = []
        call.answers.clear()
        listen(call)


@fault(
    "responses_beside.one_turn_followed",
    "Of the responses before, only the last reaches the model.",
    "answers",
    {"responses.state.chain": "ignored"},
)
def one_turn_followed(call: Call) -> None:
    """Remember yesterday."""
    name = call.body.get("previous_response_id")
    if name:
        kept = call.memory["responses"][name]
        call.notes["before"] = [*kept["input"], *kept["document"]["output"]]
        call.answers.clear()
        listen(call)


@fault(
    "responses_beside.streams_not_kept",
    "Responses that are streamed tell that they are stored, and are not.",
    "events",
    {"responses.state.streamed": "ignored"},
    blocks=("responses.tools.previous_output",),
    known=("resp-store-unimplemented",),
)
def streams_not_kept(call: Call) -> None:
    """Forget what was said."""
    call.memory["responses"].pop(call.chunks[-1]["response"]["id"], None)


@fault(
    "responses_beside.begins_full",
    "A message that is added holds all its words before the first delta.",
    "chunks",
    {"responses.stream.text_begins_empty": "broken"},
)
def begins_full(call: Call) -> None:
    """Say it twice."""
    ends = {event["item"]["id"]: event["item"] for event in of(call, "response.output_item.done")}
    for event in of(call, "response.output_item.added"):
        if event["item"]["type"] == "message":
            event["item"]["content"] = json.loads(json.dumps(ends[event["item"]["id"]]["content"]))


@fault(
    "responses_beside.part_begins_full",
    "A part that is added holds all its words before the first delta.",
    "chunks",
    {"responses.stream.text_begins_empty": "broken"},
)
def part_begins_full(call: Call) -> None:
    """Say it twice."""
    ends = {event["item_id"]: event["part"]["text"] for event in of(call, "response.content_part.done")}
    for event in of(call, "response.content_part.added"):
        event["part"]["text"] = ends[event["item_id"]]


@fault(
    "responses_beside.effort_untold",
    "Another effort is told than was sent.",
    "document",
    {"responses.echo.reasoning": "broken"},
)
def effort_untold(call: Call) -> None:
    """Tell the default."""
    for one in made(call):
        if one["reasoning"]["effort"]:
            one["reasoning"]["effort"] = "medium"


@fault(
    "responses_beside.all_null",
    "All settings are told as null.",
    "document",
    {"responses.echo.not_null": "broken"},
    blocks=("responses.echo.*",),
)
def all_null(call: Call) -> None:
    """Tell nothing."""
    for one in made(call):
        for name in ("instructions", "previous_response_id", "max_output_tokens", "temperature", "top_p", "metadata"):
            one[name] = None
        one["truncation"] = one["reasoning"] = None


@fault(
    "responses_beside.format_untold_in_streams",
    "In streams, the format is told to be text.",
    "chunks",
    {"responses.echo.stream": "broken"},
)
def format_untold(call: Call) -> None:
    """Tell the default."""
    for one in lifecycle(call):
        one["text"] = {"format": {"type": "text"}}


@fault(
    "responses_beside.strict_untold",
    "Tools are told not to be strict.",
    "chunks",
    {"responses.echo.stream": "broken"},
)
def strict_untold(call: Call) -> None:
    """Promise less."""
    for one in lifecycle(call):
        put(one, "tools/*/strict", False)


@fault(
    "responses_beside.calls_as_words",
    "Calls that were not forced come as markup in the text.",
    "document",
    {"responses.tools.no_markup": "broken"},
    blocks=("responses.tools.*", "responses.call_stream.*"),
)
def calls_as_words(call: Call) -> None:
    """Say what is to be done."""
    if isinstance(call.body, dict) and call.body.get("tool_choice") in (None, "auto"):
        for one in made(call):
            for place, item in enumerate(one["output"]):
                if item["type"] == "function_call":
                    words = f'<tool_call>{{"name": "{item["name"]}", "arguments": {item["arguments"]}}}</tool_call>'
                    part = {"type": "output_text", "text": words, "annotations": [], "logprobs": []}
                    own = {"id": f"msg_{item['id']}", "status": "completed", "role": "assistant"}
                    one["output"][place] = {**own, "type": "message", "content": [part]}


@fault(
    "responses_beside.no_arguments",
    "A call without arguments has an empty text for them.",
    "document",
    {"responses.tools.arguments": "broken"},
)
def no_arguments(call: Call) -> None:
    """Leave out the braces."""
    for one in made(call):
        for item in one["output"]:
            if item.get("arguments") == "{}":
                item["arguments"] = ""


@fault(
    "responses_beside.arguments_nested",
    "The arguments of a call stand below another name.",
    "document",
    {"responses.tools.arguments": "broken", "responses.state.get_same": "broken"},
    blocks=("responses.tools.parameters",),
)
def arguments_nested(call: Call) -> None:
    """Wrap them."""
    for one in made(call):
        for item in one["output"]:
            if item.get("arguments") and item["arguments"] != "{}":
                item["arguments"] = f'{{"arguments": {item["arguments"]}}}'


@fault(
    "responses_beside.custom_wrapped",
    "The input of a custom tool is wrapped in JSON.",
    "document",
    {"responses.custom.called": "broken"},
)
def custom_wrapped(call: Call) -> None:
    """Wrap it."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "custom_tool_call":
                item["input"] = json.dumps({"input": item["input"]})


@fault(
    "responses_beside.other_name_when_done",
    "The arguments of a call end under another name than it was added with.",
    "chunks",
    {"responses.call_stream.arguments_done": "broken"},
)
def other_name(call: Call) -> None:
    """Change the name."""
    for event in of(call, "response.function_call_arguments.done"):
        event["name"] = "other"


@fault(
    "responses_beside.summary_lost_at_the_end",
    "The response that a stream ends with has lost the summaries of what was thought.",
    "chunks",
    {"responses.stream.same_summary": "broken"},
)
def summary_lost(call: Call) -> None:
    """Forget what was thought."""
    for one in final(call):
        put(one, "output/*/summary", [])


@fault(
    "responses_beside.listed_as_text",
    "The input of a response is listed with its content as a string.",
    "document",
    {"responses.state.input_items": "broken"},
    blocks=("responses.state.input_items*",),
)
def listed_as_text(call: Call) -> None:
    """Flatten it."""
    if isinstance(call.document, dict) and call.document.get("object") == "list":
        for item in call.document["data"]:
            item["content"] = "".join(part.get("text", "") for part in item["content"])
