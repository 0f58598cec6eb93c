"""Stubs that answer after realistic, reproducible latencies: log-normal, 0.3 to 5 s, 1.4 s on average, scaled.

``python benchmarks/slow.py 3 0.5`` serves three at half of that: it prints their ports, and once a line comes on
standard input, what they saw.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

from samewire.reference.endpoint import Reference
from samewire.reference.server import HttpRequest, HttpResponse, listen


class Slow:
    """A reference that takes its time: a latency for every distinct request, the same for every endpoint and run."""

    def __init__(self, scale: float) -> None:
        self.reference = Reference()
        self.scale = scale
        self.in_flight = self.peak = 0
        self.latencies: list[float] = []

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer after a while."""
        chance = random.Random(request.path.encode() + request.body)
        latency = min(5.0, max(0.3, chance.lognormvariate(0.2, 0.55))) * self.scale
        self.latencies.append(latency)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        await asyncio.sleep(latency)
        self.in_flight -= 1
        request.headers["authorization"] = f"Bearer {self.reference.settings.key}"
        return await self.reference.handle(request)


async def serve(count: int, scale: float) -> None:
    """Serve slow references in this process until standard input is closed; then tell what they saw."""
    stubs = [Slow(scale) for _ in range(count)]
    ports = [(await listen(stub.handle)).port for stub in stubs]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(json.dumps([{"peak": stub.peak, "latencies": stub.latencies} for stub in stubs]), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
