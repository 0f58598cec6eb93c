"""What a conversation holds arrives together, too, whole and streamed, and not only each by itself."""

from __future__ import annotations

from difflib import get_close_matches

from samewire import FULL, MUST, SHOULD, Exchange, Steps, check, scenario, seen, shown

from .alike import heeds
from .lost import Told, lost_in, nothing_lost
from .reading import calls, finished, fragments, streamed_words, words
from .requests import STREAM
from .roles import AS_SYSTEM, PARTS_OF_SYSTEM, TWO_PARTS, says_the_word
from .talk import (
    ASK,
    BOTH_BEFORE,
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_USER,
    CODES,
    EVERYWHERE,
    EVERYWHERE_METERED,
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
#: Who names what stands elsewhere was asked for it.
TALK["the second of two parts"] = Told(
    ASK, lambda said: any(holds(code)(said) for code in (BY_SYSTEM, BY_USER, BY_ASSISTANT)), {TWO_PARTS: holds(IN_PART)}
)
TALK["the arguments of a call"] = Told(TOLD[IN_CALL], holds(IN_CALL), {ROUND_TRIP: holds(RESULT)}, quiet=True)
#: The same of a history that goes by no rule.
NO_RULE = {
    place: Told(NOTED[code], holds(code), SYSTEM if "system" in place else TURNS) for place, code in PLACES.items()
}


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


def told_in_a_stream() -> Steps:
    """A conversation that tells code words, streamed with its usage; if that is refused, without."""
    metered: Exchange = yield EVERYWHERE_METERED
    return metered if metered.ok else (yield EVERYWHERE_STREAM)


@scenario(EVERYWHERE, EVERYWHERE_METERED, spare=(EVERYWHERE_STREAM, AS_SYSTEM, AS_SYSTEM_STREAM))
def told_whole_and_streamed() -> Steps:
    """A conversation that tells code words, whole and streamed; if its system is lost, another that gives orders."""
    whole: Exchange = yield EVERYWHERE
    told = names(whole, BY_SYSTEM)
    if told:
        stream: Exchange = yield from told_in_a_stream()
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


@scenario(EVERYWHERE, EVERYWHERE_METERED, spare=(EVERYWHERE_STREAM,))
def all_told_in_a_stream() -> Steps:
    """A conversation that tells code words, whole and streamed."""
    yield EVERYWHERE
    yield from told_in_a_stream()


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


@check(
    "chat.tool_stream.no_invention",
    SHOULD,
    of=all_told_in_a_stream,
    spec="CHAT-TOOL-014 CHAT-EQ-002",
    depth=FULL,
    again=2,
)
def test_streams_invent_no_tools(exchange: Exchange) -> None:
    """Where a whole answer calls no tool, a stream SHOULD NOT call one that was never declared, nor the reverse."""
    whole = exchange.before[0]
    seen(whole.ok and exchange.ok, "one of them is refused, which has a cell of its own")
    finished(exchange)
    answered = [str(call["function"]["name"]) for call in calls(whole)]
    streamed = [str((parts[0].get("function") or {}).get("name") or "") for parts in fragments(exchange).values()]
    declared = {str(tool.get("function", {}).get("name")) for tool in (exchange.sent or {}).get("tools") or ()}
    for names_, where, said in ((streamed, "stream", words(whole)), (answered, "answer", streamed_words(exchange))):
        made_up = [name for name in names_ if name and name not in declared]
        plain = said.strip() and not (answered if where == "stream" else streamed)
        assert not made_up or not plain, f"the {where} calls {made_up[0]!r}, which nobody declared, and the other none"


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
