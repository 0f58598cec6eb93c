"""Frozen sets of checks: what a release of samewire scored, so that no check added later turns an old badge red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from samewire.document import Document, DocumentError
from samewire.requirement import Level, Requirement
from samewire.schema import locate
from samewire.settings import SettingsError

__all__ = ["frozen", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The names of all sets: the releases that froze them."""
    return tuple(sorted(path.stem for path in locate("requirements").glob("*.yaml")))


@cache
def load(name: str) -> Mapping[str, str]:
    """The checks of a set: their levels by their ids.

    Raises:
        SettingsError: there is no such set.
    """
    if name not in names():
        there = f"there are {', '.join(names())}" if names() else "there is none yet"
        raise SettingsError(f"there is no set {name!r}; {there}")
    try:
        content = Document(locate("requirements") / f"{name}.yaml").content
    except DocumentError as problem:
        raise SettingsError(str(problem)) from None
    return {str(identifier): level for level, ids in content["checks"].items() for identifier in ids}


def frozen(name: str, requirements: Iterable[Requirement]) -> str:
    """A set of these requirements, as the content of its file."""
    lines = [
        f"# What samewire {name} scores. Never changed: `samewire run --set {name}` scores this and nothing else.",
        "",
    ]
    lines += [f"set: {name!r}".replace("'", '"'), "checks:"]
    found = list(requirements)
    for level in Level:
        lines += [f"  {level.value}:", *(f"    - {one.id}" for one in found if one.level is level)]
    return "\n".join(lines) + "\n"
