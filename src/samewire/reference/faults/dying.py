"""Faults of a server that dies of what it is asked, for good or until somebody starts it anew."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault


def _killed(call: Call, seconds: float | None) -> None:
    """Die of a request for two choices."""
    if call.body.get("n") == 2:
        call.notes.update(dies=seconds, hang=0.05)


@fault(
    "dying.for_good",
    "A request for two choices ends the server.",
    "body",
    {"http.conduct.survives": "broken"},
    blocks=("*",),
)
def for_good(call: Call) -> None:
    """Die."""
    _killed(call, None)


@fault(
    "dying.restarted",
    "A request for two choices ends the server, which is started anew each time.",
    "body",
    {"http.conduct.survives": "broken"},
    blocks=(
        "chat.sampling.n*",
        "chat.limits.every_choice",
        "chat.usage.choices",
        "chat.usage.prompt_once",
        "chat.stream_usage.beside",
        "chat.tool_stream.every_choice",
    ),
)
def restarted(call: Call) -> None:
    """Die, and come back."""
    _killed(call, 0.8)


@fault(
    "dying.inside",
    "A request for two choices ends what answers; the server lives on, and answers 404 to all.",
    "body",
    {"http.conduct.survives": "broken"},
    blocks=("*",),
)
def inside(call: Call) -> None:
    """Die inside."""
    call.memory["dead"] = call.memory.get("dead") or call.body.get("n") == 2
    if call.memory["dead"]:
        raise Refusal(404, "generation thread died")
