"""Pictures of other kinds than PNG."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Exchange, Request, Scenario, Steps, check, scenario, seen

from ..chat.images import PICTURE, SIGHT, names
from .effects import Effect, effect, told
from .images import GALLERY, GIF, IN_WORDS, OF_BLUE, WEBP, WITHOUT, YELLOW, asked, colours, told_of
from .talk import arrives as arrives_among


def unseen(found: Effect) -> bool:
    """Whether a picture isn't seen by who can tell its colour, or makes no difference at all."""
    return not found.shown and (found.able or not (found.other or (found.growth or 0) >= PICTURE))


def unless_all(found: Effect | None, *again: Request) -> Steps:
    """What was found of a picture; set aside if it isn't seen, and a plain PNG by itself isn't either.

    Args:
        found: what was found of it.
        again: the requests that it was found in, which come last once more if it stays so.
    """
    if found is not None and not found.shown:
        png: Effect | None = yield from effect(
            OF_BLUE, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT
        )
        seen(png is None or not unseen(png), "a PNG by itself is not seen either, which has a check of its own")
        for request in again:
            _ = yield request
    return found


def of_kind(colour: str, picture: dict[str, Any], in_words: Request) -> Scenario:
    """A picture of another kind than PNG: among others, and if it isn't seen there, by itself."""
    alone = asked(picture)

    def steps() -> Steps:
        whole: Exchange = yield GALLERY
        if whole.ok and colour in (named := colours(told(whole))) and len(named) < 4:
            return Effect(True)
        if not whole.ok:
            before: Exchange = yield OF_BLUE
            before.accepted()
        found = yield from effect(alone, in_words, WITHOUT, lambda said: names(colour, said), hints=SIGHT)
        return (yield from unless_all(found, alone, in_words, WITHOUT))

    spare = (alone, in_words, WITHOUT, OF_BLUE, IN_WORDS["blue"])
    return scenario(GALLERY, spare=spare, name=f".{alone.id}")(steps)


looked_at_jpeg = of_kind("yellow", YELLOW, told_of("yellow"))
looked_at_gif = of_kind("blue", GIF, IN_WORDS["blue"])
looked_at_webp = of_kind("red", WEBP, IN_WORDS["red"])


@check("messages.images.jpeg", SHOULD, of=looked_at_jpeg, spec="MSG-BLK-002", depth=FULL)
def test_a_jpeg_is_seen(exchange: Exchange) -> None:
    """A picture of another kind than PNG, a JPEG, SHOULD be refused or seen."""
    arrives_among(exchange, "the JPEG", least=PICTURE)


@check("messages.images.gif", SHOULD, of=looked_at_gif, spec="MSG-BLK-002", depth=FULL)
def test_a_gif_is_seen(exchange: Exchange) -> None:
    """A GIF SHOULD be refused or seen."""
    arrives_among(exchange, "the GIF", least=PICTURE)


@check("messages.images.webp", SHOULD, of=looked_at_webp, spec="MSG-BLK-002", depth=FULL)
def test_a_webp_is_seen(exchange: Exchange) -> None:
    """A WebP SHOULD be refused or seen."""
    arrives_among(exchange, "the WebP", least=PICTURE)
