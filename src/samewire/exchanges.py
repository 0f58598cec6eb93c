"""All endpoints' lanes, on one event loop in one thread; checks wait for what they need."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from copy import copy
from typing import Any, TypeVar

from samewire.lane import Got, Lane
from samewire.request import Request
from samewire.scenario import Preflight, Scenario
from samewire.settings import Endpoint

__all__ = ["Exchanges"]

T = TypeVar("T")


class Exchanges:
    """All lanes, on an event loop in a thread of its own.

    Args:
        lanes: one for each endpoint's name.
        close: awaited at the end, on the loop.
    """

    def __init__(self, lanes: dict[str, Lane], close: Callable[[], Awaitable[None]] | None = None) -> None:
        self.lanes = lanes
        self._close = close
        self._all = [lanes]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="exchanges", daemon=True)
        self._thread.start()

    def beside(self, lanes: dict[str, Lane]) -> Exchanges:
        """The exchanges of other lanes to the same endpoints, on the same loop. They end with these."""
        others = copy(self)
        others.lanes = lanes
        self._all.append(lanes)
        return others

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def get(
        self, endpoint: Endpoint, source: Request | Scenario | Preflight, repetition: int = 0, otherwise: bool = False
    ) -> Got:
        """Wait for what a source gives, at a further try (``repetition``) perhaps in other words."""
        known = self.lanes[endpoint.name].got(source, repetition, otherwise)
        if known is not None:
            return known
        return self.run(self.lanes[endpoint.name].get(source, repetition, otherwise)).result()

    def settle(self, endpoint: Endpoint) -> None:
        """Wait until an endpoint's lane is idle."""
        lane = self.lanes[endpoint.name]
        if not lane.settled:
            self.run(lane.idle()).result()

    def close(self) -> None:
        """Give up what is under way, close what is open, stop the thread."""

        async def end() -> None:
            await asyncio.gather(*(lane.cancel() for lanes in self._all for lane in lanes.values()))
            if self._close is not None:
                await self._close()

        self.run(end()).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()
