"""HTTP under Messages: where an answer comes from, how long it is, and in which letters."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check

from ..chat.careful import PLAINLY
from ..chat.packing import packed
from ..http.carried import as_utf8, not_redirected, one_length, uncompressed
from .access import ANSWERS, OFFICIAL
from .preflight import offered
from .requests import HELLO


@check("messages.transport.redirect", SHOULD, of=ANSWERS, spec="HTTP-RES-007", depth=FULL)
def test_no_redirect(exchange: Exchange) -> None:
    """A request SHOULD be answered where it is sent: a redirect of a POST loses its body or its key."""
    offered(exchange)
    not_redirected(exchange)


@check("messages.transport.framing", SHOULD, of=ANSWERS, spec="HTTP-RES-005", depth=FULL)
def test_an_answer_has_one_length(exchange: Exchange) -> None:
    """An answer in chunks SHOULD NOT tell a `Content-Length` too: strict clients refuse what has both."""
    offered(exchange)
    one_length(exchange)


@check("messages.transport.charset", SHOULD, of=ANSWERS, spec="HTTP-RES-001 HTTP-RES-002", depth=FULL)
def test_an_answer_is_declared_once_and_as_utf8(exchange: Exchange) -> None:
    """The `Content-Type` of JSON and of streams SHOULD stand once, and name no charset but UTF-8."""
    offered(exchange)
    as_utf8(exchange)


@check("messages.transport.coding", SHOULD, of=packed(OFFICIAL, HELLO.having(PLAINLY)), spec="HTTP-RES-008", depth=FULL)
def test_nothing_is_compressed_unasked(exchange: Exchange) -> None:
    """An answer SHOULD be compressed only if that was offered."""
    uncompressed(exchange)


@check(
    "messages.transport.odd_json", SHOULD, of=packed(OFFICIAL, HELLO.written_oddly()), spec="HTTP-REQ-003", depth=FULL
)
def test_equal_json_is_equal(exchange: Exchange) -> None:
    """JSON with blanks, escapes and another order of keys SHOULD be taken for what it is."""
    exchange.accepted()
