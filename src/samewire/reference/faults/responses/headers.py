"""Faults of headers: of what is sent with a request, and of what comes with an answer."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.responses.declaring import fault

#: Check → the header that is refused, what it holds, with which status, and the verdict.
UNWELCOME = {
    "official": ("x-stainless-lang", "python", 403, "broken"),
    "charset": ("content-type", "charset", 415, "unsupported"),
}
for _check, (_header, _value, _status, _verdict) in UNWELCOME.items():

    @fault(
        f"responses_headers.{_check}",
        f"A request with the header {_header}: {_value} is refused.",
        "request",
        {f"responses.headers.{_check}": _verdict},
    )
    def unwelcome(call: Call, header: str = _header, value: str = _value, status: int = _status) -> None:
        """Refuse it."""
        if value in call.request.headers.get(header, ""):
            raise Refusal(status, f"The header {header} is not welcome.")


@fault(
    "responses_headers.odd_json",
    "JSON with blanks before it is refused.",
    "request",
    {"responses.headers.odd_json": "unsupported"},
)
def odd_json(call: Call) -> None:
    """Read no blanks."""
    if call.request.body.startswith((b" ", b"\n", b"\t")):
        raise Refusal(400, "The body could not be read.")


@fault("responses_headers.created", "Responses are answered 201.", "response", {"responses.headers.status": "broken"})
def created(call: Call) -> None:
    """Tell what was done."""
    if call.path == "/responses" and call.response.status == 200:
        call.response.status = 201


@fault(
    "responses_headers.no_request_id",
    "There is no x-request-id.",
    "response",
    {"responses.headers.request_id": "unsupported"},
    blocks=(
        "responses.headers.own_request_id",
        "responses.headers.request_id_everywhere",
    ),
)
def no_request_id(call: Call) -> None:
    """Drop the id."""
    call.response.drop("x-request-id")


#: Header → what it is set to, and the check that sees it.
ODD = {
    "x-request-id": ("req_0", "own_request_id"),
    "x-ratelimit-remaining-requests": ("plenty", "rate_limits"),
    "x-ratelimit-remaining-tokens": ("99999999", "rate_limits"),
    "x-ratelimit-reset-requests": ("2026-11-21T12:00:00Z", "rate_resets"),
}
for _header, (_value, _check) in ODD.items():

    @fault(
        f"responses_headers.odd_{_header.replace('-', '_')}",
        f"Every answer has the {_header} {_value!r}.",
        "response",
        {f"responses.headers.{_check}": "broken"},
    )
    def odd(call: Call, header: str = _header, value: str = _value) -> None:
        """Say it always."""
        call.response.set(header, value)


@fault(
    "responses_headers.no_limits",
    "No rate limits are told.",
    "response",
    {"responses.headers.rate_limits": "unsupported", "responses.headers.rate_resets": "unsupported"},
)
def no_limits(call: Call) -> None:
    """Tell nothing."""
    call.response.headers = [pair for pair in call.response.headers if not pair[0].startswith("x-ratelimit")]
