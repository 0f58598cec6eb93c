"""What report.html says of each endpoint: how it stands, what is wrong, how it was measured; and of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from samewire.clients import Answer, Client, clients, readiness
from samewire.foreseen import stale
from samewire.policy import exit_status, groups, stops, tally
from samewire.prompting import Prompting, asked, prompting
from samewire.report import words
from samewire.report.badge import file_names
from samewire.report.claims import Claim, claims_of
from samewire.report.evidence import curl_of, mapping, sequence
from samewire.report.heard import Heard, heard
from samewire.report.matrix import Cell, anchor, host, standing
from samewire.report.provenance import fail_on, measured_with
from samewire.report.story import Day, Version, by_version, days
from samewire.requirement import Level
from samewire.run import Column, Expectation, Run
from samewire.snapshot import Snapshot
from samewire.verdict import Verdict

__all__ = ["Cause", "Endpoint", "View", "endpoint_of", "facts_of", "hidden_of"]

#: Every cell, by endpoint and check.
View = dict[tuple[str, str], Cell]
#: Words of cells that are in no tally.
_UNCOUNTED = (Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_RUN)

#: Characters of one command that stand in the page itself, for readers without JavaScript.
LONGEST = 6_000


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong at an endpoint.

    Attributes:
        cell: the cell that shows it.
        curl: the command that shows it again, or an empty string.
        others: id and anchor of the further cells that go back to it.
    """

    cell: Cell
    curl: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Endpoint:
    """A column, its standing, and what is wrong there.

    Attributes:
        prompting: what a client must do to its histories; None if the run didn't ask.
        past: the days of the last runs, and what held on each.
        versions: what held by each version of its server.
        file: the name of its files, without an ending.
        hidden: the refused fields that `strip_params: auto` hides; None where clients aren't told so.
    """

    column: Column
    anchor: str
    host: str
    standing: str
    stop: str
    tallies: tuple[tuple[str, str], ...]
    rest: tuple[tuple[str, int], ...]
    causes: tuple[Cause, ...]
    found: tuple[tuple[str, dict[str, str]], ...]
    settings: tuple[tuple[str, str], ...]
    clients: tuple[tuple[Client, Answer], ...]
    stale: tuple[tuple[Expectation, int], ...]
    file: str
    past: tuple[Day, ...]
    versions: tuple[Version, ...]
    heard: Heard
    claims: tuple[Claim, ...]
    prompting: Prompting | None
    hidden: tuple[str, ...] | None
    stripped: tuple[str, ...]


def endpoint_of(run: Run, column: Column, view: View, runs: Sequence[Snapshot] = ()) -> Endpoint:
    """What there is to say of an endpoint."""
    told = heard(run, column)
    causes = []
    for group in groups(run, column):
        command = curl_of(run, column, group.judgement)
        others = tuple((name, f"{anchor(column)}/{name}") for name in group.others)
        causes.append(Cause(view[column.name, group.row.id], command if len(command) < LONGEST else "", others))
    counts = Counter(view[column.name, row.id].word for row in run.rows)
    counted = ((level.value, tally(run, column, level)) for level in Level)
    return Endpoint(
        column=column,
        anchor=anchor(column),
        host=host(column),
        standing=standing(run, column),
        stop=stops(run, column),
        tallies=tuple((name, str(one)) for name, one in counted if one.judged),
        rest=tuple((word, counts[word]) for word in _UNCOUNTED if counts[word]),
        causes=tuple(causes),
        found=tuple(_found(run, column)),
        settings=tuple(_settings(column, told)),
        clients=tuple((client, readiness(run, column, client)) for client in clients()),
        stale=tuple(_stale(run, column)),
        file=file_names(one.name for one in run.columns)[column.name],
        past=tuple(days(run, column, runs)),
        versions=by_version(run, column, runs),
        heard=told,
        claims=claims_of(run, column),
        prompting=prompting(run, column) if asked(run, column) else None,
        hidden=hidden_of(run, column),
        stripped=tuple(map(str, sequence(column.settings.get("strip")))),
    )


