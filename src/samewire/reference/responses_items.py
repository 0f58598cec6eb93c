"""The items that are put into the Responses protocol: their forms, and one form for all of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from samewire.reference.errors import Refusal, missing
from samewire.reference.rules import one_of, refuse_type, string

__all__ = ["PREFIXES", "expanded", "named", "unanswered"]

ROLES = ("assistant", "system", "developer", "user")
#: Type of an item → how its id begins.
PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fco",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco",
    "reasoning": "rs",
}
HEARD = ("input_text", "input_image", "input_file")
SPOKEN = ("output_text", "refusal")
#: What holds the words of a part.
TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}


def expanded(given: Any, find: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """The input as items in their full form, references followed.

    Args:
        given: the input: a string, or an array of items.
        find: an item by its id.

    Raises:
        Refusal: it is no input.
    """
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if not isinstance(given, list):
        raise refuse_type("input", given, "a string or an array of items")
    if not given:
        raise Refusal(400, "Invalid 'input': empty array.", param="input", code="empty_array")
    return [_item(f"input[{index}]", item, find) for index, item in enumerate(given)]


def _item(place: str, item: Any, find: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise refuse_type(place, item, "an object")
    kind = item.get("type") or ("message" if "role" in item else "item_reference" if "id" in item else None)
    if kind is None:
        raise missing(f"{place}.type")
    one_of(*PREFIXES, "item_reference")(f"{place}.type", kind)
    if kind == "item_reference":
        _wanted(place, item, "id")
        return find(item["id"])
    if item.get("id") is not None:
        string(64)(f"{place}.id", item["id"])
    if kind == "message":
        return _message(place, item)
    if kind == "reasoning":
        if not isinstance(item.get("summary"), list):
            raise missing(f"{place}.summary")
        return dict(item)
    _wanted(place, item, "call_id", 64)
    if kind == "function_call":
        _wanted(place, item, "name")
        _wanted(place, item, "arguments")
    elif kind == "custom_tool_call":
        _wanted(place, item, "name")
        _wanted(place, item, "input")
    elif item.get("output") is None:
        raise missing(f"{place}.output")
    elif not isinstance(item["output"], str):
        _parts(f"{place}.output", item["output"], HEARD)
    return dict(item)


def _wanted(place: str, item: dict[str, Any], name: str, longest: int | None = None) -> None:
    if item.get(name) is None:
        raise missing(f"{place}.{name}")
    string(longest)(f"{place}.{name}", item[name])


def _message(place: str, item: dict[str, Any]) -> dict[str, Any]:
    if "role" not in item:
        raise missing(f"{place}.role")
    one_of(*ROLES)(f"{place}.role", item["role"])
    content = item.get("content")
    if content is None:
        raise missing(f"{place}.content")
    said = item["role"] == "assistant"
    if isinstance(content, str):
        part: dict[str, Any] = {"type": "output_text" if said else "input_text", "text": content}
        content = [{**part, "annotations": []} if said else part]
    else:
        _parts(f"{place}.content", content, SPOKEN if said else HEARD)
    return {**item, "type": "message", "status": "completed", "content": content}


def _parts(place: str, parts: Any, kinds: Sequence[str]) -> None:
    if not isinstance(parts, list):
        raise refuse_type(place, parts, "one of a string or array of objects")
    for index, part in enumerate(parts):
        here = f"{place}[{index}]"
        if not isinstance(part, dict):
            raise refuse_type(here, part, "an object")
        if part.get("type") is None:
            raise missing(f"{here}.type")
        one_of(*kinds)(f"{here}.type", part["type"])
        if part["type"] in TEXTS:
            _wanted(here, part, TEXTS[part["type"]])
        elif part["type"] == "input_image":
            if part.get("image_url") is None and part.get("file_id") is None:
                raise missing(f"{here}.image_url")
            string()(f"{here}.image_url", part.get("image_url", ""))
            if part.get("detail") is not None:
                one_of("low", "high", "auto", "original")(f"{here}.detail", part["detail"])


def named(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items with an id each, as a listing shows them."""
    return [
        {"id": item.get("id") or f"{PREFIXES[item['type']]}_{secrets.token_hex(16)}", **_without_id(item)}
        for item in items
    ]


def _without_id(item: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in item.items() if key != "id"}
    if item["type"] in ("function_call", "custom_tool_call", "function_call_output", "custom_tool_call_output"):
        shown.setdefault("status", "completed")
    return shown


def unanswered(items: Sequence[dict[str, Any]]) -> None:
    """Refuse calls without an output and outputs without a call."""
    waiting: dict[str, str] = {}
    for item in items:
        kind = item["type"]
        if kind in ("function_call", "custom_tool_call"):
            waiting[item["call_id"]] = kind
        elif kind.endswith("_output"):
            called = kind.removesuffix("_output")
            if waiting.pop(item["call_id"], None) != called:
                words = f"No tool call found for {called.replace('_', ' ')} output with call_id {item['call_id']}."
                raise Refusal(400, words, param="input")
    for name, kind in waiting.items():
        raise Refusal(400, f"No tool output found for {kind.replace('_', ' ')} {name}.", param="input")
