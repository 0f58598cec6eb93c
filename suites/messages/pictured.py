"""Pictures and documents are counted, and pictures by what they show, when they are sent and when they are counted."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, scenario, seen

from ..chat.pictures import BLUE
from .access import OFFICIAL
from .counting import BESIDES, COUNTED, DOCUMENTED, LATE, PICTURED, among, besides, counted, near, taken_as_sent
from .images import OF_BLUE, READ, asked, base64
from .reading import taken
from .requests import HELLO
from .weighty import HIDDEN

#: The same picture without its comment.
LIGHT = asked(base64(BLUE))
LIGHT_COUNTED = COUNTED.but(messages=LIGHT.body["messages"])


@check("messages.count.images", SHOULD, of=among(PICTURED, OF_BLUE), spec="MSG-CNT-001 MSG-BLK-002", depth=FULL)
def test_pictures_may_be_counted(exchange: Exchange) -> None:
    """A picture SHOULD be taken by `count_tokens` where it is taken when it is sent."""
    taken_as_sent(exchange)


@check("messages.count.documents", SHOULD, of=among(DOCUMENTED, READ), spec="MSG-CNT-001 MSG-BLK-004", depth=FULL)
def test_documents_may_be_counted(exchange: Exchange) -> None:
    """A document SHOULD be taken by `count_tokens` where it is taken when it is sent."""
    taken_as_sent(exchange)


@scenario(OF_BLUE, spare=(LIGHT,))
def heavy_and_light() -> Steps:
    """A picture with a comment of some kilobytes; if that counts for much, the same without it."""
    heavy: Exchange = yield OF_BLUE
    if heavy.ok and (taken(heavy) or 0) > HIDDEN:
        yield LIGHT


@check("messages.usage.pictures", SHOULD, of=heavy_and_light, spec="MSG-ENV-006 MSG-BLK-002", depth=FULL)
def test_a_picture_counts_by_what_it_shows(exchange: Exchange) -> None:
    """A picture SHOULD count by what it shows: its Base64 is no text, and what nobody sees of it counts nothing."""
    if not exchange.before:
        seen(exchange.ok, "it is refused, which has a check of its own")
        return
    seen(exchange.ok and taken(exchange), "it is refused without its comment, or not counted")
    more = (taken(exchange.before[0]) or 0) - (taken(exchange) or 0)
    assert more <= HIDDEN, f"a comment in a picture, which nobody sees, adds {more} tokens to the prompt"


def told(count: Exchange) -> int:
    """The tokens that were counted, 0 if that can't be read."""
    body = count.raw_json
    found = body.get("input_tokens") if count.ok and isinstance(body, dict) else 0
    return found if isinstance(found, int) else 0


@scenario(OFFICIAL, LATE, spare=(BESIDES, COUNTED, HELLO, OF_BLUE, PICTURED, LIGHT_COUNTED))
def counted_heavy_and_light() -> Steps:
    """A picture with a comment counted, among other things; if they count for much, alone, and without the comment."""
    every: Exchange = yield from besides()
    if not every.ok:
        every = yield PICTURED
    if told(every) > HIDDEN:
        yield [COUNTED, HELLO, OF_BLUE, PICTURED, LIGHT_COUNTED]


@check("messages.count.pictures", SHOULD, of=counted_heavy_and_light, spec="MSG-CNT-003 MSG-BLK-002", depth=FULL)
def test_a_picture_is_counted_by_what_it_shows(exchange: Exchange) -> None:
    """To `count_tokens`, too, the Base64 of a picture SHOULD be no text: it counts as it does when it is sent."""
    if not exchange.asked(LIGHT_COUNTED):
        seen(exchange.ok, "it is refused, which has a check of its own")
        return
    words, hello, sent, heavy = exchange.before[-4:]
    usage = taken(hello) if hello.ok else None
    seen(usage and near(told(words), usage), "words are not counted as they are sent either")
    more = counted(heavy) - counted(exchange)
    like = taken(sent) if sent.ok else None
    seen(not like or not near(told(heavy), like), "it counts the same when it is sent")
    assert more <= HIDDEN, f"a comment in a picture, which nobody sees, adds {more} tokens to the count"
