"""Blocks of content: judged over every message of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Every, Exchange, check, seen

from .reading import assembled, blocks, fields
from .requests import CALLS, HELLO, MESSAGES

#: Every answer, be it streamed or not.
ANSWERED = Every(witness=(HELLO,), path="messages", method="POST", wrong=False)


@check("messages.blocks.text", MUST, of=MESSAGES, spec="MSG-ENV-009", depth=SMOKE)
def test_text_is_a_string(exchange: Exchange) -> None:
    """A block of `text` MUST have its `text`, a string."""
    fields(exchange, "/content/*/text", "/content/*/citations")


@check("messages.blocks.tool_use", MUST, of=CALLS, spec="MSG-ENV-010")
def test_a_call_has_its_shape(exchange: Exchange) -> None:
    """A block of `tool_use` MUST have an `id` and a `name`, strings that are not empty."""
    fields(exchange, "/content/*/id", "/content/*/name")
    seen(blocks(exchange, "tool_use"), "no tool was called")


@check("messages.blocks.input", MUST, of=CALLS, spec="MSG-ENV-010")
def test_input_is_an_object(exchange: Exchange) -> None:
    """The `input` of a call MUST be an object, never the text of one."""
    fields(exchange, "/content/*/input")
    seen(blocks(exchange, "tool_use"), "no tool was called")


@check("messages.blocks.thinking", MUST, of=MESSAGES, spec="MSG-ENV-011")
def test_a_thought_is_a_string(exchange: Exchange) -> None:
    """A block of `thinking` MUST have its `thinking`, and one of `redacted_thinking` its `data`, strings."""
    fields(exchange, "/content/*/thinking", "/content/*/data")


@check("messages.blocks.signature", SHOULD, of=MESSAGES, spec="MSG-ENV-011 MSG-BLK-010")
def test_a_thought_is_signed(exchange: Exchange) -> None:
    """A block of `thinking` SHOULD have a `signature`, a string: clients pass it back."""
    fields(exchange, "/content/*/signature")


@check("messages.blocks.no_invention", SHOULD, of=ANSWERED, spec="MSG-ENV-015", depth=FULL)
def test_no_tools_do_nothing(exchange: Exchange) -> None:
    """Where no tool is declared, an answer SHOULD NOT tell what one of the server's own did."""
    seen(not (exchange.sent or {}).get("tools"), "tools are declared")
    every = [head for head, _ in assembled(exchange)] if exchange.request.streamed else blocks(exchange)
    odd = [
        kind for block in every if (kind := str(block["type"])) == "server_tool_use" or kind.endswith("_tool_result")
    ]
    assert not odd, f"no tool is declared, and the answer holds {' and '.join(dict.fromkeys(odd))}"


#: What OpenAI's protocols call the parts of an answer: no client of Messages reads them.
FOREIGN = ("output_text", "input_text", "refusal", "reasoning", "function_call", "tool_call", "tool_calls", "message")


@check("messages.blocks.no_foreign", SHOULD, of=ANSWERED, spec="MSG-ENV-009 MSG-ENV-010 MSG-STR-008", depth=FULL)
def test_no_block_is_of_another_protocol(exchange: Exchange) -> None:
    """Words, thoughts and calls SHOULD NOT come in blocks of types such as `output_text`: nobody reads them."""
    every = [head for head, _ in assembled(exchange)] if exchange.request.streamed else blocks(exchange)
    odd = [block["type"] for block in every if block["type"] in FOREIGN]
    assert not odd, f"the answer holds a block of the type {odd[0]!r}"
