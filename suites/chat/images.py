"""Pictures: proved by what only the picture tells."""

from __future__ import annotations

from samewire import (
    FULL,
    IMAGE_URL,
    LIMIT,
    NO_PICTURE,
    SHOULD,
    Exchange,
    Request,
    Steps,
    check,
    image,
    scenario,
    text,
    user,
)

from .effects import arrives, effect, part_effect, takes_parts
from .pictures import BLUE, RED
from .reading import refused
from .requests import HELLO

QUESTION = "What is the colour of the image? Answer with one word: red, green, blue, yellow, black or white."


def asked(picture: str, **more: str) -> Request:
    """The question, with a picture."""
    return HELLO.but(messages=[user([text(QUESTION), image(picture, **more)])], **LIMIT(48))


#: The same question where words tell the answer: whether the model can answer it at all.
IN_WORDS = {
    colour: HELLO.but(messages=[user([text(f"Imagine an image that is {colour} all over. {QUESTION}")])], **LIMIT(48))
    for colour in ("red", "blue")
}
WITHOUT = HELLO.but(messages=[user([text(QUESTION)])], **LIMIT(48))
OF_BLUE, OF_RED = asked(BLUE), asked(RED)
#: Prompt tokens that the smallest picture is worth.
PICTURE = 8


COLOURS = ("red", "green", "blue", "yellow", "black", "white")
#: What is said by those who see something, and be it wrongly.
SIGHT = (
    *(*COLOURS, "colour", "color", "image", "picture", "see", "shade", "dark", "pale", "grey", "gray", "brown"),
    *("pink", "purple", "violet", "orange", "gold", "amber", "crimson", "scarlet", "maroon", "ruby", "magenta", "navy"),
    *("indigo", "azure", "cyan", "teal", "turquoise", "cobalt", "emerald", "mustard", "beige"),
)


def names(colour: str, said: str) -> bool:
    """Whether an answer names this colour and no other."""
    return [one for one in COLOURS if one in said.lower()] == [colour]


@scenario(OF_RED, OF_BLUE, spare=(*IN_WORDS.values(), WITHOUT))
def looked_at() -> Steps:
    """Two pictures of different colours: who names both has seen them."""
    red = yield from part_effect(OF_RED, IN_WORDS["red"], WITHOUT, lambda said: names("red", said), SIGHT)
    if red is None or not red.shown:
        return red
    return (yield from effect(OF_BLUE, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT))


@check("chat.images.seen", SHOULD, of=looked_at, spec="CHAT-MSG-014 CHAT-MSG-019")
def test_a_picture_is_seen(exchange: Exchange) -> None:
    """An image part SHOULD be refused or seen: what is taken as a data URL reaches the model."""
    takes_parts(exchange, WITHOUT)
    arrives(exchange, "the picture", least=PICTURE, text=False)


BROKEN_PICTURE = OF_BLUE.wrong(messages=[user([text(QUESTION), image(f"data:image/png;base64,{NO_PICTURE}")])])


@check("chat.images.unreadable", SHOULD, of=BROKEN_PICTURE, spec="CHAT-MSG-019 CHAT-REQ-037", depth=FULL)
def test_what_is_no_picture_is_refused(exchange: Exchange) -> None:
    """A large data URL that holds no picture SHOULD be refused with 400, not passed over in silence."""
    refused(exchange)


NOWHERE = OF_BLUE.wrong(messages=asked("https://images.invalid/samewire/blue.png").body["messages"])


@check("chat.images.unreachable", SHOULD, of=NOWHERE, spec="CHAT-MSG-014 CHAT-MSG-019", depth=FULL)
def test_a_picture_that_is_not_there_is_missed(exchange: Exchange) -> None:
    """A URL at which there is no picture SHOULD be refused with 400, not passed over or answered with a 5xx."""
    refused(exchange)


BY_URL = OF_BLUE.but(messages=asked(IMAGE_URL).body["messages"])


@scenario(BY_URL, spare=(IN_WORDS["blue"], WITHOUT))
def fetched() -> Steps:
    """A picture that the endpoint must fetch."""
    return (yield from effect(BY_URL, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT))


@check("chat.images.by_url", SHOULD, of=fetched, spec="CHAT-MSG-014", depth=FULL, needs=("image_url",))
def test_a_picture_is_fetched(exchange: Exchange) -> None:
    """A picture given as an http or https URL SHOULD be refused or fetched and seen."""
    arrives(exchange, "the picture", least=PICTURE, text=False)
