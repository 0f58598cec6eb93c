"""providers.yaml → providers, with every problem told by file, line and what to write instead."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from samewire.book import Book
from samewire.credentials import is_example, is_placeholder, looks_secret, secret_parts
from samewire.document import Document, DocumentError
from samewire.entries import OPENAI, provider_of
from samewire.environment import without_variables
from samewire.schema import locate, source, violations
from samewire.settings import Provider, SettingsError
from samewire.shapes import as_ours
from samewire.sources import variable_for

__all__ = ["OPENAI", "find", "load"]

Path_ = tuple[str | int, ...]
#: What of an entry holds no setting, but words for people, or names that the schema checks.
PROSE = ("name", "label", "notes", "source", "looked_up", "expectations")
#: Settings that hold nothing but a secret.
SECRET = ("api_key", "client_secret", "password")
#: Where whatever is long and mixed is taken for a key; elsewhere only what begins as one is.
MIXED = (("headers",), ("query",), ("query_params",))


def find(start: Path) -> Path:
    """The nearest providers.yaml from a folder up to the repository's root, else the one samewire carries."""
    for folder in (start, *start.parents):
        if (folder / "providers.yaml").is_file():
            return folder / "providers.yaml"
        if (folder / ".git").exists():
            break
    return locate("providers.yaml")


def load(
    path: Path, environ: Mapping[str, str] = os.environ, tuned: Mapping[str, Any] | None = None
) -> tuple[Provider, ...]:
    """The providers of a file.

    Args:
        path: the file.
        environ: where variables are looked up.
        tuned: settings that weigh more than the file's, such as ``timeout``.

    Raises:
        SettingsError: the file can't be read or is wrong; all its problems at once.
    """
    try:
        file = _File(path, environ)
    except DocumentError as problem:
        raise SettingsError(str(problem)) from None
    told = dict.fromkeys(tuned or {}, "the command line")
    return tuple(
        replace(provider, **(tuned or {}), origins={**provider.origins, **told}) for provider in file.providers()
    )


class _File(Document):
    """One file on its way to providers."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        super().__init__(path)
        self.environ = environ

    def providers(self) -> tuple[Provider, ...]:
        """The providers, or all problems at once."""
        content, moved = as_ours(self.content)
        if not isinstance(content, dict) or not isinstance(content.get("providers"), list):
            where: Path_ = ("providers",) if isinstance(content, dict) and "providers" in content else ()
            near = [name for name in content if name in ("provider", "Providers")] if isinstance(content, dict) else []
            if near:
                self.complain((near[0],), f"unknown key `{near[0]}`: write `providers`")
            else:
                self.complain(where, "a list `providers:` is expected here")
            raise SettingsError(*self.problems)
        self.lines.update({new: self.lines[old] for new, old in self._moves(moved)})
        schema = source("run/providers")
        self._check_names(schema, content, (), schema["$defs"])
        for violation in violations(content, "run/providers"):
            if "Additional properties" not in violation.message:  # told better by _check_names
                self.complain(violation.path, _words(violation.path, violation.message))
        self._check_secrets(content.get("defaults", {}), ("defaults",))
        for index, entry in enumerate(content["providers"]):
            name = entry.get("name") if isinstance(entry, dict) else None
            self._check_secrets(entry, ("providers", index), name if isinstance(name, str) else "")
        if self.problems:
            raise SettingsError(*self.problems)
        found = tuple(self._entries(content))
        if self.problems:
            raise SettingsError(*self.problems)
        return found

    def _moves(self, moved: Mapping[Path_, Path_]) -> Iterator[tuple[Path_, Path_]]:
        """Where parts stand now, and where they were read: whatever moved took its parts along."""
        known = list(self.lines)
        for new, old in moved.items():
            for place in known:
                if place[: len(old)] == old:
                    yield (*new, *place[len(old) :]), place

    def _entries(self, content: Mapping[str, Any]) -> Iterator[Provider]:
        defaults: Mapping[str, Any] = content.get("defaults", {})
        first: dict[str, int] = {}
        for index, entry in enumerate(content["providers"]):
            place: Path_ = ("providers", index)
            name = entry["name"]
            if name in first:
                line = self.lines.get(("providers", first[name]), (1, 1))[0]
                self.complain((*place, "name"), f"the name {name!r} is taken by the provider in line {line}")
            first.setdefault(name, index)
            headers = {**defaults.get("headers", {}), **entry.get("headers", {})}
            merged = {**defaults, **entry, **({"headers": headers} if headers else {})}
            places = {key: place if key in entry else ("defaults",) for key in merged}
            yield provider_of(merged, Book(self, self.environ, places))

    def _check_names(self, schema: Any, content: Any, path: Path_, shared: Mapping[str, Any]) -> None:
        """Complain of every key that the schema doesn't know, with the nearest that it does."""
        schema = _resolved(schema, shared)
        properties = schema.get("properties", {})
        if isinstance(content, dict):
            for key, value in content.items():
                if key in properties:
                    self._check_names(properties[key], value, (*path, key), shared)
                elif schema.get("additionalProperties") is False:
                    near = get_close_matches(key, properties, 1)
                    hint = f"write `{near[0]}`" if near else f"known are {', '.join(sorted(properties))}"
                    self.complain((*path, key), f"unknown key `{key}`: {hint}")
        elif isinstance(content, list):
            for index, item in enumerate(content):
                self._check_names(schema.get("items", {}), item, (*path, index), shared)

    def _check_secrets(self, content: Any, path: Path_, name: str = "") -> None:
        """Complain of every literal that looks like a key: it would stand in version control, and in the record."""
        if isinstance(content, dict):
            for key, value in content.items():
                if key not in PROSE:
                    self._check_secrets(value, (*path, key), name)
        elif isinstance(content, list):
            for index, item in enumerate(content):
                self._check_secrets(item, (*path, index), name)
        elif isinstance(content, str):
            plain = without_variables(content)
            if path[-1] in SECRET:
                if (plain == content and not is_placeholder(content) and not is_example(content)) or looks_secret(
                    plain
                ):
                    write = f"write `{path[-1]}: ${{{variable_for(name, str(path[-1]))}}}`"
                    self.complain(path, f"`{path[-1]}` holds a literal: {write} and set that variable to it")
            elif next(secret_parts(plain), "") or (path[-2:-1] in MIXED and looks_secret(plain)):
                self.complain(path, f"`{path[-1]}` holds what looks like a key: write ${{VARIABLE}} and set it")


def _resolved(schema: Any, shared: Mapping[str, Any]) -> Any:
    """A schema with what it refers to put in."""
    while "$ref" in schema:
        target: Any = shared
        name = schema["$ref"].removeprefix("samewire:///")
        if name != schema["$ref"]:
            target = source(name.removesuffix(".json"))
        else:
            for step in name.removeprefix("#/$defs/").split("/"):
                target = target[step]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _words(path: Path_, message: str) -> str:
    return message if message.startswith("`") or not path else f"`{path[-1]}`: {message}"
