"""junit.xml: one test suite per endpoint, one test case per check, for whatever reads JUnit's XML.

A cell that fails the run is a failure, or skipped if it was foreseen; one that could not be judged is an error, as
JUnit has no word for doubt; a clean refusal and what was not run are skipped. A red cell that doesn't fail the run
passes, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from samewire.foreseen import stale_cells
from samewire.inert import one_line, visible
from samewire.policy import Tally, tally
from samewire.report.beside import beside, histories
from samewire.report.evidence import curl_of, decisive, seconds_of
from samewire.report.matrix import Cell, cell
from samewire.report.provenance import sources
from samewire.requirement import Level
from samewire.run import Column, Expectation, Run
from samewire.verdict import Verdict

__all__ = ["render"]

#: What XML 1.0 has no place for, however it is written.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CLASS = re.compile(r"[^\w:@+/-]+")


def render(run: Run) -> str:
    """The run as JUnit's XML."""
    top = ElementTree.Element("testsuites", {"name": "samewire", **_time(run.footer.get("seconds"))})
    taken: set[str] = set()
    gone = stale_cells(run)
    more = beside(run)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for column in run.columns:
        suite = _suite(run, column, _class_name(column, taken), gone, more)
        top.append(suite)
        for name in counts:
            counts[name] += int(suite.get(name, "0"))
    top.attrib.update({name: str(count) for name, count in counts.items()})
    ElementTree.indent(top)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", visible(text))


def _attribute(text: str) -> str:
    return _legal(one_line(text))


def _time(seconds: object) -> dict[str, str]:
    return {"time": f"{seconds:.3f}"} if isinstance(seconds, (int, float)) else {}


def _class_name(column: Column, taken: set[str]) -> str:
    """``provider.model``, without further dots, which readers take for levels; unique in the file."""
    parts = (_CLASS.sub("_", _legal(part)).strip("_") or "_" for part in (column.provider, column.model))
    name = first = ".".join(parts)
    number = 2
    while name in taken:
        name, number = f"{first}_{number}", number + 1
    taken.add(name)
    return name


def _suite(
    run: Run,
    column: Column,
    name: str,
    gone: Mapping[tuple[str, str], Expectation],
    more: Callable[[Cell], dict[str, str]],
) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _attribute(column.name)})
    if started := str(run.header.get("started", ""))[:19]:
        suite.set("timestamp", _attribute(started))
    musts, shoulds = (tally(run, column, level) for level in (Level.MUST, Level.SHOULD))
    _properties(suite, _of_endpoint(run, column, musts, shoulds))
    total = 0.0
    for row in run.rows:
        one = cell(run, column, row)
        seconds = seconds_of(decisive(run, column, one.judgement))
        total += seconds
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {
                "classname": f"{name}.{_attribute(row.feature)}",
                "name": _attribute(f"{row.id} {row.title}"),
                **_time(seconds),
            },
        )
        _fill(case, run, one, gone.get((column.name, row.id)), more(one))
    children = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite.set("tests", str(len(run.rows)))
    for attribute, tag in children.items():
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    suite.attrib.update(_time(total))
    return suite


def _of_endpoint(run: Run, column: Column, musts: Tally, shoulds: Tally) -> dict[str, str]:
    return {
        "endpoint": column.name,
        "base_url": column.base_url,
        "suite": str(run.header.get("suite", "")),
        "MUST": str(musts),
        "SHOULD": str(shoulds),
        "histories": histories(run, column),
        **({"incomplete": "true"} if run.incomplete else {}),
    }


def _fill(case: ElementTree.Element, run: Run, one: Cell, gone: Expectation | None, more: Mapping[str, str]) -> None:
    row, judgement = one.row, one.judgement
    source = next((found["url"] or found["source"] for found in sources(row) if found["source"]), "")
    _properties(
        case,
        {
            "check": row.id,
            "level": row.level.value,
            "verdict": one.word,
            "source": source,
            "endpoint": one.column.name,
            "suite": str(run.header.get("suite", "")),
            **more,
        },
    )
    said = _attribute(": ".join(part for part in (one.word, judgement.message or judgement.reason) if part))
    if gone is not None:
        message = f"the expectation is stale, remove it: {one.word} is better than it says ({gone.why})"
        ElementTree.SubElement(case, "failure", {"type": "stale", "message": _attribute(message)})
    elif one.fails and one.foreseen is not None:
        message = f"expected {one.word}: {one.foreseen.why}"
        ElementTree.SubElement(case, "skipped", {"type": "expected", "message": _attribute(message)})
    elif one.fails:
        kind = f"{row.level.value}.{one.word}"
        ElementTree.SubElement(case, "failure", {"type": kind, "message": said}).text = _account(run, one)
    elif judgement.verdict is Verdict.ERROR:
        kind = _attribute(f"error.{judgement.reason}")
        ElementTree.SubElement(case, "error", {"type": kind, "message": said}).text = _account(run, one)
    elif judgement.verdict is Verdict.INCONCLUSIVE:
        kind = _attribute(judgement.reason or one.word)
        ElementTree.SubElement(case, "error", {"type": kind, "message": said}).text = _account(run, one)
    elif judgement.verdict in (Verdict.UNSUPPORTED, Verdict.NOT_RUN):
        ElementTree.SubElement(case, "skipped", {"type": one.word, "message": said})
    elif judgement.verdict.red:
        note = f"{row.level.value}.{one.word}, which does not fail the run\n{_account(run, one)}"
        ElementTree.SubElement(case, "system-out").text = note


def _account(run: Run, one: Cell) -> str:
    """What was expected and observed, and how to see it again."""
    judgement = one.judgement
    lines = [f"expected  {one.row.sentence}", f"observed  {judgement.message}"]
    lines += [f"          {note}" for note in judgement.notes]
    if one.blocked_by:
        lines.append(f"blocked   by {one.blocked_by}")
    elif command := curl_of(run, one.column, judgement):
        lines += ["reproduce", command]
    return _legal("\n".join(lines))


def _properties(parent: ElementTree.Element, content: Mapping[str, str]) -> None:
    properties = ElementTree.SubElement(parent, "properties")
    for name, value in content.items():
        if value:
            ElementTree.SubElement(properties, "property", {"name": name, "value": _attribute(value)})
