"""What is stored: its input can be listed, and it can be deleted."""

from __future__ import annotations

from typing import Any

from samewire import (
    DELETE,
    FULL,
    GET,
    SHOULD,
    Blocked,
    Exchange,
    Ignored,
    Request,
    Steps,
    check,
    counts,
    honoured,
    scenario,
    seen,
    shown,
)

from ..http.same import begins
from .following import LIFECYCLE, events, final, heard_raw, of
from .reading import input_tokens, response, words
from .requests import HELLO
from .state import (
    CODE,
    GONE,
    TOLD,
    after_that,
    fetch,
    followed_by,
    following,
    hangs_on,
    name_of,
    stored,
    turns,
    unstorable,
)

#: Asks for what is not there, as official clients spell an array: a list without pictures is the same with it.
INCLUDED = "include%5B%5D=message.input_image.image_url"


@scenario(TOLD, more=2)  # the second step is counted where it is judged
def listed() -> Steps:
    """A response, the items that were put into it, and the second of them alone."""
    first: Exchange = yield TOLD
    if unstorable(first):
        return
    listing: Exchange = yield fetch(first, "/input_items")
    if listing.failure is not None or listing.status >= 500:
        yield fetch(first)
    found = listing.raw_json if listing.ok else None
    if isinstance(found, dict) and found.get("last_id"):
        yield fetch(first, f"/input_items?order=asc&limit=1&after={found['last_id']}&{INCLUDED}")


def listing_of(exchange: Exchange) -> Exchange:
    """The exchange that gives the whole list.

    Raises:
        Blocked: it failed, and not even the response can be fetched.
    """
    listing: Exchange = (*exchange.before, exchange)[:2][-1]
    if exchange is not listing and not listing.ok:
        hangs_on(exchange, "get")
    return listing


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
    stored(exchange)
    listing_of(exchange).accepted().conforms(LIST)


@check("responses.state.input_items_all", SHOULD, of=listed, spec="RSP-EP-005", depth=FULL)
def test_all_input_is_listed(exchange: Exchange) -> None:
    """The list SHOULD hold what was put in, the last first, and name its first and last id."""
    hangs_on(listing_of(exchange), "input_items")
    said = texts(listing_of(exchange))
    put_in = [item["content"] for item in reversed(TOLD.body["input"])]
    assert said == put_in, f"the list holds {said!r:.300}"
    listing = listing_of(exchange).body_as(LIST)
    kinds = {item.get("type") for item in listing["data"]} - {"message"}
    assert not kinds, f"messages are listed as {', '.join(map(repr, kinds))}"
    ids = [item["id"] for item in listing["data"]]
    assert (ends := (listing["first_id"], listing["last_id"])) == (ids[0], ids[-1]), f"the ends are {ends}, of {ids}"
    assert not listing["has_more"], "has_more is true, and these were all"


@check("responses.state.input_items_paged", SHOULD, of=listed, spec="RSP-EP-005", depth=FULL)
def test_input_is_listed_in_pages(exchange: Exchange) -> None:
    """`order`, `limit` and `after` SHOULD page through the list, and `include` be taken beside them."""
    hangs_on(listing_of(exchange), "input_items")
    seen(len(exchange.before) > 1, "the list has no last_id")
    if texts(listing_of(exchange))[-1:] != [TOLD.body["input"][0]["content"]]:
        raise Blocked("the list does not end with what was put in first", cause="check:responses.state.input_items_all")
    exchange.accepted()
    page = texts(exchange)
    why = f"order asc, limit 1 and after the first were accepted, and give {page!r:.100}"
    honoured(page == [TOLD.body["input"][1]["content"]], why)
    assert exchange.body_as(LIST)["has_more"], "has_more is false, and one more follows"


BYE = HELLO.but(input="Say goodbye.", store=True)
BYE_STREAM = BYE.but(stream=True)


@scenario(TOLD, spare=(BYE_STREAM, BYE), more=3, tokens=64)  # so is the second response here
def chained() -> Steps:
    """A streamed response after one after another; it is deleted, or where it is not kept one that is not streamed."""
    first: Exchange = yield TOLD
    if unstorable(first):
        return
    second: Exchange = yield following(first)
    third: Exchange = yield after_that(second) if second.ok else BYE_STREAM
    if second.ok and not third.ok:
        third = yield following(second, stream=True)
    gone: Exchange = yield deletion(final(third)["id"])
    name = final(third)["id"]
    if not gone.ok:
        there: Exchange = yield GET(f"responses/{name}").after(HELLO)
        if there.ok:
            return
        name = name_of(second if second.ok else (yield BYE))
        gone = yield deletion(name)
    if gone.ok:
        yield GET(f"responses/{name}").after(HELLO)


