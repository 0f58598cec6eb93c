"""report.html without a browser: its structure, its policy, what it packs, and that hostile text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from samewire import report
from samewire.clients import clients
from samewire.report import words
from samewire.report.html import render
from samewire.report.words import WORDS
from samewire.run import Run
from samewire.suite import requirements, suites_folder

from .records import endpoint, requirement, verdict

TEMPLATES = Path(report.__file__).parent / "templates"
VOID = ("meta", "input", "br", "link", "img", "hr")


class Page(HTMLParser):
    """A page as its elements: each with its tag, attributes and own text; nesting checked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own: list[str] = []
        self.elements.append((tag, {name: value or "" for name, value in attrs}, own))
        if tag not in VOID:
            self.open.append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, own in self.open:
            own.append(data)

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str], str]]:
        return [
            (attrs, " ".join("".join(own).split()))
            for name, attrs, own in self.elements
            if name == tag and all(value in attrs.get(key.rstrip("_"), "").split() for key, value in wanted.items())
        ]


def test_each_cell_has_a_glyph_a_word_and_an_address(every: Run) -> None:
    page = Page(render(every))
    cells = {attrs["href"]: (attrs["class"], text) for attrs, text in page.all("a", class_="cell") if "data-e" in attrs}
    assert len(cells) == len(every.columns) * len(every.rows)
    seen = {check: cells[f"#/bad/lab/m:1/chat.{check}"] for check in ("broken.must", "broken.should", "error.must")}
    assert seen["broken.must"] == ("cell fail", "✕ broken")
    assert seen["broken.should"] == ("cell partial", "◐ broken")
    assert seen["error.must"] == ("cell inconclusive", "! error")
    assert cells["#/good/m/chat.broken.must"] == ("cell pass", "✓ supported")
    assert cells["#/absent/m/chat.broken.must"] == ("cell none", "· not run")
    assert cells["#/bad/lab/m:1/chat.extra.flaky"][1] == "! inconclusive flaky"
    assert cells["#/bad/lab/m:1/http.need.required"][1] == "– unsupported required"


def test_the_matrix_is_a_table_that_can_be_read_aloud(every: Run) -> None:
    page = Page(render(every))
    assert len(page.all("caption")) == 1
    assert len(page.all("th", scope="col")) == 2 * (1 + len(every.columns))  # the matrix, and the clients
    assert {text for _, text in page.all("th", scope="rowgroup")} == {"Chat Completions", "HTTP, keys and errors"}
    named = len(every.rows) + len({row.feature for row in every.rows}) + len(clients())
    assert len(page.all("th", scope="row")) == named
    told = [text for _, text in page.all("span", class_="sum")]
    assert "– unsupported fails the run MUST 0/1" in told  # a clean refusal of what is required
    assert "✕ fails MUST 0/1 SHOULD 0/1" in told


def test_ids_are_unique_and_every_address_within_the_page_exists(every: Run) -> None:
    page = Page(render(every))
    ids = Counter(attrs["id"] for _, attrs, _ in page.elements if "id" in attrs)
    assert set(ids.values()) == {1}
    inner = [attrs["href"][1:] for attrs, _ in page.all("a") if attrs["href"].startswith("#")]
    assert {name for name in inner if not name.startswith(("/", "check/"))} <= set(ids)
    assert {name[6:] for name in inner if name.startswith("check/")} == {row.id for row in every.rows}
    assert {f"/{column.name}" for column in every.columns} <= set(ids)
    assert "/bad/lab/m:1/chat.broken.must" in ids


def test_what_is_wrong_is_told_by_cause_without_a_script(every: Run) -> None:
    text = re.sub(r"\s+", " ", render(every))
    assert "seen thus: chat.broken.must" in text
    assert "Bearer $EXAMPLE_KEY" in text
    assert ">Not run:</span></b> $EXAMPLE_KEY is not set." in text
    assert "the token limit is sent as max_tokens" in text


