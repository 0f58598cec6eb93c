"""Limits: what an endpoint says when it has had enough. Judged when it happens."""

from __future__ import annotations

from samewire import FULL, SHOULD, Every, Exchange, check, seen

from ..chat.requests import HELLO
from .same import rates

ANSWERS = Every(witness=(HELLO,), statuses=range(100, 600), crowded=True)


@check("http.limits.retry_after", SHOULD, of=ANSWERS, spec="HDR-006 HDR-007 ERR-CASE-022", depth=FULL, rare=True)
def test_a_limit_says_how_long_to_wait(exchange: Exchange) -> None:
    """A 429 or 503 SHOULD say in `Retry-After` how long to wait: seconds or a date, less than an hour, and not 0."""
    # A mistake that is answered 503 has met no limit.
    statuses = (429,) if exchange.request.mistaken else (429, 503)
    told = [pause for status, pause, _ in exchange.limits if status in statuses]
    seen(told and not exchange.request.path.startswith("messages"), "no limit was met, or by who asked for a message")
    assert all(pause is not None for pause in told), "there is no Retry-After that could be read"
    longest = max(pause or 0.0 for pause in told)
    assert longest < 3600, f"Retry-After is {longest / 3600:.1f} hours"


@check("http.limits.told", SHOULD, of=ANSWERS, spec="HDR-005", depth=FULL, rare=True)
def test_answers_tell_the_limits_that_a_429_tells(exchange: Exchange) -> None:
    """Rate limits that a 429 tells in `x-ratelimit-*` SHOULD be told by answers, too: by then it is too late."""
    met = [one for one in exchange.attempts[:-1] if one.status == 429 and rates(one)]
    seen(met and exchange.ok, "no limit was met, or none that was told so, or no answer followed")
    assert rates(exchange.last), f"a 429 has x-ratelimit-{min(rates(met[0]))}, and the answer that follows has none"


@check("http.limits.status", SHOULD, of=ANSWERS, spec="ERR-CASE-019 ERR-SDK-007", depth=FULL, rare=True)
def test_a_limit_is_told_with_429(exchange: Exchange) -> None:
    """A limit SHOULD be told with 429: with another 4xx, clients don't wait, and blame the request or the key."""
    met = {status for status, _, _ in exchange.limits}
    seen(met, "no limit was met")
    assert met <= {429, 503, 529}, f"a limit is told with {', '.join(map(str, sorted(met)))}"


@check("http.limits.envelope", SHOULD, of=ANSWERS, spec="ERR-CASE-019 ERR-ENV-001", depth=FULL, rare=True)
def test_a_limit_carries_an_error_object(exchange: Exchange) -> None:
    """The body of a 429 SHOULD be JSON with an object `error`."""
    bodies = [error for status, _, error in exchange.limits if status == 429]
    seen(bodies, "no limit was met")
    assert all(error is not None for error in bodies), "a 429 came without an error object"
