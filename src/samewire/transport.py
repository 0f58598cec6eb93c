"""Wire → attempt: one try at a request, within bounds of time and memory, whatever the peer does.

This module is the only one that imports httpx2. It follows no redirect, decodes content codings itself (so that a bomb
is bounded and every read keeps its arrival time), and never raises for what a peer does.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from functools import cache

import httpx2

from samewire.attempt import Attempt, Failure, Wire
from samewire.decoding import Decoder, TooLarge
from samewire.lag import Lag
from samewire.settings import Endpoint
from samewire.sse import Read

__all__ = ["MAX_BODY", "Transport"]

#: Bytes of a decoded body that are read; a bigger one is a failure.
MAX_BODY = 4 * 1024 * 1024
#: Bytes that are kept of a body that was too large.
EVIDENCE = 64 * 1024
#: Reads that are kept apart; of a body in more pieces the later ones are joined to the last.
MAX_READS = 20_000
CONNECT_SECONDS = 10.0


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class Transport:
    """The way to one endpoint.

    Args:
        endpoint: where to; its key goes nowhere else.
        lag: tells how late our own clock was.
    """

    def __init__(self, endpoint: Endpoint, lag: Lag | None = None) -> None:
        self._lag = lag or Lag()
        self.timeout = endpoint.provider.timeout
        credential = endpoint.provider.credential
        self._key = credential.secret.reveal() if credential is not None and credential.secret is not None else ""
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
            verify=_tls() if endpoint.provider.base_url.startswith("https") else False,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def attempt(self, wire: Wire, waited: float = 0.0) -> Attempt:
        """Try the request once. Ends within the provider's timeout; a failure is part of what is returned."""
        tally = _Tally(wire.cut)
        begun = asyncio.get_running_loop().time()
        failure: Failure | None = None
        try:
            async with asyncio.timeout(self.timeout):
                await self._receive(wire, tally)
        except TimeoutError:
            failure = Failure("timeout", f"no complete answer within {self.timeout:g} s ({tally.size} bytes came)")
        except TooLarge:
            tally.shorten()
            failure = Failure("too large", f"the body goes on beyond {MAX_BODY // 2**20} MiB", peer=True)
        except zlib.error as problem:
            failure = Failure("decoding", f"the body is not what its Content-Encoding says: {problem}", peer=True)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as problem:
            failure = _failure(problem)
        return Attempt(
            started=tally.started,
            status=tally.status,
            version=tally.version,
            headers=tuple(tally.headers),
            reads=tuple(tally.reads),
            answered=tally.answered,
            ended=tally.elapsed(),
            failure=failure,
            waited=waited,
            lag=self._lag.since(begun),
        )

    async def _receive(self, wire: Wire, tally: _Tally) -> None:
        headers = [(name, value.replace("{key}", self._key)) for name, value in wire.headers]
        url = wire.url.replace("{key}", self._key)
        request = self._client.build_request(wire.method, url, headers=headers, content=wire.body)
        tally.start()
        response = await self._client.send(request, stream=True)
        try:
            tally.head(response)
            async for chunk in response.aiter_raw():
                if not tally.take(chunk):
                    return
            tally.finish()
        finally:
            # Not awaiting the rest: a peer that goes on sending must not hold us.
            await response.aclose()

    def leaks(self, attempt: Attempt) -> tuple[str, ...]:
        """Where the answer carries the key: ``headers``, ``body``."""
        if len(self._key) < 8:
            return ()
        places = []
        if any(self._key in value for _, value in attempt.headers):
            places.append("headers")
        if self._key.encode() in b"".join(chunk for _, chunk in attempt.reads):
            places.append("body")
        return tuple(places)


class _Tally:
    """What has come so far."""

    def __init__(self, cut: int | None) -> None:
        self.cut = cut
        self.started = time.time()
        self.status = 0
        self.version = ""
        self.headers: list[tuple[str, str]] = []
        self.reads: list[Read] = []
        self.size = 0
        self.answered = 0.0
        self._zero = time.perf_counter()
        self._decoder: Decoder | None = None

    def start(self) -> None:
        self.started = time.time()
        self._zero = time.perf_counter()

    def elapsed(self) -> float:
        return round(time.perf_counter() - self._zero, 6)

    def head(self, response: httpx2.Response) -> None:
        self.answered = self.elapsed()
        self.status = response.status_code
        self.version = response.http_version
        self.headers = [
            (name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in response.headers.raw
        ]
        self._decoder = Decoder(response.headers.get("content-encoding", ""))

    def take(self, chunk: bytes) -> bool:
        """Take a read; False once enough has come."""
        assert self._decoder is not None
        for piece in self._decoder.feed(chunk, MAX_BODY - self.size):
            self._keep(piece)
        return self.cut is None or self.size < self.cut

    def finish(self) -> None:
        assert self._decoder is not None
        for piece in self._decoder.end():
            self._keep(piece)

    def shorten(self) -> None:
        """Keep only the beginning of a body that was too large: as evidence it suffices."""
        kept, size = [], 0
        for at, piece in self.reads:
            if size < EVIDENCE:
                kept.append((at, piece[: EVIDENCE - size]))
            size += len(piece)
        self.reads = kept

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        now = self.elapsed()
        if len(self.reads) >= MAX_READS:
            self._overflow(now, piece)
        elif piece:
            self.reads.append((now, piece))
        if self.size >= MAX_BODY:
            raise TooLarge

    def _overflow(self, now: float, piece: bytes) -> None:
        # Pieces beyond MAX_READS are gathered by the hundred, or joining them one by one would take quadratic time.
        last = self.reads[-1][1]
        if len(last) < 65_536:
            self.reads[-1] = (now, last + piece)
        else:
            self.reads.append((now, piece))


def _failure(problem: Exception) -> Failure:
    """Whose fault an exception is, by httpx2's tree."""
    words = " ".join(str(problem).split()) or type(problem).__name__
    causes = list(_causes(problem))
    if isinstance(problem, (httpx2.LocalProtocolError, httpx2.InvalidURL, httpx2.UnsupportedProtocol)):
        return Failure("local", f"the request could not be sent: {words}")
    if isinstance(problem, httpx2.RemoteProtocolError):
        return Failure("protocol", f"broke HTTP: {words}", peer=True)
    if isinstance(problem, ValueError) and not isinstance(problem, (UnicodeError, ssl.SSLError)):
        return Failure("decoding", words, peer=True)
    if isinstance(problem, httpx2.ConnectTimeout):
        return Failure("timeout", f"no connection within {CONNECT_SECONDS:g} s")
    if isinstance(problem, httpx2.ProxyError):
        return Failure("proxy", f"the proxy in between failed: {words}")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Failure("name", "the host's name is not known")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Failure("tls", f"no secure connection: {words}")
    if any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes):
        return Failure("refused", "connection refused")
    if isinstance(problem, httpx2.ConnectError):
        return Failure("connect", f"no connection: {words}")
    return Failure("reset", f"the connection broke off: {words}")


def _causes(problem: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = problem
    while link is not None:
        yield link
        if isinstance(link, BaseExceptionGroup):
            yield from link.exceptions
        link = link.__cause__ or link.__context__
