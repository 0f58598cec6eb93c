"""What must hold: requirements, their levels, and the decorator that ties one to the function that judges it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from samewire.scenario import Source

__all__ = ["CORE", "FULL", "MAY", "MUST", "SHOULD", "SMOKE", "Depth", "Level", "Requirement", "check"]


class Level(StrEnum):
    """How much a requirement weighs, in the words of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Depth(StrEnum):
    """How much of the suites runs."""

    SMOKE = "smoke"
    CORE = "core"
    FULL = "full"

    def includes(self, other: Depth) -> bool:
        """Whether a run at this depth runs checks of the other."""
        return list(Depth).index(other) <= list(Depth).index(self)


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
SMOKE, CORE, FULL = Depth.SMOKE, Depth.CORE, Depth.FULL

Function = Callable[[Any], None]


@dataclass(frozen=True)
class Requirement:
    """One normative statement and the check that judges it.

    Attributes:
        id: literal and dotted, ``protocol.feature.point``; never reused, never renumbered.
        level: how much it weighs.
        of: what the exchange that is judged comes from.
        spec: the ids of the catalogue's entries (``spec/``) it follows from.
        sentence: the requirement, a sentence in the words of RFC 2119: the check's docstring.
        check: the function.
        required: whether an endpoint without it can't be called what it calls itself, so that even a clean
            refusal fails the run.
        depth: the least depth at which it runs.
        needs: what the endpoint's settings must have for it to apply: ``key``, ``bearer``, ``costly``, ``burst``;
            ``model``: that bodies name it, and not paths.
        rare: whether it shows only at endpoints that fail, are limited or are slow, so that it is mostly not seen.
        again: how often a red verdict is put to the test with the request sent anew; 2 where the model may do
            otherwise from one time to the next, so that it takes many tries (``confirming.MOODS``).
    """

    id: str
    level: Level
    of: Source
    spec: tuple[str, ...]
    sentence: str
    check: Function
    required: bool = False
    depth: Depth = CORE
    needs: tuple[str, ...] = ()
    rare: bool = False
    again: int = 1

    @property
    def protocol(self) -> str:
        """The first part of the id."""
        return self.id.split(".")[0]

    @property
    def feature(self) -> str:
        """The first two parts of the id: the row that people know."""
        return ".".join(self.id.split(".")[:2])

    @property
    def title(self) -> str:
        """The check's name as words."""
        return self.check.__name__.removeprefix("test_").replace("_", " ")


def check(
    id: str,
    level: Level,
    *,
    of: Source,
    spec: str,
    required: bool = False,
    depth: Depth = CORE,
    needs: tuple[str, ...] = (),
    rare: bool = False,
    again: int = 1,
) -> Callable[[Function], Function]:
    """Declare a check. Its docstring is the requirement.

    Args:
        id: literal and dotted, ``protocol.feature.point``.
        level: MUST, SHOULD or MAY.
        of: the request, scenario, preflight or selection whose exchange is judged.
        spec: ids of the catalogue's entries it follows from, separated by spaces.
        required: whether even a clean refusal fails the run.
        depth: the least depth at which it runs.
        needs: what the endpoint's settings must have for it to apply.
        rare: whether it is mostly not seen.
        again: how often a red verdict is put to the test.
    """

    def declare(function: Function) -> Function:
        sentence = " ".join((inspect.getdoc(function) or "").split())
        if id.count(".") < 2 or not sentence:
            raise ValueError(f"{id}: a check needs an id of three parts and a docstring that states the requirement")
        function.requirement = Requirement(  # type: ignore[attr-defined]
            id, level, of, tuple(spec.split()), sentence, function, required, depth, needs, rare, again
        )
        return function

    return declare
