"""The lines of a record, kept as text until what they hold is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Line", "Lines", "RunError", "parsed"]

#: A line of a record, as text or taken apart.
Line = str | Mapping[str, Any]


class RunError(Exception):
    """A record can't be read."""


class Lines(Mapping[tuple[str, str], Mapping[str, Any]]):
    """Lines of a record by name. What is text stays so until it is asked for: it takes a quarter of the memory."""

    def __init__(self, lines: Mapping[tuple[str, str], Line]) -> None:
        self._lines = lines

    def __getitem__(self, name: tuple[str, str]) -> Mapping[str, Any]:
        line = self._lines[name]
        parsed: Mapping[str, Any] = json.loads(line) if isinstance(line, str) else line
        return parsed

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