def deletion(name: str) -> Request:
    """The request that deletes a response."""
    return DELETE(f"responses/{name}").after(HELLO)


@check("responses.state.chain", SHOULD, of=chained, spec="RSP-ST-001 RSP-REQ-006 OR-014", depth=FULL, again=2)
def test_all_turns_are_followed(exchange: Exchange) -> None:
    """A request with `previous_response_id` SHOULD see all turns before it, not the last alone, and in streams too."""
    followed_by(exchange)
    second, third = turns(exchange)[1:3]
    third.accepted()
    before, after = input_tokens(second), input_tokens(third)
    if CODE in words(second):
        said = heard_raw(third) or words(third)
        shown(CODE in said, f"previous_response_id was accepted, and the stream says {said[:60]!r}")
    else:  # a model that lists nothing; the counts may tell that what came before reached it
        put_in = input_tokens(exchange.before[0])
        seen(before and after and put_in and before > put_in, "what came before is not seen at all")
    if before is not None and after is not None:
        why = f"{before} tokens went into the second response, and {after} into the third"
        counts(after > before * 0.75, why, text=False)


@check("responses.state.streamed", SHOULD, of=chained, spec="RSP-EP-002 RSP-REQ-007", depth=FULL)
def test_a_streamed_response_is_kept(exchange: Exchange) -> None:
    """A response that is streamed and tells that it is stored SHOULD be there later, as one that is not streamed."""
    hangs_on(exchange.before[0] if exchange.before else exchange, "store")
    third, *later = turns(exchange)[2:]
    one = final(third)
    found = [step for step in later if step.request.path.endswith(one["id"])]
    if any(step.ok for step in found):
        return
    other = [step for step in later if step.request.method == "DELETE" and step not in found and step.ok]
    if len({event["response"]["id"] for event in of(events(third), *LIFECYCLE)}) > 1:
        raise Blocked("it has several ids", cause="check:responses.stream.one_id")
    if other and one.get("store") is True:
        raise Ignored(f"a streamed response tells that it is stored, and is answered {found[-1].status}")
    seen(other, "nothing can be deleted or fetched")


def deleted(exchange: Exchange) -> tuple[Exchange, str]:
    """The exchange that deletes, the last if there are two, and what it deletes; the first, if nothing is stored."""
    made = [exchange][: not exchange.before] + [
        step for step in (*exchange.before, exchange) if step.request.method == "DELETE"
    ]
    return made[-1], made[-1].request.path.partition("/")[2]


@check("responses.state.delete", SHOULD, of=chained, spec="RSP-EP-003", depth=FULL)
def test_a_response_can_be_deleted(exchange: Exchange) -> None:
    """`DELETE /responses/{id}` SHOULD delete a response that is stored."""
    stored(exchange)
    gone, _ = deleted(exchange)
    for step in exchange.before if not gone.ok else ():
        if step.request.method == "GET" and (step.failure is not None or step.status >= 500):
            hangs_on(step, "get")
    if gone.status in GONE and response(exchange.before[0]).get("store") is True:
        raise Ignored(f"the response tells that it is stored, and deleting it is answered {gone.status}{gone.said}")
    gone.accepted()


@check("responses.state.delete_shape", SHOULD, of=chained, spec="RSP-EP-003", depth=FULL)
def test_a_deletion_is_told(exchange: Exchange) -> None:
    """A deletion that has a body SHOULD tell the `id` and `deleted: true`."""
    gone, name = deleted(exchange)
    hangs_on(gone, "delete")
    seen(gone.body.strip() and gone.raw_json not in ({}, None), "the answer has no body")
    gone.conforms("responses/deleted")
    told = gone.body_as("responses/deleted")["id"]
    assert told == name, f"{told!r} is told to be deleted"


@check("responses.state.deleted_is_gone", SHOULD, of=chained, spec="RSP-EP-009 RSP-EP-008", depth=FULL)
def test_what_is_deleted_is_gone(exchange: Exchange) -> None:
    """A response that was deleted SHOULD be answered with 404, and with a JSON object."""
    gone, _ = deleted(exchange)
    hangs_on(gone, "delete")
    there = exchange.ok and exchange.error_told is None
    honoured(not there, f"was deleted with {gone.status}, and a GET of it is still answered {exchange.status}")
    status = exchange.rejected().status
    assert status in (404, 410), f"fetching it is answered {status}"
    assert isinstance(exchange.raw_json, dict), f"fetching it is answered {status}, with {begins(exchange, 80)}"
