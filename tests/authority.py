"""An authorization server on loopback, and an endpoint that takes the tokens it gives out."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .making import COMPLETION, ERROR

CLIENT, SECRET = "samewire-tests", "client-secret-0123456789"


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass
class Rules:
    """How the server behaves; a test may change it at any time.

    Attributes:
        lasts: seconds that a token lasts, by what it says; None says nothing of it.
        pending: what the token endpoint answers to a device code, one after the other, before it gives a token.
        rotates: whether refreshing gives a new refresh token, and ends the old one.
        refuses: the OAuth error that every token request meets, or an empty string.
        deaf: whether the endpoint refuses every token.
    """

    lasts: float | None = 3600
    pending: list[str] = field(default_factory=list)
    rotates: bool = True
    refuses: str = ""
    deaf: bool = False


class Authority:
    """Serves as long as the ``with`` statement lasts.

    Attributes:
        asked: all that came.
        valid: the tokens that the endpoint takes.
    """

    def __init__(self) -> None:
        self.rules = Rules()
        self.asked: list[Asked] = []
        self.valid: set[str] = set()
        self.refreshing: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self._number = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Authority:
        threading.Thread(target=self._server.serve_forever, name="authority", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def to(self, path: str) -> list[Asked]:
        """What came to a path."""
        return [one for one in self.asked if urlsplit(one.path).path == path]

    def end_all(self) -> None:
        """Every token given out so far ends."""
        self.valid.clear()

    def token(self, refresh: bool = True) -> dict[str, Any]:
        """A new token, as it is given out."""
        number = next(self._number)
        given: dict[str, Any] = {"access_token": f"access-{number:04d}-0123456789", "token_type": "Bearer"}
        self.valid.add(given["access_token"])
        if refresh:
            given["refresh_token"] = f"refresh-{number:04d}-0123456789"
            self.refreshing.add(given["refresh_token"])
        if self.rules.lasts is not None:
            given["expires_in"] = self.rules.lasts
        return given

    def answer(self, asked: Asked) -> tuple[int, Any, Mapping[str, str]]:
        """Status, JSON and headers."""
        path = urlsplit(asked.path).path
        if path == "/device":
            code = f"device-{next(self._number):04d}-0123456789"
            self.codes[code] = asked.form
            shown = {"user_code": "ABCD-EFGH", "verification_uri": f"{self.url}/enter", "interval": 0.01}
            return 200, {"device_code": code, "expires_in": 5, **shown}, {}
        if path == "/authorize":
            return self._authorize(dict(parse_qsl(urlsplit(asked.path).query)))
        if path == "/token":
            return self._token(asked.form)
        if path == "/exchange":
            given = asked.headers.get("authorization", "")
            if given != "token github-0123456789":
                return 401, {"message": "Bad credentials"}, {}
            new = self.token(refresh=False)
            return 200, {"token": new["access_token"], "expires_at": time.time() + (self.rules.lasts or 3600)}, {}
        return self._endpoint(asked)

    def _endpoint(self, asked: Asked) -> tuple[int, Any, Mapping[str, str]]:
        presented = (
            asked.headers.get("authorization", "").removeprefix("Bearer "),
            asked.headers.get("api-key", ""),
            dict(parse_qsl(urlsplit(asked.path).query)).get("key", ""),
        )
        if self.rules.deaf or not self.valid.intersection(presented):
            return 401, ERROR, {}
        return 200, COMPLETION, {}

    def _authorize(self, query: Mapping[str, str]) -> tuple[int, Any, Mapping[str, str]]:
        code = f"code-{next(self._number):04d}-0123456789"
        self.codes[code] = dict(query)
        back = urlencode({"code": code, "state": query["state"]})
        if self.rules.refuses == "access_denied":
            back = urlencode({"error": "access_denied", "state": query["state"]})
        return 302, {}, {"Location": f"{query['redirect_uri']}?{back}"}

    def _token(self, form: Mapping[str, str]) -> tuple[int, Any, Mapping[str, str]]:
        kind = form.get("grant_type", "")
        if self.rules.refuses:
            return 400, {"error": self.rules.refuses, "error_description": f"not with {form}"}, {}
        if kind == "client_credentials":
            fine = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            return (200, self.token(refresh=False), {}) if fine else (401, {"error": "invalid_client"}, {})
        if kind == "refresh_token":
            if form.get("refresh_token") not in self.refreshing:
                return 400, {"error": "invalid_grant"}, {}
            if self.rules.rotates:
                self.refreshing.remove(form["refresh_token"])
            return 200, self.token(self.rules.rotates), {}
        if kind == "authorization_code":
            return self._redeem(form)
        if kind.endswith("device_code"):
            if form.get("device_code") not in self.codes or form.get("client_id") != CLIENT:
                return 400, {"error": "invalid_grant"}, {}
            if self.rules.pending:
                return 400, {"error": self.rules.pending.pop(0)}, {}
            return 200, self.token(), {}
        return 400, {"error": "unsupported_grant_type"}, {}

    def _redeem(self, form: Mapping[str, str]) -> tuple[int, Any, Mapping[str, str]]:
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fine = query is not None and (
            query.get("code_challenge") == challenge
            and query.get("code_challenge_method") == "S256"
            and query.get("redirect_uri") == form.get("redirect_uri")
            and query.get("client_id") == form.get("client_id") == CLIENT
        )
        return (200, self.token(), {}) if fine else (400, {"error": "invalid_grant"}, {})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                form = dict(parse_qsl(body)) if "form" in headers.get("content-type", "") else {}
                asked = Asked(self.command, self.path, headers, form)
                authority.asked.append(asked)
                status, content, more = authority.answer(asked)
                raw = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **more}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        return Handler
