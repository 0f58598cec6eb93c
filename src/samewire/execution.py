"""What the plugin asks of whoever runs what it collects."""

from __future__ import annotations

from typing import Protocol

from samewire.requirement import Requirement
from samewire.settings import Endpoint
from samewire.verdict import Judgement

__all__ = ["Execution", "Judging"]


class Judging(Protocol):
    """Whoever judges requirements at endpoints."""

    def judgement(self, requirement: Requirement, endpoint: Endpoint) -> Judgement:
        """Wait for what the requirement is judged over, and judge it."""


class Execution(Protocol):
    """Whoever runs what the plugin collects."""

    def open(self, requirements: list[Requirement]) -> Judging:
        """Start: these are selected."""

    @property
    def halted(self) -> str:
        """Why the run can't go on, or an empty string."""

    def judged(self, requirement: Requirement, endpoint: Endpoint, judgement: Judgement) -> Judgement:
        """A judgement was made; gives it as it may be told: without any secret."""

    def evidence(self, endpoint: Endpoint, judgement: Judgement) -> str:
        """What a judgement rests on, as text."""
