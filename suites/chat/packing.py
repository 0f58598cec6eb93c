"""Several harmless things in one request: only if that is refused does each go out alone.

It saves requests where all is well, and where it isn't, exactly the cell of what is refused shows it.
"""

from __future__ import annotations

from samewire import Exchange, Request, Scenario, Steps, scenario


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
