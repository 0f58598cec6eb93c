"""Input: every form of it is taken, and what it says reaches the model."""

from __future__ import annotations

from samewire import (
    FULL,
    LIMIT,
    MAY,
    MUST,
    SHOULD,
    Exchange,
    Steps,
    assistant,
    check,
    developer,
    honoured,
    scenario,
    seen,
    system,
    user,
)

from .effects import arrives, effect
from .following import finished, streamed_words
from .reading import input_tokens, items, response, sound, words
from .requests import HELLO, STREAM

WORD = "KIWI7731"
ORDER = f"Reply to every message with only the word {WORD}, nothing else."
HOW = user("How are you today?")
PLAIN = HELLO.but(input=[HOW])
ORDERED = HELLO.but(input=[user(f"{ORDER} How are you today?")])
INSTRUCTED = HELLO.but(input=[HOW], instructions=ORDER)
INSTRUCTED_STREAM = STREAM.but(**INSTRUCTED.body)
AS_DEVELOPER = HELLO.but(input=[developer(ORDER), HOW])
AS_SYSTEM = HELLO.but(input=[system(ORDER), HOW])


def text(words: str) -> dict[str, str]:
    """A text part of the input."""
    return {"type": "input_text", "text": words}


def says_the_word(said: str) -> bool:
    """Whether an answer has the word that was ordered."""
    return WORD.lower() in said.lower()


@scenario(INSTRUCTED, spare=(ORDERED, PLAIN))
def instructed() -> Steps:
    """Instructions that order a word."""
    return (yield from effect(INSTRUCTED, ORDERED, PLAIN, says_the_word))


@check("responses.input.instructions", SHOULD, of=instructed, spec="RSP-REQ-003")
def test_instructions_arrive(exchange: Exchange) -> None:
    """`instructions` SHOULD be taken, and SHOULD reach the model."""
    arrives(exchange, "the instructions")


@scenario(INSTRUCTED, INSTRUCTED_STREAM)
def instructed_and_streamed() -> Steps:
    """Instructions that order a word, whole and as a stream."""
    yield INSTRUCTED
    yield INSTRUCTED_STREAM


@check(
    "responses.input.stream", SHOULD, of=instructed_and_streamed, spec="RSP-REQ-003 RSP-REQ-006", depth=FULL, again=2
)
def test_instructions_arrive_in_streams(exchange: Exchange) -> None:
    """`instructions` that reach the model SHOULD reach it in streams too."""
    seen(says_the_word(words(exchange.before[0])), "the instructions are not followed when not streamed either")
    finished(exchange)
    said = streamed_words(exchange)
    seen(said, "the stream says nothing")
    honoured(says_the_word(said), f"instructions were accepted, and the stream says {said[:60]!r}")


@scenario(AS_DEVELOPER, spare=(ORDERED, PLAIN))
def told_by_the_developer() -> Steps:
    """A developer message that orders a word."""
    return (yield from effect(AS_DEVELOPER, ORDERED, PLAIN, says_the_word))


@check("responses.input.developer", MUST, of=told_by_the_developer, spec="RSP-IN-001")
def test_a_developer_message_arrives(exchange: Exchange) -> None:
    """A message of the role `developer` MUST be taken, and MUST reach the model."""
    arrives(exchange, "the developer message")


@scenario(AS_SYSTEM, spare=(ORDERED, PLAIN))
def told_by_the_system() -> Steps:
    """A system message that orders a word."""
    return (yield from effect(AS_SYSTEM, ORDERED, PLAIN, says_the_word))


@check("responses.input.system", MUST, of=told_by_the_system, spec="RSP-IN-001", depth=FULL)
def test_a_system_message_arrives(exchange: Exchange) -> None:
    """A message of the role `system` MUST be taken, and MUST reach the model."""
    arrives(exchange, "the system message")


CODE = "PLUM4409"
ASK_CODE = user("What is the code word? Answer with the code word alone.")
UNTOLD = HELLO.but(input=[ASK_CODE])
TOLD_NOW = HELLO.but(input=[user(f"The code word is {CODE}. {ASK_CODE['content']}")])
TOLD_BEFORE = HELLO.but(input=[user(f"The code word is {CODE}."), assistant("I will remember it."), ASK_CODE])
SAID_BEFORE = HELLO.but(input=[user("Think of a code word."), assistant(f"The code word is {CODE}."), ASK_CODE])
IN_PARTS = HELLO.but(input=[user([text(f"The code word is {CODE}."), text(ASK_CODE["content"])])])
#: An item as a response holds it.
SPOKEN = {
    "type": "message",
    "id": "msg_0123456789abcdef0123456789abcdef0123456789abcdef",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": f"The code word is {CODE}.", "annotations": []}],
}
#: The same conversation with all that may be left out.
FULL_FORM = HELLO.but(
    input=[
        {"type": "message", "role": "user", "content": [text("Think of a code word.")]},
        SPOKEN,
        {"type": "message", "role": "user", "content": [text(ASK_CODE["content"])]},
    ]
)


