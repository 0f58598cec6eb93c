"""Wire → attempt: one try at a request, within bounds of time and memory, whatever the peer does.

This module is the only one that imports httpx2. It follows no redirect, decodes content codings itself (so that a bomb
is bounded and every read keeps its arrival time), and never raises for what a peer does.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import ssl
import zlib
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote

import httpx2

from samewire.attempt import Attempt, Failure, Wire
from samewire.decoding import TooLarge
from samewire.lag import Lag
from samewire.settings import Endpoint
from samewire.tally import Bounds, Tally

__all__ = ["MAX_BODY", "Transport"]

#: Bytes of a decoded body that are read; a bigger one is a failure.
MAX_BODY = 4 * 1024 * 1024
#: Bytes that are kept of a body that was too large.
EVIDENCE = 64 * 1024
#: Reads that are kept apart; of a body in more pieces the later ones are joined to the last.
MAX_READS = 20_000
CONNECT_SECONDS = 10.0


# The client's own logs have URLs with the key in their query, and the headers that come back: a second place that writes.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

#: What a header's value can carry.
_PRINTED = re.compile(r"[ -~]*")


class _Unsendable(ValueError):
    """The request can't be written as HTTP."""


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
        self._auth = endpoint.provider.auth
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
        tally = Tally(wire.cut, Bounds(MAX_BODY, MAX_READS, EVIDENCE))
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
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, OverflowError, ExceptionGroup) as problem:
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

    async def _receive(self, wire: Wire, tally: Tally) -> None:
        # Not the client's build_request: that would add headers and cookies that no record has.
        request = httpx2.Request(wire.method, self._url(wire), headers=self._headers(wire), content=wire.body)
        if not request.url.host:
            raise _Unsendable("the URL names no host")
        tally.start()
        response = await self._client.send(request, stream=True)
        try:
            tally.head(response.status_code, response.http_version, response.headers.raw)
            async for chunk in response.aiter_raw():
                if not tally.take(chunk):
                    return
            tally.finish()
        finally:
            # Not awaiting the rest: a peer that goes on sending must not hold us.
            await response.aclose()

    def _url(self, wire: Wire) -> str:
        place = f"{self._auth.name}={{key}}"
        if self._auth.scheme != "query" or not wire.url.endswith(place):
            return wire.url
        return wire.url.removesuffix("{key}") + quote(self._key, safe="")

    def _headers(self, wire: Wire) -> list[tuple[str, str]]:
        if any("{key}" in value for _, value in wire.headers) and not _PRINTED.fullmatch(self._key):
            raise _Unsendable("the key has a character that no header can carry: was it copied whole, without quotes?")
        return [(name, value.replace("{key}", self._key)) for name, value in wire.headers]

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


_LOCAL = (_Unsendable, httpx2.LocalProtocolError, httpx2.InvalidURL, httpx2.UnsupportedProtocol)


def _failure(problem: Exception) -> Failure:
    """Whose fault an exception is, by httpx2's tree."""
    words = " ".join(str(problem).split()) or type(problem).__name__
    causes = list(_causes(problem))
    if isinstance(problem, UnicodeEncodeError):
        # Its own words quote what may be a secret.
        return Failure("local", "the request could not be sent: a header has a letter that no header can carry")
    if isinstance(problem, _LOCAL) or any(isinstance(cause, OverflowError) for cause in causes):
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
