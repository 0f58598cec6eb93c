"""Errors: refusals in Anthropic's shape, with the types that belong to their statuses."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    FULL,
    GET,
    MAY,
    MUST,
    OMIT,
    SHOULD,
    SMOKE,
    Blocked,
    Broken,
    Every,
    Exchange,
    check,
    seen,
)

from ..http.same import begins, no_error, no_server_fault
from .preflight import offered
from .reading import refused
from .requests import HELLO, REFUSALS

SHAPE = "messages/error"
UNKNOWN_MODEL = REFUSALS.witness[0]
MALFORMED = HELLO.wrong_bytes(b'{"model": "m", "max_tokens": 5, "messages": [')
MESSAGELESS = HELLO.wrong(messages=OMIT)
#: A member that nobody knows: it may be refused and may be passed over, and is nothing that a server fails at.
UNKNOWN = "samewire_member"
MISSING = HELLO.wrong(messages=OMIT, **{UNKNOWN: 1})
EMPTY_IN_STREAM = HELLO.wrong(messages=[], stream=True)
UNKNOWN_URL = GET("{base}/samewire-no-such-path-of-messages").after(HELLO)
MISTAKES = Every(witness=(UNKNOWN_MODEL, MALFORMED), path="messages", statuses=range(100, 600), wrong=True)
#: The same, and those that were not answered at all.
SENT_IN_MISTAKE = Every(
    witness=(UNKNOWN_MODEL, MALFORMED), path="messages", statuses=range(600), wrong=True, failed=True
)
#: Some are only found where the model is about to speak: a stream may have begun there.
STREAMED_MISTAKES = Every(
    witness=(EMPTY_IN_STREAM,), path="messages", statuses=range(100, 600), streamed=True, wrong=True
)
SUCCESSES = Every(witness=(HELLO,), path="messages")
#: Status → the type of its errors; other statuses of the client's mistakes are `invalid_request_error`.
TYPES = {
    401: ("authentication_error",),
    402: ("billing_error",),
    403: ("permission_error",),
    404: ("not_found_error",),
    409: ("conflict_error",),
    413: ("request_too_large",),
    429: ("rate_limit_error",),
    504: ("timeout_error",),
    529: ("overloaded_error",),
}
#: Statuses that tell of a mistake in a request, or of its tokens: none of them says that a URL doesn't exist.
MISREAD = (400, 402, 409, 411, 413, 415, 422)
#: Statuses after which clients try again.
AGAIN = (408, 409, 425, 429)
#: Seconds, or a date as headers write it; some count in fractions.
PAUSE = re.compile(r"\d+(\.\d+)?|[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d.*", re.ASCII)
MISTAKEN, FAULTY = ("invalid_request_error",), ("api_error", "overloaded_error", "timeout_error")


def error(exchange: Exchange) -> Any:
    """The error of a refusal.

    Raises:
        Blocked: there is none, which has a cell of its own.
    """
    served(exchange)
    offered(exchange)
    if exchange.error_object is None:
        raise Blocked(f"answered {exchange.status} without an error object", cause="error envelope")
    return exchange.body_as(SHAPE)["error"]


def served(exchange: Exchange) -> None:
    """Set aside what a path says that isn't served: whoever has no Messages knows nothing of their errors."""
    first = exchange.request.opener is None
    seen(not (first and exchange.status in (404, 405, 501)), "the path is not served")


@check("messages.error.envelope", MUST, of=REFUSALS, spec="MSG-ERR-001", depth=SMOKE)
def test_a_refusal_has_anthropics_shape(exchange: Exchange) -> None:
    """The body of every refusal MUST be JSON with `type` `error` and an object `error`."""
    served(exchange)
    offered(exchange)
    if exchange.error_object is None:
        shown = begins(exchange, 120)
        raise Broken(f"refused with {exchange.status} and {shown}", reason="envelope", causes={"error envelope"})
    exchange.conforms(SHAPE, "#", "/type", "/request_id")


@check("messages.error.type", MUST, of=REFUSALS, spec="MSG-ERR-001")
def test_an_error_has_a_type(exchange: Exchange) -> None:
    """`error.type` MUST be a string."""
    error(exchange)
    exchange.conforms(SHAPE, "/error/type")


@check("messages.error.message", MUST, of=REFUSALS, spec="MSG-ERR-001")
def test_an_error_has_a_message(exchange: Exchange) -> None:
    """`error.message` MUST be a string that is not empty: clients show it."""
    error(exchange)
    exchange.conforms(SHAPE, "/error/message")


@check(
    "messages.error.type_fits",
    SHOULD,
    of=REFUSALS,
    spec="MSG-ERR-002 MSG-ERR-003 MSG-ERR-005 MSG-ERR-006 MSG-ERR-008 MSG-ERR-009 MSG-ERR-010",
)
def test_a_type_fits_its_status(exchange: Exchange) -> None:
    """`error.type` SHOULD be the one that belongs to the status: `invalid_request_error` to 400, and so on."""
    kind, status = error(exchange)["type"], exchange.status
    exchange.body_as(SHAPE)["type"]
    fitting = TYPES.get(status, FAULTY if status >= 500 else MISTAKEN)
    assert kind in fitting, f"refused with {status} and the type {kind!r}, where {fitting[0]!r} belongs"


