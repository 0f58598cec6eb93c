"""Faults of the kind that clients do not see: accepted, and nothing came of it."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, fault


def _forget(call: Call, *names: str) -> None:
    for name in names:
        call.body.pop(name, None)


def _without(call: Call, role: str) -> None:
    call.body["messages"] = [one for one in call.body["messages"] if one.get("role") != role] or call.body["messages"]


def _speaks(call: Call) -> bool:
    return isinstance(call.body.get("messages"), list) and all(isinstance(one, dict) for one in call.body["messages"])


@fault(
    "ignored.system",
    "System messages are dropped.",
    "body",
    {"chat.roles.system": "ignored", "chat.roles.system_parts": "ignored"},
)
def system(call: Call) -> None:
    """Drop the system's messages."""
    if _speaks(call):
        _without(call, "system")


@fault(
    "ignored.developer",
    "Developer messages are dropped.",
    "body",
    {"chat.roles.developer": "ignored"},
    known=("role-developer-dropped",),
)
def developer(call: Call) -> None:
    """Drop the developer's messages."""
    if _speaks(call):
        _without(call, "developer")


@fault("ignored.system_parts", "System messages in parts are dropped.", "body", {"chat.roles.system_parts": "ignored"})
def system_parts(call: Call) -> None:
    """Drop what is an array."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "system" and isinstance(message.get("content"), list):
            message["content"] = ""


@fault(
    "ignored.history",
    "Only the last turn reaches the model.",
    "body",
    {"chat.roles.history": "ignored", "chat.history.unanswered_call": "ignored"},
)
def history(call: Call) -> None:
    """Forget what was said before."""
    if _speaks(call) and call.body["messages"] and call.body["messages"][-1].get("role") == "user":
        kept = [one for one in call.body["messages"] if one.get("role") in ("system", "developer")]
        call.body["messages"] = [*kept, call.body["messages"][-1]]


@fault(
    "ignored.first_part",
    "Only the last part of a message reaches the model.",
    "body",
    {"chat.roles.user_parts": "ignored"},
    blocks=("chat.images.*",),
)
def first_part(call: Call) -> None:
    """Forget the first of several text parts."""
    for message in call.body["messages"] if _speaks(call) else ():
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, list) and all(_is_text(part) for part in content):
            message["content"] = content[-1:]


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


@fault("ignored.name", "Names are dropped.", "body", {"chat.roles.name": "ignored"}, known=("name-field-dropped",))
def name(call: Call) -> None:
    """Forget names."""
    for message in call.body["messages"] if _speaks(call) else ():
        message.pop("name", None)


@fault(
    "ignored.image",
    "Pictures are dropped.",
    "body",
    {
        "chat.images.seen": "ignored",
        "chat.images.unreadable": "ignored",
        "chat.images.unreachable": "ignored",
        "chat.images.by_url": "ignored",
    },
    known=("image-text-model-silent",),
)
def image(call: Call) -> None:
    """Look away."""
    for message in call.body["messages"] if _speaks(call) else ():
        if isinstance(message.get("content"), list):
            message["content"] = [part for part in message["content"] if part.get("type") != "image_url"]


@fault(
    "ignored.image_counted",
    "Pictures are counted, and dropped.",
    "answers",
    {"chat.images.seen": "ignored", "chat.images.by_url": "ignored"},
)
def image_counted(call: Call) -> None:
    """Look away, and charge for looking."""
    if "image_url" in json.dumps(call.body["messages"]):
        for answer in call.answers:
            answer.text, answer.tokens = "I see no image.", ["I", " see", " no", " image", "."]


@fault("ignored.bad_image", "What is no picture is passed over.", "body", {"chat.images.unreadable": "ignored"})
def bad_image(call: Call) -> None:
    """Pass over what can't be read."""
    for message in call.body["messages"] if _speaks(call) else ():
        if isinstance(message.get("content"), list):
            message["content"] = [part for part in message["content"] if "bm90" not in json.dumps(part)]


@fault(
    "ignored.tools",
    "Tools are dropped.",
    "body",
    {
        "chat.tools.offered": "broken",
        "chat.tool_choice.required": "ignored",
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.tool_choice.without_tools": "ignored",
        "chat.custom.called": "ignored",
        "chat.custom.allowed_tools": "ignored",
        "chat.ranges.tools": "ignored",
        "chat.ranges.tool_name": "ignored",
        "chat.ranges.tool_name_letters": "ignored",
        "chat.ranges.tool_choice": "ignored",
    },
    blocks=(
        "chat.tool*",
        "chat.strict.*",
    ),
)
def tools(call: Call) -> None:
    """Forget tools and choice."""
    _forget(call, "tools", "tool_choice")


