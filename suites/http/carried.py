"""How HTTP carries an answer: judged in the same words for every protocol."""

from __future__ import annotations

import re

from samewire import Broken, Exchange, seen

#: How UTF-8 is named, and ASCII, which is UTF-8.
UTF8 = ("utf-8", "utf8", "us-ascii")


def not_redirected(exchange: Exchange) -> None:
    """Say *broken* of a redirect."""
    if 300 <= exchange.status < 400:
        words = f"{exchange.wire.method} {exchange.request.path} was redirected to {exchange.header('location')}"
        raise Broken(words, causes={"redirect"})


def one_length(exchange: Exchange) -> None:
    """Say *broken* of an answer in chunks that tells its length, too."""
    coding, length = exchange.header("transfer-encoding"), exchange.header("content-length")
    assert not (coding and length), f"Transfer-Encoding is {coding}, and Content-Length is {length}"


def as_utf8(exchange: Exchange) -> None:
    """Say *broken* of JSON or a stream that is declared twice, or with another charset than UTF-8."""
    seen(exchange.media_type in ("application/json", "text/event-stream"), "it is neither JSON nor a stream")
    told = [value for name, value in exchange.last.headers if name.lower() == "content-type"]
    assert len(told) == 1, f"there are {len(told)} headers Content-Type: {told}"
    named = re.findall(r";\s*charset\s*=\s*\"?([^\";\s]+)", told[0].lower())
    assert all(one in UTF8 for one in named), f"declared as {told[0]}, and JSON is always UTF-8"


def uncompressed(exchange: Exchange) -> None:
    """Say *broken* of an answer that is compressed, though only `identity` was offered."""
    exchange.accepted()
    coding = exchange.header("content-encoding")
    assert coding.lower() in ("", "identity"), f"compressed with {coding}, which was not offered"


def repeated(exchange: Exchange, secret: str) -> bool:
    """Whether an answer holds what should not come back, in its body or a header."""
    values = [exchange.body.decode(errors="replace"), *(value for _, value in exchange.last.headers)]
    return any(secret in value for value in values)
