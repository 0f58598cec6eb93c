"""Serving a reference until someone presses Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from samewire.reference.endpoint import Reference

__all__ = ["serve_forever"]


def serve_forever(reference: Reference, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until interrupted or terminated.

    Args:
        reference: what to serve.
        host, port: where; port 0 lets the system choose.
        ready: told the port once it listens.

    Raises:
        OSError: the port is taken.
    """

    async def serve() -> None:
        listener = await reference.serve(host, port)
        ready(listener.port)
        end = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, end.set)
        await end.wait()
        await listener.close()

    asyncio.run(serve())
