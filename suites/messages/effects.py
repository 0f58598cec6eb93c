"""Did what was accepted reach the model? As for chat: by words it could not know otherwise, else by token counts."""

from __future__ import annotations

from collections.abc import Callable

from samewire import Exchange, Request, Steps

from ..chat.effects import Effect, arrives
from .reading import taken, words

__all__ = ["Effect", "arrives", "effect"]


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
    counted, before = taken(answer), taken(without)
    growth = counted - before if counted is not None and before is not None else None
    return Effect(False, shows(words(control)), growth)
