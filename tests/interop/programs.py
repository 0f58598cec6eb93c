"""Programs of others: where they are installed, and how one is run as long as it is needed."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

#: Seconds within which a server must answer, and in which it must end.
PATIENCE, FAREWELL = 180.0, 15.0


def found(command: str, variable: str) -> Path | None:
    """The command that a variable names, or the one on the path.

    The variable may name a Python instead: then the command is the one installed beside it.
    """
    named = os.environ.get(variable, "")
    if not named:
        on_path = shutil.which(command)
        return Path(on_path) if on_path else None
    path = Path(named)
    if path.name.startswith("python"):
        path = path.with_name(command)
    return path if path.exists() else None


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    """Whether anything that speaks HTTP answers at this port, whatever it says but that it isn't ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/v1/models")
        answer = connection.getresponse()
        answer.read()
        return answer.status != 503
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running(
    command: Sequence[str | Path], port: int, log: Path, more: Mapping[str, str], folder: Path | None = None
) -> Iterator[None]:
    """Run a server until the ``with`` statement ends; then its whole process group is ended, by its id."""
    with log.open("wb") as words:
        process = subprocess.Popen(
            [str(one) for one in command],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            cwd=folder or log.parent,
            env={**os.environ, **more},
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    said = log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"{command[0]} does not answer at port {port}; it said: {said}")
                time.sleep(0.3)
            yield
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, word)
        except ProcessLookupError:
            break
        try:
            process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            continue
        break
    process.wait(FAREWELL)
