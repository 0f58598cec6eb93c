"""Pictures: proved by what only the picture tells."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    IMAGE_URL,
    LIMIT,
    NO_PICTURE,
    OMIT,
    SHOULD,
    Blocked,
    Exchange,
    Request,
    Scenario,
    Steps,
    Unsupported,
    assistant,
    check,
    counts,
    observed,
    scenario,
    seen,
    shown,
    user,
)

from ..chat.images import PICTURE, QUESTION, SIGHT, names
from ..chat.pictures import BLUE, RED, YELLOW_JPEG
from .effects import Effect, arrives, effect
from .following import heard_raw
from .reading import failed, input_tokens, refused, words
from .requests import CALL_ID, HELLO, PARIS, STREAM, TOOLS, text
from .together import TELLS, TELLS_STREAM, TOLD, hears


def image(url: str, **more: str) -> dict[str, str]:
    """A picture as a part of the input."""
    return {"type": "input_image", "image_url": url, **more}


def asked(*parts: Any) -> Request:
    """The question, with these parts."""
    return HELLO.but(input=[user([text(QUESTION), *parts])], **LIMIT(48))


#: Times as many tokens as one picture takes that three take at least, one of them with less detail.
MANY = 2.25
#: The same question where words tell the answer: whether the model can answer it at all.
IN_WORDS = {
    colour: HELLO.but(input=[user(f"Imagine an image that is {colour} all over. {QUESTION}")], **LIMIT(48))
    for colour in ("red", "blue")
}
WITHOUT = asked()
OF_BLUE, OF_RED = asked(image(BLUE)), asked(image(RED))
#: The same with the default said, which the published schema demands and most clients leave out.
AUTO = asked(image(BLUE, detail="auto"))


#: Several pictures in several turns, with a `detail` and without, a JPEG the last, and the question after them.
SHOWN = STREAM.but(
    input=[
        user([text("Here are two images."), image(RED, detail="auto"), image(BLUE, detail="low")]),
        assistant("I see them."),
        user([image(YELLOW_JPEG), text("And here is another one. What colours do the images have?")]),
    ],
    **LIMIT(48),
)
COLOURS = ("red", "blue")


def named(exchange: Exchange, colours: tuple[str, ...] = COLOURS) -> list[str]:
    """The colours that an answer names of those that were shown; a stream may be broken, which has its own cells."""
    said = heard_raw(exchange) if exchange.request.streamed else words(exchange)
    return [colour for colour in colours if colour in said.lower()]


@scenario(SHOWN, spare=(OF_RED, OF_BLUE, AUTO, *IN_WORDS.values(), WITHOUT))
def looked_at() -> Steps:
    """Two pictures of different colours: who names both has seen them. Each alone if they are not named together."""
    every: Exchange = yield SHOWN
    if every.ok and named(every) == list(COLOURS):
        return Effect(True)
    red = yield from effect(OF_RED, IN_WORDS["red"], WITHOUT, lambda said: names("red", said), hints=SIGHT)
    if red is None:
        yield AUTO
    if red is None or not red.shown:
        return red
    return (yield from effect(OF_BLUE, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT))


@check("responses.images.seen", SHOULD, of=looked_at, spec="RSP-IN-003")
def test_a_picture_is_seen(exchange: Exchange) -> None:
    """An `input_image` SHOULD be refused or seen: what is taken as a data URL reaches the model."""
    if exchange.asked(AUTO):
        bare = exchange.before[-1]
        why = f"a picture is taken with `detail`, and without it refused with {bare.status}{bare.said}"
        # The published schema demands it: who holds to that refuses cleanly, whoever leaves it out.
        if exchange.ok and 400 <= bare.status < 500 and "detail" in bare.said:
            raise Unsupported(why)
        bare.accepted()
    arrives(exchange, "the picture", least=PICTURE, text=False)


def otherwise(together: Request, alone: Request) -> Scenario:
    """Pictures in some other way, and if these are refused, one plain picture, and one in that way alone."""

    def steps() -> Steps:
        every: Exchange = yield together
        if every.ok and len(named(every)) == 2:
            return
        plain: Exchange = yield OF_BLUE
        if plain.ok and every.ok:
            yield [TELLS_STREAM, TELLS, WITHOUT]
        elif plain.ok:
            yield [WITHOUT, alone]

    return scenario(together, spare=(OF_BLUE, TELLS_STREAM, TELLS, WITHOUT, alone), name=f".{alone.id}")(steps)


def pictures(exchange: Exchange, request: Request) -> float | None:
    """How many plain pictures the tokens of a request amount to; None if that can't be told."""
    every = [one for one in (*exchange.before, exchange) if one.ok]
    found = [next((input_tokens(one) for one in every if one.asked(which)), 0) for which in (request, OF_BLUE, WITHOUT)]
    several, one, none = found
    return (several - none) / (one - none) if several and one and none and one - none >= PICTURE else None


def unseen(exchange: Exchange, able: bool | None = False) -> None:
    """Leave it to the check of one plain picture, if that is refused or dropped too.

    Args:
        exchange: the last one of a scenario that asked for a plain picture, too, if need be.
        able: whether the model names what it is told in words: then that a picture is counted tells nothing.

    Raises:
        Blocked: it is.
    """
    every = (*exchange.before, exchange)
    plain = [one for one in every if one.asked(OF_BLUE)]
    unnamed = any(not (one.ok and named(one)) for one in plain)
    if any(400 <= one.status < 500 for one in plain):
        raise Blocked("one plain picture is refused too", cause="check:responses.images.seen")
    if unnamed and (able or pictures(exchange, OF_BLUE) is None):
        raise Blocked("one plain picture is not seen either", cause="check:responses.images.seen")


