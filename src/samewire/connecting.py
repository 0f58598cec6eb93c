"""Reaching a host: certificates, proxies, the way to authorization servers, and whose fault it is when it fails.

Beside transport, this module is the only one that imports httpx2.
"""

from __future__ import annotations

import errno
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx2

from samewire.attempt import Failure
from samewire.credentials import KeyProblem, Reply, Send
from samewire.settings import Way

__all__ = ["WANTED", "Unsendable", "failure_of", "reached", "sender", "trusted"]

#: Seconds that an authorization server may take.
ASIDE_SECONDS = 30.0
#: Bytes of an authorization server's answer that are read.
MOST = 64 * 1024


# The client's own logs have URLs with the key in their query, and headers that come back: a second place that writes.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Unsendable(ValueError):
    """The request can't be written as HTTP."""


@cache
def _context(ca_bundle: str = "", certificate: tuple[str, ...] = ()) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_bundle) if ca_bundle else httpx2.create_ssl_context()
    if certificate:
        cert, key, password = (*certificate, "", "")[:3]
        # Without a pass phrase OpenSSL would ask for it at the terminal.
        context.load_cert_chain(cert, key or None, password or "")
    return context


def trusted(way: Way) -> ssl.SSLContext:
    """Whom to trust on the way, and what to show of ourselves."""
    return _context(way.ca_bundle, way.certificate)


def sender(way: Way) -> Send:
    """What sends a form to an authorization server, over the same way as requests; it may be called from any thread.

    Its answers are small and few: unlike those of endpoints they are read as they come, up to a bound.
    """

    def send(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Reply:
        try:
            with (
                httpx2.Client(timeout=ASIDE_SECONDS, follow_redirects=False, **reached(way, url)) as client,
                client.stream("GET" if form is None else "POST", url, data=form, headers=headers) as response,
            ):
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MOST:
                        break
                return Reply(response.status_code, body)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, OverflowError, ExceptionGroup) as problem:
            # No cause is shown: its words may quote what was sent.
            raise KeyProblem(f"{url} can't be asked: {failure_of(problem).kind}") from None

    return send


#: Trusts nobody, and is asked about nobody: told "no verification", every client would make a context of its own.
_UNSECURED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def reached(way: Way, url: str) -> dict[str, Any]:
    """What a client is told of the way: certificates to trust and to show, a proxy."""
    told: dict[str, Any] = {"verify": trusted(way) if url.startswith("https") else _UNSECURED}
    if way.proxy == "none":
        return {**told, "trust_env": False}
    return {**told, "proxy": way.proxy} if way.proxy else told


#: What TLS says to who shows no certificate, or one that won't do.
WANTED = r"certificate.required|handshake.failure|bad.certificate"
_LOCAL = (Unsendable, httpx2.LocalProtocolError, httpx2.InvalidURL, httpx2.UnsupportedProtocol)


def failure_of(problem: Exception) -> Failure:
    """Whose fault an exception is, by httpx2's tree."""
    words = " ".join(str(problem).split()).rstrip(".") or type(problem).__name__
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
        return Failure("timeout", "no connection in time")
    if isinstance(problem, httpx2.ProxyError):
        return Failure("proxy", f"the proxy in between failed: {words}")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Failure("name", "the host's name is not known")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Failure("tls", f"no secure connection: {_unsecured(causes, words)}")
    if any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes):
        return Failure("refused", "connection refused")
    if isinstance(problem, httpx2.ConnectError):
        return Failure("connect", f"no connection: {words}")
    return Failure("reset", f"the connection broke off: {words}")


def _unsecured(causes: list[BaseException], words: str) -> str:
    """Why TLS failed, and what to do about it."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message or "not valid"
            return f"the certificate is not trusted ({why}): if you trust it, name it by `ca_bundle`"
    if re.search(WANTED, words, re.IGNORECASE):
        return f"a certificate of ours is wanted: name it by `client_cert` ({words})"
    return f"is it https at this port? ({words})"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = problem
    while link is not None:
        yield link
        if isinstance(link, BaseExceptionGroup):
            yield from link.exceptions
        link = link.__cause__ or link.__context__
