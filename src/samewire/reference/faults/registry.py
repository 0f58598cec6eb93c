"""How faults are declared and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from samewire.reference.call import STAGES, Call, Fault

__all__ = ["FAULTS", "choices", "completions", "deltas", "fault", "fragments"]

#: Every fault by its id.
FAULTS: dict[str, Fault] = {}
Step = Callable[[Call], Any]


def fault(
    id: str,
    what: str,
    stage: str,
    turns: Mapping[str, str],
    *,
    blocks: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    where: str = "/chat/completions",
    patience: float | None = None,
    also: tuple[str, ...] = (),
    **configure: Any,
) -> Callable[[Step], Step]:
    """Declare a fault; what is decorated does it to a call.

    Args:
        id: ``feature.what``.
        what: what it does, as a sentence.
        stage: where it steps in, one of ``STAGES``.
        turns: the checks that see it → the verdict they turn to.
        blocks: patterns of the checks that can't be judged because of it.
        known: ids of the deviations in the wild that it stands for.
        where: the path whose bodies, answers, chunks and events it touches.
        patience: seconds after which an attempt should be given up.
        also: further protocols that it is measured with.
        configure: settings it changes.
    """
    if stage not in STAGES or id in FAULTS:
        raise ValueError(f"{id}: {stage!r} is no stage, or the id is taken")

    def declare(step: Step) -> Step:
        FAULTS[id] = Fault(id, what, stage, step, turns, blocks, configure, known, where, patience, also)
        return step

    return declare


def completions(call: Call) -> list[dict[str, Any]]:
    """The completion that is about to be sent, as a list of one; empty if it is another document."""
    return [call.document] if call.chat and isinstance(call.document, dict) and "choices" in call.document else []


def choices(call: Call) -> list[dict[str, Any]]:
    """The choices of the completion or of all chunks that are about to be sent."""
    if call.chunks:
        return [choice for chunk in call.chunks for choice in chunk["choices"]]
    return [choice for document in completions(call) for choice in document["choices"]]


def deltas(call: Call) -> list[dict[str, Any]]:
    """The deltas of the stream that is about to be sent."""
    return [choice["delta"] for chunk in call.chunks for choice in chunk["choices"]]


def fragments(call: Call) -> list[dict[str, Any]]:
    """The fragments of tool calls in the stream that is about to be sent."""
    return [fragment for delta in deltas(call) for fragment in delta.get("tool_calls") or ()]
