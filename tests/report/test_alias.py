"""Private endpoints: nothing that is rendered tells who they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samewire import report
from samewire.github import annotated
from samewire.redaction import Redactor
from samewire.report.alias import published
from samewire.report.inject import injected
from samewire.run import Run
from samewire.schema import violations

from .records import endpoint, exchange, record, requirement, verdict

SECRETIVE = "nimbus/zephyr-9"
TELLING = ("nimbus", "zephyr", "stratus.example", "NIMBUS_KEY", "cumulus")


def run_of() -> Run:
    """A private endpoint whose name stands wherever one can, and an open one beside it."""
    settings = {
        "private": True,
        "claims": {"images": True},
        "notes": "Nimbus is our own.",
        "source": "https://nimbus.example",
        "slots": {"default": "zephyr-9"},
        "paths": {"chat/completions": "/nimbus/{model}"},
    }
    secretive = endpoint(
        SECRETIVE,
        label="Nimbus Cloud",
        base_url="https://api.stratus.example/v1",
        key_variable="NIMBUS_KEY",
        settings=settings,
    )
    rows = [requirement("chat.a.b"), requirement("chat.images.seen")]
    body = json.dumps({"model": "zephyr-9-fp8", "id": "cumulus-1"})
    sent = exchange(SECRETIVE, "e1", body=body, headers=[["Server", "cumulus/2"]])
    sent["wire"]["url"] = "https://api.stratus.example/v1/chat/completions"
    told = {
        "message": "the model is 'zephyr-9-fp8', not 'zephyr-9', says cumulus/2 at https://api.stratus.example/v1",
        "notes": ["Nimbus Cloud said so"],
        "exchanges": ["e1"],
    }
    found = {
        "kind": "findings",
        "endpoint": SECRETIVE,
        "protocol": "chat",
        "stop": None,
        "limit": "max_tokens",
        "notes": ["zephyr-9 thinks"],
    }
    packed = {"name": "old", "started": "2026-11-14", "suite": "0", "version": "1", "checks": {}}
    lines = record(
        [secretive, endpoint("open/m")],
        rows,
        sent,
        exchange("open/m", "g1"),
        found,
        verdict(SECRETIVE, "chat.a.b", "broken", **told),
        verdict(SECRETIVE, "chat.images.seen", "supported", exchanges=["e1"]),
        verdict("open/m", "chat.a.b", "broken", "the nimbus of others", exchanges=["g1"]),
        expectations=[
            {"requirement": "chat.x.*", "why": "Nimbus 2.4", "endpoint": "nimbus", "issue": "https://nimbus.example/1"}
        ],
        earlier=[{**packed, "cells": {SECRETIVE: {"chat.a.b": ["supported", "", 200]}}}],
        command=["samewire", "run", "nimbus"],
        annotations=[{"requirement": "*", "endpoint": "nimbus", "note": "Nimbus mends it", "by": "Nimbus"}],
    )
    lines[-1] |= {"peak": {SECRETIVE: 8}, "hidden": {SECRETIVE: ["n"]}}
    return Run.from_lines(lines)


def hidden(text: str) -> bool:
    text = text.replace("the nimbus of others", "")
    return not [word for word in TELLING if word.lower() in text.lower()]


def test_no_format_tells_who_it_is(tmp_path: Path, unpacked: Any) -> None:
    run = run_of()
    paths = report.write(run, tmp_path, report.FORMATS, Redactor())
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert hidden(text + path.name), path.name
        if path.name == "report.html":
            assert hidden("\n".join(map(str, unpacked(text))))
    assert (tmp_path / "badges" / "private-1-model-1.svg").is_file()
    assert "Private 1" in (tmp_path / "matrix.md").read_text(encoding="utf-8")
    assert hidden(report.contents(run, "json", Redactor()))
    assert hidden("\n".join(annotated(report.published(run))))
    document = "<!-- samewire:begin matrix -->\n<!-- samewire:end -->\n"
    assert hidden(injected(report.published(run), document))


def test_its_cells_stand_as_they_are() -> None:
    run = published(run_of())
    column, other = run.columns
    assert (column.name, column.label, column.model) == ("private-1/model-1", "Private 1", "model-1")
    words = [run.verdict(column, row).verdict for row in run.rows]
    assert words == ["broken", "supported"]
    message = run.verdict(column, run.rows[0]).message
    assert message == "the model is 'model-1', not 'model-1', says private-1 at https://private.invalid/v1"
    assert run.verdict(other, run.rows[0]).message == "the nimbus of others"
    assert set(run.exchanges) == {("open/m", "g1")}
    assert run.footer["peak"] == {"private-1/model-1": 8}
    assert run.expectations[0].endpoint == "private-1"


def test_what_is_rendered_is_as_its_schema_says_and_a_run_without_private_endpoints_is_itself(every: Run) -> None:
    assert published(every) is every
    assert not violations(json.loads(report.contents(run_of(), "json", Redactor())), "run/results")
