"""OpenAI Responses: values beyond the documented types inside of items, tools and formats."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from samewire.fuzzing.responses import LOOK, call, output, said
from samewire.fuzzing.responses_beyond import RED, SHAPE
from samewire.fuzzing.ways import Strategy, Way, changed, no
from samewire.message import user

__all__ = ["WAYS"]


def _input(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"input.{id}", what, spec, "input", values)


def _part(id: str, what: str, values: Strategy) -> Way:
    return _input(f"part.{id}", what, "RSP-IN-003", values.map(lambda one: [user([said("Look."), one])]))


def _answered(id: str, what: str, results: Strategy) -> Way:
    return _input(f"output.{id}", what, "RSP-IN-005", results.map(lambda one: [user("Look."), call(), one]))


def _tool(id: str, what: str, member: str, values: Strategy) -> Way:
    return changed(f"tools.{id}", what, "RSP-REQ-010", "tools", values.map(lambda one: [{**LOOK, member: one}]))


def _choice(id: str, what: str, values: Strategy) -> Way:
    return changed(f"tool_choice.{id}", what, "RSP-REQ-011", "tool_choice", values, tools=[LOOK])


def _text(id: str, what: str, values: Strategy) -> Way:
    return changed(f"text.{id}", what, "RSP-REQ-013", "text", values.map(lambda one: {"format": one}))


def _called(member: str, what: str) -> Way:
    def made(value: Any) -> Any:
        return [user("Look."), call(**{member: value}), output()]

    return _input(f"call.{member}", what, "RSP-ITEM-008", no("string").map(made))


_ALL = (
    changed(
        "stream_options.type",
        "stream_options that are no object",
        "RSP-REQ-006",
        "stream_options",
        no("object"),
        stream=True,
    ),
    changed(
        "metadata.item",
        "a value of metadata that is no string",
        "RSP-REQ-017",
        "metadata",
        no("string").map(lambda one: {"k": one}),
    ),
    changed(
        "include.item", "an include that is no string", "RSP-REQ-016", "include", no("string").map(lambda it: [it])
    ),
    changed("user.type", "a user that is no string", "RSP-REQ-019", "user", no("string"), optional=True),
    changed(
        "prompt_cache_key.type",
        "a prompt_cache_key that is no string",
        "RSP-REQ-019",
        "prompt_cache_key",
        no("string"),
        optional=True,
    ),
    changed(
        "reasoning.effort_type",
        "an effort that is no string",
        "RSP-REQ-015",
        "reasoning",
        no("string").map(lambda one: {"effort": one}),
    ),
    _input("no_role", "a message without a role", "RSP-IN-001", st.just([{"content": "Hello."}])),
    _input(
        "system",
        "a system message that is neither text nor parts",
        "RSP-IN-001",
        no("string", "array").map(lambda one: [{"role": "system", "content": one}, user("Hi.")]),
    ),
    _part("no_type", "a part without a type", st.just({"text": "Hello."})),
    _part("no_picture", "a picture with neither a URL nor a file", st.just({"type": "input_image"})),
    _part("url", "a picture whose URL is no string", no("string").map(lambda one: {**RED, "image_url": one})),
    _part("no_file", "a file with neither an id, a URL nor data", st.just({"type": "input_file"})),
    _called("call_id", "a call whose call_id is no string"),
    _called("name", "a call whose name is no string"),
    _answered("id", "an output whose call_id is no string", no("string").map(lambda one: output(call_id=one))),
    _answered("part", "an output with a part that is no object", no("object").map(lambda one: output(output=[one]))),
    _tool("name_type", "a tool whose name is no string", "name", no("string")),
    _tool("description", "a description that is no string", "description", no("string")),
    _tool("strict", "a strict that is no boolean", "strict", no("boolean")),
    _choice("type", "a tool_choice that is neither a word nor an object", no("string", "object")),
    _choice("no_type", "a tool_choice without a type", st.just({"name": "look"})),
    _choice("no_name", "a choice of a tool without its name", st.just({"type": "function"})),
    _text("format", "a format that is no object", no("object")),
    _text("no_type", "a format without a type", st.just({"name": "shape"})),
    _text("strict", "a format's strict that is no boolean", no("boolean").map(lambda one: {**SHAPE, "strict": one})),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
