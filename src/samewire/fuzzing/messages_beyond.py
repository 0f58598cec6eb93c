"""Requests of Anthropic Messages that are wrong: each way, and the entry that says so."""

from __future__ import annotations

from hypothesis import strategies as st

from samewire.fuzzing.messages import LOOK, result, tools, use
from samewire.fuzzing.ways import BAD_NAME, PICTURE, UNKNOWN, Strategy, Way, above, below, changed, no, without
from samewire.fuzzing.within import name
from samewire.message import assistant, text, user
from samewire.request import OMIT

__all__ = ["PNG", "WAYS"]


def _messages(id: str, what: str, spec: str, values: Strategy) -> Way:
    return changed(f"messages.{id}", what, spec, "messages", values)


def _content(id: str, what: str, spec: str, values: Strategy) -> Way:
    return _messages(id, what, spec, values.map(lambda one: [user(one)]))


def _block(id: str, what: str, spec: str, values: Strategy) -> Way:
    return _content(f"block.{id}", what, spec, values.map(lambda one: [text("Look."), one]))


def _called(id: str, what: str, uses: Strategy, spec: str = "MSG-BLK-005") -> Way:
    return _messages(
        f"use.{id}",
        what,
        spec,
        uses.map(lambda one: [user("Look."), assistant([one]), user([result()]), user("Well?")]),
    )


def _answered(id: str, what: str, results: Strategy, spec: str = "MSG-BLK-006") -> Way:
    return _messages(
        f"result.{id}", what, spec, results.map(lambda one: [user("Look."), assistant([use()]), user(one)])
    )


def _tool(id: str, what: str, values: Strategy, spec: str = "MSG-REQ-012") -> Way:
    return changed(f"tools.{id}", what, spec, "tools", values.map(lambda one: [one]))


def _choice(id: str, what: str, values: Strategy) -> Way:
    return changed(f"tool_choice.{id}", what, "MSG-REQ-013", "tool_choice", values, tools=[LOOK])


def _source(id: str, what: str, source: Strategy) -> Way:
    return _block(f"image.{id}", what, "MSG-BLK-002", source.map(lambda one: {"type": "image", "source": one}))


_TYPED: dict[str, tuple[str, tuple[str, ...]]] = {
    "temperature": ("MSG-REQ-010", ("number", "integer")),
    "top_p": ("MSG-REQ-010", ("number", "integer")),
    "top_k": ("MSG-REQ-010", ("integer",)),
    "stop_sequences": ("MSG-REQ-008", ("array",)),
    "stream": ("MSG-REQ-009", ("boolean",)),
    "system": ("MSG-REQ-007", ("string", "array")),
    "metadata": ("MSG-REQ-014", ("object",)),
    "tools": ("MSG-REQ-012", ("array",)),
    "tool_choice": ("MSG-REQ-013", ("object",)),
    "thinking": ("MSG-REQ-015", ("object",)),
}
PNG = {"type": "base64", "media_type": "image/png", "data": PICTURE}
_STRANGER = st.tuples(tools(), name()).filter(lambda two: two[1] not in [one["name"] for one in two[0]])

