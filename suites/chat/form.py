"""A form to fill, in company: beside tools, a system message and earlier turns, whole and streamed."""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    LIMIT,
    SHOULD,
    Exchange,
    Ignored,
    Steps,
    assistant,
    check,
    conforms_to,
    honoured,
    scenario,
    seen,
    system,
    user,
)

from .alike import AS_OBJECT_STREAM, BESIDE_TOOLS, LADEN_OBJECT, object_in_a_stream
from .format import AS_OBJECT, BY_SCHEMA, ROUTE, SCHEMA, answered_in_json, formatted
from .lost import Told, lost_in, nothing_lost
from .packing import packed
from .reading import calls, finished, fragments, parsed, pieces, streamed_words, words
from .requests import STREAM, WEATHER
from .talk import BY_ASSISTANT, BY_SYSTEM, BY_USER, EVERYWHERE, TOLD, holds
from .together import TURNS

LIMITED = {
    "type": "object",
    "properties": {
        "codes": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{3}$"}, "minItems": 2, "maxItems": 2},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["codes", "share"],
    "additionalProperties": False,
}
KEYWORDS = BY_SCHEMA.but(response_format=formatted(LIMITED))
PLACE = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


#: A schema of all that schemas are made of.
FORM: dict[str, Any] = {
    "type": "object",
    "title": "Form",
    "properties": {
        "codes": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 9},
        "kind": {"type": "string", "enum": ["letter", "note"]},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "pages": {"type": "integer"},
        "open": {"type": "boolean"},
        "place": {"$ref": "#/$defs/place"},
        "river": {"title": "River", **PLACE},
        "remark": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "stars": {"type": "integer", "enum": [3, 4, 5]},
        "mood": {"$ref": "#/$defs/mood"},
        "route": ROUTE,
    },
    "required": ["codes", "kind", "share", "pages", "open", "place", "river", "remark", "stars", "mood", "route"],
    "additionalProperties": False,
    "$defs": {"place": PLACE, "mood": {"type": "string", "enum": ["calm", "merry"]}},
}
#: Members that are one of a few: of numbers, and behind a reference. They have a cell of their own, as bounds do.
FEW = ("stars", "mood")
BOUNDS = ("minItems", "maxItems", "minimum", "maximum")
BOUNDED = {**FORM, "properties": {**FORM["properties"], **{name: {} for name in FEW}}}
#: The same without bounds.
UNBOUNDED = {
    **BOUNDED,
    "properties": {
        name: {word: value for word, value in shape.items() if word not in BOUNDS}
        for name, shape in BOUNDED["properties"].items()
    },
}
OF_FEW = {
    "type": "object",
    "properties": {name: FORM["properties"][name] for name in FEW},
    "required": [*FEW],
    "additionalProperties": False,
    "$defs": FORM["$defs"],
}
REFERRING = BY_SCHEMA.but(
    response_format=formatted(
        {
            "type": "object",
            "properties": {"place": {"$ref": "#/$defs/place"}, "remark": FORM["properties"]["remark"]},
            "required": ["place", "remark"],
            "additionalProperties": False,
            "$defs": {"place": PLACE},
        }
    )
)
ENUMERATED = REFERRING.but(response_format=formatted(OF_FEW))
#: As official clients write the schema of a class.
TITLED = BY_SCHEMA.but(
    response_format=formatted(
        {**SCHEMA, "title": "City", "properties": {"city": {"title": "Name", "type": "string"}}, "required": ["city"]}
    )
)
WITH_TOOLS = BY_SCHEMA.but(tools=[WEATHER])
#: The question asks for what the schema forbids.
FILL = (
    "Fill in the form. List all code words in `codes`, every one of them. "
    'As `kind` write "poem", as `open` and `mood` write "perhaps", '
    "and put a word for `share`, `pages`, `stars`, `place` and `river`."
)
FILLED = BY_SCHEMA.but(
    messages=[system(TOLD[BY_SYSTEM]), user(TOLD[BY_USER]), assistant(TOLD[BY_ASSISTANT]), user(FILL)],
    response_format=formatted(FORM),
    tools=[WEATHER],
    **LIMIT(320),
)
FILLED_STREAM = STREAM.but(**FILLED.body).after(BY_SCHEMA)
#: All code words in one message: whether the model fills them in at all.
FILLED_AT_ONCE = FILLED.but(messages=[user(f"{TOLD[BY_SYSTEM]} {TOLD[BY_USER]} {TOLD[BY_ASSISTANT]} {FILL}")])


@check(
    "chat.format.keywords", SHOULD, of=packed(FILLED, KEYWORDS), spec="CHAT-FMT-005 CHAT-FMT-004", depth=FULL, again=2
)
def test_schemas_may_set_bounds(exchange: Exchange) -> None:
    """`minItems`, `maxItems`, `minimum` and `maximum` in a strict `json_schema` SHOULD be taken, and hold."""
    value = parsed(words(exchange.accepted()))
    if not conforms_to(UNBOUNDED, value) and (problem := conforms_to(BOUNDED, value)):
        raise Ignored(f"bounds were accepted in a schema, and the answer does not keep to them: {problem}")


