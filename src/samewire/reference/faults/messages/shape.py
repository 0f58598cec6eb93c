"""Faults of the message object: members missing, mistyped, or saying something else."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.http import bom
from samewire.reference.faults.messages.registry import GONE, fault, messages, placed

#: Name, what, place, value, the cell it turns, the cells it blocks.
SHAPES: tuple[tuple[str, str, str, Any, str, tuple[str, ...]], ...] = (
    ("id_missing", "Messages have no id.", "id", GONE, "message.id", ("message.unique_id",)),
    ("id_empty", "A message's id is empty.", "id", "", "message.id", ("message.unique_id",)),
    ("id_number", "A message's id is a number.", "id", 17, "message.id", ("message.unique_id",)),
    ("id_constant", "All messages have one id.", "id", "msg_1", "message.unique_id", ()),
    ("type_missing", "Messages don't say what they are.", "type", GONE, "message.type", ()),
    ("type_completion", "A message says it is a completion.", "type", "completion", "message.type", ()),
    ("role_missing", "Messages have no role.", "role", GONE, "message.role", ()),
    ("role_user", "Messages are the user's.", "role", "user", "message.role", ()),
    ("model_missing", "Messages name no model.", "model", GONE, "message.model", ("alike.model",)),
    ("model_null", "A message's model is null.", "model", None, "message.model", ("alike.model",)),
    ("content_missing", "Messages have no content.", "content", GONE, "message.content", ("*",)),
    ("content_null", "A message's content is null.", "content", None, "message.content", ("*",)),
    ("content_string", "A message's content is a string.", "content", "Hello.", "message.content", ("*",)),
    ("block_typeless", "Blocks have no type.", "content/*/type", GONE, "message.content", ("*",)),
    ("stop_null", "stop_reason is null.", "stop_reason", None, "message.stop_told", ("*",)),
    ("stop_missing", "There is no stop_reason.", "stop_reason", GONE, "message.stop_told", ("*",)),
    ("sequence_missing", "There is no stop_sequence.", "stop_sequence", GONE, "message.stop_sequence", ("stops.*",)),
    ("sequence_number", "stop_sequence is a number.", "stop_sequence", 0, "message.stop_sequence", ("stops.*",)),
    ("text_null", "The text of a block is null.", "content/*/text", None, "blocks.text", ("*",)),
    ("text_missing", "A block of text has none.", "content/*/text", GONE, "blocks.text", ("*",)),
    (
        "text_object",
        "The text of a block is an object.",
        "content/*/text",
        lambda old: {"value": old},
        "blocks.text",
        ("*",),
    ),
    (
        "call_id_missing",
        "Calls have no id.",
        "content/*/id",
        GONE,
        "blocks.tool_use",
        ("results.*", "thinking.*", "tools.*", "turns.own_message"),
    ),
    ("call_name_missing", "Calls have no name.", "content/*/name", GONE, "blocks.tool_use", ("*",)),
    ("call_input_text", "The input of a call is text.", "content/*/input", '{"city": "Paris"}', "blocks.input", ("*",)),
    ("call_input_null", "The input of a call is null.", "content/*/input", None, "blocks.input", ("*",)),
    ("call_input_missing", "Calls have no input.", "content/*/input", GONE, "blocks.input", ("*",)),
    ("thought_null", "A thought is null.", "content/*/thinking", None, "blocks.thinking", ("*",)),
    ("thought_unsigned", "Thoughts are not signed.", "content/*/signature", GONE, "blocks.signature", ("thinking.*",)),
    ("usage_null", "usage is null.", "usage", None, "usage.shape", ("*",)),
    ("usage_missing", "There is no usage.", "usage", GONE, "usage.shape", ("*",)),
    ("input_missing", "Input tokens are not counted.", "usage/input_tokens", GONE, "usage.shape", ("*",)),
    ("output_missing", "Output tokens are not counted.", "usage/output_tokens", GONE, "usage.shape", ("*",)),
    ("input_text", "Input tokens are text.", "usage/input_tokens", str, "usage.shape", ("*",)),
    ("output_float", "Output tokens have a fraction.", "usage/output_tokens", float, "usage.shape", ("*",)),
    ("output_negative", "Output tokens are below 0.", "usage/output_tokens", -1, "usage.shape", ("*",)),
    (
        "output_zero",
        "Output tokens are 0.",
        "usage/output_tokens",
        0,
        "usage.output",
        ("limits.*", "stream.*", "thinking.*", "alike.cut"),
    ),
    ("cache_text", "Cached tokens are text.", "usage/cache_read_input_tokens", "0", "message.rest", ("usage.cached*",)),
    (
        "cache_ages",
        "Written tokens are told by age alone.",
        "usage/cache_creation/ephemeral_5m_input_tokens",
        9,
        "usage.cache_ages",
        (),
    ),
    ("tier_number", "The service tier is a number.", "usage/service_tier", 1, "message.rest", ()),
)
#: Further cells that a fault turns.
ALSO: dict[str, dict[str, str]] = {
    "output_zero": {"usage.numbers": "broken", "usage.calls": "broken"},
    "call_input_text": {"tools.no_input": "broken"},
    "call_input_null": {"tools.no_input": "broken"},
    "call_input_missing": {"tools.no_input": "broken"},
}

for _name, _what, _place, _value, _cell, _blocks in SHAPES:
    fault(f"shape.{_name}", _what, "document", {_cell: "broken", **ALSO.get(_name, {})}, blocks=_blocks)(
        placed("message", _place, _value)
    )


@fault(
    "shape.cache_uncounted",
    "Cached tokens are not counted.",
    "document",
    {"usage.cached": "unsupported"},
    known=("anth-cache-usage-missing",),
)
def cache_uncounted(call: Call) -> None:
    """Say nothing of caches."""
    for message in messages(call):
        for name in ("cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation"):
            message["usage"].pop(name)


@fault("shape.usage_openai", "usage has OpenAI's names.", "document", {"usage.shape": "broken"}, blocks=("*",))
def usage_openai(call: Call) -> None:
    """Count as others do."""
    for message in messages(call):
        usage = message["usage"]
        message["usage"] = {"prompt_tokens": usage["input_tokens"], "completion_tokens": usage["output_tokens"]}


@fault("shape.empty", "Messages hold nothing.", "answers", {"message.words": "broken"}, blocks=("*",))
def empty(call: Call) -> None:
    """Say nothing."""
    for answer in call.answers:
        answer.text, answer.tokens = "", []


@fault("shape.two_texts", "Words stand in two blocks.", "document", {"message.one_text": "broken"})
def two_texts(call: Call) -> None:
    """Cut the words in two."""
    for message in messages(call):
        if len(message["content"]) == 1 and len(message["content"][0].get("text", "")) > 10:
            said = message["content"][0]["text"]
            message["content"] = [{"type": "text", "text": said[:5]}, {"type": "text", "text": said[5:]}]


@fault("shape.paragraphs", "Of a long answer each part is a block.", "document", {"message.one_text": "broken"})
def paragraphs(call: Call) -> None:
    """Cut long words in two."""
    for message in messages(call):
        if (
            len(message["content"]) == 1
            and len(message["content"][0].get("text", "")) > 80
            and call.body["messages"][0]["content"][:5] == "Count"
        ):
            said = message["content"][0]["text"]
            message["content"] = [{"type": "text", "text": said[:60]}, {"type": "text", "text": said[60:]}]


OPENAI = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tool_calls", "stop_sequence": "stop"}


@fault(
    "shape.stop_openai", "stop_reason has OpenAI's words.", "document", {"message.stop_reason": "broken"}, blocks=("*",)
)
def stop_openai(call: Call) -> None:
    """Stop as others do."""
    for message in messages(call):
        message["stop_reason"] = OPENAI[message["stop_reason"]]


@fault(
    "shape.always_sequence",
    "Plain answers stop with stop_sequence.",
    "document",
    {"message.end_turn": "broken", "alike.stop_reason": "broken", "message.stop_sequence": "broken"},
)
def always_sequence(call: Call) -> None:
    """Give another reason."""
    for message in messages(call):
        if message["stop_reason"] == "end_turn":
            message["stop_reason"] = "stop_sequence"


@fault(
    "shape.false_tool_use",
    "Plain answers stop with tool_use.",
    "answers",
    {"message.end_turn": "broken", "tools.no_false_stop": "broken"},
)
def false_tool_use(call: Call) -> None:
    """Promise a call."""
    for answer in call.answers:
        if not answer.calls and answer.reason == "end_turn":
            answer.reason = "tool_use"


@fault("shape.input_zero", "Input tokens are 0.", "document", {"usage.input": "broken"}, blocks=("*",))
def input_zero(call: Call) -> None:
    """Count no prompt."""
    for message in messages(call):
        message["usage"]["input_tokens"] = 0


@fault(
    "shape.input_constant",
    "Every prompt counts the same.",
    "document",
    {
        "usage.grows": "broken",
        "stream.same_input": "broken",
        "count.tools": "broken",
    },
    blocks=(
        "results.is_error",
        "turns.*",
        "tools.all",
        "count.conversation",
        "tools.offered",
        "usage.system",
        "usage.history",
        "stream.same_conversation",
    ),
)
def input_constant(call: Call) -> None:
    """Count a prompt that isn't this one."""
    for message in messages(call):
        message["usage"]["input_tokens"] = 12


