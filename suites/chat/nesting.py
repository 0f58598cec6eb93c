"""Objects within objects: schemas may be nested, and keys come in their order below the root, too."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Exchange, check, conforms_to, seen

from .form import FILLED
from .format import BY_SCHEMA, ROUTE, formatted, nested
from .packing import packed
from .reading import parsed, words

DEEP = BY_SCHEMA.but(response_format=formatted(nested(route=ROUTE)))


@check("chat.format.nested", SHOULD, of=packed(FILLED, DEEP), spec="CHAT-FMT-008", depth=FULL)
def test_schemas_may_be_nested(exchange: Exchange) -> None:
    """Objects within objects, five levels deep, SHOULD be taken in a strict `json_schema`."""
    exchange.accepted()


def out_of_order(value: Any, schema: dict[str, Any], where: str) -> str:
    """Where the keys of a value come in another order than its schema's; empty if they don't."""
    known = schema.get("properties") or {}
    if not isinstance(value, dict) or set(value) != set(known):
        return ""
    if list(value) != list(known):
        return f"the keys of `{where}` come as {', '.join(value)}"
    return next((found for key in known if (found := out_of_order(value[key], known[key], key))), "")


@check("chat.format.order_within", SHOULD, of=packed(FILLED, DEEP), spec="CHAT-FMT-010", depth=FULL)
def test_keys_come_in_order_within(exchange: Exchange) -> None:
    """The keys of objects within structured output SHOULD come in the order of their schema's properties, too."""
    value = parsed(words(exchange.accepted()))
    route = value.get("route") if isinstance(value, dict) else None
    seen(isinstance(route, dict) and not conforms_to(ROUTE, route), "the answer does not conform")
    wrong = out_of_order(route, ROUTE, "route")
    assert not wrong, wrong
