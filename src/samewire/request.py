"""What is sent: requests as literal data.

A request is literal JSON but for two placeholders: ``model`` is the endpoint's, filled in unless the request names
another, and ``**LIMIT(64)`` is the token limit in the spelling that the preflight found the endpoint to take.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samewire.scenario import Preflight

__all__ = [
    "CAP",
    "CAP_KEY",
    "DELETE",
    "GET",
    "IMAGE_URL",
    "KEYLESS",
    "KEYS",
    "LIMIT",
    "LIMIT_KEY",
    "MODEL",
    "OMIT",
    "OPTIONS",
    "POST",
    "Request",
]

#: Stands for the endpoint's model wherever it appears as the value of ``model`` or inside a path.
MODEL = "$model"
#: Stands in a body for the URL of a picture that the endpoint can fetch.
IMAGE_URL = "$image_url"
#: The body keys that stand for the token limit, whatever the endpoint calls it: with room for a model that thinks
#: before it speaks, and without.
LIMIT_KEY = "$limit"
CAP_KEY = "$cap"


class _Omit:
    """Leaves a field out: ``HELLO.but(model=OMIT)``."""

    def __repr__(self) -> str:
        return "OMIT"


OMIT = _Omit()

#: How the key is presented. ``own`` is the configured way; the others are for checks of authentication: ``longer`` is
#: the right key with something behind it.
KEYS = ("own", "none", "wrong", "longer", "malformed", "empty", "lowercase", "x-api-key", "bearer")
#: Those of them by which nobody is let in.
KEYLESS = ("none", "wrong", "longer", "malformed", "empty")


def LIMIT(tokens: int) -> dict[str, int]:  # noqa: N802 - reads as the constant it stands for
    """Room for so many tokens, in the endpoint's own spelling: ``POST(…, **LIMIT(64))``."""
    return {LIMIT_KEY: tokens}


def CAP(tokens: int) -> dict[str, int]:  # noqa: N802 - reads as the constant it stands for
    """A limit of so many tokens that is meant to be met: ``COUNT.within(CAP(5))``."""
    return {CAP_KEY: tokens}


