"""Letters: text of any script comes through whole, streamed or not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

from samewire import FULL, LIMIT, MUST, Exchange, Steps, check, scenario, seen, user

from .reading import deltas, fragments, streamed_words, words
from .requests import CALL_STREAMS, HELLO, STREAM, STREAMS, WEATHER

WRITTEN = "naïve 你好世界 🎉🦜 עברית ½"
#: Letters of many scripts, what markup and JSON write otherwise, a line that is indented, and blanks in a row.
TEXT = f"{WRITTEN}\n    if 3 < 5 && ok: say('yes',  'no')"
ASK = f"Repeat this text exactly, line by line, and say nothing else:\n\n{TEXT}"
ECHO = HELLO.but(messages=[user(ASK)], **LIMIT(128))
BARE_ECHO_STREAM = STREAM.but(messages=[user(ASK)], **LIMIT(128))
#: With a tool at hand: who looks for calls in a stream holds back what looks like one.
BESIDE_TOOL = BARE_ECHO_STREAM.but(tools=[WEATHER]).after(STREAM)
#: And with a stop sequence that never comes, though the text ends as it begins: what is held back for it must follow.
ECHO_STREAM = BESIDE_TOOL.but(stop=["') NEVERMORE"]).after(STREAM)
#: What gets lost on the way → what then becomes of a text.
LOSSES: dict[str, Callable[[str], str]] = {
    "letters beyond the first plane": lambda text: re.sub("[\U00010000-\U0010ffff]", "", text),
    "letters that are not ASCII": lambda text: re.sub(r"[^\x00-\x7f]", "", text),
    "letters that are not ASCII, for question marks": lambda text: re.sub(r"[^\x00-\x7f]", "?", text),
    "signs of markup, which are escaped": lambda text: html.escape(text, quote=False),
    "signs of markup and quotes, which are escaped": html.escape,
    "signs that JSON escapes": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
}


def loss(said: str, text: str) -> str:
    """The letters that a text has lost, which may stand among others; empty if none, or if it is another text."""
    if plainly(text) in plainly(said):
        return ""
    less = {name: plainly(lossy(text)) for name, lossy in LOSSES.items()}
    return next((name for name, one in less.items() if one == plainly(said) or (len(one) > 20 and one in said)), "")


def loses_blanks(said: str, other: str) -> bool:
    """Whether one answer differs in blanks alone from another, which is the text just as it was asked for."""
    exact = plainly(other) == plainly(TEXT)
    bare = ["".join(one.replace("\\n", "").split()) for one in (said, other)]
    blanks = [(len(one.strip()), one.strip().count("\n")) for one in (said, other)]
    return exact and blanks[0] != blanks[1] and bare[0] == bare[1]


def tail(said: str, other: str) -> str:
    """The few letters that one answer lacks at its end of another, which is the text just as it was asked for."""
    cut = plainly(other) == plainly(TEXT) and said.strip() and other.strip().startswith(said.strip())
    lacking = other.strip()[len(said.strip()) :] if cut else ""
    return lacking if len(lacking) <= 24 else ""


def plainly(text: str) -> str:
    """A text without blanks at its ends and at those of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def surrogates(text: str) -> list[str]:
    """The lone surrogates of a text."""
    return [letter for letter in text if "\ud800" <= letter <= "\udfff"]


@check("chat.letters.surrogates", MUST, of=STREAMS, spec="CHAT-EQ-003", depth=FULL)
def test_no_letter_is_cut_in_two(exchange: Exchange) -> None:
    """No delta MUST hold half a letter: a lone surrogate can't be written by any client."""
    halves = [delta["content"] for delta in deltas(exchange) if surrogates(delta.get("content") or "")]
    assert not halves, f"a delta holds half a letter: {halves[0]!r}"


@check("chat.letters.call_surrogates", MUST, of=CALL_STREAMS, spec="CHAT-EQ-003 CHAT-STR-025", depth=FULL)
def test_no_letter_of_a_call_is_cut_in_two(exchange: Exchange) -> None:
    """No fragment of the `arguments` of a call MUST hold half a letter: clients join what no one can write."""
    parts = [part.get("function") or {} for every in fragments(exchange).values() for part in every]
    seen(parts, "no tool was called")
    halves = [one["arguments"] for one in parts if surrogates(one.get("arguments") or "")]
    assert not halves, f"a fragment of the arguments holds half a letter: {halves[0]!r}"


def echoed_in_a_stream() -> Steps:
    """A text of many scripts in a stream with a tool at hand and a stop sequence; what is refused is left out."""
    laden: Exchange = yield ECHO_STREAM
    if not laden.ok:
        laden = yield BESIDE_TOOL
    return laden if laden.ok else (yield BARE_ECHO_STREAM)


@scenario(ECHO, ECHO_STREAM, spare=(BESIDE_TOOL, BARE_ECHO_STREAM))
def echoed_and_streamed() -> Steps:
    """A text of many scripts, to be repeated whole and as a stream."""
    yield ECHO
    yield from echoed_in_a_stream()


@check("chat.letters.streamed", MUST, of=echoed_and_streamed, spec="CHAT-EQ-003 CHAT-STR-009", depth=FULL, again=2)
def test_letters_come_through_streams(exchange: Exchange) -> None:
    """Letters, blanks and line ends that come through whole MUST come through a stream, too, with tools at hand."""
    whole, streamed = words(exchange.before[0]), streamed_words(exchange)
    seen("🎉" in whole and "\ufffd" not in whole, "the model does not repeat the text")
    assert "\ufffd" not in streamed, f"letters are lost: {streamed[:60]!r}"
    lost = loss(streamed, whole) or ("blanks or line ends" if loses_blanks(streamed, whole) else "")
    assert not lost, f"the stream loses {lost}: {streamed[:90]!r}"
    end = tail(streamed, whole)
    assert not end, f"the stream loses the end {end!r}{', beside stop' if exchange.asked(ECHO_STREAM) else ''}"


@check("chat.letters.whole", MUST, of=echoed_and_streamed, spec="CHAT-EQ-003", depth=FULL, again=2)
def test_letters_come_through(exchange: Exchange) -> None:
    """No letter of an answer MUST get lost or turn into U+FFFD, half a letter or an escape."""
    said, streamed = words(exchange.before[0]), streamed_words(exchange)
    broken = "\ufffd" in said or surrogates(said)
    lost = loss(said, TEXT) or loss(said, streamed) or ("blanks or line ends" if loses_blanks(said, streamed) else "")
    seen(broken or lost or "naïve" in said or "你好" in said, "the model does not repeat the text")
    assert not broken, f"letters are lost: {said[:60]!r}"
    assert not lost, f"the answer loses {lost}: {said[:90]!r}"
