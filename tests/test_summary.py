"""What a terminal is told: by endpoint, grouped by cause, with expected, observed, source and command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samewire.policy import Exit
from samewire.progress import Progress
from samewire.prompting import RULES
from samewire.run import Run
from samewire.summary import summary
from samewire.verdict import Judgement, Verdict

from .report.records import HOSTILE, endpoint, every_verdict, record, requirement, verdict
from .test_cli import samewire


def told(run: Run, status: Exit = Exit.NOT_MET) -> str:
    return "\n".join(line for _, line in summary(run, status))


@pytest.fixture
def every() -> Run:
    return Run.from_lines(every_verdict())


def test_a_failure_is_told_with_all_that_is_needed_to_see_it_again(every: Run) -> None:
    text = told(every)
    start = text.index("✕ chat.broken.must")
    part = text[start : text.index("JSON\n", start) + 4]
    for words in (
        "MUST broken",
        "expected  It MUST `hold`.",
        "observed  seen thus: chat.broken.must",
        "source    https://",
        "curl -sS -i -N https://api.example/v1/chat/completions",
        '-H "Authorization: Bearer $EXAMPLE_KEY"',
    ):
        assert words in part
    assert "\nJSON" in part, "the here-document ends at the beginning of a line"
    assert "absent/m: not run: $EXAMPLE_KEY is not set" in text
    assert text.strip().splitlines()[-1].startswith("policy not met   ")


def test_what_is_expected_is_told_in_a_line_and_what_is_stale_in_another(every: Run) -> None:
    held = [
        {"requirement": "chat.broken.*", "why": "mended in 2.4", "endpoint": "bad"},
        {"requirement": "chat.supported.must", "why": "was broken", "endpoint": "bad"},
        {"requirement": "chat.ignored.must", "why": "long ago", "endpoint": "bad", "expires": "2026-01-01"},
    ]
    text = told(every.held_against(expectations=held))
    assert "✕ expected: chat.broken.must broken: mended in 2.4" in text
    assert "stale expectation chat.supported.must at bad: bad/lab/m:1 chat.supported.must is better by now" in text
    assert "known     until 2026-01-01, when the expectation expired: long ago" in text


def test_changes_are_told(every: Run) -> None:
    cells = {"bad/lab/m:1": {"chat.broken.must": ["supported", "", 200]}}
    old = {"name": "old", "started": "2026-11-14", "suite": "s", "version": "1", "checks": {}, "cells": cells}
    text = told(every.held_against(earlier=[old]))
    assert "since 2026-11-14: 1 regressed, 0 fixed" in text
    assert "▼ bad/lab/m:1 chat.broken.must supported → broken" in text


def test_hostile_words_do_nothing_to_a_terminal(every: Run) -> None:
    verdicts = {at: replace(one, message=HOSTILE) for at, one in every.verdicts.items()}
    text = told(replace(every, verdicts=verdicts))
    assert "␛[31mred" in text
    assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(text)


def test_colours_are_left_out_where_nobody_wants_them(
    every: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in samewire("explain", "no.such.check").stderr
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in samewire("explain", "no.such.check").stderr


def test_progress_is_plain_where_no_terminal_is_and_silent_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        with Progress({"p/m": 2}, quiet) as progress:
            progress("p/m", Judgement(Verdict.SUPPORTED))
            progress("p/m", Judgement(Verdict.BROKEN))
        shown: Any = capsys.readouterr()
        assert shown.out == ""
        assert ("2/2 checks" in shown.err, "✓ 1 ✕ 1" in shown.err) == (not quiet, not quiet)
        assert "\x1b" not in shown.err


def test_what_a_client_must_do_to_histories_is_told() -> None:
    rows = [requirement(name) for names in RULES.values() for name in names]
    refused = ("chat.history.two_users", "chat.history.two_assistants")
    words = {row["id"]: "unsupported" if row["id"] in refused else "supported" for row in rows}
    run = Run.from_lines(record([endpoint("p/m")], rows, *(verdict("p/m", name, word) for name, word in words.items())))
    assert "~ histories: merge same roles, as chat.history.two_users, chat.history.two_assistants were refused" in told(
        run
    )
