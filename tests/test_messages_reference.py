"""Messages at the reference through the official client: that it is conformant is not our own opinion alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from samewire.demo import Served
from samewire.reference import KEY, Configuration, Reference

MODEL = "reference-1"
HELLO: list[Any] = [{"role": "user", "content": "Say hello."}]
COUNT: list[Any] = [{"role": "user", "content": "Count from 1 to 12."}]
ASK: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
WEATHER: Any = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
COUNTED = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    references = {"plain": Reference(), "thinking": Reference(settings=Configuration(reasoning=20))}
    with Served(references) as served:
        yield {name: f"http://127.0.0.1:{port}" for name, port in served.ports.items()}


@pytest.fixture
def client(urls: dict[str, str]) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=urls["plain"], api_key=KEY, max_retries=0) as made:
        yield made


def test_a_message(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model=MODEL, max_tokens=64, messages=COUNT)
    assert (message.type, message.role, message.model, message.stop_reason) == (
        "message",
        "assistant",
        MODEL,
        "end_turn",
    )
    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": COUNTED}]
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 12


def test_a_stream_makes_the_same_message(client: anthropic.Anthropic) -> None:
    whole = client.messages.create(model=MODEL, max_tokens=64, messages=COUNT)
    with client.messages.stream(model=MODEL, max_tokens=64, messages=COUNT) as stream:
        pieces = list(stream.text_stream)
        streamed = stream.get_final_message()
    assert len(pieces) > 4
    assert "".join(pieces) == COUNTED
    told = {name: value for name, value in streamed.to_dict().items() if name != "id" and value is not None}
    assert told == {name: value for name, value in whole.to_dict().items() if name != "id" and value is not None}


def test_a_call_and_its_result(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model=MODEL, max_tokens=64, messages=ASK, tools=[WEATHER]) as stream:
        first = stream.get_final_message()
    call = first.content[0]
    assert (first.stop_reason, call.type) == ("tool_use", "tool_use")
    assert call.type == "tool_use"
    assert call.input == {"city": "Paris"}
    result: Any = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees", "is_error": True}
    turns: list[Any] = [
        *ASK,
        {"role": "assistant", "content": [block.to_dict() for block in first.content]},
        {"role": "user", "content": [result]},
    ]
    second = client.messages.create(model=MODEL, max_tokens=64, messages=turns, tools=[WEATHER])
    assert second.content[0].to_dict()["text"] == "The tool says: Error: 18 degrees"


def test_an_answer_is_stopped_and_cut(client: anthropic.Anthropic) -> None:
    stopped = client.messages.create(model=MODEL, max_tokens=64, messages=COUNT, stop_sequences=["x", " 7"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", " 7")
    cut = client.messages.create(model=MODEL, max_tokens=3, messages=COUNT)
    assert (cut.stop_reason, cut.stop_sequence, cut.usage.output_tokens) == ("max_tokens", None, 3)


def test_tokens_are_counted_as_they_are_charged(client: anthropic.Anthropic) -> None:
    body: dict[str, Any] = {"model": MODEL, "messages": ASK, "tools": [WEATHER], "system": "Be brief."}
    counted = client.messages.count_tokens(**body)
    assert counted.input_tokens == client.messages.create(max_tokens=9, **body).usage.input_tokens


def test_thoughts_are_streamed_and_taken_back(urls: dict[str, str]) -> None:
    with (
        anthropic.Anthropic(base_url=urls["thinking"], api_key=KEY, max_retries=0) as client,
        client.messages.stream(model=MODEL, max_tokens=200, messages=HELLO) as stream,
    ):
        thought, said = stream.get_final_message().content
    assert thought.type == "thinking"
    assert (len(thought.thinking.split()), bool(thought.signature), said.type) == (20, True, "text")


WRONG: dict[str, tuple[dict[str, Any], type[anthropic.APIStatusError], str]] = {
    "a model that does not exist": ({"model": "nobody"}, anthropic.NotFoundError, "not_found_error"),
    "no message": ({"messages": []}, anthropic.BadRequestError, "invalid_request_error"),
    "a limit of nothing": ({"max_tokens": -1}, anthropic.BadRequestError, "invalid_request_error"),
    "a choice without tools": ({"tool_choice": {"type": "any"}}, anthropic.BadRequestError, "invalid_request_error"),
}


@pytest.mark.parametrize(("fields", "kind", "type_"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_refused(
    client: anthropic.Anthropic, fields: dict[str, Any], kind: type[anthropic.APIStatusError], type_: str
) -> None:
    body: dict[str, Any] = {"model": MODEL, "max_tokens": 9, "messages": HELLO, **fields}
    with pytest.raises(kind) as caught:
        client.messages.create(**body)
    told: Any = caught.value.body
    assert (told["type"], told["error"]["type"]) == ("error", type_)
    assert told["request_id"] == caught.value.response.headers["request-id"]


def test_a_wrong_key_is_refused(urls: dict[str, str]) -> None:
    with (
        anthropic.Anthropic(base_url=urls["plain"], api_key="wrong", max_retries=0) as client,
        pytest.raises(anthropic.AuthenticationError),
    ):
        client.messages.create(model=MODEL, max_tokens=9, messages=HELLO)


def test_the_older_version_takes_sampling_and_the_latest_does_not(client: anthropic.Anthropic) -> None:
    body: dict[str, Any] = {"model": MODEL, "max_tokens": 9, "messages": HELLO, "extra_body": {"temperature": 0.5}}
    client.messages.create(**body, extra_headers={"anthropic-version": "2023-06-01"})
    with pytest.raises(anthropic.BadRequestError):
        client.messages.create(**body, extra_headers={"anthropic-version": "2026-10-21"})
