"""Did what was accepted reach the model? As for chat: by words it could not know otherwise, else by token counts."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from samewire import Exchange

from ..chat.effects import Effect, arrives, or_otherwise, told_effect
from .reading import grown, taken

__all__ = ["COUNTING", "Effect", "arrives", "counts", "effect", "lists", "or_otherwise", "told"]

#: How counting begins, wherever it does.
COUNTING = re.compile(r"\b1\W+2\W+3\b")


def _texts(exchange: Exchange) -> list[Any]:
    if exchange.request.streamed:
        events = [value for value, _ in exchange.payloads() if isinstance(value, dict)]
        pieces = [["", ""]]
        for event in events:
            head, delta = (one if isinstance(one, dict) else {} for one in map(event.get, ("content_block", "delta")))
            if isinstance(head.get("text"), str):
                pieces.append([head["text"], ""])
            if isinstance(delta.get("text"), str):
                pieces[-1][1] += delta["text"]
        return [grown(pieces)]
    body = exchange.raw_json
    content = body.get("content") if isinstance(body, dict) else None
    return [one.get("text") for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def told(exchange: Exchange) -> str:
    """What an answer says, streamed or not, as far as it can be read: enough to find a word in it."""
    return "".join(one for one in _texts(exchange) if isinstance(one, str))


def counts(exchange: Exchange) -> bool:
    """Whether an answer was accepted and begins to count."""
    return exchange.ok and re.match(r"\W*1\b", told(exchange)) is not None


def lists(exchange: Exchange) -> bool:
    """Whether an answer counts, and be it after some courtesy."""
    return counts(exchange) or (exchange.ok and COUNTING.search(told(exchange)) is not None)


effect = partial(told_effect, said=told, counted=taken)
