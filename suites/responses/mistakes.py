"""Requests that are wrong: each is refused, and none is clamped, passed over or taken for something else.

Some ask for a stream: who begins one before the request is read takes there what is refused otherwise.
"""

from __future__ import annotations

from typing import Any

from samewire import FULL, MUST, OMIT, SHOULD, Exchange, Request, check, shown, user

from .errors import NO_CONTENT, NUMBER_STREAM
from .reading import calls, failed, refused
from .requests import ASK_WEATHER, BARE, HELLO, PARIS, TOOLS, WEATHER


def given(*items: Any, **more: Any) -> Request:
    """Input that must be refused."""
    return HELLO.wrong(input=list(items), **more)


@check(
    "responses.mistakes.no_model",
    MUST,
    of=HELLO.wrong(model=OMIT),
    spec="RSP-REQ-001 ERR-CASE-009",
    depth=FULL,
    needs=("model",),
)
def test_a_request_needs_a_model(exchange: Exchange) -> None:
    """A request without `model` MUST be refused."""
    refused(exchange)


@check("responses.mistakes.input_type", SHOULD, of=NUMBER_STREAM, spec="RSP-REQ-002 ERR-CASE-010", depth=FULL)
def test_input_is_text_or_items(exchange: Exchange) -> None:
    """`input` of another type than a string or an array SHOULD be refused with 400."""
    refused(exchange)


WIZARD = {"role": "wizard", "content": "Say hello."}


@check("responses.mistakes.unknown_role", SHOULD, of=given(WIZARD), spec="RSP-IN-001 ERR-CASE-012", depth=FULL)
def test_an_unknown_role_is_refused(exchange: Exchange) -> None:
    """A message of an unknown role SHOULD be refused with 400."""
    refused(exchange)


STRANGE = {"type": "telepathy", "content": "Say hello."}


@check(
    "responses.mistakes.unknown_item",
    SHOULD,
    of=given(user("Hi."), STRANGE),
    spec="RSP-IN-001 ERR-CASE-012",
    depth=FULL,
)
def test_an_unknown_item_is_refused(exchange: Exchange) -> None:
    """An item of an unknown type SHOULD be refused with 400, not dropped."""
    refused(exchange)


PART = {"type": "telepathy", "telepathy": "Say hello."}


@check("responses.mistakes.unknown_part", SHOULD, of=given(user([PART])), spec="RSP-IN-003 ERR-CASE-012", depth=FULL)
def test_an_unknown_part_is_refused(exchange: Exchange) -> None:
    """A part of an unknown type SHOULD be refused with 400, not dropped."""
    refused(exchange)


@check("responses.mistakes.content_type", SHOULD, of=NO_CONTENT, spec="RSP-IN-001 ERR-CASE-010", depth=FULL)
def test_content_is_text_or_parts(exchange: Exchange) -> None:
    """A message whose `content` is a number SHOULD be refused with 400."""
    refused(exchange)


STRAY = {"type": "function_call_output", "call_id": "call_nobody_made", "output": "Fine."}


@check(
    "responses.mistakes.stray_output", SHOULD, of=given(ASK_WEATHER, STRAY, stream=True), spec="RSP-IN-006", depth=FULL
)
def test_an_output_needs_a_call(exchange: Exchange) -> None:
    """An output whose `call_id` is that of no call SHOULD be refused with 400."""
    refused(exchange)


@check(
    "responses.mistakes.unanswered_call",
    SHOULD,
    of=TOOLS.wrong(input=[ASK_WEATHER, PARIS, user("Say hello again.")]),
    spec="RSP-IN-010 RSP-ST-003",
    depth=FULL,
)
def test_a_call_wants_its_output(exchange: Exchange) -> None:
    """A `function_call` of the input whose output does not follow SHOULD be refused with 400."""
    refused(exchange)


@check(
    "responses.mistakes.temperature",
    SHOULD,
    of=HELLO.wrong(temperature=2.5, stream=True),
    spec="RSP-REQ-005 ERR-CASE-011",
    depth=FULL,
)
def test_a_temperature_above_two_is_refused(exchange: Exchange) -> None:
    """A `temperature` above 2 SHOULD be refused with 400."""
    refused(exchange)


