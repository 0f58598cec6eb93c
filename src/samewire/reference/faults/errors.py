"""Faults of errors: their shape, their status, and mistakes that pass for requests."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse

ENVELOPE = {"http.error.envelope": "broken"}
BY_ENVELOPE = ("http.error.*", "http.base_url.slash")


@fault("error.detail", "Errors are {detail}.", "error", ENVELOPE, blocks=BY_ENVELOPE, known=("err-fastapi-detail",))
def detail(call: Call) -> None:
    """Speak FastAPI."""
    call.document = {"detail": call.document["error"]["message"]}


@fault("error.flat", "Errors have no envelope.", "error", ENVELOPE, blocks=BY_ENVELOPE, known=("err-429-flat-mistral",))
def flat(call: Call) -> None:
    """Take the envelope away."""
    call.document = {"object": "error", **call.document["error"]}


@fault(
    "error.text",
    "error is a string.",
    "error",
    ENVELOPE,
    blocks=BY_ENVELOPE,
    known=("image-text-model-string-error", "err-malformed-json-shape"),
)
def text(call: Call) -> None:
    """Say it in a string."""
    call.document = {"error": call.document["error"]["message"]}


@fault(
    "error.success_wrapper",
    "Errors are {success: false}.",
    "error",
    ENVELOPE,
    blocks=BY_ENVELOPE,
    known=("envelope-success-wrapper",),
)
def success_wrapper(call: Call) -> None:
    """Wrap it another way."""
    call.document = {"result": None, "success": False, "errors": [{"code": 7003, "message": "No."}], "messages": []}


@fault(
    "error.nested",
    "The envelope is nested below detail.",
    "error",
    ENVELOPE,
    blocks=BY_ENVELOPE,
    known=("unknown-model-detail-wrapped-error",),
)
def nested(call: Call) -> None:
    """Wrap the envelope."""
    call.document = {"detail": call.document}


@fault("error.html", "Errors are web pages.", "response", ENVELOPE, blocks=BY_ENVELOPE, known=("err-html-5xx",))
def html(call: Call) -> None:
    """Show a page."""
    if call.response.status >= 400:
        call.response.body = b"<html><body><h1>Bad Request</h1></body></html>"
        call.response.set("Content-Type", "text/html")


@fault(
    "error.unknown_url_empty",
    "An unknown URL is answered 404 with an empty body.",
    "response",
    {**ENVELOPE, "messages.error.unknown_url": "broken"},
    known=("url-404-empty-body", "url-doubled-v1-plain-404"),
    blocks=("http.base_url.slash", "http.error.*"),
    also=("messages", "responses"),
)
def unknown_url_empty(call: Call) -> None:
    """Say nothing of what isn't there."""
    if call.error is not None and call.error.code == "unknown_url":
        call.response.body = b""
        call.response.drop("Content-Type")


@fault(
    "error.content_type_text", "Errors are declared as text/plain.", "response", {"http.error.content_type": "broken"}
)
def content_type_text(call: Call) -> None:
    """Declare text."""
    if call.response.status >= 400:
        call.response.set("Content-Type", "text/plain")


@fault("error.message_empty", "error.message is empty.", "error", {"http.error.message": "broken"})
def message_empty(call: Call) -> None:
    """Say nothing."""
    call.document["error"]["message"] = ""


@fault(
    "error.message_object",
    "error.message is an object.",
    "error",
    {"http.error.message": "broken"},
    known=("err-message-is-object",),
)
def message_object(call: Call) -> None:
    """Say it in an object."""
    call.document["error"]["message"] = {"detail": [call.document["error"]["message"]]}


@fault(
    "error.message_json",
    "error.message is JSON in a string.",
    "error",
    {"http.error.message": "broken"},
    known=("err-message-is-object",),
)
def message_json(call: Call) -> None:
    """Encode it twice."""
    call.document["error"]["message"] = '{"error": "no"}'


@fault(
    "error.type_missing",
    "error.type is missing.",
    "error",
    {"http.error.type": "broken"},
    blocks=("http.error.blames",),
)
def type_missing(call: Call) -> None:
    """Drop the type."""
    del call.document["error"]["type"]