@fault(
    "ignored.tool_choice",
    "tool_choice is dropped.",
    "body",
    {
        "chat.tool_choice.none": "ignored",
        "chat.tool_choice.required": "ignored",
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.tool_choice.without_tools": "ignored",
        "chat.custom.allowed_tools": "ignored",
        "chat.ranges.tool_choice": "ignored",
    },
    blocks=("chat.tool_stream.second_turn",),
    known=("toolchoice-required-ignored", "toolchoice-named-ignored"),
)
def tool_choice(call: Call) -> None:
    """Forget the choice."""
    _forget(call, "tool_choice")


@fault("ignored.tool_choice_none", 'tool_choice "none" is dropped.', "body", {"chat.tool_choice.none": "ignored"})
def tool_choice_none(call: Call) -> None:
    """Forget one choice."""
    if call.body.get("tool_choice") == "none":
        _forget(call, "tool_choice")


@fault(
    "ignored.tool_choice_required",
    'tool_choice "required" is dropped.',
    "body",
    {"chat.tool_choice.required": "ignored", "chat.tool_choice.without_tools": "ignored"},
    blocks=("chat.tool_stream.second_turn",),
    known=("toolchoice-required-ignored",),
)
def tool_choice_required(call: Call) -> None:
    """Forget one choice."""
    if call.body.get("tool_choice") == "required":
        _forget(call, "tool_choice")


@fault(
    "ignored.tool_choice_named",
    "A named tool_choice is dropped.",
    "body",
    {
        "chat.tool_choice.named": "ignored",
        "chat.tool_choice.unknown": "ignored",
        "chat.custom.allowed_tools": "ignored",
    },
    known=("toolchoice-named-ignored",),
)
def tool_choice_named(call: Call) -> None:
    """Forget one choice."""
    if isinstance(call.body.get("tool_choice"), dict):
        _forget(call, "tool_choice")


@fault(
    "ignored.parallel_tool_calls",
    "parallel_tool_calls is dropped.",
    "body",
    {"chat.tool_choice.one_at_a_time": "ignored"},
)
def parallel_tool_calls(call: Call) -> None:
    """Forget to keep calls apart."""
    _forget(call, "parallel_tool_calls")


@fault(
    "ignored.tool_result",
    "The results of tools do not reach the model.",
    "body",
    {"chat.tools.result_arrives": "ignored", "chat.tools.result_parts": "ignored"},
)
def tool_result(call: Call) -> None:
    """Empty the results."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "tool":
            message["content"] = "?"


@fault(
    "ignored.tool_result_parts",
    "Only the first part of a result reaches the model.",
    "body",
    {"chat.tools.result_parts": "ignored"},
    known=("tool-result-array-first-part-only",),
)
def tool_result_parts(call: Call) -> None:
    """Keep the first part."""
    for message in call.body["messages"] if _speaks(call) else ():
        if message.get("role") == "tool" and isinstance(message.get("content"), list):
            message["content"] = message["content"][:1]


@fault(
    "ignored.max_tokens",
    "max_tokens is dropped.",
    "body",
    {"chat.limits.max_tokens": "ignored", "chat.limits.not_negative": "ignored"},
)
def max_tokens(call: Call) -> None:
    """Forget one limit."""
    _forget(call, "max_tokens")


@fault(
    "ignored.max_completion_tokens",
    "max_completion_tokens is dropped.",
    "body",
    {"chat.limits.max_completion_tokens": "ignored"},
    blocks=(
        "chat.limits.finish_reason",
        "chat.limits.stream_finish_reason",
        "chat.tools.cut_finish",
        "chat.tool_stream.cut_finish",
    ),
    known=("mct-ignored",),
)
def max_completion_tokens(call: Call) -> None:
    """Forget the other limit."""
    _forget(call, "max_completion_tokens")


@fault(
    "ignored.negative_limit",
    "A negative limit is taken for none.",
    "body",
    {"chat.limits.not_negative": "ignored"},
    known=("max-tokens-nonpositive-200", "max-tokens-minus-one-rejected-or-accepted"),
)
def negative_limit(call: Call) -> None:
    """Forget what is below zero."""
    if (call.body.get("max_tokens") or 1) < 0:
        _forget(call, "max_tokens")


@fault(
    "ignored.stop",
    "stop is dropped.",
    "body",
    {
        "chat.sampling.stop": "ignored",
        "chat.sampling.stop_string": "ignored",
        "chat.sampling.stop_stream": "ignored",
        "chat.ranges.stop": "ignored",
    },
    known=("stop-ignored",),
)
def stop(call: Call) -> None:
    """Never stop."""
    _forget(call, "stop")


@fault("ignored.stop_string", "stop as a string is dropped.", "body", {"chat.sampling.stop_string": "ignored"})
def stop_string(call: Call) -> None:
    """Stop at arrays alone."""
    if isinstance(call.body.get("stop"), str):
        _forget(call, "stop")


@fault("ignored.stop_in_streams", "stop is dropped in streams.", "body", {"chat.sampling.stop_stream": "ignored"})
def stop_in_streams(call: Call) -> None:
    """Never stop a stream."""
    if call.streamed:
        _forget(call, "stop")


@fault(
    "stop.included",
    "The text ends with the stop sequence.",
    "answers",
    {"chat.sampling.stop": "broken", "chat.sampling.stop_string": "broken", "chat.sampling.stop_stream": "broken"},
    known=("stop-included-in-output",),
)
def stop_included(call: Call) -> None:
    """Stop after the word instead of before it."""
    stops = call.body.get("stop") or []
    for answer in call.answers if stops else ():
        answer.tokens = [*answer.tokens, stops if isinstance(stops, str) else stops[0]]
        answer.text = "".join(answer.tokens)


@fault(
    "ignored.n",
    "n is dropped.",
    "body",
    {"chat.sampling.n": "ignored", "chat.sampling.n_stream": "ignored", "chat.ranges.n": "ignored"},
    known=("n-ignored",),
)
def n(call: Call) -> None:
    """Choose once."""
    _forget(call, "n")


@fault("n.index_zero", "All choices have the index 0.", "document", {"chat.sampling.n": "broken"})
def index_zero(call: Call) -> None:
    """Count to zero."""
    for choice in choices(call):
        choice["index"] = 0


@fault(
    "ignored.logprobs",
    "logprobs is dropped.",
    "body",
    {
        "chat.sampling.logprobs": "ignored",
        "chat.sampling.logprobs_stream": "ignored",
        "chat.ranges.top_logprobs": "ignored",
        "chat.ranges.top_logprobs_alone": "ignored",
    },
    blocks=("chat.sampling.*",),
)
def logprobs(call: Call) -> None:
    """Tell no odds."""
    _forget(call, "logprobs", "top_logprobs")


@fault(
    "ignored.top_logprobs",
    "top_logprobs is dropped.",
    "body",
    {
        "chat.sampling.top_logprobs": "ignored",
        "chat.ranges.top_logprobs": "ignored",
        "chat.ranges.top_logprobs_alone": "ignored",
    },
)
def top_logprobs(call: Call) -> None:
    """Tell no alternatives."""
    _forget(call, "top_logprobs")


@fault(
    "logprobs.too_many", "More alternatives come than were asked for.", "body", {"chat.sampling.top_logprobs": "broken"}
)
def too_many(call: Call) -> None:
    """Tell more alternatives."""
    if call.body.get("top_logprobs"):
        call.body["top_logprobs"] += 3


@fault(
    "logprobs.other_text",
    "The tokens in logprobs are not those of the answer.",
    "document",
    {"chat.sampling.logprobs_text": "broken"},
)
def other_text(call: Call) -> None:
    """Shift the tokens."""
    for choice in choices(call):
        if choice.get("logprobs"):
            for entry in choice["logprobs"]["content"]:
                entry["token"] = "x"


@fault(
    "logprobs.entry_bare",
    "Entries in logprobs have no top_logprobs.",
    "document",
    {"chat.sampling.logprobs": "broken"},
    blocks=("chat.sampling.*",),
)
def entry_bare(call: Call) -> None:
    """Drop the alternatives."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            del entry["top_logprobs"]


