"""JSON Schema 2020-12: the schemas under ``schemas/`` by name, what violates them, and reading only what holds.

This module is the only one that imports jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from samewire.verdict import Blocked, Inconclusive

__all__ = ["Items", "Part", "Violation", "locate", "names", "reading", "source", "violations"]

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
    """What is wrong with an instance by a schema given as JSON, as a sentence; empty when nothing is."""
    error = next(iter(_Validator(schema, registry=_registry()).iter_errors(instance)), None)
    return f"{_pointer(error.absolute_path) or '(root)'}: {error.message}"[:300] if error else ""


@dataclass(frozen=True)
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


class Part(dict[str, Any]):
    """A JSON object of which only the parts that hold can be read.

    Reading a part that violates the schema, or a part that is not there, raises a signal instead of misleading the
    check: *blocked* by the violation, or *inconclusive*.
    """

    __slots__ = ("faulty",)

    def __init__(self, content: dict[str, Any], faulty: dict[str, Violation]) -> None:
        super().__init__(content)
        self.faulty = faulty

    def __getitem__(self, key: str) -> Any:
        _stop_at(self.faulty.get(key))
        if key not in self:
            raise Inconclusive(f"the answer has no `{key}` to judge", reason="absent")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The member, or the default if there is none."""
        _stop_at(self.faulty.get(key))
        return super().get(key, default)


class Items(list[Any]):
    """A JSON array of which only the items that hold can be read."""

    __slots__ = ("faulty",)

    def __init__(self, content: list[Any], faulty: dict[int, Violation]) -> None:
        super().__init__(content)
        self.faulty = faulty

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            places = range(len(self))[index]
            faulty = {new: self.faulty[old] for new, old in enumerate(places) if old in self.faulty}
            return Items(super().__getitem__(index), faulty)
        if isinstance(index, int):
            _stop_at(self.faulty.get(index if index >= 0 else len(self) + index))
            if not -len(self) <= index < len(self):
                raise Inconclusive(f"the answer has only {len(self)} items here", reason="absent")
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Any]:
        for index, item in enumerate(super().__iter__()):
            _stop_at(self.faulty.get(index))
            yield item


def _stop_at(violation: Violation | None) -> None:
    if violation is not None:
        where = violation.pointer or "the whole"
        raise Blocked(f"{where} violates the schema: {violation.message}", cause=violation.cause)


def reading(instance: Any, found: tuple[Violation, ...]) -> Any:
    """The instance, readable except where these violations are.

    Raises:
        Blocked: if the instance as a whole is not what the schema describes.
    """
    places = {violation.path: violation for violation in found}
    _stop_at(places.get(()))
    return _reading(instance, places) if places else _wrap(instance)


def _wrap(instance: Any) -> Any:
    if isinstance(instance, dict):
        return Part({key: _wrap(value) for key, value in instance.items()}, {})
    if isinstance(instance, list):
        return Items([_wrap(value) for value in instance], {})
    return instance


def _reading(instance: Any, places: dict[tuple[str | int, ...], Violation]) -> Any:
    if not isinstance(instance, (dict, list)):
        return instance
    if not places:
        return _wrap(instance)
    here: dict[Any, Violation] = {}
    below: dict[str | int, dict[tuple[str | int, ...], Violation]] = {}
    for (first, *rest), violation in places.items():
        if rest:
            below.setdefault(first, {})[tuple(rest)] = violation
        else:
            here[first] = violation
    if isinstance(instance, dict):
        return Part({key: _reading(value, below.get(key, {})) for key, value in instance.items()}, here)
    return Items([_reading(value, below.get(index, {})) for index, value in enumerate(instance)], here)
