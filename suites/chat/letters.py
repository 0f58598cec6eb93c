"""Letters: text of any script comes through whole, streamed or not."""

from __future__ import annotations

from samewire import FULL, LIMIT, MUST, Exchange, Steps, check, scenario, seen, user

from ..http.same import keeps_letters
from .reading import deltas, streamed_words, words
from .requests import HELLO, STREAM, STREAMS

TEXT = "naïve 你好世界 🎉🦜 עברית ½"
ASK = f'Repeat this text exactly and say nothing else: "{TEXT}"'
ECHO = HELLO.but(messages=[user(ASK)], **LIMIT(96))
ECHO_STREAM = STREAM.but(messages=[user(ASK)], **LIMIT(96))


def surrogates(text: str) -> list[str]:
    """The lone surrogates of a text."""
    return [letter for letter in text if "\ud800" <= letter <= "\udfff"]


@check("chat.letters.surrogates", MUST, of=STREAMS, spec="CHAT-EQ-003", depth=FULL)
def test_no_letter_is_cut_in_two(exchange: Exchange) -> None:
    """No delta MUST hold half a letter: a lone surrogate can't be written by any client."""
    halves = [delta["content"] for delta in deltas(exchange) if surrogates(delta.get("content") or "")]
    assert not halves, f"a delta holds half a letter: {halves[0]!r}"


@scenario(ECHO, ECHO_STREAM)
def echoed_and_streamed() -> Steps:
    """A text of many scripts, to be repeated whole and as a stream."""
    yield ECHO
    yield ECHO_STREAM


@check("chat.letters.streamed", MUST, of=echoed_and_streamed, spec="CHAT-EQ-003", depth=FULL)
def test_letters_come_through_streams(exchange: Exchange) -> None:
    """Letters that come through whole MUST come through a stream, too, and none turn into U+FFFD."""
    keeps_letters(words(exchange.before[0]), streamed_words(exchange))


@check("chat.letters.whole", MUST, of=ECHO, spec="CHAT-EQ-003", depth=FULL)
def test_letters_come_through(exchange: Exchange) -> None:
    """No letter of an answer MUST turn into U+FFFD or half a letter."""
    said = words(exchange)
    seen("naïve" in said or "你好" in said, "the model does not repeat the text")
    lost = "\ufffd" in said or surrogates(said)
    assert not lost, f"letters are lost: {said[:60]!r}"
