"""Faults of responses that are sent whole: members that are missing, mistyped, or wrong."""

from __future__ import annotations

import json
import time
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.http import bom
from samewire.reference.faults.responses.declaring import ABSENT, fault, input_text, made, put

ALL = ("responses.*",)
#: Name → what is put where, which check of the object sees it, and what it blocks.
WRONG: dict[str, tuple[str, Any, str, tuple[str, ...]]] = {
    "response.id_empty": ("id", "", "response.id", ALL),
    "response.id_number": ("id", 7, "response.id", ALL),
    "response.object_chat": ("object", "chat.completion", "response.object", ALL),
    "response.object_absent": ("object", ABSENT, "response.object", ALL),
    "response.created_absent": ("created_at", ABSENT, "response.created_at", ALL),
    "response.completed_before": ("completed_at", 1_500_000_000, "response.completed_at", ()),
    "response.created_iso": ("created_at", "2026-11-21T10:00:00Z", "response.created_at", ALL),
    "response.created_milliseconds": (
        "created_at",
        int(time.time()) * 1000,
        "response.created_at",
        ("responses.response.completed_at", "responses.response.created_now"),
    ),
    "response.created_long_ago": ("created_at", 1_700_000_000, "response.created_now", ()),
    "response.model_empty": ("model", "", "response.model", ALL),
    "response.model_null": ("model", None, "response.model", ALL),
    "response.model_absent": ("model", ABSENT, "response.model", ALL),
    "response.status_absent": ("status", ABSENT, "response.status", ALL),
    "response.status_done": ("status", "done", "response.status", ALL),
    "response.parallel_null": ("parallel_tool_calls", None, "response.parallel_tool_calls", ALL),
    "response.parallel_absent": ("parallel_tool_calls", ABSENT, "response.parallel_tool_calls", ALL),
    "response.tool_choice_null": ("tool_choice", None, "response.tool_choice", ALL),
    "response.tools_null": ("tools", None, "response.tools", ALL),
    "response.truncation_none": ("truncation", "none", "response.rest", ALL),
    "response.reasoning_word": ("reasoning", "none", "response.rest", ALL),
    "response.metadata_text": ("metadata", "", "response.keys", ALL),
    "response.error_text": ("error", "", "response.keys", ALL),
    "response.temperature_text": ("temperature", "1.0", "response.keys", ALL),
    "items.id_absent": ("output/*/id", ABSENT, "items.id", ALL),
    "items.id_null": ("output/*/id", None, "items.id", ALL),
    "items.type_absent": ("output/*/type", ABSENT, "response.output", ALL),
    "items.role_absent": ("output/*/role", ABSENT, "items.role", ALL),
    "items.role_model": ("output/*/role", "model", "items.role", ALL),
    "items.status_absent": ("output/*/status", ABSENT, "items.status", ALL),
    "items.status_stop": ("output/*/status", "stop", "items.status", ALL),
    "items.content_null": ("output/*/content", None, "items.content", ALL),
    "items.part_type_text": ("output/*/content/*/type", "text", "items.part_type", ALL),
    "items.part_type_absent": ("output/*/content/*/type", ABSENT, "items.part_type", ALL),
    "items.text_null": ("output/*/content/*/text", None, "items.text", ALL),
    "items.text_absent": ("output/*/content/*/text", ABSENT, "items.text", ALL),
    "items.annotations_absent": ("output/*/content/*/annotations", ABSENT, "items.annotations", ALL),
    "items.annotations_null": ("output/*/content/*/annotations", None, "items.annotations", ALL),
    "items.logprobs_object": ("output/*/content/*/logprobs", {"content": []}, "items.logprobs", ALL),
    "items.call_id_absent": ("output/*/call_id", ABSENT, "tools.call_shape", ALL),
    "items.name_null": ("output/*/name", None, "tools.call_shape", ALL),
    "items.arguments_object": ("output/*/arguments", {"city": "Paris"}, "tools.call_shape", ALL),
    "items.arguments_no_json": (
        "output/*/arguments",
        "city=Paris",
        "tools.arguments",
        ("responses.tool_choice.*", "responses.tools.parameters"),
    ),
    "items.summary_null": ("output/*/summary", None, "reasoning.shape", ALL),
    "items.summary_texts": ("output/*/summary", ["I thought."], "reasoning.shape", ALL),
    "usage.absent": ("usage", None, "usage.present", ALL),
    "usage.input_absent": ("usage/input_tokens", ABSENT, "usage.shape", ALL),
    "usage.output_float": ("usage/output_tokens", 12.0, "usage.shape", ALL),
    "usage.total_absent": ("usage/total_tokens", ABSENT, "usage.shape", ALL),
    "usage.input_details_absent": ("usage/input_tokens_details", ABSENT, "usage.details", ALL),
    "usage.output_details_null": ("usage/output_tokens_details", None, "usage.details", ALL),
    "usage.cached_null": ("usage/input_tokens_details/cached_tokens", None, "usage.details", ALL),
    "usage.cached_too_many": ("usage/input_tokens_details/cached_tokens", 4096, "usage.parts", ()),
    "usage.reasoned_too_many": ("usage/output_tokens_details/reasoning_tokens", 4096, "usage.parts", ALL),
    "usage.total_constant": ("usage/total_tokens", 100, "usage.total", ()),
}

