"""What a run finds of an endpoint beside its verdicts, as its record has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from samewire.allowance import noted
from samewire.findings import Findings, Stop
from samewire.hiding import hidden
from samewire.lane import Lane
from samewire.verdict import Verdict

__all__ = ["SURVIVES", "dropped", "noticed", "told"]

#: The check that shows that an endpoint did not outlive its requests.
SURVIVES = "http.conduct.survives"


def told(found: Findings | Stop) -> dict[str, Any]:
    """What a preflight found."""
    if isinstance(found, Stop):
        return {"stop": {"id": found.id, "verdict": found.signal.verdict, "message": found.signal.message}}
    return {"stop": None, **{name: value for name, value in asdict(found).items() if name != "measured"}}


def noticed(lane: Lane, gone: str = "", returns: int = 0) -> dict[str, Any]:
    """What was found of an endpoint whatever it speaks; empty if that is nothing.

    Args:
        lane: the endpoint's.
        gone: why it was given up, as a sentence; empty if it wasn't.
        returns: how often it was away for a while.
    """
    found = lane.findings.get("http")
    notes = list(found.notes) if isinstance(found, Findings) else []
    measured = dict(found.measured) if isinstance(found, Findings) else {}
    claimed = lane.endpoint.provider.claims.get("concurrency")
    if claimed and (tried := measured.get("burst")):
        notes.append(
            f"Claimed are {claimed} at once; of {tried['asked']} that were tried, {tried['served']} were served."
        )
    if limits := noted(attempt for one in lane.exchanges.values() for attempt in one.attempts):
        measured["limits"] = limits
        kinds = ", ".join(f"{one['limit']} {kind}" for kind, one in limits.items() if "limit" in one)
        notes += [f"Limits that are told: {kinds}."] if kinds else []
    if returns:
        measured["returns"] = returns
        notes.append(f"It went away and came back {returns} {'time' if returns == 1 else 'times'}.")
    stop = {"id": SURVIVES, "verdict": Verdict.INCONCLUSIVE, "message": gone} if gone else None
    return {"stop": stop, "notes": notes, "measured": measured} if stop or notes or measured else {}


def dropped(lanes: Mapping[str, Lane]) -> dict[str, Any]:
    """What clients hide by dropping it, at endpoints where they are told to: a part of the footer."""
    auto = {name: lane for name, lane in lanes.items() if lane.endpoint.provider.strip_auto}
    return {"hidden": {name: hidden(lane.exchanges.values()) for name, lane in auto.items()}} if auto else {}
