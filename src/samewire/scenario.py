"""Where exchanges come from besides single requests: scenarios of several steps, preflights, and selections."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from samewire.anew import anew
from samewire.request import Request

__all__ = ["Every", "Preflight", "Scenario", "Source", "Steps", "key_of", "preflight", "scenario"]

#: What a scenario is: it yields a request (or several, to be sent together) and is sent what came back (None
#: for a crowd that is larger than the endpoint's burst).
Steps = Generator[Any, Any, Any]


@dataclass(frozen=True)
class Scenario:
    """Several steps, without I/O of their own.

    Attributes:
        steps: a generator function that yields requests, or lists of requests to send together, and is sent exchanges.
        name: tells apart the scenarios that one function makes.
        alone: the request in which a thing goes out alone if it isn't taken among others: its fate is this check's.
        requests: the requests known beforehand, for planning.
        spare: requests that it sends only if what it looks for doesn't show at once.
        more: how many further requests it sends, made of answers.
        tokens: how many tokens the further requests let the model speak at most.
    """

    steps: Callable[[], Steps]
    requests: tuple[Request, ...] = ()
    spare: tuple[Request, ...] = ()
    more: int = 0
    tokens: int = 0
    name: str = ""
    alone: Request | None = None

    @property
    def id(self) -> str:
        """The scenario's name, unique in the suites."""
        return f"{self.steps.__module__.split('suites.', 1)[-1]}.{self.steps.__name__}{self.name}"


def scenario(
    *requests: Request,
    spare: tuple[Request, ...] = (),
    more: int = 0,
    tokens: int = 0,
    name: str = "",
    alone: Request | None = None,
) -> Callable[[Callable[[], Steps]], Scenario]:
    """Declare a scenario.

    Args:
        requests: those it sends.
        spare: those it sends only if what it looks for doesn't show at once.
        more: how many further ones it sends, made of answers.
        tokens: how many tokens these let the model speak at most.
        name: tells apart the scenarios that one function makes.
        alone: the request in which a thing goes out alone if it isn't taken among others: its fate is this check's.
    """
    return lambda steps: Scenario(steps, requests, spare, more, tokens, name, alone)


@dataclass(frozen=True)
class Preflight:
    """What is found once per endpoint and protocol before anything else is sent.

    Attributes:
        protocol: the protocol whose first steps these are.
        steps: a generator function that yields requests, is sent exchanges, and returns findings or raises a stop.
        requests: the requests of a healthy endpoint's preflight, for planning.
        control: the preflight that must have found the endpoint reachable before this one begins.
    """

    protocol: str
    steps: Callable[[], Steps]
    requests: tuple[Request, ...] = ()
    control: Preflight | None = None

    @property
    def id(self) -> str:
        """The preflight's name."""
        return f"preflight.{self.protocol}"


def preflight(
    protocol: str, *requests: Request, control: Preflight | None = None
) -> Callable[[Callable[[], Steps]], Preflight]:
    """Declare the preflight of a protocol, the requests it sends to a healthy endpoint, and the preflight before it."""
    return lambda steps: Preflight(protocol, steps, requests, control)


@dataclass(frozen=True)
class Every:
    """All exchanges of a run that match: what an invariant is judged over.

    Attributes:
        witness: the requests that are sent so that there is something to see even when only this check is selected.
        path: the requests' path begins so; None for all.
        streamed: whether the requests ask for a stream; None for both.
        statuses: the statuses of the answers; a status of 0 stands for no answer at all.
        method: the requests' method; None for all.
        wrong: whether only requests that are wrong on purpose count (True), only others that have the right key
            (False), or all (None).
        crowded: whether those of a crowd count, too.
        failed: whether those count that ended in a failure.
    """

    witness: tuple[Request, ...]
    path: str | None = None
    streamed: bool | None = None
    statuses: range = range(200, 300)
    method: str | None = None
    wrong: bool | None = None
    crowded: bool = False
    failed: bool = False


#: What the exchange of a check comes from.
Source = Request | Scenario | Preflight | Every


def key_of(source: Request | Scenario | Preflight, repetition: int, otherwise: bool = False) -> str:
    """The name of one repetition of what a source gives, in other words or not."""
    if isinstance(source, Request):
        return anew(source, repetition, otherwise).id
    return source.id if isinstance(source, Preflight) else f"{source.id}.{repetition}{'o' * otherwise}"
