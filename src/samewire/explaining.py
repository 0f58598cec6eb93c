"""A check, explained: what it requires and from where, what it sends, what it catches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from samewire import sets
from samewire.catalogue import entries, url_of
from samewire.clients import clients
from samewire.deviations import told
from samewire.inert import one_line, visible
from samewire.past import past, turns_of
from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.request import Request
from samewire.requirement import Requirement
from samewire.scenario import Every, Preflight, Scenario
from samewire.snapshot import Snapshot
from samewire.suite import requirements

__all__ = ["explained", "page", "told_of"]


def page() -> str:
    """REQUIREMENTS.md: every check as a row, by feature."""
    rows = requirements()
    lines = [
        "# Requirements",
        "",
        "Made by `samewire list --markdown`; a test sees to it that it is fresh. The sources are entries of the",
        "catalogue in [spec/](spec), which says what each rests on.",
    ]
    for feature in dict.fromkeys(row.feature for row in rows):
        lines += [
            "",
            f"## {feature}",
            "",
            "| check | level | depth | requirement | source |",
            "| --- | --- | --- | --- | --- |",
        ]
        for row in rows:
            if row.feature == feature:
                sentence = row.sentence.replace("|", "\\|")
                lines.append(f"| {row.id} | {row.level} | {row.depth} | {sentence} | {' '.join(row.spec)} |")
    return "\n".join(lines) + "\n"


def explained(row: Requirement) -> Iterator[str]:
    """The lines."""
    marks = [row.level.value, row.depth.value, *(["required"] if row.required else [])]
    yield f"{row.id}  {'  '.join(marks)}"
    yield f"  {row.sentence}"
    yield ""
    yield "Follows from"
    for name in row.spec:
        entry = entries()[name]
        yield f"  {name} ({entry.level}): {entry.fact}"
        yield f"    {entry.file}, source: {' '.join((entry.source, url_of(entry)))}"
    yield ""
    yield "Is judged over"
    yield from (f"  {line}" for line in _source(row))
    needed = list(_needed(row))
    if needed:
        yield ""
        yield "Is needed by"
        yield from (f"  {line}" for line in needed)
    faults = [fault for fault in FAULTS.values() if row.id in fault.turns]
    if faults:
        yield ""
        yield "Catches, among others"
        for fault in faults:
            yield f"  {fault.id}: {fault.what} → {fault.turns[row.id]}"
            yield from _known(fault)


def told_of(check: str, runs: Sequence[Snapshot]) -> Iterator[str]:
    """The lines on the past of a check: the sets that froze it, and what it was in some runs, oldest first."""
    frozen = [name for name in sets.names() if check in sets.load(name)]
    yield ""
    yield f"Frozen in {', '.join(frozen)}" if frozen else "Newer than every frozen set"
    places = dict.fromkeys(endpoint for run in runs for endpoint, name in run.cells if name == check)
    if not places:
        return
    yield ""
    yield f"Was, in {len(runs)} {'run' if len(runs) == 1 else 'runs'} from {runs[0].day} to {runs[-1].day}"
    for endpoint in places:
        found = past(runs, endpoint, check)
        turns = f", turned {found.turns} times" if found.turns > 1 else ""
        yield f"  {one_line(endpoint)}  {turns_of(found)}{turns}"


def _needed(row: Requirement) -> Iterator[str]:
    """The clients that need it, in the mode that does, and for what."""
    for client in clients():
        for mode in client.modes:
            for need in (*mode.required, *mode.optional):
                if need.names(row.id, row.level):
                    kind = "" if need in mode.required else ", though it can do without"
                    yield f"{client.name}, by {mode.name}{kind}: {need.why}"


def _known(fault: Fault) -> Iterator[str]:
    names, sources = told(fault.known)
    if names:
        yield f"    Known from: {names}"
        yield from (f"      {url}" for url in sources)


def _source(row: Requirement) -> Iterator[str]:
    of = row.of
    if isinstance(of, Request):
        yield from _request(of)
    elif isinstance(of, Every):
        kind = {None: "answer", True: "stream", False: "answer that is no stream"}[of.streamed]
        span = f"{of.statuses.start} to {of.statuses.stop - 1}"
        yield f"every {kind} of {of.path or 'any path'} with a status of {span}; sent so that there is one:"
        for request in of.witness:
            yield from _request(request)
    elif isinstance(of, Preflight):
        yield "the first steps at the endpoint, which begin with:"
        yield from _request(of.requests[0])
    elif isinstance(of, Scenario):
        yield f"{len(of.requests)} requests, and up to {of.more} more made of their answers:"
        for request in of.requests:
            yield from _request(request)


def _request(request: Request) -> Iterator[str]:
    yield f"{request.method} {request.path}" + ("" if request.key == "own" else f"   (key: {request.key})")
    if request.body is not None:
        body = request.body
        # A half of a letter can't be written to any terminal.
        text = repr(body) if isinstance(body, bytes) else visible(json.dumps(body, ensure_ascii=False))
        yield f"  {text if len(text) <= 600 else text[:600] + '…'}"
