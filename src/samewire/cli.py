"""The command line: data on standard output, progress on standard error, every error with what to do next."""

from __future__ import annotations

import os
import signal
from typing import Any

import click

from samewire import __version__, demo, report
from samewire.arranging import doctor, init, login, providers
from samewire.asking import diff, history, verdict
from samewire.conduct import HarnessError, as_interrupt, conduct, plan, selected
from samewire.ending import conclude, fail, show
from samewire.fuzz import fuzz
from samewire.learning import explain, list_checks
from samewire.offline import chosen_formats, judge_again, lint, merge, render
from samewire.options import (
    budget_for,
    endpoint,
    endpoints_from,
    output,
    selection,
    settings_for,
    spending,
    suggestion,
)
from samewire.policy import Exit, exit_status
from samewire.progress import Progress
from samewire.reference import Configuration, Reference
from samewire.reference.faults import FAULTS
from samewire.reference.serving import serve_forever
from samewire.remeasuring import replay
from samewire.resuming import Earlier
from samewire.run import Run, RunError
from samewire.running import Live, redactor_for
from samewire.sending import Budget
from samewire.settings import Settings, SettingsError

RECORD = "run.jsonl"


class Interruptible(click.Group):
    """Ends with the status of an interruption, at whatever moment it comes."""

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out the command."""
        previous = signal.signal(signal.SIGTERM, as_interrupt)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            fail(Exit.INTERRUPTED, "interrupted")
        finally:
            signal.signal(signal.SIGTERM, previous)


@click.group(cls=Interruptible, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="samewire")
def main() -> None:
    """Is it the same on the wire? Conformance tests for endpoints that call themselves OpenAI-compatible."""
    if os.environ.get("NO_COLOR"):
        click.get_current_context().color = False
    elif os.environ.get("FORCE_COLOR"):
        click.get_current_context().color = True


@main.command()
@click.argument("names", nargs=-1, metavar="[ENDPOINT]...")
@endpoint
@selection
@spending
@click.option(
    "--repeat", type=click.IntRange(1, 100), default=1, show_default=True, help="Measure everything so many times over."
)
@click.option("--resume", is_flag=True, help="Go on with the run that was cut short; what was answered is kept.")
@click.option("--dry-run", is_flag=True, help="Print bounds of requests, tokens and cost, and send nothing.")
@click.option("--format", "formats", default=",".join(report.USUAL), show_default=True, help="Reports to write.")
@output
def run(names: tuple[str, ...], dry_run: bool, formats: str, resume: bool, **options: Any) -> None:
    """Run the checks against endpoints.

    Endpoints are names and globs from providers.yaml, such as groq or 'openai/*'; without any, all whose key is there.
    An endpoint that no file describes is given by --base-url and --model.

    Exit status: 0 policy met, 1 not met, 2 usage or configuration (nothing was sent), 3 could not judge,
    4 samewire's own fault, 5 nothing selected, 130 interrupted.
    """
    try:
        wanted = chosen_formats(formats)
        settings = settings_for(endpoints_from(names, options), options)
        budget = budget_for(settings.endpoints, options)
    except (SettingsError, report.ReportError) as problem:
        fail(Exit.USAGE, *str(problem).splitlines())
    chosen = selected(settings)
    if not settings.endpoints:
        fail(Exit.NOTHING_SELECTED, "no endpoint is configured: write providers.yaml, or give --base-url and --model")
    if not chosen:
        fail(Exit.NOTHING_SELECTED, "no check is selected: samewire list shows their ids")
    if dry_run:
        show_plan(settings)
        return
    totals = {one.name: len(chosen) for one in settings.endpoints if not one.provider.missing}
    earlier = earlier_part(settings) if resume else None
    progress = Progress(totals, options["quiet"])
    live = begun(settings, progress, budget, earlier)
    try:
        with progress:
            finished = conduct(settings, live)
    except HarnessError as problem:
        fail(Exit.OUR_FAULT, str(problem))
    if live.halted:
        click.secho(live.halted, fg="red", err=True)
    conclude(finished, settings, wanted, options["as_json"])


def begun(settings: Settings, progress: Progress, budget: Budget | None = None, earlier: Earlier | None = None) -> Live:
    """A run that is ready to start; ends with a usage error if its record can't be written."""
    try:
        return Live(settings, settings.output / RECORD, progress, budget, earlier)
    except OSError as problem:
        fail(Exit.USAGE, f"{settings.output}: can't be written: {problem.strerror}: name another folder by -o")


