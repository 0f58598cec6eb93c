"""Bringing about an exchange live: attempts, limits, backoff, and the control in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from samewire.attempt import Attempt, Wire
from samewire.budget import Budget
from samewire.exchange import Exchange
from samewire.lag import Lag
from samewire.request import Request
from samewire.retry import limited, wait_before_next
from samewire.settings import Endpoint
from samewire.transport import Transport
from samewire.verdict import Inconclusive, NotRun, Signal
from samewire.window import Window

__all__ = ["Budget", "Sender"]

#: Says after how many seconds an attempt is followed by another; None if these are enough.
Wait = Callable[[Sequence[Attempt]], float | None]
#: Requests in a row that time out before an endpoint is given up.
SILENCES = 6


class Sender:
    """Sends one endpoint's wires.

    Args:
        endpoint: where to.
        budget: what the run may still spend.
        lag: tells how late our own clock was.
        wait: says after how many seconds an attempt is followed by another, or that it isn't.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        budget: Budget | None = None,
        lag: Lag | None = None,
        wait: Wait = wait_before_next,
    ) -> None:
        self.endpoint = endpoint
        self.transport = Transport(endpoint, lag)
        self.window = Window(endpoint.provider.concurrency, endpoint.provider.rpm)
        self.budget = budget or Budget()
        self.wait = wait
        credential = endpoint.provider.credential
        self._renewing = credential is not None and credential.renewing is not None
        self._silences = 0

    async def perform(self, request: Request, wire: Wire, control: Wire | None, priority: float) -> Exchange | Signal:
        """Send a wire until it is answered or enough was tried."""
        attempts: list[Attempt] = []
        controls: list[bool] = []
        waited = 0.0
        renewed = False
        crowd = (request.crowd, request.repetition, priority) if request.crowd else None
        while True:
            attempt = await self._attempt(wire, priority, waited, attempts, crowd)
            if attempt is None:
                return self._given_up()
            attempts.append(attempt)
            if not renewed and self._renewing and await self.transport.renewed(wire, attempt):
                renewed = True  # the key had ended: once more with the new one
                continue
            # What a crowd meets is what it is sent for: none of it is tried again.
            wait = self.wait(attempts) if crowd is None else None
            if wait is None:
                break
            # A limit holds for the endpoint, not for the request: there it was the window that waited.
            waited = wait
            if not limited(attempt):
                await asyncio.sleep(wait)
                if control is not None:
                    between = await self._attempt(control, priority, wait)
                    controls.append(between is not None and between.failure is None and between.status < 400)
        leaked = tuple(sorted({place for one in attempts for place in self.transport.leaks(one)}))
        return Exchange(request, wire, tuple(attempts), tuple(controls), leaked=leaked)

    async def _attempt(
        self, wire: Wire, priority: float, waited: float, before: Sequence[Attempt] = (), crowd: object = None
    ) -> Attempt | None:
        await self.window.enter(priority, crowd)
        fine = True
        prices = self.endpoint.prices
        ask = self.budget.asked(wire, prices)
        attempt: Attempt | None = None
        try:
            if self._silences >= SILENCES or not await self.budget.admit(ask):
                return None
            attempt = await self.transport.attempt(wire, waited)
            silent = attempt.failure is not None and attempt.failure.kind == "timeout" and not attempt.reads
            self._silences = self._silences + 1 if silent else 0
            if limited(attempt):
                fine = False
                # Where enough was tried, or a longer pause is asked than a run waits, only this request is given up.
                self.window.pause(self.wait([*before, attempt]) or 0.0)
            return attempt
        finally:
            self.budget.settle(ask, attempt, prices)
            self.window.leave(fine)

    def _given_up(self) -> Signal:
        if self._silences >= SILENCES:
            words = f"the endpoint stopped answering: {self._silences} requests in a row ran out of time"
            return Inconclusive(words, reason="silent")
        return NotRun(f"the run's budget of {self.budget.exhausted or 'requests'} was used up", reason="budget")

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()
