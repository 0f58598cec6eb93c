"""What a hunt deals with: generated requests, and what was found by them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from samewire.exchange import Exchange
from samewire.fuzzing.oracle import CHAT, Answers, Contradiction, contradiction
from samewire.fuzzing.ways import Way
from samewire.request import Request

__all__ = ["Case", "Found", "Hunted"]


@dataclass(frozen=True)
class Case:
    """A generated request.

    Attributes:
        request: what is sent.
        way: how it is beyond what is documented; None if it isn't.
        plain: the request that it was before it was made so.
        answers: what answers are held against.
    """

    request: Request
    way: Way | None = None
    plain: Request | None = None
    answers: Answers = CHAT

    def judged(self, exchange: Exchange) -> Contradiction | None:
        """What is wrong with an answer to it."""
        if self.way is None:
            return contradiction(exchange, answers=self.answers)
        what = "" if self.way.optional else self.way.what
        return contradiction(exchange, self.way.id, what, self.way.spec, self.answers)


@dataclass(frozen=True)
class Found:
    """A contradiction, and the smallest request that shows it.

    Attributes:
        case: the request.
        contradiction: what is wrong with its answer.
        exchange: the answer.
        ways: the other ways of being wrong whose requests were answered with the same.
    """

    case: Case
    contradiction: Contradiction
    exchange: Exchange
    ways: tuple[str, ...] = ()


@dataclass
class Hunted:
    """What a hunt has seen.

    Attributes:
        found: what is wrong, each with its smallest request.
        examples: how many requests were generated, those of shrinking aside.
        ways: how often each way to be wrong was tried.
        unclear: how many answers said nothing about the request.
        passing: how many contradictions showed once and not again: chance, held against nobody.
        stopped: why the hunt ended early; empty if it didn't.
    """

    found: list[Found] = field(default_factory=list)
    examples: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    unclear: int = 0
    passing: int = 0
    stopped: str = ""
