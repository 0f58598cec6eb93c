"""Turns: what each of them says reaches the model, as a string and as blocks."""

from __future__ import annotations

from dataclasses import replace

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
    honoured,
    observed,
    scenario,
    system,
    text,
    user,
)

from ..chat.roles import ORDERING, says_the_word
from .effects import Effect, arrives, effect, lists, or_otherwise, told
from .reading import refused
from .requests import HELLO, LATEST, STREAM, streamed
from .system import SILENT
from .talk import AFTER, ASSISTANT, BLOCK, PLAIN, REST, SECOND, STATED, TURN, arrival
from .talk import TOLD as SENTENCES
from .talk import arrives as arrives_among

CODE, TOLD = TURN, f"The code word is {TURN}."
ASK = user("What is the code word? Answer with the code word alone.")
UNTOLD = HELLO.but(messages=[ASK])
TOLD_NOW = HELLO.but(messages=[user(f"{TOLD} {ASK['content']}")])
BEFORE = HELLO.but(messages=[user(TOLD), assistant("I will remember it."), ASK])
#: Of two blocks the second tells it: some servers read the first alone.
ANSWERED = HELLO.but(messages=[user("Give me a code word."), assistant([text("With pleasure."), text(TOLD)]), ASK])
STATED_ALONE = HELLO.but(messages=[user("Give me a code word."), assistant(TOLD), ASK])
SAME_ROLE = HELLO.but(messages=[user(TOLD), ASK])
SAME_ASSISTANT = HELLO.but(messages=[user("Give me a code word."), assistant("Yes."), assistant(TOLD), ASK])


def says_the_code(said: str) -> bool:
    """Whether an answer has the code word."""
    return CODE.lower() in said.lower()


told_a_turn_before = arrival(TURN, every=PLAIN, treated=BEFORE, able=TOLD_NOW, plain=UNTOLD, shows=says_the_code)


@check("messages.turns.history", MUST, of=told_a_turn_before, spec="MSG-REQ-003", required=True)
def test_the_conversation_arrives_whole(exchange: Exchange) -> None:
    """All turns of a conversation MUST reach the model, not the last alone."""
    arrives_among(exchange, "the first turn of the conversation")


told_by_the_assistant = arrival(
    ASSISTANT, every=PLAIN, treated=ANSWERED, able=TOLD_NOW, plain=UNTOLD, shows=says_the_code
)


@check("messages.turns.assistant", MUST, of=told_by_the_assistant, spec="MSG-REQ-003 MSG-REQ-006", depth=FULL)
def test_the_assistants_turns_arrive(exchange: Exchange) -> None:
    """What the assistant said before MUST be taken in blocks, too, and MUST reach the model."""
    arrives_among(exchange, "the assistant's turn, in blocks,")


told_in_a_string = arrival(STATED, every=PLAIN, treated=STATED_ALONE, able=TOLD_NOW, plain=UNTOLD, shows=says_the_code)


@check("messages.turns.assistant_text", MUST, of=told_in_a_string, spec="MSG-REQ-006 MSG-REQ-003", depth=FULL)
def test_the_assistants_string_arrives(exchange: Exchange) -> None:
    """What the assistant said before MUST be taken as a string, which MUST reach the model as a block of text does."""
    arrives_among(exchange, "the assistant's turn, a string,")


told_in_two_turns = arrival(
    REST, SECOND, every=PLAIN, treated=SAME_ROLE, able=TOLD_NOW, plain=UNTOLD, shows=says_the_code
)


@check("messages.turns.same_role", SHOULD, of=told_in_two_turns, spec="MSG-REQ-004", depth=FULL)
def test_turns_of_one_role_are_joined(exchange: Exchange) -> None:
    """Two turns of the user that follow each other SHOULD be taken as one."""
    arrives_among(exchange, "the first of two turns of the user")


@scenario(PLAIN, spare=(SAME_ASSISTANT,))
def assistant_twice() -> Steps:
    """A conversation in a stream in which the assistant speaks twice in a row; if that fails, a short one, whole."""
    every: Exchange = yield PLAIN
    if not every.ok or every.stream_error is not None:
        yield SAME_ASSISTANT


@check("messages.turns.same_assistant", SHOULD, of=assistant_twice, spec="MSG-REQ-004", depth=FULL)
def test_turns_of_the_assistant_may_follow_each_other(exchange: Exchange) -> None:
    """Two turns of the assistant that follow each other SHOULD be taken, as two of the user are."""
    exchange.accepted()


