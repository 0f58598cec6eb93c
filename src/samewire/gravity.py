"""The judgement of an invariant, from those over single exchanges."""

from __future__ import annotations

from bisect import insort
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


class _Alike:
    """Judgements of the same gravity: how many there are, the first places, that at the very first, their causes."""

    __slots__ = ("causes", "count", "first", "named")

    def __init__(self, first: Judgement) -> None:
        self.count = 0
        self.first = first
        self.named: list[tuple[int, str]] = []
        self.causes: frozenset[str] = frozenset()


class Gravest:
    """The judgement of an invariant: the gravest of those over single exchanges, which are added as they come.

    *Supported* outweighs *inconclusive*: what could be judged held, and what could not has a cell of its own.
    Exchanges that show nothing of the requirement don't count unless there is no other.
    """

    __slots__ = ("_alike",)

    def __init__(self) -> None:
        self._alike: dict[tuple[bool, float], _Alike] = {}

    @property
    def empty(self) -> bool:
        """Whether none was added."""
        return not self._alike

    def add(self, place: tuple[int, str], judgement: Judgement) -> None:
        """Add the judgement over an exchange: that of the lowest place (repetition and id) is named first."""
        # That an endpoint fell silent outweighs that it did answer before.
        weight = GRAVITY.index(judgement.verdict) - 2.5 * (judgement.reason == "silent")
        gravity = (judgement.reason == Inapplicable.reason, weight)
        alike = self._alike.get(gravity)
        if alike is None:
            alike = self._alike[gravity] = _Alike(judgement)
        alike.count += 1
        alike.causes |= judgement.causes
        if len(alike.named) < NAMED or place < alike.named[-1]:
            insort(alike.named, place)
            del alike.named[NAMED:]
            if alike.named[0] == place:
                alike.first = judgement

    def judgement(self) -> Judgement:
        """What all show together."""
        if self.empty:
            return Judgement(Verdict.INCONCLUSIVE, "not seen", "no exchange of this run shows it")
        gravity = min(self._alike)
        telling = sum(alike.count for (silent, _), alike in self._alike.items() if silent == gravity[0])
        gravest = self._alike[gravity]
        note = f"in {gravest.count} of {telling} exchanges" if gravest.first.verdict.red and telling > 1 else ""
        return replace(
            gravest.first,
            causes=gravest.causes,
            exchanges=tuple(exchange for _, exchange in gravest.named),
            notes=(*gravest.first.notes, note) if note else gravest.first.notes,
        )
