"""`pytest suites` in a clone: the same run, led by pytest itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from samewire.clone import plugins
from samewire.demo import Served
from samewire.reference import KEY, Reference
from samewire.reference.faults import FAULTS
from samewire.run import Run
from samewire.settings import SettingsError


@pytest.fixture(scope="module")
def ports() -> object:
    """Ports of the reference and of a faulty twin."""
    faults = [FAULTS["completion.id_missing"], FAULTS["usage.total_wrong"]]
    with Served({"reference": Reference(), "broken": Reference(faults)}) as served:
        yield served.ports


def run(clone: Path, port: int | None, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the suites as someone would who has a clone."""
    given = (
        {}
        if port is None
        else {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "OPENAI_MODEL": "reference-1",
            "OPENAI_API_KEY": KEY,
            "SAMEWIRE_DEPTH": "smoke",
        }
    )
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(
        command, cwd=clone, env={**os.environ, **given, **environ}, capture_output=True, text=True, timeout=60
    )


def test_what_an_expression_selects_passes_at_the_reference_and_reports_are_written(
    clone: Path, ports: dict[str, int]
) -> None:
    done = run(clone, ports["reference"], "suites", "-q", "-k", "why_it_ends or dated")
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "failed" not in done.stdout
    recorded = Run.load(clone / "reports" / "run.jsonl")
    assert not recorded.incomplete
    # What is not selected is not sent either.
    assert {row.id for row in recorded.rows} >= {"chat.completion.finish_reason", "chat.completion.created"}
    assert len(recorded.rows) < 8
    assert len(recorded.exchanges) < 8
    assert {path.name for path in (clone / "reports").iterdir()} >= {
        "report.html",
        "matrix.md",
        "junit.xml",
        "results.json",
    }


def test_a_broken_must_fails_and_a_broken_should_does_not_in_pytest_s_own_words_and_junit(
    clone: Path, ports: dict[str, int]
) -> None:
    done = run(clone, ports["broken"], "suites", "-q", "-rx", "--junitxml=out.xml")
    assert done.returncode == 1
    assert "chat.completion.id MUST broken: /id: `id` is missing" in done.stdout
    assert "SHOULD broken: total_tokens is" in done.stdout
    assert "1 failed" in done.stdout
    assert "1 xfailed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    cases = list(ElementTree.parse(clone / "out.xml").iter("testcase"))
    rows = Run.load(clone / "reports" / "run.jsonl").rows
    assert len(cases) == len(rows)
    properties = {
        one.find("properties/property[@name='check']").get("value"): one.find(
            "properties/property[@name='verdict']"
        ).get("value")  # type: ignore[union-attr]
        for one in cases
    }
    assert properties.keys() == {row.id for row in rows}
    assert properties["chat.completion.id"] == "broken"
    assert len([one for one in cases if one.find("failure") is not None]) == 1


def known(clone: Path, *entries: dict[str, str]) -> str:
    path = clone / "known.yaml"
    path.write_text(
        json.dumps({"expectations": [{"why": "mended in 2.4", **one} for one in entries]}), encoding="utf-8"
    )
    return f"--expectations={path}"


def test_a_listed_failure_is_expected_and_green(clone: Path, ports: dict[str, int]) -> None:
    listed = known(clone, {"requirement": "chat.completion.id"})
    done = run(clone, ports["broken"], "suites", "-q", "-rx", "-k", "has_an_id or adds_up", listed)
    assert done.returncode == 0, done.stdout
    assert "expected: mended in 2.4; broken: /id: `id` is missing" in done.stdout
    recorded = Run.load(clone / "reports" / "run.jsonl")
    assert [one.requirement for one in recorded.expectations] == ["chat.completion.id"]


def test_a_failure_that_is_not_listed_is_red(clone: Path, ports: dict[str, int]) -> None:
    other = known(clone, {"requirement": "chat.usage.total"})
    done = run(clone, ports["broken"], "suites", "-q", "-k", "has_an_id or adds_up", other)
    assert done.returncode == 1
    assert "chat.completion.id MUST broken" in done.stdout


@pytest.mark.parametrize("pattern", ["chat.completion.id", "chat.completion.*"])
def test_a_stale_entry_is_red(clone: Path, ports: dict[str, int], pattern: str) -> None:
    listed = known(clone, {"requirement": pattern})
    done = run(clone, ports["reference"], "suites", "-q", "-k", "has_an_id or is_dated", listed)
    assert done.returncode == 1
    assert f"stale expectation {pattern} at * (mended in 2.4): it is supported" in done.stdout
    assert "1 failed" in done.stdout


