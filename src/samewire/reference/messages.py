"""Anthropic Messages at the reference endpoint."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call, Finished
from samewire.reference.errors import Refusal, unknown_url
from samewire.reference.fill import Unfillable
from samewire.reference.messages_prompt import input_tokens, prefill, prompt, text_tokens
from samewire.reference.messages_rules import check_count, check_create, merged, refuse
from samewire.reference.messages_stream import events, streamed
from samewire.reference.server import HttpResponse

__all__ = ["answer", "error", "signature"]

VERSIONS = ("2023-06-01", "2026-10-21")
#: Tokens that the model thinks when it is told to.
THOUGHT = 24
#: HTTP status → the type of its errors.
TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
ID = "request-id"


async def answer(reference: Any, call: Call) -> None:
    """Answer a call below this protocol's path."""
    call.notes["request_id"] = f"req_{secrets.token_hex(12)}"
    try:
        await _route(reference, call)
    except Refusal as refusal:
        refusal.headers = (*refusal.headers, *_headers(call))
        raise
    call.response.headers += [*_headers(call), *(_limits() if reference.settings.limits else ())]


def _headers(call: Call) -> list[tuple[str, str]]:
    return [(ID, call.notes["request_id"]), ("anthropic-organization-id", "00000000-0000-4000-8000-000000000000")]


def _limits() -> list[tuple[str, str]]:
    told = []
    for what, limit in (("requests", 1000), ("tokens", 200_000), ("input-tokens", 160_000), ("output-tokens", 40_000)):
        for name, value in (("limit", limit), ("remaining", limit - 1), ("reset", "2026-11-01T12:00:00Z")):
            told.append((f"anthropic-ratelimit-{what}-{name}", str(value)))
    return told


