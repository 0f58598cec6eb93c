"""Other ways to deal with many requests, at once and one after the other."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.burst import too_many
from samewire.reference.variants.registry import variant


@variant(
    "few_at_once", "Three requests at once are served, others refused with 429.", "body", blocks=("http.limits.*",)
)
def few_at_once(call: Call) -> None:
    """Have three slots."""
    if too_many(call):
        raise Refusal(429, "Too many concurrent requests.", type="requests", headers=(("Retry-After", "0.2"),))


@variant("queue", "Requests at once are answered one after the other.", "body", blocks=("http.limits.*",))
def queue(call: Call) -> None:
    """Have one slot, and let others wait."""
    too_many(call)
    call.notes["hang"] = 0.15 * int(call.memory["inside"]) if "hang" in call.notes else 0


@variant("limited", "Every third request is refused with 429 and Retry-After.", "body")
def limited(call: Call) -> None:
    """Slow down."""
    if call.number % 3 == 2:
        message = "Rate limit reached for requests."
        raise Refusal(429, message, type="requests", code="rate_limit_exceeded", headers=(("Retry-After", "0.1"),))


@variant("shaky", "Every tenth request fails with a 500.", "body")
def shaky(call: Call) -> None:
    """Fail now and then."""
    if call.number % 10 == 9:
        raise Refusal(500, "The server had an error.", type="server_error")


@variant("connection_close", "Every answer ends its connection, and says so.", "response")
def parting(call: Call) -> None:
    """Say goodbye."""
    call.response.hang_up = True
    call.response.set("Connection", "close")


@variant("connections_for_three", "A connection is closed after three answers.", "response")
def for_three(call: Call) -> None:
    """Hang up now and then, as who is told to do so at a number of requests."""
    call.response.hang_up = call.number % 3 == 2


@variant("resets", "Every eleventh connection is reset.", "response")
def resets(call: Call) -> None:
    """Hang up now and then."""
    if call.number % 11 == 10:
        call.response.raw = b""
