"""A healthy endpoint is asked no more than was promised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samewire.demo import endpoint_at
from samewire.planning import bounds
from samewire.requirement import CORE, FULL, SMOKE, Depth
from samewire.running import Live
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements

#: Protocols and depth → how many requests are planned at most.
MOST = {
    ("chat embeddings completions", SMOKE): 10,
    ("chat embeddings completions", CORE): 50,
    ("chat embeddings completions", FULL): 150,
    **{
        (name, depth): most
        for name in ("responses", "messages")
        for depth, most in ((SMOKE, 5), (CORE, 25), (FULL, 80))
    },
}
#: Requests of a full run of a protocol that make the model speak.
SPOKEN = 70


def asked(protocols: str) -> Endpoint:
    """An endpoint that is asked for these protocols."""
    endpoint = endpoint_at(1, "healthy", costly=False)
    return replace(endpoint, provider=replace(endpoint.provider, protocols=tuple(protocols.split())))


@pytest.mark.parametrize(("protocols", "depth"), MOST)
def test_a_protocol_costs_what_was_promised(protocols: str, depth: Depth) -> None:
    planned = bounds([one for one in requirements() if depth.includes(one.depth)], asked(protocols))
    assert planned.requests <= MOST[protocols, depth]


@pytest.mark.parametrize(("protocols", "depth"), MOST)
def test_the_page_tells_what_a_protocol_costs(protocols: str, depth: Depth) -> None:
    planned = bounds([one for one in requirements() if depth.includes(one.depth)], asked(protocols))
    name = {"chat": "Chat Completions, HTTP, embeddings, completions"}.get(protocols.split()[0], protocols.title())
    counts = f"{depth} | {planned.checks} | {planned.requests} | {planned.at_most} |"
    page = (Path(__file__).parents[1] / "docs" / "performance.md").read_text()
    assert f"| {name if depth is SMOKE else ''} | {counts}".replace("|  |", "| |") in page


@pytest.mark.parametrize("protocols", [protocols for protocols, depth in MOST if depth is FULL])
def test_a_healthy_endpoint_is_asked_no_more_than_was_promised(healthy: Endpoint, protocols: str) -> None:
    endpoint = replace(healthy, provider=replace(healthy.provider, protocols=tuple(protocols.split())))
    live = Live(Settings((endpoint,)))
    every = list(requirements())
    measurement = live.open(every)
    for one in every:
        measurement.judgement(one, endpoint)
    sent = list(live.lanes[endpoint.name].exchanges.values())
    live.close()
    assert len(sent) <= MOST[protocols, FULL]
    assert sum(one.request.speaks and one.ok for one in sent) <= SPOKEN
