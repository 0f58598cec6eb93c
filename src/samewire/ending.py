"""How a command ends: reports written, what was found said, and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NoReturn

import click

from samewire import report
from samewire.policy import Exit, exit_status
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
    try:
        written = report.write(finished, settings.output, formats, redactor_for(settings.endpoints))
    except (report.ReportError, OSError) as problem:
        fail(Exit.OUR_FAULT, str(problem))
    if as_json:
        click.echo(report.FORMATS["json"].render(finished))
    else:
        show(finished, status)
        for path in written:
            click.echo(f"{path.stem}: {path}")
    sys.exit(int(status))


def show(finished: Run, status: Exit) -> None:
    """Print what a run found."""
    for style, line in summary(finished, status):
        click.secho(line, **STYLES[style])
