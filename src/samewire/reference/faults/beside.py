"""Faults that show in company alone: what holds by itself is dropped beside tools, pictures, formats or streams."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions, fault, fragments
from samewire.reference.tokens import tokenize

PICTURE, LIMITS = "image_url", ("max_completion_tokens", "max_tokens")


def _messages(call: Call) -> list[dict[str, Any]]:
    found = call.body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _parts(call: Call) -> list[dict[str, Any]]:
    contents = [one["content"] for one in _messages(call) if isinstance(one.get("content"), list)]
    return [part for content in contents for part in content if isinstance(part, dict)]


def _pictured(call: Call) -> bool:
    return any(part.get("type") == PICTURE for part in _parts(call))


def _without_pictures(message: dict[str, Any]) -> None:
    content = message.get("content")
    if isinstance(content, list):
        message["content"] = [part for part in content if part.get("type") != PICTURE] or "…"


def _forget(call: Call, *names: str) -> None:
    for name in names:
        call.body.pop(name, None)


@fault(
    "beside.second_system", "Of several system messages the first is heard.", "body", {"chat.history.heard": "ignored"}
)
def second_system(call: Call) -> None:
    """Listen once."""
    told = [one for one in _messages(call) if one.get("role") == "system"]
    if len(told) > 1:
        call.body["messages"] = [one for one in _messages(call) if one not in told[1:]]


@fault("beside.same_role", "Of two messages of a role the last is heard.", "body", {"chat.history.heard": "ignored"})
def same_role(call: Call) -> None:
    """Overwrite."""
    messages = _messages(call)
    plain = ("user", "assistant")
    kept = [
        one
        for one, later in zip(messages, [*messages[1:], {}], strict=False)
        if one.get("role") not in plain or one.get("role") != later.get("role") or one.get("tool_calls")
    ]
    if len(kept) < len(messages):
        call.body["messages"] = kept


@fault(
    "beside.user_after_result",
    "The user must not follow a result.",
    "body",
    {"chat.history.user_after_result": "unsupported"},
)
def user_after_result(call: Call) -> None:
    """Insist on the assistant."""
    roles = [one.get("role") for one in _messages(call)]
    if ("tool", "user") in pairwise(roles):
        raise Refusal(400, "Unexpected role 'user' after role 'tool'")


@fault(
    "beside.stop_and_tools",
    "With tools at hand, stop is dropped.",
    "body",
    {"chat.sampling.stop_beside_tools": "ignored"},
)
def stop_and_tools(call: Call) -> None:
    """Run on."""
    if call.body.get("tools"):
        _forget(call, "stop")


@fault(
    "beside.limit_and_tools",
    "With tools at hand, the token limit is dropped.",
    "body",
    {"chat.limits.max_tokens_stream": "ignored", "chat.limits.beside_tools": "ignored"},
    blocks=("chat.tools.cut_finish", "chat.tool_stream.cut_finish"),
)
def limit_and_tools(call: Call) -> None:
    """Run on."""
    if call.body.get("tools"):
        _forget(call, *LIMITS)


@fault(
    "beside.limit_and_format",
    "With a format, the token limit is dropped.",
    "body",
    {"chat.limits.stream": "ignored"},
    blocks=("chat.limits.stream_counted",),
)
def limit_and_format(call: Call) -> None:
    """Run on."""
    if call.body.get("response_format"):
        _forget(call, *LIMITS)


@fault(
    "beside.limit_doubled",
    "The token limit is doubled.",
    "body",
    {"chat.limits.max_tokens": "ignored", "chat.limits.max_completion_tokens": "ignored"},
    blocks=("chat.limits.stream_counted", "chat.limits.beside_tools", "chat.limits.every_choice"),
)
def limit_doubled(call: Call) -> None:
    """Be generous."""
    for name in LIMITS:
        if isinstance(call.body.get(name), int) and 0 < call.body[name] < 100:
            call.body[name] *= 2


@fault("beside.old_pictures", "Pictures of earlier turns are dropped.", "body", {"chat.images.together": "ignored"})
def old_pictures(call: Call) -> None:
    """Look at what is new."""
    for message in _messages(call)[:-1]:
        _without_pictures(message)


@fault(
    "beside.system_and_pictures",
    "Beside pictures, the system is not heard.",
    "body",
    {"chat.images.together": "ignored"},
)
def system_and_pictures(call: Call) -> None:
    """Look, and don't listen."""
    if _pictured(call):
        call.body["messages"] = [one for one in _messages(call) if one.get("role") != "system"]


