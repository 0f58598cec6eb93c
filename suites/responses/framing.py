"""Server-sent events: the bytes of a stream, judged over every stream of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, check, seen

from ..http.same import begins, closes, not_stored
from .following import EVENT
from .preflight import TERMINAL
from .reading import offered
from .requests import STREAM, STREAMS


@check("responses.stream.accepted", MUST, of=STREAM, spec="RSP-EP-001 RSP-REQ-006", depth=SMOKE)
def test_a_stream_is_given(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be taken, whatever its `Accept` header says."""
    exchange.accepted()


@check("responses.stream.framing", MUST, of=STREAMS, spec="RSP-EP-001 SSE-019 SSE-020", depth=SMOKE)
def test_a_stream_is_answered_with_events(exchange: Exchange) -> None:
    """A request for a stream MUST be answered with server-sent events: `data:` lines, closed by a blank one."""
    if any(event.data is not None for event in exchange.stream.events):
        return
    offered(exchange)
    shown = begins(exchange, 80)
    raise Broken(f"no event came, but: {shown}", reason="framing", causes={"stream"})


@check("responses.stream.content_type", MUST, of=STREAMS, spec="HTTP-RES-003 OR-002", depth=SMOKE)
def test_a_stream_is_declared_as_one(exchange: Exchange) -> None:
    """A stream MUST be declared as `text/event-stream`."""
    exchange.events()
    assert exchange.media_type == "text/event-stream", f"declared as {exchange.media_type or 'nothing'}"


@check("responses.stream.json", MUST, of=STREAMS, spec="RSP-STR-001 SSE-001 SSE-013", depth=SMOKE)
def test_every_event_is_json(exchange: Exchange) -> None:
    """The data of every event MUST be one JSON document; a final `[DONE]` is tolerated."""
    exchange.events()
    if garbled := exchange.garbled_events():
        raise Broken("; ".join(garbled[:3]), reason="json", causes={"stream#/*"})


@check("responses.stream.no_empty_event", MUST, of=STREAMS, spec="SSE-002")
def test_no_event_is_empty(exchange: Exchange) -> None:
    """A stream MUST NOT hold events without data: official clients fail at them."""
    exchange.events()
    empty = [event.index for event in exchange.stream.events if not (event.data or "").strip()]
    assert not empty, f"event {empty[0]} has no data, only {exchange.stream.events[empty[0]].raw!r:.60}"


@check("responses.stream.no_blank", SHOULD, of=STREAMS, spec="RSP-STR-001 SSE-009", depth=FULL)
def test_no_event_is_blank(exchange: Exchange) -> None:
    """Streams SHOULD NOT be kept alive by events that hold an empty object: clients take them for events of theirs."""
    blank = [event.index for event in exchange.events() if (event.data or "").strip() == "{}"]
    assert not blank, f"event {blank[0]} is an empty object"


@check("responses.stream.utf8", MUST, of=STREAMS, spec="SSE-004", depth=FULL)
def test_a_stream_is_utf8(exchange: Exchange) -> None:
    """A stream MUST be valid UTF-8."""
    assert exchange.stream.valid, "the stream holds bytes that are not UTF-8"


@check("responses.stream.no_bom", MUST, of=STREAMS, spec="SSE-003", depth=FULL)
def test_a_stream_has_no_byte_order_mark(exchange: Exchange) -> None:
    """A stream MUST NOT begin with a byte order mark: official clients lose the first event to it."""
    assert not exchange.stream.bom, "the stream begins with a byte order mark"


@check("responses.stream.terminated", MUST, of=STREAMS, spec="SSE-005")
def test_every_event_is_closed(exchange: Exchange) -> None:
    """Every event but a final `[DONE]` MUST be closed by a blank line: an open one is dropped."""
    last = exchange.events()[-1]
    if not last.terminated and last.data != "[DONE]":
        raise AssertionError(f"the stream ends in the middle of an event: {last.raw[:80]!r}")


@check("responses.stream.event_names", SHOULD, of=STREAMS, spec="RSP-STR-002 OR-003")
def test_events_are_named_by_their_type(exchange: Exchange) -> None:
    """Every event SHOULD have an `event:` line that says what its `type` says."""
    named = [(value, event) for value, event in exchange.payloads() if isinstance(value, dict) and "type" in value]
    seen(named, "no event has a type")
    for value, event in named:
        assert event.name == value["type"], f"an event is named {event.name!r}, and its type is {value['type']!r}"


@check("responses.stream.no_ids", SHOULD, of=STREAMS, spec="OR-004 SSE-011", depth=FULL)
def test_events_have_no_ids(exchange: Exchange) -> None:
    """Events SHOULD have no `id:` lines: with one, official clients take every further blank line for an event."""
    odd = [event.id for event in exchange.events() if event.id is not None]
    assert not odd, f"an event has the id {odd[0]!r}"


@check("responses.stream.closes", SHOULD, of=STREAM, spec="SSE-017 RSP-STR-021", again=2, depth=FULL)
def test_the_answer_ends_with_its_last_event(exchange: Exchange) -> None:
    """The answer SHOULD end promptly after the event that ends the stream: some clients wait for it."""
    done = [event for value, event in exchange.payloads() if isinstance(value, dict) and value.get("type") in TERMINAL]
    seen(done, "the stream breaks off")
    closes(exchange, done[0].at, "its last event")


@check("responses.stream.not_stored", SHOULD, of=STREAM, spec="SSE-018", depth=FULL)
def test_a_stream_is_not_stored(exchange: Exchange) -> None:
    """A stream SHOULD NOT be declared as one that caches may keep and give to others."""
    not_stored(exchange)


@check("responses.stream.done_last", SHOULD, of=STREAMS, spec="RSP-STR-025 OR-002", depth=FULL)
def test_nothing_follows_done(exchange: Exchange) -> None:
    """Nothing SHOULD follow `[DONE]`, where it is sent (OpenAI does not), and it is spelled so: clients stop there."""
    datas = [event.data or "" for event in exchange.events()]
    odd = [data for data in datas if data.strip(" \"'").upper() == "[DONE]" != data]
    assert not odd, f"the end is spelled {odd[0]!r}"
    after = datas[datas.index("[DONE]") + 1 :] if "[DONE]" in datas else []
    assert not after, f"{len(after)} events follow, the first of them {after[0]!r:.80}"


@check("responses.stream.type", MUST, of=STREAMS, spec="RSP-STR-001", depth=SMOKE)
def test_an_event_has_a_type(exchange: Exchange) -> None:
    """Every event MUST be an object with a `type`, a string: that is what clients go by."""
    exchange.conforms(EVENT, "#", "/type")


@check("responses.stream.not_empty", MUST, of=STREAMS, spec="RSP-STR-006 RSP-STR-001", depth=SMOKE)
def test_a_stream_has_events_of_a_response(exchange: Exchange) -> None:
    """A stream MUST hold events whose types begin with `response.`."""
    every = exchange.accepted().stream_of(EVENT)
    if not any(str(event["type"]).startswith("response.") for event in every):
        raise Broken("no event of a response came", causes={"empty stream"})
