"""matrix.md: endpoints × features as a table for documents, with footnotes, failures by cause and the legend."""

from __future__ import annotations

import re
from collections.abc import Iterator

from samewire.inert import one_line, shortened
from samewire.policy import Group, groups, stops, tally
from samewire.prompting import asked, prompting
from samewire.report.annotations import remarks
from samewire.report.claims import claims_of, said_claim
from samewire.report.headline import providers, sentence
from samewire.report.matrix import Feature, Summary, cell, host, protocols, summary
from samewire.report.provenance import days_of, measured_with, outdated
from samewire.report.words import CLAIMS, LEVELS, POLICY, WORDS, said
from samewire.requirement import Level
from samewire.run import Column, Row, Run

__all__ = ["escape", "measured", "render", "table"]

_MARKUP = re.compile(r"([\\`*_\[\]{}|~$])")
#: A person, an issue, a link: what a forge makes of plain text. A space of no width keeps it plain.
_ACTIVE = re.compile(r"(@|#(?=\d)|:(?=//)|(?<=www)\.)")


def escape(text: str, most: int = 300) -> str:
    """Text of others as Markdown that shows it and nothing else, on one line."""
    return _plain(shortened(one_line(text), most))


def _plain(line: str) -> str:
    line = _MARKUP.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _ACTIVE.sub(r"\1&#8203;", line)


def _sentence(text: str) -> str:
    """A requirement's sentence, its code in code spans, where nothing is active."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"`{part}`" if index % 2 else _plain(part) for index, part in enumerate(parts))


def render(run: Run) -> str:
    """The run as Markdown."""
    notes: list[str] = []
    parts = [
        "# Compatibility",
        f"{sentence(run)}{' **The run is incomplete: it was cut short.**' if run.incomplete else ''}",
        *(escape(said("of provider", provider=label, n=met, all=all)) + "." for label, met, all in providers(run)),
        "\n".join(table(run, notes)),
        "\n".join(f"[^{number}]: {note}" for number, note in enumerate(notes, 1)),
        *(_endpoint(run, column) for column in run.columns),
        "## Legend",
        "\n".join(f"- {word.glyph} **{word.word}** {word.meaning}" for word in WORDS.values()),
        "\n".join(f"- **{level.value}** {meaning}" for level, meaning in LEVELS.items()),
        *POLICY,
        "## What this does not claim",
        "\n".join(f"- {claim}" for claim in CLAIMS),
        f"_{measured(run)}_",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def measured(run: Run) -> str:
    """When and with what it was measured, as a sentence."""
    started = escape(str(run.header.get("started", ""))[:10]) or "on an unknown day"
    version = escape(measured_with(run))
    suite = escape(str(run.header.get("suite", "")))
    old = f" {said('outdated', n=days_of(run))}" if outdated(run) else ""
    return (
        f"Measured {started} with samewire{f' {version}' if version else ''}, suite {suite}.{old} Not a certification."
    )


def table(run: Run, notes: list[str]) -> Iterator[str]:
    """The lines of the table of features and endpoints.

    Args:
        run: the run.
        notes: the footnotes that it refers to; new ones are added.
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
            cells = (_cell(run, column, feature, notes) for column in run.columns)
            yield f"| {escape(feature.title)} | {' | '.join(cells)} |"


def _cell(run: Run, column: Column, feature: Feature, notes: list[str]) -> str:
    one = summary(run, column, feature.rows)
    counts = f" {one.must}" if one.must.judged else ""
    if one.tone != "partial":
        return f"{one.glyph} {one.word}{counts}"
    note = _note(run, column, feature.rows, one)
    if note not in notes:
        notes.append(note)
    return f"{one.glyph} {one.word}{counts} [^{notes.index(note) + 1}]"


def _note(run: Run, column: Column, rows: tuple[Row, ...], one: Summary) -> str:
    told = [
        f"{row.id} {judgement.verdict.value}"
        for row, judgement in ((row, run.verdict(column, row)) for row in rows)
        if judgement.verdict.red or judgement.verdict.value == "unsupported"
    ]
    return f"{escape(one.note)}: {escape(', '.join(told), 600)}{'; this fails the run' if one.fails else ''}."


def _endpoint(run: Run, column: Column) -> str:
    """What is wrong at an endpoint, by cause."""
    lines = [f"## {escape(column.label)} · {escape(column.model)}"]
    found = groups(run, column)
    if column.missing:
        lines.append(f"Not run: {escape(column.missing)}.")
    elif stop := stops(run, column):
        lines.append(f"Could not be judged: {escape(stop)}.")
    elif not found:
        lines.append("Nothing to report: whatever could be judged held, or was refused cleanly.")
    lines.append(f"At {escape(host(column))}, as `{_code(column)}`.")
    scored = [group for group in found if group.row.scored]
    if scored:
        lines.append("\n".join(_group(run, column, group) for group in scored))
    if apart := [group for group in found if not group.row.scored]:
        lines.append(f"{said('apart', set=escape(str(run.header.get('set', ''))))}:")
        lines.append("\n".join(_group(run, column, group) for group in apart))
    lines += [*_histories(run, column), *_claims(run, column)]
    return "\n\n".join(lines)


def _histories(run: Run, column: Column) -> Iterator[str]:
    """What a client must do to its histories, where the run asked."""
    if asked(run, column):
        one = prompting(run, column)
        told = ", ".join(f"{check} {word}" for check, word in one.because) or ", ".join(one.unsure)
        yield f"Histories: {said(f'prompts.{one.mode}')}{f' ({escape(told)})' if told else ''}"


def _claims(run: Run, column: Column) -> Iterator[str]:
    """The table of what is claimed and what was measured."""
    found = claims_of(run, column)
    if found:
        rows = (
            f"| {said(f'capability.{one.name}')} | {escape(said_claim(one))} | {escape(one.words)} "
            f"| {said(f'agreement.{one.agreement}')} | {escape(', '.join(one.checks))} |"
            for one in found
        )
        yield "\n".join(
            ("| what | claimed | measured | agrees? | decided by |", "| --- | --- | --- | --- | --- |", *rows)
        )
    notes, source, day = (str(column.settings.get(name) or "") for name in ("notes", "source", "looked_up"))
    if notes or source:
        yield f"Notes: {escape(' '.join(filter(None, (notes, source))), 600)}{f' (read {escape(day)})' if day else ''}"


def _code(column: Column) -> str:
    """An endpoint's name for a code span."""
    return shortened(one_line(column.name).replace("`", "'"), 200)


def _group(run: Run, column: Column, group: Group) -> str:
    row, judgement = group.row, group.judgement
    glyph = WORDS[judgement.verdict.value].glyph
    lines = [
        f"- {glyph} **{judgement.verdict.value}** {row.level.value} {escape(row.id)}, {cell(run, column, row).effect}",
        f"  - expected: {_sentence(row.sentence)}",
        f"  - observed: {escape(' '.join((judgement.message, *judgement.notes)))}",
    ]
    for one in remarks(run, column, row):
        issue = f" ({escape(one['issue'])})" if one["issue"] else ""
        lines.append(f"  - {escape(one['by'])} says: {escape(one['note'])}{issue}")
    if group.others:
        more = f" and {len(group.others) - 12} more" if len(group.others) > 12 else ""
        lines.append(f"  - same cause: {escape(', '.join(group.others[:12]), 900)}{more}")
    return "\n".join(lines)
