"""Faults of refusals: their shape, types and statuses."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults import registry
from samewire.reference.faults.messages.registry import fault
from samewire.reference.messages_rules import PARAMETERS

FITS = {"error.type_fits": "broken"}
ALL = ("*",)


@fault(
    "error.openai",
    "Refusals have OpenAI's envelope.",
    "error",
    {"error.envelope": "broken"},
    blocks=("error.*",),
    known=("anth-error-openai-envelope",),
)
def openai(call: Call) -> None:
    """Refuse as others do."""
    if call.error is not None:
        call.document = {
            "error": {"message": call.error.message, "type": "invalid_request_error", "param": None, "code": None}
        }


@fault("error.detail", 'Refusals are {"detail": …}.', "error", {"error.envelope": "broken"}, blocks=ALL)
def detail(call: Call) -> None:
    """Refuse as frameworks do."""
    call.document = {"detail": "Not Found"}


@fault("error.text", "Refusals are plain text.", "response", {"error.envelope": "broken"}, blocks=ALL)
def text(call: Call) -> None:
    """Refuse in words."""
    if call.error is not None:
        call.response.body = b"Bad Request"
        call.response.set("Content-Type", "text/plain")


@fault(
    "error.envelope_type",
    "The type of a refusal is no error.",
    "error",
    {"error.envelope": "broken"},
    blocks=("error.*",),
)
def envelope_type(call: Call) -> None:
    """Say what it is in another way."""
    call.document["type"] = "invalid_request_error"


@fault(
    "error.id_number",
    "The request_id of a refusal is a number.",
    "error",
    {"error.envelope": "broken"},
    blocks=("error.request_id",),
)
def id_number(call: Call) -> None:
    """Count requests."""
    call.document["request_id"] = 17


@fault("error.no_type", "Errors have no type.", "error", {"error.type": "broken"}, blocks=("error.*",))
def no_type(call: Call) -> None:
    """Leave the type out."""
    del call.document["error"]["type"]


@fault("error.type_null", "The type of an error is null.", "error", {"error.type": "broken"}, blocks=("error.*",))
def type_null(call: Call) -> None:
    """Null the type."""
    call.document["error"]["type"] = None


@fault("error.no_message", "Errors have no message.", "error", {"error.message": "broken"})
def no_message(call: Call) -> None:
    """Leave the message out."""
    del call.document["error"]["message"]


@fault("error.message_empty", "The message of an error is empty.", "error", {"error.message": "broken"})
def message_empty(call: Call) -> None:
    """Say nothing."""
    call.document["error"]["message"] = ""


@fault("error.message_object", "The message of an error is an object.", "error", {"error.message": "broken"})
def message_object(call: Call) -> None:
    """Say it with structure."""
    call.document["error"]["message"] = {"detail": call.document["error"]["message"]}


@fault("error.one_type", "All errors are api_error.", "error", FITS)
def one_type(call: Call) -> None:
    """Blame the server."""
    call.document["error"]["type"] = "api_error"


@fault("error.client_type", "All errors are invalid_request_error.", "error", FITS)
def client_type(call: Call) -> None:
    """Blame the request."""
    call.document["error"]["type"] = "invalid_request_error"


@fault("error.openai_types", "Errors have OpenAI's types.", "error", FITS)
def openai_types(call: Call) -> None:
    """Type as others do."""
    names = {401: "invalid_api_key", 404: "model_not_found"}
    call.document["error"]["type"] = names.get(call.response.status, "BadRequestError")


@fault("error.content_type", "Refusals are declared as text.", "response", {"error.content_type": "broken"})
def content_type(call: Call) -> None:
    """Declare another type."""
    if call.error is not None:
        call.response.set("Content-Type", "text/plain")


@fault("error.with_200", "Refusals have the status 200.", "response", {"error.not_with_200": "broken"}, blocks=ALL)
def with_200(call: Call) -> None:
    """Succeed in failing."""
    if call.error is not None:
        call.response.status = 200


@fault("error.as_500", "Mistakes are refused with 500.", "error", {"error.clients_fault": "broken"}, blocks=ALL)
def as_500(call: Call) -> None:
    """Blame the server."""
    if call.error is not None and call.response.status in (400, 404):
        call.response.status = 500
        call.document["error"]["type"] = "api_error"


@fault("error.unknown_member", "Members that nobody knows are met with 500.", "body", {"error.clients_fault": "broken"})
def unknown_member(call: Call) -> None:
    """Hand every member on as an argument."""
    strange = [name for name in call.body if name not in PARAMETERS]
    if strange:
        raise Refusal(500, f"create() got an unexpected keyword argument '{strange[0]}'")


@fault("error.retry", "Refusals ask to be tried again.", "response", {"error.no_retry": "broken"})
def retry(call: Call) -> None:
    """Take all for a moment's trouble."""
    if call.error is not None:
        call.response.set("x-should-retry", "true")


@fault("error.pause_in_words", "Refusals tell in words how long to wait.", "response", {"error.no_retry": "broken"})
def pause_in_words(call: Call) -> None:
    """Promise something."""
    if call.error is not None:
        call.response.set("retry-after", "soon")


@fault("error.any_model", "Every model is known.", "body", {"error.unknown_model": "ignored"}, blocks=("error.*",))
def any_model(call: Call) -> None:
    """Answer for others."""
    if isinstance(call.body.get("model"), str):
        call.body["model"] = call.settings.models[0]


@fault(
    "error.broken_json",
    "What is no JSON is answered.",
    "request",
    {"error.malformed_json": "ignored"},
    blocks=("error.clients_fault",),
)
def broken_json(call: Call) -> None:
    """Fill in what is missing."""
    if call.request.method == "POST":
        try:
            json.loads(call.request.body)
        except ValueError:
            body = {"model": call.settings.models[0], "max_tokens": 5, "messages": [{"role": "user", "content": "?"}]}
            call.request.body = json.dumps(body).encode()


@fault(
    "error.streamed",
    "Where a stream is asked for, mistakes come in one.",
    "response",
    {"error.same_in_streams": "broken"},
    blocks=("error.*", "mistakes.*", "misplaced.*", "limits.required", "images.unreadable", "tool_choice.unknown"),
)
def streamed(call: Call) -> None:
    """Begin a stream before the request is looked at."""
    if call.streamed and call.response.status == 400:
        call.response.status = 200
        call.response.body = b"event: error\ndata: %s\n\n" % call.response.body
        call.response.set("Content-Type", "text/event-stream")


# It is no path of Messages that is asked for, so that the fault isn't below theirs.
@registry.fault(
    "messages.error.unknown_url_misread",
    "An unknown URL is answered 400, as a mistake in the request is.",
    "request",
    {"messages.error.unknown_url": "broken"},
    also=("messages",),
)
def unknown_url_misread(call: Call) -> None:
    """Look for what is wrong in the request."""
    if "no-such-path-of-messages" in call.path:
        raise Refusal(400, "Invalid request")
