"""The judgement of an invariant, from those over single exchanges."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from dataclasses import replace

from samewire.verdict import Inapplicable, Judgement, Verdict

__all__ = ["GRAVITY", "Gravest"]

#: How an invariant's judgements over many exchanges add up: the first word that occurs is the whole's.
GRAVITY = (
    Verdict.ERROR,
    Verdict.BROKEN,
    Verdict.IGNORED,
    Verdict.SUPPORTED,
    Verdict.UNSUPPORTED,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
)
#: Exchanges that are named of those that show the same.
NAMED = 20


class Gravest:
    """The judgement of an invariant: the gravest of those over single exchanges, which are added as they come.

    *Supported* outweighs *inconclusive*: what could be judged held, and what could not has a cell of its own.
    Exchanges that show nothing of the requirement don't count unless there is no other.
    """

    def __init__(self) -> None:
        #: By gravity: how many there are, the first places, the judgement at the very first, and what all show.
        self._counts: Counter[tuple[bool, float]] = Counter()
        self._named: dict[tuple[bool, float], list[tuple[int, str]]] = {}
        self._first: dict[tuple[bool, float], Judgement] = {}
        self._causes: dict[tuple[bool, float], frozenset[str]] = {}

    @property
    def empty(self) -> bool:
        """Whether none was added."""
        return not self._counts

    def add(self, place: tuple[int, str], judgement: Judgement) -> None:
        """Add the judgement over an exchange: that of the lowest place (repetition and id) is named first."""
        # That an endpoint fell silent outweighs that it did answer before.
        weight = GRAVITY.index(judgement.verdict) - 2.5 * (judgement.reason == "silent")
        gravity = (judgement.reason == Inapplicable.reason, weight)
        self._counts[gravity] += 1
        named = self._named.setdefault(gravity, [])
        if len(named) < NAMED or place < named[-1]:
            insort(named, place)
            del named[NAMED:]
            if named[0] == place:
                self._first[gravity] = judgement
        if judgement.causes:
            self._causes[gravity] = self._causes.get(gravity, frozenset()) | judgement.causes

    def judgement(self) -> Judgement:
        """What all show together."""
        if self.empty:
            return Judgement(Verdict.INCONCLUSIVE, "not seen", "no exchange of this run shows it")
        gravity = min(self._counts)
        telling = sum(count for (silent, _), count in self._counts.items() if silent == gravity[0])
        gravest = self._first[gravity]
        note = f"in {self._counts[gravity]} of {telling} exchanges" if gravest.verdict.red and telling > 1 else ""
        return replace(
            gravest,
            causes=self._causes.get(gravity, frozenset()),
            exchanges=tuple(exchange for _, exchange in self._named[gravity]),
            notes=(*gravest.notes, note) if note else gravest.notes,
        )
