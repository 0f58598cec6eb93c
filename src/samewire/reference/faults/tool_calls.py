"""Faults of tool calls, whole and streamed."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, completions, deltas, fault, fragments

CALLS = ("chat.tool*",)


def _calls(call: Call) -> list[dict[str, object]]:
    return [
        one
        for document in completions(call)
        for choice in document["choices"]
        for one in choice["message"].get("tool_calls") or ()
        if "function" in one
    ]


@fault(
    "tools.arguments_object",
    "arguments is an object, not text.",
    "document",
    {"chat.tools.call_shape": "broken"},
    blocks=(
        *CALLS,
        "chat.strict.*",
        "chat.tools.cut_finish",
        "chat.letters.arguments",
    ),
    known=("tool-args-object",),
)
def arguments_object(call: Call) -> None:
    """Parse the arguments."""
    for one in _calls(call):
        text = one["function"]["arguments"]  # type: ignore[index]
        one["function"]["arguments"] = json.loads(text) if text.endswith("}") else {"cut": text}  # type: ignore[index]


@fault(
    "tools.id_null",
    "A tool call's id is null.",
    "document",
    {"chat.tools.call_shape": "broken"},
    blocks=CALLS,
    known=("tool-id-null",),
)
def id_null(call: Call) -> None:
    """Name no call."""
    for one in _calls(call):
        one["id"] = None


@fault(
    "tools.type_missing",
    "Tool calls have no type.",
    "document",
    {"chat.tools.call_shape": "broken"},
    blocks=CALLS,
)
def type_missing(call: Call) -> None:
    """Drop the type."""
    for one in _calls(call):
        del one["type"]


@fault(
    "tools.arguments_empty",
    "arguments is an empty string.",
    "document",
    {"chat.tools.arguments": "broken", "chat.strict.no_arguments": "broken"},
    blocks=(
        "chat.tool_stream.same_types",
        "chat.strict.*",
    ),
    known=("tool-args-empty-string",),
)
def arguments_empty(call: Call) -> None:
    """Empty the arguments."""
    for one in _calls(call):
        one["function"]["arguments"] = ""  # type: ignore[index]


@fault(
    "tools.invented_name",
    "A tool is called that was not declared.",
    "answers",
    {
        "chat.tools.declared_name": "broken",
        "chat.tool_stream.declared_name": "broken",
    },
    blocks=(
        "chat.tool_choice.named",
        "chat.tool_stream.same_calls",
        "chat.tool_stream.own_arguments",
        "chat.tool_stream.same_types",
        "chat.strict.references",
        "chat.strict.tool",
        "chat.strict.stream",
        "chat.tool_choice.named_stream",
    ),
)
def invented_name(call: Call) -> None:
    """Call another tool."""
    kinds = {tool["type"] for tool in call.body.get("tools") or ()}
    for answer in call.answers if kinds == {"function"} and "allowed" not in str(call.body.get("tool_choice")) else ():
        answer.calls = [(identifier, f"functions.{name}", arguments) for identifier, name, arguments in answer.calls]


@fault(
    "tools.same_id",
    "Several calls have one id.",
    "answers",
    {"chat.tools.unique_ids": "broken", "chat.tools.fresh_ids": "broken"},
    known=("tool-id-duplicate",),
)
def same_id(call: Call) -> None:
    """Name all calls alike."""
    for answer in call.answers:
        answer.calls = [("call_1", name, arguments) for _, name, arguments in answer.calls]


@fault(
    "tools.finish_stop",
    "Messages that call tools finish with stop.",
    "document",
    {"chat.tools.finish_reason": "broken"},
    known=("tool-finish-stop-nonstream",),
)
def finish_stop(call: Call) -> None:
    """Finish with stop."""
    for choice in choices(call):
        if choice["finish_reason"] == "tool_calls":
            choice["finish_reason"] = "stop"


@fault(
    "tools.finish_false",
    "Messages that call no tool finish with tool_calls.",
    "document",
    {"chat.tools.no_false_finish": "broken"},
    blocks=("chat.*",),
    known=("finish-tool_calls-without-calls",),
)
def finish_false(call: Call) -> None:
    """Finish with tool_calls."""
    for choice in choices(call):
        if choice["finish_reason"] == "stop":
            choice["finish_reason"] = "tool_calls"


@fault(
    "tools.empty_array",
    "tool_calls is an empty array where no tool is called.",
    "document",
    {"chat.tools.absent_when_unused": "broken"},
    known=("tool-calls-empty-array-always",),
)
def empty_array(call: Call) -> None:
    """Call nothing, visibly."""
    for choice in choices(call):
        choice["message"].setdefault("tool_calls", [])


@fault(
    "tools.markup",
    "Calls leak into the content as markup.",
    "document",
    {"chat.tools.no_markup": "broken"},
    known=("tool-marker-leak-with-calls",),
)
def markup(call: Call) -> None:
    """Leave an opening mark."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["message"]["content"] = "<tool_call>"


@fault(
    "tool_stream.no_index",
    "Fragments have no index.",
    "chunks",
    {"chat.tool_stream.shape": "broken"},
    blocks=(
        "chat.letters.call_surrogates",
        "chat.sampling.n_stream",
        *CALLS,
        "chat.limits.max_tokens_stream",
        "chat.strict.no_arguments_stream",
        "chat.strict.references",
        "chat.strict.stream",
        "chat.letters.arguments",
    ),
)
def no_index(call: Call) -> None:
    """Drop the index."""
    for fragment in fragments(call):
        del fragment["index"]


