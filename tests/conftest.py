"""Servers that tests share, and a network that is closed."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from samewire.demo import Served, endpoint_at
from samewire.reference import Configuration, Fault, Reference
from samewire.settings import Endpoint

from .making import cheap

ROOT = Path(__file__).parent.parent

# The same examples each time, so that a change breaks a test and chance doesn't; `--hypothesis-profile=search` looks
# for new ones. No deadline: nothing here depends on how fast the machine is.
settings.register_profile("same", deadline=None, derandomize=True, database=None, max_examples=100)
settings.register_profile(
    "search", deadline=None, database=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine's decides a test."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "SAMEWIRE_CONFIG", "SAMEWIRE_DEPTH"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def healthy() -> Iterator[Endpoint]:
    """The reference endpoint, without a fault."""
    with Served({"healthy": Reference()}) as served:
        yield cheap(endpoint_at(served.ports["healthy"], "healthy"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Reference, int]]]:
    """Serves a reference with these faults and settings until the test ends: gives it and its port."""
    with ExitStack() as stack:

        def start(faults: Sequence[Fault] = (), **settings: Any) -> tuple[Reference, int]:
            reference = Reference(faults, Configuration(**settings))
            served = stack.enter_context(Served({"it": reference}))
            return reference, served.ports["it"]

        yield start


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what a clone has, for `pytest suites`; samewire itself is the one that is tested."""
    copy = tmp_path / "clone"
    for name in ("suites", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml", "providers.yaml"):
        shutil.copy(ROOT / name, copy)
    return copy


def close_the_network(patch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network is closed")

    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, refuse)
    patch.setattr(socket, "create_connection", refuse)
    patch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is closed."""
    close_the_network(monkeypatch)
