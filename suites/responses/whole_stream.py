"""What the response of a stream tells as a whole, whichever stream it is: its model, and what it counts."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check, seen

from .following import final
from .reading import response
from .requests import STREAMS
from .texts import said_and_streamed


@check("responses.stream.same_model", SHOULD, of=said_and_streamed, spec="RSP-ENV-004 RSP-STR-023", depth=FULL)
def test_a_stream_names_the_same_model(exchange: Exchange) -> None:
    """A stream SHOULD end with the `model` that an answer to the same question names."""
    # That it is the same from the beginning has a cell of its own.
    whole, streamed = response(exchange.before[0])["model"], final(exchange)["model"]
    # One may tell the date of a model, and the other not.
    same = streamed and (streamed.startswith(whole) or whole.startswith(streamed))
    assert same, f"the model is {streamed!r} in the stream, and {whole!r} when not streamed"


@check("responses.stream.counts", SHOULD, of=STREAMS, spec="RSP-STR-024 RSP-ENV-020", depth=FULL)
def test_a_stream_counts_something(exchange: Exchange) -> None:
    """A stream SHOULD count more than 0 tokens of what goes in, whatever is beside it."""
    usage = final(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    assert usage["input_tokens"] > 0, "the input counts 0 tokens"
