"""The requests that most checks of Chat Completions share or differ from in one thing."""

from __future__ import annotations

from typing import Any

from samewire import CAP, LIMIT, POST, Every, user

from .preflight import PREFLIGHT

#: What no model is called.
NO_MODEL = "samewire-no-such-model"
#: The smallest request that says anything.
HELLO = POST("chat/completions", messages=[user("Say hello.")], **LIMIT(32)).after(PREFLIGHT)
#: An answer long enough to be cut, to be stopped in and to be streamed in many pieces.
COUNT = HELLO.but(messages=[user("Count from 1 to 30, separated by commas, and say nothing else.")], **LIMIT(160))
#: Far less than the answer takes.
FEW = 4
CUT = COUNT.within(CAP(FEW))
STREAM = COUNT.but(stream=True)
METERED = STREAM.but(stream_options={"include_usage": True})


def function(name: str, description: str = "", parameters: Any = None, **more: Any) -> dict[str, Any]:
    """A function tool."""
    shape = {"name": name, "description": description, "parameters": parameters, **more}
    return {"type": "function", "function": {key: value for key, value in shape.items() if value not in ("", None)}}


CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
ZONE = {
    "type": "object",
    "properties": {"zone": {"type": "string"}},
    "required": ["zone"],
    "additionalProperties": False,
}
WEATHER = function("get_weather", "Tells the weather in a city.", CITY)
TIME = function("get_time", "Tells the time of day in a time zone.", ZONE)
NAMED_TIME = {"type": "function", "function": {"name": "get_time"}}
ASK_WEATHER = user("What is the weather in Paris?")

#: A question that asks for a tool, with the tool at hand.
TOOLS = HELLO.but(messages=[ASK_WEATHER], tools=[WEATHER], **LIMIT(128))
#: A question that asks for no tool, and one must be called.
FORCED = TOOLS.but(messages=[user("Say hello.")], tool_choice="required")
#: A question that asks for a tool, and it must be called, with letters that are not ASCII.
CALLED = FORCED.but(messages=[user("What is the weather in Orléans?")])
CALLED_STREAM = STREAM.but(**CALLED.body)
ASK_TWICE = user("What is the weather in Paris and in London? Look up both at once.")
#: A question that asks for several calls, left to the model: of a tool without parameters first, of another twice.
ASK_ALL = user("Ping the server, and look up the weather of the next 3 days in Paris and in London, all at once.")
SERVER = function("ping_server", "Checks that the server is there.", {"type": "object", "properties": {}})
DAYS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
FORECAST = function("get_weather", "Tells the weather of some days in a city.", DAYS)
BOTH = TOOLS.but(messages=[ASK_ALL], tools=[SERVER, FORECAST], tool_choice="auto", **LIMIT(160))
BOTH_STREAM = STREAM.but(**BOTH.body)

#: What invariants are judged over.
COMPLETIONS = Every(witness=(HELLO,), path="chat/completions", streamed=False, method="POST", wrong=False)
MADE = Every(witness=(HELLO, STREAM), path="chat/completions", method="POST", wrong=False)
MADE_CALLS = Every(witness=(CALLED, BOTH, BOTH_STREAM), path="chat/completions", method="POST", wrong=False)
CALLS = Every(witness=(CALLED, BOTH), path="chat/completions", streamed=False, method="POST", wrong=False)
STREAMS = Every(witness=(STREAM,), path="chat/completions", streamed=True, wrong=False)
METERED_STREAMS = Every(witness=(METERED,), path="chat/completions", streamed=True, wrong=False)
CALL_STREAMS = Every(witness=(CALLED_STREAM, BOTH_STREAM), path="chat/completions", streamed=True, wrong=False)
