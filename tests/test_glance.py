"""What is told at a glance is what is told in words: the fast look at a document and the thorough one never differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from samewire import schema
from samewire.schema import names, violations

from .making import COMPLETION, ERROR, chunk
from .test_messages_schemas import EXAMPLES
from .test_responses_schemas import DOCUMENTS

LOGPROB = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}
USAGE = {"prompt_tokens": 1, "total_tokens": 1}
#: A document that conforms, for every schema of an answer.
CONFORMING: list[tuple[str, Any]] = [
    ("chat/completion", COMPLETION),
    ("chat/chunk", chunk({"content": "Hi"})),
    ("chat/usage", {**USAGE, "completion_tokens": 0}),
    ("chat/logprobs", {"content": [LOGPROB], "refusal": None}),
    ("http/error", ERROR),
    ("http/model", {"id": "m", "object": "model", "created": 1, "owned_by": "me"}),
    ("http/models", {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "me"}]}),
    (
        "embeddings/embeddings",
        {
            "object": "list",
            "model": "m",
            "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 1]}],
            "usage": USAGE,
        },
    ),
    (
        "completions/completion",
        {
            "id": "a",
            "object": "text_completion",
            "created": 1,
            "model": "m",
            "choices": [{"text": "Hi", "index": 0, "logprobs": None, "finish_reason": "stop"}],
        },
    ),
    ("messages/error", {"type": "error", "error": {"type": "api_error", "message": "No."}, "request_id": "r"}),
    ("responses/items", {"object": "list", "data": [], "first_id": "a", "last_id": "b", "has_more": False}),
    ("responses/input_tokens", {"object": "response.input_tokens", "input_tokens": 3}),
    ("responses/deleted", {"object": "response", "id": "resp_1", "deleted": True}),
    *EXAMPLES.values(),
    *((name, document) for _, name, document in DOCUMENTS),
]
GONE = object()
ODD: tuple[Any, ...] = (GONE, None, True, 1.0, -1, 10**400, float("inf"), "text", "\ud800", [], [None], {})


def spoilt(document: Any) -> Iterator[Any]:
    """A document with every odd value at every place in turn, and without it."""
    if not isinstance(document, (dict, list)):
        return
    for key, inner in list(document.items()) if isinstance(document, dict) else list(enumerate(document)):
        for value in (*ODD, *spoilt(inner)):
            copy: Any = dict(document) if isinstance(document, dict) else list(document)
            if value is GONE:
                del copy[key]
            else:
                copy[key] = value
            yield copy


@pytest.mark.parametrize(("name", "document"), CONFORMING)
def test_both_looks_tell_the_same(name: str, document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [document, *spoilt(document)]
    glanced = [violations(one, name) for one in documents]
    monkeypatch.setattr(schema, "_glance", lambda _: lambda _: False)
    assert not violations(document, name)
    assert glanced == [violations(one, name) for one in documents]
    assert any(glanced)


def test_every_schema_of_an_answer_is_looked_at_so() -> None:
    fragments = {"messages/block", "messages/stop_reason", "messages/usage", "responses/item", "responses/logprobs"}
    answers = (
        {name for name in names() if not name.startswith("run/")} - fragments - {"responses/part", "responses/usage"}
    )
    assert answers == {name for name, _ in CONFORMING} & answers


def test_without_the_fast_look_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "jsonschema_rs", None)
    schema._glance.cache_clear()
    assert not violations(COMPLETION, "chat/completion")
    assert violations({}, "chat/completion")
    schema._glance.cache_clear()
