"""A small model that follows rules: obedient enough to show what an endpoint did with a request.

It repeats what it is told to repeat, counts, remembers code words, names the colours of pictures, fills in JSON
Schemas and calls tools. What it can't do it answers with a friendly sentence, like bigger ones.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from samewire.reference.fill import fill
from samewire.reference.pictures import NAMED

__all__ = ["Answer", "Prompt", "Said", "ToolCall", "reply"]


@dataclass(frozen=True)
class Said:
    """One message as the model sees it; of a tool's result also what the call asked for, if that is known."""

    role: str
    text: str
    name: str = ""
    colours: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    asked: str = ""


@dataclass(frozen=True)
class Prompt:
    """All that the model sees.

    Attributes:
        said: the messages.
        tools: name → (description, parameters) of the tools it may call; of a custom tool the parameters are None.
        strict: the names of tools whose schemas bind it even where the question asks otherwise.
        choice: ``none``, ``auto``, ``required`` or a tool's name.
        parallel: whether it may call several at once.
        schema: the schema that its answer must satisfy, or None.
        json: whether its answer must be a JSON object.
        lively: how much its words vary: 0 for not at all.
        seed: makes lively words the same again; None for no seed.
    """

    said: Sequence[Said]
    tools: dict[str, tuple[str, Any]] = field(default_factory=dict)
    strict: frozenset[str] = frozenset()
    choice: str = "none"
    parallel: bool = True
    schema: Any = None
    json: bool = False
    lively: float = 0.0
    seed: int | None = None


@dataclass
class ToolCall:
    """A call of a tool; the arguments are JSON text."""

    name: str
    arguments: str


@dataclass
class Answer:
    """What the model says: text, or calls of tools."""

    text: str = ""
    calls: list[ToolCall] = field(default_factory=list)


