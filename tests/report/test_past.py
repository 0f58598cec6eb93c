"""What cells were over several runs: their words, where they turned, since when they are what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samewire.past import past, runs_of
from samewire.report import results
from samewire.report.html import render
from samewire.run import Run
from samewire.schema import violations
from samewire.snapshot import Snapshot

from ..test_cli import samewire
from .records import endpoint, record, requirement, verdict

CHECK = "chat.a.b"


def run_on(day: int, word: str, digest: str = "same", **header: Any) -> Run:
    rows = [{**requirement(CHECK), "digest": digest}, requirement("chat.a.calm")]
    told = [verdict("p/m", CHECK, word), verdict("p/m", "chat.a.calm", "supported")] if word else []
    return Run.from_lines(
        record([endpoint("p/m")], rows, *told, **{"started": f"2026-11-{day:02}T10:00:00+00:00", **header})
    )


def snapshots(*words: str) -> list[Snapshot]:
    return [Snapshot.of(run_on(day, word), f"{day}") for day, word in enumerate(words, 1)]


@pytest.mark.parametrize(
    ("words", "turned", "turns", "since"),
    [
        (("supported", "supported"), [], 0, 1),
        (("supported", "broken"), [2], 1, 2),
        (("supported", "broken", "supported"), [2, 3], 2, 3),
        (("supported", "inconclusive", "supported"), [], 0, 1),
        (("supported", "inconclusive", "broken", "broken"), [3], 1, 3),
        (("inconclusive", "not run", "unsupported", "error"), [], 0, 3),
        (("", "broken", "ignored"), [3], 1, 3),
        (("inconclusive",), [], 0, 0),
    ],
)
def test_what_says_nothing_of_the_endpoint_turns_nothing(
    words: tuple[str, ...], turned: list[int], turns: int, since: int
) -> None:
    found = past(snapshots(*words), "p/m", CHECK)
    assert [at for at, one in enumerate(found.moments, 1) if one.turned] == turned
    assert (found.turns, found.since) == (turns, f"2026-11-{since:02}" if since else "")


def test_what_the_suite_has_altered_is_no_turn_of_the_endpoint() -> None:
    found = past([Snapshot.of(run_on(1, "supported", "one")), Snapshot.of(run_on(2, "broken", "two"))], "p/m", CHECK)
    assert found.moments[1].altered
    assert (found.turns, found.since) == (0, "2026-11-02")
    assert past([], "p/m", CHECK).moments == ()


def test_the_report_tells_the_last_runs_of_each_cell_and_endpoint(unpacked: Any) -> None:
    earlier = [one.packed() for one in snapshots("supported", "broken", "supported")]
    run = run_on(9, "broken", earlier=earlier)
    page = render(run)
    cells = {line["check"]: line for line in unpacked(page) if line.get("kind") == "cell"}
    assert cells[CHECK]["past"] == {
        "words": ["supported", "broken", "supported", "broken"],
        "turned": ["", "turned", "turned", "turned"],
        "turns": 3,
        "since": "2026-11-09",
    }
    assert cells["chat.a.calm"]["past"]["turns"] == 0
    assert '"days":["2026-11-01","2026-11-02","2026-11-03","2026-11-09"]' in page
    assert "<time>2026-11-02</time> MUST 1/2" in page
    assert page.count("back and forth") > 0
    told = results.results(run)
    assert told["results"][0]["past"] == ["supported", "broken", "supported"]
    assert told["run"]["earlier"] == [
        {"name": f"{day}", "started": f"2026-11-0{day}T10:00:00+00:00"} for day in (1, 2, 3)
    ]
    assert not violations(told, "run/results")
    assert runs_of(run_on(9, "broken")) == ()


def test_the_command_tells_when_cells_turned(tmp_path: Path) -> None:
    paths = []
    for day, word in ((3, "supported"), (1, "supported"), (2, "broken")):
        paths.append(str(tmp_path / f"{day}.json"))
        Path(paths[-1]).write_text(json.dumps(results.results(run_on(day, word))), encoding="utf-8")
    done = samewire("history", *paths)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "3 runs from 2026-11-01 to 2026-11-03",
        "p/m  chat.a.b  supported 2026-11-01 → broken 2026-11-02 → supported 2026-11-03",
    ]
    told = json.loads(samewire("history", *paths, "--json", "--only", "chat.a.*").stdout)
    assert [(one["check"], one["turns"], one["since"]) for one in told] == [
        (CHECK, 2, "2026-11-03"),
        ("chat.a.calm", 0, "2026-11-01"),
    ]
    assert "no cell fits" in samewire("history", *paths, "--endpoint", "q").stdout
    assert samewire("history", str(tmp_path / "none.json")).exit_code == 2
