"""A Messages request as the model sees it, and how many tokens that takes."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call, Configuration
from samewire.reference.messages_rules import blocks, merged, refuse
from samewire.reference.pictures import NotAPicture, colours

__all__ = ["input_tokens", "prefill", "prompt", "text_tokens"]

IMAGE_TOKENS = 85
#: What the model reads before the result of a tool that failed.
FAILED = "Error: "


def prompt(call: Call) -> model.Prompt:
    """All that the model sees of a request."""
    body, settings = call.body, call.settings
    said: list[model.Said] = []
    if body.get("system"):
        said.append(model.Said("system", _words(blocks(body["system"]))))
    for role, content in merged(body["messages"]):
        said += _turn(role, content, settings)
    choice = body.get("tool_choice") or {"type": "auto"}
    tools = {tool["name"]: (tool.get("description") or "", tool["input_schema"]) for tool in body.get("tools") or ()}
    words = {"any": "required", "tool": choice.get("name"), "none": "none"}
    form = (body.get("output_config") or {}).get("format") or {}
    warm = body.get("temperature")
    return model.Prompt(
        said=said,
        tools=tools,
        strict=frozenset(tool["name"] for tool in body.get("tools") or () if tool.get("strict")),
        choice=str(words.get(choice["type"]) or ("auto" if tools else "none")),
        parallel=not choice.get("disable_parallel_tool_use"),
        schema=form.get("schema"),
        lively=settings.lively * (1.0 if warm is None else warm),
    )


def prefill(body: dict[str, Any]) -> str:
    """What the answer is to go on from; empty if the user speaks last."""
    role, content = merged(body["messages"])[-1]
    return _words(content) if role == "assistant" else ""


def _turn(role: str, content: list[dict[str, Any]], settings: Configuration) -> list[model.Said]:
    """A turn as what was said: results of tools first, then words and pictures."""
    made = []
    seen: tuple[str, ...] = ()
    for block in content:
        if block["type"] == "tool_result":
            inner = blocks(block.get("content", ""))
            text = (FAILED if block.get("is_error") else "") + _words(inner)
            made.append(model.Said("tool", text))
            seen += _pictures(inner, settings)
    rest = [block for block in content if block["type"] != "tool_result"]
    seen += _pictures(rest, settings)
    calls = tuple(block["name"] for block in rest if block["type"] == "tool_use")
    if rest or seen or not made:
        told = "\n".join([_words(rest), *(json.dumps(block["input"]) for block in rest if block["type"] == "tool_use")])
        made.append(model.Said(role, told.strip("\n"), colours=seen, calls=calls))
    if len(made) > 1 and not made[-1].text and not calls:
        # A picture alone beside results: the results have the last word.
        made = [replace(made[-1]), *made[:-1]]
    return made


def _words(content: list[dict[str, Any]]) -> str:
    texts = [block["text"] for block in content if block["type"] == "text"]
    texts[:0] = [block["source"]["data"] for block in content if block["type"] == "document"]
    return "\n".join(texts)


def _pictures(content: list[dict[str, Any]], settings: Configuration) -> tuple[str, ...]:
    found: list[str] = []
    for block in content:
        if block["type"] != "image":
            continue
        if not settings.vision:
            raise refuse("messages", "This model does not support image inputs.")
        source = block["source"]
        if source["type"] == "url":
            if not source["url"].startswith("https://reference.invalid/"):
                raise refuse("messages", "Unable to download the file. Please verify the URL and try again.")
            found.append(source["url"].rpartition("/")[2].removesuffix(".png"))  # as if it had been fetched
            continue
        try:
            found += colours(base64.b64decode(source["data"], validate=True))
        except (NotAPicture, binascii.Error, ValueError):
            raise refuse("messages", "Could not process image") from None
    return tuple(found)


def text_tokens(body: dict[str, Any]) -> int:
    """How many tokens the text of the messages has."""
    contents = [body.get("system") or [], *(message["content"] for message in body["messages"])]
    return sum(tokens.count(_words(blocks(content))) for content in contents)


def input_tokens(body: dict[str, Any]) -> int:
    """How many tokens a request takes."""
    total = 3
    contents = [blocks(body.get("system") or [])] if body.get("system") else []
    for message in body["messages"]:
        total += 3
        contents.append(blocks(message["content"]))
    while contents:
        content = contents.pop()
        total += tokens.count(_words(content))
        for block in content:
            if block["type"] == "tool_result":
                contents.append(blocks(block.get("content", "")))
                total += 4 + (tokens.count(FAILED) if block.get("is_error") else 0)
            elif block["type"] == "tool_use":
                total += 4 + tokens.count(json.dumps(block["input"]))
            elif block["type"] == "image":
                total += IMAGE_TOKENS
    form = (body.get("output_config") or {}).get("format")
    for value in (body.get("tools"), form):
        total += tokens.count(json.dumps(value)) if value else 0
    return total
