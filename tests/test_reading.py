"""Reading bodies and streams by schema: what conforms is readable, what does not blocks, and is red in one place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.attempt import dated, parse_json
from samewire.exchange import Exchange
from samewire.scenario import Every
from samewire.verdict import Judgement, judge

from .making import ASK, CHUNKS, COMPLETION, ERROR, attempt, chunk, events, exchange

STREAM = ASK.but(stream=True)
SHAPE = "chat/completion"


def streamed(*datas: Any, done: bool = True) -> Exchange:
    return exchange(200, events(*datas, done=done), STREAM)


def cause(look: Any, one: Exchange) -> str:
    judgement = judge(look, one)
    assert judgement.reason == "blocked", judgement
    return judgement.cause


def conforms(one: Exchange, schema: str, *places: str, but: tuple[str, ...] = ()) -> Judgement:
    return judge(lambda exchange: exchange.conforms(schema, *places, but=but), one)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"{", "Expecting property name"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": Infinity}', "Infinity is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{} {}", "Extra data"),
        (b"'a'", "Expecting value"),
    ],
)
def test_what_is_no_json_says_so_in_words(body: bytes, problem: str) -> None:
    value, words = parse_json(body)
    assert value is None
    assert problem in words
    assert exchange(200, body).json_problem == words
    assert exchange(200, body).raw_json is None
    assert cause(lambda one: one.json, exchange(200, body)) == "json"
    assert cause(lambda one: one.body_as(SHAPE), exchange(200, body)) == "json"
    assert cause(lambda one: one.conforms(SHAPE), exchange(200, body)) == "json"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\ud800"', "\ud800"),
        (b"null", None),
        (b"1e999", float("inf")),
        (b' {"a": "\xc3\xa9"} ', {"a": "é"}),
        (b'"\xe2\x80\xa8"', "\u2028"),
        (b"9" * 308, int("9" * 308)),
        (b"-" + b"9" * 4000, float("-inf")),
    ],
)
def test_what_is_json_is_read_however_odd(body: bytes, value: Any) -> None:
    assert parse_json(body) == (value, "")


def test_what_begins_with_a_byte_order_mark_is_wrong_and_is_read() -> None:
    one = exchange(200, b'\xef\xbb\xbf{"a": 1}')
    assert one.json == one.raw_json == {"a": 1}
    assert one.json_problem == "it begins with a byte order mark"


def test_a_number_is_json_however_many_digits_it_has() -> None:
    assert parse_json(b'{"a": ' + b"9" * 5000 + b"}") == ({"a": float("inf")}, "")


def test_a_body_is_read_as_its_schema_says() -> None:
    assert exchange(200, COMPLETION).body_as(SHAPE)["choices"][0]["message"]["content"] == "Hello."
    assert cause(lambda one: one.body_as(SHAPE), exchange(200, [COMPLETION])) == f"{SHAPE}#"


def test_a_violation_blocks_at_its_place_under_the_name_the_red_cell_causes() -> None:
    one = exchange(200, {**COMPLETION, "id": None})
    assert cause(lambda it: it.body_as(SHAPE)["id"], one) in conforms(one, SHAPE).causes
    assert one.body_as(SHAPE)["model"] == "m"


def broken_completion() -> dict[str, Any]:
    message = {"role": "assistant", "content": 5, "tool_calls": [{"id": 5, "type": "function"}]}
    return {**COMPLETION, "id": 5, "choices": [{"index": "0", "message": message, "finish_reason": "stop"}]}


ALL = {
    "/id",
    "/choices/*/index",
    "/choices/*/message/content",
    "/choices/*/message/tool_calls/*/id",
    "/choices/*/message/tool_calls/*/function",
}


@pytest.mark.parametrize(
    ("places", "but", "found"),
    [
        ((), (), ALL),
        (("/id",), (), {"/id"}),
        (("/i",), (), set()),
        (("/model",), (), set()),
        (("/choices",), (), ALL - {"/id"}),
        (("/choices/*",), (), ALL - {"/id"}),
        (("/choices",), ("/choices/*/message",), {"/choices/*/index"}),
        (("/choices/*/message/content", "/id"), (), {"/id", "/choices/*/message/content"}),
        ((), ("/choices",), {"/id"}),
        (("/choices/*/message/tool_calls",), (), {one for one in ALL if "tool_calls" in one}),
        (("#",), (), set()),
    ],
)
def test_conforms_looks_at_its_places_alone(places: tuple[str, ...], but: tuple[str, ...], found: set[str]) -> None:
    judgement = conforms(exchange(200, broken_completion()), SHAPE, *places, but=but)
    assert judgement.causes == {f"{SHAPE}#{one}" for one in found}
    assert judgement.verdict == ("broken" if found else "supported")
    assert judgement.reason == ("schema" if found else "")


def test_the_whole_is_a_place_of_its_own() -> None:
    assert conforms(exchange(200, [1]), SHAPE, "#").causes == {f"{SHAPE}#"}
    assert conforms(exchange(200, [1]), SHAPE, "/id").causes == set()


def test_of_many_violations_three_are_told_and_all_are_causes() -> None:
    judgement = conforms(exchange(200, {"object": "chat.completion"}), SHAPE)
    assert judgement.message.count("is missing") == 3
    assert judgement.message.endswith("(and 1 more)")
    assert len(judgement.causes) == 4


def test_a_stream_is_read_chunk_by_chunk() -> None:
    assert [one["choices"][0]["delta"].get("content") for one in streamed(*CHUNKS).stream_of("chat/chunk")] == [
        "",
        "Hello.",
        None,
    ]


@pytest.mark.parametrize("body", [b"", b": ping\n\n", json.dumps(COMPLETION).encode(), b"<html>", b"event: x\n\n"])
def test_without_events_there_is_no_stream(body: bytes) -> None:
    one = exchange(200, body, STREAM)
    for look in (lambda it: it.events(), lambda it: it.stream_of("chat/chunk"), lambda it: it.conforms("chat/chunk")):
        assert cause(look, one) == "stream"


def test_a_faulty_chunk_blocks_whoever_reads_it_and_no_other() -> None:
    chunks = streamed(CHUNKS[0], {**CHUNKS[1], "id": 5}, CHUNKS[2]).stream_of("chat/chunk")
    assert chunks[2]["id"] == "c1"
    assert [one["object"] for one in chunks] == ["chat.completion.chunk"] * 3
    assert judge(lambda it: it[1]["id"], chunks).cause == "chat/chunk#/*/id"


def test_places_in_a_stream_leave_the_event_s_number_out() -> None:
    one = streamed(CHUNKS[0], {**CHUNKS[1], "id": 5})
    assert conforms(one, "chat/chunk", "/id").causes == {"chat/chunk#/*/id"}
    assert "event 1" in conforms(one, "chat/chunk", "/id").message
    assert conforms(one, "chat/chunk", "/model").verdict == "supported"
    assert conforms(one, "chat/chunk", but=("/id",)).verdict == "supported"


def test_an_event_that_is_no_json_blocks_readers_and_is_no_violation_of_the_schema() -> None:
    one = streamed(CHUNKS[0], "{not json", CHUNKS[2])
    assert one.garbled_events()[0].startswith("event 1: ")
    assert conforms(one, "chat/chunk").verdict == "supported"
    assert judge(lambda it: list(it.stream_of("chat/chunk")), one).cause == "stream#/*"
    assert one.stream_of("chat/chunk")[0]["id"] == "c1"


@pytest.mark.parametrize("end", ["[DONE]", '"[DONE]"', "[done]", " [DONE] ", "'[DONE]'"])
def test_an_end_however_it_is_spelled_is_no_chunk(end: str) -> None:
    one = streamed(CHUNKS[0], end, done=False)
    assert len(one.chunks()) == 1
    assert one.garbled_events() == []


def test_what_follows_the_end_is_no_part_of_the_stream() -> None:
    body = events(CHUNKS[0]) + events({"nothing": "here"}, "{not json", ERROR)
    one = exchange(200, body, STREAM)
    assert len(one.stream_of("chat/chunk")) == 1
    assert one.garbled_events() == []
    assert one.stream_error is None
    assert conforms(one, "chat/chunk").verdict == "supported"
    assert len(one.events()) == 6


def test_empty_events_are_no_chunks() -> None:
    one = exchange(200, b"data:\n\ndata:  \n\nevent: ping\n\n" + events(*CHUNKS), STREAM)
    assert len(one.stream_of("chat/chunk")) == 3


def test_an_error_in_a_stream_is_no_chunk() -> None:
    one = streamed(CHUNKS[0], ERROR)
    assert one.stream_error == ERROR["error"]
    assert one.chunk_count == 1
    assert len(one.stream_of("chat/chunk")) == 1


def test_an_event_of_several_data_lines_is_one_chunk() -> None:
    text = "".join(f"data: {line}\n" for line in json.dumps(CHUNKS[1], indent=1).splitlines())
    assert exchange(200, f"{text}\n".encode(), STREAM).stream_of("chat/chunk")[0]["id"] == "c1"


def test_a_refused_stream_is_judged_as_the_json_that_it_is() -> None:
    one = exchange(400, {"error": {"message": "", "type": "x", "param": None, "code": None}}, STREAM)
    assert conforms(one, "http/error", "/error/message").causes == {"http/error#/error/message"}


def test_a_stream_that_came_as_json_is_not_read_unchecked() -> None:
    one = exchange(200, {"choices": "none"}, STREAM)
    judgement = judge(lambda it: it.body_as(SHAPE)["choices"][0]["message"], one)
    assert judgement.verdict == "inconclusive"


def test_what_was_read_once_is_not_made_again() -> None:
    one = exchange(200, COMPLETION)
    assert one.body_as(SHAPE) is one.body_as(SHAPE)


CASES: list[tuple[Every, dict[str, Any], bool]] = [
    (Every(()), {}, True),
    (Every(()), {"status": 400}, False),
    (Every((), statuses=range(400, 600)), {"status": 400}, True),
    (Every((), path="chat/completions"), {}, True),
    (Every((), path="chat"), {}, True),
    (Every((), path="cha"), {}, False),
    (Every((), path="models"), {}, False),
    (Every((), streamed=True), {}, False),
    (Every((), streamed=True), {"request": STREAM}, True),
    (Every((), streamed=False), {"request": STREAM}, False),
    (Every((), method="POST"), {}, True),
    (Every((), method="GET"), {}, False),
    (Every((), wrong=True), {}, False),
    (Every((), wrong=True), {"request": ASK.wrong(n=0)}, True),
    (Every((), wrong=False), {"request": ASK.wrong(n=0)}, False),
    (Every((), wrong=False), {"request": ASK.with_key("wrong")}, False),
    (Every((), wrong=False), {"request": ASK.with_key("bearer")}, True),
    (Every(()), {"request": ASK.with_key("wrong")}, True),
    (Every(()), {"request": ASK.hanging_up(after=5)}, False),
]


@pytest.mark.parametrize(("every", "made", "yes"), CASES)
def test_an_invariant_is_judged_over_the_exchanges_it_speaks_of(every: Every, made: dict[str, Any], yes: bool) -> None:
    from samewire.attempt import Failure
    from samewire.exchange import matches

    assert matches(every, exchange(**made)) is yes
    assert not matches(every, exchange(attempts=[attempt(200, failure=Failure("reset", "broke off"))]))


def test_a_chunk_that_only_carries_filter_results_is_still_checked() -> None:
    for odd in ({"choices": 5}, {"choices": "none"}, {"choices": [], "usage": 5}):
        one = streamed({"prompt_filter_results": [], **odd}, *CHUNKS)
        assert conforms(one, "chat/chunk").verdict == "broken", odd
    prelude = {"prompt_filter_results": [], "choices": [], "id": "", "object": "", "created": 0, "model": ""}
    assert conforms(streamed(prelude, *CHUNKS), "chat/chunk").verdict == "supported"
    assert chunk({})["choices"]


def test_what_has_nothing_of_a_chunk_is_none() -> None:
    one = streamed(CHUNKS[0], {"cost": 0.1}, {"usage": None})
    assert one.chunks() == [CHUNKS[0], {"usage": None}]


def test_an_answer_is_dated_by_two_clocks() -> None:
    def known(date: str) -> list[float]:
        return dated(attempt(headers=(("Date", date),)))

    assert known("Sun, 09 Sep 2001 01:46:40 GMT") == [1.0, 1e9]
    assert known("tomorrow") == known("") == [1.0]
