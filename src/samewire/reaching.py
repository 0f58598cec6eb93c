"""How far one gets on the way to a host: its name, a connection, its certificate, or a proxy in between."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from samewire.connecting import WANTED, trusted
from samewire.settings import Provider

__all__ = ["Step", "listens", "proxy_for", "steps"]


@dataclass(frozen=True)
class Step:
    """One step of the way.

    Attributes:
        what: the step's name.
        fine: whether it went well.
        words: what was found.
        advice: what to do next, or an empty string.
    """

    what: str
    fine: bool
    words: str
    advice: str = ""


_WANTS = Step("certificate", False, "it wants a certificate of ours", "name it by `client_cert` in the entry")


def proxy_for(provider: Provider) -> str:
    """The host of the proxy that requests go through, or an empty string. Never its password."""
    if provider.way.proxy == "none":
        return ""
    parts = urlsplit(provider.base_url)
    chosen = provider.way.proxy
    if not chosen and parts.hostname and not proxy_bypass(parts.hostname):
        proxies = getproxies()
        chosen = proxies.get(parts.scheme, "") or proxies.get("all", "")
    found = urlsplit(chosen if "://" in chosen or not chosen else f"http://{chosen}")
    return f"{found.hostname}:{found.port}" if found.port else found.hostname or ""


def listens(provider: Provider) -> bool:
    """Whether somebody may be there: False only where the host itself refuses connections. A proxy hides that."""
    parts = urlsplit(provider.base_url)
    if proxy_for(provider):
        return True
    place = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    try:
        with socket.create_connection(place, provider.way.connect_timeout):
            return True
    except ConnectionRefusedError:
        return False
    except OSError:
        return True  # a network that fails says nothing of who is behind it


def steps(provider: Provider) -> Iterator[Step]:
    """The way to a provider's host, until it ends there or fails."""
    parts = urlsplit(provider.base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if proxy := proxy_for(provider):
        whence = "`proxy` in its entry" if provider.way.proxy else "HTTPS_PROXY or its like"
        yield Step(
            "proxy", True, f"requests go through {proxy}, as {whence} says; what is behind it can't be looked at"
        )
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        advice = "is the host spelled right, is this machine online, is a VPN or a proxy (HTTPS_PROXY) needed?"
        yield Step("name", False, f"the host {host} is not known", advice)
        return
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if addresses != [host]:
        yield Step("name", True, f"{host} is {', '.join(addresses[:3])}")
    try:
        connection = socket.create_connection((host, port), provider.way.connect_timeout)
    except OSError as problem:
        yield Step("connection", False, f"none to port {port}: {problem.strerror or problem}", _unconnected(host, port))
        return
    with connection:
        yield Step("connection", True, f"port {port} is open")
        if parts.scheme == "https":
            yield _certificate(provider, connection, host)


def _unconnected(host: str, port: int) -> str:
    if host in ("localhost", "127.0.0.1", "::1"):
        return f"start the server on this machine, or correct the port {port} in the base URL"
    return "is the port right, is a firewall or a proxy in the way?"


def _certificate(provider: Provider, connection: socket.socket, host: str) -> Step:
    try:
        with trusted(provider.way).wrap_socket(connection, server_hostname=host) as secured:
            shown = secured.getpeercert() or {}
            hung_up = not provider.way.certificate and _hangs_up(secured)
    except ssl.SSLCertVerificationError as problem:
        advice = "if a proxy of your company re-signs certificates, name its own by `ca_bundle`; else the host is wrong"
        return Step("certificate", False, problem.verify_message or "not trusted", advice)
    except (OSError, ssl.SSLError) as problem:
        if re.search(WANTED, str(problem), re.IGNORECASE):
            return _WANTS
        advice = "does the server speak https at this port? write http:// if it doesn't"
        return Step("certificate", False, f"no secure connection: {getattr(problem, 'reason', '') or problem}", advice)
    if hung_up:
        return _WANTS
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"])) if "notAfter" in shown else 0.0
    until = f", good until {datetime.fromtimestamp(ends, UTC):%Y-%m-%d}" if ends else ""
    return Step("certificate", True, f"trusted{until}")


def _hangs_up(secured: ssl.SSLSocket) -> bool:
    """Whether the host ends the connection right after the handshake, as TLS 1.3 has it with who shows no certificate.

    Raises:
        OSError, ssl.SSLError: it says so.
    """
    secured.settimeout(0.3)
    try:
        return not secured.recv(1)
    except TimeoutError:
        return False
