"""`max_output_tokens`: it limits the answer, and a response that it cut off says so."""

from __future__ import annotations

import re

from samewire import CAP, FULL, SHOULD, Blocked, Broken, Exchange, Unsupported, check, honoured, seen

from ..chat.packing import packed
from .following import company, events, final, finished, of, streamed_words
from .preflight import LIMIT
from .reading import items, output_tokens, refused, response, said_by, thought, words
from .requests import COUNT, CUT, CUT_BESIDE, CUT_STREAM, FEW

CUT_OFF = packed(CUT_BESIDE, CUT_STREAM)
#: Letters that a token of a list of numbers has at most.
LETTERS = 5


def numbers(said: str) -> bool:
    """Whether a text is the list of numbers that was asked for."""
    return re.match(r"\s*1\W+2", said) is not None


def short(said: str) -> bool:
    """Whether a text may be as short as the limit: other words than numbers are of any length, and a token each."""
    return len(said) <= FEW * LETTERS if numbers(said) else len(said.split()) <= FEW + 1


def cut_off(said: str, spent: int | None) -> None:
    """Set the answer aside unless it was cut off: a short one may end before the limit is met, or just when it is."""
    seen(short(said) and not said.rstrip(" .").endswith("30"), "the answer was not cut off")
    # Some servers leave out the token at which they stop; where none is counted, the text tells.
    counts = numbers(said) and (not spent or spent >= FEW - 1)
    ended = said.rstrip().endswith((".", "!", "?"))
    seen(counts or ((spent or 0) >= FEW and not ended), f"the answer ended by itself after {spent or 'some'} tokens")
    seen(not spent or spent <= FEW + 1, f"the limit of {FEW} is not kept: {spent} tokens came")


def was_sent(exchange: Exchange) -> bool:
    """Whether a limit went out at all: the preflight leaves it out where the smallest request is refused with it."""
    return LIMIT in (exchange.sent or {})


def limited(exchange: Exchange) -> None:
    """Leave it to the first check of the limit, if none was sent: then an answer of any length tells nothing.

    Raises:
        Blocked: none was.
    """
    exchange.answered()
    if not was_sent(exchange):
        raise Blocked("no limit is taken at all", cause="check:responses.limits.kept")


#: How an error blames the limit itself, by whatever name: it may be less than an endpoint takes.
BLAMED = re.compile(rf"max\w*_tokens|\blimit|\bminimum|\bat least|\btokens?\b|\b{FEW}\b", re.I)


@check("responses.limits.kept", SHOULD, of=CUT, spec="RSP-REQ-004 RSP-ST-006")
def test_the_limit_is_kept(exchange: Exchange) -> None:
    """`max_output_tokens` SHOULD limit the answer, thinking included, and SHOULD NOT fail where it cuts it off."""
    try:
        spent, said = output_tokens(exchange), words(exchange)
    except Unsupported as refusal:
        # It is sent once the same was taken with a limit that doesn't cut.
        blamed = exchange.status not in (400, 422) or BLAMED.search(str(exchange.error_object))
        if blamed or not was_sent(exchange):
            raise
        raise Broken(f"{refusal.message}, and taken with a limit that doesn't cut it off") from None
    if not was_sent(exchange):
        raise Unsupported("max_output_tokens is not taken: the smallest request is answered only without it")
    # Some servers count the token that stops the answer.
    kept = (spent is None or spent <= FEW + 1) and short(said)
    told = f"{spent or len(said.split())} tokens came, and the response is {response(exchange).get('status')}"
    honoured(kept, f"max_output_tokens {FEW} was accepted, and {told}")


@check("responses.limits.incomplete", SHOULD, of=CUT, spec="RSP-ST-006 RSP-ENV-016")
def test_a_cut_response_is_incomplete(exchange: Exchange) -> None:
    """A response that the token limit cuts off SHOULD have the status `incomplete`."""
    said = words(exchange)
    cut_off(said, output_tokens(exchange))
    status = response(exchange)["status"]
    assert status == "incomplete", f"cut off after {said[-20:]!r}, and the status is {status!r}"


@check("responses.limits.reason", SHOULD, of=CUT, spec="RSP-ST-006 RSP-ENV-010")
def test_a_cut_response_says_why(exchange: Exchange) -> None:
    """A response that the token limit cuts off SHOULD give `max_output_tokens` for the reason."""
    details = response(exchange).get("incomplete_details")
    seen(details is not None, "there are no incomplete_details")
    reason = details.get("reason")
    assert reason == "max_output_tokens", f"the reason is {reason!r}"


