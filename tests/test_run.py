"""The record's format: JSON Lines that come back as they were, and words where they can't."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.attempt import Attempt, Failure
from samewire.record import exchange_of
from samewire.recorder import Recorder
from samewire.redaction import Redactor
from samewire.run import Run, RunError, combine
from samewire.schema import violations

from .making import ASK, attempt, exchange

BODIES = (
    b"",
    b"plain",
    "é€".encode(),
    b"\xff\x00\xfe",
    b"{}\n\r\n",
    "\ud800".encode("utf-8", "surrogatepass"),
    "\u2028".encode(),
)


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.binary(max_size=30) | st.sampled_from(BODIES)), max_size=5),
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=3),
    st.sampled_from([None, Failure("timeout", "no answer"), Failure("protocol", "é\u2028", True)]),
)
def test_any_attempt_comes_back_as_it_was(reads: list[Any], headers: list[Any], failure: Failure | None) -> None:
    recorder = Recorder(None, Redactor())
    tried = Attempt(1.5, 200, "HTTP/1.1", tuple(headers), tuple(reads), 0.1, 0.2, failure, 0.3, 0.4, 5)
    one = exchange(request=ASK, attempts=[tried, attempt()], controls=(True, False), leaked=("body",))
    recorder.write("header", version="1.0", endpoints=[], requirements=[])
    recorder.exchange("server/m", one)
    back = exchange_of(recorder.run.exchanges["server/m", one.id], ASK, "m")
    assert back.attempts == one.attempts
    assert back.wire == one.wire


def test_bytes_that_are_no_text_are_kept_in_base64() -> None:
    recorder = Recorder(None, Redactor())
    recorder.write("header", version="1.0", endpoints=[], requirements=[])
    recorder.exchange("server/m", exchange(200, b"\xff\x00", ASK.raw(b"\xfe")))
    (line,) = recorder.run.exchanges.values()
    assert line["attempts"][0]["body"] == {"base64": base64.b64encode(b"\xff\x00").decode()}
    assert line["wire"]["body"] == {"base64": base64.b64encode(b"\xfe").decode()}


HEADER = {"kind": "header", "version": "1.0", "endpoints": [], "requirements": []}
FOOTER = {"kind": "footer", "incomplete": False}


def record(folder: Path, *lines: Any, end: str = "\n") -> Path:
    path = folder / "run.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + end, encoding="utf-8")
    return path


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    run = Run.load(record(tmp_path, HEADER, '{"kind": "verdict", "endp', end=""))
    assert run.incomplete
    assert run.verdicts == {}


def test_without_a_footer_a_run_is_incomplete(tmp_path: Path) -> None:
    assert Run.load(record(tmp_path, HEADER)).incomplete
    assert Run.load(record(tmp_path, HEADER, {"kind": "footer", "incomplete": True})).incomplete
    assert not Run.load(record(tmp_path, HEADER, FOOTER)).incomplete


def test_lines_of_an_unknown_kind_are_passed_over(tmp_path: Path) -> None:
    assert not Run.load(record(tmp_path, HEADER, {"kind": "news", "x": 1}, FOOTER)).incomplete


BROKEN: dict[str, tuple[tuple[Any, ...], str]] = {
    "a torn line in the middle": ((HEADER, '{"kind', FOOTER), r"run\.jsonl:2: is not JSON"),
    "a line that is no object": ((HEADER, "[1]", FOOTER), r"run\.jsonl:2: is no line of a record"),
    "no header": ((FOOTER,), "has no header"),
    "nothing": (("",), "has no header"),
    "another version": (({**HEADER, "version": "2.0"},), r"is of format 2\.0; this samewire reads 1\.0"),
    "no version": (({**HEADER, "version": None},), "is of format None"),
}


@pytest.mark.parametrize(("lines", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_record_is_told_so(tmp_path: Path, lines: tuple[Any, ...], words: str) -> None:
    with pytest.raises(RunError, match=words):
        Run.load(record(tmp_path, *lines))


ROW = {"id": "a.b.c", "level": "MUST", "sentence": "s", "title": "t", "protocol": "a", "feature": "a.b"}
STRANGE: dict[str, tuple[Any, ...]] = {
    "a header without endpoints": ({"kind": "header", "version": "1.0"},),
    "an endpoint without a name": ({**HEADER, "endpoints": [{}]},),
    "an unknown level": ({**HEADER, "requirements": [{**ROW, "level": "OUGHT"}]},),
    "an exchange without an id": (HEADER, {"kind": "exchange", "endpoint": "a"}),
    "an unknown verdict": (HEADER, {"kind": "verdict", "endpoint": "a", "requirement": "b", "verdict": "splendid"}),
    "a verdict of nothing": (HEADER, {"kind": "verdict", "verdict": "supported"}),
    "findings of nobody": (HEADER, {"kind": "findings"}),
}


@pytest.mark.parametrize("lines", STRANGE.values(), ids=STRANGE)
def test_a_record_that_lacks_something_is_told_so_and_no_crash(tmp_path: Path, lines: tuple[Any, ...]) -> None:
    with pytest.raises(RunError):
        Run.load(record(tmp_path, *lines, FOOTER))


def test_a_file_that_is_none_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        Run.load(tmp_path / "absent.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(RunError, match="cannot be read"):
        Run.load(tmp_path / "binary")


def test_a_combined_run_is_incomplete_if_one_of_them_is() -> None:
    whole, half = Run.from_lines([HEADER, FOOTER]), Run.from_lines([HEADER])
    assert combine([whole, half]).incomplete
    assert combine([half, whole]).incomplete
    assert not combine([whole, whole]).incomplete


@pytest.mark.parametrize(
    "line", [{"kind": "nonsense"}, {}, [], {"kind": "footer", "incomplete": "no"}, {"kind": "header"}]
)
def test_the_record_s_schema_refuses_what_is_no_line_of_one(line: Any) -> None:
    assert violations(line, "run/record") != ()
