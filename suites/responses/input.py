"""Input: every form of it is taken, and what it says reaches the model."""

from __future__ import annotations

from samewire import (
    FULL,
    MUST,
    SHOULD,
    Exchange,
    Request,
    Steps,
    assistant,
    check,
    developer,
    scenario,
    system,
    user,
)

from ..chat.packing import packed
from ..chat.roles import ORDER
from .effects import Effect, arrives, effect
from .reading import words
from .requests import HELLO, STREAM, text
from .together import SPOKEN, TELLS, TOLD, heard, hears, listed, said, tells, typed

HOW = user("How are you today?")
PLAIN = HELLO.but(input=[HOW])


def ordering(who: str) -> str:
    """An order to say the word of somebody."""
    return f"{ORDER} {TOLD[who]}, nothing else."


INSTRUCTED = HELLO.but(input=[HOW], instructions=ordering("instructions"))
INSTRUCTED_STREAM = STREAM.but(**INSTRUCTED.body)


def ordered(who: str) -> Request:
    """The order as a part of the question."""
    return HELLO.but(input=[user(f"{ordering(who)} {HOW['content']}")])


def by_developer(who: str) -> Request:
    """An order of the developer's to say the word of somebody."""
    return HELLO.but(input=[developer(ordering(who)), HOW])


AS_DEVELOPER = by_developer("developer")
AS_SYSTEM = HELLO.but(input=[system(ordering("system")), HOW])
ASK_CODE = user("What is the code word? Answer with the code word alone.")
UNTOLD = HELLO.but(input=[ASK_CODE])


def told_now(who: str) -> Request:
    """The question, with the word of somebody in it."""
    return HELLO.but(input=[user(f"{tells(who)} {ASK_CODE['content']}")])


KEPT_IN_MIND = assistant("I will remember it.")
TOLD_BEFORE = HELLO.but(input=[user(tells("history")), KEPT_IN_MIND, ASK_CODE])
SAID_BEFORE = HELLO.but(input=[user("Think of a code word."), assistant(tells("assistant")), ASK_CODE])
#: The same turns, in which nobody tells a word: what they count more than these, the word counts.
NOT_TOLD_BEFORE = HELLO.but(input=[user("Hi."), KEPT_IN_MIND, ASK_CODE])
NOT_SAID_BEFORE = HELLO.but(input=[user("Think of a code word."), assistant("Yes."), ASK_CODE])
IN_PARTS = HELLO.but(input=[user([text(tells("parts")), text(ASK_CODE["content"])])])
#: The same in the second part.
IN_SECOND = HELLO.but(input=[user([text("Here is a question."), text(f"{tells('parts')} {ASK_CODE['content']}")])])
LETTERS = HELLO.but(input=[user([text("Here is a question."), text(f"{tells('letters')} {ASK_CODE['content']}")])])
#: The same conversation with all that may be left out.
FULL_FORM = HELLO.but(
    input=[
        listed([text("Think of a code word.")]),
        SPOKEN,
        typed(ASK_CODE["content"]),
    ]
)


@check(
    "responses.input.instructions",
    SHOULD,
    of=heard("instructions", INSTRUCTED, ordered("instructions"), PLAIN, by_developer("instructions")),
    spec="RSP-REQ-003",
    again=2,
)
def test_instructions_arrive(exchange: Exchange) -> None:
    """`instructions` SHOULD be taken, and SHOULD reach the model."""
    # They stand beside the input: some count that alone.
    arrives(exchange, "the text of `instructions`", text=False)


told_by_the_developer = heard("developer", AS_DEVELOPER, ordered("developer"), PLAIN)


@check(
    "responses.input.developer",
    MUST,
    of=told_by_the_developer,
    spec="RSP-IN-001",
)
def test_a_developer_message_arrives(exchange: Exchange) -> None:
    """A message of the role `developer` MUST be taken, and MUST reach the model."""
    arrives(exchange, "the developer message")


@check(
    "responses.input.system",
    MUST,
    of=heard("system", AS_SYSTEM, ordered("system"), PLAIN, by_developer("system")),
    spec="RSP-IN-001",
    depth=FULL,
    again=2,
)
def test_a_system_message_arrives(exchange: Exchange) -> None:
    """A message of the role `system` MUST be taken, and MUST reach the model."""
    arrives(exchange, "the system message")


