"""How checks say in a line what they saw, beside plain assertions."""

from __future__ import annotations

from collections.abc import Iterable

from samewire.verdict import UNCOUNTED, UNHEARD, UNMOVED, Ignored, Inapplicable, Inconclusive, Signal

__all__ = ["counts", "honoured", "observed", "seen", "shown"]


def honoured(effect: object, why: str) -> None:
    """Say *ignored* unless something came of what was accepted.

    Args:
        effect: the visible effect; anything true will do.
        why: what was accepted and what is missing, as a sentence.
    """
    __tracebackhide__ = True
    if not effect:
        raise Ignored(why)


def shown(effect: object, why: str, lost: Iterable[str] = (), counted: bool = True) -> None:
    """Say *ignored* unless the model shows that something reached it.

    It stays *ignored* only if it does so at each of several tries, and if the model is seen to do what it is told, or
    the counts, which don't show it either, are seen to grow with a prompt.

    Args:
        effect: what the model shows of it; anything true will do.
        why: what was accepted and what is missing, as a sentence.
        lost: as a signal's.
        counted: whether the counts of tokens show it, or nothing is known of them.
    """
    __tracebackhide__ = True
    if not effect:
        raise Ignored(why, reason=UNHEARD if counted else UNMOVED, lost=lost)


def counts(effect: object, why: str, signal: type[Signal] = Ignored) -> None:
    """Say *ignored* unless the counts of tokens show that something reached the model.

    It stays *ignored* only if the counts are seen to grow with a prompt at all.

    Args:
        effect: what the counts show of it; anything true will do.
        why: what was accepted and what is missing, as a sentence.
        signal: what is said instead of *ignored*.
    """
    __tracebackhide__ = True
    if not effect:
        raise signal(why, reason=UNCOUNTED)


def observed(message: str, reason: str = "observed") -> None:
    """Say *inconclusive*: this was seen, and it does not suffice to judge."""
    __tracebackhide__ = True
    raise Inconclusive(message, reason=reason)


def seen(condition: object, what: str) -> None:
    """Set this exchange aside unless it shows what the requirement speaks of.

    Args:
        condition: whether the exchange has the thing at all.
        what: the thing that is missing, such as "no tool call came".
    """
    __tracebackhide__ = True
    if not condition:
        raise Inapplicable(what)
