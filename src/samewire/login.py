"""Logging in with a provider: by a code that is entered elsewhere, or in the browser of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from samewire import oauth, vault
from samewire.connecting import sender
from samewire.credentials import KeyProblem
from samewire.logins import Granted, grants_of
from samewire.renewal import Renewable
from samewire.settings import Provider

__all__ = ["login", "logins_of"]

#: Seconds that someone has to log in with the browser.
PATIENCE = 300.0
DONE = b"<!doctype html><title>samewire</title><p>Logged in. You may close this window."
#: Says something to whoever logs in.
Tell = Callable[[str], None]


def logins_of(provider: Provider) -> list[Granted]:
    """The ways to log in that a provider's entry describes."""
    renewing = provider.credential.renewing if provider.credential is not None else None
    if not isinstance(renewing, Renewable):
        return []
    return [one for one in grants_of(renewing.source) if one.grant.flow != "client_credentials" and one.grant.client_id]


def login(provider: Provider, tell: Tell, browse: Callable[[str], Any] | None, patience: float = PATIENCE) -> str:
    """Log in.

    Args:
        provider: with whom.
        tell: says what is to be done.
        browse: opens a page, or None to leave that to whoever reads.
        patience: seconds that someone has for the browser.

    Returns:
        Where the token is kept, in words.

    Raises:
        KeyProblem: there is no way to log in, or it failed.
        OSError: the token can't be kept, or the port for the browser is taken.
    """
    ways = logins_of(provider)
    if not ways:
        raise KeyProblem(f"{provider.name} takes no login: its entry has no `oauth` with a client id")
    grant = ways[0].grant
    token = (
        _by_code(grant, provider, tell)
        if grant.flow == "device"
        else _by_browser(grant, provider, tell, browse, patience)
    )
    return vault.keep(ways[0].name, token)


def _by_code(grant: oauth.Grant, provider: Provider, tell: Tell) -> dict[str, Any]:
    send = sender(provider.way)
    device = oauth.device(grant, send)
    tell(f"Open {device.url} and enter the code {device.user_code}")
    if device.whole_url:
        tell(f"or open {device.whole_url}")
    return oauth.granted(grant, device, send)


def _by_browser(
    grant: oauth.Grant, provider: Provider, tell: Tell, browse: Callable[[str], Any] | None, patience: float
) -> dict[str, Any]:
    with _Callback(grant) as callback:
        asked = oauth.authorization(grant, f"http://127.0.0.1:{callback.server_port}{grant.callback}")
        callback.state = asked.state
        tell(f"Log in here: {asked.url}")
        if browse is not None:
            browse(asked.url)
        came_back = callback.wait(patience)
    if came_back is None:
        raise KeyProblem("nobody logged in in time: run the login again")
    return oauth.redeemed(grant, asked, came_back, sender(provider.way))


class _Callback(ThreadingHTTPServer):
    """Waits on loopback for the browser to come back."""

    def __init__(self, grant: oauth.Grant) -> None:
        super().__init__(("127.0.0.1", grant.port), _Handler)
        self.path = grant.callback
        self.state = ""
        self.url: str | None = None
        self.came = threading.Event()
        threading.Thread(target=self.serve_forever, name="login", daemon=True).start()

    def wait(self, seconds: float) -> str | None:
        """The URL that the browser came back to, or None."""
        end = time.monotonic() + seconds
        while not self.came.wait(0.2):  # in short, so that Ctrl-C is heard
            if time.monotonic() > end:
                return None
        return self.url

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Callback

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        # Whoever doesn't know the state was not sent by us: that doesn't end the wait.
        if parts.path != self.server.path or parse_qs(parts.query).get("state") != [self.server.state]:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(DONE)))
        self.end_headers()
        self.wfile.write(DONE)
        self.server.url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        self.server.came.set()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the URL holds a code."""
