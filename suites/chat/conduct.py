"""Conduct: several requests at once, and a client that hangs up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from samewire import FULL, MAY, SHOULD, Every, Exchange, Ignored, Steps, check, scenario, seen, trust, user

from ..http.same import flushed, keeps_apart
from .careful import CAREFUL
from .letters import ECHO, WRITTEN
from .limits import CUT_FORM_STREAM
from .parameters import TOGETHER as TOGETHER_NEUTRAL
from .preflight import MODELS, PREFLIGHT
from .reading import message, prompt_tokens, streamed_words, words
from .requests import COUNT, CUT, HELLO, METERED, STREAM
from .roles import AS_SYSTEM, WORD
from .talk import BOTH_BEFORE, CODES, EVERYWHERE, IN_CALL, PLACES, UNRULY
from .tools import RESULT

#: Where a delta has words, be they thoughts.
SPOKEN = ("content", "reasoning_content", "reasoning")
UNREAD = "HERON7316"
#: Words that no model says unasked, each in some of the requests that are under way at once.
NONCES = (UNREAD, WRITTEN, WORD, RESULT, IN_CALL, *CODES.values(), *PLACES.values())


@check(
    "chat.conduct.apart",
    SHOULD,
    of=Every((ECHO, AS_SYSTEM, EVERYWHERE), path="chat/completions"),
    spec="CHAT-ENV-001 HTTP-RES-006 HTTP-RES-009",
    depth=FULL,
)
def test_answers_do_not_mix(exchange: Exchange) -> None:
    """Requests SHOULD be answered each with its own answer, at once and after others whose client has hung up."""
    said = streamed_words(exchange) if exchange.request.streamed else words(exchange)
    keeps_apart(exchange, said, NONCES)


#: What is not read ends with a word by which it is known, wherever it comes to light.
WEEK = f"Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday make a week, and the last word is {UNREAD}."
GONE = replace(STREAM.but(messages=[user(f'Repeat this exactly: "{WEEK}"')]), cut=200)
#: Sent by nobody else, so that it comes after the stream; whether the server answers at all is its control.
AFTERWARDS = HELLO.but(messages=[user("Say good night.")]).after(MODELS.again(9).after(PREFLIGHT))


@scenario(HELLO, GONE, AFTERWARDS)
def hung_up() -> Steps:
    """A request, a stream whose client hangs up, and another request."""
    yield HELLO
    yield GONE
    yield AFTERWARDS


@check("chat.conduct.hang_up", SHOULD, of=hung_up, spec="HTTP-RES-009", depth=FULL)
def test_a_client_may_hang_up(exchange: Exchange) -> None:
    """A client that hangs up in the middle of a stream SHOULD NOT keep the next request from being answered."""
    message(exchange)


SEEDED = HELLO.but(seed=7)


@scenario(
    TOGETHER_NEUTRAL,
    HELLO,
    CAREFUL,
    spare=(TOGETHER_NEUTRAL.again(5), SEEDED, SEEDED.again(5), HELLO.again(9)),
)
def seeded_and_not() -> Steps:
    """The same request twice without a seed, and if the answers differ twice with one."""
    one: Exchange = yield TOGETHER_NEUTRAL
    seeded = TOGETHER_NEUTRAL if one.ok else SEEDED
    if seeded is SEEDED:
        one = yield SEEDED
    free: Exchange = yield HELLO
    same: Exchange = yield CAREFUL
    if not same.ok:
        same = yield HELLO.again(9)
    if all(answer.ok for answer in (one, free, same)) and words(free) == words(same):
        return one, one, free, same  # it repeats itself without a seed, too
    other: Exchange = yield seeded.again(5)
    return one, other, free, same


@check("chat.sampling.seed", MAY, of=seeded_and_not, spec="CHAT-REQ-015", depth=FULL, again=2)
def test_a_seed_repeats(exchange: Exchange) -> None:
    """`seed` MAY make answers repeat: with the same one, the same request is answered alike."""
    one, other, free, again = (words(answer) for answer in exchange.found)
    if one == other:
        return
    seen(free != again, "the answers differ with a seed, and not without one")
    raise Ignored(f"seed was accepted, and two answers differ: {one[:40]!r}, {other[:40]!r}")


@check("chat.usage.stable", SHOULD, of=seeded_and_not, spec="CHAT-ENV-025 CHAT-ENV-028", depth=FULL)
def test_the_same_prompt_counts_the_same(exchange: Exchange) -> None:
    """The same prompt SHOULD count the same tokens each time, cached or not."""
    _, _, one, other = exchange.found
    first, second = prompt_tokens(one), prompt_tokens(other)
    seen(first is not None and second is not None, "no usage is counted")
    assert first == second, f"the same prompt counts {first} tokens and then {second}"


@scenario(COUNT, HELLO)
def long_and_short() -> Steps:
    """A longer and a shorter prompt."""
    yield COUNT
    yield HELLO


@check("chat.usage.grows", SHOULD, of=long_and_short, spec="CHAT-ENV-025")
def test_a_longer_prompt_counts_more(exchange: Exchange) -> None:
    """A longer prompt SHOULD count more tokens than a shorter one."""
    longer, shorter = prompt_tokens(exchange.before[0]), prompt_tokens(exchange)
    seen(longer is not None and shorter is not None, "no usage is counted")
    assert (longer or 0) > (shorter or 0), f"a longer prompt counts {longer} tokens, a shorter one {shorter}"


@scenario(HELLO, UNRULY, spare=(BOTH_BEFORE,))
def short_and_told() -> Steps:
    """A short prompt, and a conversation of many turns; if it is refused, one of three."""
    yield HELLO
    many: Exchange = yield UNRULY
    if not many.ok:
        yield BOTH_BEFORE


@check("chat.usage.conversation", SHOULD, of=short_and_told, spec="CHAT-ENV-025", depth=FULL)
def test_every_message_counts(exchange: Exchange) -> None:
    """`prompt_tokens` SHOULD count all messages of a conversation, not the last alone."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    short, whole = prompt_tokens(exchange.before[0]), prompt_tokens(exchange)
    seen(whole is not None and whole != short, "nothing is counted that varies")
    told = len(" ".join(text_of(one.get("content")) for one in (exchange.sent or {})["messages"]).split())
    assert (whole or 0) >= told / 2, f"a conversation of {told} words counts {whole} tokens"


