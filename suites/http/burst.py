"""Several requests at once: how many are served, and what becomes of the others. Opt-in, small, and no load test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from samewire import (
    LIMIT,
    MUST,
    SHOULD,
    SMOKE,
    Broken,
    Exchange,
    Findings,
    Inconclusive,
    Request,
    Steps,
    check,
    scenario,
    seen,
    user,
)

from ..chat.requests import HELLO
from .same import begins

#: How many are sent at once, one step after the other, up to the size that was opted for.
SIZES = (2, 4, 8, 16, 32)
#: How a server says that it has too much to do.
LIMITED = (429, 503, 529)
#: Where an error tells what it is.
TOLD = ("code", "type")
WORDS = ("KILO", "LIMA", "MIKE", "OSCAR", "PAPA", "ROMEO", "TANGO", "VICTOR")


def nonce(number: int) -> str:
    """A word that no answer holds but the one to the request that asks for it."""
    return f"{WORDS[number % len(WORDS)]}{1000 + 7919 * (number + 1) % 9000}"


def asking(number: int, size: int) -> Request:
    """One of so many requests at once, with a word of its own to repeat."""
    text = f'Repeat this word exactly and say nothing else: "{nonce(number)}"'
    return HELLO.but(messages=[user(text)], **LIMIT(32)).among(size)


ALONE = [asking(number, 1) for number in range(2)]
#: The numbers of a step's requests begin where those of the step before end.
CROWDS = {size: [asking(size + number, size) for number in range(size)] for size in SIZES}


@scenario(*ALONE, *(one for crowd in CROWDS.values() for one in crowd))
def burst() -> Steps:
    """Requests one by one, then two at once, four, …: until not all are served, or they are made to queue."""
    alone: list[Exchange] = []
    for request in ALONE:
        alone.append((yield request))
    crowds: list[list[Exchange]] = []
    for size in SIZES:
        if not all(one.ok for one in (crowds or [alone])[-1]) or (crowds and waiting(alone, crowds[-1])):
            break
        answers = yield CROWDS[size]
        if answers is None:
            break
        crowds.append(answers)
    return found(alone, crowds)


def waiting(alone: Sequence[Exchange], crowd: Sequence[Exchange]) -> int:
    """How many of those at once were kept waiting for others; 0 where they took hardly longer than one alone does."""
    longest = max(one.last.ended for one in alone)
    late = [one for one in crowd if one.ok and one.last.ended > 2 * longest + 0.5 + one.last.lag]
    if len(late) * 4 < len(crowd):
        return 0
    return sum(one.ok and one.last.ended > 1.5 * longest + 0.1 for one in crowd)


def found(alone: Sequence[Exchange], crowds: Sequence[Sequence[Exchange]]) -> Findings:
    """How many at once were served, as a sentence and as numbers."""
    if not crowds:
        return Findings(notes=("Requests at once: not tried, as those before, one by one, were not all answered.",))
    last = crowds[-1]
    served = [one for one in last if one.ok]
    refused = Counter(_how(one) for one in last if not one.ok)
    late = waiting(alone, last)
    asked = [one.last.pause for one in last if one.status in LIMITED]
    longest, usual = (max(one.last.ended for one in some) for some in (last, alone))
    told: dict[str, Any] = {
        "asked": len(last),
        "served": len(served),
        "parallel": len(served) - late,
        "refused": dict(refused),
        "retry_after": next((pause for pause in asked if pause is not None), None),
        "seconds": round(longest, 3),
        "seconds_alone": round(usual, 3),
    }
    words = f"Requests at once: of {len(last)}, {len(served)} were served"
    if late:
        words += f", about {len(served) - late} at a time and the others after them"
    if refused:
        words += "; " + ", ".join(f"{count} {how}" for how, count in refused.items())
        if told["retry_after"] is not None:
            words += f", Retry-After {told['retry_after']:g} s"
    words += f" (all of it took {longest:.2f} s, one alone {usual:.2f} s)."
    return Findings(notes=(words,), measured={"burst": told})


def _how(exchange: Exchange) -> str:
    return f"failed: {exchange.failure.kind}" if exchange.failure else f"refused with {exchange.status}"


def crowded(exchange: Exchange) -> list[Exchange]:
    """The requests that were not alone, where those that were have been answered."""
    every: list[Exchange] = [*exchange.before, exchange]
    seen(all(one.ok for one in every if one.request.crowd == 1), "one request alone is not answered")
    return [one for one in every if one.request.crowd > 1]


@check(
    "http.limits.own_answer",
    MUST,
    of=burst,
    spec="CHAT-ENV-001 HTTP-RES-006",
    depth=SMOKE,
    needs=("burst",),
    again=0,  # once is proof enough: nobody guesses another's word
)
def test_each_gets_its_own_answer(exchange: Exchange) -> None:
    """Of requests at once, each MUST be answered with its own answer, never with that of another."""
    every = [one for one in crowded(exchange) if one.ok]
    asked = {nonce(number).encode() for one in every for number in range(64) if nonce(number) in str(one.sent)}
    own = [[word for word in asked if word in (one.wire.body or b"")] for one in every]
    for one, mine in zip(every, own, strict=True):
        others = [word.decode() for word in asked if word in one.body and word not in mine]
        if others:
            words = f"of {one.request.crowd} at once, the answer to {mine[0].decode()} holds {others[0]}"
            raise Broken(words, causes={"cross talk"})
    seen(any(word in one.body for one, mine in zip(every, own, strict=True) for word in mine), "no word is repeated")


@check("http.limits.whole_answer", MUST, of=burst, spec="HTTP-RES-001 HTTP-RES-004", depth=SMOKE, needs=("burst",))
def test_what_is_answered_is_answered_whole(exchange: Exchange) -> None:
    """Of requests at once, each that is answered with 200 MUST be answered as one alone is: with a choice."""
    every = [*exchange.before, exchange]
    seen(all(_choices(one) for one in every if one.request.crowd == 1), "one request alone gets no choice")
    for one in crowded(exchange):
        if one.ok and not _choices(one):
            shown = begins(one, 80)
            raise Broken(f"of {one.request.crowd} at once, one was answered {one.status} with {shown}")


def _choices(exchange: Exchange) -> bool:
    body = exchange.raw_json
    return isinstance(body, dict) and bool(body.get("choices"))


@check(
    "http.limits.refusal",
    SHOULD,
    of=burst,
    spec="ERR-CASE-019 ERR-CASE-022",
    depth=SMOKE,
    needs=("burst",),
    rare=True,
)
def test_too_many_are_refused_as_such(exchange: Exchange) -> None:
    """A request too many SHOULD be made to wait, or be refused with 429 or 503: not fail, nor be left hanging."""
    turned_away = [one for one in crowded(exchange) if not one.ok]
    seen(turned_away, "none was refused")
    wrong = [one for one in turned_away if one.failure is not None or one.status not in LIMITED]
    if not wrong:
        return
    failures = [one.failure for one in wrong if one.failure is not None]
    words = f"of {wrong[0].request.crowd} at once, {_how(wrong[0])}{wrong[0].said}, and one alone is answered"
    if failures and len(failures) == len(wrong) and not _in_vain(exchange, wrong):
        raise Inconclusive(words, reason=failures[0].kind)
    raise Broken(words, causes={"load"})


@check(
    "http.limits.passing",
    SHOULD,
    of=burst,
    spec="ERR-CASE-020 ERR-CASE-019",
    depth=SMOKE,
    needs=("burst",),
    rare=True,
)
def test_a_limit_that_passes_is_told_as_one(exchange: Exchange) -> None:
    """What is too much at once SHOULD NOT be told as a quota that is used up: clients give up for good at that."""
    limited = [one for one in crowded(exchange) if one.status == 429]
    seen(limited, "none was refused with 429")
    spent = [one for one in limited if "insufficient_quota" in ((one.error_object or {}).get(name) for name in TOLD)]
    # Each time this is asked, one request alone is answered before.
    assert not spent, f"of {spent[0].request.crowd} at once, one was refused{spent[0].said}, and one alone is answered"


def _in_vain(exchange: Exchange, failed: Sequence[Exchange]) -> bool:
    """Whether failures say something of the endpoint: not those of a network, nor of a queue that takes its time."""
    alone = max(one.last.ended for one in exchange.before if one.request.crowd == 1)
    kinds = {"reset", "protocol", "refused"}
    return any(
        one.failure is not None
        and (one.failure.kind in kinds or (one.failure.kind == "timeout" and one.last.ended > 4 * len(failed) * alone))
        for one in failed
    )
