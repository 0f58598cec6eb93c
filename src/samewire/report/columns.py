"""What report.html says of each endpoint: how it stands, what is wrong, how it was measured; and of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from samewire.clients import Answer, Client, clients, readiness
from samewire.foreseen import stale
from samewire.policy import exit_status, groups, stops, tally
from samewire.report import words
from samewire.report.badge import file_name
from samewire.report.evidence import curl_of
from samewire.report.matrix import Cell, anchor, host, standing
from samewire.report.provenance import fail_on, measured_with
from samewire.requirement import Level
from samewire.run import Column, Expectation, Run
from samewire.verdict import Verdict

__all__ = ["Cause", "Endpoint", "View", "endpoint_of", "facts_of"]

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
    """A column, its standing, and what is wrong there."""

    column: Column
    anchor: str
    host: str
    standing: str
    stop: str
    tallies: tuple[tuple[str, str], ...]
    rest: tuple[tuple[str, int], ...]
    causes: tuple[Cause, ...]
    found: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    clients: tuple[tuple[Client, Answer], ...]
    stale: tuple[tuple[Expectation, int], ...]
    badge: str


def endpoint_of(run: Run, column: Column, view: View) -> Endpoint:
    """What there is to say of an endpoint."""
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
        settings=tuple(_settings(column)),
        clients=tuple((client, readiness(run, column, client)) for client in clients()),
        stale=tuple(_stale(run, column)),
        badge=f"badges/{file_name(column)}.svg",
    )


def _stale(run: Run, column: Column) -> Iterator[tuple[Expectation, int]]:
    for one, cells in stale(run):
        number = sum(owner.name == column.name for owner, _ in cells)
        if number:
            yield one, number


def _found(run: Run, column: Column) -> Iterator[str]:
    """What was found besides verdicts, in sentences."""
    own = [(protocol, one) for (name, protocol), one in run.findings.items() if name == column.name]
    stopped: dict[str, list[str]] = {}
    for protocol, one in own:
        if isinstance(stop := one.get("stop"), dict):
            stopped.setdefault(str(stop.get("message")), []).append(words.protocol_title(protocol))
    for message, titles in stopped.items():
        yield f"{' and '.join(titles)} could not be judged: {message}."
    for protocol, one in own:
        title = words.protocol_title(protocol)
        if "limit" in one:
            limit = one["limit"]
            yield f"{title}: the token limit is sent as {limit}." if limit else f"{title}: no token limit is taken."
        if one.get("headroom"):
            yield f"{title}: {one['headroom']} tokens are added to limits, for a model that thinks before it speaks."
        yield from (str(note) for note in one.get("notes") or ())


def _settings(column: Column) -> Iterator[tuple[str, str]]:
    """What samewire was told to do otherwise at this endpoint, in pairs of name and value."""
    yield "base URL", column.base_url
    scheme = (column.settings.get("auth") or ("bearer", ""))[:2]
    key = f"${column.key_variable}" if column.key_variable else "a key without a variable" if column.has_key else "none"
    yield "key", f"{key}, {' '.join(map(str, scheme)).strip()}" if column.key_variable or column.has_key else key
    for name, title in (("headers", "added headers"), ("query", "added query parameters"), ("protocols", "protocols")):
        if value := column.settings.get(name):
            yield title, ", ".join(map(str, value))
    for name, title in (("body", "added body fields"), ("paths", "other paths")):
        if value := column.settings.get(name):
            yield title, ", ".join(f"{key}: {one}" for key, one in dict(value).items())
    yield "at once", str(column.settings.get("concurrency", "unknown"))
    if rpm := column.settings.get("rpm"):
        yield "a minute", str(rpm)
    yield "timeout", f"{column.settings.get('timeout', 'unknown')} s"


def facts_of(run: Run) -> Iterator[tuple[str, str]]:
    """What there is to know of the run, in pairs of name and value."""
    header, footer = run.header, run.footer
    settings = header["settings"] if isinstance(header.get("settings"), dict) else {}
    status = exit_status(run, fail_on(run))
    yield "started", str(header.get("started", "unknown"))
    yield "finished", str(footer.get("finished", "not"))
    yield "seconds", str(footer.get("seconds", "unknown"))
    yield "requests", str(footer.get("requests", "unknown"))
    yield "samewire", measured_with(run) or "unknown"
    yield "suite", str(header.get("suite", "unknown"))
    yield "record format", str(header.get("version", "unknown"))
    for name in ("depth", "level", "only", "without"):
        if (value := settings.get(name)) and not (name == "only" and header.get("set")):
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if header.get("set"):
        yield "frozen set", str(header["set"])
    yield "policy", fail_on(run)
    if run.expectations:
        yield "expectations", str(len(run.expectations))
    yield "exit status", f"{int(status)}, {status.name.lower().replace('_', ' ')}"
    if command := header.get("command"):
        yield "command", " ".join(map(str, command)) if isinstance(command, list) else str(command)
    yield "masked values", str(footer.get("masked", "unknown"))
