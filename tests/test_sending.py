"""Sending: attempts, limits, backoff and the control in between, with a transport that plays, on a clock that jumps."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from samewire.attempt import Attempt, Failure, Wire
from samewire.exchange import Exchange
from samewire.lag import BEAT, Lag
from samewire.retry import FAILED_ATTEMPTS, LIMITED_ATTEMPTS
from samewire.sending import SILENCES, Budget, Sender
from samewire.verdict import Blocked, NotRun

from .clock import run
from .making import ASK, COMPLETION, ERROR, attempt, endpoint, wired

OTHER = ASK.but(n=2)
WIRE, CONTROL = wired(OTHER), wired(ASK)
FINE = attempt(200, COMPLETION)
BUSY = attempt(429, ERROR)
DOWN = attempt(500, ERROR)
SILENT = attempt(0, failure=Failure("timeout", "no answer"))
BROKE = attempt(0, failure=Failure("reset", "broke off"))


def told(seconds: float) -> Attempt:
    """A limit that tells how long to wait."""
    return attempt(429, ERROR, headers=(("Retry-After", str(seconds)),))


async def here() -> bool:
    """Somebody listens."""
    return True


class Played:
    """A transport that gives these answers, one by one (the last for ever), and answers controls as it is told."""

    def __init__(self, *answers: Attempt, control: Attempt = FINE, takes: float = 0.0) -> None:
        self.answers = list(answers)
        self.control = control
        self.takes = takes
        self.sent: list[tuple[float, str]] = []
        self.closed = False

    async def attempt(self, wire: Wire, waited: float = 0.0) -> Attempt:
        self.sent.append((round(asyncio.get_running_loop().time(), 3), "control" if wire is CONTROL else "probe"))
        await asyncio.sleep(self.takes)
        if wire is CONTROL:
            return self.control
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def leaks(self, one: Attempt) -> tuple[str, ...]:
        return ("body",) if one is DOWN else ()

    async def close(self) -> None:
        self.closed = True


def sent(played: Played, control: bool = False, budget: Budget | None = None) -> tuple[Any, Sender]:
    async def send() -> tuple[Any, Sender]:
        sender = Sender(endpoint(), budget, there=here)
        await sender.transport.close()
        sender.transport = played  # type: ignore[assignment]
        got = await sender.perform(OTHER, WIRE, CONTROL if control else None, 0.0)
        await sender.close()
        return got, sender

    return run(send())


def test_an_answer_is_one_attempt() -> None:
    got, sender = sent(played := Played(FINE))
    assert isinstance(got, Exchange)
    assert (got.attempts, got.controls, got.leaked) == ((FINE,), (), ())
    assert played.closed
    assert sender.budget.sent == 1


def test_every_attempt_is_kept_with_the_last_one_judged() -> None:
    got, _ = sent(Played(DOWN, BROKE, FINE))
    assert got.attempts == (DOWN, BROKE, FINE)
    assert got.leaked == ("body",)
    assert got.ok


def test_between_failures_the_waits_grow() -> None:
    sent(played := Played(DOWN))
    assert [at for at, _ in played.sent] == pytest.approx([0, 0.2, 0.6, 1.4, 3.0])
    assert len(played.sent) == FAILED_ATTEMPTS


@pytest.mark.parametrize(
    ("control", "answered"), [(FINE, True), (DOWN, False), (BROKE, False), (attempt(400, ERROR), False)]
)
def test_between_failures_the_control_is_sent_and_its_answer_noted(control: Attempt, answered: bool) -> None:
    got, _ = sent(played := Played(DOWN, control=control), control=True)
    assert [name for _, name in played.sent] == ["probe", "control"] * (FAILED_ATTEMPTS - 1) + ["probe"]
    assert got.controls == (answered,) * (FAILED_ATTEMPTS - 1)
    assert got.persistent is answered


def test_for_a_limit_all_wait_as_long_as_they_are_told_and_no_control_is_sent() -> None:
    got, sender = sent(played := Played(told(3), told(0.5), FINE), control=True)
    assert played.sent == [(0.0, "probe"), (3.0, "probe"), (3.5, "probe")]
    assert [one.status for one in got.attempts] == [429, 429, 200]
    assert sender.window.pauses == 2


def test_for_a_limit_that_tells_no_time_the_waits_grow() -> None:
    sent(played := Played(BUSY))
    times = [at for at, _ in played.sent]
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == LIMITED_ATTEMPTS
    assert waits[0] < waits[1] < waits[2]


def limits(*answers: Attempt, requests: int) -> list[int]:
    """How often each of some requests is tried, where each attempt at one of them is answered the next."""

    async def send() -> list[int]:
        sender = Sender(endpoint(), there=here)
        await sender.transport.close()
        sender.transport = Played(*answers)  # type: ignore[assignment]
        got = [await sender.perform(OTHER, WIRE, None, 0.0) for _ in range(requests)]
        return [len(one.attempts) for one in got if isinstance(one, Exchange)]

    return run(send())


def test_limits_that_never_end_are_waited_for_twice_and_then_no_more() -> None:
    assert limits(BUSY, requests=5) == [LIMITED_ATTEMPTS, LIMITED_ATTEMPTS, 2, 2, 2]
    assert limits(told(1), requests=3) == [LIMITED_ATTEMPTS] * 3, "but as long as they say when to come again"


def test_a_limit_that_ends_is_waited_for_again() -> None:
    in_vain = (BUSY,) * LIMITED_ATTEMPTS
    assert limits(*in_vain, BUSY, FINE, *in_vain, *in_vain, BUSY, requests=5) == [10, 2, 10, 10, 2]


def test_who_met_a_limit_goes_first_when_it_ends() -> None:
    async def send() -> list[int]:
        sender = Sender(endpoint(concurrency=1), there=here)
        await sender.transport.close()
        # Every third is turned away: it is the same one each time, if two others go in before it.
        sender.transport = Played(*[FINE, FINE, told(1)] * 20)  # type: ignore[assignment]
        got = await asyncio.gather(*(sender.perform(OTHER, WIRE, None, 0.0) for _ in range(30)))
        return [len(one.attempts) for one in got if isinstance(one, Exchange)]

    assert sorted(run(send())) == [1] * 16 + [2] * 14


def test_a_longer_pause_than_the_bound_ends_the_tries() -> None:
    got, _ = sent(played := Played(told(3600)))
    assert len(played.sent) == 1
    assert got.status == 429


def test_after_a_longer_pause_than_the_bound_the_others_are_not_kept_waiting_for_it() -> None:
    async def send() -> float:
        sender = Sender(endpoint(), there=here)
        await sender.transport.close()
        sender.transport = Played(told(3600), FINE)  # type: ignore[assignment]
        await sender.perform(OTHER, WIRE, None, 0.0)
        await sender.perform(ASK, CONTROL, None, 0.0)
        return asyncio.get_running_loop().time()

    assert run(send()) <= 60


def test_a_request_that_times_out_is_tried_twice() -> None:
    got, _ = sent(played := Played(SILENT), control=True)
    assert len([name for _, name in played.sent if name == "probe"]) == 2
    assert got.controls == (True,)


def silent_row(*answers: Attempt, requests: int) -> tuple[list[Any], Played]:
    async def send() -> tuple[list[Any], Played]:
        sender = Sender(endpoint(), there=here)
        await sender.transport.close()
        played = Played(*answers)
        sender.transport = played  # type: ignore[assignment]
        got = [await sender.perform(OTHER, WIRE, None, 0.0) for _ in range(requests)]
        return got, played

    return run(send())


def test_an_endpoint_that_stopped_answering_is_given_up() -> None:
    got, played = silent_row(FINE, SILENT, requests=20)
    assert len(played.sent) == 1 + SILENCES
    assert isinstance(got[-1], Blocked)
    assert got[-1].cause == "gone"
    assert "stopped answering" in got[-1].message
    assert f"first of them POST {WIRE.url}" in got[-1].message
    (last,) = [one for one in got if isinstance(one, Exchange) and one.failure and one.failure.kind == "silent"]
    assert [one.failure.kind for one in last.attempts if one.failure] == ["timeout", "silent"]


def test_an_answer_now_and_then_keeps_an_endpoint() -> None:
    _, played = silent_row(*[SILENT, SILENT, FINE] * 10, requests=20)
    assert len(played.sent) == 30


def test_a_budget_is_never_exceeded() -> None:
    budget = Budget(3)
    got, _ = sent(played := Played(DOWN), budget=budget)
    assert (len(played.sent), budget.sent) == (3, 3)
    assert isinstance(got, NotRun)
    assert got.reason == "budget"


def test_controls_are_paid_from_the_budget_too() -> None:
    budget = Budget(2)
    sent(played := Played(DOWN), control=True, budget=budget)
    assert [name for _, name in played.sent] == ["probe", "control"]


def test_a_budget_without_a_bound_only_counts() -> None:
    budget = Budget()
    assert all(budget.take() for _ in range(100))
    assert budget.sent == 100


def test_a_cancelled_request_gives_its_place_back() -> None:
    async def send() -> int:
        sender = Sender(endpoint(concurrency=1), there=here)
        await sender.transport.close()
        sender.transport = Played(FINE, takes=100)  # type: ignore[assignment]
        first = asyncio.create_task(sender.perform(OTHER, WIRE, None, 0.0))
        await asyncio.sleep(1)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        got = await sender.perform(OTHER, WIRE, None, 0.0)
        assert isinstance(got, Exchange)
        return round(asyncio.get_running_loop().time())

    assert run(send()) == 101


def test_no_more_are_in_flight_than_the_provider_allows() -> None:
    async def send() -> Sender:
        sender = Sender(endpoint(concurrency=3), there=here)
        await sender.transport.close()
        sender.transport = Played(FINE, takes=1)  # type: ignore[assignment]
        await asyncio.gather(*(sender.perform(OTHER, WIRE, None, 0.0) for _ in range(10)))
        return sender

    assert run(send()).window.peak == 3


def test_of_a_crowd_each_is_tried_once_and_all_at_once() -> None:
    async def send() -> tuple[list[Any], Played, Sender]:
        sender = Sender(endpoint(concurrency=2), there=here)
        await sender.transport.close()
        played = Played(FINE, BUSY, DOWN, BROKE, SILENT, takes=1)
        sender.transport = played  # type: ignore[assignment]
        crowd = [sender.perform(OTHER.among(5), WIRE, CONTROL, 0.0) for _ in range(5)]
        got = await asyncio.gather(*crowd)
        return got, played, sender

    got, played, sender = run(send())
    assert sorted(len(one.attempts) for one in got) == [1] * 5
    assert {one.last.status for one in got} == {200, 429, 500, 0}
    assert played.sent == [(0.0, "probe")] * 5
    assert (sender.window.peak, sender.window.pauses) == (5, 1)


def test_our_own_delay_is_known_from_the_moment_it_began() -> None:
    async def feel() -> tuple[float, float, float]:
        lag = Lag()
        beat = asyncio.create_task(lag.beat())
        loop: Any = asyncio.get_running_loop()
        await asyncio.sleep(1)
        calm = lag.since(0.0)
        loop.selector.now += 2.0  # our own process stands still for two seconds
        under_way = lag.since(loop.time())
        await asyncio.sleep(1)
        later = lag.since(loop.time())
        assert lag.since(0.0) == pytest.approx(2.0 - BEAT, abs=0.1)
        beat.cancel()
        return calm, under_way, later

    calm, under_way, later = run(feel())
    assert calm == 0.0
    assert under_way > 1.9
    assert later == 0.0
