"""What has changed from one run to another: changes of the provider, and apart from them, changes of the suite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from samewire.run import Run
from samewire.snapshot import Seen, Snapshot

__all__ = [
    *("WORTH", "Change", "Kind", "Suite", "baseline_of", "changes", "earlier_of", "other_servers", "regressions"),
    "suite_changes",
]

#: What a word is worth to a client. Words that say nothing of the provider have no worth.
WORTH = {"supported": 2, "unsupported": 1, "ignored": 0, "broken": 0}


class Kind(StrEnum):
    """How a cell has changed."""

    REGRESSED = "regressed"
    FIXED = "fixed"
    EVIDENCE = "evidence changed"
    INCONCLUSIVE = "newly inconclusive"
    JUDGED = "newly judged"


@dataclass(frozen=True)
class Change:
    """A cell that is no longer what it was.

    Attributes:
        before, after: what was found, and what is now.
        altered: whether the suite's check itself is another, so that the provider may be what it was.
    """

    endpoint: str
    check: str
    kind: Kind
    before: Seen
    after: Seen
    altered: bool = False


@dataclass(frozen=True)
class Suite:
    """What has changed in the suite: checks that are new, gone, or ask or judge otherwise."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]


def suite_changes(old: Snapshot, new: Snapshot) -> Suite:
    """What has changed in the suite between two runs."""
    return Suite(
        tuple(name for name in new.checks if name not in old.checks),
        tuple(name for name in old.checks if name not in new.checks),
        tuple(name for name in new.checks if _altered(old, new, name)),
    )


def _altered(old: Snapshot, new: Snapshot, name: str) -> bool:
    before, after = old.checks.get(name), new.checks.get(name)
    return bool(before and after) and before != after


def changes(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """The cells of both runs that have changed, the worst first."""
    order = list(Kind)
    found = [_change(old, new, *at) for at in new.cells if at in old.cells]
    return tuple(sorted((one for one in found if one), key=lambda one: (one.altered, order.index(one.kind))))


def other_servers(old: Snapshot, new: Snapshot) -> tuple[tuple[str, str, str], ...]:
    """The endpoints of both runs whose servers told another version before: which, then and now."""
    pairs = ((name, old.servers.get(name, ""), version) for name, version in new.servers.items())
    return tuple((name, before, now) for name, before, now in pairs if before and before != now)


def _change(old: Snapshot, new: Snapshot, endpoint: str, check: str) -> Change | None:
    before, after = old.cells[endpoint, check], new.cells[endpoint, check]
    kind = _kind(before, after)
    return Change(endpoint, check, kind, before, after, _altered(old, new, check)) if kind else None


def _kind(before: Seen, after: Seen) -> Kind | None:
    was, now = WORTH.get(before.verdict), WORTH.get(after.verdict)
    if "not run" in (before.verdict, after.verdict):
        return None
    if was is None or now is None:
        return Kind.JUDGED if now is not None else Kind.INCONCLUSIVE if was is not None else None
    if was != now:
        return Kind.REGRESSED if now < was else Kind.FIXED
    return Kind.EVIDENCE if before != after and after.verdict != "supported" else None


def earlier_of(run: Run) -> tuple[Snapshot, ...]:
    """The earlier runs that a record carries, oldest first; the last one is the baseline."""
    return tuple(_sound(run.header.get("earlier") or ()))


def _sound(packed: object) -> Iterator[Snapshot]:
    for one in packed if isinstance(packed, (list, tuple)) else ():
        try:
            yield Snapshot.unpacked(one)
        except (LookupError, TypeError, AttributeError):
            continue  # a record of others' making: what can't be read is not compared with


def baseline_of(run: Run) -> Snapshot | None:
    """The run that this one is compared with, if there is one."""
    return (earlier_of(run) or (None,))[-1]


def regressions(run: Run) -> tuple[Change, ...]:
    """What is worse at the providers than in the run that this one is compared with."""
    old = baseline_of(run)
    found = changes(old, Snapshot.of(run)) if old is not None else ()
    return tuple(one for one in found if one.kind is Kind.REGRESSED and not one.altered)
