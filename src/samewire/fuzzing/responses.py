"""Requests of OpenAI Responses as they may be."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from samewire.fuzzing.ways import Strategy
from samewire.fuzzing.within import MOST_TOKENS, name, schema, words
from samewire.message import assistant, developer, system, user
from samewire.request import CAP_KEY

__all__ = ["LOOK", "bodies", "call", "output", "said", "tools"]

_WORDS = words(1)


def said(words: Any) -> dict[str, Any]:
    """A part of text."""
    return {"type": "input_text", "text": words}


def call(identifier: str = "call_0", **more: Any) -> dict[str, Any]:
    """A call of a function."""
    return {"type": "function_call", "call_id": identifier, "name": "look", "arguments": "{}", **more}


def output(identifier: str = "call_0", **more: Any) -> dict[str, Any]:
    """What a function gave."""
    return {"type": "function_call_output", "call_id": identifier, "output": "4", **more}


_CONTENT = _WORDS | st.lists(_WORDS.map(said), min_size=1, max_size=3)
#: A function.
LOOK = {"type": "function", "name": "look", "parameters": {}}


@st.composite
def tools(draw: DrawFn) -> list[dict[str, Any]]:
    """One to three functions."""
    names = draw(st.lists(name(), min_size=1, max_size=3, unique=True))
    rest = st.fixed_dictionaries(
        {"parameters": schema()}, optional={"description": words(), "strict": st.sampled_from([None, False, True])}
    )
    return [{"type": "function", "name": one, **draw(rest)} for one in names]


@st.composite
def _tooled(draw: DrawFn) -> dict[str, Any]:
    made = draw(tools())
    named = [{"type": "function", "name": one["name"]} for one in made]
    choices = st.sampled_from([None, "none", "auto", "required", *named])
    more = st.fixed_dictionaries({}, optional={"tool_choice": choices, "parallel_tool_calls": st.booleans()})
    return {"tools": made, **draw(more)}


def _field(field: str, values: Strategy) -> Strategy:
    return values.map(lambda value: {field: value})


_SCHEMA = st.fixed_dictionaries(
    {"type": st.just("json_schema"), "name": name(), "schema": schema()}, optional={"strict": st.booleans()}
)
_FORMAT = st.just({"type": "text"}) | _SCHEMA
_GROUPS = (
    _field("temperature", st.none() | st.floats(0, 2, allow_subnormal=False) | st.integers(0, 2)),
    _field("top_p", st.none() | st.floats(0, 1, allow_subnormal=False) | st.integers(0, 1)),
    _field("instructions", st.none() | words()),
    _field("stream", st.none() | st.booleans()),
    _field("store", st.just(False)),
    _field("text", _FORMAT.map(lambda one: {"format": one})),
    _field("metadata", st.none() | st.dictionaries(words(1, 64), words(0, 512), max_size=16)),
    _field("truncation", st.sampled_from([None, "auto", "disabled"])),
    _field("service_tier", st.sampled_from([None, "auto", "default"])),
    _field("include", st.sampled_from([None, []])),
    _field("safety_identifier", st.none() | words(0, 64)),
    _field("prompt_cache_key", st.none() | words()),
    _tooled(),
)
_CHOSEN = st.lists(st.one_of(*_GROUPS), max_size=4, unique_by=lambda fields: next(iter(fields)))
_FIRST = st.sampled_from([None, system, developer])


@st.composite
def _turn(draw: DrawFn) -> list[dict[str, Any]]:
    asked = user(draw(_CONTENT))
    if draw(st.booleans()):
        return [asked, assistant(draw(_WORDS))]
    calls = [call(f"call_{at}", name=draw(name())) for at in range(draw(st.integers(1, 2)))]
    return [asked, *calls, *(output(one["call_id"], output=draw(words())) for one in calls)]


_TURNS = st.lists(_turn(), max_size=2)


@st.composite
def bodies(draw: DrawFn) -> dict[str, Any]:
    """The body of a request as it may be, its model aside."""
    first = draw(_FIRST)
    before = [] if first is None else [first(draw(_CONTENT))]
    # Calls of two turns have ids of their own.
    turns = [
        {**item, "call_id": f"{item['call_id']}_{at}"} if "call_id" in item else item
        for at, turn in enumerate(draw(_TURNS))
        for item in turn
    ]
    items = [*before, *turns, user(draw(_CONTENT))]
    body: dict[str, Any] = {"input": items if len(items) > 1 else draw(st.sampled_from([items, "Hello."]))}
    for fields in draw(_CHOSEN):
        body |= fields
    return {**body, CAP_KEY: MOST_TOKENS}  # less may not be asked for
