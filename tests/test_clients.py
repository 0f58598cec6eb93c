"""Clients: data that names real checks, and whether an endpoint will do for them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from samewire.clients import Client, Mode, Need, Will, clients, readiness
from samewire.merging import lines
from samewire.requirement import Level
from samewire.run import Run
from samewire.suite import requirements

from .report.records import endpoint, record, requirement, verdict
from .test_cli import samewire

IDS = {one.id: one for one in requirements()}
NAMED = {
    *(
        "roo-code",
        "tavo",
        "proxycast",
        "claude-code",
        "claude-code-proxies",
        "codex-cli",
        "openai-python",
        "openai-node",
    ),
    *("anthropic-sdk", "langchain", "litellm", "vercel-ai-sdk", "cline", "continue", "aider", "open-webui"),
}


def test_every_client_that_the_documents_name_is_there() -> None:
    assert {one.id for one in clients()} == NAMED


@pytest.mark.parametrize("client", clients(), ids=lambda one: one.id)
def test_a_client_names_checks_that_there_are_with_a_day_and_a_source(client: Client) -> None:
    assert date.fromisoformat(client.verified_on)
    assert all(client.sources)
    for mode in client.modes:
        assert mode.required
        for need in (*mode.required, *mode.optional, *mode.tolerated):
            fitting = [name for name in IDS if fnmatchcase(name, need.pattern)]
            assert fitting, f"{client.id}: no check is called {need.pattern}"
            assert need.pattern in IDS or any(IDS[name].level is Level.MUST for name in fitting)


BASIC = Mode("basic", (Need("chat.a.must", "it calls"), Need("chat.b.*", "it streams")), (Need("chat.a.nice", "cost"),))
FALLBACK = Mode("fallback", (Need("chat.a.must", "it calls"),), limits="slower")
CLIENT = Client("c", "C", "1", "2026-11-21", ("somewhere",), "high", (BASIC,))


def run_of(missing: str = "", **words: str) -> Run:
    levels = {"a_nice": "SHOULD", "b_should": "SHOULD"}
    ids = {"a_must": "chat.a.must", "a_nice": "chat.a.nice", "b_one": "chat.b.one", "b_should": "chat.b.should"}
    rows = [requirement(ids[name], levels.get(name, "MUST")) for name in ids]
    told = []
    for name, identifier in ids.items():
        word, _, reason = words.get(name, "supported").partition(":")
        told.append(verdict("p/m", identifier, word, reason=reason))
    return Run.from_lines(record([endpoint("p/m", missing=missing)], rows, *([] if missing else told)))


def will(run: Run, client: Client = CLIENT) -> Any:
    return readiness(run, run.columns[0], client)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ({}, Will.YES),
        ({"a_must": "broken"}, Will.NO),
        ({"a_must": "unsupported"}, Will.NO),
        ({"b_one": "ignored"}, Will.NO),
        ({"b_should": "broken"}, Will.YES),
        ({"a_nice": "unsupported"}, Will.LIMITS),
        ({"a_nice": "inconclusive"}, Will.YES),
        ({"a_must": "inconclusive"}, Will.UNKNOWN),
        ({"a_must": "inconclusive:not seen"}, Will.YES),
        ({"a_must": "error"}, Will.UNKNOWN),
        ({"a_must": "inconclusive", "b_one": "broken"}, Will.NO),
    ],
)
def test_an_endpoint_will_do_or_not(words: dict[str, str], wanted: Will) -> None:
    assert will(run_of(**words)).will is wanted


def test_the_reasons_are_the_deciding_cells() -> None:
    (reason,) = will(run_of(b_one="broken")).reasons
    assert (reason.check, reason.verdict, reason.why) == ("chat.b.one", "broken", "it streams")
    assert will(run_of(missing="$K is not set")).reasons[0].why == "$K is not set"


def test_the_best_mode_stands_and_says_what_is_lost() -> None:
    both = replace(CLIENT, modes=(BASIC, FALLBACK))
    assert will(run_of(), both).mode == "basic"
    answer = will(run_of(b_one="broken"), both)
    assert (answer.will, answer.mode, answer.limits) == (Will.LIMITS, "fallback", "slower")
    assert will(run_of(a_must="broken"), both).mode == "basic"


def test_where_little_is_known_no_better_answer_than_unknown_is_given() -> None:
    low = replace(CLIENT, confidence="low")
    assert will(run_of(), low).will is Will.UNKNOWN
    assert will(run_of(a_must="broken"), low).will is Will.NO


def test_a_word_that_suffices_does_no_harm() -> None:
    kind = replace(CLIENT, modes=(Mode("m", (Need("chat.a.must", "sent along", ("ignored",)),)),))
    assert will(run_of(a_must="ignored"), kind).will is Will.YES
    assert will(run_of(a_must="unsupported"), kind).will is Will.NO


def test_a_check_that_was_not_asked_is_unknown() -> None:
    other = replace(CLIENT, modes=(Mode("m", (Need("chat.never.asked", "it calls"),)),))
    assert will(run_of(), other).will is Will.UNKNOWN


def test_the_command_answers_with_reasons_and_a_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [requirement(one.id, one.level.value) for one in requirements()]
    told = [verdict("p/m", row["id"], "supported") for row in rows]
    told += [
        verdict("q/m", row["id"], "unsupported" if row["protocol"] == "responses" else "supported") for row in rows
    ]
    run = Run.from_lines(record([endpoint("p/m"), endpoint("q/m")], rows, *told))
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "run.jsonl").write_text("".join(f"{line}\n" for line in lines(run)))
    good = samewire("verdict", "--client", "codex-cli", "p/m")
    assert (good.exit_code, good.stdout.startswith("yes  Codex CLI with p/m, by responses")) == (0, True)
    bad = samewire("verdict", "--client", "codex-cli", "q")
    assert bad.exit_code == 1
    assert "responses.endpoint.served is unsupported: custom providers are reached at" in bad.stdout
    assert samewire("verdict", "--client", "tavo", "p/*").exit_code == 3
    told = json.loads(samewire("verdict", "--json").stdout)
    assert len(told) == 2 * len(NAMED)
    wrong = samewire("verdict", "--client", "roo-cod")
    assert (wrong.exit_code, "did you mean roo-code?" in wrong.stderr) == (2, True)
    assert samewire("verdict", "nobody").exit_code == 2
    assert samewire("verdict", "--from", "absent.jsonl").exit_code == 2
