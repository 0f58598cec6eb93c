"""Calls and results of tools where they don't belong: each is refused."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Exchange, assistant, check, text, user

from .errors import refused_in_streams
from .reading import refused
from .requests import ASK_WEATHER, TOOLS
from .results import SENTENCE, of_paris
from .talk import LONDON, PARIS

AGAIN = text("Say hello.")
CALLED = [ASK_WEATHER, assistant([PARIS])]


@check(
    "messages.misplaced.unanswered",
    SHOULD,
    of=TOOLS.wrong(messages=[*CALLED, user([AGAIN])]),
    spec="MSG-BLK-007",
    depth=FULL,
)
def test_every_call_wants_its_result(exchange: Exchange) -> None:
    """A call without a result in the next message SHOULD be refused with 400."""
    refused(exchange)


HALF = [ASK_WEATHER, assistant([PARIS, LONDON]), user([of_paris(SENTENCE)])]


@check("messages.misplaced.half", SHOULD, of=TOOLS.wrong(messages=HALF), spec="MSG-BLK-007 MSG-BLK-009", depth=FULL)
def test_all_calls_want_their_results(exchange: Exchange) -> None:
    """Two calls of which one has a result SHOULD be refused with 400."""
    refused(exchange)


STRAY = [user("Say hello."), assistant("Hello!"), user([of_paris(SENTENCE)])]


@check("messages.misplaced.stray", SHOULD, of=TOOLS.wrong(messages=STRAY, stream=True), spec="MSG-BLK-012", depth=FULL)
def test_a_result_needs_a_call(exchange: Exchange) -> None:
    """A result that answers no call SHOULD be refused with 400, for a stream as well."""
    refused_in_streams(exchange)


LATE = [*CALLED, user([AGAIN, of_paris(SENTENCE)])]


@check("messages.misplaced.text_first", SHOULD, of=TOOLS.wrong(messages=LATE), spec="MSG-BLK-008", depth=FULL)
def test_results_come_before_text(exchange: Exchange) -> None:
    """A message in which text comes before the result of a tool SHOULD be refused with 400."""
    refused(exchange)


NAMELESS = [*CALLED, user([{"type": "tool_result", "content": SENTENCE}])]


@check("messages.misplaced.no_id", MUST, of=TOOLS.wrong(messages=NAMELESS), spec="MSG-BLK-006", depth=FULL)
def test_a_result_names_its_call(exchange: Exchange) -> None:
    """A result without `tool_use_id` MUST be refused."""
    refused(exchange)


WRITTEN = [ASK_WEATHER, assistant([{**PARIS, "input": '{"city": "Paris"}'}]), user([of_paris(SENTENCE)])]


@check("messages.misplaced.input_text", SHOULD, of=TOOLS.wrong(messages=WRITTEN), spec="MSG-BLK-005", depth=FULL)
def test_the_input_of_a_call_is_an_object(exchange: Exchange) -> None:
    """A call whose `input` is the text of an object SHOULD be refused with 400."""
    refused(exchange)


TWICE = [*CALLED, user([of_paris(SENTENCE), of_paris("It is raining.")])]


@check("messages.misplaced.twice", SHOULD, of=TOOLS.wrong(messages=TWICE), spec="MSG-BLK-007 MSG-BLK-009", depth=FULL)
def test_a_call_has_one_result(exchange: Exchange) -> None:
    """Two results of one call SHOULD be refused with 400."""
    refused(exchange)
