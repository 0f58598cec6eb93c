"""support.json: features by endpoint in the shape of browser-compat-data, for those who make tables of their own.

A feature is a node with ``__compat``; each endpoint has a statement: ``version_added`` is true for what works, also in
part (``partial_implementation``, with the reasons as ``notes``), false for what is refused, null for what nobody knows.
"""

from __future__ import annotations

import json
from typing import Any

from samewire.inert import visible
from samewire.report.matrix import Feature, protocols, standing, summary
from samewire.report.provenance import measured_with
from samewire.report.words import FAILS, PARTIAL
from samewire.run import Column, Run
from samewire.verdict import Verdict

__all__ = ["render", "support"]

#: What a word of a feature says of its support.
ADDED = {Verdict.SUPPORTED.value: True, PARTIAL: True, FAILS: True, Verdict.UNSUPPORTED.value: False}


def render(run: Run) -> str:
    """The run as that JSON, in ASCII."""
    return json.dumps(support(run), ensure_ascii=True, indent=1) + "\n"


def support(run: Run) -> dict[str, Any]:
    """The run as ``schemas/run/support.json`` describes it."""
    return {
        "$schema": "samewire:///run/support.json",
        "__meta": {
            "started": visible(str(run.header.get("started", ""))),
            "samewire": visible(measured_with(run)),
            "suite": visible(str(run.header.get("suite", ""))),
            "incomplete": run.incomplete,
        },
        "endpoints": {
            visible(column.name): {
                "label": visible(column.label),
                "model": visible(column.model),
                "standing": standing(run, column),
            }
            for column in run.columns
        },
        "features": {
            protocol.id: {feature.id.rpartition(".")[2]: _feature(run, feature) for feature in protocol.features}
            for protocol in protocols(run)
        },
    }


def _feature(run: Run, feature: Feature) -> dict[str, Any]:
    statements = {visible(column.name): _statement(run, column, feature) for column in run.columns}
    return {"__compat": {"description": feature.title, "support": statements}}


def _statement(run: Run, column: Column, feature: Feature) -> dict[str, Any]:
    one = summary(run, column, feature.rows)
    added = ADDED.get(one.word)
    if one.word not in (PARTIAL, FAILS):
        return {"version_added": added}
    judged = ((row, run.verdict(column, row)) for row in feature.rows)
    notes = [
        visible(f"{row.level.value} {row.id} {judgement.verdict.value}")
        for row, judgement in judged
        if row.scored and (judgement.verdict.red or judgement.verdict is Verdict.UNSUPPORTED)
    ]
    return {"version_added": added, "partial_implementation": True, "fails": one.fails, "notes": notes}
