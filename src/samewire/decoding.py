"""Undoing a body's content coding, a bounded piece at a time, so that a bomb does no harm."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

__all__ = ["Decoder", "TooLarge"]


class TooLarge(Exception):
    """The body goes on beyond the bound."""


class Decoder:
    """Undoes a content coding, a bounded piece at a time."""

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        self._fed = False
        self._after = 0
        self._deflate = None
        if coding in ("gzip", "x-gzip"):
            self._deflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif coding == "deflate":
            self._deflate = zlib.decompressobj()
        elif coding not in ("", "identity"):
            raise ValueError(f"the body is coded as {coding!r}, which was not offered")

    def feed(self, chunk: bytes, room: int) -> Iterator[bytes]:
        """Decode a read into at most ``room`` bytes and one.

        Raises:
            TooLarge: there is more.
            zlib.error: the bytes are not what the coding says.
        """
        if self._deflate is None:
            yield chunk[: room + 1]
            return
        self._fed = self._fed or bool(chunk)
        if self._deflate.eof:
            # What follows the end counts for nothing, but it is bounded too.
            self._after += len(chunk)
        else:
            yield self._deflate.decompress(chunk, max(room, 1))
            self._after = len(self._deflate.unused_data)
        if self._deflate.unconsumed_tail or self._after > room:
            raise TooLarge

    def end(self) -> Iterator[bytes]:
        """Decode what is left once the body has ended.

        Raises:
            zlib.error: the coding has not ended yet.
        """
        if self._deflate is not None and self._fed:
            yield self._deflate.flush(65_536)
            if not self._deflate.eof:
                raise zlib.error("it ends before its end")
