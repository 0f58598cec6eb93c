"""Requests that are wrong: each is refused, and none is taken for something else.

Some of them ask for a stream: who begins a stream before the request is read takes there what is refused otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from samewire import FULL, MUST, OMIT, SHOULD, Every, Exchange, assistant, check, seen, text, tool_result, user

from .reading import late, refused
from .requests import ASK_WEATHER, HELLO, NO_MODEL, STREAM, TOOLS


@check("chat.mistakes.no_model", MUST, of=HELLO.wrong(model=OMIT), spec="CHAT-REQ-002 ERR-CASE-009", needs=("model",))
def test_a_request_needs_a_model(exchange: Exchange) -> None:
    """A request without `model` MUST be refused."""
    refused(exchange)


@check("chat.mistakes.no_messages", MUST, of=HELLO.wrong(messages=OMIT, stream=True), spec="CHAT-REQ-001 ERR-CASE-008")
def test_a_request_needs_messages(exchange: Exchange) -> None:
    """A request without `messages` MUST be refused."""
    refused(exchange)


@check("chat.mistakes.empty_messages", MUST, of=HELLO.wrong(messages=[]), spec="CHAT-REQ-001", depth=FULL)
def test_a_request_needs_a_message(exchange: Exchange) -> None:
    """An empty array of `messages` MUST be refused."""
    refused(exchange)


@check(
    "chat.mistakes.messages_type",
    SHOULD,
    of=HELLO.wrong(messages="Say hello."),
    spec="ERR-CASE-010 CHAT-REQ-037",
    depth=FULL,
)
def test_messages_are_an_array(exchange: Exchange) -> None:
    """`messages` of another type than an array SHOULD be refused with 400."""
    refused(exchange)


NUMBER = STREAM.wrong(messages=[user(5)])


@check("chat.mistakes.content_type", SHOULD, of=NUMBER, spec="ERR-CASE-010", depth=FULL)
def test_content_is_text_or_parts(exchange: Exchange) -> None:
    """A message whose `content` is a number SHOULD be refused with 400."""
    refused(exchange)


IN_STREAMS = Every(
    witness=(NUMBER,), path="chat/completions", statuses=range(100, 600), streamed=True, method="POST", wrong=True
)


@check("chat.mistakes.in_streams", SHOULD, of=IN_STREAMS, spec="CHAT-STR-034", depth=FULL)
def test_a_mistake_is_refused_before_the_stream(exchange: Exchange) -> None:
    """Where a stream is asked for, a mistake SHOULD be refused with a status, not with 200 and an error within."""
    seen(late(exchange) or 400 <= exchange.status < 500, "it is not refused, which has a cell of its own")
    seen(exchange.request.body.get("model") != NO_MODEL, "it is the model, which has a cell of its own")
    what = "an error" if exchange.stream_error is not None else "nothing"
    assert not late(exchange), f"answered {exchange.status}, with {what} in the stream"


WIZARD = {"role": "wizard", "content": "Say hello."}


@check(
    "chat.mistakes.unknown_role",
    SHOULD,
    of=HELLO.wrong(messages=[WIZARD]),
    spec="CHAT-MSG-020 ERR-CASE-012",
    depth=FULL,
)
def test_an_unknown_role_is_refused(exchange: Exchange) -> None:
    """A message of an unknown role SHOULD be refused with 400."""
    refused(exchange)


UNKNOWN_PART = HELLO.wrong(messages=[user([{"type": "telepathy", "telepathy": "Say hello."}])], stream=True)


@check("chat.mistakes.unknown_part", SHOULD, of=UNKNOWN_PART, spec="CHAT-MSG-020", depth=FULL)
def test_an_unknown_part_is_refused(exchange: Exchange) -> None:
    """A content part of an unknown type SHOULD be refused with 400, not dropped."""
    refused(exchange)


@check(
    "chat.mistakes.number_as_text",
    SHOULD,
    of=HELLO.wrong(temperature="hot"),
    spec="CHAT-REQ-037 ERR-CASE-010",
    depth=FULL,
)
def test_a_number_is_no_word(exchange: Exchange) -> None:
    """A parameter of the wrong type SHOULD be refused with 400."""
    refused(exchange)


CALL = {
    "id": "call_0123456789abcdefABCDEF02",
    "type": "function",
    "function": {"name": "get_weather", "arguments": "{}"},
}
#: Beside one that answers a call, so that it is seen by who compares ids alone.
ANSWERED = [ASK_WEATHER, assistant(None, tool_calls=[CALL]), tool_result(str(CALL["id"]), "Fine.")]
STRAY = [*ANSWERED, tool_result("call_nobody_made", "Fine.")]


@check(
    "chat.mistakes.stray_result", SHOULD, of=TOOLS.wrong(messages=STRAY, stream=True), spec="CHAT-MSG-008", depth=FULL
)
def test_a_result_needs_a_call(exchange: Exchange) -> None:
    """A message of the role `tool` that answers no call SHOULD be refused with 400."""
    refused(exchange)


NO_ID = [ASK_WEATHER, assistant(None, tool_calls=[CALL]), {"role": "tool", "content": "Fine."}]


FUNCTION = {"name": "get_weather", "arguments": {"city": "Paris"}}
PARSED = [
    ASK_WEATHER,
    assistant(None, tool_calls=[{**CALL, "function": FUNCTION}]),
    tool_result(str(CALL["id"]), "Fine."),
]


@check("chat.mistakes.arguments_type", SHOULD, of=TOOLS.wrong(messages=PARSED), spec="CHAT-MSG-006", depth=FULL)
def test_arguments_are_text(exchange: Exchange) -> None:
    """A call in the history whose `arguments` are an object, and no text, SHOULD be refused with 400."""
    refused(exchange)


@check("chat.mistakes.result_without_id", MUST, of=TOOLS.wrong(messages=NO_ID), spec="CHAT-MSG-007", depth=FULL)
def test_a_result_names_its_call(exchange: Exchange) -> None:
    """A message of the role `tool` without `tool_call_id` MUST be refused."""
    refused(exchange)


@check("chat.mistakes.null_content", SHOULD, of=HELLO.wrong(messages=[user(None)]), spec="CHAT-MSG-002", depth=FULL)
def test_the_content_of_the_user_is_not_null(exchange: Exchange) -> None:
    """A message of the user whose `content` is null SHOULD be refused with 400: only the assistant's may be."""
    refused(exchange)


