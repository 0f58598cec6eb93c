"""A server that reads a request and then does what it is told with the socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType


@dataclass
class Request:
    """A request as it came: the head's lines and the body."""

    head: str
    body: bytes

    @property
    def path(self) -> str:
        """The target, as it was written."""
        return self.head.split(" ")[1]

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


Play = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


class Hostile:
    """Serves plays in a thread, as long as the ``with`` statement lasts. After a play the connection is closed.

    Args:
        plays: what to do with a request, by name.

    Attributes:
        ports: the ports the system gave, by name.
        requests: what came, by name.
        connections: how many were opened, by name.
    """

    def __init__(self, plays: Mapping[str, Play]) -> None:
        self.plays = plays
        self.ports: dict[str, int] = {}
        self.requests: dict[str, list[Request]] = {name: [] for name in plays}
        self.connections: dict[str, int] = dict.fromkeys(plays, 0)
        self._servers: list[asyncio.Server] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hostile", daemon=True)

    def url(self, name: str, scheme: str = "http") -> str:
        """The base URL of a play."""
        return f"{scheme}://127.0.0.1:{self.ports[name]}/v1"

    def __enter__(self) -> Hostile:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    async def _start(self) -> None:
        for name in self.plays:
            server = await asyncio.start_server(self._connected(name), "127.0.0.1", 0, limit=2**20)
            self._servers.append(server)
            self.ports[name] = server.sockets[0].getsockname()[1]

    def _connected(self, name: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections[name] += 1
            self._writers.add(writer)
            try:
                if getattr(self.plays[name], "raw", False):
                    await self.plays[name](Request("", b""), writer)
                    return
                first = await reader.readexactly(1)
                if first == b"\x16":  # a TLS handshake: answered as plain servers do
                    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                request = Request(head, b"")
                request.body = await reader.readexactly(int(request.header("content-length") or 0))
                self.requests[name].append(request)
                await self.plays[name](request, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                pass
            finally:
                self._writers.discard(writer)
                writer.close()

        return connected

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for writer in self._writers:
            writer.transport.abort()  # what nobody reads any more would keep it open
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
