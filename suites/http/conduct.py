"""Conduct: whatever it is asked, the server is still there afterwards."""

from __future__ import annotations

from samewire import MUST, SMOKE, Broken, Every, Exchange, Inconclusive, check

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
