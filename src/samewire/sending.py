"""Bringing about an exchange live: attempts, limits, backoff, and the control in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from math import inf

from samewire.allowance import allowances
from samewire.attempt import Attempt, Failure, Wire
from samewire.budget import Ask, Budget, spent_by
from samewire.exchange import Exchange
from samewire.lag import Lag
from samewire.lapsing import Lapse
from samewire.reaching import listens
from samewire.request import Request
from samewire.retry import limited, wait_before_next
from samewire.settings import Endpoint
from samewire.transport import Transport
from samewire.verdict import Blocked, NotRun, Signal
from samewire.watching import Fate, Watch, lost, told, was_inside
from samewire.window import Window

__all__ = ["Budget", "Sender"]

#: Says after how many seconds an attempt is followed by another; None if these are enough.
Wait = Callable[[Sequence[Attempt]], float | None]
#: Requests in a row that time out before an endpoint is given up.
SILENCES = 6
#: Requests in a row whose limit never ended, after which one is tried twice only unless it is told how long to wait:
#: some servers answer so what they don't like.
UNRELENTING = 2
#: How often a request that met nobody is sent again as soon as somebody is back.
RETURNS = 5


class Sender:
    """Sends one endpoint's wires.

    Args:
        endpoint: where to.
        budget: what the run may still spend.
        lag: tells how late our own clock was.
        wait: says after how many seconds an attempt is followed by another, or that it isn't.
        there: tells whether somebody listens at the endpoint.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        budget: Budget | None = None,
        lag: Lag | None = None,
        wait: Wait = wait_before_next,
        there: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        provider = endpoint.provider
        self.endpoint = endpoint
        self.transport = Transport(endpoint, lag)
        self.window = Window(provider.concurrency, provider.rpm, provider.tokens_per_minute)
        self.watch = Watch(there or (lambda: asyncio.to_thread(listens, provider)))
        self.budget = budget or Budget()
        self.wait = wait
        credential = provider.credential
        self._renewing = credential is not None and credential.renewing is not None
        self._silences: list[str] = []
        self._unrelenting = 0
        self._lapse = Lapse(lambda wire: self._attempt(wire, inf, 0.0))

    async def perform(self, request: Request, wire: Wire, control: Wire | None, priority: float) -> Exchange | Signal:
        """Send a wire until it is answered or enough was tried."""
        attempts: list[Attempt] = []
        controls: list[bool] = []
        waited = 0.0
        renewed = False
        returns = 0
        crowd = (request.crowd, request.repetition, priority) if request.crowd else None
        while True:
            # Who was turned away by a limit goes first once that ends: it might meet every one of them else.
            urgency = inf if attempts and limited(attempts[-1]) else priority
            attempt = await self._attempt(wire, urgency, waited, attempts, crowd)
            if attempt is None:
                if not attempts or not self._silent:
                    return self._given_up()
                break
            attempts.append(attempt)
            if lost(attempt) and (fate := await self.watch.look(wire, attempt)) is not Fate.THERE:
                if fate is Fate.BACK and not was_inside(attempt) and returns < RETURNS and crowd is None:
                    returns += 1
                    continue  # it met nobody, and now somebody is there
                if fate is Fate.GONE and not was_inside(attempt):
                    return self._given_up()
                if await self._died(wire, priority, attempts, fate, crowd):
                    break
                attempt = attempts[-1]
            if not renewed and self._renewing and await self.transport.renewed(wire, attempt):
                renewed = True  # the key had ended: once more with the new one
                continue
            # What a crowd meets is what it is sent for: none of it is tried again.
            wait = self._wait(attempts) if crowd is None else None
            if wait is None:
                break
            # A limit holds for the endpoint, not for the request: there it was the window that waited.
            waited = wait
            if not limited(attempt):
                await asyncio.sleep(wait)
                if control is not None:
                    between = await self._attempt(control, priority, wait)
                    controls.append(between is not None and between.failure is None and between.status < 400)
        if crowd is None and any(map(limited, attempts)):
            self._unrelenting = self._unrelenting + 1 if limited(attempts[-1]) else 0
        if self._silent and self.watch.answered and _silent(attempts[-1]):
            attempts[-1] = replace(attempts[-1], failure=Failure("silent", self.gone))
        leaked = tuple(sorted({place for one in attempts for place in self.transport.leaks(one)}))
        got = Exchange(request, wire, tuple(attempts), tuple(controls), leaked=leaked)
        lapsed = await self._lapse.look(request, got)
        if lapsed is None:
            return got
        self.watch.gone = self.watch.gone or lapsed.message
        return replace(got, attempts=(*attempts[:-1], replace(attempts[-1], failure=lapsed)), _known={})

    async def _died(self, wire: Wire, priority: float, attempts: list[Attempt], fate: Fate, crowd: object) -> bool:
        """Whether the endpoint died of a request it had in hand; if it is back, that is put to the test.

        Of several that were in hand it can't be told otherwise which one it was: each is sent once more, alone.
        """
        if fate is Fate.BACK:
            if crowd is not None:
                return False
            again = await self._attempt(wire, priority, 0.0, attempts, crowd=(wire.id, len(attempts)))
            if again is None:
                return False
            attempts.append(again)
            if not lost(again) or not was_inside(again):
                return False
            if await self.watch.look(wire, again) is Fate.THERE:
                return False
        attempts[-1] = replace(attempts[-1], failure=self.watch.died(alone=fate is Fate.BACK))
        return True

    async def _attempt(
        self, wire: Wire, priority: float, waited: float, before: Sequence[Attempt] = (), crowd: object = None
    ) -> Attempt | None:
        prices = self.endpoint.prices
        ask = self.budget.asked(wire, prices) if self._reckons else Ask()
        await self.window.enter(priority, crowd, ask.tokens)
        fine = True
        attempt: Attempt | None = None
        try:
            if await self.watch.away() or self._silent or not await self.budget.admit(ask):
                return None
            attempt = await self.transport.attempt(wire, waited)
            self._note(wire, attempt)
            if limited(attempt):
                fine = False
                # Where enough was tried, or a longer pause is asked than a run waits, only this request is given up.
                self.window.pause(self._wait([*before, attempt]) or 0.0)
            return attempt
        finally:
            self.budget.settle(ask, attempt, prices)
            self.window.leave(fine, self._spared(ask, attempt))

    def _wait(self, attempts: Sequence[Attempt]) -> float | None:
        """Seconds until the next attempt, unless waiting was in vain before."""
        in_vain = self._unrelenting >= UNRELENTING and len(attempts) > 1 and attempts[-1].pause is None
        return None if in_vain and limited(attempts[-1]) else self.wait(attempts)

    def _note(self, wire: Wire, attempt: Attempt) -> None:
        """Take notice of what an attempt says of the endpoint: that it is there, and what it still allows."""
        if not _silent(attempt):
            self._silences = []
        elif attempt.lag < self.endpoint.provider.timeout / 4:  # else it may be us who were late
            self._silences.append(told(wire))
        self.watch.answered = self.watch.answered or attempt.status > 0
        for kind, one in allowances(attempt).items():
            self.window.told(kind, one.remaining, one.reset, one.limit)

    @property
    def _reckons(self) -> bool:
        """Whether it matters how many tokens a request may take."""
        bounded = self.endpoint.provider.tokens_per_minute is not None
        return bounded or self.budget.counts or self.window.bounded("tokens")

    def _spared(self, ask: Ask, attempt: Attempt | None) -> int:
        """How many tokens fewer an attempt took than were reckoned with, where they are bounded.

        Some endpoints count what a request may take, whatever it took then: once one has met its limit all the same,
        nothing is given back.
        """
        if self.endpoint.provider.tokens_per_minute is None:
            return 0
        spared = ask.tokens - (spent_by(ask, attempt).tokens if attempt is not None else 0)
        return min(0, spared) if self.window.pauses else spared

    @property
    def _silent(self) -> bool:
        return len(self._silences) >= SILENCES

    @property
    def gone(self) -> str:
        """Why the endpoint was given up, as a sentence; empty if it wasn't."""
        if self._silent:
            how = "stopped answering" if self.watch.answered else "does not answer"
            words = f"the endpoint {how}: {SILENCES} requests in a row ran out of time"
            # Some servers serve one connection at a time, and keep it: the others wait for ever.
            hint = " (can it serve several at once? else try --concurrency 1)" if self.window.peak > 1 else ""
            return f"{words}, the first of them {self._silences[0]}{hint}"
        return self.watch.gone

    def _given_up(self) -> Signal:
        if self.gone:
            return Blocked(self.gone, cause="gone")
        return NotRun(f"the run's budget of {self.budget.exhausted or 'requests'} was used up", reason="budget")

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()


def _silent(attempt: Attempt) -> bool:
    return attempt.failure is not None and attempt.failure.kind == "timeout" and not attempt.reads
