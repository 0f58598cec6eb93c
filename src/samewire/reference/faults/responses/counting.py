"""Faults of what counts the tokens of an input, and of what doesn't keep what it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unknown_url, unsupported
from samewire.reference.faults.messages.unkept import twice
from samewire.reference.faults.responses.declaring import ABSENT, fault, made, put

COUNTS = "/responses/input_tokens"
#: Fault → what it does, and where a count gets another value.
SHAPES: dict[str, tuple[str, str, Any]] = {
    "no_object": ("A count has no object.", "object", ABSENT),
    "object": ("A count is an object of another kind.", "object", "list"),
    "absent": ("A count has no input_tokens.", "input_tokens", ABSENT),
    "text": ("A count is told as text.", "input_tokens", "12"),
    "null": ("A count is null.", "input_tokens", None),
}


def _shaped(path: str, value: Any) -> Callable[[Call], None]:
    def step(call: Call) -> None:
        if call.path == COUNTS:
            put(call.document, path, value)

    return step


for _name, (_what, _path, _value) in SHAPES.items():
    _blocks = ("responses.count.agrees",) if _path == "input_tokens" else ()
    fault(f"responses_count.{_name}", _what, "document", {"responses.count.shape": "broken"}, blocks=_blocks)(
        _shaped(_path, _value)
    )


@fault(
    "responses_count.of_a_response",
    "A request for a count is answered as any other.",
    "request",
    {"responses.count.shape": "broken"},
    blocks=("responses.count.agrees",),
)
def of_a_response(call: Call) -> None:
    """Look at the beginning of a path."""
    if call.path == COUNTS:
        call.request.path = call.request.path.removesuffix("/input_tokens")


@fault(
    "responses_count.not_routed",
    "Tokens are not counted.",
    "request",
    {"responses.count.taken": "unsupported"},
    blocks=("responses.count.*",),
)
def not_routed(call: Call) -> None:
    """Know other paths."""
    if call.path == COUNTS:
        raise unknown_url(call.request.method, call.request.path)


@fault(
    "responses_count.refuses_tools",
    "Tools are not taken where tokens are counted.",
    "body",
    {"responses.count.taken": "unsupported"},
    blocks=("responses.count.agrees",),
)
def refuses_tools(call: Call) -> None:
    """Count words."""
    if call.path == COUNTS and call.body.get("tools"):
        raise unsupported("tools")


@fault(
    "responses_count.fails",
    "Counting a long input fails.",
    "body",
    {"responses.count.taken": "broken"},
    blocks=("responses.count.*",),
)
def fails(call: Call) -> None:
    """Stumble over what is not a string."""
    if call.path == COUNTS and not isinstance(call.body.get("input"), str):
        raise Refusal(500, "'list' object has no attribute 'strip'", type="server_error")


@fault("responses_count.text_alone", "Tools are not counted.", "body", {"responses.count.agrees": "broken"})
def text_alone(call: Call) -> None:
    """Count words."""
    if call.path == COUNTS:
        call.body.pop("tools", None)
        call.body.pop("tool_choice", None)


@fault(
    "responses_count.constant",
    "Whatever the input, the same is counted.",
    "document",
    {"responses.count.agrees": "broken"},
)
def constant(call: Call) -> None:
    """Guess."""
    if call.path == COUNTS:
        call.document["input_tokens"] = 8


@fault(
    "responses_unkept.arguments",
    "Letters in the arguments of calls are escaped twice.",
    "document",
    {"responses.tools.letters": "broken", "responses.state.get_same": "broken"},
)
def arguments(call: Call) -> None:
    """Write what was written."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "function_call":
                item["arguments"] = json.dumps(twice(json.loads(item["arguments"])))


@fault(
    "responses_unkept.template",
    "Questions are taken for templates.",
    "body",
    {"responses.response.letters": "broken", "responses.state.input_items_all": "broken"},
    blocks=("responses.state.*",),
)
def template(call: Call) -> None:
    """Fill in what is not there."""
    put_in = call.body.get("input")
    for item in put_in if isinstance(put_in, list) else ():
        if isinstance(item, dict) and isinstance(item.get("content"), str):
            item["content"] = re.sub(r"\{\{.*?\}\}", "", item["content"])


