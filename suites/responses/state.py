"""State: a response that is kept can be followed, fetched, listed and deleted."""

from __future__ import annotations

import re
from typing import Any

from samewire import (
    FULL,
    GET,
    LIMIT,
    SHOULD,
    Blocked,
    Exchange,
    Request,
    Steps,
    Unsupported,
    assistant,
    check,
    counts,
    scenario,
    seen,
    shown,
    user,
)

from .effects import arrives, effect
from .following import heard_raw
from .preflight import told
from .reading import input_tokens, output_tokens, response, thought, words
from .requests import HELLO

CODE, OTHERS, OWN, SAID = "MEDLAR8142", "QUOKKA3301", "TAPIR5120", "PLUM4409"
#: What is to be said: a code word, letters of many kinds, and so much that it counts. It shares no word with the
#: question but those of every sentence that tells a code word: some models look for the sentence most like it.
PHRASE = (
    f"A code word is {SAID}, and nobody knows whence {{{{it}}}} came: neither the 🦊 nor the Käfer, <b>nor</b> anybody "
    "& everybody 👩‍💻 who was asked about it on that long and rainy afternoon by the river, where the two had met."
)
OWN_INSTRUCTIONS = f"A code word is {OWN}."
QUESTION = "Which code words were told so far? List every one of them, and say nothing else."
TELLING = {
    "instructions": f"A code word is {OTHERS}.",
    "input": [user(f"A code word is {CODE}."), assistant("I will remember it."), user(f'Say exactly "{PHRASE}"')],
    **LIMIT(128),
}
TOLD = HELLO.but(**TELLING, store=True)
#: The same where nothing is said of storing.
TOLD_ONLY = HELLO.but(**TELLING)
#: The question where the instructions are new: many a model says once more what it said before.
NOW = f"Look at your instructions, too. {QUESTION}"
#: What is followed below, spelled out in one request; and one turn later, with instructions.
TOLD_PLAIN = HELLO.but(input=[*TOLD.body["input"], assistant(PHRASE), user(QUESTION)], **LIMIT(64))
TOLD_NOW = HELLO.but(
    instructions=OWN_INSTRUCTIONS,
    input=[*TOLD_PLAIN.body["input"], assistant(f"{CODE}, {SAID}"), user(NOW)],
    stream=True,
    **LIMIT(64),
)
UNTOLD = HELLO.but(input=QUESTION, **LIMIT(48))
GONE = (404, 405, 410, 501)


def unstorable(first: Exchange) -> bool:
    """Whether a response is refused because it is to be stored: who keeps nothing says so cleanly."""
    return 400 <= first.status < 500 and re.search(r"\bstore\b", first.said) is not None


def stored(exchange: Exchange) -> None:
    """Say *unsupported* if a response was refused because it is to be stored: what follows is not asked for.

    Raises:
        Unsupported: it was.
    """
    for first in (*exchange.before, exchange):
        if first.asked(TOLD) and unstorable(first):
            raise Unsupported(f"nothing is stored here: `store: true` is refused with {first.status}{first.said}")


def name_of(made: Exchange) -> str:
    """The id of a response that was made, whole or in a stream."""
    return str((told(made) if made.streamed else response(made))["id"])


def fetch(made: Exchange, what: str = "") -> Request:
    """The request that fetches a response, or something of it."""
    return GET(f"responses/{name_of(made)}{what}").after(HELLO)


@check("responses.state.store", SHOULD, of=TOLD, spec="RSP-REQ-007")
def test_storing_is_taken(exchange: Exchange) -> None:
    """`store: true`, the default, SHOULD be taken."""
    exchange.accepted()


def following(made: Exchange, **more: Any) -> Request:
    """The request for the code words after a response."""
    return HELLO.but(**{"input": QUESTION, **more}, previous_response_id=name_of(made), **LIMIT(64))


def after_that(second: Exchange) -> Request:
    """The streamed request that follows the second response, with instructions of its own."""
    return following(second, instructions=OWN_INSTRUCTIONS, input=NOW, stream=True)


@scenario(TOLD, spare=(TOLD_PLAIN, UNTOLD), more=1, tokens=64)
def followed() -> Steps:
    """A response, and one after it, without instructions, that asks for what the first was told."""
    first: Exchange = yield TOLD
    return None if unstorable(first) else (yield from effect(following(first), TOLD_PLAIN, UNTOLD, heard))


def heard(said: str) -> bool:
    """Whether an answer tells what the first response was told."""
    return CODE.lower() in said.lower()


def turns(exchange: Exchange) -> list[Exchange]:
    """The steps of a chain of responses, but for a third refused with instructions that is asked for without."""
    every = [*exchange.before, exchange]
    plain = (every[3].request.body or {}) if len(every) > 3 and not every[2].ok else {}
    again = "previous_response_id" in plain and "instructions" not in plain
    return [*every[:2], *every[3:]] if again else every


