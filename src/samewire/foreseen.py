"""Which cells were foreseen, and which expectations have become stale."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from samewire.run import Column, Expectation, Row, Run
from samewire.verdict import Judgement, Verdict

__all__ = ["Foresight", "Stale", "disputed", "expired", "foreseen", "outlived", "stale", "stale_cells"]

#: What can be foreseen, and what of it is better than what: ignored and broken are as bad.
WORTH = {Verdict.SUPPORTED: 2, Verdict.UNSUPPORTED: 1, Verdict.IGNORED: 0, Verdict.BROKEN: 0}
#: A cell: its endpoint, that one's provider, and the check.
At = tuple[str, str, str]
#: An expectation, and the cells that are better than it says.
Stale = tuple[Expectation, tuple[tuple[Column, Row], ...]]


def foreseen(run: Run, column: Column, row: Row, judgement: Judgement) -> Expectation | None:
    """The expectation that foresees this cell's word, or None.

    What a reference endpoint fails itself is disputed: it is foreseen at every endpoint.
    """
    for one in run.expectations:
        if _concerns(one, _at(column, row)) and _shows(one, judgement) and not expired(run, one):
            return one
    if not (judgement.verdict.red or (row.required and judgement.verdict is Verdict.UNSUPPORTED)):
        return None
    by = disputed(run, row)
    return Expectation(row.id, f"disputed, as {by.name}, a reference, fails it too", column.name) if by else None


def disputed(run: Run, row: Row) -> Column | None:
    """The reference endpoint that fails a check itself, or None."""
    for column in run.columns:
        if column.settings.get("reference"):
            word = run.verdict(column, row).verdict
            if word.red or (row.required and word is Verdict.UNSUPPORTED):
                return column
    return None


def outlived(run: Run, column: Column, row: Row, judgement: Judgement) -> Expectation | None:
    """The expectation that foresees this cell's word and has expired, or None."""
    for one in run.expectations:
        if _concerns(one, _at(column, row)) and _shows(one, judgement) and expired(run, one):
            return one
    return None


def expired(run: Run, one: Expectation) -> bool:
    """Whether an expectation no longer held on the day of the run."""
    return _over(one, str(run.header.get("started", ""))[:10])


def stale(run: Run) -> list[Stale]:
    """The expectations that can go: all they concern was judged, and is better than they say."""
    found = []
    for one in run.expectations:
        cells = [(column, row) for column in run.columns for row in run.rows if _concerns(one, _at(column, row))]
        told = [(run.verdict(column, row), (column, row)) for column, row in cells]
        told = [(judgement, at) for judgement, at in told if judgement.verdict is not Verdict.NOT_RUN]
        if told and all(_better(one, judgement) for judgement, _ in told):
            found.append((one, tuple(at for _, at in told)))
    return found


def stale_cells(run: Run) -> dict[tuple[str, str], Expectation]:
    """The stale expectations, by endpoint and check of the cells that are better than they say."""
    return {(column.name, row.id): one for one, cells in stale(run) for column, row in cells}


class Foresight:
    """Expectations that are held against cells one by one, as these are judged.

    Args:
        expectations: what is foreseen.
        cells: all cells that will be judged.
        day: the day of the run.
    """

    def __init__(self, expectations: Iterable[Expectation], cells: Iterable[At], day: str) -> None:
        places = list(cells)
        self._day = day
        self._open = {one: {at for at in places if _concerns(one, at)} for one in expectations}
        self._told: dict[Expectation, list[Judgement]] = {one: [] for one in self._open}

    def foreseen(self, at: At, judgement: Judgement) -> Expectation | None:
        """The expectation that foresees this cell's word, or None."""
        fitting = (one for one in self._open if _concerns(one, at) and _shows(one, judgement))
        return next((one for one in fitting if not _over(one, self._day)), None)

    def outdone(self, at: At, judgement: Judgement) -> Expectation | None:
        """The expectation that this cell, its last, shows to be stale, or None. To be asked once for each cell."""
        for one, left in self._open.items():
            if at in left:
                left.remove(at)
                if judgement.verdict is not Verdict.NOT_RUN:
                    self._told[one].append(judgement)
                if not left and self._told[one] and all(_better(one, told) for told in self._told[one]):
                    return one
        return None


def _at(column: Column, row: Row) -> At:
    return column.name, column.provider, row.id


def _over(one: Expectation, day: str) -> bool:
    return bool(one.expires) and day > one.expires


def _concerns(one: Expectation, at: At) -> bool:
    name, provider, check = at
    return _fits(check, one.requirement) and (_fits(name, one.endpoint) or _fits(provider, one.endpoint))


@lru_cache(maxsize=65536)
def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern)


def _shows(one: Expectation, judgement: Judgement) -> bool:
    if one.verdict:
        return judgement.verdict == one.verdict
    return judgement.verdict in WORTH and judgement.verdict is not Verdict.SUPPORTED


def _better(one: Expectation, judgement: Judgement) -> bool:
    now = WORTH.get(judgement.verdict)
    return now is not None and now > (WORTH[Verdict(one.verdict)] if one.verdict else 1)
