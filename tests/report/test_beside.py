"""What stands beside the verdicts in tables and CI's formats: disputes, notes, changes, histories."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from samewire.report import FORMATS
from samewire.run import Run

from .records import endpoint, exchange, record, requirement, verdict
from .test_exports import CTRF, Draft202012Validator

NAME, NORM = "acme/m", "norm/m"
WORDS = {
    "chat.history.two_users": "unsupported",
    "chat.history.two_assistants": "supported",
    "chat.history.two_systems": "supported",
    "chat.history.late_system": "supported",
    "chat.history.assistant_first": "supported",
    "chat.stream.done": "broken",
    "chat.stream.newer": "broken",
}


@pytest.fixture
def told() -> Run:
    rows = [{**requirement(check), "scored": check != "chat.stream.newer"} for check in WORDS]
    lines = [verdict(NAME, check, word, "seen", exchanges=["e"]) for check, word in WORDS.items()]
    lines += [verdict(NORM, "chat.stream.done", "broken", exchanges=["e"])]
    before = {"name": "", "started": "2026-11-01", "suite": "", "version": "", "checks": {}}
    return Run.from_lines(
        record(
            [endpoint(NAME), endpoint(NORM, settings={"reference": True})],
            rows,
            *(exchange(name, "e") for name in (NAME, NORM)),
            *lines,
            set="0.1",
            earlier=[{**before, "cells": {NAME: {"chat.stream.done": ["supported", "", 200]}}}],
            annotations=[
                {"requirement": "chat.stream.done", "endpoint": "acme/*", "by": "Acme", "note": "Mended in 2.4."},
                {
                    "requirement": "chat.*",
                    "by": "=Q",
                    "note": "x",
                    "issue": "https://acme.example/1",
                    "on": "2026-11-02",
                },
            ],
        )
    )


DONE = {
    "disputed": "yes",
    "unscored": "",
    "rounds": "",
    "change": "regressed",
    "since": "2026-11-21",
    "notes": "Acme: Mended in 2.4. | =Q: x (2026-11-02, https://acme.example/1)",
}


def test_a_spreadsheet_has_it_in_columns(told: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"].files(told)["results.csv"])))
    cells = {(row["endpoint"], row["check"]): row for row in rows}
    one = cells[NAME, "chat.stream.done"]
    assert {name: one[name] for name in DONE} == DONE
    assert one["histories"] == "merge same roles"
    assert cells[NAME, "chat.stream.newer"]["unscored"] == "yes"
    assert cells[NAME, "chat.history.two_users"]["notes"].startswith("'=Q: x")
    assert cells[NORM, "chat.stream.done"]["histories"] == ""


def test_junit_has_it_in_properties(told: Run) -> None:
    root = ElementTree.fromstring(*FORMATS["junit"].files(told).values())
    suite = root.findall("testsuite")[0]

    def properties(of: Any) -> dict[str, str]:
        return {one.get("name"): one.get("value") for one in of.findall("properties/property")}

    assert properties(suite)["histories"] == "merge same roles"
    cases = {case.get("name", "").split()[0]: case for case in suite.findall("testcase")}
    seen = properties(cases["chat.stream.done"])
    assert {name: seen.get(name, "") for name in DONE} == DONE
    assert properties(cases["chat.stream.newer"])["unscored"] == "yes"
    assert "disputed" not in properties(cases["chat.history.two_users"])


def test_ctrf_has_it_as_extra(told: Run) -> None:
    report = json.loads(*FORMATS["ctrf"].files(told).values())
    assert list(Draft202012Validator(CTRF).iter_errors(report)) == []
    assert report["results"]["summary"]["extra"]["histories"] == {NAME: "merge same roles"}
    tests = {test["name"].split()[0]: test["extra"] for test in report["results"]["tests"] if NAME in test["name"]}
    assert {name: tests["chat.stream.done"].get(name, "") for name in DONE} == DONE
    assert "since" not in tests["chat.history.two_systems"] or tests["chat.history.two_systems"]["since"]


def test_a_page_carries_its_matrix_as_files(told: Run) -> None:
    (page,) = FORMATS["html"].files(told).values()
    carried = re.findall(r'href="data:([\w/]+);base64,([\w+/=]+)" download="([\w.]+)"', page)
    assert [(kind, name) for kind, _, name in carried] == [("text/csv", "matrix.csv"), ("text/markdown", "matrix.md")]
    for kind, content, name in carried:
        files = FORMATS["csv" if kind == "text/csv" else "md"].files(told)
        assert base64.b64decode(content).decode() == files[name]


def test_what_was_measured_several_times_over_tells_in_how_many_rounds_it_held() -> None:
    words = ["supported"] * 7 + ["broken"] * 3
    rows = [requirement("chat.a.odd"), requirement("chat.a.calm")]
    told = [
        verdict(NAME, "chat.a.odd", "inconclusive", "mixed", reason="flaky", flaky=True, rounds=words),
        verdict(NAME, "chat.a.calm", "supported", rounds=["supported"] * 10),
    ]
    run = Run.from_lines(record([endpoint(NAME)], rows, *told))
    page = " ".join(FORMATS["html"].files(run)["report.html"].split())
    assert "flaky</span> 7/10</em>" in page
    assert "only if it was the same in all 10 rounds" in page
    sheet = list(csv.DictReader(io.StringIO(FORMATS["csv"].files(run)["results.csv"])))
    assert [row["rounds"] for row in sheet] == ["7 of 10", "10 of 10"]
