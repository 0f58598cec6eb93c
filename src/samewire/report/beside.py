"""What stands beside a cell's word in exports: how it came to be so, and what others say of it."""

from __future__ import annotations

from collections.abc import Callable

from samewire.diffing import changes
from samewire.past import past, runs_of
from samewire.prompting import asked, prompting
from samewire.report.annotations import remarks
from samewire.report.matrix import Cell
from samewire.run import Column, Run

__all__ = ["NAMES", "beside", "histories"]

#: What is told of a cell, empty where there is nothing to tell: whether a reference fails it too; whether it counts for
#: nothing; in how many rounds it held; how it has changed since the baseline; since when it is what it is; and what
#: somebody has to say about it.
NAMES = ("disputed", "unscored", "rounds", "change", "since", "notes")


def beside(run: Run) -> Callable[[Cell], dict[str, str]]:
    """Tells what stands beside the cells of a run."""
    runs = runs_of(run)
    changed = {(one.endpoint, one.check): one for one in changes(*runs[-2:])} if len(runs) > 1 else {}

    def told(one: Cell) -> dict[str, str]:
        at = (one.column.name, one.row.id)
        change = changed.get(at)
        values = (
            "yes" if one.disputed else "",
            "" if one.row.scored else "yes",
            one.rounds.replace("/", " of "),
            f"{change.kind}{' with the check' if change.altered else ''}" if change else "",
            past(runs, *at).since,
            " | ".join(_note(remark) for remark in remarks(run, one.column, one.row)),
        )
        return dict(zip(NAMES, values, strict=True))

    return told


def _note(remark: dict[str, str]) -> str:
    about = ", ".join(remark[name] for name in ("on", "issue") if remark[name])
    return f"{remark['by']}: {remark['note']}{f' ({about})' if about else ''}"


def histories(run: Run, column: Column) -> str:
    """What a client must do to its histories; empty where the run didn't ask."""
    return prompting(run, column).mode.value if asked(run, column) else ""
