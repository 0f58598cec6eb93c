"""A run's record: all that was measured is in it, and it can be judged again without a network."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from samewire.demo import Served, endpoint_at
from samewire.record import column_of, exchange_of
from samewire.reference import KEY, Fault, Reference
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.replay import Replay, endpoints_of
from samewire.run import Run, combine
from samewire.running import Live
from samewire.schema import violations
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

from .conftest import close_the_network
from .making import cheap, endpoint, measure
from .test_run import record

TWINS = ("ignored.system", "stream.no_done", "error.detail", "way.key_refused")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Live, Run, Path]:
    """A live run of the reference and some twins, its record, and the run made of the record."""
    path = tmp_path_factory.mktemp("run") / "run.jsonl"
    known: dict[str, Fault] = FAULTS | VARIANTS
    with Served({"reference": Reference(), **{name: Reference([known[name]]) for name in TWINS}}) as served:
        ends = tuple(cheap(endpoint_at(port, name)) for name, port in served.ports.items())
        live = Live(Settings(ends), path)
        every = list(requirements())
        measurement = live.open(every)
        for end in ends:
            for one in every:
                live.judged(one, end, measurement.judgement(one, end))
        run = live.close()
    assert run is not None
    return live, run, path


def test_every_line_of_a_record_is_what_its_schema_says(measured: tuple[Live, Run, Path]) -> None:
    lines = [json.loads(line) for line in measured[2].read_text(encoding="utf-8").splitlines()]
    assert {line["kind"] for line in lines} == {"header", "exchange", "verdict", "findings", "footer"}
    for line in [lines[0], lines[-1], *lines[1::7], *(line for line in lines if line["kind"] == "findings")]:
        assert violations(line, "run/record") == ()


def test_exchanges_come_back_byte_by_byte_and_read_by_read(measured: tuple[Live, Run, Path]) -> None:
    live, run, _ = measured
    count = 0
    for name, lane in live.lanes.items():
        for one in lane.exchanges.values():
            back = exchange_of(run.exchanges[name, one.id], one.request, one.model)
            assert back.attempts == one.attempts
            sent = replace(one.wire, written=one.wire.body)
            assert (back.wire, back.controls, back.leaked) == (sent, one.controls, one.leaked)
            assert back.body == one.body
            count += 1
    assert count == len(run.exchanges)


def test_a_record_holds_a_verdict_for_every_cell_and_ends_with_a_footer(measured: tuple[Live, Run, Path]) -> None:
    _, run, _ = measured
    assert {(column.name, row.id) for column in run.columns for row in run.rows} == set(run.verdicts)
    assert not run.incomplete
    assert run.footer["requests"] >= len(run.exchanges)
    assert {name for name, _ in run.findings} == {column.name for column in run.columns}


def again(run: Run, path: Path | None = None, only: Iterable[str] = ()) -> Run:
    """The run, judged again."""
    settings = Settings(endpoints_of(run))
    replay = Replay(settings, run, path)
    every = [one for one in requirements() if not only or one.id in only]
    measurement = replay.open(every)
    for end in settings.endpoints:
        for one in every if not end.provider.missing else ():
            replay.judged(one, end, measurement.judgement(one, end))
    judged = replay.close()
    assert judged is not None
    return judged


def plain(judgement: Judgement) -> tuple[Any, ...]:
    """A judgement without the order in which exchanges ended."""
    return (judgement.verdict, judgement.reason, judgement.causes, judgement.cause, judgement.flaky, judgement.notes)


@pytest.fixture(scope="module")
def judged(measured: tuple[Live, Run, Path]) -> Run:
    """The run, judged again with the network closed."""
    with pytest.MonkeyPatch.context() as patch:
        close_the_network(patch)
        return again(measured[1], measured[2].with_name("judged.jsonl"))


def test_a_recorded_run_judged_again_says_the_same(measured: tuple[Live, Run, Path], judged: Run) -> None:
    run = measured[1]
    changed = {
        key: (plain(one), plain(judged.verdicts[key]))
        for key, one in run.verdicts.items()
        if plain(one) != plain(judged.verdicts[key])
    }
    assert changed == {}
    assert [column.name for column in judged.columns] == [column.name for column in run.columns]
    assert judged.findings == run.findings
    assert judged.header["judged_again"]
    assert judged.header["started"] == run.header["started"]
    assert judged.footer["requests"] == run.footer["requests"]


def test_judging_again_masks_nothing_that_is_no_secret(measured: tuple[Live, Run, Path], judged: Run) -> None:
    assert judged.rows == measured[1].rows
    assert judged.footer["masked"] == 0


def test_what_is_judged_again_holds_all_it_needs_to_be_judged_once_more(
    measured: tuple[Live, Run, Path], judged: Run
) -> None:
    assert {key: one["attempts"] for key, one in judged.exchanges.items()}.items() <= {
        key: one["attempts"] for key, one in measured[1].exchanges.items()
    }.items()
    assert len(judged.exchanges) == len(measured[1].exchanges)


def test_the_same_exchange_decides_when_judged_again(measured: tuple[Live, Run, Path], judged: Run) -> None:
    words = {key: (one.message, one.exchanges) for key, one in measured[1].verdicts.items()}
    assert {key: (one.message, one.exchanges) for key, one in judged.verdicts.items()} == words


def test_what_is_costly_is_judged_again_where_it_was_measured(healthy: Endpoint) -> None:
    run = measure(cheap(healthy, costly=True), ["chat.limits.default"])
    assert [str(one.verdict) for one in run.verdicts.values()] == ["supported"]
    assert {key: plain(one) for key, one in again(run, only=["chat.limits.default"]).verdicts.items()} == {
        key: plain(one) for key, one in run.verdicts.items()
    }


def test_a_column_judged_again_needs_no_key(measured: tuple[Live, Run, Path]) -> None:
    for end in endpoints_of(measured[1]):
        assert end.provider.has_key
        assert end.provider.credential is not None
        assert end.provider.credential.secret is not None
        assert end.provider.credential.secret.reveal() != KEY


def test_an_unfinished_run_can_be_read_up_to_where_it_came(measured: tuple[Live, Run, Path], tmp_path: Path) -> None:
    lines = measured[2].read_text(encoding="utf-8").splitlines()
    half = Run.load(record(tmp_path, *lines[: len(lines) // 2], lines[len(lines) // 2][:50], end=""))
    assert half.incomplete
    assert 0 < len(half.exchanges) <= len(measured[1].exchanges)
    missing = [half.verdict(column, row) for column in half.columns for row in half.rows]
    assert {one.verdict for one in missing if one.message == "the run ended before it"} == {Verdict.NOT_RUN}


def test_runs_are_combined_column_by_column_and_the_later_one_stands(measured: tuple[Live, Run, Path]) -> None:
    run = measured[1]

    def only(*names: str) -> Run:
        lines = [json.loads(line) for line in measured[2].read_text(encoding="utf-8").splitlines()]
        wanted = [one for one in lines[0]["endpoints"] if one["provider"] in names]
        kept = {one["name"] for one in wanted}
        rest = [one for one in lines[1:] if one.get("endpoint", next(iter(kept))) in kept]
        return Run.from_lines([{**lines[0], "endpoints": wanted}, *rest])

    merged = combine([only("reference", "stream.no_done"), only("ignored.system", "reference")])
    assert [column.provider for column in merged.columns] == ["stream.no_done", "reference", "ignored.system"]
    assert len(merged.rows) == len(run.rows)
    assert {key: one for key, one in run.verdicts.items() if key in merged.verdicts} == merged.verdicts
    assert {name for name, _ in merged.exchanges} == {column.name for column in merged.columns}
    assert not merged.incomplete
    assert combine([run]) == run


def test_an_endpoint_that_is_not_run_is_in_the_record_with_its_reason(healthy: Endpoint) -> None:
    run = measure([healthy, endpoint(name="absent", missing="$ABSENT_KEY is not set")], ["chat.completion.id"])
    absent = next(column for column in run.columns if column.provider == "absent")
    assert [(run.verdict(absent, row).verdict, run.verdict(absent, row).message) for row in run.rows] == [
        (Verdict.NOT_RUN, "$ABSENT_KEY is not set")
    ]
    assert absent.has_key is False
    assert again(run).columns[1].missing == "$ABSENT_KEY is not set"


def test_what_an_entry_tells_of_itself_outlives_a_record() -> None:
    told = {"claims": {"images": True}, "notes": "n", "source": "s", "looked_up": "2026-11-20", "private": True}
    one = Endpoint(replace(endpoint().provider, strip_auto=True, rpm=60, concurrency=3, **told), "m")
    run = Run.from_lines(
        [{"kind": "header", "version": "1.0", "endpoints": [asdict(column_of(one))], "requirements": []}]
    )
    settings = column_of(endpoints_of(run)[0]).settings
    for name, value in {**told, "strip_auto": True, "rpm": 60, "concurrency": 3}.items():
        assert settings[name] == value
