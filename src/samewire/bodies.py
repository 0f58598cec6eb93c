"""Bodies as a record holds them: text, or Base64 of what is no text or too large to be read in a line."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Mapping
from typing import Any

__all__ = ["MOST", "body_of", "packed"]

#: Bytes of a body that a record holds as text, and a report shows.
MOST = 64 * 1024
#: Bytes that are unpacked of a recorded body, whoever has written that record.
_ROOM = 64 * 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16


def packed(body: bytes) -> Any:
    """The body for JSON: text, ``{"base64": …}`` if it is none, or ``{"gzip": …}``, in Base64, if it is large."""
    if len(body) > MOST:
        return {"gzip": base64.b64encode(gzip.compress(body, mtime=0)).decode("ascii")}
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def body_of(body: object) -> bytes | None:
    """The bytes of a body that was ``packed``: null for none, and nothing where a record holds what is no body."""
    if not isinstance(body, Mapping):
        return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else None
    try:
        if "gzip" in body:
            return zlib.decompressobj(_GZIP).decompress(base64.b64decode(str(body["gzip"])), _ROOM)
        return base64.b64decode(str(body.get("base64", "")))
    except (ValueError, zlib.error):
        return b""
