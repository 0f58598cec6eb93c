"""What the model said as a response: the object that is sent whole, and that a stream ends with."""

from __future__ import annotations

import secrets
import time
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call, Finished

__all__ = ["response"]

THOUGHT = "The question was considered."


def response(call: Call) -> dict[str, Any]:
    """The answers as one response."""
    body, one = call.body, call.answers[0]
    cut = one.reason == "length"
    now = int(time.time())
    reasoning = body.get("reasoning") or {}
    text = body.get("text") or {}
    return {
        "id": f"resp_{secrets.token_hex(24)}",
        "object": "response",
        "created_at": now,
        "status": "incomplete" if cut else "completed",
        "background": False,
        "completed_at": None if cut else now,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": body["model"],
        "output": _output(call, one, "incomplete" if cut else "completed"),
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {
            "effort": reasoning.get("effort") or ("medium" if call.settings.reasoning else None),
            "summary": reasoning.get("summary"),
        },
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default",
        "store": body.get("store") is not False,
        "temperature": 1.0 if body.get("temperature") is None else body["temperature"],
        "text": {"format": text.get("format") or {"type": "text"}, "verbosity": text.get("verbosity") or "medium"},
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": [_echoed(tool) for tool in body.get("tools") or ()],
        "top_logprobs": body.get("top_logprobs") or 0,
        "top_p": 1.0 if body.get("top_p") is None else body["top_p"],
        "truncation": body.get("truncation") or "disabled",
        "usage": _usage(call),
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }


def _echoed(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] == "custom":
        return {"format": {"type": "text"}, **tool}
    return {"description": None, "strict": False, "parameters": None, **tool}


def _output(call: Call, one: Finished, status: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if one.thought:
        made.append(_thought(call))
    custom = {tool["name"] for tool in call.body.get("tools") or () if tool["type"] == "custom"}
    for place, (identifier, name, arguments) in enumerate(one.calls):
        last = place == len(one.calls) - 1
        own = {"status": status if last else "completed", "call_id": identifier, "name": name}
        if name in custom:
            made.append({"id": _id("ctc"), "type": "custom_tool_call", **own, "input": arguments})
        else:
            made.append({"id": _id("fc"), "type": "function_call", **own, "arguments": arguments})
    if one.tokens or not (one.calls or one.reason == "length"):
        logprobs = _logprobs(call, one)
        part = {"type": "output_text", "text": one.text, "annotations": [], "logprobs": logprobs}
        made.append({"id": _id("msg"), "type": "message", "status": status, "role": "assistant", "content": [part]})
    return made


def _thought(call: Call) -> dict[str, Any]:
    wanted = (call.body.get("reasoning") or {}).get("summary")
    item: dict[str, Any] = {"id": _id("rs"), "type": "reasoning", "summary": []}
    if wanted:
        item["summary"].append({"type": "summary_text", "text": THOUGHT})
    if "reasoning.encrypted_content" in (call.body.get("include") or ()):
        item["encrypted_content"] = f"gAAAA{secrets.token_urlsafe(24)}"
    return item


def _logprobs(call: Call, one: Finished) -> list[dict[str, Any]]:
    if "message.output_text.logprobs" not in (call.body.get("include") or ()):
        return []
    return [tokens.logprobs(piece, call.body.get("top_logprobs") or 0) for piece in one.tokens]


def _id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(24)}"


def _usage(call: Call) -> dict[str, Any]:
    spent = sum(one.spent for one in call.answers)
    return {
        "input_tokens": call.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": spent,
        "output_tokens_details": {"reasoning_tokens": sum(one.thought for one in call.answers)},
        "total_tokens": call.prompt_tokens + spent,
    }
