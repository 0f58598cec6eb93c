"""A stream with all that may be asked for beside an answer by a schema: tools, settings, logprobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samewire import FULL, MAY, SHOULD, Blocked, Exchange, Steps, check, honoured, scenario, seen

from ..chat.packing import packed
from .following import (
    DONE,
    PART_DONE,
    TEXT,
    TEXT_DONE,
    broken_off,
    company,
    events,
    final,
    finished,
    of,
    streamed_words,
)
from .format import BY_SCHEMA_STREAM, conforming
from .parameters import LIKELY, LIKELY_ALONE, NEUTRAL, TOGETHER, logprobs, one_of_many
from .reading import calls, parsed, response, said_by, sound, words
from .requests import CALLED_STREAM, HELLO, STREAM, WEATHER
from .together import TELLS_STREAM
from .tool_choice import ALLOWED, LONGEST

LIKELY_STREAM = STREAM.but(**LIKELY)
WHOLE = {"truncation": "disabled"}
#: More than the range that some other protocols have.
WARM = {"temperature": 1.1}
VEIL = {"stream_options": {"include_obfuscation": False}}
#: A stream with all that may be asked for beside an answer by a schema: tools, settings, logprobs.
LADEN = STREAM.but(
    **{
        **NEUTRAL,
        **BY_SCHEMA_STREAM.body,
        **LIKELY,
        **VEIL,
        **WHOLE,
        **WARM,
        "tools": [WEATHER],
        "tool_choice": "auto",
    }
)


#: Streams that other checks ask for, each for something that a plain one is without.
OTHERS = (CALLED_STREAM, TELLS_STREAM)


@scenario(STREAM, LADEN, *OTHERS)
def plain_and_laden() -> Steps:
    """A plain stream, one with all that may be asked for, and some with a part of that."""
    yield STREAM
    yield [LADEN, *OTHERS]


@check("responses.stream.laden_completed", SHOULD, of=plain_and_laden, spec="RSP-STR-021", depth=FULL, again=2)
def test_a_stream_with_much_in_it_is_completed(exchange: Exchange) -> None:
    """A stream that is taken with tools, settings or `store: false` SHOULD NOT fail where a plain one doesn't."""
    plain, *others = (*exchange.before, exchange)
    finished(plain)
    taken = [one for one in others if one.ok]
    seen(taken, "streams with more in them are refused, which has cells of its own")
    for one in taken:
        error = broken_off(one)
        assert error is None, f"the stream breaks off with an error: {error!r:.160}"
        failed = of(events(one), "response.failed")
        error = failed[0]["response"].get("error") if failed else None
        assert not failed, f"the stream ends with response.failed: {error!r:.160}"


@scenario(TOGETHER, LADEN, spare=(LIKELY_ALONE, LIKELY_STREAM))
def likely_in_a_stream() -> Steps:
    """A text with logprobs, and if they come a stream with them."""
    whole: Exchange = yield TOGETHER
    if not whole.ok:
        whole = yield LIKELY_ALONE
    if whole.ok and logprobs(response(whole)):
        stream: Exchange = yield LADEN
        if not stream.ok:
            yield LIKELY_STREAM


@check(
    "responses.parameters.stream_logprobs",
    SHOULD,
    of=likely_in_a_stream,
    spec="RSP-REQ-016 RSP-STR-019",
    depth=FULL,
)
def test_logprobs_are_included_in_streams(exchange: Exchange) -> None:
    """Asked for by `include`, the `logprobs` of the text SHOULD come in streams too, with the deltas or after."""
    if not exchange.streamed:
        raise Blocked("they don't come without a stream either", cause="check:responses.parameters.logprobs")
    exchange.accepted()
    every = finished(exchange)
    seen(words(exchange) or not calls(exchange), "a tool is called instead")
    seen((words(exchange) or streamed_words(exchange)).strip(), "there is no text: the model declines, or is cut off")
    told = [[entry for event in of(every, kind) for entry in event.get("logprobs") or ()] for kind in (TEXT, TEXT_DONE)]
    honoured(any(told), "message.output_text.logprobs was accepted, and no logprobs come")
    joined = ["".join(str(one.get("token")) for one in entries if isinstance(one, dict)) for entries in told]
    texts = ["".join(said.split()) for said in (words(exchange), streamed_words(exchange))]
    same = any("".join(one.split()) in texts for one in joined)
    assert same, f"the tokens make {(joined[0] or joined[1])[:60]!r}, the text is {words(exchange)[:60]!r}"


def odds_of(some: Iterable[Any]) -> list[Any]:
    """The logprobs of events or parts, in their order."""
    return [one for event in some for one in event.get("logprobs") or ()]


