"""One conversation that holds a code word in every place where words may stand.

Whoever names a word has read its place. So one request shows what else would take many; only what it doesn't show is
asked for by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from samewire import LIMIT, Exchange, assistant, seen, system, text, tool_result, trust, user

from .reading import streamed_words, words
from .requests import HELLO, STREAM, TOOLS
from .tools import PARIS

#: Place → the code word that stands there.
CODES = {
    "the system message in parts": "TAMARIND1609",
    "the first turn": "MEDLAR2718",
    "the text beside a call": "PLUM4409",
    "the result of a tool": "SERVICE8127",
    "the first of two parts": "SOURSOP5043",
}
BY_SYSTEM, BY_USER, BY_ASSISTANT, BY_TOOL, IN_PART = CODES.values()
ORDINALS = ("first", "second", "third", "fourth", "fifth")
#: Code word → the sentence that tells it.
TOLD = {code: f"The {name} code word is {code}." for name, code in zip(ORDINALS, CODES.values(), strict=True)}
ASK = "What are all the code words? List every one of them, and say nothing else."
EVERYWHERE = TOOLS.but(
    messages=[
        system([text(TOLD[BY_SYSTEM])]),
        user(TOLD[BY_USER]),
        assistant(TOLD[BY_ASSISTANT], tool_calls=[PARIS]),
        tool_result(str(PARIS["id"]), TOLD[BY_TOOL]),
        assistant("I see."),
        user([text(TOLD[IN_PART]), text(ASK)]),
    ],
    **LIMIT(96),
).after(HELLO)
EVERYWHERE_STREAM = STREAM.but(**EVERYWHERE.body)
#: All of it in one message: whether the model lists so much at all.
LISTED = HELLO.but(messages=[user(f"{' '.join(TOLD.values())} {ASK}")], **LIMIT(96))


def holds(*codes: str) -> Callable[[str], bool]:
    """Whether an answer has these code words."""
    return lambda said: all(code.lower() in said.lower() for code in codes)


def names(exchange: Exchange, *codes: str) -> bool:
    """Whether a whole or streamed answer names all of these code words."""
    return exchange.ok and holds(*codes)(streamed_words(exchange) if exchange.streamed else words(exchange))


@trust(LISTED)
def lists_all(exchange: Exchange) -> None:
    """Pass if the model lists all code words that it is told in one message."""
    seen(names(exchange, *CODES.values()), "the model does not even list the code words of one message")
