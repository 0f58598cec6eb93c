"""An endpoint that refuses even what it answered before is noticed, whatever it says, and with few requests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from samewire.attempt import Attempt, Wire
from samewire.exchange import Exchange
from samewire.lapsing import Lapse
from samewire.request import OMIT, Request

from .making import ASK, COMPLETION, attempt, exchange, wired

WELL = exchange(200, COMPLETION)


def said(status: int, words: str) -> Attempt:
    return attempt(status, {"error": {"message": words, "type": "invalid_request_error"}})


class Asked:
    """Says how what was answered before is answered now, and what of it was asked."""

    def __init__(self, *now: Attempt | None) -> None:
        self.now = list(now)
        self.wires: list[Wire] = []

    async def __call__(self, wire: Wire) -> Attempt | None:
        self.wires.append(wire)
        return self.now.pop(0)


def refused(number: int, answer: Attempt, wrong: bool = True) -> Exchange:
    request = ASK.but(user=str(number))
    request = request.wrong() if wrong else request
    return Exchange(request, wired(request), (answer,))


def looked(ask: Asked, *exchanges: Exchange) -> list[Any]:
    async def every() -> list[Any]:
        lapse = Lapse(ask)
        await lapse.look(WELL.request, WELL)
        return [await lapse.look(one.request, one) for one in exchanges]

    return asyncio.run(every())


def test_a_404_where_it_answered_before_makes_it_be_asked_again() -> None:
    dead = said(404, "worker gone")
    ask = Asked(dead)
    one, first, second = looked(ask, refused(1, dead), refused(2, dead), refused(3, dead))
    assert [one.id for one in ask.wires] == [WELL.wire.id], "what was answered first, and once"
    assert one is None, "it may be refused for itself"
    assert first is second
    assert first.kind == "died"
    assert first.message.startswith("the server answers 404: worker gone even to what it had answered before; so it")
    assert '"user": "1"' in first.message


def test_another_refusal_is_held_against_nobody() -> None:
    spent = said(400, "no credit is left")
    _, failure = looked(Asked(spent), *(refused(number, spent, wrong=False) for number in (1, 2)))
    assert failure.kind == "silent"


def test_of_mistakes_three_are_refused_with_the_same_words_before_it_is_asked() -> None:
    spent = said(400, "no credit is left")
    ask = Asked(spent)
    found = looked(ask, *(refused(number, spent) for number in (1, 2, 2, 3)))
    assert found[:3] == [None] * 3, "the same request twice is one"
    assert found[3].kind == "silent"
    assert len(ask.wires) == 1


def test_words_that_are_no_sign_are_looked_into_once() -> None:
    words = said(400, "Bad Request")
    ask = Asked(attempt(200, COMPLETION))
    assert looked(ask, *(refused(number, words, wrong=False) for number in range(9))) == [None] * 9
    assert len(ask.wires) == 1


@pytest.mark.parametrize("now", [None, said(404, "another thing"), said(400, "worker gone"), attempt(500, b"")])
def test_only_the_same_answer_is_a_sign(now: Attempt | None) -> None:
    gone = said(404, "worker gone")
    assert looked(Asked(now), refused(1, gone), refused(2, gone)) == [None, None]


def test_what_is_answered_otherwise_is_asked_again() -> None:
    gone = said(404, "worker gone")
    ask = Asked(attempt(500, b""), gone)
    assert [one and one.kind for one in looked(ask, *(refused(at, gone) for at in range(3)))] == [None, None, "died"]


def other(request: Request) -> Exchange:
    return Exchange(request, wired(request), (said(404, "gone"),))


@pytest.mark.parametrize(
    "one",
    [
        other(ASK.but(model="another")),
        other(ASK.but(model=OMIT)),
        other(ASK.with_key("wrong")),
        other(replace(ASK, path="elsewhere")),
        refused(1, said(401, "no")),
        refused(1, said(429, "slowly")),
        refused(1, said(500, "no")),
    ],
)
def test_what_may_be_refused_is_no_sign(one: Exchange) -> None:
    ask = Asked()
    other = replace(one, wire=replace(one.wire, id="another"))
    assert looked(ask, one, other) == [None, None]
    assert ask.wires == []


def test_where_nothing_was_answered_yet_there_is_nothing_to_ask() -> None:
    one = refused(1, said(404, "gone"))
    assert asyncio.run(Lapse(Asked()).look(one.request, one)) is None