@check(
    "responses.input.history",
    MUST,
    of=heard("history", TOLD_BEFORE, told_now("history"), NOT_TOLD_BEFORE),
    spec="RSP-IN-001 RSP-REQ-002",
    required=True,
)
def test_the_conversation_arrives_whole(exchange: Exchange) -> None:
    """All messages of the input MUST reach the model, not the last alone."""
    arrives(exchange, "the first turn of the conversation")


@check(
    "responses.input.assistant",
    MUST,
    of=heard("assistant", SAID_BEFORE, told_now("assistant"), NOT_SAID_BEFORE),
    spec="RSP-IN-001",
    depth=FULL,
)
def test_what_the_assistant_said_arrives(exchange: Exchange) -> None:
    """A message of the role `assistant` with a string MUST be taken, and MUST reach the model."""
    arrives(exchange, "the assistant's message")


@check(
    "responses.input.items",
    MUST,
    of=heard("items", FULL_FORM, told_now("items"), NOT_SAID_BEFORE),
    spec="RSP-IN-002 RSP-IN-003 RSP-IN-004",
    depth=FULL,
)
def test_items_are_taken_in_full(exchange: Exchange) -> None:
    """Messages in their full form, with `type`, parts, `id` and `status`, MUST be taken and MUST reach the model."""
    arrives(exchange, "a message in its full form")


@scenario(TELLS, spare=(IN_PARTS, IN_SECOND, told_now("parts"), UNTOLD))
def in_parts() -> Steps:
    """Words in two parts of a message; where one is missing, a word in such a part alone."""
    every: Exchange = yield TELLS
    first, second = (every.ok and hears(words(every), who) for who in ("parts", "letters"))
    if first and second:
        return Effect(True)
    alone = IN_SECOND if first else IN_PARTS
    return (yield from effect(alone, told_now("parts"), UNTOLD, lambda said: hears(said, "parts")))


@check(
    "responses.input.parts",
    MUST,
    of=in_parts,
    spec="RSP-IN-001 RSP-IN-003",
    required=True,
    again=2,
)
def test_a_message_may_have_parts(exchange: Exchange) -> None:
    """A message's content MUST be taken as an array of `input_text`, and every part MUST reach the model."""
    arrives(exchange, "one of two text parts", same="in one text")


TWICE = HELLO.but(input=[user("Hi."), *map(assistant, ("Hi.", "Hello.")), user("One thing more."), user("Say hello.")])


@check("responses.input.two_in_a_row", SHOULD, of=packed(TELLS, TWICE), spec="RSP-IN-001 RSP-REQ-002", depth=FULL)
def test_one_may_speak_twice(exchange: Exchange) -> None:
    """Two messages of one role SHOULD be taken one after the other: items come in any order."""
    exchange.accepted()


IN_PARTS_SAID = HELLO.but(input=[user("Hi."), said("Hello."), user("Say hello.")])


@check(
    "responses.input.assistant_parts", SHOULD, of=packed(TELLS, IN_PARTS_SAID), spec="RSP-IN-001 RSP-IN-004", depth=FULL
)
def test_the_assistants_words_may_be_parts(exchange: Exchange) -> None:
    """A message of the assistant's SHOULD be taken with parts of `output_text`, and without an id or a status."""
    exchange.accepted()


LATE = HELLO.but(input=[user("Hi."), system("Be brief."), user("Say hello.")])


@check("responses.input.late_system", SHOULD, of=packed(TELLS, LATE), spec="RSP-IN-001 RSP-REQ-002", depth=FULL)
def test_the_system_may_speak_late(exchange: Exchange) -> None:
    """A message of the role `system` SHOULD be taken after those of others: items come in any order."""
    exchange.accepted()


#: Who tells a word → the request in which nobody else does.
ALONE = {
    "instructions": INSTRUCTED,
    "developer": AS_DEVELOPER,
    "system": AS_SYSTEM,
    "history": TOLD_BEFORE,
    "assistant": SAID_BEFORE,
    "items": FULL_FORM,
    "parts": IN_PARTS,
    "letters": LETTERS,
}