@check(
    "chat.mistakes.no_role",
    SHOULD,
    of=HELLO.wrong(messages=[{"content": "Say hello."}]),
    spec="CHAT-MSG-020 ERR-CASE-009",
    depth=FULL,
)
def test_a_message_has_a_role(exchange: Exchange) -> None:
    """A message without a `role` SHOULD be refused with 400."""
    refused(exchange)


#: An array, since who takes none for nothing takes null for nothing, too, which has a check of its own.
PARTLESS = HELLO.wrong(messages=[user([])])


@check("chat.mistakes.no_content", SHOULD, of=PARTLESS, spec="CHAT-MSG-002", depth=FULL)
def test_a_user_says_something(exchange: Exchange) -> None:
    """A message of the user without any content, an array of no parts, SHOULD be refused with 400."""
    refused(exchange)


NO_URL = [user([text("Which colour is this?"), {"type": "image_url", "image_url": {"detail": "low"}}])]


@check("chat.mistakes.no_picture", SHOULD, of=HELLO.wrong(messages=NO_URL), spec="CHAT-MSG-014", depth=FULL)
def test_a_picture_has_a_url(exchange: Exchange) -> None:
    """A part `image_url` without a `url` SHOULD be refused with 400, not dropped."""
    refused(exchange)


#: It has all that a function has, so that it is seen by who reads the function and not the type.
HAMMER = [{"type": "hammer", "function": {"name": "get_weather"}}]


@check("chat.mistakes.tool_type", SHOULD, of=HELLO.wrong(tools=HAMMER, stream=True), spec="CHAT-REQ-019", depth=FULL)
def test_an_unknown_kind_of_tool_is_refused(exchange: Exchange) -> None:
    """A tool of an unknown `type` SHOULD be refused with 400, not dropped or taken for a function."""
    refused(exchange)


@check(
    "chat.mistakes.limit_type", SHOULD, of=HELLO.wrong().within({"max_tokens": "many"}), spec="CHAT-REQ-037", depth=FULL
)
def test_a_limit_is_a_number(exchange: Exchange) -> None:
    """A token limit that is no number SHOULD be refused with 400."""
    refused(exchange)


#: Half of a letter that takes two in UTF-16, as who cuts a text there sends it: nothing that a server should die of.
HALF = replace(HELLO.wrong(seed="lucky", messages=[user("Say hello. \ud83d")]), style="odd")


@check("chat.mistakes.seed_type", SHOULD, of=HALF, spec="ERR-CASE-010 CHAT-REQ-015", depth=FULL)
def test_a_seed_is_a_number(exchange: Exchange) -> None:
    """A `seed` that is no number SHOULD be refused with 400."""
    refused(exchange)


@check("chat.mistakes.choices_type", SHOULD, of=HELLO.wrong(n="two"), spec="CHAT-REQ-037 CHAT-REQ-008", depth=FULL)
def test_a_number_of_choices_is_a_number(exchange: Exchange) -> None:
    """An `n` that is no number SHOULD be refused with 400."""
    refused(exchange)


WORDLESS = HELLO.wrong(messages=[user([text("Say hello."), {"type": "text"}])])


@check("chat.mistakes.wordless_part", SHOULD, of=WORDLESS, spec="CHAT-MSG-013", depth=FULL)
def test_a_part_of_text_has_text(exchange: Exchange) -> None:
    """A part of the type `text` without `text` SHOULD be refused with 400, not dropped."""
    refused(exchange)


SHAPELESS = HELLO.wrong(response_format={"type": "json_schema"})


@check("chat.mistakes.no_schema", SHOULD, of=SHAPELESS, spec="CHAT-FMT-004", depth=FULL)
def test_a_schema_is_given(exchange: Exchange) -> None:
    """A `response_format` of the type `json_schema` without one SHOULD be refused with 400, not passed over."""
    refused(exchange)
