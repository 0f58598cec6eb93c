"""Lanes: each distinct request once, its control before it, preflights first, and what stands in the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from samewire.exchange import Exchange
from samewire.exchanges import Exchanges
from samewire.findings import Findings, Stop
from samewire.lane import Got, Lane
from samewire.request import GET, LIMIT, POST, Request
from samewire.scenario import Preflight, Steps, preflight
from samewire.verdict import Blocked, Inconclusive, Misconfigured, Signal

from .performing import HELLO, WHERE, Performed, got


def test_a_request_is_sent_once_however_often_it_is_asked_for() -> None:
    performed = Performed()
    same = POST("chat/completions", messages=[], n=0)
    first, second, third = got(performed, HELLO, HELLO, same)
    assert len(performed.requests) == 1
    assert first.id == second.id == third.id
    assert len(performed.heard) == 1


def test_requests_that_are_the_same_on_the_wire_are_sent_once() -> None:
    performed = Performed()
    explicit = HELLO.but(model="m")
    one, other = got(performed, HELLO, explicit)
    assert len(performed.requests) == 1
    assert (one.request, other.request) == (HELLO, explicit)


def test_a_repetition_is_sent_anew_with_its_own_control_as_before() -> None:
    performed = Performed()
    probe = HELLO.but(n=1)

    async def ask() -> None:
        lane = Lane(WHERE, performed)
        for repetition in (0, 1, 2, 1):
            await lane.get(probe, repetition)

    asyncio.run(ask())
    assert performed.asked == [0, 1, 1, 1]
    assert [one.repetition for one in performed.requests] == [0, 0, 1, 2]


def test_a_control_is_answered_before_its_probe_is_sent() -> None:
    performed = Performed()
    got(performed, HELLO.but(n=1).but(n=2))
    assert performed.asked == [0, 1, 2]
    assert performed.controls == [None, performed.wires[0], performed.wires[1]]


@pytest.mark.parametrize("status", [400, 404, 429, 500, 302])
def test_a_probe_is_not_sent_when_its_control_was_refused(status: int) -> None:
    performed = Performed(status=status)
    probe = HELLO.but(n=1)
    blocked, further = got(performed, probe, probe.but(n=2))
    assert performed.asked == [0]
    assert isinstance(blocked, Blocked)
    assert blocked.cause == f"request:{HELLO.id}"
    assert str(status) in blocked.message
    assert isinstance(further, Blocked)
    assert further.cause == f"request:{HELLO.id}"


def test_what_stood_in_a_control_s_way_stands_in_its_probe_s_way() -> None:
    performed = Performed(lambda request: Inconclusive("used up", reason="budget"))
    (signal,) = got(performed, HELLO.but(n=1))
    assert (signal.reason, performed.asked) == ("budget", [0])


def test_a_request_to_another_host_is_not_sent() -> None:
    performed = Performed()
    (signal,) = got(performed, GET("https://evil.example/x"))
    assert isinstance(signal, Misconfigured)
    assert performed.requests == []


def test_an_exchange_knows_the_model_and_whether_its_key_was_taken() -> None:
    opener = opening(Findings("max_tokens"))
    one, other = got(Performed(), HELLO, HELLO.but(n=1).after(opener))
    assert (one.model, one.controlled) == ("m", False)
    assert (other.model, other.controlled) == ("m", True)


def opening(end: Any, *steps: Request) -> Preflight:
    """A preflight that sends these and then returns or raises."""

    def walk() -> Steps:
        for step in steps or (HELLO,):  # noqa: UP028 - a tuple takes nothing that is sent to it
            yield step
        if isinstance(end, BaseException):
            raise end
        return end

    return preflight("chat", *steps)(walk)


def test_a_preflight_is_walked_once_and_before_everything_that_rests_on_it() -> None:
    performed = Performed()
    opener = opening(Findings("max_tokens"), HELLO, HELLO.but(n=1))
    after = [HELLO.but(n=number, **LIMIT(9)).after(opener) for number in (5, 6)]
    exchange, *_ = got(performed, opener, *after, opener)
    assert performed.asked == [0, 1, 5, 6]
    assert [one.request for one in (*exchange.before, exchange)] == [HELLO, HELLO.but(n=1)]
    assert b'"max_tokens":9' in (performed.wires[2].body or b"")
    assert exchange.found == Findings("max_tokens")


def test_where_a_preflight_stops_nothing_more_is_sent_and_its_cell_is_named() -> None:
    performed = Performed()
    stop = Stop("http.base_url.answers", "connection refused: is the server running?")
    opener = opening(stop)
    probe = HELLO.but(n=5).after(opener)
    exchange, blocked, further = got(performed, opener, probe, probe.but(n=6))
    assert performed.asked == [0]
    assert exchange.found is stop
    for one in (blocked, further):
        assert isinstance(one, Blocked)
        assert one.cause == "check:http.base_url.answers"
        assert one.message == "connection refused: is the server running?"


@pytest.mark.parametrize("problem", [ValueError("oops"), Inconclusive("unclear"), KeyError("x"), AssertionError("x")])
def test_a_preflight_that_fails_stops_too(problem: Exception) -> None:
    performed = Performed()
    opener = opening(problem)
    signal, blocked = got(performed, opener, HELLO.but(n=5).after(opener))
    assert isinstance(signal, Signal)
    assert isinstance(blocked, Blocked)
    assert performed.asked == [0]


def test_a_preflight_that_asks_for_nothing_is_an_error_and_no_crash() -> None:
    def walk() -> Steps:
        return Findings()
        yield

    (signal,) = got(Performed(), preflight("chat")(walk))
    assert isinstance(signal, Misconfigured)


def test_what_takes_longest_with_all_that_follows_goes_first() -> None:
    performed = Performed()

    async def ask() -> None:
        lane = Lane(WHERE, performed)
        short, long = HELLO.but(n=1, max_tokens=1), HELLO.but(n=2, max_tokens=500)
        for source in (GET("models"), short, long, long.but(n=3)):
            lane.ranking.note(source)
        await asyncio.gather(*(lane.get(one) for one in (GET("models"), short, long.but(n=3))))

    asyncio.run(ask())
    order = dict(zip(performed.asked, performed.priorities, strict=True))
    assert order[0] > order[2] > order[3] > order[1] > order["models"] > 0


def test_all_lanes_run_in_a_thread_of_their_own_and_end_with_it() -> None:
    performed = Performed()
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    exchanges = Exchanges({WHERE.name: Lane(WHERE, performed)}, close)
    one = exchanges.get(WHERE, HELLO)
    assert isinstance(one, Exchange)
    assert exchanges.get(WHERE, HELLO) == one
    exchanges.run(exchanges.lanes[WHERE.name].exchange(HELLO.but(n=1)))
    exchanges.settle(WHERE)
    assert list(exchanges.lanes[WHERE.name].exchanges) == [one.id, performed.wires[1].id]
    exchanges.close()
    assert closed == [True]


def test_closing_gives_up_what_is_under_way() -> None:
    async def perform(*_: Any) -> Got:
        await asyncio.sleep(3600)
        raise AssertionError

    lane = Lane(WHERE, perform)
    exchanges = Exchanges({WHERE.name: lane})

    async def begin() -> None:
        lane.start(lane.get(HELLO))
        await asyncio.sleep(0)

    exchanges.run(begin()).result()
    exchanges.close()
    assert all(task.cancelled() or task.done() for task in lane._all())
