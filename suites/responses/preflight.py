"""The first steps at a Responses endpoint: is it served at all, found once and told in words."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    GET,
    OMIT,
    POST,
    Broken,
    Exchange,
    Findings,
    Inconclusive,
    Request,
    Steps,
    Stop,
    Unsupported,
    preflight,
)

from ..http.otherwise import something_else
from ..http.refusals import barred, misnamed, unkeyed, unreadable, withheld

SMALLEST = POST("responses", input="Say hello.", max_output_tokens=32)
MODELS = GET("models")
#: A path that no server has: who answers it answers anything.
#: Room for a model that thinks before it speaks, on top of every limit.
HEADROOM = 2048
LIMIT = "max_output_tokens"
SERVED = "responses.endpoint.served"
#: The events that end a stream.
TERMINAL = tuple(f"response.{word}" for word in ("completed", "incomplete", "failed"))


@preflight("responses", SMALLEST)
def PREFLIGHT() -> Steps:  # noqa: N802 - a constant to all who use it
    """Is the path served, the key taken, the model known, the token limit taken, and the answer a response."""
    limit: str | None = LIMIT
    answer: Exchange = yield SMALLEST
    if not answer.ok:
        yield from _reached(answer)
        # The endpoint has the path, takes the key and knows the model: it may only not take the limit.
        unlimited: Exchange = yield SMALLEST.but(max_output_tokens=OMIT)
        if not unlimited.ok:
            yield from _refused(answer)
        answer, limit = unlimited, None
    if not is_response(answer):
        yield from _something_else(answer)
    return Findings(limit, HEADROOM if _thinks(answer) else 0)


def _reached(answer: Exchange) -> Steps:
    """Stop if the first answer shows that path, key or model are not what the endpoint knows."""
    if broken := unreadable(answer):
        raise Stop(SERVED, broken)
    if answer.failure is not None:
        raise Stop(SERVED, Inconclusive(f"no answer came: {answer.failure.message}", reason=answer.failure.kind))
    if barring := barred(answer):
        raise Stop(SERVED, barring)
    if withheld(answer):
        raise Stop(
            SERVED, Inconclusive(f"the account may not use the model {answer.model!r}{answer.said}", reason="model")
        )
    if answer.status in (401, 403) or unkeyed(answer):
        raise Stop(SERVED, Inconclusive(f"the key is refused here{answer.said}", reason=f"http.{answer.status}"))
    if answer.status == 429:
        raise Stop(SERVED, Inconclusive(f"the rate limit allows nothing now{answer.said}", reason="http.429"))
    if misnamed(answer) or _blames_the_model(answer):
        listing: Exchange = yield MODELS
        if answer.model in _listed(listing):
            raise Stop(SERVED, Unsupported(f"the model is listed, and not served in this protocol{answer.said}"))
        ids = ", ".join(_listed(listing)[:8])
        words = f"no model {answer.model!r} here" + (f"; there are {ids}" if ids else answer.said)
        raise Stop(SERVED, Inconclusive(words, reason="model"))
    if answer.status in (404, 405, 410) or 300 <= answer.status < 400:
        words = f"POST responses is answered {answer.status}{answer.said}: the protocol is not offered here"
        raise Stop(SERVED, Unsupported(words))


def _refused(answer: Exchange) -> Steps:
    """Stop, saying whether it would be taken if nothing were to be stored, or as a stream."""
    words = f"the smallest request is refused with {answer.status}{answer.said}"
    if answer.status >= 500 and answer.status != 501:
        raise Stop(SERVED, Inconclusive(words, reason=f"http.{answer.status}"))
    unstored: Exchange = yield SMALLEST.but(store=False)
    if unstored.ok:
        words += "; with `store: false` it is taken: declare that in the provider's `body`"
    elif not answer.streamed and (yield SMALLEST.but(stream=True)).ok:
        words += "; with `stream: true` it is taken: declare that in the provider's `body`"
    raise Stop(SERVED, Unsupported(words))


def _something_else(answer: Exchange) -> Steps:
    """Stop: what came with a 2xx is no response."""
    stop: Stop = yield from something_else(answer, SERVED, "response")
    if isinstance(stop.signal, Broken) and not answer.streamed:
        streamed: Exchange = yield SMALLEST.but(stream=True)
        if streamed.ok and is_response(streamed):
            words = "with `stream: true` a response comes: declare that in the provider's `body`"
            raise Stop(SERVED, Broken(f"{stop.signal.message}; {words}"), seen=answer.id)
    raise stop


def told(answer: Exchange) -> Any:
    """What an answer tells: its body, or the response that its stream ends with, where only streams are to be had."""
    values = [value for value, _ in answer.payloads()] if answer.streamed else []
    ends = [value.get("response") for value in values if isinstance(value, dict) and value.get("type") in TERMINAL]
    return ends[-1] if ends else answer.raw_json


def is_response(answer: Exchange) -> bool:
    """Whether an answer is a response at all, if a broken one."""
    body = told(answer)
    return isinstance(body, dict) and (body.get("object") == "response" or isinstance(body.get("output"), list))


def _listed(listing: Exchange) -> list[str]:
    """The ids of a list of models; empty if this is none."""
    body = listing.raw_json if listing.ok else None
    data = body.get("data") if isinstance(body, dict) else None
    return [str(one["id"]) for one in data if isinstance(one, dict) and one.get("id")] if isinstance(data, list) else []


def _blames_the_model(answer: Exchange) -> bool:
    error: dict[str, Any] = answer.error_object or {}
    if error.get("code") == "model_not_found":
        return True
    missing = r"(?:not found|does not exist|doesn't exist|unknown|no such|not available|not supported)"
    said = str(error.get("message") or "")
    blamed = re.search(rf"\bmodel\b.{{0,120}}\b{missing}|\b{missing}.{{0,40}}\bmodel\b", said, re.I | re.S)
    return answer.status in (400, 404, 422) and blamed is not None and "max_" not in said


def _thinks(answer: Exchange) -> bool:
    """Whether the model spends tokens before it speaks."""
    body = told(answer)
    if not isinstance(body, dict):
        return False
    usage = body.get("usage")
    details = usage.get("output_tokens_details") if isinstance(usage, dict) else None
    if isinstance(details, dict) and details.get("reasoning_tokens"):
        return True
    output = body.get("output")
    kinds = [item.get("type") for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    return "reasoning" in kinds or (body.get("status") == "incomplete" and "message" not in kinds)


def opened(request: Request) -> Request:
    """The request, sent once the preflight has found the way open."""
    return request.after(PREFLIGHT)
