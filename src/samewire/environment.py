"""Variables: the process's own and, behind them, those of a .env file; and texts that name them.

This module is the only one that imports dotenv.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

__all__ = ["Environment", "Expanded", "expand", "surroundings", "without_variables"]

_VARIABLE = re.compile(
    r"\$(?:\$|\{(?P<name>[A-Za-z_]\w*)(?::(?P<mode>[-?])(?P<rest>(?:[^{}]|\{[^{}]*\})*))?\})", re.DOTALL
)


class Environment(Mapping[str, str]):
    """Variables by name, and where each came from. The process's own weigh more than a file's.

    Args:
        own: the process's.
        file: a .env file, or None.

    Attributes:
        file: the file that was read, or None.
    """

    def __init__(self, own: Mapping[str, str], file: Path | None = None) -> None:
        self.file = file
        self._own = own
        read = dotenv_values(file, interpolate=False, encoding="utf-8") if file is not None else {}
        self._more = {name: value for name, value in read.items() if value}

    def __getitem__(self, name: str) -> str:
        if self._own.get(name):
            return self._own[name]
        return self._more[name] if name in self._more else self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._more, **self._own})

    def __len__(self) -> int:
        return len({**self._more, **self._own})

    def origin(self, name: str) -> str:
        """Where a variable's value comes from, in words."""
        return f"${name}" if self._own.get(name) or name not in self._more else f"${name} of {self.file}"


def surroundings(start: Path, own: Mapping[str, str] = os.environ) -> Environment:
    """The process's variables, and those of the nearest .env file from a folder up to the repository's root.

    Raises:
        OSError, UnicodeDecodeError: the file can't be read.
    """
    for folder in (start, *start.parents):
        if (folder / ".env").is_file():
            return Environment(own, folder / ".env")
        if (folder / ".git").exists():
            break
    return Environment(own)


@dataclass(frozen=True)
class Expanded:
    """A text with its variables put in.

    Attributes:
        text: the text.
        used: the variables whose values were put in.
        missing: why it can't be used, a sentence for each variable that has no value.
        wrong: what is no variable though it begins as one, or an empty string.
    """

    text: str
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wrong: str = ""


def without_variables(value: str) -> str:
    """What of a text is literal."""
    return _VARIABLE.sub("", value)


def expand(value: str, environ: Mapping[str, str]) -> Expanded:
    """Put in ``${VARIABLE}``, ``${VARIABLE:-default}`` and ``${VARIABLE:?message}``; ``$$`` is a dollar sign."""
    if leftover := re.search(r"\$\{[^}]*\}?", _VARIABLE.sub("", value)):
        return Expanded(value, wrong=leftover.group())
    used: list[str] = []
    missing: list[str] = []
    wrong: list[str] = []

    def put(found: re.Match[str]) -> str:
        name, mode, rest = found["name"], found["mode"], found["rest"] or ""
        if name is None:
            return "$"
        if environ.get(name):
            used.append(name)
            return environ[name]
        if mode == "-":
            inner = expand(rest, environ)
            used.extend(inner.used)
            missing.extend(inner.missing)
            wrong.append(inner.wrong)
            return inner.text
        missing.append(rest if mode == "?" and rest else f"${name} is not set")
        return ""

    text = _VARIABLE.sub(put, value)
    return Expanded(text, tuple(used), tuple(missing), "".join(wrong))
