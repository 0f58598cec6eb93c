"""The other commands: list, explain, judge, report and serve."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from samewire import __version__
from samewire.reference import KEY
from samewire.reference.faults import FAULTS
from samewire.run import Run
from samewire.settings import Endpoint
from samewire.suite import requirements

from .making import measure
from .test_cli import SAMEWIRE, samewire


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_version_and_the_help_are_there() -> None:
    assert __version__ in samewire("--version").stdout
    for command in ("run", "demo", "list", "explain", "serve", "judge", "report"):
        assert samewire(command, "--help").exit_code == 0
    assert samewire("rnu").exit_code == 2


def test_the_list_has_every_check_on_stdout_and_their_number_on_stderr(no_network: None) -> None:
    result = samewire("list")
    assert [line.split()[0] for line in result.stdout.splitlines()] == [one.id for one in requirements()]
    assert result.stderr.strip() == f"{len(requirements())} checks"


def test_the_list_takes_the_same_selection_as_a_run(no_network: None) -> None:
    assert {line.split(".")[1] for line in samewire("list", "--only", "chat.stream.*").stdout.splitlines()} == {
        "stream"
    }
    assert {line.split()[2] for line in samewire("list", "--depth", "smoke").stdout.splitlines()} == {"smoke"}
    assert {line.split()[1] for line in samewire("list", "--level", "must").stdout.splitlines()} == {"MUST"}


def test_the_list_is_there_as_json(no_network: None) -> None:
    rows = json.loads(samewire("list", "--json", "--only", "chat.stream.done").stdout)
    assert [(row["id"], row["level"], bool(row["sentence"])) for row in rows] == [("chat.stream.done", "SHOULD", True)]


@pytest.mark.parametrize("identifier", [one.id for one in requirements()])
def test_every_check_can_be_explained(no_network: None, identifier: str) -> None:
    result = samewire("explain", identifier)
    assert result.exit_code == 0
    assert result.stdout.startswith(identifier)
    for word in ("Follows from", "Is judged over"):
        assert word in result.stdout


def test_an_explanation_tells_which_clients_need_it(no_network: None) -> None:
    told = samewire("explain", "chat.images.seen").stdout
    assert "Is needed by" in told
    assert "Aider, by chat completions, though it can do without: pictures by /add" in told
    assert "Is needed by" not in samewire("explain", "http.cors.preflight").stdout


def test_a_wrong_id_is_told_with_the_nearest(no_network: None) -> None:
    result = samewire("explain", "chat.strem.done")
    assert result.exit_code == 2
    assert "did you mean chat.stream.done?" in result.stderr
    assert "did you mean" not in samewire("explain", "zzz").stderr


@pytest.fixture(scope="module")
def recorded(healthy: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a run."""
    path = tmp_path_factory.mktemp("record") / "run.jsonl"
    measure(healthy, ["chat.completion.", "chat.stream."], record=path)
    return path


def test_a_record_is_judged_again_without_a_network(recorded: Path, no_network: None) -> None:
    result = samewire("judge", recorded, "--only", "chat.completion.*", "--only", "chat.stream.*", "--quiet")
    assert result.exit_code == 0, result.output
    assert "policy met" in result.stdout
    again, first = Run.load(Path("reports/judged.jsonl")), Run.load(recorded)
    assert {key: one.verdict for key, one in again.verdicts.items()} == {
        key: one.verdict for key, one in first.verdicts.items()
    }
    assert {path.name for path in Path("reports").iterdir()} == {
        *("judged.jsonl", "report.html", "matrix.md", "matrix.csv", "junit.xml", "results.json", "results.csv"),
        *("summary.md", "badges", "ctrf.json"),
    }


def test_what_a_record_lacks_is_not_run(recorded: Path, no_network: None) -> None:
    result = samewire("judge", recorded, "--only", "chat.roles.system", "--json", "--quiet")
    found = json.loads(result.stdout)["results"]
    assert {one["verdict"] for one in found} == {"not run"}
    assert result.exit_code == 3


