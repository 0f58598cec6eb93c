"""The burst: opt-in, bounded, and it finds how many requests at once are served."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from samewire.cli import main
from samewire.demo import endpoint_at
from samewire.planning import bounds
from samewire.reference import Fault, Reference
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.replay import Replay, endpoints_of
from samewire.report.html import render
from samewire.run import Run
from samewire.schema import violations
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements

from .making import measure, words

ONLY = ("http.limits.",)
Serve = Callable[..., tuple[Reference, int]]


def at(port: int, burst: int = 8, **more: Any) -> Endpoint:
    one = endpoint_at(port, "it", costly=False)
    return replace(one, provider=replace(one.provider, burst=burst, protocols=("chat",), **more))


def found(run: Run) -> Any:
    (one,) = (one for (_, protocol), one in run.findings.items() if protocol == "http")
    return one


def counting(most: list[int]) -> Fault:
    """Notes how many were inside at once."""
    return Fault("counts", "counts", "request", lambda call: most.append(call.memory["inside"]), {})


def test_without_being_asked_for_nothing_is_sent_at_once(serve: Serve) -> None:
    _, port = serve()
    run = measure(at(port, burst=0), ONLY)
    assert len(run.exchanges) == 1
    cells = words(run, "it")
    assert {cells[f"http.limits.{name}"] for name in ("own_answer", "whole_answer", "refusal")} == {"not run"}
    assert "burst" not in found(run)["measured"]


@pytest.mark.parametrize("size", [2, 4, 8, 16])
def test_no_more_are_sent_at_once_than_was_asked_for(serve: Serve, size: int) -> None:
    most: list[int] = []
    slow = VARIANTS["few_at_once"]
    _, port = serve([counting(most), replace(slow, apply=lambda call: call.notes.update(hang=0.1))])
    run = measure(at(port, burst=size, concurrency=1), ONLY)
    assert max(most) == size == run.footer["peak"]["it/reference-1"]
    assert found(run)["measured"]["burst"]["served"] == size
    planned = bounds([one for one in requirements() if one.id.startswith(ONLY)], at(port, burst=size))
    assert run.footer["requests"] == planned.requests


def test_it_ends_at_the_first_refusal_and_tells_what_it_was(serve: Serve, tmp_path: Path) -> None:
    most: list[int] = []
    _, port = serve([counting(most), VARIANTS["few_at_once"]])
    record = tmp_path / "run.jsonl"
    run = measure(at(port, burst=32, claims={"concurrency": 50}), ONLY, record=record)
    assert max(most) == 4
    told = found(run)["measured"]["burst"]
    assert (told["asked"], told["served"], told["parallel"]) == (4, 3, 3)
    assert (told["refused"], told["retry_after"]) == ({"refused with 429": 1}, 0.2)
    sentence = "Requests at once: of 4, 3 were served; 1 refused with 429, Retry-After 0.2 s"
    assert found(run)["notes"][0].startswith(sentence)
    cells = words(run, "it")
    assert cells.pop("http.limits.told") == "inconclusive"  # nothing is told of rates
    assert set(cells.values()) == {"supported"}
    assert "Claimed are 50 at once; of 4 that were tried, 3 were served." in found(run)["notes"]
    assert sentence in render(run)
    assert not re.search(r"\w: no token limit is taken", render(run))
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert not [one for line in lines for one in violations(line, "run/record")]


def test_a_queue_is_told_from_a_refusal(serve: Serve) -> None:
    _, port = serve([VARIANTS["queue"]])
    run = measure(at(port), ONLY)
    told = found(run)["measured"]["burst"]
    assert told["served"] == told["asked"]
    assert told["parallel"] < told["asked"] / 2
    assert "at a time and the others after them" in found(run)["notes"][0]
    assert words(run, "it")["http.limits.own_answer"] == "supported"


def test_judged_again_it_says_the_same(serve: Serve, tmp_path: Path) -> None:
    _, port = serve([FAULTS["burst.failure"]])
    run = measure(at(port), ONLY)
    replay = Replay(Settings(endpoints_of(run)), run)
    measurement = replay.open([one for one in requirements() if one.id.startswith(ONLY)])
    (where,) = replay.settings.endpoints
    for one in replay.requirements:
        replay.judged(one, where, measurement.judgement(one, where))
    again = replay.close()
    assert again is not None
    assert words(again, "it") == words(run, "it")
    assert words(run, "it")["http.limits.refusal"] == "broken"
    assert found(again)["measured"] == found(run)["measured"]


def test_invariants_pass_over_what_is_met_under_load(serve: Serve) -> None:
    _, port = serve([FAULTS["burst.bare"]])
    cells = words(measure(at(port), (*ONLY, "http.error.envelope", "http.error.content_type")), "it")
    assert [name for name, word in cells.items() if word == "broken"] == ["http.limits.envelope"]


def test_the_command_line_and_an_entry_ask_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def planned(*arguments: str) -> int:
        result = CliRunner().invoke(main, ["run", "--dry-run", "--depth", "smoke", *arguments])
        assert result.exit_code == 0, result.output
        return int(result.stdout.split(" requests")[0].split()[-1])

    monkeypatch.chdir(tmp_path)
    entry = "providers:\n  - {name: it, base_url: 'http://127.0.0.1:9/v1', models: [m], auth: none%s}\n"
    (tmp_path / "providers.yaml").write_text(entry % "", encoding="utf-8")
    none, eight = planned(), planned("--burst=8")
    assert (planned("--burst", "2") - none, eight - none, planned("--burst") - none) == (4, 16, 16)
    (tmp_path / "providers.yaml").write_text(entry % ", burst: 8", encoding="utf-8")
    assert planned() == eight
    (tmp_path / "providers.yaml").write_text(entry % ", burst: 64", encoding="utf-8")
    assert "`burst`" in CliRunner().invoke(main, ["run", "--dry-run"]).output
