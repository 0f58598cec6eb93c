"""Long requests: taken whole or refused. Opt-in, since an endpoint that takes them may charge for them."""

from __future__ import annotations

from samewire import FAR_TOO_LONG, FULL, LIMIT, SHOULD, Exchange, Steps, check, scenario

from ..http.same import too_long
from .effects import arrives, effect
from .reading import refused
from .requests import HELLO
from .state import CODE, UNTOLD

HUGE = HELLO.wrong(input=FAR_TOO_LONG)


@check("responses.huge.refused", SHOULD, of=HUGE, spec="RSP-REQ-018 OR-017", depth=FULL, needs=("costly",))
def test_a_huge_input_is_refused(exchange: Exchange) -> None:
    """An input beyond the context window SHOULD be refused with 400 or 413, not be cut: truncation is disabled."""
    too_long(exchange)
    refused(exchange)


#: Some thousand words between what is told and what is asked.
WORDS = 6000
TOLD = f"A code word is {CODE}."
TOLD_NOW = HELLO.but(input=f"{TOLD} {UNTOLD.body['input']}", **LIMIT(48))
LONG = HELLO.but(input=f"{TOLD} {'word ' * WORDS}{UNTOLD.body['input']}", **LIMIT(48))


@scenario(LONG, spare=(TOLD_NOW, UNTOLD))
def told_long_ago() -> Steps:
    """A code word at the beginning of a long input."""
    return (yield from effect(LONG, TOLD_NOW, UNTOLD, lambda said: CODE.lower() in said.lower()))


@check(
    "responses.huge.whole",
    SHOULD,
    of=told_long_ago,
    spec="RSP-REQ-018 OR-017",
    depth=FULL,
    again=2,
    needs=("costly",),
)
def test_a_long_input_is_not_cut(exchange: Exchange) -> None:
    """An input of some thousand words SHOULD be refused or reach the model whole: truncation is disabled."""
    arrives(exchange, "the beginning of a long input", least=WORDS // 2)
