"""Nothing is left out in silence: what has no check or no fault stands in docs/coverage.md with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from samewire.catalogue import entries
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.suite import requirements

ROOT = Path(__file__).parent.parent
REQUIREMENTS, _, DEVIATIONS = (
    (ROOT / "docs/coverage.md").read_text(encoding="utf-8").partition("## Deviations without a fault")
)
ROW = re.compile(r"^\| ([\w.-]+) \| (.+) \|$", re.MULTILINE)
#: Of these, every entry is accounted for; of the others, every one that says MUST or SHOULD.
CHECKED = {entry for one in requirements() for entry in one.spec}
EXCUSED = dict(ROW.findall(REQUIREMENTS))


@pytest.mark.parametrize("name", entries())
def test_an_entry_of_the_catalogue_has_a_check_or_a_reason(name: str) -> None:
    assert (name in CHECKED) != (name in EXCUSED), "a check or a reason, and not both"


def test_every_reason_is_about_an_entry() -> None:
    assert not set(EXCUSED) - {"requirement", "---", *entries()}


def deviations() -> dict[str, list[str]]:
    """The ids of all deviations, with their sources."""
    found = yaml.safe_load((ROOT / "spec/deviations.yaml").read_text(encoding="utf-8"))
    return {one["id"]: one["source"] for one in found}


def test_a_deviation_has_a_fault_or_a_reason() -> None:
    known = {name for twin in [*FAULTS.values(), *VARIANTS.values()] for name in twin.known}
    excused = set(dict(ROW.findall(DEVIATIONS))) - {"deviation", "---"}
    assert not known - set(deviations()), "no such deviation is cited"
    assert not known & excused, "it has a fault after all"
    assert set(deviations()) - known == excused
