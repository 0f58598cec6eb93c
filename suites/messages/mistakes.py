"""Requests that are wrong: each is refused, and none is taken for something else."""

from __future__ import annotations

import re

from samewire import FULL, MUST, OMIT, SHOULD, Exchange, Steps, check, scenario, text, user

from .errors import MESSAGELESS, MISSING, UNKNOWN, refused_in_streams
from .reading import refused
from .requests import CITY, HELLO, TOOLS, tool


@check("messages.mistakes.no_model", MUST, of=HELLO.wrong(model=OMIT), spec="MSG-REQ-001", depth=FULL, needs=("model",))
def test_a_request_needs_a_model(exchange: Exchange) -> None:
    """A request without `model` MUST be refused."""
    refused(exchange)


@scenario(MISSING, spare=(MESSAGELESS,))
def without_messages() -> Steps:
    """No messages, and a member that nobody knows; unless it is the messages that are missed, no messages alone."""
    first: Exchange = yield MISSING
    missed = re.search(r"(?<!/)messages", first.body.decode(errors="replace")) and UNKNOWN not in first.said
    if first.ok or first.status >= 500 or not missed:
        yield MESSAGELESS


@check("messages.mistakes.no_messages", MUST, of=without_messages, spec="MSG-REQ-003")
def test_a_request_needs_messages(exchange: Exchange) -> None:
    """A request without `messages` MUST be refused."""
    refused(exchange)


@check("messages.mistakes.messages_type", SHOULD, of=HELLO.wrong(messages="Say hello."), spec="MSG-REQ-020", depth=FULL)
def test_messages_are_an_array(exchange: Exchange) -> None:
    """`messages` of another type than an array SHOULD be refused with 400."""
    refused(exchange)


#: Whoever passes over content that is missing or null passes over this as well.
EMPTY = [user("Say hello."), user("")]


@check(
    "messages.mistakes.no_content", SHOULD, of=HELLO.wrong(messages=EMPTY), spec="MSG-REQ-020 MSG-REQ-006", depth=FULL
)
def test_a_message_needs_content(exchange: Exchange) -> None:
    """A message of the user's whose `content` is an empty string SHOULD be refused with 400."""
    refused(exchange)


WIZARD = {"role": "wizard", "content": "Say hello."}


@check("messages.mistakes.unknown_role", SHOULD, of=HELLO.wrong(messages=[WIZARD]), spec="MSG-REQ-003", depth=FULL)
def test_an_unknown_role_is_refused(exchange: Exchange) -> None:
    """A message of an unknown role SHOULD be refused with 400."""
    refused(exchange)


STRANGE = user([text("Say hello."), {"type": "telepathy", "telepathy": "Say goodbye."}])
#: In a stream: who begins one before the request is read takes there what is refused otherwise.
UNKNOWN_BLOCK = HELLO.wrong(messages=[STRANGE], stream=True)


@check("messages.mistakes.unknown_block", SHOULD, of=UNKNOWN_BLOCK, spec="MSG-REQ-020", depth=FULL)
def test_an_unknown_block_is_refused(exchange: Exchange) -> None:
    """A content block of an unknown type SHOULD be refused with 400, not dropped."""
    refused_in_streams(exchange)


#: Whoever passes over text that is missing passes over this as well.
TEXTLESS = HELLO.wrong(messages=[user([text("Say hello."), text("")])])


@check("messages.mistakes.empty_text", SHOULD, of=TEXTLESS, spec="MSG-BLK-001 MSG-REQ-020", depth=FULL)
def test_a_text_block_needs_text(exchange: Exchange) -> None:
    """A block of `text` whose `text` is empty SHOULD be refused with 400."""
    refused(exchange)


@check("messages.mistakes.system_type", SHOULD, of=HELLO.wrong(system=5), spec="MSG-REQ-007 MSG-REQ-020", depth=FULL)
def test_a_system_prompt_is_text_or_blocks(exchange: Exchange) -> None:
    """A `system` that is a number SHOULD be refused with 400."""
    refused(exchange)


@check(
    "messages.mistakes.stream_type",
    SHOULD,
    of=HELLO.wrong(stream="perhaps"),
    spec="MSG-REQ-009 MSG-REQ-020",
    depth=FULL,
)
def test_a_boolean_is_no_word(exchange: Exchange) -> None:
    """A word for `stream` SHOULD be refused with 400: who takes any word for true streams to a client that waits."""
    refused(exchange)


@check(
    "messages.mistakes.stop_type",
    SHOULD,
    of=HELLO.wrong(stop_sequences="NEVERMORE"),
    spec="MSG-REQ-008 MSG-REQ-020",
    depth=FULL,
)
def test_stop_sequences_are_an_array(exchange: Exchange) -> None:
    """A string for `stop_sequences` SHOULD be refused with 400, not dropped."""
    refused(exchange)


@check(
    "messages.mistakes.temperature_above",
    SHOULD,
    of=HELLO.wrong(temperature=2.5, stream=True),
    spec="MSG-REQ-010 MSG-REQ-020",
    depth=FULL,
)
def test_a_temperature_far_above_one_is_refused(exchange: Exchange) -> None:
    """A `temperature` far above 1 SHOULD be refused with 400, for a stream as well."""
    refused_in_streams(exchange)


@check(
    "messages.mistakes.top_k_below",
    SHOULD,
    of=HELLO.wrong(top_k=-5),
    spec="MSG-REQ-010 MSG-REQ-020",
    depth=FULL,
)
def test_a_negative_top_k_is_refused(exchange: Exchange) -> None:
    """A `top_k` far below 0 SHOULD be refused with 400."""
    refused(exchange)


NAMELESS = TOOLS.wrong(tools=[{"description": "Tells the weather.", "input_schema": CITY}])
SHAPELESS = TOOLS.wrong(tools=[{"name": "get_weather", "description": "Tells the weather."}])
MISNAMED = TOOLS.wrong(tools=[tool("get the weather!", "Tells the weather.", CITY)])


@check("messages.mistakes.tool_name", MUST, of=NAMELESS, spec="MSG-REQ-012", depth=FULL)
def test_a_tool_needs_a_name(exchange: Exchange) -> None:
    """A tool without a `name` MUST be refused."""
    refused(exchange)


@check("messages.mistakes.tool_schema", MUST, of=SHAPELESS, spec="MSG-REQ-012", depth=FULL)
def test_a_tool_needs_a_schema(exchange: Exchange) -> None:
    """A tool without an `input_schema` MUST be refused."""
    refused(exchange)


@check("messages.mistakes.tool_pattern", SHOULD, of=MISNAMED, spec="MSG-TOOL-004", depth=FULL)
def test_a_tools_name_has_letters_and_digits(exchange: Exchange) -> None:
    """A tool whose name has blanks SHOULD be refused with 400."""
    refused(exchange)
