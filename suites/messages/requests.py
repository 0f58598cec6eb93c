"""The requests that most checks of Messages share or differ from in one thing."""

from __future__ import annotations

from typing import Any

from samewire import CAP, LIMIT, OMIT, POST, Every, Request, user

from .preflight import PREFLIGHT

#: The version beside 2023-06-01, which is the one that is sent unless another is named.
LATEST = "2026-10-21"
#: The smallest request that says anything.
HELLO = POST("messages", messages=[user("Say hello.")], **LIMIT(32)).after(PREFLIGHT)
#: An answer long enough to be cut, to be stopped in and to be streamed in many pieces.
COUNT = HELLO.but(messages=[user("Count from 1 to 30, separated by commas, and say nothing else.")], **LIMIT(160))
#: Far less than the answer takes.
FEW = 4
CUT = COUNT.within(CAP(FEW))
STREAM = COUNT.but(stream=True)
CUT_STREAM = STREAM.within(CAP(FEW))


def streamed(request: Request) -> Request:
    """The same request for a stream; where streams are refused at all, it isn't sent."""
    return STREAM.but(**{"$limit": OMIT, **request.body, "stream": True})


def tool(name: str, description: str = "", schema: Any = None, **more: Any) -> dict[str, Any]:
    """A tool of the client's."""
    shape = {"name": name, "description": description, "input_schema": schema or {"type": "object"}, **more}
    return {key: value for key, value in shape.items() if value != ""}


def use(identifier: str, name: str, given: Any) -> dict[str, Any]:
    """A block in which the assistant calls a tool."""
    return {"type": "tool_use", "id": identifier, "name": name, "input": given}


def result(identifier: str, content: Any, **more: Any) -> dict[str, Any]:
    """A block that holds the result of a call."""
    return {"type": "tool_result", "tool_use_id": identifier, "content": content, **more}


CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
#: What a call of it holds in another object is easily taken for text.
ZONE = {
    "type": "object",
    "properties": {
        "zone": {"type": "string"},
        "days_ahead": {"type": "integer"},
        "summer_time": {"type": "boolean"},
        "style": {"type": "string", "enum": ["short", "long"]},
        "offsets": {"type": "array", "items": {"type": "integer"}},
        # Quotes must be escaped where an input is streamed as text.
        "dial": {"type": "string", "enum": ['12" round', '24" round']},
        # Not every model fills it in, and none is to write null there.
        "label": {"type": "string", "description": "Leave it out."},
        # Last, as who closes too few brackets or too many does so at the end.
        "clock": {"type": "object", "properties": {"hours": {"type": "integer"}}, "required": ["hours"]},
    },
    "required": ["zone", "days_ahead", "summer_time", "style", "offsets", "dial", "clock"],
}
WEATHER = tool("get_weather", "Tells the weather in a city.", CITY)
TIME = tool("get_time", "Tells the time of day in a time zone.", ZONE)
ANY = {"type": "any"}
#: Beside a tool that is no use here, and in the latest version: both lead many servers another way.
CUT_BESIDE = STREAM.within({**CAP(FEW), "tools": [WEATHER]}).having({"anthropic-version": LATEST}).after(STREAM)
ASK_WEATHER = user("What is the weather in Paris?")

#: A question that asks for a tool, with the tool at hand.
TOOLS = HELLO.but(messages=[ASK_WEATHER], tools=[WEATHER], **LIMIT(128))
#: A question that asks for no tool, and one must be called.
FORCED = TOOLS.but(messages=[user("Say hello.")], tools=[TIME], tool_choice=ANY)
FORCED_STREAM = streamed(FORCED)
#: Questions that ask for a tool twice, left to the model.
ASK_TWICE = user("What is the weather in Paris and in London? Look up both at once.")
#: Letters that are easily lost stand at different places: who cuts bytes doesn't cut them all.
ASK_ABROAD = user("What is the weather in Zürich and in Kraków? Look up both at once.")
BOTH = TOOLS.but(messages=[ASK_ABROAD], tool_choice={"type": "auto"}, **LIMIT(192))
BOTH_STREAM = streamed(BOTH.but(tool_choice={"type": "auto", "disable_parallel_tool_use": False}))
FINDABLE = ("trains", "books", "songs", "plants", "rivers", "towns")
#: None must be named: conversations tell of calls without an input, and models make such calls once more.
ANYWHERE = {"type": "object", "properties": CITY["properties"]}
#: Seven tools, where none is needed.
MANY = TOOLS.but(
    messages=[user("Say hello.")],
    tools=[WEATHER, *(tool(f"find_{what}", f"Finds {what} near a city.", ANYWHERE) for what in FINDABLE)],
)

#: What invariants are judged over.
MESSAGES = Every(witness=(HELLO,), path="messages", streamed=False, method="POST", wrong=False)
CALLS = Every(witness=(FORCED,), path="messages", streamed=False, method="POST", wrong=False)
STREAMS = Every(witness=(STREAM,), path="messages", streamed=True, wrong=False)
CALL_STREAMS = Every(witness=(FORCED_STREAM,), path="messages", streamed=True, wrong=False)
REFUSALS = Every(
    witness=(HELLO.wrong(model="samewire-no-such-model"),), path="messages", statuses=range(400, 600), method="POST"
)
