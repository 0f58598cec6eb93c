"""ctrf.json: the run in the Common Test Report Format. It has fewer words than we do; ours stand as ``rawStatus``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from samewire.inert import visible
from samewire.report.beside import beside, histories
from samewire.report.evidence import attempts_of, curl_of, decisive, seconds_of
from samewire.report.matrix import Cell, cell
from samewire.report.provenance import measured_with
from samewire.run import Run
from samewire.verdict import Verdict

__all__ = ["render"]

#: The version of the format's description that this follows.
SPECIFICATION = "0.0.0"
STATUSES = {
    Verdict.SUPPORTED: "passed",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.INCONCLUSIVE: "other",
    Verdict.ERROR: "other",
    Verdict.NOT_RUN: "pending",
}


def render(run: Run) -> str:
    """The run in the Common Test Report Format."""
    more = beside(run)
    modes = {visible(column.name): mode for column in run.columns if (mode := histories(run, column))}
    tests = [
        _test(run, one, more(one)) for one in (cell(run, column, row) for column in run.columns for row in run.rows)
    ]
    counts = Counter(str(test["status"]) for test in tests)
    start = _milliseconds(run.header.get("started"))
    stop = _milliseconds(run.footer.get("finished")) or start
    names = ("passed", "failed", "skipped", "pending", "other")
    report = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "generatedBy": "samewire",
        "results": {
            "tool": {"name": "samewire", "version": measured_with(run)},
            "summary": {
                "tests": len(tests),
                **{name: counts[name] for name in names},
                "flaky": sum(bool(test.get("flaky")) for test in tests),
                "suites": len(run.columns),
                "start": start,
                "stop": stop,
                "extra": {
                    "incomplete": run.incomplete,
                    "suite": visible(str(run.header.get("suite", ""))),
                    "histories": modes,
                },
            },
            "tests": tests,
        },
    }
    return json.dumps(report, ensure_ascii=True, indent=1) + "\n"


def _test(run: Run, one: Cell, more: Mapping[str, str]) -> dict[str, Any]:
    row, judgement = one.row, one.judgement
    line = decisive(run, one.column, judgement)
    test: dict[str, Any] = {
        "name": visible(f"{row.id} {row.title} [{one.column.name}]"),
        "status": _status(one),
        "rawStatus": one.word,
        "duration": round(seconds_of(line) * 1000),
        "suite": [visible(one.column.name), visible(row.feature)],
        "tags": [row.level.value],
        "retries": max(0, attempts_of(line) - 1) if line is not None else 0,
        "extra": {
            "reason": visible(judgement.reason),
            "blocked_by": visible(one.blocked_by),
            **{name: visible(told) for name, told in more.items() if told},
        },
    }
    if judgement.flaky:
        test["flaky"] = True
    if said := (one.foreseen and f"expected: {one.foreseen.why}") or judgement.message:
        test["message"] = visible(said)
    if one.counts:
        test["trace"] = visible(f"expected  {row.sentence}\nobserved  {judgement.message}")
        if command := curl_of(run, one.column, judgement):
            test["snippet"] = command
    return test


def _status(one: Cell) -> str:
    if one.counts:
        return "failed"
    if one.judgement.verdict.red or one.fails:
        return "skipped" if one.foreseen is not None else "passed"
    return STATUSES[one.judgement.verdict]


def _milliseconds(text: object) -> int:
    try:
        return round(datetime.fromisoformat(str(text)).timestamp() * 1000)
    except ValueError:
        return 0
