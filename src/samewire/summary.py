"""What a run found, in lines for a terminal: by endpoint, grouped by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from samewire.diffing import Kind, baseline_of, changes
from samewire.foreseen import foreseen, outlived, stale
from samewire.inert import one_line
from samewire.policy import Exit, Group, fails, groups, stops, tally
from samewire.prompting import Mode, asked, prompting
from samewire.report.evidence import curl_of
from samewire.report.provenance import sources
from samewire.report.words import said
from samewire.requirement import MUST, SHOULD
from samewire.run import Column, Run
from samewire.snapshot import Snapshot
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
#: Characters of a command that is told; the report has longer ones.
LONGEST = 1_500

WORDS = {
    Exit.MET: ("good", "policy met"),
    Exit.NOT_MET: ("bad", "policy not met"),
    Exit.COULD_NOT_JUDGE: ("part", "could not judge"),
    Exit.OUR_FAULT: ("bad", "samewire failed"),
    Exit.NOTHING_SELECTED: ("part", "nothing selected"),
    Exit.INTERRUPTED: ("part", "interrupted: what was measured until then is kept; run --resume goes on with it"),
}


def summary(run: Run, status: Exit) -> Iterator[Line]:
    """The lines."""
    for column in run.columns:
        yield "head", ""
        yield from _endpoint(run, column)
    yield from _stale(run)
    yield from _changes(run)
    yield "head", ""
    style, words = WORDS.get(status, ("", str(status)))
    if status is Exit.INTERRUPTED and run.footer.get("exhausted"):
        spent = one_line(str(run.footer["exhausted"]))
        words = f"ended as the budget of {spent} was used up: what was measured until then is kept"
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
        known = [group for group in bad if foreseen(run, column, group.row, group.judgement)]
        told = [group for group in bad if group not in known]
        failing = sum(fails(group.row, group.judgement) for group in told)
        counted = f"{len(bad)} {'cause' if len(bad) == 1 else 'causes'}"
        yield "head", f"{name}: {counted}, {failing} of which {'fails' if failing == 1 else 'fail'} the run"
        for group in told[:TOLD]:
            yield from _group(run, column, group)
        if len(told) > TOLD:
            yield "dim", f"    and {len(told) - TOLD} more in the report"
        for group in known:
            one = foreseen(run, column, group.row, group.judgement)
            yield "dim", f"  ✕ expected: {group.row.id} {group.judgement.verdict}: {one_line(one.why) if one else ''}"
    refused = [row.id for row in run.rows if run.verdict(column, row).verdict is Verdict.UNSUPPORTED]
    if refused:
        more = f" and {len(refused) - 8} more" if len(refused) > 8 else ""
        yield "dim", f"  – refused cleanly: {', '.join(refused[:8])}{more}"
    yield from _histories(run, column)
    yield from _steadiness(run, column)
    open_ones = [group for group in found if group.judgement.verdict is Verdict.INCONCLUSIVE]
    if open_ones and not stopped:
        yield (
            "dim",
            f"  ! could not be judged: {len(open_ones)} for other reasons, first {open_ones[0].row.id}: "
            + one_line(open_ones[0].judgement.message)[:120],
        )


def _histories(run: Run, column: Column) -> Iterator[Line]:
    """What a client must do to its histories, if it must."""
    one = prompting(run, column)
    if asked(run, column) and one.mode not in (Mode.NONE, Mode.UNKNOWN):
        names = ", ".join(name for name, _ in one.because)
        refused = "were refused" if len(one.because) > 1 else "was refused"
        yield "part", f"  ~ {said(f'needs.{one.mode}')}, as {names} {refused}"


def _steadiness(run: Run, column: Column) -> Iterator[Line]:
    """For how many cells the word was the same each time, where the measurement was repeated."""
    cells = {row.id: run.verdict(column, row).rounds for row in run.rows}
    repeated = {name: words for name, words in cells.items() if words}
    if not repeated:
        return
    mixed = {name: words for name, words in repeated.items() if len(set(words)) > 1}
    most = max(len(words) for words in repeated.values())
    yield (
        "part" if mixed else "dim",
        (f"  ~ {most} rounds: {len(repeated) - len(mixed)} of {len(repeated)} cells had the same word each time"),
    )
    for name, words in list(mixed.items())[:TOLD]:
        (word, count), *_ = Counter(words).most_common(1)
        yield "", f"      {name}: {word} in {count} of {len(words)}"
    if len(mixed) > TOLD:
        yield "dim", f"      and {len(mixed) - TOLD} more in the report"


def _stale(run: Run) -> Iterator[Line]:
    for one, cells in stale(run):
        where = ", ".join(f"{column.name} {row.id}" for column, row in cells[:3])
        yield (
            "bad",
            f"stale expectation {one.requirement} at {one.endpoint}: {one_line(where)} is better by now; remove it",
        )


def _changes(run: Run) -> Iterator[Line]:
    old = baseline_of(run)
    if old is None:
        return
    found = [one for one in changes(old, Snapshot.of(run)) if not one.altered]
    counts = [f"{sum(one.kind is kind for one in found)} {kind}" for kind in Kind]
    yield "head", f"since {old.day or old.name}: {', '.join(counts)}"
    for one in [one for one in found if one.kind is Kind.REGRESSED][:TOLD]:
        yield "bad", f"  ▼ {one_line(one.endpoint)} {one.check} {one.before.verdict} → {one.after.verdict}"


def _group(run: Run, column: Column, group: Group) -> Iterator[Line]:
    row, judgement = group.row, group.judgement
    style, glyph = ("bad", "✕") if fails(row, judgement) else ("part", "◐")
    more = f" (+{len(group.others)} cells)" if group.others else ""
    apart = "" if row.scored else ", not scored"
    yield style, f"  {glyph} {row.id}  {row.level} {judgement.verdict}{apart}{more}"
    yield "", f"      expected  {one_line(row.sentence)}"
    yield "", f"      observed  {one_line(judgement.message)[:300]}{''.join(f', {note}' for note in judgement.notes)}"
    late = outlived(run, column, row, judgement)
    if late is not None:
        yield "part", f"      known     until {late.expires}, when the expectation expired: {one_line(late.why)}"
    if not fails(row, judgement):
        return
    source = next((found["url"] or found["id"] for found in sources(row)), "")
    if source:
        yield "dim", f"      source    {one_line(source)}"
    command = curl_of(run, column, judgement)
    if command and len(command) <= LONGEST:
        # As it stands: a here-document that is indented would not end.
        yield "dim", "      reproduce"
        for line in command.split("\n"):
            yield "", line
