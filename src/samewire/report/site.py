"""A folder of reports that can be hosted: each run under an address that stays, the latest under one that moves on.

    index.html, index.zh.html          the runs, and the endpoints of the latest
    latest/report.html …               the latest
    latest/endpoints/groq-llama.html   a page for each of its endpoints
    runs/2026-11-21T…/…                each run, as it was

The runs that are there already are the history of the next one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from samewire.past import RESULTS, kept_in
from samewire.report.badge import file_names
from samewire.report.html import page
from samewire.report.pages import ENDINGS
from samewire.report.provenance import days_of, outdated
from samewire.report.words import said
from samewire.run import Run
from samewire.snapshot import Snapshot

__all__ = ["MOST", "address", "index", "latest", "remembering"]

NAMES = {"en": "index.html", "zh": "index.zh.html"}
#: Earlier runs that a report tells of.
MOST = 20


@dataclass(frozen=True)
class Entry:
    """A run in the list of runs: the name of its folder, when it began, and what held."""

    name: str
    started: str
    tally: str


@dataclass(frozen=True)
class Place:
    """An endpoint in the list of endpoints: its page, its name, and how it stands."""

    file: str
    name: str
    standing: str


def address(run: Run) -> str:
    """The name of a run's folder: when it began."""
    started = str(run.header.get("started", "")).replace("+00:00", "Z")
    return re.sub(r"[^0-9A-Za-z]+", "-", started).strip("-") or "run"


def remembering(run: Run, folder: Path) -> Run:
    """The run with those of the folder that began before it as its earlier ones, unless it has some already."""
    started = str(run.header.get("started", ""))
    before = [one for one in kept_in(folder) if one.started < started]
    if run.header.get("earlier") or not before:
        return run
    return run.held_against(earlier=[one.packed() for one in before[-MOST:]])


def latest(run: Run, folder: Path) -> bool:
    """Whether no run of the folder began after this one."""
    return all(one.started <= str(run.header.get("started", "")) for one in kept_in(folder))


def index(folder: Path, run: Run) -> dict[str, str]:
    """The pages that list the runs, the latest first, by the names of their files: one in each language.

    Args:
        folder: where the runs are.
        run: the one that was put there just now, which says when a run is outdated.
    """
    found = list(reversed(kept_in(folder)))
    newest = run.held_against(started=found[0].started) if found else run
    return {name: _page(newest, folder, found, language) for language, name in NAMES.items()}


def _page(run: Run, folder: Path, found: Sequence[Snapshot], language: str) -> str:
    runs = [Entry(one.name, one.started, _tally(one, language)) for one in found]
    other = next(name for one, name in NAMES.items() if one != language)
    return page(
        "site.html",
        ("page.css", "sections.css"),
        ("outdated.js",),
        runs=runs,
        language=language,
        other=other,
        said=said,
        started=str(run.header.get("started", "")),
        places=_places(folder, language),
        days=days_of(run),
        outdated=outdated(run),
    )


def _places(folder: Path, language: str) -> list[Place]:
    """The endpoints of the latest run, and their pages."""
    try:
        told = json.loads((folder / "latest" / RESULTS).read_text(encoding="utf-8"))["endpoints"]
        files = file_names(str(one["name"]) for one in told)
        return [
            Place(
                f"latest/endpoints/{files[one['name']]}{ENDINGS[language]}",
                f"{one['label']} {one['model']}",
                said("standing." + one["standing"], language)
                + f", MUST {one['must']['supported']}/{one['must']['judged']}",
            )
            for one in told
        ]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _tally(one: Snapshot, language: str) -> str:
    counts = Counter(seen.verdict for seen in one.cells.values())
    told = [
        said("site.count", language, n=counts[word], word=said(f"word.{word}", language))
        for word in ("supported", "unsupported", "ignored", "broken")
        if counts[word]
    ]
    words = ", ".join(told) or said("nothing judged", language)
    return said("site.endpoints", language, n=len({endpoint for endpoint, _ in one.cells}), words=words)
