"""A cell that looks like a deviation in the wild says who has shown it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from samewire import deviations as registered
from samewire.cli import main
from samewire.demo import Served, endpoint_at
from samewire.deviations import Deviation, deviations, told
from samewire.known import known_from
from samewire.reference import Reference
from samewire.reference.faults import FAULTS
from samewire.report.cells import cells_of
from samewire.report.html import render
from samewire.report.matrix import cell
from samewire.report.results import render as as_json
from samewire.run import Run
from samewire.schema import violations
from samewire.verdict import Verdict

from .making import measure

FAULT = "error.flat"
CHECK = "http.error.envelope"
ID = "err-429-flat-mistral"


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with Served({"twin": Reference([FAULTS[FAULT]])}) as served:
        yield measure([endpoint_at(served.ports["twin"], "twin")], only=(CHECK, "chat.completion.answers"))


def test_every_deviation_says_who_has_shown_it() -> None:
    assert len(deviations()) > 200
    assert all(one.id == name and one.seen_in and all(one.seen_in) for name, one in deviations().items())
    assert all(url.startswith("https://") for one in deviations().values() for url in one.sources)


def test_what_was_said_in_brackets_is_left_out() -> None:
    assert deviations()["url-doubled-v1-plain-404"].seen_in[-1] == "Ollama"


def test_faults_stand_for_deviations_that_there_are() -> None:
    assert not {name for fault in FAULTS.values() for name in fault.known} - set(deviations())


def test_a_cell_is_known_from_where_a_fault_turns_it_so() -> None:
    assert ID in known_from(CHECK, Verdict.BROKEN)
    assert known_from(CHECK, Verdict.IGNORED) == ()
    assert known_from(CHECK, Verdict.SUPPORTED) == ()
    assert known_from("chat.no.such_check", Verdict.BROKEN) == ()


def test_many_names_are_told_in_a_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {f"d{at}": Deviation(f"d{at}", (f"Server {at}", "Server 0"), (f"https://x/{at}",)) for at in range(9)}
    monkeypatch.setattr(registered, "deviations", lambda: entries)
    names, sources = told([*entries, "d1", "gone"])
    assert names == "Server 0, Server 1, Server 2, Server 3, Server 4, Server 5 and 3 more"
    assert sources == tuple(f"https://x/{at}" for at in range(9))


def test_a_red_cell_carries_what_it_is_known_from(run: Run) -> None:
    (column,) = run.columns
    rows = {row.id: row for row in run.rows}
    assert ID in run.verdict(column, rows[CHECK]).known
    assert run.verdict(column, rows["chat.completion.answers"]).known == ()


def test_reports_say_known_from(run: Run) -> None:
    (column,) = run.columns
    view = {(column.name, row.id): cell(run, column, row) for row in run.rows}
    cells = {one["check"]: one for one in cells_of(run, column, view)}
    assert "Mistral" in cells[CHECK]["known"]
    assert "https://github.com/earendil-works/pi/issues/9815" in cells[CHECK]["told"]
    assert "known" not in cells["chat.completion.answers"]
    assert "known from" in render(run)
    found = json.loads(as_json(run))
    assert not violations(found, "run/results")
    (one,) = (one for one in found["results"] if one["check"] == CHECK)
    assert {"id": ID, "seen_in": ["Mistral"], "sources": list(deviations()[ID].sources)} in one["known"]


def test_a_record_of_it_conforms(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Served({"twin": Reference([FAULTS[FAULT]])}) as served:
        measure([endpoint_at(served.ports["twin"], "twin")], only=(CHECK,), record=path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert not [found for line in lines for found in violations(line, "run/record")]
    assert ID in next(line for line in lines if line["kind"] == "verdict")["known"]


def test_explain_says_known_from() -> None:
    told = CliRunner().invoke(main, ["explain", CHECK]).output
    assert f"{FAULT}: Errors have no envelope." in told
    assert "Known from: Mistral\n      https://github.com/earendil-works/pi/issues/9815" in told
