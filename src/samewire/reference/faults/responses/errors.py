"""Faults of errors, and of what is refused whatever the protocol: keys, methods, models, bodies."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import ABSENT, fault, put

ALL = ("responses.*",)
#: A response that came to nothing.
FAILED = {"id": "resp_0", "object": "response", "status": "failed", "output": []}
#: What is wrong with the body of a refusal → the check that sees it.
ERRORS: dict[str, tuple[str, Any, str, tuple[str, ...], tuple[str, ...]]] = {
    "message_absent": ("error/message", ABSENT, "message", (), ()),
    "message_empty": ("error/message", "", "message", (), ()),
    "message_object": ("error/message", {"detail": "wrong"}, "message", (), ()),
    "type_absent": ("error/type", ABSENT, "type", (), ()),
    "param_absent": ("error/param", ABSENT, "param", ("responses.errors.names",), ()),
    "code_number": ("error/code", 400, "code", (), ("err-code-int",)),
    "code_absent": ("error/code", ABSENT, "code", (), ()),
}
for _name, (_path, _value, _check, _blocks, _known) in ERRORS.items():

    @fault(
        f"responses_error.{_name}",
        f"In errors, {_path} is {_value!r}.",
        "error",
        {f"responses.errors.{_check}": "broken"},
        blocks=_blocks,
        known=_known,
    )
    def wrong(call: Call, path: str = _path, value: Any = _value) -> None:
        """Put something else there, or nothing."""
        put(call.document, path, value)


@fault(
    "responses_error.detail",
    "Errors have another shape.",
    "error",
    {"responses.errors.envelope": "broken", "responses.errors.wrong_key": "broken"},
    blocks=ALL,
)
def detail(call: Call) -> None:
    """Tell it another way."""
    call.document = {"detail": call.document["error"]["message"]}


@fault(
    "responses_error.text",
    "Errors are declared as text.",
    "response",
    {"responses.errors.content_type": "broken"},
)
def text(call: Call) -> None:
    """Declare something else."""
    if call.response.status >= 400:
        call.response.set("Content-Type", "text/plain")


@fault(
    "responses_error.with_200",
    "Mistakes are answered with 200 and an error.",
    "error",
    {"responses.errors.not_with_200": "broken"},
    blocks=ALL,
)
def with_200(call: Call) -> None:
    """Fail with a success."""
    call.response.status = 200


@fault(
    "responses_error.with_500",
    "Mistakes in the input are answered with 500.",
    "error",
    {"responses.errors.clients_fault": "broken"},
    blocks=ALL,
)
def with_500(call: Call) -> None:
    """Blame the server."""
    given = call.body.get("input") if isinstance(call.body, dict) else None
    if call.path == "/responses" and call.response.status == 400 and (given is None or given == 5):
        call.response.status = 500


@fault(
    "responses_error.events",
    "In streams, mistakes are refused with another status.",
    "error",
    {"responses.errors.same_in_streams": "broken"},
)
def events(call: Call) -> None:
    """Refuse streams another way."""
    if call.streamed:
        call.response.status = 422


@fault(
    "responses_error.late",
    "Where a stream is asked for, mistakes are answered 200, with an error in the stream.",
    "response",
    {
        "responses.errors.same_in_streams": "broken",
        "responses.unknown.previous": "broken",
        "responses.stream.error": "broken",
    },
    blocks=("responses.mistakes.*",),
)
def late(call: Call) -> None:
    """Begin the stream before the request is understood."""
    if call.streamed and call.response.status == 400:
        call.response.status = 200
        call.response.body = b"event: error\ndata: %s\n\n" % call.response.body
        call.response.set("Content-Type", "text/event-stream")


def _error(call: Call) -> dict[str, Any]:
    """The error with which a request for a response is refused; empty if it isn't."""
    if call.response.status != 400 or call.path != "/responses" or not isinstance(call.response.body, bytes):
        return {}
    error: dict[str, Any] = json.loads(call.response.body)["error"]
    return error


def _late(call: Call, kind: str, told: dict[str, Any]) -> None:
    if call.streamed and _error(call):
        call.response.status = 200
        call.response.body = f"event: {kind}\ndata: {json.dumps({'type': kind, **told})}\n\n".encode()
        call.response.set("Content-Type", "text/event-stream")


