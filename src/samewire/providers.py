"""providers.yaml → providers, with every problem told by file, line and what to write instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from samewire.credentials import Credential, Secret, is_placeholder, looks_secret
from samewire.document import Document, DocumentError
from samewire.schema import locate, source, violations
from samewire.settings import Auth, Provider, SettingsError

__all__ = ["find", "load"]

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>[A-Za-z_]\w*)(?::(?P<mode>[-?])(?P<rest>[^}]*))?\})")
OPENAI = "https://api.openai.com/v1"
Path_ = tuple[str | int, ...]


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
    return tuple(replace(provider, **(tuned or {})) for provider in file.providers())


class _File(Document):
    """One file on its way to providers."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        super().__init__(path)
        self.environ = environ
        self.secrets: list[Secret] = []

    def providers(self) -> tuple[Provider, ...]:
        """The providers, or all problems at once."""
        content: Any = self.content
        if isinstance(content, list):
            content = {"providers": content}
            self.lines = {("providers", *path): place for path, place in self.lines.items()}
        self._check_names(content)
        for violation in violations(content, "run/providers"):
            if "Additional properties" not in violation.message:  # told better by _check_names
                self.complain(violation.path, _words(violation.path, violation.message))
        if self.problems:
            raise SettingsError(*self.problems)
        defaults = content.get("defaults", {})
        providers = []
        first: dict[str, int] = {}
        for index, entry in enumerate(content["providers"]):
            place: Path_ = ("providers", index)
            name = entry["name"]
            if name in first:
                line = self.lines["providers", first[name]][0]
                self.complain((*place, "name"), f"the name {name!r} is taken by the provider in line {line}")
            first.setdefault(name, index)
            providers.append(self._provider({**defaults, **entry}, place))
        if self.problems:
            raise SettingsError(*self.problems)
        return tuple(providers)

    def _check_names(self, content: Any) -> None:
        schema = source("run/providers")
        known = schema["$defs"]["provider"]["properties"]
        entries = content.get("providers") if isinstance(content, dict) else None
        if not isinstance(entries, list):
            self.complain((), "a list `providers:` is expected here")
            return
        shelves: list[tuple[Path_, Any, Any]] = [((), content, schema["properties"])]
        shelves += [(("providers", index), entry, known) for index, entry in enumerate(entries)]
        shelves += [(("defaults",), content.get("defaults", {}), schema["$defs"]["defaults"]["properties"])]
        for path, mapping, properties in shelves:
            for key in mapping if isinstance(mapping, dict) else ():
                if key not in properties:
                    near = get_close_matches(key, properties, 1)
                    hint = f"write `{near[0]}`" if near else f"known are {', '.join(sorted(properties))}"
                    self.complain((*path, key), f"unknown key `{key}`: {hint}")

    def _provider(self, entry: dict[str, Any], place: Path_) -> Provider:
        missing: list[str] = []
        self.secrets = []
        credential = self._credential(entry, place, missing)
        base_url = self._expand(entry.get("base_url", OPENAI), (*place, "base_url"), missing)
        headers = self._pairs(entry.get("headers", {}), (*place, "headers"), missing)
        query = self._pairs(entry.get("query", {}), (*place, "query"), missing)
        if "api_version" in entry:
            query = (*query, ("api-version", str(entry["api_version"])))
        scheme, _, name = str(entry.get("auth", "bearer")).partition(":")
        prices = entry.get("prices")
        return Provider(
            name=entry["name"],
            label=entry.get("label", entry["name"]),
            base_url=base_url,
            models=tuple(
                self._expand(model, (*place, "models", index), missing) for index, model in enumerate(entry["models"])
            ),
            credential=credential,
            auth=Auth(scheme.strip(), name.strip()),
            headers=headers,
            query=query,
            body=entry.get("body", {}),
            paths=entry.get("paths", {}),
            protocols=tuple(entry.get("protocols", ())),
            concurrency=entry.get("concurrency", 8),
            rpm=entry.get("rpm"),
            timeout=float(entry.get("timeout", 60)),
            required=entry.get("required", False),
            image_url=entry.get("image_url", ""),
            when_named=entry.get("when_named", False),
            prices=(prices["input"], prices["output"]) if prices else None,
            secrets=tuple(self.secrets),
            missing="; ".join(missing),
            notes=entry.get("notes", ""),
        )

    def _credential(self, entry: dict[str, Any], place: Path_, missing: list[str]) -> Credential | None:
        if "api_key_env" in entry:
            variable = entry["api_key_env"]
        else:
            value = str(entry.get("api_key", ""))
            if is_placeholder(value):
                return Credential("", Secret(value)) if value else None
            found = _VARIABLE.fullmatch(value)
            if not found or not found["name"]:
                example = re.sub(r"\W+", "_", entry["name"]).upper() + "_API_KEY"
                self.complain(
                    (*place, "api_key"),
                    f"`api_key` holds a literal: write `api_key: ${{{example}}}` and set that variable to the key",
                )
                return None
            variable = found["name"]
        credential = Credential.from_environment(variable, self.environ)
        if credential.secret is None:
            missing.append(f"${variable} is not set")
        return credential

    def _pairs(self, mapping: dict[str, Any], place: Path_, missing: list[str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._expand(str(value), (*place, name), missing)) for name, value in mapping.items())

    def _expand(self, value: str, place: Path_, missing: list[str]) -> str:
        if looks_secret(_VARIABLE.sub("", value)):
            self.complain(
                place, f"`{place[-1]}` holds what looks like a key: write ${{VARIABLE}} and set that variable"
            )
            return value
        return "".join(self._pieces(value, place, missing))

    def _pieces(self, value: str, place: Path_, missing: list[str]) -> Iterator[str]:
        end = 0
        for found in _VARIABLE.finditer(value):
            yield value[end : found.start()]
            end = found.end()
            name = found["name"]
            if name is None:
                yield "$"
            elif self.environ.get(name):
                if "headers" in place or "query" in place:
                    self.secrets.append(Secret(self.environ[name]))
                yield self.environ[name]
            elif found["mode"] == "-":
                yield found["rest"]
            else:
                missing.append(found["rest"] if found["mode"] == "?" and found["rest"] else f"${name} is not set")
        yield value[end:]


def _words(path: Path_, message: str) -> str:
    return message if message.startswith("`") or not path else f"`{path[-1]}`: {message}"
