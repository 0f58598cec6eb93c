"""What a server tells of its own version, and what held by each: in the report, in diffs, and in a check's past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samewire.past import runs_at, together
from samewire.report import FORMATS, published
from samewire.report.html import render
from samewire.report.story import by_version
from samewire.run import Run
from samewire.schema import violations
from samewire.snapshot import Snapshot
from samewire.versions import versions

from ..test_cli import samewire
from .records import endpoint, exchange, record, requirement, verdict

NAME, CHECK = "acme/m", "chat.a.b"


def run_on(day: int, word: str, *servers: str, **header: Any) -> Run:
    lines = [exchange(NAME, f"e{at}", headers=[["Server", server]]) for at, server in enumerate(servers)]
    started = {"started": f"2026-11-{day:02}T10:00:00+00:00"}
    private = header.pop("settings", {})
    return Run.from_lines(
        record(
            [endpoint(NAME, settings=private)],
            [requirement(CHECK)],
            *lines,
            verdict(NAME, CHECK, word),
            **started,
            **header,
        )
    )


@pytest.mark.parametrize(
    ("headers", "body", "version"),
    [
        ([["server", "gw/2.3"]], "", "gw/2.3"),
        ([["Server", "uvicorn"]], "", ""),
        ([["x-litellm-version", "1.80.0"], ["server", "uvicorn"]], "", "1.80.0"),
        ([["x-api-version", "2024-10-21"], ["openai-version", "2020-10-01"]], "", ""),
        ([["server", "llama.cpp"]], '{"system_fingerprint": "b8423-c0ffee"}', "b8423-c0ffee"),
        ([["server", "a\x1b[31m1"]], "", "a␛[31m1"),
        ("x", {"base64": "AA=="}, ""),
        ([["server"], 3, None], None, ""),
    ],
)
def test_a_server_tells_its_version(headers: Any, body: Any, version: str) -> None:
    lines = record([endpoint(NAME)], [requirement(CHECK)], exchange(NAME, "e", headers=headers, body=body))
    assert versions(Run.from_lines(lines)).get(NAME, "") == version


def test_what_changes_within_a_run_is_no_version() -> None:
    assert versions(run_on(1, "supported", "gw/1", "gw/2")) == {}
    assert versions(run_on(1, "supported", "gw/1", "gw/1")) == {NAME: "gw/1"}


@pytest.fixture
def later() -> Run:
    before = [
        Snapshot.of(run_on(day, word, *servers), f"{day}")
        for day, word, servers in (
            (1, "supported", ("gw/1",)),
            (2, "supported", ("gw/1",)),
            (3, "inconclusive", ()),
            (4, "broken", ("gw/2",)),
        )
    ]
    return run_on(9, "supported", "gw/3", earlier=[one.packed() for one in before])


def test_each_version_stands_by_itself(later: Run) -> None:
    (column,) = later.columns
    runs = (*runs_at_of(later), Snapshot.of(later))
    found = by_version(later, column, runs)
    assert [(one.name, one.since[-2:], one.until[-2:], one.held) for one in found] == [
        ("gw/1", "01", "02", "MUST 1/1"),
        ("gw/2", "04", "04", "MUST 0/1"),
        ("gw/3", "09", "09", "MUST 1/1"),
    ]
    assert [(one.worse, one.better) for one in found] == [((), ()), ((CHECK,), ()), ((), (CHECK,))]
    assert by_version(later, column, runs[:2]) == ()
    page = render(later)
    assert "By the server&#39;s version" in page or "By the server's version" in page
    assert "<code>gw/2</code> → <code>gw/3</code>" in page
    told = json.loads(*FORMATS["json"].files(later).values())
    assert told["endpoints"][0]["server_version"] == "gw/3"
    assert not violations(told, "run/results")


def runs_at_of(run: Run) -> tuple[Snapshot, ...]:
    return tuple(Snapshot.unpacked(one) for one in run.header["earlier"])


def test_a_private_server_stays_unknown(later: Run) -> None:
    secret = run_on(9, "supported", "gw/3", earlier=later.header["earlier"], settings={"private": True})
    shown = published(secret)
    assert "gw/" not in json.dumps(dict(shown.header))
    assert "gw/" not in render(shown)


@pytest.fixture
def kept(tmp_path: Path) -> list[str]:
    paths = []
    for day, word, server in ((1, "supported", "gw/1"), (2, "broken", "gw/2")):
        paths.append(str(tmp_path / f"{day}.json"))
        (content,) = FORMATS["json"].files(run_on(day, word, server)).values()
        Path(paths[-1]).write_text(content, encoding="utf-8")
    return paths


def test_a_diff_tells_that_the_server_is_another(kept: list[str]) -> None:
    told = samewire("diff", *kept, "--fail-on", "never").stdout
    assert "other versions of servers 1\n  acme/m  gw/1 → gw/2\n" in told
    assert json.loads(samewire("diff", *kept, "--json").stdout)["servers"] == [[NAME, "gw/1", "gw/2"]]


def test_a_check_is_explained_with_its_past(kept: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = "chat.stream.done"
    monkeypatch.chdir(tmp_path)
    for at, path in enumerate(kept):
        text = Path(path).read_text(encoding="utf-8").replace(CHECK, real)
        target = tmp_path / "public" / "runs" / f"{at}" / "results.json"
        target.parent.mkdir(parents=True)
        target.write_text(text, encoding="utf-8")
    assert "Was, in" not in samewire("explain", real).stdout
    told = samewire("explain", real, "--from", "public").stdout
    assert "Frozen in 0.1\n\nWas, in 2 runs from 2026-11-01 to 2026-11-02\n" in told
    assert "  acme/m  supported 2026-11-01 → broken 2026-11-02\n" in told
    assert told == samewire("explain", real, "--from", "public", "--from", str(target)).stdout
    assert "2 runs from" in samewire("history", "public", "--only", real).stdout
    (tmp_path / "reports").mkdir()
    lines = [{**line, "requirement": real} if "requirement" in line else line for line in lines_of(run_on(3, "broken"))]
    lines[0]["requirements"][0]["id"] = real
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (tmp_path / "reports" / "run.jsonl").write_text(text, encoding="utf-8")
    assert "Was, in 1 run from 2026-11-03" in samewire("explain", real).stdout
    assert samewire("explain", real, "--from", "reports").exit_code == 2
    assert samewire("explain", real, "--from", "absent").exit_code == 2
    assert len(together([Path("public"), Path("reports/run.jsonl")])) == 3
    assert [one.name for one in runs_at(Path("public"))] == ["0", "1"]


def lines_of(run: Run) -> list[dict[str, Any]]:
    lines = record([endpoint(NAME)], [requirement(CHECK)], verdict(NAME, CHECK, "broken"))
    lines[0]["started"] = run.header["started"]
    return lines
