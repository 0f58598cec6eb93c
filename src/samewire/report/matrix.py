"""A run as rows and columns: protocols, features, cells, and how each endpoint stands; what every format renders."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from samewire.foreseen import disputed, foreseen, outlived
from samewire.policy import Tally, against, fails, judged, rollup, stops, tally
from samewire.report.provenance import fail_on
from samewire.report.words import PARTIAL, WORDS, feature_title, protocol_title, said
from samewire.requirement import Level
from samewire.run import Column, Expectation, Row, Run
from samewire.verdict import Judgement, Verdict

__all__ = [
    "Cell",
    "Feature",
    "Protocol",
    "Summary",
    "anchor",
    "cell",
    "host",
    "protocols",
    "standing",
    "summary",
]

_EFFECTS = {
    Verdict.UNSUPPORTED: "held against nobody",
    Verdict.INCONCLUSIVE: "could not be judged",
    Verdict.ERROR: "held against nobody",
}


@dataclass(frozen=True)
class Cell:
    """One requirement at one endpoint.

    Attributes:
        fails: whether it fails the run, unless it is foreseen.
        blocked_by: the id of the check whose cell shows what blocks this one, or an empty string.
        foreseen: the expectation that foresees it, or None.
        outlived: the expectation that foresaw it until it expired, or None.
        disputed: whether a reference endpoint fails the check itself.
    """

    column: Column
    row: Row
    judgement: Judgement
    fails: bool
    blocked_by: str = ""
    foreseen: Expectation | None = None
    outlived: Expectation | None = None
    disputed: bool = False

    @property
    def counts(self) -> bool:
        """Whether it fails the run, as nobody foresaw it."""
        return self.fails and self.foreseen is None

    @property
    def word(self) -> str:
        """The verdict's word."""
        return self.judgement.verdict.value

    @property
    def rounds(self) -> str:
        """In how many rounds it held, and of how many; empty where everything was measured once."""
        words = self.judgement.rounds
        return f"{words.count(Verdict.SUPPORTED.value)}/{len(words)}" if len(words) > 1 else ""

    @property
    def glyph(self) -> str:
        """The verdict's glyph; that of *partial* for a red cell that doesn't fail the run."""
        return WORDS[PARTIAL if self.tone == "partial" else self.word].glyph

    @property
    def tone(self) -> str:
        """Which fill it has."""
        red = self.judgement.verdict.red
        return "partial" if red and not self.fails else WORDS[self.word].tone

    @property
    def effect(self) -> str:
        """What it means for the run, in a few words; empty where nothing is wrong."""
        name, values = self.effect_told
        return said(name, **values) if name else ""

    @property
    def effect_told(self) -> tuple[str, dict[str, str]]:
        """The same as the name of a text, and what belongs into it."""
        if self.foreseen is not None and (self.fails or self.judgement.verdict.red):
            why = self.foreseen.why
            return ("effect.disputed", {}) if self.disputed else ("effect.expected", {"why": why})
        if self.fails and self.outlived is not None:
            return "effect.expired", {"day": self.outlived.expires}
        if self.fails:
            return "fails the run", {}
        if self.judgement.verdict.red:
            return "does not fail the run" if self.row.scored else "effect.unscored", {}
        return _EFFECTS.get(self.judgement.verdict, ""), {}

    @property
    def anchor(self) -> str:
        """Its place in the report, as a URL's fragment."""
        return f"{anchor(self.column)}/{self.row.id}"


@dataclass(frozen=True)
class Summary:
    """One feature at one endpoint.

    Attributes:
        word: what its cells add up to.
        why: the name of the text that says why it is partial, or an empty string.
        cells: of how many cells that text speaks, and of how many there are.
        must, should: what held of what was judged.
        fails: whether a cell of it fails the run; one that is partial does if what is ignored is a SHOULD.
    """

    word: str
    why: str
    cells: tuple[int, int]
    must: Tally
    should: Tally
    fails: bool

    @property
    def note(self) -> str:
        """Why it is partial, or an empty string."""
        return said(self.why, n=self.cells[0], all=self.cells[1]) if self.why else ""

    @property
    def glyph(self) -> str:
        """The word's glyph."""
        return WORDS[self.word].glyph

    @property
    def tone(self) -> str:
        """Which fill it has."""
        return WORDS[self.word].tone


@dataclass(frozen=True)
class Feature:
    """The rows of one feature."""

    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Protocol:
    """The features of one protocol."""

    id: str
    title: str
    features: tuple[Feature, ...]


def anchor(column: Column) -> str:
    """An endpoint's place in the report, as a URL's fragment without its ``#``."""
    return "/" + quote(column.name.encode("utf-8", "replace"), safe="/:@")


def host(column: Column) -> str:
    """The host of an endpoint's base URL, or all of it if it is no URL."""
    try:
        return urlsplit(column.base_url).netloc.rpartition("@")[2] or column.base_url
    except ValueError:
        return column.base_url


def protocols(run: Run) -> tuple[Protocol, ...]:
    """The rows by protocol and feature, in the order of the run."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in run.rows:
        found.setdefault(row.protocol, {}).setdefault(row.feature, []).append(row)
    # What isn't scored stands apart, behind what is.
    return tuple(
        Protocol(
            name,
            protocol_title(name),
            tuple(
                Feature(feature, feature_title(feature), tuple(sorted(rows, key=lambda row: not row.scored)))
                for feature, rows in features.items()
            ),
        )
        for name, features in found.items()
    )


def cell(run: Run, column: Column, row: Row) -> Cell:
    """A cell."""
    judgement = run.verdict(column, row)
    by = run.blocked_by(column, judgement) if judgement.cause else ""
    known, late = (find(run, column, row, judgement) for find in (foreseen, outlived))
    return Cell(
        column,
        row,
        judgement,
        fails(row, judgement),
        by if by != row.id else "",
        known,
        late,
        disputed(run, row) is not None,
    )


def summary(run: Run, column: Column, rows: tuple[Row, ...]) -> Summary:
    """What the cells of a feature add up to at an endpoint."""
    word, why, number = rollup(run, column, rows)
    musts, shoulds = (tally(run, column, level, rows) for level in (Level.MUST, Level.SHOULD))
    return Summary(word, why, (number, len(rows)), musts, shoulds, any(against(run, column, row) for row in rows))


def standing(run: Run, column: Column) -> str:
    """How an endpoint stands: ``met``, ``not met``, ``could not judge`` or ``not run``."""
    if any(against(run, column, row, fail_on(run)) for row in run.rows):
        return "not met"
    if column.missing or all(run.verdict(column, row).verdict is Verdict.NOT_RUN for row in run.rows):
        return "not run"
    if stops(run, column) or not judged(run, column):
        return "could not judge"
    return "met"
