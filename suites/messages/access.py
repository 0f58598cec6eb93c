"""Access: which way the key is shown, what an absent or wrong one meets, and the headers of an answer."""

from __future__ import annotations

import re

from samewire import (
    CAP,
    FULL,
    MAY,
    MUST,
    SHOULD,
    SMOKE,
    Every,
    Exchange,
    Steps,
    Stop,
    Unsupported,
    check,
    observed,
    scenario,
    seen,
    text,
    user,
)

from ..chat.careful import PLAINLY
from ..chat.packing import packed
from ..http.carried import repeated
from .errors import EMPTY_IN_STREAM
from .preflight import PREFLIGHT, offered
from .requests import COUNT, HELLO, LATEST, REFUSALS, STREAM, streamed

ANSWERS = Every(witness=(HELLO,), path="messages", statuses=range(100, 600), method="POST")
SPOKEN = Every(witness=(HELLO,), path="messages")
#: The same words as a block.
IN_BLOCK = HELLO.but(messages=[user([text("Say hello.")])])
BEARER, QUERIED = HELLO.with_key("bearer"), HELLO.at("messages?beta=true")
#: Asked for only where the key is taken from that header at all.
LOWERCASE = HELLO.with_key("lowercase").after(BEARER)
#: What the official Python client adds to every request, and betas that coding agents name.
NAMED = {
    "anthropic-beta": "prompt-caching-2024-07-31,token-counting-2024-11-01",
    "User-Agent": "Anthropic/Python 2.12.0",
    "X-Stainless-Lang": "python",
    "X-Stainless-Async": "false",
}
#: As some HTTP clients declare a body.
DECLARED = {"Content-Type": "application/json; charset=utf-8"}
#: As coding agents ask whether anything is answered at all.
ONE_TOKEN = CAP(1)
#: All at once, as current official clients do it, but for the scheme's name: whoever reads it in any case takes the
#: key as they show it.
OFFICIAL = (
    IN_BLOCK.with_key("lowercase")
    .at(QUERIED.path)
    .having({**NAMED, **DECLARED, **PLAINLY, "anthropic-version": LATEST})
    .written_oddly()
    .within(ONE_TOKEN)
    .after(HELLO)
)


@check("messages.access.x_api_key", MUST, of=PREFLIGHT, spec="MSG-HTTP-002", needs=("key",))
def test_the_key_is_taken_as_x_api_key(exchange: Exchange) -> None:
    """The key MUST be taken from the header `x-api-key`."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.blocking
    first = (*exchange.before, exchange)[0]
    if not any(name.lower() == "x-api-key" for name, _ in first.wire.headers):
        observed("the key is presented another way here")
    if not first.ok:
        raise Unsupported(f"x-api-key was refused with {first.status}{first.said}, and Bearer is taken")


@check("messages.access.bearer", MUST, of=packed(OFFICIAL, BEARER), spec="MSG-HTTP-003", needs=("key",))
def test_the_key_is_taken_as_bearer(exchange: Exchange) -> None:
    """The key MUST be taken from `Authorization: Bearer`, as the current official clients send it."""
    exchange.accepted()


@check(
    "messages.access.scheme_case",
    SHOULD,
    of=packed(OFFICIAL, LOWERCASE),
    spec="HTTP-AUTH-002 MSG-HTTP-003",
    needs=("key",),
    depth=FULL,
)
def test_the_scheme_is_read_in_any_case(exchange: Exchange) -> None:
    """The scheme's name SHOULD be read in any case where `Bearer` is taken: `bearer` is `Bearer`."""
    exchange.accepted()


@check(
    "messages.access.missing_key",
    SHOULD,
    of=HELLO.with_key("none"),
    spec="MSG-HTTP-007 MSG-ERR-003",
    needs=("key",),
    depth=FULL,
)
def test_a_request_without_a_key_is_refused(exchange: Exchange) -> None:
    """A request without a key SHOULD be refused with 401."""
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}, not 401"


#: It begins as the right one does, which is all that some look at.
WRONG = HELLO.with_key("longer")
WRONG_STREAM = streamed(HELLO).with_key("longer").after(STREAM)


@scenario(STREAM, WRONG_STREAM, spare=(WRONG,))
def shown_wrong() -> Steps:
    """A wrong key where a stream is asked for: some begin one before they look. Without streams, a plain request."""
    usual: Exchange = yield STREAM
    yield WRONG_STREAM if usual.ok and usual.stream_error is None else WRONG


@check(
    "messages.access.wrong_key",
    SHOULD,
    of=shown_wrong,
    spec="MSG-HTTP-007 MSG-ERR-003 MSG-STR-025",
    needs=("key",),
    depth=SMOKE,
)
def test_a_wrong_key_is_refused(exchange: Exchange) -> None:
    """A request with a key that was never issued SHOULD be refused with 401, for a stream as well."""
    assert not (exchange.ok and exchange.stream_error is not None), f"answered {exchange.status}, and then an error"
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}, not 401"


