"""One conversation that holds a code word in every place where words may stand.

Whoever names a word has read its place. So one request shows what else would take many; only what it doesn't show is
asked for by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from samewire import LIMIT, Exchange, Steps, assistant, scenario, seen, system, text, tool_result, trust, user

from .reading import streamed_words, words
from .requests import HELLO, STREAM, TOOLS

#: Place → the code word that stands there.
CODES = {
    "the system message, or its second part": "TAMARIND1609",
    "the first turn": "MEDLAR2718",
    "the text beside a call": "PLUM4409",
    "the result of a tool": "SERVICE8127",
    "the first of two parts": "SOURSOP5043",
}
BY_SYSTEM, BY_USER, BY_ASSISTANT, BY_TOOL, IN_PART = CODES.values()
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
#: What stands in the arguments of a call, which models may keep to themselves.
IN_CALL = "QUINOA3907"
#: Code word → the sentence that tells it.
TOLD = {
    code: f"The {name} code word is {code}." for name, code in zip(ORDINALS, (*CODES.values(), IN_CALL), strict=False)
}
NOTED_CALL = {
    "id": "call_0123456789abcdefABCDEF03",
    "type": "function",
    "function": {"name": "get_weather", "arguments": json.dumps({"city": "Paris", "note": TOLD[IN_CALL]})},
}
PLAIN_CALL = {
    **NOTED_CALL,
    "id": "call_0123456789abcdefABCDEF02",
    "function": {"name": "get_weather", "arguments": '{"city": "London"}'},
}
ASK = "What are all the code words? List every one of them, and say nothing else."
EVERYWHERE = TOOLS.but(
    messages=[
        system([text("You have a good memory."), text(TOLD[BY_SYSTEM])]),
        user(TOLD[BY_USER]),
        # One call beside words, and one without, as most are.
        assistant(TOLD[BY_ASSISTANT], tool_calls=[PLAIN_CALL]),
        tool_result(str(PLAIN_CALL["id"]), "It is raining."),
        assistant(None, tool_calls=[NOTED_CALL]),
        tool_result(str(NOTED_CALL["id"]), TOLD[BY_TOOL]),
        assistant("I see."),
        user([text(TOLD[IN_PART]), text(ASK)]),
    ],
    **LIMIT(96),
).after(HELLO)
EVERYWHERE_STREAM = STREAM.but(**EVERYWHERE.body)
#: The same with its usage.
EVERYWHERE_METERED = EVERYWHERE_STREAM.but(stream_options={"include_usage": True}).after(STREAM)
#: All of it in one message: whether the model lists so much at all. The question first: a parrot shows itself by it.
LISTED = HELLO.but(messages=[user(f"{ASK} {' '.join(TOLD.values())}")], **LIMIT(96))

#: Place in a history that goes by no rule → the code word that stands there.
PLACES = {
    "the first part of the first of two system messages": "ALDER6035",
    "the second of two system messages": "BRIAR8471",
    "what the assistant begins with": "ROWAN2196",
    "the first of two messages of the user": "SORREL5063",
    "the first of two messages of the assistant": "HAZEL3390",
    "a message of the assistant in parts, or its second part": "MYRTLE7724",
    "the second of three parts": "LINDEN4482",
    "a system message that comes late": "CEDAR9158",
}
NOTED = {code: f"The {name} code word is {code}." for name, code in zip(ORDINALS, PLACES.values(), strict=True)}
_ONE, _TWO, _BEGUN, _USER, _SAID, _PART, _MIDST, _LATE = NOTED.values()
REFUSAL = {"type": "refusal", "refusal": "I can't sing."}
#: A history that goes by no rule: two of each role, the assistant first, its content in parts, empty or a refusal, a
#: part of the user's empty, a system message late.
UNRULY = HELLO.but(
    messages=[
        *(
            system([text(_ONE), text("Listen well.")]),
            system(_TWO),
            assistant(_BEGUN),
            user(_USER),
            user("Keep all of this in mind."),
        ),
        *(assistant(_SAID), assistant(""), assistant([text("I will."), text(_PART)])),
        *(user([text("Sing."), text(_MIDST), text("")]), assistant([REFUSAL]), system(_LATE), user(ASK)),
    ],
    **LIMIT(128),
)
NOTED_AT_ONCE = HELLO.but(messages=[user(f"{' '.join(NOTED.values())} {ASK}")], **LIMIT(128))


def holds(*codes: str) -> Callable[[str], bool]:
    """Whether an answer has these code words."""
    return lambda said: all(code.lower() in said.lower() for code in codes)


def names(exchange: Exchange, *codes: str) -> bool:
    """Whether a whole or streamed answer names all of these code words."""
    return exchange.ok and holds(*codes)(streamed_words(exchange) if exchange.streamed else words(exchange))


ASK_BOTH = user("What are the two code words? Answer with both code words and nothing else.")
FIRST, SECOND = f"The first code word is {BY_USER}.", f"The second code word is {BY_ASSISTANT}."
BOTH_NOW = HELLO.but(messages=[user(f"{FIRST} {SECOND} {ASK_BOTH['content']}")])
BOTH_BEFORE = HELLO.but(messages=[user(FIRST), assistant(SECOND), ASK_BOTH])
#: The same without one of them.
WITHOUT = (
    BOTH_BEFORE.but(messages=[user("Hm."), assistant(SECOND), ASK_BOTH]),
    BOTH_BEFORE.but(messages=[user(FIRST), assistant("Hm."), ASK_BOTH]),
)


@scenario(EVERYWHERE, LISTED, spare=(BOTH_BEFORE,))
def told_far_and_near() -> Steps:
    """Code words in many places, and in one message; if none but the user's are shown, in two turns."""
    every: Exchange = yield EVERYWHERE
    far = any(names(every, code) for code in (BY_SYSTEM, BY_ASSISTANT, BY_TOOL))
    if not far:
        before: Exchange = yield BOTH_BEFORE
        far = not before.ok or names(before, BY_ASSISTANT)
    yield LISTED
    return far


@trust(told_far_and_near)
def lists_all(exchange: Exchange) -> None:
    """Pass if the model lists all code words of one message, and is seen to read more than the user's."""
    seen(names(exchange, *CODES.values()), "the model does not even list the code words of one message")
    seen(not holds(ASK)(words(exchange)), "the model only repeats the last message")
    seen(exchange.found, "the model is not seen to read more than the user's messages")
