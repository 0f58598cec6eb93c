"""Letters: text of any script comes through whole, streamed or not."""

from __future__ import annotations

from samewire import FULL, LIMIT, MUST, Exchange, Steps, check, scenario, seen, user

from ..chat.letters import ASK, surrogates
from .reading import deltas, streamed_words, words
from .requests import HELLO, STREAMS, streamed

ECHO = HELLO.but(messages=[user(ASK)], **LIMIT(96))
ECHO_STREAM = streamed(ECHO)


@check("messages.letters.surrogates", MUST, of=STREAMS, spec="MSG-STR-023", depth=FULL)
def test_no_letter_is_cut_in_two(exchange: Exchange) -> None:
    """No delta MUST hold half a letter: a lone surrogate can't be written by any client."""
    halves = [delta["text"] for delta in deltas(exchange, "text_delta") if surrogates(delta["text"])]
    assert not halves, f"a delta holds half a letter: {halves[0]!r}"


@scenario(ECHO, ECHO_STREAM)
def echoed_and_streamed() -> Steps:
    """A text of many scripts, to be repeated whole and as a stream."""
    yield ECHO
    yield ECHO_STREAM


@check("messages.letters.streamed", MUST, of=echoed_and_streamed, spec="MSG-STR-023 MSG-STR-024", depth=FULL)
def test_letters_come_through_streams(exchange: Exchange) -> None:
    """Letters that come through whole MUST come through a stream, too, and none turn into U+FFFD."""
    whole, streamed = words(exchange.before[0]), streamed_words(exchange)
    seen("🎉" in whole and "\ufffd" not in whole, "the model does not repeat the text")
    assert "\ufffd" not in streamed, f"letters are lost: {streamed[:60]!r}"


@check("messages.letters.whole", MUST, of=ECHO, spec="MSG-ENV-009", depth=FULL)
def test_letters_come_through(exchange: Exchange) -> None:
    """No letter of an answer MUST turn into U+FFFD or half a letter."""
    said = words(exchange)
    seen("naïve" in said or "你好" in said, "the model does not repeat the text")
    lost = "\ufffd" in said or surrogates(said)
    assert not lost, f"letters are lost: {said[:60]!r}"
