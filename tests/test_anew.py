"""Another try: the same request in other words, where words are said and nothing depends on them."""

from __future__ import annotations

from typing import Any

import pytest

from samewire.anew import OPENINGS, anew
from samewire.request import GET, LIMIT, POST, Request

PICTURE = {"type": "image_url", "image_url": {"url": "data:,"}}
WORDS = {"type": "text", "text": "What is this?"}
OPENED = f"{OPENINGS[0]} What is this?"


def chat(*messages: Any) -> Request:
    return POST("chat/completions", messages=list(messages), **LIMIT(8))


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


RULE, ANSWER = {"role": "system", "content": "What is this?"}, {"role": "assistant", "content": "What is this?"}


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (chat(RULE, user("What is this?")), [RULE, user(OPENED)]),
        (chat(user("Hello."), ANSWER, user("What is this?"), ANSWER), [user("Hello."), ANSWER, user(OPENED), ANSWER]),
        (chat(user([PICTURE, WORDS])), [user([PICTURE, {**WORDS, "text": OPENED}])]),
        (chat(RULE), [RULE]),
        (chat(user([PICTURE])), [user([PICTURE])]),
        (POST("responses", input="What is this?"), OPENED),
        (POST("responses", input=[user("What is this?")]), [user(OPENED)]),
        (POST("completions", prompt="What is this?"), None),
        (chat(user("What is this?")).wrong(n=0), [user("What is this?")]),
    ],
)
def test_the_users_last_words_begin_otherwise(request_: Request, body: Any) -> None:
    sent = anew(request_, 1, otherwise=True).body
    assert sent.get("messages", sent.get("input")) == body


def test_each_try_is_another_request_and_knows_the_first() -> None:
    asked = chat(user("What is this?"))
    tries = [anew(asked, time, otherwise=True) for time in range(len(OPENINGS) + 2)]
    assert tries[0] is asked
    assert len({one.id for one in tries}) == len(tries)
    assert {one.first for one in tries[1:]} == {asked}
    assert asked.body["messages"] == [user("What is this?")]


def test_a_repetition_stays_another_one_than_the_first() -> None:
    asked = chat(user("What is this?"))
    assert anew(asked.again(1), 1, apart=100).id != anew(asked, 1, apart=100).id
    assert anew(asked.again(1), 1, apart=100).repetition == 101


def test_what_has_no_words_is_sent_as_it_was() -> None:
    asked = chat(user("What is this?"))
    assert anew(asked, 1).body == asked.body
    assert anew(GET("models"), 2, otherwise=True).body is None
    assert anew(asked.raw(b"{}"), 1, otherwise=True).body == b"{}"
