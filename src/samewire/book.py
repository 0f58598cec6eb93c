"""Putting variables into an entry's texts, and keeping book: what is missing, what is secret, what came from where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from samewire.credentials import Secret, looks_secret
from samewire.document import Document
from samewire.environment import Environment, expand

__all__ = ["Book"]

Place = tuple[str | int, ...]


class Book:
    """What is found while an entry is read.

    Args:
        document: the file, which is told of problems.
        environ: where variables are looked up.
        places: where each setting of the entry stands: in the entry, or in the defaults.

    Attributes:
        missing: why the entry can't be run, a sentence each.
        secrets: values that must never be written.
        origins: where each setting came from, never its value.
    """

    def __init__(self, document: Document, environ: Mapping[str, str], places: Mapping[str, Place]) -> None:
        self.document = document
        self.environ = environ
        self.places = places
        self.missing: list[str] = []
        self.secrets: list[Secret] = []
        self.origins: dict[str, str] = {}

    def complain(self, problem: str, *path: str | int) -> None:
        """Note a problem at a setting, or within it."""
        self.document.complain((*self.places.get(str(path[0]), ()), *path), problem)

    def came(self, setting: str, words: str = "") -> None:
        """Note where a setting came from: the line it stands in, and (in words) what else."""
        if setting not in self.places:
            self.origins[setting] = words or "samewire's own"
            return
        line = self.document.lines.get((*self.places[setting], setting), (1, 1))[0]
        self.origins[setting] = f"{self.document.path.name}, line {line}{f', {words}' if words else ''}"

    def text(self, value: str, *path: str | int, secret: bool = False) -> str:
        """A setting's text with its variables put in; ``secret`` if what they hold must never be written."""
        found = expand(value, self.environ)
        if found.wrong:
            write = "write ${NAME}, ${NAME:-default} or ${NAME:?message}"
            self.complain(f"`{path[-1]}`: {found.wrong} is no variable: {write}", *path)
            return value
        self.missing += found.missing
        if secret:
            self.secrets += [Secret(self.environ[name]) for name in found.used]
        self.came(str(path[0]), ", ".join(self.origin(name) for name in found.used))
        return found.text

    def origin(self, name: str) -> str:
        """Where a variable came from."""
        return self.environ.origin(name) if isinstance(self.environ, Environment) else f"${name}"

    def pairs(self, mapping: Mapping[str, Any], *path: str) -> tuple[tuple[str, str], ...]:
        """Names and values with variables put in; yes, no and numbers in JSON's spelling.

        What has a variable that is empty is left out.
        """
        found = [
            (name, self.text(value if isinstance(value, str) else json.dumps(value), *path, name, secret=True))
            for name, value in mapping.items()
        ]
        return tuple((name, text) for name, text in found if text or not mapping[name])

    def within(self, value: Any, *path: str | int) -> Any:
        """JSON with variables put into its texts.

        What looks like a key is one; the rest is not masked, or a record could not be judged again.
        """
        if isinstance(value, str):
            held = (self.environ[name] for name in expand(value, self.environ).used)
            self.secrets += [Secret(one) for one in held if looks_secret(one)]
            return self.text(value, *path)
        if isinstance(value, Mapping):
            return {name: self.within(item, *path, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.within(item, *path, index) for index, item in enumerate(value)]
        return value
