"""The requests that most checks of Responses share or differ from in one thing."""

from __future__ import annotations

from typing import Any

from samewire import CAP, LIMIT, POST, Every, assistant, user

from .preflight import opened

#: The smallest request that says anything: the preflight's own.
HELLO = opened(POST("responses", input="Say hello.", **LIMIT(32)))
#: An answer long enough to be cut and to be streamed in many pieces.
COUNT = HELLO.but(input="Count from 1 to 30, separated by commas, and say nothing else.", **LIMIT(160))
#: The least that may be asked for, and far less than the answer takes.
FEW = 16
#: As a list of items, too, the limit holds.
CUT = COUNT.but(input=[user(COUNT.body["input"])]).within(CAP(FEW)).after(COUNT)
STREAM = COUNT.but(stream=True)
CUT_STREAM = STREAM.within(CAP(FEW))


def text(words: str) -> dict[str, str]:
    """A text part of the input."""
    return {"type": "input_text", "text": words}


def function(name: str, description: str = "", parameters: Any = None, **more: Any) -> dict[str, Any]:
    """A function tool: flat, unlike in Chat Completions."""
    shape = {"type": "function", "name": name, "description": description, "parameters": parameters, **more}
    return {key: value for key, value in shape.items() if value not in ("", None)}


def taking(name: str) -> dict[str, Any]:
    """The schema of an object with one text."""
    shape = {"type": "object", "properties": {name: {"type": "string"}}, "required": [name]}
    return {**shape, "additionalProperties": False}


CITY, ZONE = taking("city"), taking("zone")
NO_ARGUMENTS: dict[str, Any] = {"properties": {}, "required": []}
WEATHER = function("get_weather", "Tells the weather in a city.", CITY)
#: The limit holds beside tools too.
CUT_BESIDE = STREAM.but(tools=[WEATHER], tool_choice="none").within(CAP(FEW)).after(STREAM)
TIME = function("get_time", "Tells the time of day in a time zone.", ZONE)
ASK_WEATHER = user("What is the weather in Paris?")
#: A question that asks for a tool twice.
ASK_TWICE = user("What is the weather in Paris and in Zürich? Look up both at once.")

#: A question that asks for a tool, with the tool at hand.
TOOLS = HELLO.but(input=[ASK_TWICE], tools=[WEATHER], **LIMIT(128))
#: A question that asks for no tool, and one must be called.
CALLED = TOOLS.but(input="Say hello.", tool_choice="required")
CALLED_STREAM = STREAM.but(**CALLED.but(input=[user("Say hello.")]).body)
TOOLS_STREAM = STREAM.but(**TOOLS.body)

#: Tools without arguments, in each form that clients give them.
LONG = (
    "Looks whether somebody is there, and tells it at once. It takes no arguments at all, is done in no time, changes "
    "nothing anywhere, and may therefore be called whenever there is the least doubt about it, as often as one likes."
)
BARE = function("ping", LONG)
NULL_TOOL = {**BARE, "name": "pang", "parameters": None}
EMPTY_TOOL = {**BARE, "name": "pong", "parameters": {"type": "object", "properties": {}}}
BLANK_TOOL = {**BARE, "name": "pung", "parameters": {}}
#: All that a schema may hold beside plain members.
TRIP: dict[str, Any] = {
    "type": "object",
    "properties": {
        "where": {"$ref": "#/$defs/place"},
        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "by": {"type": "string", "enum": ["train", "ship"]},
        "with": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["where"],
    "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}
SHAPED = function("plan_trip", "Plans a trip.", TRIP)
#: A tool that says by its name alone what it is for.
NAME_ALONE = function("get_date", parameters=ZONE)
#: A tool with the longest name, and each kind of letter that a name may have.
LONG_NAME = function("Look_up-what-there-is-to-know-about_a-city-or-0123456789-of-them", "Looks things up.", CITY)
#: Such tools beside the one that is asked for, and what is the default said.
ODD_TOOLS = STREAM.but(
    **{
        **TOOLS.body,
        "tools": [WEATHER, BARE, NULL_TOOL, EMPTY_TOOL, BLANK_TOOL, SHAPED, NAME_ALONE, LONG_NAME],
        "tool_choice": "auto",
    }
)

#: A tool without arguments, which takes about as many tokens as the one with a city.
PING = function("ping", "Tells by day or by night whether anybody is there, asking nothing.", {**CITY, **NO_ARGUMENTS})

CALL_ID = "call_0123456789abcdefABCDEF07"
#: A call that was made before, as a client keeps it.
PARIS = {"type": "function_call", "call_id": CALL_ID, "name": "get_weather", "arguments": '{"city": "Paris"}'}
#: A turn in which a tool has answered, and the assistant after it.
LOOKED_UP = [
    *(ASK_WEATHER, PARIS, {"type": "function_call_output", "call_id": CALL_ID, "output": "It is sunny."}),
    assistant("It is sunny in Paris."),
]

#: What invariants are judged over.
RESPONSES = Every(witness=(HELLO,), path="responses", streamed=False, method="POST", wrong=False)
CALLS = Every(witness=(CALLED,), path="responses", streamed=False, method="POST", wrong=False)
STREAMS = Every(witness=(STREAM,), path="responses", streamed=True, wrong=False)
#: Those of mistakes too, which are to be refused before a stream begins.
ALL_STREAMS = Every(witness=(STREAM,), path="responses", streamed=True)
CALL_STREAMS = Every(witness=(CALLED_STREAM,), path="responses", streamed=True, wrong=False)