BOTH = user([text(SENTENCES[TURN]), text(SENTENCES[BLOCK]), text("What are the two code words? Answer with both.")])
IN_BLOCKS = HELLO.but(messages=[BOTH], **LIMIT(48))
ASKED = IN_BLOCKS.but(messages=[user(str(BOTH["content"][2]["text"]))])
IN_WORDS = IN_BLOCKS.but(messages=[user(" ".join(block["text"] for block in BOTH["content"]))])
told_in_blocks = arrival(
    BLOCK,
    AFTER,
    every=PLAIN,
    treated=IN_BLOCKS,
    able=IN_WORDS,
    plain=ASKED,
    shows=lambda said: all(one.lower() in said.lower() for one in (TURN, BLOCK)),
)


@check("messages.turns.blocks", MUST, of=told_in_blocks, spec="MSG-REQ-006 MSG-BLK-001", required=True, again=2)
def test_every_block_of_a_turn_arrives(exchange: Exchange) -> None:
    """A turn's content MUST be taken as an array of blocks, and every one MUST reach the model."""
    arrives_among(exchange, "one of the blocks of the turn", least=10, same="in one text")


COUNT = [user("Count from 1 to 30, separated by commas, and say nothing else.")]
BEGUN = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10,"
FRESH = HELLO.but(messages=COUNT, **LIMIT(160))
PREFILLED = FRESH.but(messages=[*COUNT, assistant(BEGUN)])
#: As a block: a server that passes over these begins anew.
PREFILLED_STREAM = streamed(FRESH.but(messages=[*COUNT, assistant([text(BEGUN)])]))


def goes_on(said: str) -> bool:
    """Whether an answer goes on from where it was begun."""
    return said.strip().startswith("11")


@scenario(STREAM, PREFILLED_STREAM, spare=(PREFILLED, FRESH))
def begun() -> Steps:
    """An answer that is begun for the model: in a stream, and if it is begun anew there, whole.

    That models begin anew proves nothing, so that there is no control; but who goes on when not streamed would do so.
    """
    usual: Exchange = yield STREAM
    streams = usual.ok and usual.stream_error is None
    found = (yield from effect(PREFILLED_STREAM, FRESH, FRESH, goes_on)) if streams else None
    if found is not None and found.shown:
        return found
    whole = yield from effect(PREFILLED, FRESH, FRESH, goes_on)
    if found is None or found.able is None:  # without words, the stream doesn't begin anew either
        return whole if found is None else found
    return replace(found, able=whole is not None and whole.shown)


@check("messages.turns.prefill", SHOULD, of=begun, spec="MSG-REQ-018 MSG-STR-024", depth=FULL, again=2)
def test_an_answer_may_be_begun(exchange: Exchange) -> None:
    """A last message of the assistant's SHOULD be refused or gone on from, in streams, too: it reaches the model."""
    found: Effect | None = exchange.found
    # Whatever the counts say: a beginning may be counted, and not be gone on from.
    anew = any(one.asked(PREFILLED_STREAM) and lists(one) for one in exchange.before)
    lost = anew and found is not None and not found.shown and found.able
    honoured(
        not lost,
        "a beginning was accepted as a block, and the stream begins anew, where an answer that is not streamed goes on "
        "from a string",
    )
    kept = replace(exchange, found=found and replace(found, able=None))
    arrives_among(kept, "the beginning of the answer", least=10)
    if found is not None and not found.shown and any(lists(one) for one in exchange.before[-2:]):
        observed("the beginning is counted, and the answer begins anew: models do so, and servers that close the turn")


NOT_TOLD = assistant("I was not told.")
#: Only the latest version knows such messages.
TOLD_LATE = [ASK, NOT_TOLD, system(TOLD), ASK]
LATE = HELLO.having({"anthropic-version": LATEST}).wrong(messages=TOLD_LATE).after(HELLO)
NOT_LATE = LATE.but(messages=[ASK, NOT_TOLD, system(SILENT), ASK])


GREET = user("How are you today?")
#: An order in its place.
ORDERED_LATE = LATE.but(messages=[GREET, assistant("I am fine."), system(ORDERING), GREET])


@scenario(LATE, spare=(TOLD_NOW, NOT_LATE, ORDERED_LATE))
def told_late() -> Steps:
    """A message of the role `system` among the others, which tells a word; if that isn't told, one that orders it."""
    found: Effect | None = yield from effect(LATE, TOLD_NOW, NOT_LATE, says_the_code)
    asked = (LATE, TOLD_NOW, NOT_LATE)
    return (yield from or_otherwise(found, asked, [ORDERED_LATE], lambda answer: says_the_word(told(answer))))


@check("messages.turns.system_role", MAY, of=told_late, spec="MSG-REQ-003", depth=FULL)
def test_a_system_message_is_refused_or_arrives(exchange: Exchange) -> None:
    """A message of the role `system` MAY be refused; one that is taken reaches the model."""
    if not (*exchange.before, exchange)[0].answered().ok:
        refused((*exchange.before, exchange)[0])
        return
    arrives(exchange, "the system message")
