"""Wire → attempt: one try at a request, within bounds of time and memory, whatever the peer does.

This module and ``connecting`` are the only ones that import httpx2. It follows no redirect, decodes content codings
itself (so that a bomb is bounded and every read keeps its arrival time), and never raises for what a peer does.

A server may close a connection that is kept open whenever it likes, some after every 500, and a request that is just
going out then meets nobody. That says nothing of it: within the same attempt it goes out on another connection.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any
from urllib.parse import quote

import httpx2

from samewire.attempt import Attempt, Failure, Wire
from samewire.connecting import Unsendable, failure_of, reached, sender
from samewire.credentials import Credential, KeyProblem
from samewire.decoding import TooLarge
from samewire.lag import Lag
from samewire.reads import Reads
from samewire.settings import Endpoint
from samewire.tally import Bounds, Tally

__all__ = ["MAX_BODY", "Transport"]

#: Bytes of a decoded body that are read; a bigger one is a failure.
MAX_BODY = 4 * 1024 * 1024
#: Lines of a body that are read; one with more is a failure, too.
MAX_LINES = 30_000
#: Bytes that are kept of a body that was too large.
EVIDENCE = 64 * 1024
#: Reads that are kept apart; of a body in more pieces the later ones are joined to the last.
MAX_READS = 20_000
#: Seconds within which a connection ends that was kept open and turns out to be closed.
AT_ONCE = 2.0
#: Seconds for which an answer that doesn't say otherwise leaves its connection open, at the very least.
OPEN = 1.0
#: What a header's value can carry.
_PRINTED = re.compile(r"[ -~]*")


@dataclass
class _Client:
    """What has one connection, and when an answer left that open."""

    http: httpx2.AsyncClient
    left: float = -inf


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
        self._credential = endpoint.provider.credential or Credential("", None)
        self._send = sender(endpoint.provider.way)
        # Connecting and shaking hands have a third of the time each: cut off by our own timeout, they leak a socket.
        connect = min(endpoint.provider.way.connect_timeout, self.timeout / 3)
        self._made = partial(
            httpx2.AsyncClient,
            timeout=httpx2.Timeout(None, connect=connect),
            follow_redirects=False,
            **reached(endpoint.provider.way, endpoint.provider.base_url),
        )
        # A client for each request in flight, so that each has one connection: it asks the system about all that are
        # idle, before each request and after it.
        self._clients: list[_Client] = []
        self._idle: list[_Client] = []
        self._forsaken, self._kept = 0, False

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients:
            await client.http.aclose()

    async def attempt(self, wire: Wire, waited: float = 0.0) -> Attempt:
        """Try the request once. Ends within the provider's timeout; a failure is part of what is returned."""
        tally = self._tally(wire)
        begun = asyncio.get_running_loop().time()
        try:
            key = await self._key(wire)
        except KeyProblem as problem:
            return Attempt(started=tally.started, failure=Failure("key", str(problem)), waited=waited)
        deadline = asyncio.get_running_loop().time() + self.timeout
        opened: list[str] = []
        client = self._idle.pop() if self._idle else self._another()
        just = asyncio.get_running_loop().time() - client.left < OPEN
        client.left = -inf
        try:
            failure = await self._tried(client, wire, key, tally, opened, deadline)
            if not opened and _unheard(failure, tally):
                other = self._tally(wire)
                again = await self._tried(client, wire, key, other, opened, deadline)
                if again is None or again.kind != "refused":  # else it died of what it had in hand
                    tally, failure = other, again
            if failure is None and tally.leaves_open():
                client.left = asyncio.get_running_loop().time()
        finally:
            self._idle.append(client)
        self._forsaken += just and bool(opened)
        self._kept = self._kept or not opened
        return Attempt(
            started=tally.started,
            status=tally.status,
            version=tally.version,
            headers=tuple(tally.headers),
            reads=Reads(tally.reads),
            answered=tally.answered,
            ended=tally.elapsed(),
            failure=failure,
            waited=waited,
            lag=self._lag.since(begun),
            forsaken=0 if self._kept else self._forsaken,
        )

    @staticmethod
    def _tally(wire: Wire) -> Tally:
        return Tally(wire.cut, Bounds(MAX_BODY, MAX_LINES, MAX_READS, EVIDENCE))

    def _another(self) -> _Client:
        self._clients.append(_Client(self._made()))
        return self._clients[-1]

    async def _tried(
        self, client: _Client, wire: Wire, key: str, tally: Tally, opened: list[str], deadline: float
    ) -> Failure | None:
        """Send it; what went wrong, if anything did. Notes where a connection was opened for it."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._receive(client, wire, key, tally, opened)
        except TimeoutError:
            return Failure("timeout", f"no complete answer within {self.timeout:g} s ({tally.size} bytes came)")
        except TooLarge as bound:
            tally.shorten()
            words = f"the body goes on beyond {str(bound) or f'{MAX_BODY // 2**20} MiB'}"
            return Failure("too large", words, peer=True)
        except zlib.error as problem:
            return Failure("decoding", f"the body is not what its Content-Encoding says: {problem}", peer=True)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, OverflowError, ExceptionGroup) as problem:
            return failure_of(problem)
        return None

    async def _receive(self, client: _Client, wire: Wire, key: str, tally: Tally, opened: list[str]) -> None:
        async def note(event: str, _: Any) -> None:
            if event.endswith("connect_tcp.started"):
                opened.append(event)

        # Not the client's build_request: that would add headers and cookies that no record has.
        url, headers = self._url(wire, key), _headers(wire, key)
        request = httpx2.Request(wire.method, url, headers=headers, content=wire.body, extensions={"trace": note})
        if not request.url.host:
            raise Unsendable("the URL names no host")
        tally.start()
        response = await client.http.send(request, stream=True)
        try:
            tally.head(response.status_code, response.http_version, response.headers.raw)
            async for chunk in response.aiter_raw():
                if not tally.take(chunk):
                    return
            tally.finish()
        finally:
            # Not awaiting the rest: a peer that goes on sending must not hold us.
            await response.aclose()

    async def _key(self, wire: Wire) -> str:
        """The key, fetched if need be; empty for a request that carries none."""
        if self._credential.renewing is None:
            return self._credential.secret.reveal() if self._credential.secret is not None else ""
        if "{key}" not in wire.url and not any("{key}" in value for _, value in wire.headers):
            return ""
        return await asyncio.to_thread(self._credential.renewing.key, self._send)

    async def renewed(self, wire: Wire, attempt: Attempt) -> bool:
        """Whether there is another key to try, after an attempt with the last one was answered so."""
        renewing = self._credential.renewing
        if renewing is None or wire.key != "own" or attempt.status == 0:
            return False
        if attempt.status != 401:
            renewing.accepted()
            return False
        return await asyncio.to_thread(renewing.renew, attempt.started, self._send)

    def _url(self, wire: Wire, key: str) -> str:
        before, place, behind = wire.url.rpartition(f"{self._auth.name}={{key}}")
        if self._auth.scheme != "query" or not place:
            return wire.url
        return f"{before}{self._auth.name}={quote(key, safe='')}{behind}"

    def leaks(self, attempt: Attempt) -> tuple[str, ...]:
        """Where the answer carries the key: ``headers``, ``body``."""
        body = b"".join(chunk for _, chunk in attempt.reads)
        keys = [key for key in self._credential.known() if len(key) >= 8]
        places = []
        if any(key in value for key in keys for _, value in attempt.headers):
            places.append("headers")
        if any(key.encode() in body for key in keys):
            places.append("body")
        return tuple(places)


def _unheard(failure: Failure | None, tally: Tally) -> bool:
    """Whether a connection ended at once, before anything came, as one does that was closed while it was kept open."""
    if failure is None or tally.status or tally.elapsed() > AT_ONCE:
        return False
    return failure.kind == "reset" or (failure.kind == "protocol" and "disconnected" in failure.message)


def _headers(wire: Wire, key: str) -> list[tuple[str, str]]:
    if any("{key}" in value for _, value in wire.headers) and not _PRINTED.fullmatch(key):
        raise Unsendable("the key has a character that no header can carry: was it copied whole, without quotes?")
    return [(name, value.replace("{key}", key)) for name, value in wire.headers]
