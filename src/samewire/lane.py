"""One endpoint's lane: each distinct request once, its control before it, scenarios step by step.

A lane sends a request once its control was answered; what stands in the way of that is given as a signal instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from samewire.anew import anew
from samewire.attempt import Wire
from samewire.exchange import Exchange
from samewire.findings import ENTRANCES, Findings, Stop
from samewire.ranking import Ranking
from samewire.request import Request
from samewire.scenario import Every, Preflight, Scenario, key_of
from samewire.settings import Endpoint, SettingsError
from samewire.verdict import Blocked, Broken, Ignored, Misconfigured, Signal, Unsupported
from samewire.wire import wire as wired

__all__ = ["Got", "Lane", "Performer"]

T = TypeVar("T")
#: What a lane has to give: an exchange, or what stood in its way.
Got = Exchange | Signal
#: Brings about what came back for a wire: live, or from a record. It gets the control's wire and a priority too.
Performer = Callable[[Request, Wire, Wire | None, float], Awaitable[Got]]
#: Told of each exchange as it ends.
Listener = Callable[[Endpoint, Exchange], None]


class Lane:
    """One endpoint's exchanges.

    Args:
        endpoint: whose.
        perform: sends a wire, or finds it in a record.
        listen: told of each exchange as it ends.
    """

    def __init__(self, endpoint: Endpoint, perform: Performer, listen: Listener = lambda *_: None) -> None:
        self.endpoint = endpoint
        self.exchanges: dict[str, Exchange] = {}
        self.findings: dict[str, Findings | Stop] = {}
        self._perform = perform
        self._listeners = [listen]
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._given: dict[str, Any] = {}
        self.ranking = Ranking()
        self._started: set[asyncio.Task[Any]] = set()
        #: Whether nothing is under way any more.
        self.settled = False

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start work that asks this lane for exchanges, without waiting for it."""
        task = asyncio.create_task(work)
        self._started.add(task)
        task.add_done_callback(self._started.discard)

    def listen(self, listener: Listener) -> None:
        """Tell another of each exchange as it ends."""
        self._listeners.append(listener)

    async def get(self, source: Request | Scenario | Preflight, repetition: int = 0, otherwise: bool = False) -> Got:
        """The exchange of a request, the last one of a scenario, or the deciding one of a preflight; at a further try
        (``repetition``) perhaps in other words."""
        if isinstance(source, Request):
            return await self.exchange(anew(source, repetition, otherwise))
        if isinstance(source, Preflight):
            return await self._once(source.id, lambda: self._preflight(source))
        key = key_of(source, repetition, otherwise)
        return await self._once(key, lambda: self._scenario(source, repetition, otherwise))

    def got(self, source: Request | Scenario | Preflight, repetition: int = 0, otherwise: bool = False) -> Got | None:
        """What a source gave if that is known already, else None. May be asked from any thread."""
        known: Got | None = self._given.get(key_of(source, repetition, otherwise))
        return known

    async def exchange(self, request: Request) -> Got:
        """The exchange of a request, sent now if it wasn't yet."""
        return await self._once(request.id, lambda: self._after_control(request))

    async def _once(self, key: str, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if key not in self._given and key not in self._tasks:
            self.settled = False
            self._tasks[key] = asyncio.create_task(start())
            self._tasks[key].add_done_callback(partial(self._ended, key))
        result: T = self._given[key] if key in self._given else await asyncio.shield(self._tasks[key])
        return result

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        # Of a task that has ended only what it gave is kept.
        if not task.cancelled() and task.exception() is None:
            self._given[key] = task.result()
            del self._tasks[key]

    async def _after_control(self, request: Request) -> Got:
        control = request.control
        if isinstance(control, Preflight):
            outcome = await self.get(control)
            found = self.findings.get(control.protocol)
            if isinstance(found, Stop):
                return found.blocking
            if isinstance(outcome, Signal):
                return outcome
        elif control is not None and control != request:
            before = await self.exchange(control)
            if isinstance(before, Signal):
                return before
            if not before.ok or before.stream_error is not None:
                if before.failure is not None and before.failure.kind in ("died", "silent"):
                    return Blocked(before.failure.message, cause="gone")
                how = "with an error in the stream" if before.ok else before.status or "not at all"
                how = f"{how}: {before.failure.message}" if before.failure is not None else how
                return Blocked(f"the request it differs from was answered {how}", cause=f"request:{control.id}")
        return await self._send(request)

    async def _send(self, request: Request) -> Got:
        opener = request.opener
        found = self.findings.get(opener.protocol) if opener else None
        findings = found if isinstance(found, Findings) else Findings()
        try:
            wire = wired(request, self.endpoint, findings)
            control = request.control if isinstance(request.control, Request) else None
            control_wire = wired(control, self.endpoint, findings) if control is not None else None
        except SettingsError as problem:
            return Misconfigured(str(problem))
        priority = self.ranking.of(request)
        got = await self._once(f"wire {wire.id}", lambda: self._told(request, wire, control_wire, priority))
        if isinstance(got, Exchange):
            got = replace(got, request=request, controlled=isinstance(found, Findings))
        return got

    async def _told(self, request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
        got = await self._perform(request, wire, control, priority)
        if isinstance(got, Exchange):
            got = replace(got, model=self.endpoint.model_for(request.protocol))
            self.exchanges[wire.id] = got
            for listen in self._listeners:
                listen(self.endpoint, got)
        return got

    async def _preflight(self, preflight: Preflight) -> Got:
        last: list[Exchange] = []
        if preflight.control is not None:
            await self.get(preflight.control)
            before = self.findings.get(preflight.control.protocol)
            if isinstance(before, Stop) and before.wide:
                self.findings[preflight.protocol] = before
                return before.blocking
        try:
            found = await self._walk(preflight.steps, last, self._send)
        except Stop as stop:
            self.findings[preflight.protocol] = same = await self._first_of(preflight, stop)
            if same is not stop:
                return same.blocking
            shown = stop.seen  # what it rests on comes last: that is the decisive one
            last.sort(key=lambda one: one.id == shown)
            return replace(last[-1], before=tuple(last[:-1]), found=stop) if last else stop.signal
        except Signal as signal:
            self.findings[preflight.protocol] = Stop(preflight.id, signal)
            return signal
        if not last:
            nothing = Misconfigured(f"the preflight {preflight.id} asks for nothing")
            self.findings[preflight.protocol] = Stop(preflight.id, nothing)
            return nothing
        self.findings[preflight.protocol] = found if isinstance(found, Findings) else Findings()
        return replace(last[-1], before=tuple(last[:-1]), found=found, controlled=True)

    async def _first_of(self, preflight: Preflight, stop: Stop) -> Stop:
        """The stop of an earlier protocol if both ways are barred: what bars the way to all is told once."""
        order = [name for name in ENTRANCES if name in self.ranking.openers]
        earlier = order[: order.index(preflight.protocol)] if preflight.protocol in order else []
        for name in earlier if stop.bars else ():
            await self.get(self.ranking.openers[name])
            before = self.findings.get(name)
            if isinstance(before, Stop) and before.bars:
                return before
        return stop

    async def _scenario(self, scenario: Scenario, repetition: int, otherwise: bool) -> Got:
        done: list[Exchange] = []
        # A step that is itself a repetition stays another one than the first.
        get = lambda request: self.exchange(anew(request, repetition, otherwise, 100))  # noqa: E731
        try:
            found = await self._walk(scenario.steps, done, get)
        except (Unsupported, Broken, Ignored) as signal:
            cause = f"request:{(done[-1].request.first or done[-1].request).id}" if done else ""
            return Blocked(f"blocked at step {len(done)}: {signal.message}", cause=cause)
        except Signal as signal:
            return signal
        if not done:
            return Misconfigured(f"the scenario {scenario.id} asks for nothing")
        if isinstance(found, Findings) and not repetition:
            self.findings["http"] = found  # no preflight's: it holds for the endpoint, whatever it speaks
        return replace(done[-1], before=tuple(done[:-1]), found=found)

    async def _walk(
        self,
        steps: Callable[[], Any],
        done: list[Exchange],
        get: Callable[[Request], Awaitable[Got]],
    ) -> Any:
        """Lead a generator through its steps; what stands in a step's way is raised."""
        walk = steps()
        sent: Any = None
        while True:
            try:
                asked = walk.send(sent)
            except StopIteration as end:
                return end.value
            except (Signal, Stop):
                raise
            except Exception as fault:  # a scenario is part of a check, and a check must never end a run
                raise Misconfigured(f"{type(fault).__name__}: {fault}", reason="harness") from fault
            together = asked if isinstance(asked, list) else [asked]
            if any(request.crowd > max(1, self.endpoint.provider.burst) for request in together):
                sent = None
                continue
            answers = await asyncio.gather(*(get(request) for request in together))
            for got in answers:
                if isinstance(got, Signal):
                    raise got
                done.append(got)
            sent = answers if isinstance(asked, list) else answers[0]

    def stop(self, selection: Every) -> Stop | None:
        """The stop that leaves nothing to be judged where the selection's witnesses are sent, if there is one."""
        protocols = {one.opener.protocol for one in selection.witness if one.opener is not None}
        found = (self.findings.get(protocol) for protocol in protocols)
        return next((one for one in found if isinstance(one, Stop) and one.wide), None)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while pending := [task for task in self._all() if not task.done()]:
            await asyncio.wait(pending)
        self.settled = True

    async def cancel(self) -> None:
        """Give up what is under way."""
        for task in self._all():
            task.cancel()
        await asyncio.gather(*self._all(), return_exceptions=True)

    def _all(self) -> list[asyncio.Task[Any]]:
        return [*self._started, *self._tasks.values()]
