"""Expectations from a file or a provider's entry, and annotations: read, and refused where they name nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from samewire.document import Document, DocumentError
from samewire.run import Expectation
from samewire.schema import violations
from samewire.settings import Endpoint, SettingsError

__all__ = ["built", "gathered", "load", "remarks", "unknown"]


def load(path: Path, ids: Sequence[str]) -> tuple[Expectation, ...]:
    """The expectations of a file.

    Args:
        path: the file.
        ids: the checks that there are.

    Raises:
        SettingsError: the file can't be read or is wrong; all its problems at once.
    """
    return tuple(built(entry) for entry in _entries(path, ids, "expectation"))


def remarks(path: Path, ids: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """The annotations of a file, as ``schemas/run/annotation.json`` describes them; what it raises, ``load`` does."""
    return tuple(_entries(path, ids, "annotation"))


def _entries(path: Path, ids: Sequence[str], kind: str) -> list[Mapping[str, Any]]:
    """The entries of a file, a list or under the name of their kind, each of which names a check that there is."""
    try:
        document = Document(path)
    except DocumentError as problem:
        raise SettingsError(str(problem)) from None
    content = document.content
    top: tuple[str | int, ...] = () if isinstance(content, list) else (f"{kind}s",)
    entries = content.get(f"{kind}s") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        document.complain((), f"a list `{kind}s:` is expected here")
        raise SettingsError(*document.problems)
    for index, entry in enumerate(entries):
        place = (*top, index)
        for found in violations(entry, f"run/{kind}"):
            named = found.path and not found.message.startswith("`")
            document.complain((*place, *found.path), f"`{found.path[-1]}`: {found.message}" if named else found.message)
        if isinstance(entry, dict) and (why := unknown(str(entry.get("requirement", "")), ids)):
            document.complain((*place, "requirement"), why)
    if document.problems:
        raise SettingsError(*document.problems)
    return entries


def gathered(endpoints: Iterable[Endpoint], path: Path | None, ids: Sequence[str]) -> tuple[Expectation, ...]:
    """The expectations of the providers' own entries, and of a file.

    Raises:
        SettingsError: one names no check, or the file is wrong.
    """
    found: list[Expectation] = []
    problems: list[str] = []
    for provider in {one.provider.name: one.provider for one in endpoints}.values():
        for entry in provider.expectations:
            if why := unknown(str(entry["requirement"]), ids):
                problems.append(f"{provider.name}: expectations: {why}")
            found.append(built(entry, provider.name))
    if problems:
        raise SettingsError(*problems)
    return (*found, *(load(path, ids) if path else ()))


def unknown(pattern: str, ids: Sequence[str]) -> str:
    """Why a pattern of checks is no good: it matches none; the nearest one is told. Empty if it does."""
    if not pattern or any(fnmatchcase(name, pattern) for name in ids):
        return ""
    near = get_close_matches(pattern, ids, 1)
    return f"no check is called {pattern!r}" + (f"; did you mean {near[0]}?" if near else ": samewire list shows them")


def built(entry: Mapping[str, Any], provider: str = "") -> Expectation:
    """The expectation of an entry.

    Args:
        entry: as ``schemas/run/expectation.json`` describes it.
        provider: whose entry it stands in, if it does in one's.
    """
    endpoint = str(entry.get("endpoint", "*"))
    if provider:
        endpoint = endpoint if endpoint.startswith(f"{provider}/") else f"{provider}/{endpoint}"
    texts = {name: str(entry.get(name, "")) for name in ("verdict", "since", "expires", "issue")}
    return Expectation(str(entry["requirement"]), str(entry["why"]), endpoint, **texts)
