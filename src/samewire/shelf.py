"""What was read of exchanges, which takes some ten times as much memory as their bytes."""

from __future__ import annotations

from collections import OrderedDict

from samewire.exchange import Exchange

__all__ = ["Shelf"]

#: Bytes of answers that stay at hand as what was read from them.
AT_HAND = 2**20


class Shelf:
    """Exchanges that were read lately; those that were not for long lose what can be read again."""

    def __init__(self) -> None:
        self._size = 0
        self._recent = OrderedDict[int, Exchange]()

    def read(self, exchange: Exchange) -> None:
        """Note that an exchange was read."""
        self._size += 0 if exchange.key in self._recent else exchange.size
        self._recent[exchange.key] = exchange
        self._recent.move_to_end(exchange.key)
        while self._size > AT_HAND and len(self._recent) > 1:
            (oldest := self._recent.popitem(last=False)[1]).forget()
            self._size -= oldest.size
