"""`samewire run`, as someone types it: what it sends, prints, writes, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from samewire.cli import main
from samewire.reference import KEY, Reference
from samewire.reference.faults import FAULTS
from samewire.requirement import Depth
from samewire.run import Run
from samewire.suite import requirements

SAMEWIRE = str(Path(sys.executable).with_name("samewire"))
Serve = Callable[..., tuple[Reference, int]]


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def samewire(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs checks against a port with the reference's key."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def run(port: int, *arguments: object) -> Result:
        where = ("--base-url", f"http://127.0.0.1:{port}/v1", "--model", "reference-1")
        return samewire("run", *where, *(() if "--format" in arguments else ("--format", "md,json")), *arguments)

    return run


def test_an_endpoint_is_given_by_hand_and_everything_is_written(serve: Serve, run: Any) -> None:
    reference, port = serve()
    result = run(port, "--depth", "smoke", "--format", "html,md,junit,json")
    assert result.exit_code == 0
    assert "policy met" in result.stdout
    assert f"127.0.0.1:{port}/reference-1: nothing contradicts the requirements" in result.stdout
    files = sorted(path.name for path in Path("reports").iterdir())
    assert files == ["junit.xml", "matrix.md", "report.html", "results.json", "run.jsonl"]
    recorded = Run.load(Path("reports/run.jsonl"))
    assert recorded.footer["requests"] == reference.calls
    assert not recorded.incomplete


def test_data_goes_to_stdout_and_progress_to_stderr(serve: Serve, run: Any) -> None:
    _, port = serve()
    result = run(port, "--depth", "smoke", "--json")
    results = json.loads(result.stdout)
    assert results["run"]["incomplete"] is False
    assert "checks" in result.stderr
    assert results == json.loads(Path("reports/results.json").read_text(encoding="utf-8"))


def test_quiet_is_quiet(serve: Serve, run: Any) -> None:
    _, port = serve()
    assert run(port, "--depth", "smoke", "--quiet", "--json").stderr == ""


ENDS: dict[str, tuple[list[str], list[str], int]] = {
    "a broken MUST": (["completion.id_missing"], [], 1),
    "a broken MUST that nobody minds": (["completion.id_missing"], ["--fail-on", "never"], 0),
    "a broken SHOULD": (["usage.total_wrong"], [], 0),
    "a broken SHOULD that somebody minds": (["usage.total_wrong"], ["--fail-on", "should"], 1),
    "a key that is refused": (["way.key_refused"], [], 3),
    "no chat": (["way.no_chat"], [], 1),
    "no such check": ([], ["--only", "chat.nothing.*"], 5),
    "everything left out": ([], ["--not", "*"], 5),
}


@pytest.mark.parametrize(("faults", "arguments", "status"), ENDS.values(), ids=ENDS)
def test_the_exit_status_tells_how_it_ended(
    serve: Serve, run: Any, faults: list[str], arguments: list[str], status: int
) -> None:
    reference, port = serve([FAULTS[name] for name in faults])
    result = run(port, "--depth", "smoke", "--quiet", *arguments)
    assert result.exit_code == status, result.output
    if status == 5:
        assert reference.calls == 0
        assert "samewire list" in result.stderr


def test_no_endpoint_at_all_is_nothing_selected_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "providers.yaml").write_text("providers: []\n", encoding="utf-8")
    result = samewire("run")
    assert result.exit_code == 5
    assert "providers.yaml" in result.stderr
    assert "--base-url" in result.stderr


#: Arguments that are wrong, and a word of what is said.
USAGE: dict[str, tuple[list[str], str]] = {
    "no model": (["--base-url", "http://127.0.0.1:9/v1"], "--model"),
    "a base URL that is none": (["--base-url", "localhost:8000", "--model", "m"], "http://127.0.0.1:8000/v1"),
    "a base URL that can't be read": (["--base-url", "http://[::1/v1", "--model", "m"], "base URL"),
    "a port that is none": (["--base-url", "http://127.0.0.1:99999/v1", "--model", "m"], "99999"),
    "a model alone": (["--model", "m"], "--base-url"),
    "a name and a base URL": (["groq", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"], "leave out groq"),
    "an unknown name": (["oen"], "did you mean one"),
    "an unknown format": (["--format", "pdf"], "html"),
    "an unknown depth": (["--depth", "deep"], "smoke"),
    "no requests": (["--max-requests", "0"], "max-requests"),
    "no file": (["--config", "absent.yaml"], "absent.yaml"),
    "an unknown option": (["--api-key", "sk-1"], "api-key"),
}


@pytest.mark.parametrize(("arguments", "said"), USAGE.values(), ids=USAGE)
def test_what_is_wrong_is_told_and_nothing_is_sent(
    tmp_path: Path, no_network: None, arguments: list[str], said: str
) -> None:
    (tmp_path / "providers.yaml").write_text(
        "providers:\n  - {name: one, models: [m], base_url: 'http://127.0.0.1:9/v1'}\n", encoding="utf-8"
    )
    result = samewire("run", *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert not Path("reports").exists()


def test_a_wrong_file_is_told_with_its_line_and_nothing_is_sent(tmp_path: Path, no_network: None) -> None:
    (tmp_path / "providers.yaml").write_text("providers:\n  - name: one\n    modles: [m]\n", encoding="utf-8")
    result = samewire("run")
    assert result.exit_code == 2
    assert "providers.yaml:3:5: unknown key `modles`: write `models`" in result.stderr


@pytest.mark.parametrize("command", [["run"], ["run", "--dry-run"]])
def test_a_path_to_another_host_is_a_problem_of_the_settings(
    tmp_path: Path, no_network: None, command: list[str]
) -> None:
    entry = {
        "name": "one",
        "base_url": "http://127.0.0.1:9/v1",
        "models": ["m"],
        "paths": {"chat/completions": "http://h/x"},
    }
    (tmp_path / "providers.yaml").write_text(json.dumps({"providers": [entry]}), encoding="utf-8")
    result = samewire(*command)
    assert result.exit_code == 2
    assert "another host" in result.stderr


def test_a_folder_that_cannot_be_written_is_told(serve: Serve, run: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    reference, port = serve()
    result = run(port, "-o", "taken/reports")
    assert result.exit_code == 2
    assert "taken" in result.stderr
    assert reference.calls == 0


def test_a_run_of_a_file_is_one_matrix_with_the_endpoints_whose_key_is_there(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_, one), (other, two) = serve(), serve()
    entries = [
        {
            "name": name,
            "base_url": f"http://127.0.0.1:{port}/v1",
            "models": ["reference-1"],
            "api_key": f"${{{variable}}}",
        }
        for name, port, variable in (("one", one, "ONE_KEY"), ("two", two, "TWO_KEY"))
    ]
    (tmp_path / "providers.yaml").write_text(json.dumps({"providers": entries}), encoding="utf-8")
    monkeypatch.setenv("ONE_KEY", KEY)
    result = samewire("run", "--depth", "smoke", "--quiet")
    assert result.exit_code == 0
    assert "two/reference-1: not run: $TWO_KEY is not set" in result.stdout
    assert other.calls == 0
    assert [column.missing for column in Run.load(Path("reports/run.jsonl")).columns] == ["", "$TWO_KEY is not set"]
    assert samewire("run", "two", "--quiet").exit_code == 3
    monkeypatch.setenv("TWO_KEY", KEY)
    assert samewire("run", "tw*", "--depth", "smoke", "--quiet").exit_code == 0
    assert other.calls > 0


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OTHER_KEY"])
def test_the_key_comes_from_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    reference, port = serve()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv(name, KEY)
    more = [] if name == "OPENAI_API_KEY" else ["--api-key-env", name]
    assert samewire("run", "--model", "reference-1", "--depth", "smoke", "--quiet", *more).exit_code == 0
    assert reference.calls > 0


def test_no_key_is_fine_where_none_is_needed(serve: Serve) -> None:
    _, port = serve(key=None)
    arguments = ["--base-url", f"http://127.0.0.1:{port}/v1", "--model", "reference-1", "--depth", "smoke", "--quiet"]
    assert samewire("run", *arguments).exit_code == 0


def test_no_option_takes_a_key() -> None:
    taking = [
        option
        for command in main.commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if any(word in option for word in ("key", "token", "secret", "password"))
    ]
    assert set(taking) == {"--api-key-env", "--max-tokens", "--tokens-per-minute"}, (
        "the name of a key's variable, a number of tokens; never a key"
    )
    assert isinstance(main, click.Group)


SELECTIONS: list[tuple[list[str], Callable[[Any], bool]]] = [
    (["--only", "chat.stream.*"], lambda one: one.id.startswith("chat.stream.")),
    (["--only", "chat.stream"], lambda one: one.id.startswith("chat.stream.")),
    (
        ["--only", "chat.stream.done", "--only", "chat.tools.*"],
        lambda one: one.id == "chat.stream.done" or one.feature == "chat.tools",
    ),
    (
        ["--only", "chat.stream.*", "--not", "*.done*"],
        lambda one: one.feature == "chat.stream" and ".done" not in one.id,
    ),
    (["--level", "must", "--depth", "full"], lambda one: one.level == "MUST"),
    (["--level", "should", "--only", "chat.roles.*"], lambda one: one.feature == "chat.roles" and one.level != "MAY"),
    (["--depth", "smoke"], lambda one: one.depth is Depth.SMOKE),
]


@pytest.mark.parametrize(
    ("arguments", "chosen"), SELECTIONS, ids=lambda one: " ".join(one) if isinstance(one, list) else ""
)
def test_checks_are_selected_before_anything_is_sent(serve: Serve, run: Any, arguments: list[str], chosen: Any) -> None:
    reference, port = serve()
    result = run(port, "--dry-run", *arguments)
    wanted = [one for one in requirements() if chosen(one) and not {"costly", "burst"} & set(one.needs)]
    assert f": {len(wanted)} checks, " in result.stdout
    assert reference.calls == 0


@pytest.mark.parametrize("depth", list(Depth))
def test_a_dry_run_sends_nothing_and_tells_what_a_healthy_run_then_sends(serve: Serve, run: Any, depth: Depth) -> None:
    reference, port = serve()
    dry = run(port, "--depth", depth.value, "--dry-run")
    assert dry.exit_code == 0
    assert reference.calls == 0
    assert not Path("reports").exists()
    assert "Nothing was sent" in dry.stdout
    assert run(port, "--depth", depth.value, "--quiet").exit_code == 0
    assert f", {reference.calls} requests, " in dry.stdout


def test_a_dry_run_tells_of_costs_where_prices_are_known(tmp_path: Path) -> None:
    entry = {"name": "one", "models": ["m"], "prices": {"input": 1, "output": 2}}
    (tmp_path / "providers.yaml").write_text(json.dumps({"providers": [entry]}), encoding="utf-8")
    assert "cost ≤ $0.0" in samewire("run", "--dry-run").stdout


@pytest.mark.parametrize("most", [1, 5, 20])
def test_no_more_requests_are_sent_than_allowed_and_the_rest_is_kept(serve: Serve, run: Any, most: int) -> None:
    reference, port = serve()
    run(port, "--max-requests", most, "--quiet")
    assert reference.calls == most
    recorded = Run.load(Path("reports/run.jsonl"))
    reasons = [one.reason for one in recorded.verdicts.values()]
    assert "budget" in reasons
    assert len(recorded.exchanges) == most


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has(serve: Serve, number: signal.Signals) -> None:
    _, port = serve(pace=0.02)
    command = [SAMEWIRE, "run", "--base-url", f"http://127.0.0.1:{port}/v1", "--model", "reference-1"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "OPENAI_API_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # In the background SIGINT would be passed over.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    record = Path("reports/run.jsonl")
    while process.poll() is None and not (record.exists() and record.read_text().count('"kind":"exchange"') > 3):
        time.sleep(0.02)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130, stderr
    assert b"Traceback" not in stderr
    assert b"interrupted: what was measured until then is kept" in stdout
    kept = Run.load(record)
    assert kept.incomplete
    assert kept.footer["incomplete"] is True
    assert kept.exchanges
    assert {path.name for path in Path("reports").iterdir()} >= {
        "report.html",
        "matrix.md",
        "junit.xml",
        "results.json",
    }


@pytest.mark.parametrize("command", [("demo",), ("run", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")])
def test_a_folder_that_can_t_be_written_is_told_before_anything_is_sent(command: tuple[str, ...]) -> None:
    Path("file").touch()
    result = samewire(*command, "-o", "file/reports")
    assert result.exit_code == 2
    assert "reports: can't be written: " in result.stderr
    assert "-o" in result.stderr
