"""The legacy `functions` and `function_call`."""

from __future__ import annotations

from samewire import FULL, LIMIT, MAY, Exchange, check, honoured

from .reading import message, parsed
from .requests import ASK_WEATHER, HELLO, WEATHER

FUNCTIONS = HELLO.but(
    messages=[ASK_WEATHER], functions=[WEATHER["function"]], function_call={"name": "get_weather"}, **LIMIT(128)
)


@check("chat.functions.called", MAY, of=FUNCTIONS, spec="CHAT-REQ-022 CHAT-ENV-023", depth=FULL, again=2)
def test_a_function_is_called(exchange: Exchange) -> None:
    """`functions` MAY be taken; a `function_call` that names one is then answered with a call of it."""
    exchange.accepted().conforms("chat/completion", "/choices/*/message/function_call")
    called = message(exchange).get("function_call")
    honoured(called or message(exchange).get("tool_calls"), "functions were accepted, and none was called")
    honoured(called, "functions were accepted, and a tool was called instead")
    assert called["name"] == "get_weather", f"calls {called['name']!r}"
    assert isinstance(parsed(called["arguments"]), dict), f"the arguments are {called['arguments'][:80]!r}"
