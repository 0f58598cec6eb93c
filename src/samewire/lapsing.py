"""Whether an endpoint still does what it did: one whose worker has died may refuse everything alike, and live on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from samewire.attempt import Attempt, Failure, Wire
from samewire.exchange import OTHER_BLAME, Exchange
from samewire.request import MODEL, Request
from samewire.watching import told

__all__ = ["Lapse"]

#: Statuses that say that what was there is not there any more.
NOT_THERE = (404, 410)
#: Requests that may be refused with the same words before what was answered is asked again; and mistakes, which are to
#: be refused, where the words don't say that something is gone.
ALIKE, MISTAKES_ALIKE = 2, 3


@dataclass
class _Said:
    """Requests that were refused with the same words, and whether what was answered before is answered still."""

    requests: dict[str, str] = field(default_factory=dict)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    harmless: bool = False


class Lapse:
    """Watches what one endpoint refuses. For one event loop.

    Args:
        ask: sends a wire once more; gives None if that can't be.
    """

    def __init__(self, ask: Callable[[Wire], Awaitable[Attempt | None]]) -> None:
        self._ask = ask
        self._answered: dict[str, Wire] = {}
        self._refused: dict[tuple[str, int, str], _Said] = {}
        self._lapsed: Failure | None = None

    async def look(self, request: Request, exchange: Exchange) -> Failure | None:
        """What has become of the endpoint, if since this request, or a little before, it refuses what it answered."""
        wire = exchange.wire
        if exchange.ok:
            self._answered.setdefault(wire.url, wire)
        if not _ours(request) or not _refused(exchange) or wire.url not in self._answered:
            return None
        alike = self._refused.setdefault((wire.url, exchange.status, exchange.said), _Said())
        alike.requests.setdefault(wire.id, told(wire))
        enough = MISTAKES_ALIKE if request.mistaken and exchange.status not in NOT_THERE else ALIKE
        if len(alike.requests) < enough:
            return None
        async with alike.looking:
            if self._lapsed is None and not alike.harmless:
                await self._ask_again(exchange, alike)
        return None if alike.harmless else self._lapsed

    async def _ask_again(self, exchange: Exchange, alike: _Said) -> None:
        before = self._answered[exchange.wire.url]
        attempt = await self._ask(before)
        if attempt is None:
            return
        now = Exchange(exchange.request, before, (attempt,))
        alike.harmless = now.ok
        if (now.status, now.said) != (exchange.status, exchange.said):
            return
        # A 404 says that something is gone. Another refusal may be the account's: it is held against nobody.
        kind = "died" if exchange.status in NOT_THERE else "silent"
        words = f"the server answers {now.status}{now.said} even to what it had answered before"
        first = "; ".join(list(alike.requests.values())[:MISTAKES_ALIKE])
        self._lapsed = Failure(kind, f"{words}; so it did first to: {first}")


def _ours(request: Request) -> bool:
    """Whether a request names the endpoint's own model, and presents its key."""
    return request.key == "own" and isinstance(request.body, dict) and request.body.get("model") == MODEL


def _refused(exchange: Exchange) -> bool:
    return exchange.failure is None and 400 <= exchange.status < 500 and exchange.status not in OTHER_BLAME
