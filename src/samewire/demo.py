"""The reference endpoint and a handful of its faulty twins, on loopback ports that the system gives."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType

from samewire.credentials import Credential, Secret
from samewire.reference import KEY, Configuration, Reference
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.server import Listener
from samewire.run import Run
from samewire.settings import Endpoint, Provider
from samewire.suite import requirements
from samewire.verdict import Verdict

__all__ = ["REFERENCE", "TWINS", "Served", "endpoint_at", "endpoints", "label", "overlooked", "served_apart"]

#: The faulty twins that the demonstration shows: each a defect that real servers have, and most clients don't see.
TWINS = (
    "auth.any_key",
    "ignored.system",
    "ignored.image_counted",
    "stream.no_done",
    "tool_stream.all_zero",
    "responses_ignored.developer",
    "messages.error.openai",
)
#: What the reference says of itself, and each twin as it does, so that the report shows whose claims hold.
CLAIMS = dict.fromkeys(("streaming", "tools", "images", "structured_output", "embeddings"), True)
REFERENCE = "reference"
VARIABLE = "REFERENCE_KEY"
#: Where a reference finds a picture that is blue all over, without any network.
PICTURE = "https://reference.invalid/blue.png"


class Served:
    """Serves references in a thread, as long as the ``with`` statement lasts.

    Args:
        references: what to serve, by name.
        context: makes it TLS.

    Attributes:
        ports: the ports the system gave, by name.
    """

    def __init__(self, references: dict[str, Reference], context: ssl.SSLContext | None = None) -> None:
        self.references = references
        self.context = context
        self.ports: dict[str, int] = {}
        self._listeners: list[Listener] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="reference", daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    async def _start(self) -> None:
        for name, reference in self.references.items():
            self._listeners.append(await reference.serve(context=self.context))
            self.ports[name] = self._listeners[-1].port

    async def _end(self) -> None:
        for listener in self._listeners:
            await listener.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def served_apart(names: Iterable[str]) -> Iterator[dict[str, int]]:
    """Serve the reference, its twins and its variants in a process of their own: their ports, by name."""
    server = subprocess.Popen(
        [sys.executable, "-m", "samewire.reference", *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(timeout=30)
        server.stdout.close()


def endpoint_at(
    port: int, name: str, label: str = "", settings: Configuration | None = None, *, costly: bool = True
) -> Endpoint:
    """The endpoint that a reference on a port is."""
    settings = settings or Configuration()
    key = Credential(VARIABLE, Secret(settings.key or KEY)) if settings.key else None
    model = settings.models[0]
    provider = Provider(
        name, f"http://127.0.0.1:{port}/v1", (model,), label or name, key, costly=costly, image_url=PICTURE
    )
    return Endpoint(provider, model)


def label(name: str) -> str:
    """What the report calls the reference or one of its twins."""
    return "Reference" if name == REFERENCE else f"Twin: {FAULTS[name].what}"


def endpoints(ports: Mapping[str, int]) -> tuple[Endpoint, ...]:
    """The endpoints that the reference and its twins are; a twin is asked only for the protocols its fault is in."""
    found = []
    for name, port in ports.items():
        one = endpoint_at(port, name, label(name), costly=False)
        claimed = () if name == REFERENCE else FAULTS[name].protocols
        found.append(replace(one, provider=replace(one.provider, protocols=claimed, claims=CLAIMS)))
    return tuple(found)


def overlooked(run: Run, faults: Iterable[Fault]) -> list[str]:
    """What the run should have seen and did not, and what it saw and should not have; a sentence each."""
    problems = []
    columns = {column.provider: column for column in run.columns}
    rare = {one.id for one in requirements() if one.rare}
    costly = {one.id for one in requirements() if {"costly", "burst"} & set(one.needs)}
    for row in run.rows:
        judgement = run.verdict(columns[REFERENCE], row)
        if row.id in rare and judgement.reason == "not seen":
            continue
        if row.id in costly and judgement.verdict is Verdict.NOT_RUN:
            continue
        if judgement.verdict is not Verdict.SUPPORTED:
            problems.append(f"{REFERENCE}: {row.id} is {judgement.verdict}: {judgement.message}")
    rows = {row.id: row for row in run.rows}
    for fault in faults:
        for identifier, word in fault.turns.items():
            if identifier in rows:
                judgement = run.verdict(columns[fault.id], rows[identifier])
                if judgement.verdict != word:
                    problems.append(f"{fault.id}: {identifier} is {judgement.verdict}, and should be {word}")
    return problems
