"""What a conversation holds arrives together, too, whole and streamed, and not only each by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from samewire import FULL, MUST, Exchange, Request, Scenario, Steps, check, scenario, seen, shown, text

from .alike import heeds
from .effects import SENTENCE
from .reading import finished, prompt_tokens, streamed_words, words
from .requests import STREAM
from .roles import AS_SYSTEM, BOTH_BEFORE, PARTS_OF_SYSTEM, TWO_PARTS, says_the_word
from .talk import (
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_USER,
    CODES,
    EVERYWHERE,
    EVERYWHERE_STREAM,
    IN_CALL,
    IN_PART,
    LISTED,
    NOTED,
    NOTED_AT_ONCE,
    PLACES,
    TOLD,
    UNRULY,
    holds,
    names,
)
from .tools import RESULT, ROUND_TRIP


@dataclass(frozen=True)
class Told:
    """What a conversation tells in one place.

    Attributes:
        told: the sentence, or the address of the picture.
        shows: whether an answer shows it.
        apart: requests that tell the like elsewhere → whether their answers show it; one of them is enough.
        quiet: whether models may well keep it to themselves, so that the count of tokens alone tells that it is lost.
    """

    told: str
    shows: Callable[[str], bool]
    apart: Mapping[Request, Callable[[str], bool]]
    quiet: bool = False


TURNS = {request: holds(BY_USER, BY_ASSISTANT) for request in (EVERYWHERE, BOTH_BEFORE)}
SYSTEM = {AS_SYSTEM: says_the_word}
#: Place → what stands there.
TALK = {
    place: Told(TOLD[code], holds(code), apart)
    for (place, code), apart in zip(
        CODES.items(),
        (
            {PARTS_OF_SYSTEM: holds(BY_SYSTEM)},
            {BOTH_BEFORE: holds(BY_USER)},
            {BOTH_BEFORE: holds(BY_ASSISTANT)},
            {ROUND_TRIP: holds(RESULT)},
            {TWO_PARTS: holds(IN_PART)},
        ),
        strict=True,
    )
}
TALK["the arguments of a call"] = Told(TOLD[IN_CALL], holds(IN_CALL), {ROUND_TRIP: holds(RESULT)}, quiet=True)
#: The same of a history that goes by no rule.
NO_RULE = {
    place: Told(NOTED[code], holds(code), SYSTEM if "system" in place else TURNS) for place, code in PLACES.items()
}


def said_in_all(exchange: Exchange) -> str:
    """The words of a whole or streamed answer; empty if it was refused."""
    if not exchange.ok:
        return ""
    return streamed_words(exchange) if exchange.streamed else words(exchange)


@dataclass(frozen=True)
class Lost:
    """What of a conversation its answer doesn't show.

    Attributes:
        whole: the answer.
        places: where the lost things stand that are shown elsewhere, by themselves and all at once.
        apart: whether all that is missing is shown by itself.
    """

    whole: Exchange
    places: tuple[str, ...] = ()
    apart: bool = True


def hushed(value: Any, told: str) -> Any:
    """Messages in which something else is said in the place of a sentence or a picture."""
    if isinstance(value, list):
        return [hushed(one, told) for one in value]
    if isinstance(value, dict):
        shown = value.get("image_url")
        if isinstance(shown, dict) and shown.get("url") == told:
            return text("Hm.")
        return {name: hushed(one, told) for name, one in value.items()}
    return value.replace(told, "Hm.") if isinstance(value, str) else value


def lost_in(conversation: Request, told: dict[str, Told], listed: Request) -> Scenario:
    """A conversation that tells many things; those that it doesn't show, each by itself, and all in one message.

    A model may keep to itself what it was told. So at last each is left out: what makes the prompt longer is not lost.
    """
    without = {
        place: conversation.but(messages=hushed(conversation.body["messages"], one.told)) for place, one in told.items()
    }

    def steps() -> Steps:
        whole: Exchange = yield conversation
        missing = [place for place, one in told.items() if not one.shows(said_in_all(whole))]
        shown = []
        for place in missing:
            for request, shows in told[place].apart.items():
                answer: Exchange = yield request
                if shows(said_in_all(answer)):
                    shown.append(place)
                    break
            else:
                return Lost(whole, (), False)
        if not shown or not whole.ok:
            return Lost(whole)
        every: Exchange = yield listed
        lost, counted = [], prompt_tokens(whole)
        for place in (place for place in shown if told[place].shows(said_in_all(every))):
            bare: Exchange = yield without[place]
            less = prompt_tokens(bare) if bare.ok else None
            if counted is None or less is None:
                lost += [] if told[place].quiet else [place]
            elif counted - less < SENTENCE:
                lost.append(place)
        return Lost(whole, tuple(lost))

    spare = (*dict.fromkeys(request for one in told.values() for request in one.apart), listed, *without.values())
    return scenario(conversation, spare=spare, name=f".{conversation.id}")(steps)


def nothing_lost(exchange: Exchange, told: dict[str, Told]) -> None:
    """Say *ignored* if a conversation loses what arrives by itself."""
    found: Lost = exchange.found
    seen(found.whole.ok or found.apart, "a part of it is refused or lost by itself, too")
    said = said_in_all(found.whole.accepted())
    seen(said.strip(), "the answer has no words")
    shown(not found.places, f"a conversation was accepted, and this got lost: {', '.join(found.places)}", found.places)
    seen(any(one.shows(said) for one in told.values()), "the model does not list what it was told")


@check(
    "chat.roles.together",
    MUST,
    of=lost_in(EVERYWHERE, TALK, LISTED),
    spec="CHAT-MSG-001 CHAT-MSG-007",
    depth=FULL,
    again=2,
)
def test_all_arrives_together(exchange: Exchange) -> None:
    """A long conversation MUST reach the model whole: what arrives by itself does so among the rest."""
    nothing_lost(exchange, TALK)


@check(
    "chat.history.heard",
    MUST,
    of=lost_in(UNRULY, NO_RULE, NOTED_AT_ONCE),
    spec="CHAT-MSG-001 CHAT-MSG-005",
    depth=FULL,
    again=2,
)
def test_an_unruly_history_arrives_whole(exchange: Exchange) -> None:
    """Of a history that is taken, all MUST reach the model: each of two messages of a role, late ones, every part."""
    seen(exchange.found.whole.ok, "it is refused, which has a cell of its own")
    nothing_lost(exchange, NO_RULE)


AS_SYSTEM_STREAM = STREAM.but(**AS_SYSTEM.body)


@scenario(EVERYWHERE, EVERYWHERE_STREAM, spare=(AS_SYSTEM, AS_SYSTEM_STREAM))
def told_whole_and_streamed() -> Steps:
    """A conversation that tells code words, whole and streamed; if its system is lost, another that gives orders."""
    whole: Exchange = yield EVERYWHERE
    told = names(whole, BY_SYSTEM)
    if told:
        stream: Exchange = yield EVERYWHERE_STREAM
    else:
        whole = yield AS_SYSTEM
        stream = yield AS_SYSTEM_STREAM
    return whole, stream, told


@check(
    "chat.roles.system_stream", MUST, of=told_whole_and_streamed, spec="CHAT-EQ-002 CHAT-MSG-001", depth=FULL, again=2
)
def test_a_system_message_arrives_in_streams(exchange: Exchange) -> None:
    """A system message MUST be heeded in a stream as in a whole answer."""
    whole, stream, told = exchange.found
    if not told:
        heeds(whole, stream, "the system message", says_the_word)
    else:
        why = f"the system message is heeded in the whole answer, and lost in the stream: {said_in(stream)[:80]!r}"
        shown(not unnamed(stream, BY_SYSTEM), why)


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
    shown(not lost, f"a conversation was accepted, and this got lost in the stream: {', '.join(lost)}", lost)


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
