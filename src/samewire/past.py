"""What a cell was in several runs: its words by day, where it turned, and since when it is what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from samewire.diffing import WORTH, earlier_of
from samewire.inert import one_line
from samewire.run import Run, RunError
from samewire.snapshot import Snapshot

__all__ = ["RESULTS", "Moment", "Past", "kept_in", "past", "runs_at", "runs_of", "together", "turns_of"]

RESULTS = "results.json"


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


def runs_at(path: Path) -> tuple[Snapshot, ...]:
    """The runs of a run.jsonl with those that it carries, that of a results.json, or those of a site's folder.

    Raises:
        RunError: it is none of these.
    """
    if path.is_dir():
        if not (found := kept_in(path)):
            raise RunError(f"{path}: holds no runs/*/{RESULTS}: is it what samewire report --site wrote?")
        return found
    if path.suffix != ".jsonl":
        return (Snapshot.load(path),)
    run = Run.load(path)
    return (*earlier_of(run), Snapshot.of(run, path.name))


def together(paths: Iterable[Path]) -> list[Snapshot]:
    """The runs of several such places, oldest first, each once.

    Raises:
        RunError: one of them is none.
    """
    found = {(one.started, one.suite, tuple(one.cells)): one for path in paths for one in runs_at(path)}
    return sorted(found.values(), key=lambda one: one.started)


def kept_in(folder: Path) -> tuple[Snapshot, ...]:
    """The runs of a site's folder, oldest first; a folder that holds none is passed over."""
    found = []
    for path in sorted((folder / "runs").glob(f"*/{RESULTS}")):
        try:
            found.append(replace(Snapshot.load(path), name=path.parent.name))
        except RunError:
            continue
    return tuple(sorted(found, key=lambda one: one.started))


def turns_of(one: Past) -> str:
    """A cell's words with the days on which it took them up; what says nothing of the endpoint is passed over."""
    told = [moment for moment in one.moments if moment.word in WORTH]
    parts = [
        f"{moment.word} {moment.day}" + (" (the suite's check has changed)" if moment.altered else "")
        for at, moment in enumerate(told)
        if at == 0 or moment.turned
    ]
    return one_line(" → ".join(parts)) or "never judged"
