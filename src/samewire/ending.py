"""How a command ends: reports written, what was found said, and the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from samewire import report
from samewire.github import annotated
from samewire.policy import Exit, exit_status
from samewire.redaction import Redactor
from samewire.run import Run
from samewire.running import redactor_for
from samewire.settings import Settings
from samewire.summary import STYLES, summary

__all__ = ["conclude", "fail", "show"]


def fail(status: Exit, *words: str) -> NoReturn:
    """End with a status, saying why on standard error."""
    for word in words:
        click.secho(word, fg="red", err=True)
    sys.exit(int(status))


def conclude(finished: Run | None, settings: Settings, formats: Iterable[str], as_json: bool) -> NoReturn:
    """Write the reports, say what was found, and end with the run's status."""
    if finished is None:
        fail(Exit.NOTHING_SELECTED, "nothing was selected")
    status = exit_status(finished, settings.fail_on)
    redactor = redactor_for(settings.endpoints)
    try:
        written = report.write(finished, settings.output, formats, redactor)
    except (report.ReportError, OSError) as problem:
        fail(Exit.INTERRUPTED if finished.incomplete else Exit.OUR_FAULT, str(problem))
    if as_json:
        click.echo(report.contents(finished, "json", redactor), nl=False)
    else:
        show(finished, status)
        if written:
            names = dict.fromkeys(path.relative_to(settings.output).parts[0] for path in written[1:])
            click.echo(f"report  {written[0]}" + (f"   beside it {', '.join(names)}" if names else ""))
    _tell_github(finished, settings, redactor)
    sys.exit(int(status))


def _tell_github(finished: Run, settings: Settings, redactor: Redactor) -> None:
    """On GitHub, an annotation for each endpoint, and the summary on the job's page."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for line in annotated(report.published(finished), settings.fail_on):
        click.echo(redactor.text(line), err=True)
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        try:
            with Path(page).open("a", encoding="utf-8") as file:
                file.write(report.contents(finished, "summary", redactor))
        except OSError as problem:
            click.echo(f"{page}: the summary can't be written: {problem.strerror}", err=True)


def show(finished: Run, status: Exit) -> None:
    """Print what a run found."""
    for style, line in summary(finished, status):
        click.secho(line, **STYLES[style])