def says_the_code(said: str) -> bool:
    """Whether an answer has the code word."""
    return CODE.lower() in said.lower()


@scenario(TOLD_BEFORE, spare=(TOLD_NOW, UNTOLD))
def told_a_turn_before() -> Steps:
    """A conversation whose first turn holds what the last asks for."""
    return (yield from effect(TOLD_BEFORE, TOLD_NOW, UNTOLD, says_the_code))


@check("responses.input.history", MUST, of=told_a_turn_before, spec="RSP-IN-001 RSP-REQ-002")
def test_the_conversation_arrives_whole(exchange: Exchange) -> None:
    """All messages of the input MUST reach the model, not the last alone."""
    arrives(exchange, "the first turn of the conversation")


@scenario(SAID_BEFORE, spare=(TOLD_NOW, UNTOLD))
def said_a_turn_before() -> Steps:
    """A conversation in which the assistant said what the user asks for."""
    return (yield from effect(SAID_BEFORE, TOLD_NOW, UNTOLD, says_the_code))


@check("responses.input.assistant", MUST, of=said_a_turn_before, spec="RSP-IN-001", depth=FULL)
def test_what_the_assistant_said_arrives(exchange: Exchange) -> None:
    """A message of the role `assistant` with a string MUST be taken, and MUST reach the model."""
    arrives(exchange, "the assistant's message")


@scenario(FULL_FORM, spare=(TOLD_NOW, UNTOLD))
def told_in_full() -> Steps:
    """The same, every item in its full form, the assistant's as a response holds it."""
    return (yield from effect(FULL_FORM, TOLD_NOW, UNTOLD, says_the_code))


@check("responses.input.items", MUST, of=told_in_full, spec="RSP-IN-002 RSP-IN-003 RSP-IN-004", depth=FULL)
def test_items_are_taken_in_full(exchange: Exchange) -> None:
    """Messages in their full form, with `type`, parts, `id` and `status`, MUST be taken and MUST reach the model."""
    arrives(exchange, "a message in its full form")


@scenario(IN_PARTS, spare=(TOLD_NOW, UNTOLD))
def told_in_the_first_part() -> Steps:
    """A user message of two parts, the first of which holds what the second asks for."""
    return (yield from effect(IN_PARTS, TOLD_NOW, UNTOLD, says_the_code))


@check("responses.input.parts", MUST, of=told_in_the_first_part, spec="RSP-IN-001 RSP-IN-003")
def test_a_message_may_have_parts(exchange: Exchange) -> None:
    """A message's content MUST be taken as an array of `input_text`, and every part MUST reach the model."""
    arrives(exchange, "the first of two text parts")


@scenario(HELLO, more=1, tokens=32)
def echoed() -> Steps:
    """The response's own output, sent back as it came."""
    first: Exchange = yield HELLO
    yield HELLO.but(input=[user("Say hello."), *sound(items(first)), user("Say hello again.")], **LIMIT(32))


@check("responses.input.own_output", MUST, of=echoed, spec="RSP-IN-004 RSP-ITEM-014")
def test_its_own_output_is_taken_back(exchange: Exchange) -> None:
    """The items of a response MUST be taken back as they came, in the input of the next request."""
    exchange.accepted()
    words(exchange)


AS_ITEM = HELLO.but(input=[user("Say hello.")])


@scenario(HELLO, AS_ITEM)
def text_and_item() -> Steps:
    """The same question as a string and as an item."""
    yield HELLO
    yield AS_ITEM


@check("responses.input.string", MUST, of=text_and_item, spec="RSP-REQ-002 RSP-IN-001", depth=FULL)
def test_a_string_is_a_message_of_the_user(exchange: Exchange) -> None:
    """A string for `input` MUST be the same as one message of the user: it counts as many tokens."""
    whole, item = input_tokens(exchange.before[0]), input_tokens(exchange)
    seen(whole is not None and item is not None, "no usage is counted")
    assert whole == item, f"the string counts {whole} tokens, the message {item}"


SAYS = HELLO.but(input=f'Say exactly "The code word is {CODE}."', store=True)


@scenario(SAYS, more=1, tokens=32)
def referred() -> Steps:
    """A response that says a code word, and a reference to the item that says it."""
    first: Exchange = yield SAYS
    said = items(first, "message")
    seen(said and says_the_code(words(first)), "the model does not repeat the code word")
    yield HELLO.but(input=[{"type": "item_reference", "id": said[0]["id"]}, ASK_CODE])


@check("responses.input.reference", MAY, of=referred, spec="RSP-IN-007", depth=FULL)
def test_an_item_may_be_referred_to(exchange: Exchange) -> None:
    """An item of an earlier response MAY be referred to by its id, and then reaches the model."""
    exchange.accepted()
    counted = input_tokens(exchange)
    first = exchange.before[-1]
    seen(response(first).get("id"), "the first response has no id")
    arrived = says_the_code(words(exchange)) or (counted or 0) > (input_tokens(first) or 0) + 6
    assert arrived, f"the reference was accepted, and the model knows nothing of the item: {words(exchange)[:60]!r}"
