"""Values beyond what is documented are refused, not clamped, passed over, or answered with a 5xx.

Some ask for a stream, as some mistakes do.
"""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check

from .reading import refused
from .requests import HELLO, TOOLS


@check(
    "chat.ranges.temperature_below",
    SHOULD,
    of=HELLO.wrong(temperature=-0.5, stream=True),
    spec="CHAT-REQ-003",
    depth=FULL,
)
def test_a_negative_temperature_is_refused(exchange: Exchange) -> None:
    """A `temperature` below 0 SHOULD be refused with 400, for a stream as well."""
    refused(exchange)


@check("chat.ranges.top_p", SHOULD, of=HELLO.wrong(top_p=1.5), spec="CHAT-REQ-004 ERR-CASE-011", depth=FULL)
def test_top_p_above_one_is_refused(exchange: Exchange) -> None:
    """A `top_p` above 1 SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.presence_penalty", SHOULD, of=HELLO.wrong(presence_penalty=3), spec="CHAT-REQ-011", depth=FULL)
def test_a_presence_penalty_above_two_is_refused(exchange: Exchange) -> None:
    """A `presence_penalty` above 2 SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.frequency_penalty", SHOULD, of=HELLO.wrong(frequency_penalty=-3), spec="CHAT-REQ-011", depth=FULL)
def test_a_frequency_penalty_below_minus_two_is_refused(exchange: Exchange) -> None:
    """A `frequency_penalty` below -2 SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.n", SHOULD, of=HELLO.wrong(n=0), spec="CHAT-REQ-008 ERR-CASE-011", depth=FULL)
def test_no_choice_is_refused(exchange: Exchange) -> None:
    """An `n` of 0 SHOULD be refused with 400."""
    refused(exchange)


STOPS = HELLO.wrong(stop=["one", "two", "three", "four", "five"])


@check("chat.ranges.stop", SHOULD, of=STOPS, spec="CHAT-REQ-009", depth=FULL)
def test_five_stops_are_refused(exchange: Exchange) -> None:
    """More than four `stop` sequences SHOULD be refused with 400, not cut to four in silence."""
    refused(exchange)


@check("chat.ranges.logit_bias", SHOULD, of=HELLO.wrong(logit_bias={"100": 101}), spec="CHAT-REQ-012", depth=FULL)
def test_a_bias_above_a_hundred_is_refused(exchange: Exchange) -> None:
    """A `logit_bias` above 100 SHOULD be refused with 400."""
    refused(exchange)


MANY = HELLO.wrong(logprobs=True, top_logprobs=21)


@check("chat.ranges.top_logprobs", SHOULD, of=MANY, spec="CHAT-REQ-014 ERR-CASE-011", depth=FULL)
def test_more_than_twenty_alternatives_are_refused(exchange: Exchange) -> None:
    """A `top_logprobs` above 20 SHOULD be refused with 400."""
    refused(exchange)


@check(
    "chat.ranges.top_logprobs_alone",
    SHOULD,
    of=HELLO.wrong(top_logprobs=2, stream=True),
    spec="CHAT-REQ-014",
    depth=FULL,
)
def test_alternatives_need_logprobs(exchange: Exchange) -> None:
    """`top_logprobs` without `logprobs` SHOULD be refused with 400."""
    refused(exchange)


EFFORT = HELLO.wrong(reasoning_effort="heroic")


@check("chat.ranges.reasoning_effort", SHOULD, of=EFFORT, spec="CHAT-REQ-023 ERR-CASE-012", depth=FULL)
def test_an_unknown_effort_is_refused(exchange: Exchange) -> None:
    """An unknown `reasoning_effort` SHOULD be refused with 400."""
    refused(exchange)


TIER = HELLO.wrong(service_tier="first class", stream=True)


@check("chat.ranges.service_tier", SHOULD, of=TIER, spec="CHAT-REQ-025 ERR-CASE-012", depth=FULL)
def test_an_unknown_tier_is_refused(exchange: Exchange) -> None:
    """An unknown `service_tier` SHOULD be refused with 400."""
    refused(exchange)


OPTIONS = HELLO.wrong(stream_options={"include_usage": True})


@check("chat.ranges.stream_options", SHOULD, of=OPTIONS, spec="CHAT-REQ-017", depth=FULL)
def test_stream_options_need_a_stream(exchange: Exchange) -> None:
    """`stream_options` without `stream: true` SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.stream", SHOULD, of=HELLO.wrong(stream="yes"), spec="CHAT-REQ-016 ERR-CASE-010", depth=FULL)
def test_stream_is_a_boolean(exchange: Exchange) -> None:
    """A `stream` that is no boolean SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.tools", SHOULD, of=HELLO.wrong(tools="hammer"), spec="CHAT-REQ-019 ERR-CASE-010", depth=FULL)
def test_tools_are_an_array(exchange: Exchange) -> None:
    """`tools` of another type than an array SHOULD be refused with 400."""
    refused(exchange)


NAMELESS = HELLO.wrong(tools=[{"type": "function", "function": {"description": "Does something."}}])


@check("chat.ranges.tool_name", SHOULD, of=NAMELESS, spec="CHAT-TOOL-001 ERR-CASE-008", depth=FULL)
def test_a_tool_has_a_name(exchange: Exchange) -> None:
    """A function tool without a name SHOULD be refused with 400."""
    refused(exchange)


SPACED = HELLO.wrong(tools=[{"type": "function", "function": {"name": "get the weather!"}}])


@check("chat.ranges.tool_name_letters", SHOULD, of=SPACED, spec="CHAT-TOOL-001", depth=FULL)
def test_a_tools_name_is_a_word(exchange: Exchange) -> None:
    """A function's name with other letters than `[a-zA-Z0-9_-]` SHOULD be refused with 400."""
    refused(exchange)


@check("chat.ranges.tool_choice", SHOULD, of=TOOLS.wrong(tool_choice="perhaps"), spec="CHAT-REQ-020", depth=FULL)
def test_an_unknown_tool_choice_is_refused(exchange: Exchange) -> None:
    """An unknown `tool_choice` SHOULD be refused with 400."""
    refused(exchange)