def test_an_entry_is_not_stale_as_long_as_one_of_its_cells_is_as_bad(clone: Path, ports: dict[str, int]) -> None:
    listed = known(clone, {"requirement": "chat.completion.*"})
    done = run(clone, ports["broken"], "suites", "-q", "-k", "has_an_id or is_dated", listed)
    assert done.returncode == 0, done.stdout


def test_an_expectation_of_nothing_is_refused(clone: Path, ports: dict[str, int]) -> None:
    done = run(clone, ports["reference"], "suites", known(clone, {"requirement": "chat.completion.idd"}))
    assert done.returncode == 4
    assert "did you mean chat.completion.id?" in done.stderr


def test_it_stops_at_the_first_failure_if_it_is_told_to(clone: Path, ports: dict[str, int]) -> None:
    done = run(clone, ports["broken"], "suites", "-x", "-q")
    assert done.returncode == 1, done.stdout
    assert "stopping after 1 failures" in done.stdout
    recorded = Run.load(clone / "reports" / "run.jsonl")
    assert len(recorded.verdicts) < len(recorded.rows)
    assert recorded.incomplete


def test_several_processes_would_each_send_every_request(clone: Path, ports: dict[str, int]) -> None:
    done = run(clone, ports["reference"], "suites", "-n", "2")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "run them without -n" in done.stderr
    assert not (clone / "reports").exists()


def test_collecting_alone_sends_nothing(clone: Path, ports: dict[str, int]) -> None:
    done = run(clone, ports["reference"], "suites", "--collect-only", "-q")
    assert done.returncode == 0
    assert "test_the_stream_ends_with_done[127.0.0.1:" in done.stdout
    assert not (clone / "reports" / "run.jsonl").exists() or (clone / "reports" / "run.jsonl").read_text() == ""


def test_without_an_endpoint_it_says_what_to_set(clone: Path) -> None:
    (clone / "providers.yaml").write_text("providers: []\n", encoding="utf-8")
    done = run(clone, None, "suites")
    assert done.returncode == 4
    assert "set OPENAI_BASE_URL and OPENAI_MODEL" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"OPENAI_MODEL": ""}, "OPENAI_MODEL"),
        ({"OPENAI_BASE_URL": "localhost:1"}, "no base URL"),
        ({"SAMEWIRE_DEPTH": "deep"}, "smoke, core"),
    ],
)
def test_what_is_set_wrongly_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    if "OPENAI_MODEL" not in environ:
        monkeypatch.setenv("OPENAI_MODEL", "m")
    with pytest.raises(SettingsError, match=said):
        plugins(["suites"], tmp_path)
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("asked", [[], ["tests"], ["tests/test_sse.py"], ["."]])
def test_what_is_no_suite_is_none_of_its_business(tmp_path: Path, no_network: None, asked: list[str]) -> None:
    assert plugins(asked, tmp_path) == []


def test_every_endpoint_of_providers_yaml_whose_key_is_there_is_run(clone: Path, ports: dict[str, int]) -> None:
    url = f"http://127.0.0.1:{ports['reference']}/v1"
    entries = [
        {"name": name, "base_url": url, "models": ["reference-1"], "api_key": f"${{{name}_KEY}}"}
        for name in ("ONE", "TWO")
    ]
    (clone / "providers.yaml").write_text(json.dumps({"providers": entries}), encoding="utf-8")
    done = run(clone, None, "suites", "-q", "-k", "dated", ONE_KEY=KEY, SAMEWIRE_DEPTH="smoke")
    assert done.returncode == 0, done.stdout
    columns = Run.load(clone / "reports" / "run.jsonl").columns
    assert [(column.name, column.missing) for column in columns] == [
        ("ONE/reference-1", ""),
        ("TWO/reference-1", "$TWO_KEY is not set"),
    ]


def test_the_tests_of_the_harness_are_not_disturbed(clone: Path) -> None:
    (clone / "tests").mkdir()
    (clone / "tests" / "test_one.py").write_text("def test_one():\n    assert True\n", encoding="utf-8")
    done = run(clone, None, "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert not (clone / "reports").exists()
