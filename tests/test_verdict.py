"""Verdicts: whatever a check does ends in one judgement, and many judgements add up to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from samewire.gravity import GRAVITY, Gravest
from samewire.saying import honoured, observed, seen
from samewire.verdict import (
    Blocked,
    Broken,
    Ignored,
    Inapplicable,
    Inconclusive,
    Judgement,
    Misconfigured,
    NotRun,
    Signal,
    Unsupported,
    Verdict,
    judge,
)

SIGNALS: dict[type[Signal], tuple[str, str]] = {
    Unsupported: ("unsupported", "refused"),
    Ignored: ("ignored", "ignored"),
    Broken: ("broken", "broken"),
    Inconclusive: ("inconclusive", "unclear"),
    Blocked: ("inconclusive", "blocked"),
    Inapplicable: ("inconclusive", "not seen"),
    NotRun: ("not run", "not run"),
    Misconfigured: ("error", "settings"),
}


def every_signal(kind: type[Signal] = Signal) -> set[type[Signal]]:
    return {kind, *(one for below in kind.__subclasses__() for one in every_signal(below))}


def test_the_table_knows_every_signal() -> None:
    assert set(SIGNALS) == every_signal() - {Signal}


def raising(problem: BaseException) -> Any:
    def check(_: object) -> None:
        raise problem

    return check


@pytest.mark.parametrize(("kind", "said"), SIGNALS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_signal_becomes_its_verdict(kind: type[Signal], said: tuple[str, str]) -> None:
    judgement = judge(raising(kind("so it is", causes=["a"], cause="b")), None)
    assert judgement == Judgement(Verdict(said[0]), said[1], "so it is", frozenset({"a"}), "b")


def test_a_signal_may_name_its_own_reason() -> None:
    assert judge(raising(Broken("x", reason="http.500")), None).reason == "http.500"


def test_a_check_that_returns_supports() -> None:
    assert judge(lambda _: None, None) == Judgement(Verdict.SUPPORTED)


def test_what_a_check_returns_does_not_matter() -> None:
    assert judge(lambda _: False, None).verdict is Verdict.SUPPORTED  # type: ignore[arg-type, return-value]


def test_a_check_judges_the_very_exchange_it_is_given() -> None:
    got: list[object] = []
    exchange = object()
    judge(got.append, exchange)
    assert got == [exchange]


ASSERTIONS = {
    "a message": (AssertionError("it is red"), "it is red"),
    "a message with what pytest saw": (AssertionError("it is red\nassert 1 == 2\n +  where"), "it is red"),
    "no message": (AssertionError(), "the requirement does not hold"),
    "only what pytest saw": (AssertionError("assert 1 == 2"), "assert 1 == 2"),
}


@pytest.mark.parametrize(("problem", "message"), ASSERTIONS.values(), ids=ASSERTIONS)
def test_a_failed_assertion_is_broken(problem: AssertionError, message: str) -> None:
    assert judge(raising(problem), None) == Judgement(Verdict.BROKEN, "broken", message)


@pytest.mark.parametrize(
    "problem",
    [KeyError("x"), ValueError("x"), RecursionError("x"), StopIteration("x"), UnicodeError("x"), OSError("x")],
)
def test_any_other_exception_is_an_error_of_ours(problem: Exception) -> None:
    judgement = judge(raising(problem), None)
    assert (judgement.verdict, judgement.reason) == (Verdict.ERROR, "harness")
    assert type(problem).__name__ in judgement.message


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), SystemExit()])
def test_an_interruption_is_not_swallowed(problem: BaseException) -> None:
    with pytest.raises(type(problem)):
        judge(raising(problem), None)


def test_only_ignored_and_broken_accuse() -> None:
    assert {word for word in Verdict if word.red} == {Verdict.IGNORED, Verdict.BROKEN}


def said(word: Verdict, **more: Any) -> Judgement:
    return Judgement(word, **more)


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The gravest of judgements over exchanges ``x0``, ``x1`` and so on."""
    gravest = Gravest()
    for number, one in enumerate(judgements):
        gravest.add((0, f"x{number}"), one)
    return gravest.judgement()


def test_gravity_knows_every_verdict_once() -> None:
    assert sorted(GRAVITY) == sorted(Verdict)


@pytest.mark.parametrize(("graver", "lighter"), [(GRAVITY[i], GRAVITY[j]) for i in range(7) for j in range(i + 1, 7)])
def test_the_graver_word_is_the_whole_s_in_either_order(graver: Verdict, lighter: Verdict) -> None:
    for order in permutations([said(graver), said(lighter)]):
        assert worst(order).verdict is graver


def test_nothing_at_all_is_inconclusive() -> None:
    assert (worst([]).verdict, worst([]).reason) == (Verdict.INCONCLUSIVE, "not seen")


NOT_SEEN = Judgement(Verdict.INCONCLUSIVE, "not seen", "no tool was called")


def test_what_shows_nothing_counts_only_when_there_is_nothing_else() -> None:
    assert worst([NOT_SEEN, said(Verdict.UNSUPPORTED)]).verdict is Verdict.UNSUPPORTED
    assert worst([NOT_SEEN, said(Verdict.INCONCLUSIVE, reason="http.429")]).reason == "http.429"
    assert worst([NOT_SEEN, NOT_SEEN]) == replace(NOT_SEEN, exchanges=("x0", "x1"))


def test_the_worst_carries_what_all_of_its_kind_show() -> None:
    broken = [said(Verdict.BROKEN, causes=frozenset("a")), said(Verdict.BROKEN, causes=frozenset("b"))]
    whole = worst([said(Verdict.SUPPORTED), *broken, NOT_SEEN])
    assert whole.causes == {"a", "b"}
    assert whole.exchanges == ("x1", "x2")
    assert whole.notes == ("in 2 of 3 exchanges",)


def test_the_lowest_place_is_named_first_whichever_came_first() -> None:
    gravest = Gravest()
    for place in [(1, "a"), (0, "c"), (0, "b")]:
        gravest.add(place, said(Verdict.BROKEN, message=place[1]))
    assert (gravest.judgement().message, gravest.judgement().exchanges) == ("b", ("b", "c", "a"))


def test_a_single_red_exchange_needs_no_note() -> None:
    assert worst([said(Verdict.BROKEN)]).notes == ()
    assert worst([said(Verdict.SUPPORTED), said(Verdict.SUPPORTED)]).notes == ()


def test_of_a_thousand_red_exchanges_some_are_enough() -> None:
    whole = worst(said(Verdict.BROKEN) for _ in range(1000))
    assert (len(whole.exchanges), whole.notes) == (20, ("in 1000 of 1000 exchanges",))


@pytest.mark.parametrize("effect", [True, 1, "a", [0]])
def test_an_effect_is_honoured_and_a_condition_seen(effect: object) -> None:
    honoured(effect, "why")
    seen(effect, "what")


@pytest.mark.parametrize("effect", [False, 0, "", [], None])
def test_no_effect_is_ignored_and_no_condition_inapplicable(effect: object) -> None:
    ignored = judge(lambda _: honoured(effect, "why"), None)
    assert (ignored.verdict, ignored.message) == (Verdict.IGNORED, "why")
    unseen = judge(lambda _: seen(effect, "what"), None)
    assert (unseen.verdict, unseen.reason, unseen.message) == (Verdict.INCONCLUSIVE, "not seen", "what")


def test_what_is_merely_observed_is_inconclusive() -> None:
    judgement = judge(lambda _: observed("two answers differ"), None)
    assert (judgement.verdict, judgement.reason) == (Verdict.INCONCLUSIVE, "observed")
