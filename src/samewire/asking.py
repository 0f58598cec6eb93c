"""The commands that answer a question about what was recorded: what has changed, and will it work with my client?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from samewire.clients import Answer, Client, Will, clients, readiness
from samewire.diffing import Kind, changes, other_servers, suite_changes
from samewire.ending import fail
from samewire.inert import one_line
from samewire.offline import loaded
from samewire.options import FILE, PLACE, suggestion
from samewire.past import past, together, turns_of
from samewire.policy import Exit
from samewire.run import Column, RunError
from samewire.snapshot import Snapshot

__all__ = ["diff", "history", "verdict"]

#: Reasons that are told of one answer.
MOST = 6


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--fail-on", type=click.Choice(["regression", "never"]), default="regression", show_default=True)
def diff(old: Path, new: Path, as_json: bool, fail_on: str) -> None:
    """What has changed from one run to another: two of run.jsonl or results.json. Needs no network.

    Changes of the provider stand apart from checks that the suite has added, removed or altered.
    """
    try:
        before, after = Snapshot.load(old), Snapshot.load(new)
    except RunError as problem:
        fail(Exit.USAGE, str(problem))
    found, suite = changes(before, after), suite_changes(before, after)
    own = [one for one in found if not one.altered]
    servers = other_servers(before, after)
    if as_json:
        suites = {"same": before.suite == after.suite, **asdict(suite)}
        told = {"changes": [asdict(one) for one in found], "suite": suites, "servers": servers}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{before.name} {before.day} → {after.name} {after.day}")
        for kind in Kind:
            _tell(str(kind), [f"{one.endpoint}  {one.check}  {_words(one)}" for one in own if one.kind is kind])
        altered = [f"{one.endpoint}  {one.check}  {_words(one)}" for one in found if one.altered]
        _tell("changed with the suite's check", altered)
        for name, ids in (("added", suite.added), ("removed", suite.removed), ("altered", suite.altered)):
            _tell(f"checks {name} by the suite", list(ids))
        _tell("other versions of servers", [f"{name}  {then} → {now}" for name, then, now in servers])
        click.echo("the same suite" if before.suite == after.suite else "the suite has changed: see the checks above")
    worse = any(one.kind is Kind.REGRESSED for one in own)
    sys.exit(int(Exit.NOT_MET if worse and fail_on == "regression" else Exit.MET))


@click.command()
@click.argument("records", type=PLACE, nargs=-1, required=True, metavar="RUN...")
@click.option("--endpoint", "names", multiple=True, metavar="NAME", help="Endpoints or globs; all without it.")
@click.option("--only", multiple=True, metavar="ID", help="Checks or globs; without it, all that have turned.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def history(records: tuple[Path, ...], names: tuple[str, ...], only: tuple[str, ...], as_json: bool) -> None:
    """What cells were in several runs, and when they turned. Needs no network.

    A RUN is a run.jsonl with the runs that it carries, a results.json, or the folder of a site.
    """
    try:
        runs = together(records)
    except RunError as problem:
        fail(Exit.USAGE, str(problem))
    places = dict.fromkeys(at for one in runs for at in one.cells)
    found = {
        (endpoint, check): past(runs, endpoint, check)
        for endpoint, check in places
        if (not names or any(fnmatchcase(part, name) for name in names for part in (endpoint, endpoint.split("/")[0])))
        and (not only or any(fnmatchcase(check, pattern) for pattern in only))
    }
    shown = {at: one for at, one in found.items() if only or any(moment.turned for moment in one.moments)}
    if as_json:
        told = [
            {
                "endpoint": endpoint,
                "check": check,
                "turns": one.turns,
                "since": one.since,
                "runs": asdict(one)["moments"],
            }
            for (endpoint, check), one in shown.items()
        ]
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"{len(runs)} runs from {one_line(runs[0].day)} to {one_line(runs[-1].day)}")
    for (endpoint, check), one in shown.items():
        click.echo(f"{one_line(endpoint)}  {one_line(check)}  {turns_of(one)}")
    if not shown:
        click.echo("nothing has turned" if found else "no cell fits")


@click.command()
@click.argument("names", nargs=-1, metavar="[ENDPOINT]...")
@click.option(
    "--client", "wanted", multiple=True, metavar="ID", help="A client, such as roo-code; several may be given."
)
@click.option("--from", "record", type=FILE, default=Path("reports/run.jsonl"), show_default=True, help="A record.")
@click.option("--strict", is_flag=True, help="End with 1 for limits, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verdict(names: tuple[str, ...], wanted: tuple[str, ...], record: Path, strict: bool, as_json: bool) -> None:
    """Will it work with a client? Answers yes, with limits, no or unknown, because … Needs no network.

    Ends with 0 for yes and with limits, 1 for no, 3 for unknown; the worst of several decides.
    """
    known = {one.id: one for one in clients()}
    if wrong := [one for one in wanted if one not in known]:
        fail(Exit.USAGE, f"no client is called {wrong[0]!r}{suggestion(wrong[0], list(known)) or _there(known)}")
    run = loaded(record)
    columns = [one for one in run.columns if not names or any(_named(one, name) for name in names)]
    if not columns:
        fail(Exit.USAGE, f"the record has no endpoint {' '.join(names)}{_there(one.name for one in run.columns)}")
    chosen = [known[one] for one in wanted] or list(known.values())
    answers = [(client, column, readiness(run, column, client)) for client in chosen for column in columns]
    if as_json:
        told = [{"client": client.id, "endpoint": column.name, **asdict(one)} for client, column, one in answers]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for client, column, one in answers:
            for line in _told(client, column, one):
                click.echo(line)
    words = {one.will for _, _, one in answers}
    if Will.NO in words or (strict and Will.LIMITS in words):
        sys.exit(int(Exit.NOT_MET))
    sys.exit(int(Exit.COULD_NOT_JUDGE if Will.UNKNOWN in words else Exit.MET))


def _there(names: Iterable[str]) -> str:
    return f"; there are {', '.join(names)}"


def _named(column: Column, pattern: str) -> bool:
    return fnmatchcase(column.name, pattern) or column.provider == pattern


def _told(client: Client, column: Column, answer: Answer) -> Iterator[str]:
    about = ", ".join(part for part in (client.version, f"read {client.verified_on}", client.confidence) if part)
    yield f"{answer.will}  {client.name} with {one_line(column.name)}, by {answer.mode}   ({about})"
    if answer.limits:
        yield f"    {answer.limits}"
    for reason in answer.reasons[:MOST]:
        cell = f"{reason.check} is {reason.verdict}: " if reason.check else ""
        yield f"    {cell}{one_line(reason.why)}"
    if len(answer.reasons) > MOST:
        yield f"    and {len(answer.reasons) - MOST} more"
    if any(reason.verdict == "not run" for reason in answer.reasons) and not column.missing:
        yield f"    ask it: samewire run {one_line(column.name)} --client {client.id}"


def _words(one: Any) -> str:
    before, after = one.before, one.after
    reason = f" ({after.reason})" if after.reason and after.reason != after.verdict else ""
    return f"{before.verdict} → {after.verdict}{reason}"


def _tell(title: str, entries: list[str]) -> None:
    if entries:
        click.echo(f"{title} {len(entries)}")
        for entry in entries:
            click.echo(f"  {entry}")
