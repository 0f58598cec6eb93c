"""Serves many references at once, each on a port of its own: ``python -m samewire.reference ID…``.

Prints one JSON object, id → port, and serves until standard input is closed. ``reference`` is the faultless one.
"""

from __future__ import annotations

import asyncio
import json
import sys

from samewire.reference.call import Fault
from samewire.reference.endpoint import Reference
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS


async def serve(names: list[str]) -> None:
    """Serve the references of these names."""
    known: dict[str, list[Fault]] = {"reference": []} | {name: [one] for name, one in (FAULTS | VARIANTS).items()}
    ports = {name: (await Reference(known[name]).serve()).port for name in names}
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