@check("chat.format.enums", SHOULD, of=packed(FILLED, ENUMERATED), spec="CHAT-FMT-005", depth=FULL, again=2)
def test_schemas_may_enumerate(exchange: Exchange) -> None:
    """An `enum` of numbers, and one behind a `$ref`, SHOULD be taken in a strict `json_schema`, and hold."""
    value = parsed(words(exchange.accepted()))
    shape = UNBOUNDED if exchange.asked(FILLED) else {**OF_FEW, "properties": {name: {} for name in FEW}}
    if not conforms_to(shape, value):
        problem = conforms_to({**OF_FEW, "additionalProperties": True}, value)
        honoured(not problem, f"a choice of a few was accepted in a schema, and the answer has another: {problem}")


@check("chat.format.references", SHOULD, of=packed(FILLED, REFERRING), spec="CHAT-FMT-005 CHAT-FMT-013", depth=FULL)
def test_schemas_may_refer(exchange: Exchange) -> None:
    """`$ref` and `anyOf` in a `json_schema` SHOULD be taken."""
    exchange.accepted()


@check("chat.format.titles", SHOULD, of=packed(FILLED, TITLED), spec="CHAT-FMT-013", depth=FULL)
def test_schemas_may_have_titles(exchange: Exchange) -> None:
    """`title` in a `json_schema` SHOULD be taken: official clients send it for every class and its members."""
    exchange.accepted()


@scenario(BY_SCHEMA, FILLED, spare=(WITH_TOOLS,))
def filled_with_tools() -> Steps:
    """A form, and one in company with tools; if that is refused, the first with tools."""
    alone: Exchange = yield BY_SCHEMA
    holding = alone.ok and not conforms_to(SCHEMA, parsed(words(alone)))
    form: Exchange = yield FILLED
    if form.ok:
        return UNBOUNDED, holding
    yield WITH_TOOLS
    return SCHEMA, holding


@check("chat.format.with_tools", SHOULD, of=filled_with_tools, spec="CHAT-REQ-018 CHAT-FMT-005", depth=FULL, again=2)
def test_a_format_goes_with_tools(exchange: Exchange) -> None:
    """A `response_format` SHOULD be taken with tools, and hold beside them, a system message and earlier turns."""
    exchange.accepted()
    schema, holding = exchange.found
    seen(not calls(exchange) and holding, "a tool was called, or no schema holds without tools either")
    if problem := conforms_to(schema, answered_in_json(exchange, "a json_schema beside tools")):
        raise Ignored(f"json_schema was accepted beside tools, and the answer does not conform: {problem}")


HEARD = {
    "the system message": Told(TOLD[BY_SYSTEM], holds(BY_SYSTEM), {EVERYWHERE: holds(BY_SYSTEM)}),
    "an earlier turn of the user": Told(TOLD[BY_USER], holds(BY_USER), TURNS),
    "an earlier turn of the assistant": Told(TOLD[BY_ASSISTANT], holds(BY_ASSISTANT), TURNS),
}


@check(
    "chat.format.heard",
    SHOULD,
    of=lost_in(FILLED, HEARD, FILLED_AT_ONCE),
    spec="CHAT-MSG-001 CHAT-FMT-005",
    depth=FULL,
    again=2,
)
def test_a_conversation_arrives_beside_a_format(exchange: Exchange) -> None:
    """Beside a `response_format`, the system message and earlier turns SHOULD reach the model as they do otherwise."""
    seen(exchange.found.whole.ok, "it is refused, which has cells of its own")
    nothing_lost(exchange, HEARD)


@scenario(AS_OBJECT, LADEN_OBJECT, FILLED, FILLED_STREAM, spare=(BESIDE_TOOLS, AS_OBJECT_STREAM))
def filled_in_a_stream() -> Steps:
    """A form whole and streamed; and whether any format holds in streams."""
    whole_object: Exchange = yield AS_OBJECT
    object_stream: Exchange = yield from object_in_a_stream()
    lost = all(one.ok for one in (whole_object, object_stream)) and (
        isinstance(parsed(words(whole_object)), dict) and not isinstance(parsed(streamed_words(object_stream)), dict)
    )
    yield FILLED
    yield FILLED_STREAM
    return not lost


@check(
    "chat.format.schema_streamed", SHOULD, of=filled_in_a_stream, spec="CHAT-EQ-002 CHAT-FMT-005", depth=FULL, again=2
)
def test_a_schema_holds_in_streams(exchange: Exchange) -> None:
    """A `json_schema` that holds for a whole answer SHOULD hold for a stream, too."""
    whole = exchange.before[-1]
    seen(exchange.found and whole.ok and not calls(whole), "no format holds in streams, or it is refused")
    seen(not conforms_to(UNBOUNDED, parsed(words(whole))), "the whole answer does not conform either")
    exchange.accepted()
    finished(exchange)
    said = streamed_words(exchange)
    reasons = [piece.get("finish_reason") for piece in pieces(exchange)]
    seen(said.strip() and not fragments(exchange) and "length" not in reasons, "it is cut off, or a tool was called")
    value = parsed(said)
    seen(value is not None or not said.strip().startswith("{"), "the stream has lost a part of the JSON")
    problem = conforms_to(UNBOUNDED, value)
    honoured(not problem, f"json_schema holds in the whole answer, and in the stream it does not: {problem}")
