"""Faults of what is accepted, and of which nothing comes."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, input_text, made
from samewire.reference.responses_prompt import listen

IGNORED = "ignored"


def again(call: Call, **other: Any) -> None:
    """Let the model answer as if the request had said something else, which is told again all the same."""
    given = call.body
    call.body = {**given, **other}
    call.answers.clear()
    listen(call)
    call.body = given


def keep(call: Call, items: list[dict[str, Any]]) -> None:
    """Let the model see only these of the items that were put in."""
    given = call.notes["input"]
    call.notes["input"] = items
    call.answers.clear()
    listen(call)
    call.notes["input"] = given


@fault(
    "responses_ignored.limit",
    "max_output_tokens is ignored.",
    "answers",
    {
        "responses.limits.kept": IGNORED,
        "responses.limits.stream_kept": IGNORED,
    },
    blocks=("responses.limits.*", "responses.usage.output_grows"),
)
def limit(call: Call) -> None:
    """Say it all."""
    again(call, max_output_tokens=None)


@fault(
    "responses_ignored.limit_beside_tools",
    "max_output_tokens is ignored beside tools.",
    "answers",
    {"responses.limits.stream_kept": IGNORED},
    blocks=("responses.limits.stream",),
)
def limit_beside_tools(call: Call) -> None:
    """Say it all."""
    if call.body.get("tools"):
        again(call, max_output_tokens=None)


@fault(
    "responses_ignored.limit_in_streams",
    "max_output_tokens is ignored in streams.",
    "answers",
    {"responses.limits.stream_kept": IGNORED},
    blocks=("responses.limits.stream",),
)
def limit_in_streams(call: Call) -> None:
    """Say it all."""
    if call.streamed:
        again(call, max_output_tokens=None)


@fault(
    "responses_ignored.cut_completed",
    "A response that was cut off is completed.",
    "document",
    {"responses.limits.incomplete": "broken"},
    blocks=("responses.limits.*", "responses.usage.output_grows"),
)
def cut_completed(call: Call) -> None:
    """Call it done."""
    for one in made(call):
        if one["status"] == "incomplete":
            one.update(status="completed", incomplete_details=None)
            for item in one["output"]:
                item["status"] = "completed"


@fault(
    "responses_ignored.cut_for_max_tokens",
    "A response that was cut off gives another reason.",
    "document",
    {"responses.limits.reason": "broken"},
)
def cut_for_max_tokens(call: Call) -> None:
    """Give another reason."""
    for one in made(call):
        if one["incomplete_details"]:
            one["incomplete_details"]["reason"] = "content_filter"


@fault(
    "responses_ignored.cut_for_length",
    "A response that was cut off gives the reason of another protocol.",
    "document",
    {"responses.response.keys": "broken"},
    blocks=("responses.*",),
)
def cut_for_length(call: Call) -> None:
    """Give the reason in other words."""
    for one in made(call):
        if one["incomplete_details"]:
            one["incomplete_details"]["reason"] = "length"


@fault(
    "responses_ignored.cut_stream_completed",
    "A stream that was cut off ends with response.completed.",
    "chunks",
    {"responses.limits.stream": "broken", "responses.stream.items_completed": "broken"},
)
def cut_stream_completed(call: Call) -> None:
    """Call it done."""
    last = call.chunks[-1]
    if last["type"] == "response.incomplete":
        last["type"] = "response.completed"
        last["response"].update(status="completed", incomplete_details=None)


@fault(
    "responses_ignored.falsely_cut",
    "A long response is called incomplete that is not.",
    "document",
    {"responses.limits.no_false_limit": "broken", "responses.stream.same_status": "broken"},
)
def falsely_cut(call: Call) -> None:
    """Blame the limit."""
    for one in made(call):
        if len(json.dumps(one["output"])) > 300 and one["status"] == "completed" and "Count" in input_text(call):
            one.update(status="incomplete", incomplete_details={"reason": "max_output_tokens"})


@fault(
    "responses_ignored.instructions",
    "instructions are ignored.",
    "answers",
    {"responses.input.instructions": IGNORED},
    blocks=(
        "responses.state.*",
        "responses.input.stream",
        "responses.input.together",
    ),
)
def instructions(call: Call) -> None:
    """Follow nobody."""
    again(call, instructions=None)


#: Role of messages that don't reach the model → the checks that see it.
ROLES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "developer": ({"responses.input.developer": IGNORED}, ("role-developer-dropped",)),
    "system": ({"responses.input.system": IGNORED}, ()),
    "assistant": ({"responses.input.assistant": IGNORED, "responses.input.items": IGNORED}, ()),
}
for _role, (_turns, _known) in ROLES.items():

    @fault(
        f"responses_ignored.{_role}",
        f"Messages of the role {_role} don't reach the model.",
        "answers",
        _turns,
        blocks=("responses.input.together", "responses.input.reference"),
        known=_known,
    )
    def role(call: Call, name: str = _role) -> None:
        """Drop what others said."""
        keep(call, [item for item in call.notes["input"] if item.get("role") != name])


@fault(
    "responses_ignored.history",
    "Only the last item of the input reaches the model.",
    "answers",
    {
        "responses.input.history": IGNORED,
        "responses.input.assistant": IGNORED,
        "responses.input.items": IGNORED,
        "responses.input.developer": IGNORED,
        "responses.input.system": IGNORED,
        "responses.custom.output_arrives": IGNORED,
        "responses.count.agrees": "broken",
    },
    blocks=(
        "responses.images.tool_output",
        "responses.input.together",
        "responses.images.several",
        "responses.images.before_text",
        "responses.input.reference",
        "responses.tools.past_arguments",
    ),
)
def history(call: Call) -> None:
    """Forget what was before."""
    keep(call, call.notes["input"][-1:])


@fault(
    "responses_ignored.first_parts",
    "Only the last part of a message or output reaches the model.",
    "answers",
    {"responses.input.parts": IGNORED},
    blocks=(
        "responses.images.*",
        "responses.input.together",
    ),
)
def first_parts(call: Call) -> None:
    """Take the last part for all."""
    kept = []
    for item in call.notes["input"]:
        if isinstance(item.get("content"), list) and len(item["content"]) > 1:
            texts = [part for part in item["content"] if part["type"] == "input_text"]
            others = [part for part in item["content"] if part["type"] != "input_text"]
            item = {**item, "content": [*texts[-1:], *others]}
        kept.append(item)
    keep(call, kept)


@fault(
    "responses_ignored.string",
    "A string is put into another form than a message.",
    "answers",
    {"responses.input.string": "broken"},
)
def string(call: Call) -> None:
    """Count a template."""
    if isinstance(call.body["input"], str):
        call.prompt_tokens += 11


@fault(
    "responses_ignored.references",
    "References to items are dropped.",
    "answers",
    {"responses.input.reference": "broken"},
)
def references(call: Call) -> None:
    """Follow no reference."""
    given = call.body["input"]
    if isinstance(given, list):
        pairs = zip(given, call.notes["input"], strict=True)
        keep(call, [item for sent, item in pairs if sent.get("type") != "item_reference"])


def without_parts(call: Call, kind: str) -> None:
    """Let the model see no parts of this kind."""
    kept = []
    for item in call.notes["input"]:
        for name in ("content", "output"):
            if isinstance(item.get(name), list):
                item = {**item, name: [part for part in item[name] if part["type"] != kind]}
        kept.append(item)
    keep(call, kept)


@fault(
    "responses_ignored.images",
    "Pictures are dropped.",
    "answers",
    {"responses.images.seen": IGNORED, "responses.images.by_url": IGNORED, "responses.images.jpeg": IGNORED},
    blocks=("responses.images.*",),
)
def images(call: Call) -> None:
    """Look at nothing."""
    without_parts(call, "input_image")


@fault(
    "responses_ignored.images_counted",
    "Pictures are counted, and not looked at.",
    "answers",
    {"responses.images.seen": IGNORED, "responses.images.by_url": IGNORED, "responses.images.jpeg": IGNORED},
    blocks=("responses.images.*",),
)
def images_counted(call: Call) -> None:
    """Take the money for nothing."""
    counted = call.prompt_tokens
    without_parts(call, "input_image")
    call.prompt_tokens = counted


@fault("responses_ignored.files", "Files are dropped.", "answers", {"responses.images.file": IGNORED})
def files(call: Call) -> None:
    """Read nothing."""
    without_parts(call, "input_file")


@fault(
    "responses_ignored.outputs",
    "The outputs of tools don't reach the model.",
    "answers",
    {
        "responses.tools.output_arrives": IGNORED,
        "responses.tools.output_parts": IGNORED,
        "responses.images.tool_output": IGNORED,
        "responses.custom.output_arrives": IGNORED,
        "responses.tools.referred_output": IGNORED,
    },
    blocks=("responses.input.together",),
)
def outputs(call: Call) -> None:
    """Drop the outputs."""
    keep(call, [{**item, "output": ""} if "output" in item else item for item in call.notes["input"]])


@fault(
    "responses_ignored.second_parts",
    "Only the first part of an output reaches the model.",
    "answers",
    {"responses.tools.output_parts": IGNORED, "responses.images.tool_output": IGNORED},
    blocks=("responses.input.together",),
)
def second_parts(call: Call) -> None:
    """Take the first part for all."""
    kept = [
        {**item, "output": item["output"][:1]} if isinstance(item.get("output"), list) else item
        for item in call.notes["input"]
    ]
    keep(call, kept)
