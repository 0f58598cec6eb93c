"""From exchanges to judgements: what applies, what is shown once, and what a red verdict has to stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from samewire.applying import applies
from samewire.demo import endpoint_at
from samewire.exchange import Exchange
from samewire.exchanges import Exchanges
from samewire.findings import Findings, Stop
from samewire.lane import Lane
from samewire.measurement import Measurement
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.request import POST, Request
from samewire.requirement import MUST, Requirement
from samewire.saying import seen, shown
from samewire.scenario import Every, Steps, preflight, scenario
from samewire.settings import Auth, Endpoint
from samewire.trust import TRUST
from samewire.verdict import UNCOUNTED, UNHEARD, Blocked, Broken, Ignored, Judgement, Verdict

from .making import COMPLETION, ERROR, endpoint, key, measure
from .performing import Performed

HELLO = POST("chat/completions", messages=[], n=0)
PROBE = HELLO.but(n=1)
WHERE = endpoint()


def needing(
    of: Any,
    check: Callable[[Any], None] = lambda one: one.accepted() and None,
    name: str = "chat.a.b",
    again: int = 1,
    **more: Any,
) -> Requirement:
    return Requirement(name, MUST, of, (), "It MUST hold.", check, again=again, **more)


@contextmanager
def measuring(
    performed: Performed, *requirements: Requirement, where: Endpoint = WHERE, **more: Any
) -> Iterator[Measurement]:
    exchanges = Exchanges({where.name: Lane(where, performed)})
    measurement = Measurement(exchanges, **more)
    measurement.start(requirements, [where])
    yield measurement
    exchanges.close()


def judged(performed: Performed, *requirements: Requirement, **more: Any) -> list[Judgement]:
    with measuring(performed, *requirements, **more) as measurement:
        return [measurement.judgement(one, more.get("where", WHERE)) for one in requirements]


NEEDY = needing(HELLO, needs=("key",))
BEARER = needing(HELLO, needs=("key", "bearer"))
NAMED = needing(HELLO, needs=("model",))


@pytest.mark.parametrize(
    ("requirement", "where", "words"),
    [
        (NEEDY, endpoint(credential=key()), ""),
        (NEEDY, endpoint(), "no key"),
        (NEEDY, endpoint(credential=key("ollama")), "no key"),
        (BEARER, endpoint(credential=key()), ""),
        (BEARER, endpoint(credential=key(), auth=Auth("header", "api-key")), "not presented as Bearer"),
        (NAMED, endpoint(), ""),
        (NAMED, endpoint(paths={"chat/completions": "deployments/{model}/chat/completions"}), "in the path"),
        (needing(HELLO), endpoint(missing="$X is not set"), "$X is not set"),
        (needing(HELLO), endpoint(protocols=("responses",)), "chat is not among"),
        (needing(HELLO), endpoint(protocols=("chat",)), ""),
        (needing(HELLO, name="http.a.b"), endpoint(protocols=("responses",)), ""),
    ],
)
def test_a_check_applies_or_says_why_not(requirement: Requirement, where: Endpoint, words: str) -> None:
    assert (words in applies(requirement, where)) if words else applies(requirement, where) == ""


def test_what_does_not_apply_is_not_run_and_sends_nothing() -> None:
    performed = Performed()
    (judgement,) = judged(performed, NEEDY)
    assert (judgement.verdict, performed.requests) == (Verdict.NOT_RUN, [])


def test_a_judgement_names_the_exchanges_it_rests_on() -> None:
    @scenario()
    def steps() -> Steps:
        yield HELLO
        yield PROBE

    performed = Performed()
    single, several = judged(performed, needing(HELLO), needing(steps, name="chat.a.c"))
    assert single.exchanges == (performed.wires[0].id,)
    assert several.exchanges == (performed.wires[1].id, performed.wires[0].id)


def failing(tries: str, **more: Any) -> Callable[[Exchange], None]:
    """A check that is red at each try that is marked ``x``, and sees nothing where the mark is ``?``."""

    def check(exchange: Exchange) -> None:
        mark = tries[exchange.request.repetition]
        seen(mark != "?", "the model says something else")
        if mark == "x":
            raise Broken("it contradicts", **more)

    return check


@pytest.mark.parametrize(
    ("tries", "again", "verdict", "sent"),
    [
        ("-", 1, "supported", 1),
        ("xx", 1, "broken", 2),
        ("x-", 1, "inconclusive", 2),
        # What may be a model's mood is asked for six times.
        ("xxxxxx", 2, "broken", 6),
        ("xx-", 2, "inconclusive", 3),
        ("x-x", 2, "inconclusive", 2),
        ("x", 0, "broken", 1),
        # A try in which the model shows nothing is made up for by another, but not for ever.
        ("x?x", 1, "broken", 3),
        ("x??", 1, "inconclusive", 3),
        ("x?-", 1, "inconclusive", 3),
        ("xx?xxxx", 2, "broken", 7),
        ("xx?????????", 2, "inconclusive", 11),
    ],
)
def test_a_red_verdict_has_to_show_at_each_try(tries: str, again: int, verdict: str, sent: int) -> None:
    performed = Performed()
    (judgement,) = judged(performed, needing(HELLO, failing(tries), again=again))
    assert judgement.verdict == verdict
    assert judgement.flaky is (verdict == "inconclusive")
    assert len(judgement.exchanges) == len(performed.requests) == sent
    red = tries[:sent].count("x")
    if verdict == "broken" and sent > 1:
        few = f"on {red} of {sent} tries, and the others show nothing"
        assert judgement.notes == ((f"on each of {sent} tries",) if red == sent else (few,))
    else:
        assert judgement.notes == ()
    if judgement.flaky:
        assert judgement.reason == "flaky"
        assert judgement.message == f"mixed: {red} of {sent} tries show it: it contradicts"


def ignoring(tries: str) -> Callable[[Exchange], None]:
    """A check that finds these things missing, a letter each, at each try; ``-`` is none."""

    def check(exchange: Exchange) -> None:
        missing = tries.split()[exchange.request.repetition].strip("-")
        shown(not missing, "nothing came of it", missing)

    return check


@pytest.mark.parametrize(
    ("tries", "verdict", "sent"),
    [
        # What a model may leave out by mood is asked for six times.
        ("a a a a a a", "ignored", 6),
        ("a a a a a -", "inconclusive", 6),
        ("ab a ac a a ad", "ignored", 6),
        # What is missing now here and now there is not what a server drops.
        ("ab bc ca -", "inconclusive", 3),
        ("a b - -", "inconclusive", 2),
    ],
)
def test_what_is_ignored_is_the_same_each_time(tries: str, verdict: str, sent: int) -> None:
    performed = Performed()
    (judgement,) = judged(performed, needing(HELLO, ignoring(tries)))
    assert (judgement.verdict, len(performed.requests)) == (verdict, sent)


@preflight("chat", HELLO)
def way() -> Steps:
    """Find the way open."""
    yield HELLO
    return Findings()


@pytest.mark.parametrize(
    ("answer", "held", "verdict"),
    [
        (COMPLETION, True, "ignored"),
        (COMPLETION, False, "inconclusive"),
        # A control that isn't answered says nothing against what was seen.
        ((400, ERROR), False, "ignored"),
    ],
)
def test_the_silence_of_a_model_that_does_not_do_as_it_is_told_says_nothing(
    answer: Any, held: bool, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRUST, (UNHEARD, "chat"), (PROBE, lambda _: seen(held, "the model does nothing it is told")))
    performed = Performed(lambda request: answer if request.body["n"] else COMPLETION)
    (judgement,) = judged(performed, needing(HELLO.after(way), ignoring("a a a a")))
    assert judgement.verdict == verdict
    assert [request.body["n"] for request in performed.requests][-5:] == [0, 0, 0, 0, 1]
    if verdict == "inconclusive":
        words = "the model does nothing it is told, so that this tells nothing: nothing came of it"
        assert (judgement.reason, judgement.message) == ("observed", words)


@pytest.mark.parametrize(
    ("counted", "obeys", "grows", "verdict"),
    [
        # What is neither shown nor counted is lost if either of them can be relied on.
        (False, True, False, "ignored"),
        (False, False, True, "ignored"),
        (False, False, False, "inconclusive"),
        # What is counted is there, unless the model is one that would show it.
        (True, True, True, "ignored"),
        (True, False, True, "supported"),
    ],
)
def test_counts_decide_where_a_model_does_not_do_as_it_is_told(
    counted: bool, obeys: bool, grows: bool, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRUST, (UNHEARD, "chat"), (PROBE, lambda _: seen(obeys, "the model does nothing it is told")))
    monkeypatch.setitem(TRUST, (UNCOUNTED, "chat"), (PROBE, lambda _: seen(grows, "the counts don't grow")))

    def check(exchange: Exchange) -> None:
        shown(False, "nothing came of it", counted=counted)

    (judgement,) = judged(Performed(), needing(HELLO.after(way), check))
    assert judgement.verdict == verdict


@pytest.mark.parametrize(
    ("fault", "cell"),
    [
        ("messages.ignored.system_rest", "messages.system.blocks"),
        ("messages.ignored.result_rest", "messages.results.blocks"),
    ],
)
def test_what_a_parrot_is_not_told_shows_in_the_counts(fault: str, cell: str, serve: Any) -> None:
    run = measure(endpoint_at(serve([VARIANTS["messages.parrot"], FAULTS[fault]])[1], "it"), (cell,))
    assert {one.verdict for (_, check), one in run.verdicts.items() if check == cell} == {"ignored"}


def test_counts_that_do_not_grow_with_a_prompt_say_nothing(serve: Any) -> None:
    port = serve([VARIANTS["parrot"], FAULTS["usage.constant"]])[1]
    run = measure(endpoint_at(port, "it"), ("chat.",))
    red = {check for (_, check), one in run.verdicts.items() if one.verdict.red}
    assert "chat.usage.grows" in red
    assert not {
        check for check in red if check.startswith(("chat.roles.", "chat.history.", "chat.images.", "chat.tools."))
    }


def test_what_is_taken_and_should_be_refused_is_no_mood() -> None:
    performed = Performed()
    (judgement,) = judged(performed, needing(HELLO, lambda exchange: exchange.rejected()))
    assert (judgement.verdict, len(performed.requests)) == (Verdict.IGNORED, 2)


def test_a_repetition_that_something_else_stands_in_the_way_of_shows_nothing() -> None:
    def check(exchange: Exchange) -> None:
        if exchange.request.repetition == 1:
            raise Blocked("another defect", cause="check:chat.a.c")
        raise Broken("it contradicts")

    performed = Performed()
    (judgement,) = judged(performed, needing(HELLO, check))
    assert (judgement.verdict, len(performed.requests)) == (Verdict.BROKEN, 3)
    assert judgement.notes == ("on 2 of 3 tries, and the others show nothing",)


@pytest.mark.parametrize("answer", [(429, ERROR), (500, ERROR)])
def test_a_repetition_that_is_not_answered_says_nothing_against_what_was_seen(answer: Any) -> None:
    def check(exchange: Exchange) -> None:
        exchange.accepted()
        raise Ignored("nothing came of it")

    performed = Performed(lambda request: answer if request.repetition else COMPLETION)
    (judgement,) = judged(performed, needing(HELLO, check))
    assert (judgement.verdict, judgement.flaky, len(judgement.exchanges)) == (Verdict.IGNORED, False, 2)


def test_without_confirmation_red_is_red() -> None:
    performed = Performed()
    (judgement,) = judged(performed, needing(HELLO, ignoring("a -")), confirm=False)
    assert (judgement.verdict, len(performed.requests)) == (Verdict.IGNORED, 1)


def test_what_is_not_red_is_not_sent_anew() -> None:
    performed = Performed(lambda request: (400, ERROR))
    (judgement,) = judged(performed, needing(HELLO))
    assert (judgement.verdict, len(performed.requests)) == (Verdict.UNSUPPORTED, 1)


def test_a_scenario_is_put_to_the_test_step_by_step() -> None:
    @scenario()
    def steps() -> Steps:
        yield HELLO
        yield PROBE

    performed = Performed()
    (judgement,) = judged(performed, needing(steps, failing("xx")))
    assert judgement.verdict is Verdict.BROKEN
    assert performed.asked == [0, 1, 0, 1]


def test_what_happens_to_a_request_is_shown_by_the_first_check_of_it_and_blocks_the_others() -> None:
    performed = Performed(lambda request: (400, ERROR) if request.body["n"] == 1 else COMPLETION)
    owner, other = needing(PROBE, name="chat.a.owner"), needing(PROBE, name="chat.a.other")
    first, second = judged(performed, owner, other)
    assert (first.verdict, first.cause) == (Verdict.UNSUPPORTED, f"request:{PROBE.id}")
    assert (second.verdict, second.reason, second.cause) == (Verdict.INCONCLUSIVE, "blocked", f"request:{PROBE.id}")


def test_a_scenario_s_check_leaves_it_to_the_request_s_own_check() -> None:
    @scenario()
    def steps() -> Steps:
        yield HELLO
        yield PROBE

    performed = Performed(lambda request: (404, ERROR) if request.body["n"] == 1 else COMPLETION)
    story, owner = judged(performed, needing(steps, name="chat.a.story"), needing(PROBE, name="chat.a.owner"))
    assert (story.verdict, story.reason) == (Verdict.INCONCLUSIVE, "blocked")
    assert owner.verdict is Verdict.UNSUPPORTED


def test_what_a_check_finds_itself_is_shown_by_each() -> None:
    def finds(_: Exchange) -> None:
        raise Ignored("nothing came of it")

    judgements = judged(Performed(), needing(PROBE, finds, "chat.a.one"), needing(PROBE, finds, "chat.a.two"))
    assert [one.verdict for one in judgements] == [Verdict.IGNORED] * 2


OPENER = preflight("chat", HELLO)


def test_a_preflight_is_judged_once_and_never_put_to_the_test() -> None:
    def walk() -> Steps:
        yield HELLO
        raise Stop("chat.a.b", Ignored("all is lost"))

    def shows(exchange: Exchange) -> None:
        assert isinstance(exchange.found, Stop)
        raise exchange.found.signal

    opener = OPENER(walk)
    performed = Performed()
    cause, blocked = judged(performed, needing(opener, shows), needing(PROBE.after(opener), name="chat.c.d"))
    assert (cause.verdict, len(performed.requests)) == (Verdict.IGNORED, 1)
    assert (blocked.verdict, blocked.cause, blocked.message) == (Verdict.INCONCLUSIVE, "check:chat.a.b", "all is lost")


def invariant(check: Callable[[Exchange], None], witness: Request = HELLO, **more: Any) -> Requirement:
    return needing(Every((witness,), **more), check, "chat.every.one")


def test_an_invariant_is_judged_over_every_exchange_of_the_run() -> None:
    def odd(exchange: Exchange) -> None:
        assert exchange.request.body["n"] != 2, "two is odd"

    others = [needing(HELLO.but(n=number), name=f"chat.n.n{number}") for number in (1, 2, 3)]
    *_, judgement = judged(Performed(), *others, invariant(odd))
    assert (judgement.verdict, judgement.message) == (Verdict.BROKEN, "two is odd")
    assert judgement.notes == ("in 1 of 4 exchanges",)


@pytest.mark.parametrize(("red", "verdict", "sent"), [(range(9), "broken", 3 + 5), ([0, 1], "inconclusive", 3 + 2)])
def test_an_invariant_that_a_mood_may_break_has_to_show_at_each_try(red: Any, verdict: str, sent: int) -> None:
    def odd(exchange: Exchange) -> None:
        assert exchange.request.body["n"] != 2 or exchange.request.repetition not in red, "two is odd"

    performed = Performed()
    others = [needing(HELLO.but(n=number), name=f"chat.n.n{number}") for number in (1, 2)]
    *_, judgement = judged(performed, *others, needing(Every((HELLO,)), odd, "chat.every.one", again=2))
    assert (judgement.verdict, len(performed.requests)) == (verdict, sent)
    assert judgement.flaky is (verdict == "inconclusive")


def test_an_invariant_stays_red_where_one_request_of_several_shows_it_each_time() -> None:
    def odd(exchange: Exchange) -> None:
        assert exchange.request.body["n"] == 0 or (exchange.request.body["n"] == 1 and exchange.request.repetition), (
            "odd"
        )

    others = [needing(HELLO.but(n=number), name=f"chat.n.n{number}") for number in (1, 2)]
    *_, judgement = judged(Performed(), *others, needing(Every((HELLO,)), odd, "chat.every.one", again=2))
    assert judgement.verdict is Verdict.BROKEN


def test_an_invariant_alone_sends_its_witness() -> None:
    performed = Performed()
    (judgement,) = judged(performed, invariant(lambda one: None, PROBE))
    assert (judgement.verdict, performed.asked) == (Verdict.SUPPORTED, [0, 1])


def test_an_invariant_without_an_exchange_is_blocked_by_its_witness_s_refusal() -> None:
    (judgement,) = judged(Performed(lambda request: (400, ERROR)), invariant(lambda one: None))
    assert (judgement.verdict, judgement.cause) == (Verdict.INCONCLUSIVE, f"request:{HELLO.id}")
    (judgement,) = judged(Performed(lambda request: (400, ERROR)), invariant(lambda one: None, PROBE))
    assert judgement.cause == f"request:{HELLO.id}"


def test_an_invariant_without_anything_it_speaks_of_is_inconclusive() -> None:
    (judgement,) = judged(Performed(), invariant(lambda one: None, statuses=range(400, 600)))
    assert (judgement.verdict, judgement.reason) == (Verdict.INCONCLUSIVE, "not seen")


def test_a_check_that_fails_itself_is_an_error_and_the_others_are_judged() -> None:
    def fails(_: Exchange) -> None:
        raise ZeroDivisionError("oops")

    first, second = judged(Performed(), needing(HELLO, fails), needing(PROBE, name="chat.c.d"))
    assert (first.verdict, first.reason) == (Verdict.ERROR, "harness")
    assert second.verdict is Verdict.SUPPORTED


def test_a_fault_of_ours_is_told_in_every_cell_it_spoils_and_holds_up_no_other() -> None:
    def answer(request: Request) -> Any:
        if request.body["n"] >= 10:
            raise RuntimeError("a bug")
        return COMPLETION

    many = [needing(HELLO.but(n=number), name=f"chat.a.n{number}") for number in range(1, 100)]
    judgements = judged(Performed(answer), *many)
    assert {one.verdict for one in judgements[:9]} == {Verdict.SUPPORTED}
    assert {(one.verdict, one.message) for one in judgements[9:]} == {(Verdict.ERROR, "RuntimeError: a bug")}


def test_what_was_read_is_let_go_of_but_for_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samewire.shelf.AT_HAND", 3 * len(json.dumps(COMPLETION)))
    many = [needing(HELLO.but(n=number), name=f"chat.a.n{number}") for number in range(20)]
    invariant = needing(Every((HELLO,), path="chat/completions"), lambda one: one.json and None, name="chat.a.every")
    performed = Performed()
    with measuring(performed, *many, invariant) as measurement:
        assert {measurement.judgement(one, WHERE).verdict for one in (*many, invariant)} == {Verdict.SUPPORTED}
        every = list(measurement.exchanges.lanes[WHERE.name].exchanges.values())
        assert len(every) == 20
        assert sum("json" in one._known for one in every) == 3
        assert {one.json["object"] for one in every} == {"chat.completion"}


def test_few_sources_of_a_protocol_wait_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samewire.measurement.UNDER_WAY", 4)
    waiting: list[int] = []
    many = [needing(HELLO.but(n=number), name=f"chat.a.n{number}") for number in range(1, 30)]
    performed = Performed(lambda _: waiting.append(len(lane._tasks)) or COMPLETION)
    with measuring(performed) as measurement:
        lane = measurement.exchanges.lanes[WHERE.name]
        measurement.start(many, [WHERE])
        assert {measurement.judgement(one, WHERE).verdict for one in many} == {Verdict.SUPPORTED}
    # A request's own task, that of its wire, and now and then their control's.
    assert max(waiting) <= 2 * 4 + 2
