"""results.json: what a run found, for programs. Its schema is ``schemas/run/results.json``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from samewire.inert import whole
from samewire.policy import Tally, exit_status, groups, judged, stops, tally
from samewire.report.matrix import cell, protocols, standing, summary
from samewire.report.provenance import fail_on, sources
from samewire.requirement import Level
from samewire.run import Column, Row, Run

__all__ = ["VERSION", "render", "results"]

#: The version of the format: members are added within a major, never taken away or given another meaning.
VERSION = "1.0"


def render(run: Run) -> str:
    """The run as JSON."""
    return whole(json.dumps(results(run), ensure_ascii=False, indent=1)) + "\n"


def results(run: Run) -> dict[str, Any]:
    """The run as ``schemas/run/results.json`` describes it."""
    return {
        "$schema": "samewire:///run/results.json",
        "schema_version": VERSION,
        "run": _run(run),
        "endpoints": [_endpoint(run, column) for column in run.columns],
        "checks": [_check(row) for row in run.rows],
        "features": list(_features(run)),
        "results": [_result(run, column, row) for column in run.columns for row in run.rows],
    }


def _run(run: Run) -> dict[str, Any]:
    header, footer = run.header, run.footer
    status = exit_status(run, fail_on(run))
    known = ("kind", "version", "started", "suite", "settings", "endpoints", "requirements")
    return {
        "started": str(header.get("started", "")),
        "finished": str(footer.get("finished", "")),
        "incomplete": run.incomplete,
        "record": str(header.get("version", "")),
        "suite": str(header.get("suite", "")),
        "settings": header.get("settings") or {},
        "seconds": footer.get("seconds"),
        "requests": footer.get("requests"),
        "masked": footer.get("masked"),
        "policy": fail_on(run),
        "exit": {"code": int(status), "word": status.name.lower().replace("_", " ")},
        "more": {name: value for name, value in header.items() if name not in known},
    }


def _tally(counted: Tally) -> dict[str, int]:
    return {"supported": counted.supported, "judged": counted.judged}


def _endpoint(run: Run, column: Column) -> dict[str, Any]:
    words = Counter(run.verdict(column, row).verdict.value for row in run.rows)
    found = [one for (name, _), one in run.findings.items() if name == column.name]
    return {
        "name": column.name,
        "provider": column.provider,
        "label": column.label,
        "model": column.model,
        "base_url": column.base_url,
        "key_variable": column.key_variable,
        "required": column.required,
        "missing": column.missing,
        "standing": standing(run, column),
        "stopped": stops(run, column),
        "must": _tally(tally(run, column, Level.MUST)),
        "should": _tally(tally(run, column, Level.SHOULD)),
        "may": _tally(tally(run, column, Level.MAY)),
        "judged": judged(run, column),
        "verdicts": dict(words),
        "findings": [{name: value for name, value in one.items() if name not in ("kind", "endpoint")} for one in found],
        "causes": [{"check": group.row.id, "others": list(group.others)} for group in groups(run, column)],
    }


def _check(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "level": row.level.value,
        "title": row.title,
        "sentence": row.sentence,
        "protocol": row.protocol,
        "feature": row.feature,
        "required": row.required,
        "sources": list(sources(row)),
    }


def _features(run: Run) -> Iterator[dict[str, Any]]:
    for column in run.columns:
        for protocol in protocols(run):
            for feature in protocol.features:
                one = summary(run, column, feature.rows)
                yield {
                    "endpoint": column.name,
                    "feature": feature.id,
                    "word": one.word,
                    "note": one.note,
                    "must": _tally(one.must),
                    "should": _tally(one.should),
                    "fails": one.fails,
                }


def _result(run: Run, column: Column, row: Row) -> dict[str, Any]:
    one = cell(run, column, row)
    judgement = one.judgement
    return {
        "endpoint": column.name,
        "check": row.id,
        "verdict": judgement.verdict.value,
        "fails": one.fails,
        "flaky": judgement.flaky,
        "reason": judgement.reason,
        "message": judgement.message,
        "notes": list(judgement.notes),
        "blocked_by": one.blocked_by,
        "exchanges": list(judgement.exchanges),
    }
