"""Usage: what a message counts."""

from __future__ import annotations

import json
import re

from samewire import (
    FULL,
    MUST,
    SHOULD,
    SMOKE,
    Broken,
    Exchange,
    Steps,
    check,
    counts,
    scenario,
    seen,
    trust,
)

from ..http.spent import counts_its_letters, counts_its_prompt
from .access import IN_BLOCK, OFFICIAL
from .laden import BOTH
from .parameters import TOGETHER as NEUTRAL
from .reading import calls, fields, message, taken, thinks, words
from .requests import CALLS, COUNT, CUT, HELLO, MESSAGES, TOOLS
from .stream_usage import counted
from .system import AS_SYSTEM, BARE
from .talk import PLAIN, TALK, TOGETHER


@check("messages.usage.shape", MUST, of=MESSAGES, spec="MSG-ENV-006", depth=SMOKE)
def test_usage_counts_in_whole_numbers(exchange: Exchange) -> None:
    """A message MUST have `usage` with `input_tokens` and `output_tokens`, whole numbers of at least 0."""
    cells = ("cache_creation", "service_tier", "cache_creation_input_tokens", "cache_read_input_tokens")
    rest = (*cells, "server_tool_use", "output_tokens_details")
    fields(exchange, "/usage", but=tuple(f"/usage/{name}" for name in rest))


@check("messages.usage.input", SHOULD, of=MESSAGES, spec="MSG-ENV-006 MSG-ENV-008", depth=SMOKE)
def test_a_prompt_counts_something(exchange: Exchange) -> None:
    """A prompt with words SHOULD count more than 0 tokens, those that were cached included."""
    message(exchange)["usage"]["input_tokens"]
    counts_its_prompt(exchange, taken(exchange) or 0)


@check("messages.usage.output", SHOULD, of=MESSAGES, spec="MSG-ENV-008", depth=SMOKE)
def test_an_answer_counts_something(exchange: Exchange) -> None:
    """An answer SHOULD count more than 0 tokens."""
    seen(words(exchange) and not calls(exchange), "it says nothing in words")
    counts_its_letters(message(exchange)["usage"]["output_tokens"], len(words(exchange)))


@check("messages.usage.calls", SHOULD, of=CALLS, spec="MSG-ENV-008")
def test_a_call_counts_something(exchange: Exchange) -> None:
    """A message that calls a tool SHOULD count the tokens of the call: more than 0, and what its inputs take."""
    seen(calls(exchange), "no tool was called")
    # Who counts nothing at all is told so by the cells of plain answers.
    seen(taken(exchange), "the prompt counts no tokens either")
    spent = message(exchange)["usage"]["output_tokens"]
    assert spent > 0, "a call counts 0 tokens"
    counts_its_letters(spent, sum(len(json.dumps(one["input"], ensure_ascii=False)) for one in calls(exchange)))


@scenario(NEUTRAL, HELLO, spare=(BARE, AS_SYSTEM))
def with_system() -> Steps:
    """A system prompt among other things, and a short question; if that differs too little, two that differ in it."""
    every, plain = yield [NEUTRAL, HELLO]
    if not every.ok or (taken(every) or 0) < (taken(plain) or 0) + BOTH:
        yield [BARE, AS_SYSTEM]


@check("messages.usage.system", SHOULD, of=with_system, spec="MSG-ENV-006 MSG-REQ-007")
def test_a_system_prompt_counts(exchange: Exchange) -> None:
    """A system prompt SHOULD count among the input tokens."""
    if len(exchange.before) == 1:
        return
    more, less = taken(exchange.accepted()), taken(exchange.before[-1].accepted())
    seen(more and less, "no input tokens are counted")
    counts((more or 0) >= (less or 0) + 8, f"a system prompt adds {(more or 0) - (less or 0)} tokens", Broken)


#: Tokens by which the same words may count otherwise: far fewer than the block takes as it is written in JSON.
APART = 5


def differ(one: Exchange, other: Exchange) -> int:
    """By how many tokens two prompts differ; 0 where they aren't counted."""
    first, second = taken(one), taken(other)
    return abs(first - second) if first and second else 0


@scenario(HELLO, OFFICIAL, spare=(IN_BLOCK,))
def as_a_block() -> Steps:
    """A few words as a string, and as a block among other things; if they count otherwise there, as a block alone."""
    plain, every = yield [HELLO, OFFICIAL]
    if not every.ok or differ(plain, every) > APART:
        yield IN_BLOCK


