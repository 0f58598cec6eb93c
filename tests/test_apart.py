"""``--set``: what is newer than the frozen set is measured apart, shown apart, and counts for nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samewire import sets
from samewire.conduct import plan, selected
from samewire.demo import Served, endpoint_at
from samewire.merging import merged
from samewire.policy import Exit, exit_status, groups, tally
from samewire.reference import Reference
from samewire.reference.call import Call, Fault
from samewire.replay import Replay, endpoints_of
from samewire.report import FORMATS
from samewire.report.matrix import protocols, standing, summary
from samewire.requirement import Level
from samewire.run import Run, RunError
from samewire.running import Live
from samewire.schema import violations
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.summary import summary as terminal
from samewire.verdict import Verdict

from .making import endpoint
from .test_cli import samewire
from .test_repeat import rounds_of

NEWER = "chat.sampling.n"
CHOSEN = ("chat.completion.answers", "chat.completion.object", "chat.sampling.seed", NEWER)
OLD = frozenset(one.id for one in requirements()) - {NEWER}


def odd(call: Call) -> None:
    """Answers to what only the newer check asks break what an older one holds against every answer."""
    if call.chat and call.document is not None and isinstance(call.body, dict) and call.body.get("n") == 2:
        call.document["object"] = "chat"
        call.document["choices"] = call.document["choices"][:1]


FAULT = Fault("odd.n", "It takes n for 1, and calls the answer otherwise.", "document", odd, {})


def measured(scored: frozenset[str] | None, record: Path | None = None, **more: Any) -> Run:
    with Served({"odd": Reference([FAULT])}) as served:
        where: Endpoint = endpoint_at(served.ports["odd"], "odd", costly=False)
        extra = {"set": "0.1"} if scored else {}
        return rounds_of(Live(Settings((where,), scored=scored, extra=extra, **more), record), CHOSEN)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    path = tmp_path_factory.mktemp("held") / "run.jsonl"
    return measured(OLD, path), path


def words(run: Run) -> dict[str, Verdict]:
    return {check: one.verdict for (_, check), one in run.verdicts.items()}


def test_a_newer_check_turns_no_old_cell_red_and_fails_no_run(held: tuple[Run, Path]) -> None:
    alone = words(measured(None))
    assert alone["chat.completion.object"] is Verdict.BROKEN  # without a set, it is seen in the newer check's answers
    run, _ = held
    assert words(run) == {
        "chat.completion.answers": Verdict.SUPPORTED,
        "chat.completion.object": Verdict.SUPPORTED,
        "chat.sampling.seed": alone["chat.sampling.seed"],
        NEWER: Verdict.IGNORED,
    }
    (column,) = run.columns
    assert exit_status(run) is exit_status(run, "should") is Exit.MET
    assert standing(run, column) == "met"
    assert str(tally(run, column, Level.MUST)) == "2/2"
    (feature,) = (one for part in protocols(run) for one in part.features if one.id == "chat.sampling")
    assert [row.id for row in feature.rows][-1] == NEWER
    assert summary(run, column, feature.rows).word == "supported"
    only = tuple(row for row in run.rows if row.id == NEWER)
    assert summary(run, column, only).why == "note.unscored"
    rows = tuple(replace(row, scored=True) for row in run.rows)
    assert exit_status(replace(run, rows=rows)) is Exit.NOT_MET


def test_a_newer_check_is_no_regression(held: tuple[Run, Path]) -> None:
    run, _ = held
    (column,) = run.columns
    earlier = {"name": "", "started": "2026-01-01", "suite": "", "version": "", "checks": {}}
    cells = {column.name: {NEWER: ["supported", "", 200]}}
    after = run.held_against(earlier=[{**earlier, "cells": cells}])
    assert exit_status(after, "regression") is Exit.MET
    rows = tuple(replace(row, scored=True) for row in after.rows)
    assert exit_status(replace(after, rows=rows), "regression") is Exit.NOT_MET


def test_what_is_not_scored_is_shown_apart(held: tuple[Run, Path]) -> None:
    run, _ = held
    (column,) = run.columns
    assert [group.row.scored for group in groups(run, column)] == [False]
    (page,) = FORMATS["html"].files(run).values()
    assert page.count(">not scored</span></em></th>") == 1
    assert "checks that are newer than the frozen set 0.1" in page
    (table,) = FORMATS["md"].files(run).values()
    assert (
        "checks that are newer than the frozen set 0.1:\n\n- ✕ **ignored** SHOULD chat.sampling.n, not scored" in table
    )
    told = json.loads(*FORMATS["json"].files(run).values())
    assert not violations(told, "run/results")
    assert [one["id"] for one in told["checks"] if not one["scored"]] == [NEWER]
    assert "MUST 2/2 of 0.1" in FORMATS["badge"].files(run)["badges/odd-reference-1.json"]
    (junit,) = FORMATS["junit"].files(run).values()
    assert "<failure" not in junit
    lines = list(terminal(run, Exit.MET))
    assert not [line for style, line in lines if style == "bad"]
    assert ("part", "  ◐ chat.sampling.n  SHOULD ignored, not scored") in lines


def test_it_is_judged_again_as_it_was_measured(held: tuple[Run, Path]) -> None:
    run, path = held
    source = Run.load(path)
    assert not [line for text in path.read_text().splitlines() for line in violations(json.loads(text), "run/record")]
    again = rounds_of(Replay(Settings(endpoints_of(run), scored=OLD), source), CHOSEN)
    assert words(again) == words(run)
    scored = rounds_of(Replay(Settings(endpoints_of(run)), source), CHOSEN)
    assert words(scored) == words(run)
    assert exit_status(scored) is Exit.NOT_MET


def test_rounds_go_together_with_a_set() -> None:
    run = measured(OLD, repeat=2)
    (column,) = run.columns
    assert {len(run.verdict(column, row).rounds) for row in run.rows} == {2}
    assert {name.partition(".")[2] for _, name in run.exchanges} == {"", "2", "3", "4"}


def test_the_plan_counts_both_measurements() -> None:
    where = endpoint()
    only = (*CHOSEN,)
    whole = plan(Settings((where,), only=only))[where.name]
    apart = plan(Settings((where,), only=only, scored=OLD))[where.name]
    assert apart.checks == whole.checks == len(CHOSEN)
    assert apart.requests > whole.requests  # the newer one has a control and a preflight of its own


def test_a_set_selects_nothing_and_scores_what_it_holds() -> None:
    name = sets.names()[-1]
    assert len(selected(Settings((), scored=frozenset(sets.load(name))))) == len(selected(Settings(())))
    assert "Score only what a release has frozen" in samewire("run", "--help").stdout


def test_shards_are_scored_by_the_same_set(held: tuple[Run, Path]) -> None:
    run, _ = held
    other = replace(run, header={name: value for name, value in run.header.items() if name != "set"})
    with pytest.raises(RunError, match=r"scored by 0\.1 and no frozen set"):
        merged([run, other])
