"""OAuth 2.0: what is sent to an authorization server, and what its answers mean.

The grants: device code (RFC 8628), authorization code with PKCE (RFC 7636), client credentials, and refreshing. Nothing
is sent from here: that is done by the ``Send`` that is handed in.

This module is the only one that imports oauthlib.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from oauthlib.oauth2 import BackendApplicationClient, Client, DeviceClient, OAuth2Error, WebApplicationClient

from samewire.credentials import KeyProblem, Reply, Secret, Send

__all__ = [
    "Authorization",
    "Device",
    "Grant",
    "authorization",
    "client_credentials",
    "device",
    "granted",
    "redeemed",
    "refreshed",
]

Token = dict[str, Any]
HEADERS = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Grant:
    """How a token is had.

    Attributes:
        flow: ``device``, ``browser`` or ``client_credentials``.
        client_id, client_secret: who asks.
        token_url, device_url, authorize_url: whom.
        scopes: for what.
        params: further parameters.
        port, callback: where the browser comes back; a port of 0 is any.
    """

    flow: str
    client_id: str
    token_url: str
    client_secret: Secret | None = None
    device_url: str = ""
    authorize_url: str = ""
    scopes: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    callback: str = "/callback"


@dataclass(frozen=True)
class Device:
    """What a device code asks of a person, and how long."""

    code: str = field(repr=False)
    user_code: str
    url: str
    whole_url: str
    interval: float
    ends: float


@dataclass(frozen=True)
class Authorization:
    """What a browser is sent to, and what must come back."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str


def device(grant: Grant, send: Send) -> Device:
    """Ask for a device code.

    Raises:
        KeyProblem: there is none to be had.
    """
    form = {"client_id": grant.client_id, **_scope(grant), **grant.params}
    if grant.client_secret is not None:
        form["client_secret"] = grant.client_secret.reveal()
    answer = _object(send(grant.device_url, form, HEADERS))
    try:
        url = str(answer.get("verification_uri") or answer["verification_url"])
        return Device(
            code=str(answer["device_code"]),
            user_code=str(answer["user_code"]),
            url=url,
            whole_url=str(answer.get("verification_uri_complete") or ""),
            interval=float(answer.get("interval") or 5),
            ends=time.time() + float(answer.get("expires_in") or 900),
        )
    except (KeyError, TypeError, ValueError):
        why = f": {answer['error'][:60]}" if isinstance(answer.get("error"), str) else ""
        raise KeyProblem(f"{grant.device_url} gives no device code{why}") from None


def granted(grant: Grant, one: Device, send: Send, sleep: Callable[[float], None] = time.sleep) -> Token:
    """Wait until someone has entered the device's code.

    Raises:
        KeyProblem: it was denied, or nobody did in time.
    """
    client = DeviceClient(grant.client_id)
    body = client.prepare_request_body(one.code, include_client_id=True, **_secret(grant))
    interval = one.interval
    while time.time() < one.ends:
        sleep(interval)
        try:
            return _token(client, grant, body, send)
        except OAuth2Error as refusal:
            # RFC 8628, 3.5: both mean that one is to go on asking, the second one more slowly.
            if refusal.error == "slow_down":
                interval += 5
            elif refusal.error != "authorization_pending":
                raise _problem(grant, refusal) from None
    raise KeyProblem("nobody entered the code in time: run the login again")


def authorization(grant: Grant, redirect: str) -> Authorization:
    """What a browser is to be sent to, with a proof key."""
    client = WebApplicationClient(grant.client_id)
    verifier = client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    state = client.state_generator()
    secure, plain = _as_if_secure(grant.authorize_url)
    url = client.prepare_request_uri(
        secure,
        redirect_uri=redirect,
        scope=list(grant.scopes) or None,
        state=state,
        code_challenge=challenge,
        code_challenge_method="S256",
        **grant.params,
    )
    return Authorization(url.replace(secure, plain, 1), state, verifier, redirect)


def redeemed(grant: Grant, asked: Authorization, came_back: str, send: Send) -> Token:
    """Give the code that the browser came back with for a token.

    Raises:
        KeyProblem: it was denied, or it is not the answer to what was asked.
    """
    client = WebApplicationClient(grant.client_id)
    secure, _ = _as_if_secure(came_back)
    try:
        found = client.parse_request_uri_response(secure, state=asked.state)
        body = client.prepare_request_body(
            code=found["code"], redirect_uri=asked.redirect, code_verifier=asked.verifier, **_secret(grant)
        )
        return _token(client, grant, body, send)
    except OAuth2Error as refusal:
        raise _problem(grant, refusal) from None


def client_credentials(grant: Grant, send: Send) -> Token:
    """A token for ourselves.

    Raises:
        KeyProblem: there is none to be had.
    """
    client = BackendApplicationClient(grant.client_id)
    body = client.prepare_request_body(
        scope=list(grant.scopes) or None, include_client_id=True, **_secret(grant), **grant.params
    )
    try:
        return _token(client, grant, body, send)
    except OAuth2Error as refusal:
        raise _problem(grant, refusal) from None


def refreshed(grant: Grant, token: Token, send: Send) -> Token:
    """Another token for one that ends.

    Raises:
        KeyProblem: it can't be refreshed any more.
    """
    client = Client(grant.client_id)
    body = client.prepare_refresh_body(
        refresh_token=token["refresh_token"], client_id=grant.client_id, **_secret(grant)
    )
    try:
        found = _token(client, grant, body, send)
    except OAuth2Error as refusal:
        raise _problem(grant, refusal) from None
    # RFC 6749, 6: a server that gives no new refresh token means the old one to stay.
    return {"refresh_token": token["refresh_token"], **found}


def _token(client: Client, grant: Grant, body: str, send: Send) -> Token:
    reply = send(grant.token_url, dict(parse_qsl(body, keep_blank_values=True)), HEADERS)
    if reply.status >= 500:
        raise KeyProblem(f"{grant.token_url} answers {reply.status}: try again later")
    answer = _object(reply)
    # Not given the scopes that were asked for: fewer are the server's right, and oauthlib would raise a warning.
    found = client.parse_request_body_response(json.dumps(answer))
    token = {name: found[name] for name in ("access_token", "refresh_token") if isinstance(found.get(name), str)}
    lasts = answer.get("expires_in")
    if isinstance(lasts, str) and lasts.isdigit():
        lasts = int(lasts)
    if isinstance(lasts, (int, float)) and not isinstance(lasts, bool):
        token["expires_at"] = time.time() + lasts
    return token


def _object(reply: Reply) -> dict[str, Any]:
    """The answer as an object: JSON, or a form as old servers write it."""
    text = reply.body.decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except ValueError:
        answer = dict(parse_qsl(text))
    return answer if isinstance(answer, dict) else {}


def _scope(grant: Grant) -> dict[str, str]:
    return {"scope": " ".join(grant.scopes)} if grant.scopes else {}


def _secret(grant: Grant) -> dict[str, Any]:
    return {"client_secret": grant.client_secret.reveal()} if grant.client_secret is not None else {}


def _problem(grant: Grant, refusal: OAuth2Error) -> KeyProblem:
    # Only the error's code: a server's own words may repeat what was sent.
    again = "" if grant.flow == "client_credentials" else ": run the login again"
    return KeyProblem(f"{grant.token_url} refuses: {str(refusal.error)[:60]}{again}")


def _as_if_secure(url: str) -> tuple[str, str]:
    """A URL of this machine's as oauthlib wants it, and as it is: plain HTTP is fine here, RFC 8252 says in 7.3."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return (url.replace("http:", "https:", 1) if plain else url), url
