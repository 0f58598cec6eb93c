"""Pictures and documents: proved by what only they tell."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from samewire import (
    FULL,
    IMAGE_URL,
    LIMIT,
    MAY,
    NO_PICTURE,
    SHOULD,
    Exchange,
    Request,
    Steps,
    assistant,
    check,
    scenario,
    text,
    trust,
    user,
)

from ..chat.effects import counts_all, weighed
from ..chat.images import COLOURS as EVERY_COLOUR
from ..chat.images import PICTURE, QUESTION, SIGHT, names
from ..chat.pictures import BLUE, BLUE_GIF, RED, RED_WEBP, YELLOW_JPEG
from .effects import Effect, arrives, effect, told
from .errors import refused_in_streams
from .reading import refused, taken
from .requests import FORCED, HELLO, TOOLS, streamed
from .results import ROUND_TRIP, answered, of_paris
from .talk import PARIS, among
from .talk import arrives as arrives_among
from .weighty import commented


def base64(url: str, kind: str = "image/png") -> dict[str, Any]:
    """A picture in the request itself."""
    return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": url.partition(",")[2]}}


def asked(*pictures: dict[str, Any]) -> Request:
    """The question, with pictures between words."""
    return HELLO.but(messages=[user([text("Look at this."), *pictures, text(QUESTION)])], **LIMIT(48))


OF_BLUE, OF_RED = asked(base64(commented(BLUE))), asked(base64(RED))
WITHOUT = asked()


def told_of(colour: str) -> Request:
    """The question, with words that tell the answer, in blocks as well: who reads the first alone answers neither."""
    worded = text(f"Imagine an image that is {colour} all over. {QUESTION}")
    return WITHOUT.but(messages=[user([text("Look at this."), worded])])


#: The same question where words tell the answer: whether the model can answer it at all.
IN_WORDS = {colour: told_of(colour) for colour in ("red", "blue")}


YELLOW = base64(YELLOW_JPEG, "image/jpeg")
GIF, WEBP = base64(BLUE_GIF, "image/gif"), base64(RED_WEBP, "image/webp")
PLURAL = "Answer with words of red, green, blue, yellow, black and white, and nothing else."
#: Two pictures in an earlier turn and one in the result of a tool, none of them a PNG, in a stream.
GALLERY = streamed(
    TOOLS.but(
        messages=[
            user([YELLOW, GIF, text("Get me another image from Paris.")]),
            assistant([PARIS]),
            user(
                [
                    of_paris([text("Here it is."), WEBP]),
                    text(f"What are the colours of the three images, in the order they came? {PLURAL}"),
                ]
            ),
        ],
        **LIMIT(48),
    )
).after(TOOLS)


def colours(said: str) -> list[str]:
    """The colours that an answer names, in their order. Whoever repeats the question names all."""
    return list(dict.fromkeys(re.findall("|".join(EVERY_COLOUR), said.lower())))


def names_all(exchange: Exchange) -> bool:
    """Whether an answer names the three colours in their order, which nobody guesses."""
    return colours(told(exchange)) == ["yellow", "blue", "red"]


@scenario(OF_BLUE, GALLERY, spare=(OF_RED, *IN_WORDS.values(), WITHOUT))
def looked_at() -> Steps:
    """Pictures of different colours: who names them all has seen them."""
    blue = yield from effect(OF_BLUE, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT)
    if blue is None or not blue.shown:
        return blue
    gallery: Exchange = yield GALLERY
    if gallery.ok and names_all(gallery):
        return blue
    return (yield from effect(OF_RED, IN_WORDS["red"], WITHOUT, lambda said: names("red", said), hints=SIGHT))


@check("messages.images.seen", SHOULD, of=looked_at, spec="MSG-BLK-002")
def test_a_picture_is_seen(exchange: Exchange) -> None:
    """An image block SHOULD be refused or seen: what is taken as base64 reaches the model."""
    arrives(exchange, "the picture", least=PICTURE, text=False)


BOTH = f"What are the colours of the two images? {PLURAL}"
SEVERAL = OF_BLUE.but(messages=[user([base64(RED), base64(BLUE), text(BOTH)])])
ONE = SEVERAL.but(messages=[user([base64(BLUE), text(BOTH)])])
TOLD_BOTH = HELLO.but(messages=[user(f"Imagine two images; one is red all over, one is blue all over. {BOTH}")])


def names_both(said: str) -> bool:
    """Whether an answer names both colours, and no other."""
    return {*colours(said)} == {"red", "blue"}


UNREADABLE = base64(f"data:image/png;base64,{NO_PICTURE}")


@check(
    "messages.images.unreadable",
    SHOULD,
    of=OF_BLUE.wrong(messages=asked(UNREADABLE).body["messages"], stream=True),
    spec="MSG-BLK-002 MSG-ERR-002",
    depth=FULL,
)
def test_what_is_no_picture_is_refused(exchange: Exchange) -> None:
    """A large image block whose data is no picture SHOULD be refused with 400, not passed over in silence."""
    refused_in_streams(exchange)


@check(
    "messages.images.media_type",
    SHOULD,
    of=OF_BLUE.wrong(messages=asked(base64(BLUE, "image/heic")).body["messages"]),
    spec="MSG-BLK-002 MSG-ERR-002",
    depth=FULL,
)
def test_an_unknown_kind_of_picture_is_refused(exchange: Exchange) -> None:
    """A picture declared as another kind than JPEG, PNG, GIF and WebP SHOULD be refused with 400."""
    refused(exchange)


def returned(*content: dict[str, Any]) -> list[dict[str, Any]]:
    """A conversation in which a tool has returned this."""
    return answered(of_paris(list(content)), text(QUESTION))


#: Asked for only where a picture beside the question is taken: else that one's check shows it.
OF_A_TOOL = TOOLS.but(messages=returned(text("Here it is."), base64(BLUE)), **LIMIT(48)).after(OF_BLUE)
OF_NO_TOOL = TOOLS.but(messages=returned(text("Here it is.")), **LIMIT(48))
returned_by_a_tool = among(
    GALLERY, names_all, OF_A_TOOL, IN_WORDS["blue"], OF_NO_TOOL, lambda said: names("blue", said), ROUND_TRIP, SIGHT
)


@check("messages.images.in_result", SHOULD, of=returned_by_a_tool, spec="MSG-BLK-006 MSG-BLK-002", depth=FULL)
def test_a_picture_in_a_result_is_seen(exchange: Exchange) -> None:
    """A picture in the result of a tool SHOULD be refused or seen, as one beside the question is."""
    arrives_among(exchange, "the picture in the tool's result", least=PICTURE)


BY_URL = asked({"type": "image", "source": {"type": "url", "url": IMAGE_URL}}).after(OF_BLUE)


@scenario(OF_BLUE, BY_URL, spare=(IN_WORDS["blue"], WITHOUT))
def fetched() -> Steps:
    """A picture that the endpoint must fetch: who tells the colour of one in the request tells it of this one."""
    given: Exchange = yield OF_BLUE
    found: Effect | None = yield from effect(
        BY_URL, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT
    )
    sees = given.ok and names("blue", told(given))
    return replace(found, able=True) if sees and found is not None and not found.shown else found


@check("messages.images.by_url", SHOULD, of=fetched, spec="MSG-BLK-003", depth=FULL, needs=("image_url",))
def test_a_picture_is_fetched(exchange: Exchange) -> None:
    """A picture given by its `url` SHOULD be refused or fetched and seen."""
    arrives(exchange, "the picture", least=PICTURE, text=False)


NOTE = {"type": "text", "media_type": "text/plain", "data": "The code word is BRYONY8812."}
ASK_CODE = text("What is the code word of the document? Answer with the code word alone.")
READ = HELLO.but(messages=[user([{"type": "document", "source": NOTE}, ASK_CODE])])
UNREAD = HELLO.but(messages=[user([ASK_CODE])])
READ_OUT = HELLO.but(messages=[user(f"{NOTE['data']} {ASK_CODE['text']}")])


@scenario(READ, spare=(READ_OUT, UNREAD))
def read() -> Steps:
    """A document of plain text."""
    return (yield from effect(READ, READ_OUT, UNREAD, lambda said: "bryony8812" in said.lower()))


@check("messages.images.document", MAY, of=read, spec="MSG-BLK-004", depth=FULL)
def test_a_document_is_read(exchange: Exchange) -> None:
    """A document of plain text MAY be refused; one that is taken reaches the model."""
    arrives(exchange, "the document", text=False)


trust(weighed((FORCED, HELLO), (OF_BLUE, WITHOUT), counted=taken), weighs=True)(counts_all)
