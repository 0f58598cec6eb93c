"""Fuzzing: the reference stands it, faults are found and shrunk to what shows them, and nothing is left behind."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from samewire.catalogue import entries
from samewire.cli import main
from samewire.demo import Served, endpoint_at
from samewire.exchange import Exchange
from samewire.fuzz import CannotFuzz, Hunting
from samewire.fuzzing import GRAMMARS, Hunted, enough, hunt
from samewire.fuzzing.oracle import Contradiction, contradiction, unclear
from samewire.policy import Exit
from samewire.reference import KEY, Configuration, Reference
from samewire.reference.call import Call, Fault
from samewire.reference.errors import Refusal
from samewire.reference.faults import FAULTS
from samewire.request import CAP_KEY, LIMIT_KEY, Request

from .making import COMPLETION, ERROR, STREAM, attempt, chunk, events, exchange

MESSAGES = [{"role": "user", "content": "0"}]


def hunted(
    faults: Iterable[Fault] = (),
    examples: int = 0,
    seed: int = 0,
    look: Callable[[Exchange], None] = lambda _: None,
    settings: Configuration | None = None,
    protocol: str = "chat",
    **more: Any,
) -> Hunted:
    """Fuzz a twin of the reference; ``ways`` leaves out the others."""
    grammar = GRAMMARS[protocol]
    grammar = replace(
        grammar, ways={name: way for name, way in grammar.ways.items() if name in more.get("ways", [name])}
    )
    with Served({"twin": Reference(list(faults), settings or Configuration())}) as served:
        hunting = Hunting(endpoint_at(served.ports["twin"], "twin"), more.get("most", 2000), protocol)

        def ask(request: Request) -> Any:
            got = hunting.ask(request)
            if isinstance(got, Exchange):
                look(got)
            return got

        try:
            return hunt(grammar, ask, hunting.again, hunting.control, examples or enough(grammar), seed)
        finally:
            hunting.close()


@pytest.mark.parametrize("protocol", GRAMMARS)
def test_the_reference_stands_it(protocol: str) -> None:
    exchanges: list[Exchange] = []
    began = time.process_time()
    seen = hunted(look=exchanges.append, protocol=protocol)
    assert time.process_time() - began < 10
    assert seen.found == []
    assert (seen.examples, seen.unclear, seen.passing, seen.stopped) == (enough(GRAMMARS[protocol]), 0, 0, "")
    assert set(seen.ways) == {"", *GRAMMARS[protocol].ways}, "every way was tried"
    assert sum(seen.ways.values()) == seen.examples
    assert seen.ways[""] > len(GRAMMARS[protocol].ways) / 2 - 1, "every third is as documented"
    unknown = {one.id for one in exchanges if str((one.sent or {}).get("model")).startswith("samewire-no-such")}
    assert {one.status for one in exchanges if one.request.mistaken and one.id not in unknown} == {400}
    assert {one.status for one in exchanges if one.id in unknown} == {404}
    assert {one.status for one in exchanges if not one.request.mistaken} == {200}, "what is documented is accepted"


def test_every_request_is_bounded_in_tokens() -> None:
    exchanges: list[Exchange] = []
    hunted(examples=60, seed=4, look=exchanges.append)
    for one in exchanges:
        sent = json.loads(one.wire.body or b"")
        assert 1 <= sent["max_completion_tokens"] <= 16
        assert LIMIT_KEY not in one.request.body
        assert one.request.mistaken or (sent.get("n") or 1) <= 2


def test_a_seed_gives_the_same_requests_and_another_gives_others() -> None:
    def asked(seed: int) -> list[str]:
        ids: list[str] = []
        hunted(examples=12, seed=seed, look=lambda one: ids.append(one.request.id))
        return ids

    first = asked(1)
    assert first == asked(1)
    assert first != asked(2)


#: Fault → the kind it is found as, and the smallest request that shows it (messages and limit aside).
SMALLEST: dict[str, tuple[str, dict[str, Any]]] = {
    "accepted.no_model": ("accepted model.missing", {"messages": MESSAGES}),
    "accepted.no_messages": ("accepted messages.missing", {}),
    "accepted.empty_messages": ("accepted messages.none", {"messages": []}),
    "accepted.content_type": ("accepted messages.content", {"messages": [{"role": "user", "content": 0}]}),
    "accepted.unknown_part": (
        "accepted messages.part",
        {"messages": [{"role": "user", "content": [{"type": "perhaps"}]}]},
    ),
    "accepted.wordless_part": (
        "accepted messages.part.no_text",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look."}, {"type": "text"}]}]},
    ),
    "accepted.no_schema": (
        "accepted response_format.no_schema",
        {"messages": MESSAGES, "response_format": {"type": "json_schema"}},
    ),
    "accepted.number_as_text": ("accepted temperature.type", {"messages": MESSAGES, "temperature": "1"}),
    "accepted.temperature": ("accepted temperature.above", {"messages": MESSAGES, "temperature": 3.0}),
    "accepted.choice_without_tools": ("accepted tool_choice.alone", {"messages": MESSAGES, "tool_choice": "required"}),
    "beyond.temperature_below": ("accepted temperature.below", {"messages": MESSAGES, "temperature": -1.0}),
    "beyond.top_p": ("accepted top_p.above", {"messages": MESSAGES, "top_p": 2.0}),
    "beyond.n": ("accepted n.none", {"messages": MESSAGES, "n": 0}),
    "beyond.stop": ("accepted stop.many", {"messages": MESSAGES, "stop": ["0"] * 5}),
    "beyond.top_logprobs_alone": ("accepted top_logprobs.alone", {"messages": MESSAGES, "top_logprobs": 1}),
    "beyond.stream_options": (
        "accepted stream_options.alone",
        {"messages": MESSAGES, "stream_options": {"include_usage": False}},
    ),
    "beyond.tool_name": (
        "accepted tools.no_name",
        {"messages": MESSAGES, "tools": [{"type": "function", "function": {"description": ""}}]},
    ),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_a_fault_is_found_and_shrunk_to_the_smallest_request(name: str) -> None:
    kind, smallest = SMALLEST[name]
    # A way is tried with one value at a time, and not every value shows the fault.
    seen = hunted([FAULTS[name]], 20, ways=[kind.removeprefix("accepted ")])
    found = {one.contradiction.kind: one for one in seen.found}
    assert kind in found
    body = dict(found[kind].case.request.body)
    assert body.pop(CAP_KEY) == 1
    assert body.pop("model", "missing") == ("missing" if name == "accepted.no_model" else "$model")
    assert body == smallest
    assert found[kind].contradiction.spec in entries()


def test_all_that_one_fault_does_is_one_finding() -> None:
    (one,) = hunted([FAULTS["error.mistakes_500"]]).found
    assert (one.contradiction.kind, one.contradiction.spec) == ("mistake as 5xx", "ERR-CASE-023")
    assert one.exchange.status == 500
    assert len(one.ways) > 30
    assert len(one.case.request.body) <= 4


def test_an_error_without_its_envelope_is_found() -> None:
    (one,) = hunted([FAULTS["error.detail"]], examples=10).found
    assert (one.contradiction.kind, one.contradiction.spec) == ("envelope", "ERR-ENV-001")


def _stumble(call: Call) -> None:
    if "語" in json.dumps(call.body.get("stop"), ensure_ascii=False):
        raise Refusal(500, "UnicodeEncodeError", type="server_error")


def test_a_server_that_stumbles_over_what_is_documented_is_found() -> None:
    stumbling = Fault("stumbles", "It can't read some letters.", "body", _stumble, {})
    one = next(one for one in hunted([stumbling], examples=400, seed=2).found if one.case.way is None)
    assert (one.contradiction.kind, one.contradiction.spec) == ("5xx", "CHAT-EP-001")
    assert one.case.request.body["stop"] in ("語", ["語"])
    assert set(one.case.request.body) == {"model", "messages", CAP_KEY, "stop"}


def test_a_broken_completion_is_found_with_the_place() -> None:
    found = hunted([Fault("object.other", "It calls it otherwise.", "document", _call_it_chat, {})], examples=20).found
    assert any(one.contradiction.kind.startswith("shape chat/completion#/object") for one in found)


def _call_it_chat(call: Call) -> None:
    if call.chat and isinstance(call.document, dict) and "object" in call.document:
        call.document["object"] = "chat"


def test_what_fails_by_chance_is_held_against_nobody() -> None:
    chance = Random(3)

    def fail(call: Call) -> None:
        if chance.random() < 0.15:
            raise Refusal(500, "Now and then.", type="server_error")

    seen = hunted([Fault("chance", "It fails now and then.", "body", fail, {})], examples=60)
    assert seen.found == []
    assert seen.passing > 0


def test_the_budget_ends_the_hunt() -> None:
    seen = hunted(examples=50, most=20)
    assert "budget" in seen.stopped
    assert seen.examples < 25


def test_an_endpoint_that_does_not_answer_is_not_fuzzed() -> None:
    with pytest.raises(CannotFuzz, match="refused"):
        Hunting(endpoint_at(9, "nobody"), 10)


REFUSED = exchange(400, ERROR)
ANSWERS: list[tuple[str, Exchange, str, str | None]] = [
    ("a clean refusal of what is wrong", REFUSED, "n.none", None),
    ("a clean refusal of what is documented", REFUSED, "", None),
    ("an answer as documented", exchange(200, COMPLETION), "", None),
    ("an answer to what is wrong", exchange(200, COMPLETION), "n.none", "accepted n.none"),
    ("an error in a success", exchange(200, ERROR), "n.none", "error with 2xx"),
    ("a refusal without an envelope", exchange(422, {"detail": "no"}), "n.none", "envelope"),
    ("a 5xx", exchange(500, ERROR), "n.none", "mistake as 5xx"),
    ("a 5xx to what is documented", exchange(500, ERROR), "", "5xx"),
    ("501", exchange(501, ERROR), "n.none", None),
    ("a limit", exchange(429, ERROR), "n.none", None),
    ("a stream as documented", exchange(200, events(chunk({"content": "a"}, "stop")), STREAM), "", None),
    ("an answer that is no JSON", exchange(200, b"Hello."), "", "shape"),
    ("an answer without choices", exchange(200, {**COMPLETION, "choices": 1}), "", "shape chat/completion#/choices"),
]


@pytest.mark.parametrize(("what", "answer", "beyond", "kind"), ANSWERS, ids=[one[0] for one in ANSWERS])
def test_what_an_answer_may_be(what: str, answer: Exchange, beyond: str, kind: str | None) -> None:
    found = contradiction(answer, beyond, "an n below 1" if beyond else "", "CHAT-REQ-008" if beyond else "")
    assert (found.kind if found is not None else None) == kind
    assert found is None or found.spec in entries()


def test_what_an_endpoint_need_not_know_may_be_passed_over() -> None:
    assert contradiction(exchange(200, COMPLETION), "verbosity.type", "", "CHAT-REQ-024") is None
    found = contradiction(exchange(500, ERROR), "verbosity.type", "", "CHAT-REQ-024")
    assert isinstance(found, Contradiction)


def test_a_limit_says_nothing_and_a_silence_does() -> None:
    assert unclear(exchange(429, ERROR))
    assert not unclear(REFUSED)
    silent = exchange(attempts=(attempt(0, failure=_failure("timeout")),))
    found = contradiction(silent, "n.none", "an n below 1", "CHAT-REQ-008")
    assert found is not None
    assert found.kind == "no answer"
    assert unclear(exchange(attempts=(attempt(0, failure=_failure("name")),)))


def _failure(kind: str) -> Any:
    return importlib.import_module("samewire.attempt").Failure(kind, "no answer within 1 s")


@pytest.mark.parametrize("protocol", GRAMMARS)
def test_every_way_names_an_entry_of_the_catalogue(protocol: str) -> None:
    grammar = GRAMMARS[protocol]
    assert len(grammar.ways) > 60
    answers = grammar.answers
    named = {answers.in_success, answers.silence, answers.fault}
    named |= {spec for _, spec in (answers.whole, answers.stream, answers.error)}
    assert not {*named, *(way.spec for way in grammar.ways.values())} - set(entries())


#: Protocol and fault → the kind it is found as.
ELSEWHERE: dict[tuple[str, str], str] = {
    ("messages", "messages.accepts.no_messages"): "accepted messages.missing",
    ("messages", "messages.accepts.nameless_tool"): "accepted tools.no_name",
    ("messages", "messages.accepts.high_temperature"): "accepted temperature.above",
    ("messages", "messages.error.detail"): "envelope",
    ("responses", "responses_passed.mistakes_top_p"): "accepted top_p.above",
    ("responses", "responses_passed.mistakes_tool_name"): "accepted tools.no_name",
    ("responses", "responses_passed.mistakes_temperature"): "accepted temperature.above",
}


@pytest.mark.parametrize(("protocol", "name"), ELSEWHERE)
def test_faults_of_other_protocols_are_found(protocol: str, name: str) -> None:
    kind = ELSEWHERE[protocol, name]
    ways = {"ways": [kind.removeprefix("accepted ")]} if kind.startswith("accepted") else {}
    seen = hunted([FAULTS[name]], 20, protocol=protocol, **ways)
    assert kind in {one.contradiction.kind for one in seen.found}


def command(*faults: str, examples: int = 0, protocol: str = "chat") -> Result:
    with Served({"twin": Reference([FAULTS[name] for name in faults])}) as served:
        base = f"http://127.0.0.1:{served.ports['twin']}/v1"
        options = ["--base-url", base, "--model", "reference-1", "--api-key-env", "REFERENCE_KEY"]
        options += ["--protocol", protocol, *(["--max-examples", str(examples)] if examples else [])]
        return CliRunner().invoke(main, ["fuzz", *options])


def test_the_command_tells_budget_requirement_and_curl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REFERENCE_KEY", KEY)
    done = command("beyond.stop")
    assert done.exit_code == Exit.NOT_MET, done.output
    ways = len(GRAMMARS["chat"].ways)
    most = enough(GRAMMARS["chat"])
    assert (
        f"{most} generated requests (seed 0), {11 * most} at most with shrinking, of at most 16 tokens" in done.output
    )
    assert "✕ more than four stop strings is accepted with 200" in done.output
    assert "contradicts  CHAT-REQ-009 (SHOULD): stop: string, or array of 1..4 strings" in done.output
    assert "curl -sS -i" in done.output
    assert '"stop":["0","0","0","0","0"]' in done.output
    assert '-H "Authorization: Bearer $REFERENCE_KEY"' in done.output
    assert KEY not in done.output
    assert f"1 found by {most} generated requests" in done.output
    assert f"in {ways} of {ways} ways" in done.output, "each was tried, unless told otherwise"
    assert list(tmp_path.iterdir()) == [], "nothing is left in the folder one stands in"


@pytest.mark.parametrize("protocol", GRAMMARS)
def test_the_command_ends_well_where_nothing_is_wrong(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFERENCE_KEY", KEY)
    done = command(examples=20, protocol=protocol)
    assert done.exit_code == Exit.MET, done.output
    assert "0 found by 20 generated requests" in done.output


def test_without_hypothesis_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name="hypothesis")

    monkeypatch.setattr(importlib, "import_module", missing)
    done = CliRunner().invoke(main, ["fuzz", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"])
    assert done.exit_code == Exit.USAGE
    assert "pip install 'samewire[fuzz]'" in done.output


def test_one_endpoint_is_fuzzed_at_a_time() -> None:
    done = CliRunner().invoke(main, ["fuzz", "--base-url", "http://127.0.0.1:9/v1", "--model", "a", "--model", "b"])
    assert done.exit_code == Exit.USAGE
    assert "name one endpoint" in done.output


def test_an_endpoint_that_is_not_there_could_not_be_judged() -> None:
    done = CliRunner().invoke(main, ["fuzz", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"])
    assert done.exit_code == Exit.COULD_NOT_JUDGE
    assert "connection refused" in done.output
