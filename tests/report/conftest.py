"""Runs to render: one that was really measured, and ones made by hand that hold every verdict and the worst texts."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from samewire.credentials import Credential, Secret
from samewire.reference import KEY, Fault, Reference
from samewire.reference.call import Call
from samewire.run import Run
from samewire.running import Live
from samewire.settings import Endpoint, Provider, Settings
from samewire.suite import requirements

from .records import every_verdict, hostile_record, record

#: Features that are measured: enough for every kind of line, quick enough for every run.
MEASURED = ("http.base_url", "http.auth", "http.error", "chat.completion", "chat.model", "chat.sampling", "chat.stream")


@pytest.fixture
def every() -> Run:
    """A run with every verdict."""
    return Run.from_lines(every_verdict())


@pytest.fixture
def unpacked() -> Callable[[str], list[dict[str, Any]]]:
    """Unpacks the evidence of a page: every line of every block."""

    def unpack(page: str) -> list[dict[str, Any]]:
        blocks = re.findall(r'<script type="application/gzip" id="[^"]*">([^<]*)</script>', page)
        assert blocks
        return [json.loads(line) for one in blocks for line in gzip.decompress(base64.b64decode(one)).splitlines()]

    return unpack


@pytest.fixture
def lines() -> list[dict[str, Any]]:
    """The lines of the record of that run."""
    return every_verdict()


@pytest.fixture
def hostile() -> Run:
    """A run full of hostile text."""
    return Run.from_lines(hostile_record())


@pytest.fixture
def made() -> Callable[..., Run]:
    """Makes a run of endpoints, rows and further lines."""
    return lambda *parts, **header: Run.from_lines(record(*parts, **header))


@pytest.fixture(scope="session")
def measured() -> Iterator[tuple[Run, list[Any]]]:
    """A run that was measured: the reference, a faulty twin, nobody at the port, a missing key. And its record."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def done(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    def forget_stop(call: Call) -> None:
        if isinstance(call.body, dict):
            call.body.pop("stop", None)

    fault = Fault("stop.forgotten", "forgets stop", "body", forget_stop, {})
    listeners = [done(Reference().serve()), done(Reference([fault]).serve())]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        ports = [*(one.port for one in listeners), unused.getsockname()[1]]
        key = Credential("REFERENCE_KEY", Secret(KEY))
        names = ("reference", "twin", "nobody")
        providers = [
            Provider(name, f"http://127.0.0.1:{port}/v1", ("reference-1",), credential=key)
            for name, port in zip(names, ports, strict=True)
        ]
        providers.append(Provider("keyless", "http://127.0.0.1:9/v1", ("m",), missing="$KEYLESS is not set"))
        live = Live(Settings(tuple(Endpoint(one, one.models[0]) for one in providers)))
        chosen = [one for one in requirements() if one.feature in MEASURED]
        measurement = live.open(chosen)
        assert measurement is not None
        for one in live.settings.endpoints:
            for found in chosen:
                live.judged(found, one, measurement.judgement(found, one))
        run = live.close()
    assert run is not None
    yield run, [run.header, *run.exchanges.values(), *run.findings.values(), run.footer]
    for listener in listeners:
        done(listener.close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
