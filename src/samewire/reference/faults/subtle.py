"""Faults that hide in company: in several calls, several choices, a second turn, a stream beside a stop sequence."""

from __future__ import annotations

import json
import re
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call, Finished
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions, deltas, fault


def _messages(call: Call) -> list[dict[str, Any]]:
    given = call.body.get("messages") if isinstance(call.body, dict) else None
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _say(answer: Finished, text: str) -> None:
    answer.text, answer.tokens = text, tokens.tokenize(text)


def _entries(call: Call) -> list[dict[str, Any]]:
    return [entry for choice in choices(call) for entry in (choice.get("logprobs") or {}).get("content") or ()]


def _fragments(call: Call) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The fragments of tool calls that have a function, each with its delta."""
    every = [(delta, one) for delta in deltas(call) for one in delta.get("tool_calls") or ()]
    return [(delta, one) for delta, one in every if "function" in one]


@fault(
    "subtle.role_function",
    "Messages of the role function are answered 500.",
    "body",
    {"chat.functions.result": "broken"},
)
def role_function(call: Call) -> None:
    """Know no such role."""
    if any(one.get("role") == "function" for one in _messages(call)):
        raise Refusal(500, "Internal server error", type="server_error")


@fault(
    "subtle.five_alternatives",
    "Where no alternatives are asked for, five come.",
    "document",
    {"chat.sampling.no_top_logprobs": "broken"},
)
def five_alternatives(call: Call) -> None:
    """Give more than was wanted."""
    for entry in _entries(call):
        entry["top_logprobs"] = entry["top_logprobs"] or tokens.logprobs(entry["token"], 5)["top_logprobs"]


@fault(
    "subtle.one_more_streamed",
    "A stream has one token more than the limit allows.",
    "body",
    {"chat.limits.stream_counted": "broken"},
)
def one_more_streamed(call: Call) -> None:
    """Count from 0."""
    for name in ("max_tokens", "max_completion_tokens") if call.streamed else ():
        if isinstance(limit := call.body.get(name), int) and limit > 0:
            call.body[name] = limit + 1


@fault(
    "subtle.none_later",
    'Once a tool was called, tool_choice "none" is ignored.',
    "body",
    {"chat.tool_choice.none": "ignored"},
)
def none_later(call: Call) -> None:
    """Go on as before."""
    if any(one.get("role") == "tool" for one in _messages(call)) and call.body.get("tool_choice") == "none":
        del call.body["tool_choice"]


@fault(
    "subtle.repeated_as_json",
    "The content beside a call is that call as JSON.",
    "document",
    {"chat.tools.no_markup": "broken"},
)
def repeated_as_json(call: Call) -> None:
    """Say it twice."""
    for document in completions(call):
        for choice in document["choices"]:
            if made := [one["function"] for one in choice["message"].get("tool_calls") or () if "function" in one]:
                choice["message"]["content"] = json.dumps(made)


@fault(
    "subtle.repeated_as_json_streamed",
    "In a stream, the first words beside a call are that call as JSON.",
    "chunks",
    {"chat.tool_stream.no_markup": "broken"},
    blocks=("chat.limits.max_tokens_stream",),
)
def repeated_as_json_streamed(call: Call) -> None:
    """Say first what will be done."""
    for delta, one in _fragments(call)[:1]:
        delta["content"] = json.dumps([one["function"]])


@fault(
    "subtle.stop_left_out",
    "A stop sequence is left out of the answer, which goes on.",
    "answers",
    {
        "chat.sampling.stop": "broken",
        "chat.sampling.stop_stream": "broken",
        "chat.sampling.stop_string": "broken",
    },
    blocks=("chat.sampling.stop_beside_tools",),
)
def stop_left_out(call: Call) -> None:
    """Take it for a word that nobody wants to read."""
    for answer in call.answers if call.body.get("stop") and not call.body.get("tools") else ():
        if counted := re.search(r"(\d+), $", answer.text):
            _say(answer, answer.text + ", ".join(str(one) for one in range(int(counted[1]) + 2, 31)))


@fault(
    "subtle.stop_doubles",
    "In streams with a stop sequence, the second delta repeats the first.",
    "chunks",
    {"chat.sampling.stop_stream": "broken", "chat.sampling.stop_string": "broken"},
)
def stop_doubles(call: Call) -> None:
    """Send again what was held back."""
    said = [delta for delta in deltas(call) if delta.get("content")]
    if call.body.get("stop") and len(said) > 2:
        said[1]["content"] = said[0]["content"] + said[1]["content"]


@fault("subtle.bare_first", "A stream begins with an empty delta.", "chunks", {"chat.stream.role_first": "broken"})
def bare_first(call: Call) -> None:
    """Clear its throat."""
    first = [chunk for chunk in call.chunks if any(one["delta"].get("role") for one in chunk["choices"])]
    bare = [{**chunk, "choices": [{**one, "delta": {}} for one in chunk["choices"]]} for chunk in first]
    call.chunks[:0] = bare


@fault(
    "subtle.bytes_streamed",
    "In streams, the bytes of letters that are not ASCII are those of U+FFFD.",
    "chunks",
    {"chat.sampling.logprobs_stream_bytes": "broken"},
)
def bytes_streamed(call: Call) -> None:
    """Encode what was decoded too soon."""
    for entry in _entries(call):
        if not entry["token"].isascii():
            entry["bytes"] = list("\ufffd".encode())


@fault(
    "subtle.choices_unread",
    "Of several choices, calls are left in the content.",
    "answers",
    {"chat.tool_stream.every_choice": "ignored"},
    blocks=("chat.sampling.n_stream",),
)
def choices_unread(call: Call) -> None:
    """Read one answer only."""
    for answer in call.answers if len(call.answers) > 1 else ():
        if answer.calls:
            _say(answer, "".join(f'<tool_call>{{"name": "{name}"}}</tool_call>' for _, name, _ in answer.calls))
            answer.calls, answer.reason = [], "stop"


@fault(
    "subtle.first_name",
    "In streams, all calls have the name of the first.",
    "chunks",
    {"chat.tool_stream.own_arguments": "broken"},
    blocks=("chat.tool_stream.same_types",),
)
def first_name(call: Call) -> None:
    """Look the name up once."""
    heads = [one for _, one in _fragments(call) if one["function"].get("name")]
    for head in heads[1:]:
        head["function"]["name"] = heads[0]["function"]["name"]


@fault(
    "subtle.lost_after_none",
    "In streams, the arguments of a call after one without any are lost.",
    "chunks",
    {"chat.tool_stream.arguments": "broken"},
    blocks=("chat.tool_stream.*",),
)
def lost_after_none(call: Call) -> None:
    """Stop reading at an empty object."""
    given: dict[int, str] = {}
    for _, one in _fragments(call):
        if given.get(one["index"] - 1) == "{}":
            one["function"]["arguments"] = ""
        given[one["index"]] = given.get(one["index"], "") + one["function"].get("arguments", "")


@fault(
    "subtle.text_for_numbers",
    "In streams, arguments of calls that the model may choose to make are all text.",
    "answers",
    {"chat.tool_stream.same_types": "broken"},
)
def text_for_numbers(call: Call) -> None:
    """Read them from markup, where all is text."""
    for answer in call.answers if call.streamed and call.body.get("tool_choice", "auto") == "auto" else ():
        answer.calls = [
            (
                identifier,
                name,
                json.dumps({key: part if isinstance(part, str) else json.dumps(part) for key, part in given.items()}),
            )
            for identifier, name, arguments in answer.calls
            for given in (json.loads(arguments),)
        ]


@fault(
    "subtle.words_at_the_end",
    "The chunk that ends a streamed call holds words.",
    "chunks",
    {"chat.tool_stream.finish_bare": "broken"},
)
def words_at_the_end(call: Call) -> None:
    """Think aloud."""
    for choice in choices(call) if _fragments(call) else ():
        if choice["finish_reason"] is not None:
            choice["delta"]["content"] = "The user wants me to call a tool."


@fault(
    "subtle.cut_call_fails",
    "A call in the history whose arguments are no JSON is answered 500.",
    "body",
    {"chat.history.cut_call": "broken"},
)
def cut_call_fails(call: Call) -> None:
    """Read them without care."""
    for one in _messages(call):
        for made in one.get("tool_calls") or ():
            text = (made.get("function") or {}).get("arguments")
            if isinstance(text, str) and not text.endswith("}"):
                raise Refusal(500, "Unterminated string", type="server_error")


@fault(
    "subtle.blanks_beside_tools",
    "In streams with tools at hand, deltas of blanks are dropped.",
    "chunks",
    {"chat.letters.streamed": "broken"},
)
def blanks_beside_tools(call: Call) -> None:
    """Wait for a call."""
    for delta in deltas(call) if call.body.get("tools") else ():
        if delta.get("content") and not delta["content"].strip():
            delta["content"] = ""


@fault(
    "subtle.png_alone",
    "Pictures of another kind than PNG are refused.",
    "body",
    {"chat.images.jpeg": "unsupported"},
    blocks=("chat.images.*", "chat.format.beside_pictures"),
)
def png_alone(call: Call) -> None:
    """Know one kind."""
    if "data:image/jpeg" in json.dumps(_messages(call)):
        raise Refusal(400, "The image is not valid: it is no PNG.", param="messages", code="invalid_image_format")


@fault(
    "subtle.astral_among_others",
    "Letters beyond the first plane are lost, and the model adds words of its own.",
    "answers",
    {"chat.letters.whole": "broken"},
    blocks=("chat.letters.*",),
)
def astral_among_others(call: Call) -> None:
    """Be kind, and forget the pictures."""
    for answer in call.answers:
        if "🎉" in answer.text:
            _say(answer, "Here it is:\n" + re.sub("[\U00010000-\U0010ffff]", "", answer.text) + "\nAnything else?")
