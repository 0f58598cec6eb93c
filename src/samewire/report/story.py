"""An endpoint over the last runs: what held on each day, and by each version that its server told of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from samewire.diffing import Kind, changes
from samewire.requirement import Level
from samewire.run import Column, Run
from samewire.snapshot import Snapshot
from samewire.verdict import Verdict

__all__ = ["Day", "Version", "by_version", "days"]

#: Runs that are told of.
LAST = 20


@dataclass(frozen=True)
class Day:
    """One run: its day, what held, and the server's version if it is another than before."""

    day: str
    held: str
    version: str


@dataclass(frozen=True)
class Version:
    """One version of a server, as its last run saw it.

    Attributes:
        name: what the server tells.
        since, until: the days of its first and last run.
        held: what held in its last run.
        worse, better: the checks that had a better, or a worse word in the last run of the version before it.
    """

    name: str
    since: str
    until: str
    held: str
    worse: tuple[str, ...]
    better: tuple[str, ...]


def days(run: Run, column: Column, runs: Sequence[Snapshot]) -> Iterator[Day]:
    """The last runs in which something of an endpoint was judged."""
    before = ""
    for one in runs[-LAST:]:
        version = one.servers.get(column.name, "")
        if held := _held(run, column, one):
            yield Day(one.day, held, version if version != before else "")
        before = version or before


def by_version(run: Run, column: Column, runs: Sequence[Snapshot]) -> tuple[Version, ...]:
    """The versions of an endpoint's server in the order of the runs; none if only one is known."""
    spans: list[list[Snapshot]] = []
    for one in runs:
        version = one.servers.get(column.name, "")
        if version and spans and spans[-1][-1].servers[column.name] == version:
            spans[-1].append(one)
        elif version:
            spans.append([one])
    if len(spans) < 2:
        return ()
    found = []
    for at, span in enumerate(spans):
        since = changes(spans[at - 1][-1], span[-1]) if at else ()
        own = [one for one in since if one.endpoint == column.name and not one.altered]
        worse, better = (tuple(one.check for one in own if one.kind is kind) for kind in (Kind.REGRESSED, Kind.FIXED))
        last = span[-1]
        held = _held(run, column, last)
        found.append(Version(last.servers[column.name], span[0].day, last.day, held, worse, better))
    return tuple(found)


def _held(run: Run, column: Column, one: Snapshot) -> str:
    parts = []
    for level in (Level.MUST, Level.SHOULD):
        places = [(column.name, row.id) for row in run.rows if row.level is level and row.scored]
        told = Counter(one.cells[at].verdict for at in places if at in one.cells)
        judged = told[Verdict.SUPPORTED] + told[Verdict.BROKEN] + told[Verdict.IGNORED]
        parts += [f"{level.value} {told[Verdict.SUPPORTED]}/{judged}"] if judged else []
    return " · ".join(parts)
