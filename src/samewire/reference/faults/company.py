"""Faults of what is told among other things: alone it arrives, in company or in a stream it is lost."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault


def _messages(call: Call) -> list[dict[str, Any]]:
    found = call.body.get("messages") if isinstance(call.body, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@fault("company.text_beside_a_call", "Text beside a call is dropped.", "body", {"chat.roles.together": "ignored"})
def text_beside_a_call(call: Call) -> None:
    """Keep the call."""
    for one in _messages(call):
        if one.get("tool_calls") and one.get("content"):
            one["content"] = None


@fault(
    "company.system_beside_tools",
    "Beside tools, the system is not heard.",
    "body",
    {"chat.roles.together": "ignored"},
    blocks=("chat.sampling.logprobs_beside_format", "chat.format.heard"),
)
def system_beside_tools(call: Call) -> None:
    """Listen to tools."""
    if call.body.get("tools"):
        call.body["messages"] = [one for one in _messages(call) if one.get("role") != "system"]


@fault(
    "company.results_in_streams",
    "In streams, results of tools are empty.",
    "body",
    {"chat.roles.together_stream": "ignored", "chat.stream_usage.same_conversation": "broken"},
)
def results_in_streams(call: Call) -> None:
    """Look away."""
    for one in _messages(call) if call.streamed else ():
        if one.get("role") == "tool":
            one["content"] = ""


@fault(
    "company.turns_in_streams",
    "In streams, only the last turn is heard.",
    "body",
    {"chat.roles.together_stream": "ignored", "chat.stream_usage.same_conversation": "broken"},
)
def turns_in_streams(call: Call) -> None:
    """Live in the moment."""
    messages = _messages(call)
    if call.streamed and not call.body.get("response_format"):
        heard = [one for one in messages[:-1] if one.get("role") in ("system", "developer")]
        if messages and messages[-1].get("role") == "user":
            call.body["messages"] = [*heard, messages[-1]]


@fault(
    "company.required_after_a_result",
    'After a result, tool_choice "required" is ignored.',
    "body",
    {"chat.tool_stream.second_turn": "ignored"},
    blocks=("chat.tools.fresh_ids",),
)
def required_after_a_result(call: Call) -> None:
    """Let it be."""
    if any(one.get("role") == "tool" for one in _messages(call)) and call.body.get("tool_choice") == "required":
        del call.body["tool_choice"]


@fault(
    "company.none_in_streams",
    'In streams, tool_choice "none" is ignored.',
    "body",
    {"chat.tool_choice.none": "ignored"},
)
def none_in_streams(call: Call) -> None:
    """Call all the same."""
    if call.streamed and call.body.get("tool_choice") == "none":
        del call.body["tool_choice"]
