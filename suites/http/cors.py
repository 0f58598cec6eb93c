"""CORS: whether browsers may ask. Optional; if it is offered, it must be of use."""

from __future__ import annotations

from samewire import FULL, OPTIONS, SHOULD, Broken, Exchange, Unsupported, check

from ..chat.preflight import PREFLIGHT

ASK = {
    "Origin": "https://example.org",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}
PREFLIGHTED = OPTIONS("chat/completions").after(PREFLIGHT).having(ASK).with_key("none")


@check("http.cors.preflight", SHOULD, of=PREFLIGHTED.after(PREFLIGHT), spec="HTTP-CORS-001 HTTP-CORS-002", depth=FULL)
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