@check("messages.error.content_type", SHOULD, of=REFUSALS, spec="MSG-ERR-001")
def test_a_refusal_is_declared_as_json(exchange: Exchange) -> None:
    """A JSON error SHOULD be declared as `application/json`."""
    error(exchange)
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("messages.error.request_id", MAY, of=REFUSALS, spec="MSG-ERR-001 MSG-HTTP-008")
def test_an_error_names_its_request(exchange: Exchange) -> None:
    """An error MAY have a `request_id`, which is then that of the header."""
    error(exchange)
    named, header = exchange.body_as(SHAPE).get("request_id"), exchange.header("request-id")
    seen(named and header, "there is no request_id")
    assert named == header, f"`request_id` is {named!r}, the header {header!r}"


@check("messages.error.not_with_200", MUST, of=SUCCESSES, spec="MSG-ENV-016")
def test_a_failure_is_no_success(exchange: Exchange) -> None:
    """A failure MUST NOT be answered with 200 and an error: clients take it for a message with nothing in it."""
    offered(exchange)
    no_error(exchange)


@check("messages.error.clients_fault", MUST, of=SENT_IN_MISTAKE, spec="MSG-ERR-002 MSG-ERR-015")
def test_a_mistake_of_the_client_is_no_fault_of_the_server(exchange: Exchange) -> None:
    """A mistake of the client MUST NOT be reported as 5xx: clients would send it again."""
    no_server_fault(exchange)


@check("messages.error.not_404", SHOULD, of=MISTAKES, spec="MSG-ERR-002 MSG-ERR-006", depth=FULL)
def test_a_mistake_is_no_missing_thing(exchange: Exchange) -> None:
    """A mistake in a request SHOULD NOT be refused with 404, which tells of a model or a path that is missing."""
    offered(exchange)
    seen((exchange.sent or {}).get("model") != UNKNOWN_MODEL.body["model"], "the model is missing indeed")
    assert exchange.status != 404, f"refused with 404{exchange.said}"


@check("messages.error.no_retry", SHOULD, of=MISTAKES, spec="MSG-ERR-015 HDR-006 HDR-008", depth=FULL)
def test_a_mistake_is_not_to_be_repeated(exchange: Exchange) -> None:
    """A refused mistake SHOULD NOT come with `x-should-retry: true`, and a `retry-after` be seconds or a date."""
    offered(exchange)
    seen(400 <= exchange.status < 500 and exchange.status not in AGAIN, "it is no refusal of a mistake")
    again, pause = exchange.header("x-should-retry").strip().lower(), exchange.header("retry-after").strip()
    assert again != "true", f"refused with {exchange.status}, and x-should-retry says that clients are to try again"
    assert not pause or PAUSE.fullmatch(pause), f"`retry-after` is neither seconds nor a date: {pause[:40]!r}"


@check("messages.error.unknown_model", SHOULD, of=UNKNOWN_MODEL, spec="MSG-ERR-006", depth=SMOKE)
def test_an_unknown_model_is_refused(exchange: Exchange) -> None:
    """A request for a model that does not exist SHOULD be refused, with 404 as a rule."""
    refused(exchange)


@check("messages.error.malformed_json", SHOULD, of=MALFORMED, spec="MSG-ERR-002 MSG-REQ-020")
def test_a_body_that_is_no_json_is_refused(exchange: Exchange) -> None:
    """A body that is no JSON SHOULD be refused with 400."""
    refused(exchange)


@check("messages.error.unknown_url", SHOULD, of=UNKNOWN_URL, spec="MSG-ERR-006 ERR-CASE-016", depth=FULL)
def test_an_unknown_url_is_refused(exchange: Exchange) -> None:
    """A URL that does not exist SHOULD be answered 404, with JSON that has an object `error`."""
    seen(exchange.status not in (401, 403), "here, the key is not taken as it was shown")
    refused(exchange)
    assert exchange.status not in MISREAD, f"an unknown URL is answered {exchange.status}, as if the request were wrong"
    shown = begins(exchange, 120)
    assert exchange.error_object is not None, f"refused with {exchange.status} and {shown}"
    body, kind = exchange.raw_json, exchange.error_object.get("type")
    # Who knows Anthropic's errors at this place knows their types; others may answer in their own way.
    if exchange.status == 404 and isinstance(body, dict) and body.get("type") == "error":
        assert kind == "not_found_error", f"an unknown URL is answered 404 with the type {kind!r}"


def begun(exchange: Exchange) -> bool:
    """Whether a stream of a message began."""
    values = [value for value, _ in exchange.payloads()] if exchange.ok else []
    return any(isinstance(value, dict) and value.get("type") == "message_start" for value in values)


def refused_in_streams(exchange: Exchange) -> None:
    """Say *broken* or *ignored* unless a mistake was refused where a stream was asked for; the manner is for others."""
    seen(not exchange.ok or begun(exchange), "the mistake is refused, though with 200")
    refused(exchange)


@check("messages.error.same_in_streams", SHOULD, of=STREAMED_MISTAKES, spec="MSG-STR-025", depth=FULL)
def test_a_mistake_is_refused_alike_in_streams(exchange: Exchange) -> None:
    """A mistake SHOULD be refused with a status, also where a stream is asked for, not with 200 and an error in it."""
    exchange.answered()
    seen(not begun(exchange), "the mistake is not refused")
    if exchange.ok and isinstance(exchange.raw_json, dict):
        raise Blocked(f"answered {exchange.status} with an error", cause="error with status 200")
    came = "an error in the stream" if exchange.body.strip() else "nothing came"
    assert not exchange.ok, f"answered {exchange.status}, and {came}"


@check("messages.mistakes.empty_messages", SHOULD, of=EMPTY_IN_STREAM, spec="MSG-REQ-020", depth=FULL)
def test_a_request_needs_a_message(exchange: Exchange) -> None:
    """An empty array of `messages` SHOULD be refused with 400."""
    refused_in_streams(exchange)
