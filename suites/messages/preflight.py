"""The first steps at a Messages endpoint: is it served at all, how is the key taken, is the model known."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    GET,
    POST,
    Exchange,
    Findings,
    Inconclusive,
    Steps,
    Stop,
    Unsupported,
    preflight,
    seen,
    user,
)

from ..chat.marks import aloud
from ..http.otherwise import something_else
from ..http.refusals import barred, misnamed, unkeyed, unreadable, withheld

SMALLEST = POST("messages", messages=[user("Say hello.")], max_tokens=32)
MODELS = GET("models")
#: Room for a model that thinks before it speaks, on top of every limit.
HEADROOM = 2048
ANSWERS = "messages.message.answers"
#: What a message has: two of these make out that something is one, however broken.
MEMBERS = ("content", "stop_reason", "role", "usage")
UNKNOWN = (
    "not found|does not exist|doesn't exist|not exist|unknown|invalid|no such|not available|unsupported|not supported"
)


@preflight("messages", SMALLEST)
def PREFLIGHT() -> Steps:  # noqa: N802 - a constant to all who use it
    """Is a message answered, and which way is the key taken."""
    answer: Exchange = yield SMALLEST
    key = ""
    if answer.status in (401, 403) and _carries_a_key(answer) and barred(answer) is None:
        bearer: Exchange = yield SMALLEST.with_key("bearer")
        # Whose key is taken hears what there is, be it that there are no messages.
        if bearer.failure is None and bearer.status not in (401, 403):
            answer, key = bearer, "bearer"
    if not answer.ok:
        yield from _refused(answer)
    message = as_message(answer)
    if message is None:
        raise (yield from something_else(answer, ANSWERS, "message"))
    notes = ("x-api-key was refused: the key is presented as Bearer",) if key else ()
    return Findings("max_tokens", HEADROOM if _thinks(message) else 0, notes, key)


def _carries_a_key(answer: Exchange) -> bool:
    return any("{key}" in value for _, value in answer.wire.headers)


def _refused(answer: Exchange) -> Steps:
    """Stop, and say why in words that someone can act on."""
    status, reason = answer.status, f"http.{answer.status}"
    if broken := unreadable(answer):
        raise Stop(ANSWERS, broken)
    if answer.failure is not None:
        raise Stop(ANSWERS, Inconclusive(f"no answer: {answer.failure.message}", reason=answer.failure.kind))
    if barring := barred(answer):
        raise Stop(ANSWERS, barring)
    if withheld(answer):
        words = f"the account may not use the model {answer.model!r}{_words(answer)}"
        raise Stop(ANSWERS, Inconclusive(words, reason="model"))
    if status in (401, 403) and not _carries_a_key(answer):
        raise Stop(ANSWERS, Inconclusive(f"the endpoint wants a key, and none is set{_words(answer)}", reason=reason))
    if status in (401, 403) or unkeyed(answer):
        raise Stop(ANSWERS, Inconclusive(f"the key is refused{_words(answer)}", reason=reason))
    if misnamed(answer) or _blames_the_model(answer):
        listing: Exchange = yield MODELS
        if answer.model in _listed(listing):
            raise Stop(ANSWERS, Unsupported(f"the model is listed, and not served as messages{_words(answer)}"))
        raise Stop(ANSWERS, Inconclusive(f"no model {answer.model!r} here{_words(answer)}", reason="model"))
    if status in (404, 405, 501):
        raise Stop(ANSWERS, Unsupported(f"POST messages is answered {status}{_words(answer)}"))
    if 400 <= status < 500 and status not in (408, 409, 429):
        raise Stop(ANSWERS, Unsupported(f"the smallest request is refused with {status}{_words(answer)}"))
    raise Stop(ANSWERS, Inconclusive(f"the smallest request is answered {status}{_words(answer)}", reason=reason))


def _words(answer: Exchange) -> str:
    return answer.said or ""


def as_message(answer: Exchange) -> dict[str, Any] | None:
    """The message as it came, however broken; None if this is none."""
    body = answer.raw_json
    if not isinstance(body, dict) or "choices" in body or answer.error_object is not None:
        return None
    known = sum(name in body for name in MEMBERS)
    return body if known >= 2 or (known and body.get("type") == "message") else None


def _thinks(message: dict[str, Any]) -> bool:
    """Whether the model spends tokens before it speaks."""
    content = message.get("content")
    blocks = [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    kinds = {str(block.get("type")) for block in blocks}
    silent = message.get("stop_reason") == "max_tokens" and "text" not in kinds and isinstance(content, list)
    # What is thought may stand in the text, which has a cell of its own; it takes room all the same.
    return silent or any(map(aloud, map(_text, blocks))) or bool(kinds & {"thinking", "redacted_thinking"})


def _text(block: dict[str, Any]) -> str:
    said = block.get("text")
    return said if isinstance(said, str) else ""


def _blames_the_model(answer: Exchange) -> bool:
    error = answer.error_object or {}
    said = str(error.get("message") or "") if error else answer.body[:2000].decode(errors="replace")
    if answer.status not in (400, 404, 422) or "html" in answer.media_type:
        return False
    if error.get("type") == "not_found_error" and re.match(r"model\b", said):
        return True
    blamed = rf"\bmodel\b.{{0,120}}\b(?:{UNKNOWN})\b|\b(?:{UNKNOWN})\b.{{0,60}}\bmodel\b"
    return bool(re.search(blamed, said, re.I | re.S)) and "max_" not in said


def _listed(listing: Exchange) -> list[str]:
    body = listing.raw_json if listing.ok else None
    data = body.get("data") if isinstance(body, dict) else None
    return [str(one["id"]) for one in data if isinstance(one, dict) and one.get("id")] if isinstance(data, list) else []


def reached(exchange: Exchange) -> None:
    """Say what the preflight found, if it stopped."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.signal


def offered(exchange: Exchange) -> None:
    """Set aside what the preflight met before it was known that there are messages here: other cells tell of it."""
    first = exchange.request.opener is None
    seen(not first or (exchange.ok and as_message(exchange) is not None), "nothing was known to be offered yet")
