"""What an endpoint tells in headers of how much it still allows: requests and tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from samewire.attempt import Attempt

__all__ = ["KINDS", "Allowance", "allowances", "noted"]

#: What is counted.
KINDS = ("requests", "tokens")
#: How the headers are named.
NAMES = ("x-ratelimit-{part}-{kind}", "anthropic-ratelimit-{kind}-{part}")
PARTS = ("remaining", "limit", "reset")
UNITS = {"ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"[0-9]{1,15}")
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,12})?)(ms|us|µs|ns|s|m|h|d)")


@dataclass(frozen=True)
class Allowance:
    """How much of one kind is allowed.

    Attributes:
        remaining: how much is left.
        reset: seconds until it is renewed, or None if that isn't told in a way that can be read.
        limit: how much it is in all, or None.
    """

    remaining: int
    reset: float | None = None
    limit: int | None = None


def allowances(attempt: Attempt) -> dict[str, Allowance]:
    """What an answer tells, by kind; whatever is no number is passed over."""
    found = {}
    for kind in KINDS:
        for name in NAMES:
            parts = {part: attempt.header(name.format(part=part, kind=kind)).strip() for part in PARTS}
            if _NUMBER.fullmatch(parts["remaining"]):
                limit = int(parts["limit"]) if _NUMBER.fullmatch(parts["limit"]) else None
                found[kind] = Allowance(int(parts["remaining"]), _seconds(parts["reset"], attempt.started), limit)
                break
    return found


def _seconds(text: str, now: float) -> float | None:
    """The seconds of a duration such as ``6m0s``, of a plain number, or until a moment."""
    parts = _DURATION.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return sum(float(number) * UNITS[unit] for number, unit in parts)
    try:
        number = float(text)
    except ValueError:
        try:
            return max(0.0, datetime.fromisoformat(text).timestamp() - now)
        except (ValueError, OverflowError):
            return None
    if 0 <= number < 1e6:
        return number
    moment = number / 1000 if number > 1e11 else number  # since 1970, in milliseconds or seconds
    return max(0.0, moment - now) if 1e9 < moment < 1e10 else None


def noted(attempts: Iterable[Attempt]) -> dict[str, Any]:
    """The limits that were told, and the least that remained: as numbers, by kind."""
    found: dict[str, dict[str, int]] = {}
    for attempt in attempts:
        for kind, one in allowances(attempt).items():
            before = found.setdefault(kind, {"least": one.remaining})
            before["least"] = min(before["least"], one.remaining)
            if one.limit is not None:
                before["limit"] = one.limit
    return found