@fault(
    "responses_unkept.custom_input",
    "A custom tool is called without input.",
    "document",
    {"responses.custom.called": "broken"},
    blocks=("responses.custom.*",),
)
def custom_input(call: Call) -> None:
    """Forget what was written."""
    for one in made(call):
        for item in one["output"]:
            if item["type"] == "custom_tool_call":
                del item["input"]


@fault(
    "responses_unkept.jpeg",
    "JPEGs are dropped.",
    "body",
    {"responses.images.jpeg": "ignored"},
    blocks=("responses.images.before_text",),
)
def jpeg(call: Call) -> None:
    """Keep what is a PNG."""
    put_in = call.body.get("input")
    for item in put_in if isinstance(put_in, list) else ():
        if isinstance(item, dict) and isinstance(item.get("content"), list):
            item["content"] = [part for part in item["content"] if "image/jpeg" not in json.dumps(part)] or "?"


@fault(
    "responses_unkept.jpeg_refused",
    "JPEGs are refused.",
    "body",
    {"responses.images.jpeg": "unsupported"},
    blocks=("responses.images.un*",),
)
def jpeg_refused(call: Call) -> None:
    """Read PNGs."""
    if "image/jpeg" in json.dumps(call.body.get("input")):
        raise Refusal(400, "This kind of image is not supported.", param="input", code="invalid_image_format")


def _refuses(name: str, what: str, test: Callable[[Any], bool], cell: str) -> None:
    def step(call: Call) -> None:
        tools = call.body.get("tools")
        if call.path == "/responses" and any(test(tool) for tool in (tools if isinstance(tools, list) else ())):
            raise Refusal(400, "Invalid tool.", param="tools", code="invalid_value")

    fault(f"responses_refuses.{name}", what, "body", {f"responses.tools.{cell}": "unsupported"})(step)


_refuses("schema_words", "Schemas that refer to others are refused.", lambda t: "$ref" in json.dumps(t), "schema_words")
_refuses(
    "no_description",
    "Functions without a description are refused.",
    lambda tool: isinstance(tool, dict) and "name" in tool and "description" not in tool,
    "no_description",
)


@fault(
    "responses_later.chat_parts",
    "Parts are listed under the names that Chat Completions has for them.",
    "document",
    {"responses.state.input_items": "broken"},
)
def chat_parts(call: Call) -> None:
    """Keep messages as another protocol has them."""
    if call.path.endswith("/input_items"):
        put(call.document, "data/*/content/*/type", "text")


@fault(
    "responses_echo.metadata_typed",
    "Numbers in metadata are told as numbers.",
    "document",
    {"responses.echo.metadata": "broken"},
)
def metadata_typed(call: Call) -> None:
    """Guess types."""
    for one in made(call):
        one["metadata"] = {name: int(value) if value.isdigit() else value for name, value in one["metadata"].items()}


@fault(
    "responses_ignored.none_in_streams",
    "In streams, tool_choice none is dropped.",
    "body",
    {"responses.tool_choice.none": "ignored", "responses.echo.stream": "broken"},
)
def none_in_streams(call: Call) -> None:
    """Choose freely."""
    if call.body.get("stream") is True and call.body.get("tool_choice") == "none":
        call.body.pop("tool_choice")


@fault(
    "responses_texts.sure_logprobs",
    "Logprobs are probabilities.",
    "document",
    {"responses.parameters.logprobs": "broken"},
)
def sure_logprobs(call: Call) -> None:
    """Leave the logarithm out."""
    for one in made(call):
        put(one, "output/*/content/*/logprobs/*/logprob", 0.93)


@fault("responses_huge.cut", "What the context can't hold is dropped.", "body", {"responses.huge.refused": "ignored"})
def huge_cut(call: Call) -> None:
    """Keep the end of a huge input."""
    put_in = call.body.get("input")
    if isinstance(put_in, str) and len(put_in) > 100_000:
        call.body["input"] = put_in[-2000:]


@fault(
    "responses_huge.short_context",
    "The beginning of long inputs is dropped.",
    "body",
    {"responses.huge.whole": "ignored", "responses.huge.refused": "ignored"},
)
def short_context(call: Call) -> None:
    """Run with a small context."""
    put_in = call.body.get("input")
    if isinstance(put_in, str):
        call.body["input"] = put_in[-8000:]
