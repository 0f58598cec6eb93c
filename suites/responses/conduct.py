"""Conduct: answers that don't mix, and streams that are sent as they are made."""

from __future__ import annotations

import json

from samewire import FULL, SHOULD, Every, Exchange, Steps, check, scenario, seen

from ..http.same import flushed, keeps_apart
from .following import TEXT, heard_raw
from .reading import words
from .requests import COUNT, CUT, STREAM
from .state import CODE, OTHERS, TOLD
from .together import IN_CALL, TELLS
from .together import TOLD as TELLERS

#: Words that no model says unasked, each in some of the requests that are under way at once.
NONCES = (CODE, OTHERS, IN_CALL, *TELLERS.values())
#: What brings in what was said elsewhere, or in other letters.
ELSEWHERE = ("previous_response_id", "item_reference", "conversation", "file_data")


@check(
    "responses.conduct.apart",
    SHOULD,
    of=Every((TELLS, TOLD), path="responses", method="POST", wrong=False),
    spec="RSP-ENV-001 HTTP-RES-006",
    depth=FULL,
)
def test_answers_do_not_mix(exchange: Exchange) -> None:
    """Requests sent at once SHOULD be answered each with its own answer, and none with words of another's."""
    asked = json.dumps(exchange.sent)
    seen(not any(name in asked for name in ELSEWHERE), "it holds more than can be read here")
    seen(exchange.request.path == "responses", "it is no response")
    keeps_apart(exchange, heard_raw(exchange) if exchange.request.streamed else words(exchange), NONCES)


@scenario(COUNT, CUT, STREAM)
def whole_cut_and_streamed() -> Steps:
    """The same answer whole, cut off after a few tokens, and streamed: how long each takes."""
    yield COUNT
    yield CUT
    yield STREAM


@check(
    "responses.stream.flushed",
    SHOULD,
    of=whole_cut_and_streamed,
    spec="RSP-EP-001 SSE-021",
    depth=FULL,
    rare=True,
    again=2,
)
def test_a_stream_is_sent_as_it_is_made(exchange: Exchange) -> None:
    """The pieces of a stream SHOULD be sent as they are made, not kept until the end."""
    deltas = [one for value, one in exchange.payloads() if isinstance(value, dict) and value.get("type") == TEXT]
    seen(deltas, "the stream says nothing")
    flushed(exchange, heard_raw(exchange), deltas[0].at)
