"""`tool_choice`: each of its values does what it says."""

from __future__ import annotations

from samewire import FULL, LIMIT, SHOULD, Exchange, Request, Scenario, Steps, check, honoured, scenario, seen

from ..chat.reading import STARVED
from .errors import refused_in_streams
from .reading import calls, ended, message, refused, stream_reason, streamed_calls, streamed_words, words
from .requests import ASK_TWICE, BOTH, FORCED, FORCED_STREAM, HELLO, STREAM, TIME, TOOLS, WEATHER, streamed
from .tools import RESTARTED, called


@scenario(FORCED, FORCED_STREAM)
def called_and_streamed() -> Steps:
    """The same forced call, whole and streamed."""
    yield FORCED
    yield FORCED_STREAM


NAMED = TOOLS.but(tools=[WEATHER, TIME], tool_choice={"type": "tool", "name": "get_time"})


def either(request: Request) -> Scenario:
    """A request for a stream, and where streams are refused or break off, or this one is refused, for a message."""
    stream = streamed(request)

    def steps() -> Steps:
        usual: Exchange = yield STREAM
        first: Exchange | None = (yield stream) if usual.ok and usual.stream_error is None else None
        if first is None or not first.ok:
            yield request

    return scenario(STREAM, stream, spare=(request,), name=f".{request.id}")(steps)


def made(exchange: Exchange) -> int:
    """How many calls an answer holds, streamed or not."""
    return len(streamed_calls(exchange) if exchange.request.streamed else calls(exchange))


def starved(exchange: Exchange) -> bool:
    """Whether the limit ended an answer with neither words nor calls: it thought, or a call was on its way."""
    if exchange.request.streamed:
        return stream_reason(exchange) == "max_tokens" and not streamed_words(exchange) and not made(exchange)
    return bool(message(exchange)["stop_reason"] == "max_tokens") and not words(exchange) and not made(exchange)


NONE = TOOLS.but(tool_choice={"type": "none"})


@check("messages.tool_choice.none", SHOULD, of=either(NONE), spec="MSG-TOOL-001", again=2)
def test_none_calls_nothing(exchange: Exchange) -> None:
    """With a `tool_choice` of `none`, no tool SHOULD be called, in streams neither."""
    exchange.accepted()
    honoured(not made(exchange), "tool_choice none was accepted, and a tool was called")


@check("messages.tool_choice.auto", SHOULD, of=BOTH, spec="MSG-REQ-013", depth=FULL)
def test_auto_is_taken(exchange: Exchange) -> None:
    """A `tool_choice` of `auto`, the default, SHOULD be taken."""
    exchange.accepted()


@check("messages.tool_choice.any", SHOULD, of=FORCED, spec="MSG-TOOL-001 MSG-REQ-013", again=2)
def test_any_calls_a_tool(exchange: Exchange) -> None:
    """With a `tool_choice` of `any`, a tool SHOULD be called, even where none is needed."""
    exchange.accepted()
    seen(not starved(exchange), STARVED)
    honoured(calls(exchange), "tool_choice any was accepted, and no tool was called")


@check("messages.tool_choice.any_stream", SHOULD, of=called_and_streamed, spec="MSG-TOOL-001 MSG-REQ-013", again=2)
def test_any_calls_a_tool_in_streams(exchange: Exchange) -> None:
    """With a `tool_choice` of `any`, a tool SHOULD be called in streams, too."""
    seen(not starved(exchange), STARVED)
    honoured(streamed_calls(exchange), "tool_choice any was accepted, and no tool was called in the stream")


@scenario(RESTARTED, spare=(NAMED,))
def named() -> Steps:
    """A tool that is named where none is needed, in a stream; if it isn't called, another one, whole."""
    first: Exchange = yield RESTARTED
    # A tool may be called several times where that isn't disabled.
    if {*map(str, called(first))} != {"restart"}:
        yield NAMED


@check("messages.tool_choice.named", SHOULD, of=named, spec="MSG-TOOL-001 MSG-REQ-013", again=2)
def test_the_named_tool_is_called(exchange: Exchange) -> None:
    """With a `tool_choice` that names a tool, that very tool SHOULD be called, even where another fits better."""
    if not exchange.before:
        return
    exchange.accepted()
    names = [call["name"] for call in calls(exchange)]
    seen(not starved(exchange), STARVED)
    honoured(names, "a named tool_choice was accepted, and no tool was called")
    honoured(set(names) == {"get_time"}, f"get_time was named, and {names[0] if names else 'nothing'} was called")


