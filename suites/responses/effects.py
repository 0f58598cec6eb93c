"""Did what was accepted reach the model? Decided by words it could not know otherwise, else by token counts."""

from __future__ import annotations

from collections.abc import Callable

from samewire import Exchange, Ignored, Request, Steps, honoured, observed

from ..chat.effects import SENTENCE, Effect
from .reading import input_tokens, words

__all__ = ["SENTENCE", "Effect", "arrives", "effect"]


def effect(treated: Request, able: Request, plain: Request, shows: Callable[[str], bool]) -> Steps:
    """Find an effect, with no more requests than it takes; None if the treated request was refused.

    Args:
        treated: with the thing that was added.
        able: asks for the same in a way that surely arrives.
        plain: without the thing.
        shows: whether an answer shows it.
    """
    answer: Exchange = yield treated
    if not answer.ok:
        return None
    if shows(words(answer)):
        return Effect(True)
    control: Exchange = yield able
    without: Exchange = yield plain
    counted, before = input_tokens(answer), input_tokens(without)
    growth = counted - before if counted is not None and before is not None else None
    # An answer without words shows nothing: models say none now and then, mostly after results of tools.
    return Effect(False, bool(words(answer).strip()) and shows(words(control)), growth)


def arrives(exchange: Exchange, what: str, least: int = SENTENCE) -> None:
    """Say *ignored* unless the thing arrived; *unsupported* if it was refused.

    Args:
        exchange: the last one of a scenario that found an effect.
        what: the thing, as the subject of a sentence.
        least: input tokens by which it must make the input longer.
    """
    if exchange.found is None:  # the last request was refused
        exchange.accepted()
        observed(f"too little was seen of {what}")
    found: Effect = exchange.found
    if found.shown:
        return
    if found.able:
        raise Ignored(f"{what} was accepted and had no effect, though the model does what it asks when told otherwise")
    if found.growth is None:
        observed(f"the model can't show whether {what} arrived, and no tokens are counted")
        return
    why = f"{what} was accepted, but the input grew by {found.growth} tokens only, where {least} are the least"
    honoured(found.growth >= least, why)
