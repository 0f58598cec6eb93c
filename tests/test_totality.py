"""A check is total: whatever bytes come, it says one of the words, and never *error*."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.attempt import Wire
from samewire.exchange import Exchange, matches
from samewire.findings import Findings
from samewire.gravity import Gravest
from samewire.lane import Got, Lane
from samewire.record import exchange_of
from samewire.request import Request
from samewire.requirement import Requirement
from samewire.running import Live
from samewire.scenario import Every
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.verdict import Judgement, Signal, Verdict, judge

from .making import ERROR, attempt
from .mutating import mutated

REQUIREMENTS = requirements()


class Recorded:
    """What the reference answered to everything, as the record has it."""

    def __init__(self, endpoint: Endpoint) -> None:
        live = Live(Settings((endpoint,)))
        measurement = live.open(list(REQUIREMENTS))
        for one in REQUIREMENTS:
            live.judged(one, endpoint, measurement.judgement(one, endpoint))
        requests = {one.id: one.request for one in live.lanes[endpoint.name].exchanges.values()}
        self.findings = live.lanes[endpoint.name].findings
        run = live.close()
        assert run is not None
        self.endpoint = endpoint
        self.exchanges = {
            name: replace(exchange_of(line, requests[name], endpoint.model), controlled=True)
            for (_, name), line in run.exchanges.items()
        }

    def perform(self, chance: Random | None, often: float = 0.3) -> Any:
        """A performer that answers from the record, changed here and there."""

        async def perform(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
            known = self.exchanges.get(wire.id)
            if known is None:  # made of another answer, or a repetition: any answer of its kind will do
                kind = (request.streamed, request.protocol)
                alike = [one for one in self.exchanges.values() if (one.request.streamed, one.request.protocol) == kind]
                known = (chance or Random(0)).choice(alike)
            answer = replace(known, request=request, wire=wire, _known={})
            if chance is None or chance.random() > often:
                return answer
            changed = mutated(answer.last, chance)
            tries = chance.choice(((changed,), (changed, changed), (answer.last, changed)))
            return replace(answer, attempts=tries, controls=(chance.random() < 0.5,) * (len(tries) - 1))

        return perform


@pytest.fixture(scope="module")
def recorded(healthy: Endpoint) -> Recorded:
    return Recorded(replace(healthy, provider=replace(healthy.provider, burst=8, costly=True)))


async def everything(recorded: Recorded, perform: Any) -> dict[str, Judgement]:
    """Every requirement, judged over what a performer gives."""
    lane = Lane(recorded.endpoint, perform)
    got = {one.id: await lane.get(one.of) for one in REQUIREMENTS if not isinstance(one.of, Every)}
    for one in REQUIREMENTS:
        for witness in one.of.witness if isinstance(one.of, Every) else ():
            await lane.get(witness)
    await lane.idle()
    every = list(lane.exchanges.values())
    return {
        one.id: judged(one, [it for it in every if matches(one.of, it)] if isinstance(one.of, Every) else got[one.id])
        for one in REQUIREMENTS
    }


def judged(requirement: Requirement, got: Any) -> Judgement:
    if isinstance(got, list):
        whole = Gravest()
        for one in got:
            whole.add((one.request.repetition, one.id), judge(requirement.check, one))
        return whole.judgement()
    return got.judgement() if isinstance(got, Signal) else judge(requirement.check, got)


def faults(judgements: dict[str, Judgement]) -> dict[str, str]:
    """The judgements that are an error of ours, or can't be written."""
    for one in judgements.values():
        json.dumps([one.verdict, one.reason, one.message, sorted(one.causes), one.cause, one.notes])
    return {name: one.message for name, one in judgements.items() if one.verdict is Verdict.ERROR}


def test_unchanged_everything_is_supported(recorded: Recorded) -> None:
    judgements = asyncio.run(everything(recorded, recorded.perform(None)))
    rare = {one.id for one in REQUIREMENTS if one.rare}
    assert {name for name, one in judgements.items() if one.verdict is not Verdict.SUPPORTED} <= rare


@pytest.mark.parametrize("seed", range(12))
def test_no_change_of_the_answers_makes_a_check_or_scenario_fail_itself(recorded: Recorded, seed: int) -> None:
    judgements = asyncio.run(everything(recorded, recorded.perform(Random(seed))))
    assert faults(judgements) == {}


OWN: dict[str, list[Requirement]] = {}
for one_ in REQUIREMENTS:
    if isinstance(one_.of, Request):
        OWN.setdefault(one_.of.id, []).append(one_)


INVARIANTS = [one for one in REQUIREMENTS if isinstance(one.of, Every)]


def over(exchange: Exchange, invariants: bool = True) -> dict[str, Judgement]:
    """Every check that speaks of this very exchange."""
    mine = OWN.get(exchange.request.id, [])
    every = [one for one in INVARIANTS if matches(one.of, exchange)] if invariants else []  # type: ignore[arg-type]
    return {one.id: judge(one.check, exchange) for one in [*mine, *every]}


