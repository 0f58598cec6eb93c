"""Faults that show in longer conversations: things that reach the model alone, and not beside others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import missing
from samewire.reference.faults.responses.declaring import fault
from samewire.reference.faults.responses.ignored import again, keep

Items = list[dict[str, Any]]
TOGETHER = {"responses.input.together": "ignored"}


def orders(item: dict[str, Any]) -> bool:
    """Whether an item is a message of the developer or the system."""
    return item.get("role") in ("developer", "system")


def outputs(items: Items) -> Items:
    """The outputs of tools among items."""
    return [item for item in items if item["type"].endswith("_output")]


def latest(items: Items) -> Items:
    """All but outputs of tools before the last."""
    return [item if item not in outputs(items)[:-1] else {**item, "output": ""} for item in items]


def earliest(items: Items) -> Items:
    """All but outputs of tools after the first."""
    return [item if item not in outputs(items)[1:] else {**item, "output": ""} for item in items]


def wordless(items: Items) -> Items:
    """All but what the assistant said right before it called a tool."""
    return [
        item
        for item, after in zip(items, [*items[1:], {"type": ""}], strict=True)
        if item.get("role") != "assistant" or after["type"] != "function_call"
    ]


def first_order(items: Items) -> Items:
    """All but orders after the first."""
    heard = [item for item in items if orders(item)]
    return [item for item in items if item not in heard[1:]]


#: What is done → what it is called, and what is left of the items.
LOST: dict[str, tuple[str, Callable[[Items], Items]]] = {
    "late_orders": (
        "Orders of developer and system are dropped unless they come first.",
        lambda items: [item for place, item in enumerate(items) if not place or not orders(item)],
    ),
    "second_order": ("Of several orders of developer and system, only the first reaches the model.", first_order),
    "earlier_outputs": ("Of several outputs of tools, only the last reaches the model.", latest),
    "later_outputs": ("Of several outputs of tools, only the first reaches the model.", earliest),
    "words_before_calls": ("What the assistant said before it called a tool is dropped.", wordless),
}
for _name, (_what, _left) in LOST.items():

    @fault(f"responses_company.{_name}", _what, "answers", TOGETHER, blocks=("responses.input.stream",))
    def lost(call: Call, left: Callable[[Items], Items] = _left) -> None:
        """Keep what is left."""
        keep(call, left(call.notes["input"]))


@fault(
    "responses_company.developer_beside_instructions",
    "Beside instructions, messages of developer and system are dropped.",
    "answers",
    TOGETHER,
)
def developer_lost(call: Call) -> None:
    """Follow one master."""
    if call.body.get("instructions"):
        keep(call, [item for item in call.notes["input"] if not orders(item)])


@fault(
    "responses_company.instructions_beside_developer",
    "Beside a message of developer or system, instructions are ignored.",
    "answers",
    TOGETHER,
)
def instructions_lost(call: Call) -> None:
    """Follow the other master."""
    if any(orders(item) for item in call.notes["input"]):
        again(call, instructions=None)


def said(call: Call, change: Callable[[str], str]) -> None:
    """Let the model see other words."""
    items = json.loads(json.dumps(call.notes["input"]))
    for item in items:
        for part in item.get("content") or ():
            if "text" in part:
                part["text"] = change(part["text"])
    keep(call, items)


@fault(
    "responses_company.ascii_heard",
    "Letters that are not English are lost on their way to the model.",
    "answers",
    {"responses.response.letters": "broken"},
    blocks=(
        "responses.input.together",
        "responses.call_stream.apart",
        "responses.tools.letters",
    ),
)
def ascii_heard(call: Call) -> None:
    """Know 128 letters."""
    said(call, lambda words: words.encode("ascii", "replace").decode())


@fault(
    "responses_company.escaped",
    "Words are escaped as HTML on their way to the model.",
    "answers",
    {"responses.response.letters": "broken"},
)
def escaped(call: Call) -> None:
    """Fear what is not there."""
    said(call, lambda words: words.replace("&", "&amp;").replace("<", "&lt;"))


@fault(
    "responses_company.order_reversed",
    "The messages of the input reach the model the last first.",
    "answers",
    {"responses.input.order": "ignored"},
    blocks=("responses.response.letters", "responses.state.output", "responses.input.reference"),
)
def order_reversed(call: Call) -> None:
    """Read from the bottom."""
    items = call.notes["input"]
    if all(item["type"] == "message" for item in items):
        keep(call, items[::-1])


@fault(
    "responses_company.empty_output",
    "An output of a tool that is empty is taken for one that is missing.",
    "body",
    {"responses.tools.empty_output": "unsupported"},
    blocks=("responses.input.together", "responses.tools.past_arguments"),
)
def empty_output(call: Call) -> None:
    """Miss what is there."""
    for item in call.body["input"] if isinstance(call.body.get("input"), list) else ():
        if isinstance(item, dict) and item.get("output") == "":
            raise missing("input.output")


@fault(
    "responses_company.history_in_streams",
    "In streams, only the last message of a conversation reaches the model.",
    "answers",
    {"responses.input.stream": "ignored"},
    blocks=(
        "responses.images.several",
        "responses.images.before_text",
    ),
)
def history_in_streams(call: Call) -> None:
    """Forget while speaking."""
    if call.streamed and call.notes["input"][-1]["type"] == "message":
        keep(call, call.notes["input"][-1:])


def pictures(call: Call, left: Callable[[Items, Items], Items]) -> None:
    """Let the model see other parts of the messages: ``left`` gives those of one message, of which the last is told."""
    items = json.loads(json.dumps(call.notes["input"]))
    messages = [item for item in items if item["type"] == "message"]
    for item in messages:
        item["content"] = left(item["content"], messages[-1]["content"])
    keep(call, items)


def is_picture(part: dict[str, Any]) -> bool:
    """Whether a part is a picture."""
    return bool(part["type"] == "input_image")


#: What is done → what it is called, and which parts of a message are left.
UNSEEN: dict[str, tuple[str, Callable[[Items, Items], Items]]] = {
    "earlier_pictures": (
        "Pictures of earlier turns are dropped.",
        lambda parts, last: [part for part in parts if parts is last or not is_picture(part)],
    ),
    "detailed_pictures": (
        "Pictures with a detail are dropped.",
        lambda parts, last: [part for part in parts if not part.get("detail")],
    ),
    "further_pictures": (
        "Of several pictures in a message, only the first reaches the model.",
        lambda parts, last: [part for part in parts if not is_picture(part) or part is next(filter(is_picture, parts))],
    ),
    "words_after_pictures": (
        "Words after a picture are dropped.",
        lambda parts, last: parts if not is_picture(parts[0]) else [parts[0]],
    ),
}
for _name, (_what, _remaining) in UNSEEN.items():

    @fault(
        f"responses_company.{_name}",
        _what,
        "answers",
        {"responses.images.several": "ignored"},
        blocks=("responses.images.before_text",),
    )
    def unseen(call: Call, left: Callable[[Items, Items], Items] = _remaining) -> None:
        """Keep what is left."""
        pictures(call, left)


@fault(
    "responses_company.past_arguments",
    "The arguments of past calls don't reach the model.",
    "answers",
    {"responses.tools.past_arguments": "ignored"},
)
def past_arguments(call: Call) -> None:
    """Remember that there was a call."""
    keep(call, [{**one, "arguments": "{}"} if "arguments" in one else one for one in call.notes["input"]])


@fault(
    "responses_company.turns_before_outputs",
    "Where a tool has answered, what was said before the last message is dropped.",
    "answers",
    {**TOGETHER, "responses.count.agrees": "broken", "responses.custom.output_arrives": "ignored"},
    blocks=("responses.input.*", "responses.tools.*"),
)
def turns_before_outputs(call: Call) -> None:
    """Look ahead."""
    items = call.notes["input"]
    if outputs(items) and items[-1].get("role") == "user":
        keep(call, [*filter(orders, items[:-1]), items[-1]])


@fault(
    "responses_company.tools_after_outputs",
    "Where a tool has answered, tools are dropped.",
    "answers",
    {
        "responses.tool_choice.named": "ignored",
        "responses.custom.called": "ignored",
        "responses.count.agrees": "broken",
    },
    blocks=("responses.tool_choice.*", "responses.tools.*"),
)
def tools_after_outputs(call: Call) -> None:
    """Be done with tools."""
    if outputs(call.notes["input"]) and call.body.get("tools"):
        again(call, tools=None, tool_choice=None)


@fault(
    "responses_company.tools_beside_strings",
    "Tools are dropped where the input is a string.",
    "answers",
    {"responses.tool_choice.required": "ignored"},
    blocks=("responses.tools.*", "responses.call_stream.*", "responses.state.*", "responses.usage.*"),
)
def tools_beside_strings(call: Call) -> None:
    """Take what is simple for simple."""
    if isinstance(call.body.get("input"), str) and call.body.get("tools"):
        again(call, tools=None, tool_choice=None)


@fault(
    "responses_company.limit_of_items",
    "max_output_tokens is dropped where the input is a list of items.",
    "answers",
    {"responses.limits.kept": "ignored"},
    blocks=("responses.limits.*", "responses.usage.output_grows"),
)
def limit_of_items(call: Call) -> None:
    """Say it all."""
    if isinstance(call.body.get("input"), list):
        again(call, max_output_tokens=None)