def earlier_part(settings: Settings) -> Earlier:
    """The run that is to be gone on with; ends with a usage error if there is none."""
    path = settings.output / RECORD
    try:
        found = Run.load(path)
    except RunError as problem:
        fail(Exit.USAGE, f"nothing to resume: {problem}")
    names = {one.name for one in settings.endpoints}
    if not names & {column.name for column in found.columns}:
        was = ", ".join(column.name for column in found.columns)
        fail(Exit.USAGE, f"{path} is a run of {was}: give the arguments that it was begun with")
    return Earlier(found)


def show_plan(settings: Settings) -> None:
    """Print the bounds of a run."""
    for one in settings.endpoints:
        if one.provider.missing:
            click.echo(f"{one.name}: not run: {one.provider.missing}")
    for name, bound in plan(settings).items():
        cost = "unknown without prices" if bound.cost is None else f"≤ ${bound.cost:.4f}"
        click.echo(
            f"{name}: {bound.checks} checks, {bound.requests} requests, {bound.at_most} at most "
            f"({bound.speaking} of which make the model speak), "
            f"≤ {bound.tokens_in} tokens in, ≤ {bound.tokens_out} out, cost {cost}"
        )
    click.echo("Nothing was sent. Retries, and repetitions of what turns out red, come on top.")


@main.command("demo")
@output
def demonstrate(**options: Any) -> None:
    """Measure the embedded reference endpoint and some faulty twins of it. Needs no key and no network."""
    try:
        settings_for((), options)
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    with demo.served_apart((demo.REFERENCE, *demo.TWINS)) as ports:
        endpoints = demo.endpoints(ports)
        settings = settings_for(endpoints, {**options, "depth": "full"})
        totals = {one.name: len(selected(settings)) for one in endpoints}
        with Progress(totals, options["quiet"]) as progress:
            finished = conduct(settings, begun(settings, progress))
    if finished is None or finished.incomplete:
        fail(Exit.INTERRUPTED, "interrupted")
    written = report.write(finished, settings.output, report.USUAL, redactor_for(endpoints))
    show(finished, exit_status(finished))
    if problems := demo.overlooked(finished, [FAULTS[name] for name in demo.TWINS]):
        fail(Exit.OUR_FAULT, *problems)
    click.echo(f"\nThe reference is clean, and the fault of each of its {len(demo.TWINS)} twins was found.")
    click.echo(f"Report: {written[0]}")


@main.command()
@click.option("--fault", "faults", multiple=True, metavar="ID", help="A fault to show; --list tells them.")
@click.option("--list", "listing", is_flag=True, help="List the faults and end.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: the system chooses.")
@click.option("--open", "opened", is_flag=True, help="Take requests without a key.")
def serve(faults: tuple[str, ...], listing: bool, host: str, port: int, opened: bool) -> None:
    """Serve the reference endpoint, or a faulty twin of it, for those who test clients."""
    if listing:
        for fault in FAULTS.values():
            click.echo(f"{fault.id:<34}  {fault.what}")
        return
    for name in faults:
        if name not in FAULTS:
            fail(Exit.USAGE, f"no fault is called {name!r}{suggestion(name, list(FAULTS))}")
    settings = Configuration(key=None) if opened else Configuration()

    def ready(bound: int) -> None:
        click.echo(f"http://{host}:{bound}/v1   model {settings.models[0]}   key {settings.key or 'none'}")

    try:
        serve_forever(Reference([FAULTS[name] for name in faults], settings), host, port, ready)
    except OSError as problem:
        fail(Exit.USAGE, f"port {port} can't be served: {problem.strerror}: name another by --port")


COMMANDS = (
    *(list_checks, explain, fuzz, init, providers, login, doctor),
    *(judge_again, render, replay, diff, history, merge, verdict, lint),
)
for command in COMMANDS:
    main.add_command(command)
