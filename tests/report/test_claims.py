"""What an entry claims beside what was measured: on the page, in results.json, in tables; a claim decides nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.policy import exit_status
from samewire.report import markdown, results, table
from samewire.report.claims import CAPABILITIES, SERVED, Agreement, claims_of
from samewire.report.heard import heard
from samewire.report.html import render
from samewire.report.words import texts
from samewire.run import Run
from samewire.schema import violations
from samewire.suite import requirements

from .records import endpoint, exchange, record, requirement, verdict

NAME = "acme/m"


def run_of(
    claims: dict[str, Any],
    words: dict[str, str],
    *lines: dict[str, Any],
    footer: dict[str, Any] | None = None,
    **settings: Any,
) -> Run:
    """A run of one endpoint that claims something, with these verdicts."""
    column = endpoint(NAME, settings={"claims": claims, **settings})
    told = [verdict(NAME, check, word, "seen thus") for check, word in words.items()]
    made = record([column], [requirement(check) for check in words], *told, *lines)
    made[-1] |= footer or {}
    return Run.from_lines(made)


def told(claims: dict[str, Any], words: dict[str, str], *lines: dict[str, Any], **more: Any) -> dict[str, Agreement]:
    run = run_of(claims, words, *lines, **more)
    return {one.name: one.agreement for one in claims_of(run, run.columns[0])}


def test_what_measures_a_claim_is_there() -> None:
    ids = {one.id for one in requirements()}
    features = {one.feature for one in requirements()}
    for one in CAPABILITIES.values():
        assert set(one.decided) <= ids
        assert set(one.features) <= features
    assert set(SERVED.values()) <= ids
    for language in texts().values():
        assert {f"capability.{name}" for name in (*CAPABILITIES, *SERVED)} <= set(language)
        assert {f"agreement.{one}" for one in Agreement} <= set(language)


SEEN = "chat.images.seen"


@pytest.mark.parametrize(
    ("claimed", "word", "agreement"),
    [
        (True, "supported", "agrees"),
        (True, "unsupported", "contradicts"),
        (True, "ignored", "contradicts"),
        (True, "broken", "contradicts"),
        (True, "inconclusive", "unknown"),
        (True, "not run", "unknown"),
        (True, "error", "unknown"),
        (False, "supported", "contradicts"),
        (False, "unsupported", "agrees"),
        (False, "inconclusive", "unknown"),
        ("by model", "supported", "agrees"),
        ("by model", "unsupported", "unknown"),
        ("by model", "ignored", "unknown"),
        ("limited", "supported", "agrees"),
        ("limited", "unsupported", "contradicts"),
        ("limited", "ignored", "in part"),
    ],
)
def test_a_claim_is_held_against_the_check_that_decides(claimed: object, word: str, agreement: str) -> None:
    assert told({"images": claimed}, {SEEN: word})["images"] == agreement


def test_what_works_with_faults_agrees_in_part() -> None:
    words = {SEEN: "supported", "chat.images.several": "broken"}
    run = run_of({"images": True}, words)
    (one,) = (one for one in claims_of(run, run.columns[0]) if one.name == "images")
    assert (one.agreement, one.words, one.checks) == ("in part", "supported, with faults", (SEEN,))
    assert told({"images": True}, {SEEN: "supported", "responses.images.seen": "ignored"})["images"] == "in part"


def test_a_protocol_that_is_not_offered_contradicts_nothing() -> None:
    both = {SEEN: "supported", "responses.images.seen": "unsupported"}
    assert told({"images": True}, both)["images"] == "agrees"
    stop = {
        "kind": "findings",
        "endpoint": NAME,
        "protocol": "responses",
        "stop": {"verdict": "unsupported", "message": ""},
    }
    blocked = {SEEN: "ignored", "responses.images.seen": "inconclusive"}
    assert told({"images": True}, blocked, stop)["images"] == "contradicts"
    assert told({"images": True}, blocked)["images"] == "unknown"


def test_a_protocol_that_is_named_and_not_served_contradicts_its_entry() -> None:
    words = {SERVED["chat"]: "supported", SERVED["responses"]: "unsupported", SERVED["messages"]: "inconclusive"}
    agreements = {"chat": Agreement.AGREES, "responses": Agreement.CONTRADICTS, "messages": Agreement.UNKNOWN}
    assert told({}, words, protocols=["chat", "responses", "messages", "telepathy"]) == agreements
    # What is as it should be is told beside other claims alone.
    assert told({}, words, protocols=["chat", "messages"]) == {}
    assert told({}, words) == {}


def test_what_is_there_without_being_claimed_is_told_and_what_nothing_measures_is_left_open() -> None:
    found = told({"web_search": True, "computer_use": True}, {SEEN: "supported", "chat.format.json_schema": "broken"})
    assert found == {"images": "not claimed", "computer_use": "unknown", "web_search": "unknown"}
    assert told({}, {SEEN: "supported"}) == {}


def listing(**more: Any) -> dict[str, Any]:
    line = exchange(NAME, "l", body=json.dumps({"data": [{"id": "other"}, {"id": "m", **more}]}))
    return {**line, "wire": {**line["wire"], "method": "GET", "url": "https://api.example/v1/models"}}


def answer(name: str, content: object, status: int = 200, **more: Any) -> dict[str, Any]:
    return exchange(
        NAME, name, body=content if isinstance(content, str) else json.dumps(content), status=status, **more
    )


def test_numbers_stand_beside_what_the_list_of_models_says() -> None:
    claims = {"context_window": 1000, "max_output_tokens": 500}
    assert told(claims, {}, listing(context_length=1000, max_completion_tokens=400)) == {
        "context_window": "agrees",
        "max_output_tokens": "contradicts",
    }
    assert told(claims, {}, listing(top_provider={"context_length": 900}))["context_window"] == "contradicts"


def test_without_a_list_the_most_that_was_seen_stands_there() -> None:
    usage = answer("a", {"model": "m-fp8", "usage": {"prompt_tokens": 700, "completion_tokens": 600}})
    refused = answer("b", {"usage": {"prompt_tokens": 9999}}, 400)
    assert told({"context_window": 1000, "max_output_tokens": 500}, {}, usage, refused) == {
        "context_window": "unknown",
        "max_output_tokens": "agrees",
    }
    assert told({"context_window": 1000}, {}) == {"context_window": "unknown"}


@pytest.mark.parametrize(
    "body", ["", "[", '{"data": 1}', '{"data": [1, null, {"id": "m", "context_window": "x"}]}', "[" * 99999]
)
def test_an_odd_list_of_models_says_nothing(body: str) -> None:
    line = listing()
    line["attempts"][0]["body"] = body
    assert told({"context_window": 1000}, {}, line) == {"context_window": "unknown"}


def test_the_limits_of_an_entry_stand_beside_what_the_endpoint_took() -> None:
    full = {"footer": {"peak": {NAME: 8}}, "concurrency": 8, "rpm": 60}
    assert told({"streaming": True}, {}, **full) == {"streaming": "unknown", "concurrency": "agrees", "rpm": "unknown"}
    limited = answer("a", "{}", 429)
    assert told({"streaming": True}, {}, limited, **full)["concurrency"] == "unknown"
    assert told({"streaming": True}, {}, **{**full, "concurrency": 9})["concurrency"] == "unknown"


def test_what_an_endpoint_tells_of_itself_is_heard() -> None:
    headers = [["Server", "acme-gw/2.3"]]
    lines = [answer(str(at), {"model": name}, headers=headers) for at, name in enumerate(("m-fp8", "m-fp8", "x"))]
    run = run_of({}, {}, *lines)
    found = heard(run, run.columns[0])
    assert (found.models, found.server) == (("m-fp8", "x"), "acme-gw/2.3")
    page = render(run)
    assert "answers as m-fp8" in page


ODD = {
    "streaming": ["x"],
    "images": {"a": 1},
    "tools": None,
    "context_window": "x",
    "max_output_tokens": True,
    "<b>": 1,
}


def test_odd_claims_of_a_record_do_no_harm() -> None:
    run = run_of(ODD, {SEEN: "supported"}, notes=["<script>"], source="javascript:alert(1)", strip="x", looked_up=7)
    assert not violations(results.results(run), "run/results")
    assert "<script>" not in render(run).split("Notes")[1].split("</article>")[0]
    assert 'href="javascript' not in render(run)


@pytest.mark.parametrize("settings", [None, [], "x", 7])
def test_settings_that_are_none_are_passed_over(settings: Any) -> None:
    made = record([endpoint(NAME, settings=settings)], [requirement(SEEN)], verdict(NAME, SEEN, "broken"))
    run = Run.from_lines(made)
    assert "Claimed and measured</span></h4>" not in render(run)
    assert exit_status(run) == 1


def test_claims_are_in_every_form_and_fail_no_run() -> None:
    words = {SEEN: "unsupported", "chat.history.assistant_first": "unsupported", "chat.history.two_users": "supported"}
    run = run_of(
        {"images": True, "tools": True},
        words,
        footer={"hidden": {NAME: ["logit_bias"]}},
        notes="Models that reason refuse it.",
        source="https://acme.example/docs",
        looked_up="2026-11-20",
    )
    assert exit_status(run) == 0
    page = render(run)
    for part in ("contradicts", "Models that reason refuse it.", 'href="https://acme.example/docs"', "read 2026-11-20"):
        assert part in page
    assert "<code>logit_bias</code>" in page
    assert "let the user begin" in page
    (column,) = results.results(run)["endpoints"]
    assert column["claims"][1] == {
        "name": "images",
        "claimed": "yes",
        "measured": "unsupported",
        "agreement": "contradicts",
        "checks": [SEEN],
    }
    assert column["prompting"]["mode"] == "strict"
    assert column["prompting"]["because"] == [{"check": "chat.history.assistant_first", "verdict": "unsupported"}]
    assert (column["hidden"], column["looked_up"]) == (["logit_bias"], "2026-11-20")
    assert not violations(results.results(run), "run/results")
    text = markdown.render(run)
    assert "| images | yes | unsupported | contradicts | chat.images.seen |" in text
    assert "| tool calls | yes | not run | open |  |" in text
    assert (
        "images: claimed yes, measured unsupported<br>histories: strict, the user first"
        in table.render(run)["providers.md"]
    )
    assert "图像:声称有,实测不支持<br>历史消息:严格,用户在前" in table.render(run)["providers.zh.md"]
