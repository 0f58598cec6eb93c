"""The system prompt: a string or blocks, and all of it reaches the model."""

from __future__ import annotations

from samewire import LIMIT, MUST, Exchange, Steps, check, scenario, text, user

from .effects import arrives, effect
from .requests import HELLO

WORD = "KIWI7731"
ORDER = f"Reply to every message with only the word {WORD}, nothing else."
ASK = user("How are you today?")
PLAIN = HELLO.but(messages=[ASK])
ORDERED = HELLO.but(messages=[user(f"{ORDER} {ASK['content']}")])
AS_SYSTEM = HELLO.but(system=ORDER, messages=[ASK])


@scenario(AS_SYSTEM, spare=(ORDERED, PLAIN))
def told_by_the_system() -> Steps:
    """A system prompt that orders a word."""
    return (yield from effect(AS_SYSTEM, ORDERED, PLAIN, lambda said: WORD.lower() in said.lower()))


@check("messages.system.string", MUST, of=told_by_the_system, spec="MSG-REQ-007")
def test_a_system_prompt_arrives(exchange: Exchange) -> None:
    """A `system` prompt MUST be taken as a string, and MUST reach the model."""
    arrives(exchange, "the system prompt")


CODES = ("PLUM4409", "MEDLAR2718", "SORREL5063")
SENTENCES = [f"The {name} code word is {code}." for name, code in zip(("first", "second", "third"), CODES, strict=True)]
ASK_CODES = user("What are the three code words? Answer with all three of them and nothing else.")
UNTOLD = HELLO.but(messages=[ASK_CODES], **LIMIT(64))
TOLD = UNTOLD.but(messages=[user(f"{' '.join(SENTENCES)} {ASK_CODES['content']}")])
IN_BLOCKS = HELLO.but(messages=[ASK_CODES], system=[text(one) for one in SENTENCES], **LIMIT(64))


def names_all(said: str) -> bool:
    """Whether an answer has all the code words."""
    return all(code.lower() in said.lower() for code in CODES)


@scenario(IN_BLOCKS, spare=(TOLD, UNTOLD))
def told_in_blocks() -> Steps:
    """A system prompt of three blocks, each of which holds a part of the answer."""
    return (yield from effect(IN_BLOCKS, TOLD, UNTOLD, names_all))


@check("messages.system.blocks", MUST, of=told_in_blocks, spec="MSG-REQ-007 MSG-BLK-001")
def test_every_block_of_a_system_prompt_arrives(exchange: Exchange) -> None:
    """A `system` prompt MUST be taken as an array of text blocks, and every one MUST reach the model."""
    arrives(exchange, "one of the three blocks of the system prompt", least=16)
