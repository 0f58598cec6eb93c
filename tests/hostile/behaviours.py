"""What a peer may do to a client, and whose fault that is."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass

from .plays import (
    BODY,
    BROTLI_BOMB,
    CHUNKED,
    CODED,
    DEFLATE_BOMB,
    EVENTS,
    GZIP_BOMB,
    JSON,
    answer_unasked,
    bomb,
    chunk,
    close_at_once,
    echo_everywhere,
    echoing,
    endless,
    half_closed,
    half_closed_later,
    hang,
    hang_in_body,
    head,
    nested,
    pointing,
    raw,
    redirect_further,
    redirecting,
    reset,
    saying,
    saying_everywhere,
    spoken,
    tiny_chunks,
    unread,
    whole,
    zstd_bomb,
)
from .server import Play


@dataclass(frozen=True)
class Behaviour:
    """One way to misbehave.

    Attributes:
        play: does it.
        kind: the kind of the failure it is, or an empty string for an answer like any other.
        peer: whether the peer is to blame.
        status: the status that is seen; 0 for none.
        whole: whether a whole run against it is worth its while.
        scheme: of the base URL under which it is reached.
    """

    play: Play
    kind: str = ""
    peer: bool = False
    status: int = 200
    whole: bool = False
    scheme: str = "http"


#: What a server may say, for whoever reads reports in a browser, a terminal, a spreadsheet or a comment.
TEXTS = {
    "a script": "<script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>",
    "the end of a script": "</script><script>alert(1)</script></style></textarea><!--",
    "escapes for a terminal": "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[8m\r\x08\x9b31m",
    "mentions and links": "@everyone @octocat #1 ![x](http://localhost/stolen) [x](javascript:alert(1)) www.x.example",
    "formulas": '=HYPERLINK("http://localhost/stolen","x")',
    "a formula behind a blank": "\t=1+1|' /C calc'!A0",
    "commands for a build": "::error file=x::owned\n::set-output name=x::y\n##vso[task.setvariable variable=x]y",
    "an end of CDATA": "]]><testcase/><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "text in other directions": "\u202eevil\u2066\u200b\u2028\ufeff",
    "templates": "{{7*7}} {% raw %} ${7*7} %s %n {0.__class__} `id` $(id)",
    "a table": "| a | b |\n| --- | --- |\n\n# Heading\n\n```\n",
}

GROUPS: dict[str, dict[str, Behaviour]] = {
    "Time": {
        "hangs": Behaviour(hang, "timeout", status=0, whole=True),
        "limits that are never renewed": Behaviour(
            whole(BODY, JSON, b"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1s\r\n"), whole=True
        ),
        "hangs in the body": Behaviour(hang_in_body, "timeout"),
        "drips the head": Behaviour(endless(b"HTTP/1.1 200 OK\r\n", b"X", 0.02), "timeout", status=0),
        "drips the body": Behaviour(
            endless(head(JSON, b"Content-Length: 9000\r\n"), b" ", 0.02), "timeout", whole=True
        ),
        "comments without end": Behaviour(endless(head(EVENTS), b": ping\n\n", 0.01), "timeout", whole=True),
        "informational answers without end": Behaviour(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.005), "timeout", status=0
        ),
        "a drip of chunks": Behaviour(endless(head(JSON, CHUNKED), chunk(b" "), 0.02), "timeout", whole=True),
        "half closed at once": Behaviour(half_closed, "protocol", True, 0, whole=True),
        "half closed in the body": Behaviour(half_closed_later, "protocol", True),
    },
    "Size": {
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
        "a gzip inside a gzip": Behaviour(
            whole(gzip.compress(GZIP_BOMB), JSON, b"Content-Encoding: gzip, gzip\r\n"), "decoding", True
        ),
        "a brotli bomb": Behaviour(bomb(b"br", BROTLI_BOMB), "decoding", True, whole=True),
        "a zstd bomb": Behaviour(bomb(b"zstd", zstd_bomb()), "decoding", True, whole=True),
        "nothing after the end of a gzip, again and again": Behaviour(
            endless(head(JSON, CODED) + gzip.compress(BODY), bytes(65536)), "too large", True
        ),
        "a million tiny chunks": Behaviour(tiny_chunks, "timeout", whole=True),
        "a chunk extension without end": Behaviour(
            endless(head(JSON, CHUNKED) + b"1;x=", b"a" * 65536), "protocol", True
        ),
        "trailers without end": Behaviour(
            endless(head(JSON, CHUNKED) + chunk(BODY) + b"0\r\n", b"X: a\r\n" * 4096), "protocol", True
        ),
        "events without end": Behaviour(endless(head(EVENTS), b"data: {}\n\n" * 4096), "too large", True, whole=True),
        "a million lines": Behaviour(whole(b"data: x\n" * 500_000, EVENTS), "too large", True),
        "a million choices": Behaviour(whole(spoken(choices=[0] * 1_000_000), JSON), whole=True),
        "an event of megabytes": Behaviour(
            whole(b'data: {"id": "' + b"a" * 3_000_000 + b'"}\n\ndata: [DONE]\n\n', EVENTS), whole=True
        ),
        "an error of megabytes": Behaviour(
            whole(json.dumps({"error": {"message": "no model " * 300_000}}).encode(), JSON, status=b"400 Bad Request"),
            status=400,
            whole=True,
        ),
        "a thousand cookies": Behaviour(
            whole(BODY, JSON, b"".join(b"Set-Cookie: a%d=b; Path=/\r\n" % n for n in range(1000)))
        ),
    },
    "Connections": {
        "closes at once": Behaviour(close_at_once, "protocol", True, 0, whole=True),
        "closes in the head": Behaviour(saying(b"HTTP/1.1 200 O"), "protocol", True, 0),
        "closes in the body": Behaviour(
            saying(head(JSON, b"Content-Length: 1000\r\n") + BODY[:50]), "protocol", True, whole=True
        ),
        "closes in a chunk": Behaviour(saying(head(JSON, CHUNKED) + b"ff\r\n" + BODY[:50]), "protocol", True),
        "closes before the last chunk": Behaviour(saying(head(JSON, CHUNKED) + chunk(BODY)), "protocol", True),
        "resets": Behaviour(reset, "reset", whole=True),
    },
    "HTTP": {
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
        "a body longer than said": Behaviour(
            saying(head(JSON, b"Content-Length: %d\r\n" % len(BODY)) + BODY + b"x" * 999)
        ),
        "a body until the end": Behaviour(saying(head(JSON) + BODY)),
        "a body with 204": Behaviour(saying(head(status=b"204 No Content") + BODY), "", status=204),
        "another protocol, switched to": Behaviour(
            saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + bytes(64)),
            "protocol",
            True,
            0,
        ),
        "HTTP/2 unasked": Behaviour(saying(bytes.fromhex("000006040000000000000300000064")), "protocol", True, 0),
        "an answer before the request was read": Behaviour(raw(answer_unasked), whole=True),
    },
    "Content codings": {
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
        "gzip with a wrong checksum": Behaviour(
            whole(gzip.compress(BODY)[:-8] + bytes(8), JSON, CODED), "decoding", True
        ),
        "a coding that was not offered": Behaviour(whole(BODY, JSON, b"Content-Encoding: br\r\n"), "decoding", True),
        "a coding nobody knows": Behaviour(whole(BODY, JSON, b"Content-Encoding: \xff\r\n"), "decoding", True),
    },
    "Content": {
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
        "duplicate keys, the last one a lie": Behaviour(whole(BODY[:-1] + b', "choices": []}', JSON), whole=True),
        "another byte order mark": Behaviour(whole(b"\xef\xbb\xbf" + BODY, JSON)),
        "JSON with comments": Behaviour(whole(b"/* hello */" + BODY, JSON)),
        "an object that is its own prototype": Behaviour(
            whole(spoken(__proto__={"x": 1}, constructor={"prototype": {}}), JSON), whole=True
        ),
    },
    "Redirects and other hosts": {
        "a redirect": Behaviour(
            whole(b"", b"Location: /v2/chat/completions\r\n", status=b"307 Temporary Redirect"), status=307, whole=True
        ),
        "a redirect to itself": Behaviour(
            whole(b"", b"Location: /v1/chat/completions\r\n", status=b"308 P"), status=308
        ),
        "a redirect without a place": Behaviour(whole(b"", status=b"302 Found"), status=302),
        "redirects without end": Behaviour(redirect_further, status=307, whole=True),
        "a redirect to another host": Behaviour(redirecting(b"{elsewhere}"), status=307, whole=True),
        "a redirect to another host that asks for the key": Behaviour(
            redirecting(b"{elsewhere}", b'WWW-Authenticate: Bearer realm="{elsewhere}"\r\n', status=b"302 Found"),
            status=302,
            whole=True,
        ),
        "a redirect to another scheme": Behaviour(
            redirecting(b"https://localhost/stolen", status=b"301 M"), status=301
        ),
        "a redirect to a file": Behaviour(redirecting(b"file:///etc/passwd"), status=307, whole=True),
        "a redirect to a place that is none": Behaviour(redirecting(b"http://[::1"), status=307),
        "a request for the key": Behaviour(pointing(b'WWW-Authenticate: Basic realm="x"\r\n'), whole=True),
        "headers that point to another host": Behaviour(
            pointing(
                b"Refresh: 0; url={elsewhere}\r\n",
                b"Link: <{elsewhere}>; rel=preload\r\n",
                b'Alt-Svc: h2="localhost:443"\r\n',
                b"Content-Location: {elsewhere}\r\n",
            ),
            whole=True,
        ),
    },
    "The key": {
        "the key in two chunks": Behaviour(echoing(14, streamed=False), whole=True),
        "the key in two chunks of a stream": Behaviour(echoing(14, streamed=True), whole=True),
        "the key in a header and an error": Behaviour(echo_everywhere, status=400, whole=True),
    },
    "TLS": {
        "plain text where TLS is expected": Behaviour(whole(BODY, JSON), "tls", status=0, scheme="https", whole=True),
        "a TLS alert": Behaviour(unread(bytes.fromhex("15030300020228")), "tls", status=0, scheme="https", whole=True),
        "junk where TLS is expected": Behaviour(unread(bytes(range(256))), "tls", status=0, scheme="https"),
        "a TLS handshake that hangs": Behaviour(raw(hang), "timeout", status=0, scheme="https", whole=True),
        "a TLS handshake that breaks off": Behaviour(
            unread(bytes.fromhex("160303003a020000360303")), "tls", status=0, scheme="https"
        ),
    },
    "Words": {name: Behaviour(saying_everywhere(text), whole=True) for name, text in TEXTS.items()},
}
BEHAVIOURS = {name: behaviour for group in GROUPS.values() for name, behaviour in group.items()}
