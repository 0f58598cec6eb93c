"""One conversation in which everybody tells a code word: what is in the answer has reached the model.

It shows at once what would take a request each. Only a word that is missing is asked for alone: whether it is missing
there too tells what drops it, the place where it stands or the company it is in.
"""

from __future__ import annotations

import json
from typing import Any

from samewire import (
    LIMIT,
    Exchange,
    Request,
    Scenario,
    Steps,
    assistant,
    developer,
    scenario,
    seen,
    system,
    trust,
    user,
)

from ..chat.roles import ORDER
from .effects import Effect, effect
from .reading import input_tokens, words
from .requests import CALL_ID, HELLO, PARIS, STREAM, WEATHER, text

#: Who tells a code word → the word. That of the letters is written in others than English ones.
TOLD = {
    "developer": "LEMON1180",
    "history": "PLUM4409",
    "assistant": "MELON2291",
    "parts": "GRAPE6652",
    "letters": "ЖУК4471",
    "items": "PEACH3307",
    "output": "QUINCE5512",
    "output_parts": "OLIVE9043",
    "system": "DATES7718",
    "instructions": "KIWI7731",
}
LIST = "Which code words were told in this conversation, by whomever? List every one of them, and say nothing else."
#: As long as an id of a call may be, and one of another length than both.
SECOND, THIRD = CALL_ID.ljust(64, "8"), f"{CALL_ID[:-1]}9"


def tells(who: str) -> str:
    """A sentence that tells the code word of somebody."""
    return f"A code word is {TOLD[who]}."


#: What the arguments of a call told, which models may keep to themselves.
IN_CALL = "CAROB2856"
NOTE = f"A code word is {IN_CALL}."
#: What is said in place of a code word.
NOTHING = "Hi."


def listed(content: object) -> dict[str, object]:
    """A message of the user in the form that the endpoint itself lists it in, but for its id."""
    return {"type": "message", "role": "user", "status": "completed", "content": content}


def typed(content: object) -> dict[str, object]:
    """A message of the user in the easy form, with its type said."""
    return {"type": "message", **user(content)}


