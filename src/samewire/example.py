"""An answer that meets a check, and one that doesn't: shown by the embedded reference and by a faulty twin of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samewire.bodies import body_of
from samewire.conduct import conduct
from samewire.demo import REFERENCE, Served, endpoint_at
from samewire.inert import one_line, shortened, visible
from samewire.reference import Configuration, Reference
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.report.evidence import decisive, mapping, sequence
from samewire.requirement import Depth, Requirement
from samewire.run import Column, Run
from samewire.running import Live
from samewire.settings import Endpoint, Settings

__all__ = ["example"]

#: Lines that are shown of the beginning and of the end of a body, and characters of one line.
LINES, WIDTH = 4, 300


def example(requirement: Requirement) -> Iterator[str]:
    """The lines: what is sent, what the reference answers, and what a twin does that the check catches."""
    fault = next((one for one in FAULTS.values() if requirement.id in one.turns), None)
    references = {REFERENCE: Reference(), **({fault.id: Reference([fault])} if fault else {})}
    with Served(references) as served:
        endpoints = tuple(_endpoint(name, port, requirement, fault) for name, port in served.ports.items())
        settings = Settings(endpoints, only=(requirement.id,), depth=Depth.FULL)
        run = conduct(settings, Live(settings))
    assert run is not None
    for column in run.columns:
        yield ""
        yield "An answer that meets it" if column.provider == REFERENCE else f"One that doesn't: {_what(fault)}"
        yield from (f"  {line}" for line in _shown(run, column, requirement.id))


def _what(fault: Fault | None) -> str:
    return f"{fault.id}, {fault.what[0].lower()}{fault.what[1:]}" if fault else ""


def _endpoint(name: str, port: int, requirement: Requirement, fault: Fault | None) -> Endpoint:
    twin = fault if fault is not None and name == fault.id else None
    opened = twin is not None and twin.configure.get("key", "") is None
    made = endpoint_at(port, name, settings=Configuration(key=None) if opened else None)
    timeout = twin.patience if twin is not None and twin.patience is not None else made.provider.timeout
    burst = 8 if "burst" in requirement.needs else 0
    return replace(made, provider=replace(made.provider, timeout=timeout, burst=burst))


def _shown(run: Run, column: Column, check: str) -> Iterator[str]:
    """What decided a cell: the request, the answer, the verdict."""
    row = next(row for row in run.rows if row.id == check)
    judgement = run.verdict(column, row)
    line = decisive(run, column, judgement)
    if line is not None:
        wire = mapping(line.get("wire"))
        key = "" if wire.get("key") == "own" else f"   (key: {wire.get('key')})"
        yield _cut(f"{wire.get('method')} {str(wire.get('url')).partition('/v1')[2] or '/'}{key}")
        yield from _lines(body_of(wire.get("body")))
        (last,) = (mapping(one) for one in sequence(line.get("attempts"))[-1:] or ({},))
        yield _cut(f"→ {last.get('status') or 'no answer'}")
        yield from _lines(body_of(last.get("body")))
    yield _cut(f"{judgement.verdict.value}{f': {judgement.message}' if judgement.message else ''}")


def _lines(body: bytes | None) -> Iterator[str]:
    found = [one for one in visible((body or b"").decode("utf-8", "replace")).split("\n") if one.strip()]
    # What matters of a stream is how it begins, and how it ends.
    left = len(found) - 2 * LINES
    yield from (f"  {_cut(one)}" for one in found[:LINES])
    if left > 0:
        yield f"  … {left} lines more"
    yield from (f"  {_cut(one)}" for one in found[max(LINES, LINES + left) :])


def _cut(text: str) -> str:
    return shortened(one_line(text), WIDTH)
