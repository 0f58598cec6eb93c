"""What two protocols make of the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from samewire import Exchange, Ignored, Request, Scenario, Steps, counts, scenario, seen, shown

from ..chat import reading as chat
from ..chat.effects import SENTENCE, Effect

#: The calls of tools that an exchange makes.
Calls = Callable[[Exchange], Sequence[Any]]


def both(one: Request, other: Request) -> Scenario:
    """The same question through two protocols."""

    def asked_both() -> Steps:
        yield [one, other]

    return scenario(one, other, name=f".{one.id}.{other.id}")(asked_both)


def found_by(steps: Steps) -> Steps:
    """What the steps find, and the last exchange they caused."""
    last: Exchange | None = None
    try:
        while True:
            last = yield steps.send(last)
    except StopIteration as end:
        return end.value, last


def both_told(one: Scenario, other: Scenario) -> Scenario:
    """What became of the same thing through two protocols, as their own checks find it."""

    def told_both() -> Steps:
        first = yield from found_by(one.steps())
        second = yield from found_by(other.steps())
        return first, second

    spare = (*one.spare, *other.spare)
    return scenario(*one.requests, *other.requests, spare=spare, name=f".{one.id}.{other.id}")(told_both)


def agree(exchange: Exchange, what: str, least: int = SENTENCE, *, text: bool = True) -> None:
    """Say *ignored* if a thing that one protocol heeds or refuses is accepted and dropped by the other.

    Args:
        exchange: the last one of a scenario that found an effect through both.
        what: the thing, as the subject of a sentence.
        least: prompt tokens by which it must make the prompt longer.
        text: whether it is text.
    """
    otherwise: list[str] = []
    dropped: dict[str, Effect] = {}
    for effect, last in exchange.found:
        name = last.request.protocol
        if effect is None:  # then the last request was refused
            seen(last.failure is None and last.status < 500, f"{what} is not answered through {name}")
            last.answered()
            otherwise.append(f"refused through {name}")
        elif effect.shown:
            otherwise.append(f"heeded through {name}")
        elif effect.able or (effect.growth is not None and effect.growth < least):
            dropped[name] = effect
    seen(len(otherwise) + len(dropped) == 2, f"the model does not show whether {what} arrived")
    seen(any(way.startswith("heeded") for way in otherwise) or (otherwise and dropped), f"{what} shows through neither")
    for name, effect in dropped.items():
        why = f"{what} is {otherwise[0]}, and accepted and dropped through {name}"
        shown(not effect.able, why)
        counts(False, why, text=text)


def agree_to_call(exchange: Exchange, other_calls: Calls) -> None:
    """Say *ignored* if the choice of a tool that one protocol heeds or refuses is accepted and dropped by the other.

    Args:
        exchange: the last of two; that of Chat Completions came before it.
        other_calls: the calls that an accepted exchange of the other protocol makes.
    """
    made: dict[str, bool] = {}
    refused = []
    for each, calls in ((exchange.before[0], chat.calls), (exchange, other_calls)):
        if each.answered().ok:
            made[each.request.protocol] = bool(calls(each))
        else:
            refused.append(each.request.protocol)
    seen(made, "the choice of a tool is refused by both")
    dropped = [name for name, called in made.items() if not called]
    heeding = [name for name, called in made.items() if called]
    seen(heeding or refused, "the choice of a tool shows through neither")
    if dropped:
        otherwise = f"heeded through {heeding[0]}" if heeding else f"refused through {refused[0]}"
        raise Ignored(f"the choice of a tool is {otherwise}, and accepted and dropped through {dropped[0]}")
