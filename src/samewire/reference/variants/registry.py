"""How legal variants are declared and found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import STAGES, Call, Fault, Step

__all__ = ["VARIANTS", "nothing", "variant"]

#: Every variant by its id.
VARIANTS: dict[str, Fault] = {}


def variant(
    id: str,
    what: str,
    stage: str = "request",
    turns: dict[str, str] | None = None,
    *,
    blocks: tuple[str, ...] = (),
    where: str = "/chat/completions",
    also: tuple[str, ...] = (),
    **configure: Any,
) -> Callable[[Step], Step]:
    """Declare a variant; what is decorated does it to a call."""
    if stage not in STAGES or id in VARIANTS:
        raise ValueError(f"{id}: {stage!r} is no stage, or the id is taken")

    def declare(step: Step) -> Step:
        VARIANTS[id] = Fault(id, what, stage, step, turns or {}, blocks, configure, where=where, also=also)
        return step

    return declare


def nothing(call: Call) -> None:
    """Change nothing: the configuration is the variant."""
