"""Requests: literal data that is changed in one visible thing, and known by all that makes it what it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from samewire.message import assistant, developer, image, system, text, tool_result, user
from samewire.request import CAP, DELETE, GET, KEYS, LIMIT, MODEL, OMIT, OPTIONS, POST, Request
from samewire.requirement import CORE, FULL, MUST, SMOKE, check
from samewire.scenario import Preflight, preflight, scenario

HELLO = POST("chat/completions", messages=[user("Say hello.")], **LIMIT(32))

OTHERS = {
    "method": HELLO.at("chat/completions", "PUT"),
    "path": HELLO.at("responses"),
    "body": HELLO.but(n=2),
    "a field left out": HELLO.but(messages=OMIT),
    "a null": HELLO.but(n=None),
    "an integer as a float": HELLO.but(n=1.0),
    "an integer": HELLO.but(n=1),
    "a boolean": HELLO.but(n=True),
    "the order of fields": Request("POST", "chat/completions", dict(reversed(HELLO.body.items()))),
    "bytes": HELLO.raw(b"{}"),
    "other bytes": HELLO.raw(b"{ }"),
    "no body": GET("chat/completions"),
    "headers": HELLO.having({"X-A": "1"}),
    "a header left out": HELLO.having({"Content-Type": None}),
    "key": HELLO.with_key("none"),
    "another key": HELLO.with_key("wrong"),
    "cut": HELLO.hanging_up(after=9),
    "limit": HELLO.within(LIMIT(33)),
    "cap": HELLO.within(CAP(32)),
    "repetition": HELLO.again(1),
    "another repetition": HELLO.again(2),
}


@pytest.mark.parametrize(("one", "other"), list(combinations(["hello", *OTHERS], 2)))
def test_requests_that_differ_in_anything_sent_have_different_ids(one: str, other: str) -> None:
    every = {"hello": HELLO, **OTHERS}
    assert every[one].id != every[other].id
    assert every[one] != every[other]


def test_an_id_is_the_same_each_time_and_in_every_process() -> None:
    same = POST("chat/completions", messages=[{"role": "user", "content": "Say hello."}], **LIMIT(32))
    assert same == HELLO
    assert hash(same) == hash(HELLO)


@pytest.mark.parametrize(
    "other",
    [HELLO.but(), HELLO.wrong(), HELLO.after(preflight("chat")(lambda: iter(()))), HELLO.again(1).again(0)],  # type: ignore[arg-type, return-value]
)
def test_what_is_not_sent_makes_no_other_request(other: Request) -> None:
    assert other.id == HELLO.id


def test_a_request_is_no_equal_of_anything_else() -> None:
    assert HELLO.id != HELLO
    assert HELLO != None  # noqa: E711 - the comparison is the point


def test_but_changes_a_field_and_names_what_it_differs_from() -> None:
    probe = HELLO.but(stream=True, messages=OMIT)
    assert probe.body == {"model": MODEL, "$limit": 32, "stream": True}
    assert probe.control is HELLO
    assert HELLO.body["messages"]
    assert not probe.mistaken


def test_but_gives_a_body_to_what_has_none() -> None:
    assert GET("models").but(a=1).body == {"a": 1}


def test_wrong_is_but_on_purpose() -> None:
    mistake = HELLO.wrong(messages=OMIT)
    assert mistake.mistaken
    assert "messages" not in mistake.body
    assert mistake.control is HELLO
    assert HELLO.wrong_bytes(b"{").mistaken
    assert HELLO.wrong_bytes(b"{").control is HELLO
    assert not HELLO.raw(b"{}").mistaken


@pytest.mark.parametrize("limit", [LIMIT(5), CAP(5), {"max_tokens": 5}, {"max_completion_tokens": -5}, {}])
def test_within_replaces_the_limit_whatever_it_was(limit: dict[str, int]) -> None:
    for before in (HELLO, HELLO.within(CAP(9))):
        body = before.within(limit).body
        assert body == {"model": MODEL, "messages": HELLO.body["messages"], **limit}


def test_headers_add_up_in_order() -> None:
    request = HELLO.having({"A": "1"}).having({"B": None, "A": "2"})
    assert request.headers == (("A", "1"), ("B", None), ("A", "2"))


def test_at_keeps_the_method_unless_another_is_named() -> None:
    assert HELLO.at("{base}//x").method == "POST"
    assert HELLO.at("x", "PUT").method == "PUT"


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_presented_in_a_known_way(key: str) -> None:
    assert HELLO.with_key(key).key == key


def test_an_unknown_way_to_present_a_key_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="own, none, wrong"):
        HELLO.with_key("rot13")


def test_a_repetition_keeps_its_control() -> None:
    probe = HELLO.but(stream=True)
    assert probe.again(2).control is HELLO
    assert probe.again(2).repetition == 2


def test_the_opener_is_the_preflight_at_the_end_of_the_controls() -> None:
    opener = Preflight("chat", lambda: iter(()))  # type: ignore[arg-type, return-value]
    assert HELLO.opener is None
    assert HELLO.but(n=1).opener is None
    assert HELLO.after(opener).but(n=1).wrong(n=2).at("x").opener is opener


@pytest.mark.parametrize(
    ("path", "protocol"),
    [
        ("chat/completions", "chat"),
        ("completions", "completions"),
        ("models", "models"),
        ("models/a", "models"),
        ("models?limit=1", "models"),
        ("responses/1/cancel", "responses"),
        ("messages", "messages"),
        ("embeddings", "embeddings"),
        ("{base}//chat/completions", "http"),
        ("files", "http"),
        ("", "http"),
    ],
)
def test_a_path_tells_its_protocol(path: str, protocol: str) -> None:
    assert GET(path).protocol == protocol


def test_only_true_asks_for_a_stream() -> None:
    assert HELLO.but(stream=True).streamed
    for value in (False, None, 1, "true"):
        assert not HELLO.but(stream=value).streamed
    assert not HELLO.raw(b'{"stream": true}').streamed


@pytest.mark.parametrize(
    ("request_", "speaks"),
    [
        (HELLO, True),
        (POST("embeddings"), False),
        (GET("models"), False),
        (GET("chat/completions"), False),
        (HELLO.raw(b"{}"), False),
        (POST("responses"), True),
    ],
)
def test_a_request_knows_whether_it_makes_a_model_speak(request_: Request, speaks: bool) -> None:
    assert request_.speaks is speaks


def test_methods_are_what_they_are_called() -> None:
    assert [one("x").method for one in (GET, DELETE, OPTIONS, POST)] == ["GET", "DELETE", "OPTIONS", "POST"]
    assert [one("x").body for one in (GET, DELETE, OPTIONS)] == [None, None, None]
    assert POST("x").body == {"model": MODEL}
    assert POST("x", model=OMIT).body == {}
    assert POST("x", model="other").body == {"model": "other"}


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        HELLO.path = "x"  # type: ignore[misc]
    assert replace(HELLO, path="x").path == "x"


def test_messages_are_short_names_for_literal_json() -> None:
    assert user("a", name="b") == {"role": "user", "content": "a", "name": "b"}
    assert system("a") == {"role": "system", "content": "a"}
    assert developer([text("a")]) == {"role": "developer", "content": [{"type": "text", "text": "a"}]}
    assert assistant(tool_calls=[]) == {"role": "assistant", "content": None, "tool_calls": []}
    assert tool_result("c", "a") == {"role": "tool", "tool_call_id": "c", "content": "a"}
    assert image("u", detail="low") == {"type": "image_url", "image_url": {"url": "u", "detail": "low"}}


def test_a_scenario_is_known_by_its_place_in_the_suites() -> None:
    @scenario(HELLO, more=2, tokens=9)
    def greeted() -> object:
        """Greet."""
        yield HELLO

    assert greeted.id.endswith("test_request.greeted")
    assert (greeted.requests, greeted.more, greeted.tokens) == ((HELLO,), 2, 9)


def test_a_check_needs_an_id_of_three_parts_and_a_sentence() -> None:
    def test_it_holds(exchange: object) -> None:
        """It MUST
        hold.
        """

    function = check("chat.it.holds", MUST, of=HELLO, spec="A-001 B-002")(test_it_holds)
    found = function.requirement  # type: ignore[attr-defined]
    assert (found.sentence, found.title, found.spec) == ("It MUST hold.", "it holds", ("A-001", "B-002"))
    assert (found.protocol, found.feature, found.depth, found.again) == ("chat", "chat.it", CORE, 1)
    with pytest.raises(ValueError, match="three parts"):
        check("chat.it", MUST, of=HELLO, spec="")(test_it_holds)
    with pytest.raises(ValueError, match="docstring"):
        check("chat.it.holds", MUST, of=HELLO, spec="")(lambda exchange: None)


@pytest.mark.parametrize(
    ("run", "check_", "yes"),
    [
        (SMOKE, SMOKE, True),
        (SMOKE, CORE, False),
        (SMOKE, FULL, False),
        (CORE, SMOKE, True),
        (CORE, CORE, True),
        (CORE, FULL, False),
        (FULL, SMOKE, True),
        (FULL, CORE, True),
        (FULL, FULL, True),
    ],
)
def test_a_depth_includes_those_before_it(run: object, check_: object, yes: bool) -> None:
    assert run.includes(check_) is yes  # type: ignore[attr-defined]
