"""Results of tools: they are taken in every form, and reach the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from samewire import FULL, LIMIT, MAY, MUST, Exchange, Steps, assistant, check, scenario, seen, text, user

from ..chat.packing import packed
from ..chat.returned import taken_back
from .effects import Effect
from .reading import MESSAGE, blocks, calls, message, returned
from .requests import ASK_TWICE, ASK_WEATHER, FORCED, HELLO, TOOLS, result
from .talk import FIRST, INPUT, LONDON, PARIS, SECOND, TOGETHER, TOLD, arrival, arrives, noted
from .tools import ODD

SENTENCE = f"It is sunny, and the first code word is {FIRST}."
ASK_BACK = text("What is the code word? Answer with the code word alone.")


def answered(*content: dict[str, Any], said: tuple[dict[str, Any], ...] = (PARIS,)) -> list[dict[str, Any]]:
    """A conversation in which tools were called and have answered."""
    return [ASK_TWICE if len(said) > 1 else ASK_WEATHER, assistant([*said]), user([*content])]


def of_paris(content: Any, **more: Any) -> dict[str, Any]:
    """The result of the call about Paris."""
    return result(str(PARIS["id"]), content, **more)


def says_the_code(said: str) -> bool:
    """Whether an answer has the code word."""
    return FIRST.lower() in said.lower()


ROUND_TRIP = TOOLS.but(messages=answered(of_paris(SENTENCE)))
EMPTY = TOOLS.but(messages=answered(of_paris("?")))
IN_WORDS = HELLO.but(messages=[user(f"A tool says: {SENTENCE} {ASK_BACK['text']}")])


@check(
    "messages.results.taken",
    MUST,
    of=packed(TOGETHER, ROUND_TRIP),
    spec="MSG-TOOL-005 MSG-BLK-005 MSG-BLK-006",
)
def test_a_result_is_taken(exchange: Exchange) -> None:
    """A `tool_use` and its `tool_result` MUST be taken and answered, also without the thoughts that led to the call."""
    message(exchange)


told_by_a_tool = arrival(FIRST, treated=ROUND_TRIP, able=IN_WORDS, plain=EMPTY, shows=says_the_code, first=ROUND_TRIP)


@check("messages.results.arrives", MUST, of=told_by_a_tool, spec="MSG-TOOL-005 MSG-BLK-006")
def test_a_result_arrives(exchange: Exchange) -> None:
    """The result of a tool MUST reach the model."""
    arrives(exchange, "the tool's result")


FINE = text("The weather is fine.")
IN_BLOCKS = TOOLS.but(messages=answered(of_paris([FINE, text(SENTENCE)]), ASK_BACK))
FIRST_BLOCK = TOOLS.but(messages=answered(of_paris([FINE]), ASK_BACK))
told_by_a_second_block = arrival(
    SECOND, treated=IN_BLOCKS, able=IN_WORDS, plain=FIRST_BLOCK, shows=says_the_code, first=ROUND_TRIP
)


@check("messages.results.blocks", MUST, of=told_by_a_second_block, spec="MSG-BLK-006", depth=FULL)
def test_a_result_may_have_blocks(exchange: Exchange) -> None:
    """The result of a tool MUST be taken as an array of blocks, all of which reach the model."""
    arrives(exchange, "what is told in the second block of the tool's result, if not in both,")


TWO = (PARIS, LONDON)
OF_LONDON = result(str(LONDON["id"]), f"It is raining, and the second code word is {SECOND}.")
ASK_BOTH = text("What are the two code words? Answer with both of them and nothing else.")
BOTH = TOOLS.but(messages=answered(of_paris(SENTENCE), OF_LONDON, ASK_BOTH, said=TWO))
NEITHER = TOOLS.but(messages=answered(of_paris("?"), result(str(LONDON["id"]), "?"), ASK_BOTH, said=TWO))
BOTH_IN_WORDS = HELLO.but(messages=[user(f"{SENTENCE} {OF_LONDON['content']} {ASK_BOTH['text']}")], **LIMIT(48))
told_by_two_tools = arrival(
    FIRST,
    SECOND,
    treated=BOTH,
    able=BOTH_IN_WORDS,
    plain=NEITHER,
    shows=lambda said: says_the_code(said) and SECOND.lower() in said.lower(),
    first=ROUND_TRIP,
)


@check("messages.results.several", MUST, of=told_by_two_tools, spec="MSG-BLK-009 MSG-BLK-007", depth=FULL)
def test_all_results_arrive(exchange: Exchange) -> None:
    """The results of several calls MUST be taken in one message, and all of them MUST reach the model."""
    arrives(exchange, "one of two results", least=12)


CALLED_WITH = TOOLS.but(messages=answered(of_paris("?"), ASK_BACK, said=(noted(PARIS),)))
CALLED_WITHOUT = TOOLS.but(messages=answered(of_paris("?"), ASK_BACK))
NOTED_IN_WORDS = HELLO.but(messages=[user(f"A tool was called with a note: {TOLD[INPUT]} {ASK_BACK['text']}")])
told_by_a_call = arrival(
    INPUT,
    treated=CALLED_WITH,
    able=NOTED_IN_WORDS,
    plain=CALLED_WITHOUT,
    shows=lambda said: INPUT.lower() in said.lower(),
    first=ROUND_TRIP,
)


@check("messages.results.call_arrives", MUST, of=told_by_a_call, spec="MSG-BLK-005 MSG-TOOL-005", depth=FULL)
def test_the_input_of_a_call_arrives(exchange: Exchange) -> None:
    """What a tool was called with MUST reach the model in later turns."""
    found: Effect | None = exchange.found
    # Not every model repeats what it wrote into a call: then its tokens tell.
    arrives(replace(exchange, found=found and replace(found, able=None)), "the input of an earlier call")


SILENT = TOOLS.but(messages=answered({"type": "tool_result", "tool_use_id": PARIS["id"]}))


def round_trip() -> Steps:
    """A result that is taken, among everything else or by itself; what goes beyond it isn't asked otherwise."""
    every: Exchange = yield TOGETHER
    if not every.ok:
        alone: Exchange = yield ROUND_TRIP
        alone.accepted()
    return every


