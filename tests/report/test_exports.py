"""The smaller files: tables for spreadsheets, badges, CTRF, HTTP archives, the documents' table, the summary."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from haralyzer import HarParser
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from samewire.report import FORMATS, badge, ctrf, har, sheets, summary, support, table
from samewire.report.inject import MarkError, injected
from samewire.run import Run
from samewire.schema import violations

from .records import HOSTILE, endpoint, record, requirement, verdict

CTRF = json.loads((Path(__file__).parent / "ctrf.schema.json").read_text(encoding="utf-8"))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_sheets_have_a_row_for_each_feature_and_each_cell(every: Run, hostile: Run, measured: Any) -> None:
    for run in (every, hostile, measured[0]):
        made = sheets.render(run)
        matrix, results = read(made["matrix.csv"]), read(made["results.csv"])
        assert len(matrix) == 1 + len({row.feature for row in run.rows})
        assert {len(row) for row in matrix} == {1 + len(run.columns)}
        assert len(results) == 1 + len(run.rows) * len(run.columns)
        assert {len(row) for row in results} == {len(sheets.COLUMNS)}
        assert not [cell for row in matrix + results for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert sheets.neutral(text)[0] in {"'", "1", "=", "＝"}
    assert not sheets.neutral(text).startswith(("=", "+", "-", "@", "＝"))
    assert sheets.neutral("a=1") == "a=1"


def test_a_badge_says_words_and_a_day(every: Run, hostile: Run) -> None:
    made = badge.render(every)
    good, bad, absent = (json.loads(made[f"{name}.json"]) for name in ("good-m", "bad-lab-m-1", "absent-m"))
    assert good["message"].startswith("MUST ")
    assert good["message"].endswith(" · 2026-11-21")
    assert (good["isError"], bad["isError"], absent["message"]) == (False, True, "not run · 2026-11-21")
    for one in (good, bad, absent):
        assert set(one) == {"schemaVersion", "label", "message", "color", "isError", "cacheSeconds"}
        assert (one["schemaVersion"], one["cacheSeconds"] >= 300) == (1, True)
    for name, content in [*made.items(), *badge.render(hostile).items()]:
        if name.endswith(".svg"):
            picture = ElementTree.fromstring(content)
            assert picture.get("role") == "img"
            assert picture[0].tag.endswith("title")
            assert not [one for one in picture.iter() if one.tag.endswith(("script", "image", "a"))]


def test_endpoints_with_like_names_have_badges_of_their_own(made: Any) -> None:
    run = made([endpoint("a/b"), endpoint("a b"), endpoint("a:b")], [requirement("chat.a.b")])
    assert len(badge.render(run)) == 6
    assert len(har.render(run)) == 3


def test_ctrf_is_as_its_specification_says(every: Run, hostile: Run, measured: Any) -> None:
    for run in (every, hostile, measured[0]):
        report = json.loads(ctrf.render(run))
        assert list(Draft202012Validator(CTRF).iter_errors(report)) == []
        counts, tests = report["results"]["summary"], report["results"]["tests"]
        names = ("passed", "failed", "skipped", "pending", "other")
        assert counts["tests"] == len(tests) == sum(counts[name] for name in names)
    report = json.loads(ctrf.render(every))
    statuses = {test["name"]: (test["status"], test["rawStatus"]) for test in report["results"]["tests"]}
    for check, wanted in (
        ("chat.broken.must", ("failed", "broken")),
        ("chat.broken.should", ("passed", "broken")),
        ("chat.ignored.should", ("failed", "ignored")),
        ("chat.unsupported.must", ("skipped", "unsupported")),
        ("chat.inconclusive.must", ("other", "inconclusive")),
        ("chat.not_run.must", ("pending", "not run")),
    ):
        assert statuses[f"{check} {check.replace('.', ' ')} [bad/lab/m:1]"] == wanted


def test_an_archive_is_read_by_others(every: Run, hostile: Run, measured: Any) -> None:
    for run in (every, hostile, measured[0]):
        for content in har.render(run).values():
            HarParser(json.loads(content))
    parser = HarParser(json.loads(har.render(every)["bad-lab-m-1.har"]))
    assert parser.har_data["version"] == "1.2"
    first = parser.har_data["entries"][0]
    assert first["request"]["url"] == "https://api.example/v1/chat/completions"
    assert {"name": "Authorization", "value": "Bearer $EXAMPLE_KEY"} in first["request"]["headers"]
    assert first["response"]["content"]["text"].endswith("data: [DONE]\n\n")
    assert first["timings"] == {"send": 0, "wait": 100.0, "receive": 400.0}
    assert {entry["response"]["status"] for entry in parser.har_data["entries"]} == {200, 404}


def cells_of(markdown: str) -> list[list[str]]:
    """The cells of the first table, as a reader of Markdown sees them."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    top = ElementTree.fromstring(f"<x>{html[html.index('<table>') : html.index('</table>')]}</table></x>")
    return [["".join(cell.itertext()).strip() for cell in row] for row in top.iter("tr")]


