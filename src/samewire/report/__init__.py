"""Renderings of a run: one module per format, each ``render(run) -> str``, and the one way they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from samewire.redaction import Redactor
from samewire.report import html, junit, markdown, results
from samewire.run import Run

__all__ = ["FORMATS", "Format", "ReportError", "Withheld", "write"]


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
        file: the name of the file it is written to, always the same.
        render: makes the file's content of a run.
        what: for whom, in a few words.
    """

    file: str
    render: Callable[[Run], str]
    what: str


FORMATS: dict[str, Format] = {
    "html": Format("report.html", html.render, "the matrix with the evidence behind each cell, in one offline file"),
    "md": Format("matrix.md", markdown.render, "the matrix as a table for documents"),
    "junit": Format("junit.xml", junit.render, "test cases for continuous integration"),
    "json": Format("results.json", results.render, "results for programs, as schemas/run/results.json says"),
}


def write(run: Run, folder: Path, formats: Iterable[str], redactor: Redactor) -> list[Path]:
    """Render a run and write the files.

    Args:
        run: the run.
        folder: where to; it is made if it isn't there.
        formats: names of ``FORMATS``.
        redactor: knows what must not be written. Secrets are masked in the run before it is rendered, as a format may
            escape or compress them beyond recognition, and once more when it is written.

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
        path = folder / FORMATS[name].file
        redactor.write(path, FORMATS[name].render(clean))
        paths.append(path)
    if leaking := [path for path in paths if redactor.leaks(path)]:
        for path in leaking:
            path.unlink()
        raise Withheld(leaking)
    return paths


def _masked(run: Run, redactor: Redactor) -> Run:
    """The run without a secret in anything a provider may have sent or a header may tell."""

    def text(value: str) -> str:
        return redactor.text(value)

    return replace(
        run,
        header=json.loads(text(json.dumps(run.header))),
        columns=tuple(replace(one, base_url=text(one.base_url), missing=text(one.missing)) for one in run.columns),
        exchanges={key: json.loads(text(json.dumps(line))) for key, line in run.exchanges.items()},
        verdicts={
            key: replace(one, message=text(one.message), notes=tuple(text(note) for note in one.notes))
            for key, one in run.verdicts.items()
        },
        findings={key: json.loads(text(json.dumps(line))) for key, line in run.findings.items()},
        footer=json.loads(text(json.dumps(run.footer))),
    )
