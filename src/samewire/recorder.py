"""Writing a run's record as it happens, line by line, so that what was measured is kept whatever comes."""

from __future__ import annotations

import json
import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

from samewire.exchange import Exchange
from samewire.record import recorded
from samewire.redaction import Redactor
from samewire.run import Run
from samewire.verdict import Judgement

__all__ = ["Recorder"]


class Recorder:
    """Writes a record line by line: to a file, or (without one) to memory. Any thread may tell it things.

    Args:
        path: the file, or None.
        redactor: masks what must not be written.
        further: whether the file's record is gone on with.

    Attributes:
        problem: why nothing can be written any more, such as a full disk; what was written until then is kept.

    Raises:
        OSError: the file can't be opened.
    """

    def __init__(self, path: Path | None, redactor: Redactor, further: bool = False) -> None:
        self.problem = ""
        self.redactor = redactor
        self.path = path
        self._lines: list[str] = []
        self._lock = threading.Lock()
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            if further:
                _end_line(path)
            self._file = path.open("a" if further else "w", encoding="utf-8", newline="\n")

    def write(self, kind: str, **content: Any) -> None:
        """Write a line, redacted."""
        line = {"kind": kind, **self.redactor.json(content)}
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
        with self._lock:
            if self._file is None:
                self._lines.append(text)
            elif not self.problem:
                try:
                    self._file.write(f"{text}\n")
                    self._file.flush()
                except OSError as problem:
                    self.problem = f"{self.path}: can't be written: {problem.strerror}"

    def exchange(self, endpoint: str, exchange: Exchange) -> None:
        """Write an exchange with all its attempts."""
        self.write("exchange", **recorded(endpoint, exchange, self.redactor))

    def verdict(self, endpoint: str, requirement: str, judgement: Judgement) -> None:
        """Write a verdict."""
        content = {one.name: getattr(judgement, one.name) for one in fields(judgement)}
        content["causes"] = sorted(judgement.causes)
        self.write("verdict", endpoint=endpoint, requirement=requirement, **content)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError as problem:  # what could not be written is tried once more
                self.problem = self.problem or f"{self.path}: can't be written: {problem.strerror}"

    @property
    def run(self) -> Run:
        """What was written so far, as a run."""
        if self.path is not None:
            return Run.load(self.path)
        with self._lock:
            return Run.from_lines(self._lines)


def _end_line(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    with path.open("r+b") as file:
        file.truncate(file.read().rfind(b"\n") + 1)
