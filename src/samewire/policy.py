"""What verdicts add up to: counts, the word of a feature, groups of one cause, and the exit status of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from samewire.diffing import regressions
from samewire.foreseen import foreseen, stale
from samewire.requirement import MAY, MUST, Level, Requirement
from samewire.run import Column, Row, Run
from samewire.verdict import Judgement, Verdict

__all__ = [
    "POLICIES",
    "Exit",
    "Group",
    "Tally",
    "against",
    "exit_status",
    "fails",
    "groups",
    "judged",
    "partial",
    "rollup",
    "stops",
    "tally",
]

#: What can make a run fail; ``regression`` compares it with an earlier run.
POLICIES = ("must", "should", "regression", "never")


class Exit(IntEnum):
    """How a run ends, for whoever called it."""

    MET = 0
    NOT_MET = 1
    USAGE = 2
    COULD_NOT_JUDGE = 3
    OUR_FAULT = 4
    NOTHING_SELECTED = 5
    INTERRUPTED = 130


def fails(row: Row | Requirement, judgement: Judgement) -> bool:
    """Whether a cell fails a run: a MUST that is broken, a MUST or SHOULD that is ignored, a required one refused.

    What a frozen set doesn't score fails none.
    """
    if isinstance(row, Row) and not row.scored:
        return False
    if judgement.verdict is Verdict.BROKEN:
        return row.level is MUST
    if judgement.verdict is Verdict.IGNORED:
        return row.level is not MAY
    return judgement.verdict is Verdict.UNSUPPORTED and row.required


def partial(row: Row | Requirement, judgement: Judgement) -> bool:
    """Whether a cell is red without failing a run."""
    return judgement.verdict.red and not fails(row, judgement)


@dataclass(frozen=True)
class Tally:
    """How many requirements of a level held, of those that were judged (aside from clean refusals that fail no run)."""

    supported: int
    judged: int

    def __str__(self) -> str:
        return f"{self.supported}/{self.judged}"


def tally(run: Run, column: Column, level: Level, rows: Iterable[Row] | None = None) -> Tally:
    """``MUST 142/150``: what held of what was judged, for one endpoint and level."""
    mine = (row for row in (run.rows if rows is None else rows) if row.level is level and row.scored)
    cells = [(row, run.verdict(column, row)) for row in mine]
    supported = sum(judgement.verdict is Verdict.SUPPORTED for _, judgement in cells)
    return Tally(supported, supported + sum(judgement.verdict.red or fails(row, judgement) for row, judgement in cells))


def rollup(run: Run, column: Column, rows: Iterable[Row]) -> tuple[str, str, int]:
    """The word of a feature, ``fails``, ``partial`` or a verdict's; why it is partial, and of how many cells.

    What a frozen set doesn't score says nothing of a feature, unless that has nothing else.
    """
    every = list(rows)
    cells = [(row, run.verdict(column, row)) for row in [row for row in every if row.scored] or every]
    words = {judgement.verdict for _, judgement in cells} - {Verdict.NOT_RUN}
    if len(words) > 1 and all(one.reason == "not seen" for _, one in cells if one.verdict is Verdict.INCONCLUSIVE):
        words.discard(Verdict.INCONCLUSIVE)  # what no answer could have shown says nothing of the feature
    red = [(row, judgement) for row, judgement in cells if judgement.verdict.red]
    if any(fails(row, judgement) for row, judgement in red):
        return "fails", "", 0
    if red:
        return "partial", "note.red" if red[0][0].scored else "note.unscored", len(red)
    if not words:
        return Verdict.NOT_RUN.value, "", 0
    if Verdict.ERROR in words:
        return Verdict.ERROR.value, "", 0
    if words == {Verdict.UNSUPPORTED}:
        return Verdict.UNSUPPORTED.value, "", 0
    if Verdict.UNSUPPORTED in words and Verdict.SUPPORTED in words:
        refused = sum(judgement.verdict is Verdict.UNSUPPORTED for _, judgement in cells)
        return "partial", "note.refused", refused
    if Verdict.INCONCLUSIVE in words:
        return Verdict.INCONCLUSIVE.value, "", 0
    return Verdict.SUPPORTED.value, "", 0


@dataclass(frozen=True)
class Group:
    """Cells of one endpoint that go back to one cause.

    Attributes:
        row, judgement: the cell that shows the cause.
        others: the ids of further cells that the same cause turned or blocked.
    """

    row: Row
    judgement: Judgement
    others: tuple[str, ...]


def groups(run: Run, column: Column) -> list[Group]:
    """What is wrong at an endpoint by cause: what fails the run, then partials, then what could not be judged."""
    blocked: dict[str, list[str]] = {}
    loose: list[tuple[Row, Judgement]] = []
    shown: list[tuple[Row, Judgement]] = []
    for row in run.rows:
        judgement = run.verdict(column, row)
        if judgement.verdict.red or fails(row, judgement) or judgement.verdict is Verdict.ERROR:
            shown.append((row, judgement))
        elif judgement.verdict is Verdict.INCONCLUSIVE:
            by = run.blocked_by(column, judgement) if judgement.cause else ""
            if by:
                blocked.setdefault(by, []).append(row.id)
            elif judgement.reason != "not seen":
                loose.append((row, judgement))
    listed = {row.id for row, _ in shown}
    for row, judgement in loose:
        if row.id in blocked and row.id not in listed:
            shown.append((row, judgement))
            listed.add(row.id)
    merged = _merged(shown, blocked)
    order = {True: 0, False: 1}
    merged.sort(
        key=lambda group: (
            not group.row.scored,
            order[fails(group.row, group.judgement)],
            not group.judgement.verdict.red,
        )
    )
    known = {name for group in merged for name in (group.row.id, *group.others)}
    rest = [(row, judgement) for row, judgement in loose if row.id not in known]
    return merged + _merged(rest, {})


def _merged(cells: list[tuple[Row, Judgement]], blocked: dict[str, list[str]]) -> list[Group]:
    """Cells with the same verdict, decisive exchange and message are one group, but what isn't scored stands apart."""
    found: dict[tuple[str, ...], list[tuple[Row, Judgement]]] = {}
    for row, judgement in cells:
        sent = judgement.exchanges[0] if judgement.exchanges else ""
        key = (judgement.verdict, sent, judgement.message, str(row.scored))
        found.setdefault(key, []).append((row, judgement))
    result = []
    for same in found.values():
        (row, judgement), *others = same
        names = [one.id for one, _ in others] + [name for one, _ in same for name in blocked.get(one.id, [])]
        result.append(Group(row, judgement, tuple(dict.fromkeys(names))))
    return result


