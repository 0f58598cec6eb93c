"""`n`: several choices, whole and streamed."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Exchange, check, honoured, seen

from .likelihood import TWO_BIASED
from .packing import packed
from .reading import chunks, completion, deltas, finished, pieces
from .requests import HELLO, STREAM, STREAMS

TWO = HELLO.but(n=2)


@check("chat.sampling.n", SHOULD, of=packed(TWO_BIASED, TWO), spec="CHAT-REQ-008 CHAT-ENV-006")
def test_n_gives_choices(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices, with the indexes 0 to n-1."""
    every = completion(exchange)["choices"]
    honoured(len(every) == 2, f"n 2 was accepted, and {len(every)} choice came")
    indexes = sorted(one["index"] for one in every)
    assert indexes == [0, 1], f"the indexes of two choices are {indexes}"


TWO_STREAM = STREAM.but(**TWO.body)


@check("chat.sampling.n_stream", SHOULD, of=TWO_STREAM, spec="CHAT-STR-028 CHAT-REQ-008", depth=FULL)
def test_n_gives_choices_in_streams(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices in a stream, each with its role and its end."""
    finished(exchange)
    indexes = sorted({piece["index"] for piece in pieces(exchange)})
    honoured(len(indexes) > 1, "n 2 was accepted, and one choice came in the stream")
    assert indexes == [0, 1], f"the indexes of two choices are {indexes}"


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
    """Streams SHOULD NOT be kept alive by events that hold an empty object: clients take them for chunks."""
    blank = [event.index for event in exchange.events() if (event.data or "").strip() == "{}"]
    assert not blank, f"event {blank[0]} is an empty object"


@check("chat.stream.error_alone", MUST, of=STREAMS, spec="CHAT-STR-032 SSE-015", depth=FULL, rare=True)
def test_an_error_ends_a_stream(exchange: Exchange) -> None:
    """A failure in the middle of a stream MUST be an event whose JSON has `error`, an object with a message."""
    seen(exchange.stream_error is not None, "no stream failed")
    error = exchange.stream_error
    message = error.get("message") if isinstance(error, dict) else None
    assert message, f"the error is {error!r:.80}"


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
