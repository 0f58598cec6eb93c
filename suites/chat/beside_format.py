"""A JSON object beside other things that are asked for: a tool at hand, and logprobs."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .alike import AS_OBJECT_STREAM, LADEN_OBJECT, an_object_twice, is_object
from .likelihood import BARE_LIKELY_STREAM, LIKELY_STREAM, likely_in_a_stream, streamed_logprobs
from .reading import finished, fragments, pieces, streamed_words


@check(
    "chat.format.object_beside_tools",
    SHOULD,
    of=an_object_twice,
    spec="CHAT-FMT-002 CHAT-REQ-018",
    depth=FULL,
    again=2,
)
def test_an_object_comes_beside_tools(exchange: Exchange) -> None:
    """With tools at hand, `json_object` SHOULD make a stream a JSON object as it does without them."""
    if not exchange.asked(AS_OBJECT_STREAM):
        return
    laden = exchange.before[-1]
    seen(laden.ok, "it is refused beside tools, as it may well be")
    finished(laden)
    ends = [piece.get("finish_reason") for piece in pieces(laden)]
    said = streamed_words(laden)
    seen(said.strip() and not said.lstrip().startswith("{"), "the stream says nothing, or has lost a part of the JSON")
    seen(not fragments(laden) and "length" not in ends, "it is cut off, or a tool was called")
    seen(exchange.ok and is_object(streamed_words(exchange)), "no format holds in streams without tools either")
    honoured(False, f"json_object was accepted beside tools, and the answer is no JSON: {said[:60]!r}")


@scenario(LIKELY_STREAM, LADEN_OBJECT, spare=(BARE_LIKELY_STREAM, AS_OBJECT_STREAM))
def likely_beside_a_format() -> Steps:
    """A stream with logprobs, and one of a JSON object."""
    yield from likely_in_a_stream()
    yield LADEN_OBJECT


@check(
    "chat.sampling.logprobs_beside_format",
    SHOULD,
    of=likely_beside_a_format,
    spec="CHAT-REQ-013 CHAT-STR-006",
    depth=FULL,
)
def test_logprobs_go_with_a_format(exchange: Exchange) -> None:
    """With a `response_format`, a stream SHOULD carry `logprobs` as it does without one."""
    usual = exchange.before[-1]
    # The format has a tool beside it: that there are none beside tools has a cell of its own.
    able = usual.ok and usual.asked(LIKELY_STREAM) and streamed_logprobs(usual)
    seen(exchange.ok and able, "it is refused, or no logprobs come otherwise either")
    seen(streamed_words(exchange), "the model says nothing")
    honoured(streamed_logprobs(exchange), "logprobs was accepted beside a response_format, and none came")
