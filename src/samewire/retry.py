"""When an attempt is followed by another, and after how long. Pure: the waiting is done elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from samewire.attempt import Attempt, throttled

__all__ = ["MAX_WAIT", "limited", "wait_before_next"]

#: Attempts in all, of which each was told to wait for a limit.
LIMITED_ATTEMPTS = 10
#: Attempts in all, of which each met a 5xx or broke off: of a server that fails one request in ten, so many in a row
#: are met once in a hundred thousand.
FAILED_ATTEMPTS = 5
#: Attempts in all that ran out of time, each of which costs a whole timeout, or whose coding is none.
SLOW_ATTEMPTS = 2
#: Attempts in all that were taken for no HTTP: other connections may be in step, and some say so of any mistake.
MISREAD_ATTEMPTS = 3
#: What is said with a 429 where no waiting helps.
SPENT = (b"insufficient_quota", b"nsufficient balance", b"exceeded_current_quota", "余额不足".encode())
#: A longer Retry-After is not waited for.
MAX_WAIT = 60.0


def limited(attempt: Attempt) -> bool:
    """Whether the peer asks to slow down, as opposed to having no more money for us."""
    if attempt.failure is not None:
        return False
    if attempt.status == 429:
        body = b"".join(chunk for _, chunk in attempt.reads[:8])
        return not any(words in body for words in SPENT)
    return throttled(attempt) and (attempt.status < 500 or attempt.pause is not None)


def wait_before_next(attempts: Sequence[Attempt]) -> float | None:
    """Seconds until the next attempt, or None if these are enough."""
    last = attempts[-1]
    if limited(last):
        asked = last.pause
        if len(attempts) >= LIMITED_ATTEMPTS or (asked is not None and asked > MAX_WAIT):
            return None
        return asked if asked is not None else min(8.0, 0.5 * 2 ** len(attempts))
    failed = [one for one in attempts if not limited(one)]
    backoff = 0.2 * 2 ** (len(failed) - 1)
    if last.failure is not None:
        if last.failure.kind in ("key", "local", "name", "tls", "too large"):
            return None
        bound = SLOW_ATTEMPTS if last.failure.kind in ("timeout", "decoding") else FAILED_ATTEMPTS
        return backoff if len(failed) < bound else None
    if last.misread:
        return 0.0 if len(failed) < MISREAD_ATTEMPTS else None
    if last.status in (408, 409) or (last.status >= 500 and last.status != 501) or last.broke_off:
        return backoff if len(failed) < FAILED_ATTEMPTS else None
    return None
