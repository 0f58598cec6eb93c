"""A server that dies of what it is asked, or falls silent: it is noticed, told once, and nothing else is accused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from samewire.attempt import Attempt, Failure
from samewire.demo import endpoint_at
from samewire.policy import Exit, exit_status, groups, stops
from samewire.reference import Fault, Reference
from samewire.reference.call import Call
from samewire.reference.faults import FAULTS
from samewire.replay import Replay, endpoints_of
from samewire.report.columns import endpoint_of
from samewire.report.matrix import cell as drawn
from samewire.run import Column, Run
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.verdict import Verdict
from samewire.watching import Fate, Watch, lost, told

from .clock import run as on_a_clock
from .making import ASK, attempt, measure, wired

SURVIVES = "http.conduct.survives"
ONLY = (SURVIVES, "http.error.", "chat.sampling.n", "chat.completion.")
Serve = Callable[..., tuple[Reference, int]]


@pytest.fixture(autouse=True)
def less_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samewire.watching.PATIENCE", 1.5)


def at(port: int, **more: Any) -> Endpoint:
    one = endpoint_at(port, "it", costly=False)
    return replace(one, provider=replace(one.provider, protocols=("chat",), **more))


def column(run: Run) -> Column:
    (one,) = run.columns
    return one


def cell(run: Run, name: str = SURVIVES) -> Any:
    return run.verdicts[column(run).name, name]


def sent(run: Run, identifier: str) -> str:
    return str(run.exchanges[column(run).name, identifier]["wire"]["body"])


def red(run: Run) -> list[str]:
    return [name for (_, name), one in run.verdicts.items() if one.verdict.red]


def judged_again(run: Run) -> Run:
    replay = Replay(Settings(endpoints_of(run)), run)
    measurement = replay.open([one for one in requirements() if one.id.startswith(ONLY)])
    (where,) = replay.settings.endpoints
    for one in replay.requirements:
        replay.judged(one, where, measurement.judgement(one, where))
    again = replay.close()
    assert again is not None
    return again


def test_a_server_that_dies_for_good_is_one_cause_and_the_rest_is_blocked_by_it(serve: Serve) -> None:
    _, port = serve([FAULTS["dying.for_good"]])
    run = measure(at(port, concurrency=1), ONLY)
    assert red(run) == [SURVIVES]
    assert "which had answered before, died of this" in cell(run).message
    assert '"n":2' in sent(run, cell(run).exchanges[0])
    assert [group.row.id for group in groups(run, column(run))] == [SURVIVES]
    others = [one for (_, name), one in run.verdicts.items() if name != SURVIVES]
    assert {one.verdict for one in others} <= {Verdict.SUPPORTED, Verdict.INCONCLUSIVE, Verdict.NOT_RUN}
    assert {one.cause for one in others if one.verdict is Verdict.INCONCLUSIVE} == {"gone"}
    assert '"n": 2,' in stops(run, column(run))
    assert exit_status(run) is Exit.NOT_MET


def test_of_several_in_hand_each_is_a_witness(serve: Serve) -> None:
    _, port = serve([FAULTS["dying.for_good"], Fault("slow", "slow", "body", lambda call: slow(call), {})])
    run = measure(at(port), ONLY)
    assert red(run) == [SURVIVES]
    assert "more in hand" in cell(run).message
    assert any('"n":2' in sent(run, name) for name in cell(run).exchanges)


def slow(call: Call) -> None:
    call.notes["hang"] = 0.1


def test_judged_again_it_is_the_same(serve: Serve) -> None:
    _, port = serve([FAULTS["dying.for_good"]])
    run = measure(at(port, concurrency=1), ONLY)
    again = judged_again(run)
    assert {name: one.verdict for name, one in again.verdicts.items()} == {
        name: one.verdict for name, one in run.verdicts.items()
    }
    assert stops(again, column(again)) == stops(run, column(run))


def test_of_a_server_that_is_started_anew_the_killer_alone_is_accused(serve: Serve) -> None:
    _, port = serve([FAULTS["dying.restarted"]])
    run = measure(at(port), ONLY)
    assert red(run) == [SURVIVES]
    assert "each of 2 times it was sent this, the second time alone" in cell(run).message
    assert {'"n":2' in sent(run, name) for name in cell(run).exchanges} == {True}
    open_ones = {name for (_, name), one in run.verdicts.items() if one.verdict is Verdict.INCONCLUSIVE}
    assert all(name.startswith("chat.sampling.n") for name in open_ones)
    (found,) = (one for (_, protocol), one in run.findings.items() if protocol == "http")
    assert found["stop"] is None
    assert found["measured"]["returns"] >= 2


def test_who_starts_a_server_anew_meanwhile_accuses_nobody(serve: Serve) -> None:
    def once(call: Call) -> None:
        if call.number == 12:
            call.notes["dies"] = 0.4

    _, port = serve([Fault("once", "once", "request", once, {}), Fault("slow", "slow", "body", slow, {})])
    run = measure(at(port), ONLY)
    assert red(run) == []
    assert {one.verdict for one in run.verdicts.values()} <= {Verdict.SUPPORTED, Verdict.NOT_RUN}
    assert exit_status(run) is Exit.MET


def test_a_server_that_falls_silent_is_one_cause(serve: Serve) -> None:
    def silent(call: Call) -> None:
        if call.number > 5:
            call.notes["hang"] = 30

    _, port = serve([Fault("silent", "silent", "request", silent, {})])
    begun = time.monotonic()
    run = measure(at(port, timeout=0.6), ONLY)
    assert time.monotonic() - begun < 15
    assert red(run) == []
    assert (cell(run).verdict, cell(run).reason) == (Verdict.INCONCLUSIVE, "silent")
    assert [group.row.id for group in groups(run, column(run))] == [SURVIVES]
    assert "requests in a row ran out of time" in stops(run, column(run))
    assert exit_status(run) is Exit.COULD_NOT_JUDGE
    view = {(column(run).name, row.id): drawn(run, column(run), row) for row in run.rows}
    told_of = endpoint_of(run, column(run), view).found
    assert any("stopped answering" in str(values) for _, values in told_of)


LOST, REFUSED = (attempt(0, failure=Failure(kind, "gone")) for kind in ("reset", "refused"))


def fates(there: list[bool], *tries: Attempt, answered: bool = True) -> tuple[list[Fate], Watch]:
    """What becomes of an endpoint at which somebody listens, or not, one time after the other."""

    async def listens() -> bool:
        return there.pop(0) if len(there) > 1 else there[0]

    async def look() -> tuple[list[Fate], Watch]:
        watch = Watch(listens)
        watch.answered = answered
        wires = [wired(ASK.but(n=number)) for number in range(len(tries))]
        found = await asyncio.gather(*(watch.look(wire, one) for wire, one in zip(wires, tries, strict=True)))
        return list(found), watch

    return on_a_clock(look())


def test_a_broken_connection_alone_is_no_death() -> None:
    found, watch = fates([True], LOST, LOST)
    assert found == [Fate.THERE] * 2
    assert (watch.gone, watch.returns) == ("", 0)


def test_who_never_answered_has_not_died() -> None:
    assert fates([False], LOST, answered=False)[0] == [Fate.THERE]


def test_one_that_is_just_dying_may_listen_for_a_moment() -> None:
    assert fates([True, False], LOST)[0] == [Fate.GONE]


def test_whoever_comes_back_in_time_is_back() -> None:
    found, watch = fates([False, False, False, True], LOST, REFUSED)
    assert found == [Fate.BACK] * 2
    assert watch.returns == 1
    assert "for a while" in watch.died(alone=True).message


def test_only_what_was_in_hand_is_named() -> None:
    found, watch = fates([False], LOST, REFUSED, LOST)
    assert found == [Fate.GONE] * 3
    assert '{"n": 0' in watch.gone
    assert '{"n": 2' in watch.gone
    assert '{"n": 1' not in watch.gone
    assert "this and 1 more in hand" in watch.died(alone=False).message


STREAM: dict[str, Any] = {"headers": (("Content-Type", "text/event-stream"),), "version": "HTTP/1.0"}


def test_a_stream_that_ends_before_it_begins_may_have_died() -> None:
    cut = attempt(200, b": keepalive 262/466\n\n", **STREAM)
    assert lost(cut)
    found, watch = fates([False], cut)
    assert found == [Fate.GONE]
    assert '{"n": 0' in watch.gone
    assert fates([True], cut)[0] == [Fate.THERE]


def test_a_stream_that_says_something_or_tells_its_length_has_not() -> None:
    assert not lost(attempt(200, b"data: [DONE]\n\n", **STREAM))
    assert not lost(attempt(400, b"", **STREAM))
    chunked = (*STREAM["headers"], ("Transfer-Encoding", "chunked"))
    assert not lost(attempt(200, b"", **{**STREAM, "headers": chunked}))
    assert not lost(attempt(200, b"{}"))


@pytest.mark.parametrize("body", [b"", b"\xff{", b"[1]", b"[" * 100_000, b'{"a": "' + b"x" * 100_000])
def test_any_request_is_told_in_a_few_words(body: bytes) -> None:
    assert len(told(replace(wired(ASK), written=body))) < 200