@fault(
    "shape.output_words",
    "Output tokens are always 9.",
    "document",
    {"usage.numbers": "broken", "stream.same_output": "broken", "thinking.counted": "broken"},
    blocks=("limits.*",),
)
def output_words(call: Call) -> None:
    """Count too little."""
    for message in messages(call):
        message["usage"]["output_tokens"] = min(9, message["usage"]["output_tokens"])


@fault(
    "shape.output_beyond",
    "Output tokens count the prompt, too.",
    "document",
    {
        "limits.counted": "broken",
        "usage.numbers": "broken",
        "stream.same_output": "broken",
        "limits.honoured": "ignored",
    },
    blocks=("*",),
)
def output_beyond(call: Call) -> None:
    """Count too much."""
    for message in messages(call):
        message["usage"]["output_tokens"] += 200


@fault(
    "shape.false_cut",
    "Whole answers stop with max_tokens.",
    "document",
    {"limits.no_false_cut": "broken", "alike.stop_reason": "broken"},
)
def false_cut(call: Call) -> None:
    """Claim to have been cut off."""
    for message in messages(call):
        if message["stop_reason"] == "end_turn":
            message["stop_reason"] = "max_tokens"


@fault("shape.content_type", "Messages are declared as text.", "response", {"message.content_type": "broken"})
def content_type(call: Call) -> None:
    """Declare another type."""
    if messages(call) and call.response.status == 200:
        call.response.set("Content-Type", "text/plain")


