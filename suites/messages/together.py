"""What a conversation holds arrives together, too, and not only each by itself."""

from __future__ import annotations

from samewire import (
    FULL,
    LIMIT,
    MUST,
    Exchange,
    Request,
    Scenario,
    Steps,
    check,
    counts,
    scenario,
    seen,
    shown,
    trust,
    user,
)

from .effects import told
from .lost import PLACES, PLACES_PLAIN, Lost, replies, unasked, untold, weighs
from .reading import ended, taken
from .requests import HELLO
from .results import BOTH, IN_BLOCKS, ROUND_TRIP, SILENT
from .system import IN_BLOCKS as IN_SYSTEM
from .talk import (
    AFTER,
    ASSISTANT,
    BLOCK,
    CODES,
    FIRST,
    INPUT,
    NAMELESS_STREAM,
    PLAIN,
    REST,
    SECOND,
    STATED,
    SYSTEM,
    TALK,
    TOGETHER,
    TOGETHER_STREAM,
    TOLD,
    TURN,
    names,
)
from .turns import ANSWERED, BEFORE, SAME_ROLE, STATED_ALONE
from .turns import IN_BLOCKS as IN_TURN

#: Requests that tell a code word or two by themselves → what their answers show.
SHOWN: dict[Request, tuple[str, ...]] = {
    IN_SYSTEM: (SYSTEM, REST),
    BEFORE: (TURN,),
    SAME_ROLE: (TURN,),
    IN_TURN: (TURN, BLOCK),
    ANSWERED: (TURN,),
    STATED_ALONE: (TURN,),
    ROUND_TRIP: (FIRST,),
    IN_BLOCKS: (FIRST,),
    BOTH: (FIRST, SECOND),
    SILENT: (),
}
#: Code word of the long conversation → those that tell one in the same place.
ALONE: dict[str, tuple[Request, ...]] = {
    SYSTEM: (IN_SYSTEM,),
    REST: (IN_SYSTEM,),
    TURN: (BEFORE,),
    BLOCK: (IN_TURN,),
    ASSISTANT: (ANSWERED,),
    FIRST: (ROUND_TRIP, BOTH),
    SECOND: (IN_BLOCKS, BOTH),
    AFTER: (SILENT,),
}
#: The same of the conversation without tools.
ALONE_PLAIN: dict[str, tuple[Request, ...]] = {
    TURN: (BEFORE,),
    ASSISTANT: (ANSWERED,),
    STATED: (STATED_ALONE,),
    REST: (SAME_ROLE,),
    SECOND: (SAME_ROLE,),
    BLOCK: (IN_TURN,),
    AFTER: (IN_TURN,),
}
ASK = str(TALK[-1]["content"][-1]["text"])
#: All of it in one message: whether the model lists so much at all. The question first: a parrot shows itself by it.
LISTED = HELLO.but(messages=[user(" ".join([ASK, *TOLD.values()]))], **LIMIT(160))


@scenario(TOGETHER, LISTED, spare=(ANSWERED,))
def told_far_and_near() -> Steps:
    """Code words in many places, and in one message; if none but the user's are shown, in two turns."""
    every: Exchange = yield TOGETHER
    far = any(names(every, code) for code in (SYSTEM, REST, ASSISTANT, FIRST, SECOND, INPUT))
    if not far:
        before: Exchange = yield ANSWERED
        far = not before.ok or names(before, *SHOWN[ANSWERED])
    yield LISTED
    return far


@trust(told_far_and_near)
def lists_all(exchange: Exchange) -> None:
    """Pass if the model lists all code words of one message, and is seen to read more than the user's."""
    seen(names(exchange, *CODES.values()), "the model does not even list the code words of one message")
    seen(not names(exchange, ASK), "the model only repeats the last message")
    seen(exchange.found, "the model is not seen to read more than the user's messages")


