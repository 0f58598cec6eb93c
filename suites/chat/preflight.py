"""The first steps at a Chat Completions endpoint: found once, and told in words that someone can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from samewire import (
    GET,
    OMIT,
    POST,
    Broken,
    Exchange,
    Findings,
    Inconclusive,
    Steps,
    Stop,
    Unsupported,
    preflight,
    user,
)

from ..http.otherwise import something_else
from ..http.refusals import barred, misnamed, unkeyed, unreadable, withheld
from ..messages.preflight import SMALLEST as MESSAGE
from ..messages.preflight import as_message
from ..responses.preflight import SMALLEST as RESPONSE
from ..responses.preflight import is_response
from .marks import aloud

SMALLEST = POST("chat/completions", messages=[user("Say hello.")], max_completion_tokens=32)
MODELS = GET("models")
#: Room for a model that thinks before it speaks, on top of every limit.
HEADROOM = 2048

#: How servers say that they don't have a model.
UNKNOWN = (
    *("not found", "does not exist", "doesn't exist", "not exist", "unknown", "invalid", "no such"),
    *("not available", "unsupported", "not supported"),
)
BASE_URL = "http.base_url.answers"
KEY = "http.auth.key_accepted"
MODEL = "chat.model.served"
ANSWERS = "chat.completion.answers"
#: The checks that show where the preflight stopped, in the order they are reached.
STAGES = (BASE_URL, KEY, MODEL, ANSWERS)


@preflight("chat", SMALLEST)
def PREFLIGHT() -> Steps:  # noqa: N802 - a constant to all who use it
    """Does the base URL answer, is the key taken, is the model served, how is the token limit spelled."""
    limit: str | None = "max_completion_tokens"
    answer: Exchange = yield SMALLEST
    if not answer.ok:
        yield from _reached(answer)
    if not answer.ok:
        # The endpoint takes the key and has the model: it may only spell the limit another way, or not take any.
        for spelling in ("max_tokens", None):
            other = SMALLEST.but(max_completion_tokens=OMIT, **({spelling: 32} if spelling else {}))
            second: Exchange = yield other
            if second.ok:
                answer, limit = second, spelling
                break
        else:
            raise Stop(ANSWERS, _refused(answer))
    choice = first_choice(answer)
    if choice is None:
        yield from _nowhere(answer, f"answers {answer.status}, but with no `choices`")
    return Findings(limit, HEADROOM if _thinks(answer, choice) else 0)


def _refused(answer: Exchange) -> Unsupported | Inconclusive:
    words = f"the smallest request is refused with {answer.status}{answer.said}"
    if 400 <= answer.status < 500:
        return Unsupported(words)
    return Inconclusive(_words(answer) or words, reason=f"http.{answer.status}")


def _reached(answer: Exchange) -> Steps:
    """Stop if the first answer shows that base URL, key or model are not what the endpoint knows."""
    if answer.failure is not None and answer.failure.kind == "key":
        raise Stop(KEY, Inconclusive(answer.failure.message, reason="key"), wide=True)
    if broken := unreadable(answer):
        raise Stop(BASE_URL, broken, wide=True)
    if answer.failure is not None:
        raise Stop(BASE_URL, Inconclusive(_words(answer), reason=answer.failure.kind), wide=True)
    if barring := barred(answer):
        raise Stop(KEY, barring, wide=True)
    if withheld(answer):
        words = f"the account may not use the model {answer.model!r}{answer.said}"
        raise Stop(MODEL, Inconclusive(words, reason="model"), wide=True)
    if answer.status in (401, 403) or unkeyed(answer):
        raise Stop(KEY, Inconclusive(_key(answer), reason=f"http.{answer.status}"), wide=True)
    if answer.status == 429:
        raise Stop(ANSWERS, Inconclusive(f"the rate limit allows nothing now{answer.said}", reason="http.429"))
    if misnamed(answer) or _blames_the_model(answer):
        listing: Exchange = yield MODELS
        if answer.model in _listed(listing):
            raise Stop(ANSWERS, Unsupported(f"the model is listed, and refused here{answer.said}"))
        raise Stop(MODEL, Inconclusive(_nearest(answer, listing), reason="model"), wide=True)
    if answer.status < 200 or 300 <= answer.status < 400 or answer.status in (404, 405, 501):
        yield from _nowhere(answer, f"answers {answer.status}")


def _nowhere(answer: Exchange, seen: str) -> Steps:
    """Nothing of the API is here: look where it may be, and stop."""
    listing: Exchange = yield MODELS
    if _listed(listing):
        if answer.ok:
            raise (yield from something_else(answer, ANSWERS, "completion"))
        words = f"POST chat/completions {seen}{answer.said}, though GET models is answered here"
        raise Stop(ANSWERS, Unsupported(words))
    base, _, pasted = answer.wire.url.partition("/chat/completions")
    if pasted or base != answer.wire.url:
        for other in _others(answer.wire.url.removesuffix("/chat/completions")):
            there: Exchange = yield SMALLEST.at(f"{other}/chat/completions")
            if (there.ok and first_choice(there) is not None) or _speaks(there):
                words = f"{seen} at this base URL, but the API answers at {other}: write base_url: {other}"
                raise Stop(BASE_URL, words, wide=True)
    # Some serve another protocol alone: then the base URL is right.
    for smallest, known in ((MESSAGE, as_message), (RESPONSE, is_response)):
        otherwise: Exchange = yield smallest
        if otherwise.ok and known(otherwise):
            words = f"POST chat/completions {seen}{answer.said}, though POST {smallest.path} is answered here"
            words += f": is it served alone? then write protocols: [{smallest.path}]"
            raise Stop(ANSWERS, Unsupported(words))
    if answer.ok and answer.media_type == "application/json" and answer.json_problem:
        packed = answer.body.startswith(b"\x1f\x8b")
        told = "is gzip, which no Content-Encoding says" if packed else f"is none: {answer.json_problem}"
        raise Stop(BASE_URL, Broken(f"the body is declared as JSON, and {told}", reason="json"), wide=True)
    page = " (a web page, not an API)" if "html" in answer.media_type else ""
    raise Stop(BASE_URL, f"POST {answer.wire.url} {seen}{page}{answer.said}: is the base URL right?", wide=True)


def _others(base: str) -> Iterator[str]:
    """Where else the API may begin."""
    origin = "/".join(base.split("/")[:3])
    pasted = base.removesuffix("/chat/completions").rstrip("/")
    tries = [pasted, f"{pasted}/v1", pasted.removesuffix("/v1"), f"{origin}/v1", f"{origin}/api/v1"]
    return (one for one in dict.fromkeys(tries) if one != base)


def _speaks(answer: Exchange) -> bool:
    """Whether a refusal is one of an API that knows the path."""
    return answer.error_object is not None and (answer.status in (400, 401, 403, 422, 429) or _blames_the_model(answer))


def first_choice(answer: Exchange) -> dict[str, Any] | None:
    """The first choice of a completion, as it came; None if this is no completion."""
    body = answer.raw_json
    choices = body.get("choices") if isinstance(body, dict) else None
    if isinstance(choices, list) and choices:
        return choices[0] if isinstance(choices[0], dict) else {}
    # Without choices it may still be one, a broken one: that is for the checks of the completion to say.
    return {} if isinstance(body, dict) and body.get("object") == "chat.completion" else None


def _thinks(answer: Exchange, choice: dict[str, Any] | None) -> bool:
    """Whether the model spends tokens before it speaks."""
    body = answer.raw_json
    usage = body.get("usage") if isinstance(body, dict) else None
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    if isinstance(details, dict) and details.get("reasoning_tokens"):
        return True
    message = (choice or {}).get("message")
    if not isinstance(message, dict):
        return False
    silent = (choice or {}).get("finish_reason") == "length" and not message.get("content")
    said = message.get("content")
    # What is thought may stand among the words, which has a cell of its own; it takes room all the same.
    return (
        silent
        or (isinstance(said, str) and aloud(said))
        or bool(message.get("reasoning_content") or message.get("reasoning"))
    )


def _listed(listing: Exchange) -> list[str]:
    """The ids of a list of models; empty if this is none."""
    body = listing.raw_json if listing.ok else None
    data = body.get("data") if isinstance(body, dict) else None
    return [str(one["id"]) for one in data if isinstance(one, dict) and one.get("id")] if isinstance(data, list) else []


def _said(answer: Exchange) -> str:
    """All that the answer says, in lower case."""
    return answer.body[:4000].decode(errors="replace").lower()


def _blames_the_model(answer: Exchange) -> bool:
    error = answer.error_object or {}
    said = str(error.get("message") or "") if error else _said(answer)
    if error.get("code") == "model_not_found":
        return True
    unknown = "|".join(UNKNOWN)
    blamed = re.search(rf"\bmodel\b.{{0,120}}\b(?:{unknown})\b|\b(?:{unknown})\b.{{0,60}}\bmodel\b", said, re.I | re.S)
    return answer.status in (400, 404, 422) and bool(blamed) and "max_" not in said and "html" not in answer.media_type


def _nearest(answer: Exchange, listing: Exchange) -> str:
    wanted, ids = answer.model, _listed(listing)
    near = get_close_matches(wanted, ids, 3, 0.4)
    if near:
        return f"no model {wanted!r} here; did you mean {' or '.join(near)}?"
    if ids:
        more = f" and {len(ids) - 8} more" if len(ids) > 8 else ""
        return f"no model {wanted!r} here; there are {', '.join(ids[:8])}{more}"
    return f"no model {wanted!r} here{answer.said}"


def _key(answer: Exchange) -> str:
    if answer.wire.key == "own" and not any("{key}" in value for _, value in answer.wire.headers):
        return f"the endpoint wants a key, and none is set{answer.said}"
    if answer.status == 403:
        return f"the key may not be used for this{answer.said}"
    return f"the key is refused{answer.said}"


def _words(answer: Exchange) -> str:
    """What a failure means to someone who set the endpoint up."""
    failure = answer.failure
    host = "/".join(answer.wire.url.split("/")[2:3])
    # What TLS says to who shows no certificate gets lost where the connection ends at once.
    unshown = ": does it want a certificate of ours, a `client_cert`?" if answer.wire.url.startswith("https") else ""
    if failure is None:
        return f"the server answers {answer.status} to the smallest request{answer.said}"
    return {
        "refused": f"connection refused at {host}: is the server running?",
        "name": f"the host name of {host} is not known: is it spelled right?",
        "tls": failure.message.replace("no secure connection", f"no secure connection to {host}"),
        "reset": f"{host}: {failure.message}{unshown}" if failure is not None else "",
        "protocol": f"{host}: {failure.message}{unshown}" if failure is not None else "",
        "timeout": f"no answer from {host}: {failure.message}",
    }.get(failure.kind, f"{host}: {failure.message}")


def reached(exchange: Exchange, stage: str) -> None:
    """Say what the preflight found of this stage; *blocked* if it stopped before it."""
    found = exchange.found
    if isinstance(found, Stop):
        stopped = STAGES.index(found.id)
        if stopped == STAGES.index(stage):
            raise found.signal
        if stopped < STAGES.index(stage):
            raise found.blocking
