"""Known failures: read and refused, foreseen and stale, and what they do to the exit status."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from samewire import expectations
from samewire.foreseen import foreseen, stale
from samewire.policy import Exit, exit_status
from samewire.report.html import render as html
from samewire.report.junit import render as junit
from samewire.report.markdown import render as markdown
from samewire.report.results import results
from samewire.run import Run
from samewire.schema import violations
from samewire.settings import SettingsError
from samewire.snapshot import Snapshot

from .report.records import endpoint, record, requirement, verdict
from .test_cli import samewire

IDS = ("chat.stream.done", "chat.stream.usage", "http.auth.wrong_key")


def run_of(*cells: tuple[str, str], held: tuple[dict[str, Any], ...] = (), **header: Any) -> Run:
    """A run of one endpoint with these cells, held against expectations."""
    rows = [requirement(name) for name, _ in cells]
    told = [verdict("p/m", name, word, "seen") for name, word in cells]
    return Run.from_lines(record([endpoint("p/m")], rows, *told, expectations=list(held), **header))


def expectation(requirement: str, **more: str) -> dict[str, str]:
    return {"requirement": requirement, "why": "known since spring", "endpoint": "*", **more}


def read(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "expectations.yaml"
    path.write_text(text, encoding="utf-8")
    return expectations.load(path, IDS)


def test_a_file_is_read_with_days_as_text(tmp_path: Path) -> None:
    text = (
        "expectations:\n- requirement: chat.stream.*\n  endpoint: acme/*\n  verdict: broken\n"
        "  why: fixed in 2.4\n  since: 2026-01-02\n  expires: 2027-01-01\n  issue: 12\n"
    )
    (one,) = read(tmp_path, text)
    assert (one.requirement, one.endpoint, one.verdict) == ("chat.stream.*", "acme/*", "broken")
    assert (one.since, one.expires, one.issue) == ("2026-01-02", "2027-01-01", "12")
    assert read(tmp_path, "- {requirement: chat.stream.done, why: known}\n")[0].endpoint == "*"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "- {requirement: chat.strem.done, why: known}",
            ":1:4: no check is called 'chat.strem.done'; did you mean chat",
        ),
        ("- {requirement: nothing.*, why: known}", "no check is called 'nothing.*'"),
        ("- {requirement: chat.stream.done}", "`why` is missing"),
        ("- {requirement: chat.stream.done, why: known, verdict: red}", ":1:47: `verdict`: 'red' is not one of"),
        ("- {requirement: chat.stream.done, why: known, expires: soon}", "`expires`"),
        ("- {requirement: chat.stream.done, why: known, wy: x}", "'wy' was unexpected"),
        ("hello", "a list `expectations:` is expected here"),
        ("- [", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert problem in str(caught.value)
    assert "expectations.yaml:" in str(caught.value)


def test_a_providers_entry_concerns_its_own_endpoints() -> None:
    entry = {"requirement": "chat.stream.done", "why": "known"}
    assert expectations.built(entry, "groq").endpoint == "groq/*"
    assert expectations.built({**entry, "endpoint": "groq/llama*"}, "groq").endpoint == "groq/llama*"
    assert expectations.built({**entry, "endpoint": "llama*"}, "groq").endpoint == "groq/llama*"


BAD = ("chat.a.bad", "broken")
GOOD = ("chat.a.good", "supported")


@pytest.mark.parametrize(
    ("cells", "held", "wanted"),
    [
        ([BAD, GOOD], (), Exit.NOT_MET),
        ([BAD, GOOD], (expectation("chat.a.bad"),), Exit.MET),
        ([BAD, GOOD], (expectation("chat.a.b*", verdict="broken"),), Exit.MET),
        ([BAD, GOOD], (expectation("chat.a.bad", verdict="ignored"),), Exit.NOT_MET),
        ([BAD, GOOD], (expectation("chat.a.bad", endpoint="q/*"),), Exit.NOT_MET),
        ([BAD, GOOD], (expectation("chat.a.bad", endpoint="p"),), Exit.MET),
        ([BAD, GOOD], (expectation("chat.a.bad", expires="2026-11-20"),), Exit.NOT_MET),
        ([BAD, GOOD], (expectation("chat.a.bad", expires="2026-11-21"),), Exit.MET),
        ([GOOD], (expectation("chat.a.good"),), Exit.NOT_MET),
        ([GOOD], (expectation("chat.a.gone"),), Exit.MET),
        ([GOOD, ("chat.a.open", "inconclusive")], (expectation("chat.a.open"),), Exit.MET),
        ([GOOD, ("chat.a.no", "unsupported")], (expectation("chat.a.no", verdict="broken"),), Exit.NOT_MET),
        ([BAD, GOOD], (expectation("chat.a.*"),), Exit.MET),
        ([GOOD, ("chat.a.open", "inconclusive")], (expectation("chat.a.*"),), Exit.MET),
    ],
)
def test_listed_is_green_unlisted_is_red_and_stale_is_red(cells: Any, held: Any, wanted: Exit) -> None:
    run = run_of(*cells, held=held)
    assert exit_status(run) is wanted
    assert exit_status(run, "never") is Exit.MET


def test_an_expectation_never_changes_a_word() -> None:
    run = run_of(BAD, GOOD, held=(expectation("chat.a.bad", issue="7"), expectation("chat.a.good")))
    column, bad = run.columns[0], run.rows[0]
    assert run.verdict(column, bad).verdict == "broken"
    assert foreseen(run, column, bad, run.verdict(column, bad)) == run.expectations[0]
    assert [one for one, _ in stale(run)] == [run.expectations[1]]
    told = results(run)
    assert violations(told, "run/results") == ()
    first, second = told["results"]
    assert (first["verdict"], first["fails"], first["expected"], first["stale"]) == (
        *("broken", False, "known since spring"),
        False,
    )
    assert (second["verdict"], second["expected"], second["stale"]) == ("supported", None, True)
    assert [one["stale"] for one in told["expectations"]] == [False, True]
    text = junit(run)
    assert 'type="expected" message="expected broken: known since spring"' in text
    assert 'type="stale" message="the expectation is stale, remove it' in text


def test_a_regression_is_red_only_against_the_baseline() -> None:
    old = run_of(("chat.a.bad", "supported"), ("chat.a.old", "broken"))
    new = run_of(BAD, ("chat.a.old", "broken"), earlier=[Snapshot.of(old, "old").packed()])
    same = run_of(("chat.a.old", "broken"), GOOD, earlier=[Snapshot.of(old, "old").packed()])
    assert exit_status(new, "regression") is Exit.NOT_MET
    assert exit_status(same, "regression") is Exit.MET
    assert exit_status(same, "must") is Exit.NOT_MET
    held = run_of(BAD, held=(expectation("chat.a.bad"),), earlier=[Snapshot.of(old, "old").packed()])
    assert exit_status(held, "regression") is Exit.MET


def test_lint_tells_the_problems_of_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    providers = tmp_path / "providers.yaml"
    entry = (
        "providers:\n- {name: p, base_url: 'https://p.example/v1', models: [m], api_key: ollama, expectations: [%s]}\n"
    )
    providers.write_text(entry % "{requirement: chat.stream.*, why: known}")
    assert samewire("lint").exit_code == 0
    providers.write_text(entry % "{requirement: chat.strem.done, why: known}")
    known = tmp_path / "known.yaml"
    known.write_text("- {requirement: http.auht.*, why: known}\n")
    result = samewire("lint", "providers.yaml", "known.yaml")
    assert result.exit_code == 2
    assert "p: expectations: no check is called 'chat.strem.done'" in result.stderr
    assert "known.yaml:1:4: no check is called 'http.auht.*'" in result.stderr
    assert samewire("lint", "--expectations", "absent.yaml").exit_code == 2
    (tmp_path / "annotations.yaml").write_text("- {requirement: chat.strem.done, note: ours, by: Acme}\n")
    told = samewire("lint", "annotations.yaml")
    assert (told.exit_code, "did you mean chat.stream.done?" in told.stderr) == (2, True)


def test_wrong_options_are_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = ("run", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    for more, said in (
        (("--fail-on", "regression"), "--baseline"),
        (("--baseline", "absent.json"), "absent.json"),
        (("--set", "0.0"), "there is no set '0.0'"),
        (("--expectations", "absent.yaml"), "cannot be read"),
    ):
        result = samewire(*base, *more)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_what_a_reference_fails_itself_fails_nobody() -> None:
    rows = [requirement("chat.a.both"), requirement("chat.a.one")]
    words = {
        ("norm/m", "chat.a.both"): "broken",
        ("norm/m", "chat.a.one"): "supported",
        ("p/m", "chat.a.both"): "ignored",
        ("p/m", "chat.a.one"): "supported",
    }

    def made(**settings: bool) -> Run:
        told = [verdict(*at, word, "seen") for at, word in words.items()]
        return Run.from_lines(record([endpoint("norm/m", settings=settings), endpoint("p/m")], rows, *told))

    assert exit_status(made()) is Exit.NOT_MET
    run = made(reference=True)
    assert exit_status(run) is Exit.MET
    assert "disputed, as norm/m, a reference, fails it too" in junit(run)
    assert [one["disputed"] for one in results(run)["results"]] == [True, False, True, False]
    assert not violations(results(run), "run/results")
    assert html(run).count('<em><span data-t="disputed">disputed</span></em></a>') == 2
    words["p/m", "chat.a.one"] = "broken"
    assert exit_status(made(reference=True)) is Exit.NOT_MET


def test_a_provider_has_its_say_and_it_decides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "annotations.yaml"
    path.write_text(
        "annotations:\n  - {requirement: chat.stream.*, endpoint: p, note: Mended in 2.4., by: Acme, issue: 12}\n",
        encoding="utf-8",
    )
    told = [dict(one) for one in expectations.remarks(path, IDS)]
    run = run_of(("chat.stream.done", "broken"), ("chat.a.b", "broken"), annotations=told)
    assert exit_status(run) is Exit.NOT_MET
    first, second = results(run)["results"]
    assert first["annotations"] == [{"by": "Acme", "note": "Mended in 2.4.", "issue": "12", "on": ""}]
    assert (second["annotations"], first["verdict"], first["fails"]) == ([], "broken", True)
    assert not violations(results(run), "run/results")
    assert "Acme says: Mended in 2.4. (12)" in markdown(run)
    assert 'Acme says</span></dt><dd>Mended in 2.4. <span class="aside">(12)</span></dd>' in html(run)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {requirement: chat.stream.dune, note: abc, by: A}", "did you mean chat.stream.done?"),
        ("- {requirement: chat.stream.done, by: A}", "note"),
        ("- {requirement: chat.stream.done, note: abc, by: A, verdict: supported}", "verdict"),
        ("x: 1", "a list `annotations:` is expected"),
    ],
)
def test_a_wrong_annotation_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "annotations.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(said)):
        expectations.remarks(path, IDS)
