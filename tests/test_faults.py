"""The law of the reference: every fault turns the cells it declares and no other; no variant is accused."""

from __future__ import annotations

from fnmatch import filter as filter_names

import pytest

from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.suite import requirements
from samewire.twins import unlike
from samewire.verdict import Verdict

TWINS: dict[str, Fault | None] = {"reference": None, **FAULTS, **VARIANTS}


@pytest.fixture(scope="module")
def surprising(request: pytest.FixtureRequest) -> dict[str, dict[str, str]]:
    """What each twin that a selected test is about shows and doesn't declare."""
    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and "name" in item.callspec.params
    ]
    return {twin.id if twin else "reference": found for twin, found in unlike(TWINS[name] for name in wanted)}


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_shows_what_it_declares_and_nothing_else(name: str, surprising: dict[str, dict[str, str]]) -> None:
    assert not surprising[name]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda one: one.id)
def test_every_check_has_a_fault_that_it_catches(requirement: object) -> None:
    catching = [fault.id for fault in FAULTS.values() if requirement.id in fault.turns]  # type: ignore[attr-defined]
    assert catching, "no fault of the reference turns this check: add one to samewire/reference/faults"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda one: one.id)
def test_every_fault_turns_something(fault: Fault) -> None:
    assert fault.turns
    assert set(fault.turns.values()) <= {word.value for word in Verdict}


@pytest.mark.parametrize("twin", [*FAULTS.values(), *VARIANTS.values()], ids=lambda one: one.id)
def test_what_a_twin_declares_there_is(twin: Fault) -> None:
    every = [one.id for one in requirements()]
    assert twin.turns.keys() <= set(every)
    assert not [pattern for pattern in twin.blocks if not filter_names(every, pattern)]


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda one: one.id)
def test_a_legal_variant_is_never_accused(variant: Fault) -> None:
    assert set(variant.turns.values()) <= {"unsupported"}