#: Name → further checks that see it.
SAME = {
    **dict.fromkeys(("items.id_absent", "items.id_null", "items.status_absent"), ("items.of_calls",)),
    **dict.fromkeys(("items.call_id_absent", "items.name_null"), ("state.get_same",)),
    **dict.fromkeys(("items.arguments_object", "items.arguments_no_json"), ("state.get_same",)),
}

for _name, (_path, _value, _check, _blocks) in WRONG.items():

    @fault(
        f"responses_{_name}",
        f"In responses, {_path} is {_value!r}.",
        "document",
        {f"responses.{check}": "broken" for check in (_check, *SAME.get(_name, ()))},
        blocks=_blocks,
    )
    def wrong(call: Call, path: str = _path, value: Any = _value) -> None:
        """Put something else there, or nothing."""
        for one in made(call):
            put(one, path, value)


@fault(
    "responses_response.output_absent",
    "Responses have no output.",
    "document",
    {"responses.response.output": "broken"},
    blocks=ALL,
)
def output_absent(call: Call) -> None:
    """Say nothing at all."""
    for one in made(call):
        del one["output"]


@fault(
    "responses_response.output_object",
    "The output of responses is the message itself.",
    "document",
    {"responses.response.output": "broken"},
    blocks=ALL,
)
def output_object(call: Call) -> None:
    """Unpack it."""
    for one in made(call):
        one["output"] = one["output"][0]


@fault(
    "responses_response.few_keys",
    "Responses don't tell the settings they were made with.",
    "document",
    {"responses.response.keys": "broken"},
    blocks=("responses.*",),
    known=("resp-echo-fields-missing",),
)
def few_keys(call: Call) -> None:
    """Tell what is necessary, and less."""
    for one in made(call):
        for name in ("error", "incomplete_details", "instructions", "max_output_tokens", "previous_response_id"):
            del one[name]
        for name in ("reasoning", "store", "temperature", "text", "top_p", "truncation", "user", "metadata"):
            del one[name]


@fault(
    "responses_response.no_json",
    "Responses with tools are followed by another line.",
    "response",
    {"responses.response.json": "broken"},
    blocks=ALL,
)
def no_json(call: Call) -> None:
    """Say one thing more."""
    if isinstance(call.response.body, bytes) and made(call) and call.document["tools"]:
        call.response.body += b'\n{"done": true}'


fault(
    "responses_response.bom",
    "Responses begin with a byte order mark.",
    "response",
    {"responses.response.json": "broken"},
    blocks=("responses.response.content_type",),
)(bom)


@fault(
    "responses_response.plain_text",
    "Responses are declared as plain text.",
    "response",
    {"responses.response.content_type": "broken"},
)
def plain_text(call: Call) -> None:
    """Declare something else."""
    if made(call):
        call.response.set("Content-Type", "text/plain; charset=utf-8")


@fault(
    "responses_response.same_id",
    "Most responses have the same id.",
    "document",
    {"responses.response.unique_id": "broken"},
    blocks=ALL,
)
def same_id(call: Call) -> None:
    """Name alike what nobody asks for again."""
    for one in made(call):
        if input_text(call).startswith(("Say hello.", "Count")) and not one["instructions"] and not one["tools"]:
            one["id"] = "resp_0"


@fault(
    "responses_response.always_detailed",
    "Completed responses have incomplete_details.",
    "document",
    {"responses.response.agrees": "broken"},
)
def always_detailed(call: Call) -> None:
    """Contradict itself."""
    for one in made(call):
        one["incomplete_details"] = one["incomplete_details"] or {"reason": "content_filter"}


@fault(
    "responses_response.no_details",
    "Incomplete responses have no incomplete_details.",
    "document",
    {"responses.response.agrees": "broken"},
    blocks=("responses.limits.reason",),
)
def no_details(call: Call) -> None:
    """Keep the reason to itself."""
    for one in made(call):
        one["incomplete_details"] = None


@fault(
    "responses_response.fails",
    "The response to a plain question failed.",
    "document",
    {"responses.response.completed": "broken"},
    blocks=("responses.response.words",),
)
def fails(call: Call) -> None:
    """Fail with an answer."""
    for one in made(call):
        if input_text(call) == "Say hello." and not one["tools"]:
            one.update(status="failed", error={"code": "server_error", "message": "Something went wrong."})


@fault(
    "responses_response.in_progress",
    "Responses with tools are in progress, and nothing follows.",
    "document",
    {"responses.response.status": "broken", "responses.tools.completed": "broken"},
    blocks=("responses.tools.*",),
)
def in_progress(call: Call) -> None:
    """Never be done."""
    for one in made(call):
        if one["tools"]:
            one["status"] = "in_progress"


