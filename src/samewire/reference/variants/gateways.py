"""Other ways to be conformant that gateways and local servers of Responses and Messages take."""

from __future__ import annotations

import gzip
import json
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.registry import events
from samewire.reference.faults.messages.registry import messages as whole
from samewire.reference.faults.responses.declaring import renumber
from samewire.reference.messages import signature
from samewire.reference.messages_prompt import prefill
from samewire.reference.variants import messages, responses


@messages.variant(
    "prefill_told", "An answer that was begun is told with its beginning.", "answers", blocks=("turns.prefill",)
)
def prefill_told(call: Call) -> None:
    """Say all of it, and count what is new."""
    begun = prefill(call.body)
    for answer in call.answers if begun else ():
        answer.text = begun + answer.text
        answer.tokens.insert(0, begun)


@responses.variant(
    "responses.failed_pictures", "A picture that can't be read makes a response that failed.", "response"
)
def failed_pictures(call: Call) -> None:
    """Find out when it is looked at."""
    if call.response.status == 400 and not call.streamed and b"input_image" in call.request.body:
        assert isinstance(call.response.body, bytes)
        error = {"code": "invalid_image", "message": json.loads(call.response.body)["error"]["message"]}
        failed = {"id": "resp_0", "object": "response", "status": "failed", "output": [], "error": error}
        call.response.status = 200
        call.response.body = json.dumps(failed).encode()


@messages.variant("cache_by_prefix", "What was asked before is read from a cache.", "document")
def cache_by_prefix(call: Call) -> None:
    """Count what is read, and what is written, apart."""
    for one in whole(call):
        seen = call.memory.setdefault("prefixes", set())
        prefix = json.dumps([call.body.get(name) for name in ("system", "tools", "messages")])
        name = "cache_read_input_tokens" if prefix in seen else "cache_creation_input_tokens"
        one["usage"] |= {name: one["usage"]["input_tokens"] - 1, "input_tokens": 1}
        seen.add(prefix)


@messages.variant("pretty_pieces", "The input of a call is written on several lines, in small pieces.", "chunks")
def pretty_pieces(call: Call) -> None:
    """Write it as people do."""
    said: dict[int, str] = {}
    made: list[dict[str, Any]] = []
    for event in call.chunks:
        if "partial_json" in event.get("delta", {}):
            said[event["index"]] = said.get(event["index"], "") + event["delta"]["partial_json"]
            continue
        if event["type"] == "content_block_stop" and said.get(event["index"]):
            written = json.dumps(json.loads(said[event["index"]]), indent=2, ensure_ascii=False)
            for at in range(0, len(written), 3):
                delta = {"type": "input_json_delta", "partial_json": written[at : at + 3]}
                made.append({"type": "content_block_delta", "index": event["index"], "delta": delta})
        made.append(event)
    call.chunks = made


@messages.variant("newest_members", "Messages have the newest members.", "document")
def newest_members(call: Call) -> None:
    """Tell what there is not."""
    for one in whole(call):
        one |= {"stop_details": None, "container": None, "context_management": {"applied_edits": []}}
        one["usage"] |= {"inference_geo": "us", "server_tool_use": None, "speed": "standard"}
        for block in one["content"]:
            if block["type"] == "tool_use":
                block["caller"] = {"type": "direct"}


@messages.variant("newest_members_stream", "Streams have the newest members, and counts of the platform.", "chunks")
def newest_members_stream(call: Call) -> None:
    """Tell it piece by piece."""
    for event in events(call, "message_delta"):
        event["delta"] |= {"container": None, "stop_details": None}
        event["context_management"] = {"applied_edits": []}
    for event in events(call, "message_stop"):
        event["amazon-bedrock-invocationMetrics"] = {"inputTokenCount": 3}


@messages.variant("either_sampling", "temperature and top_p are not taken together.", "body")
def either_sampling(call: Call) -> None:
    """Sample in one way."""
    if {"temperature", "top_p"} <= set(call.body):
        raise Refusal(400, "`temperature` and `top_p` cannot both be specified for this model.")


@responses.variant("responses.own_defaults", "Sampling has other defaults, and they are told.", "answers")
def own_defaults(call: Call) -> None:
    """Sample as the model's makers advise."""
    for name, usual in (("temperature", 0.6), ("top_p", 0.95)):
        if call.path == "/responses" and call.body.get(name) is None:
            call.body[name] = usual


