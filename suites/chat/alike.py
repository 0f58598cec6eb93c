"""Streamed and not: what is heeded when an answer comes whole is heeded when it is streamed, and nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

from samewire import (
    FULL,
    MUST,
    SHOULD,
    Exchange,
    Steps,
    check,
    honoured,
    observed,
    scenario,
    seen,
    shown,
    system,
    user,
)

from .format import AS_OBJECT
from .marks import leaked
from .reading import chunks, completion, finished, parsed, reasoned, streamed_words, words
from .requests import COUNT, METERED, STREAM, WEATHER


def plain(said: str) -> str:
    """A text without its blanks, which have a check of their own."""
    return "".join(said.split())


@scenario(COUNT, STREAM, METERED, spare=(COUNT.again(1),))
def said_twice_and_streamed_twice() -> Steps:
    """An answer whole and streamed; if the two differ, once more of each."""
    whole: Exchange = yield COUNT
    stream: Exchange = yield STREAM
    yield METERED
    if whole.ok and stream.ok and plain(words(whole)) != plain(streamed_words(stream)):
        yield COUNT.again(1)


@check("chat.stream.same_words", MUST, of=said_twice_and_streamed_twice, spec="CHAT-EQ-002 CHAT-STR-009", again=2)
def test_a_stream_says_the_same(exchange: Exchange) -> None:
    """The deltas of a stream MUST make the answer: nothing is lost, doubled or moved."""
    whole, stream, *more = (*exchange.before, exchange)
    said, streamed = plain(words(whole)), plain(streamed_words(stream))
    finished(stream)
    seen(said and streamed, "nothing is said")
    leaks = any(leaked(stream, text) for text in (words(whole), streamed_words(stream)))
    seen(not leaks, "marks of a template leak, which has a cell of its own")
    if said == streamed:
        return
    same = plain(words(more[-1])) == said and plain(streamed_words(more[0])) == streamed
    if not same:
        observed("the model doesn't say the same twice")
    raise AssertionError(
        f"twice the whole answer is {said[-40:]!r} at its end, and twice the stream {streamed[-40:]!r}"
    )


@check("chat.stream.unique_id", SHOULD, of=said_twice_and_streamed_twice, spec="CHAT-ENV-001", depth=FULL)
def test_no_two_streams_share_an_id(exchange: Exchange) -> None:
    """The `id` of two streams SHOULD differ."""
    every = [one for one in (*exchange.before, exchange) if one.request.streamed]
    # Filter results before the first words have none.
    ids = [next((chunk["id"] for chunk in chunks(one) if chunk["id"]), "") for one in every]
    seen(all(ids), "the streams have no id")
    assert len(set(ids)) == len(ids), f"two streams have the id {ids[0]!r}"


@check(
    "chat.stream_usage.same_output",
    SHOULD,
    of=said_twice_and_streamed_twice,
    spec="CHAT-STR-018 CHAT-EQ-002",
    depth=FULL,
)
def test_a_stream_counts_the_same_answer(exchange: Exchange) -> None:
    """The same answer SHOULD count about the same tokens whether it is streamed or not."""
    whole, _, metered, *_ = (*exchange.before, exchange)
    # To the last blank, which is a token, too: some go on with line breaks, more of them at one time than at another.
    seen(words(whole) == streamed_words(metered), "the two answers differ")
    usages = [chunk["usage"] for chunk in chunks(metered) if chunk.get("usage")]
    whole_usage = completion(whole).get("usage")
    seen(usages and whole_usage is not None, "no usage is counted")
    # How long a model thinks is another matter each time.
    streamed, spent = spoken(usages[-1]), spoken(whole_usage)
    assert abs(streamed - spent) <= 2, f"the answer counts {streamed} tokens, and {spent} when it is not streamed"


def spoken(usage: Any) -> int:
    """The completion tokens that a usage counts, but for those that were spent on thinking."""
    spent, thought = int(usage["completion_tokens"]), reasoned(usage)
    return spent - thought if thought <= spent else spent  # who counts them beside has a cell of his own


AS_OBJECT_STREAM = STREAM.but(**AS_OBJECT.body)
#: The same with a tool at hand, and with logprobs as well; and it is the system that says what it is to be.
BESIDE_TOOLS = STREAM.but(**AS_OBJECT.body, tools=[WEATHER]).after(STREAM)
SAID_BEFORE = AS_OBJECT.but(messages=[system("Answer in JSON."), user("Name a city of your choice.")])
LADEN_OBJECT = BESIDE_TOOLS.but(messages=SAID_BEFORE.body["messages"], logprobs=True, top_logprobs=0).after(STREAM)


def is_object(said: str) -> bool:
    """Whether a text is a JSON object."""
    return isinstance(parsed(said), dict)


def object_in_a_stream() -> Steps:
    """A JSON object in a stream, with a tool at hand and with logprobs; if that is refused or none comes, with less."""
    laden: Exchange = yield LADEN_OBJECT
    if not laden.ok:
        laden = yield BESIDE_TOOLS
    return laden if laden.ok and is_object(streamed_words(laden)) else (yield AS_OBJECT_STREAM)


@scenario(AS_OBJECT, LADEN_OBJECT, spare=(BESIDE_TOOLS, AS_OBJECT_STREAM))
def an_object_twice() -> Steps:
    """A JSON object, whole and streamed."""
    yield AS_OBJECT
    yield from object_in_a_stream()


def heeds(whole: Exchange, stream: Exchange, what: str, shows: Callable[[str], bool]) -> None:
    """Say *ignored* if a stream doesn't show what the whole answer to the same question shows.

    What the server sees to itself, as it does to a format, is no matter of the model's.
    """
    stream.accepted()
    finished(stream)
    seen(shows(words(whole)), f"the whole answer doesn't show {what} either")
    said = streamed_words(stream)
    # A stream that has lost a few words has a cell of its own.
    little = said[:1] == words(whole)[:1] and SequenceMatcher(None, words(whole), said).ratio() > 0.6
    seen(shows(said) or (said and not little), "the two answers differ little")
    why = f"{what} is heeded in the whole answer, and in the stream it is not: {said[:60]!r}"
    (honoured if whole.asked(AS_OBJECT) else shown)(shows(said), why)


@check("chat.format.streamed", SHOULD, of=an_object_twice, spec="CHAT-EQ-002 CHAT-FMT-002", depth=FULL, again=2)
def test_a_format_holds_in_streams(exchange: Exchange) -> None:
    """With `json_object`, a stream SHOULD make a JSON object as a whole answer does."""
    heeds(exchange.before[0], exchange, "the format", is_object)