def table_run() -> Run:
    rows = [requirement(name) for name in ("chat.stream.a", "chat.tools.a", "chat.tool_stream.a", "chat.model.served")]
    told = [
        verdict("p/m", "chat.stream.a", "supported"),
        verdict("p/m", "chat.tools.a", "supported"),
        verdict("p/m", "chat.tool_stream.a", "broken"),
        verdict("p/m", "chat.model.served", "supported"),
        *(verdict("q/m", row["id"], "unsupported") for row in rows),
    ]
    found = {"kind": "findings", "endpoint": "p/m", "protocol": "chat", "stop": None}
    endpoints = [
        endpoint("p/m", settings={"auth": ["header", "api-key"]}),
        endpoint("q/m", key_variable="", has_key=False),
        endpoint("r/m", missing="$R_KEY is not set"),
    ]
    return Run.from_lines(record(endpoints, rows, *told, found))


def test_the_documents_table_is_filled_with_what_was_measured(hostile: Run) -> None:
    run = table_run()
    made = table.render(run)
    assert cells_of(made["providers.md"]) == [
        ["Provider", "Type", "Authentication", "Streaming", "Tool calls", "Model slots", "Notes"],
        [
            "P m",
            "OpenAICompatible",
            "API Key (header api-key)",
            "✓ supported",
            "✕ fails",
            "✓ supported",
            "MUST 3/4 · SHOULD 0/0",
        ],
        ["Q m", "unknown", "none", "– unsupported", "– unsupported", "– unsupported", "MUST 0/0 · SHOULD 0/0"],
        ["R m", "unknown", "API Key", "· not run", "· not run", "· not run", "$R_KEY is not set"],
    ]
    chinese = cells_of(made["providers.zh.md"])
    assert chinese[0] == ["提供商", "类型", "认证", "流式", "工具调用", "模型槽位", "备注"]
    assert chinese[1][3:6] == ["✓ 支持", "✕ 有缺陷", "✓ 支持"]
    assert {len(row) for row in cells_of(table.render(hostile)["providers.md"])} == {7}


DOCUMENT = "# Ours\n\n<!-- samewire:begin {} -->\nold\n<!-- samewire:end -->\n\nText.[^1]\n\n[^1]: Ours.\n"


