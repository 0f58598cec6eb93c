"""A recorded exchange as it is shown: request, attempts with their times, the command that repeats it.

What a record holds was sent by others, and may be anything. Whatever is missing or of another type is shown as empty,
and every text comes out ``visible``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from samewire.bodies import MOST, body_of
from samewire.inert import visible
from samewire.report.curl import curl, pairs_of, variable_of
from samewire.report.snippet import snippet
from samewire.run import Column, Run
from samewire.verdict import Judgement

__all__ = [
    "attempts_of",
    "curl_of",
    "decisive",
    "first_of",
    "mapping",
    "number",
    "seconds_of",
    "sequence",
    "shown",
]

# Without the atomic groups, one CRLF would count as two line ends.
_BLANK = re.compile(rb"(?>\r\n|\r|\n)(?>\r\n|\r|\n)")
_STREAM = re.compile(rb"\xef?\xbb?\xbf?(data|event|id|retry)?:")


def shown(line: Mapping[str, Any], column: Column) -> dict[str, Any]:
    """An exchange's line of the record as it is shown, ready for JSON."""
    wire, request = mapping(line.get("wire")), mapping(line.get("request"))
    variable = variable_of(column.key_variable)
    body, size, cut = _body(body_of(wire.get("body")))
    return {
        "id": _shown(line.get("id")),
        "method": _shown(wire.get("method")),
        "url": _shown(wire.get("url")).replace("{key}", f"${variable}"),
        "repetition": number(request.get("repetition")),
        "headers": [[name, value.replace("{key}", f"${variable}")] for name, value in _pairs(wire.get("headers"))],
        "body": body,
        "size": size,
        "cut": cut,
        "stopped": number(wire.get("cut")) if wire.get("cut") is not None else None,
        "attempts": [_attempt(mapping(one)) for one in sequence(line.get("attempts"))],
        "controls": [bool(one) for one in sequence(line.get("controls"))],
        "leaked": [_shown(one) for one in sequence(line.get("leaked"))],
        "curl": curl(wire, variable),
        "python": snippet(wire, variable),
    }


def _attempt(one: Mapping[str, Any]) -> dict[str, Any]:
    data = body_of(one.get("body")) or b""
    headers = _pairs(one.get("headers"))
    body, size, cut = _body(data)
    failure = mapping(one.get("failure"))
    streamed = any(name.lower() == "content-type" and "event-stream" in value for name, value in headers)
    pieces = _pieces(data, sequence(one.get("reads"))) if streamed or _STREAM.match(data) else None
    return {
        "waited": number(one.get("waited")),
        "lag": number(one.get("lag")),
        "status": number(one.get("status")),
        "version": _shown(one.get("version")),
        "headers": headers,
        "answered": number(one.get("answered")),
        "ended": number(one.get("ended")),
        "failure": _shown(failure.get("message")) or _shown(failure.get("kind")) if failure else "",
        "body": None if pieces else body,
        "pieces": pieces,
        "size": size,
        "cut": cut,
        "reads": len(sequence(one.get("reads"))),
    }


def _body(data: bytes | None) -> tuple[str | None, int, bool]:
    """A body as text, its size, and whether the text is only its beginning."""
    if data is None:
        return None, 0, False
    text = data[:MOST].decode("utf-8", "backslashreplace" if not _is_text(data) else "ignore")
    return visible(text), len(data), len(data) > MOST


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pieces(data: bytes, reads: Sequence[Any]) -> list[list[Any]]:
    """A stream's events, each with the second at which its last byte had arrived; -1 where that isn't known."""
    ends: list[tuple[int, float]] = []
    total = 0
    for read in reads:
        at, size = (*sequence(read), 0, 0)[:2]
        total += max(0, int(number(size)))
        ends.append((total, number(at)))
    pieces: list[list[Any]] = []
    where = 0
    for start, end in _blocks(data[:MOST]):
        while where < len(ends) and ends[where][0] < end:
            where += 1
        text = data[start:end].decode("utf-8", "backslashreplace").removesuffix("\n").removesuffix("\n")
        pieces.append([round(ends[where][1], 4) if where < len(ends) else -1, visible(text)])
    return pieces


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _BLANK.finditer(data):
        yield start, found.end()
        start = found.end()
    if start < len(data):
        yield start, len(data)


def decisive(run: Run, column: Column, judgement: Judgement) -> Mapping[str, Any] | None:
    """The record of the exchange that decided a judgement, or None if there is none."""
    for name in judgement.exchanges:
        line = run.exchanges.get((column.name, name))
        if line is not None:
            return line
    return None


def curl_of(run: Run, column: Column, judgement: Judgement) -> str:
    """The command that repeats what decided a judgement; empty if nothing was sent, or too much to be shown."""
    line = decisive(run, column, judgement)
    return curl(mapping(line.get("wire")), column.key_variable) if line is not None else ""


def attempts_of(line: Mapping[str, Any]) -> int:
    """How many attempts an exchange took."""
    return len(sequence(line.get("attempts")))


def seconds_of(line: Mapping[str, Any] | None) -> float:
    """How long the last attempt of an exchange took."""
    attempts = sequence(line.get("attempts")) if line is not None else ()
    return number(mapping(attempts[-1]).get("ended")) if attempts else 0.0


def first_of(line: Mapping[str, Any] | None) -> float:
    """After how long the first byte of the last attempt's body came; 0 if none did."""
    attempts = sequence(line.get("attempts")) if line is not None else ()
    reads = sequence(mapping(attempts[-1]).get("reads")) if attempts else ()
    return number((*sequence(reads[0]), 0)[0]) if reads else 0.0


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, (list, tuple)) else ()


def number(value: object) -> float:
    """The value if it is a number that makes sense, else 0."""
    fine = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
    return value if fine else 0  # type: ignore[return-value]


def _shown(value: object) -> str:
    return visible(value) if isinstance(value, str) else "" if value is None else visible(str(value))


def _pairs(value: object) -> list[tuple[str, str]]:
    return [(visible(name), visible(content)) for name, content in pairs_of(value)]
