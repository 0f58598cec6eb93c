"""JSON Schema 2020-12: the schemas under ``schemas/`` by name, and what violates them.

This module is the only one that imports jsonschema, which tells what is wrong and where, and jsonschema-rs, which only
tells whether anything is, a hundred times as fast. Where there is none of the latter, nothing else changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

try:
    import jsonschema_rs
except ImportError:  # it is compiled, and not for every machine
    jsonschema_rs = None  # type: ignore[assignment]

__all__ = ["Violation", "conforms_to", "locate", "names", "source", "violations"]

_HERE = Path(__file__).parent


def locate(folder: str) -> Path:
    """The path of a folder or file that the wheel carries inside the package and a clone at its top."""
    inside = _HERE / folder
    return inside if inside.exists() else _HERE.parent.parent / folder


@cache
def source(name: str) -> dict[str, Any]:
    """The schema ``name``, such as ``chat/chunk``, as JSON."""
    loaded: dict[str, Any] = json.loads((locate("schemas") / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def names() -> tuple[str, ...]:
    """The names of all schemas."""
    top = locate("schemas")
    return tuple(sorted(path.relative_to(top).with_suffix("").as_posix() for path in top.rglob("*.json")))


@cache
def _registry() -> Registry[Any]:
    # Without `$schema`: at every reference to a schema that has it, jsonschema goes back to its own type checker.
    plain = {name: {key: value for key, value in source(name).items() if key != "$schema"} for name in names()}
    resources = ((f"samewire:///{name}.json", DRAFT202012.create_resource(schema)) for name, schema in plain.items())
    registry: Registry[Any] = Registry()
    return registry.with_resources(resources)


def _is_integer(_: Any, value: Any) -> bool:
    # jsonschema takes 1.0 for an integer; typed clients in Go, Rust, Java and C# don't.
    return isinstance(value, int) and not isinstance(value, bool)


_CHECKER = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
_Validator: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator, type_checker=_CHECKER
)


@cache
def _validator(name: str) -> Validator:
    try:
        whole = _inlined(source(name), name)
    except RecursionError:  # it contains itself
        whole = {"$ref": f"samewire:///{name}.json"}
    validator: Validator = _Validator(whole, registry=_registry())
    return validator


class _Whole:
    """The keyword that stands beside ``integer`` for jsonschema-rs, which takes 1.0 for one, too."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        if isinstance(instance, float):
            raise ValueError("it has a point")


def _marked(schema: Any) -> Any:
    """A schema with that keyword beside every ``integer``."""
    if isinstance(schema, list):
        return [_marked(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    types = schema.get("type")
    whole = "integer" in types and "number" not in types if isinstance(types, list) else types == "integer"
    return {key: _marked(value) for key, value in schema.items()} | ({"whole": True} if whole else {})


@cache
def _glance(name: str) -> Callable[[Any], bool]:
    """Whether an instance conforms to a schema, where that can be told at a glance."""
    try:
        schema = _marked(_inlined(source(name), name))
    except RecursionError:
        return lambda instance: False
    if jsonschema_rs is None:
        return lambda instance: False
    return jsonschema_rs.Draft202012Validator(schema, keywords={"whole": _Whole}).is_valid


def _conforms(instance: Any, schema: str) -> bool:
    try:
        return _glance(schema)(instance)
    except ValueError:  # such as half of a surrogate pair
        return False


def _inlined(schema: Any, name: str) -> Any:
    """A schema with what it refers to in place of each reference, which jsonschema would look up at every instance."""
    if isinstance(schema, list):
        return [_inlined(one, name) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {key: _inlined(value, name) for key, value in schema.items() if key not in _FRAME}
    if "properties" in schema:  # whose members are names, not keywords
        more["properties"] = {key: _inlined(value, name) for key, value in schema["properties"].items()}
    if "$ref" not in schema:
        return more
    document, _, place = schema["$ref"].partition("#")
    other = document.removeprefix("samewire:///").removesuffix(".json") or name
    target = source(other)
    for step in place.split("/")[1:]:
        target = target[step]
    found = _inlined(target, other)
    return {"allOf": [found], **more} if more.keys() - {"title", "description"} else found


#: What names a schema, and where it keeps what it refers to.
_FRAME = frozenset({"$schema", "$id", "$ref", "$defs"})


def conforms_to(schema: Any, instance: Any) -> str:
    """What is wrong with an instance by a schema given as JSON, as a sentence; empty when nothing is.

    What a model writes is judged by it, as JSON Schema has it: 1.0 is an integer, though none that a protocol counts.
    """
    error = next(iter(jsonschema.Draft202012Validator(schema, registry=_registry()).iter_errors(instance)), None)
    return f"{_pointer(error.absolute_path) or '(root)'}: {error.message}"[:300] if error else ""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where an instance breaks its schema.

    Attributes:
        schema: the schema's name.
        path: the keys and indexes that lead to the place; a missing property's own name is the last.
        message: what is wrong, as a sentence.
    """

    schema: str
    path: tuple[str | int, ...]
    message: str

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer."""
        return _pointer(self.path)

    @property
    def cause(self) -> str:
        """The defect's name: the schema and the place, with ``*`` for indexes."""
        return f"{self.schema}#{_pattern(self.path)}"


def _pointer(path: Any) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _pattern(path: Any) -> str:
    return _pointer("*" if isinstance(step, int) else step for step in path)


def violations(instance: Any, schema: str) -> tuple[Violation, ...]:
    """Every violation of the schema, each at the place where a reader would stumble."""
    if _conforms(instance, schema):
        return ()
    found: dict[tuple[str | int, ...], Violation] = {}
    try:
        for error in _validator(schema).iter_errors(instance):
            for violation in _violations(error, schema):
                found.setdefault(violation.path, violation)
    except RecursionError:
        return (Violation(schema, (), "nested too deeply to be judged"),)
    return tuple(found.values())


def _violations(error: jsonschema.ValidationError, schema: str) -> Iterator[Violation]:
    path = tuple(error.absolute_path)
    if error.validator == "required":
        required, instance = cast("list[str]", error.validator_value), cast("dict[str, Any]", error.instance)
        for name in required:
            if name not in instance:
                yield Violation(schema, (*path, name), f"`{name}` is missing")
    else:
        yield Violation(schema, path, _shorten(error.message))


def _shorten(message: str) -> str:
    return message if len(message) <= 240 else f"{message[:110]} … {message[-110:]}"
