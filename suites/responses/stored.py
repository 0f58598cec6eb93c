"""What is stored: its input can be listed, and it can be deleted."""

from __future__ import annotations

from typing import Any

from samewire import DELETE, FULL, SHOULD, Exchange, Steps, assistant, check, honoured, scenario, seen, user

from .requests import HELLO
from .state import fetch, kept, name_of

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