def lost(conversation: Request, alone: dict[str, tuple[Request, ...]]) -> Scenario:
    """A conversation that tells many code words; those that it doesn't show, each by itself."""

    places = PLACES if conversation is TOGETHER else PLACES_PLAIN

    def steps() -> Steps:
        whole: Exchange = yield conversation
        missing = [code for code in alone if not names(whole, code)]
        if not missing:
            return Lost()
        if whole.ok and not told(whole).strip():
            return Lost(able=False)  # it names nothing since it says nothing
        requests = list(dict.fromkeys(request for code in missing for request in alone[code]))
        answers = dict(zip(requests, (yield requests), strict=True))
        shown = {one for one, answer in answers.items() if names(answer, *SHOWN[one])}
        listed: Exchange = yield LISTED
        # Who names none doesn't answer the question.
        deaf = whole.ok and not replies(whole)
        uncounted: tuple[str, ...] = ()
        if deaf:
            silent: Exchange = yield unasked(conversation)
            uncounted = () if weighs(whole, silent) else ("the question",)
        unknown = False
        if whole.ok:
            # What words show by itself, counts don't gainsay: some don't count all that arrives.
            mute = [code for code in missing if not all(SHOWN[one] and one in shown for one in alone[code])]
            if names(listed, *CODES.values()):
                # A model that lists so much may not grasp what it is asked alone. What is lost there has its own cells.
                pairs = [(code, one) for code in mute for one in alone[code]]
                less: list[Exchange] = yield [untold(one, code) for code, one in pairs]
                gone = {pair[0] for pair, one in zip(pairs, less, strict=True) if not weighs(answers[pair[1]], one)}
                mute = [code for code in mute if code not in gone]
            bare: list[Exchange] = yield [untold(conversation, code) for code in mute]
            uncounted += tuple(places[code] for code, one in zip(mute, bare, strict=True) if not weighs(whole, one))
            unknown = any(not taken(one) for one in (whole, *bare)) if mute else False
        missing = [code for code in missing if shown.issuperset(alone[code])]
        unheard = tuple(places[code] for code in missing if names(listed, code) and not deaf)
        return Lost(unheard, shown.issuperset(requests), not unknown and (not missing or bool(unheard)), uncounted)

    every = (request for several in alone.values() for request in several)
    bared = [untold(one, code) for code, several in alone.items() for one in (conversation, *several)]
    spare = (*dict.fromkeys(every), LISTED, unasked(conversation), *dict.fromkeys(bared))
    return scenario(conversation, spare=spare, name=f".{conversation.id}")(steps)


def nothing_lost(exchange: Exchange, alone: dict[str, tuple[Request, ...]]) -> None:
    """Say *ignored* if a conversation loses what arrives by itself."""
    whole: Exchange = (*exchange.before, exchange)[0]
    found: Lost = exchange.found
    seen(whole.ok or found.whole, "a part of it is refused by itself, too")
    if whole.request.streamed:
        seen(whole.ok, "streams are refused, or this one is")
        ended(whole)
        seen(told(whole).strip(), "the stream has no words")
    whole.accepted()
    lost = ", ".join(found.uncounted)
    counts(not lost, f"a conversation was accepted, and counts the same without this: {lost}", text=False)
    seen(found.able, "the model does not list what it was told")
    why = f"a conversation was accepted, and this got lost: {', '.join(found.places)}"
    shown(not found.places, why, found.places)


@check(
    "messages.turns.together",
    MUST,
    of=lost(TOGETHER, ALONE),
    spec="MSG-REQ-003 MSG-REQ-007 MSG-BLK-006",
    depth=FULL,
    again=2,
)
def test_all_arrives_together(exchange: Exchange) -> None:
    """A long conversation MUST reach the model whole: what arrives by itself does so among the rest."""
    nothing_lost(exchange, ALONE)


@check(
    "messages.alike.turns",
    MUST,
    of=lost(PLAIN, ALONE_PLAIN),
    spec="MSG-STR-024 MSG-REQ-003",
    depth=FULL,
    again=2,
)
def test_all_turns_arrive_in_streams(exchange: Exchange) -> None:
    """In streams and long conversations, too, all turns MUST reach the model."""
    nothing_lost(exchange, ALONE_PLAIN)


@scenario(TOGETHER, TOGETHER_STREAM, spare=(NAMELESS_STREAM,))
def all_told_in_a_stream() -> Steps:
    """A conversation that tells many code words, whole and streamed."""
    yield TOGETHER
    stream: Exchange = yield TOGETHER_STREAM
    if not stream.ok:
        yield NAMELESS_STREAM


@check("messages.alike.together", MUST, of=all_told_in_a_stream, spec="MSG-STR-024 MSG-REQ-003", depth=FULL, again=2)
def test_all_arrives_in_streams(exchange: Exchange) -> None:
    """In streams a conversation MUST reach the model as it does otherwise."""
    seen(exchange.before[0].ok, "it is refused, which has a check of its own")
    ended(exchange)
    heard = [(place, code) for place, code in CODES.items() if names(exchange.before[0], code)]
    seen(heard, "the model does not list what it was told")
    seen(told(exchange).strip(), "the stream has no words")
    # What stands in the system prompt has a check of its own, and not every model repeats what it wrote into a call.
    lost = [place for place, code in heard if not names(exchange, code) and code not in (SYSTEM, REST, INPUT)]
    why = f"a conversation was accepted, and this got lost in the stream: {', '.join(lost)}"
    shown(not lost, why, lost)
