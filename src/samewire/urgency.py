"""In which order requests go out: longest first, with all that waits for them, keeps the window full."""

from __future__ import annotations

from collections.abc import Iterable

from samewire.request import CAP_KEY, LIMIT_KEY, Request
from samewire.scenario import Every, Preflight, Source

__all__ = ["Urgency"]


class Urgency:
    """How many seconds a request will roughly take, with all that depends on it."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def rank(self, source: Source) -> None:
        """Note how long a source will take, for its requests and for all that they wait for."""
        for request, bonus in _requests(source):
            after = bonus
            link: Request | Preflight | None = request
            while isinstance(link, Request):
                after += _seconds(link)
                self._seconds[link.id] = max(self._seconds.get(link.id, 0.0), after)
                link = link.control

    def of(self, source: Source) -> float:
        """How urgent a source is that was ranked."""
        return max((self._seconds.get(request.id, 0.0) for request, _ in _requests(source)), default=0.0)


def _requests(source: Source) -> Iterable[tuple[Request, float]]:
    if isinstance(source, Request):
        return [(source, 0.0)]
    if isinstance(source, Every):
        return [(request, 0.0) for request in source.witness]
    return [(request, 2.0 * getattr(source, "more", 0)) for request in source.requests]


def _seconds(request: Request) -> float:
    """A guess at how long an exchange takes, for the order alone."""
    if not request.speaks:
        return 0.2
    body = request.body
    limit = next((body[key] for key in (LIMIT_KEY, CAP_KEY, "max_completion_tokens", "max_tokens") if key in body), 200)
    return 0.4 + 0.01 * (limit if isinstance(limit, (int, float)) else 0)
