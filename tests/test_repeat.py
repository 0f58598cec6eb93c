"""``--repeat``: the whole measurement several times over, and what of it is the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from samewire.cli import main
from samewire.conduct import plan
from samewire.demo import Served, endpoint_at
from samewire.policy import Exit
from samewire.reference import KEY, Configuration, Reference
from samewire.reference.call import Call, Fault
from samewire.repeating import steady
from samewire.replay import Replay, endpoints_of
from samewire.requirement import CORE
from samewire.run import Run
from samewire.running import Execution, Live
from samewire.settings import Settings
from samewire.suite import requirements
from samewire.summary import summary
from samewire.verdict import Judgement, Verdict

from .making import endpoint

ROUNDS = 20
GREETING = {
    "model": "reference-1",
    "messages": [{"role": "user", "content": "Say hello."}],
    "max_completion_tokens": 32,
}
BROKEN = Judgement(Verdict.BROKEN, "broken", "No.", frozenset({"a#b"}), exchanges=("x",))
FINE = Judgement(Verdict.SUPPORTED, exchanges=("y",))


def rounds_of(execution: Execution, only: Sequence[str] = ()) -> Run:
    """Open an execution, judge what is core of chat (or what is named), and close it."""
    chosen = [one for one in requirements() if one.id in only]
    chosen = chosen or [one for one in requirements() if one.protocol == "chat" and CORE.includes(one.depth)]
    measurement = execution.open(chosen)  # type: ignore[attr-defined]
    for where in execution.settings.endpoints:
        for one in chosen:
            execution.judged(one, where, measurement.judgement(one, where))
    run = execution.close()
    assert run is not None
    return run


def once_odd(odd: int) -> Fault:
    """A fault that shows in the first so many answers to one greeting, and never again."""
    seen: list[Call] = []

    def apply(call: Call) -> None:
        if call.chat and call.document is not None and call.body == GREETING:
            seen.append(call)
            if len(seen) <= odd:
                call.document["object"] = "chat"

    return Fault("odd.at_first", "It calls it otherwise at first.", "document", apply, {})


def test_twenty_rounds_against_a_lively_model_are_all_the_same() -> None:
    lively = Reference(settings=Configuration(lively=1.0))
    with Served({"lively": lively}) as served:
        where = endpoint_at(served.ports["lively"], "lively", costly=False)
        run = rounds_of(Live(Settings((where,), repeat=ROUNDS)))
    (column,) = run.columns
    cells = {row.id: run.verdict(column, row) for row in run.rows}
    assert len(cells) > 60
    assert {name: one for name, one in cells.items() if len(set(one.rounds)) > 1 or one.flaky} == {}
    judged = [one for one in cells.values() if one.verdict is Verdict.SUPPORTED]
    assert len(judged) > 60
    assert {len(one.rounds) for one in judged} == {ROUNDS}
    assert not [one for one in cells.values() if one.verdict.red or one.verdict is Verdict.UNSUPPORTED]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """Five rounds at a server that is at fault at first; the record of them."""
    path = tmp_path_factory.mktemp("mixed") / "run.jsonl"
    with Served({"odd": Reference([once_odd(2)])}) as served:
        where = endpoint_at(served.ports["odd"], "odd", costly=False)
        return rounds_of(Live(Settings((where,), repeat=5), path)), path


def test_a_fault_that_shows_only_sometimes_is_inconclusive_with_k_of_n(mixed: tuple[Run, Path]) -> None:
    run, _ = mixed
    (column,) = run.columns
    one = run.verdict(column, next(row for row in run.rows if row.id == "chat.completion.object"))
    assert (one.verdict, one.reason, one.flaky) == (Verdict.INCONCLUSIVE, "flaky", True)
    count = Counter(one.rounds)
    assert sum(count.values()) == 5
    assert count["supported"] >= 1
    assert count["broken"] >= 1
    assert f"{count['supported']} of 5 rounds" in one.message or f"supported in {count['supported']}" in one.message
    assert all((column.name, name) in run.exchanges for name in one.exchanges)
    other = run.verdict(column, next(row for row in run.rows if row.id == "chat.completion.answers"))
    assert (other.verdict, other.rounds) == (Verdict.SUPPORTED, ("supported",) * 5)


def test_the_summary_says_for_how_many_cells_it_was_the_same(mixed: tuple[Run, Path]) -> None:
    run, _ = mixed
    told = [line for _, line in summary(run, Exit.MET)]
    (head,) = [line for line in told if line.strip().startswith("~ 5 rounds: ")]
    unsteady = sum(len(set(one.rounds)) > 1 for one in run.verdicts.values())
    assert unsteady
    assert f"{len(run.rows) - unsteady} of {len(run.rows)} cells" in head
    assert any(line.strip().startswith("chat.completion.object: ") and "of 5" in line for line in told)


def test_every_round_sends_anew_and_can_be_judged_again(mixed: tuple[Run, Path]) -> None:
    run, path = mixed
    ids = Counter(name.partition(".")[2] for _, name in run.exchanges)
    assert set(ids) == {"", "2", "3", "4", "5"}
    again = rounds_of(Replay(Settings(endpoints_of(run)), Run.load(path)))
    assert {cell: one.verdict for cell, one in again.verdicts.items()} == {
        cell: one.verdict for cell, one in run.verdicts.items()
    }
    assert {cell: one.rounds for cell, one in again.verdicts.items()} == {
        cell: one.rounds for cell, one in run.verdicts.items()
    }


def test_the_same_word_each_time_stands() -> None:
    one = steady([BROKEN] * 3)
    assert (one.verdict, one.flaky, one.rounds) == (Verdict.BROKEN, False, ("broken",) * 3)
    assert one.notes == ("in each of 3 rounds",)


def test_mixed_words_are_flaky_and_keep_their_causes() -> None:
    one = steady([FINE, BROKEN, FINE, FINE])
    assert (one.verdict, one.flaky) == (Verdict.INCONCLUSIVE, True)
    assert one.message == "mixed: supported in 3 of 4 rounds, broken in 1: No."
    assert one.causes == {"a#b"}
    assert one.exchanges == ("x", "y")


SILENT = (
    Judgement(Verdict.NOT_RUN, "budget"),
    Judgement(Verdict.INCONCLUSIVE, "not seen"),
)


@pytest.mark.parametrize("silent", SILENT, ids=lambda one: one.reason)
def test_a_round_that_shows_nothing_does_not_count(silent: Judgement) -> None:
    assert steady([FINE, silent, FINE]) == replace(FINE, rounds=("supported",) * 2)
    assert steady([silent, silent]).verdict is silent.verdict


def test_a_cell_that_is_blocked_in_some_rounds_names_what_blocks_it() -> None:
    blocked = Judgement(Verdict.INCONCLUSIVE, "blocked", "violates", cause="a#b")
    one = steady([FINE, blocked])
    assert (one.verdict, one.flaky, one.cause) == (Verdict.INCONCLUSIVE, True, "a#b")


def test_our_own_fault_is_not_called_flaky() -> None:
    wrong = Judgement(Verdict.ERROR, "harness", "ValueError: no")
    assert steady([FINE, wrong, BROKEN]).verdict is Verdict.ERROR


def test_a_dry_run_counts_every_round() -> None:
    where = endpoint()
    once, thrice = (plan(Settings((where,), only=("chat.*",), repeat=times))[where.name] for times in (1, 3))
    assert thrice.checks == once.checks
    assert thrice.requests == 3 * once.requests > 0
    assert thrice.tokens_out == 3 * once.tokens_out


def test_repeat_is_an_option_of_run(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("REFERENCE_KEY", KEY)
    with Served({"reference": Reference()}) as served:
        base = f"http://127.0.0.1:{served.ports['reference']}/v1"
        options = ["--base-url", base, "--model", "reference-1", "--api-key-env", "REFERENCE_KEY", "--repeat", "3"]
        done = CliRunner().invoke(main, ["run", *options, "--only", "chat.completion.*", "-q", "-o", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "3 rounds:" in done.output
    run = Run.load(tmp_path / "run.jsonl")
    assert run.header["settings"]["repeat"] == 3
    assert {one.rounds for one in run.verdicts.values()} == {("supported",) * 3}