@fault(
    "responses_error.late_flat",
    "Where a stream is asked for, mistakes are answered 200, with a flat error event.",
    "response",
    {"responses.errors.same_in_streams": "broken", "responses.unknown.previous": "broken"},
    blocks=("responses.mistakes.*",),
)
def late_flat(call: Call) -> None:
    """Begin the stream before the request is understood, and tell it as the documents have it."""
    _late(call, "error", {**_error(call), "type": "error", "sequence_number": 0})


@fault(
    "responses_error.late_failed",
    "Where a stream is asked for, mistakes make a response that fails.",
    "response",
    {"responses.errors.same_in_streams": "broken", "responses.unknown.previous": "broken"},
    blocks=("responses.mistakes.*",),
)
def late_failed(call: Call) -> None:
    """Begin the stream before the request is understood, and let it fail."""
    _late(call, "response.failed", {"response": {**FAILED, "error": _error(call)}, "sequence_number": 0})


@fault(
    "responses_error.late_effort",
    "Of efforts, `medium` is refused; where a stream is asked for, it is answered 200, with an error event.",
    "response",
    {"responses.reasoning.medium": "unsupported", "responses.stream.not_empty": "broken"},
    blocks=("responses.reasoning.*", "responses.state.unstored"),
)
def late_effort(call: Call) -> None:
    """Begin the stream before it is known what the model can do."""
    if "'effort': 'medium'" in str(call.body):
        message = "Unsupported parameter: 'reasoning.effort' is not supported with this model."
        error = {"message": message, "type": "invalid_request_error", "param": "reasoning", "code": "unsupported_value"}
        call.response.status, call.response.body = 400, json.dumps({"error": error}).encode()
        call.response.set("Content-Type", "application/json")
        late_flat(call)


@fault(
    "responses_error.failed",
    "Where no stream is asked for, mistakes make a response that failed.",
    "response",
    {"responses.errors.failed": "broken"},
    blocks=ALL,
)
def failed(call: Call) -> None:
    """Take the mistake for the model's."""
    if not call.streamed and (error := _error(call)):
        call.response.status = 200
        call.response.body = json.dumps({**FAILED, "error": error}).encode()


@fault(
    "responses_error.any_key",
    "Any key is taken.",
    "request",
    {"responses.errors.wrong_key": "ignored"},
    blocks=(
        "responses.keys.get",
        "responses.keys.delete",
    ),
)
def any_key(call: Call) -> None:
    """Take what comes."""
    call.notes["authorised"] = True


@fault(
    "responses_error.any_model",
    "A model that is not known is taken for the default one.",
    "body",
    {"responses.errors.unknown_model": "ignored"},
)
def any_model(call: Call) -> None:
    """Take another."""
    if call.body.get("model") == "samewire-no-such-model":
        call.body["model"] = call.settings.models[0]


@fault(
    "responses_error.no_model",
    "A model that is not named is the default one.",
    "body",
    {"responses.mistakes.no_model": "ignored"},
)
def no_model(call: Call) -> None:
    """Take the first."""
    call.body.setdefault("model", call.settings.models[0])


@fault(
    "responses_error.no_input",
    "Input that is missing is taken for a greeting.",
    "body",
    {"responses.errors.no_input": "ignored"},
    blocks=("responses.errors.same_in_streams",),
)
def no_input(call: Call) -> None:
    """Take something else."""
    call.body.setdefault("input", "Hello.")


@fault(
    "responses_error.any_json",
    "What is no JSON is taken for a greeting.",
    "request",
    {"responses.errors.malformed_json": "ignored"},
)
def any_json(call: Call) -> None:
    """Read what can't be read."""
    if call.request.body.endswith(b'"input": ['):
        body = {"model": call.settings.models[0], "input": "Hello.", "max_output_tokens": 32}
        call.request.body = json.dumps(body).encode()


@fault(
    "responses_errors.bare_401",
    "A wrong key is refused without a message.",
    "error",
    {"responses.errors.message": "broken"},
)
def bare_401(call: Call) -> None:
    """Say no more than that."""
    if call.response.status == 401:
        call.document["error"]["message"] = ""
