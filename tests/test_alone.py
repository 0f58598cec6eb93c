"""Who offers one protocol alone says in words of its own that the others are not there, and isn't held to theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.demo import Served, endpoint_at
from samewire.reference import Fault, Reference
from samewire.reference.call import Call
from samewire.reference.server import HttpResponse
from samewire.running import Live
from samewire.settings import Settings
from samewire.suite import requirements

ANTHROPIC = {"type": "error", "error": {"type": "not_found_error", "message": "Not found"}, "request_id": "req_1"}
FRAMEWORK = {"detail": "Not Found"}
#: The protocol that is offered, what any other path is answered with → the cells that are red because of it.
ALONE: dict[str, tuple[str, Any, list[str]]] = {
    "messages, in Anthropic's words": ("messages", ANTHROPIC, []),
    "messages, in a framework's words": ("messages", FRAMEWORK, ["messages.error.unknown_url"]),
    # What is asked for there is something below the protocol's own path.
    "responses, in a framework's words": ("responses", FRAMEWORK, []),
}


def offering(protocol: str, otherwise: Any) -> Reference:
    """A server of one protocol."""

    def elsewhere(call: Call) -> None:
        if not call.path.startswith(f"/{protocol}"):
            body = json.dumps(otherwise).encode()
            call.notes["instead"] = HttpResponse(404, [("Content-Type", "application/json")], body)

    return Reference([Fault("alone", "serves one protocol alone", "request", elsewhere, {})])


@pytest.fixture(scope="module")
def red() -> dict[str, list[str]]:
    """The red cells of each at full depth."""
    every = list(requirements())
    with Served({name: offering(protocol, body) for name, (protocol, body, _) in ALONE.items()}) as served:
        endpoints = {name: endpoint_at(served.ports[name], name, costly=False) for name in ALONE}
        live = Live(Settings(tuple(endpoints.values())))
        measurement = live.open(every)
        found = {
            name: [one.id for one in every if measurement.judgement(one, endpoint).verdict.red]
            for name, endpoint in endpoints.items()
        }
        live.close()
    return found


@pytest.mark.parametrize("name", ALONE)
def test_what_it_does_not_offer_is_not_held_against_it(name: str, red: dict[str, list[str]]) -> None:
    assert red[name] == ALONE[name][2]
