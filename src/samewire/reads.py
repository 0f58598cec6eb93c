"""The body of an answer as it arrived, kept small: a run holds all of them until its end."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from samewire.sse import Read

__all__ = ["Reads"]


class Reads(Sequence[Read]):
    """What was read of a body: seconds since the request was sent, and the bytes, in order."""

    __slots__ = ("_body", "_sizes", "_times")

    def __init__(self, reads: Sequence[Read]) -> None:
        self._body = b"".join(chunk for _, chunk in reads)
        self._times = array("d", (at for at, _ in reads))
        self._sizes = array("L", (len(chunk) for _, chunk in reads))

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[Read]:
        start = 0
        for at, size in zip(self._times, self._sizes, strict=True):
            yield at, self._body[start : start + size]
            start += size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]
