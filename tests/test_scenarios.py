"""Scenarios: several steps without I/O of their own, each shared like any request, and none that can end a run."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from samewire.attempt import Wire
from samewire.exchange import Exchange
from samewire.lane import Got, Lane
from samewire.request import POST, Request
from samewire.scenario import Scenario, Steps, scenario
from samewire.verdict import Blocked, Broken, Ignored, Inconclusive, Misconfigured, Signal, Unsupported

from .making import COMPLETION, ERROR, attempt
from .performing import HELLO, WHERE, Performed, got

NUMBERS = count()


def told(*steps: Any, end: Any = None) -> Scenario:
    """A scenario of these steps, which then returns or raises."""

    def steps_() -> Steps:
        for step in steps:  # noqa: UP028 - a tuple takes nothing that is sent to it
            yield step
        if isinstance(end, BaseException):
            raise end
        return end

    return scenario(name=str(next(NUMBERS)))(steps_)


def test_a_scenario_gives_its_last_exchange_with_all_before_it() -> None:
    performed = Performed()
    (last,) = got(performed, told(HELLO, HELLO.but(n=1), HELLO.but(n=2), end="found"))
    assert performed.asked == [0, 1, 2]
    assert (last.request, last.found) == (HELLO.but(n=2), "found")
    assert [one.request for one in last.before] == [HELLO, HELLO.but(n=1)]


def test_a_scenario_s_steps_are_shared_with_everything_else() -> None:
    performed = Performed()
    got(performed, told(HELLO, HELLO.but(n=1)), HELLO.but(n=1), told(HELLO.but(n=1), HELLO))
    assert sorted(performed.asked) == [0, 1]


def test_steps_given_as_a_list_are_sent_together() -> None:
    async def ask() -> Any:
        inside = most = 0

        async def perform(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1
            return Exchange(request, wire, (attempt(200, COMPLETION),))

        answers: list[Any] = []

        def steps() -> Steps:
            answers.extend((yield [POST("chat/completions", n=1), POST("chat/completions", n=2)]))

        last = await Lane(WHERE, perform).get(scenario()(steps))
        return most, [one.request.body["n"] for one in answers], last

    most, order, last = asyncio.run(ask())
    assert (most, order) == (2, [1, 2])
    assert len(last.before) == 1


def test_a_scenario_is_walked_once_for_each_repetition() -> None:
    performed = Performed()

    async def ask() -> list[Any]:
        lane = Lane(WHERE, performed)
        steps = told(HELLO, HELLO.but(n=1))
        return [await lane.get(steps, repetition) for repetition in (0, 0, 1)]

    first, again, other = asyncio.run(ask())
    assert first is again
    assert performed.asked == [0, 1, 0, 1]
    assert other.request.repetition > first.request.repetition


@pytest.mark.parametrize("signal", [Unsupported("refused"), Broken("is bad"), Ignored("nothing came")])
def test_a_refusal_inside_a_scenario_blocks_it_at_that_step(signal: Signal) -> None:
    (blocked,) = got(Performed(), told(HELLO, HELLO.but(n=1), end=signal))
    assert isinstance(blocked, Blocked)
    assert blocked.message == f"blocked at step 2: {signal.message}"
    assert blocked.cause == f"request:{HELLO.but(n=1).id}"


@pytest.mark.parametrize("signal", [Inconclusive("unclear"), Blocked("in the way", cause="json"), Misconfigured("x")])
def test_any_other_signal_inside_a_scenario_is_its_own(signal: Signal) -> None:
    assert got(Performed(), told(HELLO, end=signal)) == [signal]


@pytest.mark.parametrize("problem", [ValueError("x"), KeyError("x"), IndexError(), AssertionError("x"), TypeError()])
def test_a_scenario_that_raises_is_an_error_and_no_crash(problem: Exception) -> None:
    (signal,) = got(Performed(), told(HELLO, end=problem))
    assert isinstance(signal, Misconfigured)
    assert (signal.reason, type(problem).__name__ in signal.message) == ("harness", True)


@pytest.mark.parametrize("steps", [(), ([],)])
def test_a_scenario_that_asks_for_nothing_is_an_error_and_no_crash(steps: Any) -> None:
    (signal,) = got(Performed(), told(*steps))
    assert isinstance(signal, Misconfigured)


def test_a_scenario_whose_step_was_blocked_is_blocked_by_the_same() -> None:
    performed = Performed(lambda request: (400, ERROR))
    (blocked,) = got(performed, told(HELLO.but(n=1), HELLO))
    assert isinstance(blocked, Blocked)
    assert blocked.cause == f"request:{HELLO.id}"