_QUOTED = r"[\"“'`](?P<quoted>.+?)[\"”'`](?=[\s.,;:!?)]|$)"
_ORDER = re.compile(
    r"\b(?:reply|answer|respond|say|repeat|echo|write|output)\b[^.:\n]{0,80}?"
    rf"(?:(?:only|exactly|just)?(?: with| by)?[^.:\n\"“'`]{{0,60}}?{_QUOTED}|:\s*(?P<rest>.+))",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(
    r"\b(?:reply|answer|respond|say)\b[^.\n]{0,60}\b(?:only|exactly|just|nothing but)\b(?: with)?(?: the)?"
    r"(?: word| code| token)?\s+(?P<word>[A-Z][A-Z0-9-]{2,})",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\bcount\b.*?\b(?:from (?P<low>\d+) )?to (?P<high>\d+|five|ten|twenty)", re.IGNORECASE | re.DOTALL)
_SECRET = re.compile(r"\b(?:code ?word|password|secret|token|number)\s+(?:is|:)\s*(?P<secret>[\w-]+)", re.IGNORECASE)
_ASKS_SECRET = re.compile(
    r"\b(?:what|which|tell|repeat|name)\b.*\b(?:code ?words?|passwords?|secrets?|tokens?|numbers?)\b", re.I | re.S
)
_PROPER = re.compile(r"(?<=[a-z,] )([A-Z][a-zà-ÿ]+)\b")
_PLACE = re.compile(r'"city": "([A-Z][a-zà-ÿ]+)"')
#: Parameters that are filled with the place that is asked about.
PLACES = ("city", "location", "place")
NUMBERS = {"five": 5, "ten": 10, "twenty": 20}
GREETINGS = (
    "Hello! I am the reference model, and I am glad to meet you.",
    "Hello there! This is the reference model speaking, happy to help.",
    "Good day! The reference model greets you warmly from the other side of the wire.",
    "Hello, hello! It is a pleasure, says the reference model.",
)
#: What a lively model adds: so many things that it hardly ever says the same twice.
CLOSINGS = tuple(
    f"{wish} {which} {day} of {month}!"
    for wish in ("Have a good", "Enjoy your", "Enjoy the")
    for which in ("first", "second", "third", "fourth", "last")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "weekend")
    for month in ("January", "February", "March", "April", "May", "June", "July", "August", "autumn", "winter")
)


def reply(prompt: Prompt) -> Answer:
    """What the model says to a prompt."""
    chance = random.Random(prompt.seed) if prompt.lively and prompt.seed is not None else random.Random()
    calls = _calls(prompt)
    if calls:
        return Answer(calls=calls)
    if prompt.schema is not None:
        return Answer(
            json.dumps(fill(prompt.schema, {**_words(prompt.said), **_lists(prompt.said)}), ensure_ascii=False)
        )
    text = _text(prompt, chance)
    if prompt.json:
        text = text if _is_object(text) else json.dumps({"answer": text}, ensure_ascii=False)
    return Answer(text)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _last_user(said: Sequence[Said]) -> str:
    return next((one.text for one in reversed(said) if one.role == "user"), "")


def _calls(prompt: Prompt) -> list[ToolCall]:
    if not prompt.tools or prompt.choice == "none":
        return []
    last = prompt.said[-1] if prompt.said else Said("user", "")
    text = _last_user(prompt.said)
    if prompt.choice in prompt.tools:
        wanted = [prompt.choice]
    else:
        wanted = [name for name in prompt.tools if _mentions(text, name)]
        if prompt.choice == "auto" and (not wanted or last.role != "user"):
            return []
        several = prompt.parallel and "all at once" in text
        wanted = wanted if several and wanted else wanted[:1] or list(prompt.tools)[:1]
    cities = _PROPER.findall(text) or ["Paris"]
    cities = cities if prompt.parallel and prompt.choice not in prompt.tools else cities[:1]
    calls = []
    for name in wanted:
        # What takes nothing is called once among others.
        bare = len(wanted) > 1 and not (prompt.tools[name][1] or {}).get("properties")
        for city in dict.fromkeys(cities[:1] if bare else cities):
            calls.append(ToolCall(name, _arguments(prompt, name, text, city)))
    return calls


def _arguments(prompt: Prompt, name: str, text: str, city: str) -> str:
    """The arguments of a call: those that the question gives, unless the schema binds; else what the schema wants."""
    wanted = re.search(r"\{.*\}", text, re.DOTALL)
    if wanted and name not in prompt.strict and _is_object(wanted.group()):
        return wanted.group()
    schema = prompt.tools[name][1]
    if schema is None:
        return " ".join(_lists(prompt.said)["codes"]) or "hello" if _ASKS_SECRET.search(text) else "hello"
    given = {**_words(prompt.said), **dict.fromkeys(("*", *PLACES), city)}
    colours = _lists(prompt.said)["colours"]
    return json.dumps(fill(schema, {**given, "colour": colours[0]} if colours else given), ensure_ascii=False)


def _mentions(text: str, tool: str) -> bool:
    words = [word for word in re.split(r"[_\W]+", tool.lower()) if word not in ("get", "set", "the", "do")]
    return any(word in text.lower() for word in words)


def _words(said: Sequence[Said]) -> dict[str, str]:
    text = _last_user(said)
    quoted = re.search(_QUOTED, text)
    city = _PROPER.search(text)
    word = quoted.group("quoted") if quoted else "words"
    return {"*": word, **dict.fromkeys(PLACES, city.group(1) if city else "Paris")}


def _lists(said: Sequence[Said]) -> dict[str, list[str]]:
    """What may fill the lists of a form: the code words that it was told, and the colours that it sees."""
    told = [text for one in said for text in (one.text, *one.calls)]
    codes = [found.group("secret") for text in told for found in _SECRET.finditer(text)]
    colours = [colour for one in said if one.role == "user" for colour in one.colours]
    return {"codes": list(dict.fromkeys(codes)), "colours": colours}


def _text(prompt: Prompt, chance: random.Random) -> str:
    said = prompt.said
    for one in said:
        if one.role in ("system", "developer") and (order := _order(one.text)):
            return order
    results = _results(said)
    if said and said[-1].role in ("tool", "function"):
        return f"The tool says: {'; '.join(results)}"
    text = _last_user(said)
    pictured = _lists(said)["colours"]
    secrets = _lists(said)["codes"]
    if "image" in text.lower() or "picture" in text.lower() or "colour" in text.lower() or "color" in text.lower():
        seen = _colour(text, pictured)
        return f"{seen}. {' and '.join(secrets)}" if secrets and _ASKS_SECRET.search(text) else seen
    if _ASKS_SECRET.search(text):
        return f"It is {' and '.join(secrets)}." if secrets else "I was not told."
    if re.search(r"\bwho\b", text, re.I) and any(one.name for one in said):
        return "It was " + " and ".join(dict.fromkeys(one.name for one in said if one.name)) + "."
    if order := _order(text):
        return order
    if counted := _COUNT.search(text):
        high = counted.group("high").lower()
        return ", ".join(str(n) for n in range(int(counted.group("low") or 1), (NUMBERS.get(high) or int(high)) + 1))
    if results:
        return f"Earlier the tool said: {'; '.join(results)}"
    return f"{chance.choice(GREETINGS)} {chance.choice(CLOSINGS)}" if prompt.lively else GREETINGS[0]


def _results(said: Sequence[Said]) -> list[str]:
    """What tools have told, the last after the places that they were asked about, where there are several."""
    told = [one for one in said if one.role in ("tool", "function")]
    last = [*takewhile(lambda one: one.role == "tool", reversed(said))]
    places = [found[1] if (found := _PLACE.search(one.asked)) else "" for one in last]
    if len({*places} - {""}) < 2:
        return [one.text for one in told]
    named = [f"{place}: {one.text}" for place, one in zip(places, last, strict=True)]
    return [*(one.text for one in told[: -len(last)]), *named[::-1]]


def _order(text: str) -> str:
    """What a text orders to be said, word for word; empty if it orders nothing of the kind."""
    if found := _WORD.search(text):
        return found.group("word").rstrip(".")
    if found := _ORDER.search(text):
        return (found.group("quoted") or found.group("rest") or "").strip()
    return ""


def _colour(text: str, pictured: list[str]) -> str:
    if pictured:
        return " and ".join(dict.fromkeys(pictured)).capitalize()
    named = [name for name in NAMED if re.search(rf"\bis {name}\b", text, re.IGNORECASE)]
    return named[0].capitalize() if named else "I see no image."