def test_tables_in_a_document_are_made_anew_and_nothing_else_is_touched(every: Run) -> None:
    made = injected(every, DOCUMENT.format("matrix endpoints=bad,absent/*"))
    assert made.startswith("# Ours\n\n<!-- samewire:begin matrix endpoints=bad,absent/* -->\n\n| Feature |")
    assert made.endswith("<!-- samewire:end -->\n\nText.[^1]\n\n[^1]: Ours.\n")
    assert "old" not in made
    assert "Good" not in made
    assert injected(every, made) == made
    rows = [requirement("chat.a.one"), requirement("chat.a.two", "SHOULD")]
    told = [verdict("p/m", "chat.a.one", "supported"), verdict("p/m", "chat.a.two", "broken")]
    footnoted = injected(Run.from_lines(record([endpoint("p/m")], rows, *told)), DOCUMENT.format("matrix"))
    assert "◐ partial 1/1 [^samewire-1] |" in footnoted
    assert "[^samewire-1]: 1 of 2 not met" in footnoted
    other = injected(every, DOCUMENT.format("matrix rows=checks flavor=commonmark symbols=word"))
    assert "| MUST chat broken must (chat.broken.must) | supported | broken | not run |" in other
    assert "[^samewire" not in other
    assert "| 提供商 |" in injected(every, DOCUMENT.format("table lang=zh"))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("pie", "there is no 'pie' to put in"),
        ("table lang=fr", "there is no lang 'fr'; there are en, zh"),
        ("matrix endpoint=x", "'endpoint' is not known here"),
        ("matrix symbols=emoji", "there is no symbols 'emoji'; there are both, glyph, word"),
        ("table rows=checks", "'rows' is not known here; known are endpoints, lang"),
        ("matrix endpoints=nobody", "names none of good/m"),
    ],
)
def test_a_wrong_mark_is_told(every: Run, what: str, said: str) -> None:
    with pytest.raises(MarkError, match=said):
        injected(every, DOCUMENT.format(what))


def test_a_document_without_marks_or_with_half_of_one_is_refused(every: Run) -> None:
    with pytest.raises(MarkError, match="has no mark"):
        injected(every, "# Ours\n")
    with pytest.raises(MarkError, match="without its samewire:end"):
        injected(every, "<!-- samewire:begin matrix -->\n")


def test_the_summary_tells_how_it_ended_the_failures_and_how_to_see_them_again(every: Run) -> None:
    text = summary.render(every)
    assert text.startswith("## samewire\n\n✕ **Policy not met.**")
    assert "**MUST broken** `chat.broken.must`" in text
    assert "curl -sS -i -N https://api.example/v1/chat/completions" in text
    assert "chat.broken.should" not in text.partition("<details>")[2]
    assert text.count("<details>") == text.count("</details>") == 1


def test_the_summary_keeps_within_what_github_takes() -> None:
    rows = [requirement(f"chat.a.n{number}") for number in range(60)]
    names = [f"p{number}/m" for number in range(40)]
    told = [verdict(name, row["id"], "broken", f"{row['id']} {HOSTILE * 3}") for name in names for row in rows]
    text = summary.render(Run.from_lines(record([endpoint(name) for name in names], rows, *told)))
    assert len(text.encode()) <= summary.MOST
    assert "more parts in report.html" in text


def test_the_summary_tells_what_has_changed(every: Run) -> None:
    cells = {"bad/lab/m:1": {"chat.broken.must": ["supported", "", 200], "chat.supported.must": ["broken", "", 200]}}
    old = {"name": "old", "started": "2026-11-14", "suite": "s", "version": "1", "checks": {}, "cells": cells}
    text = summary.render(every.held_against(earlier=[old]))
    assert "### Since 2026-11-14\n\n1 regressed · 1 fixed" in text
    assert "- regressed: `bad/lab/m:1` `chat.broken.must` supported → broken" in text


def test_every_format_says_what_it_is_for() -> None:
    assert all(len(one.what) > 10 for one in FORMATS.values())


def test_support_is_told_as_browsers_have_it(every: Run, hostile: Run, measured: Any) -> None:
    for run in (every, hostile, measured[0]):
        told = json.loads(support.render(run))
        assert not violations(told, "run/support")
        assert {
            name for parts in told["features"].values() for one in parts.values() for name in one["__compat"]["support"]
        } == set(told["endpoints"])
    features = json.loads(support.render(every))["features"]["chat"]
    seen = {name: one["__compat"]["support"]["bad/lab/m:1"] for name, one in features.items()}
    assert seen["supported"] == {"version_added": True}
    assert seen["unsupported"] == {"version_added": False}
    assert seen["inconclusive"] == {"version_added": None}
    assert seen["broken"] == {
        "version_added": True,
        "partial_implementation": True,
        "fails": True,
        "notes": ["MUST chat.broken.must broken", "SHOULD chat.broken.should broken"],
    }
