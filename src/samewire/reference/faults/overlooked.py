"""Faults that many have overlooked: they show beside tools, without them, in streams, or with values at the edge."""

from __future__ import annotations

import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions, fault


def _messages(call: Call) -> list[dict[str, Any]]:
    found = call.body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@fault(
    "overlooked.logprobs_beside_tools",
    "With tools at hand, streams have no logprobs.",
    "chunks",
    {"chat.sampling.logprobs_beside_tools": "ignored"},
    blocks=("chat.sampling.logprobs_beside_format",),
)
def logprobs_beside_tools(call: Call) -> None:
    """Look for calls alone."""
    for choice in choices(call) if call.body.get("tools") else ():
        choice["logprobs"] = None


@fault(
    "overlooked.logprobs_or_tools",
    "A stream has logprobs or tools, not both.",
    "body",
    {"chat.sampling.logprobs_beside_tools": "unsupported"},
    blocks=("chat.sampling.logprobs_beside_format",),
)
def logprobs_or_tools(call: Call) -> None:
    """Refuse one of them."""
    if call.streamed and call.body.get("tools") and call.body.get("logprobs"):
        raise Refusal(400, "logprobs is not supported with tools + stream", param="logprobs")


@fault(
    "overlooked.calls_without_tools",
    "Earlier calls are refused where no tools are declared.",
    "body",
    {"chat.history.without_tools": "unsupported"},
)
def calls_without_tools(call: Call) -> None:
    """Ask for tools."""
    if not call.body.get("tools") and any(one.get("tool_calls") for one in _messages(call)):
        raise Refusal(400, "The toolConfig field must be defined when using toolUse and toolResult content blocks.")


@fault(
    "overlooked.one_at_a_time_is_none",
    "With parallel_tool_calls false, no tool is called at all.",
    "body",
    {"chat.tool_choice.one_at_a_time": "ignored"},
)
def one_at_a_time_is_none(call: Call) -> None:
    """Forget the tools."""
    if call.body.get("parallel_tool_calls") is False:
        for name in ("tools", "tool_choice", "parallel_tool_calls"):
            call.body.pop(name, None)


@fault(
    "overlooked.finish_key_late",
    "Chunks have no finish_reason, not even null, until the last.",
    "chunks",
    {"chat.stream.finish_null": "broken"},
)
def finish_key_late(call: Call) -> None:
    """Say nothing before the end."""
    for choice in choices(call):
        if choice["finish_reason"] is None:
            del choice["finish_reason"]


@fault(
    "overlooked.top_p_zero",
    "A top_p of 0 is refused.",
    "body",
    {"chat.parameters.top_p_zero": "unsupported"},
    blocks=("chat.sampling.together",),
)
def top_p_zero(call: Call) -> None:
    """Leave something to choose from."""
    if call.body.get("top_p") == 0:
        raise Refusal(400, "top_p must be in (0, 1], got 0.0.", param="top_p", code="invalid_value")


@fault(
    "overlooked.strict_null",
    "A schema whose strict is null is refused.",
    "body",
    {"chat.format.strict_null": "unsupported"},
    blocks=("chat.limits.stream_counted",),
)
def strict_null(call: Call) -> None:
    """Insist on a truth."""
    form = call.body.get("response_format")
    schema = form.get("json_schema") if isinstance(form, dict) else None
    if isinstance(schema, dict) and schema.get("strict", False) is None:
        raise Refusal(422, "strict: Input should be a valid boolean", param="response_format.json_schema.strict")


@fault(
    "overlooked.halves_in_calls",
    "In streams, letters of arguments beyond the first plane are sent in two halves.",
    "events",
    {"chat.letters.call_surrogates": "broken"},
    blocks=("chat.strict.stream",),
)
def halves_in_calls(call: Call) -> None:
    """Cut a letter in two, each half escaped."""
    whole = "\N{THERMOMETER}".encode()
    for place, event in reversed(list(enumerate(call.events))):
        if whole in event and b"tool_calls" in event:
            halves = (b"\\ud83c", b"\\udf21")
            call.events[place : place + 1] = [event.replace(whole, half) for half in halves]


@fault(
    "overlooked.tool_made_up",
    "In streams, a tool that nobody declared is called where there is nothing to call.",
    "answers",
    {"chat.tool_stream.no_invention": "broken"},
    blocks=(
        "chat.stream.incremental_beside_tools",
        "chat.roles.together_stream",
        "chat.roles.system_stream",
        "chat.tool_stream.plain_words",
    ),
)
def tool_made_up(call: Call) -> None:
    """Answer by a call."""
    if call.streamed and call.body.get("tools") and any(one.get("role") == "tool" for one in _messages(call)):
        for answer in call.answers if call.body.get("tool_choice") is None else ():
            answer.calls = [("call_answer", "answer", json.dumps({"message": answer.text}))]
            answer.text, answer.tokens, answer.reason = "", [], "tool_calls"


@fault(
    "overlooked.turns_not_counted",
    "In streams, earlier turns are heard, and not counted.",
    "chunks",
    {"chat.stream_usage.same_conversation": "broken"},
)
def turns_not_counted(call: Call) -> None:
    """Count the last."""
    for chunk in call.chunks:
        usage = chunk.get("usage")
        if usage and len(_messages(call)) > 1:
            usage["prompt_tokens"] //= 4
            usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


@fault(
    "overlooked.later_choices_nameless",
    "In streams of several choices, calls of all but the first have no ids.",
    "chunks",
    {"chat.tool_stream.head": "broken"},
)
def later_choices_nameless(call: Call) -> None:
    """Name the first."""
    for choice in choices(call):
        for fragment in (choice["delta"].get("tool_calls") or ()) if choice["index"] else ():
            fragment.pop("id", None)


@fault(
    "overlooked.later_choices_cumulative",
    "In streams of several choices, fragments of all but the first hold what came before, too.",
    "chunks",
    {"chat.tool_stream.arguments": "broken"},
)
def later_choices_cumulative(call: Call) -> None:
    """Say it again."""
    told: dict[int, str] = {}
    for choice in choices(call):
        for fragment in (choice["delta"].get("tool_calls") or ()) if choice["index"] else ():
            text = told.get(choice["index"], "") + (fragment["function"].get("arguments") or "")
            fragment["function"]["arguments"] = told[choice["index"]] = text


@fault(
    "overlooked.call_after_words",
    "In streams, words announce a call, and hold it as JSON once more.",
    "chunks",
    {"chat.tool_stream.no_markup": "broken"},
)
def call_after_words(call: Call) -> None:
    """Say it twice."""
    for delta in (choice["delta"] for choice in choices(call)):
        head = next(iter(delta.get("tool_calls") or ()), None)
        if head is not None and head["function"].get("name"):
            again = json.dumps({"name": head["function"]["name"], "arguments": {}})
            delta["content"] = f"I will look that up.\n{again}"
            return


@fault(
    "overlooked.ids_of_the_minute",
    "Ids are the minute in which a completion was made.",
    "document",
    {"chat.completion.unique_id": "broken"},
)
def ids_of_the_minute(call: Call) -> None:
    """Look at the clock."""
    for document in completions(call):
        document["id"] = f"chatcmpl-{document['created'] // 60}"
