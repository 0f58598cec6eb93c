"""Statuses of refusals: those that say of a path, a method or a mistake what is true of it."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Exchange, Request, Unsupported, check, seen

from ..chat.reading import refused
from .errors import MISTAKES, UNKNOWN_URL, WRONG_METHOD, judged_here

#: Statuses that say of a mistake in a body what is not so: that the method was wrong, or headers, a lock, the law.
UNTRUE = (405, 406, 410, 411, 412, 414, 416, 423, 424, 425, 426, 428, 431, 451)


@check("http.error.unknown_url", SHOULD, of=UNKNOWN_URL, spec="ERR-CASE-016")
def test_an_unknown_url_is_refused(exchange: Exchange) -> None:
    """A URL that does not exist SHOULD be answered 404."""
    refused(exchange)
    assert exchange.status != 501, "refused with 501, which clients take for a fault of the server, and ask again"
    assert exchange.status in (404, 405), f"refused with {exchange.status}, and not with 404"


@check("http.error.wrong_method", SHOULD, of=WRONG_METHOD, spec="ERR-CASE-017", depth=FULL)
def test_a_wrong_method_is_refused(exchange: Exchange) -> None:
    """A method that a URL does not have SHOULD be refused with 405."""
    refused(exchange)


@check("http.error.allow", SHOULD, of=WRONG_METHOD, spec="ERR-CASE-017", depth=FULL)
def test_a_refusal_names_the_methods_that_are_allowed(exchange: Exchange) -> None:
    """A 405 SHOULD name in `Allow` the methods that the URL has, and not the one that it refuses."""
    seen(exchange.status == 405, "the method is not refused with 405")
    allowed = [name.strip().upper() for name in exchange.header("allow").split(",") if name.strip()]
    if not allowed:
        raise Unsupported("there is no Allow", reason="not offered")
    assert "PUT" not in allowed, f"PUT is refused with 405, and Allow is {', '.join(allowed)}"


@check("http.error.fitting_status", SHOULD, of=MISTAKES, spec="ERR-CASE-010 ERR-CASE-012", depth=FULL)
def test_a_mistake_in_a_body_is_called_one(exchange: Exchange) -> None:
    """A mistake in a JSON body SHOULD be refused with 400 or the like, not with a status that says something else."""
    judged_here(exchange)
    request, control = exchange.request, exchange.request.control
    alike = isinstance(control, Request) and (control.method, control.path) == (request.method, request.path)
    seen(alike, "it may be the path or the method that this is about")
    added = set(_members(request)) - set(_members(control))
    seen(exchange.status != 406 or not request.streamed, "it may be said of streams, which has a cell of its own")
    seen(exchange.status != 405 or not added, "it may be said of a parameter that isn't offered")
    assert exchange.status not in UNTRUE, f"a mistake in the body is refused with {exchange.status}{exchange.said}"


def _members(request: object) -> dict[str, Any]:
    """The members of a request's body; none where that is no JSON."""
    body = request.body if isinstance(request, Request) else None
    return body if isinstance(body, dict) else {}
