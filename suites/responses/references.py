"""What was said before: the last message of it is answered, and an item of it may be referred to."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MAY,
    SHOULD,
    Broken,
    Exchange,
    Request,
    Steps,
    assistant,
    check,
    scenario,
    seen,
    shown,
    user,
)

from .reading import input_tokens, items, output_tokens, said_by, words
from .requests import HELLO
from .state import PHRASE, SAID, TOLD, TOLD_ONLY, stored, unstorable

ALONE = HELLO.but(input=TOLD.body["input"][-1]["content"], **LIMIT(128))


@scenario(TOLD, spare=(TOLD_ONLY, ALONE))
def told_last() -> Steps:
    """A conversation that ends with an order, and if that is not obeyed, the order alone."""
    answer: Exchange = yield TOLD
    if unstorable(answer):
        answer = yield TOLD_ONLY
    if answer.ok and SAID not in words(answer):
        yield ALONE


@check("responses.input.order", SHOULD, of=told_last, spec="RSP-REQ-002 RSP-IN-001", again=2)
def test_the_last_message_is_answered(exchange: Exchange) -> None:
    """The last message of the input SHOULD be the one that is answered."""
    answer = next((one for one in (*exchange.before, exchange) if one.ok), exchange).accepted()
    seen(SAID in words(exchange), "the model does not repeat what it is told to, not even alone")
    shown(answer is exchange, f"told to say {SAID!r} in the end, it says {words(answer)[:60]!r}")


SAYS_ITEM = "What code word did you say? Answer with the code word alone."


def asking(item: Any) -> Request:
    """What was said, asked for after an item."""
    return HELLO.but(input=[item, user(SAYS_ITEM)])


SPELLED_OUT = asking(assistant(PHRASE))


@scenario(TOLD, spare=(SPELLED_OUT,), more=1, tokens=32)
def referred() -> Steps:
    """A response that says a code word, a reference to the item that says it, and where it isn't heard the item."""
    first: Exchange = yield TOLD
    if unstorable(first):
        return
    every = items(first, "message")
    seen(every, "there is no message")
    said = [item for item in every if SAID in said_by([item])]
    second: Exchange = yield asking({"type": "item_reference", "id": (said or every)[0]["id"]})
    if said and second.ok and SAID not in words(second):
        yield SPELLED_OUT


@check("responses.input.reference", MAY, of=referred, spec="RSP-IN-007", depth=FULL)
def test_an_item_may_be_referred_to(exchange: Exchange) -> None:
    """An item of an earlier response MAY be referred to by its id, and then reaches the model."""
    stored(exchange)
    referred_to = exchange.before[-1].accepted() if exchange.asked(SPELLED_OUT) else exchange.accepted()
    seen(SAID in words(exchange.before[0]), "the model does not repeat the code word")
    counted, spoken = input_tokens(referred_to), output_tokens(exchange.before[0])
    said = words(referred_to)
    if SAID in said or (counted or 0) > (spoken or 0) * 0.6 + len(SAYS_ITEM.split()):
        return
    seen(SAID in words(exchange), "the model doesn't tell what it said either where that is spelled out")
    raise Broken(f"the reference was accepted, and the model knows nothing of the item: {said[:60]!r}")
