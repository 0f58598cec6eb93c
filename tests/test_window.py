"""The window: how many at once, who first, how fast, and when all wait. On a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.window import Window

from .clock import run


class Visits:
    """Visitors of a window: who came in, and when."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.came: list[tuple[float, Any]] = []
        self.inside = 0

    async def visit(
        self, name: Any, priority: float = 0.0, stay: float = 1.0, fine: bool = True, crowd: object = None
    ) -> None:
        await self.window.enter(priority, crowd)
        self.inside += 1
        self.came.append((round(asyncio.get_running_loop().time(), 6), name))
        try:
            await asyncio.sleep(stay)
        finally:
            self.inside -= 1
            self.window.leave(fine)

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.came]

    @property
    def order(self) -> list[Any]:
        return [name for _, name in self.came]


def crowd(size: int, count: int, rpm: int | None = None, stay: float = 1.0) -> Visits:
    """So many visitors, all at once, each staying a second."""

    async def come() -> Visits:
        visits = Visits(Window(size, rpm))
        await asyncio.gather(*(visits.visit(number, stay=stay) for number in range(count)))
        return visits

    return run(come())


def test_no_more_are_inside_than_the_window_is_wide() -> None:
    visits = crowd(3, 7)
    assert visits.times == [0, 0, 0, 1, 1, 1, 2]
    assert visits.window.peak == 3


def test_equals_come_in_the_order_they_asked() -> None:
    assert crowd(2, 6).order == [0, 1, 2, 3, 4, 5]


def test_the_highest_priority_goes_first_among_those_who_wait() -> None:
    async def come() -> list[Any]:
        visits = Visits(Window(1))
        asked = [visits.visit(name, float(priority)) for name, priority in zip("abcde", (0, 1, 5, 3, 5), strict=True)]
        await asyncio.gather(*asked)
        return visits.order

    assert "".join(run(come())) == "acedb"


@pytest.mark.parametrize(("rpm", "gap"), [(60, 1.0), (600, 0.1), (6, 10.0)])
def test_a_rate_spaces_the_visitors_out(rpm: int, gap: float) -> None:
    assert crowd(8, 5, rpm, stay=0.0).times == pytest.approx([number * gap for number in range(5)])


def test_a_rate_holds_for_those_who_come_later_too() -> None:
    async def come() -> list[float]:
        visits = Visits(Window(8, rpm=60))
        await visits.visit("a", stay=0.25)
        await visits.visit("b", stay=5.0)
        await visits.visit("c", stay=0.0)
        return visits.times

    assert run(come()) == [0.0, 1.0, 6.0]


def paused(*steps: tuple[float, float], size: int = 4, count: int = 4, rpm: int | None = None) -> Visits:
    """Visitors who come one by one each second, and pauses at a time for so long."""

    async def come() -> Visits:
        window = Window(size, rpm)
        visits = Visits(window)
        loop = asyncio.get_running_loop()
        for at, seconds in steps:
            loop.call_at(at, window.pause, seconds)

        async def later(number: int) -> None:
            await asyncio.sleep(number)
            await visits.visit(number, stay=0.0)

        await asyncio.gather(*(later(number) for number in range(count)))
        return visits

    return run(come())


def test_nobody_comes_in_during_a_pause() -> None:
    visits = paused((0.5, 10.0))
    assert visits.times == [0.0, 10.5, 10.5, 10.5]
    assert visits.window.pauses == 1


def test_the_longest_of_several_pauses_counts_and_they_are_one() -> None:
    visits = paused((0.5, 10.0), (0.6, 2.0), (0.7, 20.0))
    assert visits.times[1:] == [20.7] * 3
    assert visits.window.pauses == 1


def test_a_pause_after_a_pause_is_another() -> None:
    assert paused((0.5, 1.0), (2.5, 1.0)).window.pauses == 2


def most_inside(window: Window, count: int, after: Callable[[], None]) -> int:
    """How many are inside at once of a crowd that comes after something happened."""

    async def come() -> int:
        visits = Visits(window)
        after()
        most = 0

        async def look() -> None:
            nonlocal most
            while True:
                most = max(most, visits.inside)
                await asyncio.sleep(0.01)

        looking = asyncio.create_task(look())
        await asyncio.gather(*(visits.visit(number, fine=False) for number in range(count)))
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        return most

    return run(come())


@pytest.mark.parametrize(("size", "wanted"), [(8, 4), (4, 2), (3, 1), (1, 1)])
def test_a_pause_makes_the_window_half_as_wide_but_never_closes_it(size: int, wanted: int) -> None:
    window = Window(size)
    assert most_inside(window, 12, lambda: window.pause(1.0)) == wanted


