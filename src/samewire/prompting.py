"""How a client must arrange a history before an endpoint takes it: which of three conversions it needs, if any.

The conversions are those that chat clients offer. Each does what the one before it does, and more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from samewire.run import Column, Run
from samewire.verdict import Judgement, Verdict

__all__ = ["RULES", "Mode", "Prompting", "asked", "prompting", "prompting_of"]


class Mode(StrEnum):
    """What a client must do to its histories."""

    NONE = "none"
    MERGE = "merge same roles"
    ONE_SYSTEM = "one system message"
    STRICT = "strict"
    UNKNOWN = "unknown"


#: A conversion → the checks that say whether it is needed: it is where one of them is refused. The strictest first.
#: Merging alone would do where only neighbouring system messages are refused, if others were taken; nobody has asked.
RULES = {
    Mode.STRICT: ("chat.history.assistant_first",),
    Mode.ONE_SYSTEM: ("chat.history.two_systems", "chat.history.late_system"),
    Mode.MERGE: ("chat.history.two_users", "chat.history.two_assistants"),
}
SYSTEM = "chat.roles.system"
#: What a check that could not judge says of a refusal whose shape alone is wrong.
MISSHAPEN = "error envelope"


@dataclass(frozen=True)
class Prompting:
    """What a client must do to its histories, and why.

    Attributes:
        mode: the conversion, or *unknown*.
        least: where it is unknown, what is needed at least.
        because: the checks that were refused, and their words.
        unsure: the checks that leave it open.
        system: what becomes of a system message: ``taken``, ``refused``, ``dropped``, or empty if nobody knows.
    """

    mode: Mode
    least: Mode = Mode.NONE
    because: tuple[tuple[str, str], ...] = ()
    unsure: tuple[str, ...] = ()
    system: str = ""


def prompting_of(judgements: Mapping[str, Judgement]) -> Prompting:
    """The conversion that these verdicts call for.

    Args:
        judgements: by the checks' ids; one that is absent was not run.
    """
    refused = {name: _refused(judgements.get(name)) for names in RULES.values() for name in names}
    because = tuple((name, judgements[name].verdict.value) for name, bad in refused.items() if bad)
    system = _system(judgements.get(SYSTEM))
    for mode, names in RULES.items():
        if any(refused[name] for name in names):
            return Prompting(mode, mode, because, system=system)
        if unsure := tuple(name for name in names if refused[name] is None):
            return Prompting(Mode.UNKNOWN, _least(refused), because, unsure, system)
    return Prompting(Mode.NONE, system=system)


def prompting(run: Run, column: Column) -> Prompting:
    """The conversion that an endpoint calls for."""
    return prompting_of({row.id: run.verdict(column, row) for row in run.rows})


def asked(run: Run, column: Column) -> bool:
    """Whether a run asked an endpoint any of this."""
    names = {name for names in RULES.values() for name in names}
    return any(run.verdict(column, row).verdict is not Verdict.NOT_RUN for row in run.rows if row.id in names)


def _refused(one: Judgement | None) -> bool | None:
    """Whether a history was refused; None if nobody knows."""
    if one is None:
        return None
    if one.verdict is Verdict.SUPPORTED:
        return False
    if one.verdict in (Verdict.UNSUPPORTED, Verdict.BROKEN, Verdict.IGNORED):
        return True
    return True if one.verdict is Verdict.INCONCLUSIVE and one.cause == MISSHAPEN else None


def _least(refused: Mapping[str, bool | None]) -> Mode:
    return next((mode for mode, names in RULES.items() if any(refused[name] for name in names)), Mode.NONE)


def _system(one: Judgement | None) -> str:
    if one is None:
        return ""
    if one.verdict is Verdict.IGNORED:
        return "dropped"
    refused = _refused(one)
    return "" if refused is None else "refused" if refused else "taken"
