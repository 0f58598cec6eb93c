"""Where things come from: a requirement's sources, what measured, and by which policy it was asked to end."""

from __future__ import annotations

from collections.abc import Iterator

from samewire.catalogue import entries, url_of
from samewire.run import Row, Run

__all__ = ["fail_on", "measured_with", "sources"]


def sources(row: Row) -> Iterator[dict[str, str]]:
    """Where a requirement comes from: the catalogue's entries, or the bare id of one that it doesn't have."""
    for name in row.spec:
        entry = entries().get(name)
        if entry is None:
            yield {"id": name, "level": "", "fact": "", "source": "", "url": ""}
        else:
            yield {
                "id": name,
                "level": entry.level,
                "fact": entry.fact,
                "source": f"{entry.file}: {entry.source}" if entry.source else entry.file,
                "url": url_of(entry),
            }


def measured_with(run: Run) -> str:
    """The version of samewire that measured; empty if the record doesn't tell."""
    tool = run.header.get("tool")
    return str(tool.get("version", "")) if isinstance(tool, dict) else ""


def fail_on(run: Run) -> str:
    """The policy that the run was asked to end by."""
    settings = run.header.get("settings")
    return str(settings.get("fail_on") or "must") if isinstance(settings, dict) else "must"
