"""Pictures in several turns, with words before and after them."""

from __future__ import annotations

from collections.abc import Callable

from samewire import (
    FULL,
    LIMIT,
    MAY,
    SHOULD,
    Exchange,
    Steps,
    assistant,
    check,
    counts,
    image,
    scenario,
    seen,
    system,
    text,
    trust,
    user,
)

from .effects import Effect, arrives, counts_all, effect, weighed
from .images import OF_BLUE, OF_RED, WITHOUT, asked, names
from .images import QUESTION as ONE_QUESTION
from .lost import Lost, Told, lost_in, nothing_lost, said_in_all
from .packing import packed
from .pictures import BLUE, RED, YELLOW_JPEG
from .reading import prompt_tokens
from .requests import FORCED, HELLO
from .roles import AS_SYSTEM, NAMED, NAMELESS
from .talk import BY_SYSTEM, BY_USER, IN_PART, TOLD, holds
from .together import SYSTEM, TURNS

COLOURS = ("red", "blue", "green", "yellow", "black", "white")
QUESTION = (
    "What are the colours of the {} images, in the order they came, and what are all the code words? "
    "Name the colours first, then the code words, and say nothing else."
)
OF_THREE, OF_TWO = text(QUESTION.format("three")), text(QUESTION.format("two"))
SHOWN = [
    system(TOLD[BY_SYSTEM]),
    user([text(TOLD[BY_USER]), image(RED, detail="low")]),
    assistant("I see it."),
    user([image(BLUE, detail="auto"), text(TOLD[IN_PART]), image(YELLOW_JPEG, detail="high"), OF_THREE]),
]
GALLERY = OF_BLUE.but(messages=SHOWN, **LIMIT(128))
#: All of it in one message: whether the model tells so much apart at all.
SIDE_BY_SIDE = OF_BLUE.but(
    messages=[
        user(
            [
                *(OF_THREE, *(text(TOLD[code]) for code in (BY_SYSTEM, BY_USER, IN_PART))),
                *(image(RED, detail="low"), image(BLUE, detail="auto"), image(YELLOW_JPEG, detail="high")),
            ]
        )
    ],
    **LIMIT(128),
)


def sees(colour: str) -> Callable[[str], bool]:
    """Whether an answer names a colour."""
    return lambda said: colour in said.lower()


BY_ITSELF = {OF_RED: lambda said: names("red", said), OF_BLUE: lambda said: names("blue", said)}
EXHIBITS = {
    "the system message": Told(TOLD[BY_SYSTEM], holds(BY_SYSTEM), SYSTEM),
    "the text before a picture of an earlier turn": Told(TOLD[BY_USER], holds(BY_USER), TURNS),
    "the text before a picture": Told(TOLD[IN_PART], holds(IN_PART), BY_ITSELF),
    "the picture of an earlier turn": Told(RED, sees("red"), {OF_RED: lambda said: names("red", said)}),
    "the first of two pictures": Told(BLUE, sees("blue"), {OF_BLUE: lambda said: names("blue", said)}),
    "the second of two pictures": Told(YELLOW_JPEG, sees("yellow"), BY_ITSELF),
}
#: The same for those who take no JPEG, or no `detail`: two pictures, plain ones.
TWO_TURNS = OF_BLUE.but(
    messages=[
        *SHOWN[:1],
        user([text(TOLD[BY_USER]), image(RED)]),
        SHOWN[2],
        user([image(BLUE), text(TOLD[IN_PART]), OF_TWO]),
    ],
    **LIMIT(128),
)
TWO_AT_ONCE = OF_BLUE.but(
    messages=[user([OF_TWO, *(text(TOLD[code]) for code in (BY_SYSTEM, BY_USER, IN_PART)), image(RED), image(BLUE)])],
    **LIMIT(128),
)
ALL, PLAIN = (
    lost_in(GALLERY, EXHIBITS, SIDE_BY_SIDE),
    lost_in(TWO_TURNS, {place: one for place, one in EXHIBITS.items() if one.told != YELLOW_JPEG}, TWO_AT_ONCE),
)


@scenario(GALLERY, spare=(*ALL.spare, *PLAIN.requests, *PLAIN.spare))
def shown_together() -> Steps:
    """Pictures of several kinds in several turns; if these are refused, plain ones."""
    found: Lost = yield from ALL.steps()
    return found if found.whole.ok else (yield from PLAIN.steps())


