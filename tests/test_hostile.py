"""Whole runs against servers that misbehave, beside a healthy one: every cell has a verdict, and no other suffers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from samewire import report
from samewire.policy import Exit, exit_status
from samewire.redaction import Redactor
from samewire.requirement import CORE
from samewire.run import Run
from samewire.settings import Endpoint
from samewire.suite import requirements
from samewire.verdict import Verdict

from .hostile import BEHAVIOURS, CHAT, Behaviour, Hostile, Request
from .hostile.behaviours import JSON, whole
from .making import endpoint, key, measure, words

WHOLE = {name: behaviour for name, behaviour in BEHAVIOURS.items() if behaviour.whole}
FINE = whole(json.dumps(CHAT).encode(), JSON)


def after_a_greeting(behaviour: Behaviour) -> Behaviour:
    """Answer the first steps as if all were well, and then misbehave where a stream is asked for."""

    async def play(request: Request, writer: asyncio.StreamWriter) -> None:
        streamed = b'"stream":true' in request.body
        await (behaviour.play if streamed else FINE)(request, writer)

    return Behaviour(play, behaviour.kind, behaviour.peer, behaviour.status)


CHECKS = {one.id for one in requirements() if CORE.includes(one.depth)}
LATER = (*("hangs", "a stream without end", "a gzip bomb", "resets", "broken UTF-8", "nested too deeply"),)
PLAYS = WHOLE | {f"{name}, later": after_a_greeting(WHOLE[name]) for name in LATER}


@pytest.fixture(scope="module")
def run(healthy: Endpoint) -> Iterator[tuple[Run, Hostile]]:
    """One run against them all."""
    with pytest.MonkeyPatch.context() as patch, Hostile({name: one.play for name, one in PLAYS.items()}) as servers:
        patch.setattr("samewire.transport.MAX_BODY", 300_000)
        patch.setattr("samewire.retry.FAILED_ATTEMPTS", 2)
        ends = [endpoint(servers.url(name), name=name, credential=key(), timeout=0.6) for name in PLAYS]
        yield measure([healthy, *ends], depth=CORE), servers


def test_the_healthy_endpoint_s_column_is_untouched(run: tuple[Run, Hostile]) -> None:
    seen = words(run[0], "healthy")
    assert {check: word for check, word in seen.items() if word != "supported"} == {}
    assert set(seen) == CHECKS


@pytest.mark.parametrize("name", PLAYS)
def test_every_cell_has_a_verdict_and_none_is_a_fault_of_ours(run: tuple[Run, Hostile], name: str) -> None:
    column = next(one for one in run[0].columns if one.provider == name)
    judgements = {row.id: run[0].verdict(column, row) for row in run[0].rows}
    assert set(judgements) == CHECKS
    assert {check: one for check, one in judgements.items() if one.verdict is Verdict.ERROR} == {}
    # It was asked, and what it did is in the record.
    assert run[1].requests[name]
    assert [one for (where, _), one in run[0].exchanges.items() if where == column.name]


@pytest.mark.parametrize("name", [name for name, one in WHOLE.items() if one.kind])
def test_a_peer_that_fails_from_the_start_is_told_in_one_cell_and_left_alone(
    run: tuple[Run, Hostile], name: str
) -> None:
    seen = words(run[0], name)
    assert set(seen.values()) == {"inconclusive"}
    assert {run[0].verdicts[f"{name}/m", check].cause for check in seen} <= {"", "check:http.base_url.answers"}
    assert [check for check in seen if not run[0].verdicts[f"{name}/m", check].cause] == ["http.base_url.answers"]
    assert len(run[1].requests[name]) <= 5


def test_what_is_kept_of_endless_bodies_is_little(run: tuple[Run, Hostile]) -> None:
    sizes = {
        (name, one["failure"] and one["failure"]["kind"]): sum(size for _, size in one["reads"])
        for (name, _), line in run[0].exchanges.items()
        for one in line["attempts"]
    }
    assert {key: size for key, size in sizes.items() if size > 300_000} == {}


def test_such_a_run_is_written_in_every_format(run: tuple[Run, Hostile], tmp_path: Path) -> None:
    paths = report.write(run[0], tmp_path, report.FORMATS, Redactor())
    assert all(path.stat().st_size for path in paths)
    assert exit_status(run[0]) in (Exit.NOT_MET, Exit.COULD_NOT_JUDGE)