@check(
    "responses.parameters.stream_logprobs_alike",
    SHOULD,
    of=likely_in_a_stream,
    spec="RSP-STR-019 RSP-EV-005 RSP-ITEM-005",
    depth=FULL,
)
def test_logprobs_are_the_same_throughout_a_stream(exchange: Exchange) -> None:
    """The `logprobs` that a text ends with SHOULD be those that its deltas told: the same tokens, as likely."""
    if not exchange.streamed:
        raise Blocked("they don't come without a stream either", cause="check:responses.parameters.logprobs")
    exchange.accepted()
    every = finished(exchange)
    seen(streamed_words(exchange) == words(exchange), "the deltas make another text, which has a cell of its own")
    ends = {(event["output_index"], event["content_index"]): event for event in of(every, TEXT_DONE)}
    parts = {(event["output_index"], event["content_index"]): event["part"] for event in of(every, PART_DONE)}
    items = {event["output_index"]: event["item"] for event in of(every, DONE)}
    places = {
        "the deltas": odds_of(of(every, TEXT)),
        "output_text.done": odds_of(ends.values()),
        "content_part.done": odds_of(parts.values()),
        "output_item.done": logprobs({"output": [*items.values()]}),
        "the last event": logprobs(final(exchange)),
    }
    told = [(where, [(one["token"], one["logprob"]) for one in sound(some)]) for where, some in places.items() if some]
    seen(len(told) > 1, "they are told in one place at most")
    (first, some), *others = told
    for where, same in others:
        # Pieces that are put together on their way may have lost some; that no place tells all has a cell of its own.
        seen(len(same) == len(some), f"{len(some)} tokens are told by {first}, and {len(same)} by {where}")
        for (token, odds), (later, again) in zip(some, same, strict=True):
            alike = token == later and abs(odds - again) < 0.01
            assert alike, f"{token!r} ({odds:.3f}) is told by {first}, and {later!r} ({again:.3f}) by {where}"


@check(
    "responses.parameters.obfuscation",
    MAY,
    of=packed(LADEN, STREAM.but(**VEIL)),
    spec="RSP-STR-032 RSP-REQ-006",
    depth=FULL,
)
def test_obfuscation_is_left_out(exchange: Exchange) -> None:
    """`include_obfuscation: false` MAY be taken, and then no delta carries `obfuscation`."""
    exchange.accepted()
    odd = [value for value, _ in exchange.payloads() if isinstance(value, dict) and value.get("obfuscation")]
    honoured(not odd, "include_obfuscation false was accepted, and deltas carry it")


@check(
    "responses.parameters.long_metadata",
    SHOULD,
    of=packed(ALLOWED, HELLO.but(**LONGEST)),
    spec="RSP-REQ-017",
    depth=FULL,
)
def test_metadata_may_be_long(exchange: Exchange) -> None:
    """`metadata` SHOULD be taken with keys of 64 letters, and values of hundreds, of whatever script."""
    exchange.accepted()


@check(
    "responses.parameters.verbosity",
    MAY,
    of=one_of_many("verbosity", text={"verbosity": "medium"}),
    spec="RSP-REQ-014",
    depth=FULL,
)
def test_a_verbosity_is_taken(exchange: Exchange) -> None:
    """`text.verbosity: "medium"`, which every model has, MAY be taken."""
    exchange.accepted()


@check(
    "responses.parameters.no_truncation",
    MAY,
    of=packed(LADEN, STREAM.but(**WHOLE)),
    spec="RSP-REQ-018",
    depth=FULL,
)
def test_no_truncation_is_taken(exchange: Exchange) -> None:
    """`truncation: "disabled"`, the default, MAY be named."""
    exchange.accepted()


@check(
    "responses.parameters.temperature_above_one",
    SHOULD,
    of=packed(LADEN, STREAM.but(**WARM)),
    spec="RSP-REQ-005",
    depth=FULL,
)
def test_a_temperature_above_one_is_taken(exchange: Exchange) -> None:
    """A `temperature` above 1 SHOULD be taken: the range ends at 2; models that don't sample refuse it."""
    exchange.accepted()


@check(
    "responses.format.stream",
    SHOULD,
    of=packed(LADEN, BY_SCHEMA_STREAM),
    spec="RSP-REQ-013 RSP-ST-007",
    depth=FULL,
    again=2,
)
def test_json_schema_holds_in_streams(exchange: Exchange) -> None:
    """With a strict `json_schema`, the text of a stream SHOULD conform to the schema too, whatever is beside it."""
    exchange.accepted()
    said = streamed_words(exchange)
    seen(said == said_by(final(exchange)["output"]), "what is streamed is not what the stream ends with")
    # What is said before a call is no answer yet.
    seen(not calls(exchange) or parsed(said) is not None, "a tool is called instead")
    conforming(final(exchange), said, f" {company(exchange)}")
