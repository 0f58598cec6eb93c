"""The harness put to the test: every fault is to be seen, and nothing else; no variant is to be accused.

A fault declares the cells it turns and those it blocks. ``measure`` runs the suites against twins of the reference that
each show one fault, and ``surprises`` says in which cells what was seen differs from what was declared.

``unlike`` asks the same with far fewer twins, as who tests blood for what is rare pools the samples: faults that don't
get in each other's way are shown by one endpoint, and those that surprise by smaller pools, and alone in the end.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TypeVar

from samewire.demo import REFERENCE, endpoint_at, served_apart
from samewire.reference import Configuration
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.pool import Pool, pools
from samewire.reference.variants import VARIANTS
from samewire.running import Live
from samewire.settings import Settings
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

__all__ = ["Measured", "measure", "surprises", "unlike"]

#: Twins that are measured at once: so few that our own delay doesn't blur their timing.
BATCH = 16
#: Those at once whose timing is what is measured.
FEW = 4
#: How many faults an endpoint shows at once, round after round, and whether those that may block others are kept apart:
#: most declare that they may block far more than they do.
ROUNDS = ((8, False), (4, True), (1, True))


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


#: What is measured: a fault or several, or None for the reference itself.
T = TypeVar("T", bound=Fault | Pool | None)


def measure(twins: Sequence[T]) -> Iterator[tuple[T, Measured]]:
    """Measure twins, each with its fault or faults; None stands for the reference itself.

    Those whose time matters mostly wait, and are measured a few at once; of the others, in larger batches, there are
    always some beside them, as long as there are any.
    """
    slow = [twin for twin in twins if _timed(twin)]
    quick = [twin for twin in twins if not _timed(twin)]
    few = [slow[start : start + FEW] for start in range(0, len(slow), FEW)]
    many = [quick[start : start + BATCH] for start in range(0, len(quick), BATCH)]
    batches = [
        batch for place in range(max(len(few), len(many))) for batch in (*few[place:][:1], *many[2 * place :][:2])
    ]
    if len(batches) < 2:
        for batch in batches:
            yield from _batch(batch)
        return
    # Faults are functions, which don't travel; their names do. A fresh process has no thread that could be torn.
    context = multiprocessing.get_context("spawn")
    # A batch waits at its end for its slowest: one more than there are cores keeps them all at work.
    with ProcessPoolExecutor(min(len(batches), (os.cpu_count() or 1) + 2), context, _begin) as pool:
        for batch, found in zip(batches, pool.map(_named, [list(map(_name, batch)) for batch in batches]), strict=True):
            yield from zip(batch, found, strict=True)


def unlike(twins: Iterable[Fault | None]) -> Iterator[tuple[Fault | None, dict[str, str]]]:
    """What each twin shows that it doesn't declare, by cell; measured in pools, and alone where that surprises.

    What a fault of a pool declares hides that another turns the same cell undeclared: only ``measure`` tells that.
    """
    alone: list[Fault | None] = []
    quick: list[Fault] = []
    for twin in twins:
        # Two models with moods of their own would hide each other.
        moody = twin is not None and twin.id in VARIANTS and twin.blocks == ("*",)
        if twin is None or twin.configure or moody or _timed(twin):
            alone.append(twin)
        else:
            quick.append(twin)
    for size, apart in ROUNDS:
        suspects: list[Fault] = []
        late: list[Fault | None] = []
        for pool, seen in measure([*alone, *pools(quick, size, apart=apart)]):
            found = surprises(pool, seen.judgements)
            if not isinstance(pool, Pool):
                # Where this machine was too busy to tell the time, it is asked again when there is less to do.
                if found and size > 1 and any(one.reason == "lag" for one in seen.judgements.values()):
                    late.append(pool)
                else:
                    yield pool, found
                continue
            for fault in pool.faults:
                # A cell that one of them declares is a matter of that one; any other may be any one's.
                own = not found.keys() <= pool.turns.keys() or not fault.turns.keys().isdisjoint(found)
                if size > 1 and own:
                    suspects.append(fault)
                else:
                    yield fault, found if own else {}
        alone, quick = late, suspects


def _begin() -> None:
    """Get a process ready for many batches."""
    list(requirements())
    # What has been loaded stays, and so do a batch's exchanges until its end: to look through them takes time alone.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _named(names: Sequence[str]) -> list[Measured]:
    found = [seen for _, seen in _batch([_twin(name) for name in names])]
    # ``_begin`` makes collections of their own rare: without this one, every batch's exchanges would stay.
    gc.collect()
    return found


def _twin(name: str) -> Fault | Pool | None:
    if name == REFERENCE:
        return None
    those = tuple((FAULTS | VARIANTS)[one] for one in name.split("+"))
    return those[0] if len(those) == 1 else Pool(those)


def _timed(twin: Fault | Pool | None) -> bool:
    """Whether a twin shows itself by how long something takes."""
    if twin is None:
        return False
    shown = {"chat.stream.flushed", "responses.stream.flushed", "chat.stream.closes", "completions.stream.closes"}
    crowded = any(name.startswith("http.limits.") for name in (*twin.turns, *twin.blocks))
    return twin.patience is not None or "pace" in twin.configure or crowded or not shown.isdisjoint(twin.turns)


def _name(twin: Fault | Pool | None) -> str:
    return twin.id if twin is not None else REFERENCE


def _batch(twins: Sequence[T]) -> Iterator[tuple[T, Measured]]:
    names = [_name(twin) for twin in twins]
    with served_apart(names) as ports:
        endpoints = []
        # What is costly is costly here, too, and so is a burst: it is asked only where it is to be seen. Who blocks all
        # of a protocol says nothing of it.
        every = list(requirements())
        needing = {need: [one.id for one in every if need in one.needs] for need in ("costly", "burst")}
        for twin in twins:
            # A twin that moves, changes its lock or its models is asked as if it had not; one that is open is told so.
            opened = twin is not None and twin.configure.get("key", "") is None
            settings = Configuration(key=None) if opened else Configuration()
            whole = {"*", *(f"{one.protocol}.*" for one in every)}
            shows = (*twin.turns, *(set(twin.blocks) - whole)) if twin is not None else ("*",)
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


def surprises(twin: Fault | Pool | None, seen: Mapping[str, Judgement]) -> dict[str, str]:
    """The cells of a twin that are not what its faults declare → a sentence each."""
    turns = twin.turns if twin is not None else {}
    blocks = twin.blocks if twin is not None else ()
    found = {name: f"declared {word}, and there is no such check" for name, word in turns.items() if name not in seen}
    rare = {one.id for one in requirements() if one.rare}
    for name, judgement in seen.items():
        wanted = turns.get(name, Verdict.SUPPORTED)
        unasked = judgement.verdict is Verdict.NOT_RUN and name not in turns
        if judgement.verdict == wanted or unasked:
            continue
        if name not in turns and ((name in rare and judgement.reason == "not seen") or judgement.reason == "lag"):
            continue  # it was not met, or this machine was too busy to tell the time
        blocked = name not in turns and any(fnmatchcase(name, pattern) for pattern in blocks)
        if judgement.verdict is Verdict.INCONCLUSIVE and blocked:
            continue
        found[name] = f"{judgement.verdict}, not {wanted}: [{judgement.reason}] {judgement.message[:200]}"
    return found
