"""Conduct: whatever it is asked, the server is still there afterwards."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Every, Exchange, Inconclusive, check, seen

from ..chat.requests import HELLO

EVERYTHING = Every(witness=(HELLO,), statuses=range(600), crowded=True, failed=True)


@check("http.conduct.survives", MUST, of=EVERYTHING, spec="HTTP-RES-010", depth=SMOKE)
def test_the_server_outlives_every_request(exchange: Exchange) -> None:
    """A server MUST outlive every request: whatever it was asked, it answers the next one."""
    failure = exchange.failure
    if failure is not None and failure.kind == "died":
        raise Broken(failure.message, reason="died", causes={"gone"})
    if failure is not None and failure.kind == "silent":
        raise Inconclusive(failure.message, reason="silent", causes={"gone"})


#: Connections that were closed one after the other by who does so whenever an answer has ended.
ENOUGH = 8


@check("http.conduct.kept", SHOULD, of=EVERYTHING, spec="HTTP-RES-006", depth=FULL)
def test_a_connection_may_be_used_again(exchange: Exchange) -> None:
    """A connection SHOULD be there for another request, unless the answer says `Connection: close`."""
    gone = exchange.last.forsaken
    assert gone < ENOUGH, f"{gone} answers in a row said nothing of it, and their connections were closed behind them"


@check("http.conduct.in_step", SHOULD, of=EVERYTHING, spec="HTTP-RES-006", depth=FULL, rare=True)
def test_a_connection_stays_in_step(exchange: Exchange) -> None:
    """A connection SHOULD be in step after every request: what was not read of a body is no next request."""
    misread = [one for one in exchange.attempts[:-1] if one.misread]
    seen(misread and exchange.failure is None and not exchange.last.misread, "no request was taken for what is no HTTP")
    said = b"".join(chunk for _, chunk in misread[0].reads)[:160].decode(errors="replace")
    why = "what was left unread of another request on its connection was taken for its beginning"
    raise Broken(f"answered 400 with {said!r}, and {exchange.status} when sent again: {why}")
