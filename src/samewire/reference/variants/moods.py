"""Models with moods: what they leave out, mishear or say instead must not be held against the server.

Each answer's mood follows from its request and from how often that came, so that a run can be repeated.
"""

from __future__ import annotations

import json
import random
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call, Finished
from samewire.reference.faults.responses.declaring import made
from samewire.reference.faults.responses.ignored import without_parts
from samewire.reference.messages_prompt import prompt
from samewire.reference.variants.registry import variant

#: Parts of a request that decide what is said, whatever the mood.
BINDING = ("stop", "stop_sequences", "logit_bias", "seed", "response_format")
PATHS = {"": "/chat/completions", "responses.": "/responses", "messages.": "/messages"}
CODE = re.compile(r"\b[^\W\d_]{3,}\d{4}\b")
IDLE = re.findall(r"\S+", "I like to talk about the sea, the sky, and the ships that sail on it every day of the year.")

Mood = Callable[[str, random.Random], str]


def forgetful(text: str, chance: random.Random) -> str:
    """Leave out every other code word."""
    return CODE.sub(lambda code: code[0] if chance.random() < 0.5 else "something", text)


def distracted(text: str, chance: random.Random) -> str:
    """Talk of something else now and then."""
    return " ".join(chance.choices(IDLE, k=chance.randrange(1, 20))) if chance.random() < 0.4 else text


def stubborn(text: str, chance: random.Random) -> str:
    """Leave out the same code words each time."""
    return forgetful(text, chance)


def sloppy(text: str, chance: random.Random) -> str:
    """Lose a word, or all capitals."""
    words = text.split(" ")
    if len(words) > 1 and chance.random() < 0.5:
        words.pop(chance.randrange(len(words)))
    return " ".join(words).lower() if chance.random() < 0.3 else " ".join(words)


def taciturn(text: str, chance: random.Random) -> str:
    """Say one word."""
    return text.split()[0] if text.split() else text


def say(answer: Finished, text: str) -> None:
    """Have it say something else."""
    answer.text, answer.tokens = text, tokens.tokenize(text)
    answer.spent = len(answer.tokens) + answer.thought


def _moody(mood: Mood) -> Callable[[Call], None]:
    def step(call: Call) -> None:
        if any(call.body.get(name) is not None for name in BINDING):
            return
        asked = zlib.crc32(call.request.body)
        heard: Counter[int] = call.memory.setdefault("heard", Counter())
        heard[asked] += mood is not stubborn
        chance = random.Random(asked + heard[asked])
        for answer in call.answers:
            if answer.reason != "length" and not answer.calls and not answer.text.startswith("{"):
                say(answer, mood(answer.text, chance))

    return step


for _prefix, _path in PATHS.items():
    for _mood in (forgetful, distracted, sloppy, taciturn):
        variant(
            f"{_prefix}{_mood.__name__}", f"The model has moods. {_mood.__doc__}", "answers", blocks=("*",), where=_path
        )(_moody(_mood))
    # What it leaves out through one protocol, and not through another, was not dropped by the server.
    variant(
        f"{_prefix}stubborn",
        f"The model has moods. {stubborn.__doc__}",
        "answers",
        blocks=("*",),
        where=_path,
        also=("chat",) if _prefix else ("responses", "messages"),
    )(_moody(stubborn))


def text_of(message: Any) -> str:
    """The words of a message."""
    content = message if isinstance(message, str) else message.get("content") or message.get("output") or ""
    parts = [content] if isinstance(content, str) else [part.get("text") or "" for part in content]
    return " ".join(part for part in parts if isinstance(part, str))


def parrot(call: Call) -> None:
    """Say the last message again, as mocks do: what it names was not read anywhere else."""
    if any(call.body.get(name) is not None for name in (*BINDING, "text", "output_config")):
        return
    said = call.body.get("messages") or call.body.get("input") or ""
    heard = tokens.tokenize(text_of(said if isinstance(said, str) else said[-1]))
    limits = (call.body.get(name) for name in ("max_completion_tokens", "max_tokens", "max_output_tokens"))
    limit = next((one for one in limits if one is not None), len(heard))
    for answer in call.answers:
        if not answer.calls and not answer.thought:
            say(answer, "".join(heard[:limit]))
            whole, cut = ("end_turn", "max_tokens") if call.path == "/messages" else ("stop", "length")
            answer.reason = whole if len(heard) <= limit else cut


for _prefix, _path in PATHS.items():
    variant(f"{_prefix}parrot", "The model repeats the last message.", "answers", blocks=("*",), where=_path)(parrot)


def blank_ended(call: Call) -> None:
    """Answer with line ends alone, as base models do, more of them at one time than at another."""
    if any(call.body.get(name) is not None for name in (*BINDING, "text", "output_config")):
        return
    lines = 4 + 7 * (call.number % 5)
    for answer in call.answers:
        if not answer.calls and not answer.thought and len(answer.tokens) > lines:
            say(answer, "\n \n" * lines)


for _prefix, _path in PATHS.items():
    variant(f"{_prefix}blank_ended", "The model says line ends, more or fewer.", "answers", blocks=("*",), where=_path)(
        blank_ended
    )


