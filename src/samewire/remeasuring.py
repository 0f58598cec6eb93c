"""The command that measures recorded cells again: fixed, still failing, or could not run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from samewire.choosing import choose
from samewire.conduct import HarnessError, conduct
from samewire.credentials import Credential
from samewire.ending import fail
from samewire.inert import one_line
from samewire.offline import loaded
from samewire.options import FILE, endpoint, endpoints_from, suggestion, variables
from samewire.policy import Exit, fails
from samewire.report.evidence import curl_of
from samewire.report.matrix import host
from samewire.requirement import Depth
from samewire.run import Column, Row, Run
from samewire.running import Live
from samewire.settings import Endpoint, Settings, SettingsError, ad_hoc
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

__all__ = ["replay"]

FIXED, FAILING, UNKNOWN = "fixed", "still failing", "could not run"


@click.command()
@click.argument("name", metavar="[ENDPOINT]", required=False)
@click.argument("checks", nargs=-1, metavar="[CHECK]...")
@click.option("--from", "record", type=FILE, default=Path("reports/run.jsonl"), show_default=True, help="A record.")
@click.option("--print-curl", is_flag=True, help="Print the commands that repeat the requests, and send nothing.")
@endpoint
def replay(name: str | None, checks: tuple[str, ...], record: Path, print_curl: bool, **options: Any) -> None:
    """Measure cells of a record again: those that are named, or all that are red. The record stays as it is.

    The endpoint is that of the record, as providers.yaml describes it; --base-url and --model name another. Ends with 0
    if all are fixed, 1 if one is still failing, 3 if one could not be judged.
    """
    before = loaded(record)
    columns = [one for one in before.columns if name is None or fnmatchcase(one.name, name) or one.provider == name]
    if not columns:
        names = [one.name for one in before.columns]
        fail(Exit.USAGE, f"the record has no endpoint {name}{suggestion(name or '', names)}; it has {', '.join(names)}")
    ids = {one.id for one in requirements()}
    words = []
    for column in columns:
        rows = [row for row in _wanted(before, column, checks) if row.id in ids]
        if print_curl:
            _print(before, column, rows)
        elif rows:
            words += list(_again(before, column, rows, options))
    if print_curl:
        return
    if not words:
        fail(
            Exit.NOTHING_SELECTED, "nothing in the record is red" if not checks else f"no check fits {' '.join(checks)}"
        )
    sys.exit(int(Exit.NOT_MET if FAILING in words else Exit.COULD_NOT_JUDGE if UNKNOWN in words else Exit.MET))


def _wanted(run: Run, column: Column, patterns: Sequence[str]) -> list[Row]:
    if patterns:
        return [row for row in run.rows if any(fnmatchcase(row.id, pattern) for pattern in patterns)]
    return [row for row in run.rows if _bad(row, run.verdict(column, row))]


def _bad(row: Row, judgement: Judgement) -> bool:
    return judgement.verdict.red or fails(row, judgement)


def _print(run: Run, column: Column, rows: list[Row]) -> None:
    for row in rows:
        command = curl_of(run, column, run.verdict(column, row))
        click.echo(f"# {one_line(column.name)} {row.id}")
        click.echo(command or "# nothing was sent, or too much to be shown")


def _again(before: Run, column: Column, rows: list[Row], options: dict[str, Any]) -> Iterator[str]:
    """Measure cells of an endpoint again, and say what has become of each."""
    try:
        where = _endpoint(column, options)
        only = tuple(row.id for row in rows)
        settings = Settings((where,), only=only, depth=Depth.FULL)
        after = conduct(settings, Live(settings))
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    except HarnessError as problem:
        fail(Exit.OUR_FAULT, str(problem))
    if after is None or (after.incomplete and not after.verdicts):
        fail(Exit.INTERRUPTED, "interrupted")
    now = {row.id: row for row in after.rows}
    for row in rows:
        judgement = after.verdict(after.columns[0], now[row.id]) if row.id in now else Judgement(Verdict.NOT_RUN)
        word = _word(row, judgement)
        style = {FIXED: "cyan", FAILING: "red", UNKNOWN: "magenta"}[word]
        was = before.verdict(column, row).verdict
        click.secho(f"{word:<13}  {one_line(after.columns[0].name)}  {row.id}  {was} → {judgement.verdict}", fg=style)
        if judgement.verdict is not Verdict.SUPPORTED:
            click.echo(f"    {one_line(judgement.message)[:300]}")
        yield word


def _word(row: Row, judgement: Judgement) -> str:
    if _bad(row, judgement):
        return FAILING
    return FIXED if judgement.verdict in (Verdict.SUPPORTED, Verdict.UNSUPPORTED) else UNKNOWN


def _endpoint(column: Column, options: dict[str, Any]) -> Endpoint:
    """Where to measure: what the options describe, else the record's endpoint.

    Raises:
        SettingsError: there is no such endpoint any more.
    """
    if options["base_url"]:
        return endpoints_from((), {**options, "models": options["models"] or (column.model,)})[0]
    if column.provider == host(column):  # no file describes it
        credential = Credential.from_environment(column.key_variable or options["api_key_env"], variables())
        return choose([ad_hoc(column.base_url, [column.model], credential)], ())[0]
    return endpoints_from((column.name,), options)[0]