@check("responses.limits.words", SHOULD, of=CUT, spec="RSP-ST-006 RSP-ITEM-002", depth=FULL)
def test_a_cut_response_holds_what_was_said(exchange: Exchange) -> None:
    """A response that the token limit cuts off SHOULD hold what was said until then."""
    seen(response(exchange).get("status") == "incomplete", "the answer was not cut off")
    seen(not thought(exchange), "it may be cut off before the first word, in what was thought")
    parts = [part for item in items(exchange, "message") for part in item["content"]]
    seen(not any(part["type"] == "refusal" for part in parts), "the model refuses to answer")
    assert words(exchange), "cut off, and all that was said is lost"


@check("responses.limits.item", SHOULD, of=CUT, spec="RSP-ITEM-002 OR-009", depth=FULL)
def test_a_cut_message_is_incomplete(exchange: Exchange) -> None:
    """The message that the token limit cuts off SHOULD be `incomplete`: neither in progress still, nor completed."""
    every = response(exchange)["output"]
    messages = [item["status"] for item in every if item["type"] == "message"]
    seen(messages, "there is no message")
    assert "in_progress" not in messages, "the response is there, and its message still in progress"
    cut_off(words(exchange), output_tokens(exchange))
    seen(response(exchange)["status"] == "incomplete", "the response is not incomplete")
    seen(every[-1]["type"] == "message", "the message is not the last")
    assert messages[-1] == "incomplete", f"the response is cut off in its message, which is {messages[-1]!r}"


@check("responses.limits.stream", SHOULD, of=CUT_OFF, spec="RSP-ST-006 RSP-STR-021 RSP-ENV-016")
def test_a_cut_stream_ends_as_incomplete(exchange: Exchange) -> None:
    """A stream that the token limit cuts off SHOULD end with `response.incomplete` and the reason."""
    failed = of(events(exchange), "response.failed")
    assert not failed, "an answer that is cut off is no failure, and the stream ends with response.failed"
    last = finished(exchange)[-1]
    # What the stream ends with holds the words, too, where deltas are lost.
    said = max(streamed_words(exchange), said_by(final(exchange)["output"]), key=len)
    cut_off(said, (final(exchange).get("usage") or {}).get("output_tokens"))
    assert last["type"] == "response.incomplete", f"cut off, and ends with {last['type']}"
    one = final(exchange)
    assert one["status"] == "incomplete", f"ends with response.incomplete, and the status is {one['status']!r}"
    assert one["incomplete_details"], f"incomplete_details is {one['incomplete_details']!r}"
    reason = one["incomplete_details"].get("reason")
    assert reason == "max_output_tokens", f"the reason is {reason!r}"


@check("responses.limits.stream_kept", SHOULD, of=CUT_OFF, spec="RSP-REQ-004", depth=FULL)
def test_the_limit_is_kept_in_streams(exchange: Exchange) -> None:
    """`max_output_tokens` SHOULD limit a streamed answer too."""
    limited(exchange)
    one = final(exchange)
    said, spent = said_by(one["output"]), (one.get("usage") or {}).get("output_tokens") or 0
    kept = short(said) and (spent <= FEW + 1 or one["status"] == "incomplete")
    came = f"{len(said)} characters came, {spent or 'some'} tokens"
    honoured(kept, f"max_output_tokens {FEW} was accepted {company(exchange)}, and {came}")


@check("responses.limits.no_false_limit", SHOULD, of=COUNT, spec="RSP-ENV-016 RSP-ENV-010", depth=FULL)
def test_incomplete_means_the_limit(exchange: Exchange) -> None:
    """A response that stays far below the token limit SHOULD NOT be incomplete because of it."""
    one, spent = response(exchange), output_tokens(exchange)
    limit = int((exchange.sent or {}).get("max_output_tokens") or 0)
    seen(spent is not None and limit, "no usage is counted, or no limit was sent")
    if one["status"] == "incomplete" and spent is not None and spent < limit * 0.5:
        raise Broken(f"incomplete after {spent} tokens of {limit}")


@check("responses.limits.not_negative", SHOULD, of=COUNT.wrong().within(CAP(-5)), spec="RSP-REQ-004", depth=FULL)
def test_a_negative_limit_is_refused(exchange: Exchange) -> None:
    """A negative `max_output_tokens` SHOULD be refused with 400."""
    limited(exchange)
    refused(exchange)
