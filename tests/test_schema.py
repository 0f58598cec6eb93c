"""Schemas: violations are told where a reader would stumble, and what violates can't be read by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.attempt import parse_json
from samewire.parts import Items, Part, reading
from samewire.schema import conforms_to, names, source, violations
from samewire.verdict import Blocked, Inconclusive

from .making import COMPLETION, ERROR, chunk

SHAPE = "chat/completion"


def changed(document: Any, path: str, value: Any = None, *, without: bool = False) -> Any:
    """A copy of a document with another value at a place, or without the place."""
    step, _, rest = path.partition("/")
    key: Any = int(step) if isinstance(document, list) else step
    copy = list(document) if isinstance(document, list) else dict(document)
    if rest:
        copy[key] = changed(copy[key], rest, value, without=without)
    elif without:
        del copy[key]
    else:
        copy[key] = value
    return copy


def places(document: Any, schema: str = SHAPE) -> list[str]:
    return [found.pointer for found in violations(document, schema)]


def test_what_conforms_has_no_violations() -> None:
    assert places(COMPLETION) == []
    assert places(chunk({"content": "a"}), "chat/chunk") == []
    assert places(ERROR, "http/error") == []


MISSING = (
    "id",
    "created",
    "choices",
    "choices/0/index",
    "choices/0/message",
    "choices/0/message/role",
    "usage/total_tokens",
)


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_member_is_told_at_its_own_place(path: str) -> None:
    (found,) = violations(changed(COMPLETION, path, without=True), SHAPE)
    assert found.pointer == f"/{path}"
    assert found.message == f"`{path.split('/')[-1]}` is missing"
    assert found.cause == f"{SHAPE}#/{path}".replace("/0", "/*")


def test_each_of_several_missing_members_is_told() -> None:
    assert sorted(places({"object": "chat.completion", "created": 1})) == ["/choices", "/id", "/model"]


WRONG = {
    "id": 5,
    "object": "text_completion",
    "choices": {},
    "choices/0": None,
    "choices/0/message/content": [{"type": "text", "text": "a"}],
    "choices/0/finish_reason": "eos",
    "usage": "none",
    "usage/prompt_tokens": -1,
    "system_fingerprint": 5,
}


@pytest.mark.parametrize(("path", "value"), WRONG.items())
def test_a_wrong_value_is_told_at_its_place(path: str, value: Any) -> None:
    assert places(changed(COMPLETION, path, value)) == [f"/{path}"]


@pytest.mark.parametrize("value", [1.0, True, False, "1", None, 1e3, [1]])
def test_only_an_integer_is_an_integer(value: Any) -> None:
    assert places(changed(COMPLETION, "created", value)) == ["/created"]


@pytest.mark.parametrize("value", [0, -1, 99_999_999_999])
def test_every_integer_is_an_integer(value: int) -> None:
    assert places(changed(COMPLETION, "created", value)) == []


def test_a_time_in_milliseconds_is_no_time_in_seconds() -> None:
    assert places(changed(COMPLETION, "created", 1_700_000_000_000)) == ["/created"]


@pytest.mark.parametrize("document", [None, 5, "a", [], True, 1.5])
def test_what_is_no_object_is_wrong_as_a_whole(document: Any) -> None:
    assert places(document) == [""]
    with pytest.raises(Blocked):
        reading(document, violations(document, SHAPE))


def test_unknown_members_are_allowed_everywhere() -> None:
    document = COMPLETION
    for path in ("x", "choices/0/x", "choices/0/message/x", "usage/x"):
        document = changed(document, path, {"anything": [1, None]})
    assert places(document) == []


def test_pointers_escape_what_json_pointer_escapes() -> None:
    schema = {"properties": {"a/b~c": {"type": "string"}}}
    assert conforms_to(schema, {"a/b~c": 5}).startswith("/a~1b~0c: ")


def test_long_messages_are_shortened() -> None:
    (found,) = violations(changed(COMPLETION, "object", "x" * 10_000), SHAPE)
    assert len(found.message) <= 240


@pytest.mark.parametrize(
    ("instance", "wrong"), [({"a": 1}, False), ({"a": 1.0}, False), ({"a": 1.5}, True), ({}, True), (5, True)]
)
def test_an_instance_conforms_to_a_schema_given_as_json(instance: Any, wrong: bool) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    assert bool(conforms_to(schema, instance)) is wrong


def read(document: Any, schema: str = SHAPE) -> Any:
    return reading(document, violations(document, schema))


def test_a_faulty_member_blocks_whoever_reads_it_and_nobody_else() -> None:
    part = read(changed(COMPLETION, "choices/0/message/content", 5))
    assert part["id"] == "chatcmpl-1"
    assert part["choices"][0]["finish_reason"] == "stop"
    for look in (lambda one: one["content"], lambda one: one.get("content"), lambda one: one.get("content", "else")):
        with pytest.raises(Blocked) as blocked:
            look(part["choices"][0]["message"])
        assert blocked.value.cause == f"{SHAPE}#/choices/*/message/content"


def test_a_missing_required_member_blocks_and_a_missing_optional_one_is_inconclusive() -> None:
    part = read(changed(COMPLETION, "model", without=True))
    with pytest.raises(Blocked) as blocked:
        part["model"]
    assert blocked.value.cause == f"{SHAPE}#/model"
    with pytest.raises(Blocked):
        part.get("model")
    with pytest.raises(Inconclusive) as absent:
        part["system_fingerprint"]
    assert absent.value.reason == "absent"
    assert part.get("system_fingerprint") is None
    assert part.get("system_fingerprint", "none") == "none"


def test_a_faulty_item_blocks_by_index_from_either_end_and_by_iteration() -> None:
    good = COMPLETION["choices"][0]
    items = read({**COMPLETION, "choices": [good, None, good]})["choices"]
    assert (items[0]["index"], items[2]["index"], items[-1]["index"], len(items)) == (0, 0, 0, 3)
    for look in (lambda: items[1], lambda: items[-2], lambda: list(items), lambda: [*items], lambda: sorted(items)):
        with pytest.raises(Blocked) as blocked:
            look()
        assert blocked.value.cause == f"{SHAPE}#/choices/*"


@pytest.mark.parametrize("index", [1, 5, -2, -9])
def test_an_index_out_of_range_is_inconclusive(index: int) -> None:
    with pytest.raises(Inconclusive) as absent:
        read(COMPLETION)["choices"][index]
    assert absent.value.reason == "absent"


def test_a_slice_does_not_hand_out_a_faulty_item() -> None:
    items = read({**COMPLETION, "choices": [None, COMPLETION["choices"][0]]})["choices"]
    assert items[1:][0]["index"] == 0
    with pytest.raises(Blocked):
        list(items[:1])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "choices", "message", "index", "usage", "content", "x")), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def walk(value: Any) -> Iterator[Any]:
    """Everything that can be reached in what was read, by every way a check has."""
    yield value
    if isinstance(value, dict):
        for name in [*value, "no such member"]:
            yield from reach(lambda name=name: value[name])
            yield from reach(lambda name=name: value.get(name))
    elif isinstance(value, list):
        for index in range(-len(value) - 1, len(value) + 2):
            yield from reach(lambda index=index: value[index])


def reach(look: Any) -> Iterator[Any]:
    try:
        found = look()
    except Inconclusive:
        return
    yield from walk(found)


@given(JSON, st.sampled_from(("chat/completion", "chat/chunk", "http/error", "http/models")))
def test_reading_anything_ends_in_a_value_or_a_signal(document: Any, schema: str) -> None:
    found = violations(document, schema)
    if any(one.path == () for one in found):
        with pytest.raises(Blocked) as blocked:
            reading(document, found)
        assert blocked.value.cause == f"{schema}#"
        return
    part = reading(document, found)
    assert all(isinstance(value, (Part, Items, str, int, float, bool, type(None))) for value in walk(part))


@pytest.mark.parametrize("depth", [100, 300, 500, 700, 900])
def test_nesting_however_deep_ends_in_a_value_or_a_signal(depth: int) -> None:
    value, problem = parse_json(b'{"id":' + b"[" * depth + b"]" * depth + b',"x":' + b"[" * depth + b"]" * depth + b"}")
    assert value is not None or problem == "nested too deeply"
    if value is not None:
        with pytest.raises(Blocked):
            reading(value, violations(value, SHAPE))["id"]


@pytest.mark.parametrize("name", names())
def test_every_schema_is_valid_and_named_after_its_place(name: str) -> None:
    schema = source(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"samewire:///{name}.json"
    assert schema["title"]


def references(schema: Any) -> Iterator[str]:
    """Every reference in a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


@pytest.mark.parametrize("name", names())
def test_every_reference_leads_somewhere(name: str) -> None:
    for reference in references(source(name)):
        document, _, pointer = reference.partition("#")
        target: Any = source(document.removeprefix("samewire:///").removesuffix(".json")) if document else source(name)
        for step in pointer.split("/")[1:]:
            assert step in target, f"{reference} leads nowhere"
            target = target[step]
