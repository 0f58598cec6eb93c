"""What a peer may do to a client, and whose fault that is."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import zlib
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from .server import Play, Request

#: What the preflight and most checks take for an answer.
CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}
BODY = json.dumps(CHAT).encode()
JSON = b"Content-Type: application/json\r\n"
EVENTS = b"Content-Type: text/event-stream\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
KEEP = b"Connection: keep-alive\r\n"


@dataclass(frozen=True)
class Behaviour:
    """One way to misbehave.

    Attributes:
        play: does it.
        kind: the kind of the failure it is, or an empty string for an answer like any other.
        peer: whether the peer is to blame.
        status: the status that is seen; 0 for none.
        whole: whether a whole run against it is worth its while.
    """

    play: Play
    kind: str = ""
    peer: bool = False
    status: int = 200
    whole: bool = False


def head(*headers: bytes, status: bytes = b"200 OK") -> bytes:
    """The head of a response."""
    return b"HTTP/1.1 " + status + b"\r\n" + b"".join(headers) + b"\r\n"


def saying(*pieces: bytes, pause: float = 0.0) -> Play:
    """Send these pieces, and close."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)

    return play


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Play:
    """Send a body with its length."""
    return saying(head(*headers, b"Content-Length: %d\r\n" % len(body), status=status) + body)


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Play:
    """Send a piece again and again."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for again in repeat(piece):
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return play


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await asyncio.sleep(60)


async def hang_in_body(request: Request, writer: asyncio.StreamWriter) -> None:
    """Begin, and say no more."""
    writer.write(head(JSON, b"Content-Length: 1000\r\n") + BODY[:50])
    await asyncio.sleep(60)


async def close_at_once(request: Request, writer: asyncio.StreamWriter) -> None:
    """Hang up."""


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    """Hang up rudely, in the middle."""
    writer.write(head(JSON, b"Content-Length: 1000\r\n") + BODY[:50])
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def chunk(data: bytes) -> bytes:
    """A piece of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def bomb(coding: bytes, small: bytes) -> Play:
    """A small body that unfolds to a hundred megabytes."""
    return whole(small, JSON, b"Content-Encoding: " + coding + b"\r\n")


def nested(depth: int) -> bytes:
    """A completion with something nested in it."""
    deep = b"[" * depth + b"]" * depth
    return BODY[:-1] + b', "x": ' + deep + b"}"


def spoken(**more: Any) -> bytes:
    """A completion with other members."""
    return json.dumps({**CHAT, **more}).encode()


def packed(wbits: int) -> bytes:
    """A hundred megabytes of nothing, in a few."""
    packer = zlib.compressobj(9, wbits=wbits)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(100)), packer.flush()])


GZIP_BOMB, DEFLATE_BOMB = packed(31), packed(15)
CODED = b"Content-Encoding: gzip\r\n"

