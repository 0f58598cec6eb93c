"""Letters: text of any script comes through whole, streamed or not."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from samewire import FULL, LIMIT, MUST, SHOULD, Exchange, Steps, check, observed, scenario, seen, user

from ..chat.letters import TEXT, surrogates
from ..http.same import keeps_letters
from .alike_calls import both_and_streamed
from .effects import told
from .reading import calls, deltas, ended, parsed, streamed_calls, streamed_words, words
from .requests import HELLO, STREAM, STREAMS, streamed

#: Letters of many scripts, with what is often escaped or lost: blanks, line ends, quotes, signs of
#: markup and of templates.
LINES = f"{TEXT}\n\n  <b>R&D</b> isn't {{{{it}}}} C:\\new"
ASK = f'Repeat this text exactly, with its line ends and blanks, and say nothing else: "{LINES}"'
ECHO = HELLO.but(messages=[user(ASK)], **LIMIT(128))
#: In a block: some servers read strings one way and blocks another.
IN_BLOCK = streamed(ECHO.but(messages=[user([{"type": "text", "text": ASK}])]))
#: With stop sequences that never come, though the text ends (quoted or not) as they begin: what is held back must come.
ECHO_STREAM = IN_BLOCK.but(stop_sequences=["new moon", 'new" moon']).after(STREAM)
#: Less to repeat, in plainer words: some models do no more.
PLAIN = "naïve 你好 🎉 café"
PLAIN_ECHO = HELLO.but(messages=[user(f'Say "{PLAIN}".')], **LIMIT(48))
PLAIN_STREAM = streamed(PLAIN_ECHO)


def bare(said: str) -> str:
    """A text without blanks, marks and what escapes them."""
    return re.sub(r"[\W_]|(?<=\\)[nrt]|\bb\b", "", html.unescape(said))


@check("messages.letters.surrogates", MUST, of=STREAMS, spec="MSG-STR-023", depth=FULL)
def test_no_letter_is_cut_in_two(exchange: Exchange) -> None:
    """No delta MUST hold half a letter: a lone surrogate can't be written by any client."""
    halves = [delta["text"] for delta in deltas(exchange, "text_delta") if surrogates(delta["text"])]
    assert not halves, f"a delta holds half a letter: {halves[0]!r}"


def echoed_in_a_stream() -> Steps:
    """A text of many scripts in a stream, beside a stop sequence; if that is refused, without."""
    stream: Exchange = yield ECHO_STREAM
    if not stream.ok:
        yield IN_BLOCK


@scenario(ECHO, ECHO_STREAM, spare=(IN_BLOCK,))
def echoed_and_streamed() -> Steps:
    """A text of many scripts, to be repeated whole and as a stream."""
    yield ECHO
    yield from echoed_in_a_stream()


@scenario(ECHO, ECHO_STREAM, spare=(PLAIN_ECHO, PLAIN_STREAM, IN_BLOCK))
def said_in_letters() -> Steps:
    """A text of many scripts, to be repeated whole and as a stream; if it isn't, a few words of it."""
    whole: Exchange = yield ECHO
    if whole.ok and "🎉" not in told(whole):
        yield PLAIN_ECHO
        yield PLAIN_STREAM
    else:
        yield from echoed_in_a_stream()


@check("messages.letters.streamed", MUST, of=said_in_letters, spec="MSG-STR-023 MSG-STR-024", depth=FULL, again=2)
def test_letters_come_through_streams(exchange: Exchange) -> None:
    """Letters that come through whole MUST come through a stream, too: none is lost, or turns into another."""
    whole, streamed = words(exchange.before[-1]), streamed_words(exchange)
    assert not replaced(streamed, whole), f"letters are lost: {streamed[:60]!r}"
    keeps_letters(whole, streamed)
    for text in (LINES, PLAIN):
        if squeezed(text) in squeezed(whole) and squeezed(text) not in squeezed(streamed):
            how = mangled(streamed, text)
            assert not how, f"letters {how} in the stream: {streamed[-60:]!r}"


@check("messages.letters.alike", MUST, of=echoed_and_streamed, spec="MSG-STR-008 MSG-STR-024", depth=FULL, again=2)
def test_text_is_the_same_in_streams(exchange: Exchange) -> None:
    """A text that one repeats exactly, streamed or not, MUST NOT lose blanks or be escaped in the other."""
    ended(exchange)
    whole, streamed = words(exchange.before[0]), streamed_words(exchange)
    seen(LINES in whole or LINES in streamed, "the model does not repeat the text")
    lost = "\ufffd" in whole + streamed or surrogates(whole + streamed) or not (whole and streamed)
    seen(not lost, "letters or words are lost, which has a check of its own")
    end = lacking(streamed)
    beside = ", beside stop_sequences" if exchange.asked(ECHO_STREAM) else ""
    assert not end or LINES not in whole, f"the stream loses the end {end!r}{beside}"
    for said, where in ((whole, "when not streamed"), (streamed, "in the stream")):
        if LINES not in said and bare(LINES) not in bare(said):
            observed(f"the model repeats other letters {where}")
        assert LINES in said, f"{where} it says {' for '.join(map(repr, apart(said, LINES)))}"


