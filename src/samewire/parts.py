"""Reading only what holds: a document without the parts that violate its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samewire.schema import Violation
from samewire.verdict import Blocked, Inconclusive

__all__ = ["Items", "Part", "reading"]


class Part(dict[str, Any]):
    """A JSON object that holds.

    Reading a member that is not there raises *inconclusive*, instead of misleading the check.
    """

    __slots__ = ()

    def __missing__(self, key: str) -> Any:
        raise Inconclusive(f"the answer has no `{key}` to judge", reason="absent")


class FaultyPart(Part):
    """A JSON object of which only the members that hold can be read; any other raises *blocked* by its violation."""

    __slots__ = ("faulty",)

    def __init__(self, content: dict[str, Any], faulty: dict[str, Violation]) -> None:
        super().__init__(content)
        self.faulty = faulty

    def __getitem__(self, key: str) -> Any:
        _stop_at(self.faulty.get(key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The member, or the default if there is none."""
        _stop_at(self.faulty.get(key))
        return super().get(key, default)


class Items(list[Any]):
    """A JSON array that holds. Reading an item that is not there raises *inconclusive*."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Items(super().__getitem__(index))
        if isinstance(index, int) and not -len(self) <= index < len(self):
            raise Inconclusive(f"the answer has only {len(self)} items here", reason="absent")
        return super().__getitem__(index)


class FaultyItems(Items):
    """A JSON array of which only the items that hold can be read; any other raises *blocked* by its violation."""

    __slots__ = ("faulty",)

    def __init__(self, content: list[Any], faulty: dict[int, Violation]) -> None:
        super().__init__(content)
        self.faulty = faulty

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            places = range(len(self))[index]
            faulty = {new: self.faulty[old] for new, old in enumerate(places) if old in self.faulty}
            return FaultyItems(super().__getitem__(index), faulty)
        if isinstance(index, int):
            _stop_at(self.faulty.get(index if index >= 0 else len(self) + index))
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
    return _reading(instance, places)


def _reading(instance: Any, places: dict[tuple[str | int, ...], Violation]) -> Any:
    if not isinstance(instance, (dict, list)):
        return instance
    if not places:
        return _holding(instance)
    here: dict[Any, Violation] = {}
    below: dict[str | int, dict[tuple[str | int, ...], Violation]] = {}
    for (first, *rest), violation in places.items():
        if rest:
            below.setdefault(first, {})[tuple(rest)] = violation
        else:
            here[first] = violation
    if isinstance(instance, dict):
        members = {key: _reading(value, below.get(key, {})) for key, value in instance.items()}
        return FaultyPart(members, here) if here else Part(members)
    items = [_reading(value, below.get(index, {})) for index, value in enumerate(instance)]
    return FaultyItems(items, here) if here else Items(items)


def _holding(instance: Any) -> Any:
    if isinstance(instance, dict):
        return Part({key: _holding(value) for key, value in instance.items()})
    if isinstance(instance, list):
        return Items([_holding(value) for value in instance])
    return instance
