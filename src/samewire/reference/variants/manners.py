"""Other moods of a model, and other ways of Chat Completions to put choices into chunks and to leave things out."""

from __future__ import annotations

import secrets
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call
from samewire.reference.cutting import finished
from samewire.reference.faults.registry import completions
from samewire.reference.variants.registry import variant


def _free(call: Call) -> bool:
    """Whether the model may say what it likes."""
    form = call.body.get("response_format") or {}
    return form.get("type", "text") == "text" and not call.body.get("logit_bias")


@variant(
    "says_little",
    "The model says but a word, whatever it is asked.",
    "answers",
    blocks=(
        "chat.limits.stream_counted",
        "chat.letters.beside_logprobs",
        "chat.images.together",
        "chat.letters.streamed",
        "chat.letters.whole",
        "chat.limits.finish_reason",
        "chat.images.beside_tools",
        "chat.history.two_results",
        "chat.sampling.stop",
        "chat.sampling.stop_stream",
        "chat.sampling.stop_string",
        "chat.stream.incremental*",
        "chat.stream.whitespace",
        "chat.roles.together",
        "chat.history.heard",
        "chat.roles.system_stream",
        "chat.roles.together_stream",
        "chat.tool_stream.plain_words",
        "chat.sampling.stop_beside_tools",
        "chat.roles.developer_beside_tools",
        "chat.limits.counted",
        "chat.history.results_by_id",
    ),
)
def says_little(call: Call) -> None:
    """Nod."""
    if _free(call):
        call.answers = [
            one if one.calls else finished(model.Answer("Okay."), call.body, call.settings.reasoning)
            for one in call.answers
        ]


@variant(
    "calls_always",
    "The model calls a tool wherever it may.",
    "answers",
    blocks=(
        "chat.history.two_results",
        "chat.roles.together",
        "chat.roles.together_stream",
        "chat.tool_stream.plain_words",
        "chat.sampling.stop_beside_tools",
        "chat.roles.developer_beside_tools",
        "chat.sampling.logprobs_beside_*",
        "chat.stream.incremental_beside_tools",
    ),
)
def calls_always(call: Call) -> None:
    """Never talk."""
    tools = [tool["function"] for tool in call.body.get("tools") or () if tool["type"] == "function"]
    if not tools or call.body.get("tool_choice") not in (None, "auto") or not _free(call):
        return
    shape = {tools[0]["name"]: ("", tools[0].get("parameters") or {"type": "object"})}
    said = model.reply(model.Prompt([model.Said("user", "Go.")], shape, choice=tools[0]["name"]))
    call.answers = [one if one.calls else finished(said, call.body, call.settings.reasoning) for one in call.answers]


@variant(
    "calls_sometimes",
    "Unless it must, the model calls a tool one time, and talks another time.",
    "answers",
    blocks=(
        *("chat.tool_choice.default", "chat.tool_choice.one_at_a_time", "chat.tool_stream.*", "chat.tools.all_calls"),
        *("chat.letters.arguments", "chat.tool_choice.auto"),
    ),
)
def calls_sometimes(call: Call) -> None:
    """Toss a coin."""
    if call.body.get("tool_choice") in (None, "auto") and "function_call" not in call.body and secrets.randbelow(2):
        said = model.Answer("I would rather talk about it.")
        call.answers = [
            finished(said, call.body, call.settings.reasoning) if one.calls else one for one in call.answers
        ]


@variant(
    "calls_never",
    "The model calls no tool unless it must.",
    "answers",
    blocks=(
        "chat.tool_choice.default",
        "chat.tool_choice.one_at_a_time",
        "chat.tool_stream.auto",
        "chat.tools.all_calls",
    ),
)
def calls_never(call: Call) -> None:
    """Talk instead."""
    if call.body.get("tool_choice") in (None, "auto") and "function_call" not in call.body:
        said = model.Answer("I would rather talk about it.")
        call.answers = [
            finished(said, call.body, call.settings.reasoning) if one.calls else one for one in call.answers
        ]


