"""A whole run against servers that repeat the key wherever they can leaves no trace of it anywhere."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from samewire.cli import main
from samewire.demo import Served
from samewire.reference import Configuration, Fault, Reference
from samewire.reference.call import Call
from samewire.reference.errors import Refusal

KEY = "sk-echo-8f3k2j5h7g9d1s4a6p0o+/="
ORGANISATION = "org-5d41402abc4b2a76b9719d91"


def spoken(call: Call) -> str:
    """All secrets of a request, as they came."""
    return f"{KEY} and {call.request.headers.get('x-org', '')}"


def in_words(call: Call) -> None:
    """Say it."""
    for answer in call.answers:
        answer.text = spoken(call)
        answer.tokens = [answer.text[:12], answer.text[12:25], answer.text[25:]]


def in_headers(call: Call) -> None:
    """Return it."""
    call.response.set("X-Your-Key", spoken(call))
    call.response.set("X-Encoded", quote(KEY, safe="") + base64.b64encode(KEY.encode()).decode())


def in_errors(call: Call) -> None:
    """Complain about it."""
    call.document["error"]["message"] = f"Incorrect key {spoken(call)}; you gave {KEY[:12]}…{KEY[-10:]}"
    call.document["error"]["code"] = KEY


def in_pieces(call: Call) -> None:
    """Cut it in two."""
    half = f"data: {json.dumps({'x': KEY[:14]})}\n\ndata: {json.dumps({'x': KEY[14:]})}\n\n".encode()
    call.events[1:1] = [half[:25], half[25:]]


def to_nobody(call: Call) -> None:
    """Refuse everybody, by name."""
    raise Refusal(401, f"Incorrect API key provided: {spoken(call)}.", code="invalid_api_key")


FAULTS = {
    "words": [Fault("w", "says it", "answers", in_words, {}), Fault("e", "tells it", "error", in_errors, {})],
    "headers": [Fault("h", "returns it", "response", in_headers, {})],
    "pieces": [Fault("p", "cuts it", "events", in_pieces, {})],
    "refuses": [Fault("r", "refuses it", "request", to_nobody, {})],
}


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECHO_KEY", KEY)
        patch.setenv("ECHO_ORG", ORGANISATION)
        yield


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file of endpoints that all repeat what they are told."""
    references = {name: Reference(faults, Configuration(key=KEY)) for name, faults in FAULTS.items()}
    references["query"] = Reference([*FAULTS["words"], *FAULTS["headers"]], Configuration(key=None))
    with Served(references) as served:
        entries = [
            {
                "name": name,
                "base_url": f"http://127.0.0.1:{port}/v1",
                "models": ["reference-1"],
                "api_key": "${ECHO_KEY}",
                "headers": {"X-Org": "${ECHO_ORG}"},
                "auth": "query:key" if name == "query" else "bearer",
            }
            for name, port in served.ports.items()
        ]
        path = tmp_path_factory.mktemp("echo") / "providers.yaml"
        path.write_text(json.dumps({"providers": entries}), encoding="utf-8")
        yield path


def samewire(*arguments: object) -> str:
    """All that a command prints, wherever."""
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def run(providers: Path) -> tuple[Path, str]:
    """A run's folder, and all that it printed."""
    folder = providers.parent / "reports"
    return folder, samewire("run", "--config", providers, "-o", folder, "--depth", "smoke", "--fail-on", "never")


def traces(text: str) -> list[str]:
    """The secrets, and long parts of them, that stand in a text."""
    parts = [part for one in (KEY, ORGANISATION) for part in (one, one[:12], one[-12:], quote(one, safe=""))]
    parts += [base64.b64encode(KEY.encode()).decode(), json.dumps(KEY)[1:-1]]
    return [part for part in parts if part in text]


def contents(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a folder, and what is packed inside it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            yield path.name, text
            for number, block in enumerate(re.findall(r">([A-Za-z0-9+/=\s]{200,})<", text)):
                try:
                    yield f"{path.name}, block {number}", gzip.decompress(base64.b64decode(block)).decode()
                except (ValueError, OSError):
                    continue


def leaking(folder: Path) -> dict[str, list[str]]:
    """The files that hold a trace."""
    return {name: found for name, text in contents(folder) if (found := traces(text))}


def test_no_file_and_no_stream_has_it(run: tuple[Path, str]) -> None:
    folder, printed = run
    files = dict(contents(folder))
    assert {"run.jsonl", "report.html", "matrix.md", "junit.xml", "results.json", "report.html, block 0"} <= set(files)
    assert leaking(folder) == {}
    assert traces(printed) == []
    # It did come back, and that was noticed.
    assert json.loads(files["run.jsonl"].splitlines()[-1])["masked"] > 50
    assert '"leaked":["headers"]' in files["run.jsonl"]


def test_judging_and_rendering_again_finds_no_more(run: tuple[Path, str], tmp_path: Path) -> None:
    record = run[0] / "run.jsonl"
    assert traces(samewire("judge", record, "-o", tmp_path)) == []
    assert traces(samewire("report", record, "--format", "json")) == []
    assert leaking(tmp_path) == {}


def test_no_log_has_it_however_much_is_logged(
    providers: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        samewire("run", "--config", providers, "-o", tmp_path, "--only", "chat.completion.id", "query", "headers")
    assert traces(caplog.text) == []


def test_pytest_in_a_clone_does_not_print_it_either(providers: Path, clone: Path) -> None:
    (clone / "providers.yaml").write_text(providers.read_text(encoding="utf-8"), encoding="utf-8")
    shown = ["-q", "-rA", "--junitxml=out/j.xml", "--html=out/h.html", "--log-level=DEBUG"]
    command = [sys.executable, "-m", "pytest", "suites", *shown]
    environ = {**os.environ, "SAMEWIRE_DEPTH": "smoke"}
    done = subprocess.run(command, cwd=clone, env=environ, capture_output=True, text=True, timeout=60)
    assert "passed" in done.stdout
    assert traces(done.stdout + done.stderr) == []
    assert leaking(clone / "out") == {}
    assert leaking(clone / "reports") == {}