def test_several_pauses_at_once_make_it_smaller_once() -> None:
    window = Window(8)
    assert most_inside(window, 12, lambda: [window.pause(1.0) for _ in range(5)] and None) == 4


def test_a_pause_makes_the_window_smaller_also_where_a_rate_spaces_requests() -> None:
    visits = paused((0.5, 3.0), count=3, rpm=30)
    assert visits.window.pauses == 1


def test_a_window_grows_back_to_its_width_and_no_further() -> None:
    async def come() -> tuple[int, int]:
        visits = Visits(Window(4))
        visits.window.pause(1.0)
        await asyncio.gather(*(visits.visit(number) for number in range(40)))
        late = [at for at in visits.times if at > 10]
        return max(late.count(at) for at in late), visits.window.peak

    assert run(come()) == (4, 4)


def test_who_is_asked_to_slow_down_does_not_make_it_grow() -> None:
    async def come() -> int:
        visits = Visits(Window(4))
        visits.window.pause(1.0)
        await asyncio.gather(*(visits.visit(number, fine=False) for number in range(20)))
        return visits.window.peak

    assert run(come()) == 2


def test_who_gives_up_waiting_takes_no_place() -> None:
    async def come() -> list[Any]:
        visits = Visits(Window(1))
        tasks = [asyncio.create_task(visits.visit(number)) for number in range(4)]
        await asyncio.sleep(0.5)
        tasks[1].cancel()
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return visits.came

    assert run(come()) == [(0.0, 0), (1.0, 3)]


def test_who_is_cancelled_the_moment_a_place_is_given_gives_it_back() -> None:
    async def come() -> list[Any]:
        window = Window(1)
        visits = Visits(window)
        await window.enter()
        waiting = asyncio.create_task(visits.visit("given up"))
        await asyncio.sleep(0)
        window.leave()  # gives the place to the one who waits, before it runs again
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await visits.visit("next")
        return visits.order

    assert run(come()) == ["next"]


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3), st.floats(-2, 2), st.floats(0, 8) | st.none()), max_size=20),
    st.integers(1, 4),
    st.sampled_from([None, 30, 600]),
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3)), max_size=3),
)
def test_whatever_is_cancelled_when_no_place_is_ever_lost(
    visitors: list[tuple[float, float, float, float | None]],
    size: int,
    rpm: int | None,
    pauses: list[tuple[float, float]],
) -> None:
    async def come() -> None:
        window = Window(size, rpm)
        visits = Visits(window)
        loop = asyncio.get_running_loop()
        for at, seconds in pauses:
            loop.call_at(at, window.pause, seconds)

        async def one(at: float, stay: float, priority: float) -> None:
            await asyncio.sleep(at)
            await visits.visit(0, priority, stay)
            assert visits.inside <= size

        tasks = []
        for at, stay, priority, end in visitors:
            tasks.append(asyncio.create_task(one(at, stay, priority)))
            if end is not None:
                loop.call_at(end, tasks[-1].cancel)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert window.peak <= size
        # Everybody has left: in time, as many as before can be inside at once.
        await asyncio.sleep(60)
        await asyncio.gather(*(visits.visit(0, stay=0.01) for _ in range(60)))
        before = len(visits.came)
        await asyncio.gather(*(visits.visit(0, stay=60.0) for _ in range(size)))
        first = visits.times[before:]
        assert max(first) - min(first) < 60

    run(come())


def crowds(*visitors: tuple[float, str, object], size: int = 4, rpm: int | None = None) -> Visits:
    """Visitors who come at a time, each of a crowd or (None) of none, and stay a second."""

    async def come() -> Visits:
        visits = Visits(Window(size, rpm))

        async def later(at: float, name: str, crowd: object) -> None:
            await asyncio.sleep(at)
            await visits.visit(name, crowd=crowd)

        await asyncio.gather(*(later(*one) for one in visitors))
        return visits

    return run(come())


def test_a_crowd_goes_in_whole_however_narrow_the_window_is() -> None:
    visits = crowds(*((0.0, "c", "crowd") for _ in range(6)), size=2)
    assert visits.times == [0.0] * 6
    assert visits.window.peak == 6


def test_a_crowd_is_alone() -> None:
    visits = crowds((0.0, "a", None), (0.5, "c", 1), (0.5, "c", 1), (0.6, "b", None), (0.6, "d", 2))
    assert visits.came == [(0.0, "a"), (1.0, "c"), (1.0, "c"), (2.0, "b"), (3.0, "d")]


