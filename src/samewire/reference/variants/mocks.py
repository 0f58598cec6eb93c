"""Models as mocks have them, which read little or count little: that is not held against the server."""

from __future__ import annotations

import re
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.variants.moods import BINDING, CODE, say, text_of
from samewire.reference.variants.registry import nothing, variant

#: What the variants of each protocol begin with, and where it is served.
PROTOCOLS = (("", "/chat/completions"), ("responses.", "/responses"), ("messages.", "/messages"))
SET_PHRASE = "Hello! How can I help you today?"


def set_phrase(call: Call) -> None:
    """Say the same whatever is asked."""
    if any(call.body.get(name) is not None for name in BINDING):
        return
    limit = call.body.get("max_completion_tokens") or call.body.get("max_tokens")
    for answer in call.answers:
        if not answer.calls and not answer.thought:
            heard = tokens.tokenize(SET_PHRASE)
            say(answer, "".join(heard[:limit]))
            answer.reason = "length" if limit and limit < len(heard) else "stop"


variant("set_phrase", "The model says the same whatever it is asked.", "answers", blocks=("*",))(set_phrase)


#: What some templates put where nobody says what the model is.
TEMPLATE = "You are a helpful assistant, created by a laboratory to be of use to all who come to it with a question."


@variant(
    "prompt_of_the_template",
    "Without a system message a template puts one of its own, and the model says the same each time.",
    "answers",
    blocks=("*",),
)
def prompt_of_the_template(call: Call) -> None:
    """Count it."""
    set_phrase(call)
    if not any(one.get("role") in ("system", "developer") for one in call.body["messages"]):
        call.prompt_tokens += tokens.count(TEMPLATE)


def _hearing(call: Call, heard: str) -> None:
    """Know no code word that is not among what was heard."""
    for answer in call.answers:
        if answer.reason != "length" and not answer.calls and not answer.text.startswith("{"):
            say(answer, CODE.sub(lambda code: code[0] if code[0] in heard else "nothing", answer.text))


def _conversation(call: Call) -> list[Any]:
    """The messages, by whatever protocol."""
    said = call.body.get("messages") or call.body.get("input") or ""
    return [{"role": "user", "content": said}] if isinstance(said, str) else said


def near_sighted(call: Call) -> None:
    """Hear the last message."""
    _hearing(call, text_of(_conversation(call)[-1]))


def users_alone(call: Call) -> None:
    """Hear the user."""
    _hearing(call, " ".join(text_of(one) for one in _conversation(call) if one.get("role") == "user"))


for _prefix, _where in PROTOCOLS:
    for _name, _what, _hear in (
        ("near_sighted", "The model reads the last message alone.", near_sighted),
        ("users_alone", "The model reads what the user says alone.", users_alone),
    ):
        variant(f"{_prefix}{_name}", _what, "answers", blocks=("*",), where=_where)(_hear)


@variant("one_of_several", "The model tells one of several things.", "answers", blocks=("*",))
def one_of_several(call: Call) -> None:
    """Tell the first."""
    for answer in call.answers:
        if answer.reason != "length" and not answer.text.startswith("{") and len(CODE.findall(answer.text)) > 1:
            say(answer, CODE.findall(answer.text)[0])


@variant(
    "text_counted_alone",
    "The text of messages is counted alone: no tools, pictures, names or calls.",
    "answers",
    blocks=("chat.tools.offered", "chat.images.*", "chat.roles.*", "chat.history.*"),
)
def text_counted_alone(call: Call) -> None:
    """Count words."""
    call.prompt_tokens = sum(tokens.count(text_of(one)) for one in call.body["messages"])


for _prefix, _where in PROTOCOLS[1:]:
    variant(
        f"{_prefix}text_counted_alone",
        "The text of messages is counted alone: no tools, pictures, formats or calls.",
        blocks=(f"{_prefix}*",),
        where=_where,
        weighs=False,
    )(nothing)


LENGTHY = re.findall(
    r"\s*\S+",
    "Notwithstanding considerable difficulties, administrative representatives demonstrated extraordinary "
    "responsiveness, communicating straightforward recommendations throughout international organisations "
    "concerning environmental responsibilities, infrastructure modernisation, telecommunication standards, "
    "interdisciplinary collaboration, and comprehensive documentation",
)


@variant(
    "responses.long_words",
    "The model says long words whatever it is asked, each of which is a token.",
    "answers",
    blocks=("*",),
    where="/responses",
)
def long_words(call: Call) -> None:
    """Say much with little."""
    limit = call.body.get("max_output_tokens")
    if call.body.get("text") is not None:
        return
    for answer in call.answers:
        if not answer.calls and not answer.thought:
            answer.tokens = LENGTHY[:limit]
            answer.text, answer.spent = "".join(answer.tokens), len(answer.tokens)
            answer.reason = "length" if limit and limit < len(LENGTHY) else "stop"


@variant(
    "responses.helpful",
    "The model calls whatever else may help, where there is more than it needs.",
    "answers",
    blocks=("responses.call_stream.apart",),
    where="/responses",
)
def helpful(call: Call) -> None:
    """Look up the date too."""
    names = [tool.get("name") for tool in call.body.get("tools") or ()]
    for answer in call.answers:
        if answer.calls and "get_date" in names and call.body.get("parallel_tool_calls") is not False:
            answer.calls.append((f"{answer.calls[-1][0]}d", "get_date", '{"zone": "UTC"}'))
