"""Keys: what is stored is for whoever has the key, to read and to delete."""

from __future__ import annotations

from samewire import FULL, SHOULD, Blocked, Exchange, Request, Scenario, Steps, check, scenario, seen

from .errors import WRONG_KEY
from .requests import HELLO
from .state import GONE, fetch, name_of
from .stored import deletion


def tried(method: str) -> Scenario:
    """A response, and an attempt to read or delete it with a key that was never issued."""

    def steps() -> Steps:
        first: Exchange = yield HELLO
        others: Exchange = yield WRONG_KEY
        if others.ok:
            return
        there: dict[str, Request] = {
            "get": fetch(first),
            "delete": deletion(name_of(first)),
        }
        yield there[method].with_key("wrong").after(HELLO)

    return scenario(HELLO, WRONG_KEY, more=1, name=f".{method}")(steps)


def withheld(exchange: Exchange, same: str) -> None:
    """Say *ignored* if a wrong key opens what is stored; set it aside where nothing is stored, or said to be.

    Args:
        exchange: what came to the wrong key.
        same: the check that sees what is done with the right one.
    """
    if exchange.request.path == HELLO.path:
        raise Blocked("any key is taken everywhere", cause="check:responses.errors.wrong_key")
    if exchange.status >= 500:
        raise Blocked("it fails, for whomever", cause=f"check:responses.state.{same}")
    status = exchange.rejected().status
    seen(status not in GONE, "there is nothing, or it is said that there is nothing")
    assert status in (400, 401, 403), f"refused with {status}"


@check("responses.keys.get", SHOULD, of=tried("get"), spec="HTTP-AUTH-003 RSP-EP-002", needs=("key",), depth=FULL)
def test_what_is_stored_is_not_given_to_others(exchange: Exchange) -> None:
    """`GET` of a stored response with a key that was never issued SHOULD be refused with 401 or 403."""
    withheld(exchange, "get")


@check("responses.keys.delete", SHOULD, of=tried("delete"), spec="HTTP-AUTH-003 RSP-EP-003", needs=("key",), depth=FULL)
def test_what_is_stored_is_not_deleted_by_others(exchange: Exchange) -> None:
    """`DELETE` of a stored response with a key that was never issued SHOULD be refused with 401 or 403."""
    withheld(exchange, "delete")
