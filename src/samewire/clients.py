"""Clients, and whether an endpoint will do for them: yes, with limits, no or unknown, because …

What a client needs is data under ``clients/``: required, optional and tolerated checks, each with its reason. A client
that can use an endpoint in several ways has several modes; the best answer stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from samewire.document import Document
from samewire.requirement import MUST, Level
from samewire.run import Column, Row, Run
from samewire.schema import locate, violations
from samewire.verdict import Verdict

__all__ = ["Answer", "Client", "Mode", "Need", "Reason", "Will", "clients", "matching", "readiness"]


class Will(StrEnum):
    """Whether an endpoint will do for a client."""

    YES = "yes"
    LIMITS = "with limits"
    UNKNOWN = "unknown"
    NO = "no"


@dataclass(frozen=True)
class Need:
    """A check that a client needs.

    Attributes:
        pattern: its id, or a glob; of a glob, the MUSTs are meant.
        why: what the client does with it.
        suffices: words that do beside *supported*.
    """

    pattern: str
    why: str
    suffices: tuple[str, ...] = ()

    def names(self, check: str, level: Level) -> bool:
        """Whether a check is meant: one by its id, or the MUSTs of a glob."""
        return check == self.pattern or (level is MUST and fnmatchcase(check, self.pattern))


@dataclass(frozen=True)
class Mode:
    """A way in which a client can use an endpoint.

    Attributes:
        limits: what is lost where only this mode works; empty if nothing is.
    """

    name: str
    required: tuple[Need, ...]
    optional: tuple[Need, ...] = ()
    tolerated: tuple[Need, ...] = ()
    limits: str = ""


@dataclass(frozen=True)
class Client:
    """A program that uses endpoints."""

    id: str
    name: str
    version: str
    verified_on: str
    sources: tuple[str, ...]
    confidence: str
    modes: tuple[Mode, ...]
    notes: str = ""


@dataclass(frozen=True)
class Reason:
    """Why an answer is what it is: a check, its verdict, and what the client does with it."""

    check: str
    verdict: str
    why: str


@dataclass(frozen=True)
class Answer:
    """Whether an endpoint will do for a client, in which mode, and why not better."""

    will: Will
    mode: str
    reasons: tuple[Reason, ...] = ()
    limits: str = ""


@cache
def clients() -> tuple[Client, ...]:
    """Every client that is known.

    Raises:
        ValueError: a file is wrong; a test sees to it that none is.
    """
    return tuple(_built(Document(path)) for path in sorted(locate("clients").glob("*.yaml")))


def _built(document: Document) -> Client:
    content = document.content
    for found in violations(content, "run/client"):
        document.complain(found.path, found.message)
    if document.problems:
        raise ValueError("\n".join(document.problems))
    return Client(
        id=content["id"],
        name=content["name"],
        version=content.get("client_version", ""),
        verified_on=content["verified_on"],
        sources=tuple(content["sources"]),
        confidence=content["confidence"],
        modes=tuple(_mode(one) for one in content["modes"]),
        notes=content.get("notes", ""),
    )


def _mode(content: Mapping[str, Any]) -> Mode:
    required, optional, tolerated = (_needs(content.get(name, {})) for name in ("required", "optional", "tolerated"))
    return Mode(content["name"], required, optional, tolerated, content.get("limits", ""))


def _needs(content: Mapping[str, Any]) -> tuple[Need, ...]:
    return tuple(
        Need(pattern, told) if isinstance(told, str) else Need(pattern, told["why"], tuple(told["suffices"]))
        for pattern, told in content.items()
    )


def matching(need: Need, rows: tuple[Row, ...]) -> list[Row]:
    """The checks that a need names."""
    return [row for row in rows if need.names(row.id, row.level)]


def readiness(run: Run, column: Column, client: Client) -> Answer:
    """Whether an endpoint will do for a client."""
    order = list(Will)
    answers = [_answer(run, column, mode) for mode in client.modes]
    best = min(answers, key=lambda one: order.index(one.will))
    if client.confidence == "low" and best.will in (Will.YES, Will.LIMITS):
        why = "its documents leave open what it needs; what is known of it holds"
        return replace(best, will=Will.UNKNOWN, reasons=(*best.reasons, Reason("", "", why)))
    # Where no mode works, what the best of them lacks says more than what its fallback does.
    return answers[0] if best.will is Will.NO else best


def _answer(run: Run, column: Column, mode: Mode) -> Answer:
    if column.missing:
        return Answer(Will.UNKNOWN, mode.name, (Reason("", Verdict.NOT_RUN, column.missing),))
    bad, unclear = _lacking(run, column, mode.required)
    if bad:
        return Answer(Will.NO, mode.name, tuple(bad))
    if unclear:
        return Answer(Will.UNKNOWN, mode.name, tuple(unclear))
    lost, _ = _lacking(run, column, mode.optional)
    return Answer(Will.LIMITS if lost or mode.limits else Will.YES, mode.name, tuple(lost), mode.limits)


def _lacking(run: Run, column: Column, needs: tuple[Need, ...]) -> tuple[list[Reason], list[Reason]]:
    """What is not as it is needed, and what nobody knows."""
    bad, unclear = [], []
    for need in needs:
        rows = matching(need, run.rows)
        if not rows:
            unclear.append(Reason(need.pattern, Verdict.NOT_RUN, need.why))
        for row in rows:
            one = run.verdict(column, row)
            reason = Reason(row.id, one.verdict, need.why)
            if one.verdict.red or one.verdict is Verdict.UNSUPPORTED:
                if one.verdict.value not in need.suffices:
                    bad.append(reason)
            elif one.verdict is not Verdict.SUPPORTED and one.reason != "not seen":
                unclear.append(reason)
    return bad, unclear
