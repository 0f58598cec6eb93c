"""Faults of HTTP: keys, headers, paths, redirects."""

from __future__ import annotations

import gzip
import hashlib
from codecs import BOM_UTF8

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.legacy import OF_FOUR
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse


@fault(
    "auth.any_key",
    "Any key is taken, and none too.",
    "request",
    {"http.auth.missing_key": "ignored", "http.auth.wrong_key": "ignored", "http.auth.malformed_key": "ignored"},
    blocks=(
        "http.auth.discreet_refusal",
        "http.auth.embeddings",
        "http.auth.completions",
    ),
    known=("auth-none-required",),
)
def any_key(call: Call) -> None:
    """Let everyone in."""
    call.notes["authorised"] = True


@fault(
    "auth.wrong_key",
    "Any key is taken, as long as there is one.",
    "request",
    {"http.auth.wrong_key": "ignored"},
    blocks=(
        "http.auth.discreet_refusal",
        "http.auth.embeddings",
        "http.auth.completions",
    ),
)
def wrong_key(call: Call) -> None:
    """Let everyone in who brings something."""
    call.notes["authorised"] = call.request.headers.get("authorization", "").startswith("Bearer ")


@fault("auth.no_key", "No key is taken, but a wrong one is refused.", "request", {"http.auth.missing_key": "ignored"})
def no_key(call: Call) -> None:
    """Let in who brings nothing."""
    call.notes["authorised"] = "authorization" not in call.request.headers


@fault(
    "auth.malformed",
    "An Authorization header without a scheme lets everyone in.",
    "request",
    {"http.auth.malformed_key": "ignored"},
)
def malformed(call: Call) -> None:
    """Let in what can't be read."""
    call.notes["authorised"] = " " not in call.request.headers.get("authorization", " ")


@fault(
    "auth.forbidden",
    "Wrong keys are refused with 403.",
    "error",
    {"http.auth.missing_key": "broken", "http.auth.wrong_key": "broken", "http.auth.malformed_key": "broken"},
    blocks=(
        "http.auth.embeddings",
        "http.auth.completions",
    ),
)
def forbidden(call: Call) -> None:
    """Forbid instead."""
    if call.response.status == 401:
        call.response.status = 403


@fault(
    "auth.case",
    "The scheme is read in one case only.",
    "request",
    {"http.auth.scheme_case": "unsupported"},
    blocks=(
        "completions.text.scheme_case",
        "embeddings.inputs.scheme_case",
        *OF_FOUR,
    ),
)
def case(call: Call) -> None:
    """Shout."""
    scheme = call.request.headers.get("authorization", "")
    if scheme.startswith("bearer "):
        call.request.headers["authorization"] = "Bearer wrong"


@fault("auth.echo", "The key comes back in a header.", "response", {"http.auth.no_echo": "broken"})
def echo(call: Call) -> None:
    """Say the key."""
    if call.response.status == 200:
        call.response.set("x-debug", call.request.headers.get("authorization", ""))


@fault("auth.echo_refused", "A refused key is repeated whole.", "error", {"http.auth.discreet_refusal": "broken"})
def echo_refused(call: Call) -> None:
    """Repeat the key."""
    if call.response.status == 401:
        key = call.request.headers.get("authorization", "").removeprefix("Bearer ")
        call.document["error"]["message"] = f"Incorrect API key provided: {key}"


@fault(
    "auth.digest",
    "A digest of a refused key is disclosed.",
    "error",
    {"http.auth.discreet_refusal": "broken"},
    known=("auth-401-leaks-internals",),
)
def digest(call: Call) -> None:
    """Digest the key."""
    if call.response.status == 401:
        key = call.request.headers.get("authorization", "").removeprefix("Bearer ")
        call.document["error"]["message"] += f" Key hash: {hashlib.sha256(key.encode()).hexdigest()}"


