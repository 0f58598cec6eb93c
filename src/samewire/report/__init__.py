"""Renderings of a run: one module per format, each ``render(run) -> str``, and the one way they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from samewire.redaction import Redactor
from samewire.report import (
    badge,
    ctrf,
    har,
    html,
    junit,
    markdown,
    pages,
    results,
    sheets,
    site,
    summary,
    support,
    table,
)
from samewire.report.alias import published
from samewire.run import Column, Run
from samewire.verdict import Judgement

__all__ = ["FORMATS", "USUAL", "Format", "ReportError", "Withheld", "contents", "publish", "published", "write"]


class ReportError(Exception):
    """A report can't be made."""


class Withheld(ReportError):
    """A secret was found in what was written.

    Attributes:
        paths: the files that held it. They are gone.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        names = ", ".join(path.name for path in self.paths)
        super().__init__(f"{names}: held a secret, and was removed. Please report this: it is samewire's fault")


@dataclass(frozen=True)
class Format:
    """A way to render runs.

    Attributes:
        file: the name of the file it is written to, always the same; of several, that of their folder, or empty.
        render: makes the file's content of a run, or several files' by their names.
        what: for whom, in a few words.
        usual: whether it is written unless others are named.
    """

    file: str
    render: Callable[[Run], str | dict[str, str]]
    what: str
    usual: bool = True

    def files(self, run: Run) -> dict[str, str]:
        """The contents by the names of their files, below the folder of the reports."""
        made = self.render(published(run))
        if isinstance(made, str):
            return {self.file: made}
        return {f"{self.file}{name}": content for name, content in made.items()}


FORMATS: dict[str, Format] = {
    "html": Format("report.html", html.render, "the matrix with the evidence behind each cell, in one offline file"),
    "md": Format("matrix.md", markdown.render, "the matrix as a table for documents"),
    "csv": Format("", sheets.render, "matrix.csv and results.csv, for spreadsheets"),
    "junit": Format("junit.xml", junit.render, "test cases for continuous integration"),
    "json": Format("results.json", results.render, "results for programs, as schemas/run/results.json says"),
    "summary": Format("summary.md", summary.render, "the page of a job, or a comment"),
    "badge": Format("badges/", badge.render, "for each endpoint shields.io's JSON and a picture"),
    "ctrf": Format("ctrf.json", ctrf.render, "the Common Test Report Format"),
    "pages": Format("endpoints/", pages.render, "for each endpoint a page of its own, for a site", usual=False),
    "support": Format("support.json", support.render, "features by endpoint in BCD's shape, for tables", usual=False),
    "har": Format("har/", har.render, "for each endpoint an HTTP archive of all its exchanges", usual=False),
    "table": Format("", table.render, "the documents' own table of providers, in English and Chinese", usual=False),
}
#: The formats that are written unless others are named.
USUAL = tuple(name for name, one in FORMATS.items() if one.usual)


def write(run: Run, folder: Path, formats: Iterable[str], redactor: Redactor) -> list[Path]:
    """Render a run and write the files.

    Args:
        run: the run.
        folder: where to; it is made if it isn't there.
        formats: names of ``FORMATS``.
        redactor: knows what must not be written. Secrets are masked in the run before it is rendered, as a format may
            escape or compress them beyond recognition, and once more in what is written.

    Returns:
        The files, in the order of the formats.

    Raises:
        ReportError: there is no such format; nothing was written.
        Withheld: a secret survived all that. The files that held it are removed, the others stand.
        OSError: a file can't be written.
    """
    wanted = list(dict.fromkeys(formats))
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise ReportError(f"there is no format {unknown[0]!r}; there are {', '.join(FORMATS)}")
    clean = _masked(run, redactor)
    paths = []
    for name in wanted:
        for file, content in FORMATS[name].files(clean).items():
            redactor.write(folder / file, _sound(file, content, redactor), masked=True)
            paths.append(folder / file)
    if leaking := [path for path in paths if redactor.leaks(path)]:
        for path in leaking:
            path.unlink()
        raise Withheld(leaking)
    return paths


def publish(run: Run, folder: Path, redactor: Redactor) -> list[Path]:
    """Put a run into a folder that is hosted; those that are there are its history. What it raises, ``write`` does.

    Returns:
        The files of the run's own folder, of the latest, and the lists of runs.
    """
    told = site.remembering(run, folder)
    places = [folder / "runs" / site.address(run), *([folder / "latest"] if site.latest(run, folder) else [])]
    paths = [path for place in places for path in write(told, place, (*USUAL, "pages"), redactor)]
    for name, content in site.index(folder, run).items():
        redactor.write(folder / name, content)
        paths.append(folder / name)
    return paths


def contents(run: Run, name: str, redactor: Redactor) -> str:
    """What the files of a format hold, one after the other, without any secret."""
    return "".join(FORMATS[name].files(_masked(run, redactor)).values())


def _sound(file: str, content: str, redactor: Redactor) -> str:
    """A file's content masked once more, unless that would break it: then the final scan decides whether it stands."""
    masked = redactor.text(content)
    if masked == content or not file.endswith((".json", ".har")):
        return masked
    try:
        json.loads(masked)
    except ValueError:
        return content
    return masked


def _masked(run: Run, redactor: Redactor) -> Run:
    """The run without a secret in anything that a provider may have sent, or an entry or a header may tell."""
    text = redactor.text

    def column(one: Column) -> Column:
        label, base_url, missing = (text(told) for told in (one.label, one.base_url, one.missing))
        return replace(one, label=label, base_url=base_url, missing=missing, settings=redactor.json(one.settings))

    def judgement(one: Judgement) -> Judgement:
        return replace(one, message=text(one.message), notes=tuple(text(note) for note in one.notes))

    return replace(
        run,
        header=redactor.json(run.header),
        columns=tuple(column(one) for one in run.columns),
        exchanges={key: redactor.json(line) for key, line in run.exchanges.items()},
        verdicts={key: judgement(one) for key, one in run.verdicts.items()},
        findings={key: redactor.json(line) for key, line in run.findings.items()},
        footer=redactor.json(run.footer),
        expectations=tuple(replace(one, why=text(one.why), issue=text(one.issue)) for one in run.expectations),
    )
