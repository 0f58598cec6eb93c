"""Conduct: answers of requests that are under way at once, and streams that are sent as they are made."""

from __future__ import annotations

from samewire import FULL, SHOULD, Every, Exchange, Steps, check, scenario

from ..chat.letters import WRITTEN
from ..chat.roles import WORD
from ..http.same import flushed, keeps_apart
from .images import NOTE
from .letters import ECHO
from .reading import streamed_words, words
from .requests import COUNT, CUT, STREAM
from .talk import CODES, PLAIN, TOGETHER

#: Words that no model says unasked, each in some of the requests that are under way at once.
NONCES = (WRITTEN, WORD, NOTE["data"].split()[-1].strip("."), *CODES.values())


@check(
    "messages.conduct.apart",
    SHOULD,
    of=Every((ECHO, PLAIN, TOGETHER), path="messages", wrong=False),
    spec="MSG-ENV-001 HTTP-RES-006",
    depth=FULL,
)
def test_answers_do_not_mix(exchange: Exchange) -> None:
    """Requests sent at once SHOULD be answered each with its own answer, and none with words of another's."""
    keeps_apart(exchange, streamed_words(exchange) if exchange.request.streamed else words(exchange), NONCES)


@scenario(COUNT, CUT, STREAM)
def whole_cut_and_streamed() -> Steps:
    """The same answer whole, cut off after a few tokens, and streamed: how long each takes."""
    yield COUNT
    yield CUT
    yield STREAM


@check(
    "messages.stream.flushed",
    SHOULD,
    of=whole_cut_and_streamed,
    spec="MSG-STR-008 SSE-021",
    depth=FULL,
    rare=True,
    again=2,
)
def test_a_stream_is_sent_as_it_is_made(exchange: Exchange) -> None:
    """The pieces of a stream SHOULD be sent as they are made, not kept until the end."""
    values = [(value, event.at) for value, event in exchange.payloads() if isinstance(value, dict)]
    first = [at for value, at in values if value.get("type") == "content_block_delta"]
    flushed(exchange, streamed_words(exchange), first[0] if first else None)
