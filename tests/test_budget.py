"""A run's budget of requests, tokens and money: kept, and no run ends before it is used up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from samewire.attempt import Attempt, Failure
from samewire.budget import Ask, Budget
from samewire.cli import main
from samewire.placeholders import NO_PICTURE
from samewire.request import LIMIT, POST
from samewire.run import Run
from samewire.settings import Endpoint

from .making import ASK, COMPLETION, attempt, chunk, events, measure, wired

PRICES = (1.0, 10.0)


def body(**more: Any) -> Attempt:
    return attempt(200, {**COMPLETION, **more})


def spent(one: Attempt, ask: Ask | None = None) -> int:
    budget = Budget(tokens=10**9)
    budget.settle(ask or Ask(100, 50), one, None)
    return budget.tokens


SSE = (("Content-Type", "text/event-stream"),)


@pytest.mark.parametrize(
    ("one", "tokens"),
    [
        (body(), 7),
        (body(usage={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}), 7),
        (body(usage=None), 150),
        (body(usage={"prompt_tokens": "many"}), 150),
        (attempt(200, b"not JSON"), 150),
        (attempt(400, {"error": {}}), 0),
        (attempt(200, events(chunk({"content": "a"}), chunk({}, "stop", usage=COMPLETION["usage"])), headers=SSE), 7),
        (attempt(200, events(chunk({"content": "a"})), headers=SSE), 150),
        (
            attempt(
                200,
                events(
                    {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
                    {"type": "message_delta", "usage": {"output_tokens": 5}},
                    done=False,
                ),
                headers=SSE,
            ),
            14,
        ),
        (
            attempt(
                200,
                events({"type": "response.completed", "response": {"usage": {"input_tokens": 2, "output_tokens": 6}}}),
                headers=SSE,
            ),
            8,
        ),
        (Attempt(1.0, failure=Failure("refused", "")), 0),
        (Attempt(1.0, failure=Failure("timeout", "")), 150),
    ],
)
def test_what_was_spent_is_what_the_answer_says_and_else_all_that_was_set_aside(one: Attempt, tokens: int) -> None:
    assert spent(one) == tokens


def test_what_a_request_may_cost_at_most_is_told_from_its_bytes() -> None:
    budget = Budget(cost=1.0)
    ask = budget.asked(wired(POST("chat/completions", messages=[], max_tokens=100, n=3)), PRICES)
    assert ask.tokens_out == 300
    assert ask.cost == pytest.approx((ask.tokens_in * 1 + 300 * 10) / 1e6)
    assert budget.asked(wired(POST("embeddings", input="x" * 300)), PRICES).tokens_out == 0
    assert budget.asked(wired(POST("embeddings", input="x" * 300)), PRICES).tokens_in >= 100
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 90_000}}
    seen = budget.asked(wired(ASK.but(messages=[{"role": "user", "content": [picture]}])), PRICES)
    assert 1500 <= seen.tokens_in < 2000
    source = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": NO_PICTURE}}
    seen = budget.asked(wired(ASK.but(messages=[{"role": "user", "content": [source]}])), PRICES)
    assert 1500 <= seen.tokens_in < 2000


def test_a_request_waits_for_those_in_flight_and_is_refused_only_when_they_did_cost_too_much() -> None:
    async def run() -> tuple[list[bool], Budget]:
        budget = Budget(tokens=100)
        admitted = []

        async def send(cost: int) -> None:
            ask = Ask(0, 60)
            fine = await budget.admit(ask)
            admitted.append(fine)
            if fine:
                await asyncio.sleep(0.01)
                usage = {"prompt_tokens": 0, "completion_tokens": cost}
                budget.settle(ask, body(usage=usage), None)

        await asyncio.gather(*(send(15) for _ in range(6)))
        return admitted, budget

    admitted, budget = asyncio.run(run())
    assert admitted == [True, True, True, False, False, False]
    assert (budget.tokens, budget.sent, budget.exhausted) == (45, 3, "tokens")


def test_money_is_counted_by_prices() -> None:
    budget = Budget(cost=0.001)
    budget.settle(Ask(), body(usage={"prompt_tokens": 100, "completion_tokens": 50}), PRICES)
    assert budget.cost == pytest.approx((100 + 500) / 1e6)
    assert asyncio.run(budget.admit(Ask(0, 0, 0.0005))) is False
    assert budget.exhausted == "money"


@pytest.mark.parametrize(
    ("budget", "word"),
    [(Budget(requests=4), "requests"), (Budget(tokens=400), "tokens"), (Budget(cost=0.0004), "money")],
)
def test_a_run_ends_cleanly_with_what_was_measured(
    healthy: Endpoint, tmp_path: Path, budget: Budget, word: str
) -> None:
    priced = replace(healthy, provider=replace(healthy.provider, prices=(1.0, 1.0)))
    run = measure(priced, ["chat.completion.", "chat.stream.", "chat.tools.", "http."], budget, tmp_path / "run.jsonl")
    words = {(one.verdict.value, one.reason) for one in run.verdicts.values()}
    assert ("not run", "budget") in words
    assert "supported" in {verdict for verdict, _ in words}
    assert not [one for one, _ in words if one in ("broken", "ignored", "error")]
    assert run.incomplete
    assert run.footer["exhausted"] == word
    cells = [one.message for one in run.verdicts.values() if one.reason == "budget"]
    assert set(cells) == {f"the run's budget of {word} was used up"}
    assert budget.tokens <= 400
    assert budget.cost <= 0.0004
    assert len(run.exchanges) == budget.sent


def test_a_budget_that_suffices_changes_nothing(healthy: Endpoint) -> None:
    run = measure(healthy, ["chat.completion."], Budget(1000, 10**6, 1.0))
    assert not run.incomplete
    assert "exhausted" not in run.footer
    assert 0 < run.footer["tokens"] < 10**6


def samewire(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_money_is_not_bounded_where_prices_are_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    entry = {"name": "one", "base_url": "http://127.0.0.1:9/v1", "models": {"default": "m", "large": "l"}}
    priced = {**entry, "prices": {"model": "m", "input": 1, "output": 2}}
    for content, names in ((entry, []), (priced, ["one/large"])):
        (tmp_path / "providers.yaml").write_text(json.dumps({"providers": [content]}))
        done = samewire("run", *names, "--max-cost", "0.5")
        assert done.exit_code == 2
        assert "--max-cost can't be kept, as no prices are known of one/" in done.stderr


def test_the_command_line_s_bounds_end_a_run_as_an_interruption_does(
    healthy: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    credential = healthy.provider.credential
    assert credential is not None
    assert credential.secret is not None
    monkeypatch.setenv("OPENAI_API_KEY", credential.secret.reveal())
    where = ["--base-url", healthy.provider.base_url, "--model", healthy.model]
    done = samewire("run", *where, "--depth", "smoke", "--max-tokens", 60, "--quiet")
    assert done.exit_code == 130, done.output
    assert "the budget of tokens was used up" in done.stdout
    recorded = Run.load(tmp_path / "reports" / "run.jsonl")
    assert recorded.footer["exhausted"] == "tokens"
    assert recorded.footer["tokens"] <= 60


def test_a_limit_in_the_endpoint_s_own_spelling_counts() -> None:
    budget = Budget(tokens=1000)
    assert budget.asked(wired(POST("chat/completions", messages=[], **LIMIT(64))), None).tokens_out == 64
