"""Models as mocks have them, which read little or count little: that is not held against the server."""

from __future__ import annotations

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.variants.moods import BINDING, CODE, say, text_of
from samewire.reference.variants.registry import variant

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


def _hearing(call: Call, heard: str) -> None:
    """Know no code word that is not among what was heard."""
    for answer in call.answers:
        if answer.reason != "length" and not answer.calls and not answer.text.startswith("{"):
            say(answer, CODE.sub(lambda code: code[0] if code[0] in heard else "nothing", answer.text))


@variant("near_sighted", "The model reads the last message alone.", "answers", blocks=("*",))
def near_sighted(call: Call) -> None:
    """Hear the last message."""
    _hearing(call, text_of(call.body["messages"][-1]))


@variant("users_alone", "The model reads what the user says alone.", "answers", blocks=("*",))
def users_alone(call: Call) -> None:
    """Hear the user."""
    _hearing(call, " ".join(text_of(one) for one in call.body["messages"] if one.get("role") == "user"))


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
