"""Which conversion a client must apply to its histories, told by the verdicts of the checks on histories alone."""

from __future__ import annotations

from itertools import product

import pytest

from samewire.prompting import RULES, Mode, prompting_of
from samewire.reference.faults import FAULTS
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

FIRST, TWO, LATE, USERS, ANSWERS = [name for names in RULES.values() for name in names]
TAKEN = {name: Judgement(Verdict.SUPPORTED) for name in (FIRST, TWO, LATE, USERS, ANSWERS)}
REFUSED = Judgement(Verdict.UNSUPPORTED, "refused", "refused with 400")
OPEN = Judgement(Verdict.INCONCLUSIVE, "http.429", "answered 429")


def told(**words: Judgement) -> dict[str, Judgement]:
    named = {"first": FIRST, "two": TWO, "late": LATE, "users": USERS, "answers": ANSWERS}
    return {**TAKEN, **{named[name]: one for name, one in words.items()}}


def test_the_rules_name_checks_that_there_are() -> None:
    known = {one.id for one in requirements()}
    assert {name for names in RULES.values() for name in names} | {"chat.roles.system"} <= known


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ({}, Mode.NONE),
        ({"users": REFUSED}, Mode.MERGE),
        ({"answers": REFUSED}, Mode.MERGE),
        ({"users": REFUSED, "answers": REFUSED}, Mode.MERGE),
        ({"two": REFUSED}, Mode.ONE_SYSTEM),
        ({"late": REFUSED}, Mode.ONE_SYSTEM),
        ({"two": REFUSED, "late": REFUSED}, Mode.ONE_SYSTEM),
        ({"two": REFUSED, "users": REFUSED}, Mode.ONE_SYSTEM),
        ({"late": REFUSED, "users": REFUSED, "answers": REFUSED}, Mode.ONE_SYSTEM),
        ({"first": REFUSED}, Mode.STRICT),
        ({"first": REFUSED, "two": REFUSED}, Mode.STRICT),
        ({"first": REFUSED, "users": REFUSED, "answers": REFUSED}, Mode.STRICT),
        ({"first": REFUSED, "two": REFUSED, "late": REFUSED, "users": REFUSED, "answers": REFUSED}, Mode.STRICT),
    ],
)
def test_what_is_refused_calls_for_a_conversion(words: dict[str, Judgement], mode: Mode) -> None:
    found = prompting_of(told(**words))
    assert found.mode is mode
    assert len(found.because) == len(words)
    assert not found.unsure


@pytest.mark.parametrize(
    ("words", "mode", "least"),
    [
        ({"first": OPEN}, Mode.UNKNOWN, Mode.NONE),
        ({"two": OPEN}, Mode.UNKNOWN, Mode.NONE),
        ({"answers": OPEN}, Mode.UNKNOWN, Mode.NONE),
        ({"first": OPEN, "users": REFUSED}, Mode.UNKNOWN, Mode.MERGE),
        ({"first": OPEN, "late": REFUSED}, Mode.UNKNOWN, Mode.ONE_SYSTEM),
        ({"two": OPEN, "users": REFUSED}, Mode.UNKNOWN, Mode.MERGE),
        # What is open can't ask for more than this.
        ({"first": REFUSED, "two": OPEN, "late": OPEN, "users": OPEN, "answers": OPEN}, Mode.STRICT, Mode.STRICT),
        ({"two": REFUSED, "late": OPEN, "users": OPEN}, Mode.ONE_SYSTEM, Mode.ONE_SYSTEM),
        ({"users": REFUSED, "answers": OPEN}, Mode.MERGE, Mode.MERGE),
    ],
)
def test_what_is_open_counts_only_where_it_could_ask_for_more(
    words: dict[str, Judgement], mode: Mode, least: Mode
) -> None:
    found = prompting_of(told(**words))
    assert (found.mode, found.least) == (mode, least)
    assert bool(found.unsure) is (mode is Mode.UNKNOWN)


def test_every_combination_has_an_answer_that_is_enough() -> None:
    order = [Mode.NONE, Mode.MERGE, Mode.ONE_SYSTEM, Mode.STRICT]
    words = (Judgement(Verdict.SUPPORTED), REFUSED, Judgement(Verdict.BROKEN), OPEN, None)
    for chosen in product(words, repeat=5):
        judgements = {name: one for name, one in zip(TAKEN, chosen, strict=True) if one is not None}
        found = prompting_of(judgements)
        needed = [
            mode
            for mode, names in RULES.items()
            for name in names
            if (one := judgements.get(name)) and one.verdict != "supported" and one is not OPEN
        ]
        at_least = max([Mode.NONE, *needed], key=order.index)
        assert found.least is at_least
        assert found.mode in (at_least, Mode.UNKNOWN)
        if OPEN not in chosen and None not in chosen:
            assert found.mode is at_least


def test_nothing_is_known_where_nothing_was_asked() -> None:
    for judgements in ({}, dict.fromkeys(TAKEN, Judgement(Verdict.NOT_RUN, "not run"))):
        found = prompting_of(judgements)
        assert (found.mode, found.least, found.system) == (Mode.UNKNOWN, Mode.NONE, "")


def test_a_refusal_in_a_wrong_shape_is_a_refusal() -> None:
    shapeless = Judgement(Verdict.INCONCLUSIVE, "blocked", "refused with 400", cause="error envelope")
    assert prompting_of(told(users=shapeless)).mode is Mode.MERGE
    elsewhere = Judgement(Verdict.INCONCLUSIVE, "blocked", "a redirect came", cause="redirect")
    assert prompting_of(told(users=elsewhere)).mode is Mode.UNKNOWN


@pytest.mark.parametrize(
    ("word", "system"),
    [
        (Verdict.SUPPORTED, "taken"),
        (Verdict.UNSUPPORTED, "refused"),
        (Verdict.BROKEN, "refused"),
        (Verdict.IGNORED, "dropped"),
        (Verdict.INCONCLUSIVE, ""),
    ],
)
def test_what_becomes_of_a_system_message_is_told(word: Verdict, system: str) -> None:
    found = prompting_of({**TAKEN, "chat.roles.system": Judgement(word)})
    assert (found.mode, found.system) == (Mode.NONE, system)


@pytest.mark.parametrize(
    ("fault", "mode"),
    [
        ("history.system_first", Mode.ONE_SYSTEM),
        ("history.alternate", Mode.STRICT),
        ("history.assistant_parts", Mode.NONE),
    ],
)
def test_the_twins_that_are_strict_are_told(fault: str, mode: Mode) -> None:
    turned = {name: Judgement(Verdict(word)) for name, word in FAULTS[fault].turns.items()}
    assert prompting_of({**TAKEN, **turned}).mode is mode
