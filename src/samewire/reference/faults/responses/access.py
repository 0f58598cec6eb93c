"""Faults of the protocol as a whole, of its errors, and of requests that are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unknown_url, unsupported
from samewire.reference.faults.responses.declaring import fault, input_text

ALL = ("responses.*",)
SERVED = "responses.endpoint.served"


@fault("responses_access.absent", "The protocol is not served.", "request", {SERVED: "unsupported"})
def absent(call: Call) -> None:
    """Know no such path."""
    raise unknown_url(call.request.method, call.request.path)


@fault("responses_access.not_implemented", "The protocol is not implemented.", "request", {SERVED: "unsupported"})
def not_implemented(call: Call) -> None:
    """Promise it for later."""
    raise Refusal(501, "Not implemented yet.", type="server_error")


@fault(
    "responses_access.wrapped",
    "Responses are wrapped in another object.",
    "document",
    {SERVED: "broken"},
    blocks=ALL,
)
def wrapped(call: Call) -> None:
    """Wrap it."""
    call.document = {"success": True, "data": call.document}


@fault(
    "responses_access.failure_as_200",
    "Every request is answered with 200 and an error.",
    "document",
    {SERVED: "broken"},
    blocks=ALL,
)
def failure_as_200(call: Call) -> None:
    """Fail with a success."""
    call.document = {"error": {"message": "Upstream failed.", "type": "server_error", "param": None, "code": None}}


@fault(
    "responses_access.chat",
    "Requests are answered with chat completions.",
    "document",
    {SERVED: "broken"},
    blocks=ALL,
)
def chat(call: Call) -> None:
    """Speak another protocol."""
    message = {"role": "assistant", "content": "Hello!"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    call.document = {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]}


@fault(
    "responses_access.store_refused",
    "Requests that don't forbid storing are refused.",
    "body",
    {SERVED: "unsupported"},
    blocks=ALL,
    known=("resp-store-default-501",),
)
def store_refused(call: Call) -> None:
    """Refuse the default."""
    if call.body.get("store") is not False:
        raise Refusal(501, "`store=True` (default) is not supported.", type="not_implemented")


Body = dict[str, Any]


def _items(body: Body, kind: str) -> list[Any]:
    given = body.get("input")
    return (
        [item for item in given if isinstance(item, dict) and item.get("type") == kind]
        if isinstance(given, list)
        else []
    )


#: Check → further checks that ask for the same.
SAME: dict[str, tuple[str, ...]] = {
    "tools.accepted": ("reasoning.beside_tools",),
    "tools.round_trip": ("images.tool_output", "tools.own_call", "tools.previous_call"),
    "tools.output_parts": ("images.tool_output",),
    "tool_choice.auto": ("parameters.no_tools",),
    "state.previous": ("tools.previous_call",),
    "reasoning.effort": ("reasoning.medium", "reasoning.encrypted", "reasoning.stream"),
}
#: Check → what is refused, as a condition on the body.
REFUSED: dict[str, tuple[Callable[[Body], bool], tuple[str, ...], tuple[str, ...]]] = {
    "tools.accepted": (lambda body: bool(body.get("tools")), ALL, ()),
    "tools.round_trip": (
        lambda body: bool(_items(body, "function_call_output")),
        ALL,
        ("resp-multiturn-items-rejected",),
    ),
    "tools.no_parameters": (
        lambda body: any("parameters" not in one and one.get("type") == "function" for one in _tools(body)),
        (),
        (),
    ),
    "tools.null_parameters": (lambda body: any(one.get("parameters", 0) is None for one in _tools(body)), (), ()),
    "tools.empty_parameters": (
        lambda body: any((one.get("parameters") or {}).get("properties") == {} for one in _tools(body)),
        ("responses.state.kept_by_default",),
        (),
    ),
    "tools.blank_parameters": (
        lambda body: any(one.get("parameters") == {} for one in _tools(body)),
        (),
        ("tool-params-empty-object-rejected",),
    ),
    "tools.previous_call": (
        lambda body: bool(body.get("previous_response_id") and body.get("tools")),
        ("responses.tools.previous_output", "responses.tools.answered_stream", "responses.tools.referred_output"),
        (),
    ),
    "tools.output_parts": (
        lambda body: any(isinstance(one.get("output"), list) for one in _items(body, "function_call_output")),
        ("responses.images.tool_output", "responses.input.together", "responses.tools.past_arguments"),
        (),
    ),
    "tool_choice.auto": (lambda body: body.get("tool_choice") == "auto", ALL, ()),
    "tool_choice.required": (lambda body: body.get("tool_choice") == "required", ALL, ()),
    "custom.round_trip": (
        lambda body: bool(_items(body, "custom_tool_call_output")),
        ("responses.custom.output_arrives",),
        (),
    ),
    "images.detail": (lambda body: "'detail': 'auto'" in str(body.get("input")), ("responses.images.un*",), ()),
    "images.several": (
        lambda body: str(body.get("input")).count("input_image") > 1,
        ("responses.images.un*",),
        (),
    ),
    "input.reference": (lambda body: bool(_items(body, "item_reference")), (), ()),
    "state.store": (lambda body: body.get("store") is True, ALL, ()),
    "state.previous": (lambda body: body.get("previous_response_id") is not None, ALL, ()),
    "reasoning.effort": (lambda body: bool((body.get("reasoning") or {}).get("effort")), ALL, ()),
    "reasoning.medium": (lambda body: (body.get("reasoning") or {}).get("effort") == "medium", (), ()),
}


def _tools(body: Body) -> list[Body]:
    given = body.get("tools")
    return [tool for tool in given if isinstance(tool, dict)] if isinstance(given, list) else []


#: What may not be refused, however cleanly: the endpoint itself made it.
OWN = ("tools.own_call",)
for _check, (_is, _blocks, _known) in REFUSED.items():

    @fault(
        f"responses_refused.{_check.replace('.', '_')}",
        f"What {_check} asks for is refused.",
        "body",
        {f"responses.{one}": "broken" if one in OWN else "unsupported" for one in (_check, *SAME.get(_check, ()))},
        blocks=_blocks,
        known=_known,
    )
    def refused(call: Call, applies: Callable[[Body], bool] = _is) -> None:
        """Refuse it cleanly."""
        if applies(call.body):
            raise Refusal(400, "Invalid input.", param="input", code="unsupported_value")


#: Optional parameters that are refused → the checks that see it.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "metadata": ("metadata",),
    "truncation": ("truncation",),
    "service_tier": ("service_tier",),
    "background": ("background",),
    "include": ("include", "logprobs"),
    "parallel_tool_calls": ("parallel_tool_calls",),
    "text": ("text", "verbosity"),
    "max_tool_calls": ("max_tool_calls",),
    "safety_identifier": ("identifiers",),
    "prompt_cache_key": ("cache_key",),
    "tools": ("no_tools",),
}
for _name, _checks in PARAMETERS.items():

    @fault(
        f"responses_refused.{_name}",
        f"{_name} is refused.",
        "body",
        {f"responses.parameters.{check}": "unsupported" for check in _checks},
        blocks=ALL,
    )
    def parameter(call: Call, name: str = _name) -> None:
        """Refuse a parameter, unless it is null."""
        sent = call.body.get(name)
        plain = name == "text" and sent and (sent.get("format") or {}).get("type") == "text"
        if sent is not None and (plain or call.body.get("max_output_tokens") == 32):
            raise unsupported(name)


#: What is refused beside these: the check → whether a request holds it.
FORMS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "tools.long_name": lambda body: any(
        len(str(tool.get("name"))) == 64 for tool in body.get("tools") or () if isinstance(tool, dict)
    ),
    "parameters.verbosity": lambda body: "verbosity" in (body.get("text") or {}),
    "parameters.no_truncation": lambda body: body.get("truncation") == "disabled",
    "input.assistant_parts": lambda body: any(
        isinstance(item.get("content"), list) and item.get("role") == "assistant" and "status" not in item
        for item in _items(body, "message")
    ),
    "tools.listed_output": lambda body: (
        isinstance(body.get("input"), list)
        and any(
            str(item.get("type")).endswith("_output") and item.get("id")
            for item in body["input"]
            if isinstance(item, dict)
        )
    ),
}
for _check, _is in FORMS.items():

    @fault(
        f"responses_refused.{_check.replace('.', '_')}",
        f"What {_check} asks for is refused.",
        "body",
        {f"responses.{_check}": "unsupported"},
        blocks=("responses.input.together", "responses.tools.past_arguments"),
    )
    def form(call: Call, applies: Callable[[dict[str, Any]], bool] = _is) -> None:
        """Refuse it cleanly."""
        if call.body and applies(call.body):
            raise Refusal(400, "Invalid input.", param="input", code="unsupported_value")


@fault(
    "responses_refused.unstored",
    "store: false is refused.",
    "body",
    {"responses.parameters.store": "unsupported"},
    blocks=("responses.state.unstored", "responses.echo.*", "responses.parameters.*"),
)
def unstored(call: Call) -> None:
    """Insist on storing."""
    if call.body.get("store") is False:
        raise unsupported("store")


@fault(
    "responses_refused.null",
    "metadata must not be null.",
    "body",
    {"responses.parameters.null": "unsupported"},
    blocks=("responses.echo.null",),
)
def null(call: Call) -> None:
    """Refuse null."""
    if call.body.get("metadata", ...) is None:
        raise Refusal(422, "metadata: invalid type: null, expected a map.", param="metadata")


@fault(
    "responses_refused.null_limit",
    "max_output_tokens must not be null.",
    "body",
    {"responses.parameters.null": "unsupported"},
    blocks=("responses.echo.null",),
)
def null_limit(call: Call) -> None:
    """Want a number."""
    if call.body.get("max_output_tokens", ...) is None:
        raise Refusal(400, "max_output_tokens: not an integer.", param="max_output_tokens")


@fault(
    "responses_refused.null_500",
    "An instructions that is null is answered 500.",
    "body",
    {"responses.parameters.null": "broken"},
    blocks=("responses.echo.null",),
)
def null_500(call: Call) -> None:
    """Fall over null."""
    if call.body.get("instructions", ...) is None:
        raise Refusal(500, "Internal Server Error", type="server_error")


@fault(
    "responses_refused.pictures",
    "A part that is a picture is no valid input.",
    "body",
    {"responses.images.seen": "unsupported", "responses.images.by_url": "unsupported"},
    blocks=(
        "responses.images.*",
        "responses.images.*",
        "responses.images.jpeg",
    ),
    known=("resp-image-input-invalid-union",),
)
def pictures(call: Call) -> None:
    """Know text alone."""
    if "input_image" in input_text(call):
        raise Refusal(400, "Invalid type for 'input'.", param="input", code="invalid_union")


@fault(
    "responses_refused.own_output",
    "Items with annotations are refused in the input.",
    "body",
    {
        "responses.input.own_output": "broken",
        "responses.input.items": "unsupported",
        "responses.reasoning.returned": "unsupported",
    },
    blocks=(
        "responses.tools.past_arguments",
        "responses.input.together",
        "responses.tools.ends",
    ),
)
def own_output(call: Call) -> None:
    """Know other items than it sends."""
    if "annotations" in input_text(call):
        raise Refusal(422, "input: annotations: Extra inputs are not permitted.", param="input")


@fault(
    "responses_refused.own_call",
    "Calls with a status are refused in the input.",
    "body",
    {"responses.tools.own_call": "broken"},
    blocks=("responses.tools.ends",),
)
def own_call(call: Call) -> None:
    """Know other calls than it sends."""
    if any("status" in item for item in _items(call.body, "function_call")):
        raise Refusal(422, "input: status: Extra inputs are not permitted.", param="input")