@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_no_change_of_an_answer_makes_a_check_of_it_fail_itself(recorded: Recorded, which: int, chance: Random) -> None:
    # The smallest first: that is what hypothesis begins with.
    exchanges = sorted(recorded.exchanges.values(), key=lambda one: len(one.body))
    one = exchanges[which % len(exchanges)]
    changed = replace(one, attempts=(mutated(one.last, chance),), _known={})
    assert faults(over(changed)) == {}


@given(st.binary(max_size=60), st.sampled_from([200, 200, 400, 404, 500]), st.booleans())
def test_no_bytes_at_all_make_a_check_fail_itself(recorded: Recorded, body: bytes, status: int, event: bool) -> None:
    sent = b"data: " + body + b"\n\n" if event else body
    for one in list(recorded.exchanges.values())[::9]:
        changed = replace(one, attempts=(attempt(status, sent),), _known={})
        assert faults(over(changed)) == {}


def spoiled(document: Any, value: Any) -> Iterator[Any]:
    """The document with the value at each of its places in turn, and without each of its members."""
    yield value
    if isinstance(document, dict):
        for name, inner in document.items():
            yield {key: other for key, other in document.items() if key != name}
            for changed in spoiled(inner, value):
                yield {**document, name: changed}
    elif isinstance(document, list):
        for place, inner in enumerate(document):
            for changed in spoiled(inner, value):
                yield [*document[:place], changed, *document[place + 1 :]]


def kinds(recorded: Recorded) -> Iterator[tuple[Exchange, bool]]:
    """Every answer in JSON that has a check of its own, and whether it is the first of its kind."""
    seen = set()
    for one in recorded.exchanges.values():
        if one.raw_json is None or len(one.body) > 4000:
            continue
        text = one.body.decode()
        kind = (one.request.path, one.status, '"tool_calls"' in text, '"top_logprobs"' in text)
        if kind not in seen or (one.ok and one.request.id in OWN):
            yield one, kind not in seen
        seen.add(kind)


@pytest.mark.parametrize("value", [None, {"a": [5]}], ids=repr)
def test_no_place_of_an_answer_may_hold_something_else_unseen(recorded: Recorded, value: Any) -> None:
    found: dict[str, str] = {}
    for one, first in kinds(recorded):
        for document in spoiled(one.raw_json, value):
            changed = replace(one, attempts=(attempt(one.status, document),), _known={})
            found.update(faults(over(changed, invariants=first)))
    assert found == {}


@pytest.mark.parametrize("depth", [100, 300, 500, 700, 900, 930, 945, 960, 975])
def test_no_depth_of_nesting_makes_a_check_fail_itself(recorded: Recorded, depth: int) -> None:
    hello = next(one for one in recorded.exchanges.values() if one.ok and "choices" in (one.raw_json or {}))
    deep = b"[" * depth + b"]" * depth
    body = hello.body[:-1] + b', "x": ' + deep + b', "usage": ' + deep + b"}"
    changed = replace(hello, attempts=(attempt(200, body),), _known={})
    assert faults(over(changed)) == {}


@pytest.mark.parametrize("value", ["²", "١٢", "9" * 5000, "-1", "1e5", "", " 5 ", "0x10"])
@pytest.mark.parametrize("kind", ["limit-requests", "remaining-tokens"])
def test_a_limit_told_in_odd_digits_is_judged(recorded: Recorded, kind: str, value: str) -> None:
    hello = next(one for one in recorded.exchanges.values() if one.ok and "choices" in (one.raw_json or {}))
    headers = (*(pair for pair in hello.last.headers if not pair[0].endswith(kind)), (f"x-ratelimit-{kind}", value))
    assert faults(over(replace(hello, attempts=(replace(hello.last, headers=headers),), _known={}))) == {}


def test_an_endpoint_may_take_one_picture_and_refuse_the_next(recorded: Recorded) -> None:
    usual = recorded.perform(None)

    async def perform(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
        got = await usual(request, wire, control, priority)
        if wire.body and wire.body.count(b"data:image") == 1:
            perform.pictures += 1  # type: ignore[attr-defined]
            if perform.pictures > 1:  # type: ignore[attr-defined]
                return replace(got, attempts=(attempt(400, ERROR),), _known={})
        return got

    perform.pictures = 0  # type: ignore[attr-defined]
    assert faults(asyncio.run(everything(recorded, perform))) == {}


def test_sums_of_numbers_however_long_can_be_told(recorded: Recorded) -> None:
    hello = next(one for one in recorded.exchanges.values() if one.ok and "choices" in (one.raw_json or {}))
    usage = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), int("9" * 4300))
    changed = replace(hello, attempts=(attempt(200, {**hello.json, "usage": usage}),), _known={})
    assert faults(over(changed)) == {}


def test_the_findings_of_a_recorded_run_are_those_of_the_reference(recorded: Recorded) -> None:
    assert recorded.findings["chat"] == Findings("max_completion_tokens")
