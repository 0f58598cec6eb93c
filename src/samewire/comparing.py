"""What a run is held against: expectations and earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from samewire import expectations
from samewire.run import RunError
from samewire.settings import Endpoint, SettingsError
from samewire.snapshot import Snapshot
from samewire.suite import requirements

__all__ = ["compared"]


def compared(endpoints: tuple[Endpoint, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    """What a run is held against, for its header: expectations and earlier runs; and what its reports may show.

    Raises:
        SettingsError: a file is wrong or not there, or an expectation names no check.
    """
    ids = [one.id for one in requirements()]
    found = expectations.gathered(endpoints, options.get("expectations"), ids)
    try:
        earlier = [Snapshot.load(path) for path in options.get("earlier") or ()]
    except RunError as problem:
        raise SettingsError(f"--baseline {problem}") from None
    told: dict[str, Any] = {"expectations": [asdict(one) for one in found]} if found else {}
    if options.get("evidence"):
        told["evidence"] = options["evidence"]
    if options.get("outdated_after"):
        told["outdated_after"] = options["outdated_after"]
    if options.get("annotations"):
        told["annotations"] = list(expectations.remarks(options["annotations"], ids))
    return {**told, **({"earlier": [one.packed() for one in earlier]} if earlier else {})}