@dataclass(frozen=True, eq=False)
class Request:
    """One HTTP request, before an endpoint fills in its base URL, model, key and spelling of the token limit.

    Attributes:
        method: the HTTP method.
        path: relative to the base URL, or ``{base}…``/``{origin}…`` where the joint itself is the point.
        body: JSON, or bytes that are sent as they are, or None for no body.
        headers: added to the usual ones; a value of None leaves a usual header out.
        key: one of ``KEYS``.
        cut: hang up after this many bytes of the body.
        style: ``odd`` to write the JSON in an unusual but equal way: escapes, blanks, another order of keys; ``wide``
            to put more than 64 KiB of blanks before its end.
        mistaken: whether it is wrong on purpose and must be refused.
        repetition: 0, or which repetition of the same request this is.
        first: the request that this is another try of.
        crowd: of how many it is one that are sent at once, and alone; 0 for a request like any other.
        control: the request this one differs from in one visible thing, or the preflight that opens the way; it is
            answered before this one is sent.
    """

    method: str
    path: str
    body: Any = None
    headers: tuple[tuple[str, str | None], ...] = ()
    key: str = "own"
    cut: int | None = None
    style: str = ""
    mistaken: bool = False
    repetition: int = 0
    first: Request | None = field(default=None, repr=False)
    crowd: int = 0
    control: Request | Preflight | None = field(default=None, repr=False)

    @cached_property
    def id(self) -> str:
        """A digest of everything that makes this request this request (its control does not)."""
        body = self.body.hex() if isinstance(self.body, bytes) else self.body
        parts = [self.method, self.path, body, self.headers, self.key, self.cut, self.style, self.repetition]
        text = json.dumps(parts, sort_keys=False, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def protocol(self) -> str:
        """The protocol this request belongs to, told from its path."""
        return PROTOCOLS.get(self.path.split("?")[0].split("/")[0], "http")

    @property
    def streamed(self) -> bool:
        """Whether the request asks for a stream."""
        return isinstance(self.body, dict) and self.body.get("stream") is True

    @property
    def speaks(self) -> bool:
        """Whether a healthy endpoint answers this by letting its model speak, which costs tokens."""
        speaking = self.protocol in SPEAKING and not self.path.endswith(("/count_tokens", "/input_tokens"))
        return speaking and self.method == "POST" and isinstance(self.body, dict)

    @property
    def capped(self) -> bool:
        """Whether the request's token limit is meant to be met."""
        return isinstance(self.body, dict) and CAP_KEY in self.body

    def but(self, **fields: Any) -> Request:
        """The same request with top-level body fields changed (``OMIT`` leaves one out); this one is its control."""
        body = {**(self.body or {}), **fields}
        return replace(self, body={name: value for name, value in body.items() if value is not OMIT}, control=self)

    def within(self, limit: Mapping[str, Any]) -> Request:
        """The same request with another token limit: ``HELLO.within({"max_tokens": 1})``, ``HELLO.within(CAP(1))``."""
        body = {name: value for name, value in self.body.items() if name not in (LIMIT_KEY, CAP_KEY)}
        return replace(self, body={**body, **limit}, control=self)

    def wrong(self, **fields: Any) -> Request:
        """The same request with top-level body fields changed so that it must be refused."""
        return replace(self.but(**fields), mistaken=True)

    def wrong_bytes(self, body: bytes) -> Request:
        """The same request with bytes for a body that must be refused."""
        return replace(self, body=body, control=self, mistaken=True)

    def raw(self, body: bytes) -> Request:
        """The same request with these bytes for a body, which mean the same."""
        return replace(self, body=body, control=self)

    def at(self, path: str, method: str = "") -> Request:
        """The same request at another path, and with another method if one is named."""
        return replace(self, path=path, method=method or self.method, control=self)

    def having(self, headers: Mapping[str, str | None]) -> Request:
        """The same request with headers added, replaced, or (None) left out."""
        return replace(self, headers=(*self.headers, *headers.items()), control=self)

    def with_key(self, key: str) -> Request:
        """The same request with the key presented in another of the ``KEYS`` ways."""
        if key not in KEYS:
            raise ValueError(f"no way {key!r} to present a key; there are {', '.join(KEYS)}")
        return replace(self, key=key, control=self)

    def written_oddly(self) -> Request:
        """The same request, its JSON written in an unusual but equal way."""
        return replace(self, style=f"odd {self.style}".strip(), control=self)

    def written_widely(self) -> Request:
        """The same request, with more than 64 KiB of blanks in its JSON."""
        return replace(self, style=f"{self.style} wide".strip(), control=self)

    def hanging_up(self, after: int) -> Request:
        """The same request, but the client hangs up after this many bytes of the answer's body."""
        return replace(self, cut=after, control=self)

    def again(self, repetition: int) -> Request:
        """The same request once more, sent anew. A repetition is sent whatever became of the first."""
        return replace(self, repetition=repetition) if repetition != self.repetition else self

    def among(self, crowd: int) -> Request:
        """The same request as one of so many that are sent at once, and tried no second time."""
        return replace(self, crowd=crowd)

    def after(self, control: Request | Preflight) -> Request:
        """The same request, sent once this preflight has found the way open, or this request was accepted."""
        return replace(self, control=control)

    @property
    def opener(self) -> Preflight | None:
        """The preflight at the end of the chain of controls."""
        link = self.control
        while isinstance(link, Request):
            link = link.control
        return link


#: First path segment → protocol.
PROTOCOLS = {
    "chat": "chat",
    "responses": "responses",
    "messages": "messages",
    "embeddings": "embeddings",
    "completions": "completions",
    "models": "models",
}
#: The protocols in which a model is made to speak.
SPEAKING = frozenset({"chat", "responses", "messages", "completions"})


def POST(path: str, **body: Any) -> Request:  # noqa: N802 - reads as HTTP
    """A POST with a JSON body; ``model`` is the endpoint's unless the body names another or ``OMIT``."""
    body = {"model": MODEL, **body}
    return Request("POST", path, {name: value for name, value in body.items() if value is not OMIT})


def GET(path: str) -> Request:  # noqa: N802 - reads as HTTP
    """A GET without a body."""
    return Request("GET", path)


def DELETE(path: str) -> Request:  # noqa: N802 - reads as HTTP
    """A DELETE without a body."""
    return Request("DELETE", path)


def OPTIONS(path: str) -> Request:  # noqa: N802 - reads as HTTP
    """An OPTIONS without a body, as a browser's preflight is."""
    return Request("OPTIONS", path)
