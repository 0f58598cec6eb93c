"""The matrix as a Markdown table: features or checks by endpoint, in the manner that whoever embeds it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from samewire.inert import one_line, shortened
from samewire.policy import tally
from samewire.report.evidence import mapping
from samewire.report.matrix import Feature, Summary, cell, protocols, summary
from samewire.requirement import Level
from samewire.run import Column, Row, Run

__all__ = ["MANNERS", "Manner", "escape", "footnotes", "manner_of", "plain", "table"]

_MARKUP = re.compile(r"([\\`*_\[\]{}|~$])")
#: A person, an issue, a build's command, a link: what a forge makes of plain text. A space of no width keeps it plain.
_ACTIVE = re.compile(r"(@|#(?=[\d#])|:(?=//)|(?<=www)\.)")

#: What can be asked of a table, and what it is without being asked.
MANNERS = {
    "rows": ("features", "checks"),
    "flavor": ("gfm", "commonmark"),
    "symbols": ("both", "glyph", "word"),
}


@dataclass(frozen=True)
class Manner:
    """How a table is written.

    Attributes:
        rows: whether it has a row for each feature, or for each of their checks, too.
        flavor: ``gfm`` has footnotes of its own; in ``commonmark`` they are small numbers and paragraphs.
        symbols: whether a cell has its glyph, its word, or both.
        label: what the numbers of footnotes begin with, so that they meet none of a document's own.
    """

    rows: str = "features"
    flavor: str = "gfm"
    symbols: str = "both"
    label: str = ""

    def mark(self, glyph: str, word: str) -> str:
        """A cell's sign."""
        return {"both": f"{glyph} {word}", "glyph": glyph, "word": word}[self.symbols]

    def reference(self, number: int) -> str:
        """What leads to a footnote."""
        return f"[^{self.label}{number}]" if self.flavor == "gfm" else f"<sup>{number}</sup>"


USUAL = Manner()


def manner_of(run: Run) -> Manner:
    """The manner that the record's header asks for."""
    told = mapping(run.header.get("table"))
    return Manner(**{name: told[name] for name, known in MANNERS.items() if told.get(name) in known})


def footnotes(notes: list[str], manner: Manner) -> str:
    """The footnotes of a table."""
    if manner.flavor == "gfm":
        return "\n".join(f"{manner.reference(number)}: {note}" for number, note in enumerate(notes, 1))
    return "\n\n".join(f"{manner.reference(number)} {note}" for number, note in enumerate(notes, 1))


def escape(text: str, most: int = 300) -> str:
    """Text of others as Markdown that shows it and nothing else, on one line."""
    return plain(shortened(one_line(text), most))


def plain(line: str) -> str:
    """One line as Markdown in which nothing is active."""
    line = _MARKUP.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _ACTIVE.sub(r"\1&#8203;", line)


def table(run: Run, notes: list[str], manner: Manner = USUAL) -> Iterator[str]:
    """The lines of the table.

    Args:
        run: the run.
        notes: the footnotes that it refers to; new ones are added.
        manner: how it is written.
    """
    heads = [f"{escape(column.label)}<br>{escape(column.model)}" for column in run.columns]
    yield f"| Feature | {' | '.join(heads)} |"
    yield f"| --- |{' --- |' * len(run.columns)}"
    tallies = (f"MUST {tally(run, column, Level.MUST)}" for column in run.columns)
    should = (f"SHOULD {tally(run, column, Level.SHOULD)}" for column in run.columns)
    yield f"| **All** | {' | '.join('<br>'.join(pair) for pair in zip(tallies, should, strict=True))} |"
    for protocol in protocols(run):
        yield f"| **{escape(protocol.title)}** |{'  |' * len(run.columns)}"
        for feature in protocol.features:
            cells = (_feature(run, column, feature, notes, manner) for column in run.columns)
            yield f"| {escape(feature.title)} | {' | '.join(cells)} |"
            if manner.rows == "checks":
                yield from (_check(run, row, manner) for row in feature.rows)


def _check(run: Run, row: Row, manner: Manner) -> str:
    cells = (cell(run, column, row) for column in run.columns)
    told = " | ".join(manner.mark(one.glyph, one.word) for one in cells)
    return f"| {row.level.value} {escape(row.title)} ({escape(row.id)}) | {told} |"


def _feature(run: Run, column: Column, feature: Feature, notes: list[str], manner: Manner) -> str:
    one = summary(run, column, feature.rows)
    told = manner.mark(one.glyph, one.word) + (f" {one.must}" if one.must.judged else "")
    if one.tone != "partial":
        return told
    note = _note(run, column, feature.rows, one)
    if note not in notes:
        notes.append(note)
    return f"{told} {manner.reference(notes.index(note) + 1)}"


def _note(run: Run, column: Column, rows: tuple[Row, ...], one: Summary) -> str:
    told = [
        f"{row.id} {judgement.verdict.value}"
        for row, judgement in ((row, run.verdict(column, row)) for row in rows)
        if judgement.verdict.red or judgement.verdict.value == "unsupported"
    ]
    return f"{escape(one.note)}: {escape(', '.join(told), 600)}{'; this fails the run' if one.fails else ''}."
