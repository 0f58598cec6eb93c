"""Messages: every role is taken, and what it says reaches the model."""

from __future__ import annotations

from samewire import (
    FULL,
    LIMIT,
    MAY,
    MUST,
    SHOULD,
    Exchange,
    Request,
    Steps,
    check,
    developer,
    scenario,
    system,
    text,
    user,
)

from .effects import Effect, arrives, effect, in_company, or_otherwise
from .reading import message, prompt_tokens, words
from .requests import HELLO, METERED, WEATHER
from .returned import message_taken_back
from .talk import (
    BOTH_BEFORE,
    BOTH_NOW,
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_USER,
    EVERYWHERE,
    IN_PART,
    WITHOUT,
    holds,
    names,
)

WORD = "KIWI7731"
#: How an order to say a word begins. Who repeats the order has not obeyed: the word in it shows nothing.
ORDER = "Always reply with only the word"
ORDERING = f"{ORDER} {WORD}, nothing else."
PLAIN = HELLO.but(messages=[user("How are you today?")])
#: What the orders are weighed against: where there is no system message, some templates put one of their own.
MILD, MILD_DEVELOPER = (HELLO.but(messages=[one("Hm."), *PLAIN.body["messages"]]) for one in (system, developer))
ORDERED = HELLO.but(messages=[user(f"{ORDERING} How are you today?")])
AS_SYSTEM = HELLO.but(messages=[system(ORDERING), user("How are you today?")])
AS_DEVELOPER = HELLO.but(messages=[developer(ORDERING), user("How are you today?")])


def says_the_word(said: str) -> bool:
    """Whether an answer has the word that was ordered."""
    return WORD.lower() in said.lower() and ORDER not in said


ASK_CODE = user("What is the code word? Answer with the code word alone.")
TELLING = f"The code word is {WORD}."
TOLD_BY_SYSTEM = HELLO.but(messages=[system(TELLING), ASK_CODE])
TOLD_BY_DEVELOPER = HELLO.but(messages=[developer(TELLING), ASK_CODE])


@scenario(AS_SYSTEM, spare=(ORDERED, AS_DEVELOPER, MILD, TOLD_BY_SYSTEM))
def told_by_the_system() -> Steps:
    """A system message that orders a word; if that isn't heeded, one of the developer's, and one that tells it."""
    found: Effect | None = yield from effect(AS_SYSTEM, ORDERED, MILD, says_the_word, peer=AS_DEVELOPER)
    asked = (AS_SYSTEM, ORDERED, AS_DEVELOPER, MILD)
    return (yield from or_otherwise(found, asked, [TOLD_BY_SYSTEM], lambda answer: says_the_word(words(answer))))


@check("chat.roles.system", MUST, of=told_by_the_system, spec="CHAT-MSG-001 CHAT-MSG-003", again=2)
def test_a_system_message_arrives(exchange: Exchange) -> None:
    """A system message MUST be taken, and MUST reach the model."""
    arrives(exchange, "the system message")


#: The same in parts, after a system message, with a tool at hand, in a stream that counts its tokens.
LADEN_DEVELOPER = METERED.but(
    messages=[system("Be kind."), developer([text("Be brief."), text(ORDERING)]), user("How are you today?")],
    tools=[WEATHER],
).after(HELLO)


@scenario(LADEN_DEVELOPER, spare=(AS_DEVELOPER, ORDERED, MILD_DEVELOPER, TOLD_BY_DEVELOPER))
def told_by_the_developer() -> Steps:
    """A developer message that orders a word: in parts, beside tools, in a stream; if that doesn't show, alone."""
    asked = (AS_DEVELOPER, ORDERED, MILD_DEVELOPER)
    found: Effect | None = yield from in_company(LADEN_DEVELOPER, *asked, says_the_word)
    return (yield from or_otherwise(found, asked, [TOLD_BY_DEVELOPER], lambda answer: says_the_word(words(answer))))


@check("chat.roles.developer", SHOULD, of=told_by_the_developer, spec="CHAT-MSG-001 CHAT-MSG-004")
def test_a_developer_message_arrives(exchange: Exchange) -> None:
    """A developer message SHOULD be taken as a system message is, and reach the model."""
    arrives(exchange, "the developer message")


UNTOLD = HELLO.but(messages=[ASK_CODE])


def told(word: str) -> Request:
    """A question whose answer is given with it."""
    return HELLO.but(messages=[user(f"The code word is {word}. {ASK_CODE['content']}")])


