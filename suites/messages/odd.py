"""A tool that is named is called, whatever is odd about it."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Exchange, Request, Steps, check, honoured, scenario, seen

from ..chat.reading import STARVED
from .reading import calls
from .requests import FORCED, WEATHER
from .tool_choice import starved
from .tools import BARE, CUSTOM, KEPT, LONG, ODD, ODD_TOOL, RESTART, STRICT


def named(one: dict[str, Any]) -> Request:
    """A tool that is named, beside another one, where none is needed."""
    return FORCED.but(tools=[one, WEATHER], tool_choice={"type": "tool", "name": one["name"]})


PLAIN, ALL_ODD = named(RESTART), named(ODD_TOOL)
#: What may be odd about a tool → a request that names such a tool.
ODDITIES = {
    "without a description": named(BARE),
    "of the type custom": named(CUSTOM),
    "with cache_control": named(KEPT),
    "that is strict": named(STRICT),
    "with a name of 64 letters": named(LONG),
}


def called(exchange: Exchange) -> list[Any]:
    """The names of the tools that a message calls, as far as it can be read."""
    body = exchange.raw_json if exchange.ok else None
    content = body.get("content") if isinstance(body, dict) else None
    blocks = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    return [one.get("name") for one in blocks if one.get("type") == "tool_use"]


def obeyed(exchange: Exchange) -> bool:
    """Whether the tool that was named is the one that is called."""
    return {*map(str, called(exchange))} == {(exchange.sent or {}).get("tool_choice", {}).get("name")}


@scenario(ODD, spare=(ALL_ODD, PLAIN, *ODDITIES.values()))
def odd_and_plain() -> Steps:
    """A tool with all that may be odd about one; if it isn't called, a plain one, and each oddity by itself.

    If something beside the tool is refused, the tool alone; what is refused of the tool itself has checks of its own.
    """
    every: Exchange = yield ODD
    if not every.ok:
        every = yield ALL_ODD
    if obeyed(every):
        return None
    each = yield [*ODDITIES.values()]
    plain: Exchange = yield PLAIN
    odd = {what: one for what, one in zip(ODDITIES, each, strict=True) if one.ok and not obeyed(one)}
    return odd if every.ok or odd or not obeyed(plain) else None


@check("messages.tool_choice.odd", SHOULD, of=odd_and_plain, spec="MSG-TOOL-001 MSG-REQ-012", depth=FULL, again=2)
def test_an_odd_tool_is_called(exchange: Exchange) -> None:
    """A tool that is named SHOULD be called without a description, too, or if it is `custom`, `strict` or kept."""
    if exchange.found is None:
        return
    seen(obeyed(exchange), "a plain tool that is named isn't called either")
    odd: dict[str, Exchange] = exchange.found
    seen(odd, "each oddity by itself keeps no tool from being called")
    first = next(iter(odd.values()))
    seen(not starved(first), STARVED)
    names = [call["name"] for call in calls(first)]
    declared = {one["name"] for one in (first.sent or {})["tools"]}
    seen({*names} <= declared, "a tool is called that was not declared, which has a check of its own")
    other = ", ".join(dict.fromkeys(names)) or "nothing"
    why = f"a tool {', or '.join(odd)} was accepted and named, and {other} was called, where a plain one is called"
    honoured(False, why)
