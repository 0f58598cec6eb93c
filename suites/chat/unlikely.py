"""`logprobs`, closer: alternatives come where they are asked for, and the bytes of a stream's tokens make its text."""

from __future__ import annotations

from samewire import FULL, MUST, OMIT, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .letters import BARE_ECHO_STREAM, BESIDE_TOOL, ECHO, ECHO_STREAM, echoed_in_a_stream, loss
from .likelihood import (
    ALONE,
    COLD,
    LESS_LIKELY,
    LIKELY_STREAM,
    TWO_BIASED,
    likely_in_a_stream,
    likely_stream,
    streamed_logprobs,
)
from .packing import packed
from .reading import completion, streamed_words, words
from .requests import HELLO, STREAMS, TOOLS

ONLY = ALONE.but(top_logprobs=OMIT)


@scenario(COLD, TWO_BIASED, spare=(ALONE, ONLY), alone=ONLY)
def likely_alone_and_in_company() -> Steps:
    """An answer with logprobs, and two choices that only some tokens may be chosen for; if these are refused, one."""
    likely: Exchange = yield COLD
    if not likely.ok:
        likely = yield ALONE
    two: Exchange = yield TWO_BIASED
    if not two.ok:
        yield ONLY
    return likely.ok and any((one.get("logprobs") or {}).get("content") for one in completion(likely)["choices"])


@check(
    "chat.sampling.logprobs_alone",
    SHOULD,
    of=likely_alone_and_in_company,
    spec="CHAT-REQ-013 CHAT-LP-001 CHAT-LP-003",
    depth=FULL,
)
def test_every_choice_has_its_logprobs(exchange: Exchange) -> None:
    """`logprobs: true` SHOULD be heeded without `top_logprobs`, in every choice, and where the limit cuts it off."""
    exchange.accepted().conforms("chat/completion", "/choices/*/logprobs")
    every = [one for one in completion(exchange)["choices"] if one["message"].get("content")]
    given = [bool((one.get("logprobs") or {}).get("content")) for one in every]
    seen(any(given) or (given and exchange.found), "no logprobs come, which has a cell of its own")
    honoured(
        any(given), "logprobs was accepted, and none came, as they do with `top_logprobs` and where nothing is cut"
    )
    assert all(given), f"choice {every[given.index(False)]['index']} has no logprobs, and another has"


@check("chat.stream.logprobs_unasked", SHOULD, of=STREAMS, spec="CHAT-LP-009 CHAT-STR-006", depth=FULL)
def test_no_logprobs_unasked_in_streams(exchange: Exchange) -> None:
    """Where no `logprobs` are asked for, a stream SHOULD bring none: the member is null or absent."""
    seen(not (exchange.sent or {}).get("logprobs"), "they were asked for")
    exchange.conforms("chat/chunk", "/choices/*/logprobs")
    assert not streamed_logprobs(exchange), "logprobs came, which were not asked for"


@check(
    "chat.sampling.no_top_logprobs",
    SHOULD,
    of=packed(TWO_BIASED, ONLY),
    spec="CHAT-LP-006 CHAT-REQ-014",
    depth=FULL,
)
def test_alternatives_come_only_when_asked_for(exchange: Exchange) -> None:
    """Without `top_logprobs`, the entries of `logprobs` SHOULD have no alternatives: their number is 0 then."""
    every = [(one.get("logprobs") or {}).get("content") or () for one in completion(exchange)["choices"]]
    numbers = [len(entry["top_logprobs"]) for entries in every for entry in entries]
    seen(numbers, "no logprobs came")
    # Some list the token itself, which tells nothing more.
    assert max(numbers) <= 1, f"no alternatives were asked for, and an entry has {max(numbers)}"