def test_a_crowd_waits_for_a_pause_and_is_counted_by_the_rate() -> None:
    visits = crowds(*((0.0, "c", 1) for _ in range(4)), (0.5, "a", None), rpm=60)
    assert visits.came == [(0.0, "c")] * 4 + [(4.0, "a")]


def fed(tpm: int, *visitors: tuple[float, int, int]) -> Visits:
    """Visitors who come at a time, reckon with so many tokens, and spare so many of them after a second."""

    async def come() -> Visits:
        visits = Visits(Window(8, tpm=tpm))

        async def later(at: float, tokens: int, spared: int) -> None:
            await asyncio.sleep(at)
            await visits.window.enter(tokens=tokens)
            visits.came.append((round(asyncio.get_running_loop().time(), 6), tokens))
            await asyncio.sleep(1.0)
            visits.window.leave(spared=spared)

        await asyncio.gather(*(later(*one) for one in visitors))
        return visits

    return run(come())


def test_tokens_a_minute_space_the_visitors_out() -> None:
    assert fed(60, (0, 10, 0), (0, 5, 0), (0, 1, 0)).times == [0.0, 10.0, 15.0]


def test_what_was_spared_lets_the_next_one_in_earlier() -> None:
    assert fed(60, (0, 10, 6), (0, 5, 0)).times == [0.0, 4.0]


def test_what_was_used_beyond_lets_the_next_one_wait_longer() -> None:
    assert fed(60, (0, 2, -6), (0, 5, 0)).times == [0.0, 8.0]


def test_what_is_spared_while_nobody_waits_is_not_saved_up() -> None:
    assert fed(60, (0, 10, 0), (100, 10, 0), (100.5, 1, 0)).times == [0.0, 100.0, 110.0]


def limited(*told: tuple[float, str, int, float | None, int | None], count: int = 4, size: int = 2) -> Visits:
    """Visitors who come one each second, and what the endpoint tells meanwhile."""

    async def come() -> Visits:
        visits = Visits(Window(size))
        for at, *words in told:
            asyncio.get_running_loop().call_at(at, visits.window.told, *words)

        async def later(number: int) -> None:
            await asyncio.sleep(number)
            await visits.visit(number, stay=0.1)

        await asyncio.gather(*(later(number) for number in range(count)))
        return visits

    return run(come())


def test_where_nothing_is_left_all_wait_until_it_is_renewed() -> None:
    visits = limited((0.05, "requests", 1, 10.0, None))
    assert visits.times == [0.0, 1.0, 10.1, 10.1]
    assert (visits.window.holds, visits.window.pauses) == (1, 0)


def test_as_much_as_is_left_goes_in() -> None:
    assert limited((0.5, "requests", 2, 10.0, None)).times == [0.0, 1.0, 2.0, 10.55]


def test_what_is_in_flight_may_not_be_counted_yet() -> None:
    async def come() -> list[float]:
        visits = Visits(Window(4))
        inside = [asyncio.create_task(visits.visit(number, stay=5.0)) for number in range(3)]
        await asyncio.sleep(1.0)
        visits.window.told("requests", 2, 20.0)
        await asyncio.gather(visits.visit("late", stay=0.0), *inside)
        return visits.times

    assert run(come()) == [0.0, 0.0, 0.0, 21.05]


@pytest.mark.parametrize("reset", [None, 0.0, -1.0, 61.0, 1e12])
def test_a_reset_that_is_not_told_or_far_away_is_not_waited_for(reset: float | None) -> None:
    assert limited((0.5, "requests", 0, reset, None)).times == [0.0, 1.0, 2.0, 3.0]


def test_once_renewed_there_is_as_much_as_the_limit_says() -> None:
    visits = limited((0.5, "requests", 0, 4.2, 2), count=6, size=8)
    assert visits.times == [0.0, 4.75, 4.75, 8.95, 8.95, 13.15]


def test_who_says_that_nothing_is_left_though_there_is_is_not_believed() -> None:
    told = [(at + 0.5, "requests", 0, 0.9, None) for at in range(10)]
    visits = limited(*told, count=12)
    assert visits.window.holds == 2
    assert visits.times[-1] == 11.0


def test_tokens_are_held_back_as_well() -> None:
    async def come() -> list[float]:
        window = Window(4)
        window.told("tokens", 100, 30.0, 1000)
        times = []
        for tokens in (60, 60, 2000):
            await window.enter(tokens=tokens)
            times.append(round(asyncio.get_running_loop().time(), 3))
            window.leave()
        return times

    assert run(come()) == [0.0, 30.05, 60.05]
