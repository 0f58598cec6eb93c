"""What the requests of each protocol are like: within what is documented, and beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samewire.fuzzing import (
    beyond,
    inside,
    messages,
    messages_beyond,
    messages_inside,
    responses,
    responses_beyond,
    responses_inside,
    within,
)
from samewire.fuzzing.oracle import CHAT, Answers
from samewire.fuzzing.ways import Strategy, Way

__all__ = ["GRAMMARS", "Grammar"]


@dataclass(frozen=True)
class Grammar:
    """The requests of a protocol, and what their answers are held against.

    Attributes:
        path: where they go.
        bodies: their bodies as they may be, the model aside.
        ways: each way to be wrong, by its id.
        answers: what answers are held against.
    """

    path: str
    bodies: Strategy
    ways: Mapping[str, Way]
    answers: Answers


GRAMMARS = {
    "chat": Grammar("chat/completions", within.bodies(), {**beyond.WAYS, **inside.WAYS}, CHAT),
    "responses": Grammar(
        "responses",
        responses.bodies(),
        {**responses_beyond.WAYS, **responses_inside.WAYS},
        Answers(("responses/response", "RSP-EP-001"), ("responses/event", "RSP-EP-001")),
    ),
    "messages": Grammar(
        "messages",
        messages.bodies(),
        {**messages_beyond.WAYS, **messages_inside.WAYS},
        Answers(
            ("messages/message", "MSG-HTTP-001"),
            ("messages/event", "MSG-STR-024"),
            ("messages/error", "MSG-ERR-001"),
            in_success="MSG-ENV-016",
            silence="MSG-ERR-002",
            fault="MSG-ERR-002",
        ),
    ),
}
