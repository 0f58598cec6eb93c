"""What holds of every stream: of the indexes of its choices, of chunks that say nothing, and of how it breaks off."""

from __future__ import annotations

from samewire import CHUNK, FULL, MUST, SHOULD, Broken, Exchange, check, observed, seen

from ..http.same import until_done
from .reading import broken_off, chunks, deltas, parsed
from .requests import STREAM, STREAMS


@check("chat.stream.first_choice", MUST, of=STREAMS, spec="CHAT-STR-029", depth=FULL)
def test_the_first_choice_comes_first(exchange: Exchange) -> None:
    """Choice 0 MUST appear first in a stream: clients count on it."""
    first = next((chunk["choices"][0]["index"] for chunk in chunks(exchange) if chunk["choices"]), 0)
    assert first == 0, f"the stream begins with choice {first}"


@check("chat.stream.choice_index", SHOULD, of=STREAMS, spec="CHAT-STR-028 CHAT-STR-004")
def test_indexes_number_choices(exchange: Exchange) -> None:
    """The `index` of a choice SHOULD be its number among the choices, not that of the chunk."""
    asked = (exchange.sent or {}).get("n") or 1
    every = [piece["index"] for chunk in chunks(exchange) for piece in chunk.get("choices") or ()]
    beyond = [index for index in every if index >= asked]
    assert not beyond, f"a choice has the index {beyond[0]}, where {asked} was asked for"


@check("chat.stream.no_blank_chunk", SHOULD, of=STREAMS, spec="SSE-009", depth=FULL)
def test_no_chunk_is_blank(exchange: Exchange) -> None:
    """Streams SHOULD NOT hold objects that have nothing of a chunk, or are empty: clients take them for chunks."""
    values = [(event, parsed(event.data or "")) for event in until_done(exchange)]
    blank = [event for event, value in values if isinstance(value, dict) and not value.keys() & CHUNK]
    assert not blank, f"event {blank[0].index} has nothing of a chunk: {blank[0].data!r:.80}"


@check("chat.stream.error_alone", MUST, of=STREAMS, spec="CHAT-STR-032 SSE-015", depth=FULL, rare=True)
def test_an_error_ends_a_stream(exchange: Exchange) -> None:
    """A failure in the middle of a stream MUST be an event whose JSON has `error`, an object with a message."""
    errors = [error for one in exchange.attempts if (error := one.broke_off) is not None]
    errors += [exchange.stream_error] if exchange.stream_error is not None and not errors else []
    seen(errors, "no stream failed")
    odd = [error for error in errors if not (isinstance(error, dict) and error.get("message"))]
    assert not odd, f"a stream ends with {odd[0]!r:.80}, and not with an object under `error` that has a message"


@check("chat.stream.unbroken", SHOULD, of=STREAMS, spec="CHAT-STR-010 CHAT-STR-034", depth=FULL)
def test_streams_come_to_an_end(exchange: Exchange) -> None:
    """A stream that has begun SHOULD come to its end, and not break off with an error each time it is asked for."""
    broken = broken_off(exchange)
    if broken and not exchange.persistent:
        observed("a stream broke off with an error")
    if broken:
        told = f"on each of {len(exchange.attempts)} attempts, with {exchange.stream_error!r:.120}"
        raise Broken(f"the stream breaks off {told}, while the control was answered in between", causes={"broken off"})


@check("chat.stream.empty_choices", SHOULD, of=STREAM, spec="CHAT-STR-036 AZ-010", depth=FULL)
def test_only_the_last_chunk_has_no_choices(exchange: Exchange) -> None:
    """A chunk without choices SHOULD carry usage or the results of filters, and nothing else be sent so."""
    bare = [
        chunk
        for chunk in chunks(exchange)
        if not chunk["choices"] and chunk.get("usage") is None and "prompt_filter_results" not in chunk
    ]
    seen(deltas(exchange), "no delta came")
    assert not bare, f"{len(bare)} chunks have no choices and no usage"