@fault(
    "url.double_slash",
    "A doubled slash is answered 404 with nothing.",
    "response",
    {"http.error.envelope": "broken"},
    blocks=("http.base_url.slash",),
    known=("url-double-slash-404",),
)
def double_slash(call: Call) -> None:
    """Stumble over a slash."""
    if "//" in call.request.path:
        call.response = HttpResponse(404, [("Content-Type", "text/plain")], b"404 page not found")


@fault(
    "url.double_slash_500",
    "A doubled slash is answered 500.",
    "error",
    {"http.base_url.slash": "broken"},
    known=("url-double-slash-404",),
)
def double_slash_500(call: Call) -> None:
    """Fall over a slash."""
    if "//" in call.request.path:
        call.response.status = 500


@fault(
    "url.page",
    "A path beside the API is a web page.",
    "response",
    {"http.base_url.page": "broken"},
    known=("html-200-or-404-wrong-path",),
)
def page(call: Call) -> None:
    """Show the user interface."""
    if call.request.path == "/chat/completions":
        call.response = HttpResponse(200, [("Content-Type", "text/html")], b"<!DOCTYPE html><title>Chat</title>")


@fault("response.content_type", "JSON is declared as text/plain.", "response", {"http.response.content_type": "broken"})
def content_type(call: Call) -> None:
    """Declare text."""
    if call.response.status == 200 and not call.chunks:
        call.response.set("Content-Type", "text/plain; charset=utf-8")


@fault(
    "response.not_json",
    "The list of models is no JSON.",
    "response",
    {"http.response.json": "broken"},
    blocks=("http.models.*", "http.response.*"),
)
def not_json(call: Call) -> None:
    """Leave the end out."""
    if call.request.path.endswith("/models") and isinstance(call.response.body, bytes):
        call.response.body = call.response.body[:-1]


@fault(
    "response.bom",
    "JSON begins with a byte order mark.",
    "response",
    {"http.response.json": "broken"},
    blocks=("http.response.content_type",),
)
def bom(call: Call) -> None:
    """Mark its encoding."""
    if isinstance(call.response.body, bytes) and call.response.body:
        call.response.body = BOM_UTF8 + call.response.body


@fault(
    "response.redirect",
    "Streams are redirected.",
    "response",
    {"http.response.redirect": "broken"},
    blocks=(
        "http.cors.stream",
        "chat.*",
        "http.error.same_in_streams",
        "http.huge.*",
        "http.headers.own_request_id",
        "http.auth.malformed_key",
        "http.headers.streams_request_id",
        "http.requests.odd_stream",
        "http.requests.wide_json",
    ),
    known=("stream-307-redirect",),
)
def redirect(call: Call) -> None:
    """Send it elsewhere."""
    if call.streamed and call.chat:
        call.response = HttpResponse(307, [("Location", "/v2/chat/completions")])


@fault(
    "response.gzip_unasked",
    "Answers are compressed unasked.",
    "response",
    {"http.response.coding": "broken", "embeddings.list.coding": "broken"},
    blocks=(
        "embeddings.inputs.letters",
        "embeddings.inputs.long",
    ),
)
def gzip_unasked(call: Call) -> None:
    """Compress what nobody wanted compressed."""
    if call.request.headers.get("accept-encoding") == "identity":
        call.response.set("Content-Encoding", "identity, gzip")


def _uncompressed(call: Call) -> None:
    call.response.set("Content-Encoding", "gzip")


def _too_short(call: Call) -> None:
    body = call.response.body
    if call.response.status == 200 and isinstance(body, bytes):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + 2}\r\n\r\n"
        call.response.raw = head.encode() + body


for _where, _seen in (
    ("/chat/completions", "http.base_url.answers"),
    ("/responses", "responses.endpoint.served"),
    ("/messages", "messages.message.answers"),
):
    fault(
        f"response.not_gzip_{_where.rpartition('/')[2]}",
        "Answers are declared as gzip, and are not.",
        "response",
        {_seen: "broken"},
        blocks=("*",),
        where=_where,
    )(_uncompressed)
    fault(
        f"response.too_short_{_where.rpartition('/')[2]}",
        "Whole answers have fewer bytes than their Content-Length says.",
        "response",
        {_seen: "broken"},
        blocks=("*",),
        where=_where,
    )(_too_short)