@check("messages.access.no_echo", SHOULD, of=ANSWERS, spec="HTTP-AUTH-006")
def test_the_key_never_comes_back(exchange: Exchange) -> None:
    """A key SHOULD never be part of an answer, whole, be it refused or not."""
    offered(exchange)
    assert not exchange.leaked, f"the key came back in the {' and the '.join(exchange.leaked)}"
    wrong = [given for given in presented(exchange) if "{key}" not in given]
    assert not any(repeated(exchange, given) for given in wrong), "the refused key is repeated whole"


def presented(exchange: Exchange) -> list[str]:
    """The keys that a request shows."""
    names = ("x-api-key", "authorization")
    values = [value for name, value in exchange.wire.headers if name.lower() in names]
    return [key for key in (value.removeprefix("Bearer ") for value in values) if key]


@check("messages.access.charset", SHOULD, of=packed(OFFICIAL, HELLO.having(DECLARED)), spec="HTTP-REQ-002", depth=FULL)
def test_a_charset_may_be_declared(exchange: Exchange) -> None:
    """A body declared as `application/json; charset=utf-8` SHOULD be taken."""
    exchange.accepted()


@check("messages.access.request_id", SHOULD, of=ANSWERS, spec="MSG-HTTP-008", depth=FULL)
def test_an_answer_has_a_request_id(exchange: Exchange) -> None:
    """Every answer SHOULD carry a header `request-id`, by which support can find it."""
    offered(exchange)
    if not exchange.header("request-id"):
        raise Unsupported("there is no request-id", reason="not offered")


@scenario(HELLO, COUNT, STREAM, *REFUSALS.witness, EMPTY_IN_STREAM)
def several() -> Steps:
    """Two requests, one for a stream, and two that are refused, one of them where a stream is asked for."""
    yield [HELLO, COUNT, STREAM, *REFUSALS.witness, EMPTY_IN_STREAM]


@check("messages.access.unique_request_id", SHOULD, of=several, spec="MSG-HTTP-008", depth=FULL)
def test_request_ids_differ(exchange: Exchange) -> None:
    """Every answer SHOULD have a `request-id` of its own, streams and refusals, too."""
    every = (*exchange.before, exchange)
    ids = [one.header("request-id") for one in every]
    seen(any(ids), "there is no request-id")
    for one in (one for one, name in zip(every, ids, strict=True) if not name):
        kind = "a stream" if one.streamed else "a refusal of a stream" if one.request.streamed else "an answer"
        raise AssertionError(f"there is a request-id elsewhere, and none where {kind} came with {one.status}")
    assert len(set(ids)) == len(ids), f"{len(ids)} answers have {len(set(ids))} ids"


KINDS = ("requests", "tokens", "input-tokens", "output-tokens")


def told(exchange: Exchange, *what: str) -> dict[str, str]:
    """The headers of rate limits that an answer has.

    Raises:
        Unsupported: there are none.
    """
    offered(exchange)
    exchange.answered()
    names = [f"anthropic-ratelimit-{kind}-{one}" for kind in KINDS for one in what]
    found = {name: exchange.header(name) for name in names if exchange.header(name)}
    if not found:
        raise Unsupported("no rate limits are told", reason="not offered")
    return found


@check("messages.access.rate_limits", SHOULD, of=SPOKEN, spec="MSG-HTTP-012", depth=FULL)
def test_rate_limits_are_numbers(exchange: Exchange) -> None:
    """Rate limits told in `anthropic-ratelimit-*` SHOULD be whole numbers, and what remains no more than the limit."""
    found = told(exchange, "limit", "remaining")
    odd = {name: value for name, value in found.items() if not re.fullmatch(r"[0-9]+", value.strip())}
    assert not odd, f"not whole numbers: {odd}"
    for kind in KINDS:
        limit, rest = (found.get(f"anthropic-ratelimit-{kind}-{one}") for one in ("limit", "remaining"))
        if limit is not None and rest is not None:
            assert int(rest) <= int(limit), f"{rest} {kind} remain of {limit}"


@check("messages.access.rate_resets", SHOULD, of=SPOKEN, spec="MSG-HTTP-012", depth=FULL)
def test_rate_resets_are_dates(exchange: Exchange) -> None:
    """`anthropic-ratelimit-*-reset` SHOULD be a date of RFC 3339, not a duration."""
    found = told(exchange, "reset")
    date = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
    odd = {name: value for name, value in found.items() if not date.fullmatch(value.strip())}
    assert not odd, f"no dates: {odd}"


@check("messages.access.beta", MAY, of=packed(OFFICIAL, HELLO.having(NAMED)), spec="MSG-HTTP-010", depth=FULL)
def test_a_beta_may_be_named(exchange: Exchange) -> None:
    """The header `anthropic-beta` MAY name a beta that has long become usual, beside an official client's headers."""
    exchange.accepted()


@check("messages.access.beta_query", MAY, of=packed(OFFICIAL, QUERIED), spec="MSG-HTTP-001", depth=FULL)
def test_a_query_is_passed_over(exchange: Exchange) -> None:
    """The URL MAY end in `?beta=true`, as that of official clients' betas does."""
    exchange.accepted()
