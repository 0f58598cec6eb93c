"""A healthy endpoint is asked no more than was promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samewire.demo import endpoint_at
from samewire.planning import bounds
from samewire.requirement import CORE, FULL, SMOKE, Depth
from samewire.suite import requirements

#: Protocol and depth → how many requests are planned at most.
MOST = {("messages", SMOKE): 5, ("messages", CORE): 25, ("messages", FULL): 80}


@pytest.mark.parametrize(("protocol", "depth"), MOST)
def test_a_protocol_costs_what_was_promised(protocol: str, depth: Depth) -> None:
    endpoint = endpoint_at(1, "healthy", costly=False)
    endpoint = replace(endpoint, provider=replace(endpoint.provider, protocols=(protocol,)))
    planned = bounds([one for one in requirements() if depth.includes(one.depth)], endpoint)
    assert planned.requests <= MOST[protocol, depth]
