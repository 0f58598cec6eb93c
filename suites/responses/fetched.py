"""What is fetched later: responses that are kept, as they were made, and those that are not to be kept."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Ignored, Steps, check, scenario, seen

from .parameters import TOGETHER
from .preflight import told
from .reading import refused, response
from .reasoning import SUMMED_UP
from .requests import HELLO
from .state import GONE, TOLD, fetch, hangs_on
from .tool_choice import ALLOWED


def named(exchange: Exchange) -> bool:
    """Whether a response came by whose id it can be fetched, whatever else is wrong with it."""
    body = told(exchange) if exchange.ok else None
    return isinstance(body, dict) and isinstance(body.get("id"), str)


@scenario(ALLOWED, spare=(TOLD,), more=1)
def fetched() -> Steps:
    """A response that was asked for with tools and more, and the same fetched later; if it isn't there, a plain one."""
    first: Exchange = yield ALLOWED
    there: Exchange | None = (yield fetch(first)) if first.ok else None
    if there is None or not there.ok:
        first = yield TOLD
        yield fetch(first)


@check("responses.state.get", SHOULD, of=fetched, spec="RSP-EP-002 RSP-REQ-007")
def test_a_response_can_be_fetched(exchange: Exchange) -> None:
    """A response that is stored SHOULD be there later, at `GET /responses/{id}`."""
    if exchange.status in GONE and response(exchange.before[-1]).get("store") is True:
        said = f"fetching it is answered {exchange.status}{exchange.said}"
        raise Ignored(f"the response tells that it is stored, and {said}")
    exchange.accepted()


@check("responses.state.get_same", SHOULD, of=fetched, spec="RSP-EP-002 RSP-ENV-001")
def test_a_response_stays_the_same(exchange: Exchange) -> None:
    """A response that is fetched SHOULD be the one that was made, with its output and its settings."""
    hangs_on(exchange, "get")
    first, later = response(exchange.before[-1]), exchange.raw_json
    assert isinstance(later, dict), "what is fetched is no response"
    for name in KEPT:
        if name in first:
            assert later.get(name) == first[name], (
                f"`{name}` was {first[name]!r:.80}, and is {later.get(name)!r:.80} later"
            )


#: What a response is and was made with: it doesn't change.
KEPT = (
    *("id", "object", "created_at", "status", "model", "output", "usage", "instructions", "tools", "metadata"),
    *("max_output_tokens", "temperature", "text", "incomplete_details", "error", "previous_response_id", "tool_choice"),
    *("top_p", "parallel_tool_calls", "store", "truncation", "reasoning", "background", "top_logprobs"),
)


@check("responses.state.kept_by_default", SHOULD, of=fetched, spec="RSP-REQ-007", depth=FULL)
def test_storing_is_the_default(exchange: Exchange) -> None:
    """A response SHOULD be stored where nothing is said of it, if it is where `store` is true: that is the default."""
    *made, there = (*exchange.before, exchange)
    hangs_on(there, "get")
    if len(made) < 2:
        return
    first, tried = made[:2]
    seen(first.ok and tried.status in GONE, "the first response was not made, or there is another reason")
    seen((first.sent or {}).get("store") is None, "something is said of it")
    raise Ignored(f"without `store`, fetching is answered {tried.status}{tried.said}; with `store: true` it is there")


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
