"""samewire report: tables in documents, other expectations and baselines than those of the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samewire.merging import lines
from samewire.run import Run

from .report.records import every_verdict
from .test_cli import samewire


@pytest.fixture(autouse=True)
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "run.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines(Run.from_lines(every_verdict()))), encoding="utf-8")
    return path


def test_a_table_in_a_document_is_checked_made_anew_and_then_fresh(tmp_path: Path) -> None:
    document = tmp_path / "compat.md"
    document.write_text("# Ours\n\n<!-- samewire:begin matrix -->\n<!-- samewire:end -->\n\nText.\n")
    stale = samewire("report", "run.jsonl", "--inject", "compat.md", "--check")
    assert (stale.exit_code, "out of date" in stale.stderr) == (1, True)
    assert "| Feature |" not in document.read_text()
    assert samewire("report", "run.jsonl", "--inject", "compat.md").exit_code == 0
    assert "| Feature |" in document.read_text()
    assert document.read_text().endswith("<!-- samewire:end -->\n\nText.\n")
    assert samewire("report", "run.jsonl", "--inject", "compat.md", "--check").exit_code == 0
    document.write_text("# Ours\n")
    assert samewire("report", "run.jsonl", "--inject", "compat.md").exit_code == 2
    assert samewire("report", "run.jsonl", "--inject", "absent.md").exit_code == 2


def test_a_record_is_held_against_other_expectations_and_another_baseline(tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text("- {requirement: chat.stream.done, why: known}\n")
    first = samewire("report", "run.jsonl", "--format", "json", "--expectations", "known.yaml", "--fail-on", "should")
    told = json.loads(first.stdout)
    assert [one["requirement"] for one in told["expectations"]] == ["chat.stream.done"]
    assert told["run"]["policy"] == "should"
    (tmp_path / "old.json").write_text(samewire("report", "run.jsonl", "--format", "json").stdout)
    again = samewire("report", "run.jsonl", "--format", "summary", "--baseline", "old.json")
    assert "0 regressed · 0 fixed" in again.stdout
    assert samewire("report", "run.jsonl", "--baseline", "absent.json").exit_code == 2


def test_several_files_want_a_folder_and_go_there(tmp_path: Path) -> None:
    assert samewire("report", "run.jsonl", "--format", "badge").exit_code == 0
    assert (tmp_path / "reports" / "badges" / "good-m.svg").is_file()
    result = samewire("report", "run.jsonl", "--format", "har,table", "-o", "out")
    assert (tmp_path / "out" / "har" / "good-m.har").is_file()
    assert "out/providers.zh.md" in result.stdout
