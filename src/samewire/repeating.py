"""The whole measurement several times over: a cell is what it was each time, or else *inconclusive* and flaky.

What a frozen set doesn't score has rounds of its own, so that what is scored is measured as if it were alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from samewire.attempt import Wire
from samewire.exchanges import Exchanges
from samewire.lane import Got, Performer
from samewire.measurement import Measurement
from samewire.request import Request
from samewire.requirement import Requirement
from samewire.settings import Endpoint
from samewire.verdict import Inapplicable, Judgement, Verdict

__all__ = ["Apart", "Measuring", "Rounds", "begun", "in_round", "steady"]

#: How much less urgent a round is than the one before it: it begins when that one leaves room.
LATER = 1e6


def in_round(perform: Performer, number: int) -> Performer:
    """The same performer for the round of this number, whose exchanges have names of their own; 0 is the first."""
    if not number:
        return perform

    async def anew(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
        return await perform(request, replace(wire, id=f"{wire.id}.{number + 1}"), control, priority - LATER * number)

    return anew


class Rounds:
    """The same measurement several times over, each with exchanges of its own.

    Args:
        measurements: one for each round.
    """

    def __init__(self, measurements: Sequence[Measurement]) -> None:
        self.measurements = measurements

    def judgement(self, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """Wait for every round, and judge what they show together."""
        return steady([one.judgement(requirement, endpoint) for one in self.measurements])


class Apart:
    """Some checks measured apart from the others, which know nothing of them.

    Args:
        others: the measurement of the others.
        apart: that of those.
        ids: which those are.
    """

    def __init__(self, others: Measurement | Rounds, apart: Measurement | Rounds, ids: Collection[str]) -> None:
        self.others, self.apart, self.ids = others, apart, ids

    def judgement(self, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """Wait for the judgement of a check's own measurement."""
        return (self.apart if requirement.id in self.ids else self.others).judgement(requirement, endpoint)


#: Whatever judges a requirement at an endpoint.
Measuring = Measurement | Rounds | Apart


def begun(
    rounds: Sequence[Exchanges],
    requirements: Sequence[Requirement],
    endpoints: Sequence[Endpoint],
    ids: Collection[str],
) -> Measuring:
    """Start every round: if some checks are to be measured apart, the latter half of the rounds is theirs."""

    def started(some: Sequence[Exchanges], asked: Sequence[Requirement]) -> Measurement | Rounds:
        measurements = [Measurement(one) for one in some]
        for measurement in measurements:
            measurement.start(asked, endpoints)
        return Rounds(measurements) if len(measurements) > 1 else measurements[0]

    if not ids:
        return started(rounds, requirements)
    half = len(rounds) // 2
    others = started(rounds[:half], [one for one in requirements if one.id not in ids])
    return Apart(others, started(rounds[half:], [one for one in requirements if one.id in ids]), ids)


def steady(judgements: Sequence[Judgement]) -> Judgement:
    """What the rounds of a cell show together.

    Rounds that were not run, or whose answers showed nothing of the requirement, count only if there are no others.
    """
    silent = [one for one in judgements if one.verdict is Verdict.NOT_RUN or one.reason == Inapplicable.reason]
    telling = [one for one in judgements if one not in silent] or list(judgements)
    words = tuple(one.verdict.value for one in telling)
    counts = Counter(words)
    if len(counts) == 1:
        first = telling[0]
        note = (f"in each of {len(words)} rounds",) if first.verdict.red and len(words) > 1 else ()
        return replace(first, notes=(*first.notes, *note), rounds=words)
    wrong = [one for one in telling if one.verdict is Verdict.ERROR]
    if wrong:
        return replace(wrong[0], rounds=words)
    odd = min(telling, key=lambda one: (not one.verdict.red, counts[one.verdict]))
    usual = next(one for one in telling if one.verdict != odd.verdict)
    (most, k), *others = counts.most_common()
    said = ", ".join(f"{word} in {count}" for word, count in others)
    return Judgement(
        Verdict.INCONCLUSIVE,
        "flaky",
        f"mixed: {most} in {k} of {len(words)} rounds, {said}: {odd.message}",
        causes=frozenset().union(*(one.causes for one in telling)),
        cause=next((one.cause for one in telling if one.cause), ""),
        exchanges=tuple(dict.fromkeys((*odd.exchanges, *usual.exchanges))),
        flaky=True,
        rounds=words,
    )
