"""Request + endpoint + findings → what goes over the wire, all but the key."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from samewire.attempt import Wire
from samewire.findings import Findings
from samewire.placeholders import BLANKS
from samewire.request import CAP_KEY, IMAGE_URL, LIMIT_KEY, MODEL, Request
from samewire.settings import Auth, Endpoint, SettingsError

__all__ = ["WRONG_KEY", "wire"]

#: The ways in which an endpoint's own key is presented; without one there is no such header at all.
OWN = ("own", "longer", "lowercase", "x-api-key", "bearer")
#: A key that no endpoint has given out.
WRONG_KEY = "sk-samewire-this-key-was-never-issued-0000"
#: Ways to present a key where the provider wants it → what is presented: the right one, a wrong one, and one that only
#: begins like the right one.
PRESENTED = {"own": "{key}", "wrong": WRONG_KEY, "longer": "{key}x"}
ANTHROPIC_VERSION = "2023-06-01"


def wire(request: Request, endpoint: Endpoint, findings: Findings) -> Wire:
    """The request as the endpoint gets it; ``{key}`` holds the key's place.

    Raises:
        SettingsError: the request would go to another host than the base URL's.
    """
    url = _url(request, endpoint)
    body = _body(request, endpoint, findings)
    headers = _headers(request, endpoint, body, findings.key)
    # The digest leaves out whatever may be secret, so that a redacted record gives the same one.
    parts = [request.method, url, request.headers, body.hex() if body is not None else None]
    shown = f"{request.key} {findings.key}" if findings.key and request.key in PRESENTED else request.key
    text = json.dumps([*parts, shown, request.cut, request.repetition], separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    if endpoint.provider.query:
        url += f"{'&' if '?' in url else '?'}{urlencode(endpoint.provider.query)}"
    if endpoint.provider.auth.scheme == "query" and request.key in PRESENTED and endpoint.provider.has_key:
        url += f"{'&' if '?' in url else '?'}{endpoint.provider.auth.name}={PRESENTED[request.key]}"
    return Wire(request.method, url, headers, body, digest, request.key, request.cut)


def _url(request: Request, endpoint: Endpoint) -> str:
    base = endpoint.provider.base_url.rstrip("/")
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    paths, named = endpoint.provider.paths, request.body.get("model") if isinstance(request.body, dict) else None
    model = named if isinstance(named, str) and named != MODEL else endpoint.model_for(request.protocol)
    place = paths.get(request.path, request.path)
    if request.streamed:
        place = paths.get(f"{request.path} (stream)", place)
    path = place.replace(MODEL, quote(model, safe="/:@")).replace("{model}", quote(model, safe="@:"))
    if place.startswith(("{base}", "{origin}")):
        url = path.replace("{base}", base).replace("{origin}", origin)
    else:
        url = path if "://" in place else f"{base}/{path}"
    if urlsplit(url)[:2] != parts[:2]:
        raise SettingsError(f"{url} is not at {origin}: a key never goes to another host")
    return url


def _body(request: Request, endpoint: Endpoint, findings: Findings) -> bytes | None:
    if request.body is None or isinstance(request.body, bytes):
        return request.body
    body: Any = request.body
    if isinstance(body, dict):
        body = {}
        for name, value in {**endpoint.provider.body, **request.body}.items():
            if name not in (LIMIT_KEY, CAP_KEY):
                body[name] = endpoint.model_for(request.protocol) if value == MODEL else value
            elif findings.limit is not None:
                body[findings.limit] = value + (findings.headroom if name == LIMIT_KEY else 0)
        for name in endpoint.provider.strip:
            if not _about(request, name):
                body.pop(name, None)
    if endpoint.provider.image_url:
        body = json.loads(json.dumps(body).replace(IMAGE_URL, json.dumps(endpoint.provider.image_url)[1:-1]))
    if "odd" in request.style:
        members = dict(reversed(body.items()))
        # Whoever looks for `"stream": true` as it is mostly written doesn't find it.
        text = f"\n {json.dumps(members, ensure_ascii=True, indent=3, separators=(' ,', ' : '))} \n"
    else:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if "wide" in request.style:
        text = f"{BLANKS}}}".join(text.rsplit("}", 1))
    return text.encode("utf-8", "surrogatepass")


def _about(request: Request, name: str) -> bool:
    """Whether a field is what a request shows: what it has and its control has not, or has otherwise."""
    before = request.control.body if isinstance(request.control, Request) else request.body
    if not isinstance(before, dict):
        return name in request.body
    return bool(request.body.get(name) != before.get(name)) or (name in request.body) != (name in before)


def _headers(request: Request, endpoint: Endpoint, body: bytes | None, key: str) -> tuple[tuple[str, str], ...]:
    headers = [("Accept", "application/json"), ("Accept-Encoding", "gzip, deflate"), ("User-Agent", "samewire")]
    if body is not None:
        headers.append(("Content-Type", "application/json"))
    if request.protocol == "messages":
        headers.append(("anthropic-version", ANTHROPIC_VERSION))
    headers += endpoint.provider.headers
    headers += _authentication(request, endpoint, key)
    for name, value in request.headers:
        headers = [pair for pair in headers if pair[0].lower() != name.lower()]
        if value is not None:
            headers.append((name, value))
    return tuple(headers)


def _authentication(request: Request, endpoint: Endpoint, found: str) -> list[tuple[str, str]]:
    auth = endpoint.provider.auth
    if request.protocol == "messages" and auth == Auth() and found != "bearer":
        auth = Auth("header", "x-api-key")
    own = endpoint.provider.credential is not None and endpoint.provider.credential.given
    if request.key == "none" or (request.key in OWN and not own):
        return []
    # Where the key has another place, there is no scheme to write in another case.
    way = "own" if request.key == "lowercase" and endpoint.provider.auth.scheme != "bearer" else request.key
    if way in PRESENTED:
        return [] if auth.scheme in ("none", "query") else [_presented(auth, PRESENTED[way])]
    return {
        "malformed": [("Authorization", WRONG_KEY)],
        "empty": [("Authorization", "Bearer ")],
        "lowercase": [("authorization", "bearer {key}")],
        "x-api-key": [("x-api-key", "{key}")],
        "bearer": [("Authorization", "Bearer {key}")],
    }[way]


def _presented(auth: Auth, key: str) -> tuple[str, str]:
    return (auth.name, key) if auth.scheme == "header" else ("Authorization", f"Bearer {key}")
