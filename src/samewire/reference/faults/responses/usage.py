"""Faults of usage: tokens that are counted wrongly, or under other names."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, final, lifecycle, made
from samewire.reference.faults.responses.whole import ALL
from samewire.reference.responses_prompt import listen


@fault(
    "responses_usage.chat_names",
    "Usage has the names of Chat Completions.",
    "document",
    {"responses.usage.shape": "broken", "responses.usage.details": "broken"},
    blocks=ALL,
    known=("resp-usage-chat-names",),
)
def chat_names(call: Call) -> None:
    """Count as Chat Completions does."""
    for one in made(call):
        usage = one["usage"]
        one["usage"] = {
            "prompt_tokens": usage["input_tokens"],
            "completion_tokens": usage["output_tokens"],
            "total_tokens": usage["total_tokens"],
        }


@fault("responses_usage.total_wrong", "total_tokens is one too many.", "document", {"responses.usage.total": "broken"})
def total_wrong(call: Call) -> None:
    """Count one more."""
    for one in made(call):
        one["usage"]["total_tokens"] += 1


@fault(
    "responses_usage.tier",
    "service_tier is a word of the vendor's own.",
    "document",
    {"responses.response.service_tier": "broken"},
)
def tier(call: Call) -> None:
    """Name another tier."""
    for one in made(call):
        one["service_tier"] = "on_demand"


@fault(
    "responses_usage.nothing",
    "Nothing is counted: every count is 0.",
    "document",
    {
        "responses.usage.counts": "broken",
        "responses.usage.output_grows": "broken",
    },
    blocks=ALL,
)
def nothing(call: Call) -> None:
    """Count nothing."""
    for one in made(call):
        one["usage"].update(input_tokens=0, output_tokens=0, total_tokens=0)
        one["usage"]["output_tokens_details"]["reasoning_tokens"] = 0


@fault(
    "responses_usage.input_constant",
    "Every input counts 50 tokens.",
    "answers",
    {"responses.usage.grows": "broken", "responses.count.agrees": "broken"},
    blocks=(
        "responses.state.*",
        "responses.tools.offered",
        "responses.tools.previous_output",
        "responses.tools.referred_output",
    ),
)
def input_constant(call: Call) -> None:
    """Count without looking."""
    call.prompt_tokens = 50


@fault(
    "responses_usage.output_constant",
    "Every answer counts 10 tokens.",
    "answers",
    {"responses.usage.output_grows": "broken"},
    blocks=("responses.limits.*",),
)
def output_constant(call: Call) -> None:
    """Count without looking."""
    for answer in call.answers:
        answer.spent = 10 + answer.thought


@fault(
    "responses_usage.stream_input_free",
    "Beside tools, streams count no tokens of what goes in.",
    "chunks",
    {"responses.stream.counts": "broken"},
    blocks=("responses.usage.*", "responses.tools.*"),
)
def stream_input_free(call: Call) -> None:
    """Count what comes out."""
    for one in final(call) if call.body.get("tools") else ():
        if one.get("usage"):
            one["usage"]["total_tokens"] -= one["usage"]["input_tokens"]
            one["usage"]["input_tokens"] = 0


@fault(
    "responses_usage.stream_model",
    "Streams name no model.",
    "chunks",
    {"responses.stream.same_model": "broken"},
)
def stream_model(call: Call) -> None:
    """Leave it to the whole answer."""
    for one in lifecycle(call):
        one["model"] = ""


@fault(
    "responses_usage.turns_left_out",
    "input_tokens counts what is sent alone, and not the turns before that it is put after.",
    "answers",
    {"responses.usage.turns_once": "broken"},
    blocks=("responses.state.output", "responses.tools.previous_output"),
)
def turns_left_out(call: Call) -> None:
    """Count what came."""
    before = call.notes["before"]
    call.notes["before"] = []
    listen(call, speak=False)
    call.notes["before"] = before