_ALL = (
    *(changed(f"{one}.below", f"{one} below 0", "MSG-REQ-010", one, below(0)) for one in ("temperature", "top_p")),
    *(changed(f"{one}.above", f"{one} above 1", "MSG-REQ-010", one, above(1)) for one in ("temperature", "top_p")),
    changed("top_k.below", "a top_k below 0", "MSG-REQ-010", "top_k", st.integers(-100, -1)),
    *(changed(f"{one}.type", f"{one} of another type", spec, one, no(*types)) for one, (spec, types) in _TYPED.items()),
    changed(
        "stop_sequences.item",
        "a stop sequence that is no string",
        "MSG-REQ-008",
        "stop_sequences",
        no("string").map(lambda one: [one]),
    ),
    changed(
        "metadata.user_id",
        "a user_id that is no string",
        "MSG-REQ-014",
        "metadata",
        no("string").map(lambda one: {"user_id": one}),
    ),
    changed(
        "system.item", "a system block that is no object", "MSG-REQ-007", "system", no("object").map(lambda one: [one])
    ),
    changed(
        "system.kind",
        "a system block of another type",
        "MSG-REQ-007",
        "system",
        UNKNOWN.map(lambda one: [{"type": one}]),
    ),
    changed("service_tier.unknown", "an unknown service_tier", "MSG-REQ-017", "service_tier", UNKNOWN, optional=True),
    Way("model.missing", "no model", "MSG-REQ-001", st.just({"model": OMIT})),
    changed("model.type", "a model that is no string", "MSG-REQ-001", "model", no("string")),
    changed("model.unknown", "an unknown model", "MSG-ERR-006", "model", st.just("samewire-no-such-model")),
    Way("messages.missing", "no messages", "MSG-REQ-003", st.just({"messages": OMIT})),
    _messages("none", "an empty array of messages", "MSG-REQ-020", st.just([])),
    _messages("type", "messages that are no array", "MSG-REQ-003", no("array")),
    _messages("item", "a message that is no object", "MSG-REQ-003", no("object").map(lambda one: [one])),
    _messages("no_role", "a message without a role", "MSG-REQ-003", st.just([{"content": "Hello."}])),
    _messages("role", "an unknown role", "MSG-REQ-003", UNKNOWN.map(lambda one: [{"role": one, "content": "Hello."}])),
    _messages(
        "chat_role",
        "a role of Chat Completions",
        "MSG-REQ-003",
        st.sampled_from(["tool", "function", "developer"]).map(
            lambda one: [user("Hi."), {"role": one, "content": "4"}]
        ),
    ),
    _messages("no_content", "a message without content", "MSG-REQ-006", st.just([{"role": "user"}])),
    _content("content", "content that is neither text nor blocks", "MSG-REQ-006", no("string", "array")),
    _content("null", "content of null", "MSG-REQ-006", st.none()),
    _content("item", "a block that is no object", "MSG-REQ-006", no("object").map(lambda one: [one])),
    _block("no_type", "a block without a type", "MSG-BLK-001", st.just({"text": "Hello."})),
    _block("unknown", "a block of an unknown type", "MSG-REQ-020", UNKNOWN.map(lambda one: {"type": one})),
    _block(
        "chat_image",
        "a picture as in Chat Completions",
        "MSG-BLK-002",
        st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}),
    ),
    _block("no_text", "a block without its text", "MSG-BLK-001", st.just({"type": "text"})),
    _block(
        "text", "a block whose text is none", "MSG-BLK-001", no("string").map(lambda one: {"type": "text", "text": one})
    ),
    _block("empty", "a block of empty text", "MSG-REQ-020", st.just(text(""))),
    _block("image.no_source", "a picture without a source", "MSG-BLK-002", st.just({"type": "image"})),
    _source("no_data", "a picture without data", without(PNG, "data")),
    _source("data", "a picture that is none", st.just({**PNG, "data": "AAAA"})),
    _source("no_media_type", "a picture without a media_type", without(PNG, "media_type")),
    _source("media_type", "a picture of an unknown media_type", UNKNOWN.map(lambda one: {**PNG, "media_type": one})),
    _source("source", "a picture from an unknown source", UNKNOWN.map(lambda one: {**PNG, "type": one})),
    *(_called(f"no_{one}", f"a call without {one}", without(use(), one)) for one in ("id", "name", "input")),
    _called("input", "a call whose input is no object", no("object").map(lambda one: use(input=one)), "MSG-BLK-005"),
    _messages(
        "use.unanswered",
        "a call without its result",
        "MSG-BLK-007",
        st.just([user("Look."), assistant([use()]), user("Well?")]),
    ),
    _messages("use.by_user", "a call of the user's", "MSG-BLK-005", st.just([user([use()])])),
    _answered("no_id", "a result without tool_use_id", without(result(), "tool_use_id").map(lambda one: [one])),
    _answered(
        "content",
        "a result whose content is neither text nor blocks",
        no("string", "array").map(lambda one: [result(content=one)]),
    ),
    _answered("is_error", "an is_error that is no boolean", no("boolean").map(lambda one: [result(is_error=one)])),
    _answered("twice", "two results of one call", st.just([result(), result()]), "MSG-BLK-007"),
    _answered("late", "text before a result", st.just([text("Here:"), result()]), "MSG-BLK-008"),
    _answered("stranger", "the result of another call", st.just([result("toolu_9")]), "MSG-BLK-012"),
    _messages(
        "result.stray",
        "the result of no call",
        "MSG-BLK-012",
        st.just([user("Hi."), assistant("Hi."), user([result()])]),
    ),
    _messages(
        "result.by_assistant",
        "a result of the assistant's",
        "MSG-BLK-006",
        st.just([user("Hi."), assistant([result()]), user("Well?")]),
    ),
    _tool("item", "a tool that is no object", no("object")),
    _tool("no_name", "a tool without a name", without(LOOK, "name")),
    _tool(
        "name",
        "a tool with no fit name",
        BAD_NAME.filter(lambda one: len(one) <= 64).map(lambda one: {**LOOK, "name": one}),
        "MSG-TOOL-004",
    ),
    _tool("no_schema", "a tool without input_schema", without(LOOK, "input_schema")),
    _tool("schema", "an input_schema that is no object", no("object").map(lambda one: {**LOOK, "input_schema": one})),
    _tool(
        "schema_type",
        "an input_schema of another type than object",
        st.sampled_from(["array", "string", "thing"]).map(lambda one: {**LOOK, "input_schema": {"type": one}}),
    ),
    _tool("description", "a description that is no string", no("string").map(lambda one: {**LOOK, "description": one})),
    _tool("nested", "a tool as in Chat Completions", st.just({"type": "function", "function": {"name": "look"}})),
    _choice("no_type", "a tool_choice without a type", st.just({})),
    _choice("unknown", "an unknown tool_choice", UNKNOWN.map(lambda one: {"type": one})),
    _choice("no_name", "a choice of a tool without its name", st.just({"type": "tool"})),
    _choice(
        "flag",
        "a disable_parallel_tool_use that is no boolean",
        no("boolean").map(lambda one: {"type": "auto", "disable_parallel_tool_use": one}),
    ),
    changed(
        "tool_choice.alone",
        "a tool_choice without tools",
        "MSG-REQ-013",
        "tool_choice",
        st.just({"type": "any"}),
        tools=OMIT,
    ),
    Way(
        "tool_choice.stranger",
        "a tool_choice that is none of the tools",
        "MSG-REQ-013",
        _STRANGER.map(lambda two: {"tools": two[0], "tool_choice": {"type": "tool", "name": two[1]}}),
    ),
    changed(
        "thinking.unknown",
        "an unknown kind of thinking",
        "MSG-REQ-015",
        "thinking",
        UNKNOWN.map(lambda one: {"type": one}),
    ),
    changed("thinking.no_budget", "thinking without a budget", "MSG-REQ-015", "thinking", st.just({"type": "enabled"})),
    changed(
        "thinking.budget",
        "a budget for thinking below 1024, or no less than the limit",
        "MSG-REQ-015",
        "thinking",
        st.integers(-1, 9999).map(lambda one: {"type": "enabled", "budget_tokens": one}),
    ),
    changed(
        "output_config.no_schema",
        "a format without its schema",
        "MSG-REQ-016",
        "output_config",
        st.just({"format": {"type": "json_schema"}}),
        optional=True,
    ),
    changed(
        "output_config.kind",
        "an unknown format",
        "MSG-REQ-016",
        "output_config",
        UNKNOWN.map(lambda one: {"format": {"type": one, "schema": {"type": "object"}}}),
        optional=True,
    ),
)
#: Every way by its id.
WAYS: dict[str, Way] = {one.id: one for one in _ALL}
