"""summary.md: what a job's page or a comment shows: how it ended, what is worse, the table, the failures, what to do.

It limits its own size, as GitHub refuses a summary that is too long, and says what it left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from samewire.diffing import Kind, baseline_of, changes
from samewire.foreseen import stale
from samewire.inert import one_line
from samewire.policy import Exit, Group, exit_status, groups
from samewire.report.evidence import curl_of
from samewire.report.grid import USUAL, escape, footnotes, table
from samewire.report.headline import sentence
from samewire.report.markdown import measured
from samewire.report.matrix import cell, standing
from samewire.report.provenance import fail_on
from samewire.report.words import CLAIMS
from samewire.run import Column, Run
from samewire.snapshot import Snapshot

__all__ = ["MOST", "render"]

#: Bytes that a summary may have; GitHub takes five times as many.
MOST = 200_000
#: Failures that are told for one endpoint, and changes in all.
TOLD, CHANGED = 30, 40

ENDS = {
    Exit.MET: "✓ Policy met.",
    Exit.NOT_MET: "✕ **Policy not met.**",
    Exit.COULD_NOT_JUDGE: "! **Could not judge.**",
    Exit.INTERRUPTED: "! **Interrupted:** the run is incomplete.",
}


def render(run: Run) -> str:
    """The run as a summary."""
    policy = fail_on(run)
    status = exit_status(run, policy)
    head = f"{ENDS.get(status, status.name.lower().replace('_', ' ').capitalize() + '.')} {sentence(run)}"
    must = [f"## samewire\n\n{head} Policy: `{policy}`.", *_stale(run), *_changes(run)]
    notes: list[str] = []
    must.append("\n".join(table(run, notes)))
    must.append(footnotes(notes, USUAL))
    last = [
        "Reproduce: the commands above, or `samewire run ENDPOINT --only CHECK`; report.html has all of the evidence.",
        f"_{measured(run)} It does not claim: {escape(CLAIMS[0][0].lower() + CLAIMS[0][1:])}_",
    ]
    return _within([part for part in must if part], list(_failures(run)), last)


def _within(must: list[str], more: list[str], last: list[str]) -> str:
    """The parts, without those of the middle that there is no room for."""
    made = [part for part in must if len(part.encode()) < MOST // 2]
    left = MOST - sum(len(part.encode()) + 2 for part in (*made, *last)) - 200
    dropped = len(must) - len(made)
    for part in more:
        left -= len(part.encode()) + 2
        if left > 0:
            made.append(part)
        else:
            dropped += 1
    if dropped:
        made.append(f"{dropped} more {'part' if dropped == 1 else 'parts'} in report.html.")
    return "\n\n".join([*made, *last]) + "\n"


def _stale(run: Run) -> Iterator[str]:
    found = stale(run)
    if found:
        lines = (
            f"- `{one_line(one.requirement)}` at `{one_line(one.endpoint)}` ({escape(one.why)}): "
            f"{len(cells)} {'cell is' if len(cells) == 1 else 'cells are'} better than that"
            for one, cells in found
        )
        yield "### Stale expectations: remove them\n\n" + "\n".join(lines)


def _changes(run: Run) -> Iterator[str]:
    old = baseline_of(run)
    if old is None:
        return
    found = changes(old, Snapshot.of(run))
    own = [one for one in found if not one.altered]
    counts = " · ".join(f"{sum(one.kind is kind for one in own)} {kind}" for kind in Kind)
    lines = [f"### Since {escape(old.day)}\n\n{counts}"]
    shown = [one for one in own if one.kind in (Kind.REGRESSED, Kind.FIXED)][:CHANGED]
    for one in shown:
        words = f"{one.before.verdict} → {one.after.verdict}"
        lines.append(f"- {one.kind}: `{one_line(one.endpoint)}` `{one.check}` {words}")
    if others := len(found) - len(own):
        lines.append(f"- apart from these, {others} where the suite's check has changed")
    yield "\n".join(lines)


def _failures(run: Run) -> Iterator[str]:
    rows = {row.id: row for row in run.rows}
    for column in run.columns:
        told = [
            group
            for group in groups(run, column)
            if any(cell(run, column, rows[name]).counts for name in (group.row.id, *group.others))
        ]
        if not told:
            continue
        name = escape(f"{column.label} {column.model}")
        causes = f"{len(told)} {'cause' if len(told) == 1 else 'causes'} of failure"
        lines = [f"<details><summary>{name}: {standing(run, column)}, {causes}</summary>"]
        lines += [_failure(run, column, group) for group in told[:TOLD]]
        if len(told) > TOLD:
            lines.append(f"and {len(told) - TOLD} more in report.html")
        yield "\n\n".join([*lines, "</details>"])


def _failure(run: Run, column: Column, group: Group) -> str:
    row, judgement = group.row, group.judgement
    more = f", and {len(group.others)} cells more" if group.others else ""
    lines = [
        f"**{row.level.value} {judgement.verdict.value}** `{row.id}`{more}",
        f"expected: {escape(row.sentence)}<br>observed: {escape(judgement.message)}",
    ]
    command = curl_of(run, column, judgement)
    if command and len(command) < 2_000 and "```" not in command:
        lines.append(f"```sh\n{command}\n```")
    return "\n\n".join(lines)
