"""Structured output: `response_format`."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Exchange,
    Ignored,
    check,
    conforms_to,
    seen,
    user,
)

from .reading import choice, parsed, refused, words
from .requests import HELLO

ASK = user("Name a city of your choice in JSON.")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "rivers": {"type": "integer"}, "old": {"type": "boolean"}},
    # In another order: it is `properties` that says what comes first.
    "required": ["old", "city", "rivers"],
    "additionalProperties": False,
}


def formatted(schema: Any = None, **more: Any) -> dict[str, Any]:
    """A `response_format` with a JSON Schema."""
    shape = {"name": "city", "strict": True, "schema": schema, **more}
    return {"type": "json_schema", "json_schema": {name: value for name, value in shape.items() if value is not None}}


def nested(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has just these members."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*reversed(properties)],
        "additionalProperties": False,
    }


#: As deep as the documented limit ever was: five levels with the root. Its members are in no order but their own.
STREET = nested(number={"type": "integer"}, letter={"type": "string"})
ROUTE = nested(to=nested(town=nested(street=STREET)), at={"type": "string"}, via={"type": "string"})

AS_OBJECT = HELLO.but(messages=[ASK], response_format={"type": "json_object"}, **LIMIT(200))
BY_SCHEMA = HELLO.but(messages=[user("Say hello.")], response_format=formatted(SCHEMA), **LIMIT(200))


def answered_in_json(exchange: Exchange, what: str) -> Any:
    """The answer as JSON; *ignored* if it is none."""
    exchange.accepted()
    ended = choice(exchange)
    said = words(exchange)
    seen(
        ended["finish_reason"] not in ("length", "content_filter") and not ended["message"].get("refusal"),
        "cut off or declined",
    )
    value = parsed(said)
    if value is None:
        fenced = said.strip().startswith("```")
        assert not fenced, f"the JSON is wrapped in a code fence: {said[:40]!r}"
        raise Ignored(f"{what} was accepted, and the answer is no JSON: {said[:60]!r}")
    return value


@check("chat.format.json_object", SHOULD, of=AS_OBJECT, spec="CHAT-FMT-002 CHAT-FMT-012", again=2)
def test_json_object_gives_an_object(exchange: Exchange) -> None:
    """With `json_object`, the content SHOULD be a JSON object and nothing else."""
    value = answered_in_json(exchange, "json_object")
    assert isinstance(value, dict), f"the content is JSON, but no object: {words(exchange)[:60]!r}"


@check("chat.format.json_schema", SHOULD, of=BY_SCHEMA, spec="CHAT-FMT-005 CHAT-FMT-012 CHAT-FMT-013", again=2)
def test_json_schema_gives_what_it_describes(exchange: Exchange) -> None:
    """With a strict `json_schema`, the content SHOULD conform to the schema, even where the question asks otherwise."""
    value = answered_in_json(exchange, "json_schema")
    if problem := conforms_to(SCHEMA, value):
        raise Ignored(f"json_schema was accepted, and the answer does not conform: {problem}")


@check(
    "chat.format.schema_name",
    MUST,
    of=BY_SCHEMA.wrong(response_format={"type": "json_schema", "json_schema": {"schema": SCHEMA, "strict": True}}),
    spec="CHAT-FMT-004",
    depth=FULL,
)
def test_a_schema_needs_a_name(exchange: Exchange) -> None:
    """A `json_schema` without a `name` MUST be refused."""
    refused(exchange)


@check(
    "chat.format.unknown",
    SHOULD,
    of=HELLO.wrong(response_format={"type": "yaml"}),
    spec="CHAT-REQ-018 ERR-CASE-012",
    depth=FULL,
)
def test_an_unknown_format_is_refused(exchange: Exchange) -> None:
    """An unknown `response_format` SHOULD be refused with 400, not passed over."""
    refused(exchange)
