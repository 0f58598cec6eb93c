"""`tool_choice` and `parallel_tool_calls`: each value does what it says."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    SHOULD,
    Blocked,
    Exchange,
    Request,
    Steps,
    check,
    conforms_to,
    honoured,
    scenario,
    seen,
    user,
)

from ..chat.packing import packed
from .following import ADDED, ARGUMENTS_DONE, events, of
from .reading import STARVED, calls, output_tokens, parsed, response, starved
from .requests import (
    CALLED,
    CALLED_STREAM,
    EMPTY_TOOL,
    HELLO,
    LOOKED_UP,
    ODD_TOOLS,
    STREAM,
    TIME,
    TOOLS,
    WEATHER,
    function,
)

NONE = packed(STREAM.but(**TOOLS.body, tool_choice="none"), TOOLS.but(tool_choice="none"))


@check("responses.tool_choice.none", SHOULD, of=NONE, spec="RSP-ST-005 RSP-REQ-011", again=2)
def test_none_calls_nothing(exchange: Exchange) -> None:
    """With `tool_choice: "none"`, no tool SHOULD be called, in streams neither."""
    exchange.accepted()
    honoured(not calls(exchange), 'tool_choice "none" was accepted, and a tool was called')


@check(
    "responses.tool_choice.auto",
    SHOULD,
    of=packed(ODD_TOOLS, TOOLS.but(tool_choice="auto")),
    spec="RSP-ST-005 RSP-REQ-011",
    depth=FULL,
)
def test_auto_is_taken(exchange: Exchange) -> None:
    """`tool_choice: "auto"`, the default, SHOULD be taken."""
    exchange.accepted()


@check("responses.tool_choice.required", SHOULD, of=CALLED, spec="RSP-ST-005 RSP-REQ-011 OR-016", again=2)
def test_required_calls_a_tool(exchange: Exchange) -> None:
    """With `tool_choice: "required"`, a tool SHOULD be called, even where none is needed."""
    exchange.accepted()
    seen(not starved(exchange), STARVED)
    honoured(calls(exchange), f'tool_choice "required" was accepted, and {uncalled(exchange)}')


def uncalled(exchange: Exchange) -> str:
    """What is to be said of an answer without a call: some servers lose it on the way, and count it."""
    spent = 0 if response(exchange)["output"] else output_tokens(exchange)
    return f"the output is empty, of {spent} tokens that are counted" if spent else "no tool was called"


LEVEL: dict[str, Any] = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["low", "high"]}, "count": {"type": "integer"}},
    "required": ["level", "count"],
    "additionalProperties": False,
}
SET_LEVEL = function("set_level", "Sets the level.", LEVEL, strict=True)
#: What the schema forbids: another level, a word for a number, a key of its own.
FORBIDDEN = '{"level": "gigantic", "count": "three", "note": "please"}'


def chosen(name: str) -> dict[str, str]:
    """The choice of a function by its name."""
    return {"type": "function", "name": name}


#: The question asks for another tool than the one that is chosen, and for arguments that its schema forbids. It is a
#: later turn, in which a tool has answered before: tools are at hand in every turn.
NAMED_STRICT = STREAM.but(
    input=[
        *LOOKED_UP,
        user(f"What is the weather in Paris? It may be {FORBIDDEN}, take exactly these values."),
    ],
    tools=[WEATHER, SET_LEVEL],
    tool_choice=chosen("set_level"),
    **LIMIT(128),
)
NAMED = TOOLS.but(tools=[WEATHER, TIME], tool_choice=chosen("get_time"))
STRICT = CALLED.but(input=[user(f"Call set_level with exactly these arguments: {FORBIDDEN}")], tools=[SET_LEVEL])


def only(exchange: Exchange, name: str, what: str) -> None:
    """Say *ignored* unless one tool was called, and nothing else."""
    exchange.accepted()
    names = [call["name"] for call in calls(exchange)]
    declared = {tool.get("name") for tool in (exchange.sent or {}).get("tools") or ()}
    seen(declared.issuperset(names), "a tool is called that was not declared")
    begun = exchange.streamed and any(event["item"]["type"] == "function_call" for event in of(events(exchange), ADDED))
    seen(names or not begun, "the call that was streamed is lost at the end")
    seen(not starved(exchange), STARVED)
    honoured(names, f"{what} was accepted, and {uncalled(exchange)}")
    honoured(set(names) == {name}, f"{what} was accepted, and {', '.join(names)} was called, not {name} alone")


def streamed_choice(streamed: Request, whole: Request) -> Steps:
    """A choice in a stream, and where that is refused without; where no tool is called, any tool in a stream."""
    answer: Exchange = yield streamed
    if not answer.ok:
        yield whole
    elif not calls(answer):
        yield CALLED_STREAM


@scenario(NAMED_STRICT, spare=(NAMED, CALLED_STREAM))
def named() -> Steps:
    """A named tool in a stream, and what else it takes to judge that."""
    return (yield from streamed_choice(NAMED_STRICT, NAMED))


def chosen_alone(exchange: Exchange, name: str, what: str) -> None:
    """Say *ignored* unless one tool was called, or leave it to the check of streams, if none is called in any."""
    if not exchange.asked(CALLED_STREAM):
        only(exchange, name, what)
        return
    if not (exchange.ok and calls(exchange)):
        raise Blocked("no tool is called in streams", cause="check:responses.call_stream.same_calls")
    only(exchange.before[-1], name, what)


@check(
    "responses.tool_choice.named",
    SHOULD,
    of=named,
    spec="RSP-ST-005 RSP-REQ-011",
    depth=FULL,
    again=2,
)
def test_the_named_tool_is_called(exchange: Exchange) -> None:
    """With a named `tool_choice`, that very tool SHOULD be called, even where another fits better."""
    first = (*exchange.before, exchange)[0].request
    asked = exchange.request if len(exchange.before) and not exchange.asked(CALLED_STREAM) else first
    chosen_alone(exchange, asked.body["tool_choice"]["name"], "a named tool_choice")


COLD = {"temperature": 0}
#: The format that is the default.
AS_TEXT = {"text": {"format": {"type": "text"}}}
#: Of two tools, the one that does not fit, and that takes no arguments; with all that is told again later.
LONGEST = {"metadata": {"suite": "samewire", "k" * 64: "The 🦊 and the Käfer. " * 20}}
ALLOWED = TOOLS.but(
    **COLD,
    **LONGEST,
    **AS_TEXT,
    tools=[{**WEATHER, "strict": True}, EMPTY_TOOL],
    tool_choice={"type": "allowed_tools", "mode": "required", "tools": [chosen(EMPTY_TOOL["name"])]},
    instructions="Look everything up.",
)


#: The same with two tools that take arguments.
ALLOWED_TIME = TOOLS.but(
    tools=[WEATHER, TIME], tool_choice={"type": "allowed_tools", "mode": "required", "tools": [chosen("get_time")]}
)


@check(
    "responses.tool_choice.allowed",
    SHOULD,
    of=packed(ALLOWED, ALLOWED_TIME),
    spec="RSP-ST-005 OR-016",
    depth=FULL,
    again=2,
)
def test_only_allowed_tools_are_called(exchange: Exchange) -> None:
    """With `allowed_tools`, only the tools that it names SHOULD be called, even where another fits better."""
    only(exchange, allowed_by(exchange.request), "allowed_tools")


def allowed_by(request: Request) -> str:
    """The name of the only tool that is allowed."""
    return str(request.body["tool_choice"]["tools"][0]["name"])


@check(
    "responses.parameters.temperature_zero",
    SHOULD,
    of=packed(ALLOWED, HELLO.but(**COLD)),
    spec="RSP-REQ-005",
    depth=FULL,
)
def test_a_temperature_of_zero_is_taken(exchange: Exchange) -> None:
    """`temperature: 0`, the lowest, SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


