"""Several harmless things in one request: only if that is refused does each go out alone.

It saves requests where all is well, and where it isn't, exactly the cell of what is refused shows it.
"""

from __future__ import annotations

from samewire import Broken, Exchange, Request, Scenario, Steps, scenario, seen


def packed(together: Request, alone: Request) -> Scenario:
    """All together, and if these are refused, one of them alone.

    Args:
        together: the request that carries all.
        alone: the request that carries the one thing a check is about.
    """

    def steps() -> Steps:
        every: Exchange = yield together
        if not every.ok:
            yield alone

    return scenario(together, spare=(alone,), name=f".{alone.id}", alone=alone)(steps)


def all_or_each(together: Request, *each: Request) -> Scenario:
    """All together, and if the server fails at that, each of them alone: their refusals have cells of their own."""

    def steps() -> Steps:
        every: Exchange = yield together
        if every.status >= 500:
            for one in each:  # not `yield from`: a tuple can't be told the answers
                _: Exchange = yield one

    return scenario(together, spare=each, name=f".{together.id}")(steps)


def not_failing_together(exchange: Exchange) -> None:
    """Say *broken* if what is taken one by one makes the server fail each time when it comes together."""
    together, *each = (*exchange.before, exchange)
    seen(all(one.ok for one in each), "one of these things has a cell of its own")
    failing(together)


def failing(exchange: Exchange) -> None:
    """Say *broken* in a cell of its own if a request is answered 5xx each time, whoever else sends it."""
    try:
        if exchange.status >= 500:
            exchange.answered()
    except Broken as broken:
        raise Broken(broken.message, reason=broken.reason) from None
