"""Faults of the kind that mistakes pass for requests."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault


@fault(
    "accepted.unknown_model",
    "An unknown model is answered by another.",
    "body",
    {"http.error.unknown_model": "ignored"},
    blocks=(
        "http.headers.refusals_request_id",
        "*.request_id",
        "http.error.same_in_streams",
    ),
)
def unknown_model(call: Call) -> None:
    """Take any name."""
    if isinstance(call.body.get("model"), str):
        call.body["model"] = call.settings.models[0]


@fault("accepted.no_model", "A request without a model is answered.", "body", {"chat.mistakes.no_model": "ignored"})
def no_model(call: Call) -> None:
    """Take no name."""
    call.body.setdefault("model", call.settings.models[0])


def _answer_anyway(call: Call) -> None:
    call.body["messages"] = [{"role": "user", "content": "Say hello."}]


@fault(
    "accepted.no_messages",
    "A request without messages is answered.",
    "body",
    {"chat.mistakes.no_messages": "ignored"},
)
def no_messages(call: Call) -> None:
    """Answer to nothing."""
    if "messages" not in call.body:
        _answer_anyway(call)


@fault(
    "accepted.empty_messages",
    "An empty array of messages is answered.",
    "body",
    {"chat.mistakes.empty_messages": "ignored"},
)
def empty_messages(call: Call) -> None:
    """Answer to nothing."""
    if call.body.get("messages") == []:
        _answer_anyway(call)


@fault("accepted.messages_type", "messages may be a string.", "body", {"chat.mistakes.messages_type": "ignored"})
def messages_type(call: Call) -> None:
    """Take a string."""
    if isinstance(call.body.get("messages"), str):
        _answer_anyway(call)


@fault(
    "accepted.malformed_json",
    "A body that is no JSON is answered.",
    "request",
    {"http.error.malformed_json": "ignored", "http.error.empty_body": "ignored"},
)
def malformed_json(call: Call) -> None:
    """Guess what was meant."""
    if call.chat and not call.request.body.rstrip().endswith(b"}"):
        call.request.body = b'{"model":"reference-1","messages":[{"role":"user","content":"Say hello."}]}'


@fault("accepted.empty_body", "An empty body is answered.", "request", {"http.error.empty_body": "ignored"})
def empty_body(call: Call) -> None:
    """Guess what was meant."""
    if call.chat and not call.request.body and call.request.method == "POST":
        call.request.body = b'{"model":"reference-1","messages":[{"role":"user","content":"Say hello."}]}'


def _each(call: Call) -> list[dict[str, Any]]:
    messages = call.body.get("messages")
    return [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


@fault("accepted.content_type", "content may be a number.", "body", {"chat.mistakes.content_type": "ignored"})
def content_type(call: Call) -> None:
    """Read numbers."""
    for message in _each(call):
        if isinstance(message.get("content"), int):
            message["content"] = str(message["content"])


@fault(
    "accepted.unknown_role", "An unknown role is taken for the user.", "body", {"chat.mistakes.unknown_role": "ignored"}
)
def unknown_role(call: Call) -> None:
    """Listen to wizards."""
    for message in _each(call):
        if message.get("role") == "wizard":
            message["role"] = "user"


@fault(
    "accepted.unknown_part",
    "Unknown parts are dropped.",
    "body",
    {"chat.mistakes.unknown_part": "ignored", "chat.history.audio": "ignored", "chat.history.file": "ignored"},
)
def unknown_part(call: Call) -> None:
    """Drop what is not known."""
    for message in _each(call):
        if isinstance(message.get("content"), list):
            known = [part for part in message["content"] if part.get("type") in ("text", "image_url")]
            message["content"] = known or ("" if message["content"] else [])


@fault("accepted.number_as_text", "temperature may be a word.", "body", {"chat.mistakes.number_as_text": "ignored"})
def number_as_text(call: Call) -> None:
    """Forget what is no number."""
    if isinstance(call.body.get("temperature"), str):
        del call.body["temperature"]


@fault("accepted.temperature", "temperature is clamped.", "body", {"chat.sampling.temperature_above": "ignored"})
def temperature(call: Call) -> None:
    """Cool down."""
    if isinstance(call.body.get("temperature"), float):
        call.body["temperature"] = min(2.0, call.body["temperature"])


@fault("accepted.stray_result", "The result of no call is taken.", "body", {"chat.mistakes.stray_result": "ignored"})
def stray_result(call: Call) -> None:
    """Take any result."""
    if "call_nobody_made" in str(call.body.get("messages")):
        call.body["messages"] = [one for one in _each(call) if one.get("tool_call_id") != "call_nobody_made"]


@fault(
    "accepted.result_without_id",
    "A result without tool_call_id is taken.",
    "body",
    {"chat.mistakes.result_without_id": "ignored"},
)
def result_without_id(call: Call) -> None:
    """Guess the call."""
    for before, message in pairwise(_each(call)):
        if message.get("role") == "tool" and before.get("tool_calls"):
            message.setdefault("tool_call_id", before["tool_calls"][0]["id"])


@fault("accepted.format", "An unknown response_format is passed over.", "body", {"chat.format.unknown": "ignored"})
def unknown_format(call: Call) -> None:
    """Forget what is not known."""
    if (call.body.get("response_format") or {}).get("type") == "yaml":
        del call.body["response_format"]


@fault("accepted.schema_name", "A json_schema needs no name.", "body", {"chat.format.schema_name": "ignored"})
def schema_name(call: Call) -> None:
    """Name it."""
    shape = (call.body.get("response_format") or {}).get("json_schema")
    if shape:
        shape.setdefault("name", "unnamed")


@fault(
    "accepted.unknown_tool",
    "A tool_choice that names no tool is passed over.",
    "body",
    {"chat.tool_choice.unknown": "ignored"},
)
def unknown_tool(call: Call) -> None:
    """Forget the name."""
    if "no_such_tool" in str(call.body.get("tool_choice")):
        del call.body["tool_choice"]


@fault(
    "accepted.choice_without_tools",
    "tool_choice without tools is passed over.",
    "body",
    {"chat.tool_choice.without_tools": "ignored"},
)
def choice_without_tools(call: Call) -> None:
    """Forget the choice."""
    if "tools" not in call.body:
        call.body.pop("tool_choice", None)


@fault("accepted.null_content", "The user's content may be null.", "body", {"chat.mistakes.null_content": "ignored"})
def null_content(call: Call) -> None:
    """Hear nothing."""
    for message in _each(call):
        if message.get("role") == "user" and message.get("content", "") is None:
            message["content"] = ""


@fault(
    "accepted.arguments_type",
    "The arguments of a call in the history may be an object.",
    "body",
    {"chat.mistakes.arguments_type": "ignored"},
)
def arguments_type(call: Call) -> None:
    """Write them as text."""
    for message in _each(call):
        calls = message.get("tool_calls")
        for one in calls if isinstance(calls, list) else ():
            shape = one.get("function") if isinstance(one, dict) else None
            if isinstance(shape, dict) and isinstance(shape.get("arguments"), dict):
                shape["arguments"] = json.dumps(shape["arguments"])


@fault("accepted.no_role", "Who has no role is the user.", "body", {"chat.mistakes.no_role": "ignored"})
def no_role(call: Call) -> None:
    """Give a role."""
    for message in _each(call):
        message.setdefault("role", "user")


@fault("accepted.no_content", "A message may say nothing.", "body", {"chat.mistakes.no_content": "ignored"})
def no_content(call: Call) -> None:
    """Hear silence."""
    for message in _each(call):
        if message.get("role") == "user" and message.get("content", []) == []:
            message["content"] = ""


@fault("accepted.no_picture", "A picture without a url is dropped.", "body", {"chat.mistakes.no_picture": "ignored"})
def no_picture(call: Call) -> None:
    """See nothing."""
    for message in _each(call):
        if isinstance(message.get("content"), list):
            message["content"] = [
                part
                for part in message["content"]
                if part.get("type") != "image_url" or (part.get("image_url") or {}).get("url")
            ]


@fault("accepted.tool_type", "An unknown kind of tool is dropped.", "body", {"chat.mistakes.tool_type": "ignored"})
def tool_type(call: Call) -> None:
    """Drop hammers."""
    tools = call.body.get("tools")
    if isinstance(tools, list) and any(isinstance(one, dict) and one.get("type") == "hammer" for one in tools):
        del call.body["tools"]


@fault("accepted.limit_type", "A token limit may be a word.", "body", {"chat.mistakes.limit_type": "ignored"})
def limit_type(call: Call) -> None:
    """Forget what is no number."""
    if isinstance(call.body.get("max_tokens"), str):
        del call.body["max_tokens"]


@fault("accepted.seed_type", "A seed may be a word.", "body", {"chat.mistakes.seed_type": "ignored"})
def seed_type(call: Call) -> None:
    """Forget what is no number."""
    if isinstance(call.body.get("seed"), str):
        del call.body["seed"]