def stops(run: Run, column: Column) -> str:
    """Why an endpoint could not be judged, as a sentence: its preflights' stop, or what ended it in the middle.

    Empty if one of the preflights went through, and the endpoint outlived the run.
    """
    found = {protocol: one.get("stop") for (name, protocol), one in run.findings.items() if name == column.name}
    if ended := found.pop("http", None):
        return str(ended["message"])
    told = [str(stop["message"]) for stop in found.values() if stop and stop["verdict"] == Verdict.INCONCLUSIVE]
    return told[0] if told and all(found.values()) else ""


def judged(run: Run, column: Column) -> int:
    """How many cells of an endpoint say something about it."""
    telling = (Verdict.SUPPORTED, Verdict.UNSUPPORTED, Verdict.IGNORED, Verdict.BROKEN)
    return sum(run.verdict(column, row).verdict in telling for row in run.rows)


def against(run: Run, column: Column, row: Row, fail_on: str = "must") -> bool:
    """Whether a cell counts against its endpoint by the policy ``must`` or ``should``, and nobody foresaw it."""
    judgement = run.verdict(column, row)
    bad = fails(row, judgement) or (
        fail_on == "should" and row.scored and judgement.verdict.red and row.level is not MAY
    )
    return bad and foreseen(run, column, row, judgement) is None


def exit_status(run: Run, fail_on: str = "must") -> Exit:
    """How a run ends.

    Args:
        run: the run.
        fail_on: ``must`` (as ``fails`` says), ``should`` (any red MUST or SHOULD too), ``regression`` (what is worse
            than in the run it is compared with) or ``never``. What an expectation foresees fails no run; an
            expectation that is stale does.
    """
    if run.incomplete:
        return Exit.INTERRUPTED
    cells = [(column, row) for column in run.columns for row in run.rows]
    if not cells:
        return Exit.NOTHING_SELECTED
    judgements = [run.verdict(column, row) for column, row in cells]
    if any(one.verdict is Verdict.ERROR and one.reason == "harness" for one in judgements):
        return Exit.OUR_FAULT
    if fail_on != "never" and (stale(run) or _failing(run, cells, fail_on)):
        return Exit.NOT_MET
    tried = [column for column in run.columns if not column.missing]
    if not tried or any(column.missing and column.required for column in run.columns):
        return Exit.COULD_NOT_JUDGE
    if any(not judged(run, column) or stops(run, column) for column in tried):
        return Exit.COULD_NOT_JUDGE
    return Exit.MET


def _failing(run: Run, cells: list[tuple[Column, Row]], fail_on: str) -> bool:
    if fail_on != "regression":
        return any(against(run, column, row, fail_on) for column, row in cells)
    worse = {(one.endpoint, one.check) for one in regressions(run)}
    return any(
        row.scored and (column.name, row.id) in worse and foreseen(run, column, row, run.verdict(column, row)) is None
        for column, row in cells
    )
