"""What a conversation holds arrives together, too, and not only each by itself."""

from __future__ import annotations

from dataclasses import dataclass

from samewire import FULL, MUST, SHOULD, Exchange, Request, Steps, check, honoured, scenario, seen

from .effects import told
from .images import GALLERY, OF_A_TOOL, OF_RED, SEVERAL, names_all
from .reading import ended
from .results import BOTH, IN_BLOCKS, ROUND_TRIP, SILENT
from .system import IN_BLOCKS as IN_SYSTEM
from .talk import AFTER, ASSISTANT, BLOCK, CODES, FIRST, REST, SECOND, SYSTEM, TOGETHER, TOGETHER_STREAM, TURN, names
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
#: Code word → those that tell one in the same place.
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


@dataclass(frozen=True)
class Lost:
    """What a conversation holds and its answer doesn't show, though each by itself would.

    Attributes:
        places: where it stands.
        whole: whether nothing of it is lost or refused by itself.
    """

    places: tuple[str, ...] = ()
    whole: bool = True


@scenario(TOGETHER, spare=tuple(SHOWN))
def all_told() -> Steps:
    """A conversation that tells many code words; those that it doesn't show, each by itself."""
    whole: Exchange = yield TOGETHER
    lost = [(place, code) for place, code in CODES.items() if not names(whole, code)]
    if not lost:
        return Lost()
    requests = list(dict.fromkeys(request for _, code in lost for request in ALONE[code]))
    alone = dict(zip(requests, (yield requests), strict=True))
    shown = {one for one, answer in alone.items() if names(answer, *SHOWN[one])}
    return Lost(tuple(place for place, code in lost if shown.issuperset(ALONE[code])), shown.issuperset(requests))


@check("messages.turns.together", MUST, of=all_told, spec="MSG-REQ-003 MSG-REQ-007 MSG-BLK-006", depth=FULL, again=2)
def test_all_arrives_together(exchange: Exchange) -> None:
    """A long conversation MUST reach the model whole: what arrives by itself does so among the rest."""
    whole: Exchange = (*exchange.before, exchange)[0]
    found: Lost = exchange.found
    seen(whole.ok or found.whole, "a part of it is refused by itself, too")
    whole.accepted()
    told_of = len(CODES) - sum(not names(whole, code) for code in CODES.values())
    seen(told_of >= 3 or not found.places, "the model does not list what it was told")
    honoured(not found.places, f"a long conversation was accepted, and this got lost: {', '.join(found.places)}")


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
    # What stands in the system prompt has a check of its own.
    lost = [place for place, code in heard if not names(exchange, code) and code not in (SYSTEM, REST)]
    honoured(not lost, f"a conversation was accepted, and this got lost in the stream: {', '.join(lost)}")


@scenario(GALLERY, spare=(OF_RED, SEVERAL, OF_A_TOOL))
def all_seen() -> Steps:
    """Pictures in several places; if they aren't all seen, each by itself: whether these are."""
    gallery: Exchange = yield GALLERY
    if gallery.ok and names_all(gallery):
        return True
    red, several, returned = yield [OF_RED, SEVERAL, OF_A_TOOL]
    shown = zip((red, several, returned), (("red",), ("red", "blue"), ("blue",)), strict=True)
    return all(one.ok and all(colour in told(one).lower() for colour in colours) for one, colours in shown)


@check("messages.images.together", SHOULD, of=all_seen, spec="MSG-BLK-002 MSG-BLK-006", depth=FULL, again=2)
def test_all_pictures_are_seen(exchange: Exchange) -> None:
    """Pictures in several turns SHOULD all be seen, streamed or not, where each by itself is."""
    gallery: Exchange = (*exchange.before, exchange)[0]
    seen(exchange.found, "one of the pictures is not seen by itself either")
    ended(gallery)
    said = told(gallery)
    seen(said.strip(), "the answer has no words")
    honoured(names_all(gallery), f"three pictures were accepted, yellow, blue and red, and the answer is {said[:60]!r}")
