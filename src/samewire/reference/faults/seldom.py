"""Faults of what is legal and seldom sent: it is refused, or lost beside something else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions, fault, fragments

PICTURE = "image_url"


def _messages(call: Call) -> list[dict[str, Any]]:
    found = call.body.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _contents(call: Call) -> list[list[dict[str, Any]]]:
    contents = [one["content"] for one in _messages(call) if isinstance(one.get("content"), list)]
    return [[part for part in content if isinstance(part, dict)] for content in contents]


def _pictured(call: Call) -> bool:
    return any(part.get("type") == PICTURE for content in _contents(call) for part in content)


def _schema(call: Call) -> dict[str, Any]:
    found = call.body.get("response_format")
    shape = found.get("json_schema") if isinstance(found, dict) else None
    return shape if isinstance(shape, dict) else {}


def _below(call: Call) -> bool:
    value = call.body.get("presence_penalty")
    return isinstance(value, (int, float)) and -2 <= value < 0


def _far(call: Call) -> bool:
    seed = call.body.get("seed")
    return isinstance(seed, int) and not 0 <= seed < 2**32


def _detailed(call: Call) -> bool:
    return '"detail": "low"' in json.dumps(call.body.get("messages"))


def _begun(call: Call) -> bool:
    return any(content[0].get("type") == PICTURE for content in _contents(call) if content)


def _commanded(call: Call) -> bool:
    return _pictured(call) and any(one.get("role") == "system" for one in _messages(call))


#: What can't be judged where the pictures of several turns are refused.
GALLERY = ("chat.images.together", "chat.images.counted", "chat.images.beside_format", "chat.format.beside_pictures")
#: What is refused → when, the check that sees it, and those that can't be judged then.
REFUSED: dict[str, tuple[Callable[[Call], bool], str, tuple[str, ...]]] = {
    "titles": (
        lambda call: '"title"' in json.dumps(_schema(call)),
        "chat.format.titles",
        ("chat.format.heard", "chat.format.schema_streamed", "chat.format.beside_pictures"),
    ),
    "not_strict": (
        lambda call: "name" in _schema(call) and not _schema(call).get("strict"),
        "chat.format.not_strict",
        ("chat.limits.stream_counted", "chat.format.strict_null"),
    ),
    "negative_penalty": (_below, "chat.sampling.negative_penalty", ()),
    "seed_far": (_far, "chat.sampling.seed_far", ()),
    "detail_low": (_detailed, "chat.images.detail", GALLERY),
    "picture_first": (_begun, "chat.images.first", (*GALLERY, "chat.images.words_after")),
    "system_and_picture": (_commanded, "chat.images.beside_system", GALLERY),
    "parallel_true": (
        lambda call: call.body.get("parallel_tool_calls") is True,
        "chat.parameters.parallel_tool_calls",
        ("chat.sampling.stop_beside_tools",),
    ),
}
for _name, (_when, _check, _blocks) in REFUSED.items():

    @fault(
        f"refused.{_name}",
        f"{_name.replace('_', ' ').capitalize()}: refused.",
        "body",
        {_check: "unsupported"},
        blocks=_blocks,
    )
    def refused(call: Call, when: Callable[[Call], bool] = _when) -> None:
        """Refuse it."""
        if when(call):
            raise Refusal(400, "This is not supported here.", code="unsupported_value")


@fault(
    "beside.usage_and_pictures",
    "Beside pictures, streams count nothing.",
    "body",
    {"chat.images.counted": "ignored"},
)
def usage_and_pictures(call: Call) -> None:
    """Look, and don't count."""
    if _pictured(call):
        call.body.pop("stream_options", None)


@fault(
    "beside.developer_and_tools",
    "Beside tools, the developer is not heard.",
    "body",
    {"chat.roles.developer_beside_tools": "ignored"},
)
def developer_and_tools(call: Call) -> None:
    """Listen to the tools alone."""
    if call.body.get("tools"):
        call.body["messages"] = [one for one in _messages(call) if one.get("role") != "developer"] or [
            _messages(call)[-1]
        ]


@fault(
    "tools.truths_as_text",
    "True and false are text in arguments.",
    "document",
    {"chat.strict.tool": "ignored"},
    blocks=("chat.strict.stream",),
)
def truths_as_text(call: Call) -> None:
    """Write them out."""
    for document in completions(call):
        for choice in document["choices"]:
            for one in choice["message"].get("tool_calls") or ():
                if "function" in one:
                    text = one["function"]["arguments"]
                    one["function"]["arguments"] = re.sub(r": (true|false)\b", r': "\1"', text)


