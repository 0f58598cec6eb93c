"""Whole runs against servers that misbehave, beside a healthy one: every cell has a verdict, and no other suffers."""

from __future__ import annotations

import asyncio
import base64
import csv
import gc
import gzip
import json
import re
import resource
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from samewire import report
from samewire.inert import visible
from samewire.policy import Exit, exit_status
from samewire.requirement import CORE
from samewire.run import Run
from samewire.running import redactor_for
from samewire.settings import Endpoint
from samewire.suite import requirements
from samewire.summary import summary
from samewire.verdict import Verdict

from .hostile import BEHAVIOURS, CHAT, GROUPS, TEXTS, Behaviour, Hostile, Request
from .hostile.plays import JSON, whole
from .making import KEY, endpoint, key, measure, words
from .report.browser import Browser, installed

WHOLE = {name: behaviour for name, behaviour in BEHAVIOURS.items() if behaviour.whole}
FINE = whole(json.dumps(CHAT).encode(), JSON)
CHECKS = {one.id for one in requirements() if CORE.includes(one.depth)}
#: The cell that tells what stands in the way of all protocols.
FIRST = "http.base_url.answers"
#: What is taken of a body here, so that endless ones end soon.
MOST = 300_000
#: Seconds that an attempt may take. A handshake gets a third of them, and our own loop is late now and then here.
SECONDS_OF = {"http": 0.6, "https": 3.0}


def after_a_greeting(behaviour: Behaviour) -> Behaviour:
    """Answer the first steps as if all were well, and then misbehave where a stream is asked for."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        streamed = b'"stream":true' in request.body
        await (behaviour.play if streamed else FINE)(request, writer)

    return Behaviour(play, behaviour.kind, behaviour.peer, behaviour.status)


#: Those whose answers are made to be looked at: all others would only make the reports larger.
SPEAKING = {*TEXTS, *GROUPS["The key"], *GROUPS["Redirects and other hosts"]} & set(WHOLE)
LATER = (
    *("hangs", "a stream without end", "a gzip bomb", "resets", "broken UTF-8", "nested too deeply"),
    *("events without end", "an event of megabytes", "the key in two chunks of a stream", "lone surrogates"),
)
PLAYS = WHOLE | {f"{name}, later": after_a_greeting(WHOLE[name]) for name in LATER}


@dataclass
class Measured:
    """One run against them all.

    Attributes:
        run: what was found.
        record: where it was written.
        servers: what they met.
        endpoints: the columns, the healthy one first.
        seconds: how long it took.
        memory: by how many bytes the process grew.
    """

    run: Run
    record: Path
    servers: Hostile
    endpoints: tuple[Endpoint, ...]
    seconds: float
    memory: int


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture(scope="module")
def measured(healthy: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """The run."""
    path = tmp_path_factory.mktemp("hostile") / "run.jsonl"
    with pytest.MonkeyPatch.context() as patch, Hostile({name: one.play for name, one in PLAYS.items()}) as servers:
        patch.setattr("samewire.transport.MAX_BODY", MOST)
        patch.setattr("samewire.retry.FAILED_ATTEMPTS", 2)
        ends = tuple(
            endpoint(servers.url(name, one.scheme), name=name, credential=key(), timeout=SECONDS_OF[one.scheme])
            for name, one in PLAYS.items()
        )
        before, started = peak(), time.monotonic()
        with warnings.catch_warnings():
            # A handshake that our own timeout cuts off may leave its socket to the collector.
            warnings.filterwarnings("ignore", "unclosed ", ResourceWarning)
            run = measure([healthy, *ends], depth=CORE, record=path)
            gc.collect()
        yield Measured(run, path, servers, (healthy, *ends), time.monotonic() - started, peak() - before)


@pytest.fixture(scope="module")
def written(measured: Measured, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The record, and what is made of those who say things, in every format; by their names."""
    folder = tmp_path_factory.mktemp("written")
    columns = tuple(one for one in measured.run.columns if one.provider in SPEAKING)
    rows = tuple(one for one in measured.run.rows if one.protocol in ("http", "chat"))
    shown = replace(measured.run, columns=columns, rows=rows)
    paths = report.write(shown, folder, report.FORMATS, redactor_for(measured.endpoints))
    return {path.name: path.read_text(encoding="utf-8") for path in (*paths, measured.record)}


def test_it_takes_little_time_and_memory(measured: Measured) -> None:
    assert measured.seconds < 60
    assert measured.memory < 600 * 2**20


def test_the_healthy_endpoint_s_column_is_as_if_it_were_alone(measured: Measured, healthy: Endpoint) -> None:
    seen = words(measured.run, "healthy")
    assert set(seen) == CHECKS
    assert seen == words(measure(healthy, depth=CORE), "healthy")
    assert not {"broken", "ignored", "error"} & set(seen.values())


@pytest.mark.parametrize("name", PLAYS)
def test_every_cell_has_a_verdict_and_none_is_a_fault_of_ours(measured: Measured, name: str) -> None:
    run = measured.run
    column = next(one for one in run.columns if one.provider == name)
    judgements = {row.id: run.verdict(column, row) for row in run.rows}
    assert set(judgements) == CHECKS
    assert {check: one for check, one in judgements.items() if one.verdict is Verdict.ERROR} == {}
    # It was asked, and what it did is in the record.
    assert measured.servers.connections[name]
    assert [one for (where, _), one in run.exchanges.items() if where == column.name]


