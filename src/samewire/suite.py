"""The suites without pytest: every requirement, for listing, explaining and measuring the harness itself."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache

from samewire.requirement import Requirement
from samewire.schema import locate

__all__ = ["requirements"]

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
