"""Pictures in several turns are all seen, and not only each by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from samewire import FULL, LIMIT, SHOULD, Exchange, Request, Steps, check, counts, scenario, seen, shown, user

from ..chat.images import PICTURE, names
from .effects import Effect, effect, told
from .images import (
    GALLERY,
    GIF,
    IN_WORDS,
    OF_A_TOOL,
    OF_BLUE,
    OF_NO_TOOL,
    OF_RED,
    ONE,
    SEVERAL,
    TOLD_BOTH,
    WEBP,
    WITHOUT,
    YELLOW,
    asked,
    colours,
    names_all,
    names_both,
)
from .kinds import unless_all
from .lost import weighs
from .reading import ended, taken
from .requests import HELLO
from .talk import ASSISTANT, BLOCK, TOGETHER, TURN, arrives
from .talk import names as names_code


@scenario(GALLERY, spare=(OF_BLUE, SEVERAL, TOLD_BOTH, ONE, IN_WORDS["blue"], WITHOUT))
def looked_at_both() -> Steps:
    """Two pictures: among others, and if they aren't both seen there, alone.

    Who doesn't tell the colour of a single picture shows nothing of two by what it says.
    """
    whole: Exchange = yield GALLERY
    if whole.ok and names_all(whole):
        return Effect(True)
    single: Exchange = yield OF_BLUE
    found: Effect | None = yield from effect(SEVERAL, TOLD_BOTH, ONE, names_both)
    found = yield from unless_all(found, SEVERAL, TOLD_BOTH, ONE)
    blind = single.ok and not names("blue", told(single))
    return replace(found, able=None) if found is not None and not found.shown and blind else found


@check("messages.images.several", SHOULD, of=looked_at_both, spec="MSG-BLK-002", depth=FULL)
def test_several_pictures_are_seen(exchange: Exchange) -> None:
    """Several pictures in a message SHOULD be refused or all be seen."""
    arrives(exchange, "one of two pictures, if not both,", least=PICTURE)


#: All pictures in one message: whether the model tells so many apart at all.
SIDE_BY_SIDE = HELLO.but(
    messages=[user([YELLOW, GIF, WEBP, GALLERY.body["messages"][-1]["content"][-1]])],
    **LIMIT(48),
)
COLOURS = ("yellow", "blue", "red")


def unseen(exchange: Exchange) -> list[str]:
    """The colours that an answer doesn't name."""
    return [colour for colour in COLOURS if not exchange.ok or colour not in told(exchange).lower()]


def unpictured(picture: dict[str, Any]) -> Request:
    """The pictures without one of them; no more than the count of its prompt is of interest."""
    first, call, last = GALLERY.body["messages"]
    kept = [block for block in first["content"] if block != picture]
    returned = [block for block in last["content"][0]["content"] if block != picture]
    content = [{**last["content"][0], "content": returned}, *last["content"][1:]]
    return GALLERY.but(messages=[{**first, "content": kept}, call, {**last, "content": content}], **LIMIT(12))


WITHOUT_ONE = [unpictured(picture) for picture in (YELLOW, GIF, WEBP)]
#: Each by itself.
EACH = [asked(picture) for picture in (YELLOW, GIF, WEBP)]
#: Pictures in the same places, and one less of them.
PLACED = (SEVERAL, ONE, OF_A_TOOL, OF_NO_TOOL)


@dataclass(frozen=True)
class Looked:
    """What became of pictures in several places.

    Attributes:
        alone: whether each is seen by itself.
        uncounted: the colours of those without which the prompt counts the same, if the model doesn't name them.
        reads: whether the model is seen to read earlier turns once a tool has answered: some only say what it returned.
    """

    alone: bool
    uncounted: tuple[str, ...] = ()
    reads: bool = True


def lost_by_counts(gallery: Exchange, mute: bool) -> Steps:
    """The colours of the pictures that count nothing there, as far as eyes can't tell.

    One that isn't named counts by itself, another one counts among the others, and pictures in the same places count:
    else it may be that they don't count at all, or not in such a conversation, and that only some formats are seen.
    Who is mute names none, so that those which don't count by themselves are lost as well, unless a PNG doesn't either.
    """
    bare = yield WITHOUT_ONE
    *alone, empty, png, two, one, returned, unreturned = yield [*EACH, WITHOUT, OF_BLUE, *PLACED]
    light = [colour for colour, other in zip(COLOURS, bare, strict=True) if not weighs(gallery, other, PICTURE)]
    if mute:
        return tuple(light) if weighs(png, empty, PICTURE) else ()
    able = any(weighed(gallery, other) for other in bare) and weighed(two, one) and weighed(returned, unreturned)
    heavy = {colour for colour, own in zip(COLOURS, alone, strict=True) if weighed(own, empty)}
    return tuple(colour for colour in unseen(gallery) if able and colour in light and colour in heavy)


def weighed(laden: Exchange, bare: Exchange) -> bool:
    """Whether a picture is seen to count."""
    return bool(laden.ok and bare.ok and taken(laden) and taken(bare) and weighs(laden, bare, PICTURE))


EVERY_WAY = (OF_RED, SEVERAL, OF_A_TOOL, SIDE_BY_SIDE, IN_WORDS["blue"])


@scenario(GALLERY, spare=(TOGETHER, *EVERY_WAY, *WITHOUT_ONE, *EACH, WITHOUT, OF_BLUE, *PLACED))
def all_seen() -> Steps:
    """Pictures in several places; if they aren't all seen, each by itself: whether these are."""
    gallery: Exchange = yield GALLERY
    if gallery.ok and names_all(gallery):
        return Looked(True)
    red, several, returned, every, words = yield [*EVERY_WAY]
    shown = ((red, ("red",)), (several, ("red", "blue")), (returned, ("blue",)), (every, COLOURS))
    # Whoever repeats the question names every colour there is.
    able = all(one.ok and {*colours(told(one))} == {*wanted} for one, wanted in shown)
    # Whoever names a picture is no judge by counts: some see pictures and don't count them.
    mute = not names("blue", told(words)) and all({*wanted} <= {*unseen(one)} for one, wanted in shown)
    uncounted: tuple[str, ...] = ()
    if gallery.ok and not able:
        uncounted = yield from lost_by_counts(gallery, mute)
    talk: Exchange = yield TOGETHER
    reads = any(names_code(talk, code) for code in (TURN, BLOCK, ASSISTANT))
    return Looked(able, uncounted, reads)


@check("messages.images.together", SHOULD, of=all_seen, spec="MSG-BLK-002 MSG-BLK-006", depth=FULL, again=2)
def test_all_pictures_are_seen(exchange: Exchange) -> None:
    """Pictures in several turns SHOULD all be seen, streamed or not, where each by itself is."""
    gallery: Exchange = (*exchange.before, exchange)[0]
    found: Looked = exchange.found
    uncounted = ", ".join(found.uncounted)
    counts(not uncounted, f"three pictures were accepted, of which {uncounted} count nothing", text=False)
    seen(found.alone and gallery.ok, "one of the pictures is not seen by itself either")
    seen(found.reads, "the model is not seen to read earlier turns once a tool has answered")
    ended(gallery)
    said = told(gallery)
    seen(said.strip(), "the answer has no words")
    lost = ", ".join(unseen(gallery))
    shown(not lost, f"three pictures were accepted, of which {lost} got lost: {said[:60]!r}")
