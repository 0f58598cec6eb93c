"""How long requests may take, for their order alone: those go first on which the most follows."""

from __future__ import annotations

from collections.abc import Iterable

from samewire.request import CAP_KEY, LIMIT_KEY, Request
from samewire.scenario import Every, Preflight, Source

__all__ = ["Ranking"]


class Ranking:
    """What is going to be asked for, as far as it is known.

    Attributes:
        openers: the preflights that will be needed, by protocol.
    """

    def __init__(self) -> None:
        self.openers: dict[str, Preflight] = {}
        self._seconds: dict[str, float] = {}

    def note(self, source: Source) -> None:
        """Note how long a source will take with all that depends on it."""
        for request, bonus in _requests(source):
            opener = source if isinstance(source, Preflight) else request.opener
            if opener is not None:
                self.openers[opener.protocol] = opener
            after = bonus
            link: Request | Preflight | None = request
            while isinstance(link, Request):
                after += _seconds(link)
                self._seconds[link.id] = max(self._seconds.get(link.id, 0.0), after)
                link = link.control

    def of(self, source: Source) -> float:
        """How urgent a source is that was noted: the seconds that it and what follows on it will take."""
        return max((self._seconds.get(request.id, 0.0) for request, _ in _requests(source)), default=0.0)


def _requests(source: Source) -> Iterable[tuple[Request, float]]:
    if isinstance(source, Request):
        return [(source, 0.0)]
    if isinstance(source, Every):
        return [(request, 0.0) for request in source.witness]
    return [(request, 2.0 * getattr(source, "more", 0)) for request in source.requests]


def _seconds(request: Request) -> float:
    """A guess at how long an exchange takes, for the order alone."""
    if request.crowd:
        return 0.0  # last of all: what limits it meets, others don't wait for
    if not request.speaks:
        return 0.2
    body = request.body
    limit = next((body[key] for key in (LIMIT_KEY, CAP_KEY, "max_completion_tokens", "max_tokens") if key in body), 200)
    return 0.4 + 0.01 * (limit if isinstance(limit, (int, float)) else 0)
