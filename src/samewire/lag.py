"""How late our own event loop is: a check of timing gives no verdict when the delay may be ours."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Lag"]

#: Seconds between two beats.
BEAT = 0.05


class Lag:
    """Feels the event loop's pulse. ``beat`` runs on the loop; ``since`` tells the worst delay since a moment."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=4096)
        self._last = 0.0

    async def beat(self) -> None:
        """Feel the pulse until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._last = loop.time()
            await asyncio.sleep(BEAT)
            late = loop.time() - self._last - BEAT
            if late > BEAT:
                self._late.append((loop.time(), late))

    def since(self, moment: float) -> float:
        """The worst delay in seconds since a moment of the loop's clock, the one under way included."""
        now = asyncio.get_running_loop().time()
        under_way = now - self._last - BEAT if self._last else 0.0
        worst = max((late for at, late in self._late if at >= moment), default=0.0)
        return round(max(worst, under_way, 0.0), 3)
