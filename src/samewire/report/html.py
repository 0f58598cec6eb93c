"""report.html: the matrix, what is wrong by cause, and the evidence behind each cell, in one file, offline.

What providers sent is hostile until proven otherwise: text is escaped and ``visible``, evidence is compressed data that
a script puts on the page as text, and the page's policy runs no script but that one and fetches nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from samewire.inert import visible
from samewire.policy import exit_status, groups, stops, tally
from samewire.report import words
from samewire.report.evidence import attempts_of, curl_of
from samewire.report.matrix import Cell, anchor, cell, host, protocols, sentence, standing, summary
from samewire.report.packing import ROOM, block, packed
from samewire.report.provenance import fail_on, measured_with, sources
from samewire.requirement import Level
from samewire.run import Column, Row, Run
from samewire.verdict import Verdict

__all__ = ["render"]

_FOLDER = Path(__file__).parent / "templates"
_STYLES = ("page.css", "matrix.css", "sections.css", "panel.css", "media.css")
_SCRIPTS = ("evidence.js", "exchange.js", "panel.js", "matrix.js")

#: Words of cells that are in no tally.
_UNCOUNTED = (Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_RUN)

#: Characters of one command that stand in the page itself, for readers without JavaScript.
LONGEST = 6_000


def render(run: Run, room: int = ROOM) -> str:
    """The run as a page.

    Args:
        run: the run.
        room: how many characters the evidence may take.
    """
    style, script = _joined(_STYLES), _joined(_SCRIPTS)
    view = {(column.name, row.id): cell(run, column, row) for column in run.columns for row in run.rows}
    evidence = packed(run, {name: list(_cells(run, name, view)) for name in (one.name for one in run.columns)}, room)
    return (
        _environment()
        .get_template("report.html")
        .render(
            run=run,
            view=view,
            endpoints=[_endpoint(run, column, view) for column in run.columns],
            protocols=protocols(run),
            summary=summary,
            sentence=sentence(run),
            version=measured_with(run),
            words=words,
            levels=Level,
            facts=list(_facts(run)),
            repeated=sum(attempts_of(line) > 1 for line in run.exchanges.values()),
            evidence=evidence,
            checks=block([_check(row) for row in run.rows]),
            blocks=[evidence.blocks[column.name] for column in run.columns],
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
        )
    )


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_inert,
    )
    environment.filters["spans"] = _spans
    return environment


def _inert(value: Any) -> Any:
    """Every text that is put into the page goes through here, before it is escaped."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _spans(text: str) -> list[str]:
    """The text cut at its backticks: every second part is code."""
    parts = text.split("`")
    return parts if len(parts) % 2 else [text]


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


def _endpoint(run: Run, column: Column, view: dict[tuple[str, str], Cell]) -> Endpoint:
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
    )


def _found(run: Run, column: Column) -> Iterator[str]:
    """What the preflights found, in sentences."""
    for (name, protocol), one in run.findings.items():
        if name != column.name:
            continue
        title = words.protocol_title(protocol)
        if isinstance(stop := one.get("stop"), dict):
            yield f"{title} could not be judged: {stop.get('message')}."
            continue
        limit = one.get("limit")
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


def _facts(run: Run) -> Iterator[tuple[str, str]]:
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
        if value := settings.get(name):
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    yield "policy", fail_on(run)
    yield "exit status", f"{int(status)}, {status.name.lower().replace('_', ' ')}"
    if command := header.get("command"):
        yield "command", " ".join(map(str, command)) if isinstance(command, list) else str(command)
    yield "masked values", str(footer.get("masked", "unknown"))


def _check(row: Row) -> dict[str, Any]:
    found = [{name: visible(value) for name, value in one.items()} for one in sources(row)]
    texts = {"id": row.id, "title": row.title, "sentence": row.sentence, "level": row.level.value}
    return {**{name: visible(text) for name, text in texts.items()}, "required": row.required, "sources": found}


def _cells(run: Run, name: str, view: dict[tuple[str, str], Cell]) -> Iterator[dict[str, Any]]:
    for row in run.rows:
        one = view[name, row.id]
        yield {
            "kind": "cell",
            "check": row.id,
            "message": visible(str(one.judgement.message)),
            "reason": visible(str(one.judgement.reason)),
            "notes": [visible(str(note)) for note in one.judgement.notes],
            "effect": one.effect,
            "flaky": one.judgement.flaky,
            "blocked": visible(one.blocked_by),
            "exchanges": [visible(str(exchange)) for exchange in one.judgement.exchanges],
        }
