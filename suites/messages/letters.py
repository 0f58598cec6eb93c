"""Letters: text of any script comes through whole, streamed or not."""

from __future__ import annotations

import html
import re

from samewire import FULL, LIMIT, MUST, Exchange, Steps, check, observed, scenario, seen, user

from ..chat.letters import TEXT, surrogates
from ..http.same import keeps_letters
from .reading import deltas, ended, streamed_words, words
from .requests import HELLO, STREAMS, streamed

#: Letters of many scripts, with what is often escaped or lost: blanks, line ends, quotes, signs of markup.
LINES = f"{TEXT}\n\n  <b>R&D</b> isn't C:\\new"
ASK = f'Repeat this text exactly, with its line ends and blanks, and say nothing else: "{LINES}"'
ECHO = HELLO.but(messages=[user(ASK)], **LIMIT(128))
ECHO_STREAM = streamed(ECHO)


def bare(said: str) -> str:
    """A text without blanks, marks and what escapes them."""
    return re.sub(r"[\W_]|(?<=\\)[nrt]|\bb\b", "", html.unescape(said))


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
    keeps_letters(words(exchange.before[0]), streamed_words(exchange))


@check("messages.letters.alike", MUST, of=echoed_and_streamed, spec="MSG-STR-008 MSG-STR-024", depth=FULL, again=2)
def test_text_is_the_same_in_streams(exchange: Exchange) -> None:
    """A text that one repeats exactly, streamed or not, MUST NOT lose blanks or be escaped in the other."""
    ended(exchange)
    whole, streamed = words(exchange.before[0]), streamed_words(exchange)
    seen(LINES in whole or LINES in streamed, "the model does not repeat the text")
    lost = "\ufffd" in whole + streamed or surrogates(whole + streamed) or not (whole and streamed)
    seen(not lost, "letters or words are lost, which has a check of its own")
    for said, where in ((whole, "when not streamed"), (streamed, "in the stream")):
        if LINES not in said and bare(LINES) not in bare(said):
            observed(f"the model repeats other letters {where}")
        assert LINES in said, f"{where} it says {said[-40:]!r} for {LINES[-24:]!r}"


@check("messages.letters.whole", MUST, of=ECHO, spec="MSG-ENV-009", depth=FULL)
def test_letters_come_through(exchange: Exchange) -> None:
    """No letter of an answer MUST turn into U+FFFD or half a letter."""
    said = words(exchange)
    seen("naïve" in said or "你好" in said, "the model does not repeat the text")
    lost = "\ufffd" in said or surrogates(said)
    assert not lost, f"letters are lost: {said[:60]!r}"
