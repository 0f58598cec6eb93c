"""What the endpoint itself sent, sent back."""

from __future__ import annotations

from samewire import Blocked, Broken, Exchange, Unsupported, seen

from .reading import completion, parsed


def taken_back(exchange: Exchange, first: Exchange, whole: bool, schema: str, *places: str) -> None:
    """Pass if what the endpoint sent first is taken back: a client has nothing else to send.

    Args:
        exchange: what became of it.
        first: the exchange in which it came.
        whole: whether something came, and to its end: not all servers take back what is empty or was cut off.
        schema: what it has to conform to, at the places that follow.

    Raises:
        Broken: it is refused, however cleanly.
        Blocked: so it is, and what was sent violates its schema at these places, which has a cell of its own.
    """
    try:
        exchange.accepted()
    except Unsupported as refusal:
        seen(whole, f"what came is empty, or was cut off, and is {refusal}")
        try:
            first.conforms(schema, *places)
        except Broken as wrong:
            raise Blocked(f"what came is not well-formed, and is {refusal}", cause=min(wrong.causes)) from None
        raise Broken(f"what the endpoint itself sent is {refusal}") from None


def message_taken_back(exchange: Exchange, first: Exchange) -> None:
    """Pass if the message of a completion is taken back, as ``taken_back`` says."""
    choice = completion(first)["choices"][0]
    said, made = choice["message"].get("content"), choice["message"].get("tool_calls") or ()
    # What is no text, or no call, has cells of its own.
    something = bool(made) or (not isinstance(said, str) and said is not None) or bool((said or "").strip())
    ended = choice.get("finish_reason") in ("stop", "tool_calls", "function_call")
    whole = something and ended and all(isinstance(parsed(one["function"]["arguments"]), dict) for one in made)
    taken_back(exchange, first, whole, "chat/completion", "/choices/*/message")
