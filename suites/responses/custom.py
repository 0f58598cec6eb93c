"""Custom tools: called with plain text, and answered."""

from __future__ import annotations

from samewire import FULL, OMIT, SHOULD, Exchange, check, honoured, user

from ..chat.packing import packed
from .reading import calls, holds, items, parsed
from .requests import TOOLS

NOTE = {"type": "custom", "name": "write_note", "description": "Writes down any text."}
NOTED = {"type": "custom_tool_call", "call_id": "call_0123456789abcdefABCDEF08", "name": "write_note", "input": "hello"}
WRITTEN = {"type": "custom_tool_call_output", "call_id": "call_0123456789abcdefABCDEF08", "output": "Done."}
ASK_NOTE = user("Write a note that says hello.")
BY_CUSTOM = {"tools": [NOTE], "tool_choice": {"type": "custom", "name": "write_note"}}
CUSTOM = TOOLS.but(input=[ASK_NOTE], **BY_CUSTOM)
#: The same after a custom tool was called once, and has answered.
CUSTOM_AGAIN = TOOLS.but(**BY_CUSTOM, input=[ASK_NOTE, NOTED, WRITTEN, ASK_NOTE])


@check(
    "responses.custom.called",
    SHOULD,
    of=packed(CUSTOM_AGAIN, CUSTOM),
    spec="RSP-ITEM-012 RSP-REQ-011",
    depth=FULL,
    again=2,
)
def test_a_custom_tool_is_called(exchange: Exchange) -> None:
    """A custom tool that is chosen SHOULD be called, in a `custom_tool_call` whose `input` is plain text."""
    exchange.accepted()
    holds(exchange, "/output/*/input")
    called = items(exchange, "custom_tool_call")
    honoured(called or calls(exchange), "a custom tool was accepted and chosen, and no tool was called")
    honoured(called, "a custom tool was accepted and chosen, and a function was called")
    assert called[0]["name"] == "write_note", f"calls {called[0]['name']!r}"
    said = called[0]["input"]
    assert said, "the call has no input"
    wrapped = parsed(said)
    assert wrapped not in ({}, []), f"the input is {said!r}: arguments that a function would have, and no text"
    assert not (isinstance(wrapped, dict) and set(wrapped) == {"input"}), f"the input is wrapped in JSON: {said[:60]!r}"


@check(
    "responses.custom.round_trip",
    SHOULD,
    of=packed(CUSTOM_AGAIN, CUSTOM.but(input=[ASK_NOTE, NOTED, WRITTEN], tool_choice=OMIT)),
    spec="RSP-IN-008",
    depth=FULL,
)
def test_the_output_of_a_custom_tool_is_taken(exchange: Exchange) -> None:
    """A `custom_tool_call` and its `custom_tool_call_output` SHOULD be taken in the input."""
    exchange.accepted()
