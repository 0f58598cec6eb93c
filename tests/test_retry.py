"""When an attempt is followed by another, and after how long."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.attempt import Attempt, Failure
from samewire.retry import FAILED_ATTEMPTS, LIMITED_ATTEMPTS, MAX_WAIT, limited, wait_before_next

from .making import CHUNKS, ERROR, attempt, events

NOW = 1_800_000_000.0


def answer(status: int, body: bytes = b"", **headers: str) -> Attempt:
    return attempt(status, body, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def failed(kind: str) -> Attempt:
    return attempt(0, failure=Failure(kind, "so it was"))


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 402, 403, 404, 405, 413, 422, 501])
def test_what_is_an_answer_is_not_asked_again(status: int) -> None:
    assert wait_before_next([answer(status)]) is None


@pytest.mark.parametrize(
    "one", [*(answer(s) for s in (408, 409, 500, 502, 503, 529)), failed("reset"), failed("refused")]
)
def test_what_may_pass_is_tried_so_often_with_growing_waits(one: Attempt) -> None:
    waits = [wait_before_next([one] * number) for number in range(1, FAILED_ATTEMPTS + 1)]
    assert waits[-1] is None
    assert waits[:-1] == [0.2, 0.4, 0.8, 1.6][: FAILED_ATTEMPTS - 1]


@pytest.mark.parametrize("kind", ["local", "name", "tls", "too large"])
def test_what_will_not_pass_is_not_tried_again(kind: str) -> None:
    assert wait_before_next([failed(kind)]) is None


def test_what_ran_out_of_time_is_tried_once_more() -> None:
    assert wait_before_next([failed("timeout")]) == 0.2
    assert wait_before_next([failed("timeout")] * 2) is None


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_told_pause_is_kept(status: int) -> None:
    assert wait_before_next([answer(status, retry_after="2")]) == 2.0
    assert limited(answer(status, retry_after="2"))


@pytest.mark.parametrize("name", ["code", "type"])
def test_a_limit_may_be_told_with_a_status_that_blames_the_request(name: str) -> None:
    told = json.dumps({"error": {"message": "Slow down.", name: "rate_limit_exceeded"}}).encode()
    assert limited(answer(403, told))
    assert wait_before_next([answer(400, told, retry_after="2")]) == 2.0
    assert not limited(answer(401, told))


def test_a_limit_without_a_pause_is_met_with_growing_waits_up_to_a_bound() -> None:
    waits = [wait_before_next([answer(429)] * number) for number in range(1, LIMITED_ATTEMPTS + 1)]
    assert waits[-1] is None
    told = [wait for wait in waits if wait is not None]
    assert len(told) == LIMITED_ATTEMPTS - 1
    assert told == sorted(told)
    assert told[0] < told[-1] <= 8.0


def test_a_longer_pause_than_the_bound_is_not_waited_for() -> None:
    assert wait_before_next([answer(429, retry_after=str(MAX_WAIT))]) == MAX_WAIT
    assert wait_before_next([answer(429, retry_after=str(MAX_WAIT + 1))]) is None


def test_limits_do_not_use_up_the_tries_for_failures() -> None:
    tries = [answer(429, retry_after="0")] * 4
    assert wait_before_next([*tries, answer(500)]) == 0.2


def test_an_account_without_money_is_no_limit() -> None:
    poor = answer(429, b'{"error": {"code": "insufficient_quota"}}')
    assert not limited(poor)
    assert wait_before_next([poor]) is None


@pytest.mark.parametrize(
    ("one", "yes"),
    [
        (answer(429), True),
        (answer(503), False),
        (answer(529), False),
        (answer(500, retry_after="1"), False),
        (answer(200, retry_after="1"), False),
        (attempt(429, failure=Failure("reset", "x")), False),
    ],
)
def test_only_who_asks_to_slow_down_is_a_limit(one: Attempt, yes: bool) -> None:
    assert limited(one) is yes


PAUSES: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry_after": "0"}, 0.0),
    ({"retry_after": "1.5"}, 1.5),
    ({"retry_after": " 3 "}, 3.0),
    ({"retry_after_ms": "250"}, 0.25),
    ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
    ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
    ({"Retry_After": "4"}, 4.0),
    ({"retry_after": "-1"}, None),
    ({"retry_after": "nan"}, None),
    ({"retry_after": "inf"}, None),
    ({"retry_after": "1e300"}, None),
    ({"retry_after": "soon"}, None),
    ({"retry_after": ""}, None),
    ({"retry_after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
    ({"retry_after": "Fri, 15 Jan 2027 07:59:00 GMT"}, 0.0),
    ({"retry_after": "Fri, 32 Foo 2027 08:00:30 GMT"}, None),
    ({"retry_after": "Mon, 01 Jan 0001 00:00:00 GMT"}, 0.0),
]


@pytest.mark.parametrize(("headers", "seconds"), PAUSES)
def test_a_pause_is_read_in_all_its_spellings(headers: dict[str, str], seconds: float | None) -> None:
    assert replace(answer(429, **headers), started=NOW).pause == seconds


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 0001 00:00:00", "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59"]
)
def test_a_date_beyond_all_clocks_is_a_pause_or_none(date: str) -> None:
    seconds = answer(429, retry_after=date).pause
    assert seconds is None or seconds >= 0


@given(
    st.text(max_size=40)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d{1,3}:\d\d(:\d\d)?( [+-]?\w{1,6})?")
)
def test_whatever_stands_there_a_pause_is_seconds_or_none(value: str) -> None:
    for name in ("retry_after", "retry_after_ms"):
        seconds = answer(429, **{name: value}).pause
        assert seconds is None or 0 <= seconds < float("inf")


@given(
    st.lists(
        st.sampled_from(
            [
                answer(429),
                answer(500),
                answer(429, retry_after="1"),
                failed("reset"),
                failed("timeout"),
                answer(409),
                answer(200, b"{}"),
                answer(400, str(ERROR).encode()),
            ]
        ),
        min_size=1,
        max_size=30,
    )
)
def test_no_row_of_answers_is_followed_by_tries_without_end(row: list[Attempt]) -> None:
    # Followed to the letter, tries end after at most so many limits and so many failures.
    tries: list[Attempt] = []
    for one in row:
        tries.append(one)
        wait = wait_before_next(tries)
        if wait is None:
            break
        assert 0 <= wait <= MAX_WAIT
    assert len(tries) <= LIMITED_ATTEMPTS + FAILED_ATTEMPTS


STREAMS: dict[str, tuple[bytes, bool]] = {
    "a stream": (events(*CHUNKS), False),
    "a stream that breaks off": (events(*CHUNKS[:2], ERROR, done=False), True),
    "a stream that breaks off, and says that it ends": (events(*CHUNKS[:2], ERROR), True),
    "an error without a wrapper": (events(CHUNKS[0], {"object": "error", "message": "oops"}), True),
    "an error that calls itself one": (events(CHUNKS[0], {"object": "error", "error": {"message": "oops"}}), True),
    "an error as text": (events(CHUNKS[0], {"error": "oops"}), True),
    "an error alone": (events(ERROR), False),
    "no error": (events(CHUNKS[0], {"error": None}), False),
    "a stream that speaks of an error": (events(CHUNKS[0], {"x": {"error": 1}}), False),
    "an error after the end": (events(*CHUNKS) + events(ERROR), False),
    "nothing": (b"", False),
}


@pytest.mark.parametrize(("body", "broken"), STREAMS.values(), ids=STREAMS)
def test_a_stream_that_breaks_off_with_an_error_is_asked_for_again(body: bytes, broken: bool) -> None:
    one = attempt(200, body, headers=(("Content-Type", "text/event-stream; charset=utf-8"),))
    assert (one.broke_off is not None) is broken
    assert (wait_before_next([one]) is not None) is broken


@pytest.mark.parametrize("kind", ["application/json", "", "text/plain"])
def test_what_is_no_stream_does_not_break_off(kind: str) -> None:
    assert not attempt(200, STREAMS["a stream that breaks off"][0], headers=(("Content-Type", kind),)).broke_off


NO_HTTP = [
    b'{"error": {"message": "Malformed request line."}}',
    b"Invalid HTTP request received.",
    b"400 Bad Request",
    b"<html><head><title>400 Bad Request</title></head></html>",
    b"Bad request syntax ('{}')",
]


@pytest.mark.parametrize("body", NO_HTTP)
def test_what_was_taken_for_no_http_is_sent_again_at_once(body: bytes) -> None:
    one = attempt(400, body)
    assert one.misread
    assert [wait_before_next([one] * tries) for tries in (1, 2, 3)] == [0.0, 0.0, None]


@pytest.mark.parametrize(
    ("status", "body"), [(400, b'{"error": {"message": "Malformed JSON."}}'), (404, NO_HTTP[0]), (400, b"")]
)
def test_other_refusals_are_not_sent_again(status: int, body: bytes) -> None:
    one = attempt(status, body)
    assert not one.misread
    assert wait_before_next([one]) is None
