"""Requests far too large: refused as such. Opt-in, since an endpoint that takes them may charge for them."""

from __future__ import annotations

import re

from samewire import FAR_TOO_LONG, FULL, OMIT, SHOULD, Exchange, Steps, check, honoured, scenario, seen, user

from ..chat.reading import completion_tokens, prompt_tokens, refused, words
from ..chat.requests import HELLO
from ..completions.requests import TEXT
from ..embeddings.requests import ONE
from .same import too_long

HUGE = HELLO.wrong(messages=[user(FAR_TOO_LONG)])
HUGE_STREAM = HELLO.wrong(messages=[user(FAR_TOO_LONG)], stream=True)


@check("http.huge.refused", SHOULD, of=HUGE, spec="ERR-CASE-015 ERR-CASE-026", depth=FULL, needs=("costly",))
def test_a_huge_prompt_is_refused(exchange: Exchange) -> None:
    """A prompt beyond the context window SHOULD be refused with 400 or 413."""
    too_long(exchange)
    refused(exchange)


@scenario(HUGE, HUGE_STREAM)
def huge_and_streamed() -> Steps:
    """A huge prompt, whole and as a stream, which need not count what it took."""
    yield HUGE
    yield HUGE_STREAM


@check(
    "http.huge.refused_in_streams",
    SHOULD,
    of=huge_and_streamed,
    spec="CHAT-STR-034 ERR-CASE-015",
    depth=FULL,
    needs=("costly",),
)
def test_a_huge_prompt_is_refused_in_streams(exchange: Exchange) -> None:
    """A prompt beyond the context window SHOULD be refused with a status, not with an error in a stream of 200."""
    if exchange.ok and exchange.stream_error is not None:
        raise AssertionError(f"answered {exchange.status} with an error in the stream")
    too_long(exchange.before[0])
    refused(exchange)


@check(
    "http.huge.completions",
    SHOULD,
    of=TEXT.wrong(prompt=FAR_TOO_LONG),
    spec="ERR-CASE-015 ERR-CASE-023",
    depth=FULL,
    needs=("costly",),
)
def test_a_huge_prompt_is_refused_for_completions(exchange: Exchange) -> None:
    """A prompt of a legacy completion beyond the context window SHOULD be refused with 400 or 413, too."""
    too_long(exchange)
    refused(exchange)


@check(
    "http.huge.embeddings",
    SHOULD,
    of=ONE.wrong(input=FAR_TOO_LONG),
    spec="ERR-CASE-015",
    depth=FULL,
    needs=("costly",),
)
def test_a_huge_text_is_not_embedded(exchange: Exchange) -> None:
    """A text to be embedded beyond the context window SHOULD be refused with 400 or 413, and not be cut."""
    too_long(exchange)
    refused(exchange)


#: Words of a prompt that most windows hold, and that some servers cut to theirs in silence.
MANY = 6000
WORDY = HELLO.but(messages=[user(f"Say hello, whatever follows.{' ball' * MANY}")])


@scenario(HELLO, WORDY)
def short_and_long() -> Steps:
    """A short prompt, and a long one."""
    yield HELLO
    yield WORDY


@check(
    "chat.limits.long_prompt",
    SHOULD,
    of=short_and_long,
    spec="ERR-CASE-015 CHAT-ENV-025",
    depth=FULL,
    needs=("costly",),
)
def test_a_long_prompt_is_not_cut(exchange: Exchange) -> None:
    """A long prompt SHOULD be refused or read whole: who counts fewer tokens than it has words has cut it off."""
    exchange.answered()
    if exchange.ok:
        counted = prompt_tokens(exchange)
        seen(counted is not None and counted != prompt_tokens(exchange.before[0]), "nothing is counted that varies")
        honoured((counted or 0) >= MANY, f"{MANY} words were accepted, and {counted} tokens of them are counted")


LONG = "Count from 1 to 400, separated by commas, and say nothing else."
UNLIMITED = HELLO.but(messages=[user(LONG)], **{"$limit": OMIT})


#: Without a limit of its own, a legacy completion has 16 tokens.
BY_DEFAULT = TEXT.but(max_tokens=OMIT)


@check("completions.text.default_limit", SHOULD, of=BY_DEFAULT, spec="CMPL-005", depth=FULL, needs=("costly",))
def test_a_completion_ends_after_sixteen_tokens(exchange: Exchange) -> None:
    """Without `max_tokens`, a legacy completion SHOULD end after 16 tokens: what goes on may never end."""
    usage = exchange.accepted().body_as("completions/completion").get("usage")
    seen(usage is not None, "no tokens are counted")
    spent = usage["completion_tokens"]
    honoured(spent <= 2 * 16, f"no max_tokens was named, and {spent} tokens came, where 16 are the default")


@check("chat.limits.default", SHOULD, of=UNLIMITED, spec="CHAT-REQ-005", depth=FULL, needs=("costly",))
def test_without_a_limit_an_answer_is_whole(exchange: Exchange) -> None:
    """Without a token limit, an answer SHOULD NOT be cut off after a few hundred tokens."""
    exchange.accepted()
    said, spent = words(exchange), completion_tokens(exchange)
    seen("5, 6" in said or "5,6" in said, "the model does not count")
    # Nobody allows as few by default: then it was the model that stopped.
    seen(spent is None or spent >= 16, "the model says next to nothing")
    # Who says more after the count has counted, though it may have left numbers out; who breaks it off with other
    # words has done so of its own accord.
    cut = re.search(r"\b400\b", said) is None and re.search(r"\d[\s,]*$", said) is not None
    short = (spent or len(said) // 3) <= 1100
    assert not (cut and short), f"cut off after {spent} tokens: {said[-20:]!r}"
