"""Faults of the service around the model: limits, browsers, headers, huge requests, the list of models."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse


@fault(
    "cors.no_authorization",
    "A browser's preflight gives no leave to send authorization.",
    "response",
    {"http.cors.preflight": "broken"},
    known=("cors-allow-headers-lack-authorization",),
)
def no_authorization(call: Call) -> None:
    """Forget the key."""
    if call.request.method == "OPTIONS":
        call.response.set("Access-Control-Allow-Headers", "Origin,Content-Length,Content-Type")


@fault(
    "cors.as_post",
    "A browser's preflight is taken for a POST.",
    "request",
    {"http.cors.preflight": "broken"},
    blocks=("http.cors.stream",),
    known=("cors-preflight-validated-as-post",),
)
def as_post(call: Call) -> None:
    """Miss the messages."""
    if call.request.method == "OPTIONS":
        raise Refusal(400, "Missing required parameter: 'messages'.", param="messages")


@fault(
    "cors.none",
    "A browser's preflight is refused.",
    "request",
    {"http.cors.preflight": "unsupported"},
    blocks=("http.cors.stream",),
)
def no_browsers(call: Call) -> None:
    """Have no browsers."""
    if call.request.method == "OPTIONS":
        raise Refusal(405, "Not allowed.")


@fault(
    "cors.not_on_streams",
    "A page may ask, and gets no leave to read a stream.",
    "response",
    {"http.cors.stream": "broken"},
)
def not_on_streams(call: Call) -> None:
    """Write the headers of streams oneself."""
    if call.streamed:
        call.response.drop("Access-Control-Allow-Origin")


@fault(
    "cors.twice",
    "A page gets leave to read twice: from the server, and from the proxy before it.",
    "response",
    {"http.cors.stream": "broken"},
)
def twice(call: Call) -> None:
    """Add what is there."""
    if "origin" in call.request.headers:
        call.response.headers.append(("Access-Control-Allow-Origin", call.request.headers["origin"]))


def _refused_for(call: Call, status: int, header: str, value: str) -> None:
    if call.chat and value in call.request.headers.get(header, ""):
        raise Refusal(status, f"The header {header} is not welcome.")


@fault(
    "requests.official_headers",
    "Official clients are shut out.",
    "request",
    {"http.requests.official_headers": "broken"},
)
def official_headers(call: Call) -> None:
    """Shut them out."""
    _refused_for(call, 403, "x-stainless-lang", "python")


@fault(
    "requests.charset",
    "A charset is refused.",
    "request",
    {"http.requests.charset": "unsupported", "http.requests.odd_stream": "unsupported"},
    blocks=("chat.stream_usage.declined", "http.cors.stream"),
)
def charset(call: Call) -> None:
    """Want the bare type."""
    _refused_for(call, 415, "content-type", "charset")


@fault("requests.organization", "An organization is refused.", "request", {"http.requests.organization": "unsupported"})
def organization(call: Call) -> None:
    """Want no organization."""
    _refused_for(call, 400, "openai-organization", "org")


@fault(
    "requests.escapes",
    "JSON with escapes is refused.",
    "request",
    {"http.requests.odd_json": "unsupported", "http.requests.odd_stream": "unsupported"},
    blocks=("chat.stream_usage.declined", "http.cors.stream"),
)
def escapes(call: Call) -> None:
    """Read no escapes."""
    if call.chat and call.request.body.startswith((b" ", b"\n", b"\t")):
        raise Refusal(400, "The body could not be read.")


@fault(
    "requests.surrogates",
    "JSON with two escapes for one character is refused.",
    "request",
    {"http.requests.odd_json": "unsupported"},
)
def surrogates(call: Call) -> None:
    """Read each by itself."""
    if call.chat and b"\\ud83c" in call.request.body:
        raise Refusal(400, "The body holds half a character.")


def _listed(call: Call) -> list[dict[str, Any]]:
    return call.document["data"] if call.path == "/models" else [call.document] if "/models/" in call.path else []


@fault(
    "models.created_zero",
    "Models were created at 0.",
    "document",
    {"http.models.created": "broken"},
    known=("models-created-zero",),
)
def created_zero(call: Call) -> None:
    """Forget when."""
    for model in _listed(call):
        model["created"] = 0


@fault(
    "models.created_now",
    "Models are created when they are listed.",
    "document",
    {"http.models.created": "broken"},
    known=("models-created-per-request",),
)
def created_now(call: Call) -> None:
    """Take the time of day."""
    for model in _listed(call):
        model["created"] += call.number


@fault("models.pages", "The list of models has pages.", "document", {"http.models.whole": "broken"})
def pages(call: Call) -> None:
    """Keep some back."""
    if call.path == "/models":
        call.document["has_more"] = True


@fault(
    "error.blames_server",
    "Mistakes are refused as server_error.",
    "error",
    {"http.error.blames": "broken"},
    known=("err-vendor-type-gateway",),
)
def blames_server(call: Call) -> None:
    """Take the blame in words."""
    call.document["error"]["type"] = "server_error"


def _huge(call: Call) -> bool:
    return len(call.request.body) > 5_000_000


@fault(
    "huge.cut",
    "A prompt beyond the context window is cut in silence.",
    "body",
    {"http.huge.refused": "ignored", "http.huge.refused_in_streams": "ignored"},
)
def huge_cut(call: Call) -> None:
    """Read the beginning."""
    if _huge(call):
        call.body["messages"] = [{"role": "user", "content": "Say hello."}]


@fault(
    "huge.page",
    "A large body is refused with a web page.",
    "response",
    {"http.error.envelope": "broken"},
    blocks=("http.error.*", "http.huge.*"),
    known=("http-big-body-413-html",),
)
def huge_page(call: Call) -> None:
    """Have a proxy say it."""
    if len(call.request.body) > 1_000_000:
        call.response = HttpResponse(413, [("Content-Type", "text/html")], b"<h1>413 Request Entity Too Large</h1>")


@fault(
    "huge.failure",
    "A prompt beyond the context window is answered 500.",
    "error",
    {"http.error.clients_fault": "broken"},
    blocks=("http.huge.*", "http.error.*"),
    known=("err-context-length-500",),
)
def huge_failure(call: Call) -> None:
    """Take the blame."""
    if call.error is not None and call.error.code == "context_length_exceeded":
        raise Refusal(500, "Context size has been exceeded.", type="server_error")


@fault(
    "huge.in_stream",
    "A prompt beyond the context window is refused in a stream of 200.",
    "response",
    {"http.huge.refused_in_streams": "broken", "chat.mistakes.in_streams": "broken"},
    blocks=("http.error.*",),
)
def huge_in_stream(call: Call) -> None:
    """Refuse after saying yes."""
    if _huge(call) and call.streamed and isinstance(call.response.body, bytes):
        body = b"data: " + call.response.body + b"\n\ndata: [DONE]\n\n"
        call.response = HttpResponse(200, [("Content-Type", "text/event-stream")], body)


def _once(call: Call, status: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
    """Meet a limit at the twentieth request, or the next that can be read."""
    if call.number >= 20 and not call.memory.get("met"):
        call.memory["met"] = 1
        raise Refusal(status, "Too many requests.", type="requests", code="rate_limit_exceeded", headers=headers)


@fault(
    "service.out_of_step",
    "After a refusal with 401, 404 or 405, what was not read of its body is taken for a request.",
    "response",
    {"http.conduct.in_step": "broken"},
)
def out_of_step(call: Call) -> None:
    """Answer before all has come."""
    if call.memory.get("unread") == 1:
        call.response = HttpResponse(400, [("content-type", "text/plain")], b"Malformed request line.")
    if (call.response.status in (401, 404, 405) and call.request.body) or "unread" in call.memory:
        call.memory["unread"] = call.memory.get("unread", 0) + 1


@fault(
    "limited.no_retry_after",
    "A 429 says nothing of how long to wait.",
    "body",
    {"http.limits.retry_after": "broken"},
)
def no_retry_after(call: Call) -> None:
    """Say nothing of when."""
    _once(call, 429)


@fault(
    "limited.busy",
    "Where there is too much to do, requests are refused with 503, and nothing is said of when.",
    "body",
    {"http.limits.retry_after": "broken"},
    known=("conc-max-concurrency-429-not-queue",),
)
def busy(call: Call) -> None:
    """Refuse rather than queue."""
    _once(call, 503)


@fault(
    "limited.days",
    "A 429 asks to wait for days.",
    "body",
    {"http.limits.retry_after": "broken"},
    blocks=("*",),
    known=("err-429-retry-after-days",),
)
def days(call: Call) -> None:
    """Ask for patience."""
    if call.body.get("n") == 2:
        _refuse_for_days()


def _refuse_for_days() -> None:
    raise Refusal(429, "You exceeded your quota.", code="rate_limit_exceeded", headers=(("Retry-After", "214000"),))


@fault(
    "limited.told_late",
    "Rate limits are told by a 429 alone.",
    "response",
    {
        "http.limits.told": "broken",
        "http.headers.rate_limits": "unsupported",
        "http.headers.rate_resets": "unsupported",
    },
)
def told_late(call: Call) -> None:
    """Save headers."""
    if call.number == 20:
        headers = [("Retry-After", "0.1"), ("x-ratelimit-limit-requests", "500"), ("content-type", "application/json")]
        call.response = HttpResponse(429, headers, b'{"error": {"message": "Too many requests.", "type": "requests"}}')
    else:
        call.response.headers = [pair for pair in call.response.headers if not pair[0].startswith("x-ratelimit")]


@fault(
    "limited.empty",
    "A 429 has an empty body.",
    "response",
    {"http.limits.envelope": "broken"},
    known=("err-429-empty-body",),
)
def empty(call: Call) -> None:
    """Say nothing."""
    if call.number == 20:
        call.response = HttpResponse(429, [("Retry-After", "0.1")])


@fault(
    "limited.forbidden",
    "A limit is told with 403.",
    "body",
    {"http.limits.status": "broken"},
)
def forbidden(call: Call) -> None:
    """Forbid it for a while."""
    _once(call, 403, (("Retry-After", "0.1"),))


@fault(
    "url.models_alone",
    "The list of models is found at another base than chat.",
    "request",
    {"chat.completion.answers": "unsupported"},
    blocks=("*",),
    known=("url-lmstudio-style-tolerant-models-only",),
)
def models_alone(call: Call) -> None:
    """Answer chat elsewhere."""
    if call.chat:
        raise Refusal(404, f"Unexpected endpoint or method. (POST {call.request.path})", code="unknown_url")


@fault(
    "requests.member_and_user",
    "Who names an organization and a user makes the server fail; each alone is taken.",
    "body",
    {"http.requests.together": "broken"},
)
def member_and_user(call: Call) -> None:
    """Look a user up among the members."""
    if "openai-organization" in call.request.headers and call.body.get("user") is not None:
        raise Refusal(500, "no such member", type="server_error")