def said(words: str) -> dict[str, object]:
    """A message of the assistant's in parts, as a client writes it that kept the words alone: no id, no status."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": words}]}


def output(call: str, said: object) -> dict[str, object]:
    """What a tool gave."""
    return {"type": "function_call_output", "call_id": call, "output": said}


def noted(note: str) -> dict[str, object]:
    """A call whose arguments tell something."""
    return {**PARIS, "call_id": THIRD, "arguments": json.dumps({"city": "Rome", "note": note})}


#: What an item has beside its content where it was listed by the endpoint.
AS_LISTED = {"id": "fc_0123456789abcdef0123456789abcdef0123456789abcdef", "status": "completed"}
#: An item as a response holds it, in full.
SPOKEN = {
    "type": "message",
    "id": "msg_0123456789abcdef0123456789abcdef0123456789abcdef",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": f"{tells('items')} I will look it up.", "annotations": []}],
}
TELLS = HELLO.but(
    instructions=tells("instructions"),
    input=[
        developer([text("Be brief."), text(tells("developer"))]),
        # One may speak in several messages, as some clients keep them: neither the first of them nor the last is all.
        typed(tells("history")),
        user("Remember it."),
        said("I will."),
        assistant(tells("assistant")),
        assistant("It is kept."),
        user([text(tells("parts")), text(f"{tells('letters')} Look up the weather in three cities.")]),
        SPOKEN,
        PARIS,
        {**PARIS, "call_id": SECOND, "arguments": '{"city": "London"}'},
        noted(NOTE),
        {**output(CALL_ID, tells("output")), **AS_LISTED},
        output(SECOND, [text("The weather is fine."), text(tells("output_parts"))]),
        output(THIRD, ""),
        system(tells("system")),
        listed([text("One thing more.")]),
        user(LIST),
    ],
    tools=[WEATHER],
    tool_choice="none",
    **LIMIT(160),
)
#: The same where the arguments tell nothing.
UNNOTED = TELLS.but(
    input=[noted(NOTHING) if one.get("call_id") == THIRD and "name" in one else one for one in TELLS.body["input"]]
)
TELLS_STREAM = STREAM.but(**TELLS.body)
#: All words in one message: whether the model can list them at all. The question first: a parrot shows itself by it.
IN_ONE = HELLO.but(input=[user(" ".join([LIST, *map(tells, TOLD)]))], **LIMIT(160))
#: The same where nobody tells a word: by so many tokens they are shorter.
UNTOLD_IN_ONE = HELLO.but(input=[user(" ".join([LIST, *[NOTHING] * len(TOLD)]))], **LIMIT(160))


def wordless(value: Any) -> Any:
    """The same without any code word."""
    if isinstance(value, str):
        for who in TOLD:
            value = value.replace(tells(who), NOTHING)
        return value
    if isinstance(value, dict):
        return {name: wordless(one) for name, one in value.items()}
    return [wordless(one) for one in value] if isinstance(value, list) else value


UNTOLD = TELLS.but(**{name: wordless(TELLS.body[name]) for name in ("instructions", "input")})


def uncounted(every: Exchange, untold: Exchange, in_one: Exchange, untold_in_one: Exchange) -> float | None:
    """How many of the words told are not counted in the long conversation, by what they take in one message, if any."""
    counts = [input_tokens(one) if one.ok else None for one in (every, untold, in_one, untold_in_one)]
    long, bare, short, plain = (one or 0 for one in counts)
    return len(TOLD) * (1 - (long - bare) / (short - plain)) if all(counts) and short > plain else None


def hears(said: str, who: str) -> bool:
    """Whether an answer has the code word of somebody."""
    return TOLD[who].lower() in said.lower()


def heard(who: str, alone: Request, able: Request, plain: Request, peer: Request | None = None) -> Scenario:
    """Whether what somebody tells reaches the model: beside all others, or alone where it doesn't.

    Args:
        who: one of those who tell a word.
        alone: tells the word, and asks for it.
        able: asks for it in a way that surely arrives.
        plain: asks for it, and tells it nowhere.
        peer: tells the word by the mouth of somebody whom one heeds no more, if there is one.
    """

    def steps() -> Steps:
        every: Exchange = yield TELLS
        if every.ok and hears(words(every), who):
            return Effect(True)
        return (yield from effect(alone, able, plain, lambda said: hears(said, who) and ORDER not in said, peer=peer))

    spare = (alone, able, plain, *([peer] if peer is not None else []))
    return scenario(TELLS, spare=spare, name=f".{who}")(steps)


#: Who speaks with the system's voice: some models keep to themselves what it says.
BY_SYSTEM = ("developer", "system", "instructions")
KEPT = HELLO.but(instructions=tells("instructions"), input=[user(LIST)])


def lost(every: Exchange, alone: dict[str, Request]) -> Steps:
    """Those whose words are lost in company, though the model can list all; None if one is lost or refused alone too.

    Args:
        every: the conversation in which all tell a word; if it was refused, all are asked for alone.
        alone: who tells a word → the request in which nobody else does.
    """
    missing = [who for who in TOLD if not every.ok or not hears(words(every), who)]
    for who in missing:
        single: Exchange | None = (yield alone[who]) if who in alone else None
        # Where all are refused at once, that each is taken alone says enough.
        if single is not None and not (single.ok and (not every.ok or hears(words(single), who))):
            return None
    if every.ok and missing and all(who in BY_SYSTEM for who in missing):
        kept: Exchange = yield KEPT
        # Alone they give orders, which are followed; what else they say is kept secret.
        if kept.ok and not hears(words(kept), "instructions"):
            return []
    able: Exchange | None = (yield IN_ONE) if every.ok and missing else None
    # A model that doesn't list them all shows nothing by what it leaves out.
    return missing if able is not None and lists(able) else []


def lists(in_one: Exchange) -> bool:
    """Whether the model lists all code words of one message, and doesn't just repeat the message."""
    said = words(in_one) if in_one.ok else ""
    return all(hears(said, who) for who in TOLD) and LIST.lower() not in said.lower()


#: Who tells a word in other items than messages of the user.
OTHERS = ("developer", "assistant", "items", "output", "output_parts", "system", "instructions")
BEFORE = HELLO.but(input=[user("Think of a code word."), assistant(tells("assistant")), user(LIST)], **LIMIT(32))


@scenario(TELLS, IN_ONE, spare=(BEFORE,))
def told_far_and_near() -> Steps:
    """Code words in many places, and in one message; if none but the user's are shown, in two turns."""
    every: Exchange = yield TELLS
    far = every.ok and any(hears(words(every), who) for who in OTHERS)
    if not far:
        before: Exchange = yield BEFORE
        far = not before.ok or hears(words(before), "assistant")
    yield IN_ONE
    return far


@trust(told_far_and_near)
def lists_all(exchange: Exchange) -> None:
    """Pass if the model lists all code words of one message, and is seen to read more than the user's."""
    seen(all(hears(words(exchange), who) for who in TOLD), "the model does not even list the code words of one message")
    seen(LIST.lower() not in words(exchange).lower(), "the model only repeats the last message")
    seen(exchange.found, "the model is not seen to read more than the user's messages")
