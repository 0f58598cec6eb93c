"""Whether a model does what it is told, and tokens are counted: asked before silence is held against a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.request import Request
from samewire.scenario import Scenario
from samewire.verdict import COUNTED, MISSED, UNCOUNTED, UNHEARD, UNWEIGHED

__all__ = ["RESTS", "TRUST", "trust"]

Check = Callable[[Any], None]
#: The reason of a verdict, and a protocol → what is sent, and what passes where such a verdict can be relied on.
TRUST: dict[tuple[str, str], tuple[Request | Scenario, Check]] = {}
#: The reason of a verdict → the reasons on one of which it rests, where that is not itself.
RESTS = {MISSED: (UNHEARD, UNCOUNTED), COUNTED: (UNHEARD,)}


def trust(of: Request | Scenario, *, counts: bool = False, weighs: bool = False) -> Callable[[Check], Check]:
    """Declare what shows whether a model does what it is told, for the protocol of the preflight before what is sent.

    Args:
        of: what is sent: it only tells and asks.
        counts: whether it shows instead that the counts of tokens grow with a prompt.
        weighs: whether it shows instead that they grow with other things than text.
    """

    def declare(check: Check) -> Check:
        opener = (of if isinstance(of, Request) else of.requests[0]).opener
        assert opener is not None
        reason = UNWEIGHED if weighs else UNCOUNTED if counts else UNHEARD
        TRUST[reason, opener.protocol] = (of, check)
        return check

    return declare