SEVERAL = asked(image(BLUE), image(BLUE))


@check("responses.images.several", SHOULD, of=otherwise(SHOWN, SEVERAL), spec="RSP-IN-003", depth=FULL, again=2)
def test_several_pictures_are_seen(exchange: Exchange) -> None:
    """Several pictures SHOULD be refused or seen, in whatever turn and with whatever `detail`, before the text too."""
    unseen(exchange)
    exchange.accepted()
    every = (*exchange.before, exchange)[0]
    if not every.ok:
        return
    lost = [colour for colour in COLOURS if colour not in named(every)]
    if lost:
        many = pictures(exchange, SHOWN)
        _, plain, turns, listed = exchange.before
        lists = listed.ok and any(hears(words(listed), who) for who in TOLD)
        if many is not None and not (named(plain) and lists):
            # The model doesn't name what it sees, or nothing of what it was told before: the counts tell.
            seen(not 1.5 < many < MANY, f"three pictures count {many:.1f} times as many tokens as one")
            why = f"three pictures were taken, and count {many:.1f} times as many tokens as one"
            counts(many >= MANY, why, text=False)
            return
        seen(named(plain), "the model does not name what it sees, nor do the counts tell")
        if turns.ok and not hears(heard_raw(turns), "history"):
            raise Blocked("what was said a turn before is lost too", cause="check:responses.input.stream")
        # Some look at the last picture alone; those that are counted are not lost.
        if named(every, (*COLOURS, "yellow")) and (many is None or many >= MANY):
            observed("the model does not name all pictures, and they may all have reached it")
    shown(not lost, f"one picture is seen, and of several what is {' and '.join(lost)} is not")


BY_URL = asked(image(IMAGE_URL))


@scenario(BY_URL, spare=(IN_WORDS["blue"], WITHOUT))
def fetched() -> Steps:
    """A picture that the endpoint must fetch."""
    return (yield from effect(BY_URL, IN_WORDS["blue"], WITHOUT, lambda said: names("blue", said), hints=SIGHT))


@check("responses.images.by_url", SHOULD, of=fetched, spec="RSP-IN-003", depth=FULL, needs=("image_url",))
def test_a_picture_is_fetched(exchange: Exchange) -> None:
    """A picture given as an http or https URL SHOULD be refused or fetched and seen."""
    arrives(exchange, "the picture", least=PICTURE, text=False)


def shown_by_a_tool(output: Any) -> Request:
    """A conversation in which a tool shows something, and the user asks what."""
    result = {"type": "function_call_output", "call_id": CALL_ID, "output": output}
    return TOOLS.but(input=[user(QUESTION), PARIS, result], tool_choice="none", **LIMIT(48))


TOOL_SHOWS = shown_by_a_tool([text("Here is the image."), image(BLUE)])
TOOL_TELLS = shown_by_a_tool("Here is the image. It is blue all over.")
TOOL_HIDES = shown_by_a_tool([text("Here is the image.")])


@scenario(TOOL_SHOWS, spare=(TOOL_TELLS, TOOL_HIDES, OF_BLUE, WITHOUT))
def seen_by_a_tool() -> Steps:
    """A picture in the output of a tool, and if it is not seen there, one in a message."""
    found = yield from effect(TOOL_SHOWS, TOOL_TELLS, TOOL_HIDES, lambda said: names("blue", said))
    if found is None or not found.shown:
        yield [OF_BLUE, WITHOUT]
    return found


@check("responses.images.tool_output", SHOULD, of=seen_by_a_tool, spec="RSP-IN-005 RSP-IN-003", depth=FULL)
def test_a_tool_may_show_a_picture(exchange: Exchange) -> None:
    """A picture in the `output` of a function call SHOULD be refused or seen."""
    unseen(exchange, exchange.found is not None and exchange.found.able)
    (*exchange.before, exchange)[0].accepted()
    arrives(exchange, "the picture in the tool's output", least=PICTURE, text=False)


UNREADABLE = asked(image(f"data:image/png;base64,{NO_PICTURE}"))
NOT_THERE = asked(image("https://images.invalid/samewire/blue.png"))


@check(
    "responses.images.unreadable", SHOULD, of=SHOWN.wrong(stream=OMIT, **UNREADABLE.body), spec="RSP-IN-003", depth=FULL
)
def test_what_is_no_picture_is_refused(exchange: Exchange) -> None:
    """A large data URL that holds no picture SHOULD be refused with 400 or fail, not be passed over in silence."""
    if not failed(exchange):
        refused(exchange)


@check(
    "responses.images.unreachable", SHOULD, of=SHOWN.wrong(stream=OMIT, **NOT_THERE.body), spec="RSP-IN-003", depth=FULL
)
def test_a_picture_that_is_not_there_is_missed(exchange: Exchange) -> None:
    """A URL at which there is no picture SHOULD be refused with 400 or fail, not be passed over or meet a 5xx."""
    if not failed(exchange):
        refused(exchange)
