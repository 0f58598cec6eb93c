"""Results that tell of a failure: `is_error` makes a difference."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    SHOULD,
    Exchange,
    Steps,
    assistant,
    check,
    counts,
    observed,
    scenario,
    seen,
    user,
)

from .effects import Effect, effect
from .reading import taken
from .requests import ASK_WEATHER, TOOLS
from .results import ROUND_TRIP, of_paris, round_trip
from .talk import PARIS, SUNNY, TOGETHER

JUDGED = user("What is the weather in Paris? If the tool fails, answer with the word FAILED, otherwise with WORKED.")


def told(**more: Any) -> list[dict[str, Any]]:
    """A result that sounds fine, and may be marked as an error."""
    return [JUDGED, assistant([PARIS]), user([of_paris(more.pop("content", SUNNY), **more)])]


FAILED = TOOLS.but(messages=told(is_error=True))
WORKED = TOOLS.but(messages=told())
IN_ERROR = TOOLS.but(messages=told(content="Error: the tool failed, there is no result."))


@scenario(TOGETHER, FAILED, spare=(ROUND_TRIP, IN_ERROR, WORKED))
def failed() -> Steps:
    """A result that is marked as an error."""
    yield from round_trip()
    return (yield from effect(FAILED, IN_ERROR, WORKED, lambda said: "fail" in said.lower() or "error" in said.lower()))


@check("messages.results.is_error", SHOULD, of=failed, spec="MSG-TOOL-006 MSG-BLK-006", depth=FULL, again=2)
def test_an_error_is_told(exchange: Exchange) -> None:
    """A result marked with `is_error` SHOULD be taken, and the model told that the tool failed."""
    found: Effect | None = exchange.found
    if found is None or found.shown:
        exchange.accepted()
        return
    if (found.growth or 0) > 0:
        return
    why = "is_error was accepted, and makes no difference, though the model knows a tool's failure in words"
    counts(not (found.able and found.growth == 0), why, text=False)
    observed("the model can't show whether is_error arrived")


#: Tokens by which the prompt grows at least with the result and the longer question. A token has seldom more letters.
LEAST = (len(SUNNY) + len(JUDGED["content"]) - len(ASK_WEATHER["content"])) // 5


@scenario(TOOLS, FAILED, spare=(WORKED,))
def failed_at_length() -> Steps:
    """A long result that is marked as an error; if it hardly counts, the same that isn't marked."""
    short: Exchange = yield TOOLS
    long: Exchange = yield FAILED
    if long.ok and (taken(long) or 0) < (taken(short) or 0) + LEAST:
        yield WORKED


@check("messages.results.error_words", SHOULD, of=failed_at_length, spec="MSG-BLK-006 MSG-TOOL-006", depth=FULL)
def test_the_words_of_an_error_arrive(exchange: Exchange) -> None:
    """What a result says that is marked with `is_error` SHOULD reach the model: it counts as it does otherwise."""
    marked = exchange.before[1] if len(exchange.before) > 1 else exchange
    seen(marked.ok, "it is refused, which has a check of its own")
    if marked is exchange:
        return
    plain, counted = taken(exchange.accepted()), taken(marked)
    seen(plain and counted, "no input tokens are counted")
    lost = (plain or 0) - (counted or 0)
    counts(lost <= len(SUNNY) // 8, f"is_error was accepted, and the prompt counts {lost} tokens less with it")
