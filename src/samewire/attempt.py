"""What goes over the wire and what comes back, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from samewire.placeholders import written_out
from samewire.sse import Read, parse

__all__ = ["CHUNK", "Attempt", "Failure", "Wire", "dated", "error_of", "failing", "parse_json", "throttled"]

#: Arrays and objects in each other that are still read.
DEPTH = 100
#: Values of a document that are still read.
VALUES = 50_000
#: Digits of an integer that is still read as one: the greatest that a float can hold has 309.
DIGITS = 308
#: How errors call a limit, in `code` or `type`.
LIMITS = ("rate_limit_exceeded", "rate_limit_error", "too_many_requests")
BOM = "\ufeff"
#: How servers say that what they read was no HTTP.
NO_HTTP = re.compile(
    rb"request[- ]line|bad request (?:syntax|version)|invalid http|^400 bad request|<title>400 bad request",
    re.IGNORECASE,
)
#: Of which a chunk of Chat Completions has some, or else it is none.
CHUNK = frozenset({"id", "object", "created", "model", "choices", "usage", "error"})


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as an endpoint gets it, but for the key, whose place is held by its variable's name.

    Attributes:
        method: the HTTP method.
        url: the full URL, without any secret.
        headers: names and values in order; ``{key}`` stands for the key.
        written: the bytes of the body, where placeholders may stand for what is large; None for no body.
        id: a digest of all this and of how the key is presented: the exchange's id.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    written: bytes | None
    id: str
    key: str = "own"
    cut: int | None = None

    @property
    def body(self) -> bytes | None:
        """The bytes of the body, written out: made anew each time, since a run holds its requests until its end."""
        return None if self.written is None else written_out(self.written)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in an exchange's transport.

    Attributes:
        kind: ``refused``, ``name``, ``tls``, ``connect``, ``timeout``, ``reset``, ``protocol``, ``decoding``,
            ``too large`` or ``stopped``; ``died`` where the endpoint did so, ``silent`` where it is given up.
        message: what happened, as a sentence.
        peer: whether the peer broke HTTP, as opposed to nobody being to blame.
    """

    kind: str
    message: str
    peer: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a request.

    Attributes:
        started: seconds since the epoch.
        status: the HTTP status, or 0 if none came.
        version: the HTTP version the peer speaks, such as ``HTTP/1.1``.
        headers: the response's headers as (name, value), repeated ones and their case kept.
        reads: the body, decoded from its content coding, as it arrived.
        answered: seconds from sending to the response's headers.
        ended: seconds from sending to the end.
        failure: what went wrong, if anything.
        waited: seconds that were waited before this attempt, for a limit or a backoff.
        lag: seconds that our own clock was late at worst, so that the times may be wrong by as much.
        forsaken: how many connections were found closed by now that an answer had just left open, as long as not one
            was of use again.
    """

    started: float
    status: int = 0
    version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    reads: Sequence[Read] = ()
    answered: float = 0.0
    ended: float = 0.0
    failure: Failure | None = None
    waited: float = 0.0
    lag: float = 0.0
    forsaken: int = 0

    @property
    def pause(self) -> float | None:
        """The seconds that ``retry-after-ms`` or ``Retry-After`` asks for; None without a sane one."""
        for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
            try:
                seconds = float(self.header(name)) * unit
            except ValueError:
                continue
            if 0 <= seconds < 1e9:
                return seconds
        try:
            date = parsedate_to_datetime(self.header("retry-after")).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
        return max(0.0, date - self.started)

    @property
    def broke_off(self) -> Any:
        """What an event of a stream says that went wrong after others said nothing of it; None if none does."""
        if self.failure is not None or self.status != 200 or "event-stream" not in self.header("content-type"):
            return None
        body = b"".join(chunk for _, chunk in self.reads)
        if b'"error"' not in body:
            return None
        datas = [event.data or "" for event in parse(self.reads).events]
        until = datas.index("[DONE]") if "[DONE]" in datas else len(datas)
        values = [parse_json(data.encode("utf-8", "replace"))[0] for data in datas[:until]]
        told = [failing(value) or None for value in values]
        return next((one for one in told[1:] if one is not None), None) if told[0] is None else None

    @property
    def misread(self) -> bool:
        """Whether it was answered as if it were no HTTP: what was left of another request may stand before it."""
        body = b"".join(chunk for _, chunk in self.reads[:8])
        return self.failure is None and self.status == 400 and NO_HTTP.search(body[:2048]) is not None

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


def dated(attempt: Attempt) -> list[float]:
    """When an answer came: by our clock, and by its own `Date` if it has one that can be read."""
    known = [attempt.started]
    with suppress(TypeError, ValueError, OverflowError):
        known.append(parsedate_to_datetime(attempt.header("date")).timestamp())
    return known


def error_of(attempt: Attempt) -> dict[str, Any] | None:
    """The error object of an attempt's body, or None."""
    value, _ = parse_json(b"".join(chunk for _, chunk in attempt.reads))
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) else None


def failing(value: Any) -> Any:
    """What the JSON of an event says that went wrong, under ``error`` or as a whole; None or something empty if not."""
    if not isinstance(value, dict):
        return None
    return value.get("error") or (value.get("message") if value.get("object") == "error" else None)


def throttled(attempt: Attempt) -> bool:
    """Whether a limit or too much load was met: by the status, or by an error with one that blames key or request."""
    if attempt.failure is not None or attempt.status not in (400, 403):
        return attempt.failure is None and attempt.status in (429, 503, 529)
    error = error_of(attempt) or {}
    return any(error.get(name) in LIMITS for name in ("code", "type"))


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int | float:
    # As with 1e999: what is beyond all floats is infinite, and then no schema takes it for an integer.
    return int(digits) if len(digits) <= DIGITS else float(digits)


def parse_json(body: bytes) -> tuple[Any, str]:
    """The bytes as JSON by RFC 8259, and what is wrong with them as a sentence (empty when nothing is).

    What begins with a byte order mark is wrong, and is read all the same, as many clients do.

    The standard lets a reader bound the size, the depth and the numbers that it takes. These bounds are far beyond what
    any client needs, and let every check walk and reckon without a care.
    """
    if body.count(b",") >= VALUES:
        return None, f"more than {VALUES} values"
    try:
        text = body.decode("utf-8")
        value = json.loads(text.removeprefix(BOM), parse_constant=_reject_constant, parse_int=_integer)
    except UnicodeDecodeError as problem:
        return None, f"byte {problem.start} is not UTF-8"
    except RecursionError:
        return None, "nested too deeply"
    except ValueError as problem:
        return None, str(problem) if body.strip() else "it is empty"
    if body.count(b"[") + body.count(b"{") > DEPTH and _deeper(value, DEPTH):
        return None, "nested too deeply"
    return value, "it begins with a byte order mark" if text.startswith(BOM) else ""


def _deeper(value: Any, most: int) -> bool:
    """Whether arrays and objects are nested in each other more than so often."""
    level = [value]
    for _ in range(most):
        holders = [one for one in level if isinstance(one, (dict, list))]
        level = [inner for one in holders for inner in (one.values() if isinstance(one, dict) else one)]
    return any(isinstance(one, (dict, list)) for one in level)
