"""results.json and the record's lines, by their published schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.policy import fails
from samewire.report.results import render
from samewire.run import Run
from samewire.schema import source, violations


def parsed(run: Run) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(render(run))
    return read


def test_it_is_as_its_schema_says(every: Run, hostile: Run, measured: Any) -> None:
    for run in (every, hostile, measured[0]):
        assert violations(parsed(run), "run/results") == ()
        render(run).encode("utf-8")


def test_every_cell_is_there_with_its_verdict(every: Run) -> None:
    content = parsed(every)
    cells = {(one["endpoint"], one["check"]): one for one in content["results"]}
    assert len(cells) == len(every.columns) * len(every.rows)
    for column in every.columns:
        for row in every.rows:
            judgement = every.verdict(column, row)
            assert cells[column.name, row.id]["verdict"] == judgement.verdict.value
            assert cells[column.name, row.id]["fails"] == fails(row, judgement)
    assert cells["bad/lab/m:1", "chat.extra.blocked"]["blocked_by"] == "chat.broken.must"


def test_it_tells_tallies_and_how_the_run_ended(every: Run) -> None:
    content = parsed(every)
    bad = content["endpoints"][1]
    assert bad["must"] == {"supported": 1, "judged": 4}  # a clean refusal of what is required counts
    assert (bad["standing"], content["endpoints"][2]["standing"]) == ("not met", "not run")
    assert content["run"]["exit"] == {"code": 1, "word": "not met"}
    assert content["run"]["more"] == {"tool": {"name": "samewire", "version": "9.8.7"}}
    assert content["checks"][0]["sources"][0]["id"] == "CHAT-STR-012"
    assert content["checks"][0]["sources"][0]["fact"]


def test_it_says_what_it_does_not_claim(every: Run) -> None:
    assert len(parsed(every)["run"]["does_not_claim"]) == 5


def test_an_incomplete_run_says_so(made: Any) -> None:
    run = made([], [])
    cut = Run(run.header, run.columns, run.rows, {}, {}, {}, {})
    content = parsed(cut)
    assert violations(content, "run/results") == ()
    assert content["run"]["incomplete"] is True
    assert content["run"]["exit"]["code"] == 130


def test_a_change_of_type_is_seen(every: Run) -> None:
    content = parsed(every)
    content["results"][0]["verdict"] = "passed"
    del content["run"]["exit"]
    assert {found.pointer for found in violations(content, "run/results")} == {"/results/0/verdict", "/run/exit"}


def test_the_lines_of_a_record_are_as_their_schema_says(measured: Any, lines: Any) -> None:
    _, own = measured
    assert {line["kind"] for line in own} == {"header", "exchange", "findings", "footer"}
    for line in [*own, *lines]:
        assert violations(json.loads(json.dumps(line)), "run/record") == ()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("header", {"version": "2.0"}),
        ("verdict", {"verdict": "passed"}),
        ("exchange", {"attempts": [{}]}),
        ("findings", {"stop": "why"}),
        ("footer", {"incomplete": "no"}),
        ("footer", {"kind": "trailer"}),
    ],
)
def test_a_line_that_is_no_record_is_seen(kind: str, change: dict[str, Any], lines: Any) -> None:
    line = next(one for one in lines if one["kind"] == kind)
    assert violations({**line, **change}, "run/record")


@pytest.mark.parametrize("name", ["run/results", "run/record"])
def test_schemas_refer_by_absolute_names(name: str) -> None:
    text = json.dumps(source(name))
    assert source(name)["$id"] == f"samewire:///{name}.json"
    assert all(part.startswith(('"#/', '"samewire:///')) for part in text.split('"$ref": ')[1:])
