"""A run that is cut short: what was measured is kept, the report says so, and the run can be gone on with."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from samewire.recorder import Recorder
from samewire.redaction import Redactor
from samewire.reference import KEY, Reference
from samewire.run import Run

from .test_cli import SAMEWIRE, samewire

Serve = Callable[..., tuple[Reference, int]]
RECORD = Path("reports/run.jsonl")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def arguments(port: int, *more: object) -> list[str]:
    return ["run", "--base-url", f"http://127.0.0.1:{port}/v1", "--model", "reference-1", *map(str, more)]


def heard() -> None:
    """Let SIGINT do what it does in the foreground."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begun(port: int, *more: object) -> subprocess.Popen[bytes]:
    """A run in a process of its own."""
    environ = {**os.environ, "OPENAI_API_KEY": KEY}
    command = [SAMEWIRE, *arguments(port, *more)]
    # Whoever runs these tests in the background has told them to pass over SIGINT: the run itself hears it.
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heard)


def cut_short(port: int, number: signal.Signals, exchanges: int = 6) -> tuple[int, bytes, bytes]:
    """A run that gets a signal once it has so many exchanges: its exit status, and what it printed."""
    process = begun(port, "--depth", "smoke")
    while process.poll() is None and not (RECORD.exists() and RECORD.read_text().count('"exchange"') >= exchanges):
        time.sleep(0.01)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    return process.returncode, stdout, stderr


def judged(run: Run) -> dict[str, str]:
    return {check: one.verdict.value for (_, check), one in run.verdicts.items()}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_was_cut_short_is_gone_on_with_and_nothing_is_paid_twice(
    serve: Serve, number: signal.Signals
) -> None:
    reference, port = serve(pace=0.03)
    status, _, stderr = cut_short(port, number)
    assert status == (-9 if number is signal.SIGKILL else 130)
    assert b"Traceback" not in stderr
    half = Run.load(RECORD)
    assert half.incomplete
    kept = len(half.exchanges)
    assert kept >= 6
    assert "incomplete" in samewire("report", RECORD, "--format", "md").stdout
    before = reference.calls
    result = samewire(*arguments(port, "--depth", "smoke", "--resume", "--quiet"))
    assert result.exit_code == 0, result.output
    whole = Run.load(RECORD)
    assert not whole.incomplete
    assert whole.header["resumed"] is True
    assert whole.header["started"] == half.header["started"]
    assert len({check for _, check in whole.verdicts}) == len(whole.rows)
    # What was answered was not sent again: all that the second part sent is new in the record.
    assert reference.calls - before == len(whole.exchanges) - kept
    assert whole.exchanges.items() >= half.exchanges.items()


def test_resumed_it_says_what_one_run_says(serve: Serve) -> None:
    _, port = serve()
    samewire(*arguments(port, "--depth", "smoke", "--max-requests", 5, "--quiet"))
    assert Run.load(RECORD).incomplete
    assert samewire(*arguments(port, "--depth", "smoke", "--resume", "--quiet")).exit_code == 0
    resumed = judged(Run.load(RECORD))
    assert samewire(*arguments(port, "--depth", "smoke", "--quiet", "-o", "other")).exit_code == 0
    assert resumed == judged(Run.load(Path("other/run.jsonl")))


def test_a_whole_run_gone_on_with_sends_nothing(serve: Serve) -> None:
    reference, port = serve()
    samewire(*arguments(port, "--depth", "smoke", "--quiet"))
    before = reference.calls
    assert samewire(*arguments(port, "--depth", "smoke", "--resume", "--quiet")).exit_code == 0
    assert reference.calls == before
    assert Run.load(RECORD).footer["requests"] == before


def test_a_line_that_was_not_written_to_its_end_is_cut_off(serve: Serve) -> None:
    _, port = serve()
    samewire(*arguments(port, "--depth", "smoke", "--quiet"))
    lines = RECORD.read_text().splitlines()
    RECORD.write_text("\n".join(lines[:8]) + "\n" + lines[8][:40])
    assert samewire(*arguments(port, "--depth", "smoke", "--resume", "--quiet")).exit_code == 0
    assert all(isinstance(json.loads(line), dict) for line in RECORD.read_text().splitlines())
    assert not Run.load(RECORD).incomplete


def test_what_failed_is_tried_anew(serve: Serve) -> None:
    reference, port = serve()
    samewire(*arguments(port, "--depth", "smoke", "--quiet"))
    lines = [json.loads(line) for line in RECORD.read_text().splitlines()]
    failed = [one for one in lines if one["kind"] == "exchange"][:4]
    for one, status in zip(failed, (429, 500, 0, 403), strict=True):
        one["attempts"][-1]["status"] = status
    limit = json.dumps({"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}})
    failed[3]["attempts"][-1] |= {"body": limit, "reads": [[0.0, len(limit)]]}
    failed[2]["attempts"][-1]["failure"] = {"kind": "reset", "message": "it broke off", "peer": False}
    RECORD.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    before = reference.calls
    assert samewire(*arguments(port, "--depth", "smoke", "--resume", "--quiet")).exit_code == 0
    assert reference.calls - before == 4


@pytest.mark.parametrize("content", [None, "", "nonsense\n{}\n"])
def test_where_there_is_nothing_to_resume_it_says_so(serve: Serve, content: str | None) -> None:
    reference, port = serve()
    if content is not None:
        RECORD.parent.mkdir()
        RECORD.write_text(content)
    result = samewire(*arguments(port, "--resume"))
    assert result.exit_code == 2
    assert "nothing to resume" in result.stderr
    assert reference.calls == 0


def test_the_run_of_another_endpoint_is_not_gone_on_with(serve: Serve) -> None:
    (_, one), (reference, other) = serve(), serve()
    samewire(*arguments(one, "--depth", "smoke", "--quiet"))
    result = samewire(*arguments(other, "--depth", "smoke", "--resume"))
    assert result.exit_code == 2
    assert f"is a run of 127.0.0.1:{one}/reference-1" in result.stderr
    assert reference.calls == 0


def limited(size: int) -> Callable[[], None]:
    """Lets no file of the process grow beyond so many bytes: a disk that becomes full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.parametrize("size", [0, 300_000])
def test_on_a_full_disk_it_ends_and_keeps_what_it_has(serve: Serve, size: int) -> None:
    reference, port = serve()
    done = subprocess.run(
        [SAMEWIRE, *arguments(port, "--quiet")],
        env={**os.environ, "OPENAI_API_KEY": KEY},
        capture_output=True,
        timeout=60,
        preexec_fn=limited(size),
    )
    assert b"Traceback" not in done.stderr
    if not size:  # not even a folder of our own can be made
        assert done.returncode == 4
        assert b"can't be written" in done.stderr
        assert reference.calls == 0
        return
    assert done.returncode == 130
    assert b"can't be written: File too large" in done.stderr
    kept = Run.load(RECORD)
    assert kept.incomplete
    assert kept.exchanges


def test_a_record_that_can_t_be_written_any_more_says_why_and_keeps_what_it_has(tmp_path: Path) -> None:
    recorder = Recorder(Path("/dev/full"), Redactor())
    recorder.write("header", version="1.0")
    assert recorder.problem == "/dev/full: can't be written: No space left on device"
    recorder.write("footer")
    recorder.close()
