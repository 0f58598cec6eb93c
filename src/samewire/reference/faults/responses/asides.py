"""Faults beside the words: in headers, ids and refusals that nobody expects, and in what is only told again."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.framing import stored
from samewire.reference.faults.responses.declaring import ABSENT, fault, made, of, put

fault(
    "responses_asides.stored",
    "Streams are declared as such that may be kept for an hour.",
    "response",
    {"responses.stream.not_stored": "broken"},
)(stored)


@fault(
    "responses_asides.echo",
    "The key comes back in a header.",
    "response",
    {"responses.errors.no_echo": "broken"},
)
def echo(call: Call) -> None:
    """Say the key."""
    if call.response.status == 200:
        call.response.set("x-debug", call.request.headers.get("authorization", ""))


@fault(
    "responses_asides.echo_refused",
    "A refused key is repeated whole.",
    "error",
    {"responses.errors.no_echo": "broken"},
)
def echo_refused(call: Call) -> None:
    """Repeat the key."""
    if call.response.status == 401:
        key = call.request.headers.get("authorization", "").removeprefix("Bearer ")
        call.document["error"]["message"] = f"Incorrect API key provided: {key}"


@fault(
    "responses_asides.bare_refusal",
    "Pictures are refused, without an error object.",
    "error",
    {"responses.errors.envelope": "broken"},
    blocks=("responses.images.*",),
    vision=False,
)
def bare_refusal(call: Call) -> None:
    """Say it as another part of the server would."""
    if "image" in call.document["error"]["message"].lower():
        call.document = {"object": "error", "message": call.document["error"]["message"], "code": 400}


@fault(
    "responses_asides.one_id",
    "A call has its call_id for an id, too.",
    "document",
    {"responses.items.of_calls": "broken", "responses.state.get_same": "broken"},
)
def one_id(call: Call) -> None:
    """Name it once."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "function_call":
                item["id"] = item["call_id"]


@fault(
    "responses_asides.custom_empty_object",
    "A custom tool is called with the empty arguments of a function.",
    "document",
    {"responses.custom.called": "broken"},
)
def custom_empty_object(call: Call) -> None:
    """Take it for a function that was given no schema."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "custom_tool_call":
                item["input"] = "{}"


@fault(
    "responses_asides.include_fails",
    "Listing the input fails where something is to be included.",
    "request",
    {"responses.state.input_items_paged": "broken"},
)
def include_fails(call: Call) -> None:
    """Have it not done yet."""
    if call.path.endswith("/input_items") and any(name.startswith("include") for name in call.request.query):
        raise Refusal(500, "Not implemented.", type="server_error")


@fault(
    "responses_asides.schema_not_told",
    "The format that a response tells has lost its schema.",
    "document",
    {"responses.echo.format": "broken"},
    blocks=("responses.state.get_same",),
)
def schema_not_told(call: Call) -> None:
    """Tell its name alone."""
    for one in made(call):
        put(one, "text/format/schema", ABSENT)


@fault(
    "responses_asides.null_logprobs",
    "The logprobs of a delta are null where none were asked for.",
    "chunks",
    {"responses.stream.logprobs": "broken"},
)
def null_logprobs(call: Call) -> None:
    """Have none."""
    for event in of(call, "response.output_text.delta"):
        event["logprobs"] = event.get("logprobs") or None


@fault(
    "responses_asides.gone_in_text",
    "That a response is not there is told in plain text.",
    "error",
    {"responses.state.deleted_is_gone": "broken", "responses.errors.unknown_url": "broken"},
)
def gone_in_text(call: Call) -> None:
    """Leave it to the router."""
    if call.request.method == "GET" and call.response.status == 404 and call.path.startswith("/responses/resp_"):
        call.document = "404 page not found"


@fault(
    "responses_asides.thoughts_in_text",
    "What was thought stands in the text, between tags.",
    "document",
    {"responses.items.no_marks": "broken"},
    blocks=("responses.state.get_same",),
)
def thoughts_in_text(call: Call) -> None:
    """Don't tell one from the other."""
    for one in made(call):
        if call.body and call.body.get("input") == "Say hello." and not call.body.get("text"):
            for item in one["output"]:
                for part in item.get("content") or ():
                    part["text"] = f"<think>\nSomebody wants to be greeted.\n</think>\n\n{part['text']}"


