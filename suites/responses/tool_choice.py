"""`tool_choice` and `parallel_tool_calls`: each value does what it says."""

from __future__ import annotations

from typing import Any

from samewire import FULL, OMIT, SHOULD, Exchange, check, honoured, seen, user

from .reading import calls, items, parsed, refused
from .requests import ASK_WEATHER, BOTH, CALLED, HELLO, NAMED_TIME, TIME, TOOLS, WEATHER, function

TWO_TOOLS = [WEATHER, TIME]


@check("responses.tool_choice.none", SHOULD, of=TOOLS.but(tool_choice="none"), spec="RSP-ST-005 RSP-REQ-011", again=2)
def test_none_calls_nothing(exchange: Exchange) -> None:
    """With `tool_choice: "none"`, no tool SHOULD be called."""
    exchange.accepted()
    honoured(not calls(exchange), 'tool_choice "none" was accepted, and a tool was called')


@check("responses.tool_choice.auto", SHOULD, of=BOTH, spec="RSP-ST-005 RSP-REQ-011", depth=FULL)
def test_auto_is_taken(exchange: Exchange) -> None:
    """`tool_choice: "auto"`, the default, SHOULD be taken."""
    exchange.accepted()


@check("responses.tool_choice.required", SHOULD, of=CALLED, spec="RSP-ST-005 RSP-REQ-011 OR-016", again=2)
def test_required_calls_a_tool(exchange: Exchange) -> None:
    """With `tool_choice: "required"`, a tool SHOULD be called, even where none is needed."""
    exchange.accepted()
    honoured(calls(exchange), 'tool_choice "required" was accepted, and no tool was called')


def only_time(exchange: Exchange, what: str) -> None:
    """Say *ignored* unless get_time was called, and nothing else."""
    exchange.accepted()
    names = [call["name"] for call in calls(exchange)]
    honoured(names, f"{what} was accepted, and no tool was called")
    honoured(set(names) == {"get_time"}, f"{what} leaves get_time alone, and {', '.join(names)} was called")


NAMED = TOOLS.but(tools=TWO_TOOLS, tool_choice=NAMED_TIME)


@check("responses.tool_choice.named", SHOULD, of=NAMED, spec="RSP-ST-005 RSP-REQ-011", depth=FULL, again=2)
def test_the_named_tool_is_called(exchange: Exchange) -> None:
    """With a named `tool_choice`, that very tool SHOULD be called, even where another fits better."""
    only_time(exchange, "a named tool_choice")


ALLOWED = NAMED.but(tool_choice={"type": "allowed_tools", "mode": "required", "tools": [NAMED_TIME]})


@check("responses.tool_choice.allowed", SHOULD, of=ALLOWED, spec="RSP-ST-005 OR-016", depth=FULL, again=2)
def test_only_allowed_tools_are_called(exchange: Exchange) -> None:
    """With `allowed_tools`, only the tools that it names SHOULD be called, even where another fits better."""
    only_time(exchange, "allowed_tools")


UNKNOWN = TOOLS.wrong(tool_choice={"type": "function", "name": "no_such_tool"})


@check("responses.tool_choice.unknown", SHOULD, of=UNKNOWN, spec="RSP-REQ-011 RSP-ST-005", depth=FULL)
def test_an_undeclared_tool_cannot_be_chosen(exchange: Exchange) -> None:
    """A `tool_choice` that names a tool which is not declared SHOULD be refused with 400."""
    refused(exchange)


ALONE = HELLO.wrong(tool_choice="required")


@check("responses.tool_choice.without_tools", SHOULD, of=ALONE, spec="RSP-REQ-011 RSP-ST-005", depth=FULL)
def test_a_choice_needs_tools(exchange: Exchange) -> None:
    """`tool_choice: "required"` without `tools` SHOULD be refused with 400."""
    refused(exchange)


@check("responses.tool_choice.word", SHOULD, of=TOOLS.wrong(tool_choice="perhaps"), spec="RSP-REQ-011", depth=FULL)
def test_an_unknown_choice_is_refused(exchange: Exchange) -> None:
    """An unknown `tool_choice` SHOULD be refused with 400."""
    refused(exchange)


ONE_AT_A_TIME = BOTH.but(parallel_tool_calls=False)


@check("responses.tool_choice.one_at_a_time", SHOULD, of=ONE_AT_A_TIME, spec="RSP-REQ-012", depth=FULL, again=2)
def test_calls_may_be_kept_apart(exchange: Exchange) -> None:
    """With `parallel_tool_calls: false`, at most one tool SHOULD be called."""
    exchange.accepted()
    made = len(calls(exchange))
    seen(made, "no tool was called")
    honoured(made <= 1, f"parallel_tool_calls false was accepted, and {made} tools were called at once")


LEVEL: dict[str, Any] = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["low", "high"]}, "count": {"type": "integer"}},
    "required": ["level", "count"],
    "additionalProperties": False,
}
#: The question asks for what the schema forbids: another level, a word for a number, a key of its own.
TEMPTED = 'Call set_level with exactly these arguments: {"level": "gigantic", "count": "three", "note": "please"}'
STRICT = CALLED.but(input=[user(TEMPTED)], tools=[function("set_level", "Sets the level.", LEVEL, strict=True)])


@check("responses.tool_choice.strict", SHOULD, of=STRICT, spec="RSP-REQ-010 RSP-ST-007", depth=FULL, again=2)
def test_a_strict_tool_is_called_by_its_schema(exchange: Exchange) -> None:
    """With `strict: true`, the arguments of a call SHOULD conform to the tool's schema, whatever the question asks."""
    made = calls(exchange)
    seen(made, "no tool was called")
    value = parsed(made[0]["arguments"])
    seen(isinstance(value, dict), "the arguments are no JSON object")
    fits = set(value) == {"level", "count"} and value["level"] in ("low", "high")
    honoured(
        fits and type(value["count"]) is int, f"strict was accepted, and the arguments are {made[0]['arguments']:.80}"
    )


NOTE = {"type": "custom", "name": "write_note", "description": "Writes down any text."}
CUSTOM = TOOLS.but(
    input=[user("Write a note that says hello.")], tools=[NOTE], tool_choice={"type": "custom", "name": "write_note"}
)


@check("responses.custom.called", SHOULD, of=CUSTOM, spec="RSP-ITEM-012 RSP-REQ-011", depth=FULL, again=2)
def test_a_custom_tool_is_called(exchange: Exchange) -> None:
    """A custom tool that is chosen SHOULD be called, in an item of the type `custom_tool_call`."""
    exchange.accepted()
    made = items(exchange, "custom_tool_call")
    honoured(made or calls(exchange), "a custom tool was accepted and chosen, and no tool was called")
    honoured(made, "a custom tool was accepted and chosen, and a function was called")
    assert made[0]["name"] == "write_note", f"calls {made[0]['name']!r}"
    assert made[0]["input"], "the call has no input"


NOTED = {"type": "custom_tool_call", "call_id": "call_0123456789abcdefABCDEF08", "name": "write_note", "input": "hello"}
WRITTEN = {"type": "custom_tool_call_output", "call_id": "call_0123456789abcdefABCDEF08", "output": "Done."}


@check(
    "responses.custom.round_trip",
    SHOULD,
    of=CUSTOM.but(input=[ASK_WEATHER, NOTED, WRITTEN], tool_choice=OMIT),
    spec="RSP-IN-008",
    depth=FULL,
)
def test_the_output_of_a_custom_tool_is_taken(exchange: Exchange) -> None:
    """A `custom_tool_call` and its `custom_tool_call_output` SHOULD be taken in the input."""
    exchange.accepted()
