"""Custom tools: called with plain text, and answered."""

from __future__ import annotations

from functools import partial

from samewire import (
    FULL,
    OMIT,
    SHOULD,
    Blocked,
    Exchange,
    Request,
    Steps,
    assistant,
    check,
    honoured,
    scenario,
    seen,
    user,
)

from ..chat.effects import told_effect
from ..chat.packing import packed
from .effects import arrives
from .reading import STARVED, calls, holds, input_tokens, items, parsed, starved
from .requests import TOOLS, WEATHER

NOTE = {"type": "custom", "name": "write_note", "description": "Writes down any text."}
NOTED = {"type": "custom_tool_call", "call_id": "call_0123456789abcdefABCDEF08", "name": "write_note", "input": "hello"}
ASK_NOTE = user("Write a note that says hello.")
BY_CUSTOM = {"tools": [NOTE], "tool_choice": {"type": "custom", "name": "write_note"}}
CUSTOM = TOOLS.but(input=[ASK_NOTE], **BY_CUSTOM)
#: The question asks for another tool than the one that is chosen.
CUSTOM_BESIDE = TOOLS.but(**{**BY_CUSTOM, "tools": [WEATHER, NOTE]})
FIG, ASK_FIG = "FIG3366", "Which code word did the tool tell? Write a note that holds it, and nothing else."

TELLS_FIG = f"A code word is {FIG}."


def written(output: str) -> dict[str, str]:
    """What the custom tool gave when it was called."""
    return {"type": "custom_tool_call_output", "call_id": NOTED["call_id"], "output": output}


def once_more(output: str) -> Request:
    """A custom tool was called once and has answered; what it said is to be noted by calling it again."""
    return TOOLS.but(**BY_CUSTOM, input=[ASK_NOTE, NOTED, written(output), user(ASK_FIG)])


CUSTOM_AGAIN, CUSTOM_UNTOLD = once_more(f"Done. {TELLS_FIG}"), once_more("Done.")
#: The same told by the assistant: who looks for it in the last message alone does not find it there either.
CUSTOM_TOLD = CUSTOM_UNTOLD.but(
    input=[*CUSTOM_UNTOLD.body["input"][:-1], assistant(f"The tool told a code word. {TELLS_FIG}"), user(ASK_FIG)]
)


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
    seen(not starved(exchange), STARVED)
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
    of=packed(CUSTOM_AGAIN, CUSTOM.but(input=[ASK_NOTE, NOTED, written("Done.")], tool_choice=OMIT)),
    spec="RSP-IN-008",
    depth=FULL,
)
def test_the_output_of_a_custom_tool_is_taken(exchange: Exchange) -> None:
    """A `custom_tool_call` and its `custom_tool_call_output` SHOULD be taken in the input."""
    exchange.accepted()


def noted(exchange: Exchange) -> str:
    """What the custom tool is given."""
    return " ".join(item["input"] for item in items(exchange, "custom_tool_call"))


#: Whether something reaches the model, by what it gives to the custom tool.
effect = partial(told_effect, said=noted, counted=input_tokens)


@scenario(CUSTOM_AGAIN, spare=(CUSTOM_TOLD, CUSTOM_UNTOLD))
def told_by_a_custom_tool() -> Steps:
    """A code word that a custom tool told, noted by calling it again; if it is not, one that the assistant tells."""
    return (yield from effect(CUSTOM_AGAIN, CUSTOM_TOLD, CUSTOM_UNTOLD, lambda said: FIG in said))


@check("responses.custom.output_arrives", SHOULD, of=told_by_a_custom_tool, spec="RSP-IN-008", depth=FULL, again=2)
def test_the_output_of_a_custom_tool_arrives(exchange: Exchange) -> None:
    """What a custom tool gave SHOULD reach the model."""
    if exchange.found is None:
        raise Blocked("it is refused", cause="check:responses.custom.round_trip")
    arrives(exchange, "the output of the custom tool")
