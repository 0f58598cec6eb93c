"""State: a response that is kept can be followed, fetched, listed and deleted."""

from __future__ import annotations

from samewire import (
    FULL,
    GET,
    LIMIT,
    SHOULD,
    Exchange,
    Ignored,
    Request,
    Steps,
    check,
    honoured,
    scenario,
    seen,
)

from .effects import arrives, effect
from .reading import SHAPE, input_tokens, output_tokens, refused, response, thought, words
from .requests import COUNT, HELLO

CODE = "MEDLAR8142"
QUESTION = "What is the code word? Answer with the code word alone."
TOLD = HELLO.but(input=f"The code word is {CODE}. Say hello.", store=True)
TOLD_NOW = HELLO.but(input=f"The code word is {CODE}. {QUESTION}")
UNTOLD = HELLO.but(input=QUESTION)
GONE = (404, 405, 410, 501)


def name_of(made: Exchange) -> str:
    """The id of a response that was made."""
    return str(response(made)["id"])


def fetch(made: Exchange, what: str = "") -> Request:
    """The request that fetches a response, or something of it."""
    return GET(f"responses/{name_of(made)}{what}").after(HELLO)


@check("responses.state.store", SHOULD, of=TOLD, spec="RSP-REQ-007")
def test_storing_is_taken(exchange: Exchange) -> None:
    """`store: true`, the default, SHOULD be taken."""
    exchange.accepted()


@scenario(TOLD, spare=(TOLD_NOW, UNTOLD), more=1, tokens=32)
def followed() -> Steps:
    """A response, and one after it that asks for what the first was told."""
    first: Exchange = yield TOLD
    second = HELLO.but(input=QUESTION, previous_response_id=name_of(first), **LIMIT(32))
    return (yield from effect(second, TOLD_NOW, UNTOLD, lambda said: CODE.lower() in said.lower()))


@check("responses.state.previous", SHOULD, of=followed, spec="RSP-ST-001 OR-014 OR-015")
def test_a_response_can_be_followed(exchange: Exchange) -> None:
    """A request with `previous_response_id` SHOULD be refused, or see the turns before it."""
    arrives(exchange, "the response before", step=1)


@scenario(TOLD, more=1)
def fetched() -> Steps:
    """A response, and the same fetched later."""
    first: Exchange = yield TOLD
    yield fetch(first)


def kept(exchange: Exchange, made: Exchange, what: str) -> None:
    """Say *ignored* if a response is gone that tells it is stored, *unsupported* if nothing was promised."""
    if exchange.status in GONE and response(made).get("store") is True:
        raise Ignored(f"the response tells that it is stored, and {what} is answered {exchange.status}{exchange.said}")
    exchange.accepted()


@check("responses.state.get", SHOULD, of=fetched, spec="RSP-EP-002 RSP-REQ-007")
def test_a_response_can_be_fetched(exchange: Exchange) -> None:
    """A response that is stored SHOULD be there later, at `GET /responses/{id}`."""
    kept(exchange, exchange.before[0], "fetching it")


@check("responses.state.get_same", SHOULD, of=fetched, spec="RSP-EP-002 RSP-ENV-001")
def test_a_response_stays_the_same(exchange: Exchange) -> None:
    """A response that is fetched SHOULD be the one that was made: its id, status, model and output."""
    kept(exchange, exchange.before[0], "fetching it")
    first, later = response(exchange.before[0]), exchange.body_as(SHAPE)
    for name in ("id", "object", "created_at", "status", "model", "output"):
        assert later[name] == first[name], f"`{name}` was {first[name]!r:.80}, and is {later[name]!r:.80} later"


UNSTORED = HELLO.but(input="Say good morning.", store=False)


@scenario(UNSTORED, more=1)
def not_stored() -> Steps:
    """A response that is not to be stored, and an attempt to fetch it."""
    first: Exchange = yield UNSTORED
    yield fetch(first)


@check("responses.state.unstored", SHOULD, of=not_stored, spec="RSP-EP-009 RSP-REQ-007", depth=FULL)
def test_what_is_not_to_be_stored_is_not(exchange: Exchange) -> None:
    """A response with `store: false` SHOULD NOT be there later."""
    refused(exchange)


LONG = "These words change nothing at all, they only make the instructions longer. " * 16
INSTRUCTED = COUNT.but(instructions=LONG, store=True)


@scenario(INSTRUCTED, HELLO, more=1, tokens=32)
def instructed_and_followed() -> Steps:
    """A long response to long instructions, a greeting, and the same greeting after the long response."""
    first: Exchange = yield INSTRUCTED
    yield HELLO
    yield HELLO.but(previous_response_id=name_of(first), **LIMIT(32))


def followed_counts(exchange: Exchange) -> tuple[int, int, int]:
    """The tokens that went in and were said first, and those that went in after that."""
    exchange.accepted()
    first = exchange.before[0]
    put_in, said, after = input_tokens(first), output_tokens(first), input_tokens(exchange)
    seen(put_in and said and after, "no usage is counted")
    seen(not thought(first) and len(words(first)) >= 80, "the first answer is too short to tell")
    alone = input_tokens(exchange.before[1]) or 0
    seen((put_in or 0) - alone > 60, "the instructions are not counted")
    return int(put_in or 0), int(said or 0), int(after or 0)


@check("responses.state.instructions", SHOULD, of=instructed_and_followed, spec="RSP-REQ-003", depth=FULL)
def test_instructions_are_not_carried_over(exchange: Exchange) -> None:
    """`instructions` SHOULD NOT be carried over to the response after: the input is the shorter for it."""
    put_in, said, after = followed_counts(exchange)
    assert after < put_in + said / 2, f"{put_in} tokens went in and {said} were said, and then {after} went in"


@check("responses.state.output", SHOULD, of=instructed_and_followed, spec="RSP-ST-001 OR-014", depth=FULL)
def test_what_was_said_is_followed(exchange: Exchange) -> None:
    """What the response before said SHOULD reach the model: the input is the longer for it."""
    _, said, after = followed_counts(exchange)
    alone = input_tokens(exchange.before[1]) or 0
    why = f"previous_response_id was accepted, {said} tokens were said, and the input grew by {after - alone}"
    honoured(after - alone > said * 0.6, why)
