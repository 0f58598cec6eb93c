"""A performer for lanes that answers by rule, and what lanes give with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from samewire.attempt import Wire
from samewire.exchange import Exchange
from samewire.lane import Got, Lane
from samewire.request import POST, Request
from samewire.verdict import Signal

from .making import COMPLETION, attempt, endpoint

HELLO = POST("chat/completions", messages=[], n=0)
WHERE = endpoint()


class Performed:
    """Answers every request, and remembers which were asked for."""

    def __init__(self, answer: Callable[[Request], Any] = lambda request: COMPLETION, status: int = 200) -> None:
        self.answer = answer
        self.status = status
        self.requests: list[Request] = []
        self.wires: list[Wire] = []
        self.controls: list[Wire | None] = []
        self.priorities: list[float] = []
        self.heard: list[Exchange] = []

    async def __call__(self, request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
        self.requests.append(request)
        self.wires.append(wire)
        self.controls.append(control)
        self.priorities.append(priority)
        await asyncio.sleep(0)
        answer = self.answer(request)
        if isinstance(answer, Signal):
            return answer
        status, body = answer if isinstance(answer, tuple) else (self.status, answer)
        return Exchange(request, wire, (attempt(status, body),))

    @property
    def asked(self) -> list[Any]:
        """The ``n`` of each request."""
        return [one.body.get("n") if isinstance(one.body, dict) else one.path for one in self.requests]


def got(performed: Performed, *sources: Any, repetition: int = 0, lane: Lane | None = None) -> list[Any]:
    """What sources give when they are asked for at once."""

    async def ask() -> list[Any]:
        ours = lane or Lane(WHERE, performed, lambda _, one: performed.heard.append(one))
        return await asyncio.gather(*(ours.get(source, repetition) for source in sources))

    return asyncio.run(ask())
