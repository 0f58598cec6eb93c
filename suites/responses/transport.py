"""HTTP under Responses: where an answer comes from, how long it is, and in which letters."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check, seen

from ..chat.careful import PLAINLY
from ..chat.packing import packed
from ..http.carried import as_utf8, not_redirected, one_length, uncompressed
from .errors import ANSWERS
from .parameters import TOGETHER
from .reading import offered
from .requests import HELLO


def known(exchange: Exchange) -> None:
    """Set aside what came before it was known that there are responses here."""
    seen(exchange.request.opener is not None or exchange.ok, "nothing was known to be offered yet")
    offered(exchange)


@check("responses.transport.redirect", SHOULD, of=ANSWERS, spec="HTTP-RES-007", depth=FULL)
def test_no_redirect(exchange: Exchange) -> None:
    """A request SHOULD be answered where it is sent: a redirect of a POST loses its body or its key."""
    known(exchange)
    not_redirected(exchange)


@check("responses.transport.framing", SHOULD, of=ANSWERS, spec="HTTP-RES-005", depth=FULL)
def test_an_answer_has_one_length(exchange: Exchange) -> None:
    """An answer in chunks SHOULD NOT tell a `Content-Length` too: strict clients refuse what has both."""
    known(exchange)
    one_length(exchange)


@check("responses.transport.charset", SHOULD, of=ANSWERS, spec="HTTP-RES-001 HTTP-RES-002", depth=FULL)
def test_an_answer_is_declared_once_and_as_utf8(exchange: Exchange) -> None:
    """The `Content-Type` of JSON and of streams SHOULD stand once, and name no charset but UTF-8."""
    known(exchange)
    as_utf8(exchange)


@check(
    "responses.transport.coding", SHOULD, of=packed(TOGETHER, HELLO.having(PLAINLY)), spec="HTTP-RES-008", depth=FULL
)
def test_nothing_is_compressed_unasked(exchange: Exchange) -> None:
    """An answer SHOULD be compressed only if that was offered."""
    uncompressed(exchange)
