"""Custom tools, whose input is free text, and choices that allow only some tools."""

from __future__ import annotations

from samewire import FULL, LIMIT, MAY, Exchange, Request, Scenario, Steps, check, honoured, scenario, seen, user

from .reading import STARVED, calls, parsed, starved
from .requests import HELLO

CUSTOM = HELLO.but(
    messages=[user("Write the word hello with the tool.")],
    tools=[{"type": "custom", "custom": {"name": "write_text", "description": "Writes a text."}}],
    tool_choice={"type": "custom", "custom": {"name": "write_text"}},
    **LIMIT(128),
)
ALLOWED = HELLO.but(
    messages=[user("Say hello.")],
    tools=[
        {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}},
        {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}},
    ],
    tool_choice={
        "type": "allowed_tools",
        "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_time"}}]},
    },
    **LIMIT(128),
)
#: Only a custom tool is allowed, though the question asks for the other.
BOTH_KINDS = CUSTOM.but(
    messages=[user("What is the weather in Paris?")],
    tools=[*ALLOWED.body["tools"], *CUSTOM.body["tools"]],
    tool_choice={
        "type": "allowed_tools",
        "allowed_tools": {"mode": "required", "tools": [{"type": "custom", "custom": {"name": "write_text"}}]},
    },
).after(HELLO)


def both_or(alone: Request) -> Scenario:
    """A custom tool that alone is allowed; unless it is called, one of the two things alone."""

    def steps() -> Steps:
        both: Exchange = yield BOTH_KINDS
        if not both.ok or not any(call["type"] == "custom" for call in calls(both)):
            yield alone

    return scenario(BOTH_KINDS, spare=(alone,), name=f".{alone.id}", alone=alone)(steps)


@check(
    "chat.custom.called",
    MAY,
    of=both_or(CUSTOM),
    spec="CHAT-TOOL-009 CHAT-TOOL-010 CHAT-ENV-017 CHAT-REQ-019",
    depth=FULL,
    again=2,
)
def test_a_custom_tool_is_called(exchange: Exchange) -> None:
    """Custom tools MAY be taken; one that is forced is then called with `custom.name` and `custom.input`."""
    exchange.accepted()
    made = calls(exchange)
    seen(made or not starved(exchange), STARVED)
    honoured(made, "a custom tool was accepted, and not called")
    kind = made[0]["type"]
    if kind != "custom":  # a model may call what it likes; the server was to see to it that it doesn't
        name = (made[0].get(kind) or {}).get("name")
        honoured(name == "write_text", f"a custom tool was accepted and chosen, and {name!r} was called")
    assert kind == "custom", f"a tool of the type {kind} was called"
    assert made[0]["custom"]["name"] == "write_text", f"calls {made[0]['custom']['name']!r}"
    given = parsed(made[0]["custom"]["input"])
    wrapped = isinstance(given, dict) and list(given) in (["input"], ["arguments"], ["content"], ["text"])
    assert not wrapped, f"the input, which is free text, comes as {made[0]['custom']['input'][:60]!r}"


@check("chat.custom.allowed_tools", MAY, of=both_or(ALLOWED), spec="CHAT-TOOL-008", depth=FULL, again=2)
def test_allowed_tools_are_called(exchange: Exchange) -> None:
    """`allowed_tools` MAY be taken as a `tool_choice`; no other tool is then called."""
    exchange.accepted()
    named = [call.get("function") or call.get("custom") for call in calls(exchange)]
    names = [one["name"] for one in named if one]
    seen(names or not starved(exchange), STARVED)
    honoured(names, "allowed_tools with the mode required was accepted, and no tool was called")
    allowed = "write_text" if exchange.asked(BOTH_KINDS) else "get_time"
    honoured(set(names) == {allowed}, f"only {allowed} was allowed, and {', '.join(names)} was called")
