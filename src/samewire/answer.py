"""An exchange as it came: who asked what, every attempt, and the answer's bytes as JSON or as events.

Nothing here judges. Whatever the bytes are, reading them ends in a value or in *blocked*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from samewire import sse
from samewire.attempt import CHUNK, Attempt, Failure, Wire, failing, parse_json
from samewire.request import Request
from samewire.verdict import Blocked

__all__ = ["Answer", "Garbled"]

T = TypeVar("T")
#: Readings that are kept to the end: they take next to nothing, and are asked for again and again.
SMALL = frozenset({"size", "streamed", "stream error", "chunk count"})
#: What an answer has that is more than an error.
ANSWERING = ("choices", "output", "content", "data")
#: Bodies that hold nothing.
NOTHING = (b"", b"null", b"{}", b"data: [DONE]")


@dataclass(frozen=True, slots=True)
class Garbled:
    """Stands for an event's data that isn't JSON."""

    problem: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One request and all that came back.

    Attributes:
        id: the wire's id, and for a scenario's last exchange still that.
        request: what was asked for.
        wire: what was sent.
        attempts: every try; the last one is judged.
        controls: for each time the control was sent in between two attempts, whether it was answered.
        controlled: whether the endpoint has answered another request with the same key.
        model: the model asked for.
        leaked: where the key came back: ``body``, ``headers``.
        before: the earlier exchanges of the scenario.
        found: what the scenario or preflight returned.
    """

    request: Request
    wire: Wire
    attempts: tuple[Attempt, ...]
    controls: tuple[bool, ...] = ()
    controlled: bool = False
    model: str = ""
    leaked: tuple[str, ...] = ()
    before: tuple[Any, ...] = ()
    found: Any = None
    _known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The wire's id."""
        return self.wire.id

    @property
    def key(self) -> int:
        """The same for all views of one exchange."""
        return id(self._known)

    def forget(self) -> None:
        """Let go of what was read from the bytes; it is read again when it is asked for. From any thread."""
        for key in self._known.keys() - SMALL:
            self._known.pop(key, None)

    def _once(self, key: str, read: Callable[[], T]) -> T:
        """What is read from the bytes, read once: dozens of checks look at the same answer."""
        known: T | None = self._known.get(key)
        if known is None:
            known = self._known[key] = read()
        return known

    @property
    def last(self) -> Attempt:
        """The attempt that is judged."""
        return self.attempts[-1]

    @property
    def status(self) -> int:
        """The HTTP status, or 0 if none came."""
        return self.last.status

    @property
    def failure(self) -> Failure | None:
        """What went wrong in transport, if anything."""
        return self.last.failure

    @property
    def reads(self) -> Sequence[sse.Read]:
        """The body as it arrived."""
        return self.last.reads

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return self._once("size", lambda: len(self.body))

    @property
    def body(self) -> bytes:
        """The whole body."""
        return self._once("body", lambda: b"".join(chunk for _, chunk in self.reads))

    @property
    def ok(self) -> bool:
        """Whether the answer came whole and with a status of 2xx."""
        return self.failure is None and 200 <= self.status < 300

    def asked(self, request: Request) -> bool:
        """Whether this request was sent, at whichever try."""
        return request in (self.request, self.request.first)

    @property
    def sent(self) -> Any:
        """The body that was sent, as JSON, with placeholders for what is large; None if it wasn't JSON."""
        return self._once("sent", lambda: parse_json(self.wire.written or b"null"))[0]

    @property
    def streamed(self) -> bool:
        """Whether a stream was asked for: by the request, or by what the provider's entry adds to every request."""
        return self._once("streamed", self._streamed)

    def _streamed(self) -> bool:
        declared = self.request.speaks and isinstance(self.sent, dict) and self.sent.get("stream") is True
        return self.request.streamed or declared

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case."""
        return self.header("content-type").split(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """The first value of a response header, or an empty string."""
        return self.last.header(name)

    @property
    def stream(self) -> sse.Stream:
        """The body taken apart as server-sent events, whatever it is."""
        return self._once("stream", lambda: sse.parse(self.reads))

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Blocked: it isn't JSON, which has a cell of its own.
        """
        value, problem = self._json()
        if problem and value is None:
            raise Blocked(f"the body is not JSON: {problem}", cause="json")
        return value

    @property
    def raw_json(self) -> Any:
        """The body as JSON, or None if it isn't: for looking before judging."""
        return self._json()[0]

    @property
    def json_problem(self) -> str:
        """What is wrong with the body as JSON, as a sentence; empty when nothing is."""
        return self._json()[1]

    def _json(self) -> tuple[Any, str]:
        return self._once("json", lambda: parse_json(self.body))

    @property
    def error_object(self) -> dict[str, Any] | None:
        """The error object of the body, if it has one; the bare minimum is that it is an object with a message."""
        value, _ = self._json()
        error = value.get("error") if isinstance(value, dict) else None
        return error if isinstance(error, dict) and value.get("object") != "response" else None

    @property
    def error_told(self) -> Any:
        """What went wrong, if a body without an answer tells: an error object, mere text or, to a mistake, nothing."""
        value = self.raw_json if isinstance(self.raw_json, dict) else {}
        told = failing(value)
        if isinstance(told, str) and told and not any(part in value for part in ANSWERING):
            return told
        return "nothing" if self.request.mistaken and self.body.strip() in NOTHING else self.error_object

    @property
    def stream_error(self) -> Any:
        """The truthy ``error`` of the first event that has one, or None."""
        return self._once("stream error", lambda: (self._stream_error(),))[0]

    def _stream_error(self) -> Any:
        for value, _ in self.payloads():
            if (told := failing(value)) and value.get("object") != "response":
                return told
        return None

    @property
    def chunk_count(self) -> int:
        """How many events carry a JSON object that is no error."""
        return self._once("chunk count", self._chunk_count)

    def _chunk_count(self) -> int:
        return sum(1 for value, _ in self.payloads() if isinstance(value, dict) and not failing(value))

    def events(self) -> tuple[sse.Event, ...]:
        """The events that carry data.

        Raises:
            Blocked: the body isn't a stream of events, which has a cell of its own.
        """
        events = self._once("events", lambda: tuple(one for one in self.stream.events if one.data is not None))
        if not events:
            raise Blocked("no event of a stream came", cause="stream")
        return events

    def payloads(self) -> list[tuple[Any, sse.Event]]:
        """The data of every event up to ``[DONE]`` as JSON (or ``Garbled``), with its event."""
        return self._once("payloads", self._payloads)

    def _payloads(self) -> list[tuple[Any, sse.Event]]:
        found: list[tuple[Any, sse.Event]] = []
        own = CHUNK if self.request.path == "chat/completions" else None
        for event in self.stream.events:
            if event.data == "[DONE]":
                break
            if not (event.data or "").strip() or str(event.data).strip(" \"'").upper() == "[DONE]":
                continue  # empty events and a misspelled end have checks of their own
            value, problem = parse_json(str(event.data).encode(errors="surrogatepass"))
            if value == {} or (own and isinstance(value, dict) and not value.keys() & own):
                continue  # so has what keeps a stream alive and says nothing
            found.append((Garbled(problem) if problem else value, event))
        return found

    def chunks(self) -> list[Any]:
        """The events' data as JSON (or ``Garbled``), errors left out."""
        return self._once("chunks", self._chunks)

    def _chunks(self) -> list[Any]:
        return [value for value, _ in self.payloads() if not failing(value)]

    def garbled_events(self) -> list[str]:
        """What is wrong with the events whose data isn't JSON, a sentence each."""
        return [f"event {event.index}: {one.problem}" for one, event in self.payloads() if isinstance(one, Garbled)]
