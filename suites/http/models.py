"""Models: the list, and one by its id."""

from __future__ import annotations

from urllib.parse import quote

from samewire import FULL, GET, MUST, SHOULD, SMOKE, Exchange, Steps, check, scenario, seen

from ..chat.preflight import MODEL, PREFLIGHT, reached
from ..chat.requests import HELLO, STREAM

LISTING = GET("models").after(PREFLIGHT)
ONE = GET("models/$model").after(PREFLIGHT)
NONE = GET("models/samewire-no-such-model").after(HELLO)


@check(MODEL, MUST, of=PREFLIGHT, spec="CHAT-REQ-002", required=True, depth=SMOKE)
def test_the_model_is_served(exchange: Exchange) -> None:
    """The model that is asked for MUST be served under the id that is given."""
    reached(exchange, MODEL)


@check("http.models.list", MUST, of=LISTING, spec="MOD-001", depth=SMOKE)
def test_models_are_listed(exchange: Exchange) -> None:
    """`GET /models` MUST answer with `{"object": "list", "data": […]}`."""
    exchange.accepted().conforms("http/models", "#", "/object", "/data", but=("/data/*",))


@check("http.models.entry", MUST, of=LISTING, spec="MOD-002")
def test_a_listed_model_is_described(exchange: Exchange) -> None:
    """Every listed model MUST have `id`, `object` \"model\", `created` and `owned_by`."""
    exchange.accepted().conforms("http/models", "/data/*")
    seen(exchange.body_as("http/models")["data"], "no model is listed")


@check("http.models.unique", SHOULD, of=LISTING, spec="MOD-004")
def test_listed_ids_are_unique(exchange: Exchange) -> None:
    """No id SHOULD be listed twice, and an endpoint that serves a model SHOULD list one."""
    ids = [model["id"] for model in exchange.accepted().body_as("http/models")["data"]]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    assert not twice, f"listed more than once: {', '.join(twice[:5])}"
    assert ids, "the list is empty, though the endpoint serves a model"


@check("http.models.retrieve", MUST, of=ONE, spec="MOD-005")
def test_a_model_is_found_by_its_id(exchange: Exchange) -> None:
    """`GET /models/{id}` MUST answer with that very model."""
    exchange.accepted().conforms("http/model")
    model = exchange.body_as("http/model")["id"]
    assert model == exchange.model, f"asked for {exchange.model}, got {model}"


@scenario(LISTING, ONE)
def listed_and_one() -> Steps:
    """The list of models, and one of them."""
    yield LISTING
    yield ONE


@check("http.models.found", SHOULD, of=listed_and_one, spec="MOD-005 MOD-004", depth=FULL)
def test_what_is_listed_is_found(exchange: Exchange) -> None:
    """A model that is listed SHOULD NOT be unknown to `GET /models/{id}`."""
    listing = exchange.before[0]
    ids = [model["id"] for model in listing.accepted().body_as("http/models")["data"]]
    seen(exchange.model in ids, "the model is not listed")
    # Where the path is not served at all, nobody has looked for the model.
    unknown = exchange.status == 404 and (exchange.error_object or {}).get("code") == "model_not_found"
    seen(exchange.ok or unknown, "it is refused for another reason")
    assert exchange.ok, f"{exchange.model} is listed, and then refused with {exchange.status}{exchange.said}"


@check("http.models.same", SHOULD, of=listed_and_one, spec="MOD-005 MOD-002", depth=FULL)
def test_a_model_is_the_one_that_is_listed(exchange: Exchange) -> None:
    """`GET /models/{id}` SHOULD tell the same owner of a model as the list does."""
    listed = exchange.before[0].accepted().body_as("http/models")["data"]
    owners = {model["owned_by"] for model in listed if model["id"] == exchange.model}
    owner = exchange.accepted().body_as("http/model")["owned_by"]
    seen(len(owners) == 1 and owner and all(owners), "the model is not listed once, or has no owner")
    assert owner in owners, f"owned by {owner!r}, and in the list by {owners.pop()!r}"


@check("http.models.unknown", SHOULD, of=NONE, spec="MOD-006", depth=FULL)
def test_an_unknown_model_is_not_found(exchange: Exchange) -> None:
    """`GET /models/{id}` with an id that does not exist SHOULD be answered 404."""
    status = exchange.rejected().status
    assert status == 404, f"refused with {status}"


@scenario(LISTING, more=1)
def a_model_with_a_slash() -> Steps:
    """A listed model whose id has a slash, asked for as clients do: with the slash encoded, and what else is odd."""
    listing: Exchange = yield LISTING
    ids = [model["id"] for model in listing.accepted().body_as("http/models")["data"] if "/" in model["id"]]
    seen(ids, "no listed id has a slash")
    # The more there is to decode, the more it tells.
    odd = max(ids, key=lambda name: (":" in name) + (" " in name))
    yield GET(f"models/{quote(odd, safe='')}").after(PREFLIGHT)
    return odd


@check("http.models.slash", SHOULD, of=a_model_with_a_slash, spec="MOD-007 HTTP-REQ-004", depth=FULL)
def test_a_slash_in_an_id_may_be_encoded(exchange: Exchange) -> None:
    """An id that has a slash SHOULD be found when it is percent-encoded, as clients send it."""
    unknown = exchange.status == 404 and (exchange.error_object or {}).get("code") == "model_not_found"
    assert not unknown, f"{exchange.found} is listed, and unknown where it is asked for{exchange.said}"
    model = exchange.accepted().body_as("http/model")["id"]
    assert model == exchange.found, f"asked for {exchange.found}, got {model}"


@scenario(LISTING, STREAM, LISTING.again(9))
def listed_twice() -> Steps:
    """The list of models, and the list again after something else was answered."""
    yield LISTING
    yield STREAM
    yield LISTING.again(9)


@check("http.models.created", SHOULD, of=listed_twice, spec="MOD-002", depth=FULL)
def test_models_have_a_birthday(exchange: Exchange) -> None:
    """A listed model's `created` SHOULD be when it was made: not 0, and the same each time."""
    first = {model["id"]: model["created"] for model in exchange.before[0].accepted().body_as("http/models")["data"]}
    later = {model["id"]: model["created"] for model in exchange.accepted().body_as("http/models")["data"]}
    early = [name for name, created in first.items() if created > exchange.last.started + 86400]
    assert not early, f"{early[0]} is to be created at {first[early[0]]}, which is not yet"
    unborn = [name for name, created in first.items() if created <= 0]
    assert not unborn, f"{unborn[0]} was created at {first[unborn[0]]}"
    moved = [name for name, created in first.items() if later.get(name, created) != created]
    assert not moved, f"{moved[0]} was created at {first[moved[0]]}, and then at {later[moved[0]]}"


#: How lists say that there are further pages.
PAGES = ("has_more", "next_page_token", "nextPageToken", "next_page", "next_cursor", "next")


@check("http.models.whole", SHOULD, of=LISTING, spec="MOD-009", depth=FULL)
def test_the_list_is_whole(exchange: Exchange) -> None:
    """The list of models SHOULD be whole: it has no pages, and who says so says it to nobody."""
    listing = exchange.accepted().body_as("http/models")
    more = [name for name in PAGES if listing.get(name)]
    assert not more, f"the list says in `{more[0]}` that there is more, and clients ask for no second page"
    # Who counts what there is, and lists fewer, has pages, too.
    counted, listed = listing.get("total"), len(listing["data"])
    fewer = isinstance(counted, int) and not isinstance(counted, bool) and counted > listed
    assert not fewer, f"the list says that there are {counted} models, and has {listed}"
