"""Server-sent events of legacy completions: often a stream of its own making, beside that of chat."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Exchange, check

from ..http.same import data_only, ends_there, without_ids
from .requests import STREAMS


@check("completions.stream.content_type", MUST, of=STREAMS, spec="HTTP-RES-003", depth=FULL)
def test_a_streamed_text_is_declared_as_a_stream(exchange: Exchange) -> None:
    """A stream MUST be declared as `text/event-stream`."""
    exchange.events()
    assert exchange.media_type == "text/event-stream", f"declared as {exchange.media_type or 'nothing'}"


@check("completions.stream.no_ids", SHOULD, of=STREAMS, spec="SSE-011", depth=FULL)
def test_pieces_of_a_text_have_no_ids(exchange: Exchange) -> None:
    """Events SHOULD have no `id:` lines: with one, official clients take every further blank line for an event."""
    without_ids(exchange)


@check("completions.stream.no_event_names", SHOULD, of=STREAMS, spec="SSE-010", depth=FULL)
def test_pieces_of_a_text_have_no_names(exchange: Exchange) -> None:
    """Events SHOULD be data only: browsers give what has a name only to those who listen for that name."""
    data_only(exchange)


@check("completions.stream.no_empty_event", MUST, of=STREAMS, spec="SSE-002", depth=FULL)
def test_no_piece_of_a_text_is_empty(exchange: Exchange) -> None:
    """A stream MUST NOT hold events without data: official clients fail at them."""
    exchange.events()
    empty = [event for event in exchange.stream.events if not (event.data or "").strip()]
    assert not empty, f"event {empty[0].index} has no data, only {empty[0].raw!r:.60}"


@check("completions.stream.utf8", MUST, of=STREAMS, spec="SSE-003 SSE-004", depth=FULL)
def test_a_streamed_text_is_utf8(exchange: Exchange) -> None:
    """A stream MUST be valid UTF-8 without a byte order mark, to which official clients lose the first event."""
    assert exchange.stream.valid, "the stream holds bytes that are not UTF-8"
    assert not exchange.stream.bom, "the stream begins with a byte order mark"


@check("completions.stream.nothing_after_done", SHOULD, of=STREAMS, spec="SSE-016", depth=FULL)
def test_nothing_follows_the_end_of_a_text(exchange: Exchange) -> None:
    """Nothing SHOULD follow `[DONE]`: clients stop reading there."""
    ends_there(exchange)
