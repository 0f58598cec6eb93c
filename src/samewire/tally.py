"""What has come of an answer so far: its head, and the reads of its body with their times, within bounds."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from samewire.decoding import Decoder, TooLarge
from samewire.sse import Read

__all__ = ["Bounds", "Tally"]


@dataclass(frozen=True)
class Bounds:
    """How much of a body is taken.

    Attributes:
        body: bytes that are read; a bigger body is a failure.
        lines: lines that are read; a longer body is a failure, as each of its events has to be judged.
        reads: reads that are kept apart; of a body in more pieces the later ones are joined to the last.
        evidence: bytes that are kept of a body that was too large.
    """

    body: int
    lines: int
    reads: int
    evidence: int


@lru_cache(2048)
def _header(name: bytes, value: bytes) -> tuple[str, str]:
    """A header as text; most answers have the same ones, of which one copy suffices."""
    return name.decode("latin-1"), value.decode("utf-8", "replace")


class Tally:
    """What has come so far.

    Args:
        cut: hang up after so many bytes, or None.
        bounds: how much is taken and kept.
    """

    def __init__(self, cut: int | None, bounds: Bounds) -> None:
        self.cut = cut
        self.bounds = bounds
        self.started = time.time()
        self.status = 0
        self.version = ""
        self.headers: list[tuple[str, str]] = []
        self.reads: list[Read] = []
        self.size = 0
        self.lines = 0
        self.answered = 0.0
        self.ended = False
        self._zero = time.perf_counter()
        self._decoder: Decoder | None = None

    def start(self) -> None:
        """The request goes out now."""
        self.started = time.time()
        self._zero = time.perf_counter()

    def elapsed(self) -> float:
        """Seconds since the request went out."""
        return round(time.perf_counter() - self._zero, 6)

    def head(self, status: int, version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Take the answer's head."""
        self.answered = self.elapsed()
        self.status = status
        self.version = version
        self.headers = [_header(name, value) for name, value in headers]
        coded = [value for name, value in self.headers if name.lower() == "content-encoding"]
        self._decoder = Decoder(", ".join(coded))

    def leaves_open(self) -> bool:
        """Whether the answer says its own end, and doesn't say that its connection ends, too."""
        names = {name.lower() for name, _ in self.headers}
        framed = self.status in (204, 304) or not names.isdisjoint({"content-length", "transfer-encoding"})
        parting = any(name.lower() == "connection" and "close" in value.lower() for name, value in self.headers)
        return self.ended and self.version == "HTTP/1.1" and framed and not parting

    def take(self, chunk: bytes) -> bool:
        """Take a read; False once enough has come."""
        assert self._decoder is not None
        for piece in self._decoder.feed(chunk, self.bounds.body - self.size):
            self._keep(piece)
        return self.cut is None or self.size < self.cut

    def finish(self) -> None:
        """Take what the decoder still holds at the end."""
        assert self._decoder is not None
        for piece in self._decoder.end():
            self._keep(piece)
        self.ended = True

    def shorten(self) -> None:
        """Keep only the beginning of a body that was too large: as evidence it suffices."""
        kept, size = [], 0
        for at, piece in self.reads:
            if size < self.bounds.evidence:
                kept.append((at, piece[: self.bounds.evidence - size]))
            size += len(piece)
        self.reads = kept

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        now = self.elapsed()
        if len(self.reads) >= self.bounds.reads:
            self._overflow(now, piece)
        elif piece:
            self.reads.append((now, piece))
        self.lines += piece.count(b"\n") + piece.count(b"\r")
        if self.size >= self.bounds.body:
            raise TooLarge
        if self.lines >= self.bounds.lines:
            raise TooLarge(f"{self.bounds.lines} lines")

    def _overflow(self, now: float, piece: bytes) -> None:
        # Pieces beyond the bound are gathered by the hundred, or joining them one by one would take quadratic time.
        last = self.reads[-1][1]
        if len(last) < 65_536:
            self.reads[-1] = (now, last + piece)
        else:
            self.reads.append((now, piece))