@fault(
    "headers.no_request_id",
    "There is no x-request-id.",
    "response",
    {"http.headers.request_id": "unsupported"},
    blocks=(
        "http.headers.own_request_id",
        "http.headers.streams_request_id",
        "http.headers.refusals_request_id",
        "*.request_id",
    ),
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("x-request-id")


@fault("headers.limit_text", "A rate limit is no number.", "response", {"http.headers.rate_limits": "broken"})
def limit_text(call: Call) -> None:
    """Say it in words."""
    if call.response.status == 200:
        call.response.set("x-ratelimit-remaining-requests", "plenty")


@fault("headers.more_than_limit", "More remains than the limit.", "response", {"http.headers.rate_limits": "broken"})
def more_than_limit(call: Call) -> None:
    """Be generous."""
    if call.response.status == 200:
        call.response.set("x-ratelimit-remaining-tokens", "99999999")


@fault(
    "headers.no_limits",
    "No rate limits are told.",
    "response",
    {"http.headers.rate_limits": "unsupported", "http.headers.rate_resets": "unsupported"},
)
def no_limits(call: Call) -> None:
    """Tell nothing."""
    call.response.headers = [pair for pair in call.response.headers if not pair[0].startswith("x-ratelimit")]


@fault("headers.reset_date", "A reset is told as a date.", "response", {"http.headers.rate_resets": "broken"})
def reset_date(call: Call) -> None:
    """Tell the hour."""
    if call.response.status == 200:
        call.response.set("x-ratelimit-reset-requests", "2026-11-21T12:00:00Z")


@fault(
    "way.elsewhere",
    "The API begins elsewhere.",
    "request",
    {"http.base_url.answers": "inconclusive"},
    blocks=("*",),
    base="/api/v1",
)
def elsewhere(call: Call) -> None:
    """Move away."""


@fault(
    "way.key_refused",
    "The key is refused.",
    "request",
    {"http.auth.key_accepted": "inconclusive"},
    blocks=("*",),
    key="sk-another-key-entirely",
)
def key_refused(call: Call) -> None:
    """Change the lock."""


@fault(
    "way.no_model",
    "The model is not served.",
    "request",
    {"chat.model.served": "inconclusive"},
    blocks=("*",),
    models=("reference-one", "other"),
)
def no_model(call: Call) -> None:
    """Serve another."""


@fault(
    "way.refuses_all", "Every request is refused.", "body", {"chat.completion.answers": "unsupported"}, blocks=("*",)
)
def refuses_all(call: Call) -> None:
    """Be closed."""
    raise Refusal(400, "Not today.")


@fault(
    "way.no_chat",
    "There is no chat/completions.",
    "body",
    {"chat.completion.answers": "unsupported"},
    blocks=("*",),
    known=("resp-chat-endpoint-refused",),
)
def no_chat(call: Call) -> None:
    """Speak another protocol."""
    raise Refusal(404, "Invalid URL (POST /v1/chat/completions)", code="unknown_url")


@fault(
    "way.packed",
    "Whatever is answered is gzip, and no Content-Encoding says so.",
    "response",
    {"http.base_url.answers": "broken"},
    blocks=("*",),
)
def way_packed(call: Call) -> None:
    """Keep it to oneself."""
    if isinstance(call.response.body, bytes):
        call.response.body = gzip.compress(call.response.body)


@fault(
    "way.wrapped",
    "A completion is the result within an envelope of the server's own.",
    "document",
    {"chat.completion.answers": "broken"},
    blocks=("*",),
)
def wrapped(call: Call) -> None:
    """Say how it went, too."""
    if call.chat:
        call.document = {"success": True, "errors": [], "result": call.document}
