"""What the preflight finds once per endpoint and protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samewire.verdict import Blocked, Broken, Inconclusive, NotRun, Signal, Unsupported

__all__ = ["ENTRANCES", "Findings", "Stop"]

#: Protocols whose preflights begin without another's, in the order in which they tell what bars the way to all.
ENTRANCES = ("chat", "responses", "messages")
#: Reasons that bar the way to whatever is asked.
BARRED = (
    *("refused", "connect", "name", "tls", "proxy", "timeout", "reset", "protocol", "decoding", "too large"),
    *("region", "network", "balance"),
)


@dataclass(frozen=True)
class Findings:
    """What later requests rest on.

    Attributes:
        limit: how the endpoint spells the token limit, or None if it takes none.
        headroom: tokens to add to every limit, for a model that thinks before it speaks.
        notes: what else was found, in sentences, for the report.
        measured: the same as numbers, for machines.
        key: ``bearer`` if the endpoint wants the key so where the protocol's usual way is another; else empty.
    """

    limit: str | None = None
    headroom: int = 0
    notes: tuple[str, ...] = ()
    key: str = ""
    measured: Mapping[str, Any] = field(default_factory=dict)


class Stop(Exception):
    """Raised by a preflight: nothing further can be judged.

    Attributes:
        id: the check whose cell shows why.
        signal: what that cell says.
        wide: whether nothing at all can be judged at the endpoint, as opposed to this protocol alone.
        seen: the id of the exchange it rests on, if that isn't the last one.
    """

    def __init__(self, id: str, signal: Signal | str, wide: bool = False, seen: str = "") -> None:
        self.id = id
        self.wide = wide
        self.seen = seen
        self.signal = signal if isinstance(signal, Signal) else Inconclusive(signal, reason="preflight")
        super().__init__(self.signal.message)

    @property
    def bars(self) -> bool:
        """Whether it stands in the way of whatever is asked, through other protocols, too."""
        return isinstance(self.signal, Inconclusive | Broken) and self.signal.reason in BARRED

    @property
    def blocking(self) -> Signal:
        """What the cells say that this stop keeps from being judged; what is not offered is not run."""
        if isinstance(self.signal, NotRun):
            return self.signal
        if isinstance(self.signal, Unsupported):
            return NotRun(f"not offered: {self.signal.message}", reason="not offered")
        return Blocked(self.signal.message, cause=f"check:{self.id}")