def test_the_head_says_what_was_measured_and_when(every: Run) -> None:
    page = Page(render(every))
    ((_, title),) = page.all("h1")
    assert title == "Of 3 endpoints, 1 meets the policy, 1 falls short and 1 was not run."
    ((_, facts),) = page.all("p", class_="facts")
    assert "3 endpoints" in facts
    assert "17 checks" in facts
    assert "samewire 9.8.7" in facts
    assert ["hidden" in attrs for attrs, _ in page.all("p", class_="banner")] == [True]  # it is not outdated
    assert len(Page(render(replace(every, footer={}))).all("p", class_="banner")) == 2


def test_the_legend_explains_every_word_and_level(every: Run) -> None:
    page = Page(render(every))
    (section,) = (text for attrs, text in page.all("section") if attrs["id"] == "legend")
    assert all(word.meaning in section for word in WORDS.values())
    assert all(level in section for level in ("MUST", "SHOULD", "MAY", "RFC 2119", "A run fails on"))
    (claims,) = (text for attrs, text in page.all("section") if attrs["id"] == "claims")
    assert "A certification." in claims


def test_the_policy_allows_our_script_and_nothing_else(every: Run) -> None:
    text = render(every)
    page = Page(text)
    (policy,) = (attrs["content"] for attrs, _ in page.all("meta") if attrs.get("http-equiv"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert text.index("Content-Security-Policy") < text.index("<style")
    assert not [
        attrs for _, attrs, _ in page.elements if any(name.startswith("on") or name == "style" for name in attrs)
    ]


def test_nothing_is_fetched(every: Run) -> None:
    text = render(every)
    page = Page(text)
    assert [attrs for tag, attrs, _ in page.elements if "src" in attrs or tag in ("link", "img", "iframe")] == []
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
    assert "url(" not in style
    assert "@import" not in style


def test_the_script_is_small_and_puts_nothing_in_as_html() -> None:
    script = "".join(path.read_text() for path in TEMPLATES.glob("*.js"))
    assert len(script) < 40_000
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


def test_hostile_text_stays_text(hostile: Run, unpacked: Any) -> None:
    text = render(hostile)
    text.encode("utf-8")
    page, plain = Page(text), Page(render(replace(hostile, exchanges={}, verdicts={}, findings={})))
    assert {tag for tag, _, _ in page.elements} - {tag for tag, _, _ in plain.elements} <= {"ol", "li", "pre"}
    assert len(page.all("script")) == 5  # texts, index, checks, evidence, and the one that runs
    assert "alert(1)" in page.all("h3")[0][1]
    for body in (text, *map(str, unpacked(text))):
        assert not re.search("[\x00\x07\x1b\u202e\u2028\ud800]", body)
    assert "␛[31mred" in text
    assert "49" not in page.all("h3")[0][1]


def test_every_exchange_is_packed_once_with_its_times(every: Run, unpacked: Any) -> None:
    lines = unpacked(render(every))
    exchanges = [line for line in lines if line.get("kind") == "exchange"]
    assert Counter(line["id"] for line in exchanges) == Counter(["e1", "e2", "e3", "g1"])
    first = exchanges[0]
    assert first["attempts"][0]["pieces"][0] == [0.412, 'data: {"n":1}']
    assert [at for at, _ in first["attempts"][0]["pieces"]] == [0.412, 0.5, 0.5]
    assert ["Authorization", "Bearer $EXAMPLE_KEY"] in first["headers"]
    cells = {line["check"]: line for line in lines if line.get("kind") == "cell" and line["exchanges"] == ["e3"]}
    assert cells["http.need.required"]["effect"] == "fails the run"
    checks = {line["id"]: line for line in lines if "sentence" in line}
    assert checks["chat.broken.must"]["sources"][0]["url"].startswith("https://")


def test_evidence_of_what_is_wrong_comes_first_when_room_is_short(every: Run, unpacked: Any) -> None:
    cells = render(every, room=0)
    assert [line for line in unpacked(cells) if line.get("kind") == "exchange"] == []
    assert "holds 0 of the 4 exchanges" in cells
    size = sum(len(found) for found in re.findall(r'id="evidence-\d+">([^<]*)', cells))
    some = unpacked(render(every, room=size + 1))
    assert [line["id"] for line in some if line.get("kind") == "exchange"] == ["e1"]
    assert "holds 4 of the 4 exchanges" in render(every)


@pytest.mark.parametrize(
    ("how", "kept"), [("all", ["e1", "e2", "e3", "g1"]), ("failures", ["e1", "e2", "e3"]), ("none", []), (7, None)]
)
def test_the_page_holds_the_exchanges_that_are_asked_for(every: Run, unpacked: Any, how: Any, kept: Any) -> None:
    told = unpacked(render(every.held_against(evidence=how)))
    ids = sorted(line["id"] for line in told if line.get("kind") == "exchange")
    assert ids == (["e1", "e2", "e3", "g1"] if kept is None else kept)
    assert len([line for line in told if line.get("kind") == "cell"]) == len(every.rows) * len(every.columns)


def test_long_bodies_are_cut_in_the_view(made: Any, lines: Any, unpacked: Any) -> None:
    for line in lines:
        if line["kind"] == "exchange":
            line["wire"]["body"] = line["attempts"][0]["body"] = "ü" * 100_000
            line["attempts"][0]["headers"] = []
    found = next(line for line in unpacked(render(Run.from_lines(lines))) if line.get("kind") == "exchange")
    assert found["attempts"][0]["cut"]
    assert found["attempts"][0]["size"] == 200_000
    assert found["attempts"][0]["body"] == "ü" * 32_768
    assert found["curl"] == ""


GARBAGE: list[Any] = [None, 7, "x", [], {}, [None], [[1]], [["a", {}, 3]], {"base64": "&"}, -1e300, True, "\ud800\x00"]


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_garbage_in_a_record_is_shown_as_far_as_it_goes(garbage: Any, lines: Any) -> None:
    for line in lines:
        if line["kind"] == "exchange" and line["id"] == "e1":
            keep = {name: line[name] for name in ("kind", "endpoint", "id")}
            line.update({name: garbage for name in line if name not in keep})
        elif line["kind"] == "exchange":
            for part in (line["wire"], line["request"], line["attempts"][0]):
                part.update(dict.fromkeys(part, garbage))
    run = Run.from_lines(lines)
    for format in report.FORMATS.values():
        for content in format.files(run).values():
            content.encode("utf-8")


def test_a_run_without_anything_is_rendered(made: Any) -> None:
    for run in (made([], []), replace(made([], []), header={}, footer={})):
        assert "Nothing was selected." in render(run)


def test_a_measured_run_is_rendered(measured: Any) -> None:
    run, _ = measured
    page = Page(render(run))
    assert (
        page.all("h1")[0][1]
        == "Of 4 endpoints, 1 meets the policy, 1 falls short, 1 could not be judged and 1 was not run."
    )
    assert "connection refused" in " ".join(text for _, text in page.all("p", class_="stop"))


def test_both_languages_say_everything_with_the_same_values() -> None:
    english, chinese = words.texts().values()
    assert set(english) == set(chinese)
    for name in english:
        assert re.findall(r"\{\w+\}", english[name]) or not re.findall(r"\{\w+\}", chinese[name]), name
        assert set(re.findall(r"\{\w+\}", english[name])) == set(re.findall(r"\{\w+\}", chinese[name])), name
    used = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir())
    for name in re.findall(r"""\bT\(["']([a-z ]+)["']|\bt\(["']([a-z. ]+)["'][,)]""", used):
        assert "".join(name) in english, name


def test_every_feature_protocol_and_reason_has_its_text() -> None:
    english = words.texts()["en"]
    for one in requirements():
        assert english[f"feature.{one.feature.rpartition('.')[2]}"] == words.feature_title(one.feature)
        assert f"protocol.{one.protocol}" in english
    root = Path(report.__file__).parent.parent
    sources = [path.read_text(encoding="utf-8") for path in (*root.glob("*.py"), *suites_folder().rglob("*.py"))]
    found = {
        code for text in sources for code in re.findall(r"""\breason ?= ?"([a-z ]+)"|Failure\("([a-z]+)\"""", text)
    }
    codes = {"".join(one) for one in found} - {"end_turn"}
    assert len(codes) > 20
    assert not [code for code in codes if f"reason.{code}" not in english]


def test_changes_since_the_baseline_have_a_section_of_their_own(every: Run) -> None:
    cells = {"bad/lab/m:1": {"chat.broken.must": ["supported", "", 200], "chat.supported.must": ["broken", "", 200]}}
    old = {"name": "old", "started": "2026-11-14", "suite": "other", "version": "1", "checks": {}, "cells": cells}
    page = Page(render(every.held_against(earlier=[old])))
    (section,) = (text for attrs, text in page.all("section") if attrs["id"] == "changes")
    for part in ("Changes since 2026-11-14", "regressed 1", "fixed 1", "The suite has changed: 17 checks are new"):
        assert part in section
    assert not [1 for attrs, _ in Page(render(every)).all("section") if attrs["id"] == "changes"]


def test_a_partial_says_why_and_a_reference_stands_first(made: Any) -> None:
    rows = [requirement("chat.a.b", "SHOULD"), requirement("chat.a.c")]
    columns = [endpoint("p/m"), endpoint("norm/m", settings={"reference": True})]
    told = [
        verdict(name, row["id"], "broken" if row["id"].endswith("b") else "supported")
        for name in ("p/m", "norm/m")
        for row in rows
    ]
    page = Page(render(made(columns, rows, *told)))
    assert [text for _, text in page.all("a", class_="column")] == [
        "Norm reference m api.example",
        "P m api.example",
    ]
    assert [text for _, text in page.all("span", class_="why")] == ["1 of 2 not met, none of them a MUST"] * 2


def test_expectations_mark_cells_and_stale_ones_are_told(every: Run) -> None:
    held = [
        {"requirement": "chat.broken.must", "why": "mended in 2.4", "endpoint": "bad"},
        {"requirement": "chat.supported.must", "why": "was broken", "endpoint": "bad"},
    ]
    page = Page(render(every.held_against(expectations=held)))
    cells = {attrs["href"]: text for attrs, text in page.all("a", class_="cell") if "data-e" in attrs}
    assert cells["#/bad/lab/m:1/chat.broken.must"] == "✕ broken expected"
    assert cells["#/bad/lab/m:1/chat.supported.must"] == "✓ supported stale"
    (told,) = (text for _, text in page.all("div", class_="stale"))
    assert "Stale expectations: remove them chat.supported.must was broken: 1 cells are better" in told


def test_the_command_that_measures_again_knows_endpoints_of_no_file(made: Any, unpacked: Any) -> None:
    named = endpoint("groq/m", base_url="https://api.groq.example/v1")
    unnamed = endpoint("127.0.0.1:8000/m", base_url="http://127.0.0.1:8000/v1", key_variable="MY_KEY")
    told = [verdict(one["name"], "chat.a.b", "broken", "bad") for one in (named, unnamed)]
    lines = unpacked(render(made([named, unnamed], [requirement("chat.a.b")], *told)))
    assert [line["again"] for line in lines if line.get("kind") == "cell"] == [
        "samewire run groq/m --only chat.a.b",
        "samewire run --base-url http://127.0.0.1:8000/v1 --model m --api-key-env MY_KEY --only chat.a.b",
    ]
