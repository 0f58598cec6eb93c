"""What the endpoint itself sent, sent back."""

from __future__ import annotations

from collections.abc import Callable

from samewire import Blocked, Broken, Exchange, Unsupported, seen

from .reading import calls, choice, given, words


def taken_back(
    exchange: Exchange, first: Exchange, whole: Callable[[Exchange], bool], schema: str, *places: str
) -> None:
    """Pass if what the endpoint sent first is taken back: a client has nothing else to send.

    Args:
        exchange: what became of it.
        first: the exchange in which it came.
        whole: whether what came in it is whole: not all take back what is empty, was cut off or isn't kept.
        schema: what it has to conform to, at the places that follow.

    Raises:
        Broken: it is refused, however cleanly.
        Blocked: so it is, and what was sent violates its schema at these places, which has a cell of its own.
    """
    try:
        exchange.accepted()
    except Unsupported as refusal:
        seen(whole(first), f"what came is empty, was cut off or isn't kept, and is {refusal}")
        try:
            first.conforms(schema, *places)
        except Broken as wrong:
            raise Blocked(f"what came is not well-formed, and is {refusal}", cause=min(wrong.causes)) from None
        raise Broken(f"what the endpoint itself sent is {refusal}") from None


def _whole(first: Exchange) -> bool:
    """Whether the message of a completion says something or makes a call, and came to its end."""
    one, made = choice(first), calls(first)
    ended = one.get("finish_reason") in ("stop", "tool_calls", "function_call")
    return ended and bool(words(first).strip() or made) and all(given(one) is not None for one in made)


def message_taken_back(exchange: Exchange, first: Exchange) -> None:
    """Pass if the message of a completion is taken back, as ``taken_back`` says."""
    taken_back(exchange, first, _whole, "chat/completion", "/choices/*/message")
