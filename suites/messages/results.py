"""Results of tools: they are taken in every form, and reach the model."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MAY,
    MUST,
    Exchange,
    Steps,
    assistant,
    check,
    scenario,
    seen,
    text,
    user,
)

from .effects import arrives, effect
from .reading import calls, message, returned
from .requests import ASK_TWICE, ASK_WEATHER, FORCED, HELLO, TOOLS, result, use

PARIS = use("toolu_01A09q90qw90lq917835lq9", "get_weather", {"city": "Paris"})
LONDON = use("toolu_01B09q90qw90lq917835lq8", "get_weather", {"city": "London"})
CODES = ("QUINCE5512", "DAMSON3316")
SENTENCE = f"It is sunny, and the first code word is {CODES[0]}."
ASK_BACK = text("What is the code word? Answer with the code word alone.")


def answered(*content: dict[str, Any], said: tuple[dict[str, Any], ...] = (PARIS,)) -> list[dict[str, Any]]:
    """A conversation in which tools were called and have answered."""
    return [ASK_TWICE if len(said) > 1 else ASK_WEATHER, assistant([*said]), user([*content])]


def of_paris(content: Any, **more: Any) -> dict[str, Any]:
    """The result of the call about Paris."""
    return result(str(PARIS["id"]), content, **more)


def says_the_code(said: str) -> bool:
    """Whether an answer has the code word."""
    return CODES[0].lower() in said.lower()


ROUND_TRIP = TOOLS.but(messages=answered(of_paris(SENTENCE)))
EMPTY = ROUND_TRIP.but(messages=answered(of_paris("?")))
IN_WORDS = HELLO.but(messages=[user(f"A tool says: {SENTENCE} {ASK_BACK['text']}")])


@check("messages.results.taken", MUST, of=ROUND_TRIP, spec="MSG-TOOL-005 MSG-BLK-005 MSG-BLK-006")
def test_a_result_is_taken(exchange: Exchange) -> None:
    """A `tool_use` and its `tool_result` MUST be taken and answered, also without the thoughts that led to the call."""
    message(exchange)


@scenario(ROUND_TRIP, spare=(IN_WORDS, EMPTY))
def told_by_a_tool() -> Steps:
    """The result of a tool that holds a word."""
    return (yield from effect(ROUND_TRIP, IN_WORDS, EMPTY, says_the_code))


@check("messages.results.arrives", MUST, of=told_by_a_tool, spec="MSG-TOOL-005 MSG-BLK-006")
def test_a_result_arrives(exchange: Exchange) -> None:
    """The result of a tool MUST reach the model."""
    arrives(exchange, "the tool's result")


FINE = text("The weather is fine.")
IN_BLOCKS = ROUND_TRIP.but(messages=answered(of_paris([FINE, text(SENTENCE)]), ASK_BACK))
FIRST_BLOCK = ROUND_TRIP.but(messages=answered(of_paris([FINE]), ASK_BACK))


@scenario(IN_BLOCKS, spare=(IN_WORDS, FIRST_BLOCK))
def told_by_a_second_block() -> Steps:
    """The result of a tool in two blocks, the second of which holds the answer, with a question after it."""
    return (yield from effect(IN_BLOCKS, IN_WORDS, FIRST_BLOCK, says_the_code))


@check("messages.results.blocks", MUST, of=told_by_a_second_block, spec="MSG-BLK-006", depth=FULL)
def test_a_result_may_have_blocks(exchange: Exchange) -> None:
    """The result of a tool MUST be taken as an array of blocks, all of which reach the model."""
    arrives(exchange, "the second block of the tool's result")


TWO = (PARIS, LONDON)
OF_LONDON = result(str(LONDON["id"]), f"It is raining, and the second code word is {CODES[1]}.")
ASK_BOTH = text("What are the two code words? Answer with both of them and nothing else.")
BOTH = ROUND_TRIP.but(messages=answered(of_paris(SENTENCE), OF_LONDON, ASK_BOTH, said=TWO))
NEITHER = BOTH.but(messages=answered(of_paris("?"), result(str(LONDON["id"]), "?"), ASK_BOTH, said=TWO))
BOTH_IN_WORDS = HELLO.but(messages=[user(f"{SENTENCE} {OF_LONDON['content']} {ASK_BOTH['text']}")], **LIMIT(48))


@scenario(BOTH, spare=(BOTH_IN_WORDS, NEITHER))
def told_by_two_tools() -> Steps:
    """The results of two calls of one message."""
    return (yield from effect(BOTH, BOTH_IN_WORDS, NEITHER, lambda said: all(one in said for one in CODES)))


@check("messages.results.several", MUST, of=told_by_two_tools, spec="MSG-BLK-009 MSG-BLK-007", depth=FULL)
def test_all_results_arrive(exchange: Exchange) -> None:
    """The results of several calls MUST be taken in one message, and all of them MUST reach the model."""
    arrives(exchange, "one of two results", least=12)


SILENT = {"type": "tool_result", "tool_use_id": PARIS["id"]}


@check(
    "messages.results.empty",
    MAY,
    of=ROUND_TRIP.but(messages=answered(SILENT)),
    spec="MSG-BLK-006",
    depth=FULL,
)
def test_a_result_may_be_empty(exchange: Exchange) -> None:
    """The `content` of a result MAY be left out."""
    exchange.accepted()


@scenario(FORCED, more=1, tokens=128)
def called_and_answered() -> Steps:
    """A call that the endpoint made, sent back as it came, with a result for each call."""
    first: Exchange = yield FORCED
    seen(calls(first), "no tool was called")
    own = returned(first)
    results = [result(call["id"], "It is sunny.") for call in calls(first)]
    yield TOOLS.but(messages=[*FORCED.body["messages"], assistant(own), user(results)], **LIMIT(128))


@check("messages.results.own_call", MUST, of=called_and_answered, spec="MSG-TOOL-005 MSG-BLK-005")
def test_its_own_call_is_taken_back(exchange: Exchange) -> None:
    """A call that the endpoint made MUST be taken back as it came, followed by its result."""
    message(exchange)
