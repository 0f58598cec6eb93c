"""What is fetched later: responses that are kept, as they were made, and those that are not to be kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from samewire import FULL, SHOULD, Exchange, Ignored, Steps, check, scenario, seen

from .choices import ALLOWED_STREAM
from .following import ADDED, DONE, LIFECYCLE
from .parameters import TOGETHER
from .preflight import told
from .reading import parsed, refused, response, saying
from .reasoning import SUMMED_UP
from .requests import HELLO
from .state import GONE, TOLD, fetch, hangs_on, stored, unstorable
from .tool_choice import ALLOWED


def named(exchange: Exchange) -> bool:
    """Whether a response came by whose id it can be fetched, whatever else is wrong with it."""
    body = told(exchange) if exchange.ok else None
    return isinstance(body, dict) and isinstance(body.get("id"), str)


@scenario(ALLOWED, ALLOWED_STREAM, spare=(TOLD,), more=1)
def fetched() -> Steps:
    """A streamed response with tools, fetched later; if it is not there, one made whole, and then a plain one."""
    whole: Exchange = yield ALLOWED
    streamed: Exchange = yield ALLOWED_STREAM
    for made in (streamed, whole):
        if named(made) and told(made).get("status") != "failed":
            there: Exchange = yield fetch(made)
            if there.ok:
                return
    plain: Exchange = yield TOLD
    if not unstorable(plain):
        yield fetch(plain)


def made_by(exchange: Exchange, there: Exchange) -> Exchange:
    """The exchange that made the response which was fetched."""
    made: list[Exchange] = [step for step in exchange.before if step.request.method == "POST" and step.ok]
    so_named = (step for step in made if named(step) and there.request.path.endswith(told(step)["id"]))
    return next(so_named, made[-1])


@check("responses.state.get", SHOULD, of=fetched, spec="RSP-EP-002 RSP-REQ-007")
def test_a_response_can_be_fetched(exchange: Exchange) -> None:
    """A response that is stored SHOULD be there later, at `GET /responses/{id}`."""
    stored(exchange)
    if exchange.status in GONE and response(made_by(exchange, exchange)).get("store") is True:
        said = f"fetching it is answered {exchange.status}{exchange.said}"
        raise Ignored(f"the response tells that it is stored, and {said}")
    exchange.accepted()


@check("responses.state.get_same", SHOULD, of=fetched, spec="RSP-EP-002 RSP-ENV-001")
def test_a_response_stays_the_same(exchange: Exchange) -> None:
    """A response that is fetched SHOULD be the one that was made, with its output and its settings."""
    hangs_on(exchange, "get")
    made, later = made_by(exchange, exchange), exchange.json
    first = response(made)
    assert isinstance(later, dict), "what is fetched is no response"
    # Who waits for the end asks for the status: it is told first.
    same_member(exchange, "status")
    if made.streamed:
        for name in ("output", "usage"):
            kept = later.get(name) or not first.get(name) or not all(one.get(name) for one in wholes(exchange))
            assert kept, f"`{name}` was {first.get(name)!r:.80} in the stream, and is {later.get(name)!r:.80} later"
        same_items(made, later, wholes(exchange))
    for name in SETTINGS if made.streamed else KEPT:
        same_member(exchange, name)


def same_member(exchange: Exchange, name: str) -> None:
    """Say *broken* if this is another one in what is fetched than in the response that was made."""
    made, now = made_by(exchange, exchange), exchange.json.get(name)
    if name not in response(made):
        return
    first = response(made)[name]
    # Who streams may write down what an array or an object means by default, or not: it is to be there.
    loose = made.streamed and isinstance(first, list | dict) and bool(now)
    same = not first or loose or now in (first, *otherwise(exchange, name))
    assert same, f"`{name}` was {first!r:.80}, and is {now!r:.80} later"


def same_items(made: Exchange, later: Any, whole: list[Any]) -> None:
    """Say *broken* if what is fetched has other items than the stream told, when they were added, done or at the end.

    Only what a client sends back or refers to is compared: by what else they are written out is up to who keeps them.
    """
    every = [value for value, _ in made.payloads() if isinstance(value, dict)]
    streamed = [saying([value.get("item") for value in every if value.get("type") == kind]) for kind in (ADDED, DONE)]
    told_so = [one for one in (*streamed, saying(told(made).get("output"))) if one]
    now = saying(later.get("output"))
    if not told_so or not now:
        return
    kinds = [item["type"] for item in now]
    alike = [one for one in told_so if [item["type"] for item in one] == kinds]
    # Where calls stand in the text, say, that has a cell of its own.
    unstreamed = {item["type"] for one in whole for item in saying(one.get("output"))}
    seen(alike or not unstreamed or unstreamed & {item["type"] for item in told_so[-1]}, "whole answers differ as well")
    assert alike, f"the stream told the items {[item['type'] for item in told_so[-1]]}, and later they are {kinds}"
    for place, item in enumerate(now):
        for name, of in COMPARED.items():
            before = [value for value in (of(one[place]) for one in alike) if value]
            absent = name == "id" and of(item) is None
            same = not before or absent or of(item) in before
            assert same, f"`{name}` of item {place} was {before[-1]!r:.80} in the stream, and is {of(item)!r:.80} later"


def member(name: str, item: Any) -> Any:
    """What an item has under this name, or None."""
    return item.get(name)


def arguments(item: Any) -> Any:
    """What a call gives, read: a server that keeps it so may space it otherwise."""
    text = item.get("arguments")
    value = parsed(text) if isinstance(text, str) else None
    return text if value is None else value


#: What is compared of items → how it is read.
COMPARED: dict[str, Callable[[Any], Any]] = {
    **{name: partial(member, name) for name in ("id", "call_id", "name")},
    "arguments": arguments,
}


def otherwise(exchange: Exchange, name: str) -> list[Any]:
    """What is told elsewhere than at the end of a stream: whether that is the same has cells of its own."""
    made = made_by(exchange, exchange)
    if not made.streamed:
        return []
    whole = [(made.sent or {}).get(name), *(one.get(name) for one in wholes(exchange))]
    every = [value for value, _ in made.payloads() if isinstance(value, dict) and value.get("type") in LIFECYCLE]
    if name == "status":
        return [*whole, *(str(one["type"]).removeprefix("response.") for one in every[-1:])]
    early = [one["response"] for one in every if isinstance(one.get("response"), dict)]
    return [*whole, *(one[name] for one in early if name in one)]


def wholes(exchange: Exchange) -> list[Any]:
    """The responses that were made whole, as they were told: what is left out there may be left out later."""
    made = [told(step) for step in exchange.before if step.request.method == "POST" and step.ok and not step.streamed]
    return [one for one in made if isinstance(one, dict)]


#: What a response was made with: it doesn't change.
SETTINGS = (
    *("id", "object", "model", "status", "instructions", "tools", "metadata", "max_output_tokens", "temperature"),
    *("text", "previous_response_id", "tool_choice", "top_p", "parallel_tool_calls", "store", "truncation"),
    *("reasoning", "background", "top_logprobs"),
)
#: What it was made with, and what it is.
KEPT = (*SETTINGS, "created_at", "output", "usage", "incomplete_details", "error")


@check("responses.state.kept_by_default", SHOULD, of=fetched, spec="RSP-REQ-007", depth=FULL)
def test_storing_is_the_default(exchange: Exchange) -> None:
    """A response SHOULD be stored where nothing is said of it, if it is where `store` is true: that is the default."""
    hangs_on(exchange, "get")
    tried = [step for step in exchange.before if step.request.method == "GET"]
    if not made_by(exchange, exchange).asked(TOLD):
        return
    seen(tried and tried[-1].status in GONE, "no other response was made, or there is another reason")
    first = made_by(exchange, tried[-1])
    seen((first.sent or {}).get("store") is None and not first.streamed, "something else is said of it")
    raise Ignored(
        f"without `store`, fetching is answered {tried[-1].status}{tried[-1].said}; with `store: true` it is there"
    )


UNSTORED = HELLO.but(store=False)


def unkept() -> Steps:
    """A response that is not to be stored: one that was streamed; if there is none, a whole one."""
    made: Exchange = yield SUMMED_UP
    if not named(made):
        made = yield TOGETHER
    return made if made.ok else (yield UNSTORED)


@scenario(SUMMED_UP, spare=(TOGETHER, UNSTORED), more=1)
def not_stored() -> Steps:
    """A response that is not to be stored, and an attempt to fetch it."""
    made: Exchange = yield from unkept()
    yield fetch(made)


@check("responses.state.unstored", SHOULD, of=not_stored, spec="RSP-EP-009 RSP-REQ-007", depth=FULL)
def test_what_is_not_to_be_stored_is_not(exchange: Exchange) -> None:
    """A response with `store: false` SHOULD NOT be there later."""
    refused(exchange)
