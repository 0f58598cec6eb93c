"""CORS: whether browsers may ask. Optional; if it is offered, it must be of use."""

from __future__ import annotations

from samewire import FULL, OPTIONS, SHOULD, Broken, Exchange, Steps, Unsupported, check, scenario, seen

from ..chat.careful import ORIGIN
from ..chat.preflight import PREFLIGHT
from ..chat.requests import STREAM
from ..chat.tool_choice import NONE_ODDLY

ASK = {
    **ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}
PREFLIGHTED = OPTIONS("chat/completions").having(ASK).with_key("none").after(PREFLIGHT)


@check("http.cors.preflight", SHOULD, of=PREFLIGHTED, spec="HTTP-CORS-001 HTTP-CORS-002", depth=FULL)
def test_a_preflight_is_of_use(exchange: Exchange) -> None:
    """A browser's preflight SHOULD be answered with leave to send `authorization`, or with none at all."""
    exchange.answered()
    allowed = exchange.header("access-control-allow-headers").lower()
    if not exchange.ok or not exchange.header("access-control-allow-origin"):
        text = exchange.body[:200].decode(errors="replace").lower()
        if exchange.status in (400, 422) and "messages" in text:
            raise Broken(f"OPTIONS is taken for a POST: answered {exchange.status}: {text[:80]}")
        raise Unsupported(f"answered {exchange.status}, with leave for nobody")
    names = {name.strip() for name in allowed.split(",")}
    assert "authorization" in names, f"leave for {allowed or 'nothing'}, not for authorization"


#: A stream that a page asks for, with nothing beside it.
BY_PAGE = STREAM.having(ORIGIN).after(STREAM)


@scenario(PREFLIGHTED, NONE_ODDLY, spare=(BY_PAGE,))
def asked_by_a_page() -> Steps:
    """A browser's preflight, and a stream that a page asks for; if that is refused, a plainer one."""
    yield PREFLIGHTED
    stream: Exchange = yield NONE_ODDLY
    if not stream.ok:
        yield BY_PAGE


@check("http.cors.stream", SHOULD, of=asked_by_a_page, spec="HTTP-CORS-003", depth=FULL)
def test_a_page_may_read_a_stream(exchange: Exchange) -> None:
    """Where pages may ask, they SHOULD be able to read a stream: it has `Access-Control-Allow-Origin`, just once."""
    preflight = exchange.before[0]
    seen(preflight.ok and preflight.header("access-control-allow-origin"), "pages may not ask")
    seen(exchange.ok, "it is refused, which has a cell of its own")
    told = [value for name, value in exchange.last.headers if name.lower() == "access-control-allow-origin"]
    assert told, "the preflight has Access-Control-Allow-Origin, the stream has none: browsers keep it from the page"
    named = ", ".join(told)
    assert "," not in named, f"Access-Control-Allow-Origin is {named}, and browsers take one alone"
