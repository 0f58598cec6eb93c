"""Pictures of another kind and in another place than most: a JPEG, and before the text of the message."""

from __future__ import annotations

from samewire import FULL, LIMIT, MAY, SHOULD, Exchange, Steps, check, scenario, seen, shown, trust, user

from ..chat.effects import counts_all, weighed
from ..chat.images import PICTURE, QUESTION, SIGHT, names
from ..chat.pictures import BLUE, YELLOW_JPEG
from .effects import Effect, arrives, effect
from .following import heard_raw
from .images import AUTO, COLOURS, MANY, OF_BLUE, SHOWN, WITHOUT, asked, image, named, pictures, unseen
from .reading import input_tokens
from .requests import CALLED, HELLO, text

OF_YELLOW = asked(image(YELLOW_JPEG))
YELLOW_IN_WORDS = HELLO.but(input=[user(f"Imagine an image that is yellow all over. {QUESTION}")], **LIMIT(48))


@scenario(SHOWN, spare=(OF_BLUE, OF_YELLOW, YELLOW_IN_WORDS, WITHOUT))
def looked_at_jpeg() -> Steps:
    """A JPEG among other pictures, and where these are refused after a PNG alone."""
    every: Exchange = yield SHOWN
    if every.ok and "yellow" in heard_raw(every).lower():
        return Effect(True)
    if not every.ok:
        plain: Exchange = yield OF_BLUE
        plain.accepted()
    return (yield from effect(OF_YELLOW, YELLOW_IN_WORDS, WITHOUT, lambda said: names("yellow", said), hints=SIGHT))


@check("responses.images.jpeg", SHOULD, of=looked_at_jpeg, spec="RSP-IN-003", depth=FULL)
def test_a_jpeg_is_seen(exchange: Exchange) -> None:
    """A picture of another kind than PNG, a JPEG, SHOULD be refused or seen."""
    arrives(exchange, "the JPEG", least=PICTURE, text=False)


def told(exchange: Exchange) -> bool:
    """Whether a stream names the third picture anywhere: what its deltas lose has cells of its own."""
    return b"yellow" in exchange.body.lower() or bool(named(exchange, ("yellow",)))


FIRST = HELLO.but(input=[user([image(BLUE), text(QUESTION)])], **LIMIT(48))


@scenario(SHOWN, spare=(OF_YELLOW, OF_BLUE, FIRST, WITHOUT))
def before_text() -> Steps:
    """A picture before the text of its message, beside others; if that is not named, or all are refused, it alone."""
    every: Exchange = yield SHOWN
    if not every.ok:
        plain: Exchange = yield OF_BLUE
        if plain.ok:
            yield [WITHOUT, FIRST]
    elif named(every) != list(COLOURS):
        yield [OF_BLUE, WITHOUT]
    elif not told(every):
        yield OF_YELLOW


@check("responses.images.before_text", SHOULD, of=before_text, spec="RSP-IN-003 RSP-IN-001", depth=FULL, again=2)
def test_a_picture_may_come_before_the_text(exchange: Exchange) -> None:
    """A picture SHOULD be refused or seen, where it comes before the text of its message too, and after others."""
    every = (*exchange.before, exchange)[0]
    if not every.ok:
        unseen(exchange)
        exchange.accepted()
        return
    if named(every) != list(COLOURS) and (pictures(exchange, SHOWN) or 0) >= MANY:
        return  # the model doesn't name what it sees; that all are counted tells that they are there
    seen(named(every) == list(COLOURS), "other pictures are not seen either")
    if exchange is not every:
        seen(exchange.ok and told(exchange), "the picture is not seen alone either")
    shown(exchange is every, "two pictures are seen, and the third, which comes before the text, is not")


LOW = asked(image(BLUE, detail="low"))


@scenario(SHOWN, spare=(OF_BLUE, WITHOUT, AUTO, LOW))
def detailed() -> Steps:
    """Pictures with a detail; if they are refused, one without, and one with each detail."""
    every: Exchange = yield SHOWN
    if not every.ok:
        yield [OF_BLUE, WITHOUT]
        auto: Exchange = yield AUTO
        if auto.ok:
            yield LOW


@check("responses.images.detail", MAY, of=detailed, spec="RSP-IN-003", depth=FULL)
def test_a_detail_may_be_named(exchange: Exchange) -> None:
    """`detail` MAY be named: `auto`, the default, which changes nothing, and `low`."""
    if not any(one.ok and one.asked(AUTO) for one in exchange.before):
        unseen(exchange)
    exchange.accepted()


trust(weighed((CALLED, HELLO), (OF_BLUE, WITHOUT), counted=input_tokens), weighs=True)(counts_all)
