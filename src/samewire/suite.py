"""The suites without pytest: every requirement, for listing, explaining and measuring the harness itself."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path

from samewire.requirement import Requirement
from samewire.schema import locate

__all__ = ["digest", "requirements", "suites_folder"]

#: The name under which the suites are imported here; under pytest they have their own.
PACKAGE = "samewire_suites"


@cache
def requirements() -> tuple[Requirement, ...]:
    """Every requirement of the suites, file by file, in the order they are written."""
    folder = locate("suites")
    if PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            raise ImportError(f"{folder} holds no suites")
        package = importlib.util.module_from_spec(spec)
        sys.modules[PACKAGE] = package
        spec.loader.exec_module(package)
    found: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*/*.py")):
        module = importlib.import_module(".".join([PACKAGE, path.parent.name, path.stem]))
        for value in vars(module).values():
            requirement = getattr(value, "requirement", None)
            if isinstance(requirement, Requirement) and requirement.check.__module__ == module.__name__:
                found[requirement.id] = requirement
    return tuple(found.values())


def suites_folder() -> Path:
    """Where the suites are: beside the package in a wheel, at the top of a clone."""
    return locate("suites")


def digest() -> str:
    """A digest of the suites and schemas: whether two runs asked the same questions."""
    found = hashlib.sha256()
    for folder in (suites_folder(), suites_folder().parent / "schemas"):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.json")]):
            found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]
