"""Did what was accepted reach the model? As for chat: by words it could not know otherwise, else by token counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire import Exchange, Request, Steps

from ..chat.effects import Effect, arrives
from .reading import taken

__all__ = ["Effect", "arrives", "effect", "told"]


def _texts(exchange: Exchange) -> list[Any]:
    if exchange.request.streamed:
        events = [value for value, _ in exchange.payloads() if isinstance(value, dict)]
        deltas = [event.get("delta") for event in events]
        return [delta.get("text") for delta in deltas if isinstance(delta, dict)]
    body = exchange.raw_json
    content = body.get("content") if isinstance(body, dict) else None
    return [one.get("text") for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def told(exchange: Exchange) -> str:
    """What an answer says, streamed or not, as far as it can be read: enough to find a word in it."""
    return "".join(one for one in _texts(exchange) if isinstance(one, str))


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
    if shows(told(answer)):
        return Effect(True)
    control: Exchange = yield able
    without: Exchange = yield plain
    counted, before = taken(answer), taken(without)
    growth = counted - before if counted is not None and before is not None else None
    # An answer without words shows nothing: models say none now and then, mostly after results of tools.
    return Effect(False, bool(told(answer).strip()) and shows(told(control)), growth)