@fault(
    "tool_stream.object",
    "delta.tool_calls is an object.",
    "chunks",
    {"chat.tool_stream.shape": "broken"},
    blocks=(
        "chat.letters.call_surrogates",
        "chat.sampling.n_stream",
        *CALLS,
        "chat.limits.max_tokens_stream",
        "chat.strict.no_arguments_stream",
        "chat.strict.references",
        "chat.strict.stream",
        "chat.letters.arguments",
    ),
    known=("tool-calls-delta-object-not-list",),
)
def as_object(call: Call) -> None:
    """Take the fragment out of its array."""
    for delta in deltas(call):
        if delta.get("tool_calls"):
            delta["tool_calls"] = delta["tool_calls"][0]


@fault(
    "tool_stream.type_empty",
    "Fragments have an empty type.",
    "chunks",
    {"chat.tool_stream.shape": "broken"},
    blocks=CALLS,
    known=("tool-type-empty-string",),
)
def type_empty(call: Call) -> None:
    """Empty the type."""
    for fragment in fragments(call):
        fragment["type"] = ""


@fault(
    "tool_stream.from_one",
    "Indexes begin at 1.",
    "chunks",
    {"chat.tool_stream.indexes": "broken"},
    known=("tool-index-nonzero-start",),
)
def from_one(call: Call) -> None:
    """Count from one."""
    for fragment in fragments(call):
        fragment["index"] += 1


@fault(
    "tool_stream.all_zero",
    "All calls of a message have the index 0.",
    "chunks",
    {"chat.tool_stream.one_call_an_index": "broken"},
    blocks=(
        "chat.tool_stream.own_arguments",
        "chat.tool_stream.same_types",
        "chat.tool_stream.arguments",
        "chat.tool_stream.same_calls",
    ),
    known=("tool-index-all-zero-parallel",),
)
def all_zero(call: Call) -> None:
    """Count to zero."""
    for fragment in fragments(call):
        fragment["index"] = 0


@fault("tool_stream.no_type", "The first fragment has no type.", "chunks", {"chat.tool_stream.head": "broken"})
def no_type(call: Call) -> None:
    """Drop the type."""
    for fragment in fragments(call):
        fragment.pop("type", None)


@fault(
    "tool_stream.name_late",
    "The name comes in the second fragment.",
    "chunks",
    {"chat.tool_stream.head": "broken"},
    blocks=CALLS,
    known=("tool-name-late",),
)
def name_late(call: Call) -> None:
    """Name the call late."""
    waiting = ""
    for fragment in fragments(call):
        if "name" in fragment["function"]:
            waiting = fragment["function"].pop("name")
        elif waiting:
            fragment["function"]["name"], waiting = waiting, ""


@fault(
    "tool_stream.name_repeated",
    "Every fragment repeats the name.",
    "chunks",
    {"chat.tool_stream.named_once": "broken"},
    known=("tool-name-repeated-each-delta",),
)
def name_repeated(call: Call) -> None:
    """Name the call again."""
    name = ""
    for fragment in fragments(call):
        name = fragment["function"].get("name") or name
        fragment["function"]["name"] = name


@fault("tool_stream.id_repeated", "Every fragment repeats the id.", "chunks", {"chat.tool_stream.named_once": "broken"})
def id_repeated(call: Call) -> None:
    """Name the call again."""
    identifier = ""
    for fragment in fragments(call):
        identifier = fragment.get("id") or identifier
        fragment["id"] = identifier


@fault(
    "tool_stream.cumulative",
    "Fragments repeat the arguments so far.",
    "chunks",
    {"chat.tool_stream.arguments": "broken", "chat.strict.no_arguments_stream": "broken"},
    blocks=(
        "chat.tool_stream.own_arguments",
        "chat.tool_stream.same_types",
        "chat.strict.references",
        "chat.strict.stream",
    ),
)
def cumulative(call: Call) -> None:
    """Say the arguments again."""
    said: dict[int, str] = {}
    for fragment in fragments(call):
        said[fragment["index"]] = said.get(fragment["index"], "") + fragment["function"]["arguments"]
        fragment["function"]["arguments"] = said[fragment["index"]]


@fault(
    "tool_stream.finish_stop",
    "Streams that call tools finish with stop.",
    "chunks",
    {"chat.tool_stream.finish_reason": "broken"},
)
def stream_finish_stop(call: Call) -> None:
    """Finish with stop."""
    for choice in choices(call):
        if choice["finish_reason"] == "tool_calls":
            choice["finish_reason"] = "stop"


@fault(
    "tool_stream.dropped",
    "Streams call no tools.",
    "answers",
    {"chat.tool_stream.same_calls": "broken", "chat.tool_stream.second_turn": "ignored"},
    blocks=(
        "chat.letters.call_surrogates",
        "chat.sampling.n_stream",
        "chat.tool_stream.*",
        "chat.strict.no_arguments_stream",
        "chat.tool_choice.one_at_a_time",
        "chat.strict.references",
        "chat.strict.stream",
        "chat.tool_choice.named_stream",
        "chat.tools.all_calls",
    ),
    known=("tool-stream-drops-calls",),
)
def dropped(call: Call) -> None:
    """Forget the calls."""
    if call.streamed:
        for answer in call.answers:
            if answer.calls:
                answer.calls, answer.reason = [], "stop"


@fault(
    "tool_stream.same_id",
    "In streams, several calls have one id.",
    "chunks",
    {"chat.tools.unique_ids": "broken"},
    blocks=("chat.tool_stream.*",),
)
def same_id_streamed(call: Call) -> None:
    """Name all streamed calls alike."""
    for fragment in fragments(call):
        if fragment.get("id"):
            fragment["id"] = "call_0"
