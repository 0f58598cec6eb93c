"""Which deviations in the wild look like a cell: those that a fault of the reference stands for, which turns it so."""

from __future__ import annotations

import importlib
from functools import cache

from samewire.verdict import Verdict

__all__ = ["known_from"]


@cache
def _known() -> dict[tuple[str, str], tuple[str, ...]]:
    # Late: a thousand faults take a while to load, and a run that finds nothing does without.
    faults = importlib.import_module("samewire.reference.faults").FAULTS
    found: dict[tuple[str, str], dict[str, None]] = {}
    for fault in faults.values():
        for check, word in fault.turns.items():
            found.setdefault((check, word), {}).update(dict.fromkeys(fault.known))
    return {cell: tuple(ids) for cell, ids in found.items()}


def known_from(check: str, verdict: Verdict) -> tuple[str, ...]:
    """The ids of the deviations that have turned this check to this word before; none for a word that finds nothing."""
    if not verdict.red and verdict is not Verdict.UNSUPPORTED:
        return ()
    return _known().get((check, verdict.value), ())
