"""What a run is held against: expectations and earlier runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from samewire import expectations
from samewire.past import runs_at
from samewire.run import RunError
from samewire.settings import Endpoint, SettingsError
from samewire.snapshot import Snapshot
from samewire.suite import requirements

__all__ = ["compared"]


#: Runs of a site's folder that are compared with; the last of them is the baseline.
MOST = 20


def compared(endpoints: tuple[Endpoint, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    """What a run is held against, for its header: expectations and earlier runs; and what its reports may show.

    Raises:
        SettingsError: a file is wrong or not there, or an expectation names no check.
    """
    ids = [one.id for one in requirements()]
    found = expectations.gathered(endpoints, options.get("expectations"), ids)
    try:
        earlier = [one for path in options.get("earlier") or () for one in _runs(path)]
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


def _runs(path: Path) -> Iterable[Snapshot]:
    """The runs that a baseline names: that of a file, or those of a site's folder, oldest first."""
    return runs_at(path)[-MOST:] if path.is_dir() else [Snapshot.load(path)]