def test_the_record_that_is_judged_is_not_touched(recorded: Path, no_network: None) -> None:
    copy = shutil.copy(recorded, Path("run.jsonl"))
    before = Path(copy).read_bytes()
    samewire("judge", "run.jsonl", "--only", "chat.completion.*", "-o", ".", "--quiet")
    assert Path(copy).read_bytes() == before


@pytest.mark.parametrize(("name", "begins"), [("json", "{"), ("md", "#"), ("html", "<!"), ("junit", "<?xml")])
def test_a_single_report_goes_to_stdout(recorded: Path, no_network: None, name: str, begins: str) -> None:
    result = samewire("report", recorded, "--format", name)
    assert result.exit_code == 0
    assert result.stdout.lstrip().startswith(begins)
    assert list(Path().iterdir()) == []


def test_several_reports_go_to_a_folder(recorded: Path, no_network: None) -> None:
    result = samewire("report", recorded, "-o", "out", "--format", "md,json")
    assert result.stdout.split() == ["out/matrix.md", "out/results.json"]
    assert sorted(path.name for path in Path("out").iterdir()) == ["matrix.md", "results.json"]


@pytest.mark.parametrize("command", ["judge", "report"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("", "no header"),
        ("{}", "no header"),
        ("nonsense\n{}\n", "is not JSON"),
        ('{"kind": "header", "version": "9.0"}', "format 9.0"),
        ('{"kind": "header", "version": "1.0"}', "run.jsonl"),
    ],
)
def test_what_is_no_record_is_told_and_nothing_is_written(command: str, content: str | None, said: str) -> None:
    if content is not None:
        Path("run.jsonl").write_text(content, encoding="utf-8")
    result = samewire(command, "run.jsonl")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("reports").exists()


def test_an_unknown_format_is_told(recorded: Path) -> None:
    result = samewire("report", recorded, "--format", "pdf")
    assert (result.exit_code, "there is no format 'pdf'; there are html" in result.stderr) == (2, True)


def test_every_fault_can_be_served_and_a_wrong_one_is_told() -> None:
    listed = samewire("serve", "--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(FAULTS)
    result = samewire("serve", "--fault", "stream.no_don")
    assert (result.exit_code, "did you mean stream.no_done?" in result.stderr) == (2, True)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = samewire("serve", "--port", taken.getsockname()[1])
    assert result.exit_code == 2
    assert "name another by --port" in result.stderr


@pytest.fixture
def serving() -> Iterator[list[subprocess.Popen[str]]]:
    """Servers that are to end with the test."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def served(started: list[subprocess.Popen[str]], *arguments: str) -> tuple[str, str, str]:
    """Base URL, model and key of a server that was started."""
    process = subprocess.Popen([SAMEWIRE, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
    started.append(process)
    assert process.stdout is not None
    url, model, key = process.stdout.readline().split("   ")
    return url, model.split()[1], key.split()[1]


def test_what_is_served_is_an_endpoint_for_any_client(serving: list[subprocess.Popen[str]]) -> None:
    url, model, key = served(serving)
    assert key == KEY
    with openai.OpenAI(base_url=url, api_key=key) as client:
        said = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Say hello."}])
        assert said.choices[0].message.content
        counted = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "Count from 1 to 5."}], stream=True
        )
        assert "".join(one.choices[0].delta.content or "" for one in counted) == "1, 2, 3, 4, 5"
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
        called = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "Weather?"}],
            tools=[tool],
            tool_choice="required",  # type: ignore[list-item]
        )
        assert called.choices[0].message.tool_calls
    serving[0].send_signal(signal.SIGINT)
    assert serving[0].wait(timeout=10) == 0


def test_a_faulty_twin_is_served_open_if_wanted(serving: list[subprocess.Popen[str]]) -> None:
    url, model, key = served(serving, "--fault", "stream.no_done", "--open")
    assert key == "none"
    with openai.OpenAI(base_url=url, api_key="anything") as client:
        raw = client.chat.completions.with_raw_response.create(
            model=model, messages=[{"role": "user", "content": "Say hello."}], stream=True
        )
        assert b"[DONE]" not in b"".join(raw.http_response.iter_bytes())
    serving[0].send_signal(signal.SIGTERM)
    assert serving[0].wait(timeout=10) == 0
