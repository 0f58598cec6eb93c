"""Structured output: `text.format`."""

from __future__ import annotations

from typing import Any

from samewire import FULL, LIMIT, MUST, SHOULD, Exchange, Ignored, check, conforms_to, seen, user

from .reading import of_type, parsed, refused, response, words
from .requests import HELLO, STREAM

#: An object within: some enforce what is on top alone.
MAYOR: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "terms": {"type": "integer"}},
    "required": ["name", "terms"],
    "additionalProperties": False,
}
#: What nobody would answer a greeting with; in letters of many kinds.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "rivers": {"type": "integer"},
        "old": {"type": "boolean"},
        "size": {"enum": ["small", "large"]},
        "beast": {"type": "string", "enum": ["🦊Füchse"]},
        "mayor": MAYOR,
    },
    "required": ["city", "rivers", "old", "size", "beast", "mayor"],
    "additionalProperties": False,
}
ASK = user("Name a city of your choice in JSON.")


def formatted(schema: Any = None, **more: Any) -> dict[str, Any]:
    """A `text` with a format by JSON Schema: flat, unlike in Chat Completions."""
    shape = {"type": "json_schema", "name": "city", "strict": True, "schema": schema, **more}
    return {"format": {name: value for name, value in shape.items() if value is not None}}


AS_OBJECT = HELLO.but(input=[ASK], text={"format": {"type": "json_object"}}, **LIMIT(200))
ABOUT = "A city, and who governs it."
BY_SCHEMA = HELLO.but(input=[user("Say hello.")], text=formatted(SCHEMA, description=ABOUT), **LIMIT(200))
BY_SCHEMA_STREAM = STREAM.but(**BY_SCHEMA.body)


def answered_in_json(one: Any, what: str, said: str, where: str = "") -> Any:
    """The answer as JSON; *ignored* if it is none."""
    refusals = [part for item in of_type(one["output"], "message") for part in item["content"] if "refusal" in part]
    seen(one["status"] == "completed" and not refusals, "cut off or declined")
    value = parsed(said)
    if value is None:
        fenced = said.strip().startswith("```")
        assert not fenced, f"the JSON is wrapped in a code fence: {said[:40]!r}"
        raise Ignored(f"{what} was accepted{where}, and the answer is no JSON: {said[:60]!r}")
    return value


def conforming(one: Any, said: str, where: str = "") -> None:
    """Say *ignored* unless an answer conforms to the schema.

    Args:
        one: the response.
        said: the answer.
        where: in what the schema was accepted, for people, after a space.
    """
    value = answered_in_json(one, "json_schema", said, where)
    if problem := conforms_to(SCHEMA, value):
        raise Ignored(f"json_schema was accepted{where}, and the answer does not conform: {problem}")


@check("responses.format.json_object", SHOULD, of=AS_OBJECT, spec="RSP-REQ-013", depth=FULL, again=2)
def test_json_object_gives_an_object(exchange: Exchange) -> None:
    """With `json_object`, the text SHOULD be a JSON object and nothing else."""
    value = answered_in_json(response(exchange), "json_object", words(exchange))
    assert isinstance(value, dict), f"the text is JSON, but no object: {words(exchange)[:60]!r}"


@check("responses.format.json_schema", SHOULD, of=BY_SCHEMA, spec="RSP-REQ-013 RSP-ST-007", again=2)
def test_json_schema_gives_what_it_describes(exchange: Exchange) -> None:
    """With a strict `json_schema`, the text SHOULD conform to the schema, even where the question asks otherwise."""
    conforming(response(exchange), words(exchange))


def misformed(text: Any) -> Any:
    """The request by schema, with another `text`, which must be refused."""
    return BY_SCHEMA.wrong(text=text)


@check("responses.format.schema", MUST, of=misformed(formatted(None, strict=None)), spec="RSP-REQ-013", depth=FULL)
def test_a_schema_is_needed(exchange: Exchange) -> None:
    """A format by `json_schema` without a `schema` MUST be refused."""
    refused(exchange)


@check(
    "responses.format.unknown",
    SHOULD,
    of=HELLO.wrong(text={"format": {"type": "yaml"}}),
    spec="RSP-REQ-013 ERR-CASE-012",
    depth=FULL,
)
def test_an_unknown_format_is_refused(exchange: Exchange) -> None:
    """An unknown `text.format` SHOULD be refused with 400, not passed over."""
    refused(exchange)
