"""Requests of Anthropic Messages as they may be."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from samewire.fuzzing.ways import Strategy
from samewire.fuzzing.within import MOST_TOKENS, name, schema, words
from samewire.message import assistant, text, user
from samewire.request import CAP_KEY

__all__ = ["LOOK", "bodies", "result", "tools", "use"]

#: Text that says something: blanks alone are refused.
_SAID = words().map(lambda said: f"a{said}")
_CONTENT = _SAID | st.lists(_SAID.map(text), min_size=1, max_size=3)
_UNIT = st.floats(0, 1, allow_subnormal=False) | st.integers(0, 1)


def use(identifier: str = "toolu_0", **more: Any) -> dict[str, Any]:
    """A call of a tool."""
    return {"type": "tool_use", "id": identifier, "name": "look", "input": {}, **more}


def result(identifier: str = "toolu_0", **more: Any) -> dict[str, Any]:
    """What a tool gave."""
    return {"type": "tool_result", "tool_use_id": identifier, "content": "4", **more}


#: A tool.
LOOK = {"name": "look", "input_schema": {"type": "object"}}


@st.composite
def tools(draw: DrawFn) -> list[dict[str, Any]]:
    """One to three tools."""
    names = draw(st.lists(name(), min_size=1, max_size=3, unique=True))
    rest = st.fixed_dictionaries({"input_schema": schema()}, optional={"description": words()})
    return [{"name": one, **draw(rest)} for one in names]


@st.composite
def _tooled(draw: DrawFn) -> dict[str, Any]:
    made = draw(tools())
    named = [{"type": "tool", "name": one["name"]} for one in made]
    choices = st.sampled_from([{"type": "none"}, {"type": "auto"}, {"type": "any"}, *named])
    return {"tools": made, **draw(st.fixed_dictionaries({}, optional={"tool_choice": choices}))}


def _field(field: str, values: Strategy) -> Strategy:
    return values.map(lambda value: {field: value})


_GROUPS = (
    _field("temperature", _UNIT),
    _field("top_p", _UNIT),
    _field("top_k", st.integers(0, 500)),
    _field("stop_sequences", st.lists(_SAID, max_size=4)),
    _field("stream", st.booleans()),
    _field("system", _SAID | st.lists(_SAID.map(text), min_size=1, max_size=3)),
    _field("metadata", st.fixed_dictionaries({}, optional={"user_id": words(1)})),
    _field("service_tier", st.sampled_from(["auto", "standard_only"])),
    _tooled(),
)
_CHOSEN = st.lists(st.one_of(*_GROUPS), max_size=4, unique_by=lambda fields: next(iter(fields)))


@st.composite
def _turn(draw: DrawFn) -> list[dict[str, Any]]:
    asked = user(draw(_CONTENT))
    if draw(st.booleans()):
        return [asked, assistant(draw(_CONTENT))]
    uses = [use(f"toolu_{at}", name=draw(name())) for at in range(draw(st.integers(1, 2)))]
    before = draw(st.sampled_from([[], [text("I look.")]]))
    results = [result(one["id"], content=draw(words() | st.just([text("4")]))) for one in uses]
    return [asked, assistant([*before, *uses]), user(results), assistant("I see.")]


_TURNS = st.lists(_turn(), max_size=2)


@st.composite
def bodies(draw: DrawFn) -> dict[str, Any]:
    """The body of a request as it may be, its model aside."""
    turns = [message for turn in draw(_TURNS) for message in turn]
    body: dict[str, Any] = {"messages": [*turns, user(draw(_CONTENT))]}
    for fields in draw(_CHOSEN):
        body |= fields
    return {**body, CAP_KEY: draw(st.integers(1, MOST_TOKENS))}
