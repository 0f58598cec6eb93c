"""Faults of histories: which messages may follow each other, and what of them reaches the model."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault


def _refuse(message: str, param: str = "messages") -> Refusal:
    return Refusal(400, message, param=param, code="invalid_value")


def _said(call: Call) -> list[dict[str, Any]]:
    messages = call.body.get("messages")
    return [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


def _roles(call: Call) -> list[str]:
    return [str(one.get("role")) for one in _said(call)]


@fault(
    "history.system_first",
    "A system message is taken at the beginning alone, and only one.",
    "body",
    {"chat.history.two_systems": "unsupported", "chat.history.late_system": "unsupported"},
    blocks=("chat.history.heard",),
    known=("role-system-only-first",),
)
def system_first(call: Call) -> None:
    """Want the system to speak once, and first."""
    if "system" in _roles(call)[1:]:
        raise _refuse("System message must be at the beginning.")


@fault(
    "history.alternate",
    "User and assistant must take turns.",
    "body",
    {
        "chat.history.two_users": "unsupported",
        "chat.history.two_assistants": "unsupported",
        "chat.history.assistant_first": "unsupported",
    },
    blocks=("chat.history.heard",),
    known=("role-alternation-required",),
)
def alternate(call: Call) -> None:
    """Want turns to be taken."""
    turns = [role for role in _roles(call) if role in ("user", "assistant", "tool")]
    wrong = turns[:1] == ["assistant"] or any(one == other and one != "tool" for one, other in pairwise(turns))
    if wrong:
        raise _refuse("Conversation roles must alternate user/assistant/user/assistant/...")


@fault(
    "history.assistant_parts",
    "The content of an assistant message must be a string.",
    "body",
    {"chat.history.assistant_parts": "unsupported"},
    blocks=("chat.history.heard", "chat.history.refusal"),
)
def assistant_parts(call: Call) -> None:
    """Refuse arrays."""
    for one in _said(call):
        if one.get("role") == "assistant" and isinstance(one.get("content"), list):
            raise _refuse("The content of an assistant message must be a string.")


@fault(
    "history.one_result",
    "Of the results of tools one is taken at a time.",
    "body",
    {"chat.history.two_results": "unsupported", "chat.history.results_in_any_order": "unsupported"},
    blocks=("chat.history.results_by_id",),
)
def one_result(call: Call) -> None:
    """Take one result."""
    if ("tool", "tool") in pairwise(_roles(call)):
        raise _refuse("Only one tool message may follow.")


@fault(
    "history.results_in_order",
    "Results must come in the order of their calls.",
    "body",
    {"chat.history.results_in_any_order": "unsupported"},
    blocks=("chat.history.results_by_id",),
)
def results_in_order(call: Call) -> None:
    """Refuse another order."""
    wanted = [one.get("id") for message in _said(call) for one in message.get("tool_calls") or ()]
    given = [one.get("tool_call_id") for one in _said(call) if one.get("role") == "tool"]
    if len(given) == len(wanted) and given != wanted and sorted(map(str, given)) == sorted(map(str, wanted)):
        raise _refuse("Tool results must follow in the order of the calls.")


@fault(
    "history.unanswered_call",
    "A call needs no result.",
    "body",
    {"chat.history.unanswered_call": "ignored"},
)
def unanswered_call(call: Call) -> None:
    """Forget the calls that have no result."""
    given = {one.get("tool_call_id") for one in _said(call) if one.get("role") == "tool"}
    for message in _said(call):
        made = message.get("tool_calls") or []
        if len(made) > 1 and given & {one.get("id") for one in made}:
            message["tool_calls"] = [one for one in made if one.get("id") in given]


for _kind, _cell in (("input_audio", "audio"), ("file", "file")):

    @fault(
        f"history.{_cell}",
        f"Parts of the type {_kind} are dropped.",
        "body",
        {f"chat.history.{_cell}": "ignored"},
    )
    def part(call: Call, kind: str = _kind) -> None:
        """Drop a part."""
        for message in _said(call):
            if isinstance(message.get("content"), list):
                message["content"] = [one for one in message["content"] if one.get("type") != kind]


@fault(
    "history.call_ids",
    "Calls must have ids of nine letters.",
    "body",
    {
        "chat.tools.round_trip": "unsupported",
        "chat.history.two_results": "unsupported",
        "chat.history.results_in_any_order": "unsupported",
    },
    blocks=(
        "chat.stream.incremental_beside_tools",
        "chat.stream_usage.declined",
        "chat.tools.*",
        "chat.history.*",
        "chat.tool_stream.*",
        "chat.tools.own_call",
        "chat.roles.together*",
        "chat.stream_usage.same_conversation",
    ),
    known=("tool-id-format-restricted",),
)
def call_ids(call: Call) -> None:
    """Refuse ids of another kind."""
    for message in _said(call):
        for one in message.get("tool_calls") or ():
            if not re.fullmatch(r"[a-zA-Z0-9]{9}", str(one.get("id"))):
                raise _refuse(f"Tool call id was {one.get('id')} but must be a-z, A-Z, 0-9, with a length of 9.")


@fault(
    "history.thoughts",
    "Messages with calls must bring the thoughts that led to them.",
    "body",
    {
        "chat.tools.round_trip": "unsupported",
        "chat.history.two_results": "unsupported",
        "chat.history.results_in_any_order": "unsupported",
    },
    blocks=(
        "chat.stream_usage.declined",
        "chat.tools.*",
        "chat.history.*",
        "chat.tool_stream.*",
        "chat.roles.together*",
        "chat.stream_usage.same_conversation",
        "chat.stream.incremental_beside_tools",
    ),
    known=("reasoning-must-be-replayed",),
)
def thoughts(call: Call) -> None:
    """Want the thoughts back."""
    for index, message in enumerate(_said(call)):
        if message.get("tool_calls") and "reasoning_content" not in message:
            raise _refuse(f"Missing `reasoning_content` field in the assistant message at message index {index}")


def _by_url(call: Call) -> bool:
    return '"url": "http' in json.dumps(_said(call))


@fault(
    "images.url_refused",
    "Pictures are taken as data alone.",
    "body",
    {"chat.images.by_url": "unsupported"},
    known=("image-https-url-rejected",),
)
def url_refused(call: Call) -> None:
    """Fetch nothing."""
    if _by_url(call):
        raise _refuse("'url' field must be a base64 encoded image.")


@fault(
    "images.url_failure",
    "A picture's address is taken for the picture.",
    "body",
    {"chat.images.by_url": "broken", "http.error.clients_fault": "broken"},
    blocks=("chat.images.unreachable",),
    known=("image-https-forwarded-as-base64",),
)
def url_failure(call: Call) -> None:
    """Fall over an address."""
    if _by_url(call):
        raise Refusal(500, "illegal base64 data at input byte 5", type="api_error")


@fault(
    "images.url_dropped",
    "Pictures given by their address are dropped.",
    "body",
    {"chat.images.by_url": "ignored", "chat.images.unreachable": "ignored"},
)
def url_dropped(call: Call) -> None:
    """Fetch nothing, and say nothing of it."""
    for message in _said(call):
        if isinstance(message.get("content"), list):
            message["content"] = [one for one in message["content"] if '"url": "http' not in json.dumps(one)]


@fault(
    "images.data_url_refused",
    "A picture's data URL is refused.",
    "body",
    {"chat.images.seen": "unsupported"},
    blocks=(
        "chat.images.*",
        "chat.images.streamed",
        "chat.format.beside_pictures",
    ),
    known=("image-data-url-prefix-rejected",),
)
def data_url_refused(call: Call) -> None:
    """Want bare base64."""
    if '"url": "data:' in json.dumps(_said(call)):
        raise _refuse("illegal base64 data at input byte 4")


@fault(
    "history.by_place",
    "Ids of calls are dropped: results belong to calls in their order.",
    "body",
    {"chat.history.results_by_id": "ignored"},
)
def by_place(call: Call) -> None:
    """Count them off."""
    messages = call.body.get("messages")
    every = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    known = {one.get("id") for message in every for one in message.get("tool_calls") or () if isinstance(one, dict)}
    place = 0
    for message in every:
        if message.get("role") == "tool" and message.get("tool_call_id") in known:
            message["tool_call_id"], place = f"c{place}", place + 1
        elif message.get("role") != "tool":
            place = 0
        for number, one in enumerate(message.get("tool_calls") or ()):
            if isinstance(one, dict) and "id" in one:
                one["id"] = f"c{number}"
