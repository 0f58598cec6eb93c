"""Whether a model does what it is told: asked before its silence is held against a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.request import Request

__all__ = ["TRUST", "trust"]

Check = Callable[[Any], None]
#: Protocol → a request that only tells and asks, and what passes where its answer is as told.
TRUST: dict[str, tuple[Request, Check]] = {}


def trust(request: Request) -> Callable[[Check], Check]:
    """Declare what shows whether a model does what it is told, for the protocol of the preflight before the request."""

    def declare(check: Check) -> Check:
        assert request.opener is not None
        TRUST[request.opener.protocol] = (request, check)
        return check

    return declare
