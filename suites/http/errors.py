"""Errors: what cannot be answered is refused, with a status and a body that clients can read."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    FULL,
    GET,
    MUST,
    SHOULD,
    SMOKE,
    Broken,
    Every,
    Exchange,
    Request,
    Steps,
    Unsupported,
    check,
    scenario,
    seen,
)

from ..chat.reading import NULLS, refused
from ..chat.requests import HELLO, NO_MODEL, STREAM
from .same import begins, no_error, no_server_fault

UNKNOWN_MODEL = HELLO.wrong(model=NO_MODEL)
MALFORMED = HELLO.wrong_bytes(b'{"model": "m", "messages": [')
UNKNOWN_URL = GET("{base}/samewire-no-such-path").after(HELLO)
UNKNOWN_IN_STREAM = STREAM.wrong(model=NO_MODEL)

WRONG_METHOD = HELLO.at("chat/completions", "PUT")

#: Statuses that say of a request with nothing wrong to it that there is no such path.
NOT_OFFERED = (404, 405, 410, 501)
PATHS = ("chat/completions", "completions", "embeddings", "models", "responses")
#: Every refusal of the run.
REFUSALS = Every(witness=(UNKNOWN_MODEL, MALFORMED, UNKNOWN_URL), statuses=range(400, 600))
#: Every request that is wrong on purpose.
MISTAKES = Every(witness=(UNKNOWN_MODEL, MALFORMED), statuses=range(100, 600), wrong=True)
#: The same, and those that were not answered at all.
SENT_IN_MISTAKE = Every(witness=(UNKNOWN_MODEL, MALFORMED), statuses=range(600), wrong=True, failed=True)
#: The same: in its witnesses one member is out of its range, so that it can be named.
MISUSES = Every(witness=(HELLO.wrong(n=0), HELLO.wrong(top_p=1.5)), statuses=range(100, 600), wrong=True)
#: Every answer of the run.
ANSWERS = Every(witness=(HELLO,), statuses=range(100, 600))
SUCCESSES = Every(witness=(HELLO,), streamed=False)


def judged_here(exchange: Exchange) -> None:
    """Set aside what has the same cells in its own protocol, so that one defect isn't shown twice."""
    request, wrong = exchange.request, exchange.request.mistaken
    # A path that nobody has is asked for in each protocol, and belongs to the one that asks.
    unknown = request.opener.protocol if request.opener and request.path.startswith("{base}/samewire") else ""
    protocol = unknown or request.protocol
    own = protocol == "messages" or (protocol == "responses" and (wrong or unknown))
    seen(not own, f"{protocol} has cells of its own for this")
    # Who doesn't offer these paths at all need not speak as those do who offer them; a method that no path has is no
    # such question.
    usual = (request.opener is None or request.path in PATHS) and request.method != WRONG_METHOD.method
    absent = usual and not wrong and exchange.status in NOT_OFFERED
    seen(not absent, "the path is not offered, and nothing is wrong with the request")


def well_formed(exchange: Exchange, name: str) -> None:
    """Say *broken* if a member of an error isn't what it is to be, or a null that became text on its way."""
    judged_here(exchange)
    exchange.error()
    exchange.conforms("http/error", f"/error/{name}")
    value = exchange.error()[name]
    assert not nulled(value), f"error.{name} is the text {value!r}"


def nulled(value: object) -> bool:
    """Whether a value is a null that became text."""
    return isinstance(value, str) and value.strip().lower() in NULLS


@check("http.error.envelope", SHOULD, of=REFUSALS, spec="ERR-ENV-001 ERR-ENV-007 ERR-ENV-008", depth=SMOKE)
def test_a_refusal_carries_an_error_object(exchange: Exchange) -> None:
    """The body of every 4xx and 5xx SHOULD be JSON with an object `error`."""
    judged_here(exchange)
    if exchange.error_object is None:
        shown = begins(exchange, 120)
        path = exchange.wire.url.split("?")[0].split("/", 3)[-1]
        words = f"{exchange.wire.method} /{path} was refused with {exchange.status} and {shown}"
        raise Broken(words, reason="envelope", causes={"error envelope"})


@check("http.error.content_type", SHOULD, of=REFUSALS, spec="ERR-ENV-001")
def test_a_refusal_is_declared_as_json(exchange: Exchange) -> None:
    """A JSON error SHOULD be declared as `application/json`."""
    judged_here(exchange)
    exchange.error()
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("http.error.message", MUST, of=REFUSALS, spec="ERR-ENV-002")
def test_an_error_has_a_message(exchange: Exchange) -> None:
    """`error.message` MUST be a string that is not empty: clients show it."""
    judged_here(exchange)
    exchange.error()
    exchange.conforms("http/error", "/error/message")
    text = exchange.error()["message"].strip()
    assert not (text.startswith("{") and text.endswith("}")), f"the message is JSON in a string: {text[:80]}"


@check("http.error.type", SHOULD, of=REFUSALS, spec="ERR-ENV-003")
def test_an_error_has_a_type(exchange: Exchange) -> None:
    """`error.type` SHOULD be a string."""
    well_formed(exchange, "type")


@check("http.error.param", SHOULD, of=REFUSALS, spec="ERR-ENV-004")
def test_an_error_names_a_parameter_or_null(exchange: Exchange) -> None:
    """`error.param` SHOULD be there, a string or null."""
    well_formed(exchange, "param")


#: What has to fit the messages, which may then be named: a format wants a word in them, a limit some room beside them.
FITTING = {"response_format", "max_tokens", "max_completion_tokens"}


