"""The commands that tell of the checks: which there are, and what one of them is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from samewire import sets
from samewire.conduct import selected
from samewire.ending import fail
from samewire.example import example
from samewire.explaining import explained, page, told_of
from samewire.options import PLACE, selection, settings_for, suggestion
from samewire.past import together
from samewire.policy import Exit
from samewire.run import RunError
from samewire.settings import SettingsError, scores
from samewire.suite import requirements

__all__ = ["explain", "list_checks"]


@click.command("list")
@selection
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--markdown", is_flag=True, help="All of them, as REQUIREMENTS.md.")
@click.option("--freeze", metavar="RELEASE", help="As a frozen set: the content of requirements/RELEASE.yaml.")
def list_checks(as_json: bool, markdown: bool, freeze: str | None, **options: Any) -> None:
    """List the checks, of all depths unless one is named. Needs no network."""
    if markdown:
        click.echo(page(), nl=False)
        return
    source = click.get_current_context().get_parameter_source("depth")
    if source is not None and source.name == "DEFAULT":
        options["depth"] = "full"
    try:
        settings = settings_for((), options)
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    rows = [row for row in selected(settings) if scores(settings, row)]
    if freeze:
        click.echo(sets.frozen(freeze, rows), nl=False)
        return
    if as_json:
        keys = ("id", "level", "depth", "title", "sentence", "spec", "required")
        click.echo(json.dumps([{key: getattr(row, key) for key in keys} for row in rows], indent=1))
        return
    width = max((len(row.id) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row.id:<{width}}  {row.level:<6}  {row.depth:<5}  {row.title}")
    click.echo(f"{len(rows)} checks", err=True)


@click.command()
@click.argument("id")
@click.option(
    "--from",
    "records",
    type=PLACE,
    multiple=True,
    help="Runs whose history is told: run.jsonl, results.json, or a site's folder. [default: reports/run.jsonl]",
)
@click.option(
    "--example", "examples", is_flag=True, help="Show an answer that meets it and one that doesn't, by the reference."
)
def explain(id: str, records: tuple[Path, ...], examples: bool) -> None:
    """Explain a check: what it requires and why, what it sends, what it catches, and what it was in the last runs.

    Needs no network.
    """
    found = {one.id: one for one in requirements()}
    if id not in found:
        fail(Exit.USAGE, f"no check is called {id!r}{suggestion(id, list(found))}")
    usual = (Path("reports") / "run.jsonl",)
    try:
        runs = together(records or (path for path in usual if path.is_file()))
    except RunError as problem:
        fail(Exit.USAGE, str(problem))
    for line in (*explained(found[id]), *told_of(id, runs), *(example(found[id]) if examples else ())):
        click.echo(line)
