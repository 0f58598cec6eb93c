"""What was measured long ago says so: in the page and the site, in tables and badges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samewire import report
from samewire.redaction import Redactor
from samewire.report import FORMATS, published
from samewire.report.inject import injected
from samewire.report.provenance import outdated
from samewire.run import Run

from ..test_cli import samewire
from .records import every_verdict

SAYS = "Outdated: this was measured more than 90 days ago"


@pytest.mark.parametrize(
    ("started", "rendered", "after", "old"),
    [
        ("2026-08-01T10:00:00+00:00", "2026-10-30", None, False),
        ("2026-08-01T10:00:00+00:00", "2026-10-31", None, True),
        ("2026-08-01T10:00:00+00:00", "2026-08-09", 7, True),
        ("2026-08-01T10:00:00+00:00", "2026-08-08", 7, False),
        ("2026-08-01T10:00:00+00:00", None, None, False),
        ("", "2026-10-31", None, False),
        ("2026-08-01", "2026-10-31", "many", True),
    ],
)
def test_a_run_is_outdated_after_so_many_days(
    every: Run, started: str, rendered: str, after: object, old: bool
) -> None:
    told = {"started": started, "rendered": rendered, "outdated_after": after}
    assert outdated(every.held_against(**{name: value for name, value in told.items() if value})) == old or not started
    assert not outdated(every.held_against(started="", rendered="2026-10-31"))


def test_every_report_says_that_it_is_outdated(every: Run) -> None:
    old = every.held_against(rendered="2027-03-01")
    for name in ("md", "summary", "html"):
        (content,) = FORMATS[name].files(old).values()
        assert SAYS in content
    (page,) = FORMATS["html"].files(old).values()
    assert 'data-days="90">' in page
    assert 'data-days="90" hidden>' in "".join(FORMATS["html"].files(every).values())
    tables = FORMATS["table"].files(old)
    assert SAYS in tables["providers.md"]
    assert "已过期" in tables["providers.zh.md"]
    badges = FORMATS["badge"].files(old)
    badge = json.loads(badges["badges/good-m.json"])
    assert badge["message"] == "MUST 10/10 · 2026-11-21 · outdated"
    assert badge["color"] == json.loads(badges["badges/absent-m.json"])["color"] == "#5f656d"
    assert "2026-11-21 · outdated" in badges["badges/good-m.svg"]
    for name, one in FORMATS.items():
        assert name in ("html", "pages") or not any("utdated" in content for content in one.files(every).values())


def test_a_table_in_a_document_is_out_of_date_once_and_not_each_day(every: Run) -> None:
    document = "<!-- samewire:begin matrix -->\n<!-- samewire:end -->\n"
    days = ("2026-11-22", "2027-02-01", "2027-03-01", "2027-03-02")
    made = [injected(published(every.held_against(rendered=day)), document) for day in days]
    assert made[0] == made[1] != made[2] == made[3]
    assert SAYS in made[2]


def test_the_command_says_after_how_many_days(tmp_path: Path) -> None:
    lines = every_verdict()
    lines[0]["started"] = "2020-01-01T00:00:00+00:00"
    record = tmp_path / "run.jsonl"
    record.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert SAYS in samewire("report", str(record), "--format", "md").stdout
    patient = samewire("report", str(record), "--format", "md", "--outdated-after", "1000000")
    assert patient.exit_code == 0, patient.output
    assert "Outdated" not in patient.stdout
    assert samewire("report", str(record), "--outdated-after", "0").exit_code == 2
    assert samewire("report", str(record), "--site", str(tmp_path / "public")).exit_code == 0
    for name, word in (("index.html", SAYS), ("index.zh.html", "已过期")):
        page = (tmp_path / "public" / name).read_text(encoding="utf-8")
        assert word in page
        assert 'data-days="90">' in page


def test_a_run_that_is_measured_now_is_not_outdated(every: Run, tmp_path: Path) -> None:
    report.publish(every, tmp_path, Redactor([]))
    assert 'data-days="90" hidden>' in (tmp_path / "index.html").read_text(encoding="utf-8")
