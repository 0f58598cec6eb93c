"""Shapes of provider lists that people have already, turned into ours.

A bare list; ``providers`` as a mapping from names; and, beside such a list or alone, settings under a provider's own
name or its type, as ProxyCast writes them::

    providers:
      - {name: official, type: openai-custom, api_key: "${OPENAI_API_KEY}"}
    openai-custom:
      headers: {X-Custom-Header: value}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["as_ours"]

Place = tuple[str | int, ...]
#: What a mapping has at least one of if it describes a provider.
TELLING = frozenset({"api_key", "api_key_env", "base_url", "headers", "api_version", "models", "query_params", "key"})
OURS = ("version", "defaults", "providers")


def as_ours(content: Any) -> tuple[Any, dict[Place, Place]]:
    """A document's content in our shape, and which parts of it stood elsewhere: the place now → the place as it was."""
    moved: dict[Place, Place] = {}
    if isinstance(content, list):
        return {"providers": content}, {("providers", index): (index,) for index in range(len(content))}
    if not isinstance(content, Mapping):
        return content, moved
    aside = {key: value for key, value in content.items() if key not in OURS and _describes(value)}
    entries = content.get("providers", [] if aside else None)
    if isinstance(entries, Mapping) and all(isinstance(value, Mapping) for value in entries.values()):
        moved = {("providers", index): ("providers", name) for index, name in enumerate(entries)}
        entries = [{"name": name, **value} for name, value in entries.items()]
    if not isinstance(entries, list) or not aside:
        return ({**content, "providers": entries} if isinstance(entries, list) else content), moved
    entries = list(entries)
    for key, more in aside.items():
        fitting = [index for index, entry in enumerate(entries) if _called(entry, key)]
        for index in fitting:
            entries[index] = _merged(more, entries[index])
            moved |= {("providers", index, name): (key, name) for name in more}
        if not fitting:
            entries.append({"name": key, "type": "openai-custom", **more})
            moved["providers", len(entries) - 1] = (key,)
    kept = {key: value for key, value in content.items() if key not in aside}
    return {**kept, "providers": entries}, moved


def _describes(value: Any) -> bool:
    return isinstance(value, Mapping) and not TELLING.isdisjoint(value)


def _called(entry: Any, key: str) -> bool:
    return isinstance(entry, Mapping) and key in (entry.get("name"), entry.get("type"))


def _merged(more: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with what stands aside; what the entry says itself weighs more."""
    both = {**more, **entry}
    if isinstance(more.get("headers"), Mapping) and isinstance(entry.get("headers"), Mapping):
        both["headers"] = {**more["headers"], **entry["headers"]}
    return both
