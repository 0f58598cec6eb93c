"""Models with weaknesses, in every protocol: how they call tools is theirs, and no server's fault."""

from __future__ import annotations

import json
import re
from typing import Any

from samewire.reference.call import Call, Finished
from samewire.reference.variants.moods import BINDING, CODE, PATHS, say
from samewire.reference.variants.registry import variant


def forced(body: dict[str, Any]) -> bool:
    """Whether a tool must be called."""
    choice = body.get("tool_choice") or body.get("function_call")
    kind = choice.get("type", "function") if isinstance(choice, dict) else choice
    return kind is not None and kind not in ("auto", "none")


def starved(call: Call) -> None:
    """Spend all that is allowed before anything of a call can be seen."""
    limits = (call.body.get(name) for name in ("max_completion_tokens", "max_tokens", "max_output_tokens"))
    limit: int = next((one for one in limits if one is not None), 0)
    for answer in call.answers if forced(call.body) and limit else ():
        answer.calls, answer.text, answer.tokens, answer.spent = [], "", [], limit
        answer.reason = "max_tokens" if call.path == "/messages" else "length"


def pointed(call: Call) -> None:
    """Write every whole number of a call with a point, as whoever keeps numbers as floats does."""
    for answer in call.answers:
        answer.calls = [(one, name, _pointed(said)) for one, name, said in answer.calls]


def _pointed(said: str) -> str:
    try:
        return json.dumps(json.loads(said, parse_int=float), ensure_ascii=False)
    except ValueError:  # it is cut off, or no JSON at all
        return said


def insistent(call: Call) -> None:
    """Call once more after the first results, with the same input, and answer after the second ones."""
    turns = call.body["messages"]
    chosen = call.body.get("tool_choice")
    kind = chosen.get("type") if isinstance(chosen, dict) else chosen
    if not call.body.get("tools") or kind not in (None, "auto") or not _returned(turns[-1]):
        return
    rounds = [made for one in turns if one["role"] == "assistant" and (made := _made(one))]
    if len(rounds) == 1:
        for answer in call.answers:
            answer.calls = [(f"{one}_again", name, said) for one, name, said in rounds[0]]
            answer.text, answer.tokens = "", []
            answer.reason = "tool_use" if call.path == "/messages" else "tool_calls"


def _returned(turn: dict[str, Any]) -> bool:
    """Whether a turn holds the result of a call."""
    content = turn.get("content")
    blocks = content if isinstance(content, list) else []
    return turn["role"] == "tool" or any(one.get("type") == "tool_result" for one in blocks if isinstance(one, dict))


