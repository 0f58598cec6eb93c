"""A page for each endpoint: what is wrong there and all its checks, in both languages, without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from samewire.redaction import Redactor
from samewire.report import FORMATS, publish
from samewire.run import Run

from .records import endpoint, every_verdict, told_record, verdict
from .test_browser import AXE, FOUND, PATH, Browser, browser
from .test_html import Page

__all__ = ["browser"]


def pages(run: Run) -> dict[str, str]:
    return FORMATS["pages"].files(run)


def test_an_endpoint_has_a_page_in_each_language(every: Run) -> None:
    made = pages(every)
    assert list(made)[:2] == ["endpoints/good-m.html", "endpoints/good-m.zh.html"]
    assert len(made) == 2 * len(every.columns)
    page = Page(made["endpoints/bad-lab-m-1.html"])
    ((_, title),) = page.all("h1")
    assert title == "Bad lab/m:1"
    cells = {attrs["href"]: text for attrs, text in page.all("a", class_="cell")}
    assert cells["../report.html#/bad/lab/m:1/chat.broken.must"] == "✕ broken"
    shown = [row for row in every.rows if every.verdict(every.columns[1], row).verdict != "not run"]
    listed = [attrs["href"].partition("#check/")[2] for attrs, _ in page.all("a", class_="title")]
    assert sorted(listed) == sorted(row.id for row in shown)
    text = made["endpoints/bad-lab-m-1.html"]
    for part in (
        "seen thus: chat.broken.must",
        "Bearer $EXAMPLE_KEY",
        "2 checks were not run here",
        "A certification.",
    ):
        assert part in text
    chinese = made["endpoints/bad-lab-m-1.zh.html"]
    assert 'lang="zh-Hans"' in chinese
    assert "2 项检查未在此运行" in chinese
    assert 'href="bad-lab-m-1.html"' in chinese
    assert "$EXAMPLE_KEY is not set" in made["endpoints/absent-m.html"]


def test_every_address_leads_somewhere(every: Run) -> None:
    (report,) = FORMATS["html"].files(every).values()
    there = Page(report)
    anchors = {attrs["href"] for attrs, _ in there.all("a")} | {
        f"#{attrs['id']}" for attrs, _ in there.all("tr", id_="")
    }
    anchors |= {f"#{attrs['id']}" for _, attrs, _ in there.elements if "id" in attrs}
    for text in pages(every).values():
        page = Page(text)
        ids = {attrs["id"] for _, attrs, _ in page.elements if "id" in attrs}
        for attrs, _ in page.all("a"):
            place, _, fragment = attrs["href"].partition("#")
            if place == "../report.html":
                assert not fragment or f"#{fragment}" in anchors
            elif not place:
                assert fragment in ids
            else:
                assert f"endpoints/{place}" in pages(every)


def test_hostile_text_stays_text(hostile: Run) -> None:
    for text in pages(hostile).values():
        page = Page(text)
        assert len(page.all("script")) == 1
        assert page.all("img") == []
        assert not re.search("[\x00\x07\x1b\u202e\u2028]", text)


def test_what_is_private_stays_so(every: Run) -> None:
    columns = (every.columns[0], endpoint("secret/m", settings={"private": True}))
    lines = every_verdict()
    lines[0]["endpoints"] = [endpoint(columns[0].name), columns[1]]
    lines.insert(-1, verdict("secret/m", "chat.broken.must", "broken", "secret is odd"))
    made = pages(Run.from_lines(lines))
    assert "endpoints/private-1-model-1.html" in made
    assert not any("secret" in name + text.lower() for name, text in made.items())


def test_a_site_lists_the_endpoints_of_the_latest_run(every: Run, tmp_path: Path) -> None:
    publish(every, tmp_path, Redactor())
    for name, ending, word in (("index.html", ".html", "falls short"), ("index.zh.html", ".zh.html", "不合格")):
        page = Page((tmp_path / name).read_text(encoding="utf-8"))
        links = {attrs["href"]: text for attrs, text in page.all("a") if "endpoints/" in attrs["href"]}
        assert links[f"latest/endpoints/bad-lab-m-1{ending}"] == "Bad lab/m:1"
        assert all((tmp_path / href).is_file() for href in links)
        assert any(word in text for _, text in page.all("li"))
    assert (tmp_path / "runs" / "2026-11-21T10-00-00Z" / "endpoints" / "good-m.html").is_file()


@pytest.mark.skipif(PATH is None, reason="no Chromium is installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(browser: Browser, tmp_path: Path, scheme: str) -> None:
    run = Run.from_lines(told_record())
    publish(run, tmp_path, Redactor())
    browser.complaints.clear()
    browser.media(prefers_color_scheme=scheme)
    for name in ("index.html", "latest/endpoints/acme-m.html", "latest/endpoints/acme-m.zh.html"):
        browser.size(360, 800, phone=True)
        browser.open((tmp_path / name).as_uri())
        assert browser.ask("document.documentElement.scrollWidth") == 360
        browser.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        browser.ask(f"{AXE}; 1")
        assert browser.ask(FOUND) == []
    assert browser.complaints == []
    browser.open((tmp_path / "index.html").as_uri())
    assert browser.ask("document.getElementById('outdated').hidden") == browser.ask(
        "Date.now() - Date.parse('2026-11-21T10:00:00Z') <= 90 * 864e5"
    )