@fault(
    "format.required_order",
    "The keys of structured output come in the order of `required`.",
    "body",
    {"chat.format.order": "broken", "chat.format.order_within": "broken"},
)
def required_order(call: Call) -> None:
    """Read the wrong list."""
    pending = [_schema(call).get("schema")]
    for one in pending:
        if isinstance(one, dict) and isinstance(one.get("properties"), dict) and one.get("required"):
            known = one["properties"]
            one["properties"] = {key: known[key] for key in (*one["required"], *known) if key in known}
            pending.extend(known.values())


@fault(
    "format.nested_schemas",
    "Objects in objects lose their members.",
    "body",
    {"chat.format.with_tools": "ignored"},
    blocks=(
        "chat.format.order_within",
        "chat.format.schema_streamed",
        "chat.format.beside_pictures",
    ),
)
def nested_schemas(call: Call) -> None:
    """Read a schema's first level."""
    schema = _schema(call).get("schema")
    for one in (schema.get("properties") or {}).values() if isinstance(schema, dict) else ():
        if one.get("type") == "object":
            one.update(properties={}, required=[])


@fault(
    "tools.markup_streamed",
    "Calls leak into the content of streams as markup.",
    "chunks",
    {"chat.tool_stream.no_markup": "broken"},
    blocks=("chat.limits.max_tokens_stream",),
)
def markup_streamed(call: Call) -> None:
    """Say it twice."""
    if fragments(call):
        place = next(place for place, chunk in enumerate(call.chunks) if chunk["choices"][0]["delta"].get("tool_calls"))
        leaked = json.loads(json.dumps(call.chunks[place]))
        leaked["choices"][0]["delta"] = {"content": "<tool_call>{}</tool_call>"}
        call.chunks.insert(place, leaked)


@fault(
    "completion.refusal_copied",
    "What is said is said to be refused, too.",
    "document",
    {"chat.completion.refusal": "broken"},
    blocks=(
        "chat.format.with_tools",
        "chat.format.json_object",
        "chat.format.json_schema",
    ),
)
def refusal_copied(call: Call) -> None:
    """Fill in every field."""
    for choice in choices(call):
        if "message" in choice:
            choice["message"]["refusal"] = choice["message"].get("content")


@fault(
    "completion.refusal_none",
    'Where nothing is refused, refusal is the text "None".',
    "document",
    {"chat.completion.refusal": "broken"},
    blocks=(
        "chat.format.with_tools",
        "chat.format.json_object",
        "chat.format.json_schema",
    ),
)
def refusal_none(call: Call) -> None:
    """Write None as text."""
    for choice in choices(call):
        if "message" in choice:
            choice["message"]["refusal"] = str(choice["message"]["refusal"])


@fault(
    "legacy.other_order",
    "The texts of several prompts come the other way around.",
    "document",
    {"completions.text.order": "broken"},
)
def other_order(call: Call) -> None:
    """Begin with the last."""
    if call.path == "/completions" and not call.chunks:
        every = call.document["choices"]
        texts = [(one["text"], one["logprobs"]) for one in reversed(every)]
        for one, (text, logprobs) in zip(every, texts, strict=True):
            one.update(text=text, logprobs=logprobs)


@fault(
    "models.other_owner",
    "A model has another owner than in the list.",
    "document",
    {"http.models.same": "broken"},
)
def other_owner(call: Call) -> None:
    """Claim it."""
    if "/models/" in call.request.path:
        call.document["owned_by"] = "somebody"


@fault(
    "headers.none_on_streams",
    "Streams have no x-request-id.",
    "response",
    {"http.headers.streams_request_id": "unsupported"},
    blocks=("http.headers.own_request_id",),
)
def none_on_streams(call: Call) -> None:
    """Number what is whole."""
    if not isinstance(call.response.body, bytes):
        call.response.drop("x-request-id")


@fault(
    "headers.none_on_refusals",
    "Refusals have no x-request-id.",
    "response",
    {"http.headers.refusals_request_id": "unsupported"},
)
def none_on_refusals(call: Call) -> None:
    """Number what is well."""
    if call.response.status >= 400:
        call.response.drop("x-request-id")
