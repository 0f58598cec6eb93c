"""How many requests may be in flight to one endpoint, how fast they may follow, and when all must wait."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

__all__ = ["Window"]


class Window:
    """A semaphore whose waiters are served by priority, with a rate and a pause. For one event loop.

    Args:
        size: requests in flight at once; it shrinks when the endpoint says *too many* and grows back.
        rpm: requests a minute, or None.

    A crowd is let in whole and alone, however many it is: nobody else is inside at the same time.

    Attributes:
        peak: the most requests that were in flight at once.
        pauses: how often the endpoint made all wait.
    """

    def __init__(self, size: int, rpm: int | None = None) -> None:
        self._ceiling = size
        self._size = float(size)
        self._interval = 60.0 / rpm if rpm else 0.0
        self._waiting: list[tuple[float, int, object, asyncio.Future[None]]] = []
        self._crowd: object = None
        self._ticket = count()
        self._in_flight = 0
        self._paused_until = 0.0
        self._spaced_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.peak = 0
        self.pauses = 0

    async def enter(self, priority: float = 0.0, crowd: object = None) -> None:
        """Wait for a place; of those who wait, the highest priority goes first. A crowd goes in together."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._ticket), crowd, place))
        self._serve()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def leave(self, fine: bool = True) -> None:
        """Give the place back; ``fine`` unless the endpoint asked to slow down."""
        self._in_flight -= 1
        if fine and self._size < self._ceiling:
            self._size = min(self._ceiling, self._size + 1 / max(1.0, self._size))
        self._serve()

    def pause(self, seconds: float) -> None:
        """Let nobody in for so long. Several pauses at once are one, and make the window smaller once."""
        now = asyncio.get_running_loop().time()
        if now >= self._paused_until:
            self.pauses += 1
            self._size = max(1.0, self._size / 2)
        self._paused_until = max(self._paused_until, now + seconds)
        self._serve()

    def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            _, _, crowd, place = self._waiting[0]
            if place.done():  # cancelled while it waited
                heapq.heappop(self._waiting)
                continue
            joining = crowd is not None and crowd == self._crowd and self._in_flight > 0
            if not joining and not self._has_room(crowd):
                return
            not_before = max(self._paused_until, self._spaced_until)
            if not_before > loop.time() and not joining:
                if self._timer is None or self._timer.when() < not_before:
                    self._timer = loop.call_at(not_before, self._woken)
                return
            heapq.heappop(self._waiting)
            self._crowd = crowd
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
            if self._interval:
                self._spaced_until = max(self._spaced_until, loop.time()) + self._interval
            place.set_result(None)

    def _has_room(self, crowd: object) -> bool:
        if crowd is not None or (self._crowd is not None and self._in_flight):
            return not self._in_flight
        return self._in_flight < int(self._size)

    def _woken(self) -> None:
        self._timer = None
        self._serve()
