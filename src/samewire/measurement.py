"""Requirements × endpoints → judgements: what is planned, waited for, judged, and put to the test when it is red."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain

from samewire.applying import applies, openers
from samewire.confirming import conclusion, moody, needed, repeated, undecided
from samewire.exchange import Exchange, matches
from samewire.exchanges import Exchanges
from samewire.gravity import Gravest
from samewire.lane import Lane
from samewire.request import Request
from samewire.requirement import Depth, Requirement
from samewire.scenario import Every, Preflight, Scenario
from samewire.settings import Endpoint
from samewire.shelf import Shelf
from samewire.trust import RESTS, TRUST
from samewire.verdict import COUNTED, HELD, Blocked, Inapplicable, Judgement, Signal, Verdict, judge

__all__ = ["Measurement"]

#: What a check is judged over, if not over every exchange.
Single = Request | Scenario | Preflight
#: One such thing with all that is judged over it.
Group = tuple[Single, list[Requirement]]
#: The invariants over the same exchanges, by which these are, whatever they are caused by.
Invariants = Mapping[Every, Sequence[Requirement]]
#: Groups of a protocol that are waited for at once.
UNDER_WAY = 16


class Measurement:
    """Judges requirements at endpoints, each as soon as what it needs has come.

    Args:
        exchanges: where exchanges come from, live or recorded.
        confirm: whether a red verdict is put to the test by sending the request anew.
    """

    def __init__(self, exchanges: Exchanges, confirm: bool = True) -> None:
        self.exchanges = exchanges
        self.confirm = confirm
        # Judging happens beside the event loop, which has arrival times to take.
        self._aside = ThreadPoolExecutor(1, "judging")
        self._owners: dict[str, str] = {}
        #: The judgements by endpoint and check, None while they are not made yet; of an invariant what it has so far.
        self._judged: dict[str, dict[str, Judgement | None]] = defaultdict(dict)
        self._whole: dict[str, dict[str, Gravest]] = defaultdict(dict)
        self._told = threading.Condition()
        self._shelf = Shelf()
        #: The last look at an exchange, by endpoint.
        self._looked: dict[str, Future[None]] = {}

    def start(self, requirements: Sequence[Requirement], endpoints: Sequence[Endpoint]) -> None:
        """Start everything that judging these will need, repetitions of what turns out red included."""
        # What happens to a request is shown once: by its plainest check, else by that of the thing it carries alone.
        plainest = sorted(requirements, key=lambda one: list(Depth).index(one.depth))
        for requirement in plainest:
            if isinstance(requirement.of, Request):
                self._owners.setdefault(requirement.of.id, requirement.id)
        for requirement in plainest:
            if isinstance(requirement.of, Scenario) and requirement.of.alone is not None:
                self._owners.setdefault(requirement.of.alone.id, requirement.id)

        async def begin() -> None:
            for endpoint in endpoints:
                lane = self.exchanges.lanes[endpoint.name]
                mine = [one for one in requirements if not applies(one, endpoint)]
                for requirement in mine:
                    lane.ranking.note(requirement.of)
                self._start(mine, endpoint, lane)

        self.exchanges.run(begin()).result()

    def _start(self, requirements: Sequence[Requirement], endpoint: Endpoint, lane: Lane) -> None:
        invariants: dict[Every, list[Requirement]] = defaultdict(list)
        for one in requirements:
            if isinstance(one.of, Every):
                self._whole[endpoint.name][one.id] = Gravest()
                invariants[replace(one.of, witness=())].append(one)
        lane.listen(partial(self._heard, invariants))
        # Of each protocol as many sources are under way as keep every window full: to wait costs memory.
        queues: dict[str, dict[str, Group]] = defaultdict(dict)
        for one in requirements:
            queue = queues[one.protocol]
            if isinstance(one.of, Every):
                for witness in one.of.witness:
                    queue.setdefault(witness.id, (witness, []))
            else:
                queue.setdefault(one.of.id, (one.of, []))[1].append(one)
                self._judged[endpoint.name][one.id] = None
        for queue in queues.values():
            first = deque(sorted(queue.values(), key=lambda group: lane.ranking.of(group[0]), reverse=True))
            for _ in range(min(UNDER_WAY, len(first))):
                lane.start(self._work(first, endpoint))

    async def _work(self, queue: deque[Group], endpoint: Endpoint) -> None:
        while queue:
            source, requirements = queue.popleft()
            try:
                first = await self._round(source, requirements, endpoint, 0)
                again = (self._confirmed(one, endpoint, first[one.id]) for one in requirements)
                judgements = await asyncio.gather(*again)
            except Exception as fault:  # of ours: it must neither be lost nor keep the next ones from being judged
                words = f"{type(fault).__name__}: {fault}"
                judgements = [Judgement(Verdict.ERROR, "harness", words) for _ in requirements]
            with self._told:
                for one, judgement in zip(requirements, judgements, strict=True):
                    self._judged[endpoint.name][one.id] = judgement
                self._told.notify_all()

    def judgement(self, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """Wait for what the requirement is judged over, and its judgement."""
        if why := applies(requirement, endpoint):
            return Judgement(Verdict.NOT_RUN, "not run", why)
        if isinstance(requirement.of, Every):
            return self._invariant(requirement, requirement.of, endpoint)
        with self._told:
            self._told.wait_for(lambda: self._judged[endpoint.name][requirement.id] is not None)
            judgement = self._judged[endpoint.name][requirement.id]
        assert judgement is not None
        return judgement

    async def _round(
        self,
        source: Single,
        requirements: Sequence[Requirement],
        endpoint: Endpoint,
        repetition: int,
        otherwise: bool = False,
    ) -> dict[str, Judgement]:
        """What is judged over one repetition of a source, by check."""
        got = await self.exchanges.lanes[endpoint.name].get(source, repetition, otherwise)
        if isinstance(got, Signal):
            return {one.id: got.judgement() for one in requirements}
        return await asyncio.get_running_loop().run_in_executor(self._aside, self._judge, requirements, got)

    async def _confirmed(self, requirement: Requirement, endpoint: Endpoint, first: Judgement) -> Judgement:
        """Send it anew while it is red: only what shows each time stays so; a mixed result is flaky."""
        of = requirement.of
        if not first.verdict.red or not self.confirm or isinstance(of, Every | Preflight):
            return first
        again = needed(first, requirement.again)
        tries, otherwise = [first], moody(first, requirement.again)
        while undecided(tries, again):
            tries.append((await self._round(of, [requirement], endpoint, len(tries), otherwise))[requirement.id])
        concluded = conclusion(tries, again)
        return await self._trusted(concluded, requirement, endpoint) if concluded.verdict.red else concluded

    async def _trusted(self, judgement: Judgement, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """*Inconclusive* instead, if what it rests on, the model's silence or the counts, is seen to tell nothing."""
        for opener in openers(requirement):
            for reason in RESTS.get(judgement.reason, (judgement.reason,)):
                doubt = await self._doubt(reason, opener.protocol, endpoint)
                if doubt is None:
                    break
                words, exchange = doubt
            else:
                every = [*judgement.exchanges, exchange]
                if judgement.reason == COUNTED:
                    return replace(HELD, exchanges=tuple(every))
                words = f"{words}, so that this tells nothing: {judgement.message}"
                return Judgement(Verdict.INCONCLUSIVE, "observed", words).of(every)
        return judgement

    async def _doubt(self, reason: str, protocol: str, endpoint: Endpoint) -> tuple[str, str] | None:
        """Why what rests on this tells nothing, and the exchange that shows it; None if it does, or can't be asked."""
        if (reason, protocol) not in TRUST:
            return None
        of, check = TRUST[reason, protocol]
        got = await self.exchanges.lanes[endpoint.name].get(of)
        if isinstance(got, Signal) or not got.ok:
            return None
        control = judge(check, got)
        return None if control.verdict is Verdict.SUPPORTED else (control.message, got.id)

    def _judge(self, requirements: Sequence[Requirement], exchange: Exchange) -> dict[str, Judgement]:
        ids = _ids(exchange)
        judged = {one.id: self._shown_once(one, judge(one.check, exchange).of(ids)) for one in requirements}
        for one in (exchange, *exchange.before):
            self._shelf.read(one)
        return judged

    def _heard(self, invariants: Invariants, endpoint: Endpoint, exchange: Exchange) -> None:
        self._looked[endpoint.name] = self._aside.submit(self._look, invariants, endpoint, exchange)

    def _look(self, invariants: Invariants, endpoint: Endpoint, exchange: Exchange) -> None:
        """Judge the invariants over an exchange that has just come."""
        place = (exchange.request.repetition, exchange.id)
        whole = self._whole[endpoint.name]
        matching = (requirements for every, requirements in invariants.items() if matches(every, exchange))
        for requirement in chain.from_iterable(matching):
            judgement = self._shown_once(requirement, judge(requirement.check, exchange))
            whole[requirement.id].add(place, judgement)
        self._shelf.read(exchange)

    def _shown_once(self, requirement: Requirement, judgement: Judgement) -> Judgement:
        """*Blocked* instead, if what happened to a request is shown by another check."""
        if not judgement.cause:
            return judgement
        owner = self._owners.get(judgement.cause.removeprefix("request:"), requirement.id)
        if owner == requirement.id or judgement.verdict is Verdict.INCONCLUSIVE:
            return judgement
        return replace(judgement, verdict=Verdict.INCONCLUSIVE, reason="blocked")

    def _invariant(self, requirement: Requirement, of: Every, endpoint: Endpoint) -> Judgement:
        lane = self.exchanges.lanes[endpoint.name]
        self.exchanges.settle(endpoint)
        if looked := self._looked.get(endpoint.name):
            looked.result()  # one is looked at after the other: this was the last
        stop = lane.stop(of)
        if stop is not None:
            # What answers at a wrong base URL may be anything: it is not held against the API.
            return stop.blocking.judgement()
        whole = self._whole[endpoint.name][requirement.id]
        judged = whole.judgement()
        if judged.verdict.red and self.confirm and requirement.again > 1:
            return repeated(judged, needed(judged, requirement.again), partial(self._tried, requirement, endpoint))
        if judged.reason != Inapplicable.reason:
            return judged
        # Nothing shows it: what became of the request that would have shown it says why.
        for witness in of.witness:
            got = self.exchanges.get(endpoint, witness)
            if isinstance(got, Signal):
                return got.judgement()
            if whole.empty and not got.ok:
                words = f"the request that would show it was answered {got.status or 'not at all'}"
                return Blocked(words, cause=f"request:{witness.id}").judgement().of([got.id])
        return judged

    def _tried(self, requirement: Requirement, endpoint: Endpoint, name: str, time: int) -> Judgement:
        """What an invariant says of an exchange, or of the same request sent anew."""
        first = self.exchanges.lanes[endpoint.name].exchanges[name]
        got = self.exchanges.get(endpoint, first.request, time, otherwise=True) if time else first
        if isinstance(got, Signal):
            return got.judgement()
        return self._shown_once(requirement, judge(requirement.check, got).of([got.id]))


def _ids(exchange: Exchange) -> list[str]:
    return list(dict.fromkeys([exchange.id, *(one.id for one in exchange.before)]))
