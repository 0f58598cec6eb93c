"""Red put to the test: when another try is needed, and what several tries say together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from samewire.verdict import COUNTED, LOST, MISSED, UNHEARD, Judgement, Verdict

__all__ = ["conclusion", "moody", "needed", "repeated", "undecided"]

#: How often what a model may do or leave out by mood is put to the test at least.
MOODS = 5
#: Exchanges of those that show the same whose requests are sent anew.
FEW = 4
#: Reasons of a try in which the model did not show what would be judged, or the time could not be told.
UNSHOWN = ("not seen", "observed", "unclear", "absent", "blocked", "lag")


def moody(first: Judgement, again: int) -> bool:
    """Whether a red judgement may be the model's mood; then a try says it in other words."""
    return again > 1 or (again == 1 and first.reason in (UNHEARD, MISSED, COUNTED))


def needed(first: Judgement, again: int) -> int:
    """How many further tries must be red like the first: what may be the model's mood takes more of them than one."""
    return max(again, MOODS) if moody(first, again) else again


def undecided(tries: Sequence[Judgement], again: int) -> bool:
    """Whether another try may change what the tries so far say; one that shows nothing is made up for by another."""
    last = tries[-1]
    red = sum(one.verdict.red for one in tries)
    telling = last.verdict.red or _shows_nothing(last)
    return telling and red <= again and len(tries) <= 2 * again and not _scattered(tries)


def conclusion(tries: Sequence[Judgement], again: int) -> Judgement:
    """What a red judgement and its repetitions say: only what shows each time stays red; a mixed result is flaky."""
    first, last = tries[0], tries[-1]
    ids = tuple(dict.fromkeys(name for one in tries for name in one.exchanges))
    if not (last.verdict.red or last.verdict is Verdict.SUPPORTED or _shows_nothing(last)):
        # The repetition was not answered: it says nothing against what was seen.
        return replace(first, exchanges=ids)
    red = sum(one.verdict.red for one in tries)
    if _scattered(tries):
        words = f"mixed: {red} tries miss different things: {first.message}; {last.message}"
    elif red <= again:
        words = f"mixed: {red} of {len(tries)} tries show it: {first.message}"
    else:
        few = f"on {red} of {len(tries)} tries, and the others show nothing"
        note = f"on each of {red} tries" if red == len(tries) else few
        return replace(first, exchanges=ids, notes=(note,) if len(tries) > 1 else ())
    return Judgement(Verdict.INCONCLUSIVE, "flaky", words, exchanges=ids, flaky=True)


def repeated(judged: Judgement, again: int, tried: Callable[[str, int], Judgement]) -> Judgement:
    """A red judgement over many exchanges, put to the test where it may be the model's mood.

    Args:
        judged: what is said of all of them; it stays if one of the requests shows it each time.
        again: how many further tries must be red.
        tried: judges an exchange, by its id, or another try of its request (1, 2 …).
    """
    concluded = judged
    for name in judged.exchanges[:FEW]:
        tries = [tried(name, 0)]
        while undecided(tries, again):
            tries.append(tried(name, len(tries)))
        concluded = conclusion(tries, again)
        if concluded.verdict.red:
            return replace(judged, notes=(*judged.notes, *concluded.notes))
    return concluded


def _shows_nothing(judgement: Judgement) -> bool:
    return judgement.verdict is Verdict.INCONCLUSIVE and judgement.reason in UNSHOWN and judgement.cause != "gone"


def _scattered(tries: Sequence[Judgement]) -> bool:
    """Whether things are missing, of several, but none of them each time: that is what the model left out."""
    missing = [{cause for cause in one.causes if cause.startswith(LOST)} for one in tries if one.verdict.red]
    return bool(missing[0]) and not set.intersection(*missing)