@fault(
    "beside.tools_and_pictures", "Beside pictures, tools are dropped.", "body", {"chat.images.beside_tools": "ignored"}
)
def tools_and_pictures(call: Call) -> None:
    """Look, and don't touch."""
    if _pictured(call):
        _forget(call, "tools", "tool_choice")


@fault(
    "beside.pictures_and_tools", "Beside tools, pictures are dropped.", "body", {"chat.images.beside_tools": "ignored"}
)
def pictures_and_tools(call: Call) -> None:
    """Work blindly."""
    if call.body.get("tools"):
        for message in _messages(call):
            _without_pictures(message)


@fault(
    "beside.pictures_and_format",
    "Beside a format, pictures are dropped.",
    "body",
    {"chat.images.beside_format": "ignored"},
)
def pictures_and_format(call: Call) -> None:
    """Fill in forms blindly."""
    if call.body.get("response_format"):
        for message in _messages(call):
            _without_pictures(message)


@fault(
    "beside.format_and_pictures",
    "Beside pictures, a format is dropped.",
    "body",
    {"chat.format.beside_pictures": "ignored"},
)
def format_and_pictures(call: Call) -> None:
    """Look, and talk."""
    if _pictured(call):
        _forget(call, "response_format")


@fault(
    "beside.format_and_tools",
    "Beside tools, a format is dropped.",
    "body",
    {"chat.format.object_beside_tools": "ignored", "chat.format.with_tools": "ignored"},
    blocks=(
        "chat.format.order_within",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def format_and_tools(call: Call) -> None:
    """Talk freely."""
    if call.body.get("tools"):
        _forget(call, "response_format")


@fault(
    "beside.system_and_format",
    "Beside a format, the system is not heard.",
    "body",
    {"chat.format.heard": "ignored", "chat.format.said_by_system": "unsupported"},
    blocks=("chat.images.beside_format", "chat.sampling.logprobs_beside_format"),
)
def system_and_format(call: Call) -> None:
    """Fill in forms, and don't listen."""
    if call.body.get("response_format") and len(_messages(call)) > 1:
        call.body["messages"] = [one for one in _messages(call) if one.get("role") != "system"]


@fault(
    "beside.references_in_formats",
    "A schema must not refer.",
    "body",
    {"chat.format.references": "unsupported"},
    blocks=(
        "chat.format.enums",
        "chat.format.heard",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def references_in_formats(call: Call) -> None:
    """Refuse what refers."""
    if "$ref" in str(call.body.get("response_format")):
        raise Refusal(400, "Invalid schema for response_format: '$ref' is not supported.", param="response_format")


@fault(
    "beside.schema_loose_in_streams",
    "In streams, json_schema is taken for json_object.",
    "body",
    {"chat.format.schema_streamed": "ignored"},
    blocks=(
        "chat.images.beside_format",
        "chat.format.beside_pictures",
    ),
)
def schema_loose_in_streams(call: Call) -> None:
    """Make some JSON."""
    form = call.body.get("response_format")
    if call.streamed and isinstance(form, dict) and form.get("type") == "json_schema":
        call.body["response_format"] = {"type": "json_object"}
        call.body["messages"] = [*_messages(call), {"role": "user", "content": "Say it in JSON."}]


@fault(
    "beside.strict_in_streams",
    "In streams, strict is dropped from a function.",
    "body",
    {"chat.strict.stream": "ignored"},
)
def strict_in_streams(call: Call) -> None:
    """Be strict now and then."""
    for tool in (call.body.get("tools") or ()) if call.streamed else ():
        tool.get("function", {}).pop("strict", None)


@fault(
    "beside.n_and_tools",
    "With tools at hand, n is dropped.",
    "body",
    {"chat.sampling.n_stream": "ignored"},
    blocks=("chat.tool_stream.every_choice",),
)
def n_and_tools(call: Call) -> None:
    """Say it once."""
    if call.body.get("tools"):
        _forget(call, "n")


@fault(
    "beside.usage_and_tools",
    "With tools at hand, include_usage is dropped.",
    "body",
    {"chat.stream_usage.beside": "ignored", "chat.stream_usage.same_conversation": "ignored"},
)
def usage_and_tools(call: Call) -> None:
    """Don't count."""
    if call.body.get("tools"):
        _forget(call, "stream_options")


@fault("beside.one_choice_counted", "Of several choices one is counted.", "document", {"chat.usage.choices": "broken"})
def one_choice_counted(call: Call) -> None:
    """Count to one."""
    for document in completions(call):
        usage = document["usage"]
        usage["completion_tokens"] //= len(document["choices"])
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


@fault(
    "beside.created_at_start",
    "created is when the server was started.",
    "document",
    {"chat.completion.created_now": "broken"},
)
def created_at_start(call: Call) -> None:
    """Live in the past."""
    for document in completions(call):
        document["created"] = 1_700_000_000


@fault("beside.no_model_in_streams", "Chunks have an empty model.", "chunks", {"chat.stream.model": "broken"})
def no_model_in_streams(call: Call) -> None:
    """Name nobody."""
    for chunk in call.chunks:
        chunk["model"] = ""


@fault("beside.line_ends", "Streams lose line ends.", "chunks", {"chat.letters.streamed": "broken"})
def line_ends(call: Call) -> None:
    """Write it all in one line."""
    for choice in choices(call):
        if choice["delta"].get("content"):
            choice["delta"]["content"] = choice["delta"]["content"].replace("\n", " ")


@fault("beside.markup", "Signs of markup are escaped.", "answers", {"chat.letters.whole": "broken"})
def markup(call: Call) -> None:
    """Beware of markup."""
    for answer in call.answers:
        answer.text = answer.text.replace("&", "&amp;").replace("<", "&lt;")
        answer.tokens = tokenize(answer.text)


@fault(
    "beside.small_names",
    "Streams call tools by names in small letters.",
    "chunks",
    {"chat.tool_stream.declared_name": "broken"},
)
def small_names(call: Call) -> None:
    """Write small."""
    for fragment in fragments(call):
        if fragment.get("function", {}).get("name"):
            fragment["function"]["name"] = fragment["function"]["name"].lower()


@fault(
    "beside.key_for_embeddings",
    "Embeddings need no key.",
    "request",
    {"http.auth.embeddings": "ignored"},
    where="/embeddings",
)
def key_for_embeddings(call: Call) -> None:
    """Let everyone in."""
    call.notes["authorised"] = True


@fault(
    "beside.key_for_streams",
    "Streams need no key.",
    "request",
    {"http.auth.missing_key": "ignored", "http.auth.completions": "ignored"},
)
def key_for_streams(call: Call) -> None:
    """Let everyone in who waits."""
    call.notes["authorised"] = b'"stream":true' in call.request.body.replace(b" ", b"")


@fault("accepted.choices_type", "n may be a word.", "body", {"chat.mistakes.choices_type": "ignored"})
def choices_type(call: Call) -> None:
    """Pass over it."""
    if isinstance(call.body.get("n"), str):
        del call.body["n"]


@fault("accepted.wordless_part", "A part of text needs no text.", "body", {"chat.mistakes.wordless_part": "ignored"})
def wordless_part(call: Call) -> None:
    """Fill in nothing."""
    for part in _parts(call):
        if part.get("type") == "text":
            part.setdefault("text", "")


@fault("accepted.no_schema", "A json_schema may be missing.", "body", {"chat.mistakes.no_schema": "ignored"})
def no_schema(call: Call) -> None:
    """Pass over it."""
    form = call.body.get("response_format")
    if isinstance(form, dict) and form.get("type") == "json_schema" and not form.get("json_schema"):
        del call.body["response_format"]