def lacking(said: str) -> str:
    """The few letters that a text lacks at its end of the one that was to be repeated; empty if it is another."""
    begun = said.strip().removeprefix('"')
    end = LINES[len(begun) :] if begun and LINES.startswith(begun) else ""
    return end if len(end) <= 24 else ""


def apart(said: str, text: str, length: int = 24) -> tuple[str, str]:
    """What is said, and the text that it should be, both from where they first differ, with a few letters before."""
    start = said.find(text[:8])
    said = said[max(0, start) :]
    same = next((at for at, pair in enumerate(zip(said, text, strict=False)) if pair[0] != pair[1]), len(said))
    begins = max(0, min(same, len(text)) - 8)
    return said[begins : begins + length], text[begins : begins + length]


def replaced(streamed: str, whole: str) -> bool:
    """Whether a stream says the same as a whole answer, only with U+FFFD for letters beyond ASCII, whatever it says."""
    plain, same = (re.sub("[^\x00-\x7f]+", "\ufffd", one) for one in (streamed, whole))
    return "\ufffd" in streamed and "\ufffd" not in whole and plain == same


#: What becomes of letters on a way that doesn't keep them → how a text is changed then.
MANGLED: dict[str, Callable[[str], str]] = {
    "are escaped as HTML": lambda text: html.escape(text, quote=False),
    "are escaped as HTML, quotes too": html.escape,
    "are escaped as XML": lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    "beyond ASCII are dropped": lambda text: text.encode("ascii", "ignore").decode(),
    "beyond ASCII become question marks": lambda text: text.encode("ascii", "replace").decode(),
    "are read in another encoding": lambda text: text.encode().decode("latin-1"),
    "are brought into another form": lambda text: unicodedata.normalize("NFKC", text),
    "are taken apart": lambda text: unicodedata.normalize("NFD", text),
    "are taken for a template": lambda text: text.replace("{{it}}", ""),
    "are taken for a format": lambda text: text.replace("{{it}}", "{it}"),
}


def squeezed(said: str) -> str:
    """A text with one blank between words: models don't keep all."""
    return " ".join(said.split())


def mangled(said: str, text: str) -> str:
    """What became of a text that is said otherwise; empty if it is said as it is, or not at all."""
    ways = {way: squeezed(change(text)) for way, change in MANGLED.items() if squeezed(change(text)) != squeezed(text)}
    return next((way for way, changed in ways.items() if changed in squeezed(said)), "")


@check("messages.letters.whole", MUST, of=said_in_letters, spec="MSG-ENV-009", depth=FULL, again=2)
def test_letters_come_through(exchange: Exchange) -> None:
    """No letter of an answer MUST turn into U+FFFD or half a letter, be escaped or be lost on its way."""
    answers = [(words(one), text) for one, text in zip(exchange.before, (LINES, PLAIN), strict=False)]
    for said, text in answers:
        how = mangled(said, text)
        assert not how, f"letters {how}: {said[-60:]!r}"
    if any(squeezed(text) in squeezed(said) for said, text in answers):
        return
    said = " ".join(said for said, _ in answers)
    seen("naïve" in said or "你好" in said, "the model does not repeat the text")
    lost = "\ufffd" in said or surrogates(said)
    assert not lost, f"letters are lost: {said[:60]!r}"


#: What becomes of the ü of a name that is written into a call.
ODD_NAMES = ("\\u00fc", "\\xfc", "Ã¼", "\ufffd", "Z?rich", "Zrich", "&uuml;", "&#")


def texts(value: Any) -> list[str]:
    """All strings of an input."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [value] if isinstance(value, str) else []


@check("messages.letters.calls", SHOULD, of=both_and_streamed, spec="MSG-ENV-010 MSG-STR-009", depth=FULL, again=2)
def test_letters_come_through_calls(exchange: Exchange) -> None:
    """Letters beyond ASCII SHOULD come through the `input` of a call, whole or streamed, and not be escaped twice."""
    whole, *rest = (*exchange.before, exchange)
    inputs: list[Any] = [dict(call["input"]) for call in calls(whole)]
    for stream in rest:
        if stream.ok and stream.request.streamed:
            inputs += [parsed(said) for _, said in streamed_calls(stream)]
    said = [text for one in inputs for text in texts(one)]
    odd = [text for text in said if any(mark in text for mark in ODD_NAMES)]
    assert not odd, f"letters are not kept: the input says {odd[0][:60]!r}"
    seen("Zürich" in said, "the model calls no tool about Zürich")
