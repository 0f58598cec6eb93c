"""State: a response that is kept can be followed, fetched, listed and deleted."""

from __future__ import annotations

from typing import Any

from samewire import (
    DELETE,
    FULL,
    GET,
    LIMIT,
    SHOULD,
    Exchange,
    Ignored,
    Request,
    Steps,
    assistant,
    check,
    honoured,
    scenario,
    seen,
    user,
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


THREE = HELLO.but(input=[user("Say one."), assistant("One."), user("Say hello.")], store=True)


@scenario(THREE, more=2)
def listed() -> Steps:
    """A response, the items that were put into it, and the second of them alone."""
    first: Exchange = yield THREE
    listing: Exchange = yield fetch(first, "/input_items")
    found = listing.raw_json if listing.ok else None
    if isinstance(found, dict) and found.get("last_id"):
        yield fetch(first, f"/input_items?order=asc&limit=1&after={found['last_id']}")


def listing_of(exchange: Exchange) -> Exchange:
    """The exchange that gives the whole list."""
    return exchange.before[1] if len(exchange.before) > 1 else exchange


LIST = "responses/items"


def texts(exchange: Exchange) -> list[str]:
    """What the messages of a list say."""
    found = []
    for item in exchange.body_as(LIST)["data"]:
        content: Any = item.get("content")
        if isinstance(content, str):
            found.append(content)
        elif isinstance(content, list):
            found.append("".join(str(part.get("text")) for part in content if isinstance(part, dict)))
    return found


@check("responses.state.input_items", SHOULD, of=listed, spec="RSP-EP-005", depth=FULL)
def test_input_is_listed(exchange: Exchange) -> None:
    """`GET /responses/{id}/input_items` SHOULD give a list with `data`, `first_id`, `last_id` and `has_more`."""
    listing_of(exchange).accepted().conforms(LIST)


@check("responses.state.input_items_all", SHOULD, of=listed, spec="RSP-EP-005", depth=FULL)
def test_all_input_is_listed(exchange: Exchange) -> None:
    """The list SHOULD hold what was put in, the last first, and name its first and last id."""
    said = texts(listing_of(exchange).accepted())
    assert said == ["Say hello.", "One.", "Say one."], f"the list holds {said!r:.120}"
    listing = listing_of(exchange).body_as(LIST)
    ids = [item["id"] for item in listing["data"]]
    ends = (listing["first_id"], listing["last_id"])
    assert ends == (ids[0], ids[-1]), f"the ends are {ends}, and the items {ids}"
    assert not listing["has_more"], "has_more is true, and these were all"


@check("responses.state.input_items_paged", SHOULD, of=listed, spec="RSP-EP-005", depth=FULL)
def test_input_is_listed_in_pages(exchange: Exchange) -> None:
    """`order`, `limit` and `after` SHOULD page through the list."""
    listing_of(exchange).accepted()
    seen(len(exchange.before) > 1, "the list has no last_id")
    exchange.accepted()
    page = texts(exchange)
    honoured(page == ["One."], f"order asc, limit 1 and after the first were accepted, and give {page!r:.100}")
    assert exchange.body_as(LIST)["has_more"], "has_more is false, and one more follows"


BYE = HELLO.but(input="Say goodbye.", store=True)


@scenario(BYE, more=2)
def deleted() -> Steps:
    """A response that is deleted, and fetched after that."""
    first: Exchange = yield BYE
    gone: Exchange = yield DELETE(f"responses/{name_of(first)}").after(HELLO)
    if gone.ok:
        yield fetch(first)


def deletion(exchange: Exchange) -> Exchange:
    """The exchange that deletes."""
    return exchange.before[1] if len(exchange.before) > 1 else exchange


@check("responses.state.delete", SHOULD, of=deleted, spec="RSP-EP-003", depth=FULL)
def test_a_response_can_be_deleted(exchange: Exchange) -> None:
    """`DELETE /responses/{id}` SHOULD delete a response that is stored."""
    kept(deletion(exchange), exchange.before[0], "deleting it")


@check("responses.state.delete_shape", SHOULD, of=deleted, spec="RSP-EP-003", depth=FULL)
def test_a_deletion_is_told(exchange: Exchange) -> None:
    """A deletion that has a body SHOULD tell the `id` and `deleted: true`."""
    gone = deletion(exchange).accepted()
    seen(gone.body.strip(), "the answer has no body")
    gone.conforms("responses/deleted")
    told = gone.body_as("responses/deleted")["id"]
    assert told == name_of(exchange.before[0]), f"{told!r} is told to be deleted"


@check("responses.state.deleted_is_gone", SHOULD, of=deleted, spec="RSP-EP-009", depth=FULL)
def test_what_is_deleted_is_gone(exchange: Exchange) -> None:
    """A response that was deleted SHOULD be answered with 404."""
    deletion(exchange).accepted()
    status = exchange.rejected().status
    assert status in (404, 410), f"fetching it is answered {status}"


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