@variant(
    "tools_of_its_own",
    "Where a tool is to take the odd, the model makes up another.",
    "answers",
    blocks=("chat.strict.*",),
)
def tools_of_its_own(call: Call) -> None:
    """Call what nobody declared."""
    for answer in call.answers:
        answer.calls = [
            (identifier, "do_it", '{"what": "it"}') if name in ("set_level", "plan_trip") else (identifier, name, said)
            for identifier, name, said in answer.calls
        ]


@variant(
    "wordy_before_calls",
    "After a result, the model says much before it calls, and is cut off.",
    "answers",
    blocks=(
        "chat.tool_stream.second_turn",
        "chat.tools.fresh_ids",
    ),
)
def wordy_before_calls(call: Call) -> None:
    """Come to no call."""
    if any(one.get("role") == "tool" for one in call.body["messages"]) and call.body.get("tool_choice") == "required":
        for answer in call.answers:
            limit = call.body.get("max_completion_tokens") or call.body.get("max_tokens") or 16
            answer.tokens = ["and "] * limit
            answer.calls, answer.text, answer.reason, answer.spent = [], "and " * limit, "length", limit


@variant(
    "responses.half_blind",
    "The model says one sentence, and another where there are pictures, which aren't counted.",
    "answers",
    blocks=("*",),
    where="/responses",
)
def half_blind(call: Call) -> None:
    """See that there is something, and no more."""
    if call.body.get("text") is not None:
        return
    asked = json.dumps(call.body.get("input"))
    said = "I see an image." if '"input_image"' in asked else "I am a small model."
    counted = call.prompt_tokens
    without_parts(call, "input_image")
    call.prompt_tokens = min(counted, call.prompt_tokens)
    for answer in call.answers:
        if not answer.calls and answer.reason != "length":
            say(answer, said)


@variant("responses.preamble", "A message of its own comes before what is said.", "document", where="/responses")
def preamble(call: Call) -> None:
    """Clear one's throat."""
    for one in made(call):
        if call.body and "Say exactly" in json.dumps(call.body.get("input")):
            part = {"type": "output_text", "text": "Well.", "annotations": [], "logprobs": []}
            told = {"role": "assistant", "status": "completed", "content": [part]}
            one["output"].insert(0, {"id": f"msg_{uuid.uuid4().hex}", "type": "message", **told})


@variant(
    "messages.results_alone",
    "Once a tool has answered, the model says what it returned, and nothing else.",
    "answers",
    blocks=("*",),
    where="/messages",
)
def results_alone(call: Call) -> None:
    """Say what came back, whatever is asked and was said before."""
    last = call.body["messages"][-1]["content"]
    results = [one for one in last if isinstance(one, dict) and one.get("type") == "tool_result"]
    if not results:
        return
    body = {"messages": [{"role": "user", "content": results}]}
    heard = prompt(replace(call, body=body)).said
    told = [word for one in heard for word in (one.text, *one.colours) if word]
    said = tokens.tokenize(f"The tool says: {' '.join(told) or 'nothing'}")[: call.body["max_tokens"]]
    for answer in call.answers:
        if not answer.calls:
            say(answer, "".join(said))


@variant(
    "responses.beside_a_call",
    "Where a tool is at hand beside a schema, the model calls it, and says something beside that.",
    "answers",
    blocks=("responses.format.stream", "responses.parameters.stream_logprobs*", "responses.stream.*"),
    where="/responses",
)
def beside_a_call(call: Call) -> None:
    """Look it up first."""
    if call.streamed and call.body.get("text") and call.body.get("tools") and call.body.get("tool_choice") == "auto":
        for answer in call.answers:
            say(answer, "I will look that up.")
            answer.calls = [(f"call_{uuid.uuid4().hex}", "get_weather", '{"city": "Paris"}')]


@variant(
    "responses.declines",
    "The model declines whatever it is asked, and says so in a refusal.",
    "document",
    blocks=("*",),
    where="/responses",
)
def declines(call: Call) -> None:
    """Say no."""
    for one in made(call):
        for item in one["output"] if call.request.method == "POST" else ():
            if item["type"] == "message" and not (call.body or {}).get("text"):
                item["content"] = [{"type": "refusal", "refusal": "I can't help with that."}]


@variant("terse", "The model says six words at most.", "answers", blocks=("*",))
def terse(call: Call) -> None:
    """Be short."""
    for answer in () if any(call.body.get(name) is not None for name in BINDING) else call.answers:
        if not answer.calls and answer.reason != "length":
            words = answer.text.removeprefix("It is ").replace(" and ", " ").split(" ")
            say(answer, " ".join(words) if len(words) <= 6 else f"{' '.join(words[:6]).rstrip(',')}.")


@variant("gathers", "The model counts without blanks, and ninety letters come at a time.", "answers", blocks=("*",))
def gathers(call: Call) -> None:
    """Send what a line holds."""
    for answer in () if call.body.get("logprobs") else call.answers:
        if not answer.calls and answer.reason != "length":
            text = answer.text.replace(", ", ",") if call.body.get("response_format") is None else answer.text
            answer.text, answer.tokens = text, [text[at : at + 90] for at in range(0, len(text), 90)]
