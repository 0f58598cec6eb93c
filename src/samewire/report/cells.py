"""What report.html knows of each cell and check: for the panel, packed; for the search, in an index."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from samewire.deviations import told
from samewire.diffing import changes
from samewire.foreseen import stale_cells
from samewire.inert import visible
from samewire.past import Past, past
from samewire.report.annotations import remarks
from samewire.report.columns import View
from samewire.report.evidence import decisive, shown
from samewire.report.marking import marked, pointers
from samewire.report.matrix import Cell, host
from samewire.report.provenance import sources
from samewire.run import Column, Row, Run
from samewire.snapshot import Snapshot

__all__ = ["cells_of", "check_of", "index_of"]

#: Runs of which a cell's panel tells.
LAST = 20


def check_of(row: Row) -> dict[str, Any]:
    """A check, for the panel."""
    found = [{name: visible(value) for name, value in one.items()} for one in sources(row)]
    texts = {"id": row.id, "title": row.title, "sentence": row.sentence, "level": row.level.value}
    return {**{name: visible(text) for name, text in texts.items()}, "required": row.required, "sources": found}


def cells_of(run: Run, column: Column, view: View, runs: Sequence[Snapshot] = ()) -> Iterator[dict[str, Any]]:
    """The cells of an endpoint, for the panel, with what they were in the last runs."""
    for row in run.rows:
        one = view[column.name, row.id]
        expectation = one.foreseen or one.outlived
        yield {
            "kind": "cell",
            "check": row.id,
            "message": visible(str(one.judgement.message)),
            "reason": visible(str(one.judgement.reason)),
            "notes": [visible(str(note)) for note in one.judgement.notes],
            "effect": one.effect_told[0],
            "values": {name: visible(value) for name, value in one.effect_told[1].items()},
            "flaky": one.judgement.flaky,
            "blocked": visible(one.blocked_by),
            "exchanges": [visible(str(exchange)) for exchange in one.judgement.exchanges],
            "again": visible(_again(one)),
            "replay": visible(f"samewire replay {column.name} {row.id}"),
            **_annotated(run, one),
            **_known(one),
            **_marks(run, one),
            **({"why": visible(expectation.why), "issue": visible(expectation.issue)} if expectation else {}),
            **({"past": _past(past(runs, column.name, row.id))} if runs else {}),
        }


def _past(found: Past) -> dict[str, Any]:
    """A cell's words in the last runs, a sign each, which turns count, and since when it is what it is."""
    last = found.moments[-LAST:]
    return {
        "words": [visible(one.word) for one in last],
        "turned": ["altered" if one.altered else "turned" if one.turned else "" for one in last],
        "turns": found.turns,
        "since": visible(found.since),
    }


def _annotated(run: Run, one: Cell) -> dict[str, Any]:
    """What somebody has to say about it."""
    found = remarks(run, one.column, one.row)
    told = [{name: visible(value) for name, value in each.items()} for each in found]
    return {"annotations": told} if told else {}


def _known(one: Cell) -> dict[str, Any]:
    """Who has shown such a thing before, and where that was told."""
    names, sources = told(one.judgement.known) if one.judgement.known else ("", ())
    return {"known": visible(names), "told": [visible(url) for url in sources]} if names else {}


def _marks(run: Run, one: Cell) -> dict[str, Any]:
    """The places that the judgement speaks of: events of the deciding answer's stream, or parts of its body."""
    line = decisive(run, one.column, one.judgement) if one.judgement.verdict.red else None
    attempts = shown(line, one.column)["attempts"] if line is not None else ()
    if not attempts:
        return {}
    places = marked(one.judgement, attempts[-1])
    found = [visible(pointer) for pointer in pointers(one.judgement)]
    return {"marks": places, "pointers": found} if places or found else {}


def _again(one: Cell) -> str:
    """The command that measures a cell again."""
    column = one.column
    if column.provider == host(column):  # an endpoint that no file describes is named after its host
        key = f" --api-key-env {column.key_variable}" if column.key_variable not in ("", "OPENAI_API_KEY") else ""
        return f"samewire run --base-url {column.base_url} --model {column.model}{key} --only {one.row.id}"
    return f"samewire run {column.name} --only {one.row.id}"


def index_of(run: Run, view: View, runs: Sequence[Snapshot] = ()) -> str:
    """What the search looks at, as JSON: reasons and marks of every cell, by check, in the order of the columns."""
    gone = stale_cells(run)
    changed = {(one.endpoint, one.check) for one in changes(*runs[-2:])} if len(runs) > 1 else set()
    reasons: dict[str, int] = {}
    rows: dict[str, list[list[int]]] = {}
    for row in run.rows:
        cells = []
        for column in run.columns:
            one = view[column.name, row.id]
            marks: tuple[bool, ...] = (
                one.judgement.flaky,
                one.counts,
                one.foreseen is not None,
                (column.name, row.id) in gone,
            )
            marks = (*marks, (column.name, row.id) in changed, one.disputed, not row.scored)
            flags = sum(bool(mark) << bit for bit, mark in enumerate(marks))
            cells.append([reasons.setdefault(visible(str(one.judgement.reason)), len(reasons)), flags])
        rows[row.id] = cells
    content = {
        "reasons": list(reasons),
        "names": [visible(column.name) for column in run.columns],
        "days": [visible(one.day) for one in runs[-LAST:]],
        "rows": rows,
    }
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
