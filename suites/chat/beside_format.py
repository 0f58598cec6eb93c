"""A JSON object beside other things that are asked for: a tool at hand, and logprobs."""

from __future__ import annotations

from typing import Any

from samewire import FULL, OMIT, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .alike import AS_OBJECT_STREAM, LADEN_OBJECT, SAID_BEFORE, an_object_twice, is_object
from .likelihood import (
    ALONE,
    COLD,
    LESS_LIKELY,
    LIKELY_STREAM,
    likely_in_a_stream,
    streamed_logprobs,
    tells_odds,
)
from .reading import broken_off, choice, finished, fragments, pieces, streamed_words, words
from .requests import HELLO
from .roles import AS_SYSTEM, says_the_word


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


@scenario(LADEN_OBJECT, spare=(AS_SYSTEM, SAID_BEFORE), alone=SAID_BEFORE)
def object_by_the_system() -> Steps:
    """A JSON object that the system asks for, beside other things; if that is refused, by itself."""
    laden: Exchange = yield LADEN_OBJECT
    if not laden.ok:
        system: Exchange = yield AS_SYSTEM
        yield SAID_BEFORE
        return system.ok and says_the_word(words(system))
    return True


@check("chat.format.said_by_system", SHOULD, of=object_by_the_system, spec="CHAT-REQ-018", depth=FULL)
def test_the_system_may_ask_for_json(exchange: Exchange) -> None:
    """`json_object` SHOULD be taken where the system message alone says that JSON is wanted."""
    seen(exchange.ok or exchange.found, "no system message is heard at all, which has a cell of its own")
    seen(not broken_off(exchange), "the stream breaks off, which has a cell of its own")
    exchange.accepted()


NO_ALTERNATIVES = HELLO.but(logprobs=True, top_logprobs=0)


@scenario(COLD, LADEN_OBJECT, spare=(ALONE, NO_ALTERNATIVES), alone=NO_ALTERNATIVES)
def without_alternatives() -> Steps:
    """Logprobs with alternatives, and with none, beside a format; if that is refused or none come, by themselves."""
    likely: Exchange = yield COLD
    if not likely.ok:
        likely = yield ALONE
    laden: Exchange = yield LADEN_OBJECT
    if not laden.ok or not (broken_off(laden) or tells_odds(laden)):
        yield NO_ALTERNATIVES
    return likely


@check(
    "chat.sampling.logprobs_zero",
    SHOULD,
    of=without_alternatives,
    spec="CHAT-REQ-014",
    depth=FULL,
)
def test_alternatives_may_be_none(exchange: Exchange) -> None:
    """`top_logprobs` SHOULD be taken as 0, the least that is documented, and the tokens then have their own odds."""
    seen(exchange.found.ok and likeliness(exchange.found), "no logprobs are given otherwise either")
    seen(not (exchange.streamed and broken_off(exchange)), "the stream breaks off, which has a cell of its own")
    exchange.accepted()
    if not exchange.streamed:
        seen(words(exchange), "the model says nothing")
        honoured(likeliness(exchange), "logprobs was accepted with top_logprobs 0, and none came")


def likeliness(exchange: Exchange) -> Any:
    """The entries of a completion's `logprobs`; None if there are none."""
    return (choice(exchange).get("logprobs") or {}).get("content")


#: The same of which nothing is said of alternatives: some take none of them for no logprobs.
UNTOLD_OBJECT = LADEN_OBJECT.but(top_logprobs=OMIT)


@scenario(LIKELY_STREAM, LADEN_OBJECT, spare=(*LESS_LIKELY, AS_OBJECT_STREAM, UNTOLD_OBJECT))
def likely_beside_a_format() -> Steps:
    """A stream with logprobs, and one of a JSON object; if that is without, once more."""
    usual: Exchange = yield from likely_in_a_stream()
    laden: Exchange = yield LADEN_OBJECT
    if laden.ok and not broken_off(laden) and not tells_odds(laden):
        yield UNTOLD_OBJECT
    return usual


@check(
    "chat.sampling.logprobs_beside_format",
    SHOULD,
    of=likely_beside_a_format,
    spec="CHAT-REQ-013 CHAT-STR-006",
    depth=FULL,
)
def test_logprobs_go_with_a_format(exchange: Exchange) -> None:
    """With a `response_format`, a stream SHOULD carry `logprobs` as it does without one."""
    usual: Exchange = exchange.found
    # The format has a tool beside it: that there are none beside tools has a cell of its own.
    able = usual.ok and streamed_logprobs(usual)
    seen(exchange.ok and able, "it is refused, or no logprobs come otherwise either")
    seen(streamed_words(exchange), "the model says nothing")
    honoured(streamed_logprobs(exchange), "logprobs was accepted beside a response_format, and none came")
