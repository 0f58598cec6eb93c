"""What GitHub's workflows are told, and the files for continuous integration."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from samewire.github import annotated
from samewire.run import Run

from .report.records import HOSTILE, endpoint, record, requirement, verdict
from .test_cli import samewire

ROOT = Path(__file__).parent.parent


def run_of(count: int = 1, word: str = "broken", **header: object) -> Run:
    rows = [requirement(f"chat.a.n{number}") for number in range(8)]
    names = [f"p{number}/m" for number in range(count)]
    told = [verdict(name, row["id"], word, HOSTILE) for name in names for row in rows]
    return Run.from_lines(record([endpoint(name) for name in names], rows, *told, **header))


def test_an_endpoint_has_one_annotation_on_one_line() -> None:
    (line,) = annotated(run_of())
    assert line.startswith("::error title=p0/m::MUST 0/8; chat.a.n0, ")
    assert "and 2 more" in line
    assert "\n" not in line
    assert list(annotated(run_of(word="supported"))) == []
    assert len(list(annotated(run_of(14)))) == 10
    (quiet,) = annotated(run_of(), "never")
    assert quiet.startswith("::warning ")


def test_a_required_endpoint_without_a_key_and_a_stale_expectation_are_errors() -> None:
    absent = endpoint("q:1/m", missing="$Q is 100% missing\n::error::x", required=True)
    (line,) = annotated(Run.from_lines(record([absent], [requirement("chat.a.b")])))
    assert line == "::error title=q%3A1/m::not run: $Q is 100%25 missing ::error::x"
    held = [{"requirement": "chat.a.*", "why": "known", "endpoint": "*"}]
    (line,) = annotated(run_of(word="supported", expectations=held))
    assert line.startswith("::error title=samewire::the expectation chat.a.* at * is stale")


def test_on_github_the_summary_goes_to_the_jobs_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    result = samewire("run", "--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--depth", "smoke", "-q")
    assert result.exit_code == 3
    assert page.read_text().startswith("before\n## samewire\n\n! **Could not judge.**")
    assert "::warning title=127.0.0.1%3A9/m::could not be judged" in result.stderr


def test_the_action_passes_inputs_by_the_environment_alone() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input in a script is code"
        if "uses" in step:
            assert len(step["uses"].partition("@")[2].split()[0]) == 40, "third-party steps are pinned"
    used = {name for step in action["runs"]["steps"] for name in str(step.get("env", "")).split("inputs.")[1:]}
    assert {name.split(" ")[0].split("}")[0] for name in used} <= set(action["inputs"])


def test_the_hook_runs_lint() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in hooks] == ["samewire lint"]
    assert samewire("lint", "--help").exit_code == 0
