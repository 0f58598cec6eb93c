"""Errors: what can't be answered is refused, with a status and a body that clients can read."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    FULL,
    MUST,
    OMIT,
    SHOULD,
    SMOKE,
    Broken,
    Every,
    Exchange,
    Steps,
    check,
    scenario,
    seen,
    user,
)

from ..http.same import begins, no_error, no_server_fault
from .reading import failed, late, offered, refused, refused_at_once
from .requests import HELLO

#: For a stream, which must not be begun before the model is known to be there.
UNKNOWN_MODEL = HELLO.wrong(model="samewire-no-such-model", stream=True)
NO_INPUT = HELLO.wrong(input=OMIT)
#: It begins as the right one does, which is all that some look at.
WRONG_KEY = HELLO.with_key("longer")
#: Two values of a wrong type, one of them in a request for a stream.
NO_CONTENT = HELLO.wrong(input=[user(5)])
NUMBER_STREAM = HELLO.wrong(input=5, stream=True)
NUMBER = HELLO.wrong(input=5)

#: Every request that is wrong on purpose and was refused.
REFUSALS = Every(witness=(UNKNOWN_MODEL, NO_INPUT), path="responses", statuses=range(400, 600), wrong=True)
#: Every request to make a response that was refused, be it wrong or not.
UNMADE = Every(witness=REFUSALS.witness, path="responses", statuses=range(400, 600), method="POST")
#: Every request that is wrong on purpose.
MISTAKES = Every(witness=(UNKNOWN_MODEL, NO_INPUT), path="responses", statuses=range(100, 600), wrong=True)
#: The same, and those that were not answered at all.
SENT_IN_MISTAKE = Every(
    witness=(UNKNOWN_MODEL, NO_INPUT), path="responses", statuses=range(600), wrong=True, failed=True
)
SUCCESSES = Every(witness=(HELLO,), path="responses")
ANSWERS = Every(witness=(HELLO,), path="responses", statuses=range(100, 600))


def says_what_is_wrong(exchange: Exchange) -> bool:
    """Whether a refusal finds fault with a body: the endpoint's own words, and not those of something before it."""
    return exchange.status in (400, 422) and isinstance(exchange.raw_json, dict)


def ours(exchange: Exchange) -> None:
    """Set aside the refusal of a request with nothing wrong to it, which may be the doing of something before it."""
    keyless = exchange.request.key == WRONG_KEY.key
    told = exchange.request.mistaken or keyless or says_what_is_wrong(exchange)
    seen(told, "it was right, and another may have refused it")


@check("responses.errors.envelope", SHOULD, of=UNMADE, spec="ERR-ENV-001 ERR-ENV-007 ERR-ENV-008", depth=SMOKE)
def test_a_refusal_carries_an_error_object(exchange: Exchange) -> None:
    """The body of every refusal SHOULD be JSON with an object `error`, whatever is refused."""
    ours(exchange)
    if exchange.error_object is None:
        shown = begins(exchange, 120)
        path = exchange.wire.url.split("?")[0].split("/", 3)[-1]
        words = f"{exchange.wire.method} /{path} was refused with {exchange.status} and {shown}"
        raise Broken(words, reason="envelope", causes={"error envelope"})


@check("responses.errors.content_type", SHOULD, of=UNMADE, spec="ERR-ENV-001", depth=FULL)
def test_a_refusal_is_declared_as_json(exchange: Exchange) -> None:
    """A JSON error SHOULD be declared as `application/json`."""
    ours(exchange)
    exchange.error()
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("responses.errors.message", MUST, of=UNMADE, spec="ERR-ENV-002", depth=SMOKE)
def test_an_error_has_a_message(exchange: Exchange) -> None:
    """`error.message` MUST be a string that is not empty: clients show it."""
    ours(exchange)
    exchange.error()
    exchange.conforms("http/error", "/error/message")
    assert exchange.error()["message"].strip(), "the message is blank"


