"""Answers, changed at random: a member lost, a value of another kind, a stream cut, another status."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

from samewire.attempt import Attempt, Failure

#: Values that stand where another was expected.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 1.0, 0.5, -0.5, 1e308, 10**25, int("9" * 4299)),
    *(
        "",
        " ",
        "text",
        "null",
        "0",
        "stop",
        "length",
        "tool_calls",
        "[DONE]",
        "{",
        "{}",
        "[1]",
        "\ud800",
        "é\u2028",
        "a" * 3000,
    ),
    *([], {}, [None], [[]], [{}], {"": None}, {"a": {"b": []}}, ["a", 1, None], {"type": "text", "text": "a"}),
    *(
        {"message": {}},
        {"error": {}},
        {"error": "text"},
        {"function": None},
        [{"index": None}],
        [{"index": 0, "delta": None}],
    ),
)
STATUSES = (0, 100, 200, 200, 201, 204, 301, 307, 400, 401, 402, 403, 404, 405, 408, 409, 422, 429, 500, 501, 503, 999)
HEADERS = (
    "",
    "x",
    "application/json",
    "text/event-stream",
    "text/html; charset=x",
    "9" * 5000,
    "-1",
    "١٢",
    "²",
    "\x00",
    "0x10",
    "1e5",
)
JUNK = (
    b"",
    b"\xff",
    b"\xe2\x82",
    b"\x00",
    b"\n\n",
    b"\r",
    b"{",
    b"}",
    b"data:",
    b"data: \n\n",
    b": hi\n\n",
    b"event: error\n",
    b"null",
    b"\xef\xbb\xbf",
)
FAILURES = (Failure("timeout", "no answer"), Failure("protocol", "broke HTTP", True), Failure("reset", "broke off"))


def nested(depth: int) -> Any:
    """A list in a list in a list …"""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def mutated(attempt: Attempt, chance: Random) -> Attempt:
    """The attempt with one to four things changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        attempt = chance.choice((_content, _content, _content, _content, _bytes, _status, _headers, _times, _failure))(
            attempt, chance
        )
    return attempt


def _body(attempt: Attempt) -> bytes:
    return b"".join(piece for _, piece in attempt.reads)


def _with(attempt: Attempt, body: bytes, chance: Random) -> Attempt:
    reads: list[tuple[float, bytes]] = []
    at = 0.05
    while body:
        size = chance.choice((1, 7, 100, 10_000))
        reads.append((at, body[:size]))
        body, at = body[size:], at + chance.choice((0.0, 0.001, 2.0))
    return replace(attempt, reads=tuple(reads))


def _content(attempt: Attempt, chance: Random) -> Attempt:
    """Change the JSON: the body's, or that of an event."""
    body = _body(attempt)
    if not body.startswith(b"data:"):
        return _with(attempt, _json(body, chance), chance)
    events = body.split(b"\n\n")
    place = chance.randrange(len(events))
    way = chance.randrange(8)
    if way == 0:
        del events[place]
    elif way == 1:
        events.insert(chance.randrange(len(events)), events[place])
    elif way == 2:
        chance.shuffle(events)
    elif way == 3:
        events.insert(place, chance.choice(JUNK))
    else:
        events[place] = b"data: " + _json(events[place].removeprefix(b"data: "), chance)
    return _with(attempt, b"\n\n".join(events), chance)


def _json(text: bytes, chance: Random) -> bytes:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    changed = _changed(document, chance)
    return json.dumps(changed, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _changed(document: Any, chance: Random) -> Any:
    """A document with one place changed; the deeper places are as likely as the others."""
    if isinstance(document, dict) and document and chance.random() < 0.85:
        name = chance.choice(list(document))
        copy = dict(document)
        way = chance.random()
        if way < 0.2:
            del copy[name]
        elif way < 0.25:
            copy[chance.choice(("error", "usage", "choices", "object", "prompt_filter_results"))] = _value(chance)
        else:
            copy[name] = _changed(copy[name], chance)
        return copy
    if isinstance(document, list) and document and chance.random() < 0.85:
        items = list(document)
        place = chance.randrange(len(items))
        way = chance.random()
        if way < 0.15:
            del items[place]
        elif way < 0.3:
            items.insert(place, items[chance.randrange(len(items))])
        else:
            items[place] = _changed(items[place], chance)
        return items
    return _value(chance)


def _value(chance: Random) -> Any:
    return nested(chance.choice((3, 200, 700))) if chance.random() < 0.02 else chance.choice(VALUES)


def _bytes(attempt: Attempt, chance: Random) -> Attempt:
    """Change the bytes, whatever they mean."""
    body = _body(attempt)
    place = chance.randrange(len(body) + 1)
    way = chance.randrange(5)
    if way == 0:
        body = body[:place]
    elif way == 1:
        body = body[:place] + chance.choice(JUNK) + body[place:]
    elif way == 2:
        body = body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
    elif way == 3:
        body = chance.choice(JUNK)
    else:
        body = body[place:] + body[:place]
    return _with(attempt, body, chance)


def _status(attempt: Attempt, chance: Random) -> Attempt:
    return replace(attempt, status=chance.choice(STATUSES))


def _headers(attempt: Attempt, chance: Random) -> Attempt:
    name = chance.choice(("content-type", "x-request-id", "content-encoding", "location", "retry-after", "x-ratelimit"))
    if name == "x-ratelimit":
        kind = chance.choice(("limit-requests", "remaining-requests", "remaining-tokens", "reset-requests"))
        name = f"x-ratelimit-{kind}"
    others = tuple(pair for pair in attempt.headers if pair[0].lower() != name)
    return replace(attempt, headers=others if chance.random() < 0.2 else (*others, (name, chance.choice(HEADERS))))


def _times(attempt: Attempt, chance: Random) -> Attempt:
    return replace(attempt, ended=chance.choice((0.0, 0.5, 1e6)), lag=chance.choice((0.0, 5.0)), version="HTTP/0.9")


def _failure(attempt: Attempt, chance: Random) -> Attempt:
    return replace(attempt, failure=chance.choice(FAILURES)) if chance.random() < 0.3 else attempt