@fault(
    "error.param_missing",
    "error.param is missing.",
    "error",
    {"http.error.param": "broken"},
    blocks=("http.error.right_param",),
)
def param_missing(call: Call) -> None:
    """Drop the parameter."""
    del call.document["error"]["param"]


@fault("error.code_number", "error.code is a number.", "error", {"http.error.code": "broken"})
def code_number(call: Call) -> None:
    """Number the errors."""
    call.document["error"]["code"] = call.response.status


@fault(
    "error.with_200",
    "Errors are answered with 200.",
    "response",
    {"http.error.not_with_200": "broken"},
    blocks=("*",),
    known=("err-200-with-error-json-stream",),
)
def with_200(call: Call) -> None:
    """Call it a success."""
    if call.error is not None and call.error.status != 401:
        call.response.status = 200


@fault(
    "error.with_200_in_words",
    "Errors are answered with 200, and are mere text.",
    "response",
    {"http.error.not_with_200": "broken"},
    blocks=("*",),
)
def with_200_in_words(call: Call) -> None:
    """Call it a success, and say what it is about."""
    if call.error is not None and call.error.status != 401:
        call.response.status = 200
        call.response.body = json.dumps({"error": call.document["error"]["message"]}).encode()


@fault(
    "error.object_with_200",
    "Errors are answered with 200, and their members stand at the top.",
    "response",
    {"http.error.not_with_200": "broken"},
    blocks=("*",),
)
def object_with_200(call: Call) -> None:
    """Call it a success, and the whole an error."""
    if call.error is not None and call.error.status != 401:
        call.response.status = 200
        call.response.body = json.dumps({"object": "error", **call.document["error"]}).encode()


@fault(
    "error.null_with_200",
    "Errors are answered with 200 and null.",
    "response",
    # What may be taken or refused, and is taken with null, has no choices.
    {
        "http.error.not_with_200": "broken",
        "chat.completion.choices": "broken",
        "chat.mistakes.in_streams": "broken",
        "completions.ranges.temperature": "broken",
    },
    blocks=("*",),
)
def null_with_200(call: Call) -> None:
    """Call it a success, and say nothing."""
    if call.error is not None and call.error.status == 400:
        call.response.status = 200
        call.response.body = b"null"


@fault(
    "error.mistakes_500",
    "Mistakes of the client are answered 500.",
    "error",
    {"http.error.clients_fault": "broken", "chat.format.outside_subset": "broken"},
    blocks=(
        "chat.*",
        "http.*",
        "completions.*",
        "embeddings.*",
    ),
    known=("content-bad-type-500", "err-empty-messages-500"),
)
def mistakes_500(call: Call) -> None:
    """Take the blame."""
    if call.error is not None and call.error.status == 400:
        raise Refusal(500, "Internal server error.", type="server_error")


@fault(
    "error.malformed_500",
    "A body that is no JSON is answered 500.",
    "error",
    {"http.error.clients_fault": "broken"},
    blocks=("http.error.*",),
)
def malformed_500(call: Call) -> None:
    """Stumble over bytes."""
    if call.body is None and call.error is not None and call.error.status == 400:
        raise Refusal(500, "Internal server error.", type="server_error")


@fault(
    "error.unknown_model_401",
    "An unknown model is refused with 401.",
    "error",
    {"http.error.unknown_model": "broken", "http.models.unknown": "broken", "embeddings.mistakes.model": "broken"},
)
def unknown_model_401(call: Call) -> None:
    """Blame the key."""
    if call.error is not None and call.error.code == "model_not_found":
        raise Refusal(401, call.error.message, code="model_not_found")


