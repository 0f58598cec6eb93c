"""Turns: what each of them says reaches the model, as a string and as blocks."""

from __future__ import annotations

from samewire import FULL, LIMIT, MAY, MUST, SHOULD, Exchange, Steps, assistant, check, scenario, system, text, user

from .effects import arrives, effect
from .reading import message, refused, returned
from .requests import HELLO
from .system import CODES, SENTENCES

CODE, TOLD = CODES[0], f"The code word is {CODES[0]}."
ASK = user("What is the code word? Answer with the code word alone.")
UNTOLD = HELLO.but(messages=[ASK])
TOLD_NOW = HELLO.but(messages=[user(f"{TOLD} {ASK['content']}")])
BEFORE = HELLO.but(messages=[user(TOLD), assistant("I will remember it."), ASK])
ANSWERED = HELLO.but(messages=[user("Give me a code word."), assistant([text(TOLD)]), ASK])
SAME_ROLE = HELLO.but(messages=[user(TOLD), ASK])


def says_the_code(said: str) -> bool:
    """Whether an answer has the code word."""
    return CODE.lower() in said.lower()


@scenario(BEFORE, spare=(TOLD_NOW, UNTOLD))
def told_a_turn_before() -> Steps:
    """A conversation whose first turn holds what the last asks for."""
    return (yield from effect(BEFORE, TOLD_NOW, UNTOLD, says_the_code))


@check("messages.turns.history", MUST, of=told_a_turn_before, spec="MSG-REQ-003")
def test_the_conversation_arrives_whole(exchange: Exchange) -> None:
    """All turns of a conversation MUST reach the model, not the last alone."""
    arrives(exchange, "the first turn of the conversation")


@scenario(ANSWERED, spare=(TOLD_NOW, UNTOLD))
def told_by_the_assistant() -> Steps:
    """A conversation in which the assistant said what the last turn asks for, in blocks."""
    return (yield from effect(ANSWERED, TOLD_NOW, UNTOLD, says_the_code))


@check("messages.turns.assistant", MUST, of=told_by_the_assistant, spec="MSG-REQ-003 MSG-REQ-006", depth=FULL)
def test_the_assistants_turns_arrive(exchange: Exchange) -> None:
    """What the assistant said before MUST be taken in blocks, too, and MUST reach the model."""
    arrives(exchange, "the assistant's turn")


@scenario(SAME_ROLE, spare=(TOLD_NOW, UNTOLD))
def told_in_two_turns() -> Steps:
    """Two turns of the user one after the other."""
    return (yield from effect(SAME_ROLE, TOLD_NOW, UNTOLD, says_the_code))


@check("messages.turns.same_role", SHOULD, of=told_in_two_turns, spec="MSG-REQ-004", depth=FULL)
def test_turns_of_one_role_are_joined(exchange: Exchange) -> None:
    """Two turns of the user that follow each other SHOULD be taken as one."""
    arrives(exchange, "the first of two turns of the user")


ALL = user([text(SENTENCES[0]), text(SENTENCES[1]), text("What are the two code words? Answer with both of them.")])
IN_BLOCKS = HELLO.but(messages=[ALL], **LIMIT(48))
ASKED = IN_BLOCKS.but(messages=[user(str(ALL["content"][2]["text"]))])
IN_WORDS = IN_BLOCKS.but(messages=[user(" ".join(block["text"] for block in ALL["content"]))])


@scenario(IN_BLOCKS, spare=(IN_WORDS, ASKED))
def told_in_blocks() -> Steps:
    """A turn of three blocks, of which the last asks for what the others hold."""
    return (yield from effect(IN_BLOCKS, IN_WORDS, ASKED, lambda said: all(one in said for one in CODES[:2])))


@check("messages.turns.blocks", MUST, of=told_in_blocks, spec="MSG-REQ-006 MSG-BLK-001")
def test_every_block_of_a_turn_arrives(exchange: Exchange) -> None:
    """A turn's content MUST be taken as an array of blocks, and every one MUST reach the model."""
    arrives(exchange, "one of the blocks of the turn", least=10)


@scenario(HELLO, more=1, tokens=32)
def echoed() -> Steps:
    """The assistant's own blocks, sent back as they came."""
    first: Exchange = yield HELLO
    yield HELLO.but(
        messages=[*HELLO.body["messages"], assistant(returned(first)), user("Say hello again.")], **LIMIT(32)
    )


@check("messages.turns.own_message", MUST, of=echoed, spec="MSG-REQ-003 MSG-BLK-010", depth=FULL)
def test_its_own_message_is_taken_back(exchange: Exchange) -> None:
    """The content of a message that the endpoint sent MUST be taken back as it came, in the next request."""
    message(exchange)


COUNT = [user("Count from 1 to 30, separated by commas, and say nothing else.")]
BEGUN = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
FRESH = HELLO.but(messages=COUNT, **LIMIT(160))
PREFILLED = FRESH.but(messages=[*COUNT, assistant(BEGUN)])


@scenario(PREFILLED, spare=(FRESH,))
def begun() -> Steps:
    """An answer that is begun for the model. That models begin anew proves nothing, so that there is no control."""
    return (yield from effect(PREFILLED, FRESH, FRESH, lambda said: said.strip().startswith("11")))


@check("messages.turns.prefill", SHOULD, of=begun, spec="MSG-REQ-018", depth=FULL)
def test_an_answer_may_be_begun(exchange: Exchange) -> None:
    """A last message of the assistant's SHOULD be refused or gone on from: it reaches the model."""
    arrives(exchange, "the beginning of the answer", least=10)


NOT_TOLD = assistant("I was not told.")
LATE = HELLO.wrong(messages=[ASK, NOT_TOLD, system(TOLD), ASK])
NOT_LATE = HELLO.but(messages=[ASK, NOT_TOLD, ASK])


@scenario(LATE, spare=(TOLD_NOW, NOT_LATE))
def told_late() -> Steps:
    """A message of the role `system` among the others."""
    return (yield from effect(LATE, TOLD_NOW, NOT_LATE, says_the_code))


@check("messages.turns.system_role", MAY, of=told_late, spec="MSG-REQ-003", depth=FULL)
def test_a_system_message_is_refused_or_arrives(exchange: Exchange) -> None:
    """A message of the role `system` MAY be refused; one that is taken reaches the model."""
    if not (*exchange.before, exchange)[0].answered().ok:
        refused((*exchange.before, exchange)[0])
        return
    arrives(exchange, "the system message")
