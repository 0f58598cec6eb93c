"""What a Messages request may hold: types, ranges, and how turns and blocks follow each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from samewire.reference.errors import Refusal

__all__ = ["check_count", "check_create", "merged", "refuse"]

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
#: The version that took the sampling parameters away.
LATEST = "2026-10-21"
SAMPLING = ("temperature", "top_p", "top_k")
MEDIA = ("image/jpeg", "image/png", "image/gif", "image/webp")
#: What may stand in a message of each role.
BLOCKS = {
    "user": ("text", "image", "document", "tool_result"),
    "assistant": ("text", "thinking", "redacted_thinking", "tool_use", "document"),
    "system": ("text",),
}
Rule = Callable[[str, Any], None]


def refuse(place: str, words: str) -> Refusal:
    """A mistake at a place of the request."""
    return Refusal(400, f"{place}: {words}")


def _needs(place: str, value: Any, name: str) -> Any:
    if name not in value:
        raise refuse(f"{place}.{name}" if place else name, "Field required")
    return value[name]


def string(place: str, value: Any) -> None:
    """A string."""
    if not isinstance(value, str):
        raise refuse(place, "Input should be a valid string")


def _object(place: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise refuse(place, "Input should be an object")


def _array(place: str, value: Any) -> None:
    if not isinstance(value, list):
        raise refuse(place, "Input should be a valid array")


def boolean(place: str, value: Any) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        raise refuse(place, "Input should be a valid boolean")


def number(low: float, high: float | None = None, whole: bool = False) -> Rule:
    """A number within bounds."""
    kinds = int if whole else (int, float)

    def rule(place: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise refuse(place, f"Input should be a valid {'integer' if whole else 'number'}")
        if value < low:
            raise refuse(place, f"Input should be greater than or equal to {low}")
        if high is not None and value > high:
            raise refuse(place, f"Input should be less than or equal to {high}")

    return rule


def one_of(*values: str) -> Rule:
    """One of a few strings."""

    def rule(place: str, value: Any) -> None:
        if value not in values:
            raise refuse(place, f"Input should be {' or '.join(repr(one) for one in values)}")

    return rule


def optional(rule: Rule) -> Rule:
    """The rule, or null."""
    return lambda place, value: None if value is None else rule(place, value)


def _strings(place: str, value: Any) -> None:
    _array(place, value)
    for index, one in enumerate(value):
        string(f"{place}.{index}", one)
        if not one.strip():
            raise refuse(place, "each stop sequence must contain non-whitespace")


def _metadata(place: str, value: Any) -> None:
    _object(place, value)
    for name, one in value.items():
        if name != "user_id":
            raise refuse(f"{place}.{name}", "Extra inputs are not permitted")
        optional(string)(f"{place}.{name}", one)


def _cache(place: str, value: Any) -> None:
    _object(place, value)
    one_of("ephemeral")(f"{place}.type", _needs(place, value, "type"))
    one_of("5m", "1h")(f"{place}.ttl", value.get("ttl", "5m"))


def _thinking(place: str, value: Any) -> None:
    _object(place, value)
    one_of("enabled", "disabled", "adaptive")(f"{place}.type", _needs(place, value, "type"))
    if value["type"] == "enabled":
        number(1024, whole=True)(f"{place}.enabled.budget_tokens", _needs(place, value, "budget_tokens"))


def _output(place: str, value: Any) -> None:
    _object(place, value)
    optional(one_of("low", "medium", "high", "xhigh", "max"))(f"{place}.effort", value.get("effort"))
    form = value.get("format")
    if form is not None:
        _object(f"{place}.format", form)
        one_of("json_schema")(f"{place}.format.type", _needs(f"{place}.format", form, "type"))
        _object(f"{place}.format.schema", _needs(f"{place}.format", form, "schema"))


def _tools(place: str, value: Any) -> None:
    _array(place, value)
    names: set[str] = set()
    for index, tool in enumerate(value):
        here = f"{place}.{index}"
        _object(here, tool)
        optional(one_of("custom"))(f"{here}.type", tool.get("type"))
        name = _needs(here, tool, "name")
        string(f"{here}.name", name)
        if not TOOL_NAME.fullmatch(name):
            raise refuse(f"{here}.custom.name", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
        if name in names:
            raise refuse(place, "Tool names must be unique.")
        names.add(name)
        schema = _needs(here, tool, "input_schema")
        _object(f"{here}.input_schema", schema)
        one_of("object")(f"{here}.input_schema.type", _needs(f"{here}.input_schema", schema, "type"))
        optional(string)(f"{here}.description", tool.get("description"))
        optional(boolean)(f"{here}.strict", tool.get("strict"))
        optional(_cache)(f"{here}.cache_control", tool.get("cache_control"))


def _tool_choice(place: str, value: Any) -> None:
    _object(place, value)
    one_of("auto", "any", "tool", "none")(f"{place}.type", _needs(place, value, "type"))
    known = {"type", *(["name"] if value["type"] == "tool" else ())}
    known |= set() if value["type"] == "none" else {"disable_parallel_tool_use"}
    for name in value:
        if name not in known:
            raise refuse(f"{place}.{value['type']}.{name}", "Extra inputs are not permitted")
    if value["type"] == "tool":
        string(f"{place}.tool.name", _needs(f"{place}.tool", value, "name"))
    boolean(f"{place}.disable_parallel_tool_use", value.get("disable_parallel_tool_use", False))


def _system(place: str, value: Any) -> None:
    if isinstance(value, str):
        return
    _array(place, value)
    for index, block in enumerate(value):
        _block(f"{place}.{index}", block, ("text",))


def _text(place: str, block: dict[str, Any]) -> None:
    string(f"{place}.text", _needs(place, block, "text"))
    if not block["text"]:
        raise refuse(place, "text content blocks must be non-empty")


def _image(place: str, block: dict[str, Any]) -> None:
    source = _needs(place, block, "source")
    _object(f"{place}.source", source)
    one_of("base64", "url", "file")(f"{place}.source.type", _needs(f"{place}.source", source, "type"))
    if source["type"] == "base64":
        one_of(*MEDIA)(f"{place}.source.base64.media_type", _needs(f"{place}.source.base64", source, "media_type"))
        string(f"{place}.source.base64.data", _needs(f"{place}.source.base64", source, "data"))
    elif source["type"] == "url":
        string(f"{place}.source.url.url", _needs(f"{place}.source.url", source, "url"))
    else:
        raise refuse(f"{place}.source", "Files are not available here.")


def _document(place: str, block: dict[str, Any]) -> None:
    source = _needs(place, block, "source")
    _object(f"{place}.source", source)
    if source.get("type") != "text":
        raise refuse(f"{place}.source", "Only documents of plain text are read by this model.")
    one_of("text/plain")(f"{place}.source.text.media_type", _needs(f"{place}.source.text", source, "media_type"))
    string(f"{place}.source.text.data", _needs(f"{place}.source.text", source, "data"))


def _tool_use(place: str, block: dict[str, Any]) -> None:
    for name in ("id", "name"):
        string(f"{place}.tool_use.{name}", _needs(f"{place}.tool_use", block, name))
    _object(f"{place}.tool_use.input", _needs(f"{place}.tool_use", block, "input"))


def _tool_result(place: str, block: dict[str, Any]) -> None:
    string(f"{place}.tool_result.tool_use_id", _needs(f"{place}.tool_result", block, "tool_use_id"))
    boolean(f"{place}.tool_result.is_error", block.get("is_error", False))
    _content(f"{place}.tool_result.content", block.get("content", ""), ("text", "image", "document"))


def _thought(place: str, block: dict[str, Any]) -> None:
    for name in ("thinking", "signature"):
        string(f"{place}.thinking.{name}", _needs(f"{place}.thinking", block, name))


def _redacted(place: str, block: dict[str, Any]) -> None:
    string(f"{place}.redacted_thinking.data", _needs(f"{place}.redacted_thinking", block, "data"))


KINDS: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
    "thinking": _thought,
    "redacted_thinking": _redacted,
}


def _block(place: str, block: Any, allowed: tuple[str, ...]) -> None:
    _object(place, block)
    kind = _needs(place, block, "type")
    if kind not in allowed:
        raise refuse(place, f"Input tag {kind!r} found using 'type' does not match any of the expected tags")
    optional(_cache)(f"{place}.cache_control", block.get("cache_control"))
    KINDS[kind](place, block)


def _content(place: str, value: Any, allowed: tuple[str, ...]) -> None:
    if isinstance(value, str):
        return
    _array(place, value)
    for index, block in enumerate(value):
        _block(f"{place}.{index}", block, allowed)


#: Parameter → rule; its null is a mistake unless the rule is optional.
PARAMETERS: dict[str, Rule] = {
    "model": string,
    "max_tokens": number(1, whole=True),
    "messages": _array,
    "system": _system,
    "stop_sequences": optional(_strings),
    "stream": optional(boolean),
    "temperature": number(0, 1),
    "top_p": number(0, 1),
    "top_k": number(0, whole=True),
    "metadata": optional(_metadata),
    "tools": _tools,
    "tool_choice": _tool_choice,
    "thinking": _thinking,
    "output_config": optional(_output),
    "cache_control": optional(_cache),
    "service_tier": one_of("auto", "standard_only"),
    "speed": optional(one_of("standard", "fast")),
    "container": optional(string),
    "inference_geo": optional(string),
    "diagnostics": optional(_object),
}
COUNTED = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control")


def _check(body: dict[str, Any], known: tuple[str, ...], required: tuple[str, ...], version: str) -> None:
    for name in required:
        _needs("", body, name)
    for name, value in body.items():
        if name not in known:
            raise refuse(name, "Extra inputs are not permitted")
        PARAMETERS[name](name, value)
        if name in SAMPLING and version == LATEST:
            raise refuse(name, f"not supported in version {LATEST}.")
    _check_messages(body["messages"], version)
    choice = body.get("tool_choice") or {"type": "auto"}
    names = [tool["name"] for tool in body.get("tools") or ()]
    if choice["type"] in ("any", "tool") and not names:
        raise refuse("tool_choice", "may only be specified while providing `tools`.")
    if choice["type"] == "tool" and choice["name"] not in names:
        raise refuse("tool_choice", f"Tool '{choice['name']}' not found in provided tools")
    if (body.get("thinking") or {}).get("type") == "enabled" and choice["type"] in ("any", "tool"):
        raise refuse("thinking", "may not be enabled when tool_choice forces tool use.")


def check_create(body: dict[str, Any], version: str) -> None:
    """Refuse what Anthropic refuses in a request for a message."""
    _check(body, tuple(PARAMETERS), ("model", "max_tokens", "messages"), version)
    thinking = body.get("thinking") or {}
    if thinking.get("type") == "enabled" and thinking["budget_tokens"] >= body["max_tokens"]:
        raise refuse("max_tokens", "must be greater than `thinking.budget_tokens`.")


def check_count(body: dict[str, Any], version: str) -> None:
    """Refuse what Anthropic refuses in a request for a count of tokens."""
    _check(body, COUNTED, ("model", "messages"), version)


def blocks(content: Any) -> list[dict[str, Any]]:
    """The content as blocks: a string is one block of text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def merged(messages: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The turns, as role and blocks: messages of one role that follow each other are one turn."""
    turns: list[tuple[str, list[dict[str, Any]]]] = []
    for message in messages:
        if turns and turns[-1][0] == message["role"]:
            turns[-1][1].extend(blocks(message["content"]))
        else:
            turns.append((message["role"], blocks(message["content"])))
    return turns


def _check_messages(messages: list[Any], version: str) -> None:
    if not messages:
        raise refuse("messages", "at least one message is required")
    roles = ("user", "assistant", *(("system",) if version == LATEST else ()))
    for index, message in enumerate(messages):
        place = f"messages.{index}"
        _object(place, message)
        one_of(*roles)(f"{place}.role", _needs(place, message, "role"))
        content = _needs(place, message, "content")
        if not content and content in ("", []) and (message["role"] != "assistant" or index < len(messages) - 1):
            raise refuse(place, "all messages must have non-empty content except for the optional final assistant one")
        _content(f"{place}.content", content, BLOCKS[message["role"]])
        if version == LATEST and message["role"] == "assistant" and "document" in _types(content):
            raise refuse(f"{place}.content", "documents are not allowed in messages of the assistant")
    turns = merged(messages)
    last = turns[-1][1][-1] if turns[-1][0] == "assistant" and turns[-1][1] else None
    if last is not None and last["type"] == "text" and last["text"] != last["text"].rstrip():
        raise refuse("messages", "final assistant content cannot end with trailing whitespace")
    _check_results(turns)


def _types(content: Any) -> list[str]:
    return [block["type"] for block in content] if isinstance(content, list) else []


def _check_results(turns: list[tuple[str, list[dict[str, Any]]]]) -> None:
    waiting: list[str] = []
    for index, (role, content) in enumerate(turns):
        results = [block for block in content if block["type"] == "tool_result"]
        answered = [block["tool_use_id"] for block in results]
        for name in answered:
            if name not in waiting:
                words = f"unexpected `tool_use_id` found in `tool_result` blocks: {name}"
                raise refuse(f"messages.{index}.content", words)
        if len(set(answered)) < len(answered):
            raise refuse(f"messages.{index}.content", "each `tool_use` must have a single result")
        unanswered = [name for name in waiting if name not in answered]
        if unanswered or (results and content[: len(results)] != results):
            words = "`tool_use` ids were found without `tool_result` blocks immediately after"
            raise refuse(f"messages.{index}", f"{words}: {', '.join(unanswered or answered)}")
        waiting = [block["id"] for block in content if block["type"] == "tool_use"] if role == "assistant" else []
    if waiting:
        words = "`tool_use` ids were found without `tool_result` blocks immediately after"
        raise refuse(f"messages.{len(turns)}", f"{words}: {', '.join(waiting)}")
