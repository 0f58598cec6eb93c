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


def on(day: int, word: str) -> str:
    """A record of that day, in which one cell has that word."""
    made = every_verdict()
    made[0] = {**made[0], "started": f"2026-11-{day:02}T10:00:00+00:00"}
    at = ("bad/lab/m:1", "chat.broken.must")
    told = [{**one, "verdict": word} if (one.get("endpoint"), one.get("requirement")) == at else one for one in made]
    path = Path(f"{day}.jsonl")
    path.write_text("".join(f"{line}\n" for line in lines(Run.from_lines(told))), encoding="utf-8")
    return str(path)


def test_a_site_keeps_each_run_and_the_next_remembers_them(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for day, word in ((1, "supported"), (2, "broken"), (3, "supported")):
        assert samewire("report", on(day, word), "--site", site).exit_code == 0
    runs = [f"2026-11-{day:02}T10-00-00Z" for day in (1, 2, 3)]
    assert sorted(path.name for path in (site / "runs").iterdir()) == runs
    latest = json.loads((site / "latest" / "results.json").read_text())
    assert latest["run"]["started"].startswith("2026-11-03")
    assert [one["name"] for one in latest["run"]["earlier"]] == runs[:2]
    first = json.loads((site / "runs" / runs[0] / "results.json").read_text())
    assert first["run"]["earlier"] == []
    page = (site / "index.html").read_text()
    places = [page.index(f'href="runs/{name}/report.html"') for name in reversed(runs)]
    assert places == sorted(places)
    assert "3 endpoints: " in page
    assert 'href="index.zh.html"' in page
    assert "3 个端点:" in (site / "index.zh.html").read_text()
    again = samewire("report", "2.jsonl", "--site", site)
    assert "index.html" in again.stdout
    assert json.loads((site / "latest" / "results.json").read_text()) == latest  # the other one is older
    assert [
        one["name"] for one in json.loads((site / "runs" / runs[1] / "results.json").read_text())["run"]["earlier"]
    ] == runs[:1]


def test_a_report_holds_no_more_evidence_than_is_asked_for() -> None:
    told = {
        how: samewire("report", "run.jsonl", "--format", "html", "--embed-evidence", how).stdout
        for how in ("all", "none")
    }
    assert "This file holds 4 of the 4 exchanges" in told["all"]
    assert "This file holds 0 of the 4 exchanges" in told["none"]
    assert samewire("report", "run.jsonl", "--embed-evidence", "some").exit_code == 2


def test_the_table_is_written_as_the_options_say() -> None:
    made = samewire("report", "run.jsonl", "--format", "md", "--rows", "checks", "--symbols", "word").stdout
    assert "| MUST chat broken must (chat.broken.must) | supported | broken | not run |" in made
    assert samewire("report", "run.jsonl", "--format", "md", "--flavor", "ascii").exit_code == 2


def test_the_folder_of_a_site_is_a_history(tmp_path: Path) -> None:
    for day, word in ((1, "supported"), (2, "broken")):
        assert samewire("report", on(day, word), "--site", "site").exit_code == 0
    made = samewire("report", on(3, "supported"), "--format", "json", "--baseline", "site")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert [one["started"][:10] for one in told["run"]["earlier"]] == ["2026-11-01", "2026-11-02"]
    (cell,) = (one for one in told["results"] if one["past"] == ["supported", "broken"])
    assert cell["change"] == {"kind": "fixed", "before": "broken", "altered": False}
    (tmp_path / "empty").mkdir()
    assert samewire("report", "run.jsonl", "--baseline", "empty").exit_code == 2
