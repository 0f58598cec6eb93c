"""Keys that are on this machine: in a variable, in another program's file, printed by a command."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from samewire.credentials import KeyProblem, Send
from samewire.renewal import Fresh, Source, read

__all__ = ["Command", "File", "First", "Variable"]

#: Seconds that a command may take.
COMMAND_SECONDS = 60.0


@dataclass(frozen=True)
class Variable:
    """An environment variable."""

    name: str
    environ: Mapping[str, str] = field(repr=False)

    @property
    def words(self) -> str:
        """Its name."""
        return f"${self.name}"

    def missing(self) -> str:
        """Why there is none."""
        return "" if self.environ.get(self.name, "").strip() else f"${self.name} is not set"

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """The key."""
        if problem := self.missing():
            raise KeyProblem(problem)
        return Fresh(self.environ[self.name].strip())


@dataclass(frozen=True)
class Command:
    """A program that prints the key: ``gcloud auth print-access-token``. Run without a shell.

    Attributes:
        arguments: the program and its arguments.
        lasts: seconds that a key lasts, or None if it doesn't end.
        pointer, expires: where the key and its end stand, if it prints JSON.
    """

    arguments: tuple[str, ...]
    lasts: float | None = None
    pointer: str = ""
    expires: str = ""

    @property
    def words(self) -> str:
        """The command."""
        return f"the command `{' '.join(self.arguments)}`"

    def missing(self) -> str:
        """Why it can't be run."""
        return "" if shutil.which(self.arguments[0]) else f"the program {self.arguments[0]} is not installed"

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """Run it."""
        try:
            done = subprocess.run(
                self.arguments, capture_output=True, stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise KeyProblem(f"{self.words} did not end within {COMMAND_SECONDS:g} s") from None
        except OSError as problem:
            raise KeyProblem(f"{self.words} can't be run: {problem.strerror}") from None
        if done.returncode != 0:
            raise KeyProblem(f"{self.words} ended with {done.returncode}: run it yourself to see why")
        began = time.time()
        fresh = read(done.stdout.decode("utf-8", "replace"), self.pointer, self.expires, self.words)
        return Fresh(fresh.value, began + self.lasts) if fresh.ends is None and self.lasts else fresh


@dataclass(frozen=True)
class File:
    """A file that another program keeps its key in. It is never written.

    Attributes:
        path: the file.
        pointer, expires: where the key and its end stand, if it is JSON.
    """

    path: Path
    pointer: str = ""
    expires: str = ""

    @property
    def words(self) -> str:
        """The file's name."""
        return str(self.path)

    def missing(self) -> str:
        """Why it can't be read."""
        return "" if self.path.is_file() else f"there is no file {self.path}: log in with the program that keeps it"

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """Read it."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise KeyProblem(f"{self.path} can't be read") from None
        fresh = read(text, self.pointer, self.expires, self.words)
        if fresh.ends is not None and fresh.ends <= time.time():
            ended = datetime.fromtimestamp(fresh.ends).isoformat(" ", "minutes")
            raise KeyProblem(f"the key in {self.path} ended on {ended}: use the program that keeps it, then run again")
        return fresh


@dataclass(frozen=True)
class First:
    """The first of several sources that has a key."""

    sources: tuple[Source, ...]

    @property
    def words(self) -> str:
        """The one that is used, or all."""
        found = next((one for one in self.sources if not one.missing()), None)
        return found.words if found is not None else ", or ".join(one.words for one in self.sources)

    def missing(self) -> str:
        """Why none has one."""
        problems = [one.missing() for one in self.sources]
        return "" if "" in problems else "; or ".join(problems)

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """The key of the first that has one."""
        for one in self.sources:
            if not one.missing():
                return one.fetch(send, anew)
        raise KeyProblem(self.missing())
