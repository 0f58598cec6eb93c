"""The reference endpoint through the official client: that it is conformant is not our own opinion alone."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import socket
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import openai
import pydantic
import pytest

from samewire.demo import Served
from samewire.reference import KEY, Configuration, Reference
from samewire.reference.server import HttpRequest, HttpResponse, listen

MODEL = "reference-1"
HELLO: list[Any] = [{"role": "user", "content": "Say hello."}]
COUNT: list[Any] = [{"role": "user", "content": "Count from 1 to 10."}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ASK: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    references = {
        "plain": Reference(),
        "reasoning": Reference(settings=Configuration(reasoning=40, spellings=("max_completion_tokens",))),
        "text": Reference(settings=Configuration(vision=False)),
        "open": Reference(settings=Configuration(key=None)),
    }
    with Served(references) as served:
        yield {name: f"http://127.0.0.1:{port}/v1" for name, port in served.ports.items()}


@pytest.fixture
def client(urls: dict[str, str]) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=urls["plain"], api_key=KEY, max_retries=0) as one:
        yield one


def strictly(model: Any) -> Any:
    """The model, if it passes its own type's strict validation: the client itself builds without looking."""
    type(model).model_validate(model.model_dump(warnings="error"), strict=False)
    return model


def test_a_completion_is_what_the_client_s_types_say(client: openai.OpenAI) -> None:
    done = strictly(client.chat.completions.create(model=MODEL, messages=HELLO))
    assert done.object == "chat.completion"
    assert done.choices[0].finish_reason == "stop"
    assert done.choices[0].message.content.startswith("Hello!")
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=COUNT)
    options: Any = {"include_usage": True}
    chunks = [
        strictly(one)
        for one in client.chat.completions.create(model=MODEL, messages=COUNT, stream=True, stream_options=options)
    ]
    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    assert text == whole.choices[0].message.content == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
    assert chunks[-1].usage == whole.usage
    assert [one.usage for one in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert len(chunks) > 8
    assert len({one.id for one in chunks}) == 1


def test_the_stream_helper_puts_it_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model=MODEL, messages=COUNT) as stream:
        kinds = {event.type for event in stream}
        done = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert done.choices[0].message.content == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
    assert done.choices[0].finish_reason == "stop"


class City(pydantic.BaseModel):
    name: str
    rivers: int
    capital: bool
    quarters: list[str]


def test_structured_output_parses(client: openai.OpenAI) -> None:
    done = client.chat.completions.parse(model=MODEL, messages=HELLO, response_format=City)
    assert isinstance(done.choices[0].message.parsed, City)
    with client.chat.completions.stream(model=MODEL, messages=HELLO, response_format=City) as stream:
        assert isinstance(stream.get_final_completion().choices[0].message.parsed, City)


def test_json_mode_gives_an_object(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "Say hello in JSON."}]
    done = client.chat.completions.create(model=MODEL, messages=asked, response_format={"type": "json_object"})
    assert isinstance(json.loads(done.choices[0].message.content or ""), dict)
    # As OpenAI does, it refuses to where nobody speaks of JSON: a model would go on for ever.
    assert "json" in raised(client, response_format={"type": "json_object"}).message.lower()


def test_a_tool_is_called_and_its_result_answered(client: openai.OpenAI) -> None:
    first = strictly(client.chat.completions.create(model=MODEL, messages=ASK, tools=[WEATHER]))
    (call,) = first.choices[0].message.tool_calls
    assert (call.type, call.function.name, json.loads(call.function.arguments)) == (
        "function",
        "get_weather",
        {"city": "Paris"},
    )
    assert first.choices[0].finish_reason == "tool_calls"
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "It rains."}
    second = client.chat.completions.create(
        model=MODEL, messages=[*ASK, first.choices[0].message, result], tools=[WEATHER]
    )
    assert "It rains." in (second.choices[0].message.content or "")


