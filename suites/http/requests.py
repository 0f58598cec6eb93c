"""Requests as official clients and careful ones write them: headers, charsets, unusual but equal JSON."""

from __future__ import annotations

from samewire import FULL, MAY, MUST, SHOULD, Exchange, check

from ..chat.careful import CAREFUL, CHARSET, ESCAPED, MEMBER, OFFICIAL, PLAINLY
from ..chat.packing import packed
from ..chat.requests import HELLO


@check(
    "http.requests.official_headers", MUST, of=packed(CAREFUL, HELLO.having(OFFICIAL)), spec="HTTP-REQ-001", depth=FULL
)
def test_official_clients_are_let_in(exchange: Exchange) -> None:
    """The headers that official clients add MUST be tolerated."""
    exchange.answered()
    assert exchange.ok, f"refused with {exchange.status}{exchange.said}"


@check("http.requests.charset", SHOULD, of=packed(CAREFUL, HELLO.having(CHARSET)), spec="HTTP-REQ-002", depth=FULL)
def test_a_charset_may_be_named(exchange: Exchange) -> None:
    """A `Content-Type` of `application/json` with a charset SHOULD be taken."""
    exchange.accepted()


@check(
    "http.requests.odd_json",
    SHOULD,
    of=packed(CAREFUL, HELLO.but(**ESCAPED).written_oddly()),
    spec="HTTP-REQ-003",
    depth=FULL,
)
def test_equal_json_is_equal(exchange: Exchange) -> None:
    """JSON with escapes, blanks and another order of keys SHOULD be taken for what it is."""
    exchange.accepted()


@check(
    "http.requests.organization",
    MAY,
    of=packed(CAREFUL, HELLO.having(MEMBER)),
    spec="HTTP-AUTH-005 HDR-009",
    depth=FULL,
)
def test_an_organization_may_be_named(exchange: Exchange) -> None:
    """`OpenAI-Organization`, `OpenAI-Project` and `X-Client-Request-Id` MAY be named, and ignored."""
    exchange.accepted()


@check("http.response.coding", SHOULD, of=packed(CAREFUL, HELLO.having(PLAINLY)), spec="HTTP-RES-008", depth=FULL)
def test_nothing_is_compressed_unasked(exchange: Exchange) -> None:
    """An answer SHOULD be compressed only if that was offered."""
    exchange.accepted()
    coding = exchange.header("content-encoding")
    assert coding.lower() in ("", "identity"), f"compressed with {coding}, which was not offered"
