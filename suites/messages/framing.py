"""Server-sent events: the bytes of a stream, judged over every stream of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, check, seen

from ..http.same import begins, closes, not_stored
from .reading import EVENT
from .requests import STREAM, STREAMS


@check("messages.stream.accepted", MUST, of=STREAM, spec="MSG-REQ-009 MSG-HTTP-011", depth=SMOKE)
def test_a_stream_is_given(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be taken, whatever its `Accept` header says."""
    if exchange.stream_error is None or not exchange.ok:
        exchange.accepted()


@check("messages.stream.framing", MUST, of=STREAMS, spec="MSG-STR-001 MSG-STR-023", depth=SMOKE)
def test_a_stream_is_answered_with_events(exchange: Exchange) -> None:
    """A request for a stream MUST be answered with server-sent events: lines of `data:`, closed by a blank one."""
    if any(event.data is not None for event in exchange.stream.events):
        return
    shown = begins(exchange, 80)
    raise Broken(f"no event came, but: {shown}", reason="framing", causes={"stream"})


@check("messages.stream.content_type", MUST, of=STREAMS, spec="HTTP-RES-003", depth=SMOKE)
def test_a_stream_is_declared_as_one(exchange: Exchange) -> None:
    """A stream MUST be declared as `text/event-stream`."""
    exchange.events()
    assert exchange.media_type == "text/event-stream", f"declared as {exchange.media_type or 'nothing'}"


@check("messages.stream.json", MUST, of=STREAMS, spec="MSG-STR-023 SSE-001", depth=SMOKE)
def test_every_event_is_json(exchange: Exchange) -> None:
    """The data of every event MUST be one JSON document."""
    exchange.events()
    if garbled := exchange.garbled_events():
        raise Broken("; ".join(garbled[:3]), reason="json", causes={"stream#/*"})


@check("messages.stream.no_empty_event", MUST, of=STREAMS, spec="MSG-STR-018 MSG-STR-022")
def test_no_event_is_empty(exchange: Exchange) -> None:
    """A stream MUST NOT hold events without data, not even pings: clients read every one as JSON."""
    exchange.events()
    # What has neither name nor data, such as a `retry:` alone, is no event to anybody.
    told = [event for event in exchange.stream.events if event.name or event.data is not None]
    empty = [event.index for event in told if not (event.data or "").strip()]
    assert not empty, f"event {empty[0]} has no data, only {exchange.stream.events[empty[0]].raw!r:.60}"


@check("messages.stream.utf8", MUST, of=STREAMS, spec="MSG-STR-023")
def test_a_stream_is_utf8(exchange: Exchange) -> None:
    """A stream MUST be valid UTF-8."""
    assert exchange.stream.valid, "the stream holds bytes that are not UTF-8"


@check("messages.stream.no_bom", MUST, of=STREAMS, spec="MSG-STR-023", depth=FULL)
def test_a_stream_has_no_byte_order_mark(exchange: Exchange) -> None:
    """A stream MUST NOT begin with a byte order mark: official clients lose the first event to it."""
    assert not exchange.stream.bom, "the stream begins with a byte order mark"


@check("messages.stream.terminated", MUST, of=STREAMS, spec="MSG-STR-023")
def test_every_event_is_closed(exchange: Exchange) -> None:
    """Every event of a message MUST be closed by a blank line: an open one is dropped."""
    last = exchange.events()[-1]
    assert last.terminated or last.data == "[DONE]", f"the stream ends in the middle of an event: {last.raw[:80]!r}"


@check("messages.stream.named", MUST, of=STREAMS, spec="MSG-STR-001", depth=SMOKE)
def test_every_event_has_a_name(exchange: Exchange) -> None:
    """Every event MUST have an `event:` line: official clients pass over those without."""
    exchange.events()
    bare = [event for _, event in exchange.payloads() if not event.name]
    if bare:
        told = f"{len(bare)} of {len(exchange.payloads())} events have no name: {bare[0].data or ''!r:.80}"
        raise Broken(told, causes={"event names"})


@check("messages.stream.names_agree", SHOULD, of=STREAMS, spec="MSG-STR-002")
def test_an_event_is_named_by_its_type(exchange: Exchange) -> None:
    """The name of an event SHOULD be the `type` in its data."""
    exchange.events()
    for value, event in exchange.payloads():
        kind = value.get("type") if isinstance(value, dict) else None
        if event.name and isinstance(kind, str):
            assert event.name == kind, f"an event of the type {kind!r} is named {event.name!r}"


@check("messages.stream.typed", MUST, of=STREAMS, spec="MSG-STR-002 MSG-STR-022", depth=SMOKE)
def test_every_event_has_a_type(exchange: Exchange) -> None:
    """The data of every event MUST be an object with a `type`."""
    blank = [event for event in exchange.events() if event.name and (event.data or "").strip() == "{}"]
    assert not blank, f"event {blank[0].index}, named {blank[0].name!r}, is an empty object: its `type` is missing"
    exchange.conforms(EVENT, "#", "/type")


@check("messages.stream.no_done", MUST, of=STREAMS, spec="MSG-STR-020")
def test_no_named_event_is_done(exchange: Exchange) -> None:
    """No event with a name MUST carry `[DONE]`: official clients read it as JSON. Without a name it is passed over."""
    odd = [event for event in exchange.events() if event.name and (event.data or "").strip(' "') == "[DONE]"]
    assert not odd, f"[DONE] comes in an event named {odd[0].name!r}"


@check("messages.stream.no_bare_done", SHOULD, of=STREAMS, spec="MSG-STR-020", depth=FULL)
def test_no_stream_is_done_twice(exchange: Exchange) -> None:
    """`message_stop` SHOULD end a stream alone: an unnamed `[DONE]` was removed with the version 2023-06-01."""
    ends = [
        value for value, _ in exchange.payloads() if isinstance(value, dict) and value.get("type") == "message_stop"
    ]
    seen(ends, "there is no message_stop")
    bare = [event for event in exchange.events() if not event.name and (event.data or "").strip(' "') == "[DONE]"]
    assert not bare, "the stream has an unnamed [DONE], which official clients pass over and others read as JSON"


@check("messages.stream.not_stored", SHOULD, of=STREAM, spec="SSE-018", depth=FULL)
def test_a_stream_is_not_stored(exchange: Exchange) -> None:
    """A stream SHOULD NOT be declared as one that caches may keep and give to others."""
    not_stored(exchange)


@check("messages.stream.closes", SHOULD, of=STREAM, spec="MSG-STR-017 SSE-017", depth=FULL, again=2)
def test_the_answer_ends_with_the_message(exchange: Exchange) -> None:
    """The answer SHOULD end promptly after `message_stop`: some clients wait for it."""
    payloads = exchange.accepted().payloads()
    done = [event for value, event in payloads if isinstance(value, dict) and value.get("type") == "message_stop"]
    seen(done, "there is no message_stop")
    closes(exchange, done[0].at, "message_stop")
