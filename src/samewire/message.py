"""Messages and their parts, in Chat Completions' form: short names for literal JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["assistant", "developer", "image", "system", "text", "tool_result", "user"]


def _message(role: str, content: Any, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def user(content: Any, **more: Any) -> dict[str, Any]:
    """A message of the user; the content is a string or a list of parts."""
    return _message("user", content, more)


def system(content: Any, **more: Any) -> dict[str, Any]:
    """A system message."""
    return _message("system", content, more)


def developer(content: Any, **more: Any) -> dict[str, Any]:
    """A developer message."""
    return _message("developer", content, more)


def assistant(content: Any = None, **more: Any) -> dict[str, Any]:
    """A message of the assistant; name ``tool_calls`` for one that calls tools."""
    return _message("assistant", content, more)


def tool_result(tool_call_id: str, content: Any) -> dict[str, Any]:
    """The result of a tool call, in Chat Completions' form."""
    return {"role": "tool", "tool_call_id": tool_call_id, "content": content}


def text(words: str) -> dict[str, Any]:
    """A text part, in Chat Completions' form."""
    return {"type": "text", "text": words}


def image(url: str, **more: Any) -> dict[str, Any]:
    """An image part, in Chat Completions' form; ``detail`` may be named."""
    return {"type": "image_url", "image_url": {"url": url, **more}}
