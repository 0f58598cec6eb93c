"""The commands that need no network: they judge, render and merge what was recorded, and check the configuration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from samewire import expectations, providers, report
from samewire.comparing import compared
from samewire.conduct import HarnessError, conduct, selected
from samewire.ending import conclude, fail
from samewire.merging import lines, merged
from samewire.options import FILE, FOLDER, PLACE, embedding, output, selection, settings_for
from samewire.policy import POLICIES, Exit
from samewire.progress import Progress
from samewire.replay import Replay, endpoints_of
from samewire.report.grid import MANNERS
from samewire.report.inject import MarkError, injected
from samewire.run import Run, RunError
from samewire.running import redactor_for
from samewire.settings import SettingsError
from samewire.suite import requirements

__all__ = ["chosen_formats", "inject", "judge_again", "lint", "loaded", "merge", "render"]

formats_option = click.option(
    "--format", "formats", default=",".join(report.USUAL), show_default=True, help=f"Of {', '.join(report.FORMATS)}."
)


def chosen_formats(words: str) -> tuple[str, ...]:
    """The formats that a list separated by commas names.

    Raises:
        ReportError: there is no such format.
    """
    names = tuple(word.strip() for word in words.split(",") if word.strip())
    for name in names:
        if name not in report.FORMATS:
            raise report.ReportError(f"there is no format {name!r}; there are {', '.join(report.FORMATS)}")
    return names


def loaded(record: Path) -> Run:
    """The run of a record; ends with a usage error if it is none."""
    try:
        return Run.load(record)
    except RunError as problem:
        fail(Exit.USAGE, str(problem))


@click.command("judge")
@click.argument("record", type=FILE)
@selection
@output
def judge_again(record: Path, **options: Any) -> None:
    """Judge a recorded run again, without network. Writes judged.jsonl and the reports."""
    source = loaded(record)
    try:
        settings = settings_for(endpoints_of(source), {**options, "depth": "full"})
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    totals = {one.name: len(selected(settings)) for one in settings.endpoints if not one.provider.missing}
    try:
        with Progress(totals, options["quiet"]) as progress:
            finished = conduct(settings, Replay(settings, source, settings.output / "judged.jsonl", progress))
    except HarnessError as problem:
        fail(Exit.OUR_FAULT, str(problem))
    conclude(finished, settings, report.USUAL, options["as_json"])


held = (
    click.option("--expectations", type=FILE, help="Known failures, instead of those of the record."),
    click.option("--baseline", "earlier", type=PLACE, multiple=True, help="A run to compare with, instead of its own."),
    click.option("--fail-on", type=click.Choice(POLICIES), help="Another policy than that of the record."),
)


def _against(source: Run, options: dict[str, Any]) -> Run:
    """The run, held against what the options name instead of what its record has."""
    told = {**compared((), options), "rendered": datetime.now(UTC).date().isoformat()}
    if manner := {name: options[name] for name in MANNERS if options.get(name)}:
        told["table"] = manner
    if options.get("fail_on"):
        settings = source.header.get("settings")
        told["settings"] = {**(settings if isinstance(settings, dict) else {}), "fail_on": options["fail_on"]}
    return source.held_against(**told)


manners = (
    click.option("--rows", type=click.Choice(MANNERS["rows"]), help="What matrix.md and matrix.csv have a row for."),
    click.option("--flavor", type=click.Choice(MANNERS["flavor"]), help="How matrix.md writes footnotes."),
    click.option("--symbols", type=click.Choice(MANNERS["symbols"]), help="What a cell of matrix.md has."),
)


@click.command("report")
@click.argument("record", type=FILE)
@formats_option
@click.option("-o", "--output-dir", "folder", type=FOLDER, help="Without it, a single file goes to standard output.")
@click.option("--site", type=FOLDER, help="Put the reports into a folder that is hosted, beside those of earlier runs.")
@click.option("--inject", "document", type=FILE, help="Make the tables between the marks of a document anew, instead.")
@click.option("--check", is_flag=True, help="With --inject: change nothing; end with 1 if the tables are out of date.")
@held[0]
@held[1]
@held[2]
@manners[0]
@manners[1]
@manners[2]
@embedding
def render(
    record: Path,
    formats: str,
    folder: Path | None,
    site: Path | None,
    document: Path | None,
    check: bool,
    **options: Any,
) -> None:
    """Render a recorded run, put it into a site, or its tables into a document. Needs no network."""
    try:
        source = _against(loaded(record), options)
        if document is not None:
            inject(source, document, check)
            return
        if site is not None:
            report.publish(source, site, redactor_for(()))
            click.echo(site / "index.html")
            return
        wanted = chosen_formats(formats)
        if folder is None and len(wanted) == 1:
            made = report.FORMATS[wanted[0]].files(source)
            if len(made) == 1:
                click.echo("".join(made.values()))
                return
        for path in report.write(source, folder or Path("reports"), wanted, redactor_for(())):
            click.echo(path)
    except (report.ReportError, SettingsError) as problem:
        fail(Exit.USAGE, *str(problem).splitlines())


def inject(source: Run, document: Path, check: bool) -> None:
    """Put the tables of a run into a document."""
    try:
        before = document.read_text(encoding="utf-8")
        after = injected(report.published(source), before)
    except (OSError, UnicodeDecodeError, MarkError) as problem:
        fail(Exit.USAGE, f"{document}: {problem}")
    if before == after:
        click.echo(f"{document}: up to date")
    elif check:
        fail(Exit.NOT_MET, f"{document}: out of date: run samewire report RECORD --inject {document}")
    else:
        redactor_for(()).write(document, after)
        click.echo(f"{document}: tables made anew")


@click.command()
@click.argument("records", type=FILE, nargs=-1, required=True, metavar="RUN.JSONL...")
@formats_option
@click.option("-o", "--output-dir", "folder", type=FOLDER, default=Path("reports"), show_default=True)
@click.option("--fail-on", type=click.Choice(POLICIES), help="Another policy than that of the records.")
def merge(records: tuple[Path, ...], formats: str, folder: Path, **options: Any) -> None:
    """Put the records of sharded runs together: one run.jsonl and its reports. Needs no network."""
    try:
        wanted = chosen_formats(formats)
        whole = _against(merged([loaded(path) for path in records]), options)
    except (RunError, report.ReportError, SettingsError) as problem:
        fail(Exit.USAGE, str(problem))
    target = folder / "run.jsonl"
    redactor_for(()).write(target, "".join(f"{line}\n" for line in lines(whole)))
    settings = settings_for(endpoints_of(whole), {"folder": folder, **options})
    conclude(whole, settings, wanted, as_json=False)


@click.command()
@click.option("--config", type=FILE, envvar="SAMEWIRE_CONFIG", help="Another file than the nearest providers.yaml.")
@click.option("--expectations", "file", type=FILE, envvar="SAMEWIRE_EXPECTATIONS", help="A file of known failures.")
@click.argument("files", type=FILE, nargs=-1)
def lint(config: Path | None, file: Path | None, files: tuple[Path, ...]) -> None:
    """Check the configuration: providers.yaml and expectations. Needs no key and no network.

    FILES are what a pre-commit hook passes: those named providers*.y*ml are configurations, annotations*.y*ml
    annotations, others expectations.
    """
    configurations = [path for path in files if path.name.startswith("providers")] if files else []
    if config is not None or not files:
        configurations.append(config or providers.find(Path.cwd()))
    ids = [one.id for one in requirements()]
    problems: list[str] = []
    for path in configurations:
        problems += _problems_of(path, ids)
    for path in (*([file] if file else []), *(one for one in files if one not in configurations)):
        try:
            (expectations.remarks if path.name.startswith("annotations") else expectations.load)(path, ids)
        except SettingsError as problem:
            problems += problem.problems
    if problems:
        fail(Exit.USAGE, *problems)
    click.echo("nothing is wrong")


def _problems_of(path: Path, ids: list[str]) -> list[str]:
    try:
        found = providers.load(path)
    except SettingsError as problem:
        return list(problem.problems)
    entries = ((one, entry) for one in found for entry in one.expectations)
    wrong = ((one, expectations.unknown(str(entry["requirement"]), ids)) for one, entry in entries)
    return [f"{path}: {one.name}: expectations: {why}" for one, why in wrong if why]
