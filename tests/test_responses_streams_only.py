"""An endpoint of Responses that only streams: what its provider's entry adds to every request is enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from samewire.demo import Served, endpoint_at
from samewire.reference import Reference
from samewire.reference.variants import VARIANTS
from samewire.running import Live
from samewire.settings import Endpoint, Settings
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

#: Checks of whole answers, of which there are none.
WHOLE = ("responses.response.", "responses.items.", "responses.usage.", "responses.echo.", "responses.reasoning.shape")


@pytest.fixture(scope="module")
def judged() -> Iterator[dict[str, Judgement]]:
    """The cells of such an endpoint, whose provider's entry asks for streams."""
    with Served({"streams-only": Reference([VARIANTS["responses.streams_only"]])}) as served:
        found: Endpoint = endpoint_at(served.ports["streams-only"], "streams-only", costly=False)
        provider = replace(found.provider, protocols=("responses",), body={"stream": True})
        endpoint = replace(found, provider=provider)
        live = Live(Settings((endpoint,)))
        measurement = live.open(list(requirements()))
        yield {one.id: measurement.judgement(one, endpoint) for one in requirements()}
        live.close()


def test_it_is_served(judged: dict[str, Judgement]) -> None:
    assert judged["responses.endpoint.served"].verdict is Verdict.SUPPORTED


def test_nothing_is_held_against_it(judged: dict[str, Judgement]) -> None:
    # A null for `stream` is the one thing that it refuses, since it takes the place of what the entry says.
    red = {name: one.message for name, one in judged.items() if one.verdict.red or one.verdict is Verdict.ERROR}
    assert not red
    refused = {name for name, one in judged.items() if one.verdict is Verdict.UNSUPPORTED}
    assert refused <= {"responses.parameters.null"}


def test_what_needs_an_answer_is_judged_by_the_end_of_a_stream(judged: dict[str, Judgement]) -> None:
    for name in (
        *("input.developer", "input.together", "images.seen", "tools.round_trip", "tool_choice.required"),
        *("format.json_schema", "limits.incomplete", "state.previous", "state.get", "stream.same_text"),
    ):
        assert judged[f"responses.{name}"].verdict is Verdict.SUPPORTED, judged[f"responses.{name}"].message


def test_whole_answers_are_not_judged_and_that_is_said(judged: dict[str, Judgement]) -> None:
    untold = [
        name
        for name, one in judged.items()
        if one.verdict is Verdict.INCONCLUSIVE and not name.startswith(WHOLE) and one.reason != "not seen"
    ]
    assert not untold
    assert judged["responses.items.content"].reason == "not seen"