@check("responses.state.previous", SHOULD, of=followed, spec="RSP-ST-001 OR-014 OR-015")
def test_a_response_can_be_followed(exchange: Exchange) -> None:
    """A request with `previous_response_id` SHOULD be refused, or see the turns before it."""
    stored(exchange)
    found = exchange.found
    if found is not None and not found.shown and found.growth == 0 and not (found.able or found.other):
        why = "previous_response_id was accepted, and the input counts as many tokens as without it"
        counts(False, f"{why}: the turns before are not read, or not counted", text=False)
    arrives(exchange, "what the response before was told", text=False)


def uncounted(first: Exchange, second: Exchange) -> str:
    """The check to which it is left that the turn after another counts far less than it; empty if it doesn't."""
    put_in, after = input_tokens(first), input_tokens(second)
    if not put_in or not after or after > put_in * 0.75:
        return ""
    # Who tells a word of the turn before has read it.
    return "responses.usage.turns_once" if heard(words(second)) else "responses.state.previous"


def hangs_on(step: Exchange, name: str) -> None:
    """Leave it to the check of this step, if it was refused or failed.

    Raises:
        Blocked: it was.
    """
    if not step.ok:
        why = f"answered {step.status}{step.said}" if step.failure is None else step.failure.message
        raise Blocked(f"{step.request.method} {step.request.path} was {why}", cause=f"check:responses.state.{name}")


def followed_by(exchange: Exchange) -> tuple[Exchange, Exchange]:
    """The first response, and the one after it.

    Raises:
        Blocked: one of them was refused or failed, which has a cell of its own.
    """
    every = (*exchange.before, exchange)[:2]
    hangs_on(every[-1], "previous")
    return every[0], every[1]


def listed(exchange: Exchange) -> tuple[Exchange, str]:
    """The first response, and the code words that the one after it listed.

    Raises:
        Blocked: the one after was refused or failed, which has a cell of its own.
        Inconclusive: it doesn't list what it was told, so that what is missing means nothing.
    """
    first, second = followed_by(exchange)
    said = words(second)
    seen(CODE in said, "the first turn is not seen")
    return first, said


@check("responses.state.output", SHOULD, of=followed, spec="RSP-ST-001 OR-014")
def test_what_was_said_is_followed(exchange: Exchange) -> None:
    """What the response before said SHOULD reach the model: the input is the longer for it."""
    first, second = followed_by(exchange)
    put_in, said, after = input_tokens(first), output_tokens(first), input_tokens(second)
    seen(put_in and said and after, "no usage is counted")
    seen(not thought(first), "the model thinks, and what is thought need not be kept")
    seen(len(words(first)) >= 120, "the first answer is too short to tell")
    grown = (after or 0) - (put_in or 0)
    if cause := uncounted(first, second):
        raise Blocked("what previous_response_id loads is not counted", cause=f"check:{cause}")
    # It shrinks where nothing of what came before is taken, which has a cell of its own.
    seen(grown > 0, "the first turn is not seen")
    why = f"previous_response_id was accepted, {said} tokens were said, and the input grew by {grown}"
    counts(grown > (said or 0) * 0.6, why, text=False)


@check("responses.state.instructions", SHOULD, of=followed, spec="RSP-REQ-003")
def test_instructions_are_not_carried_over(exchange: Exchange) -> None:
    """`instructions` SHOULD NOT be carried over to the response after, which has none of its own."""
    first, said = listed(exchange)
    seen(OTHERS not in words(first), "the first answer tells what the instructions said")
    assert OTHERS not in said, "the response after tells what the instructions of the one before said"


@scenario(TOLD, spare=(TOLD_NOW,))  # the others are counted elsewhere
def instructed() -> Steps:
    """A third response with instructions of its own; where these are not heard, all in one request."""
    first: Exchange = yield TOLD
    second: Exchange = yield following(first)
    if not second.ok:
        return
    third: Exchange = yield after_that(second)
    if not third.ok:
        yield following(second, stream=True)
    elif OWN not in heard_now(third):
        yield TOLD_NOW


def heard_now(third: Exchange) -> str:
    """What the third response says, which is streamed; what the stream loses, or why it ends, has its own cells."""
    said = heard_raw(third)
    return said if OWN in said else f"{said} {words(third)}"


@check("responses.state.own_instructions", SHOULD, of=instructed, spec="RSP-REQ-003 RSP-ST-001", depth=FULL, again=2)
def test_own_instructions_arrive(exchange: Exchange) -> None:
    """`instructions` beside `previous_response_id` SHOULD reach the model."""
    _, said = listed(exchange)
    third = (*exchange.before, exchange)[2]
    if not exchange.ok:
        raise Blocked("no streamed response follows", cause="check:responses.state.chain")
    third.accepted()
    seen(OTHERS not in said, "the instructions of the response before are carried over")
    if exchange.asked(TOLD_NOW):
        both = OWN in heard_now(exchange) and CODE in heard_now(exchange)
        seen(both, "the model does not list what it is told at once either")
    why = "instructions were accepted beside previous_response_id, and the model knows nothing of them"
    shown(OWN in heard_now(third), why)
