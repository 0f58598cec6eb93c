"""Other ways to deal with several requests at once."""

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
