"""Faults that show in one kind of item, format, choice or event alone, or in a later turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import ABSENT, fault, final, made, of, put, renumber
from samewire.reference.faults.responses.ignored import again, keep

Body = dict[str, Any]


def _items(body: Body) -> list[Body]:
    given = body.get("input")
    return [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []


#: What an item or format may have and is refused → whether a body holds it, and the check that sees it.
REFUSED: dict[str, tuple[str, Callable[[Body], bool], dict[str, str]]] = {
    "typed": (
        "A message that tells its type and has a string for content is refused.",
        lambda body: any(
            item.get("type") == "message" and isinstance(item.get("content"), str) for item in _items(body)
        ),
        {"responses.input.items": "unsupported"},
    ),
    "listed": (
        "A message of the user with a status, as it is listed, is refused.",
        lambda body: any(item.get("role") == "user" and "status" in item for item in _items(body)),
        {"responses.input.items": "unsupported"},
    ),
    "long_call_id": (
        "An id of a call of more than 40 characters is refused, as another protocol has it.",
        lambda body: any(len(item.get("call_id") or "") > 40 for item in _items(body)),
        {"responses.input.together": "unsupported"},
    ),
    "described": (
        "A format with a description is refused.",
        lambda body: "description" in ((body.get("text") or {}).get("format") or {}),
        {"responses.format.json_schema": "unsupported", "responses.format.stream": "unsupported"},
    ),
}
for _name, (_what, _is, _turns) in REFUSED.items():

    @fault(
        f"responses_partly.{_name}",
        _what,
        "body",
        _turns,
        blocks=("responses.*",),
    )
    def refused(call: Call, applies: Callable[[Body], bool] = _is) -> None:
        """Know less of what there is."""
        if call.body and applies(call.body):
            raise Refusal(400, "Extra inputs are not permitted.", param="input", code="unsupported_value")


@fault(
    "responses_partly.first_of_user",
    "Only the first text part of a message of the user's is read.",
    "answers",
    {"responses.input.parts": "ignored"},
    blocks=("responses.input.together",),
)
def first_of_user(call: Call) -> None:
    """Drop the later texts, and keep the pictures."""
    kept = []
    for item in call.notes["input"]:
        if item.get("role") == "user" and isinstance(item.get("content"), list):
            texts = [part for part in item["content"] if part["type"] == "input_text"]
            others = [part for part in item["content"] if part["type"] != "input_text"]
            item = {**item, "content": [*texts[:1], *others]}
        kept.append(item)
    keep(call, kept)


@fault(
    "responses_partly.first_of_developer",
    "Only the first part of a message of the developer's is read.",
    "answers",
    {"responses.input.together": "ignored"},
)
def first_of_developer(call: Call) -> None:
    """Take the first part for all."""
    kept = [
        {**item, "content": item["content"][:1]}
        if item.get("role") == "developer" and isinstance(item.get("content"), list)
        else item
        for item in call.notes["input"]
    ]
    keep(call, kept)


@fault(
    "responses_partly.nobody_in_streams",
    "In streams, a response before that does not exist is passed over.",
    "body",
    {"responses.unknown.previous": "ignored"},
)
def nobody_in_streams(call: Call) -> None:
    """Begin anew."""
    if call.body.get("stream") and call.body.get("previous_response_id") not in call.memory.get("responses", {}):
        call.body.pop("previous_response_id", None)


@fault(
    "responses_partly.allowed_in_streams",
    "In streams, allowed_tools allows every tool.",
    "answers",
    {"responses.tool_choice.allowed_stream": "ignored"},
)
def allowed_in_streams(call: Call) -> None:
    """Know the mode alone."""
    choice = call.body.get("tool_choice")
    if call.body.get("stream") and isinstance(choice, dict) and choice["type"] == "allowed_tools":
        again(call, tool_choice=choice["mode"])


@fault(
    "responses_partly.custom_in_streams",
    "In streams, the choice of a custom tool is taken for a hint.",
    "answers",
    {"responses.custom.stream": "ignored"},
)
def custom_in_streams(call: Call) -> None:
    """Leave it to the model."""
    choice = call.body.get("tool_choice")
    if call.body.get("stream") and isinstance(choice, dict) and choice["type"] == "custom":
        again(call, tool_choice="auto")


@fault(
    "responses_partly.fetched_without_truncation",
    "A response that is fetched tells another truncation than it was made with.",
    "document",
    {"responses.state.get_same": "broken"},
)
def fetched_without_truncation(call: Call) -> None:
    """Tell something."""
    for one in made(call) if call.request.method == "GET" else ():
        one["truncation"] = "auto"


@fault(
    "responses_partly.breaks_off",
    "Streams with a format break off with an error after some events.",
    "chunks",
    {"responses.stream.laden_completed": "broken"},
    blocks=("responses.format.stream", "responses.parameters.*", "responses.stream.*", "responses.echo.*"),
)
def breaks_off(call: Call) -> None:
    """Fail at what was begun."""
    if ((call.body.get("text") or {}).get("format") or {}).get("type") == "json_schema":
        error = {"type": "error", "code": "server_error", "message": "The engine stopped.", "param": None}
        call.chunks[5:] = [error]
        renumber(call)


@fault(
    "responses_partly.unsealed",
    "With store false, encrypted_content is left out.",
    "chunks",
    {"responses.reasoning.stream_encrypted": "ignored"},
)
def unsealed(call: Call) -> None:
    """Seal only what is kept."""
    if call.body.get("store") is False:
        for item in [event["item"] for event in call.chunks if "item" in event]:
            item.pop("encrypted_content", None)
        for one in final(call):
            put(one, "output/*/encrypted_content", ABSENT)


@fault(
    "responses_partly.mute",
    "After the output of a tool, a stream is completed with an empty message.",
    "chunks",
    {"responses.tools.answered_stream": "ignored"},
    blocks=("responses.*",),
)
def mute(call: Call) -> None:
    """Stop at once."""
    if any(item.get("type") == "function_call_output" for item in _items(call.body)[-1:]):
        call.chunks[:] = [event for event in call.chunks if event["type"] != "response.output_text.delta"]
        for event in of(call, "response.output_text.done"):
            event["text"] = ""
        for event in of(call, "response.content_part.done"):
            event["part"]["text"] = ""
        for item in [event["item"] for event in of(call, "response.output_item.done")]:
            put(item, "content/*/text", "")
        for one in final(call):
            put(one, "output/*/content/*/text", "")
        renumber(call)


@fault(
    "responses_partly.mute_in_the_end",
    "After the output of a tool, the response that a stream ends with has an empty message.",
    "chunks",
    {"responses.stream.same_response": "broken"},
    blocks=("responses.stream.*", "responses.state.*"),
)
def mute_in_the_end(call: Call) -> None:
    """Say it, and forget it."""
    if any(item.get("type") == "function_call_output" for item in _items(call.body)[-1:]):
        for one in final(call):
            put(one, "output/*/content/*/text", "")


@fault(
    "responses_partly.unspoken",
    "What was said in a stream is not among the turns that a later response sees.",
    "answers",
    {"responses.tools.previous_output": "ignored"},
    blocks=("responses.state.*", "responses.tools.*", "responses.usage.*"),
)
def unspoken(call: Call) -> None:
    """Load what was put in, and the calls."""
    before = [item for item in call.notes["before"] if item.get("id", "").startswith("msg") is False]
    if len(before) < len(call.notes["before"]) and any("call_id" in item for item in before):
        call.notes["before"] = before
        keep(call, call.notes["input"])


@fault(
    "responses_partly.vendors_item",
    "Answers end with an item of a type of the vendor's own, without a prefix.",
    "document",
    {"responses.items.type": "broken"},
)
def vendors_item(call: Call) -> None:
    """Tell how long it took."""
    for one in made(call):
        if "Count" in str(call.body.get("input") if isinstance(call.body, dict) else ""):
            one["output"].insert(0, {"id": f"tm_{one['id']}", "type": "timing", "status": "completed"})


@fault(
    "responses_partly.other_model_in_streams",
    "That a model does not exist is told in a stream, after 200.",
    "response",
    {"responses.errors.unknown_model": "broken"},
    blocks=("responses.*",),
)
def other_model_in_streams(call: Call) -> None:
    """Begin before it is known."""
    if call.response.status == 404 and isinstance(call.body, dict) and call.body.get("stream"):
        call.response.status = 200
        call.response.set("Content-Type", "text/event-stream")
        call.response.body = b'event: error\ndata: {"type": "error", "code": null, "message": "No such model."}\n\n'


@fault(
    "responses_partly.typeless_404",
    "That a response is not there is told without a type.",
    "error",
    {"responses.errors.unknown_url": "broken"},
)
def typeless_404(call: Call) -> None:
    """Leave it to another part of the server."""
    if call.request.method == "GET":
        call.document["error"]["type"] = None
