"""Bytes → server-sent events, by the rules of the WHATWG HTML standard, keeping what those rules throw away.

Lines end with CR, LF or CRLF and nothing else (U+2028 inside JSON is text). Comments, blocks without data and an
unterminated tail are kept as evidence: some clients choke on what the standard ignores.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["Event", "Read", "Stream", "parse"]

#: One read of the body: seconds since the request was sent, and the bytes.
Read = tuple[float, bytes]

_LINE_END = re.compile(rb"\r\n|\r|\n")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One block of a stream that has at least one field.

    Attributes:
        data: the ``data`` lines joined with LF, or None if the block has none. Invalid UTF-8 becomes U+FFFD.
        name: the ``event`` field, or None.
        id: the ``id`` field, or None; one with a NUL is none.
        fields: every field line as (name, value), in order, unknown ones too.
        raw: the block's bytes, its blank line included.
        at: seconds since the request was sent, when the event's last byte had arrived.
        terminated: whether a blank line closed it.
        index: its position among the stream's events, from 0.
    """

    data: str | None
    name: str | None
    id: str | None
    fields: tuple[tuple[str, str], ...]
    raw: bytes
    at: float
    terminated: bool
    index: int


@dataclass(frozen=True, slots=True)
class Stream:
    """All that a stream's bytes hold.

    Attributes:
        events: the blocks with fields, in order; the unterminated tail is the last of them if it has fields.
        comments: the comment lines without their colon, with their times.
        bom: whether the stream begins with a byte order mark.
        valid: whether all of it is UTF-8.
    """

    events: tuple[Event, ...]
    comments: tuple[tuple[float, str], ...]
    bom: bool
    valid: bool


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def parse(reads: Sequence[Read]) -> Stream:
    """Take a stream's bytes apart. Where the reads are cut makes no difference to anything but the times."""
    body = b"".join(chunk for _, chunk in reads)
    times = [at for at, _ in reads]
    ends = list(accumulate(len(chunk) for _, chunk in reads))

    def arrival(offset: int) -> float:
        return times[min(bisect_right(ends, offset), len(times) - 1)] if times else 0.0

    events: list[Event] = []
    comments: list[tuple[float, str]] = []
    block: list[tuple[str, str]] = []
    bom = body.startswith(BOM)
    start = position = len(BOM) if bom else 0

    def close(end: int, terminated: bool) -> None:
        nonlocal start
        if block:
            data = [value for name, value in block if name == "data"]
            last = dict(block)
            events.append(
                Event(
                    data="\n".join(data) if data else None,
                    name=last.get("event"),
                    id=next((value for name, value in reversed(block) if name == "id" and "\0" not in value), None),
                    fields=tuple(block),
                    raw=body[start:end],
                    at=arrival(end - 1),
                    terminated=terminated,
                    index=len(events),
                )
            )
            block.clear()
        start = end

    while position < len(body):
        found = _LINE_END.search(body, position)
        line = body[position : found.start() if found else len(body)]
        position = found.end() if found else len(body)
        if not line:
            close(position, terminated=True)
        elif line.startswith(b":"):
            comments.append((arrival(position - 1), line[1:].decode(errors="replace")))
        else:
            name, _, value = line.decode(errors="replace").partition(":")
            block.append((name, value.removeprefix(" ")))
    close(len(body), terminated=False)
    return Stream(tuple(events), tuple(comments), bom, _is_utf8(body))
