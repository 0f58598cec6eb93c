"""Going on with a run that was cut short: what was answered is taken from its record, and not sent again."""

from __future__ import annotations

from samewire.attempt import Attempt, Wire, throttled
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
            earlier = exchange_of(line, request, endpoint.model) if line is not None else None
            if earlier is None or not _answered(earlier.last):
                return await perform(request, wire, control, priority)
            self.kept.add((endpoint.name, wire.id))
            return earlier

        return known


def _answered(last: Attempt) -> bool:
    """Whether an answer came that need not be paid for again; what was limited or failed is tried anew."""
    failed = last.failure is not None or (last.status >= 500 and last.status != 501)
    return not failed and last.status not in (402, 408, 409) and not throttled(last)
