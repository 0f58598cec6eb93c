"""The harness put to the test: every fault is to be seen, and nothing else; no variant is to be accused.

A fault declares the cells it turns and those it blocks. ``measure`` runs the suites against twins of the reference that
each show one fault, and ``surprises`` says in which cells what was seen differs from what was declared.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase

from samewire.demo import REFERENCE, endpoint_at, served_apart
from samewire.reference import Configuration
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.running import Live
from samewire.settings import Settings
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

__all__ = ["Measured", "measure", "surprises"]

#: Twins that are measured at once: so few that our own delay doesn't blur their timing.
BATCH = 16
#: Those at once whose timing is what is measured.
FEW = 4


class Measured:
    """What was measured at one twin.

    Attributes:
        judgements: by check.
        requests: how many attempts were sent.
        tokens: how many tokens the model spoke, as it counts them.
    """

    def __init__(self, judgements: dict[str, Judgement], requests: int, tokens: int) -> None:
        self.judgements = judgements
        self.requests = requests
        self.tokens = tokens

    @property
    def red(self) -> list[str]:
        """The checks that are red."""
        return [name for name, judgement in self.judgements.items() if judgement.verdict.red]


def measure(twins: Sequence[Fault | None]) -> Iterator[tuple[Fault | None, Measured]]:
    """Measure twins, each with its fault; None stands for the reference itself.

    Those whose time matters come first, a few at once, the others in larger batches.
    """
    slow = [twin for twin in twins if twin is not None and _timed(twin)]
    quick = [twin for twin in twins if twin not in slow]
    for start in range(0, len(slow), FEW):
        yield from _batch(slow[start : start + FEW])
    batches = [quick[start : start + BATCH] for start in range(0, len(quick), BATCH)]
    if len(batches) < 2:
        for batch in batches:
            yield from _batch(batch)
        return
    # Faults are functions, which don't travel; their names do. A fresh process has no thread that could be torn.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(batches), os.cpu_count() or 1), context, _begin) as pool:
        for batch, found in zip(batches, pool.map(_named, [list(map(_name, batch)) for batch in batches]), strict=True):
            yield from zip(batch, found, strict=True)


def _begin() -> None:
    """Get a process ready for many batches."""
    list(requirements())
    # What has been loaded stays, and so do a batch's exchanges until its end: to look through them takes time alone.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _named(names: Sequence[str]) -> list[Measured]:
    known: dict[str, Fault | None] = {REFERENCE: None, **FAULTS, **VARIANTS}
    return [seen for _, seen in _batch([known[name] for name in names])]


def _timed(twin: Fault) -> bool:
    """Whether a twin shows itself by how long something takes."""
    shown = {"chat.stream.flushed", "responses.stream.flushed", "chat.stream.closes"}
    crowded = any(name.startswith("http.limits.") for name in (*twin.turns, *twin.blocks))
    return twin.patience is not None or "pace" in twin.configure or crowded or not shown.isdisjoint(twin.turns)


def _name(twin: Fault | None) -> str:
    return twin.id if twin is not None else REFERENCE


def _batch(twins: Sequence[Fault | None]) -> Iterator[tuple[Fault | None, Measured]]:
    names = [_name(twin) for twin in twins]
    with served_apart(names) as ports:
        endpoints = []
        # What is costly is costly here, too, and so is a burst: it is asked only where it is to be seen.
        needing = {need: {one.id for one in requirements() if need in one.needs} for need in ("costly", "burst")}
        for twin in twins:
            # A twin that moves, changes its lock or its models is asked as if it had not; one that is open is told so.
            opened = twin is not None and twin.configure.get("key", "") is None
            settings = Configuration(key=None) if opened else Configuration()
            shows = (*twin.turns, *twin.blocks) if twin is not None else ("*",)
            asked = {
                need: any(fnmatchcase(one, pattern) for one in checks for pattern in shows)
                for need, checks in needing.items()
            }
            endpoint = endpoint_at(ports[_name(twin)], _name(twin), settings=settings, costly=asked["costly"])
            endpoint = replace(endpoint, provider=replace(endpoint.provider, burst=8 if asked["burst"] else 0))
            if twin is not None:
                provider = replace(endpoint.provider, protocols=twin.protocols)
                patience = provider.timeout if twin.patience is None else twin.patience
                endpoint = replace(endpoint, provider=replace(provider, timeout=patience))
            endpoints.append(endpoint)
        live = Live(Settings(tuple(endpoints)))
        every = list(requirements())
        measurement = live.open(every)
        for twin, endpoint in zip(twins, endpoints, strict=True):
            judgements = {one.id: measurement.judgement(one, endpoint) for one in every}
            exchanges = list(live.lanes[endpoint.name].exchanges.values())
            tokens = sum(_spoken(exchange.raw_json) for exchange in exchanges)
            yield twin, Measured(judgements, sum(len(one.attempts) for one in exchanges), tokens)
        live.close()


def _spoken(body: object) -> int:
    usage = body.get("usage") if isinstance(body, dict) else None
    tokens = usage.get("completion_tokens", usage.get("output_tokens")) if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else 0


def surprises(twin: Fault | None, seen: Mapping[str, Judgement]) -> list[str]:
    """The cells of a twin that are not what its fault declares, a sentence each."""
    turns = twin.turns if twin is not None else {}
    blocks = twin.blocks if twin is not None else ()
    found = [f"{name} is {word}, and there is no such check" for name, word in turns.items() if name not in seen]
    rare = {one.id for one in requirements() if one.rare}
    for name, judgement in seen.items():
        wanted = turns.get(name, Verdict.SUPPORTED)
        if judgement.verdict == wanted or judgement.verdict is Verdict.NOT_RUN:
            continue
        if name not in turns and ((name in rare and judgement.reason == "not seen") or judgement.reason == "lag"):
            continue  # it was not met, or this machine was too busy to tell the time
        blocked = name not in turns and any(fnmatchcase(name, pattern) for pattern in blocks)
        if judgement.verdict is Verdict.INCONCLUSIVE and blocked:
            continue
        found.append(f"{name} is {judgement.verdict}, not {wanted}: [{judgement.reason}] {judgement.message[:200]}")
    return found
