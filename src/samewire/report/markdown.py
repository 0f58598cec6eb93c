"""matrix.md: endpoints × features as a table for documents, with footnotes, failures by cause and the legend."""

from __future__ import annotations

from collections.abc import Iterator

from samewire.inert import one_line, shortened
from samewire.policy import Group, groups, stops
from samewire.prompting import asked, prompting
from samewire.report.annotations import remarks
from samewire.report.claims import claims_of, said_claim
from samewire.report.grid import escape, footnotes, manner_of, plain, table
from samewire.report.headline import providers, sentence
from samewire.report.matrix import cell, host
from samewire.report.provenance import days_of, measured_with, outdated
from samewire.report.words import CLAIMS, LEVELS, POLICY, WORDS, said
from samewire.run import Column, Run

__all__ = ["measured", "render"]


def _sentence(text: str) -> str:
    """A requirement's sentence, its code in code spans, where nothing is active."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"`{part}`" if index % 2 else plain(part) for index, part in enumerate(parts))


def render(run: Run) -> str:
    """The run as Markdown."""
    notes: list[str] = []
    manner = manner_of(run)
    parts = [
        "# Compatibility",
        f"{sentence(run)}{' **The run is incomplete: it was cut short.**' if run.incomplete else ''}",
        *(escape(said("of provider", provider=label, n=met, all=all)) + "." for label, met, all in providers(run)),
        "\n".join(table(run, notes, manner)),
        footnotes(notes, manner),
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