@fault(
    "error.unknown_url_200",
    "An unknown URL is answered 200.",
    "error",
    {
        "http.error.unknown_url": "ignored",
        "http.error.wrong_method": "ignored",
        "messages.error.unknown_url": "ignored",
    },
    blocks=("http.error.allow", "http.models.*", "http.base_url.*"),
    known=("cors-preflight-validated-as-post",),
    also=("messages", "responses"),
)
def unknown_url_200(call: Call) -> None:
    """Say hello to everyone."""
    if call.error is not None and (call.error.code == "unknown_url" or call.error.status == 405):
        call.response = HttpResponse(200)
        call.document = {"status": "ok"}


@fault(
    "error.wrong_method_200",
    "A wrong method is answered 200.",
    "error",
    {"http.error.wrong_method": "ignored"},
    blocks=("http.error.allow",),
)
def wrong_method_200(call: Call) -> None:
    """Take any method."""
    if call.error is not None and call.error.status == 405:
        call.response = HttpResponse(200)
        call.document = {"status": "ok"}


@fault(
    "error.differs_in_streams",
    "A mistake in a request for a stream has a flat error.",
    "error",
    {"http.error.same_in_streams": "broken", "http.error.code": "broken"},
    known=("err-shape-differs-stream-vs-nonstream",),
)
def differs_in_streams(call: Call) -> None:
    """Add a member in streams."""
    if call.streamed:
        call.document["error"]["status"] = 400
        call.document["error"].pop("code")


@fault(
    "error.stream_status",
    "A mistake in a request for a stream is refused with 422.",
    "error",
    {"http.error.same_in_streams": "broken"},
)
def stream_status(call: Call) -> None:
    """Refuse another way."""
    if call.streamed and call.response.status in (400, 404):
        call.response.status = 422


@fault(
    "error.conflict",
    "A history that doesn't fit is refused with 409.",
    "error",
    {"http.error.clients_fault": "broken"},
    blocks=("chat.mistakes.*", "chat.history.*", "chat.images.*"),
)
def conflict(call: Call) -> None:
    """Call it a conflict."""
    if call.response.status == 400 and str(call.document["error"].get("param")).startswith("messages["):
        call.response.status = 409


@fault(
    "error.unframed_in_streams",
    "A mistake in a request for a stream is answered 200 with the error, declared as a stream and not framed as one.",
    "error",
    {"http.error.same_in_streams": "broken"},
    blocks=("chat.mistakes.*", "chat.ranges.*", "http.huge.*", "chat.sampling.*", "chat.limits.not_negative"),
)
def unframed_in_streams(call: Call) -> None:
    """Begin before it is known whether there is anything to begin."""
    if call.streamed and call.chat and call.response.status in (400, 404):
        text = json.dumps(call.document).encode()
        call.notes["instead"] = HttpResponse(200, [("Content-Type", "text/event-stream")], text)


for _member, _value in {"type": "None", "param": "None", "code": "null"}.items():

    @fault(
        f"error.{_member}_as_text",
        f"error.{_member} is the text {_value}.",
        "error",
        {f"http.error.{_member}": "broken"},
        blocks=("http.error.right_param",) if _member == "param" else (),
    )
    def as_text(call: Call, member: str = _member, value: str = _value) -> None:
        """Write down what isn't there."""
        call.document["error"][member] = value


@fault(
    "error.unknown_url_400",
    "A URL that doesn't exist is refused with 400.",
    "error",
    {"http.error.unknown_url": "broken"},
)
def unknown_url_400(call: Call) -> None:
    """Have no route."""
    if call.error is not None and call.error.code == "unknown_url":
        call.response.status = 400


for _status, _said in {405: "the method", 406: "what is accepted", 424: "another request", 451: "the law"}.items():

    @fault(
        f"error.mistakes_{_status}",
        f"Mistakes are refused with {_status}, as if it were {_said}.",
        "error",
        {"http.error.fitting_status": "broken"},
    )
    def untrue(call: Call, status: int = _status) -> None:
        """Blame something else."""
        if call.response.status == 400:
            call.response.status = status


@fault(
    "error.param_null",
    "No mistake's member is named: error.param is always null.",
    "error",
    {"http.error.right_param": "unsupported"},
)
def param_null(call: Call) -> None:
    """Leave it open."""
    call.document["error"]["param"] = None
