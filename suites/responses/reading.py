"""Reading responses: what most checks look at."""

from __future__ import annotations

from typing import Any

from samewire import Blocked, Exchange, seen

from ..chat.reading import STARVED, parsed, unread
from ..chat.reading import late as told_late
from ..chat.reading import refused as turned_down
from .following import FAILED, broken_off, final
from .preflight import SERVED, is_response

__all__ = [
    "STARVED",
    "calls",
    "holds",
    "input_tokens",
    "items",
    "late",
    "offered",
    "output_tokens",
    "parsed",
    "refused",
    "refused_at_once",
    "response",
    "said_by",
    "saying",
    "sound",
    "starved",
    "thought",
    "words",
]

SHAPE = "responses/response"


def offered(exchange: Exchange) -> None:
    """Pass if this is an answer of an endpoint that offers the protocol.

    Raises:
        Blocked: what came to the preflight is no response at all, which has a cell of its own.
    """
    if exchange.request.opener is None and not is_response(exchange):
        raise Blocked("what came is no response at all", cause=f"check:{SERVED}")


def response(exchange: Exchange) -> Any:
    """The response that an accepted request to create one got: the whole answer, or what its stream ends with."""
    offered(exchange)
    seen(exchange.request.path == "responses", "this request creates no response")
    return final(exchange) if exchange.streamed else exchange.accepted().body_as(SHAPE)


def failed(exchange: Exchange) -> str:
    """What a response says that was made and failed, which is told with 200; empty if none did."""
    if not exchange.ok:
        return ""
    whole = [{"response": exchange.raw_json}]
    for event in [value for value, _ in exchange.payloads()] if exchange.streamed else whole:
        one = event.get("response") if isinstance(event, dict) else None
        if isinstance(one, dict) and (one.get("status") == "failed" or event.get("type") == FAILED):
            error = one.get("error")
            return str(error.get("message") if isinstance(error, dict) else error) or "nothing"
    return ""


def late(exchange: Exchange) -> bool:
    """Whether a request was refused when a stream had begun, or a response."""
    return told_late(exchange) or broken_off(exchange) is not None or bool(failed(exchange))


def refused(exchange: Exchange) -> None:
    """Say *broken* unless a request that is wrong was refused as a mistake of the client: any 4xx that says so."""
    seen(not (exchange.streamed and late(exchange)), "it is refused in a stream that has begun, which has its own cell")
    if failed(exchange):
        raise Blocked("a response was made that failed", cause="check:responses.errors.failed")
    turned_down(exchange)


def refused_at_once(exchange: Exchange) -> None:
    """The same as ``refused``, and *broken* as well if it was refused in a stream that had begun."""
    assert not late(exchange), f"answered {exchange.status}, with an error in the stream"
    turned_down(exchange)


def holds(exchange: Exchange, *places: str, but: tuple[str, ...] = ()) -> None:
    """Say *broken* if a response violates its schema at or below these places."""
    __tracebackhide__ = True
    offered(exchange)
    seen(exchange.request.path == "responses", "this request creates no response")
    exchange.conforms(SHAPE, *places, but=but)


def items(exchange: Exchange, kind: str = "") -> list[Any]:
    """The items of a response's output, of one type or all."""
    return of_type(response(exchange)["output"], kind)


def of_type(every: Any, kind: str = "") -> list[Any]:
    """The items of one type, or all."""
    return [item for item in every if not kind or item["type"] == kind]


def said_by(every: Any) -> str:
    """What the messages among items say; empty if they say nothing."""
    parts = [part for item in of_type(every, "message") for part in item["content"]]
    return "".join(part["text"] for part in parts if part["type"] == "output_text")


def words(exchange: Exchange) -> str:
    """What a response says; empty if it says nothing."""
    return said_by(response(exchange)["output"])


def calls(exchange: Exchange) -> list[Any]:
    """The function calls of a response.

    Raises:
        Blocked: they stand in the text, which has a cell of its own.
    """
    made = items(exchange, "function_call")
    if not made and unread(words(exchange)):
        raise Blocked("a call stands in the text", cause="markup")
    return made


def starved(exchange: Exchange) -> bool:
    """Whether the limit ended an answer with neither words nor calls: it thought, or a call was on its way."""
    made = calls(exchange) or items(exchange, "custom_tool_call")
    return response(exchange).get("status") == "incomplete" and not words(exchange) and not made


def counted(exchange: Exchange, name: str) -> int | None:
    """A count of a response's usage; None if nothing is counted."""
    usage = response(exchange).get("usage")
    return None if usage is None else int(usage[name])


def input_tokens(exchange: Exchange) -> int | None:
    """The tokens of the input that a response counts; None if it counts none."""
    return counted(exchange, "input_tokens") or None


def output_tokens(exchange: Exchange) -> int | None:
    """The tokens of the output that a response counts; None if it counts none."""
    return counted(exchange, "output_tokens")


def sound(value: Any) -> Any:
    """The value, all of which conforms.

    Raises:
        Blocked: some part of it violates the schema, which has a cell of its own.
    """
    if isinstance(value, dict):
        for name in (*getattr(value, "faulty", ()), *value):
            sound(value.get(name))
    elif isinstance(value, list):
        for item in value:
            sound(item)
    return value


def thought(exchange: Exchange) -> bool:
    """Whether the model thought before it spoke."""
    usage = response(exchange).get("usage")
    details = usage.get("output_tokens_details") if usage is not None else None
    counts = details is not None and details["reasoning_tokens"] > 0
    return counts or bool(items(exchange, "reasoning"))


#: Items that say or ask for something: others may be a vendor's own, or not be kept.
SAYING = ("message", "function_call", "custom_tool_call")


def saying(every: Any) -> list[dict[str, Any]]:
    """The items among these that say or ask for something, whatever else is wrong with them."""
    made = every if isinstance(every, list) else []
    return [item for item in made if isinstance(item, dict) and item.get("type") in SAYING]
