"""What a conversation holds arrives together, too, whole and streamed, and not only each by itself."""

from __future__ import annotations

from difflib import get_close_matches

from samewire import FULL, MUST, Exchange, Ignored, Request, Scenario, Steps, check, scenario, seen

from .alike import heeds
from .reading import finished, streamed_words
from .requests import STREAM
from .roles import AS_SYSTEM, BOTH_BEFORE, PARTS_OF_SYSTEM, TWO_PARTS, WORD, says_the_word
from .talk import (
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_TOOL,
    BY_USER,
    CODES,
    EVERYWHERE,
    EVERYWHERE_STREAM,
    IN_PART,
    LISTED,
    NOTED_AT_ONCE,
    UNRULY,
    names,
)
from .talk import PLACES as UNRULY_PLACES
from .tools import RESULT, ROUND_TRIP

#: Code word → what tells one in such a place by itself, or in other company, and the words that its answer shows.
Alone = dict[str, tuple[tuple[Request, ...], tuple[str, ...]]]
ALONE: Alone = {
    BY_SYSTEM: ((PARTS_OF_SYSTEM,), (BY_SYSTEM,)),
    BY_USER: ((BOTH_BEFORE,), (BY_USER,)),
    BY_ASSISTANT: ((BOTH_BEFORE,), (BY_ASSISTANT,)),
    BY_TOOL: ((ROUND_TRIP,), (RESULT,)),
    IN_PART: ((TWO_PARTS,), (IN_PART,)),
}
PLACES = {code: place for place, code in CODES.items()}
#: The same of a history that goes by no rule.
ALONE_UNRULY: Alone = {
    code: ((AS_SYSTEM,), (WORD,)) if "system" in place else ((EVERYWHERE, BOTH_BEFORE), (BY_USER, BY_ASSISTANT))
    for place, code in UNRULY_PLACES.items()
}
UNRULY_NAMED = {code: place for place, code in UNRULY_PLACES.items()}


def lost_in(conversation: Request, alone: Alone, listed: Request, places: dict[str, str]) -> Scenario:
    """A conversation that tells code words; those that it doesn't show, each by itself."""

    def steps() -> Steps:
        whole: Exchange = yield conversation
        missing = [code for code in alone if not names(whole, code)]
        for code in missing:
            requests, shown = alone[code]
            for request in requests:
                apart: Exchange = yield request
                if names(apart, *shown):
                    break
            else:
                return whole, [], False
        if missing:
            every: Exchange = yield listed
            missing = [code for code in missing if names(every, code)]
        return whole, [places[code] for code in missing], True

    spare = (*dict.fromkeys(request for requests, _ in alone.values() for request in requests), listed)
    return scenario(conversation, spare=spare, name=f".{conversation.id}")(steps)


def nothing_lost(exchange: Exchange, alone: Alone) -> None:
    """Say *ignored* if a conversation loses what arrives by itself."""
    whole, lost, apart = exchange.found
    seen(apart, "a part of it is refused or lost by itself, too")
    whole.accepted()
    if lost:
        raise Ignored(f"a conversation was accepted, and this got lost: {', '.join(lost)}")
    seen(any(names(whole, code) for code in alone), "the model does not list what it was told")


@check(
    "chat.roles.together",
    MUST,
    of=lost_in(EVERYWHERE, ALONE, LISTED, PLACES),
    spec="CHAT-MSG-001 CHAT-MSG-007",
    depth=FULL,
    again=2,
)
def test_all_arrives_together(exchange: Exchange) -> None:
    """A long conversation MUST reach the model whole: what arrives by itself does so among the rest."""
    nothing_lost(exchange, ALONE)


@check(
    "chat.history.heard",
    MUST,
    of=lost_in(UNRULY, ALONE_UNRULY, NOTED_AT_ONCE, UNRULY_NAMED),
    spec="CHAT-MSG-001 CHAT-MSG-005",
    depth=FULL,
    again=2,
)
def test_an_unruly_history_arrives_whole(exchange: Exchange) -> None:
    """Of a history that is taken, all MUST reach the model: each of two messages of a role, late ones, every part."""
    seen(exchange.found[0].ok, "it is refused, which has a cell of its own")
    nothing_lost(exchange, ALONE_UNRULY)


AS_SYSTEM_STREAM = STREAM.but(**AS_SYSTEM.body)


@scenario(EVERYWHERE, EVERYWHERE_STREAM, spare=(AS_SYSTEM, AS_SYSTEM_STREAM))
def told_whole_and_streamed() -> Steps:
    """A conversation that tells code words, whole and streamed; if its system is lost, another that gives orders."""
    whole: Exchange = yield EVERYWHERE
    if names(whole, BY_SYSTEM):
        stream: Exchange = yield EVERYWHERE_STREAM
    else:
        whole = yield AS_SYSTEM
        stream = yield AS_SYSTEM_STREAM
    return whole, stream


@check(
    "chat.roles.system_stream", MUST, of=told_whole_and_streamed, spec="CHAT-EQ-002 CHAT-MSG-001", depth=FULL, again=2
)
def test_a_system_message_arrives_in_streams(exchange: Exchange) -> None:
    """A system message MUST be heeded in a stream as in a whole answer."""
    whole, stream = exchange.found
    if whole.request == AS_SYSTEM:
        heeds(whole, stream, "the system message", says_the_word)
    elif unnamed(stream, BY_SYSTEM):
        raise Ignored(
            f"the system message is heeded in the whole answer, and lost in the stream: {said_in(stream)[:80]!r}"
        )


@scenario(EVERYWHERE, EVERYWHERE_STREAM)
def all_told_in_a_stream() -> Steps:
    """A conversation that tells code words, whole and streamed."""
    yield EVERYWHERE
    yield EVERYWHERE_STREAM


@check(
    "chat.roles.together_stream", MUST, of=all_told_in_a_stream, spec="CHAT-EQ-002 CHAT-MSG-001", depth=FULL, again=2
)
def test_all_arrives_in_streams(exchange: Exchange) -> None:
    """In a stream a conversation MUST reach the model as it does otherwise: earlier turns, results, every part."""
    whole = exchange.before[0]
    seen(whole.ok, "it is refused, which has a check of its own")
    heard = {place: code for place, code in CODES.items() if names(whole, code) and code != BY_SYSTEM}
    seen(heard, "the model does not list what it was told")
    lost = [place for place, code in heard.items() if unnamed(exchange, code)]
    if lost:
        raise Ignored(f"a conversation was accepted, and this got lost in the stream: {', '.join(lost)}")


def said_in(stream: Exchange) -> str:
    """The words of a stream that came to its end."""
    stream.accepted()
    finished(stream)
    said = streamed_words(stream)
    seen(len(said.strip()) >= 8, "the stream has hardly any words")
    return said


def unnamed(stream: Exchange, code: str) -> bool:
    """Whether a stream has nothing like a code word: one that has lost a few letters has a check of its own."""
    said = said_in(stream).lower()
    return code.lower() not in said and not get_close_matches(code.lower(), said.split(), 1, 0.5)
