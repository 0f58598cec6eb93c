"""Requirements × endpoints → judgements: what is planned, waited for, judged, and put to the test when it is red."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from samewire.exchange import Exchange
from samewire.exchanges import Exchanges
from samewire.lane import Lane
from samewire.request import Request
from samewire.requirement import Depth, Requirement
from samewire.scenario import Every, Preflight, Scenario
from samewire.settings import Endpoint
from samewire.verdict import Blocked, Inapplicable, Judgement, Signal, Verdict, judge, worst

__all__ = ["Measurement", "applies"]


def applies(requirement: Requirement, endpoint: Endpoint) -> str:
    """Why a check doesn't apply to an endpoint as it is configured; empty if it does."""
    provider = endpoint.provider
    if provider.missing:
        return provider.missing
    if "key" in requirement.needs and not provider.has_key:
        return "no key is configured, so there is nothing that could be refused"
    if "image_url" in requirement.needs and not provider.image_url:
        return "no picture is named that the endpoint could fetch: add --image-url"
    if "costly" in requirement.needs and not provider.costly:
        return "it may cost much: add --costly"
    if "bearer" in requirement.needs and provider.auth.scheme != "bearer":
        return "the key is not presented as Bearer"
    unclaimed = _spoken(requirement) - {*provider.protocols, "http", "across"} if provider.protocols else set()
    if unclaimed:
        return f"{' and '.join(sorted(unclaimed))} is not among the protocols that are claimed"
    return ""


def _spoken(requirement: Requirement) -> set[str]:
    """The protocols that must be spoken for a check to apply: its own, and those of the preflights before it."""
    of = requirement.of
    if isinstance(of, Request | Preflight):
        first: list[Request | Preflight] = [of]
    else:
        first = [*(of.witness if isinstance(of, Every) else of.requests)]
    openers = [one if isinstance(one, Preflight) else one.opener for one in first]
    return {requirement.protocol, *(one.protocol for one in openers if one is not None)}


class Measurement:
    """Judges requirements at endpoints.

    Args:
        exchanges: where exchanges come from, live or recorded.
        confirm: whether a red verdict is put to the test by sending the request anew.
    """

    def __init__(self, exchanges: Exchanges, confirm: bool = True) -> None:
        self.exchanges = exchanges
        self.confirm = confirm
        # Judging ahead happens beside the event loop, which has arrival times to take.
        self._aside = ThreadPoolExecutor(1, "judging")

        self._owners: dict[str, str] = {}

    def start(self, requirements: Sequence[Requirement], endpoints: Sequence[Endpoint]) -> None:
        """Start everything that judging these will need, repetitions of what turns out red included."""

        # What happens to a request as a whole is shown once: by the first and plainest check of that very request.
        for requirement in sorted(requirements, key=lambda one: list(Depth).index(one.depth)):
            if isinstance(requirement.of, Request):
                self._owners.setdefault(requirement.of.id, requirement.id)

        async def begin() -> None:
            for endpoint in endpoints:
                lane = self.exchanges.lanes[endpoint.name]
                mine = [one for one in requirements if not applies(one, endpoint)]
                for requirement in mine:
                    lane.rank(requirement.of)
                for requirement in mine:
                    lane.start(self._ahead(requirement, lane))

        self.exchanges.run(begin()).result()

    async def _ahead(self, requirement: Requirement, lane: Lane) -> None:
        of = requirement.of
        if isinstance(of, Every):
            for witness in of.witness:
                await lane.get(witness)
            return
        tries = requirement.again if self.confirm and not isinstance(of, Preflight) else 0
        for repetition in range(tries + 1):
            got = await lane.get(of, repetition)
            if isinstance(got, Signal) or repetition == tries:
                return
            loop = asyncio.get_running_loop()
            if not (await loop.run_in_executor(self._aside, judge, requirement.check, got)).verdict.red:
                return

    def judgement(self, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """Wait for what the requirement is judged over, and judge it."""
        if why := applies(requirement, endpoint):
            return Judgement(Verdict.NOT_RUN, "not run", why)
        of = requirement.of
        if isinstance(of, Every):
            return self._invariant(requirement, of, endpoint)
        first = self._once(requirement, of, endpoint, 0)
        if not first.verdict.red or not self.confirm or isinstance(of, Preflight):
            return first
        return self._confirmed(first, requirement, of, endpoint)

    def _once(
        self, requirement: Requirement, of: Request | Scenario | Preflight, endpoint: Endpoint, repetition: int
    ) -> Judgement:
        got = self.exchanges.get(endpoint, of, repetition)
        if isinstance(got, Signal):
            return got.judgement()
        return self._shown_once(requirement, judge(requirement.check, got).of(_ids(got)))

    def _shown_once(self, requirement: Requirement, judgement: Judgement) -> Judgement:
        """*Blocked* instead, if what happened to a request is shown by another check."""
        owner = self._owners.get(judgement.cause.removeprefix("request:"), requirement.id)
        if owner == requirement.id or judgement.verdict is Verdict.INCONCLUSIVE:
            return judgement
        return replace(judgement, verdict=Verdict.INCONCLUSIVE, reason="blocked")

    def _invariant(self, requirement: Requirement, of: Every, endpoint: Endpoint) -> Judgement:
        every = self.exchanges.every(endpoint, of)
        stop = self.exchanges.lanes[endpoint.name].stop(of)
        if stop is not None:
            # What answers at a wrong base URL may be anything: it is not held against the API.
            return stop.blocking.judgement()
        judged = worst(self._shown_once(requirement, judge(requirement.check, one).of([one.id])) for one in every)
        if judged.reason != Inapplicable.reason:
            return judged
        # Nothing shows it: what became of the request that would have shown it says why.
        for witness in of.witness:
            got = self.exchanges.get(endpoint, witness)
            if isinstance(got, Signal):
                return got.judgement()
            if not every and not got.ok:
                words = f"the request that would show it was answered {got.status or 'not at all'}"
                return Blocked(words, cause=f"request:{witness.id}").judgement().of([got.id])
        return judged

    def _confirmed(
        self, first: Judgement, requirement: Requirement, of: Request | Scenario, endpoint: Endpoint
    ) -> Judgement:
        """Send it anew: only what shows each time is red; a mixed result is *inconclusive* and flaky."""
        judgements = [first]
        for repetition in range(1, requirement.again + 1):
            judgements.append(self._once(requirement, of, endpoint, repetition))
            if not judgements[-1].verdict.red:
                break
        red = [one for one in judgements if one.verdict.red]
        ids = tuple(dict.fromkeys(name for one in judgements for name in one.exchanges))
        if len(red) == len(judgements):
            note = f"on each of {len(judgements)} tries" if len(judgements) > 1 else ""
            return replace(first, exchanges=ids, notes=(note,) if note else ())
        if judgements[-1].verdict is Verdict.SUPPORTED:
            words = f"mixed: {len(red)} of {len(judgements)} tries show it: {first.message}"
            return Judgement(Verdict.INCONCLUSIVE, "flaky", words, exchanges=ids, flaky=True)
        # The repetition was not answered: it says nothing against what was seen.
        return replace(first, exchanges=ids)


def _ids(exchange: Exchange) -> list[str]:
    return list(dict.fromkeys([exchange.id, *(one.id for one in exchange.before)]))