@check(
    "responses.mistakes.number_as_text",
    SHOULD,
    of=HELLO.wrong(temperature="hot"),
    spec="RSP-REQ-005 ERR-CASE-010",
    depth=FULL,
)
def test_a_number_is_no_word(exchange: Exchange) -> None:
    """A parameter of the wrong type SHOULD be refused with 400."""
    refused(exchange)


@check("responses.mistakes.top_p", SHOULD, of=HELLO.wrong(top_p=1.5), spec="RSP-REQ-005 ERR-CASE-011", depth=FULL)
def test_top_p_above_one_is_refused(exchange: Exchange) -> None:
    """A `top_p` above 1 SHOULD be refused with 400."""
    refused(exchange)


MANY = HELLO.wrong(metadata={f"key{number}": "value" for number in range(17)}, stream=True)


@check("responses.mistakes.metadata", SHOULD, of=MANY, spec="RSP-REQ-017", depth=FULL)
def test_seventeen_pairs_are_refused(exchange: Exchange) -> None:
    """`metadata` of more than 16 pairs SHOULD be refused with 400."""
    refused(exchange)


LIMITLESS = HELLO.wrong(max_output_tokens="many")


@check("responses.mistakes.limit", SHOULD, of=LIMITLESS, spec="RSP-REQ-004 ERR-CASE-010", depth=FULL)
def test_a_limit_is_a_number(exchange: Exchange) -> None:
    """`max_output_tokens` that is a word SHOULD be refused with 400, not dropped."""
    refused(exchange)


#: A tool of no kind that there is, beside one that is.
NO_KIND = TOOLS.wrong(tools=[WEATHER, {"type": "telepathy", "name": "read_minds"}])


@check("responses.mistakes.tool_type", SHOULD, of=NO_KIND, spec="RSP-REQ-010 ERR-CASE-012", depth=FULL)
def test_a_tool_is_of_a_kind_that_there_is(exchange: Exchange) -> None:
    """A tool of an unknown `type` SHOULD be refused with 400, not dropped."""
    refused(exchange)


#: A function as Chat Completions has it: its name is not where this protocol looks for it.
AS_IN_CHAT = {"type": "function", "function": {name: value for name, value in WEATHER.items() if name != "type"}}
NESTED = TOOLS.wrong(tools=[AS_IN_CHAT, BARE], tool_choice="required")


@check("responses.mistakes.tool_name", SHOULD, of=NESTED, spec="RSP-REQ-010 OR-023", depth=FULL, again=2)
def test_a_tool_has_a_name(exchange: Exchange) -> None:
    """A function tool without a `name` of its own SHOULD be refused with 400, unless that in `function` is called."""
    if not exchange.ok or failed(exchange):
        refused(exchange)
        return
    names = [call["name"] for call in calls(exchange)]
    shown(WEATHER["name"] in names, f"a tool without a name was accepted, and what is called is {names or 'nothing'}")


#: A name with letters that no name of a tool may have.
SPOKEN_NAME = TOOLS.wrong(tools=[WEATHER, {**BARE, "name": "ask. whether somebody is there?"}])


@check("responses.mistakes.tool_pattern", SHOULD, of=SPOKEN_NAME, spec="OR-023 RSP-REQ-010", depth=FULL)
def test_a_tools_name_has_no_spaces(exchange: Exchange) -> None:
    """A tool whose `name` has other letters than a-z, A-Z, 0-9, _ and - SHOULD be refused with 400."""
    refused(exchange)


@check("responses.mistakes.stream", SHOULD, of=HELLO.wrong(stream="yes"), spec="RSP-REQ-006 ERR-CASE-010", depth=FULL)
def test_stream_is_a_boolean(exchange: Exchange) -> None:
    """A `stream` that is no boolean SHOULD be refused with 400."""
    refused(exchange)


@check("responses.mistakes.include", SHOULD, of=HELLO.wrong(include=["everything"]), spec="RSP-REQ-016", depth=FULL)
def test_only_what_there_is_is_included(exchange: Exchange) -> None:
    """An `include` of something that there is not SHOULD be refused with 400."""
    refused(exchange)


IN_NONE = HELLO.wrong(conversation="conv_0123456789abcdef0123456789abcdef0123456789abcdef")


@check("responses.mistakes.conversation", SHOULD, of=IN_NONE, spec="RSP-REQ-009", depth=FULL)
def test_a_conversation_must_exist(exchange: Exchange) -> None:
    """A `conversation` that does not exist SHOULD be refused, not passed over."""
    refused(exchange)
