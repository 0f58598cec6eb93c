"""Faults that one endpoint shows at once, so that many can be looked for with few measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from samewire.reference.call import Fault

__all__ = ["Pool", "pools"]


@dataclass(frozen=True)
class Pool:
    """Faults that one endpoint shows at once; what is said of a fault, it says of them all.

    None of them changes a setting or wants another patience: such are measured alone.
    """

    faults: tuple[Fault, ...]
    configure: ClassVar[Mapping[str, Any]] = {}
    patience: ClassVar[None] = None

    @property
    def id(self) -> str:
        """What names it."""
        return "+".join(fault.id for fault in self.faults)

    @property
    def turns(self) -> Mapping[str, str]:
        """The checks that see one of them → the verdict they turn to."""
        return {name: word for fault in self.faults for name, word in fault.turns.items()}

    @property
    def blocks(self) -> tuple[str, ...]:
        """The checks that can't be judged because of one of them."""
        return tuple(pattern for fault in self.faults for pattern in fault.blocks)

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols they show in, which are the same for each."""
        return self.faults[0].protocols

    def bears(self, other: Fault, *, apart: bool) -> bool:
        """Whether one more can be told from those in it; ``apart`` if none may block another's cells."""
        if not self.turns.keys().isdisjoint(other.turns):
            return False
        return not apart or not (_hide(self.blocks, other.turns) or _hide(other.blocks, self.turns))


def pools(faults: Sequence[Fault], size: int, *, apart: bool) -> list[Pool]:
    """Pools of at most so many faults of the same protocols, none of which turns a cell that another turns.

    Neighbours in the list are much alike, and would get in each other's way: they are dealt out to different pools.

    Args:
        faults: what is to be pooled.
        size: how many a pool has at most.
        apart: whether faults that declare to block a cell are kept from those that turn it.
    """
    found: list[Pool] = []
    for protocols in dict.fromkeys(fault.protocols for fault in faults):
        those = [fault for fault in faults if fault.protocols == protocols]
        dealt: list[Pool] = []
        least = -(-len(those) // size)
        for number, fault in enumerate(those):
            if len(dealt) < least:
                dealt.append(Pool((fault,)))
                continue
            order = [(number + step) % len(dealt) for step in range(len(dealt))]
            room = (one for one in order if len(dealt[one].faults) < size and dealt[one].bears(fault, apart=apart))
            place = next(room, None)
            if place is None:
                dealt.append(Pool((fault,)))
            else:
                dealt[place] = Pool((*dealt[place].faults, fault))
        found += dealt
    return found


def _hide(blocks: Sequence[str], turns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in turns for pattern in blocks)
