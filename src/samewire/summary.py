"""What a run found, in lines for a terminal: by endpoint, grouped by cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samewire.inert import one_line
from samewire.policy import Exit, Group, fails, groups, stops, tally
from samewire.requirement import MUST, SHOULD
from samewire.run import Column, Run
from samewire.verdict import Verdict

__all__ = ["STYLES", "summary"]

#: A style and a line.
Line = tuple[str, str]
STYLES: dict[str, dict[str, Any]] = {
    "bad": {"fg": "red"},
    "part": {"fg": "yellow"},
    "dim": {"dim": True},
    "good": {"fg": "cyan"},
    "head": {"bold": True},
    "": {},
}
#: Groups that are told in full; the report has the others.
TOLD = 12

WORDS = {
    Exit.MET: ("good", "policy met"),
    Exit.NOT_MET: ("bad", "policy not met"),
    Exit.COULD_NOT_JUDGE: ("part", "could not judge"),
    Exit.OUR_FAULT: ("bad", "samewire failed"),
    Exit.NOTHING_SELECTED: ("part", "nothing selected"),
    Exit.INTERRUPTED: ("part", "interrupted: what was measured until then is kept"),
}


def summary(run: Run, status: Exit) -> Iterator[Line]:
    """The lines."""
    for column in run.columns:
        yield "head", ""
        yield from _endpoint(run, column)
    yield "head", ""
    style, words = WORDS.get(status, ("", str(status)))
    tallies = [
        f"{one_line(column.name)} MUST {tally(run, column, MUST)} · SHOULD {tally(run, column, SHOULD)}"
        for column in run.columns
        if not column.missing
    ]
    yield style, f"{words}   " + (" · ".join(tallies) if len(tallies) <= 4 else f"{len(tallies)} endpoints")


def _endpoint(run: Run, column: Column) -> Iterator[Line]:
    name = one_line(column.name)
    if column.missing:
        yield "dim", f"{name}: not run: {one_line(column.missing)}"
        return
    stopped = stops(run, column)
    if stopped:
        yield "part", f"{name}: could not be judged: {one_line(stopped)}"
    found = groups(run, column)
    bad = [group for group in found if group.judgement.verdict.red or fails(group.row, group.judgement)]
    if not bad:
        if not stopped:
            yield "good", f"{name}: nothing contradicts the requirements"
    else:
        failing = sum(fails(group.row, group.judgement) for group in bad)
        yield "head", f"{name}: {len(bad)} {'cause' if len(bad) == 1 else 'causes'}, {failing} of which fail the run"
        for group in bad[:TOLD]:
            yield from _group(group)
        if len(bad) > TOLD:
            yield "dim", f"    and {len(bad) - TOLD} more in the report"
    refused = [row.id for row in run.rows if run.verdict(column, row).verdict is Verdict.UNSUPPORTED]
    if refused:
        more = f" and {len(refused) - 8} more" if len(refused) > 8 else ""
        yield "dim", f"  – refused cleanly: {', '.join(refused[:8])}{more}"
    open_ones = [group for group in found if group.judgement.verdict is Verdict.INCONCLUSIVE]
    if open_ones and not stopped:
        yield (
            "dim",
            f"  ! could not be judged: {len(open_ones)} for other reasons, first {open_ones[0].row.id}: "
            + one_line(open_ones[0].judgement.message)[:120],
        )


def _group(group: Group) -> Iterator[Line]:
    row, judgement = group.row, group.judgement
    style, glyph = ("bad", "✕") if fails(row, judgement) else ("part", "◐")
    more = f" (+{len(group.others)} cells)" if group.others else ""
    yield style, f"  {glyph} {row.id}  {row.level} {judgement.verdict}{more}"
    yield "", f"      expected  {one_line(row.sentence)}"
    yield "", f"      observed  {one_line(judgement.message)[:300]}{''.join(f', {note}' for note in judgement.notes)}"
