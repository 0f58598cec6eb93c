"""Faults of keys, versions and headers."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.registry import fault, messages


@fault(
    "access.bearer_only",
    "x-api-key is refused.",
    "request",
    {"access.x_api_key": "unsupported"},
    known=("auth-anthropic-needs-bearer", "auth-gateway-anthropic-ignores-x-api-key"),
)
def bearer_only(call: Call) -> None:
    """Read the other header."""
    if "x-api-key" in call.request.headers:
        raise Refusal(401, "Please carry the API secret key in the 'Authorization' field of the request header")


@fault(
    "access.key_only",
    "Bearer is refused.",
    "request",
    {"access.bearer": "unsupported", "count.bearer": "unsupported"},
    blocks=("versions.told_apart", "count.latest", "access.scheme_case"),
    known=("auth-anthropic-needs-x-api-key",),
)
def key_only(call: Call) -> None:
    """Read one header."""
    if "authorization" in call.request.headers:
        raise Refusal(401, "x-api-key header is required")


@fault(
    "access.scheme_case",
    "The scheme's name is read as Bearer alone.",
    "request",
    {"access.scheme_case": "unsupported"},
    blocks=("versions.told_apart", "count.latest"),
)
def scheme_case(call: Call) -> None:
    """Compare letter by letter."""
    if call.request.headers.get("authorization", "Bearer").partition(" ")[0] != "Bearer":
        raise Refusal(401, "invalid bearer token")


@fault("access.no_key_needed", "Requests without a key are answered.", "request", {"access.missing_key": "ignored"})
def no_key_needed(call: Call) -> None:
    """Let strangers in."""
    headers = call.request.headers
    call.notes["authorised"] = "x-api-key" not in headers and "authorization" not in headers


@fault(
    "access.any_key",
    "Every key is taken.",
    "request",
    {"access.wrong_key": "ignored"},
    blocks=("count.wrong_key",),
)
def any_key(call: Call) -> None:
    """Look whether there is one."""
    headers = call.request.headers
    call.notes["authorised"] = "x-api-key" in headers or "authorization" in headers


@fault("access.any_key_counts", "To count, every key is taken.", "request", {"count.wrong_key": "ignored"})
def any_key_counts(call: Call) -> None:
    """Count before anybody looks."""
    call.notes["authorised"] = call.path == "/messages/count_tokens" and "x-api-key" in call.request.headers


@fault(
    "access.wrong_in_stream",
    "Where a stream is asked for, a wrong key is refused in one.",
    "response",
    {"access.wrong_key": "broken"},
)
def wrong_in_stream(call: Call) -> None:
    """Begin a stream before the key is looked at."""
    if call.response.status == 401 and b'"stream":true' in call.request.body.replace(b" ", b""):
        call.response.status = 200
        call.response.body = b"event: error\ndata: %s\n\n" % call.response.body
        call.response.set("Content-Type", "text/event-stream")


@fault(
    "access.forbidden",
    "Wrong keys are refused with 403.",
    "error",
    {"access.wrong_key": "broken", "access.missing_key": "broken"},
    blocks=("error.*",),
)
def forbidden(call: Call) -> None:
    """Give another status."""
    if call.error is not None and call.error.status == 401:
        call.response.status = 403
        call.document["error"]["type"] = "permission_error"


@fault("access.echo", "Refusals repeat the key.", "error", {"access.no_echo": "broken"})
def echo(call: Call) -> None:
    """Say which key it was."""
    headers = call.request.headers
    call.document["error"]["message"] += f" (key {headers.get('x-api-key') or headers.get('authorization')})"


@fault("access.echo_refused", "A refused key is repeated whole.", "error", {"access.no_echo": "broken"})
def echo_refused(call: Call) -> None:
    """Say which key it was."""
    if call.response.status == 401:
        call.document["error"]["message"] = f"invalid x-api-key: {call.request.headers.get('x-api-key', '')}"


@fault(
    "access.charset",
    "A declared charset is refused.",
    "request",
    {"access.charset": "unsupported"},
    blocks=("versions.told_apart", "count.latest"),
)
def charset(call: Call) -> None:
    """Compare the whole header."""
    if "charset" in call.request.headers.get("content-type", ""):
        raise Refusal(400, "Content-Type must be application/json")


@fault(
    "access.no_request_id",
    "Answers have no request-id.",
    "response",
    {"access.request_id": "unsupported"},
    blocks=("access.unique_request_id", "error.request_id"),
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("request-id")


@fault(
    "access.one_request_id",
    "All answers have one request-id.",
    "response",
    {"access.unique_request_id": "broken", "error.request_id": "broken"},
)
def one_request_id(call: Call) -> None:
    """Name all alike."""
    call.response.set("request-id", "req_1")


@fault("access.other_request_id", "An error names another request.", "error", {"error.request_id": "broken"})
def other_request_id(call: Call) -> None:
    """Name another."""
    call.document["request_id"] = "req_other"


@fault("access.limits_in_words", "Rate limits are told in words.", "response", {"access.rate_limits": "broken"})
def limits_in_words(call: Call) -> None:
    """Say it with words."""
    if call.response.status == 200:
        call.response.set("anthropic-ratelimit-requests-limit", "unlimited")


@fault("access.limits_beyond", "More remains than the limit.", "response", {"access.rate_limits": "broken"})
def limits_beyond(call: Call) -> None:
    """Give more than there is."""
    if call.response.status == 200:
        call.response.set("anthropic-ratelimit-tokens-remaining", "99999999")


@fault("access.resets_as_durations", "Resets are durations.", "response", {"access.rate_resets": "broken"})
def resets_as_durations(call: Call) -> None:
    """Say how long."""
    if call.response.status == 200:
        call.response.set("anthropic-ratelimit-requests-reset", "6ms")


@fault(
    "access.beta_refused",
    "anthropic-beta is refused.",
    "request",
    {"access.beta": "unsupported"},
    blocks=("versions.told_apart", "count.latest"),
    known=("http-anthropic-version-required-or-ignored",),
)
def beta_refused(call: Call) -> None:
    """Know no betas."""
    if "anthropic-beta" in call.request.headers:
        raise Refusal(400, "Unexpected value(s) for the `anthropic-beta` header")


@fault(
    "access.query_unknown",
    "URLs with a query are not known.",
    "request",
    {"access.beta_query": "unsupported"},
    blocks=("versions.told_apart", "count.latest"),
)
def query_unknown(call: Call) -> None:
    """Match the whole URL."""
    if call.request.query:
        raise Refusal(404, "Not Found")


@fault(
    "access.old_versions",
    "The latest version is not known.",
    "request",
    {"versions.latest": "unsupported"},
    blocks=("versions.*", "count.latest"),
)
def old_versions(call: Call) -> None:
    """Know one version."""
    if call.request.headers.get("anthropic-version") == "2026-10-21":
        raise Refusal(400, 'anthropic-version: "2026-10-21" is not a valid version')


@fault(
    "access.not_offered",
    "Messages is not offered.",
    "request",
    {"message.answers": "unsupported"},
    blocks=("*",),
)
def not_offered(call: Call) -> None:
    """Speak other protocols."""
    raise Refusal(404, "Not Found")


@fault(
    "access.hidden",
    "Messages is not offered, and who brings no Bearer key doesn't hear of it.",
    "request",
    {"message.answers": "unsupported"},
    blocks=("*",),
)
def hidden(call: Call) -> None:
    """Ask for the key before anything else."""
    if not call.request.headers.get("authorization", "").startswith("Bearer "):
        raise Refusal(401, "You didn't provide an API key.")
    raise Refusal(404, "Not Found")


@fault(
    "access.as_chat",
    "A message is answered with a completion of chat.",
    "document",
    {"message.answers": "broken"},
    blocks=("*",),
)
def as_chat(call: Call) -> None:
    """Forget to translate the answer."""
    for message in messages(call):
        said = {"role": "assistant", "content": "Hello!"}
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        told = {"object": "chat.completion", "created": 1_700_000_000, "choices": [choice], "usage": usage}
        call.document = {"id": "chatcmpl-1", "model": message["model"], **told}


@fault("access.no_version", "A request without a version is answered.", "request", {"versions.needed": "unsupported"})
def no_version(call: Call) -> None:
    """Know one version."""
    call.request.headers.setdefault("anthropic-version", "2023-06-01")


@fault("access.any_version", "All versions are one.", "request", {"versions.told_apart": "unsupported"})
def any_version(call: Call) -> None:
    """Know one version."""
    if "anthropic-version" in call.request.headers:
        call.request.headers["anthropic-version"] = "2023-06-01"