def text_of(content: Any) -> str:
    """What a message's content says, in a string or in parts."""
    return content if isinstance(content, str) else " ".join(str(part.get("text", "")) for part in content or ())


@trust(long_and_short, counts=True)
def counts_grow(exchange: Exchange) -> None:
    """Pass if tokens are counted that grow with the prompt."""
    longer, shorter = prompt_tokens(exchange.before[0]), prompt_tokens(exchange)
    seen((longer or 0) > (shorter or 0), "a longer prompt counts no more tokens than a short one")


@scenario(COUNT, CUT, METERED, CUT_FORM_STREAM, STREAM)
def whole_cut_and_streamed() -> Steps:
    """An answer whole and cut off after a few tokens, both streamed too, and another stream: how long each takes."""
    yield COUNT
    yield CUT
    yield METERED
    yield CUT_FORM_STREAM
    yield STREAM


@check(
    "chat.stream.flushed",
    SHOULD,
    of=whole_cut_and_streamed,
    spec="CHAT-STR-037 SSE-021",
    depth=FULL,
    rare=True,
    again=2,
)
def test_a_stream_is_sent_as_it_is_made(exchange: Exchange) -> None:
    """The pieces of a stream SHOULD be sent as they are made, not kept until the end."""
    flushed(exchange, streamed_words(exchange), first_word(exchange))


def first_word(stream: Exchange) -> float | None:
    """Seconds until something is said: who makes a stream of a whole answer may well begin it at once."""
    for value, event in stream.payloads():
        pieces = value.get("choices") if isinstance(value, dict) else None
        deltas = [one.get("delta") for one in pieces or () if isinstance(one, dict)]
        if any(isinstance(delta, dict) and any(delta.get(name) for name in SPOKEN) for delta in deltas):
            return event.at
    return None
