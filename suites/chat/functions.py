"""The legacy `functions` and `function_call`."""

from __future__ import annotations

from samewire import FULL, LIMIT, MAY, Exchange, Steps, assistant, check, honoured, scenario, seen, user

from .packing import packed
from .reading import STARVED, message, parsed, starved
from .requests import ASK_WEATHER, HELLO, WEATHER

FUNCTIONS = HELLO.but(
    messages=[ASK_WEATHER], functions=[WEATHER["function"]], function_call={"name": "get_weather"}, **LIMIT(128)
)


EARLIER = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
#: A function was called before, and its result is a message of the role that went with functions.
FUNCTIONS_AGAIN = FUNCTIONS.but(
    messages=[
        ASK_WEATHER,
        assistant(None, function_call=EARLIER),
        {"role": "function", "name": "get_weather", "content": "It is sunny."},
        user("And what is the weather in London?"),
    ]
).after(HELLO)


@check(
    "chat.functions.called",
    MAY,
    of=packed(FUNCTIONS_AGAIN, FUNCTIONS),
    spec="CHAT-REQ-022 CHAT-ENV-023",
    depth=FULL,
    again=2,
)
def test_a_function_is_called(exchange: Exchange) -> None:
    """`functions` MAY be taken; a `function_call` that names one is then answered with a call of it."""
    exchange.accepted().conforms("chat/completion", "/choices/*/message/function_call")
    called = message(exchange).get("function_call")
    seen(not starved(exchange), STARVED)
    honoured(called or message(exchange).get("tool_calls"), "functions were accepted, and none was called")
    honoured(called, "functions were accepted, and a tool was called instead")
    assert called["name"] == "get_weather", f"calls {called['name']!r}"
    assert isinstance(parsed(called["arguments"]), dict), f"the arguments are {called['arguments'][:80]!r}"


@scenario(FUNCTIONS_AGAIN, spare=(FUNCTIONS,))
def answered_by_a_function() -> Steps:
    """A conversation with the result of a function; if it is refused, one without."""
    again: Exchange = yield FUNCTIONS_AGAIN
    if not again.ok:
        yield FUNCTIONS
    return again


@check("chat.functions.result", MAY, of=answered_by_a_function, spec="CHAT-MSG-001 CHAT-REQ-022", depth=FULL)
def test_the_result_of_a_function_is_taken(exchange: Exchange) -> None:
    """Where functions are taken, the result of one, a message of the role `function`, MAY be taken, too."""
    seen(exchange.ok, "functions are refused anyway, which has a cell of its own")
    exchange.found.accepted()
