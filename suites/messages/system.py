"""The system prompt: a string or blocks, and all of it reaches the model."""

from __future__ import annotations

from itertools import permutations

from samewire import LIMIT, MUST, Exchange, Steps, check, scenario, text, user

from ..chat.roles import ORDERING, says_the_word
from .effects import Effect, or_otherwise, told
from .requests import HELLO
from .talk import REST, SYSTEM, TOGETHER_STREAM, TOLD, arrival
from .talk import arrives as arrives_among

ASK = user("How are you today?")
#: A system prompt that says nothing: where there is none, templates may put one of their own, which counts, too.
SILENT = "Hm."
BARE = HELLO.but(system=SILENT, messages=[ASK])
ORDERED = HELLO.but(messages=[user(f"{ORDERING} {ASK['content']}")])
AS_SYSTEM = HELLO.but(system=ORDERING, messages=[ASK])
#: A system prompt that tells a word, in a long conversation; if that doesn't show, one that orders a word.
told_by_the_system = arrival(
    SYSTEM, every=TOGETHER_STREAM, treated=AS_SYSTEM, able=ORDERED, plain=BARE, shows=says_the_word
)


@check("messages.system.string", MUST, of=told_by_the_system, spec="MSG-REQ-007")
def test_a_system_prompt_arrives(exchange: Exchange) -> None:
    """A `system` prompt MUST be taken as a string, and MUST reach the model."""
    arrives_among(exchange, "the system prompt")


ASK_CODES = user("What are the two code words? Answer with both of them and nothing else.")
UNTOLD = HELLO.but(messages=[ASK_CODES], system=[text(SILENT)], **LIMIT(64))
SENTENCES = [TOLD[SYSTEM], TOLD[REST]]
SAID = HELLO.but(messages=[user(f"{' '.join(SENTENCES)} {ASK_CODES['content']}")], **LIMIT(64))
IN_BLOCKS = HELLO.but(messages=[ASK_CODES], system=[text(one) for one in SENTENCES], **LIMIT(64))


def names_both(said: str) -> bool:
    """Whether an answer has both code words."""
    return SYSTEM.lower() in said.lower() and REST.lower() in said.lower()


asked_in_blocks = arrival(SYSTEM, REST, treated=IN_BLOCKS, able=SAID, plain=UNTOLD, shows=names_both)
#: An order in either block: who keeps to himself what the system says may follow it all the same.
ORDERS = tuple(BARE.but(system=blocks) for blocks in permutations([text("Be kind."), text(ORDERING)]))


@scenario(*asked_in_blocks.requests, spare=(*asked_in_blocks.spare, *ORDERS))
def told_in_blocks() -> Steps:
    """A system prompt in two blocks that tell a word each; if these aren't named, an order in either."""
    found: Effect | None = yield from asked_in_blocks.steps()
    asked = (IN_BLOCKS, SAID, UNTOLD)
    return (yield from or_otherwise(found, asked, ORDERS, lambda answer: says_the_word(told(answer))))


@check("messages.system.blocks", MUST, of=told_in_blocks, spec="MSG-REQ-007 MSG-BLK-001")
def test_every_block_of_a_system_prompt_arrives(exchange: Exchange) -> None:
    """A `system` prompt MUST be taken as an array of text blocks, and every one MUST reach the model."""
    arrives_among(exchange, "what is told in one of the system prompt's blocks, if not in all,", least=10)