def _made(turn: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The calls of a turn: id, name, arguments."""
    called = [
        (one["id"], one["function"]["name"], one["function"]["arguments"])
        for one in turn.get("tool_calls") or ()
        if "function" in one
    ]
    content = turn.get("content")
    blocks = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    used = [(one["id"], one["name"], json.dumps(one["input"])) for one in blocks if one.get("type") == "tool_use"]
    return [*called, *used]


def bound(call: Call) -> bool:
    """Whether the request decides what is said."""
    return any(call.body.get(name) is not None for name in (*BINDING, "text", "output_config"))


def _of_pictures(call: Call) -> list[Finished]:
    """The answers to pictures, if they may be any words."""
    pictured = re.search('"(?:input_)?image', json.dumps(call.body)) is not None
    whole = [one for one in call.answers if not one.calls and one.reason not in ("length", "max_tokens")]
    return whole if pictured and not bound(call) else []


def dim(call: Call) -> None:
    """See that there is something, and not its colour."""
    for answer in _of_pictures(call):
        say(answer, "I see something small, perhaps beige.")


def miscoloured(call: Call) -> None:
    """Name another colour."""
    for answer in _of_pictures(call):
        say(answer, re.sub("red|blue|yellow", "green", answer.text, flags=re.IGNORECASE))


def reserved(call: Call) -> None:
    """Talk of anything but pictures."""
    for answer in _of_pictures(call):
        say(answer, "I'd rather not talk about this picture.")


def absorbed(call: Call) -> None:
    """Say after a result once more what the tool was called with."""
    turns = call.body["messages"]
    rounds = [made for one in turns if one["role"] == "assistant" and (made := _made(one))]
    for answer in call.answers if rounds and _returned(turns[-1]) and not bound(call) and not forced(call.body) else ():
        if not answer.calls and answer.reason not in ("length", "max_tokens"):
            say(answer, rounds[-1][-1][2])


@variant(
    "completions.blank",
    "The model has weaknesses. It goes on with blanks and line ends.",
    "answers",
    blocks=("*",),
    where="/completions",
)
def blank(call: Call) -> None:
    """Leave lines empty."""
    for answer in call.answers if not call.body.get("echo") else ():
        answer.tokens = ["\n" if place % 3 else " " for place, _ in enumerate(answer.tokens)]
        answer.text = "".join(answer.tokens)


#: Other names of colours.
SHADES = {"red": "crimson", "blue": "navy", "yellow": "gold"}


def shaded(call: Call) -> None:
    """Name colours as painters do."""
    for answer in _of_pictures(call):
        say(answer, re.sub("red|blue|yellow", lambda found: SHADES[found[0].lower()], answer.text, flags=re.IGNORECASE))


def speechless(call: Call) -> None:
    """End at once where one is greeted."""
    for answer in call.answers if not bound(call) else ():
        if answer.text.startswith("Hello!") and not answer.calls and not answer.thought:
            say(answer, "")
            answer.spent = 1  # which ends it


@variant("latest", "The model has weaknesses. Of several results it tells the last.", "answers", blocks=("*",))
def latest(call: Call) -> None:
    """Tell what came last."""
    for answer in call.answers if not bound(call) and _returned(call.body["messages"][-1]) else ():
        say(answer, f"The tool says: {answer.text.split('; ')[-1].removeprefix('The tool says: ')}")


#: A code word that is told.
TOLD = re.compile(r"code word is ([A-Z]+\d{4})")
#: An order to say a word.
ORDERED = re.compile(r"only the word \S+")


def _of_the_system(body: dict[str, Any]) -> str:
    """What system prompts say, wherever they stand."""
    turns = [one for name in ("messages", "input") for one in _listed(body.get(name)) if isinstance(one, dict)]
    told = [one.get("content") for one in turns if one.get("role") in ("system", "developer")]
    return json.dumps([*told, body.get("system"), body.get("instructions")])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def discreet(call: Call) -> None:
    """Tell nobody what the system prompt says, though it is followed."""
    kept = set(TOLD.findall(_of_the_system(call.body)))
    for answer in call.answers if kept and not bound(call) else ():
        named = CODE.findall(answer.text)
        if kept.intersection(named) and answer.reason not in ("length", "max_tokens"):
            rest = [word for word in named if word not in kept]
            say(answer, f"It is {' and '.join(rest)}." if rest else "I am sorry, but I can't tell what I was told.")


def wilful(call: Call) -> None:
    """Follow no order of a system prompt, though it is read."""
    ordered = CODE.findall(" ".join(ORDERED.findall(_of_the_system(call.body))))
    for answer in call.answers if ordered and not bound(call) else ():
        if answer.text.strip(" .") in ordered:
            say(answer, "I am fine, thank you.")


@variant(
    "responses.lazy",
    "The model has weaknesses. It gives a tool what it takes only where that is strict.",
    "answers",
    blocks=("*",),
    where="/responses",
)
def lazy(call: Call) -> None:
    """Leave out what is not demanded."""
    tools = _listed(call.body.get("tools"))
    loose = {one.get("name") for one in tools if one.get("type") == "function" and not one.get("strict")}
    for answer in call.answers:
        answer.calls = [(one, name, "{}" if name in loose else said) for one, name, said in answer.calls]


@variant("pondering", "The model has weaknesses. It thinks for a longer or shorter while.", "answers", blocks=("*",))
def pondering(call: Call) -> None:
    """Think each time as much as it will."""
    for answer in call.answers:
        if answer.reason != "length" and call.body.get("logprobs") is None:
            answer.thought += 7 * (call.number % 9)
            answer.spent += 7 * (call.number % 9)


WEAKNESSES = (
    *(starved, pointed, insistent, dim, miscoloured, shaded, reserved, absorbed, speechless, discreet, wilful),
)
for _prefix, _path in PATHS.items():
    for _weakness in WEAKNESSES:
        if _weakness in (insistent, absorbed) and _path == "/responses":
            continue  # whose conversations may be kept elsewhere
        variant(
            f"{_prefix}{_weakness.__name__}",
            f"The model has weaknesses. {_weakness.__doc__}",
            "answers",
            blocks=("*",),
            where=_path,
        )(_weakness)