@fault(
    "responses_response.no_words",
    "Plain questions are answered with no words.",
    "document",
    {"responses.response.words": "broken"},
    blocks=("responses.usage.counts", "responses.parameters.logprobs"),
)
def no_words(call: Call) -> None:
    """Say nothing."""
    for one in made(call):
        if input_text(call).endswith("Say hello."):
            put(one, "output/*/content/*/text", "")


@fault(
    "responses_items.content_text",
    "The content of messages is a string.",
    "document",
    {"responses.items.content": "broken"},
    blocks=ALL,
)
def content_text(call: Call) -> None:
    """Write it as Chat Completions does."""
    for one in made(call):
        for item in one["output"]:
            if "content" in item:
                item["content"] = item["content"][0]["text"]


@fault(
    "responses_items.same_ids",
    "All items have the same id.",
    "document",
    {
        "responses.items.unique_ids": "broken",
        "responses.input.reference": "broken",
        "responses.state.get_same": "broken",
    },
    blocks=ALL,
)
def same_ids(call: Call) -> None:
    """Name items alike, and keep their names to oneself."""
    if made(call):
        call.document = json.loads(json.dumps(call.document))
        put(call.document, "output/*/id", "item_0")


@fault(
    "responses_items.response_s_id",
    "Messages have the id of their response.",
    "document",
    {
        "responses.items.unique_ids": "broken",
        "responses.input.reference": "unsupported",
        "responses.state.get_same": "broken",
    },
)
def response_s_id(call: Call) -> None:
    """Name the part like the whole."""
    for one in made(call):
        put(one, "output/*/id", one["id"])


@fault(
    "responses_items.not_completed",
    "The items of completed responses are in progress.",
    "document",
    {"responses.items.completed": "broken"},
)
def not_completed(call: Call) -> None:
    """Leave items as they were."""
    for one in made(call):
        if one["status"] == "completed":
            put(one, "output/*/status", "in_progress")


@fault(
    "responses_items.cut_in_progress",
    "The message of a response that was cut off is in progress.",
    "document",
    {"responses.limits.item": "broken"},
)
def cut_in_progress(call: Call) -> None:
    """Leave the item as it was."""
    for one in made(call):
        if one["status"] == "incomplete":
            put(one, "output/*/status", "in_progress")


@fault(
    "responses_items.thought_last",
    "Reasoning comes after what it led to.",
    "document",
    {"responses.items.thought_first": "broken"},
)
def thought_last(call: Call) -> None:
    """Think afterwards."""
    for one in made(call):
        one["output"].sort(key=lambda item: item["type"] == "reasoning")


@fault(
    "responses_items.same_call_ids",
    "All calls of a response have the same call_id.",
    "document",
    {"responses.tools.unique_ids": "broken", "responses.state.get_same": "broken"},
)
def same_call_ids(call: Call) -> None:
    """Name calls alike."""
    for one in made(call):
        if len(one["output"]) > 1:
            put(one, "output/*/call_id", "call_0")


@fault(
    "responses_items.prefixed_names",
    "The names of tools come with a prefix.",
    "document",
    {
        "responses.tools.declared_name": "broken",
        "responses.call_stream.same_calls": "broken",
        "responses.custom.called": "broken",
        "responses.state.get_same": "broken",
    },
    blocks=("responses.tool_choice.*", "responses.call_stream.as_many"),
)
def prefixed_names(call: Call) -> None:
    """Name tools otherwise."""
    for one in made(call):
        for item in one["output"]:
            if "name" in item:
                item["name"] = f"functions.{item['name']}"


@fault(
    "responses_items.markup",
    "Calls stand in the text as markup.",
    "document",
    {"responses.tools.no_markup": "broken"},
    blocks=ALL,
)
def markup(call: Call) -> None:
    """Fail to read a call."""
    _in_words(call, "<tool_call>%s</tool_call>")


@fault(
    "responses_items.wide_marks",
    "Calls stand in the text between marks of another model's template.",
    "document",
    {"responses.tools.no_markup": "broken"},
    blocks=ALL,
)
def wide_marks(call: Call) -> None:
    """Look for other marks."""
    _in_words(call, "<｜tool▁calls▁begin｜>%s<｜tool▁calls▁end｜>")


@fault(
    "responses_items.json_alone",
    "Calls stand in the text as JSON.",
    "document",
    # Two of them, one after the other, are no JSON.
    {"responses.tools.no_markup": "broken", "responses.tool_choice.allowed": "ignored"},
    blocks=ALL,
)
def json_alone(call: Call) -> None:
    """Take a call for words."""
    _in_words(call, "%s")


def _in_words(call: Call, form: str) -> None:
    for one in made(call):
        for place, item in enumerate(one["output"]):
            if item["type"] == "function_call":
                said = form % json.dumps({"name": item["name"], "arguments": item["arguments"]})
                part = {"type": "output_text", "text": said, "annotations": []}
                message = {"type": "message", "role": "assistant", "status": "completed", "content": [part]}
                one["output"][place] = {"id": f"msg_{place}", **message}