@responses.variant(
    "responses.compressed", "Answers that are not streamed are compressed where that is offered.", "response"
)
def compressed(call: Call) -> None:
    """Save bytes."""
    if isinstance(call.response.body, bytes) and "gzip" in call.request.headers.get("accept-encoding", ""):
        call.response.body = gzip.compress(call.response.body)
        call.response.set("Content-Encoding", "gzip")


@messages.variant(
    "thoughts_omitted", "Of thoughts no more than signatures is shown.", "document", blocks=("thinking.counted",)
)
def thoughts_omitted(call: Call) -> None:
    """Keep the words."""
    document = call.document
    for block in document.get("content", ()) if isinstance(document, dict) else ():
        if block.get("type") == "thinking":
            block.update(thinking="", signature=signature(""))


@messages.variant(
    "silent_after_results",
    "After results of tools, the model has nothing to say.",
    "answers",
    blocks=("*.together", "alike.*", "results.*", "images.*", "turns.together", "usage.history"),
)
def silent_after_results(call: Call) -> None:
    """Think that all is said."""
    content = call.body["messages"][-1]["content"]
    if isinstance(content, list) and any(block["type"] == "tool_result" for block in content):
        for answer in call.answers:
            answer.text, answer.tokens, answer.spent = "", [], answer.thought + 2


@responses.variant(
    "responses.mild",
    "The temperature ends at 1, as in Messages.",
    "body",
    {"responses.parameters.temperature_above_one": "unsupported"},
)
def mild(call: Call) -> None:
    """Refuse what is above."""
    warm = call.body.get("temperature")
    if isinstance(warm, float) and warm > 1:
        raise Refusal(400, "temperature: must be at most 1.", param="temperature", code="decimal_above_max_value")


@responses.variant(
    "responses.deleted_silently",
    "A deletion is answered with an empty object.",
    "document",
    blocks=("responses.state.delete_shape",),
)
def deleted_silently(call: Call) -> None:
    """Say nothing of it."""
    if call.request.method == "DELETE":
        call.document = {}


@responses.variant(
    "responses.reads_chat_tools", "A tool may be given as Chat Completions has it, and is called then.", "body"
)
def reads_chat_tools(call: Call) -> None:
    """Look for the name below."""
    given = call.body.get("tools")
    for tool in given if isinstance(given, list) else ():
        if isinstance(tool, dict) and isinstance(inner := tool.get("function"), dict) and "name" not in tool:
            tool.update(tool.pop("function") and inner)


@responses.variant("responses.body_named", "What is said of a body that is no JSON names the body.", "error")
def body_named(call: Call) -> None:
    """Name it."""
    if call.document["error"].get("param") is None:
        call.document["error"]["param"] = "request_body"


@responses.variant(
    "responses.no_argument_deltas",
    "The arguments of calls come in no delta, only when they are done, as some models of Codex send them.",
    "chunks",
    blocks=("responses.call_stream.arguments",),
)
def no_argument_deltas(call: Call) -> None:
    """Tell them in the end."""
    call.chunks[:] = [event for event in call.chunks if event["type"] != "response.function_call_arguments.delta"]
    renumber(call)


@messages.variant("calls_twice", "A forced tool is called twice, unless only one call is allowed.", "answers")
def calls_twice(call: Call) -> None:
    """Be thorough."""
    choice = call.body.get("tool_choice") or {}
    if choice.get("type") in ("any", "tool") and not choice.get("disable_parallel_tool_use"):
        for answer in call.answers:
            answer.calls += [(f"{one}b", name, given) for one, name, given in answer.calls]


@messages.variant(
    "no_documents",
    "Documents and formats are refused.",
    "body",
    "images.document",
    "parameters.format",
    blocks=("count.documents", "parameters.whole_format"),
)
def no_documents(call: Call) -> None:
    """Read messages alone."""
    if '"document"' in json.dumps(call.body.get("messages")) or "output_config" in call.body:
        raise Refusal(400, "not supported by this model")


@responses.variant("responses.bare_404", "The error of a response that isn't there has no wrapper.", "document")
def bare_404(call: Call) -> None:
    """Tell it as the description has it."""
    if call.error is not None and call.error.status == 404 and call.request.method == "GET":
        call.document = call.document["error"]