@scenario(TOGETHER, spare=(ROUND_TRIP, SILENT))
def told_nothing() -> Steps:
    """A result without content, among everything else, and if that is refused, by itself."""
    every = yield from round_trip()
    if not every.ok:
        yield SILENT


@check("messages.results.empty", MAY, of=told_nothing, spec="MSG-BLK-006", depth=FULL)
def test_a_result_may_be_empty(exchange: Exchange) -> None:
    """The `content` of a result MAY be left out."""
    exchange.accepted()


#: Asked for only where results are taken as blocks: else that one's check shows it.
NO_BLOCKS = TOOLS.but(messages=answered(of_paris([]))).after(IN_BLOCKS)


@check("messages.results.no_blocks", MAY, of=packed(ODD, NO_BLOCKS), spec="MSG-BLK-006", depth=FULL)
def test_a_result_may_hold_no_blocks(exchange: Exchange) -> None:
    """The `content` of a result MAY be an empty array, which says as much as none."""
    exchange.accepted()


FINE_AS_IT_IS = TOOLS.but(messages=answered(of_paris(SENTENCE, is_error=False))).after(ROUND_TRIP)


@check("messages.results.no_error", MUST, of=packed(ODD, FINE_AS_IT_IS), spec="MSG-BLK-006", depth=FULL)
def test_a_result_may_say_that_it_is_no_error(exchange: Exchange) -> None:
    """A result MUST be taken with `is_error: false`, which is the default."""
    exchange.accepted()


#: With the tool that was called, which is called no more.
OWN = TOOLS.but(tools=FORCED.body["tools"])


def called(exchange: Exchange, *ids: str) -> list[dict[str, Any]]:
    """A forced call of the endpoint's own, sent back as it came, or under other ids, with a result for each call."""
    own = returned(exchange)
    made = [block for block in own if block["type"] == "tool_use"]
    for call, other in zip(made, ids, strict=False):
        call["id"] = other
    results = [result(call["id"], "It is sunny.") for call in made]
    return [*FORCED.body["messages"], assistant(own), user(results)]


def greeted(exchange: Exchange) -> list[dict[str, Any]]:
    """A greeting of the endpoint's own, sent back as it came."""
    return [*HELLO.body["messages"], assistant(returned(exchange))]


@scenario(HELLO, FORCED, more=1, tokens=128)
def called_and_answered() -> Steps:
    """A call that the endpoint made, sent back as it came, with what it said before.

    If that is refused, the call alone, and if that is, too, the same under another id.
    """
    hello, forced = yield [HELLO, FORCED]
    seen(calls(forced), "no tool was called")
    own: Exchange = yield OWN.but(messages=[*greeted(hello), *called(forced)], **LIMIT(128)).after(FORCED)
    if not own.ok:
        own = yield OWN.but(messages=called(forced), **LIMIT(128)).after(FORCED)
    if not own.ok and len(calls(forced)) == 1:
        other: Exchange = yield OWN.but(messages=called(forced, str(PARIS["id"])), **LIMIT(128)).after(FORCED)
        # Its turn comes only where it is taken: what is refused either way isn't refused because of an id.
        return own, other.ok
    return own, False


def whole(exchange: Exchange) -> bool:
    """Whether a message came to its end, and none of its texts is blank: servers may refuse either."""
    texts = [block["text"] for block in blocks(exchange, "text")]
    return message(exchange)["stop_reason"] not in ("max_tokens", "refusal") and all(map(str.strip, texts))


@check("messages.results.own_call", MUST, of=called_and_answered, spec="MSG-TOOL-005 MSG-BLK-005")
def test_its_own_call_is_taken_back(exchange: Exchange) -> None:
    """A call that the endpoint made MUST be taken back as it came, followed by its result."""
    own, otherwise = exchange.found
    own.answered()
    name = calls(exchange.before[1])[0]["id"] if otherwise else ""
    assert not otherwise, f"its own id {name!r} is refused with {own.status}{own.said}, and another one is taken there"
    taken_back(own, exchange.before[1], whole, MESSAGE, "/content")
    message(own)


@scenario(HELLO, FORCED)
def greeted_again() -> Steps:
    """What the endpoint said, sent back as it came: beside a call of its own, and if that is refused, by itself."""
    hello, forced = yield [HELLO, FORCED]
    if forced.ok and calls(forced):
        both: Exchange = yield OWN.but(messages=[*greeted(hello), *called(forced)], **LIMIT(128)).after(FORCED)
        if both.ok:
            return
    yield HELLO.but(messages=[*greeted(hello), user("Say hello again.")], **LIMIT(32))


@check("messages.turns.own_message", MUST, of=greeted_again, spec="MSG-REQ-003 MSG-BLK-010", depth=FULL)
def test_its_own_message_is_taken_back(exchange: Exchange) -> None:
    """The content of a message that the endpoint sent MUST be taken back as it came, in the next request."""
    taken_back(exchange, exchange.before[0], whole, MESSAGE, "/content")
    message(exchange)
