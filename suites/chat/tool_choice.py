"""`tool_choice`: each of its values does what it says."""

from __future__ import annotations

from samewire import (
    FULL,
    SHOULD,
    Blocked,
    Exchange,
    Steps,
    assistant,
    check,
    honoured,
    scenario,
    seen,
    shown,
    user,
)

from .careful import CHARSET, ORIGIN
from .packing import packed
from .reading import STARVED, calls, chunks, fragments, refused, starved, words
from .requests import BOTH, CALLED_STREAM, FORCED, HELLO, NAMED_TIME, STREAM, TIME, TOOLS, WEATHER
from .tools import answered

NAMED = TOOLS.but(tools=[WEATHER, TIME], tool_choice=NAMED_TIME)


def made(exchange: Exchange) -> int:
    """How many calls a whole or streamed answer makes."""
    exchange.accepted()
    return len(fragments(exchange)) if exchange.streamed else len(calls(exchange))


#: Once a tool was called and has answered, the same question of another city.
LATER = [*answered("It is sunny."), assistant("It is sunny in Paris."), user("And what is the weather in London?")]
NONE = TOOLS.but(messages=LATER, tool_choice="none")
#: The same in a stream, whose JSON is written with escapes and many blanks, with a charset, by a page in a browser.
NONE_STREAM = STREAM.but(**NONE.body, stream_options={"include_usage": False, "include_obfuscation": False})
NONE_ODDLY = NONE_STREAM.having({**CHARSET, **ORIGIN}).written_oddly().written_widely().after(STREAM)


@check(
    "chat.tool_choice.none",
    SHOULD,
    of=packed(NONE_ODDLY, TOOLS.but(tool_choice="none")),
    spec="CHAT-TOOL-002 CHAT-REQ-020",
    again=2,
)
def test_none_calls_nothing(exchange: Exchange) -> None:
    """With `tool_choice: "none"`, no tool SHOULD be called, also where one was called before."""
    honoured(not made(exchange), 'tool_choice "none" was accepted, and a tool was called')


AUTO = TOOLS.but(tool_choice="auto")


@scenario(BOTH, TOOLS, spare=(AUTO,))
def left_to_the_model() -> Steps:
    """Questions that ask for a tool, with `auto` and without; if it is refused or calls none, the second with it."""
    both: Exchange = yield BOTH
    plain: Exchange = yield TOOLS
    if not both.ok or (plain.ok and calling(plain) and not calling(both)):
        yield AUTO


def calling(exchange: Exchange) -> bool:
    """Whether an answer calls a tool, be it in words, which has a cell of its own."""
    try:
        return bool(calls(exchange))
    except Blocked:
        return True


@check("chat.tool_choice.auto", SHOULD, of=left_to_the_model, spec="CHAT-TOOL-003 CHAT-REQ-020", again=2)
def test_auto_is_taken(exchange: Exchange) -> None:
    """`tool_choice: "auto"`, the default, SHOULD be taken, and leave as much to the model as if nothing were said."""
    if not exchange.asked(AUTO):
        return
    exchange.accepted()
    plain = exchange.before[-1]
    silent = plain.ok and calling(plain) and not calling(exchange)
    shown(not silent, 'tool_choice "auto" was accepted, and no tool is called, as one is without it')


@scenario(TOOLS, spare=(AUTO,))
def left_open() -> Steps:
    """A question that asks for a tool, without a word about the choice; if none is called, with `auto`."""
    answer: Exchange = yield TOOLS
    if answer.ok and not calls(answer):
        yield AUTO


