"""The lines of a record, kept packed until what they hold is asked for."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Line", "Lines", "RunError", "parsed"]

#: A line of a record, as text or taken apart.
Line = str | Mapping[str, Any]


class RunError(Exception):
    """A record can't be read."""


class Lines(Mapping[tuple[str, str], Mapping[str, Any]]):
    """Lines of a record by name. What was text is packed until it is asked for: it takes a tenth of the memory."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], bytes | Mapping[str, Any]] = {}

    def add(self, name: tuple[str, str], line: Line) -> None:
        """Add a line, or put it in the place of that of the same name."""
        self._lines[name] = zlib.compress(line.encode(), 1) if isinstance(line, str) else line

    def __getitem__(self, name: tuple[str, str]) -> Mapping[str, Any]:
        line = self._lines[name]
        found: Mapping[str, Any] = json.loads(zlib.decompress(line)) if isinstance(line, bytes) else line
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def parsed(lines: Iterator[Line], name: str) -> Iterator[tuple[Mapping[str, Any], Line]]:
    """Each line taken apart, and as it was."""
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line) if isinstance(line, str) else line
        except ValueError:
            if next(lines, None) is None:
                return
            raise RunError(f"{name}:{number}: is not JSON") from None
        if not isinstance(found, Mapping):
            raise RunError(f"{name}:{number}: is no line of a record")
        yield found, line