@check("messages.tool_choice.named_stream", SHOULD, of=named, spec="MSG-TOOL-001 MSG-REQ-013", depth=FULL, again=2)
def test_the_named_tool_is_called_in_streams(exchange: Exchange) -> None:
    """With a `tool_choice` that names a tool, that very tool SHOULD be called in streams as it is otherwise."""
    if not exchange.before:
        return
    whole, streamed = exchange, exchange.before[0]
    seen(streamed.ok, "the stream is refused, which has a check of its own")
    seen({call["name"] for call in calls(whole)} == {"get_time"}, "the named tool is not called whole")
    ended(streamed)
    names = [head["name"] for head, _ in streamed_calls(streamed)]
    seen(not starved(streamed), STARVED)
    seen({*names} <= {"restart", "get_weather"}, "a tool is called that was not declared, which has a check of its own")
    every = ", ".join(dict.fromkeys(names))
    honoured(False, f"restart was named, and the stream calls {every or 'nothing'}")


UNKNOWN = TOOLS.wrong(tool_choice={"type": "tool", "name": "no_such_tool"}, stream=True)


@check("messages.tool_choice.unknown", SHOULD, of=UNKNOWN, spec="MSG-REQ-013 MSG-REQ-020", depth=FULL)
def test_an_undeclared_tool_cannot_be_chosen(exchange: Exchange) -> None:
    """A `tool_choice` that names a tool which is not declared SHOULD be refused with 400."""
    refused_in_streams(exchange)


@check(
    "messages.tool_choice.without_tools",
    SHOULD,
    of=HELLO.wrong(tool_choice={"type": "any"}),
    spec="MSG-REQ-013 MSG-REQ-020",
    depth=FULL,
)
def test_a_choice_needs_tools(exchange: Exchange) -> None:
    """A `tool_choice` of `any` without `tools` SHOULD be refused with 400."""
    refused(exchange)


@check(
    "messages.tool_choice.unknown_type",
    SHOULD,
    of=TOOLS.wrong(tool_choice={"type": "sometimes"}),
    spec="MSG-REQ-013 MSG-REQ-020",
    depth=FULL,
)
def test_an_unknown_choice_is_refused(exchange: Exchange) -> None:
    """A `tool_choice` of an unknown type SHOULD be refused with 400."""
    refused(exchange)


@check(
    "messages.tool_choice.text",
    SHOULD,
    of=FORCED.wrong(tool_choice="any"),
    spec="MSG-REQ-013 MSG-REQ-020",
    depth=FULL,
)
def test_a_choice_is_an_object(exchange: Exchange) -> None:
    """A `tool_choice` that is a string, as in OpenAI's protocols, SHOULD be refused with 400, not dropped."""
    refused(exchange)


APART = BOTH.but(tool_choice={"type": "auto", "disable_parallel_tool_use": True})


@check("messages.tool_choice.one_at_most", SHOULD, of=APART, spec="MSG-TOOL-002 MSG-REQ-013", depth=FULL, again=2)
def test_calls_may_be_kept_apart(exchange: Exchange) -> None:
    """With `disable_parallel_tool_use`, at most one tool SHOULD be called."""
    exchange.accepted()
    seen(made(exchange), "no tool was called")
    honoured(made(exchange) <= 1, f"disable_parallel_tool_use was accepted, and {made(exchange)} tools were called")


ONE = TOOLS.but(messages=[ASK_TWICE], tool_choice={"type": "any", "disable_parallel_tool_use": True}, **LIMIT(192))


@check("messages.tool_choice.exactly_one", SHOULD, of=either(ONE), spec="MSG-TOOL-002", depth=FULL, again=2)
def test_exactly_one_tool_is_called(exchange: Exchange) -> None:
    """With `any` and `disable_parallel_tool_use`, exactly one tool SHOULD be called, in streams, too."""
    exchange.accepted()
    seen(made(exchange), "no tool was called")
    honoured(made(exchange) == 1, f"one tool was to be called, and {made(exchange)} were")
