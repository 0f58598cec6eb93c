"""One execution and its record: header, exchanges, verdicts, footer, as JSON Lines in and out.

The record is the truth; every report is a rendering of it. A record without a footer is incomplete and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from samewire.lines import Line, Lines, RunError, parsed
from samewire.requirement import Level
from samewire.verdict import Judgement, Verdict

__all__ = ["VERSION", "Column", "Expectation", "Row", "Run", "RunError", "combine"]

#: The version of the record's format; what reads it takes the same major.
VERSION = "1.0"


@dataclass(frozen=True)
class Column:
    """An endpoint, as the record knows it."""

    name: str
    provider: str
    label: str
    model: str
    base_url: str
    key_variable: str = ""
    has_key: bool = False
    missing: str = ""
    required: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A requirement, as the record knows it."""

    id: str
    level: Level
    sentence: str
    title: str
    protocol: str
    feature: str
    spec: tuple[str, ...] = ()
    required: bool = False
    requests: tuple[str, ...] = ()
    module: str = ""
    digest: str = ""
    scored: bool = True


@dataclass(frozen=True)
class Expectation:
    """A failure that is foreseen, as the record knows it.

    Attributes:
        requirement: a check's id, or a glob of ids.
        why: why it is put up with.
        endpoint: an endpoint's name, or a glob of names.
        verdict: ``unsupported``, ``ignored`` or ``broken``; empty for any of them.
        since, expires: days; from the day after ``expires`` on it no longer holds.
        issue: where it is followed up.
    """

    requirement: str
    why: str
    endpoint: str = "*"
    verdict: str = ""
    since: str = ""
    expires: str = ""
    issue: str = ""


@dataclass(frozen=True)
class Run:
    """One execution, whole or as far as it came.

    Attributes:
        header: when, with what and how it was run.
        columns, rows: endpoints and requirements, in order.
        exchanges: the records of exchanges by endpoint and id.
        verdicts: the judgements by endpoint and requirement.
        findings: what the preflights found, by endpoint and protocol.
        footer: how it ended; empty if it didn't.
        expectations: the failures that are foreseen.
    """

    header: Mapping[str, Any]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    exchanges: Mapping[tuple[str, str], Mapping[str, Any]]
    verdicts: Mapping[tuple[str, str], Judgement]
    findings: Mapping[tuple[str, str], Mapping[str, Any]]
    footer: Mapping[str, Any]
    expectations: tuple[Expectation, ...] = ()

    @property
    def incomplete(self) -> bool:
        """Whether the run was cut short."""
        return bool(self.footer.get("incomplete", True))

    def verdict(self, column: Column, row: Row) -> Judgement:
        """The judgement of a cell; *not run* if there is none."""
        found = self.verdicts.get((column.name, row.id))
        if found is None:
            why = column.missing or "the run ended before it" if self.incomplete else column.missing or "not selected"
            return Judgement(Verdict.NOT_RUN, "not run", why)
        return found

    def blocked_by(self, column: Column, judgement: Judgement) -> str:
        """The id of the check whose cell shows what blocks this one, or an empty string."""
        kind, _, name = judgement.cause.partition(":")
        if kind == "check":
            return name
        for row in self.rows:
            other = self.verdicts.get((column.name, row.id))
            if other is None or other.verdict is Verdict.SUPPORTED or other.cause:
                continue
            if judgement.cause in other.causes or (kind == "request" and name in row.requests):
                return row.id
        return ""

    def held_against(self, **told: Any) -> Run:
        """The same run with other expectations, earlier runs or settings in its header."""
        header = {**self.header, **told}
        found = tuple(_build(Expectation, one) for one in header.get("expectations") or ())
        return replace(self, header=header, expectations=found)

    @classmethod
    def load(cls, path: Path) -> Run:
        """The run of a record.

        Raises:
            RunError: the file can't be read or is no record; a torn last line alone is passed over.
        """
        try:
            with path.open(encoding="utf-8", newline="\n") as lines:
                return cls.from_lines(lines, str(path))
        except (OSError, UnicodeDecodeError) as problem:
            raise RunError(f"{path}: cannot be read: {problem}") from None

    @classmethod
    def from_lines(cls, lines: Iterable[Line], name: str = "record") -> Run:
        """The run of a record's lines, as text or taken apart; a torn last line is passed over.

        Raises:
            RunError: there is no header, it is of another major version, or a line lacks something.
        """
        try:
            return cls._of(lines, name)
        except UnicodeDecodeError:
            raise  # it is the file that can't be read
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise RunError(f"{name}: is no whole record: {type(problem).__name__}: {problem}") from None

    @classmethod
    def _of(cls, lines: Iterable[Line], name: str) -> Run:
        kinds: dict[str, list[Mapping[str, Any]]] = {}
        exchanges = Lines()
        verdicts: dict[tuple[str, str], Judgement] = {}
        for line, written in parsed(iter(lines), name):
            if line.get("kind") == "exchange":
                exchanges.add((line["endpoint"], line["id"]), written)
            elif line.get("kind") == "verdict":
                verdicts[line["endpoint"], line["requirement"]] = _judgement(line)
            else:
                if line.get("kind") == "header":
                    kinds.pop("footer", None)  # the run was gone on with after it
                kinds.setdefault(str(line.get("kind")), []).append(line)
        if "header" not in kinds:
            raise RunError(f"{name}: has no header: is this a run.jsonl?")
        header = kinds["header"][-1]
        if str(header.get("version", "")).split(".")[0] != VERSION.split(".")[0]:
            raise RunError(f"{name}: is of format {header.get('version')}; this samewire reads {VERSION}")
        return cls(
            header=header,
            columns=tuple(_column(column) for column in header["endpoints"]),
            rows=tuple(_build(Row, {**row, "level": Level(row["level"])}) for row in header["requirements"]),
            exchanges=exchanges,
            verdicts=verdicts,
            findings={(one["endpoint"], one["protocol"]): one for one in kinds.get("findings", [])},
            footer=kinds.get("footer", [{}])[-1],
            expectations=tuple(_build(Expectation, one) for one in header.get("expectations") or ()),
        )


def combine(runs: Iterable[Run]) -> Run:
    """Several runs of the same suite as one; of an endpoint that occurs twice, the later run's column stands."""
    first, *others = runs
    merged = first
    for other in others:
        names = {column.name for column in other.columns}

        def kept(old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any], gone: set[str] = names) -> Any:
            return {key: value for key, value in old.items() if key[0] not in gone} | dict(new)

        merged = replace(
            merged,
            columns=(*(column for column in merged.columns if column.name not in names), *other.columns),
            rows=tuple({row.id: row for row in (*merged.rows, *other.rows)}.values()),
            exchanges=kept(merged.exchanges, other.exchanges),
            verdicts=kept(merged.verdicts, other.verdicts),
            findings=kept(merged.findings, other.findings),
            footer={**merged.footer, "incomplete": merged.incomplete or other.incomplete},
        )
    return merged


def _build(kind: Any, content: Mapping[str, Any]) -> Any:
    known = {one.name for one in fields(kind)}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in content.items() if name in known})


def _column(content: Mapping[str, Any]) -> Column:
    """An endpoint of a header; settings of others' making may be anything."""
    built: Column = _build(Column, content)
    return built if isinstance(built.settings, Mapping) else replace(built, settings={})


def _judgement(line: Mapping[str, Any]) -> Judgement:
    built: Judgement = _build(Judgement, line)
    return replace(built, verdict=Verdict(built.verdict), causes=frozenset(built.causes))
