"""results.json: what a run found, for programs. Its schema is ``schemas/run/results.json``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from samewire.deviations import deviations
from samewire.diffing import baseline_of, changes, earlier_of
from samewire.foreseen import expired, stale, stale_cells
from samewire.policy import Tally, exit_status, groups, judged, stops, tally
from samewire.prompting import asked, prompting
from samewire.report.annotations import remarks
from samewire.report.claims import Claim, claims_of
from samewire.report.columns import hidden_of
from samewire.report.heard import heard
from samewire.report.matrix import Cell, cell, protocols, standing, summary
from samewire.report.provenance import fail_on, sources
from samewire.report.words import CLAIMS
from samewire.requirement import Level
from samewire.run import Column, Row, Run
from samewire.snapshot import Snapshot
from samewire.versions import versions

__all__ = ["VERSION", "render", "results"]

#: The version of the format: members are added within a major, never taken away or given another meaning.
VERSION = "1.0"


def render(run: Run) -> str:
    """The run as JSON, in ASCII: what a peer sent may be anything, and a terminal would obey some of it."""
    return json.dumps(results(run), ensure_ascii=True, indent=1) + "\n"


def results(run: Run) -> dict[str, Any]:
    """The run as ``schemas/run/results.json`` describes it."""
    told = versions(run)
    return {
        "$schema": "samewire:///run/results.json",
        "schema_version": VERSION,
        "run": _run(run),
        "endpoints": [_endpoint(run, column, told.get(column.name, "")) for column in run.columns],
        "checks": [_check(row) for row in run.rows],
        "features": list(_features(run)),
        "expectations": list(_expectations(run)),
        "results": list(_results(run)),
    }


def _run(run: Run) -> dict[str, Any]:
    header, footer = run.header, run.footer
    status = exit_status(run, fail_on(run))
    known = (
        "kind",
        "version",
        "started",
        "suite",
        "settings",
        "endpoints",
        "requirements",
        "expectations",
        "earlier",
        "annotations",
        "outdated_after",
        "rendered",
        "table",
    )
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
        "earlier": [{"name": one.name, "started": one.started} for one in earlier_of(run)],
        "does_not_claim": list(CLAIMS),
        "more": {name: value for name, value in header.items() if name not in known},
    }


def _tally(counted: Tally) -> dict[str, int]:
    return {"supported": counted.supported, "judged": counted.judged}


def _endpoint(run: Run, column: Column, version: str) -> dict[str, Any]:
    words = Counter(run.verdict(column, row).verdict.value for row in run.rows)
    found = [one for (name, _), one in run.findings.items() if name == column.name]
    told = heard(run, column)
    hidden = hidden_of(run, column)
    return {
        "name": column.name,
        "provider": column.provider,
        "label": column.label,
        "model": column.model,
        "base_url": column.base_url,
        "key_variable": column.key_variable,
        "required": column.required,
        "reference": bool(column.settings.get("reference")),
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
        "models_told": list(told.models),
        "server": told.server,
        "server_version": version,
        "claims": [_claim(one) for one in claims_of(run, column)],
        "prompting": _prompting(run, column),
        "hidden": list(hidden) if hidden is not None else None,
        **{name: str(column.settings.get(name) or "") for name in ("notes", "source", "looked_up")},
    }


def _claim(one: Claim) -> dict[str, Any]:
    return {
        "name": one.name,
        "claimed": one.claimed,
        "measured": one.words,
        "agreement": one.agreement.value,
        "checks": list(one.checks),
    }


def _prompting(run: Run, column: Column) -> dict[str, Any] | None:
    if not asked(run, column):
        return None
    one = prompting(run, column)
    return {
        "mode": one.mode.value,
        "least": one.least.value,
        "because": [{"check": check, "verdict": word} for check, word in one.because],
        "unsure": list(one.unsure),
        "system": one.system,
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
        "digest": row.digest,
        "scored": row.scored,
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


def _expectations(run: Run) -> Iterator[dict[str, Any]]:
    gone = {id(one) for one, _ in stale(run)}
    for one in run.expectations:
        yield {**asdict(one), "stale": id(one) in gone, "expired": expired(run, one)}


def _results(run: Run) -> Iterator[dict[str, Any]]:
    """Every cell, and how it has changed since the baseline."""
    gone = stale_cells(run)
    old = baseline_of(run)
    before = earlier_of(run)
    now = Snapshot.of(run)
    changed = {(one.endpoint, one.check): one for one in changes(old, now)} if old is not None else {}
    for column in run.columns:
        for row in run.rows:
            at = (column.name, row.id)
            change = changed.get(at)
            yield {
                **_result(cell(run, column, row)),
                "annotations": list(remarks(run, column, row)),
                "status": now.cells[at].status,
                "stale": at in gone,
                "past": [one.cells[at].verdict if at in one.cells else None for one in before],
                "change": {"kind": change.kind, "before": change.before.verdict, "altered": change.altered}
                if change
                else None,
            }


def _result(one: Cell) -> dict[str, Any]:
    judgement = one.judgement
    return {
        "endpoint": one.column.name,
        "check": one.row.id,
        "verdict": judgement.verdict.value,
        "fails": one.counts,
        "expected": one.foreseen.why if one.foreseen is not None else None,
        "disputed": one.disputed,
        "flaky": judgement.flaky,
        "rounds": list(judgement.rounds),
        "known": [asdict(deviations()[name]) for name in judgement.known if name in deviations()],
        "reason": judgement.reason,
        "message": judgement.message,
        "notes": list(judgement.notes),
        "blocked_by": one.blocked_by,
        "exchanges": list(judgement.exchanges),
    }
