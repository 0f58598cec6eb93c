"""The suites against real servers: whatever is red there has been judged, and is true of the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from samewire.requirement import Depth
from samewire.running import Live
from samewire.settings import Settings
from samewire.suite import requirements
from samewire.verdict import Verdict

from .judging import judged
from .servers import SERVERS, Server


@pytest.mark.interop
@pytest.mark.parametrize("server", SERVERS, ids=[one.name for one in SERVERS])
def test_what_is_red_at_a_real_server_has_been_judged(server: Server, tmp_path: Path) -> None:
    if missing := server.missing():
        pytest.skip(missing)
    known = judged(server.name)
    every = [one for one in requirements() if one.id not in known.left_out]
    with server.serving(tmp_path) as endpoint:
        live = Live(Settings((endpoint,), depth=Depth.FULL), tmp_path / f"{server.name}.jsonl")
        measurement = live.open(every)
        judgements = {one.id: measurement.judgement(one, endpoint) for one in every}
        for one in every:
            live.judged(one, endpoint, judgements[one.id])
        assert live.close() is not None
    errors = {name: one.message for name, one in judgements.items() if one.verdict is Verdict.ERROR}
    assert not errors, "the harness is at fault"
    seen = [one for one in judgements.values() if one.verdict is Verdict.SUPPORTED]
    assert len(seen) > 20, "hardly anything was seen: did the server die?"
    red = {name: f"{one.verdict}: {one.message}" for name, one in judgements.items() if one.verdict.red}
    unjudged = {name: words for name, words in red.items() if name not in known.red}
    assert not unjudged, "red, and not yet judged against what the server sent"
