"""Faults of where nobody looks: wrong methods, pages of lists, refusals of the router, ends of legacy streams."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.batches import one_case
from samewire.reference.faults.framing import stored
from samewire.reference.faults.legacy import OF_FOUR, WHERE
from samewire.reference.faults.registry import fault
from samewire.reference.server import HttpResponse


@fault(
    "error.method_in_words",
    "A wrong method is refused with a line of text.",
    "response",
    {"http.error.envelope": "broken"},
    blocks=("http.error.*",),
)
def method_in_words(call: Call) -> None:
    """Leave it to the framework."""
    if call.response.status == 405 and call.chat:
        allowed = [("Allow", "POST"), ("Content-Type", "text/plain"), ("x-request-id", "req_405")]
        call.response = HttpResponse(405, allowed, b"Method Not Allowed\n")


@fault(
    "error.allow_wrong",
    "Allow is the method that is refused.",
    "response",
    {"http.error.allow": "broken"},
)
def allow_wrong(call: Call) -> None:
    """Say what was asked."""
    if call.response.status == 405 and call.chat:
        call.response.set("Allow", call.request.method)


@fault("error.no_allow", "It is not said which methods are allowed.", "response", {"http.error.allow": "unsupported"})
def no_allow(call: Call) -> None:
    """Let them guess."""
    if call.chat:
        call.response.headers = [pair for pair in call.response.headers if pair[0].lower() != "allow"]


@fault("error.url_501", "URLs that don't exist are not implemented yet.", "error", {"http.error.unknown_url": "broken"})
def url_501(call: Call) -> None:
    """Promise."""
    if call.error is not None and call.error.code == "unknown_url" and call.path.endswith("samewire-no-such-path"):
        call.response.status = 501


@fault(
    "headers.routers_request_id",
    "What the router refuses has no x-request-id.",
    "response",
    {"http.headers.refusals_request_id": "unsupported"},
)
def routers_request_id(call: Call) -> None:
    """Number what gets through."""
    if call.error is not None and call.error.code in ("unknown_url", "method_not_supported"):
        call.response.headers = [pair for pair in call.response.headers if pair[0].lower() != "x-request-id"]


@fault(
    "headers.limits_of_the_refused",
    "Rate limits are told to those who are refused.",
    "response",
    {
        "http.headers.rate_limits_told": "broken",
        "http.headers.rate_limits": "unsupported",
        "http.headers.rate_resets": "unsupported",
    },
    limits=False,
)
def limits_of_the_refused(call: Call) -> None:
    """Tell it too late."""
    if call.response.status >= 400:
        call.response.set("x-ratelimit-limit-requests", "500")


@fault(
    "auth.wrong_key_402",
    "Nobody's key has no balance.",
    "error",
    {"http.auth.wrong_key": "broken"},
    blocks=("http.auth.*",),
)
def wrong_key_402(call: Call) -> None:
    """Ask for money."""
    if call.error is not None and call.error.code == "invalid_api_key":
        call.response.status = 402


@fault("models.page_token", "The list of models has a token for more.", "document", {"http.models.whole": "broken"})
def page_token(call: Call) -> None:
    """Turn the page."""
    if call.request.path.endswith("/models"):
        call.document["next_page_token"] = "Mg=="


@fault("models.total", "The list of models counts more than it has.", "document", {"http.models.whole": "broken"})
def total(call: Call) -> None:
    """Boast."""
    if call.request.path.endswith("/models"):
        call.document["total"] = len(call.document["data"]) + 20


@fault(
    "limited.page",
    "Where there is too much to do, a web page says so.",
    "response",
    {"http.limits.envelope": "broken"},
)
def page(call: Call) -> None:
    """Leave it to the proxy."""
    if call.number == 20:
        headers = [("Retry-After", "0.1"), ("Content-Type", "text/html")]
        call.response = HttpResponse(429, headers, b"<h1>429 Too Many Requests</h1>")


@fault(
    "legacy.lingers",
    "The answer stays open after [DONE].",
    "events",
    {"completions.stream.closes": "broken"},
    where=WHERE,
    pace=0.005,
)
def lingers(call: Call) -> None:
    """Wait before the end."""
    call.notes["linger"] = 2.5


fault(
    "legacy.stored",
    "Streams are declared as such that may be kept for an hour.",
    "response",
    {"completions.stream.not_stored": "broken"},
    where=WHERE,
)(stored)


@fault(
    "legacy.placeless",
    "In streams, the tokens of logprobs have no places.",
    "chunks",
    {"completions.stream.likelihood": "broken"},
    blocks=("completions.stream.offsets",),
    where=WHERE,
)
def placeless(call: Call) -> None:
    """Don't count letters in pieces."""
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            if choice.get("logprobs"):
                choice["logprobs"].pop("text_offset", None)


fault(
    "legacy.scheme_case",
    "For legacy completions, the scheme is read in one case only.",
    "request",
    {"completions.text.scheme_case": "unsupported"},
    blocks=OF_FOUR,
    where=WHERE,
)(one_case)


def _huge(call: Call) -> bool:
    return len(call.request.body) > 5_000_000


@fault(
    "legacy.huge_cut",
    "A prompt beyond the context window is cut in silence.",
    "body",
    {"http.huge.completions": "ignored"},
    where=WHERE,
)
def huge_cut(call: Call) -> None:
    """Read the end."""
    if _huge(call):
        call.body["prompt"] = "Say hello."


@fault(
    "legacy.huge_fails",
    "A prompt beyond the context window makes the server fail.",
    "body",
    {"http.error.clients_fault": "broken"},
    blocks=("http.huge.completions",),
    where=WHERE,
)
def huge_fails(call: Call) -> None:
    """Overflow."""
    if _huge(call):
        raise Refusal(500, "CUDA out of memory", type="server_error")


@fault(
    "legacy.no_default",
    "Without max_tokens, a completion goes on as long as it will.",
    "body",
    {"completions.text.default_limit": "ignored"},
    where=WHERE,
)
def no_default(call: Call) -> None:
    """Know no default."""
    if "max_tokens" not in call.body:
        call.body["max_tokens"] = 400
