"""Long requests: taken whole or refused. Opt-in, since an endpoint that takes them may charge for them."""

from __future__ import annotations

from samewire import FAR_TOO_LONG, FULL, MUST, SHOULD, Exchange, Steps, check, scenario, user

from ..http.same import too_long
from .effects import arrives, effect
from .reading import refused
from .requests import HELLO
from .turns import ASK, TOLD, TOLD_NOW, UNTOLD, says_the_code

HUGE = HELLO.wrong(messages=[user(FAR_TOO_LONG)])


@check("messages.huge.refused", SHOULD, of=HUGE, spec="MSG-HTTP-013 MSG-ERR-002", depth=FULL, needs=("costly",))
def test_a_huge_prompt_is_refused(exchange: Exchange) -> None:
    """A prompt beyond the context window SHOULD be refused with 400 or 413, not be cut."""
    too_long(exchange)
    refused(exchange)


#: Some thousand words between what is told and what is asked.
WORDS = 6000
LONG = HELLO.but(messages=[user(f"{TOLD} {'word ' * WORDS}{ASK['content']}")])


@scenario(LONG, spare=(TOLD_NOW, UNTOLD))
def told_long_ago() -> Steps:
    """A code word at the beginning of a long message."""
    return (yield from effect(LONG, TOLD_NOW, UNTOLD, says_the_code))


@check("messages.huge.whole", MUST, of=told_long_ago, spec="MSG-REQ-003", depth=FULL, again=2, needs=("costly",))
def test_a_long_prompt_is_not_cut(exchange: Exchange) -> None:
    """A prompt of some thousand words MUST be refused or reach the model whole: its beginning is not cut off."""
    arrives(exchange, "the beginning of a long prompt", least=WORDS // 2)
