"""Tables for spreadsheets: matrix.csv has a feature (or a check) in each row, results.csv a cell.

A spreadsheet takes a cell that begins with ``=`` and its like for a formula; such a cell gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from samewire.inert import one_line, whole
from samewire.report.beside import NAMES, beside, histories
from samewire.report.evidence import decisive, first_of, seconds_of
from samewire.report.grid import manner_of
from samewire.report.matrix import cell, protocols, summary
from samewire.report.provenance import sources
from samewire.run import Run
from samewire.snapshot import Snapshot

__all__ = ["MATRIX", "RESULTS", "matrix", "neutral", "render"]

MATRIX, RESULTS = "matrix.csv", "results.csv"
#: What a spreadsheet acts on at the beginning of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
COLUMNS = (
    *("started", "endpoint", "provider", "model", "check", "level", "protocol", "feature", "verdict", "fails"),
    *("expected", "flaky", "reason", "message", "status", "first_byte_ms", "ms", "source"),
    *(*NAMES, "histories"),
)


def render(run: Run) -> dict[str, str]:
    """The run as two tables, by the names of their files."""
    return {MATRIX: matrix(run), RESULTS: _written(_results(run))}


def matrix(run: Run) -> str:
    """The first of them."""
    return _written(_matrix(run))


def neutral(value: object) -> str:
    """A value for a cell that no spreadsheet takes for a formula."""
    text = whole(one_line(str(value)))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(rows: Iterable[Iterable[object]]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([neutral(value) for value in row] for row in rows)
    return made.getvalue()


def _matrix(run: Run) -> Iterable[Iterable[object]]:
    checks = manner_of(run).rows == "checks"
    yield ("check" if checks else "feature", *(column.name for column in run.columns))
    for protocol in protocols(run):
        for feature in protocol.features:
            if checks:
                for row in feature.rows:
                    yield (row.id, *(run.verdict(column, row).verdict.value for column in run.columns))
                continue
            yield (feature.id, *(summary(run, column, feature.rows).word for column in run.columns))


def _results(run: Run) -> Iterable[Iterable[object]]:
    yield COLUMNS
    started = str(run.header.get("started", ""))
    seen = Snapshot.of(run).cells
    more = beside(run)
    for column in run.columns:
        mode = histories(run, column)
        for row in run.rows:
            one = cell(run, column, row)
            judgement = one.judgement
            line = decisive(run, column, judgement)
            source = next((found["url"] or found["id"] for found in sources(row)), "")
            yield (
                *(started, column.name, column.provider, column.model, row.id, row.level.value, row.protocol),
                *(row.feature, one.word, _yes(one.counts), one.foreseen.why if one.foreseen else ""),
                *(_yes(judgement.flaky), judgement.reason, judgement.message),
                *(seen[column.name, row.id].status or "", _ms(first_of(line)), _ms(seconds_of(line)), source),
                *(*more(one).values(), mode),
            )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _ms(seconds: float) -> object:
    return round(seconds * 1000) if seconds else ""
