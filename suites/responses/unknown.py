"""What does not exist: ids that nobody made are refused."""

from __future__ import annotations

from samewire import FULL, GET, SHOULD, Blocked, Exchange, Steps, check, scenario, seen, user

from ..http.same import begins
from .errors import NO_INPUT
from .fetched import UNSTORED, unkept
from .parameters import TOGETHER
from .reading import refused, refused_at_once
from .reasoning import SUMMED_UP
from .requests import HELLO
from .state import fetch

NOBODY = "resp_0123456789abcdef0123456789abcdef0123456789abcdef"
#: How it is told that something is not there, or can't be.
ABSENT = (400, 404, 405, 410, 501)


def missing(exchange: Exchange) -> None:
    """Say *broken* unless something was told not to be there."""
    status = exchange.rejected().status
    assert status in ABSENT, f"answered {status}"


FETCHED = GET(f"responses/{NOBODY}").after(HELLO)


def steps_to_nothing() -> Steps:
    """A response that was not to be stored, fetched; where that is answered or can't be tried, one that nobody made."""
    made: Exchange = yield from unkept()
    there: Exchange | None = (yield fetch(made)) if made.ok else None
    if there is None or there.status not in ABSENT:
        yield FETCHED


@scenario(SUMMED_UP, spare=(TOGETHER, UNSTORED, FETCHED))  # the second step is counted where it is judged
def nothing_there() -> Steps:
    """Something fetched that is not there."""
    return (yield from steps_to_nothing())


@check("responses.unknown.get", SHOULD, of=nothing_there, spec="RSP-EP-008", depth=FULL)
def test_nothing_is_fetched(exchange: Exchange) -> None:
    """`GET` of a response that does not exist SHOULD be refused with 404."""
    missing(exchange)


@scenario(NO_INPUT, SUMMED_UP, spare=(TOGETHER, UNSTORED, FETCHED))
def refused_and_fetched() -> Steps:
    """A request that is refused, and something fetched that is not there."""
    yield NO_INPUT
    return (yield from steps_to_nothing())


@check("responses.errors.unknown_url", SHOULD, of=refused_and_fetched, spec="ERR-CASE-016 RSP-EP-008", depth=FULL)
def test_an_unknown_url_is_refused(exchange: Exchange) -> None:
    """A URL under which nothing is SHOULD be answered 404, with JSON that has an object `error`, as others have it."""
    seen(not exchange.ok, "what isn't there is answered, which has a cell of its own")
    refused(exchange)
    other, missed = exchange.before[0], exchange.error_object
    if missed is None and not other.ok and other.error_object is None:
        raise Blocked("other refusals have no error object either", cause="error envelope")
    bare = exchange.raw_json if missed is None and isinstance(exchange.raw_json, dict) else {}
    if all(isinstance(bare.get(name), str) for name in ("message", "type")):
        return  # for a response that is not there, the description has the error without a wrapper
    shown = begins(exchange, 120)
    assert missed is not None, f"refused with {exchange.status} and {shown}"
    for name, value in (other.error_object or {}).items():
        if name in ("message", "type") and isinstance(value, str):
            assert isinstance(missed.get(name), str), (
                f"`{name}` is {missed.get(name)!r:.60}, and {value!r:.60} elsewhere"
            )


#: In a stream: what looks for the response there may be another part of a server, and find out too late.
AFTER_NOBODY = HELLO.wrong(previous_response_id=NOBODY, stream=True)


@check("responses.unknown.previous", SHOULD, of=AFTER_NOBODY, spec="RSP-ST-002", depth=FULL)
def test_nothing_is_followed(exchange: Exchange) -> None:
    """A `previous_response_id` that does not exist SHOULD be refused with 400, not passed over, in streams neither."""
    refused_at_once(exchange)


REFERENCE = {"type": "item_reference", "id": "msg_fedcba9876543210fedcba9876543210fedcba9876543210"}
AFTER_NOTHING = HELLO.wrong(input=[REFERENCE, user("Say hello.")])


@check("responses.unknown.reference", SHOULD, of=AFTER_NOTHING, spec="RSP-IN-007", depth=FULL)
def test_nothing_is_referred_to(exchange: Exchange) -> None:
    """An `item_reference` to what does not exist SHOULD be refused, not dropped."""
    refused(exchange)
