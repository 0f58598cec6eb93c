"""Keys that end: fetched when they are needed, anew when they are about to end, once more when they are refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from samewire.credentials import KeyProblem, Send

__all__ = ["EARLY", "Fresh", "Renewable", "Source", "read"]

#: Seconds before its end at which a key is fetched anew: a request may take its time.
EARLY = 60.0


@dataclass(frozen=True)
class Fresh:
    """A key as it was fetched.

    Attributes:
        value: the key.
        ends: seconds since the epoch, or None if it says nothing of its end.
        also: further secrets that were met on the way.
    """

    value: str = field(repr=False)
    ends: float | None = None
    also: tuple[str, ...] = field(default=(), repr=False)


class Source(Protocol):
    """Where a key comes from."""

    @property
    def words(self) -> str:
        """Its name, for people; holds no secret."""

    def missing(self) -> str:
        """Why no key can be had, without asking anybody; empty if one may be."""

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """The key; ``anew`` if the last one was refused.

        Raises:
            KeyProblem: there is none.
        """


class Renewable:
    """A key that is fetched when it is needed, kept, and fetched anew when it ends. Any thread may ask.

    Args:
        source: where it comes from.

    Attributes:
        problem: why it could not be renewed, or an empty string.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problem = ""
        self._fresh: Fresh | None = None
        self._obtained = 0.0
        self._renewed = False
        self._let_in = False
        self._known: dict[str, None] = {}
        self._told: list[Callable[[str], None]] = []
        self._lock = threading.Lock()

    @property
    def words(self) -> str:
        """Where it comes from; holds no secret."""
        return self.source.words

    def missing(self) -> str:
        """Why no key can be had, without asking anybody; empty if one may be."""
        return self.source.missing()

    def key(self, send: Send) -> str:
        """The key.

        Raises:
            KeyProblem: there is none.
        """
        with self._lock:
            fresh = self._fresh
            if fresh is None or self._ending(fresh):
                fresh = self.source.fetch(send, anew=False)
                self._take(fresh)
            return fresh.value

    def renew(self, began: float, send: Send) -> bool:
        """Fetch another key after a request that began then was refused; False if there is none but the refused."""
        with self._lock:
            if self._obtained > began:
                return True  # another request has seen to it meanwhile
            if self._fresh is None or (self._renewed and not self._let_in):
                return False
            refused = self._fresh.value
            try:
                self._take(self.source.fetch(send, anew=True))
            except KeyProblem as problem:
                self.problem = str(problem)
                return False
            self._renewed, self._let_in = True, False
            return self._fresh.value != refused

    def accepted(self) -> None:
        """Note that the key was let in."""
        self._let_in = True

    def known(self) -> tuple[str, ...]:
        """Every secret that was met so far."""
        return tuple(self._known)

    def listen(self, told: Callable[[str], None]) -> None:
        """Have every secret told, those that come later before they are used."""
        for secret in self._known:
            told(secret)
        self._told.append(told)

    def _ending(self, fresh: Fresh) -> bool:
        # Of a key that lasts less than a minute, half its time: it is not to be fetched for each request.
        if fresh.ends is None:
            return False
        early = min(EARLY, max(0.0, (fresh.ends - self._obtained) / 2))
        return time.time() > fresh.ends - early

    def _take(self, fresh: Fresh) -> None:
        for secret in (fresh.value, *fresh.also):
            if secret not in self._known:
                self._known[secret] = None
                for told in self._told:
                    told(secret)
        self._fresh, self._obtained = fresh, time.time()


def read(text: str, pointer: str, expires: str, whose: str) -> Fresh:
    """The key in what a command printed, a file holds, or a server answered.

    Args:
        text: all of it; the key itself if no pointer is given.
        pointer, expires: where in JSON the key and its end stand.
        whose: whom to name if there is none.

    Raises:
        KeyProblem: there is none.
    """
    if not pointer:
        value: Any = text.strip()
        ends = None
    else:
        try:
            document = json.loads(text)
        except ValueError:
            raise KeyProblem(f"{whose}: what should hold a key is no JSON") from None
        value = _at(document, pointer)
        ends = _moment(_at(document, expires)) if expires else None
    if not isinstance(value, str) or not value:
        raise KeyProblem(f"{whose}: there is no key{f' at {pointer}' if pointer else ''}")
    return Fresh(value, ends)


def _at(document: Any, pointer: str) -> Any:
    """What a JSON Pointer leads to, or None."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def _moment(value: Any) -> float | None:
    """A moment as seconds since the epoch: written so, in milliseconds, or as a date by ISO 8601."""
    if isinstance(value, str):
        try:
            return float(value) if value.replace(".", "").isdigit() else datetime.fromisoformat(value).timestamp()
        except ValueError:
            return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else float(value)
    return None
