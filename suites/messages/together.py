"""What a conversation holds arrives together, too, and not only each by itself."""

from __future__ import annotations

from dataclasses import dataclass

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Exchange,
    Request,
    Scenario,
    Steps,
    check,
    scenario,
    seen,
    shown,
    trust,
    user,
)

from ..chat.pictures import BLUE, RED
from .effects import told
from .images import GALLERY, OF_A_TOOL, OF_RED, SEVERAL, YELLOW, base64, names_all
from .reading import ended
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
    PLAIN,
    REST,
    SECOND,
    SYSTEM,
    TALK,
    TOGETHER,
    TOGETHER_STREAM,
    TOLD,
    TURN,
    names,
)
from .turns import ANSWERED, BEFORE, SAME_ROLE
from .turns import IN_BLOCKS as IN_TURN

#: Requests that tell a code word or two by themselves → what their answers show.
SHOWN: dict[Request, tuple[str, ...]] = {
    IN_SYSTEM: (SYSTEM, REST),
    BEFORE: (TURN,),
    SAME_ROLE: (TURN,),
    IN_TURN: (TURN, BLOCK),
    ANSWERED: (TURN,),
    ROUND_TRIP: (FIRST,),
    IN_BLOCKS: (FIRST,),
    BOTH: (FIRST, SECOND),
    SILENT: (),
}
#: Code word of the long conversation → those that tell one in the same place.
ALONE: dict[str, tuple[Request, ...]] = {
    SYSTEM: (IN_SYSTEM,),
    REST: (IN_SYSTEM,),
    TURN: (BEFORE, SAME_ROLE),
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
    REST: (SAME_ROLE,),
    SECOND: (SAME_ROLE,),
    BLOCK: (IN_TURN,),
    AFTER: (IN_TURN,),
}
ASK = str(TALK[-1]["content"][-1]["text"])
#: All of it in one message: whether the model lists so much at all. The question first: a parrot shows itself by it.
LISTED = HELLO.but(messages=[user(" ".join([ASK, *TOLD.values()]))], **LIMIT(160))


@trust(LISTED)
def lists_all(exchange: Exchange) -> None:
    """Pass if the model lists all code words that it is told in one message."""
    seen(names(exchange, *CODES.values()), "the model does not even list the code words of one message")
    seen(not names(exchange, ASK), "the model only repeats the last message")


PLACES = {code: place for place, code in CODES.items()}


@dataclass(frozen=True)
class Lost:
    """What a conversation holds and its answer doesn't show, though each by itself would.

    Attributes:
        places: where it stands.
        whole: whether nothing of it is lost or refused by itself.
        able: whether the model lists any of it where it surely arrives.
    """

    places: tuple[str, ...] = ()
    whole: bool = True
    able: bool = True


def lost(conversation: Request, alone: dict[str, tuple[Request, ...]]) -> Scenario:
    """A conversation that tells many code words; those that it doesn't show, each by itself."""

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
        missing = [code for code in missing if shown.issuperset(alone[code])]
        listed: Exchange = yield LISTED
        places = tuple(PLACES[code] for code in missing if names(listed, code))
        return Lost(places, shown.issuperset(requests), not missing or bool(places))

    spare = (*dict.fromkeys(request for every in alone.values() for request in every), LISTED)
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


@scenario(TOGETHER, TOGETHER_STREAM)
def all_told_in_a_stream() -> Steps:
    """A conversation that tells many code words, whole and streamed."""
    yield TOGETHER
    yield TOGETHER_STREAM


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


#: All pictures in one message: whether the model tells so many apart at all.
SIDE_BY_SIDE = HELLO.but(
    messages=[user([YELLOW, base64(BLUE), base64(RED), GALLERY.body["messages"][-1]["content"][-1]])],
    **LIMIT(48),
)
COLOURS = ("yellow", "blue", "red")


def unseen(exchange: Exchange) -> list[str]:
    """The colours that an answer doesn't name."""
    return [colour for colour in COLOURS if not exchange.ok or colour not in told(exchange).lower()]


@scenario(GALLERY, spare=(OF_RED, SEVERAL, OF_A_TOOL, SIDE_BY_SIDE))
def all_seen() -> Steps:
    """Pictures in several places; if they aren't all seen, each by itself: whether these are."""
    gallery: Exchange = yield GALLERY
    if gallery.ok and names_all(gallery):
        return True
    red, several, returned, every = yield [OF_RED, SEVERAL, OF_A_TOOL, SIDE_BY_SIDE]
    shown = ((red, ("red",)), (several, ("red", "blue")), (returned, ("blue",)), (every, COLOURS))
    return all(not set(colours) & set(unseen(one)) for one, colours in shown)


@check("messages.images.together", SHOULD, of=all_seen, spec="MSG-BLK-002 MSG-BLK-006", depth=FULL, again=2)
def test_all_pictures_are_seen(exchange: Exchange) -> None:
    """Pictures in several turns SHOULD all be seen, streamed or not, where each by itself is."""
    gallery: Exchange = (*exchange.before, exchange)[0]
    seen(exchange.found and gallery.ok, "one of the pictures is not seen by itself either")
    ended(gallery)
    said = told(gallery)
    seen(said.strip(), "the answer has no words")
    lost = ", ".join(unseen(gallery))
    shown(not lost, f"three pictures were accepted, of which {lost} got lost: {said[:60]!r}")
