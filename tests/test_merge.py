"""Sharded runs put together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samewire.merging import lines, merged
from samewire.run import Run, RunError
from samewire.schema import violations

from .report.records import endpoint, exchange, record, requirement, verdict
from .test_cli import samewire

ROWS = [requirement("chat.a.one"), requirement("chat.a.two", "SHOULD")]


def shard(name: str, word: str, **header: Any) -> Run:
    told = [verdict(name, row["id"], word, "seen", exchanges=["e"], causes=["b", "a"]) for row in ROWS]
    found = {"kind": "findings", "endpoint": name, "protocol": "chat", "stop": None, "limit": "max_tokens"}
    return Run.from_lines(record([endpoint(name)], ROWS, exchange(name, "e"), *told, found, **header))


def test_columns_stand_side_by_side_and_the_later_one_of_two_stays() -> None:
    first = shard("p/m", "broken", started="2026-11-21T09:00:00+00:00")
    second = shard("q/m", "supported")
    again = shard("p/m", "supported", started="2026-11-21T11:00:00+00:00")
    one = merged([again, first, second])
    assert sorted(column.name for column in one.columns) == ["p/m", "q/m"]
    assert {judgement.verdict for judgement in one.verdicts.values()} == {"supported"}
    assert one.footer["requests"] == 36
    assert one.incomplete is False


def test_what_was_spent_and_hidden_is_kept() -> None:
    first, second = shard("p/m", "broken"), shard("q/m", "supported")
    first = replace(
        first, footer={**first.footer, "tokens": 5, "cost": 0.1, "hidden": {"p/m": ["n"]}, "exhausted": "money"}
    )
    second = replace(second, footer={**second.footer, "tokens": 7})
    footer = merged([first, second]).footer
    assert (footer["tokens"], footer["cost"], footer["hidden"], footer["exhausted"]) == (
        12,
        0.1,
        {"p/m": ["n"]},
        "money",
    )
    assert not {"tokens", "hidden", "exhausted"} & set(merged([shard("p/m", "broken"), shard("q/m", "broken")]).footer)


def test_it_is_a_record_like_any_other() -> None:
    one = merged([shard("p/m", "broken"), shard("q/m", "supported")])
    written = [json.loads(line) for line in lines(one)]
    for line in written:
        assert violations(line, "run/record") == ()
    back = Run.from_lines(written)
    assert (back.columns, back.rows, back.verdicts, back.exchanges, back.findings) == (
        *(one.columns, one.rows, one.verdicts, one.exchanges),
        one.findings,
    )


def test_an_incomplete_shard_makes_the_whole_incomplete() -> None:
    cut = shard("q/m", "supported")
    half = Run(cut.header, cut.columns, cut.rows, cut.exchanges, cut.verdicts, cut.findings, {})
    assert merged([shard("p/m", "supported"), half]).incomplete is True


def test_runs_of_different_suites_are_refused() -> None:
    with pytest.raises(RunError, match="asked different things"):
        merged([shard("p/m", "supported"), shard("q/m", "supported", suite="other")])


def test_the_command_writes_one_record_and_its_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, word in (("p/m", "supported"), ("q/m", "broken")):
        (tmp_path / f"{name[0]}.jsonl").write_text("".join(f"{line}\n" for line in lines(shard(name, word))))
    result = samewire("merge", "p.jsonl", "q.jsonl", "--format", "json,md")
    assert result.exit_code == 1
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["matrix.md", "results.json", "run.jsonl"]
    assert [column.name for column in Run.load(tmp_path / "reports" / "run.jsonl").columns] == ["p/m", "q/m"]
    assert samewire("merge", "p.jsonl", "absent.jsonl").exit_code == 2
