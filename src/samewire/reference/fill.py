"""JSON Schema → an instance, the way an obedient model would fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Unfillable", "fill"]


class Unfillable(Exception):
    """The schema can't be satisfied here."""


def fill(schema: Any, words: Mapping[str, Any], root: Any = None, depth: int = 0) -> Any:
    """An instance of a schema.

    Args:
        schema: the schema.
        words: what to write into string properties of these names, and (as a list) into arrays of these names; under
            ``*`` what to write into others.
        root: the schema that references are resolved in.
        depth: how deep in the instance this is.

    Raises:
        Unfillable: there is no such instance, or none is found here.
    """
    root = schema if root is None else root
    if depth > 24:
        raise Unfillable("nested too deeply")
    if not isinstance(schema, dict):
        return {} if schema else _fail("false allows nothing")
    if "$ref" in schema:
        return fill(_resolved(str(schema["$ref"]), root), words, root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return words["*"] if words.get("*") in schema["enum"] else schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return fill(schema[key][0], words, root, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    return _plain(kind, schema, words, root, depth)


def _plain(kind: str, schema: dict[str, Any], words: Mapping[str, Any], root: Any, depth: int) -> Any:
    if kind == "object":
        properties = schema.get("properties") or {}
        wanted = properties if schema.get("additionalProperties") is False or depth == 0 else schema.get("required", ())
        return {
            name: fill(properties.get(name, {}), {**words, "*": words.get(name, words.get("*", ""))}, root, depth + 1)
            for name in wanted
        }
    if kind == "array":
        items, given = schema.get("items", {}), words.get("*")
        if isinstance(given, list) and given:
            return [fill(items, {**words, "*": one}, root, depth + 1) for one in given]
        return [fill(items, words, root, depth + 1) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind == "string":
        given = words.get("*", "") or "text"
        word = given if isinstance(given, str) else " ".join(given)
        word += "." * max(0, schema.get("minLength", 0) - len(word))
        return word[: schema.get("maxLength", 200)]
    if kind in ("integer", "number"):
        low = schema.get("minimum", 0)
        return low if kind == "integer" else float(low)
    return {"boolean": True, "null": None}.get(kind, "text")


def _resolved(reference: str, root: Any) -> Any:
    if not reference.startswith("#"):
        raise Unfillable(f"{reference} is elsewhere")
    found = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            found = found.get(step) if isinstance(found, dict) else None
    return found if found is not None else _fail(f"{reference} is nowhere")


def _fail(why: str) -> Any:
    raise Unfillable(why)
