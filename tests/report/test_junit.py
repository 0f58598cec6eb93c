"""junit.xml as a reader by others sees it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from samewire.policy import fails
from samewire.report.junit import render
from samewire.run import Run


def suites(run: Run) -> dict[str, Any]:
    return {suite.name: suite for suite in JUnitXml.fromstring(render(run).encode())}


def cases(run: Run, name: str) -> dict[str, Any]:
    return {case.name.split()[0]: case for case in suites(run)[name]}


def test_each_endpoint_is_a_suite_and_each_check_a_case(every: Run) -> None:
    parsed = suites(every)
    assert list(parsed) == ["good/m", "bad/lab/m:1", "absent/m"]
    assert all(suite.tests == len(list(suite)) == len(every.rows) for suite in parsed.values())
    assert (parsed["good/m"].failures, parsed["good/m"].errors, parsed["good/m"].skipped) == (0, 0, 0)
    assert parsed["absent/m"].skipped == len(every.rows)
    whole = JUnitXml.fromstring(render(every).encode())
    assert whole.tests == 3 * len(every.rows)


@pytest.mark.parametrize(
    ("check", "kind", "type"),
    [
        ("chat.broken.must", Failure, "MUST.broken"),
        ("chat.ignored.must", Failure, "MUST.ignored"),
        ("chat.ignored.should", Failure, "SHOULD.ignored"),
        ("http.need.required", Failure, "MUST.unsupported"),
        ("chat.unsupported.must", Skipped, "unsupported"),
        ("chat.not_run.must", Skipped, "not run"),
        ("chat.inconclusive.must", Error, "inconclusive"),
        ("chat.extra.flaky", Error, "flaky"),
        ("chat.extra.blocked", Error, "blocked"),
        ("chat.error.must", Error, "error."),
    ],
)
def test_each_verdict_has_its_element(check: str, kind: type, type: str, every: Run) -> None:
    (found,) = cases(every, "bad/lab/m:1")[check].result
    assert isinstance(found, kind)
    assert found.type == type
    assert found.message


def test_what_holds_or_does_not_fail_the_run_passes(every: Run) -> None:
    found = cases(every, "bad/lab/m:1")
    assert found["chat.supported.must"].is_passed
    assert not found["chat.supported.must"].system_out
    assert found["chat.broken.should"].is_passed
    assert found["chat.broken.should"].system_out.startswith("SHOULD.broken, which does not fail the run")


def test_a_failure_says_what_was_expected_and_how_to_see_it(every: Run) -> None:
    (found,) = cases(every, "bad/lab/m:1")["chat.broken.must"].result
    assert "expected  It MUST `hold`." in found.text
    assert "observed  seen thus" in found.text
    assert '-H "Authorization: Bearer $EXAMPLE_KEY"' in found.text


def test_names_are_unique_and_stable(every: Run) -> None:
    names = [(case.classname, case.name) for suite in suites(every).values() for case in suite]
    assert len(set(names)) == len(names)
    assert ("bad.lab/m:1.chat.broken", "chat.broken.must chat broken must") in names


def test_endpoints_with_like_names_are_told_apart(made: Any) -> None:
    columns = [
        {"name": f"p/{m}", "provider": "p", "label": "", "model": m, "base_url": ""} for m in ("a.b", "a b", "a_b")
    ]
    row = {"id": "x.y.z", "level": "MUST", "sentence": "", "title": "", "protocol": "x", "feature": "x.y"}
    parsed = suites(made(columns, [row]))
    assert [case.classname for suite in parsed.values() for case in suite] == [
        "p.a_b.x.y",
        "p.a_b_2.x.y",
        "p.a_b_3.x.y",
    ]


def test_properties_tell_check_level_and_source(every: Run) -> None:
    case = ElementTree.fromstring(render(every).encode()).find(
        "testsuite/testcase[@name='chat.broken.must chat broken must']"
    )
    assert case is not None
    told = {one.get("name"): one.get("value", "") for one in case.iter("property")}
    assert told["check"] == "chat.broken.must"
    assert (told["level"], told["verdict"], told["endpoint"]) == ("MUST", "supported", "good/m")
    assert told["suite"] == "0123456789abcdef"
    assert told["source"].startswith("https://")


def test_hostile_text_is_well_formed(hostile: Run) -> None:
    text = render(hostile)
    text.encode("utf-8")
    (suite,) = JUnitXml.fromstring(text.encode())
    (found,) = next(case for case in suite if case.name.startswith("chat.evil.must")).result
    assert "alert(1)" in found.message
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_measured_run_counts_as_its_verdicts_do(measured: Any) -> None:
    run, _ = measured
    for column in run.columns:
        expected = Counter(run.verdict(column, row).verdict.value for row in run.rows)
        failing = sum(fails(row, run.verdict(column, row)) for row in run.rows)
        suite = suites(run)[column.name]
        assert suite.failures == failing
        assert suite.errors == expected["inconclusive"] + expected["error"]
