"""Requests as official clients and careful ones write them: headers, charsets, unusual but equal JSON."""

from __future__ import annotations

import re

from samewire import FULL, MAY, MUST, SHOULD, Every, Exchange, Steps, check, honoured, scenario, seen

from ..chat.careful import CAREFUL, CHARSET, ESCAPED, MEMBER, NULLS, OFFICIAL, PLAINLY
from ..chat.letters import ECHO, ECHO_STREAM
from ..chat.packing import all_or_each, not_failing_together, packed
from ..chat.reading import streamed_words, words
from ..chat.requests import HELLO, STREAM
from ..chat.tool_choice import NONE_ODDLY
from .carried import uncompressed

#: Several letters in a row that are not ASCII, as a request may hold them unescaped.
FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
#: What bytes are taken for by who doesn't know that JSON is UTF-8.
MISREAD = ("latin-1", "cp1252")


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


ODDLY = STREAM.having(CHARSET).written_oddly().after(STREAM)


@scenario(STREAM, NONE_ODDLY, spare=(ODDLY,))
def oddly_streamed() -> Steps:
    """A stream, and one that is asked for in odd JSON among other things; if that is refused, in odd JSON alone."""
    yield STREAM
    every: Exchange = yield NONE_ODDLY
    if not every.ok:
        yield ODDLY


@check("http.requests.odd_stream", SHOULD, of=oddly_streamed, spec="HTTP-REQ-003 HTTP-REQ-002", depth=FULL)
def test_equal_json_is_equal_for_streams(exchange: Exchange) -> None:
    """JSON with escapes, blanks and a charset SHOULD be taken for what it is where it asks for a stream, too."""
    exchange.accepted()
    seen(not isinstance(exchange.before[0].raw_json, dict), "no stream comes otherwise either")
    honoured(not isinstance(exchange.raw_json, dict), "the wish for a stream was not read: one document came")


@check(
    "http.requests.wide_json",
    SHOULD,
    of=packed(NONE_ODDLY, HELLO.written_widely()),
    spec="HTTP-REQ-001",
    depth=FULL,
)
def test_a_body_may_be_longer_than_a_buffer(exchange: Exchange) -> None:
    """A body of more than 64 KiB SHOULD be read to its end, were it for blanks alone."""
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


#: All that careful clients do, and each thing that they do.
EACH = (HELLO.having(OFFICIAL), HELLO.having(CHARSET), HELLO.having(MEMBER), HELLO.having(PLAINLY), NULLS)


@check("http.requests.together", MUST, of=all_or_each(CAREFUL, *EACH), spec="HTTP-REQ-001 ERR-CASE-023", depth=FULL)
def test_careful_clients_are_answered(exchange: Exchange) -> None:
    """Headers and nulls that are tolerated one by one MUST NOT make the server fail together."""
    not_failing_together(exchange)


@check(
    "http.requests.letters",
    MUST,
    of=Every((ECHO, ECHO_STREAM), path="chat/completions"),
    spec="HTTP-REQ-001 HTTP-REQ-003",
    depth=FULL,
)
def test_letters_are_read_as_utf8(exchange: Exchange) -> None:
    """A request's letters MUST be read as UTF-8: none comes back as the several that its bytes are in Latin-1."""
    asked = FOREIGN.findall((exchange.wire.body or b"").decode(errors="replace"))
    seen(asked, "the request holds no such letters, or they are escaped")
    said = streamed_words(exchange) if exchange.request.streamed else words(exchange)
    for run in asked:
        for reading in MISREAD:
            wrong = run.encode().decode(reading, errors="ignore")
            assert wrong not in said, f"{run[:20]!r} was asked for, and {wrong[:40]!r} came: UTF-8 read as {reading}"


@check("http.response.coding", SHOULD, of=packed(CAREFUL, HELLO.having(PLAINLY)), spec="HTTP-RES-008", depth=FULL)
def test_nothing_is_compressed_unasked(exchange: Exchange) -> None:
    """An answer SHOULD be compressed only if that was offered."""
    uncompressed(exchange)