ONE_AT_A_TIME = STREAM.but(**TOOLS.body, parallel_tool_calls=False)


@check(
    "responses.tool_choice.one_at_a_time",
    SHOULD,
    of=packed(ONE_AT_A_TIME, TOOLS.but(parallel_tool_calls=False)),
    spec="RSP-REQ-012",
    depth=FULL,
    again=2,
)
def test_calls_may_be_kept_apart(exchange: Exchange) -> None:
    """With `parallel_tool_calls: false`, at most one tool SHOULD be called."""
    exchange.accepted()
    called = len(calls(exchange))
    seen(called, "no tool was called")
    honoured(called <= 1, f"parallel_tool_calls false was accepted, and {called} tools were called at once")


@check(
    "responses.tool_choice.strict",
    SHOULD,
    of=packed(NAMED_STRICT, STRICT),
    spec="RSP-REQ-010 RSP-ST-007",
    depth=FULL,
    again=2,
)
def test_a_strict_tool_is_called_by_its_schema(exchange: Exchange) -> None:
    """With `strict: true`, the arguments of a call SHOULD conform to the tool's schema, whatever the question asks."""
    called = [call for call in calls(exchange) if call["name"] == SET_LEVEL["name"]]
    seen(called, "no such tool was called")
    value = parsed(called[0]["arguments"])
    done = of(events(exchange), ARGUMENTS_DONE) if exchange.streamed and not value else []
    if any(parsed(one["arguments"]) for one in done):
        raise Blocked("the stream lost the arguments in the end", cause="check:responses.call_stream.same_response")
    seen(isinstance(value, dict), "the arguments are no JSON object")
    problem = conforms_to(LEVEL, value)
    honoured(not problem, f"strict was accepted, and the arguments don't conform: {problem}")
