"""Choices of tools that are told in a stream, and those that can't be heeded."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, scenario, seen

from .reading import calls, refused
from .requests import CALLED_STREAM, HELLO, STREAM, TOOLS
from .tool_choice import ALLOWED, ALLOWED_TIME, LONGEST, allowed_by, chosen_alone, streamed_choice

#: Allows the one tool that nothing is asked about; with what is told again later.
ALLOWED_STREAM = STREAM.but(**{**ALLOWED_TIME.body, **LONGEST, "instructions": ALLOWED.body["instructions"]})


@scenario(ALLOWED, ALLOWED_STREAM, spare=(ALLOWED_TIME, CALLED_STREAM))
def allowed_whole_and_streamed() -> Steps:
    """One of two tools allowed, whole and in a stream."""
    yield ALLOWED
    yield from streamed_choice(ALLOWED_STREAM, ALLOWED_TIME)


@check(
    "responses.tool_choice.allowed_stream",
    SHOULD,
    of=allowed_whole_and_streamed,
    spec="RSP-ST-005 OR-016",
    depth=FULL,
    again=2,
)
def test_only_allowed_tools_are_called_in_streams(exchange: Exchange) -> None:
    """With `allowed_tools`, only the tools that it names SHOULD be called in streams too, if they are otherwise."""
    whole = exchange.before[0]
    heeded = not whole.ok or {call["name"] for call in calls(whole)} == {allowed_by(whole.request)}
    seen(heeded, "they are not when nothing is streamed either, which has a cell of its own")
    chosen_alone(exchange, allowed_by(ALLOWED_STREAM), "allowed_tools")


UNKNOWN = TOOLS.wrong(tool_choice={"type": "function", "name": "no_such_tool"})


@check("responses.tool_choice.unknown", SHOULD, of=UNKNOWN, spec="RSP-REQ-011 RSP-ST-005", depth=FULL)
def test_an_undeclared_tool_cannot_be_chosen(exchange: Exchange) -> None:
    """A `tool_choice` that names a tool which is not declared SHOULD be refused with 400."""
    refused(exchange)


TOOLLESS = HELLO.wrong(tool_choice="required")


@check("responses.tool_choice.without_tools", SHOULD, of=TOOLLESS, spec="RSP-REQ-011 RSP-ST-005", depth=FULL)
def test_a_choice_needs_tools(exchange: Exchange) -> None:
    """`tool_choice: "required"` without any tools SHOULD be refused with 400: nothing can be called."""
    refused(exchange)


@check("responses.tool_choice.word", SHOULD, of=TOOLS.wrong(tool_choice="perhaps"), spec="RSP-REQ-011", depth=FULL)
def test_an_unknown_choice_is_refused(exchange: Exchange) -> None:
    """An unknown `tool_choice` SHOULD be refused with 400."""
    refused(exchange)
