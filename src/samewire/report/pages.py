"""endpoints/: a page for each endpoint, for a site: what is wrong there, and all its checks.

The evidence is in report.html. Nothing of it needs a script, and each page is there in both languages.
"""

from __future__ import annotations

from collections.abc import Sequence

from samewire.past import runs_of
from samewire.report import words
from samewire.report.annotations import remarks
from samewire.report.columns import endpoint_of
from samewire.report.html import page
from samewire.report.matrix import cell, protocols, summary
from samewire.report.provenance import days_of, measured_with, outdated
from samewire.run import Column, Run
from samewire.snapshot import Snapshot
from samewire.verdict import Verdict

__all__ = ["ENDINGS", "render"]

ENDINGS = {"en": ".html", "zh": ".zh.html"}
_STYLES = ("page.css", "matrix.css", "sections.css", "media.css")


def render(run: Run) -> dict[str, str]:
    """The pages, by the names of their files."""
    made: dict[str, str] = {}
    runs = runs_of(run)
    for column in run.columns:
        made |= _pages(run, column, runs)
    return made


def _pages(run: Run, column: Column, runs: Sequence[Snapshot]) -> dict[str, str]:
    """An endpoint's, in each language."""
    view = {(column.name, row.id): cell(run, column, row) for row in run.rows}
    endpoint = endpoint_of(run, column, view, runs)
    asked = tuple(
        part
        for part in protocols(run)
        if any(view[column.name, row.id].word != Verdict.NOT_RUN for one in part.features for row in one.rows)
    )
    return {
        f"{endpoint.file}{ending}": page(
            "one.html",
            _STYLES,
            ("outdated.js",),
            run=run,
            language=language,
            other=f"{endpoint.file}{next(name for one, name in ENDINGS.items() if one != language)}",
            base="../report.html",
            view=view,
            endpoint=endpoint,
            protocols=asked,
            unrun=sum(one.word == Verdict.NOT_RUN for one in view.values()),
            summary=summary,
            said=words.said,
            english=words.texts()["en"],
            remarks=remarks,
            version=measured_with(run),
            outdated=outdated(run),
            days=days_of(run),
        )
        for language, ending in ENDINGS.items()
    }
