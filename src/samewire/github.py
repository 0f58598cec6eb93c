"""What GitHub's workflows are told: one annotation for each endpoint, and the summary on the job's page."""

from __future__ import annotations

from collections.abc import Iterator

from samewire.foreseen import stale
from samewire.inert import one_line, shortened
from samewire.policy import against, stops, tally
from samewire.requirement import MUST
from samewire.run import Column, Run

__all__ = ["annotated"]

#: GitHub shows ten annotations of a kind and step, so an endpoint has one.
MOST = 10


def annotated(run: Run, fail_on: str = "must") -> Iterator[str]:
    """The workflow commands: an error for an endpoint that falls short, a warning for one that could not be judged."""
    errors, warnings = [], []
    policy = "should" if fail_on == "should" else "must"
    for column in run.columns:
        ids = [row.id for row in run.rows if against(run, column, row, policy)]
        if ids:
            more = f" and {len(ids) - 6} more" if len(ids) > 6 else ""
            words = f"MUST {tally(run, column, MUST)}; {', '.join(ids[:6])}{more} (see the job's summary)"
            errors.append(_command("warning" if fail_on == "never" else "error", column, words))
        elif column.missing and column.required:
            errors.append(_command("error", column, f"not run: {column.missing}"))
        elif why := stops(run, column):
            warnings.append(_command("warning", column, f"could not be judged: {why}"))
    for one, _ in stale(run)[:3]:
        words = f"the expectation {one.requirement} at {one.endpoint} is stale: it is better by now, remove the entry"
        errors.append(f"::error title=samewire::{_data(words)}")
    yield from errors[:MOST]
    yield from warnings[:MOST]


def _command(kind: str, column: Column, words: str) -> str:
    title = _data(one_line(column.name)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{_data(shortened(one_line(words), 600))}"


def _data(text: str) -> str:
    """Text as a workflow command takes it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
