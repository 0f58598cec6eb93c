"""Faults of single places: no key is asked for, a kind is dropped, a setting is lost where others are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import unsupported
from samewire.reference.faults.responses.declaring import fault, lifecycle, made, of, put
from samewire.reference.faults.responses.ignored import again, keep

IGNORED = "ignored"
Body = dict[str, Any]

#: Check → method for which no key is asked.
OPEN = {"get": "GET", "delete": "DELETE"}
for _check, _method in OPEN.items():

    @fault(
        f"responses_keys.{_check}",
        f"{_method} of what is stored asks for no key.",
        "request",
        {f"responses.keys.{_check}": IGNORED},
    )
    def open_to_all(call: Call, method: str = _method) -> None:
        """Let everybody in."""
        if call.request.method == method and len(call.path.split("/")) == 3:
            call.notes["authorised"] = True


def _tools(body: Body) -> list[Body]:
    given = body.get("tools")
    return [tool for tool in given if isinstance(tool, dict)] if isinstance(given, list) else []


def _items(body: Body) -> list[Body]:
    given = body.get("input")
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


@fault(
    "responses_passed.mistakes_tool_type",
    "Tools of a kind that is not known are dropped.",
    "body",
    {"responses.mistakes.tool_type": IGNORED},
)
def unknown_tools(call: Call) -> None:
    """Keep what is known."""
    if isinstance(call.body.get("tools"), list):
        call.body["tools"] = [tool for tool in _tools(call.body) if tool.get("type") in ("function", "custom")]


@fault(
    "responses_passed.mistakes_tool_name",
    "Tools without a name are dropped.",
    "body",
    {"responses.mistakes.tool_name": IGNORED},
)
def nameless_tools(call: Call) -> None:
    """Keep what has a name."""
    if isinstance(call.body.get("tools"), list):
        call.body["tools"] = [tool for tool in _tools(call.body) if "name" in tool]


@fault(
    "responses_passed.mistakes_unanswered_call",
    "Calls without an output are dropped from the input.",
    "body",
    {"responses.mistakes.unanswered_call": IGNORED},
)
def unanswered_call(call: Call) -> None:
    """Keep what was answered."""
    answered = {item.get("call_id") for item in _items(call.body) if str(item.get("type")).endswith("_output")}
    if isinstance(call.body.get("input"), list):
        call.body["input"] = [
            item
            for item in call.body["input"]
            if not (isinstance(item, dict) and item.get("type") == "function_call" and item["call_id"] not in answered)
        ]


#: Check → what is refused that another place of the same member takes.
NARROW: dict[str, Callable[[Body], bool]] = {
    "parameters.temperature_above_one": lambda body: (
        isinstance(warm := body.get("temperature"), float) and 1 < warm <= 2
    ),
    "parameters.temperature_zero": lambda body: body.get("temperature") == 0,
    "input.late_system": lambda body: any(item.get("role") == "system" for item in _items(body)[1:]),
    "input.two_in_a_row": lambda body: "One thing more." in str(body.get("input")),
}
for _check, _is in NARROW.items():

    @fault(
        f"responses_narrow.{_check.partition('.')[2]}",
        f"What {_check} asks for is refused.",
        "body",
        {f"responses.{_check}": "unsupported"},
        blocks=(
            "responses.state.kept_by_default",
            "responses.input.together",
            "responses.tools.past_arguments",
        ),
    )
    def narrow(call: Call, applies: Callable[[Body], bool] = _is) -> None:
        """Refuse it cleanly."""
        if applies(call.body):
            raise unsupported("temperature" if "temperature" in call.body else "input")


@fault(
    "responses_echo.null_store",
    "store: null is taken for false.",
    "body",
    {"responses.echo.null": "broken"},
)
def null_store(call: Call) -> None:
    """Take it for no."""
    if "store" in call.body and call.body["store"] is None:
        call.body["store"] = False


@fault(
    "responses_echo.unset_zero",
    "A temperature of 0 is taken for none.",
    "document",
    {"responses.echo.sampling": "broken"},
)
def unset_zero(call: Call) -> None:
    """Leave out what is nothing."""
    for one in made(call):
        one["temperature"] = one["temperature"] or 1.0


@fault(
    "responses_alike.stream_settings",
    "Streams are told to be truncated, and whole answers not to be.",
    "chunks",
    {"responses.stream.same_settings": "broken"},
)
def stream_settings(call: Call) -> None:
    """Have another default."""
    for one in lifecycle(call):
        if "truncation" not in call.body:
            one["truncation"] = "auto"


#: Answers that have no x-request-id → whether this is one.
NAMELESS: dict[str, Callable[[Call], bool]] = {
    "streams": lambda call: call.streamed,
    "refusals": lambda call: call.response.status >= 400,
}
for _name, _such in NAMELESS.items():

    @fault(
        f"responses_headers.nameless_{_name}",
        f"There is no x-request-id on {_name}.",
        "response",
        {"responses.headers.request_id_everywhere": "unsupported"},
    )
    def nameless(call: Call, such: Callable[[Call], bool] = _such) -> None:
        """Name the others."""
        if such(call):
            call.response.drop("x-request-id")


#: Check → the member that is dropped where it is a word.
WORDS = {"limit": "max_output_tokens"}
for _check, _member in WORDS.items():

    @fault(
        f"responses_passed.mistakes_{_check}",
        f"{_member} is dropped where it is a word.",
        "body",
        {f"responses.mistakes.{_check}": IGNORED},
    )
    def worded(call: Call, member: str = _member) -> None:
        """Pass it over."""
        if isinstance(call.body.get(member), str):
            del call.body[member]


@fault(
    "responses_ignored.developer_parts",
    "Messages of the developer that have parts are dropped.",
    "answers",
    {"responses.input.together": IGNORED},
)
def developer_parts(call: Call) -> None:
    """Hear words alone."""
    given = _items(call.body)
    apart = [isinstance(item.get("content"), list) and item.get("role") == "developer" for item in given]
    if any(apart):
        keep(call, [item for item, lost in zip(call.notes["input"], apart, strict=True) if not lost])


@fault(
    "responses_error.other_param",
    "Every refusal names the body as its parameter.",
    "error",
    {"responses.errors.names": "broken"},
)
def other_param(call: Call) -> None:
    """Name what was read."""
    if call.document["error"]["param"] is not None:
        call.document["error"]["param"] = "payload"


@fault(
    "responses_response.fetched_as_text",
    "A response that is fetched is declared as text.",
    "response",
    {"responses.response.content_type": "broken"},
)
def fetched_as_text(call: Call) -> None:
    """Declare it otherwise."""
    if call.request.method == "GET" and call.response.status == 200:
        call.response.set("Content-Type", "text/plain")


@fault(
    "responses_items.cut_completed",
    "The message of a response that was cut off is completed.",
    "document",
    {"responses.limits.item": "broken"},
)
def cut_completed(call: Call) -> None:
    """Tell of no cut."""
    for one in made(call):
        put(one, "output/*/status", "completed")


@fault(
    "responses_events.added_completed",
    "Items are completed when they are added.",
    "chunks",
    {"responses.stream.added_status": "broken"},
)
def added_completed(call: Call) -> None:
    """Know the end at the beginning."""
    for event in of(call, "response.output_item.added"):
        event["item"]["status"] = "completed"


@fault(
    "responses_events.same_item_ids",
    "The first message of every stream has the same id.",
    "chunks",
    {"responses.stream.own_items": "broken"},
)
def same_item_ids(call: Call) -> None:
    """Count anew in each."""
    names = {item["id"] for one in lifecycle(call) for item in one["output"] if item["type"] == "message"}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: renamed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [renamed(one) for one in value]
        return "msg_0" if isinstance(value, str) and value in names else value

    call.chunks[:] = [renamed(event) for event in call.chunks]


@fault(
    "responses_events.custom_as_function",
    "The input of custom tools is streamed as the arguments of functions.",
    "chunks",
    {"responses.custom.stream": "broken"},
)
def custom_as_function(call: Call) -> None:
    """Know one kind of call."""
    for event in of(call, "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done"):
        event["type"] = event["type"].replace("custom_tool_call_input", "function_call_arguments")
        if "input" in event:
            event["arguments"] = event.pop("input")


@fault(
    "responses_events.letters_halved",
    "Letters beyond the first plane come as question marks in deltas.",
    "chunks",
    {f"responses.stream.same_{name}": "broken" for name in ("text", "part", "item", "response")},
    blocks=("responses.format.stream", "responses.parameters.stream_logprobs*"),
)
def letters_halved(call: Call) -> None:
    """Cut what takes two."""
    for event in of(call, "response.output_text.delta"):
        event["delta"] = re.sub("[\U00010000-\U0010ffff]", "??", event["delta"])


@fault(
    "responses_usage.calls_for_nothing",
    "Calls count no tokens.",
    "document",
    {"responses.usage.counts": "broken"},
)
def calls_for_nothing(call: Call) -> None:
    """Count words alone."""
    for one in made(call):
        if one["output"] and all(item["type"] == "function_call" for item in one["output"]):
            one["usage"] |= {"output_tokens": 0, "total_tokens": one["usage"]["input_tokens"]}


@fault(
    "responses_refused.low_detail",
    "A detail other than auto is refused.",
    "body",
    {"responses.images.detail": "unsupported"},
    blocks=("responses.images.un*",),
)
def low_detail(call: Call) -> None:
    """Know one."""
    if "'detail': 'low'" in str(call.body.get("input")):
        raise unsupported("input.detail")


@fault(
    "responses_ignored.first_picture_before_text",
    "Pictures before the text of their message are dropped.",
    "body",
    {"responses.images.before_text": IGNORED},
)
def before_text(call: Call) -> None:
    """Wait for the text."""
    for item in _items(call.body):
        parts = item.get("content")
        while isinstance(parts, list) and len(parts) > 1 and parts[0].get("type") == "input_image":
            parts.pop(0)


@fault(
    "responses_ignored.parameters",
    "The parameters of tools are dropped.",
    "answers",
    {"responses.tools.parameters": IGNORED, "responses.tool_choice.strict": IGNORED},
    blocks=("responses.tools.letters",),
)
def parameters(call: Call) -> None:
    """Keep the names."""
    if _tools(call.body):
        bare = {"type": "object", "properties": {}}
        again(call, tools=[{**tool, "parameters": bare} for tool in _tools(call.body)])


@fault(
    "responses_state.calls_forgotten",
    "Calls and their outputs are no part of what is followed, but for the output that is sent.",
    "body",
    {"responses.tools.previous_output": IGNORED},
)
def calls_forgotten(call: Call) -> None:
    """Remember the messages."""
    kept = call.memory.get("responses", {}).get(call.body.get("previous_response_id"))
    if kept and not any(str(item.get("type")).endswith("_output") for item in _items(call.body)):
        for name in ("before", "input"):
            kept[name] = [item for item in kept[name] if not str(item["type"]).endswith(("_call", "_output"))]


@fault(
    "responses_letters.joined",
    "Joiners between letters are dropped from the input.",
    "body",
    {"responses.response.letters": "broken", "responses.state.input_items_all": "broken"},
)
def joined(call: Call) -> None:
    """Drop what has no width."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(one) for name, one in value.items()}
        if isinstance(value, list):
            return [bare(one) for one in value]
        return value.replace("\u200d", "") if isinstance(value, str) else value

    call.body.update(bare(call.body))
