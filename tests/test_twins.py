"""Twins measured in pools: fewer measurements, and each fault is found out as if it had been alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from samewire import twins
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.pool import Pool, pools
from samewire.reference.variants import VARIANTS
from samewire.twins import Measured, measure, unlike
from samewire.verdict import Judgement, Verdict

CELLS = [f"chat.cell.{number}" for number in range(40)]


def seeded(number: int, blocks: tuple[str, ...] = ()) -> Fault:
    return Fault(f"seeded.{number}", "It does it.", "body", lambda call: None, {CELLS[number]: "broken"}, blocks)


SEEDED = [seeded(number) for number in range(30)]


class Laboratory:
    """Instead of endpoints: what each fault really does, cell → verdict; the first of a pool has its way."""

    def __init__(self, **really: dict[str, str]) -> None:
        self.really = {name.replace("_", "."): cells for name, cells in really.items()}
        self.measured = 0

    def measure(self, those: Sequence[Any]) -> Iterator[tuple[Any, Measured]]:
        for one in those:
            self.measured += 1
            seen = dict.fromkeys(CELLS, "supported")
            for fault in reversed(one.faults) if isinstance(one, Pool) else ():
                seen |= self.really.get(fault.id, fault.turns)
            yield one, Measured({cell: Judgement(Verdict(word), "said", "so") for cell, word in seen.items()}, 1, 1)


def found(laboratory: Laboratory, faults: Sequence[Fault], monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What was found out of each fault: the cells that surprise."""
    monkeypatch.setattr(twins, "measure", laboratory.measure)
    told = [(fault.id if fault else "", list(cells)) for fault, cells in unlike(faults)]
    assert sorted(name for name, _ in told) == sorted(fault.id for fault in faults), "each is told once"
    return {name: cells for name, cells in told if cells}


def test_faults_that_do_as_they_say_take_few_measurements(monkeypatch: pytest.MonkeyPatch) -> None:
    laboratory = Laboratory()
    assert found(laboratory, SEEDED, monkeypatch) == {}
    assert laboratory.measured == 4


@pytest.mark.parametrize(
    ("really", "cells"),
    [
        ({}, [CELLS[7]]),
        ({CELLS[7]: "unsupported"}, [CELLS[7]]),
        ({CELLS[7]: "broken", CELLS[35]: "broken"}, [CELLS[35]]),
        ({CELLS[7]: "broken", CELLS[35]: "inconclusive"}, [CELLS[35]]),
        ({CELLS[35]: "ignored"}, [CELLS[7], CELLS[35]]),
    ],
    ids=["does nothing", "does another thing", "does more", "hides more", "is another"],
)
def test_who_does_otherwise_is_told_and_nobody_else(
    really: dict[str, str], cells: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    laboratory = Laboratory(seeded_7=really)
    assert found(laboratory, SEEDED, monkeypatch) == {"seeded.7": cells}
    assert laboratory.measured < len(SEEDED)


def test_who_hides_what_another_shows_is_no_surprise(monkeypatch: pytest.MonkeyPatch) -> None:
    hiding = [seeded(0, blocks=("chat.*",)), *SEEDED[1:]]
    hidden = dict.fromkeys(CELLS[1:], "inconclusive") | {CELLS[0]: "broken"}
    assert found(Laboratory(seeded_0=hidden), hiding, monkeypatch) == {}


@pytest.mark.parametrize(("late", "cells"), [(1, []), (9, [CELLS[7]])], ids=["once", "always"])
def test_who_was_measured_late_is_measured_again(late: int, cells: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    slow = replace(SEEDED[7], patience=3.0)
    times = 0

    def measure(those: Sequence[Any]) -> Iterator[tuple[Any, Measured]]:
        nonlocal times
        for one in those:
            times += 1
            shown = Judgement(Verdict.INCONCLUSIVE, "lag", "our clock was late")
            if times > late:
                shown = Judgement(Verdict.BROKEN, "said", "so")
            yield one, Measured({CELLS[7]: shown}, 1, 1)

    monkeypatch.setattr(twins, "measure", measure)
    assert [(fault, list(told)) for fault, told in unlike([slow])] == [(slow, cells)]
    assert times == (2 if late == 1 else 3)


@pytest.mark.parametrize("apart", [False, True])
def test_a_pool_is_of_faults_that_can_be_told_apart(apart: bool) -> None:
    faults = [fault for fault in FAULTS.values() if not fault.configure and fault.patience is None]
    dealt = pools(faults, 8, apart=apart)
    assert sorted(fault.id for pool in dealt for fault in pool.faults) == sorted(fault.id for fault in faults)
    for pool in dealt:
        assert len(pool.faults) <= 8
        assert {fault.protocols for fault in pool.faults} == {pool.protocols}
        for one, other in combinations(pool.faults, 2):
            assert one.turns.keys().isdisjoint(other.turns)
            assert not apart or Pool((one,)).bears(other, apart=True)


def test_a_stream_that_comes_at_once_though_not_late_says_nothing() -> None:
    ((_, seen),) = measure([VARIANTS["at_once"]])
    flushed = seen.judgements["chat.stream.flushed"]
    assert (flushed.verdict, flushed.reason) == (Verdict.INCONCLUSIVE, "lag"), "it is measured again when there is time"