def hidden_of(run: Run, column: Column) -> tuple[str, ...] | None:
    """The refused fields that `strip_params: auto` hides; None where clients aren't told to drop what is refused."""
    found = mapping(run.footer.get("hidden"))
    return tuple(map(str, sequence(found[column.name]))) if column.name in found else None


def _stale(run: Run, column: Column) -> Iterator[tuple[Expectation, int]]:
    for one, cells in stale(run):
        number = sum(owner.name == column.name for owner, _ in cells)
        if number:
            yield one, number


def _found(run: Run, column: Column) -> Iterator[tuple[str, dict[str, str]]]:
    """What the preflights found: names of texts and what belongs into them; what has no name is told as it is."""
    own = [(protocol, one) for (name, protocol), one in run.findings.items() if name == column.name]
    stopped: dict[str, list[str]] = {}
    for protocol, one in own:
        if isinstance(stop := one.get("stop"), dict):
            stopped.setdefault(str(stop.get("message")), []).append(words.protocol_title(protocol))
    for message, titles in stopped.items():
        yield "found.stop", {"title": ", ".join(titles), "message": message}
    for protocol, one in own:
        title = words.protocol_title(protocol)
        if "limit" in one and not one.get("stop"):
            limit = one["limit"]
            yield "found.limit" if limit else "found.no limit", {"title": title, "limit": str(limit)}
        if one.get("headroom"):
            yield "found.headroom", {"title": title, "n": str(one["headroom"])}
        yield from (("", {"text": str(note)}) for note in one.get("notes") or ())


def _settings(column: Column, told: Heard) -> Iterator[tuple[str, str]]:
    """What samewire was told to do otherwise at this endpoint, in pairs of name and value."""
    yield "base URL", column.base_url
    scheme = (column.settings.get("auth") or ("bearer", ""))[:2]
    key = (
        f"${column.key_variable}" if column.key_variable else "a key without a variable" if column.has_key else "no key"
    )
    yield "key", f"{key}, {' '.join(map(str, scheme)).strip()}" if column.key_variable else key
    for name, title in (("headers", "added headers"), ("query", "added query parameters"), ("protocols", "protocols")):
        if value := column.settings.get(name):
            yield title, ", ".join(map(str, value))
    for name, title in (("slots", "models by slot"), ("body", "added body fields"), ("paths", "other paths")):
        if value := column.settings.get(name):
            yield title, ", ".join(f"{key}: {one}" for key, one in dict(value).items())
    yield "at once", str(column.settings.get("concurrency", "unknown"))
    if rpm := column.settings.get("rpm"):
        yield "a minute", str(rpm)
    yield "timeout", f"{timeout} s" if (timeout := column.settings.get("timeout")) else "unknown"
    yield from (("answers as model", ", ".join(told.models)),) if told.models else ()
    yield from (("server", told.server),) if told.server else ()


def facts_of(run: Run) -> Iterator[tuple[str, str]]:
    """What there is to know of the run, in pairs of name and value."""
    header, footer = run.header, run.footer
    settings = header["settings"] if isinstance(header.get("settings"), dict) else {}
    status = exit_status(run, fail_on(run))
    yield "started", str(header.get("started", "unknown"))
    yield "finished", str(footer.get("finished", "not finished"))
    yield "seconds", str(footer.get("seconds", "unknown"))
    yield "requests", str(footer.get("requests", "unknown"))
    for name in ("tokens", "cost"):
        if name in footer:
            yield name, f"${footer[name]}" if name == "cost" else str(footer[name])
    yield "samewire", measured_with(run) or "unknown"
    yield "suite", str(header.get("suite", "unknown"))
    yield "record format", str(header.get("version", "unknown"))
    for name in ("depth", "level", "only", "without"):
        if (value := settings.get(name)) and not (name == "only" and header.get("set")):
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if header.get("set"):
        yield "frozen set", str(header["set"])
        yield "unscored", str(sum(not row.scored for row in run.rows))
    yield "policy", fail_on(run)
    if run.expectations:
        yield "expectations", str(len(run.expectations))
    yield "exit status", f"exit.{int(status)}"
    if command := header.get("command"):
        yield "command", " ".join(map(str, command)) if isinstance(command, list) else str(command)
    yield "masked values", str(footer.get("masked", "unknown"))