def test_streamed_tool_calls_are_put_together_by_the_client(client: openai.OpenAI) -> None:
    question: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in London?"}]
    with client.chat.completions.stream(model=MODEL, messages=question, tools=[WEATHER]) as stream:
        done = stream.get_final_completion()
    calls = done.choices[0].message.tool_calls or []
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Paris", "London"]
    assert len({call.id for call in calls}) == 2


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", False),
        ("auto", True),
        ("required", True),
        ({"type": "function", "function": {"name": "get_weather"}}, True),
    ],
)
def test_each_tool_choice_is_honoured(client: openai.OpenAI, choice: Any, called: bool) -> None:
    done = client.chat.completions.create(model=MODEL, messages=ASK, tools=[WEATHER], tool_choice=choice)
    assert bool(done.choices[0].message.tool_calls) is called


def test_limits_stops_and_choices_are_honoured(client: openai.OpenAI) -> None:
    cut = client.chat.completions.create(model=MODEL, messages=COUNT, max_completion_tokens=4)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 4
    assert (
        client.chat.completions.create(model=MODEL, messages=COUNT, max_tokens=4).choices[0].finish_reason == "length"
    )
    stopped = client.chat.completions.create(model=MODEL, messages=COUNT, stop=["5"])
    assert (stopped.choices[0].message.content, stopped.choices[0].finish_reason) == ("1, 2, 3, 4, ", "stop")
    three = client.chat.completions.create(model=MODEL, messages=HELLO, n=3)
    assert [one.index for one in three.choices] == [0, 1, 2]


def test_logprobs_are_of_the_answer(client: openai.OpenAI) -> None:
    done = strictly(client.chat.completions.create(model=MODEL, messages=HELLO, logprobs=True, top_logprobs=2))
    entries = done.choices[0].logprobs.content
    assert "".join(entry.token for entry in entries) == done.choices[0].message.content
    assert {len(entry.top_logprobs) for entry in entries} == {2}
    assert all(bytes(entry.bytes).decode() == entry.token for entry in entries)


