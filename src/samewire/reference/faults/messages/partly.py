"""Faults of Messages that only some streams, some versions, some blocks and some counts show."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults import registry
from samewire.reference.faults.messages.ignored import contents, results
from samewire.reference.faults.messages.registry import Step, events, fault, messages, turns_of
from samewire.reference.server import HttpResponse

LATEST = "2026-10-21"
DELTA = "content_block_delta"


def partly(name: str, what: str, stage: str, turns: dict[str, str], **more: Any) -> Callable[[Step], Step]:
    """Declare a fault."""
    return fault(f"partly.{name}", what, stage, turns, **more)


def version(call: Call) -> str:
    """The version that a request names."""
    return str(call.request.headers.get("anthropic-version", ""))


@partly("latest_stream", "The latest version has no streams.", "body", {"versions.streamed": "unsupported"})
def latest_stream(call: Call) -> None:
    """Know it halfway."""
    if call.streamed and version(call) == LATEST:
        raise Refusal(400, "this version has no streams")


@partly(
    "late_system",
    "In the latest version, messages of the system are dropped.",
    "body",
    {"turns.system_role": "ignored"},
)
def late_system(call: Call) -> None:
    """Take them, and lose them."""
    if version(call) == LATEST and any(turn.get("role") == "system" for turn in turns_of(call)):
        call.body["messages"] = [turn for turn in turns_of(call) if turn.get("role") != "system"]


@partly(
    "assistant_first_block",
    "Of an assistant's blocks of text the first is read.",
    "body",
    {"turns.assistant": "ignored"},
)
def assistant_first_block(call: Call) -> None:
    """Read one."""
    for content in contents(call, "assistant"):
        texts = [block for block in content if block.get("type") == "text"]
        content[:] = [block for block in content if block not in texts[1:]]


@partly(
    "two_assistants",
    "Two turns of the assistant in a row are refused.",
    "body",
    {"turns.same_assistant": "unsupported"},
    blocks=("alike.turns", "usage.turns"),
)
def two_assistants(call: Call) -> None:
    """Want them to alternate."""
    roles = [turn.get("role") for turn in turns_of(call)]
    if ("assistant", "assistant") in pairwise(roles):
        raise Refusal(400, "messages: roles must alternate")


@partly(
    "system_blocks_stream",
    "In streams, a system prompt in blocks is dropped.",
    "body",
    {"alike.system": "ignored"},
)
def system_blocks_stream(call: Call) -> None:
    """Read strings alone."""
    if call.streamed and isinstance(call.body.get("system"), list):
        del call.body["system"]


@partly(
    "system_string_beside_tools",
    "A system prompt that is a string is dropped where there are tools.",
    "body",
    {"system.beside_tools": "ignored"},
    blocks=("results.as_words",),
)
def system_string_beside_tools(call: Call) -> None:
    """Expect blocks of whoever has tools."""
    if call.body.get("tools") and isinstance(call.body.get("system"), str):
        del call.body["system"]


@partly(
    "results_as_json",
    "Blocks of a result reach the model as they are written in JSON.",
    "body",
    {"results.as_words": "broken"},
)
def results_as_json(call: Call) -> None:
    """Write down whatever it is."""
    for result in results(call):
        given = result.get("content")
        if isinstance(given, list) and given and all(block.get("type") == "text" for block in given):
            result["content"] = json.dumps(given)


@partly(
    "named_one_at_a_time",
    "disable_parallel_tool_use is refused beside the name of a tool.",
    "body",
    {"tool_choice.several": "unsupported"},
    blocks=("tools.all",),
)
def named_one_at_a_time(call: Call) -> None:
    """Know it for the others."""
    choice = call.body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") == "tool" and "disable_parallel_tool_use" in choice:
        raise Refusal(400, "tool_choice.tool.disable_parallel_tool_use: Extra inputs are not permitted")


@partly(
    "cached_twice",
    "What is read from a cache is counted among the input tokens as well.",
    "document",
    {"usage.cached_apart": "broken"},
    blocks=("usage.stable", "stream.same_*", "usage.*"),
)
def cached_twice(call: Call) -> None:
    """Tell it beside what it is a part of."""
    for one in messages(call):
        seen = call.memory.setdefault("prefixes", set())
        prefix = json.dumps([call.body.get(name) for name in ("system", "tools", "messages")])
        if prefix in seen:
            one["usage"]["cache_read_input_tokens"] = one["usage"]["input_tokens"] - 4
        seen.add(prefix)


@partly(
    "metadata_stream",
    "In streams, metadata is refused.",
    "body",
    {"parameters.metadata_stream": "unsupported"},
    blocks=("results.as_words", "system.beside_tools"),
)
def metadata_stream(call: Call) -> None:
    """Know it when whole."""
    if call.streamed and "metadata" in call.body:
        raise Refusal(400, "metadata: not supported")


@partly(
    "no_error_told", "is_error: false is refused.", "body", {"results.no_error": "unsupported"}, blocks=("tools.all",)
)
def no_error_told(call: Call) -> None:
    """Know true alone."""
    if any(block.get("is_error") is False for block in results(call)):
        raise Refusal(400, "is_error: must be true")


@partly("begun_in_blocks", "A beginning that is a block is dropped.", "body", {"turns.prefill": "ignored"})
def begun_in_blocks(call: Call) -> None:
    """Read strings alone."""
    last = turns_of(call)[-1:]
    if last and last[0].get("role") == "assistant" and isinstance(last[0].get("content"), list):
        call.body["messages"] = call.body["messages"][:-1]


@partly(
    "named_no_id",
    "The call of a tool that is named has no id.",
    "document",
    {"blocks.tool_use": "broken"},
    blocks=("*",),
)
def named_no_id(call: Call) -> None:
    """Need none."""
    if (call.body.get("tool_choice") or {}).get("type") == "tool":
        for block in _calls(call):
            block["id"] = None


def _calls(call: Call) -> list[dict[str, Any]]:
    return [block for one in messages(call) for block in one["content"] if block.get("type") == "tool_use"]


def _inputs(call: Call, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    for answer in call.answers:
        answer.calls = [(one, name, json.dumps(change(json.loads(given)))) for one, name, given in answer.calls]


FITS = {"tools.input_fits": "broken", "stream.input_fits": "broken"}


@partly("null_label", "What needn't be given is null in the input of a call.", "answers", FITS)
def null_label(call: Call) -> None:
    """Fill the form in."""
    _inputs(call, lambda given: {**given, "label": None} if "zone" in given else given)


@partly("joined_array", "Arrays in the input of a call are text with commas.", "answers", FITS)
def joined_array(call: Call) -> None:
    """Write a list."""
    _inputs(
        call,
        lambda given: {key: ",".join(map(str, one)) if isinstance(one, list) else one for key, one in given.items()},
    )


@partly(
    "bare_quotes",
    "Quotes in the input of a streamed call are not escaped.",
    "chunks",
    {"stream.input": "broken"},
    blocks=("*",),
)
def bare_quotes(call: Call) -> None:
    """Join text."""
    for event in events(call, DELTA):
        delta = event["delta"]
        if "partial_json" in delta:
            delta["partial_json"] = delta["partial_json"].replace("\\", "")


@fault(
    "ignored.format",
    "output_config is dropped.",
    "body",
    {"parameters.format": "ignored"},
    blocks=("parameters.whole_format",),
)
def form(call: Call) -> None:
    """Speak plainly."""
    call.body.pop("output_config", None)


@fault(
    "ignored.format_loosely",
    "Formats are JSON, but not of the schema.",
    "answers",
    {"parameters.format": "ignored"},
    blocks=("parameters.whole_format",),
)
def format_loosely(call: Call) -> None:
    """Speak some JSON."""
    if call.body.get("output_config"):
        for answer in call.answers:
            answer.text, answer.tokens = "{}", ["{}"]


@partly(
    "format_text",
    "An answer in a format that is not streamed is plain text.",
    "document",
    {"message.content": "broken"},
    blocks=("*",),
)
def format_text(call: Call) -> None:
    """Hand it over as it is."""
    for one in messages(call):
        if "output_config" in call.body:
            one["content"] = one["content"][0]["text"]


@partly("format_streamed", "A format binds streams alone.", "body", {"parameters.whole_format": "ignored"})
def format_streamed(call: Call) -> None:
    """Forget it elsewhere."""
    if not call.streamed:
        call.body.pop("output_config", None)


@partly(
    "cut_call_whole",
    "A call that is cut off stops with tool_use.",
    "document",
    {"limits.cut_call": "broken"},
)
def cut_call_whole(call: Call) -> None:
    """Look at the call alone."""
    for one in messages(call):
        if one["stop_reason"] == "max_tokens" and (call.body.get("tool_choice") or {}).get("type") == "any":
            one["stop_reason"] = "tool_use"


@partly(
    "cut_call_free",
    "A call that is cut off is dropped, and counts nothing.",
    "document",
    {"usage.nothing": "broken"},
    blocks=("limits.cut_call",),
)
def cut_call_free(call: Call) -> None:
    """Count what is shown."""
    for one in messages(call):
        if one["stop_reason"] == "max_tokens" and (call.body.get("tool_choice") or {}).get("type") == "any":
            one["content"], one["usage"]["output_tokens"] = [], 0


@partly("last_piece", "The last piece of a stream that is cut off is lost.", "chunks", {"alike.cut": "broken"})
def last_piece(call: Call) -> None:
    """Wait for more."""
    told = [event for event in events(call, DELTA) if event["delta"].get("type") == "text_delta"]
    if told and any(event["delta"].get("stop_reason") == "max_tokens" for event in events(call, "message_delta")):
        call.chunks[:] = [event for event in call.chunks if event is not told[-1]]


@partly(
    "since_start", "The end of a stream counts what came since its start.", "chunks", {"stream.same_output": "broken"}
)
def since_start(call: Call) -> None:
    """Count on from there."""
    ends = events(call, "message_delta")
    if ends and all(event["usage"]["output_tokens"] > 8 for event in ends):
        for event in events(call, "message_start"):
            event["message"]["usage"]["output_tokens"] = 3
        for event in ends:
            event["usage"]["output_tokens"] -= 3


@partly("thoughts_free", "In streams, thoughts are not counted.", "chunks", {"thinking.counted_stream": "broken"})
def thoughts_free(call: Call) -> None:
    """Count the words alone."""
    thought = any("thinking" in event["delta"] for event in events(call, DELTA))
    for event in events(call, "message_delta"):
        if thought:
            event["usage"]["output_tokens"] = 3


@partly(
    "output_text",
    "After the result of a tool, words are output_text.",
    "document",
    {"blocks.no_foreign": "broken"},
    blocks=("*",),
)
def output_text(call: Call) -> None:
    """Speak another protocol."""
    for one in messages(call):
        for block in one["content"] if results(call) else ():
            block["type"] = {"text": "output_text"}.get(block["type"], block["type"])


@partly(
    "count_beside_tools",
    "With tools, a count stands in usage.",
    "document",
    {"count.shape": "broken"},
    blocks=("count.*",),
)
def count_beside_tools(call: Call) -> None:
    """Answer as elsewhere."""
    if call.path == "/messages/count_tokens" and call.body.get("tools"):
        call.document = {"usage": call.document}


@partly("count_any_model", "A count needs no model.", "body", {"count.no_model": "ignored"})
def count_any_model(call: Call) -> None:
    """Count as always."""
    if call.path == "/messages/count_tokens" and call.body.get("model") is None:
        call.body["model"] = call.settings.models[0]


@registry.fault(
    "messages.partly.unknown_url_type",
    "An unknown URL is an invalid request.",
    "error",
    {"messages.error.unknown_url": "broken"},
    where="/samewire-no-such-path-of-messages",
    also=("messages",),
)
def unknown_url_type(call: Call) -> None:
    """Have one type for all."""
    call.document = {"type": "error", "error": {"type": "invalid_request_error", "message": "Not found."}}


def now_and_then(call: Call, status: int, body: bytes, *headers: tuple[str, str]) -> None:
    """Answer every ninth message otherwise, and what comes next as always: a further attempt is answered."""
    call.memory["partly"] = call.memory.get("partly", 0) + (call.path == "/messages")
    if call.memory["partly"] % 9 == 5 and call.path == "/messages":
        call.memory["partly"] += 1
        kind = () if any(name == "Content-Type" for name, _ in headers) else (("Content-Type", "application/json"),)
        call.notes["instead"] = HttpResponse(status, [*kind, *headers], body)


def error_body(kind: str) -> bytes:
    """The body of an error of this type."""
    return json.dumps({"type": "error", "error": {"type": kind, "message": "Come again."}}).encode()


@partly(
    "overloaded_type",
    "Now and then a request fails with 529 and a type of its own.",
    "request",
    {"failures.type": "broken"},
)
def overloaded_type(call: Call) -> None:
    """Know one type of failure."""
    now_and_then(call, 529, error_body("api_error_of_ours"))


@partly(
    "limit_no_pause",
    "Now and then a request is refused with 429, and nothing is said of when.",
    "request",
    {"failures.pause": "broken"},
    also=("chat",),
)
def limit_no_pause(call: Call) -> None:
    """Say no more."""
    now_and_then(call, 429, error_body("rate_limit_error"))
