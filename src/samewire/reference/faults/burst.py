"""Faults under load: three requests at once are served, and what becomes of the others is not as it should be."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse

__all__ = ["too_many"]

#: How many are served at once, and how many seconds each takes.
SLOTS, SECONDS = 3, 0.15


def too_many(call: Call) -> bool:
    """Take a moment for a request to repeat a word; whether there are too many of them at once."""
    if "Repeat this" not in json.dumps(call.body.get("messages")):
        return False
    call.notes["hang"] = SECONDS
    return int(call.memory["inside"]) > SLOTS


@fault(
    "burst.failure",
    "A fourth request at once is answered 500.",
    "body",
    {"http.limits.refusal": "broken"},
    known=("conc-max-concurrency-429-not-queue",),
)
def failure(call: Call) -> None:
    """Fall over."""
    if too_many(call):
        raise Refusal(500, "Worker exhausted.", type="server_error")


@fault(
    "burst.not_a_limit",
    "A fourth request at once is refused as if it were wrong.",
    "body",
    {"http.limits.refusal": "broken"},
)
def not_a_limit(call: Call) -> None:
    """Blame the client."""
    if too_many(call):
        raise Refusal(400, "Too many concurrent requests.")


@fault(
    "burst.hung_up",
    "A fourth request at once is hung up on.",
    "body",
    {"http.limits.refusal": "broken"},
)
def hung_up(call: Call) -> None:
    """Say nothing."""
    if too_many(call):
        call.notes["instead"] = HttpResponse(raw=b"")


@fault(
    "burst.left_hanging",
    "A fourth request at once is never answered.",
    "body",
    {"http.limits.refusal": "broken"},
    patience=3.0,
)
def left_hanging(call: Call) -> None:
    """Forget it."""
    if too_many(call):
        call.notes["hang"] = 20


@fault(
    "burst.bare",
    "A fourth request at once is refused with 429 and a line of text.",
    "body",
    {"http.limits.envelope": "broken"},
    blocks=("http.limits.*",),
)
def bare(call: Call) -> None:
    """Be curt."""
    if too_many(call):
        headers = [("Content-Type", "text/plain"), ("Retry-After", "1")]
        call.notes["instead"] = HttpResponse(429, headers, b"slow down")


@fault(
    "burst.no_retry_after",
    "A fourth request at once is refused with 429, and nothing is said of when.",
    "body",
    {"http.limits.retry_after": "broken"},
    blocks=("http.limits.*",),
)
def no_retry_after(call: Call) -> None:
    """Say nothing of when."""
    if too_many(call):
        raise Refusal(429, "Too many concurrent requests.", type="requests", code="rate_limit_exceeded")


@fault(
    "burst.quota",
    "A fourth request at once is refused as if a quota were used up.",
    "body",
    {"http.limits.passing": "broken"},
    blocks=("http.limits.*",),
)
def quota(call: Call) -> None:
    """Tell the wrong reason."""
    if too_many(call):
        raise Refusal(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            type="insufficient_quota",
            code="insufficient_quota",
            headers=(("Retry-After", "1"),),
        )


@fault(
    "burst.empty",
    "A fourth request at once is answered 200 with nothing.",
    "document",
    {"http.limits.whole_answer": "broken"},
)
def empty(call: Call) -> None:
    """Have nothing to say."""
    if call.chat and too_many(call):
        call.document = {**call.document, "choices": []}


@fault(
    "burst.swapped",
    "Of requests at once, one gets the answer to another.",
    "answers",
    {"http.limits.own_answer": "broken"},
    known=("conc-cross-talk-kv", "conc-responses-interleaved"),
)
def swapped(call: Call) -> None:
    """Take the first slot for one's own."""
    if too_many(call):
        call.answers = call.memory["said"]
    elif call.memory["inside"] == 1:
        call.memory["said"] = call.answers
