"""The base URL: does the API begin where clients are told it does."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, check

from ..chat.preflight import BASE_URL, PREFLIGHT, reached
from ..chat.requests import HELLO


@check(BASE_URL, MUST, of=PREFLIGHT, spec="CHAT-EP-001 HTTP-RES-005", required=True, depth=SMOKE)
def test_the_base_url_answers(exchange: Exchange) -> None:
    """The API MUST answer at the base URL as it is given: `POST {base}/chat/completions`."""
    reached(exchange, BASE_URL)


@check("http.base_url.slash", SHOULD, of=HELLO.at("{base}//chat/completions"), spec="HTTP-REQ-005", depth=FULL)
def test_a_trailing_slash_does_not_matter(exchange: Exchange) -> None:
    """A base URL given with a trailing slash SHOULD lead to the same place, or to an error that a client can read."""
    exchange.answered()
    if not exchange.ok:
        exchange.error()


@check("http.base_url.page", SHOULD, of=HELLO.at("{origin}/chat/completions"), spec="ERR-CASE-016", depth=FULL)
def test_a_path_beside_the_api_is_no_web_page(exchange: Exchange) -> None:
    """A request beside the base URL SHOULD NOT be answered 200 with a web page: clients take it for an answer."""
    exchange.answered()
    if exchange.ok and "html" in exchange.media_type:
        raise Broken(f"POST {exchange.wire.url} was answered {exchange.status} with {exchange.media_type}")