def _by_choice(call: Call) -> tuple[list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The chunks of each choice, and those without one."""
    rest = [chunk for chunk in call.chunks if not chunk["choices"]]
    apart: dict[int, list[dict[str, Any]]] = {}
    for chunk in call.chunks:
        if chunk["choices"]:
            apart.setdefault(chunk["choices"][0]["index"], []).append(chunk)
    return [apart[index] for index in sorted(apart)], rest


def _in_turns(apart: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """One chunk of each choice after the other, as long as there are any."""
    longest = max(map(len, apart), default=0)
    return [[chunks[place] for chunks in apart if place < len(chunks)] for place in range(longest)]


@variant(
    "gathered",
    "Streams gather half a line of words before they send it.",
    "chunks",
    blocks=(
        "chat.stream.incremental_beside_tools",
        "chat.stream.flushed",
    ),
)
def gathered(call: Call) -> None:
    """Wait until there is something to say."""
    first: dict[str, Any] | None = None
    sent = []
    for chunk in call.chunks:
        one = chunk["choices"][0] if len(chunk["choices"]) == 1 else None
        text = one["delta"].get("content") if one and not one["index"] and not one["logprobs"] else None
        if first is not None and text and len(first["content"]) < 50:
            first["content"] += text
        else:
            first = one["delta"] if one and text else None
            sent.append(chunk)
    call.chunks[:] = sent


@variant("choices_in_turns", "The chunks of several choices come in turns.", "chunks")
def choices_in_turns(call: Call) -> None:
    """Deal them out."""
    apart, rest = _by_choice(call)
    call.chunks = [*(chunk for turn in _in_turns(apart) for chunk in turn), *rest]


@variant("choices_together", "A chunk holds the pieces of several choices.", "chunks")
def choices_together(call: Call) -> None:
    """Pack them together."""
    apart, rest = _by_choice(call)
    joined = [{**turn[0], "choices": [one for chunk in turn for one in chunk["choices"]]} for turn in _in_turns(apart)]
    call.chunks = [*joined, *rest]


@variant("blank_deltas", "Deltas that say nothing come between those that do.", "chunks")
def blank_deltas(call: Call) -> None:
    """Breathe."""
    made: list[dict[str, Any]] = []
    for chunk in call.chunks:
        if chunk["choices"] and chunk["choices"][0]["delta"].get("content"):
            quiet = {"delta": {"content": ""}, "logprobs": None, "finish_reason": None}
            made.append({**chunk, "choices": [{"index": chunk["choices"][0]["index"], **quiet}]})
        made.append(chunk)
    call.chunks = made


@variant(
    "optional_null",
    "Optional members are null.",
    "document",
    turns={"chat.parameters.service_tier_told": "unsupported"},
    blocks=("chat.usage.details",),
)
def optional_null(call: Call) -> None:
    """Say what is not there."""
    for document in completions(call):
        document.update(system_fingerprint=None, service_tier=None)
        document["usage"].update(prompt_tokens_details=None, completion_tokens_details=None)
        for choice in document["choices"]:
            choice["message"].setdefault("function_call", None)
            choice["message"].setdefault("audio", None)
            choice["message"]["annotations"] = None


@variant("quoted_charset", "Content types have a charset in quotes and capitals.", "response")
def quoted_charset(call: Call) -> None:
    """Name the charset as the grammar allows it."""
    kind = dict(call.response.headers).get("Content-Type", "")
    if kind in ("application/json", "text/event-stream"):
        call.response.set("Content-Type", f'{kind} ; Charset="UTF-8"')


@variant(
    "goes_by_order",
    "The model is told the ids of results, and takes these for the calls' in their order all the same.",
    "answers",
    blocks=("chat.history.results_by_id",),
)
def goes_by_order(call: Call) -> None:
    """Count results off."""
    for answer in call.answers:
        if 0 <= answer.text.find("London: ") < answer.text.find("Paris: "):
            answer.text = (
                answer.text.replace("London: ", "?: ").replace("Paris: ", "London: ").replace("?: ", "Paris: ")
            )
            answer.tokens = tokens.tokenize(answer.text)