@check("chat.sampling.logprobs_stream_bytes", SHOULD, of=likely_stream, spec="CHAT-LP-008 CHAT-LP-004", depth=FULL)
def test_the_bytes_of_a_stream_make_its_text(exchange: Exchange) -> None:
    """The `bytes` in a stream's `logprobs` SHOULD make the answer when joined, letters that are not ASCII included."""
    entries, said = streamed_logprobs(exchange), streamed_words(exchange)
    seen(
        entries and said and "\ufffd" not in said, "no logprobs came, or letters are lost, which has a cell of its own"
    )
    seen(all(entry.get("bytes") is not None for entry in entries), "not every token has bytes")
    seen(all(0 <= one <= 255 for entry in entries for one in entry["bytes"]), "they are no bytes")
    made = " ".join(b"".join(bytes(entry["bytes"]) for entry in entries).decode(errors="replace").split())
    # That a part of the text has no tokens at all shows elsewhere.
    lost = made.count("\ufffd")
    assert not lost, f"the bytes of the tokens hold U+FFFD {lost} times, and the text does not: {made[:60]!r}"


@scenario(ECHO, ECHO_STREAM, LIKELY_STREAM, spare=(BESIDE_TOOL, BARE_ECHO_STREAM, *LESS_LIKELY))
def echoed_with_logprobs() -> Steps:
    """A text of many scripts, to be repeated whole, as a stream, and as one with logprobs."""
    whole: Exchange = yield ECHO
    stream: Exchange = yield from echoed_in_a_stream()
    yield from likely_in_a_stream()
    return whole, stream


@check("chat.letters.beside_logprobs", MUST, of=echoed_with_logprobs, spec="CHAT-EQ-003", depth=FULL, again=2)
def test_letters_come_through_beside_logprobs(exchange: Exchange) -> None:
    """Letters that come through otherwise MUST come through where `logprobs` are asked for, too."""
    seen(all(one.ok for one in (*exchange.found, exchange)), "it is refused, which has a cell of its own")
    whole, stream, said = words(exchange.found[0]), streamed_words(exchange.found[1]), streamed_words(exchange)
    able = "🎉" in whole and "\ufffd" not in whole + stream and not loss(stream, whole)
    seen(able, "the model does not repeat the text, or letters are lost anyway")
    lost = "letters" if "\ufffd" in said else loss(said, whole)
    escaped = ", asked for in escapes," if exchange.asked(LIKELY_STREAM) else ""
    assert not lost, f"with logprobs, the answer{escaped} loses {lost}: {said[:60]!r}"


@scenario(TOOLS, LIKELY_STREAM, spare=LESS_LIKELY)
def likely_beside_tools() -> Steps:
    """A tool at hand, and a stream with logprobs beside it; if it is refused or has none, without the tool."""
    tools: Exchange = yield TOOLS
    laden: Exchange = yield from likely_in_a_stream()
    return tools, laden


@check(
    "chat.sampling.logprobs_beside_tools",
    SHOULD,
    of=likely_beside_tools,
    spec="CHAT-STR-006 CHAT-REQ-013",
    depth=FULL,
)
def test_logprobs_go_with_tools(exchange: Exchange) -> None:
    """With tools at hand, a stream SHOULD carry `logprobs` as it does without them."""
    tools, laden = exchange.found
    seen(tools.ok, "tools are refused, which has a cell of its own")
    seen(exchange.ok and streamed_logprobs(exchange), "no logprobs come without tools either")
    seen(streamed_words(laden.accepted()), "with a tool at hand, the model says nothing")
    honoured(streamed_logprobs(laden), "logprobs was accepted beside tools, and none came in the stream")


APART = (HELLO.but(temperature=0), HELLO.but(top_p=1).but(top_p=0), ALONE)


@scenario(COLD, spare=APART)
def together_or_apart() -> Steps:
    """Both that choose among tokens, and if that is refused, each of them, and none."""
    together: Exchange = yield COLD
    if not together.ok:
        yield [*APART]


@check("chat.sampling.together", SHOULD, of=together_or_apart, spec="CHAT-REQ-003 CHAT-REQ-004", depth=FULL)
def test_both_that_choose_tokens_are_taken(exchange: Exchange) -> None:
    """`temperature` and `top_p` SHOULD be taken together where each is by itself, though it is advised against."""
    together, *apart = (*exchange.before, exchange)
    seen(all(one.ok for one in apart), "one of them is refused by itself, which has a cell of its own")
    together.accepted()