@check(
    "chat.images.together",
    SHOULD,
    of=shown_together,
    spec="CHAT-MSG-014 CHAT-MSG-002",
    depth=FULL,
    again=2,
)
def test_all_pictures_are_seen(exchange: Exchange) -> None:
    """Pictures in several turns, and the words beside them, SHOULD all reach the model."""
    seen(exchange.found.whole.ok, "pictures in several turns are refused, plain ones too")
    nothing_lost(exchange, EXHIBITS)


DETAILED = [OF_BLUE.but(messages=asked(BLUE, detail=one).body["messages"]) for one in ("auto", "low", "high")]


@scenario(GALLERY, spare=tuple(DETAILED))
def in_every_detail() -> Steps:
    """Pictures in every detail; if they are refused, one in each until that is refused."""
    every: Exchange = yield GALLERY
    for alone in () if every.ok else DETAILED:
        answer: Exchange = yield alone
        if not answer.ok:
            return


@check("chat.images.detail", MAY, of=in_every_detail, spec="CHAT-MSG-014", depth=FULL)
def test_the_detail_may_be_named(exchange: Exchange) -> None:
    """`detail` MAY be named: `auto`, the default, `low` or `high`."""
    exchange.accepted()


@check(
    "chat.images.jpeg",
    SHOULD,
    of=packed(GALLERY, OF_BLUE.but(messages=asked(YELLOW_JPEG).body["messages"])),
    spec="CHAT-MSG-014",
    depth=FULL,
)
def test_a_picture_may_be_a_jpeg(exchange: Exchange) -> None:
    """A picture SHOULD be taken as a JPEG as well as a PNG."""
    exchange.accepted()


BEGUN = OF_BLUE.but(messages=[user([image(BLUE), text(ONE_QUESTION)])])
ALONE = OF_BLUE.but(messages=[user([image(BLUE)])])


@scenario(GALLERY, spare=(BEGUN, OF_BLUE, ALONE))
def words_after() -> Steps:
    """Pictures followed by words in one message; if these aren't shown, a question after a picture, and before it."""
    every: Exchange = yield GALLERY
    if every.ok and holds(IN_PART)(said_in_all(every)):
        return Effect(True)
    return (yield from effect(BEGUN, OF_BLUE, ALONE, lambda said: names("blue", said)))


@check("chat.images.words_after", SHOULD, of=words_after, spec="CHAT-MSG-013 CHAT-MSG-002", depth=FULL, again=2)
def test_words_after_a_picture_arrive(exchange: Exchange) -> None:
    """The words after a picture SHOULD reach the model as those before it do."""
    seen(exchange.found is not None, "they are refused, which has a cell of its own")
    arrives(exchange, "the question after a picture", same="before the picture")


BESIDE_SYSTEM = AS_SYSTEM.but(messages=[system("Be brief."), *OF_BLUE.body["messages"]])


@check("chat.images.first", SHOULD, of=packed(GALLERY, BEGUN), spec="CHAT-MSG-002 CHAT-MSG-014", depth=FULL)
def test_a_picture_may_come_first(exchange: Exchange) -> None:
    """A picture SHOULD be taken before the words of a message as after them."""
    exchange.accepted()


@check(
    "chat.images.beside_system", SHOULD, of=packed(GALLERY, BESIDE_SYSTEM), spec="CHAT-MSG-001 CHAT-MSG-014", depth=FULL
)
def test_pictures_go_with_a_system_message(exchange: Exchange) -> None:
    """A picture SHOULD be taken in a conversation that has a system message."""
    exchange.accepted()


SEVERAL = OF_BLUE.but(messages=[user([*OF_BLUE.body["messages"][0]["content"], image(BLUE)])])


@scenario(OF_BLUE, GALLERY, spare=(SEVERAL,))
def one_and_several() -> Steps:
    """One picture, and several; if these aren't all named, the one twice."""
    yield OF_BLUE
    every: Exchange = yield GALLERY
    if not all(one.shows(said_in_all(every)) for one in EXHIBITS.values()):
        yield SEVERAL


@check("chat.images.several", MAY, of=one_and_several, spec="CHAT-MSG-014 CHAT-MSG-002", depth=FULL)
def test_several_pictures_may_be_shown(exchange: Exchange) -> None:
    """A message MAY show several pictures, and each of them counts."""
    exchange.accepted()
    two, one = prompt_tokens(exchange), prompt_tokens(exchange.before[0])
    if two is not None and one is not None:
        why = f"two pictures were accepted, and count {two} tokens, where one counts {one}"
        counts(two > one, why, text=False)


trust(weighed((FORCED, HELLO), (OF_BLUE, WITHOUT), (NAMED, NAMELESS), counted=prompt_tokens), weighs=True)(counts_all)
