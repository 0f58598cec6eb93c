"""Sharded runs put together: many machines each test some endpoints, and one report has them all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from samewire.run import Run, RunError, combine
from samewire.verdict import Judgement

__all__ = ["lines", "merged"]


def merged(runs: Sequence[Run]) -> Run:
    """Several runs as one; of an endpoint that occurs twice, the later run's column stands.

    Raises:
        RunError: they did not ask the same, so that their cells can't stand side by side.
    """
    suites = {str(run.header.get("suite", "")): None for run in runs}
    if len(suites) > 1:
        raise RunError(
            f"the runs asked different things (suites {', '.join(suites)}): run all shards with one version of samewire"
        )
    sets = {str(run.header.get("set") or "no frozen set"): None for run in runs}
    if len(sets) > 1:
        raise RunError(f"the runs were scored by {' and '.join(sets)}: run all shards with the same --set")
    sorted_runs = sorted(runs, key=lambda run: str(run.header.get("started", "")))
    one = combine(sorted_runs)
    known = tuple(dict.fromkeys(expectation for run in runs for expectation in run.expectations))
    header = {
        **one.header,
        "endpoints": [asdict(column) for column in one.columns],
        "requirements": [asdict(row) for row in one.rows],
        "expectations": [asdict(expectation) for expectation in known],
        "merged": [str(run.header.get("started", "")) for run in sorted_runs],
    }
    return replace(one, header=header, expectations=known, footer=_footer(sorted_runs, one))


def _footer(runs: Sequence[Run], one: Run) -> dict[str, Any]:
    footers = [run.footer for run in runs]
    added = {name: sum(int(footer.get(name) or 0) for footer in footers) for name in ("masked", "requests")}
    # These are told only where they were counted.
    spent = {name: [footer[name] for footer in footers if name in footer] for name in ("tokens", "cost")}
    added |= {name: round(sum(told), 6) for name, told in spent.items() if told}
    exhausted = [footer["exhausted"] for footer in footers if footer.get("exhausted")]
    by_endpoint = {
        name: {key: value for footer in footers for key, value in (footer.get(name) or {}).items()}
        for name in ("pauses", "peak", "hidden")
        if name != "hidden" or any(name in footer for footer in footers)
    }
    return {
        "kind": "footer",
        "finished": max(str(footer.get("finished", "")) for footer in footers),
        "incomplete": one.incomplete,
        "seconds": max(float(footer.get("seconds") or 0) for footer in footers),
        **added,
        **by_endpoint,
        **({"exhausted": exhausted[0]} if exhausted else {}),
    }


def lines(run: Run) -> Iterator[str]:
    """A run as the lines of a record."""
    yield _line(run.header)
    for line in run.exchanges.values():
        yield _line(line)
    for (endpoint, requirement), judgement in run.verdicts.items():
        yield _line({"kind": "verdict", "endpoint": endpoint, "requirement": requirement, **_judgement(judgement)})
    for line in run.findings.values():
        yield _line(line)
    if run.footer:
        yield _line(run.footer)


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        one.name: sorted(value) if isinstance(value := getattr(judgement, one.name), frozenset) else value
        for one in fields(judgement)
    }
