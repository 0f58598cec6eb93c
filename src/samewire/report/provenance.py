"""Where things come from: a requirement's sources, what measured and how long ago, by which policy it was to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from samewire.catalogue import entries, url_of
from samewire.run import Row, Run

__all__ = ["days_of", "fail_on", "measured_with", "outdated", "sources"]

#: Days after which what was measured is called outdated, unless a command says otherwise.
DAYS = 90


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


def days_of(run: Run) -> int:
    """The days after which what was measured is outdated."""
    told = run.header.get("outdated_after")
    return told if isinstance(told, int) and told > 0 else DAYS


def outdated(run: Run) -> bool:
    """Whether what was measured was outdated on the day on which its reports were made, if that was another day."""
    try:
        measured, rendered = (date.fromisoformat(str(run.header.get(name))[:10]) for name in ("started", "rendered"))
    except ValueError:
        return False
    return rendered - measured > timedelta(days_of(run))
