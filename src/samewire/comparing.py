"""What a run is held against: expectations and earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from samewire import expectations
from samewire.run import Expectation, RunError
from samewire.settings import Endpoint, SettingsError
from samewire.snapshot import Snapshot
from samewire.suite import requirements

__all__ = ["compared"]


def compared(endpoints: tuple[Endpoint, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    """What a run is held against, for its header: expectations and earlier runs.

    Raises:
        SettingsError: a file is wrong or not there, or an expectation names no check.
    """
    ids = [one.id for one in requirements()]
    found: list[Expectation] = []
    problems: list[str] = []
    for provider in {one.provider.name: one.provider for one in endpoints}.values():
        for entry in provider.expectations:
            if why := expectations.unknown(str(entry["requirement"]), ids):
                problems.append(f"{provider.name}: expectations: {why}")
            found.append(expectations.built(entry, provider.name))
    if problems:
        raise SettingsError(*problems)
    if options.get("expectations"):
        found += expectations.load(options["expectations"], ids)
    try:
        earlier = [Snapshot.load(path) for path in options.get("earlier") or ()]
    except RunError as problem:
        raise SettingsError(f"--baseline {problem}") from None
    told: dict[str, Any] = {"expectations": [asdict(one) for one in found]} if found else {}
    return {**told, **({"earlier": [one.packed() for one in earlier]} if earlier else {})}
