"""What a cell was in several runs: its words by day, where it turned, and since when it is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samewire.diffing import WORTH, earlier_of
from samewire.run import Run
from samewire.snapshot import Snapshot

__all__ = ["Moment", "Past", "past", "runs_of"]


@dataclass(frozen=True)
class Moment:
    """A cell in one run.

    Attributes:
        day: the run's.
        word: the verdict's; empty if the run didn't have the cell.
        turned: whether it says something else of the endpoint than the last word before it that said anything.
        altered: whether the suite's check had changed in between, so that the endpoint may be what it was.
    """

    day: str
    word: str
    turned: bool = False
    altered: bool = False


@dataclass(frozen=True)
class Past:
    """A cell over several runs, oldest first."""

    moments: tuple[Moment, ...]

    @property
    def turns(self) -> int:
        """How often the endpoint turned."""
        return sum(one.turned and not one.altered for one in self.moments)

    @property
    def since(self) -> str:
        """The day from which on it is what it is."""
        day = ""
        for one in self.moments:
            if one.turned or (not day and one.word in WORTH):
                day = one.day
        return day


def past(runs: Sequence[Snapshot], endpoint: str, check: str) -> Past:
    """A cell in some runs, oldest first."""
    moments: list[Moment] = []
    before, digest = "", ""
    for run in runs:
        seen = run.cells.get((endpoint, check))
        word = seen.verdict if seen else ""
        turned = altered = False
        if word in WORTH:
            now = run.checks.get(check, "")
            turned = bool(before) and word != before
            altered = turned and bool(now and digest) and now != digest
            before, digest = word, now
        moments.append(Moment(run.day or run.name, word, turned, altered))
    return Past(tuple(moments))


def runs_of(run: Run) -> tuple[Snapshot, ...]:
    """The earlier runs that a record carries, and itself; nothing if it carries none."""
    before = earlier_of(run)
    return (*before, Snapshot.of(run)) if before else ()
