"""A small HTTP/1.1 server on asyncio, which can say what a well-behaved one never would."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["Handler", "HttpRequest", "HttpResponse", "Listener", "listen"]

MAX_HEAD = 64 * 1024
MAX_REQUEST = 16 * 1024 * 1024
#: Seconds that an idle connection is kept.
IDLE = 30.0
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


@dataclass
class HttpRequest:
    """A request as it came; header names are in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpResponse:
    """A response to be.

    Attributes:
        status: the status.
        headers: names and values, framing left out.
        body: bytes, sent with a length, or pieces, sent chunked as they come.
        raw: bytes to send instead of everything else; the connection is closed after them.
        abort: reset the connection after this many pieces of the body.
        hang_up: close the connection behind it.
    """

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | AsyncIterator[bytes] = b""
    raw: bytes | None = None
    abort: int | None = None
    hang_up: bool = False

    def set(self, name: str, value: str) -> None:
        """Set a header, replacing those of its name."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers.append((name, value))

    def drop(self, name: str) -> None:
        """Leave a header out."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


@dataclass
class Listener:
    """A server that listens.

    Attributes:
        port: the port, as the system gave it.
        server: asyncio's own.
    """

    port: int
    server: asyncio.Server
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def close(self) -> None:
        """Stop listening and drop what is open."""
        # A connection that is accepted and has no transport yet when a server closes is forgotten, and hangs.
        for listening in self.server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        await asyncio.sleep(0)
        self.server.close()
        for writer in [*self.open]:
            writer.transport.abort()


class _Malformed(Exception):
    """The client doesn't speak HTTP."""


async def listen(
    handler: Handler, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None
) -> Listener:
    """Serve on a port (0 lets the system choose one), with a context over TLS."""
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():  # it came in just before the server was closed
            writer.transport.abort()
            return
        writers.add(writer)
        try:
            while await _exchange(handler, reader, writer):
                pass
        except (_Malformed, ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            pass
        finally:
            writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(connected, host, port, limit=MAX_HEAD, ssl=context, start_serving=False)
    await server.start_serving()
    return Listener(server.sockets[0].getsockname()[1], server, writers)


async def _exchange(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One request and its response; whether the connection may be used again."""
    async with asyncio.timeout(IDLE):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise
            return False
    request, keep = await _request(head, reader, writer)
    response = await handler(request)
    if response.raw is not None:
        writer.write(response.raw)
        await writer.drain()
        return False
    await _respond(response, request, writer)
    return keep and not response.hang_up


async def _request(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[HttpRequest, bool]:
    line, *lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = line.split(" ")
    except ValueError:
        raise _Malformed from None
    headers: dict[str, str] = {}
    for one in lines:
        name, _, value = one.partition(":")
        if name:
            headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunked(reader)
    else:
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_REQUEST:
            raise _Malformed
        body = await reader.readexactly(int(length))
    parts = urlsplit(target)
    keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return HttpRequest(method, unquote(parts.path), parse_qs(parts.query), headers, body), keep


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
        if len(body) > MAX_REQUEST:
            raise _Malformed
    await reader.readuntil(b"\r\n")
    return body


async def _respond(response: HttpResponse, request: HttpRequest, writer: asyncio.StreamWriter) -> None:
    whole = isinstance(response.body, bytes)
    headers = list(response.headers)
    if whole:
        assert isinstance(response.body, bytes)
        headers.append(("Content-Length", str(len(response.body))))
    else:
        headers.append(("Transfer-Encoding", "chunked"))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    line = f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}\r\n"
    writer.write(f"{line}{head}\r\n".encode("latin-1", "replace"))
    if isinstance(response.body, bytes):
        writer.write(response.body if request.method != "HEAD" else b"")
        await writer.drain()
        return
    sent = 0
    async for piece in response.body:
        if response.abort is not None and sent >= response.abort:
            writer.transport.abort()
            raise ConnectionResetError
        if piece:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            sent += 1
    writer.write(b"0\r\n\r\n")
    await writer.drain()
