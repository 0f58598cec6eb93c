"""Which deviations in the wild look like a cell: those that a fault of the reference stands for, which turns it so."""

from __future__ import annotations

from functools import cache

from samewire.verdict import Verdict

__all__ = ["known_from"]


@cache
def _known() -> dict[tuple[str, str], tuple[str, ...]]:
    from samewire.reference.faults import FAULTS  # late: a run that finds nothing does without

    found: dict[tuple[str, str], dict[str, None]] = {}
    for fault in FAULTS.values():
        for check, word in fault.turns.items():
            found.setdefault((check, word), {}).update(dict.fromkeys(fault.known))
    return {cell: tuple(ids) for cell, ids in found.items()}


def known_from(check: str, verdict: Verdict) -> tuple[str, ...]:
    """The ids of the deviations that have turned this check to this word before; none for a word that finds nothing."""
    if not verdict.red and verdict is not Verdict.UNSUPPORTED:
        return ()
    return _known().get((check, verdict.value), ())
