"""How a check ends for whoever runs tests: by its verdict, the policy, and what was foreseen."""

from __future__ import annotations

from samewire.foreseen import Foresight
from samewire.inert import visible
from samewire.policy import fails
from samewire.requirement import Requirement
from samewire.verdict import Judgement, Verdict

__all__ = ["EXPECTED", "FAILS", "HOLDS", "SAYS_NOTHING", "conclusion", "told_of"]

HOLDS, FAILS, EXPECTED, SAYS_NOTHING = "holds", "fails", "is expected", "says nothing"


def conclusion(
    requirement: Requirement, judgement: Judgement, foresight: Foresight, cell: tuple[str, str, str]
) -> tuple[str, str]:
    """How a cell ends, and why.

    What shows an expectation to be stale fails; what is foreseen, and what is red without failing a run, is expected.
    """
    words = visible(f"{judgement.verdict.value}: {judgement.message}")
    known, stale = foresight.foreseen(cell, judgement), foresight.outdone(cell, judgement)
    if stale is not None:
        where = f"{stale.requirement} at {stale.endpoint}"
        return FAILS, f"stale expectation {where} ({stale.why}): it is {words}; remove the entry"
    if known is not None:
        return EXPECTED, f"expected: {known.why}; {words}"
    if judgement.verdict is Verdict.SUPPORTED:
        return HOLDS, ""
    level = requirement.level.value
    if judgement.verdict is Verdict.ERROR or fails(requirement, judgement):
        return FAILS, f"{requirement.id} {level} {words}\n{requirement.sentence}"
    return (EXPECTED, f"{level} {words}") if judgement.verdict.red else (SAYS_NOTHING, words)


def told_of(requirement: Requirement, judgement: Judgement, evidence: str) -> str:
    """What there is to tell of a cell beside its outcome."""
    expected = f"expected  {requirement.sentence}\nobserved  {judgement.verdict.value}: {judgement.message}"
    return f"{requirement.id}  {requirement.level.value}\n{expected}\n\n{evidence}"
