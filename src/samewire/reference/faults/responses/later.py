"""Faults that show only beside something else: in streams and not in whole answers, in what was cut off, in items."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import ABSENT, fault, final, lifecycle, made, put
from samewire.reference.faults.responses.ignored import again
from samewire.reference.responses_prompt import listen


@fault(
    "responses_later.items_in_progress",
    "The items of the response that a stream is completed with are in progress.",
    "chunks",
    {"responses.stream.items_completed": "broken"},
)
def items_in_progress(call: Call) -> None:
    """Leave items as they were."""
    for one in final(call):
        if one["status"] == "completed":
            put(one, "output/*/status", "in_progress")


#: Settings that streams tell wrongly → what they tell.
TOLD: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": 4096,
    "tools": [],
    "tool_choice": "auto",
    "truncation": "auto",
    "top_logprobs": 0,
}
for _name, _value in TOLD.items():

    @fault(
        f"responses_later.{_name}_untold",
        f"In streams, {_name} is told to be {_value!r}.",
        "chunks",
        {
            "responses.echo.stream": "broken",
            **({"responses.stream.same_settings": "broken"} if _name == "truncation" else {}),
        },
    )
    def untold(call: Call, name: str = _name, value: Any = _value) -> None:
        """Tell the default."""
        for one in lifecycle(call):
            one[name] = value


@fault(
    "responses_later.instructions_in_streams",
    "In streams, instructions are ignored.",
    "answers",
    {"responses.input.stream": "ignored"},
    blocks=("responses.state.own_instructions",),
)
def instructions_in_streams(call: Call) -> None:
    """Follow nobody."""
    if call.streamed:
        again(call, instructions=None)


@fault(
    "responses_later.metadata_cut",
    "Values of metadata are cut after 255 letters.",
    "document",
    {"responses.echo.metadata": "broken"},
)
def metadata_cut(call: Call) -> None:
    """Keep what fits."""
    for one in made(call):
        one["metadata"] = {name: value[:255] for name, value in one["metadata"].items()}


for _name in ("id", "status"):

    @fault(
        f"responses_later.calls_without_{_name}",
        f"Calls have no {_name}.",
        "document",
        {"responses.items.of_calls": "broken"},
    )
    def bare(call: Call, name: str = _name) -> None:
        """Leave it out."""
        for one in made(call):
            for item in one["output"]:
                if item["type"] == "function_call":
                    put(item, name, ABSENT)


@fault(
    "responses_later.output_not_followed",
    "Of the response before, only the input reaches the model.",
    "answers",
    {"responses.state.output": "ignored", "responses.tools.previous_output": "unsupported"},
)
def output_not_followed(call: Call) -> None:
    """Forget what was said before."""
    name = call.body.get("previous_response_id")
    if name:
        kept = call.memory["responses"][name]
        call.notes["before"] = [*kept["before"], *kept["input"]]
        call.answers.clear()
        listen(call)


@fault(
    "responses_later.streamed_not_followed",
    "Of a streamed response before, only the input reaches the model, without its calls and words.",
    "body",
    {"responses.tools.previous_call": "ignored"},
    blocks=("responses.tools.previous_output",),
)
def streamed_not_followed(call: Call) -> None:
    """Forget what was said in streams."""
    kept = call.memory["responses"] = Unsaid(call.memory.get("responses", {}))
    kept.streamed, kept.followed = call.streamed, bool(call.body.get("previous_response_id"))


class Unsaid(dict[str, Any]):
    """Keeps responses, and of those that were streamed has no output for who follows them."""

    streamed = followed = False

    def __setitem__(self, name: str, kept: Any) -> None:
        """Remember how it was made."""
        super().__setitem__(name, {**kept, "streamed": self.streamed})

    def __getitem__(self, name: str) -> Any:
        """Give what is followed, or fetched."""
        kept = super().__getitem__(name)
        unsaid, self.followed = self.followed and kept["streamed"], False
        return {**kept, "document": {**kept["document"], "output": []}} if unsaid else kept


@fault(
    "responses_later.calls_at_one_place",
    "What is told of a further call in a stream has its item_id, and the output_index of the first.",
    "chunks",
    {"responses.stream.item_ids": "broken"},
    blocks=("responses.call_stream.*", "responses.stream.*", "responses.state.get_same"),
)
def calls_at_one_place(call: Call) -> None:
    """Count items when they are added alone."""
    for event in call.chunks:
        if "item_id" in event and event["type"].startswith("response.function_call_arguments."):
            event["output_index"] = 0


@fault(
    "responses_later.detail_needed",
    "A picture without `detail` is refused.",
    "body",
    {"responses.images.seen": "unsupported", "responses.images.by_url": "unsupported"},
    blocks=("responses.images.*",),
)
def detail_needed(call: Call) -> None:
    """Hold to the letter of the schema."""
    put_in = call.body.get("input")
    held = [item.get("content") for item in put_in] if isinstance(put_in, list) else []
    parts = [part for content in held if isinstance(content, list) for part in content]
    if any(part.get("type") == "input_image" and "detail" not in part for part in parts):
        raise Refusal(400, "Field required: input[0].content[1].detail", param="input[0].content[1].detail")


@fault(
    "responses_later.cut_words_lost",
    "A response that was cut off has no output.",
    "document",
    {"responses.limits.words": "broken"},
    blocks=("responses.limits.item", "responses.usage.output_grows"),
)
def cut_words_lost(call: Call) -> None:
    """Lose what was said."""
    for one in made(call):
        if one["status"] == "incomplete":
            one["output"] = []


@fault(
    "responses_later.cut_fails",
    "A stream that is cut off ends with response.failed.",
    "chunks",
    {"responses.limits.stream": "broken"},
    blocks=(
        "responses.limits.stream_kept",
        "responses.stream.own_items",
    ),
)
def cut_fails(call: Call) -> None:
    """Take an end for a failure."""
    last = call.chunks[-1]
    if last["type"] == "response.incomplete":
        last["type"] = "response.failed"
        error = {"code": "server_error", "message": "The limit was met."}
        last["response"].update(status="failed", error=error, incomplete_details=None)


@fault(
    "responses_later.output_counted_twice",
    "Streams count their output twice.",
    "chunks",
    {"responses.stream.same_output": "broken"},
    blocks=("responses.limits.stream",),
)
def output_counted_twice(call: Call) -> None:
    """Count it again."""
    for one in final(call):
        usage = one["usage"]
        usage["output_tokens"] *= 2
        usage["total_tokens"] = usage["input_tokens"] + usage["output_tokens"]


@fault(
    "responses_later.part_of_chat",
    "In streams, parts have the type text.",
    "chunks",
    {"responses.stream.part": "broken"},
    blocks=("responses.stream.*",),
)
def part_of_chat(call: Call) -> None:
    """Name parts as Chat Completions does."""
    for event in call.chunks:
        if event["type"].startswith("response.content_part."):
            event["part"]["type"] = "text"


@fault(
    "responses_later.calls_unannounced",
    "A call of a stream comes in its last event alone.",
    "chunks",
    {"responses.stream.all_items": "broken"},
    blocks=("responses.call_stream.*", "responses.custom.stream"),
)
def calls_unannounced(call: Call) -> None:
    """Tell it at the end."""
    if any(item["type"].endswith("_call") for item in final(call)[0]["output"]):
        del call.chunks[2:-1]
        call.chunks[-1]["sequence_number"] = 2


@fault(
    "responses_later.deleting_fails",
    "Deleting fails with a 500.",
    "request",
    {"responses.state.delete": "broken"},
    blocks=(
        "responses.state.delete_*",
        "responses.state.*",
        "responses.keys.delete",
    ),
)
def deleting_fails(call: Call) -> None:
    """Fall over it."""
    if call.request.method == "DELETE":
        raise Refusal(500, "Internal Server Error", type="server_error")


@fault(
    "responses_later.refused_as_200",
    "In streams, mistakes are answered with 200 and an error.",
    "error",
    {"responses.errors.not_with_200": "broken"},
    blocks=(
        "responses.errors.same_in_streams",
        "responses.errors.unknown_model",
        "responses.mistakes.*",
        "responses.unknown.previous",
    ),
)
def refused_as_200(call: Call) -> None:
    """Fail with a success."""
    if call.streamed:
        call.response.status = 200