@scenario(EVERYWHERE, spare=(BOTH_NOW, BOTH_BEFORE, *WITHOUT))
def told_a_turn_before() -> Steps:
    """A conversation whose earlier turns, the user's and the assistant's, hold what the last asks for.

    If the answer doesn't show both, each is left out: a model may well tell one of them alone.
    """
    every: Exchange = yield EVERYWHERE
    if names(every, BY_USER, BY_ASSISTANT):
        return Effect(True)
    now: Exchange = yield BOTH_NOW
    before: Exchange = yield BOTH_BEFORE
    if not before.ok:
        return None
    if names(before, BY_USER, BY_ASSISTANT):
        return Effect(True)
    whole, least = prompt_tokens(before), []
    for request in WITHOUT:
        less: Exchange = yield request
        least.append(prompt_tokens(less))
    growth = min((whole - one for one in least if one is not None), default=None) if whole is not None else None
    told = not words(before).strip() or names(before, BY_USER) or names(before, BY_ASSISTANT)
    return Effect(False, None if told else names(now, BY_USER, BY_ASSISTANT), growth)


@check("chat.roles.history", MUST, of=told_a_turn_before, spec="CHAT-MSG-001 CHAT-MSG-005", required=True)
def test_the_conversation_arrives_whole(exchange: Exchange) -> None:
    """All turns of a conversation MUST reach the model, not the last alone."""
    arrives(exchange, "an earlier turn of the conversation")


PARTS_OF_SYSTEM = HELLO.but(
    messages=[system([text("You have a good memory."), text(f"The code word is {BY_SYSTEM}.")]), ASK_CODE]
)


WITHOUT_PART = HELLO.but(messages=[system([text("You have a good memory.")]), ASK_CODE])
ORDERED_IN_PARTS = HELLO.but(
    messages=[system([text("You have a good memory."), text(ORDERING)]), *PLAIN.body["messages"]]
)


@scenario(EVERYWHERE, spare=(PARTS_OF_SYSTEM, told(BY_SYSTEM), WITHOUT_PART, ORDERED_IN_PARTS))
def told_in_parts() -> Steps:
    """A system message in parts that holds what is asked for; if that isn't told, one that orders a word."""
    asked = (PARTS_OF_SYSTEM, told(BY_SYSTEM), WITHOUT_PART)
    found: Effect | None = yield from in_company(EVERYWHERE, *asked, holds(BY_SYSTEM))
    return (yield from or_otherwise(found, asked, [ORDERED_IN_PARTS], lambda answer: says_the_word(words(answer))))


@check("chat.roles.system_parts", MUST, of=told_in_parts, spec="CHAT-MSG-003 CHAT-MSG-013", depth=FULL)
def test_a_system_message_may_have_parts(exchange: Exchange) -> None:
    """A system message's content MUST be taken as an array of text parts too."""
    arrives(exchange, "the second part of the system message")


TWO_PARTS = HELLO.but(messages=[user([text(f"The code word is {IN_PART}."), text(ASK_CODE["content"])])])


@scenario(EVERYWHERE, spare=(TWO_PARTS, told(IN_PART), UNTOLD))
def told_in_the_first_part() -> Steps:
    """A user message of two parts, the first of which holds what the second asks for."""
    return (yield from in_company(EVERYWHERE, TWO_PARTS, told(IN_PART), UNTOLD, holds(IN_PART)))


@check(
    "chat.roles.user_parts", MUST, of=told_in_the_first_part, spec="CHAT-MSG-002 CHAT-MSG-013", required=True, again=2
)
def test_a_user_message_may_have_parts(exchange: Exchange) -> None:
    """A user message's content MUST be taken as an array of parts, and every part MUST reach the model."""
    arrives(exchange, "one of two text parts", same="in one text")


NAMED = HELLO.but(messages=[user("Who am I?", name="Wilhelmina_Featherstonehaugh_the_Third")])
NAMELESS = HELLO.but(messages=[user("Who am I?")])


@scenario(NAMED, spare=(NAMELESS,))
def named() -> Steps:
    """A user message that carries a name. No control: models may be told a name and keep it to themselves."""
    return (yield from effect(NAMED, NAMELESS, NAMELESS, lambda said: "wilhelmina" in said.lower()))


@check("chat.roles.name", MAY, of=named, spec="CHAT-MSG-012", depth=FULL)
def test_a_name_arrives(exchange: Exchange) -> None:
    """A message MAY carry a `name`, which then reaches the model."""
    arrives(exchange, "the name", least=2)


@scenario(HELLO, more=1, tokens=32)
def echoed() -> Steps:
    """The assistant's own message, sent back as it came."""
    first: Exchange = yield HELLO
    own = dict(message(first))
    yield HELLO.but(messages=[*HELLO.body["messages"], own, user("Say hello again.")], **LIMIT(32))


@check("chat.roles.own_message", MUST, of=echoed, spec="CHAT-MSG-006")
def test_its_own_message_is_taken_back(exchange: Exchange) -> None:
    """A message that the endpoint sent MUST be taken back as it came, in the history of the next request."""
    message_taken_back(exchange, exchange.before[0])
    words(exchange)
