"""Server-sent events: the bytes of a stream, judged over every stream of the run."""

from __future__ import annotations

from samewire import CORE, FULL, MUST, SHOULD, SMOKE, Broken, Exchange, check, seen

from ..http.same import begins, closed, closes, data_only, ends_there, not_stored, without_ids
from .reading import finished
from .requests import STREAM, STREAMS


@check("chat.stream.accepted", MUST, of=STREAM, spec="CHAT-EP-002 CHAT-EP-004 CHAT-REQ-016", depth=SMOKE)
def test_a_stream_is_given(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be taken, whatever its `Accept` header says."""
    exchange.accepted()


@check("chat.stream.framing", MUST, of=STREAMS, spec="CHAT-EP-002 SSE-019 SSE-020", depth=SMOKE)
def test_a_stream_is_answered_with_events(exchange: Exchange) -> None:
    """A request for a stream MUST be answered with server-sent events: `data:` lines, closed by a blank one."""
    if any(event.data is not None for event in exchange.stream.events):
        return
    shown = begins(exchange, 80)
    raise Broken(f"no event came, but: {shown}", reason="framing", causes={"stream"})


@check("chat.stream.content_type", MUST, of=STREAMS, spec="HTTP-RES-003", depth=SMOKE)
def test_a_stream_is_declared_as_one(exchange: Exchange) -> None:
    """A stream MUST be declared as `text/event-stream`."""
    exchange.events()
    assert exchange.media_type == "text/event-stream", f"declared as {exchange.media_type or 'nothing'}"


@check("chat.stream.json", MUST, of=STREAMS, spec="SSE-001 SSE-002 SSE-013", depth=SMOKE)
def test_every_event_is_json(exchange: Exchange) -> None:
    """The data of every event but the last MUST be one JSON document."""
    exchange.events()
    if garbled := exchange.garbled_events():
        raise Broken("; ".join(garbled[:3]), reason="json", causes={"stream#/*"})


@check("chat.stream.no_empty_event", MUST, of=STREAMS, spec="SSE-002")
def test_no_event_is_empty(exchange: Exchange) -> None:
    """A stream MUST NOT hold events without data: official clients fail at them."""
    exchange.events()
    empty = [event.index for event in exchange.stream.events if not (event.data or "").strip()]
    assert not empty, f"event {empty[0]} has no data, only {exchange.stream.events[empty[0]].raw!r:.60}"


@check("chat.stream.utf8", MUST, of=STREAMS, spec="SSE-004")
def test_a_stream_is_utf8(exchange: Exchange) -> None:
    """A stream MUST be valid UTF-8."""
    assert exchange.stream.valid, "the stream holds bytes that are not UTF-8"


@check("chat.stream.no_bom", MUST, of=STREAMS, spec="SSE-003", depth=FULL)
def test_a_stream_has_no_byte_order_mark(exchange: Exchange) -> None:
    """A stream MUST NOT begin with a byte order mark: official clients lose the first event to it."""
    assert not exchange.stream.bom, "the stream begins with a byte order mark"


@check("chat.stream.terminated", MUST, of=STREAMS, spec="SSE-005", depth=CORE)
def test_every_event_is_closed(exchange: Exchange) -> None:
    """Every event but a final `[DONE]` MUST be closed by a blank line: an open one is dropped."""
    closed(exchange)


@check("chat.stream.done", SHOULD, of=STREAMS, spec="CHAT-STR-012", depth=SMOKE)
def test_the_stream_ends_with_done(exchange: Exchange) -> None:
    """A stream SHOULD end with the event `data: [DONE]`."""
    datas = [event.data or "" for event in exchange.events()]
    finished(exchange)
    seen(not any("[done]" in data.lower() and data != "[DONE]" for data in datas), "the end is spelled another way")
    assert "[DONE]" in datas, f"there is no [DONE]: the last event is {datas[-1][:120]}"


@check("chat.stream.done_exact", MUST, of=STREAMS, spec="CHAT-STR-013 SSE-007")
def test_done_is_spelled_exactly(exchange: Exchange) -> None:
    """The end MUST be spelled `[DONE]`: no quotes, no other case, an event of its own."""
    ends = [event.data or "" for event in exchange.events() if (event.data or "").strip(" \"'").upper() == "[DONE]"]
    odd = [data for data in ends if data != "[DONE]"]
    assert not odd, f"the end is spelled {odd[0]!r}"


@check("chat.stream.nothing_after_done", SHOULD, of=STREAMS, spec="SSE-016")
def test_nothing_follows_done(exchange: Exchange) -> None:
    """Nothing SHOULD follow `[DONE]`: clients stop reading there."""
    ends_there(exchange)


@check("chat.stream.closes", SHOULD, of=STREAM, spec="SSE-017", again=2)
def test_the_answer_ends_with_done(exchange: Exchange) -> None:
    """The answer SHOULD end promptly after `[DONE]`: some clients wait for it."""
    done = [event for event in exchange.events() if event.data == "[DONE]"]
    seen(done, "there is no [DONE]")
    closes(exchange, done[0].at, "[DONE]")


@check("chat.stream.not_stored", SHOULD, of=STREAM, spec="SSE-018", depth=FULL)
def test_a_stream_is_not_stored(exchange: Exchange) -> None:
    """A stream SHOULD NOT be declared as one that caches may keep and give to others."""
    not_stored(exchange)


@check("chat.stream.no_event_names", SHOULD, of=STREAMS, spec="SSE-010", depth=FULL)
def test_events_have_no_special_names(exchange: Exchange) -> None:
    """Events SHOULD be data only: some names change how clients read them, and browsers pass over any but `message`."""
    data_only(exchange)


@check("chat.stream.no_ids", SHOULD, of=STREAMS, spec="SSE-011", depth=FULL)
def test_events_have_no_ids(exchange: Exchange) -> None:
    """Events SHOULD have no `id:` lines: with one, official clients take every further blank line for an event."""
    without_ids(exchange)