@check("responses.errors.type", SHOULD, of=UNMADE, spec="ERR-ENV-003 ERR-CASE-010")
def test_an_error_has_a_type(exchange: Exchange) -> None:
    """`error.type` SHOULD be a string, and lay a mistake of the client's at no server's door."""
    ours(exchange)
    exchange.error()
    exchange.conforms("http/error", "/error/type")
    kind = exchange.error()["type"]
    told = exchange.status < 500 and "server" in str(kind).lower()
    assert not told, f"refused with {exchange.status}, and the type is {kind!r}: clients that go by it try again"


@check("responses.errors.param", SHOULD, of=UNMADE, spec="ERR-ENV-004")
def test_an_error_names_a_parameter_or_null(exchange: Exchange) -> None:
    """`error.param` SHOULD be there, a string or null."""
    ours(exchange)
    exchange.error()
    exchange.conforms("http/error", "/error/param")


#: Names of the request as a whole, and those by which Chat Completions has what this protocol calls otherwise: many
#: endpoints are bridges to that.
THERE = {"messages", "max_tokens", "max_completion_tokens", "response_format", "prompt", "request", "body", "json"}


def names_in(value: Any) -> set[str]:
    """The names of all members of a document."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set(value).union(*map(names_in, value.values())) if isinstance(value, dict) else set()


@check("responses.errors.names", SHOULD, of=REFUSALS, spec="ERR-ENV-006", depth=FULL)
def test_the_parameter_is_one_of_the_request(exchange: Exchange) -> None:
    """`error.param`, where it is a string, SHOULD name something of the request: clients show it beside its field."""
    param = exchange.error()["param"]
    seen(param, "no parameter is named")
    control = exchange.request.control
    bodies = [exchange.sent, getattr(control, "body", None)]
    known = THERE.union(*map(names_in, bodies))
    told, called = (set(re.findall(r"[a-z]+", text.lower())) for text in (param, " ".join(known)))
    assert told & called, f"{param!r} is named, and nothing of the request is called so"


@check("responses.errors.code", SHOULD, of=UNMADE, spec="ERR-ENV-005")
def test_an_error_has_a_code_or_null(exchange: Exchange) -> None:
    """`error.code` SHOULD be there, a string or null; never a number."""
    ours(exchange)
    exchange.error()
    exchange.conforms("http/error", "/error/code")


@check("responses.errors.not_with_200", MUST, of=SUCCESSES, spec="HTTP-RES-004", depth=SMOKE)
def test_a_failure_is_no_success(exchange: Exchange) -> None:
    """A failure MUST NOT be answered with 200 and an error object: clients take it for an answer with nothing in it."""
    offered(exchange)
    no_error(exchange)


@check("responses.errors.failed", SHOULD, of=MISTAKES, spec="HTTP-RES-004 ERR-CASE-010 RSP-ENV-015", depth=SMOKE)
def test_a_mistake_makes_no_response(exchange: Exchange) -> None:
    """A mistake of the client SHOULD be refused, not make a response that failed: clients raise nothing for that."""
    seen("input_image" not in str(exchange.sent), "what a picture holds may be found out when it is looked at")
    seen(not exchange.streamed, "in streams that has a cell of its own")
    why = failed(exchange)
    assert not why, f"answered {exchange.status}, with a response that failed: {why[:120]!r}"


@check("responses.errors.clients_fault", MUST, of=SENT_IN_MISTAKE, spec="ERR-CASE-023", depth=SMOKE)
def test_a_mistake_of_the_client_is_no_fault_of_the_server(exchange: Exchange) -> None:
    """A mistake of the client MUST NOT be reported as 5xx: clients would send it again."""
    no_server_fault(exchange)


@check("responses.errors.unknown_model", SHOULD, of=UNKNOWN_MODEL, spec="ERR-CASE-005 RSP-REQ-001", depth=SMOKE)
def test_an_unknown_model_is_refused(exchange: Exchange) -> None:
    """A request for a model that does not exist SHOULD be refused, and not in a stream that has begun."""
    refused_at_once(exchange)


@check("responses.errors.no_input", SHOULD, of=NO_INPUT, spec="RSP-REQ-002 ERR-CASE-008")
def test_a_request_needs_input(exchange: Exchange) -> None:
    """A request without `input`, prompt or conversation SHOULD be refused with 400."""
    refused(exchange)


MALFORMED = HELLO.wrong_bytes(b'{"model": "m", "input": [')


@check("responses.errors.malformed_json", SHOULD, of=MALFORMED, spec="ERR-CASE-006", depth=FULL)
def test_a_body_that_is_no_json_is_refused(exchange: Exchange) -> None:
    """A body that is no JSON SHOULD be refused with 400."""
    refused(exchange)


@check(
    "responses.errors.wrong_key",
    SHOULD,
    of=WRONG_KEY,
    spec="HTTP-AUTH-003 ERR-CASE-002",
    needs=("key",),
    depth=FULL,
)
def test_a_wrong_key_is_refused(exchange: Exchange) -> None:
    """A key that was never issued SHOULD be refused with 401 here too, and with JSON that has an object `error`."""
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}"
    shown = begins(exchange, 120)
    assert exchange.error_object is not None, f"refused with {status} and {shown}"


@check("responses.errors.no_echo", SHOULD, of=ANSWERS, spec="HTTP-AUTH-006", depth=FULL)
def test_the_key_never_comes_back(exchange: Exchange) -> None:
    """A key SHOULD never be part of an answer, whole, be it refused or not."""
    seen(exchange.request.opener is not None or exchange.ok, "nothing was known to be offered yet")
    offered(exchange)
    seen(exchange.request.key != "longer", "it came back as a part of another one, which was refused")
    assert not exchange.leaked, f"the key came back in the {' and the '.join(exchange.leaked)}"
    given = dict(exchange.wire.headers).get("Authorization", "").removeprefix("Bearer ")
    if given and "{key}" not in given and exchange.status >= 400:
        assert given.encode() not in exchange.body, "the refused key is repeated whole"


@scenario(NO_CONTENT, NUMBER_STREAM, spare=(NUMBER,))
def mistaken_twice() -> Steps:
    """A mistake, and one of the same kind in a request for a stream; if they differ, the very same without a stream."""
    plain: Exchange = yield NO_CONTENT
    streamed: Exchange = yield NUMBER_STREAM
    # What is wrong within an item may be found elsewhere than what is wrong with the input.
    if not streamed.ok and refusal(plain) != refusal(streamed):
        plain = yield NUMBER
    return plain, streamed


def refusal(exchange: Exchange) -> tuple[int, set[str]]:
    """The status and the members of the error with which a mistake is refused."""
    return exchange.status, set(exchange.error_object or ())


@check("responses.errors.same_in_streams", SHOULD, of=mistaken_twice, spec="ERR-CASE-025", depth=FULL)
def test_a_mistake_is_refused_alike_in_streams(exchange: Exchange) -> None:
    """Mistakes of a kind SHOULD be refused with the same status and shape whether a stream was asked for or not."""
    plain, streamed = exchange.found
    seen(not plain.ok, "the mistakes are not refused")
    assert not late(streamed), f"answered {streamed.status}, with an error in the stream"
    seen(not streamed.ok, "the mistake is not refused in streams, which has a cell of its own")
    plain, streamed = plain.rejected(), streamed.rejected()
    seen(plain.status < 500 and streamed.status < 500, "the mistakes are met with 5xx")
    assert streamed.status == plain.status, f"refused with {streamed.status}, and without `stream` with {plain.status}"
    (_, without), (_, within) = refusal(plain), refusal(streamed)
    assert within == without, f"the error has {sorted(within)}, and without `stream` {sorted(without)}"