@fault(
    "responses_asides.bare_logprobs",
    "The logprobs of a delta are numbers, without their tokens.",
    "chunks",
    {"responses.stream.logprobs": "broken"},
    blocks=("responses.parameters.stream_logprobs*",),
)
def bare_logprobs(call: Call) -> None:
    """Tell the numbers alone."""
    for event in of(call, "response.output_text.delta", "response.output_text.done"):
        event["logprobs"] = [entry["logprob"] for entry in event.get("logprobs") or ()]


@fault(
    "responses_asides.choice_later",
    "The response that a stream begins with tells the default choice of tools, whatever was asked for.",
    "chunks",
    {"responses.stream.constant": "broken"},
)
def choice_later(call: Call) -> None:
    """Fill it in later."""
    for event in of(call, "response.created"):
        event["response"] = {**event["response"], "tool_choice": "auto"}


@fault(
    "responses_asides.cache_key_number",
    "prompt_cache_key is a number.",
    "document",
    {"responses.response.rest": "broken"},
)
def cache_key_number(call: Call) -> None:
    """Tell the number that it was made into."""
    if isinstance(call.document, dict) and "prompt_cache_key" in call.document:
        call.document["prompt_cache_key"] = 7


@fault(
    "responses_asides.begun_without_tools",
    "The response that a stream begins with tells no tools.",
    "chunks",
    {"responses.stream.constant": "broken"},
)
def begun_without_tools(call: Call) -> None:
    """Fill them in later."""
    for event in of(call, "response.created", "response.in_progress"):
        event["response"] = {**event["response"], "tools": []}


@fault(
    "responses_asides.thoughts_beyond",
    "In streams, reasoning_tokens is more than output_tokens.",
    "chunks",
    {"responses.stream.usage_details": "broken"},
    blocks=("responses.stream.same_output", "responses.tools.referred_output", "responses.tools.previous_output"),
)
def thoughts_beyond(call: Call) -> None:
    """Count them beside, not among."""
    for event in of(call, "response.completed", "response.incomplete"):
        usage = event["response"]["usage"]
        details = {**usage["output_tokens_details"], "reasoning_tokens": usage["output_tokens"] + 60}
        event["response"] = {**event["response"], "usage": {**usage, "output_tokens_details": details}}


@fault(
    "responses_asides.summary_done_empty",
    "The event that ends a summary's text holds none.",
    "chunks",
    {"responses.stream.same_summary": "broken"},
)
def summary_done_empty(call: Call) -> None:
    """Say that it is done, and no more."""
    for event in of(call, "response.reasoning_summary_text.done"):
        event["text"] = ""


@fault(
    "responses_asides.completed_later",
    "The response that a stream ends with is completed in the far future.",
    "chunks",
    {"responses.response.completed_at": "broken"},
)
def completed_later(call: Call) -> None:
    """Count in milliseconds."""
    for event in of(call, "response.completed"):
        event["response"] = {**event["response"], "completed_at": event["response"]["created_at"] * 1000}


@fault(
    "responses_asides.part_logprobs",
    "A part that is done tells of other tokens than its deltas.",
    "chunks",
    {"responses.parameters.stream_logprobs_alike": "broken"},
)
def part_logprobs(call: Call) -> None:
    """Tell of the last token each time."""
    for event in of(call, "response.content_part.done"):
        if every := event["part"].get("logprobs"):
            event["part"] = {**event["part"], "logprobs": [every[-1] for _ in every]}


@fault(
    "responses_asides.custom_call_renamed",
    "The response that a stream ends with has other ids for the calls of custom tools.",
    "chunks",
    {"responses.custom.stream": "broken"},
)
def custom_call_renamed(call: Call) -> None:
    """Make an id wherever one is needed."""
    for event in of(call, "response.completed"):
        items = event["response"]["output"]
        renamed = [
            {**one, "call_id": f"{one['call_id']}_0"} if one["type"] == "custom_tool_call" else one for one in items
        ]
        event["response"] = {**event["response"], "output": renamed}


@fault(
    "responses_asides.summary_part_empty",
    "The event that ends a part of a summary holds no text.",
    "chunks",
    {"responses.stream.same_summary": "broken"},
)
def summary_part_empty(call: Call) -> None:
    """Say that it is done, and no more."""
    for event in of(call, "response.reasoning_summary_part.done"):
        event["part"] = {**event["part"], "text": ""}


@fault(
    "responses_asides.summary_part_type",
    "The parts of a summary are of the type output_text.",
    "chunks",
    {"responses.stream.part": "broken"},
)
def summary_part_type(call: Call) -> None:
    """Call all parts alike."""
    for event in of(call, "response.reasoning_summary_part.added", "response.reasoning_summary_part.done"):
        event["part"] = {**event["part"], "type": "output_text"}