@check("messages.usage.block", SHOULD, of=as_a_block, spec="MSG-REQ-006 MSG-BLK-001", depth=FULL)
def test_a_block_counts_as_its_words(exchange: Exchange) -> None:
    """A block of text SHOULD reach the model as its words do, not as it is written: it counts what they count."""
    if len(exchange.before) == 1:
        return
    plain = exchange.before[0].accepted()
    seen(exchange.ok, "it is refused, which has a check of its own")
    seen(taken(plain) and taken(exchange), "no input tokens are counted")
    why = f"the same words count {taken(plain)} tokens as a string, and {taken(exchange)} as a block"
    counts(differ(plain, exchange) <= APART, why, Broken)


@scenario(TOGETHER, TOOLS)
def with_history() -> Steps:
    """A long conversation, and a short question."""
    yield TOGETHER
    yield TOOLS


@check("messages.usage.history", SHOULD, of=with_history, spec="MSG-ENV-006 MSG-REQ-003", depth=FULL)
def test_all_turns_count(exchange: Exchange) -> None:
    """All turns of a conversation SHOULD count among the input tokens, results of tools, too."""
    seen(exchange.before[0].ok, "it is refused, which has a check of its own")
    more, less = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen(more and less, "no input tokens are counted")
    # A token has seldom more than six letters.
    least = sum(len(str(one["content"])) for one in TALK) // 8
    why = f"a long conversation counts {more} tokens, a short question {less}"
    counts((more or 0) >= (less or 0) + least, why, Broken, text=False)


#: Tokens that a long conversation counts at least. A token has seldom more letters.
LEAST = sum(len(json.dumps(one["content"])) for one in PLAIN.body["messages"]) // 7


@scenario(HELLO, PLAIN)
def with_many_turns() -> Steps:
    """A short question, and a conversation of many short turns."""
    yield HELLO
    yield PLAIN


@check("messages.usage.turns", SHOULD, of=with_many_turns, spec="MSG-ENV-006 MSG-REQ-003", depth=FULL)
def test_many_turns_count(exchange: Exchange) -> None:
    """Turns of a conversation SHOULD count among the input tokens, however many they are."""
    seen(exchange.ok, "it is refused, which has a check of its own")
    short, long = taken(exchange.before[0].accepted()), counted(exchange)
    seen(short and long, "no input tokens are counted")
    counts(
        long >= (short or 0) + LEAST, f"{len(PLAIN.body['messages'])} turns count {long} tokens, one {short}", Broken
    )


@check("messages.usage.numbers", SHOULD, of=COUNT, spec="MSG-ENV-006 MSG-ENV-008")
def test_an_answer_counts_what_it_says(exchange: Exchange) -> None:
    """The `output_tokens` SHOULD be what the answer took: a list of numbers takes about a token for each."""
    said, spent = words(exchange), message(exchange)["usage"]["output_tokens"]
    # Some tokens hold two words, none three that are told apart; some take four letters for a token.
    numbers, least = len(re.findall(r"\d+", said)) * 3 // 4, len(re.findall(r"\w+", said)) // 3
    seen(numbers >= 6 or least >= 4, "the model does not count, and says too little")
    assert spent >= max(numbers, least), f"{max(numbers, 3 * least)} words are counted as {spent} tokens"
    most = len(words(exchange).encode()) + 64
    assert spent <= most or thinks(exchange) or spent > 400, f"{most - 64} bytes of text are counted as {spent} tokens"


@scenario(COUNT, HELLO)
def long_and_short() -> Steps:
    """A longer and a shorter prompt."""
    yield COUNT
    yield HELLO


@check("messages.usage.grows", SHOULD, of=long_and_short, spec="MSG-ENV-006")
def test_a_longer_prompt_counts_more(exchange: Exchange) -> None:
    """A longer prompt SHOULD count more tokens than a shorter one."""
    longer, shorter = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen(longer and shorter, "no input tokens are counted")
    assert (longer or 0) > (shorter or 0), f"a longer prompt counts {longer} tokens, a shorter one {shorter}"


@trust(long_and_short, counts=True)
def counts_grow(exchange: Exchange) -> None:
    """Pass if tokens are counted that grow with the prompt."""
    longer, shorter = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen((longer or 0) > (shorter or 0), "a longer prompt counts no more tokens than a short one")


@scenario(COUNT, CUT)
def whole_and_cut() -> Steps:
    """The same prompt, answered whole and cut off."""
    yield COUNT
    yield CUT


@check("messages.usage.stable", SHOULD, of=whole_and_cut, spec="MSG-ENV-006 MSG-ENV-008")
def test_the_same_prompt_counts_the_same(exchange: Exchange) -> None:
    """The same prompt SHOULD count the same tokens each time, cached or not, however long the answer is."""
    first, second = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen(first and second, "no input tokens are counted")
    assert first == second, f"the same prompt counts {first} tokens, and {second} where the answer is cut off"
