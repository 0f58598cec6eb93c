"""Going on with a run that was cut short: what was answered is taken from its record, and not sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samewire.attempt import Wire
from samewire.lane import Got, Performer
from samewire.record import exchange_of
from samewire.request import Request
from samewire.run import Run
from samewire.settings import Endpoint

__all__ = ["Earlier"]


class Earlier:
    """What an earlier part of a run has measured.

    Args:
        run: as far as it came.

    Attributes:
        kept: the exchanges that were taken from it, by endpoint and id.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.kept: set[tuple[str, str]] = set()

    @property
    def attempts(self) -> int:
        """How many requests it has sent, as far as it is known."""
        recorded = sum(len(line["attempts"]) + len(line["controls"]) for line in self.run.exchanges.values())
        return int(self.run.footer.get("requests", recorded))

    def before(self, perform: Performer, endpoint: Endpoint) -> Performer:
        """A performer that looks here first."""

        async def known(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
            line = self.run.exchanges.get((endpoint.name, wire.id))
            if line is None or not _answered(line):
                return await perform(request, wire, control, priority)
            self.kept.add((endpoint.name, wire.id))
            return exchange_of(line, request, endpoint.model)

        return known


def _answered(line: Mapping[str, Any]) -> bool:
    """Whether an answer came that need not be paid for again; what was limited or failed is tried anew."""
    last = line["attempts"][-1]
    status = last["status"]
    return last["failure"] is None and status not in (402, 408, 409, 429) and not (status >= 500 and status != 501)