def error(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the body of a response."""
    kind = TYPES.get(refusal.status, "api_error" if refusal.status >= 500 else "invalid_request_error")
    found = dict(refusal.headers).get(ID)
    return {"type": "error", "error": {"type": kind, "message": refusal.message}, "request_id": found}


async def _route(reference: Any, call: Call) -> None:
    path, method = call.path, call.request.method
    if path not in ("/messages", "/messages/count_tokens"):
        raise unknown_url(method, call.request.path)
    if method == "OPTIONS":
        call.response = HttpResponse(204)
        call.response.set("Access-Control-Allow-Methods", "POST, OPTIONS")
        call.response.set("Access-Control-Allow-Headers", "x-api-key, authorization, anthropic-version, content-type")
        return
    if method != "POST":
        raise Refusal(405, "Method Not Allowed", headers=(("Allow", "POST"),))
    _authorise(call)
    version = call.request.headers.get("anthropic-version")
    if version is None:
        raise refuse("anthropic-version", "header is required")
    if version not in VERSIONS:
        raise refuse("anthropic-version", f'"{version}" is not a valid version')
    reference.parse(call)
    reference.at("body", call)
    check = check_create if path == "/messages" else check_count
    check(call.body, version)
    if call.body["model"] not in call.settings.models:
        raise Refusal(404, f"model: {call.body['model']}")
    call.prompt_tokens = input_tokens(call.body) if call.settings.weighs else text_tokens(call.body)
    made = prompt(call)
    if path != "/messages":
        reference.send(call, {"input_tokens": call.prompt_tokens})
        return
    if call.prompt_tokens > call.settings.window:
        raise Refusal(400, f"prompt is too long: {call.prompt_tokens} tokens > {call.settings.window} maximum")
    _verify(call.body)
    await _speak(reference, call, made)


def _authorise(call: Call) -> None:
    """Refuse whoever doesn't show the key, as ``x-api-key`` or as Bearer."""
    if call.settings.key is None or call.notes.get("authorised"):
        return
    shown = call.request.headers.get("x-api-key")
    if shown is None:
        scheme, _, shown = call.request.headers.get("authorization", "").partition(" ")
        if not scheme:
            raise Refusal(401, "x-api-key header is required")
        if scheme.lower() != "bearer":
            raise Refusal(401, "invalid bearer token")
    if shown.strip() != call.settings.key:
        raise Refusal(401, "invalid x-api-key")


def signature(thought: str) -> str:
    """What proves that a thought was this model's own."""
    return base64.b64encode(hashlib.sha256(f"reference {thought}".encode()).digest()).decode()


def _verify(body: dict[str, Any]) -> None:
    """Refuse thoughts that were changed on their way back."""
    if (body.get("thinking") or {}).get("type") == "enabled":
        for index, (_, content) in enumerate(merged(body["messages"])):
            for place, block in enumerate(content):
                if block["type"] == "thinking" and block["signature"] != signature(block["thinking"]):
                    raise refuse(f"messages.{index}.content.{place}", "Invalid `signature` in `thinking` block")


async def _speak(reference: Any, call: Call, made: model.Prompt) -> None:
    try:
        said = model.reply(made)
    except Unfillable as why:
        raise refuse("output_config.format.schema", str(why)) from None
    said.text = said.text.removeprefix(prefill(call.body))
    thinking = (call.body.get("thinking") or {}).get("type")
    thought = 0 if thinking == "disabled" else call.settings.reasoning or (THOUGHT if thinking else 0)
    call.answers.append(_finished(call, said, thought))
    reference.at("answers", call)
    document = _document(call)
    if not call.streamed:
        if call.settings.pace:
            await asyncio.sleep(call.settings.pace * sum(one.spent for one in call.answers))
        reference.send(call, document)
        return
    call.chunks = events(document, call.answers[0].tokens)
    streamed(reference, call)


def _finished(call: Call, said: model.Answer, thought: int) -> Finished:
    """An answer, cut at stop sequences and at the token limit, with what it cost."""
    limit = call.body["max_tokens"]
    room, thought = max(0, limit - thought), min(thought, limit)
    if said.calls:
        return _called(said, room, thought)
    text, reason = said.text, "end_turn"
    found = {text.index(stop): stop for stop in call.body.get("stop_sequences") or () if stop in text}
    if found:
        reason, call.notes["stop_sequence"] = "stop_sequence", found[min(found)]
        text = text[: min(found)]
    pieces = tokens.tokenize(text)
    if len(pieces) > room:
        pieces, reason = pieces[:room], "max_tokens"
        call.notes.pop("stop_sequence", None)
    return Finished(
        "".join(pieces), [], reason, pieces, len(pieces) + thought + (1 if room > len(pieces) else 0), thought
    )


def _called(said: model.Answer, room: int, thought: int) -> Finished:
    calls: list[tuple[str, str, str]] = []
    spent, reason = 0, "tool_use"
    for one in said.calls:
        cost = len(tokens.tokenize(one.arguments)) + 3
        if spent + cost > room:
            # Unlike a string of arguments, an object can't be cut: what was not said is left out.
            reason = "max_tokens"
            calls.append((f"toolu_{secrets.token_hex(12)}", one.name, "{}"))
            spent = room
            break
        spent += cost
        calls.append((f"toolu_{secrets.token_hex(12)}", one.name, one.arguments))
    return Finished("", calls, reason, [], spent + thought, thought)


def _document(call: Call) -> dict[str, Any]:
    """What the model said, as one message."""
    said = call.answers[0]
    content: list[dict[str, Any]] = []
    if said.thought:
        words = " ".join(["hm"] * said.thought)
        content.append({"type": "thinking", "thinking": words, "signature": signature(words)})
    if said.text:
        content.append({"type": "text", "text": said.text})
    for identifier, name, arguments in said.calls:
        content.append({"type": "tool_use", "id": identifier, "name": name, "input": json.loads(arguments)})
    return {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": call.body["model"],
        "content": content,
        "stop_reason": said.reason,
        "stop_sequence": call.notes.get("stop_sequence"),
        "usage": _usage(call),
    }


def _usage(call: Call) -> dict[str, Any]:
    return {
        "input_tokens": call.prompt_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": call.answers[0].spent,
        "service_tier": "standard",
    }
