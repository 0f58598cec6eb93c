"""report.html: the matrix, what is wrong by cause, and the evidence behind each cell, in one file, offline.

What providers sent is hostile until proven otherwise: text is escaped and ``visible``, evidence is compressed data that
a script puts on the page as text, and the page's policy runs no script but that one and fetches nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from samewire.diffing import Change, Kind, Suite, changes, other_servers, suite_changes
from samewire.foreseen import stale_cells
from samewire.inert import visible
from samewire.past import Past, past, runs_of
from samewire.report import markdown, sheets, words
from samewire.report.annotations import remarks
from samewire.report.cells import cells_of, check_of, index_of
from samewire.report.columns import endpoint_of, facts_of
from samewire.report.evidence import attempts_of
from samewire.report.headline import providers, sentence
from samewire.report.matrix import anchor, cell, protocols, summary
from samewire.report.packing import ROOM, block, packed
from samewire.report.provenance import days_of, measured_with, outdated
from samewire.requirement import Level
from samewire.run import Run
from samewire.snapshot import Snapshot

__all__ = ["page", "render"]

#: Bytes that a page takes at most, if what can't be left out leaves room.
LARGEST = 4_900_000
#: Rows of a table of changes; `samewire diff` and `samewire history` tell all.
MOST = 300
_FOLDER = Path(__file__).parent / "templates"
_STYLES = ("page.css", "matrix.css", "sections.css", "panel.css", "media.css")
_SCRIPTS = (
    "language.js",
    "evidence.js",
    "exchange.js",
    "panel.js",
    "check.js",
    "matrix.js",
    "columns.js",
    "filter.js",
    "start.js",
    "outdated.js",
)


def render(run: Run, room: int | None = None) -> str:
    """The run as a page.

    Args:
        run: the run.
        room: how many characters the evidence may take; without it, what the rest of the page leaves of it.
    """
    carried = {name: _data(kind, content) for name, kind, content in _files(run)}
    # What all is measured by stands first.
    run = replace(run, columns=tuple(sorted(run.columns, key=lambda one: not one.settings.get("reference"))))
    view = {(column.name, row.id): cell(run, column, row) for column in run.columns for row in run.rows}
    runs = runs_of(run)
    # The evidence goes in last, into the room that is left: marks that nobody can guess stand for it until then.
    mark = token_hex(16)
    made = page(
        "report.html",
        _STYLES,
        _SCRIPTS,
        run=run,
        language="en",
        base="",
        view=view,
        endpoints=[endpoint_of(run, column, view, runs) for column in run.columns],
        diff=_diff(runs, run, anchors={column.name: anchor(column) for column in run.columns}),
        protocols=protocols(run),
        providers=providers(run),
        summary=summary,
        sentences={language: sentence(run, language) for language in words.LANGUAGES},
        said=words.said,
        texts=json.dumps(words.texts(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        index=index_of(run, view, runs),
        stale=stale_cells(run),
        remarks=remarks,
        most=MOST,
        english=words.texts()["en"],
        version=measured_with(run),
        outdated=outdated(run),
        days=days_of(run),
        words=words,
        levels=Level,
        facts=list(facts_of(run)),
        rounds=max((len(one.rounds) for one in run.verdicts.values()), default=0),
        repeated=sum(attempts_of(line) > 1 for line in run.exchanges.values()),
        downloads=carried,
        kept=f"{mark}-kept",
        total=f"{mark}-total",
        checks=block([check_of(row) for row in run.rows]),
        blocks=[f"{mark}-{number}" for number in range(len(run.columns))],
    )
    left = room if room is not None else min(ROOM, LARGEST - len(made.encode("utf-8", "replace")))
    evidence = packed(run, {column.name: list(cells_of(run, column, view, runs)) for column in run.columns}, left)
    told = {"kept": str(evidence.kept), "total": str(evidence.total)}
    told |= {str(number): evidence.blocks[column.name] for number, column in enumerate(run.columns)}
    return re.sub(rf"{mark}-(\w+)", lambda found: told[found[1]], made)


def _files(run: Run) -> Iterator[tuple[str, str, str]]:
    """The small files that a page carries for those who have nothing else: their names, kinds and contents."""
    yield sheets.MATRIX, "text/csv", sheets.matrix(run)
    yield "matrix.md", "text/markdown", markdown.render(run)


def _data(kind: str, content: str) -> str:
    """A file's content as an address."""
    return f"data:{kind};base64,{base64.b64encode(content.encode('utf-8', 'replace')).decode('ascii')}"


def page(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], **values: Any) -> str:
    """A page of these styles and scripts, whose policy runs no others and fetches nothing."""
    style, script = _joined(styles), _joined(scripts)
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
    policy += "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    return _environment().get_template(template).render(style=style, script=script, policy=policy, **values)


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
    environment.filters["shown"] = _shown
    environment.tests["weblink"] = _weblink
    return environment


def _inert(value: Any) -> Any:
    """Every text that is put into the page goes through here, before it is escaped."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """Values that the page's script will put in: they don't come by where the others are made visible."""
    return {name: _inert(value) for name, value in values.items()}


def _weblink(text: object) -> bool:
    """Whether a text is an address that may be followed."""
    return isinstance(text, str) and text.startswith(("https://", "http://"))


def _spans(text: str) -> list[str]:
    """The text cut at its backticks: every second part is code."""
    parts = text.split("`")
    return parts if len(parts) % 2 else [text]


@dataclass(frozen=True)
class Diff:
    """What has changed since the baseline.

    Attributes:
        day: the baseline's.
        same: whether both asked the same.
        suite: what the suite has changed.
        kinds: changes of the providers by kind, and at the end those of altered checks.
        anchors: the endpoints' places in the report.
        servers: the endpoints whose servers told another version before: which, then and now.
        unsteady: cells that have turned more than once: endpoint, check, and what they were.
    """

    day: str
    same: bool
    suite: Suite
    kinds: tuple[tuple[str, tuple[Change, ...]], ...]
    anchors: dict[str, str]
    servers: tuple[tuple[str, str, str], ...]
    unsteady: tuple[tuple[str, str, Past], ...]


def _diff(runs: Sequence[Snapshot], run: Run, anchors: dict[str, str]) -> Diff | None:
    if not runs:
        return None
    *_, old, new = runs
    found = changes(old, new)
    kinds = [(f"kind.{kind}", tuple(one for one in found if one.kind is kind and not one.altered)) for kind in Kind]
    kinds.append(("altered", tuple(one for one in found if one.altered)))
    same = old.suite == new.suite
    return Diff(
        old.day,
        same,
        suite_changes(old, new),
        tuple(pair for pair in kinds if pair[1]),
        anchors,
        other_servers(old, new),
        _unsteady(runs, run),
    )


def _unsteady(runs: Sequence[Snapshot], run: Run) -> tuple[tuple[str, str, Past], ...]:
    found = ((column.name, row.id, past(runs, column.name, row.id)) for column in run.columns for row in run.rows)
    return tuple(one for one in found if one[2].turns > 1)
