"""One request and all that came back, and how a check reads it.

A check passes one gate (``accepted`` or ``rejected``), then reads JSON through ``body_as`` or ``stream_of``, which
validate first. Whatever bytes came, reading ends in a value or in a signal of ``verdict``, never in another exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from samewire.answer import Answer, Garbled
from samewire.attempt import Attempt, error_of, throttled
from samewire.parts import Items, reading
from samewire.request import KEYLESS
from samewire.scenario import Every
from samewire.schema import Violation, violations
from samewire.verdict import Blocked, Broken, Ignored, Inconclusive, Unsupported

__all__ = ["OTHER_BLAME", "Exchange", "matches"]

#: Statuses that blame something else than the request: the key, the account, a proxy, the pace.
OTHER_BLAME = (401, 402, 403, 407, 408, 409, 429)
#: Codes of refusals that blame the words of a prompt, and say nothing of what was asked for beside them.
FILTERED = ("content_filter", "content_policy_violation")


@dataclass(frozen=True, slots=True)
class Exchange(Answer):
    """One request and all that came back."""

    def accepted(self) -> Exchange:
        """Pass if the request was accepted.

        Raises:
            Unsupported: it was refused cleanly, or the route is absent.
            Broken, Inconclusive, Blocked: as ``answered`` says; *blocked* also by a refusal without an error object,
                a redirect or an error that came with a 200, which all have cells of their own.
        """
        self.answered()
        if self.ok:
            if self.stream_error is not None and self.chunk_count:
                words = f"the stream broke off with an error{self._each_time()}: {_short(self.stream_error)}"
                if not self.persistent:
                    raise Inconclusive(words, reason="stream")
                words += ", while the control was answered in between"
                raise Broken(words, reason="stream", cause=self._cause)
            self._not_an_error()
            return self
        filtered = (self.error_object or {}).get("code") in FILTERED
        if filtered or (self.status in (401, 403) and not self.controlled):
            raise Inconclusive(f"answered {self.status}{self.said}", reason=f"http.{self.status}")
        if self.status in (404, 405, 501) or self.error_object is not None:
            raise Unsupported(f"refused with {self.status}{self.said}", cause=self._cause)
        raise Blocked(f"refused with {self.status}, but without an error object{self.said}", cause="error envelope")

    def rejected(self) -> Exchange:
        """Pass if the request was refused, in whatever shape.

        Raises:
            Ignored: it was accepted.
            Broken, Inconclusive, Blocked: as ``accepted``.
        """
        self.answered()
        if self.ok:
            self._not_an_error()
            raise Ignored(f"accepted with {self.status}, and should have been refused", reason="accepted")
        return self

    def answered(self) -> Exchange:
        """Pass if an answer came that says anything about the request.

        Raises:
            Broken: the peer broke HTTP, or every attempt met a 5xx or a failure while the control was answered.
            Inconclusive: 402, 408, 409, 429, another status that tells a limit, a 5xx, a failure of the network.
            Blocked: a redirect came.
        """
        if self.failure is not None:
            words = f"{self.failure.message}{self._each_time()}"
            if self.failure.kind in ("died", "silent"):
                raise Blocked(words, cause="gone")
            unread = self.failure.kind == "decoding" and self.status >= 400
            if unread or (self.persistent and self.request.mistaken):
                raise Blocked(words, cause="unreadable refusals" if unread else "client error as 5xx")
            if self.failure.peer or self.persistent:
                raise Broken(words, reason=self.failure.kind, cause=self._cause)
            raise Inconclusive(words, reason=self.failure.kind)
        failed = self.status >= 500 and self.status != 501
        if failed or self.status in (402, 408, 409) or throttled(self.last):
            words = f"answered {self.status}{self._each_time()}{self.said}"
            if (failed or self.status in (408, 409)) and self.persistent and self.request.mistaken:
                raise Blocked(words, cause="client error as 5xx")
            if failed and self.persistent:
                words += ", while the control was answered in between"
                raise Broken(words, reason=f"http.{self.status}", cause=self._cause)
            raise Inconclusive(words, reason=f"http.{self.status}")
        if self.status < 200 or 300 <= self.status < 400:
            raise Blocked(f"answered {self.status}{self.said}", cause="redirect")
        return self

    @property
    def _cause(self) -> str:
        """The name of what happened to this request: it is shown once, however many checks look at it."""
        return f"request:{(self.request.first or self.request.again(0)).id}"

    @property
    def persistent(self) -> bool:
        """Whether every attempt met the same while the control was answered in between: then it is no chance."""
        return len(self.attempts) > 1 and bool(self.controls) and all(self.controls)

    def error(self) -> Any:
        """The error object, of which only what conforms can be read.

        Raises:
            Blocked: there is none, which has a cell of its own.
        """
        if self.error_object is None:
            raise Blocked(f"answered {self.status} without an error object", cause="error envelope")
        return self.body_as("http/error")["error"]

    @property
    def limits(self) -> list[tuple[int, float | None, dict[str, Any] | None]]:
        """Of every attempt that met a limit: its status, the seconds it asked to wait, and its error object."""
        return [(one.status, one.pause, error_of(one)) for one in self.attempts if throttled(one)]

    def _each_time(self) -> str:
        every = len(self.attempts)
        alike = sum(_met(one) == _met(self.last) for one in self.attempts)
        which = f"each of {every}" if alike == every else f"{alike} of {every}"
        return f" on {which} attempts" if every > 1 else ""

    @property
    def said(self) -> str:
        """What a refusal says behind a colon, shortened, or where a redirect leads; empty if nothing is said."""
        place = self.error_object if self.error_object is not None or self.ok else self.raw_json
        told = [place.get(name) for name in ("message", "error", "detail")] if isinstance(place, dict) else []
        where = f"a redirect to {self.header('location')!r}" if 300 <= self.status < 400 else ""
        message = where or next((one for one in told if one and isinstance(one, str)), "")
        return f": {_short(message)}" if message else ""

    def _not_an_error(self) -> None:
        if self.error_told is not None or (self.stream_error is not None and not self.chunk_count):
            raise Blocked(f"answered {self.status} with an error", cause="error with status 200")

    @property
    def _streams(self) -> bool:
        """Whether the answer is to be a stream: one was asked for, and not refused."""
        return self.streamed and self.ok

    def _violations(self, schema: str, stream: bool) -> tuple[Violation, ...]:
        """The violations of a schema by the body, or (each with its event's index before) by a stream's events."""

        def look() -> tuple[Violation, ...]:
            return tuple(self._stream_violations(schema)) if stream else violations(self.json, schema)

        return self._once(f"violations {schema} {stream}", look)

    def _stream_violations(self, schema: str) -> Iterator[Violation]:
        for index, chunk in enumerate(self.chunks()):
            if isinstance(chunk, Garbled):
                yield Violation("stream", (index,), f"event {index} is not JSON: {chunk.problem}")
            else:
                for found in violations(chunk, schema):
                    yield replace(found, path=(index, *found.path), message=f"event {index}: {found.message}")

    def body_as(self, schema: str) -> Any:
        """The body, of which only what conforms to the schema can be read.

        Raises:
            Blocked: the body isn't JSON, or not at all what the schema describes. Reading a part that violates the
                schema raises the same.
        """
        return self._read(schema, self.json, stream=False)

    def stream_of(self, schema: str) -> Items:
        """The events' data as JSON, ``[DONE]`` and errors left out, of which only what conforms can be read.

        Raises:
            Blocked: the body isn't a stream of events.
        """
        self.events()
        chunks = [None if isinstance(chunk, Garbled) else chunk for chunk in self.chunks()]
        stream: Items = self._read(schema, chunks, stream=True)
        return stream

    def _read(self, schema: str, instance: Any, stream: bool) -> Any:
        return self._once(f"reading {schema} {stream}", lambda: reading(instance, self._violations(schema, stream)))

    def conforms(self, schema: str, *places: str, but: tuple[str, ...] = ()) -> None:
        """Say *broken* if the answer violates the schema at or below these places.

        Args:
            schema: its name, such as ``chat/completion``.
            places: JSON Pointers with ``*`` for indexes, such as ``/choices/*/index``; ``#`` is the whole alone; none
                means everywhere.
            but: places that have checks of their own.

        Raises:
            Broken: it does. Its causes are the places, so that other cells can say what blocks them.
            Blocked: the body isn't JSON, or no stream came.
        """
        __tracebackhide__ = True
        if self.ok:
            self._not_an_error()
        if self._streams:
            self.events()
        bad = [
            found
            for found in self._violations(schema, self._streams)
            if found.schema == schema
            and (not places or any(_covers(place, self._place(found)) for place in places))
            and not any(_covers(place, self._place(found)) for place in but)
        ]
        if bad:
            words = "; ".join(f"{found.pointer or 'the whole'}: {found.message}" for found in bad[:3])
            more = f" (and {len(bad) - 3} more)" if len(bad) > 3 else ""
            raise Broken(words + more, reason="schema", causes={found.cause for found in bad})

    def _place(self, found: Violation) -> str:
        place = found.cause.partition("#")[2]
        return place.removeprefix("/*") if self._streams else place


def _covers(place: str, pointer: str) -> bool:
    return pointer == place.removeprefix("#") or (place != "#" and pointer.startswith(f"{place}/"))


def _met(attempt: Attempt) -> tuple[int, str]:
    return attempt.status, attempt.failure.kind if attempt.failure is not None else ""


def _short(value: Any) -> str:
    words = " ".join(str(value).split())
    return words if len(words) <= 200 else f"{words[:199]}…"


def matches(every: Every, exchange: Exchange) -> bool:
    """Whether an invariant is to be judged over this exchange."""
    request = exchange.request
    return (
        (every.path is None or request.path == every.path or request.path.startswith(f"{every.path}/"))
        and (every.streamed is None or exchange.streamed == every.streamed)
        and (every.method is None or request.method == every.method)
        and exchange.status in every.statuses
        and (every.wrong is None or (request.mistaken or (not every.wrong and request.key in KEYLESS)) == every.wrong)
        and (every.failed or exchange.failure is None)
        and request.cut is None
        and (every.crowded or not request.crowd)
    )
