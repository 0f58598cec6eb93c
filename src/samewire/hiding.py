"""What a client hides that drops whatever is refused: `strip_params: auto`.

Nothing is dropped in a measurement. So that claimed and measured can be told apart, a run lists the fields that an
endpoint refused though it took the same request without them.
"""

from __future__ import annotations

from collections.abc import Iterable

from samewire.attempt import throttled
from samewire.exchange import Exchange
from samewire.request import OMIT, Request

__all__ = ["hidden"]

#: Fields without which there is no request.
ESSENTIAL = ("messages", "input", "prompt", "model", "max_tokens")
#: Refusals that are about something else than the request: the key, a limit.
ELSEWISE = (401, 402, 403, 408)


def hidden(exchanges: Iterable[Exchange]) -> list[str]:
    """The body fields for which requests were refused whose control, which differs in them alone, was taken.

    A field that was taken with another value is supported, and one that is the question itself can't be dropped.
    """
    found: set[str] = set()
    taken: set[str] = set(ESSENTIAL)
    for one in exchanges:
        control = one.request.control
        if one.ok and isinstance(one.request.body, dict):
            taken.update(one.request.body)
        refused = 400 <= one.status < 500 and one.status not in ELSEWISE and not throttled(one.last)
        if refused and not one.request.mistaken and isinstance(control, Request):
            found.update(_differing(one.request.body, control.body))
    return sorted(found - taken)


def _differing(body: object, before: object) -> set[str]:
    if not isinstance(body, dict) or not isinstance(before, dict):
        return set()
    return {name for name in body if not name.startswith("$") and body[name] != before.get(name, OMIT)}
