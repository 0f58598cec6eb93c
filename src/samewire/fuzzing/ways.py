"""How a request is made wrong: the parts that the ways of all protocols are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = [
    "BAD_NAME",
    "LONG_KEY",
    "LONG_VALUE",
    "MANY",
    "PICTURE",
    "UNKNOWN",
    "Strategy",
    "Way",
    "above",
    "as_text",
    "below",
    "changed",
    "no",
    "without",
]

Strategy = SearchStrategy[Any]
#: How far out of a range a number is at least: what is nearer may be taken for the bound.
MARGIN = 0.01


@dataclass(frozen=True)
class Way:
    """One way in which a request is beyond what is documented.

    Attributes:
        id: what names it.
        what: what such a request has, in words.
        spec: the catalogue's entry that it is beyond.
        change: the fields that make a request wrong so; ``OMIT`` leaves one out.
        optional: whether an endpoint need not know the field at all, so that it may well pass over it.
    """

    id: str
    what: str
    spec: str
    change: Strategy
    optional: bool = False


#: Values of each type of JSON; what is no value of a type is one of the others.
_TYPES: dict[str, Strategy] = {
    "string": st.sampled_from(["1", "true", "", "perhaps"]),
    "number": st.sampled_from([1.5, -0.25]),
    "integer": st.integers(-3, 3),
    "boolean": st.booleans(),
    "array": st.lists(st.integers(0, 3), max_size=2),
    "object": st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 3), max_size=2),
}


#: A value of a type of JSON, written as text: what a client sends that got it from a form or a variable.
_AS_TEXT = {"number": "0.5", "integer": "1", "boolean": "true"}


def no(*types: str) -> Strategy:
    """A value of none of these types, and not null."""
    return st.one_of(*(values for kind, values in _TYPES.items() if kind not in types))


def as_text(*types: str) -> Strategy:
    """Values of these types, which are none of strings, written as text."""
    return st.sampled_from([text for kind, text in _AS_TEXT.items() if kind in types])


def above(bound: float) -> Strategy:
    """Numbers above a bound."""
    return st.floats(bound + MARGIN, 1e6)


def below(bound: float) -> Strategy:
    """Numbers below a bound."""
    return st.floats(-1e6, bound - MARGIN)


#: A picture, all red: what is wrong is something else.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mO4IydHU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMW"
    "DBULAJI2YD30P/0LAAAAAElFTkSuQmCC"
)
#: Names that a tool or a schema can't have.
BAD_NAME = st.sampled_from(["get the weather!", "", "größe", "a.b"]) | st.integers(65, 200).map(lambda n: "a" * n)
#: Words that none of a few is.
UNKNOWN = st.sampled_from(["perhaps", "", "AUTO ", "none of these"])
#: Metadata that is too much: a value too long, a key too long, too many pairs.
LONG_VALUE = (st.just(513) | st.integers(513, 900)).map(lambda n: {"k": "v" * n})
LONG_KEY = (st.just(65) | st.integers(65, 200)).map(lambda n: {"k" * n: "v"})
MANY = (st.just(17) | st.integers(17, 40)).map(lambda n: {f"k{at}": "v" for at in range(n)})


def without(whole: dict[str, Any], member: str) -> Strategy:
    """The same, one member left out."""
    return st.just({key: value for key, value in whole.items() if key != member})


def changed(id: str, what: str, spec: str, field: str, values: Strategy, *, optional: bool = False, **more: Any) -> Way:
    """A way that gives a field another value, and some fields beside it."""
    return Way(id, what, spec, values.map(lambda value: {**more, field: value}), optional)
