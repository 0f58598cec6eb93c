"""Headers: what careful clients send is taken, and what comes with an answer is sound."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Every, Exchange, Steps, Unsupported, check, scenario, seen

from ..chat.careful import CHARSET, OFFICIAL
from ..chat.packing import packed
from ..http.same import own_request_id, rate_limits, rate_resets
from .errors import NO_INPUT, UNKNOWN_MODEL
from .parameters import TOGETHER
from .reading import offered
from .requests import COUNT, HELLO, STREAM

ANSWERS = Every(witness=(HELLO,), path="responses", statuses=range(100, 600))
MADE = Every(witness=(HELLO,), path="responses", method="POST", wrong=False)


@check(
    "responses.headers.official",
    MUST,
    of=packed(TOGETHER, HELLO.having(OFFICIAL)),
    spec="HTTP-REQ-001",
    depth=FULL,
)
def test_official_clients_are_let_in(exchange: Exchange) -> None:
    """The headers that official clients add MUST be tolerated."""
    exchange.answered()
    assert exchange.ok, f"refused with {exchange.status}{exchange.said}"


@check("responses.headers.charset", SHOULD, of=packed(TOGETHER, HELLO.having(CHARSET)), spec="HTTP-REQ-002", depth=FULL)
def test_a_charset_may_be_named(exchange: Exchange) -> None:
    """A `Content-Type` of `application/json` with a charset SHOULD be taken."""
    exchange.accepted()


@check(
    "responses.headers.odd_json", SHOULD, of=packed(TOGETHER, HELLO.written_oddly()), spec="HTTP-REQ-003", depth=FULL
)
def test_equal_json_is_equal(exchange: Exchange) -> None:
    """JSON with escapes, blanks and another order of keys SHOULD be taken for what it is."""
    exchange.accepted()


@check("responses.headers.status", SHOULD, of=MADE, spec="RSP-EP-001", depth=FULL)
def test_an_answer_is_ok(exchange: Exchange) -> None:
    """A response SHOULD come with the status 200, which is the only one that is documented for it."""
    assert exchange.status == 200, f"answered {exchange.status}"


@check("responses.headers.request_id", SHOULD, of=ANSWERS, spec="HDR-001", depth=FULL)
def test_an_answer_has_a_request_id(exchange: Exchange) -> None:
    """Every answer SHOULD carry an `x-request-id`, by which support can find it."""
    seen(exchange.request.opener is not None or exchange.ok, "nothing was known to be offered yet")
    offered(exchange)
    if not exchange.header("x-request-id"):
        raise Unsupported("there is no x-request-id", reason="not offered")


#: More requests than connections: some come through the same. What is refused is answered, too.
MANY = (HELLO, COUNT, STREAM, UNKNOWN_MODEL, NO_INPUT)


@scenario(*MANY)
def answered_and_refused() -> Steps:
    """Answers to several requests, whole, streamed and refused."""
    for request in MANY:
        _: Exchange = yield request


@check("responses.headers.own_request_id", SHOULD, of=answered_and_refused, spec="HDR-001", depth=FULL)
def test_no_two_answers_share_a_request_id(exchange: Exchange) -> None:
    """The `x-request-id` of two answers SHOULD differ."""
    own_request_id(exchange)


@scenario(HELLO, STREAM, UNKNOWN_MODEL)
def answers() -> Steps:
    """An answer, a stream, and a refusal."""
    yield HELLO
    yield STREAM
    yield UNKNOWN_MODEL


@check("responses.headers.request_id_everywhere", SHOULD, of=answers, spec="HDR-001 HDR-010", depth=FULL)
def test_streams_and_refusals_have_a_request_id_too(exchange: Exchange) -> None:
    """Streams and refusals SHOULD carry an `x-request-id` where other answers do."""
    whole, stream = exchange.before
    seen(whole.header("x-request-id"), "other answers have none either")
    lacking = [what for what, one in (("streams", stream), ("refusals", exchange)) if not one.header("x-request-id")]
    if lacking:
        raise Unsupported(f"{' and '.join(lacking)} have no x-request-id, as other answers have", reason="not offered")


@check("responses.headers.rate_limits", SHOULD, of=MADE, spec="HDR-003 HDR-005", depth=FULL)
def test_rate_limits_are_numbers(exchange: Exchange) -> None:
    """Rate limits told in `x-ratelimit-*` headers SHOULD be whole numbers, and what remains no more than the limit."""
    offered(exchange)
    rate_limits(exchange)


@check("responses.headers.rate_resets", SHOULD, of=MADE, spec="HDR-004", depth=FULL)
def test_rate_resets_are_durations(exchange: Exchange) -> None:
    """`x-ratelimit-reset-*` SHOULD be a duration such as `12ms`, `1s` or `6m0s`, not a date."""
    offered(exchange)
    rate_resets(exchange)
