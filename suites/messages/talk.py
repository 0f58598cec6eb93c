"""One conversation that holds a code word in every place where words may stand.

Whoever names a word has read its place. So one request shows what else would take many; only what it doesn't show is
asked for by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from samewire import LIMIT, Exchange, Request, Scenario, Steps, assistant, scenario, text, user

from ..chat.effects import arrives as alone_arrives
from .effects import Effect, effect, told
from .requests import HELLO, MANY, TOOLS, result, streamed, use

PARIS = use("toolu_01A09q90qw90lq917835lq9", "get_weather", {"city": "Paris"})
#: As other endpoints name their calls: conversations go on elsewhere.
LONDON = use("call_01B09q90qw90lq917835lq8", "get_weather", {"city": "London"})
BOOKS = use("toolu_01C09q90qw90lq917835lq7", "find_books", {})
#: Place → the code word that stands there.
CODES = {
    "the system prompt": "PLUM4409",
    "the rest of the system prompt": "MEDLAR2718",
    "the first turn": "SORREL5063",
    "the first of several blocks": "BRIAR8471",
    "the assistant's text beside a call": "ROWAN2196",
    "the first result": "QUINCE5512",
    "the second result": "DAMSON3316",
    "the text after a result": "ALDER6035",
    "the input of a call": "HAZEL7249",
    "the assistant's turn, a string": "CEDAR9284",
}
SYSTEM, REST, TURN, BLOCK, ASSISTANT, FIRST, SECOND, AFTER, INPUT, STATED = CODES.values()
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
#: Code word → the sentence that tells it.
TOLD = {code: f"The {name} code word is {code}." for name, code in zip(ORDINALS, CODES.values(), strict=True)}
SUNNY = (
    "It is sunny and dry, with a light wind from the west and a few clouds towards the evening. The night will be "
    "clear and cool, with mist near the river before dawn. Tomorrow begins bright, and showers may come from the sea "
    "in the late afternoon, though most places will stay dry."
)
RAINING = (
    "It is raining, and it will go on raining until the morning, with a strong wind from the north. Streets near the "
    "harbour may be under water for some hours. Tomorrow is going to be calmer, with sunny spells between clouds, and "
    "a little warmer than today."
)


def noted(call: dict[str, Any]) -> dict[str, Any]:
    """A call whose input tells a code word, too."""
    return {**call, "input": {**call["input"], "note": TOLD[INPUT]}}


#: What was said before the turn that led to a call is history as well, and some keep what belongs to the call alone.
TALK = [
    user(TOLD[TURN]),
    assistant("I will remember it."),
    user([text(TOLD[BLOCK]), text("What is the weather in Paris and in London?")]),
    assistant([text(f"{TOLD[ASSISTANT]} I will look it up."), PARIS, noted(LONDON)]),
    user(
        [
            result(str(PARIS["id"]), f"{SUNNY} {TOLD[FIRST]}"),
            result(str(LONDON["id"]), [text(RAINING), text(TOLD[SECOND])]),
        ]
    ),
    assistant([BOOKS]),
    user(
        [
            {"type": "tool_result", "tool_use_id": BOOKS["id"]},
            text(TOLD[AFTER]),
            text("What are all the code words? List every one of them, and say nothing else."),
        ]
    ),
]
TOGETHER = TOOLS.but(
    system=[text(TOLD[SYSTEM]), text(TOLD[REST])], messages=TALK, tools=MANY.body["tools"][:3], **LIMIT(160)
)
#: Turns that say nothing: some keep no more than the last ten or twenty.
IDLE = [user("Is that all?"), assistant("There is more to come.")] * 9
#: The same without tools, in a stream, for whoever does otherwise there, and long. Where it fails, each is asked for
#: by itself.
PLAIN = streamed(
    HELLO.but(
        system=[text(TOLD[SYSTEM]), text(TOLD[FIRST])],
        messages=[
            user(TOLD[TURN]),
            assistant([text("With pleasure."), text(TOLD[ASSISTANT])]),
            assistant(TOLD[STATED]),
            *IDLE,
            user(TOLD[REST]),
            user(TOLD[SECOND]),
            user([text(TOLD[BLOCK]), text(TOLD[AFTER]), TALK[-1]["content"][-1]]),
        ],
        **LIMIT(128),
    )
).after(HELLO)


def as_strings(turn: dict[str, Any]) -> dict[str, Any]:
    """A turn in which the blocks of results are strings."""
    results = [
        {**one, "content": " ".join(part["text"] for part in one["content"])}
        if isinstance(one, dict) and isinstance(one.get("content"), list)
        else one
        for one in turn["content"]
    ]
    return {**turn, "content": results if isinstance(turn["content"], list) else turn["content"]}


#: As coding agents send it: with the user's id. The system prompt and all results are strings.
TOGETHER_STREAM = streamed(
    TOGETHER.but(
        system=f"{TOLD[SYSTEM]} {TOLD[REST]}", messages=[*map(as_strings, TALK)], metadata={"user_id": "samewire"}
    )
)
NAMELESS_STREAM = streamed(TOGETHER)


def names(exchange: Exchange, *codes: str) -> bool:
    """Whether an answer names all of these code words."""
    said = told(exchange).lower()
    return exchange.ok and all(code.lower() in said for code in codes)


def among(
    every: Request,
    there: Callable[[Exchange], bool],
    treated: Request,
    able: Request,
    plain: Request,
    shows: Callable[[str], bool],
    first: Request | None = None,
    hints: Iterable[str] = (),
) -> Scenario:
    """Whether a thing arrives: among everything else, and if it doesn't show there, by itself.

    Args:
        every: the conversation that holds everything.
        there: whether its answer shows the thing.
        treated, able, plain, shows, hints: as for ``effect``.
        first: what must be accepted if everything together isn't, since this goes beyond it.
    """

    def steps() -> Steps:
        whole: Exchange = yield every
        if whole.ok and there(whole):
            return Effect(True)
        if not whole.ok and first is not None:
            before: Exchange = yield first
            before.accepted()
        return (yield from effect(treated, able, plain, shows, hints=hints))

    spare = (treated, able, plain, *([first] if first is not None else ()))
    return scenario(every, spare=spare, name=f".{treated.id}")(steps)


def arrival(
    *codes: str,
    treated: Request,
    able: Request,
    plain: Request,
    shows: Callable[[str], bool],
    every: Request = TOGETHER,
    first: Request | None = None,
) -> Scenario:
    """Whether code words arrive: in a conversation that holds many, and if not, by themselves."""
    return among(every, lambda whole: names(whole, *codes), treated, able, plain, shows, first)


def arrives(exchange: Exchange, what: str, least: int = 4, *, text: bool = True, same: str = "") -> None:
    """Say *ignored* unless the thing arrived, among everything else or by itself; *unsupported* if it was refused."""
    found: Effect | None = exchange.found
    # Only where it doesn't show, two controls come after the request with the thing.
    alone = exchange.before[-2:] if found is not None and not found.shown else ()
    alone_arrives(replace(exchange, before=alone), what, least, text=text, same=same)
