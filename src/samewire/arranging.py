"""Commands that arrange what a run needs: init, providers, login, doctor."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from samewire import providers as files
from samewire import vault
from samewire.credentials import KeyProblem
from samewire.doctor import examined, where_from
from samewire.ending import fail
from samewire.inert import visible
from samewire.login import login as logged_in
from samewire.login import logins_of
from samewire.options import FILE, FOLDER, endpoint, endpoints_from, suggestion, variables
from samewire.policy import Exit
from samewire.settings import Provider, SettingsError
from samewire.starting import begin, bundled

__all__ = ["doctor", "init", "login", "providers"]

CONFIG = click.option("--config", type=FILE, envvar="SAMEWIRE_CONFIG", help="Another file than the nearest one.")


@click.command()
@click.argument("folder", type=FOLDER, default=Path("."))
def init(folder: Path) -> None:
    """Write a commented providers.yaml, .env.example and lines for .gitignore. What is there stays as it is."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for line in begin(folder):
            click.echo(line)
    except OSError as problem:
        fail(Exit.USAGE, f"{problem.filename}: {problem.strerror}")
    click.echo("Next: copy .env.example to .env, fill it in, and ask `samewire doctor`.")


def _loaded(config: Path | None) -> tuple[Provider, ...]:
    try:
        return files.load(config or files.find(Path.cwd()), variables())
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)


@click.command()
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of providers.yaml, for editors.")
def providers(config: Path | None, as_json: bool, schema: bool) -> None:
    """List who can be tested, and what is missing to. Sends nothing."""
    if schema:
        click.echo(json.dumps(bundled(), indent=2, ensure_ascii=False))
        return
    found = _loaded(config)
    if as_json:
        click.echo(json.dumps([_described(one) for one in found], indent=1, ensure_ascii=False))
        return
    rows = [(one.name, one.label, " ".join(one.protocols) or "asked", one.models[0], _state(one)) for one in found]
    for row in _table([("NAME", "LABEL", "SPEAKS", "MODEL", "STATE"), *rows]):
        click.echo(row)
    ready = sum(not one.missing for one in found)
    click.echo(f"{len(found)} providers, {ready} of which can be run", err=True)


def _state(one: Provider) -> str:
    if one.missing:
        return visible(one.missing)
    return "ready when named" if one.when_named else "ready"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows with their columns under each other; the last one may be as long as it likes."""
    known = [tuple(visible(cell) for cell in row) for row in rows]
    widths = [max(len(row[index]) for row in known) for index in range(len(known[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip()
        for row in known
    ]


def _described(one: Provider) -> dict[str, Any]:
    """A provider as JSON: no value that came from a variable but its base URL and models."""
    return {
        "name": one.name,
        "label": one.label,
        "base_url": one.base_url,
        "models": list(one.models),
        "slots": dict(one.slots),
        "protocols": list(one.protocols),
        "auth": f"{one.auth.scheme}:{one.auth.name}" if one.auth.name else one.auth.scheme,
        "key": _whence(one),
        "missing": one.missing,
        "when_named": one.when_named,
        "claims": dict(one.claims),
        "prices": list(one.prices) if one.prices else None,
        "concurrency": one.concurrency,
        "rpm": one.rpm,
        "tokens_per_minute": one.tokens_per_minute,
        "timeout": one.timeout,
        "notes": one.notes,
        "source": one.source,
        "looked_up": one.looked_up,
    }


def _whence(one: Provider) -> str:
    """Where the key comes from, in words."""
    credential = one.credential
    if credential is None:
        return "none"
    if credential.renewing is not None:
        return credential.renewing.words
    return f"${credential.variable}" if credential.variable else "a placeholder"


def _say(words: str) -> None:
    # What an authorization server says goes to a terminal.
    click.echo(visible(words))


@click.command()
@click.argument("name", metavar="PROVIDER")
@CONFIG
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--forget", is_flag=True, help="Forget the login instead.")
def login(name: str, config: Path | None, no_browser: bool, forget: bool) -> None:
    """Log in with a provider whose entry describes OAuth; the token is kept in the keyring, or a file of your own."""
    found = {one.name: one for one in _loaded(config)}
    if name not in found:
        fail(Exit.USAGE, f"no provider is called {name!r}{suggestion(name, list(found))}")
    if forget:
        click.echo(f"{name}: forgotten" if vault.forget(name) else f"{name}: there was no login")
        return
    if not logins_of(found[name]):
        able = ", ".join(one.name for one in found.values() if logins_of(one)) or "none"
        fail(Exit.USAGE, f"{name} takes no login: its entry has no `oauth` with a client id; those that do: {able}")
    try:
        where = logged_in(found[name], _say, None if no_browser else webbrowser.open)
    except (KeyProblem, OSError) as problem:
        fail(Exit.COULD_NOT_JUDGE, visible(f"{name}: {problem}"))
    click.echo(f"Logged in. The token is kept in {where}.")


@click.command()
@click.argument("names", nargs=-1, metavar="[ENDPOINT]...")
@endpoint
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(names: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Tell what is the matter with endpoints, from the settings to a first answer, and what to do next.

    Sends the few small requests that a run begins with. Without names, looks at all endpoints whose key is there.
    Exit status: 0 all is well, 2 settings are wrong, 3 something stands in the way.
    """
    try:
        chosen = endpoints_from(names, options)
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    looked_at = [one for one in chosen if names or not one.provider.missing]
    if not looked_at:
        fail(Exit.USAGE, "no endpoint has all it needs: `samewire providers` tells what is missing")
    well = True
    told = []
    for one in looked_at:
        found = []
        if not as_json:
            click.secho(one.name, bold=True)
            for title, whence in where_from(one):
                click.echo(f"    {title:<20}  {whence}")
        for step in examined(one):
            found.append(step)
            well = well and step.fine
            if not as_json:
                click.echo(f"  {'✓' if step.fine else '✗'} {visible(step.what)}: {visible(step.words)}")
                if step.advice:
                    click.echo(f"    → {visible(step.advice)}")
        settings = [{"setting": title, "from": whence} for title, whence in where_from(one)]
        steps = [{"step": step.what, "fine": step.fine, "found": step.words, "next": step.advice} for step in found]
        told.append({"endpoint": one.name, "settings": settings, "steps": steps})
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    click.get_current_context().exit(0 if well else int(Exit.COULD_NOT_JUDGE))
