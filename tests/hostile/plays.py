"""What a server may do with a socket: pieces to build behaviours of."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
import zlib
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


def zstd_bomb(megabytes: int = 100) -> bytes:
    """A frame of blocks that each repeat one byte."""
    blocks = megabytes * 8
    sizes = ((131_072 << 3 | 2 | (number == blocks - 1)).to_bytes(3, "little") for number in range(blocks))
    return bytes.fromhex("28b52ffd0058") + b"".join(size + b"\0" for size in sizes)


#: A hundred megabytes of nothing, by brotli.
BROTLI_BOMB = bytes.fromhex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff83"
    "7f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bffc7ffff3ff82700e2b0"
    "0040f7fe8fffff7ff04f00c4610180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ff9ffff837f02200e0b0074ef7f00"
)


def raw(play: Play) -> Play:
    """The play, begun before anything of the request is read."""
    play.raw = True  # type: ignore[attr-defined]
    return play


def elsewhere(writer: asyncio.StreamWriter, path: str = "/stolen") -> bytes:
    """A URL of the same server under the name of another host: whoever goes there takes the key along."""
    return b"http://localhost:%d%s" % (writer.get_extra_info("sockname")[1], path.encode())


def redirecting(place: bytes, *headers: bytes, status: bytes = b"307 Temporary Redirect") -> Play:
    """Redirect to a place; in it and in the headers ``{elsewhere}`` stands for a URL of another host."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        text = head(b"Location: " + place + b"\r\n", b"Content-Length: 0\r\n", *headers, status=status)
        writer.write(text.replace(b"{elsewhere}", elsewhere(writer)))
        await writer.drain()

    return play


async def redirect_further(request: Request, writer: asyncio.StreamWriter) -> None:
    """Redirect to the next of infinitely many places."""
    number = int(request.path.rpartition("hop=")[2] or 0) if "hop=" in request.path else 0
    await redirecting(b"/v1/chat/completions?hop=%d" % (number + 1))(request, writer)


def pointing(*headers: bytes) -> Play:
    """Answer, with headers that name another host."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        told = b"".join(headers).replace(b"{elsewhere}", elsewhere(writer))
        await whole(BODY, JSON, told)(request, writer)

    return play


async def answer_unasked(request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer, and never read the request."""
    await whole(BODY, JSON)(request, writer)
    await asyncio.sleep(0.2)  # who closes with something unread resets the connection, answer and all


def unread(data: bytes) -> Play:
    """Say this, and hang up politely, without having read anything."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.write_eof()
        await asyncio.sleep(0.2)

    return raw(play)


async def half_closed(request: Request, writer: asyncio.StreamWriter) -> None:
    """Close the own half, and go on listening."""
    writer.write_eof()
    await asyncio.sleep(60)


async def half_closed_later(request: Request, writer: asyncio.StreamWriter) -> None:
    """Say half of it, close the own half, and go on listening."""
    writer.write(head(JSON, b"Content-Length: 1000\r\n") + BODY[:50])
    writer.write_eof()
    await asyncio.sleep(60)


def key_of(request: Request) -> bytes:
    """The key that came with a request."""
    return (request.header("authorization").removeprefix("Bearer ") or request.header("x-api-key")).encode("latin-1")


def echoing(cut: int, streamed: bool) -> Play:
    """Return the key in two chunks, cut at a place."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        key = key_of(request)
        told = spoken(id="KEY").split(b"KEY") if not streamed else [b'data: {"id": "', b'"}\n\ndata: [DONE]\n\n']
        writer.write(head(EVENTS if streamed else JSON, CHUNKED) + chunk(told[0] + key[:cut]))
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(chunk(key[cut:] + told[1]) + b"0\r\n\r\n")
        await writer.drain()

    return play


async def echo_everywhere(request: Request, writer: asyncio.StreamWriter) -> None:
    """Return the key in a header, in an error's message, code and type, and as base64."""
    key = key_of(request)
    error = {
        "message": f"Incorrect key {key.decode()}",
        "type": key.decode(),
        "code": key.hex(),
        "param": key[::-1].hex(),
    }
    packed = base64.b64encode(key)
    await whole(json.dumps({"error": error}).encode(), JSON, b"X-Key: " + key + packed + b"\r\n", status=b"400 No")(
        request, writer
    )


def saying_everywhere(text: str) -> Play:
    """Say a text wherever text may stand: ids, names, words, events, errors, headers; accept half, refuse half."""
    quoted = json.dumps(text)[1:-1]
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    answer = json.dumps({**CHAT, "id": text, "model": text, "choices": [choice]}).encode()
    error = json.dumps({"error": {"message": text, "type": text, "param": text, "code": text}}).encode()
    frame = {"id": text, "object": "chat.completion.chunk", "created": 1_700_000_000, "model": text}
    delta = {
        **frame,
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
    }
    stream = b"data: " + json.dumps(delta).encode() + b"\n\ndata: [DONE]\n\n"
    header = "".join(character if " " <= character <= "~" else "?" for character in f"X-Said: {quoted}")

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        if b'"stream":true' in request.body:
            await whole(stream, EVENTS, header.encode() + b"\r\n")(request, writer)
        elif b"Say hello" in request.body or len(request.body) % 2:
            await whole(answer, JSON, header.encode() + b"\r\n")(request, writer)
        else:
            await whole(error, JSON, header.encode() + b"\r\n", status=b"400 Bad Request")(request, writer)

    return play


async def tiny_chunks(request: Request, writer: asyncio.StreamWriter) -> None:
    """Send a body in pieces of one byte each."""
    writer.write(head(JSON, CHUNKED))
    for _ in range(100):
        writer.write(b"1\r\n \r\n" * 10_000)
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
