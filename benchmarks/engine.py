"""The engine against its theoretical bound: ``python benchmarks/engine.py``.

The stubs are those of ``slow.py``, their latencies scaled by ``--scale``. The bound of a run is, over all endpoints,
the larger of the sum of latencies divided by the window and the longest chain of requests that wait for each other. All
ratios of one table are taken in one run; absolute times depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from samewire.request import Request
from samewire.running import Live
from samewire.settings import Endpoint, Provider, Settings
from samewire.suite import requirements

WINDOW = 8


def measure(count: int, scale: float) -> dict[str, float]:
    """One run against so many endpoints, recorded as any run is."""
    with tempfile.TemporaryDirectory() as directory:
        return measured(count, scale, Path(directory) / "run.jsonl")


def measured(count: int, scale: float, record: Path) -> dict[str, float]:
    """One run with its record in this file."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("slow.py")), str(count), str(scale)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    ports = json.loads(server.stdout.readline())
    endpoints = tuple(
        Endpoint(
            Provider(f"e{number}", f"http://127.0.0.1:{port}/v1", ("reference-1",), concurrency=WINDOW), "reference-1"
        )
        for number, port in enumerate(ports)
    )
    every = list(requirements())
    live = Live(Settings(endpoints), record)
    begun, cpu = time.monotonic(), time.process_time()
    measurement = live.open(every)
    for lane in live.lanes.values():
        live.exchanges.run(lane.idle()).result()
    wall, sending = time.monotonic() - begun, time.process_time() - cpu
    cpu = time.process_time()
    for endpoint in endpoints:
        for one in every:
            measurement.judgement(one, endpoint)
    judging = time.process_time() - cpu
    lanes = list(live.lanes.values())
    chains = [longest_chain(lane.exchanges.values()) for lane in lanes]
    exchanges = sum(len(lane.exchanges) for lane in lanes)
    live.close()
    server.stdin.write("\n")
    server.stdin.close()
    seen = json.loads(server.stdout.readline())
    server.wait(timeout=30)
    bound = max(max(sum(one["latencies"]) / WINDOW, chain) for one, chain in zip(seen, chains, strict=True))
    return {
        "endpoints": count,
        "wall": wall,
        "bound": bound,
        "ratio": wall / bound,
        "ms a request": sending / exchanges * 1000,
        "ms a check": judging / (len(every) * count) * 1000,
        "requests": exchanges / count,
        "saved": naive(every) - exchanges / count,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak": max(one["peak"] for one in seen),
    }


def longest_chain(exchanges: object) -> float:
    """The seconds of the longest chain of exchanges in which each waits for its control."""
    taken: dict[str, float] = {}
    requests: dict[str, Request] = {}
    for exchange in exchanges:  # type: ignore[attr-defined]
        taken[exchange.request.id] = exchange.last.ended
        requests[exchange.request.id] = exchange.request

    def chain(request: Request) -> float:
        own = taken.get(request.id, 0.0)
        return own + (chain(request.control) if isinstance(request.control, Request) else 0.0)

    first = max((chain(one) for one in requests.values() if one.control is None), default=0.0)
    return first + max((chain(one) for one in requests.values() if one.control is not None), default=0.0)


def naive(every: object) -> int:
    """Requests that a suite would send which shares nothing: what each check names, for each check."""
    count: dict[str, int] = defaultdict(int)
    for one in every:  # type: ignore[attr-defined]
        of = one.of
        named = [of] if isinstance(of, Request) else [*getattr(of, "witness", ()), *getattr(of, "requests", ())]
        count[one.id] = len(named) + getattr(of, "more", 0)
    return sum(count.values())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="shorten the latencies, for a quick look")
    parser.add_argument("--endpoints", type=int, nargs="*", default=[1, 5, 25])
    arguments = parser.parse_args()
    # Each in a process of its own, or one would be reckoned the memory of another.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        rows = list(pool.map(measure, arguments.endpoints, [arguments.scale] * len(arguments.endpoints)))
    names = list(rows[0])
    print("| " + " | ".join(names) + " |")
    print("|" + " ---: |" * len(names))
    for row in rows:
        print(
            "| "
            + " | ".join(f"{row[name]:.2f}" if isinstance(row[name], float) else str(row[name]) for name in names)
            + " |"
        )


if __name__ == "__main__":
    main()