@fault("ignored.json_object", "json_object is dropped.", "body", {"chat.format.json_object": "ignored"})
def json_object(call: Call) -> None:
    """Write prose."""
    if (call.body.get("response_format") or {}).get("type") == "json_object":
        _forget(call, "response_format")


@fault(
    "ignored.json_schema",
    "json_schema is dropped.",
    "body",
    {
        "chat.format.json_schema": "ignored",
        "chat.format.schema_name": "ignored",
        "chat.format.outside_subset": "ignored",
    },
    blocks=("chat.format.order",),
)
def json_schema(call: Call) -> None:
    """Write prose."""
    if (call.body.get("response_format") or {}).get("type") == "json_schema":
        _forget(call, "response_format")


@fault(
    "ignored.json_schema_loose",
    "json_schema is taken for json_object.",
    "body",
    {
        "chat.format.json_schema": "ignored",
        "chat.format.schema_name": "ignored",
        "chat.format.outside_subset": "ignored",
    },
    blocks=("chat.format.order",),
)
def json_schema_loose(call: Call) -> None:
    """Write any JSON."""
    if (call.body.get("response_format") or {}).get("type") == "json_schema":
        call.body["response_format"] = {"type": "json_object"}
        call.body["messages"] = [*call.body["messages"], {"role": "system", "content": "JSON"}]


@fault(
    "format.fenced",
    "JSON is wrapped in a code fence.",
    "answers",
    {"chat.format.json_object": "broken", "chat.format.json_schema": "broken"},
    blocks=("chat.format.order",),
)
def fenced(call: Call) -> None:
    """Fence it in."""
    if (call.body.get("response_format") or {}).get("type", "text") != "text":
        for answer in call.answers:
            answer.text = f"```json\n{answer.text}\n```"


@fault("format.array", "json_object gives an array.", "answers", {"chat.format.json_object": "broken"})
def array(call: Call) -> None:
    """Wrap it in an array."""
    if (call.body.get("response_format") or {}).get("type") == "json_object":
        for answer in call.answers:
            answer.text = f"[{answer.text}]"
