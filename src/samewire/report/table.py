"""providers.md: the table that documents carry by hand (provider, type, authentication, streaming, tool calls, model
slots, notes), filled with what was measured; in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from samewire.policy import rollup, stops, tally
from samewire.prompting import Mode, asked, prompting
from samewire.report.claims import Agreement, claims_of, said_claim
from samewire.report.grid import escape
from samewire.report.provenance import days_of, measured_with, outdated
from samewire.report.words import WORDS, said
from samewire.requirement import Level
from samewire.run import Column, Row, Run
from samewire.verdict import Verdict

__all__ = ["LANGUAGES", "lines", "render"]

LANGUAGES = ("en", "zh")
HEADS = {
    "en": ("Provider", "Type", "Authentication", "Streaming", "Tool calls", "Model slots", "Notes"),
    "zh": ("提供商", "类型", "认证", "流式", "工具调用", "模型槽位", "备注"),
}
CHINESE = {
    "supported": "支持",
    "partial": "有限",
    "fails": "有缺陷",
    "unsupported": "不支持",
    "inconclusive": "无法判断",
    "error": "无法判断",
    "not run": "未测",
}
#: What each column of the table is measured by: whether a check's feature belongs to it.
PARTS = ("stream", "tool", "model")
NONE = {"en": "none", "zh": "无"}
UNKNOWN = {"en": "unknown", "zh": "未知"}
MEASURED = {
    "en": "_Measured {day} with samewire{version}. One account, one place, one day; not a certification._",
    "zh": "_实测于 {day},samewire{version}。仅代表一个账号、一个地点、一天的结果,不是认证。_",
}


def render(run: Run) -> dict[str, str]:
    """The table in each language, by the names of their files."""
    names = {"en": "providers.md", "zh": "providers.zh.md"}
    return {names[language]: "\n".join(lines(run, language)) + "\n" for language in LANGUAGES}


def lines(run: Run, language: str = "en") -> Iterator[str]:
    """The lines of the table."""
    yield f"| {' | '.join(HEADS[language])} |"
    yield "|" + " --- |" * len(HEADS[language])
    for column in run.columns:
        yield f"| {' | '.join(_row(run, column, language))} |"
    yield ""
    version = f" {escape(measured_with(run))}" if measured_with(run) else ""
    day = escape(str(run.header.get("started", ""))[:10])
    yield MEASURED[language].format(day=day, version=version)
    if outdated(run):
        yield ""
        yield f"_{said('outdated', language, n=days_of(run))}_"


def _row(run: Run, column: Column, language: str) -> Iterator[str]:
    yield escape(f"{column.label} {column.model}")
    yield _type(run, column) or UNKNOWN[language]
    yield _authentication(column, language)
    for part in PARTS:
        yield _part(run, column, part, language)
    yield _notes(run, column, language)


def _type(run: Run, column: Column) -> str:
    """What it was seen to speak, in the documents' own names."""
    spoken = {
        protocol for (name, protocol), found in run.findings.items() if name == column.name and not found.get("stop")
    }
    names = {"chat": "OpenAICompatible", "responses": "OpenAIResponses", "messages": "DirectAnthropic"}
    return " + ".join(name for protocol, name in names.items() if protocol in spoken)


def _authentication(column: Column, language: str) -> str:
    if not column.has_key and not column.key_variable:
        return NONE[language]
    scheme, name = (*(column.settings.get("auth") or ()), "bearer", "")[:2]
    if scheme == "none":
        return NONE[language]
    return escape(f"API Key ({scheme}{f' {name}' if name else ''})" if scheme != "bearer" else "API Key")


def _part(run: Run, column: Column, part: str, language: str) -> str:
    rows = _rows(run, part)
    word, *_ = rollup(run, column, rows)
    if word == "inconclusive" and any(run.verdict(column, row).verdict is Verdict.SUPPORTED for row in rows):
        word = "supported"  # nothing contradicts it, and documents have no word for a doubt about a detail
    glyph = WORDS[word].glyph
    return f"{glyph} {CHINESE[word] if language == 'zh' else word}"


def _rows(run: Run, part: str) -> list[Row]:
    """The checks by which a column of the table is measured: a tool's stream belongs to the tools."""
    found = []
    for row in run.rows:
        feature = row.feature.rpartition(".")[2]
        if part == ("tool" if "tool" in feature else "stream" if "stream" in feature else "model"):
            found.append(row)
    return [row for row in found if part != "model" or row.feature.endswith(".model")]


def _notes(run: Run, column: Column, language: str) -> str:
    if column.missing:
        return escape(column.missing)
    if stop := stops(run, column):
        return escape(stop, 160)
    notes = [f"MUST {tally(run, column, Level.MUST)} · SHOULD {tally(run, column, Level.SHOULD)}"]
    for one in claims_of(run, column):
        if one.agreement is Agreement.CONTRADICTS:
            what, claimed = said(f"capability.{one.name}", language), said_claim(one, language)
            measured = said(one.measured, language, **one.values)
            notes.append(said("contradicted", language, what=what, claimed=claimed, measured=measured))
    if asked(run, column) and (mode := prompting(run, column).mode) not in (Mode.NONE, Mode.UNKNOWN):
        notes.append(said(f"needs.{mode}", language))
    notes.append(str(column.settings.get("notes") or ""))
    return "<br>".join(escape(note, 200) for note in notes if note)
