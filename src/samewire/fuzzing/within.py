"""Values within the documented types and bounds, and the requests made of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from samewire.message import assistant, developer, system, text, tool_result, user
from samewire.request import CAP_KEY

__all__ = ["GROUPS", "MOST_TOKENS", "bodies", "name", "schema", "tools", "words"]

Strategy = SearchStrategy[Any]
#: Tokens that a choice may have at most.
MOST_TOKENS = 16
#: Letters that have hurt: of several bytes and planes, from right to left, combining, quoting, controlling, unseen.
LETTERS = "ab 0Z.,\n\t\"'\\/{}[]<>%$éßЖ語😀👩\u200d\u0301\u202e\u2028\x00\x1b\x7f\ufeff"
NAME = "abcXYZ019_-"
PROPERTY: Strategy = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"type": ["string", "null"]}, {"type": "string", "enum": ["a", "b"]}]
)


def words(least: int = 0, most: int = 20) -> SearchStrategy[str]:
    """Text."""
    return st.text(alphabet=LETTERS, min_size=least, max_size=most)


def name() -> SearchStrategy[str]:
    """A name of a function, a tool or a schema."""
    return st.text(alphabet=NAME, min_size=1, max_size=64)


def _number(low: float, high: float) -> Strategy:
    return st.none() | st.floats(low, high, allow_subnormal=False) | st.integers(int(low), int(high))


@st.composite
def schema(draw: DrawFn) -> dict[str, Any]:
    """A schema of an object that says all."""
    properties = draw(st.dictionaries(name(), PROPERTY, max_size=3))
    closed = {"required": sorted(properties), "additionalProperties": False}
    return {"type": "object", "properties": properties, **closed}


@st.composite
def tools(draw: DrawFn) -> list[dict[str, Any]]:
    """One to three tools."""
    names = draw(st.lists(name(), min_size=1, max_size=3, unique=True))
    rest = st.fixed_dictionaries(
        {}, optional={"description": words(), "parameters": schema(), "strict": st.sampled_from([None, False, True])}
    )
    return [{"type": "function", "function": {"parameters": {}, "name": one, **_strict(draw(rest))}} for one in names]


def _strict(rest: dict[str, Any]) -> dict[str, Any]:
    """What is strict has a schema that says all."""
    return rest if "parameters" in rest else {key: value for key, value in rest.items() if key != "strict"}


@st.composite
def _tooled(draw: DrawFn) -> dict[str, Any]:
    made = draw(tools())
    named = [{"type": "function", "function": {"name": one["function"]["name"]}} for one in made]
    choices = st.sampled_from([None, "none", "auto", "required", *named])
    more = st.fixed_dictionaries({}, optional={"tool_choice": choices, "parallel_tool_calls": st.booleans()})
    return {"tools": made, **draw(more)}


def _field(field: str, values: Strategy) -> Strategy:
    return values.map(lambda value: {field: value})


_COUNT = st.fixed_dictionaries({"logprobs": st.just(True)}, optional={"top_logprobs": st.integers(0, 20)})
_USAGE = st.fixed_dictionaries({}, optional={"include_usage": st.booleans(), "include_obfuscation": st.booleans()})
_STREAM = st.fixed_dictionaries({"stream": st.just(True)}, optional={"stream_options": st.none() | _USAGE})
_JSON_SCHEMA = st.fixed_dictionaries({"name": name(), "schema": schema(), "strict": st.booleans()})
_FORMAT = st.one_of(
    st.none(),
    st.just({"type": "text"}),
    st.just({"type": "json_object"}),
    _JSON_SCHEMA.map(lambda shape: {"type": "json_schema", "json_schema": shape}),
)
_BIAS = st.dictionaries(st.integers(0, 50_000).map(str), st.integers(-100, 100), max_size=3)
_PAIRS = st.dictionaries(words(1, 64), words(0, 512), max_size=16)

#: What a request may have besides messages and a limit, in groups that go together.
GROUPS: dict[str, Strategy] = {
    "temperature": _field("temperature", _number(0, 2)),
    "top_p": _field("top_p", _number(0, 1)),
    "n": _field("n", st.none() | st.integers(1, 2)),
    "stop": _field("stop", st.none() | words(1) | st.lists(words(1), min_size=1, max_size=4)),
    "presence_penalty": _field("presence_penalty", _number(-2, 2)),
    "frequency_penalty": _field("frequency_penalty", _number(-2, 2)),
    "logit_bias": _field("logit_bias", st.none() | _BIAS),
    "logprobs": st.sampled_from([{"logprobs": None}, {"logprobs": False}]) | _COUNT,
    "seed": _field("seed", st.none() | st.integers(-(2**63), 2**63 - 1)),
    "stream": st.sampled_from([{"stream": None}, {"stream": False}]) | _STREAM,
    "response_format": _field("response_format", _FORMAT),
    "tools": _tooled(),
    "reasoning_effort": _field("reasoning_effort", st.sampled_from([None, "low", "medium", "high"])),
    "verbosity": _field("verbosity", st.sampled_from([None, "low", "medium", "high"])),
    "service_tier": _field("service_tier", st.sampled_from([None, "auto", "default"])),
    "store": _field("store", st.sampled_from([None, False])),
    "metadata": _field("metadata", st.none() | _PAIRS),
    "user": _field("user", words()),
    "safety_identifier": _field("safety_identifier", st.none() | words(0, 64)),
    "prompt_cache_key": _field("prompt_cache_key", st.none() | words()),
}


# Made once: what is made anew for each request takes longer than drawing from it.
_WORDS = words(1)
_CONTENT = _WORDS | st.lists(_WORDS.map(text), min_size=1, max_size=3)
_FIRST = st.sampled_from([None, system, developer])
_NAMED = st.fixed_dictionaries({}, optional={"name": name()})
# A group stands beside its values, so that it can be shrunk away with them.
_CHOSEN = st.lists(st.one_of(*GROUPS.values()), max_size=4, unique_by=lambda fields: next(iter(fields)))


@st.composite
def _turn(draw: DrawFn) -> list[dict[str, Any]]:
    """What is said before the last question: by the user and the model, or with the help of a tool."""
    asked = user(draw(_CONTENT))
    if draw(st.booleans()):
        return [asked, assistant(draw(_WORDS))]
    calls: list[dict[str, Any]] = [
        {"id": f"call_{at}", "type": "function", "function": {"name": draw(name()), "arguments": "{}"}}
        for at in range(draw(st.integers(1, 2)))
    ]
    said = assistant(draw(st.none() | _WORDS), tool_calls=calls)
    return [asked, said, *(tool_result(call["id"], draw(words())) for call in calls)]


_TURNS = st.lists(_turn(), max_size=2)


@st.composite
def conversations(draw: DrawFn) -> list[dict[str, Any]]:
    """Messages that follow each other as they may."""
    first = draw(_FIRST)
    before = [] if first is None else [first(draw(_CONTENT))]
    turns = [message for turn in draw(_TURNS) for message in turn]
    return [*before, *turns, user(draw(_CONTENT), **draw(_NAMED))]


@st.composite
def bodies(draw: DrawFn) -> dict[str, Any]:
    """The body of a request as it may be, its model aside."""
    body: dict[str, Any] = {"messages": draw(conversations())}
    for fields in draw(_CHOSEN):
        body |= fields
    if (body.get("response_format") or {}).get("type") == "json_object":
        body["messages"] = [system("Answer in JSON."), *body["messages"]]
    return {**body, CAP_KEY: draw(st.integers(1, MOST_TOKENS))}
