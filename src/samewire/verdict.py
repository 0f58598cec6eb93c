"""What can be said of an endpoint, and how a check says it.

A check returns (the requirement was observed to hold) or raises one of the signals below; ``judge`` turns either into
a ``Judgement``. The signals form a tree that carries the blame::

    Signal
    ├── Unsupported      refused cleanly, or not offered where it may be left out: a client can tell and adapt
    ├── Ignored          accepted, and nothing came of it: the failure clients do not see
    ├── Broken           contradicts the requirement (so does any plain ``assert`` that fails)
    ├── Inconclusive     not enough was seen to judge
    │   ├── Blocked      something else, which has a cell of its own, stands in the way
    │   └── Inapplicable this exchange shows nothing of the requirement; another may
    ├── NotRun           the check does not apply to this endpoint as it is configured
    └── Misconfigured    the settings or the harness are at fault, never the provider
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

__all__ = [
    "COUNTED",
    "HELD",
    "LOST",
    "MISSED",
    "UNCOUNTED",
    "UNHEARD",
    "UNWEIGHED",
    "Blocked",
    "Broken",
    "Ignored",
    "Inapplicable",
    "Inconclusive",
    "Judgement",
    "Misconfigured",
    "NotRun",
    "Signal",
    "Unsupported",
    "Verdict",
    "judge",
]


class Verdict(StrEnum):
    """The judgement of one requirement at one endpoint, as a word."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    IGNORED = "ignored"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_RUN = "not run"

    @property
    def red(self) -> bool:
        """Whether the word accuses the provider."""
        return self in (Verdict.IGNORED, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason.

    Attributes:
        verdict: the word.
        reason: a short stable code such as ``refused``, ``schema``, ``http.429`` or ``blocked``, for machines.
        message: what was observed, in one or a few sentences, for people.
        causes: names of the defects this judgement shows, for other cells to be blocked by.
        cause: the name of the defect that stands in the way, when blocked, or of the request that was refused.
        exchanges: ids of the exchanges that were judged, the decisive one first.
        flaky: the verdict rests on answers that differed from one repetition to the next.
        notes: what else is to be told of it.
        rounds: the words of all rounds, where the whole measurement was repeated.
        known: ids of the deviations in the wild that look like this.
    """

    verdict: Verdict
    reason: str = ""
    message: str = ""
    causes: frozenset[str] = frozenset()
    cause: str = ""
    exchanges: tuple[str, ...] = ()
    flaky: bool = False
    notes: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def of(self, exchanges: Iterable[str]) -> Judgement:
        """The same judgement, resting on these exchanges."""
        return replace(self, exchanges=tuple(exchanges))


#: How causes begin that must be the same at each try.
LOST = "lost:"
#: The reason of what rests on the model's doing what it is told.
UNHEARD = "unheard"
#: The reason of what rests on the counts of tokens.
UNCOUNTED = "uncounted"
#: The same, where it is no text that is counted.
UNWEIGHED = "unweighed"
#: The reason of what neither the model shows nor the counts: it rests on either of them.
MISSED = "missed"
#: The reason of what the model doesn't show, though it is counted: it is there after all if the model shows nothing.
COUNTED = "counted"


class Signal(Exception):
    """What a check raises to say anything but *supported*.

    Args:
        message: what was observed.
        reason: as a judgement's.
        causes: as a judgement's.
        cause: as a judgement's.
        lost: which of several things are missing that a model may leave out: one must be missing at each try.
    """

    verdict = Verdict.ERROR
    reason = "error"

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        causes: Iterable[str] = (),
        cause: str = "",
        lost: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or type(self).reason
        self.causes = frozenset((*causes, *(f"{LOST}{one}" for one in lost)))
        self.cause = cause

    def judgement(self) -> Judgement:
        """This signal as a judgement."""
        return Judgement(self.verdict, self.reason, self.message, self.causes, self.cause)


class Unsupported(Signal):
    """Refused cleanly, or not offered where it may be left out: a client can tell and adapt."""

    verdict = Verdict.UNSUPPORTED
    reason = "refused"


class Ignored(Signal):
    """Accepted, and nothing came of it."""

    verdict = Verdict.IGNORED
    reason = "ignored"


class Broken(Signal):
    """Contradicts the requirement."""

    verdict = Verdict.BROKEN
    reason = "broken"


class Inconclusive(Signal):
    """Not enough was seen to judge."""

    verdict = Verdict.INCONCLUSIVE
    reason = "unclear"


class Blocked(Inconclusive):
    """Something else, which has a cell of its own, stands in the way; ``cause`` names it."""

    reason = "blocked"


class Inapplicable(Inconclusive):
    """This exchange shows nothing of the requirement; another may."""

    reason = "not seen"


class NotRun(Signal):
    """The check does not apply to this endpoint as it is configured."""

    verdict = Verdict.NOT_RUN
    reason = "not run"


class Misconfigured(Signal):
    """The settings or the harness are at fault, never the provider."""

    verdict = Verdict.ERROR
    reason = "settings"


def judge(check: Callable[[Any], None], exchange: Any) -> Judgement:
    """Let a check judge an exchange. Whatever happens inside, this returns a judgement.

    An exception that is neither a signal nor a failed assertion is a fault of the harness: *error*, never *broken*.
    """
    try:
        check(exchange)
    except Signal as signal:
        return signal.judgement()
    except AssertionError as failure:
        # pytest appends what it saw of the expression; the message before it is ours, and says it in words.
        words = str(failure).split("\nassert ")[0]
        return Judgement(Verdict.BROKEN, "broken", words or "the requirement does not hold")
    except Exception as fault:  # the one place that catches everything: a check must never end a run
        return Judgement(Verdict.ERROR, "harness", f"{type(fault).__name__}: {fault}")
    return HELD


#: What held, as most does.
HELD = Judgement(Verdict.SUPPORTED)
