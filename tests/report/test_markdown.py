"""matrix.md: the table, footnotes for partials, failures by cause; whatever others said stays text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from samewire.report import FORMATS, html
from samewire.report.grid import escape
from samewire.report.markdown import render
from samewire.run import Run

from .records import endpoint, record, requirement, verdict


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    return [inner for token in parsed for inner in (token, *(token.children or []))]


def table(text: str) -> list[list[str]]:
    return [re.split(r"(?<!\\) \| ", line[2:-2]) for line in text.splitlines() if line.startswith("| ")]


def test_the_table_has_features_and_endpoints(every: Run) -> None:
    rows = table(render(every))
    assert rows[0] == ["Feature", "Good<br>m", "Bad<br>lab/m:1", "Absent<br>m"]
    cells = {row[0]: row[1:] for row in rows}
    assert cells["Broken"] == ["✓ supported 1/1", "✕ fails 0/1", "· not run"]
    assert cells["Inconclusive"][1] == "! inconclusive"
    assert cells["**All**"][0] == "MUST 10/10<br>SHOULD 7/7"


def test_a_partial_has_its_footnote(made: Any) -> None:
    from_conftest = {"id": "chat.a.b", "level": "SHOULD", "sentence": "s", "title": "t", "protocol": "chat"}
    row = {**from_conftest, "feature": "chat.a"}
    told = {"kind": "verdict", "endpoint": "p/m", "requirement": "chat.a.b", "verdict": "broken", "message": "seen"}
    column = {"name": "p/m", "provider": "p", "label": "P", "model": "m", "base_url": "http://h"}
    text = render(made([column], [row], told))
    assert "| A | ◐ partial [^1] |" in text
    assert "[^1]: 1 of 1 not met, none of them a MUST: chat.a.b broken." in text


def test_failures_are_told_by_cause(every: Run) -> None:
    text = render(every)
    assert "- ✕ **broken** MUST chat.broken.must, fails the run" in text
    assert "  - expected: It MUST `hold`." in text
    assert "  - same cause: chat.extra.blocked" in text
    assert "Not run: \\$EXAMPLE\\_KEY is not set." in text


def test_it_says_what_it_is_and_is_not(every: Run) -> None:
    text = render(every)
    assert "_Measured 2026-11-21 with samewire 9.8.7, suite 0123456789abcdef. Not a certification._" in text
    assert "## Legend" in text
    assert "## What this does not claim" in text


def test_hostile_text_stays_text(hostile: Run) -> None:
    text = render(hostile)
    kinds = [(token.type, token.content) for token in tokens(text)]
    assert [content for kind, content in kinds if kind.startswith("html") and content != "<br>"] == []
    assert [kind for kind, _ in kinds if kind in ("link_open", "image")] == []
    heads = table(text)[0]
    assert len(heads) == 2
    assert len({len(row) for row in table(text)}) == 1
    text.encode("utf-8")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"@everyone|#1\b|http://evil", re.sub(r"`[^`\n]+`", "", text))


@pytest.mark.parametrize(
    "text", ["a|b", "`x`", "<b>", "&amp;", "*x*", "[a](b)", "a\nb", "~~x~~", "\\", "@me", "www.x.y"]
)
def test_escaped_text_is_read_as_it_was_written(text: str) -> None:
    parsed = tokens(escape(text))
    assert {token.type for token in parsed} <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    read = "".join(token.content for token in parsed if token.type in ("text", "text_special"))
    assert read.replace("\u200b", "") == " ".join(text.split())


def test_an_incomplete_run_says_so(every: Run) -> None:
    assert "incomplete" not in render(every)
    cut = Run(every.header, every.columns, every.rows, every.exchanges, every.verdicts, every.findings, {})
    assert "**The run is incomplete: it was cut short.**" in render(cut)


def test_a_provider_with_several_models_is_summed_up(made: Any) -> None:
    names = ("acme/a", "acme/b", "acme/c", "other/m")
    told = [verdict(name, "chat.a.b", "broken" if name == "acme/b" else "supported") for name in names]
    run = made([endpoint(name) for name in names], [requirement("chat.a.b")], *told)
    assert "Acme: 2 of 3 models meet the policy." in render(run)
    assert "Other:" not in render(run)
    assert "Acme: 2 of 3 models meet the policy" in html.render(run)


def test_a_table_is_written_as_it_is_asked_for(every: Run) -> None:
    shown = {
        asked: FORMATS["md"].files(every.held_against(table=dict([asked])))["matrix.md"]
        for asked in (("symbols", "glyph"), ("symbols", "word"), ("flavor", "commonmark"), ("rows", "checks"))
    }
    usual = FORMATS["md"].files(every)["matrix.md"]
    assert "| Broken | ✓ supported 1/1 | ✕ fails 0/1 | · not run |" in usual
    assert "| Broken | ✓ 1/1 | ✕ 0/1 | · |" in shown["symbols", "glyph"]
    assert "| Broken | supported 1/1 | fails 0/1 | not run |" in shown["symbols", "word"]
    assert "| SHOULD chat broken should (chat.broken.should) | ✓ supported | ◐ broken |" in shown["rows", "checks"]
    assert "chat broken should" not in usual.partition("##")[0]
    assert "[^" not in shown["flavor", "commonmark"]
    assert FORMATS["md"].files(every.held_against(table={"symbols": "emoji"}))["matrix.md"] == usual
    rows = [requirement("chat.a.one"), requirement("chat.a.two", "SHOULD")]
    told = [verdict("p/m", "chat.a.one", "supported"), verdict("p/m", "chat.a.two", "broken")]
    run = Run.from_lines(record([endpoint("p/m")], rows, *told, table={"flavor": "commonmark"}))
    text = FORMATS["md"].files(run)["matrix.md"]
    assert "◐ partial 1/1 <sup>1</sup> |" in text
    assert "\n\n<sup>1</sup> 1 of 2 not met" in text
    sheet = FORMATS["csv"].files(every.held_against(table={"rows": "checks"}))["matrix.csv"]
    assert "check,good/m,bad/lab/m:1,absent/m" in sheet
    assert "chat.broken.should,supported,broken,not run" in sheet