@fault(
    "shape.input_with_output",
    "Input tokens count the answer, too.",
    "document",
    {"usage.stable": "broken", "stream.same_input": "broken"},
    blocks=("stream.same_conversation",),
)
def input_with_output(call: Call) -> None:
    """Count both."""
    for message in messages(call):
        message["usage"]["input_tokens"] += message["usage"]["output_tokens"]


@fault("shape.thoughts_free", "Thoughts don't count.", "document", {"thinking.counted": "broken"})
def thoughts_free(call: Call) -> None:
    """Count what is said alone."""
    for message in messages(call):
        message["usage"]["output_tokens"] = max(1, message["usage"]["output_tokens"] - call.answers[0].thought)


fault(
    "shape.bom",
    "Messages begin with a byte order mark.",
    "response",
    {"message.json": "broken"},
    blocks=("message.content_type",),
)(bom)


@fault(
    "shape.two_documents",
    "Long answers have a second document behind them.",
    "response",
    {"message.json": "broken"},
    blocks=("*",),
)
def two_documents(call: Call) -> None:
    """Go on after the end."""
    whole = call.response.body
    if call.path == "/messages" and isinstance(whole, bytes) and call.prompt_tokens > 15:
        call.response.body = whole + b"\n{}" if call.response.status == 200 else whole