@check("chat.tool_choice.default", SHOULD, of=left_open, spec="CHAT-REQ-020 CHAT-TOOL-003", depth=FULL, again=2)
def test_auto_is_the_default(exchange: Exchange) -> None:
    """Without `tool_choice`, tools SHOULD be called as with `auto`: it is the default where there are tools."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    if exchange.before:
        seen(calls(exchange) and words(exchange.before[0]).strip(), "no tool is called with `auto` either")
        shown(False, "with tool_choice `auto` a tool is called, and without a tool_choice none is")


@check("chat.tool_choice.required", SHOULD, of=FORCED, spec="CHAT-TOOL-004 CHAT-REQ-020", again=2)
def test_required_calls_a_tool(exchange: Exchange) -> None:
    """With `tool_choice: "required"`, a tool SHOULD be called, even where none is needed."""
    exchange.accepted()
    seen(calls(exchange) or not starved(exchange), STARVED)
    honoured(calls(exchange), 'tool_choice "required" was accepted, and no tool was called')


@check("chat.tool_choice.named", SHOULD, of=NAMED, spec="CHAT-TOOL-005", again=2)
def test_the_named_tool_is_called(exchange: Exchange) -> None:
    """With a named `tool_choice`, that very tool SHOULD be called, even where another fits better."""
    exchange.accepted()
    names = [call["function"]["name"] for call in calls(exchange)]
    seen(names or not starved(exchange), STARVED)
    honoured(names, "a named tool_choice was accepted, and no tool was called")
    seen({*names} <= {"get_time", "get_weather"}, "a tool is called that nobody declared, which has a cell of its own")
    honoured({*names} == {"get_time"}, f"get_time was named, and {', '.join(names)} was called")


UNKNOWN = TOOLS.wrong(tool_choice={"type": "function", "function": {"name": "no_such_tool"}})


@check("chat.tool_choice.unknown", SHOULD, of=UNKNOWN, spec="CHAT-TOOL-006", depth=FULL)
def test_an_undeclared_tool_cannot_be_chosen(exchange: Exchange) -> None:
    """A `tool_choice` that names a tool which is not declared SHOULD be refused with 400."""
    refused(exchange)


@check(
    "chat.tool_choice.without_tools", SHOULD, of=HELLO.wrong(tool_choice="required"), spec="CHAT-TOOL-007", depth=FULL
)
def test_a_choice_needs_tools(exchange: Exchange) -> None:
    """`tool_choice: "required"` without `tools` SHOULD be refused with 400."""
    refused(exchange)


ONE = BOTH.but(parallel_tool_calls=False)
ONE_STREAM = STREAM.but(**ONE.body)
ONE_FORCED = ONE_STREAM.but(tool_choice="required")


@scenario(ONE_STREAM, spare=(ONE, ONE_FORCED, CALLED_STREAM))
def kept_apart() -> Steps:
    """A question that asks for a tool twice, and one call at a time; if none comes, one is forced, so and otherwise."""
    answer: Exchange = yield ONE_STREAM
    if not answer.ok:
        answer = yield ONE
    if answer.ok and not made(answer):
        answer = yield ONE_FORCED
        if answer.ok and not made(answer):
            return (yield CALLED_STREAM)


@check(
    "chat.tool_choice.one_at_a_time",
    SHOULD,
    of=kept_apart,
    spec="CHAT-TOOL-011 CHAT-REQ-021",
    depth=FULL,
    again=2,
)
def test_calls_may_be_kept_apart(exchange: Exchange) -> None:
    """With `parallel_tool_calls: false`, at most one tool SHOULD be called."""
    usual: Exchange | None = exchange.found
    lost = usual is not None and usual.ok and made(usual) > 0
    seen(not lost or not starved(exchange.before[-1]), STARVED)
    honoured(not lost, "a tool must be called, one at a time, and none is called, though one is otherwise")
    seen(usual is None, "no tool was called")
    count = made(exchange)
    seen(count, "no tool was called")
    honoured(count <= 1, f"parallel_tool_calls false was accepted, and {count} tools were called at once")


@scenario(STREAM, NONE_ODDLY)
def plain_and_declined() -> Steps:
    """A stream without a word about usage, and one that declines it."""
    yield STREAM
    yield NONE_ODDLY


@check("chat.stream_usage.declined", SHOULD, of=plain_and_declined, spec="CHAT-STR-017 CHAT-REQ-017", depth=FULL)
def test_usage_may_be_declined(exchange: Exchange) -> None:
    """With `include_usage: false`, no chunk SHOULD carry `usage`, as without it."""
    plain = exchange.before[0]
    seen(exchange.ok and plain.ok, "it is refused, which has a cell of its own")
    seen(not any(chunk.get("usage") for chunk in chunks(plain)), "usage comes unasked as well")
    honoured(
        not any(chunk.get("usage") for chunk in chunks(exchange)), "include_usage false was accepted, and usage came"
    )