BEHAVIOURS: dict[str, Behaviour] = {
    # Time.
    "hangs": Behaviour(hang, "timeout", status=0, whole=True),
    "hangs in the body": Behaviour(hang_in_body, "timeout"),
    "drips the head": Behaviour(endless(b"HTTP/1.1 200 OK\r\n", b"X", 0.02), "timeout", status=0),
    "drips the body": Behaviour(endless(head(JSON, b"Content-Length: 9000\r\n"), b" ", 0.02), "timeout", whole=True),
    "comments without end": Behaviour(endless(head(EVENTS), b": ping\n\n", 0.01), "timeout", whole=True),
    # Size.
    "a body without end": Behaviour(endless(head(JSON), b"a" * 65536), "too large", True, whole=True),
    "a stream without end": Behaviour(
        endless(head(EVENTS), b'data: {"a": 1}\n\n' * 4096), "too large", True, whole=True
    ),
    "chunks without end": Behaviour(endless(head(JSON, CHUNKED), chunk(b"a" * 65536)), "too large", True),
    "a length of terabytes": Behaviour(
        endless(head(JSON, b"Content-Length: %d\r\n" % 10**13), b"a" * 65536), "too large", True
    ),
    "a header without end": Behaviour(endless(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65536), "protocol", True, 0),
    "headers without end": Behaviour(endless(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 4096), "protocol", True, 0),
    "a header of a megabyte": Behaviour(whole(BODY, JSON, b"X: " + b"a" * 2**20 + b"\r\n"), "protocol", True, 0),
    "a gzip bomb": Behaviour(bomb(b"gzip", GZIP_BOMB), "too large", True, whole=True),
    "a deflate bomb": Behaviour(bomb(b"deflate", DEFLATE_BOMB), "too large", True),
    "a gzip bomb in a chunk": Behaviour(
        saying(head(JSON, CODED, CHUNKED) + chunk(GZIP_BOMB) + b"0\r\n\r\n"), "too large", True
    ),
    # Connections.
    "closes at once": Behaviour(close_at_once, "protocol", True, 0, whole=True),
    "closes in the head": Behaviour(saying(b"HTTP/1.1 200 O"), "protocol", True, 0),
    "closes in the body": Behaviour(
        saying(head(JSON, b"Content-Length: 1000\r\n") + BODY[:50]), "protocol", True, whole=True
    ),
    "closes in a chunk": Behaviour(saying(head(JSON, CHUNKED) + b"ff\r\n" + BODY[:50]), "protocol", True),
    "closes before the last chunk": Behaviour(saying(head(JSON, CHUNKED) + chunk(BODY)), "protocol", True),
    "resets": Behaviour(reset, "reset", whole=True),
    # HTTP.
    "no HTTP at all": Behaviour(saying(b"SSH-2.0-OpenSSH_9.6\r\n"), "protocol", True, 0, whole=True),
    "HTTP/0.9": Behaviour(saying(b"<html>hello</html>"), "protocol", True, 0),
    "binary junk": Behaviour(saying(bytes(range(256)) * 16), "protocol", True, 0),
    "a status that is no number": Behaviour(saying(head(status=b"OK")), "protocol", True, 0),
    "a status of 999": Behaviour(whole(BODY, JSON, status=b"999 Odd"), "", status=999),
    "a header without a colon": Behaviour(saying(head(b"nonsense\r\n")), "protocol", True, 0),
    "two lengths": Behaviour(
        saying(head(b"Content-Length: 3\r\nContent-Length: 4\r\n") + b"abcd"), "protocol", True, 0
    ),
    "a negative length": Behaviour(saying(head(b"Content-Length: -1\r\n") + b"abcd"), "protocol", True, 0),
    "chunk sizes that are none": Behaviour(saying(head(JSON, CHUNKED) + b"zz\r\n" + BODY), "protocol", True),
    "a chunk of exabytes": Behaviour(saying(head(JSON, CHUNKED) + b"f" * 20 + b"\r\n" + BODY), "protocol", True),
    "a chunk that is longer than said": Behaviour(
        saying(head(JSON, CHUNKED) + b"2\r\n" + BODY + b"\r\n"), "protocol", True
    ),
    "100 Continue": Behaviour(
        saying(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + head(JSON, b"Content-Length: %d\r\n" % len(BODY)) + BODY)
    ),
    "a body longer than said": Behaviour(saying(head(JSON, b"Content-Length: %d\r\n" % len(BODY)) + BODY + b"x" * 999)),
    "a body until the end": Behaviour(saying(head(JSON) + BODY)),
    "a body with 204": Behaviour(saying(head(status=b"204 No Content") + BODY), "", status=204),
    # Content codings.
    "gzip": Behaviour(whole(gzip.compress(BODY), JSON, CODED)),
    "x-gzip": Behaviour(whole(gzip.compress(BODY), JSON, b"Content-Encoding: X-GZip\r\n")),
    "deflate": Behaviour(whole(zlib.compress(BODY), JSON, b"Content-Encoding: deflate\r\n")),
    "identity": Behaviour(whole(BODY, JSON, b"Content-Encoding: identity\r\n")),
    "gzip of nothing": Behaviour(whole(b"", JSON, CODED)),
    "plain text declared as gzip": Behaviour(whole(BODY, JSON, CODED), "decoding", True, whole=True),
    "gzip declared as deflate": Behaviour(
        whole(gzip.compress(BODY), b"Content-Encoding: deflate\r\n"), "decoding", True
    ),
    "gzip cut off": Behaviour(whole(gzip.compress(BODY)[:-9], JSON, CODED), "decoding", True),
    "gzip with a wrong checksum": Behaviour(whole(gzip.compress(BODY)[:-8] + bytes(8), JSON, CODED), "decoding", True),
    "a coding that was not offered": Behaviour(whole(BODY, JSON, b"Content-Encoding: br\r\n"), "decoding", True),
    "a coding nobody knows": Behaviour(whole(BODY, JSON, b"Content-Encoding: \xff\r\n"), "decoding", True),
    # Content: none of this is a failure of the transport.
    "a web page": Behaviour(whole(b"<!doctype html><p>Welcome", b"Content-Type: text/html\r\n"), whole=True),
    "broken UTF-8": Behaviour(whole(BODY.replace(b"Hello", b"\xff\xfe\xc3"), JSON), whole=True),
    "UTF-16": Behaviour(whole(BODY.decode().encode("utf-16"), JSON)),
    "NUL bytes": Behaviour(whole(bytes(5000), JSON), whole=True),
    "nested too deeply": Behaviour(whole(b"[" * 100_000, JSON), whole=True),
    "nested deeply": Behaviour(whole(nested(700), JSON), whole=True),
    "an integer of a thousand digits": Behaviour(whole(spoken(created=10**1000), JSON)),
    "an integer of many thousand digits": Behaviour(
        whole(BODY.replace(b"1700000000", b"9" * 100_000), JSON), whole=True
    ),
    "duplicate keys": Behaviour(whole(b'{"choices": 1, ' + BODY[1:], JSON)),
    "lone surrogates": Behaviour(whole(BODY.replace(b"Hello", rb"\ud800\udfff\ud800"), JSON), whole=True),
    "NaN": Behaviour(whole(BODY.replace(b"1700000000", b"NaN"), JSON), whole=True),
    "a number beyond all floats": Behaviour(whole(BODY.replace(b"1700000000", b"1e999"), JSON)),
    "nothing": Behaviour(whole(b"", JSON), whole=True),
    "null": Behaviour(whole(b"null", JSON)),
    "an escape sequence in a header": Behaviour(whole(BODY, JSON, b"X-Evil: \x1b[31mred\r\n")),
    "a header that is no ASCII": Behaviour(whole(BODY, JSON, b"X-Name: \xc3\xa9\xff\r\n")),
    "a thousand headers": Behaviour(whole(BODY, JSON, b"".join(b"X-%d: a\r\n" % n for n in range(1000)))),
    "a redirect": Behaviour(
        whole(b"", b"Location: /v2/chat/completions\r\n", status=b"307 Temporary Redirect"), status=307, whole=True
    ),
    "a redirect to itself": Behaviour(whole(b"", b"Location: /v1/chat/completions\r\n", status=b"308 P"), status=308),
    "a redirect without a place": Behaviour(whole(b"", status=b"302 Found"), status=302),
}