@pytest.mark.parametrize("name", [name for name, one in WHOLE.items() if one.kind])
def test_a_peer_that_fails_from_the_start_is_told_once_and_left_alone(measured: Measured, name: str) -> None:
    found = {check: measured.run.verdicts[f"{name}/m", check] for check in words(measured.run, name)}
    found = {check: one for check, one in found.items() if "add --burst" not in one.message}
    # What no client can read is the peer's own doing; what else fails may be in the way, and so may a busy machine be.
    first = found.pop(FIRST)
    unread = WHOLE[name].kind == "decoding" and first.reason != "timeout"
    assert first.verdict is (Verdict.BROKEN if unread else Verdict.INCONCLUSIVE)
    assert {one.verdict for one in found.values()} == {Verdict.INCONCLUSIVE}
    assert not first.cause
    assert {one.cause for one in found.values()} == {f"check:{FIRST}"}
    assert measured.servers.connections[name] <= 12


def test_what_is_kept_of_endless_bodies_is_little(measured: Measured) -> None:
    sizes = {
        (name, one["failure"] and one["failure"]["kind"]): sum(size for _, size in one["reads"])
        for (name, _), line in measured.run.exchanges.items()
        for one in line["attempts"]
    }
    assert {key: size for key, size in sizes.items() if size > MOST} == {}


def test_no_request_goes_elsewhere_and_no_key_into_an_address(measured: Measured) -> None:
    for name, requests in measured.servers.requests.items():
        for one in requests:
            assert one.path.startswith(("/v1/", "/api/v1/", "/chat/", "/embeddings", "/responses", "/messages")), name
            assert "stolen" not in one.head
            assert KEY not in one.path
            assert KEY.encode() not in one.body


def test_such_a_run_ends_as_any_other(measured: Measured) -> None:
    status = exit_status(measured.run)
    assert status in (Exit.NOT_MET, Exit.COULD_NOT_JUDGE)
    for _, line in summary(measured.run, status):
        assert visible(line) == line, "a terminal would act on it"


def test_the_key_is_written_nowhere(written: dict[str, str]) -> None:
    parts = (KEY, KEY[:14], KEY[14:], KEY.encode().hex(), base64.b64encode(KEY.encode()).decode())
    assert "the key in two chunks" in written["run.jsonl"]
    for name, text in written.items():
        assert [part for part in parts if part in text] == [], name
        for number, inside in enumerate(unpacked(text)):
            assert [part for part in parts if part in inside] == [], f"{name}, block {number}"


class Page(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes[name] = self.attributes.get(name, "") + f" {value or ''}"


def unpacked(text: str) -> Iterator[str]:
    """What is packed inside a page."""
    for block in re.findall(r">([A-Za-z0-9+/=\s]{200,})<", text):
        with suppress(ValueError, OSError):
            yield gzip.decompress(base64.b64decode(block)).decode()


def test_no_report_gives_words_to_whoever_acts_on_them(written: dict[str, str]) -> None:
    page = Page()
    page.feed(written["report.html"])
    assert not {"img", "svg", "iframe", "object", "embed", "link", "base"} & set(page.tags)
    assert [name for name in page.attributes if name.startswith("on")] == []
    # What stands in data-v is only ever set as text.
    acting = [value for name, value in page.attributes.items() if name != "data-v"]
    assert not any("javascript:" in value or "stolen" in value for value in acting)
    for name, text in written.items():
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), name
    assert ElementTree.fromstring(written["junit.xml"]).tag == "testsuites"
    marked = [*MarkdownIt("commonmark").enable("table").parse(written["matrix.md"])]
    inner = [token for one in marked for token in (one, *(one.children or []))]
    assert [token.content for token in inner if token.type.startswith("html") and token.content != "<br>"] == []
    assert [token.type for token in inner if token.type in ("image", "link_open")] == []
    plain = re.sub(r"`[^`\n]+`", "", written["matrix.md"])
    assert not re.search(r"@(?:everyone|octocat)|(?m:^::)|##vso", plain)
    for name in ("matrix.csv", "results.csv"):
        for row in csv.reader(written[name].splitlines()):
            assert [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@") and cell.strip() not in ("-", "+")] == []
    json.loads(written["results.json"])


@pytest.mark.skipif(installed() is None, reason="no Chromium is installed")
def test_in_a_browser_nothing_of_theirs_is_executed(
    measured: Measured, written: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text(written["report.html"], encoding="utf-8")
    path = installed()
    assert path is not None
    browser = Browser(path, tmp_path / "profile")
    try:
        browser.open((tmp_path / "report.html").as_uri())
        for name in TEXTS:
            browser.ask(f"location.hash = '#/{quote(name)}/m/http.base_url.answers'")
            browser.until(f"document.getElementById('panel').open && location.hash.includes('{quote(name)}')")
        assert browser.ask("document.querySelectorAll('img, svg, iframe, object, embed').length") == 0
        assert browser.complaints == []
    finally:
        browser.close()