def picture(red: int, green: int, blue: int) -> str:
    """A small picture of one colour, as a data URL."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([red, green, blue]) * 8 for _ in range(8))
    png = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    png += part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@pytest.mark.parametrize(("colour", "name"), [((255, 0, 0), "Red"), ((0, 0, 255), "Blue"), ((255, 255, 255), "White")])
def test_a_picture_is_seen(client: openai.OpenAI, colour: tuple[int, int, int], name: str) -> None:
    part: Any = {"type": "image_url", "image_url": {"url": picture(*colour)}}
    messages: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "What colour is the image?"}, part]}]
    assert client.chat.completions.create(model=MODEL, messages=messages).choices[0].message.content == name


def test_models_are_listed_and_found_by_their_ids(client: openai.OpenAI) -> None:
    listed = list(client.models.list())
    assert [one.id for one in listed] == ["reference-1", "reference-mini", "lab/reference-2:latest"]
    for one in listed:
        assert client.models.retrieve(one.id) == strictly(one)


def raised(client: openai.OpenAI, **changes: Any) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as error:
        client.chat.completions.create(**{"model": MODEL, "messages": HELLO, **changes})
    return error.value


MISTAKES: dict[str, tuple[dict[str, Any], type[openai.APIStatusError], str | None, str | None]] = {
    "an unknown model": ({"model": "nope"}, openai.NotFoundError, None, "model_not_found"),
    "no messages": ({"messages": []}, openai.BadRequestError, "messages", None),
    "a wrong type": ({"temperature": "hot"}, openai.BadRequestError, "temperature", None),
    "a wrong range": ({"temperature": 3}, openai.BadRequestError, "temperature", None),
    "an unknown role": (
        {"messages": [{"role": "x", "content": "a"}]},
        openai.BadRequestError,
        "messages[0].role",
        None,
    ),
    "a stray result": (
        {"messages": [{"role": "tool", "tool_call_id": "x", "content": "a"}]},
        openai.BadRequestError,
        None,
        None,
    ),
}


@pytest.mark.parametrize(("changes", "kind", "param", "code"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_become_the_client_s_own_exceptions(
    client: openai.OpenAI,
    changes: dict[str, Any],
    kind: type[openai.APIStatusError],
    param: str | None,
    code: str | None,
) -> None:
    for streamed in ({}, {"stream": True}):
        error = raised(client, **changes, **streamed)
        assert type(error) is kind
        assert error.body is not None
        assert error.request_id
        assert isinstance(error.body, dict)
        assert set(error.body) == {"message", "type", "param", "code"}
        assert error.type == "invalid_request_error"
        assert param is None or error.param == param
        assert code is None or error.code == code


@pytest.mark.parametrize("key", ["sk-wrong-0123456789", "x"])
def test_a_wrong_key_is_an_authentication_error(urls: dict[str, str], key: str) -> None:
    with openai.OpenAI(base_url=urls["plain"], api_key=key, max_retries=0) as wrong:
        error = raised(wrong)
    assert type(error) is openai.AuthenticationError
    assert error.code == "invalid_api_key"
    assert key not in str(error) or len(key) < 4


def test_an_open_endpoint_takes_any_key(urls: dict[str, str]) -> None:
    with openai.OpenAI(base_url=urls["open"], api_key="anything") as client:
        assert client.chat.completions.create(model=MODEL, messages=HELLO).choices


def test_a_model_that_thinks_says_so_and_refuses_what_it_does_not_take(urls: dict[str, str]) -> None:
    with openai.OpenAI(base_url=urls["reasoning"], api_key=KEY, max_retries=0) as client:
        done = client.chat.completions.create(model=MODEL, messages=HELLO)
        assert done.usage is not None
        assert done.usage.completion_tokens_details is not None
        assert done.usage.completion_tokens_details.reasoning_tokens == 40
        assert done.usage.completion_tokens > 40
        assert raised(client, max_tokens=50).param == "max_tokens"
        assert raised(client, temperature=0.5).param == "temperature"
        cut = client.chat.completions.create(model=MODEL, messages=HELLO, max_completion_tokens=16)
        assert (cut.choices[0].finish_reason, cut.choices[0].message.content) == ("length", "")


def test_a_model_without_eyes_refuses_pictures(urls: dict[str, str]) -> None:
    part: Any = {"type": "image_url", "image_url": {"url": picture(255, 0, 0)}}
    with openai.OpenAI(base_url=urls["text"], api_key=KEY, max_retries=0) as client:
        assert raised(client, messages=[{"role": "user", "content": [part]}]).status_code == 400


def test_the_async_client_is_served_many_at_once(urls: dict[str, str]) -> None:
    async def ask() -> list[str | None]:
        async with openai.AsyncOpenAI(base_url=urls["plain"], api_key=KEY) as client:
            asked = [client.chat.completions.create(model=MODEL, messages=COUNT) for _ in range(20)]
            return [one.choices[0].message.content for one in await asyncio.gather(*asked)]

    assert set(asyncio.run(ask())) == {"1, 2, 3, 4, 5, 6, 7, 8, 9, 10"}


@pytest.mark.parametrize("steps", range(12))
def test_whoever_comes_just_before_the_end_is_cut_off(steps: int) -> None:
    async def slow(_: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0.05)
        return HttpResponse(200, [], b"{}")

    async def heard() -> bytes:
        listener = await listen(slow)
        with socket.create_connection(("127.0.0.1", listener.port)) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            for _ in range(steps):
                await asyncio.sleep(0)
            await listener.close()
            await asyncio.sleep(0.2)
            client.settimeout(5)
            try:
                return client.recv(100)
            except ConnectionResetError:
                return b""

    assert asyncio.run(heard()) == b""
    gc.collect()
