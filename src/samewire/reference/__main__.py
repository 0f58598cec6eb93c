"""Serves many references at once, each on a port of its own: ``python -m samewire.reference ID…``.

Prints one JSON object, id → port, and serves until standard input is closed. ``reference`` is the faultless one, and
``ONE+OTHER`` one with several faults.
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
    known = FAULTS | VARIANTS
    shown: dict[str, list[Fault]] = {
        name: [] if name == "reference" else [known[one] for one in name.split("+")] for name in names
    }
    ports = {name: (await Reference(faults).serve()).port for name, faults in shown.items()}
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
