"""Anthropic Messages: values beyond the documented types inside of blocks, tools and settings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from samewire.fuzzing.messages import LOOK, result, use
from samewire.fuzzing.messages_beyond import PNG
from samewire.fuzzing.ways import PICTURE, UNKNOWN, Strategy, Way, changed, no
from samewire.message import assistant, text, user

__all__ = ["WAYS"]


def _messages(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"messages.{id}", what, spec, "messages", values)


def _source(id: str, what: str, source: Strategy, spec: str = "MSG-BLK-002") -> Way:
    def made(one: Any) -> Any:
        return [user([text("Look."), {"type": "image", "source": one}])]

    return _messages(f"block.image.{id}", what, spec, source.map(made))


def _called(member: str, what: str) -> Way:
    def made(value: Any) -> Any:
        return [user("Look."), assistant([use(**{member: value})]), user([result()]), user("Well?")]

    return _messages(f"use.{member}", what, "MSG-BLK-005", no("string").map(made))


def _answered(id: str, what: str, results: Strategy) -> Way:
    def made(one: Any) -> Any:
        return [user("Look."), assistant([use()]), user([one])]

    return _messages(f"result.{id}", what, "MSG-BLK-006", results.map(made))


def _system(id: str, what: str, blocks: Strategy) -> Way:
    return changed(f"system.{id}", what, "MSG-REQ-007", "system", blocks.map(lambda one: [one]))


def _tool(id: str, what: str, member: str, values: Strategy) -> Way:
    return changed(f"tools.{id}", what, "MSG-REQ-012", "tools", values.map(lambda one: [{**LOOK, member: one}]))


def _choice(id: str, what: str, values: Strategy) -> Way:
    return changed(f"tool_choice.{id}", what, "MSG-REQ-013", "tool_choice", values, tools=[LOOK])


_ALL = (
    _system("no_text", "a system block without its text", st.just({"type": "text"})),
    _system("no_type", "a system block without a type", st.just({"text": "Be brief."})),
    _system("text", "a system block whose text is none", no("string").map(lambda one: {"type": "text", "text": one})),
    _system(
        "picture",
        "a picture in the system prompt",
        st.just({"type": "image", "source": PNG}),
    ),
    _messages(
        "role_type",
        "a role that is no string",
        "MSG-REQ-003",
        no("string").map(lambda one: [{"role": one, "content": "Hello."}]),
    ),
    _messages(
        "assistant",
        "an answer whose content is neither text nor blocks",
        "MSG-REQ-006",
        no("string", "array").map(lambda one: [user("Hi."), assistant(one), user("Well?")]),
    ),
    _source("type", "a source that is no object", no("object")),
    _source("no_type", "a source without a type", st.just({"media_type": "image/png", "data": PICTURE})),
    _source("data_type", "a picture whose data are no string", no("string").map(lambda one: {**PNG, "data": one})),
    _source("no_url", "a picture from a URL without one", st.just({"type": "url"}), "MSG-BLK-003"),
    _called("id", "a call whose id is no string"),
    _called("name", "a call whose name is no string"),
    _answered("id", "a tool_use_id that is no string", no("string").map(lambda one: result(tool_use_id=one))),
    _answered("item", "a result with a block that is no object", no("object").map(lambda one: result(content=[one]))),
    _answered(
        "kind",
        "a result with a block of an unknown type",
        UNKNOWN.map(lambda one: result(content=[{"type": one, "text": "4"}])),
    ),
    _answered("no_text", "a result with a block without its text", st.just(result(content=[{"type": "text"}]))),
    _tool("name_type", "a tool whose name is no string", "name", no("string")),
    _tool("kind", "a tool of an unknown type", "type", UNKNOWN),
    _choice("name_type", "a choice whose name is no string", no("string").map(lambda it: {"type": "tool", "name": it})),
    _choice("bare", "a tool_choice as in Chat Completions", st.sampled_from(["auto", "required", "none"])),
    changed("thinking.no_type", "thinking without a type", "MSG-REQ-015", "thinking", st.just({"budget_tokens": 1024})),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
