"""What a conversation loses of all that it holds: shown by words, and by what its prompt counts without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from samewire import LIMIT, Exchange, Request

from ..chat.effects import SENTENCE
from .reading import taken
from .talk import AFTER, ASSISTANT, CODES, FIRST, REST, SECOND, STATED, TOLD, names

PLACES = {code: place for place, code in CODES.items()}
#: The same where a conversation without tools has them.
PLACES_PLAIN = {
    **PLACES,
    FIRST: "the rest of the system prompt",
    ASSISTANT: "the first of two turns of the assistant that follow each other",
    STATED: "the second of two turns of the assistant that follow each other",
    REST: "the first of several turns of the user that follow each other",
    SECOND: "the second of several turns of the user that follow each other",
    AFTER: "the second of several blocks",
}


@dataclass(frozen=True)
class Lost:
    """What a conversation holds and its answer doesn't show, though each by itself would.

    Attributes:
        places: where it stands.
        whole: whether nothing of it is lost or refused by itself.
        able: whether the model lists any of it where it surely arrives.
        uncounted: where something stands without which the prompt counts the same, if the model doesn't list it all.
    """

    places: tuple[str, ...] = ()
    whole: bool = True
    able: bool = True
    uncounted: tuple[str, ...] = ()


def replies(exchange: Exchange) -> bool:
    """Whether an answer names any code word but those of results: some say what their tool returned, and no more."""
    return any(names(exchange, code) for code in CODES.values() if code not in (FIRST, SECOND))


def without(code: str, value: Any) -> Any:
    """A part of a conversation without the sentence that tells a code word."""
    if isinstance(value, dict):
        return {name: without(code, one) for name, one in value.items()}
    if isinstance(value, list):
        return [without(code, one) for one in value]
    return value.replace(TOLD[code], "?") if isinstance(value, str) else value


def untold(conversation: Request, code: str) -> Request:
    """A conversation without a code word; no more than the count of its prompt is of interest."""
    parts = {
        name: without(code, conversation.body[name]) for name in ("system", "messages") if name in conversation.body
    }
    return conversation.but(**parts, **LIMIT(12))


def unasked(conversation: Request) -> Request:
    """A conversation without the question that it ends with, which stands in a block of its own."""
    *before, last = conversation.body["messages"]
    return conversation.but(messages=[*before, {**last, "content": last["content"][:-1]}], **LIMIT(12))


def weighs(laden: Exchange, bare: Exchange, least: int = SENTENCE) -> bool:
    """Whether a prompt counts more with something than without it, by a sentence at least, or isn't counted."""
    more, less = taken(laden), taken(bare)
    return not (laden.ok and bare.ok and more and less) or more >= less + least
