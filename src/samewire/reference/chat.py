"""Chat completions: from a checked body to answers, and from answers to a document or to chunks."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call, Finished
from samewire.reference.cutting import finished
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.fill import Unfillable
from samewire.reference.pictures import NotAPicture, colours, from_data_url
from samewire.reference.rules import check_chat, check_messages

__all__ = ["answer", "chunks", "document"]

#: What a part counts that is not text.
PART_TOKENS = {"image_url": 85, "input_audio": 12, "file": 40}
#: Parameters that a model which thinks before it speaks refuses.
SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias")


def answer(call: Call) -> None:
    """Check the body and let the model speak.

    Raises:
        Refusal: the body is refused.
    """
    body, settings = call.body, call.settings
    check_messages(body.get("messages"))
    check_chat(body)
    for spelling in ("max_completion_tokens", "max_tokens"):
        if body.get(spelling) is not None and spelling not in settings.spellings:
            raise unsupported(spelling, settings.spellings[0] if settings.spellings else "")
    if settings.reasoning:
        for name in SAMPLING:
            neutral = (0, False) if "penalty" in name or "logprobs" in name else (1, 1.0)
            if body.get(name) is not None and body[name] not in neutral:
                raise unsupported(name)
    call.prompt_tokens = _prompt_tokens(body)
    if call.prompt_tokens > call.settings.window:
        message = (
            f"This model's maximum context length is {call.settings.window} tokens. However, your messages resulted in "
        )
        raise Refusal(400, f"{message}{call.prompt_tokens} tokens.", param="messages", code="context_length_exceeded")
    prompt = _prompt(call)
    for _ in range(body.get("n") or 1):
        try:
            said = model.reply(prompt)
        except Unfillable as why:
            message = f"Invalid schema for response_format: {why}"
            raise Refusal(400, message, param="response_format", code="invalid_json_schema") from None
        call.answers.append(finished(said, body, settings.reasoning))


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text") or part.get("refusal") or "" for part in content or ())


def _pictures(content: Any, settings: Any, place: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in content if isinstance(content, list) else ():
        if part["type"] != "image_url":
            continue
        if not settings.vision:
            raise Refusal(400, "This model does not support image inputs.", param=place, code="unsupported_value")
        url = part["image_url"]["url"]
        if url.startswith("https://reference.invalid/"):
            found.append(url.rpartition("/")[2].removesuffix(".png"))  # as if it had been fetched
            continue
        if url.startswith(("https://", "http://")):
            raise Refusal(400, f"Error while downloading {url}.", param=place, code="invalid_image_url")
        try:
            found += colours(from_data_url(url))
        except NotAPicture as why:
            raise Refusal(400, f"The image could not be read: {why}.", param=place, code="invalid_image_url") from None
    return tuple(found)


def _prompt(call: Call) -> model.Prompt:
    body, settings = call.body, call.settings
    said = []
    asked = {
        str(one.get("id")): str((one.get("function") or {}).get("arguments"))
        for message in body["messages"]
        for one in message.get("tool_calls") or ()
    }
    for index, message in enumerate(body["messages"]):
        content = message.get("content")
        said.append(
            model.Said(
                role=message["role"],
                text=_text_of(content),
                name=message.get("name") or "",
                colours=_pictures(content, settings, f"messages[{index}].content"),
                calls=tuple(str(one.get("function")) for one in message.get("tool_calls") or ()),
                asked=asked.get(str(message.get("tool_call_id")), ""),
            )
        )
    shapes = [(tool["type"], tool[tool["type"]]) for tool in body.get("tools") or ()]
    shapes += [("function", one) for one in body.get("functions") or ()]
    allowed = _allowed(body)
    tools = {
        one["name"]: (
            one.get("description", ""),
            None if kind == "custom" else one.get("parameters") or {"type": "object"},
        )
        for kind, one in shapes
        if allowed is None or one["name"] in allowed
    }
    form = body.get("response_format") or {}
    warm = body.get("temperature")
    return model.Prompt(
        said=said,
        tools=tools,
        strict=frozenset(one["name"] for _, one in shapes if one.get("strict")),
        choice=_choice(body, tools),
        parallel=body.get("parallel_tool_calls") is not False and "functions" not in body,
        schema=(form.get("json_schema") or {}).get("schema") if form.get("type") == "json_schema" else None,
        json=form.get("type") == "json_object",
        lively=settings.lively * (1.0 if warm is None else warm),
        seed=body.get("seed"),
    )


def _allowed(body: dict[str, Any]) -> set[str] | None:
    """The names of the tools that `allowed_tools` leaves, or None if it is not used."""
    choice = body.get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return None
    return {tool[tool["type"]]["name"] for tool in choice["allowed_tools"].get("tools") or ()}


def _choice(body: dict[str, Any], tools: dict[str, Any]) -> str:
    choice = body.get("tool_choice", body.get("function_call"))
    if isinstance(choice, dict):
        if choice.get("type") == "allowed_tools":
            return str(choice["allowed_tools"].get("mode", "auto"))
        return str((choice.get("function") or choice.get("custom") or choice).get("name"))
    return choice or ("auto" if tools else "none")


def _prompt_tokens(body: dict[str, Any]) -> int:
    total = 3
    for message in body["messages"]:
        total += 3 + tokens.count(message.get("name") or "") + tokens.count(_text_of(message.get("content")))
        if message.get("tool_calls"):
            total += tokens.count(json.dumps(message["tool_calls"]))
        for part in message["content"] if isinstance(message.get("content"), list) else ():
            total += PART_TOKENS.get(part["type"], 0)
    for name in ("tools", "functions", "response_format"):
        if body.get(name):
            total += tokens.count(json.dumps(body[name]))
    return total


def _usage(call: Call) -> dict[str, Any]:
    spent = sum(one.spent for one in call.answers)
    thought = sum(one.thought for one in call.answers)
    return {
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": spent,
        "total_tokens": call.prompt_tokens + spent,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": thought,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _frame(call: Call, kind: str) -> dict[str, Any]:
    frame = {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": kind,
        "created": int(time.time()),
        "model": call.body["model"],
        "service_tier": "default",
        "system_fingerprint": "fp_reference",
    }
    if not call.body.get("service_tier"):
        frame.pop("service_tier")
    return frame


def _logprobs(call: Call, pieces: list[str]) -> dict[str, Any] | None:
    if not call.body.get("logprobs"):
        return None
    top = call.body.get("top_logprobs") or 0
    return {"content": [tokens.logprobs(piece, top) for piece in pieces], "refusal": None}


def _as_calls(call: Call, one: Finished) -> list[dict[str, Any]]:
    custom = {tool["custom"]["name"] for tool in call.body.get("tools") or () if tool["type"] == "custom"}
    made = []
    for identifier, name, arguments in one.calls:
        if name in custom:
            made.append({"id": identifier, "type": "custom", "custom": {"name": name, "input": arguments}})
        else:
            function = {"name": name, "arguments": arguments}
            made.append({"id": identifier, "type": "function", "function": function})
    return made


def document(call: Call) -> dict[str, Any]:
    """The answers as one completion."""
    choices = []
    for index, one in enumerate(call.answers):
        message: dict[str, Any] = {"role": "assistant", "content": None if one.calls else one.text, "refusal": None}
        if one.calls and "functions" in call.body:
            message["function_call"] = {"name": one.calls[0][1], "arguments": one.calls[0][2]}
        elif one.calls:
            message["tool_calls"] = _as_calls(call, one)
        message["annotations"] = []
        logprobs = _logprobs(call, one.tokens)
        choices.append({"index": index, "message": message, "logprobs": logprobs, "finish_reason": one.reason})
    return {**_frame(call, "chat.completion"), "choices": choices, "usage": _usage(call)}


def chunks(call: Call) -> list[dict[str, Any]]:
    """The answers as the chunks of a stream."""
    frame = _frame(call, "chat.completion.chunk")
    metered = bool((call.body.get("stream_options") or {}).get("include_usage"))
    frame |= {"usage": None} if metered else {}
    made: list[dict[str, Any]] = []

    def add(index: int, delta: dict[str, Any], reason: str | None = None, logprobs: Any = None) -> None:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        made.append({**frame, "choices": [choice]})

    for index, one in enumerate(call.answers):
        add(index, {"role": "assistant", "content": None if one.calls else "", "refusal": None})
    for index, one in enumerate(call.answers):
        for piece in one.tokens:
            add(index, {"content": piece}, logprobs=_logprobs(call, [piece]))
        if "functions" in call.body:
            _stream_function(index, one, add)
        else:
            _stream_calls(index, one, add)
        add(index, {}, one.reason)
    if metered:
        made.append({**frame, "choices": [], "usage": _usage(call)})
    return made


def _stream_calls(index: int, one: Finished, add: Any) -> None:
    for place, (identifier, name, arguments) in enumerate(one.calls):
        head = {"id": identifier, "type": "function", "function": {"name": name, "arguments": ""}}
        add(index, {"tool_calls": [{"index": place, **head}]})
        for piece in tokens.tokenize(arguments):
            add(index, {"tool_calls": [{"index": place, "function": {"arguments": piece}}]})


def _stream_function(index: int, one: Finished, add: Any) -> None:
    for _, name, arguments in one.calls[:1]:
        add(index, {"function_call": {"name": name, "arguments": ""}})
        for piece in tokens.tokenize(arguments):
            add(index, {"function_call": {"arguments": piece}})
