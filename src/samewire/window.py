"""How many requests may be in flight to one endpoint, how fast they may follow, and when all must wait."""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass
from itertools import count

__all__ = ["Window"]

#: A longer hold than this is not believed: what is told may be nonsense.
LONGEST = 60.0
#: Seconds by which a renewal may be told too early.
MARGIN = 0.05
#: Seconds that all of them together may last.
IN_ALL = 900.0
#: Holds in a row that came to nothing, after which what is told is believed no longer.
VAIN = 2


@dataclass
class _Left:
    """What is left of a kind, until when, and how much of it there is then."""

    amount: int
    until: float
    limit: int | None


@dataclass(order=True)
class _Visitor:
    """Who waits: the most urgent first, equals in the order they came."""

    urgency: float
    ticket: int
    place: asyncio.Future[None]
    crowd: object = None
    tokens: int = 0


class Window:
    """A semaphore whose waiters are served by priority, with a rate and a pause. For one event loop.

    Args:
        size: requests in flight at once; it shrinks when the endpoint says *too many* and grows back.
        rpm: requests a minute, or None.
        tpm: tokens a minute, or None.

    A crowd is let in whole and alone, however many it is: nobody else is inside at the same time.

    Attributes:
        peak: the most requests that were in flight at once.
        pauses: how often the endpoint made all wait.
        holds: how often all waited before the endpoint had to say so.
    """

    def __init__(self, size: int, rpm: int | None = None, tpm: int | None = None) -> None:
        self._ceiling = size
        self._size = float(size)
        self._interval = 60.0 / rpm if rpm else 0.0
        self._token = 60.0 / tpm if tpm else 0.0
        self._waiting: list[_Visitor] = []
        self._crowd: object = None
        self._ticket = count()
        self._in_flight = 0
        self._paused_until = 0.0
        self._spaced_until = 0.0
        self._fed_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        #: What is left by kind, until when.
        self._left: dict[str, _Left] = {}
        self._span: dict[str, float] = {}
        self._vain = 0
        self._held = 0.0
        #: Until when all wait for more of a kind, and how much of it was taken since.
        self._holding: dict[str, tuple[float, int]] = {}
        self.peak = 0
        self.pauses = 0
        self.holds = 0

    async def enter(self, priority: float = 0.0, crowd: object = None, tokens: int = 0) -> None:
        """Wait for a place; of those who wait, the highest priority goes first. A crowd goes in together."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Visitor(-priority, next(self._ticket), place, crowd, tokens))
        self._serve()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def leave(self, fine: bool = True, spared: int = 0) -> None:
        """Give the place back.

        Args:
            fine: whether the endpoint didn't ask to slow down.
            spared: how many tokens fewer it took than were reckoned with.
        """
        self._in_flight -= 1
        self._fed_until -= spared * self._token
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

    def told(self, kind: str, remaining: int, reset: float | None, limit: int | None = None) -> None:
        """The endpoint says how much of ``requests`` or ``tokens`` is left, and after how many seconds it is renewed.

        Those in flight may not be counted yet. Where no more is left even after it was waited for, that isn't believed.
        """
        now = asyncio.get_running_loop().time()
        until, taken = self._holding.get(kind, (now, 0))
        if kind in self._holding and now >= until:
            del self._holding[kind]
            vain = remaining + taken <= limit // 2 if limit else remaining == 0
            self._vain = self._vain + 1 if vain else 0
        if reset is None or not 0 < reset <= LONGEST or self._vain >= VAIN or self._held > IN_ALL:
            self._left.pop(kind, None)
            return
        coming = max(0, self._in_flight - 1) if kind == "requests" else 0
        # Of a span of time only the rest is told: the longest rest is the nearest to the whole.
        self._span[kind] = max(self._span.get(kind, 0.0), reset)
        left = _Left(remaining - coming, now + reset + MARGIN, limit)
        known = self._left.get(kind)
        if known is not None and known.until > now:
            # Answers overtake each other: what is told last may be older than what is known.
            left = _Left(min(left.amount, known.amount), min(left.until, known.until), limit)
        self._left[kind] = left

    def bounded(self, kind: str) -> bool:
        """Whether the endpoint tells how much of this is left."""
        return kind in self._left

    def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            first = self._waiting[0]
            if first.place.done():  # cancelled while it waited
                heapq.heappop(self._waiting)
                continue
            joining = first.crowd is not None and first.crowd == self._crowd and self._in_flight > 0
            if not joining and not self._has_room(first.crowd):
                return
            not_before = max(self._paused_until, self._spaced_until, self._fed_until, self._held_until(first))
            if not_before > loop.time() and not joining:
                self._wake_at(not_before)
                return
            heapq.heappop(self._waiting)
            self._let_in(first, loop.time())

    def _let_in(self, visitor: _Visitor, now: float) -> None:
        self._crowd = visitor.crowd
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        self._spaced_until = max(self._spaced_until, now) + self._interval
        self._fed_until = max(self._fed_until, now) + visitor.tokens * self._token
        for kind, taken in (("requests", 1), ("tokens", visitor.tokens)):
            if kind in self._left:
                self._left[kind].amount -= taken
            if kind in self._holding:
                until, since = self._holding[kind]
                self._holding[kind] = (until, since + taken)
        visitor.place.set_result(None)

    def _has_room(self, crowd: object) -> bool:
        if crowd is not None or (self._crowd is not None and self._in_flight):
            return not self._in_flight
        return self._in_flight < int(self._size)

    def _held_until(self, visitor: _Visitor) -> float:
        """Until when what is left does not suffice for one more."""
        now = asyncio.get_running_loop().time()
        held = 0.0
        for kind, needed in (("requests", 1), ("tokens", max(1, visitor.tokens))):
            left = self._left.get(kind)
            if left is not None and left.until <= now:
                del self._left[kind]
                if left.limit:
                    self._left[kind] = left = _Left(left.limit, now + self._span[kind], left.limit)
            if left is not None and left.until > now and left.amount < min(needed, left.limit or needed):
                held = max(held, left.until)
                if kind not in self._holding:
                    self._holding[kind] = (left.until, 0)
                    self._held += left.until - now
                    self.holds += 1
        return held

    def _wake_at(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(moment, self._woken)

    def _woken(self) -> None:
        self._timer = None
        self._serve()