@check("http.error.right_param", SHOULD, of=MISUSES, spec="ERR-ENV-006", depth=FULL)
def test_an_error_names_the_parameter_at_fault(exchange: Exchange) -> None:
    """`error.param` SHOULD name a member of the request, and none that is as it is in accepted requests."""
    seen(exchange.request.protocol not in ("messages", "responses"), "this protocol has cells of its own for this")
    seen(400 <= exchange.status < 500, "the mistake is not refused")
    named, control = (exchange.error_object or {}).get("param", ""), exchange.request.control
    seen(named is None or (named and isinstance(named, str) and not nulled(named)), "no parameter is named")
    usual: Any = control.body if isinstance(control, Request) else None
    sent: Any = exchange.request.body
    seen(isinstance(usual, dict) and isinstance(sent, dict), "the request as a whole is wrong")
    fine = {name for name, value in usual.items() if sent.get(name) == value}
    wrong = {name for name in {**sent, **usual} if name not in fine}
    seen(not wrong & FITTING, "it may be the messages that this does not fit")
    if named is None:
        seen(wrong - {"model"}, "what is wrong need not be named: an unknown model has a code that says it")
        raise Unsupported("no mistake's member is named: `param` is null", reason="not offered")
    root = re.split(r"[^a-z_]", str(named), maxsplit=1)[0]
    # What one is wrong without, or beside, may be named for it: stream for stream_options, tools for tool_choice.
    akin = any(root[:4] == name[:4] for name in wrong) or root == "model"
    assert root not in fine or akin or not wrong, f"{', '.join(sorted(wrong))} is wrong, and param is {named!r}"
    seen(wrong != {"model"}, "the model is unknown, and who names it need not name what else is wrong")


@check("http.error.blames", SHOULD, of=MISTAKES, spec="ERR-CASE-010 ERR-CASE-012 ERR-CASE-021")
def test_a_mistake_is_not_typed_as_a_fault(exchange: Exchange) -> None:
    """The `type` of a client's mistake SHOULD NOT be that of a server's fault or of a gateway's."""
    seen(exchange.request.protocol != "messages", "messages.error.type_fits says it")
    seen(400 <= exchange.status < 500, "the mistake is not refused")
    kind = exchange.error()["type"]
    fault = re.search(r"server|internal|gateway|overloaded|timeout|unavailable", kind, re.IGNORECASE)
    assert not fault, f"a mistake is refused with {exchange.status} and the type {kind!r}"


@check("http.error.code", SHOULD, of=REFUSALS, spec="ERR-ENV-005")
def test_an_error_has_a_code_or_null(exchange: Exchange) -> None:
    """`error.code` SHOULD be there, a string or null; never a number."""
    well_formed(exchange, "code")


@check("http.error.not_with_200", MUST, of=SUCCESSES, spec="HTTP-RES-004")
def test_a_failure_is_no_success(exchange: Exchange) -> None:
    """A failure MUST NOT be answered with 200 and an error object: clients take it for an answer with nothing in it."""
    seen(exchange.request.protocol not in ("messages", "responses"), "this protocol has a cell of its own for this")
    no_error(exchange)


@check("http.error.clients_fault", MUST, of=SENT_IN_MISTAKE, spec="ERR-CASE-023")
def test_a_mistake_of_the_client_is_no_fault_of_the_server(exchange: Exchange) -> None:
    """A mistake of the client MUST NOT be reported as 5xx, 408 or 409: clients would send it again."""
    judged_here(exchange)
    no_server_fault(exchange)


@check("http.error.unknown_model", SHOULD, of=UNKNOWN_MODEL, spec="ERR-CASE-005", depth=SMOKE)
def test_an_unknown_model_is_refused(exchange: Exchange) -> None:
    """A request for a model that does not exist SHOULD be refused, with 404 as a rule."""
    refused(exchange)


@check("http.error.malformed_json", SHOULD, of=MALFORMED, spec="ERR-CASE-006")
def test_a_body_that_is_no_json_is_refused(exchange: Exchange) -> None:
    """A body that is no JSON SHOULD be refused with 400."""
    refused(exchange)


@check("http.error.empty_body", SHOULD, of=HELLO.wrong_bytes(b""), spec="ERR-CASE-007", depth=FULL)
def test_an_empty_body_is_refused(exchange: Exchange) -> None:
    """An empty body SHOULD be refused with 400."""
    refused(exchange)


@scenario(UNKNOWN_MODEL, UNKNOWN_IN_STREAM)
def the_same_mistake_twice() -> Steps:
    """A mistake that is noticed late, and the same one in a request for a stream."""
    yield UNKNOWN_MODEL
    yield UNKNOWN_IN_STREAM


@check("http.error.same_in_streams", SHOULD, of=the_same_mistake_twice, spec="ERR-CASE-025 CHAT-STR-034")
def test_a_mistake_is_refused_alike_in_streams(exchange: Exchange) -> None:
    """A mistake SHOULD be refused with the same status and in the same shape whether a stream was asked for or not."""
    seen(not exchange.before[0].ok, "the mistake is not refused")
    plain = exchange.before[0].rejected()
    late = exchange.ok and (exchange.stream_error is not None or exchange.error_told is not None)
    where = "in the stream" if exchange.stream_error is not None else "and no stream"
    assert not late, f"answered {exchange.status} with an error {where}, and without `stream` {plain.status}"
    streamed = exchange.rejected()
    assert streamed.status == plain.status, f"refused with {streamed.status}, and without `stream` with {plain.status}"
    shapes = [set(one.error_object or ()) for one in (plain, streamed)]
    assert shapes[0] == shapes[1], f"the error has {sorted(shapes[1])}, and without `stream` {sorted(shapes[0])}"
