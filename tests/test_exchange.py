"""The gates of a check: what each status, body and failure means for a request that was right, and for a wrong one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samewire.attempt import Failure
from samewire.exchange import Exchange
from samewire.verdict import Judgement, Verdict, judge

from .making import ASK, COMPLETION, ERROR, attempt, chunk, events, exchange

WRONG = ASK.wrong(temperature="hot")
HTML = b"<html><body>Not here.</body></html>"
OTHER = {"detail": "Not here."}

#: Status, body → what `accepted` says of a right request, and `rejected` of a wrong one.
TABLE: list[tuple[int, Any, str, str]] = [
    (200, COMPLETION, "supported", "ignored"),
    (201, COMPLETION, "supported", "ignored"),
    # Nothing at all is no sign that a mistake was taken.
    (204, b"", "supported", "error with status 200"),
    (200, b"", "supported", "error with status 200"),
    (200, b"null", "supported", "error with status 200"),
    (200, HTML, "supported", "ignored"),
    (200, ERROR, "error with status 200", "error with status 200"),
    (200, {"error": "as a string"}, "error with status 200", "error with status 200"),
    (200, {"error": "as a string", **COMPLETION}, "supported", "ignored"),
    (200, {"object": "error", "message": "So it is."}, "error with status 200", "error with status 200"),
    (200, {"object": "error", "message": "So it is.", **COMPLETION, "id": "x"}, "supported", "ignored"),
    (200, {"error": None, **COMPLETION}, "supported", "ignored"),
    (100, b"", "redirect", "redirect"),
    (301, HTML, "redirect", "redirect"),
    (307, b"", "redirect", "redirect"),
    (399, ERROR, "redirect", "redirect"),
    (400, ERROR, "unsupported", "supported"),
    (400, OTHER, "error envelope", "supported"),
    (400, HTML, "error envelope", "supported"),
    (400, b"", "error envelope", "supported"),
    (400, {"error": "as a string"}, "error envelope", "supported"),
    (401, ERROR, "inconclusive http.401", "supported"),
    (401, HTML, "inconclusive http.401", "supported"),
    (402, ERROR, "inconclusive http.402", "inconclusive http.402"),
    (403, ERROR, "inconclusive http.403", "supported"),
    (404, ERROR, "unsupported", "supported"),
    (404, HTML, "unsupported", "supported"),
    (404, b"", "unsupported", "supported"),
    (405, b"", "unsupported", "supported"),
    (408, ERROR, "inconclusive http.408", "inconclusive http.408"),
    (409, ERROR, "inconclusive http.409", "inconclusive http.409"),
    (415, OTHER, "error envelope", "supported"),
    (422, ERROR, "unsupported", "supported"),
    (422, OTHER, "error envelope", "supported"),
    (429, ERROR, "inconclusive http.429", "inconclusive http.429"),
    (429, HTML, "inconclusive http.429", "inconclusive http.429"),
    (500, ERROR, "inconclusive http.500", "inconclusive http.500"),
    (500, HTML, "inconclusive http.500", "inconclusive http.500"),
    (501, ERROR, "unsupported", "supported"),
    (501, HTML, "unsupported", "supported"),
    (502, HTML, "inconclusive http.502", "inconclusive http.502"),
    (503, ERROR, "inconclusive http.503", "inconclusive http.503"),
    (529, ERROR, "inconclusive http.529", "inconclusive http.529"),
]


def told(judgement: Judgement) -> str:
    """A judgement in short: the verdict, the reason where it matters, or what blocks."""
    if judgement.reason == "blocked":
        return judgement.cause
    if judgement.verdict in (Verdict.INCONCLUSIVE, Verdict.BROKEN):
        return f"{judgement.verdict} {judgement.reason}"
    return str(judgement.verdict)


def accepted(one: Exchange) -> str:
    return told(judge(Exchange.accepted, one))  # type: ignore[arg-type]


def rejected(one: Exchange) -> str:
    return told(judge(Exchange.rejected, one))  # type: ignore[arg-type]


def answered(one: Exchange) -> str:
    return told(judge(Exchange.answered, one))  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "body", "right", "wrong"), TABLE)
def test_the_gates_say_what_a_status_and_a_body_mean(status: int, body: Any, right: str, wrong: str) -> None:
    assert accepted(exchange(status, body)) == right
    assert rejected(exchange(status, body, WRONG)) == wrong


def test_a_filtered_prompt_says_nothing_of_what_was_asked_for_beside_it() -> None:
    filtered = exchange(400, {"error": {"message": "Filtered.", "code": "content_filter"}})
    assert accepted(filtered) == "inconclusive http.400"
    assert answered(filtered) == "supported"


@pytest.mark.parametrize(("status", "body", "right", "_"), TABLE)
def test_answered_passes_whatever_speaks_of_the_request(status: int, body: Any, right: str, _: str) -> None:
    says_nothing = right.startswith("inconclusive") and status not in (401, 403)
    assert answered(exchange(status, body)) == (right if says_nothing or right == "redirect" else "supported")


def test_a_limit_that_is_told_with_another_status_says_nothing_of_the_request() -> None:
    limited = exchange(403, {"error": {"message": "Slow down.", "type": "rate_limit_error"}}, controlled=True)
    assert accepted(limited) == answered(limited) == "inconclusive http.403"


def test_the_gates_give_the_exchange_itself() -> None:
    fine, refused = exchange(200, COMPLETION), exchange(400, ERROR)
    assert fine.accepted() is fine
    assert refused.rejected() is refused
    assert refused.answered() is refused


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(("body", "right"), [(ERROR, "unsupported"), (HTML, "error envelope")])
def test_a_key_that_was_taken_elsewhere_is_refused_here_for_the_request_s_sake(
    status: int, body: Any, right: str
) -> None:
    assert accepted(exchange(status, body, controlled=True)) == right


@pytest.mark.parametrize("status", [402, 408, 409, 429, 500])
def test_of_other_statuses_a_controlled_key_makes_no_difference(status: int) -> None:
    assert accepted(exchange(status, ERROR, controlled=True)) == f"inconclusive http.{status}"


def tried(*attempts: Any, request: Any = ASK, controls: tuple[bool, ...] = ()) -> Exchange:
    return exchange(request=request, attempts=attempts, controls=controls)


FAILING = attempt(500, ERROR)


@pytest.mark.parametrize(
    ("attempts", "controls", "right"),
    [
        ([FAILING], (), "inconclusive http.500"),
        ([FAILING] * 3, (), "inconclusive http.500"),
        ([FAILING] * 3, (True, False), "inconclusive http.500"),
        ([FAILING] * 3, (False, False), "inconclusive http.500"),
        ([FAILING], (True,), "inconclusive http.500"),
        ([FAILING] * 3, (True, True), "broken http.500"),
        ([attempt(502, HTML)] * 2, (True,), "broken http.502"),
    ],
)
def test_a_server_error_is_broken_only_when_every_control_in_between_was_answered(
    attempts: list[Any], controls: tuple[bool, ...], right: str
) -> None:
    assert accepted(tried(*attempts, controls=controls)) == right


def test_a_mistake_that_meets_a_server_error_each_time_has_a_cell_of_its_own() -> None:
    assert rejected(tried(FAILING, FAILING, request=WRONG, controls=(True,))) == "client error as 5xx"
    assert rejected(tried(FAILING, FAILING, request=WRONG)) == "inconclusive http.500"
    assert rejected(tried(*[attempt(409, HTML)] * 2, request=WRONG, controls=(True,))) == "client error as 5xx"


def test_the_last_attempt_is_judged() -> None:
    assert accepted(tried(FAILING, attempt(200, COMPLETION), controls=(True,))) == "supported"


FAILURES = ("refused", "name", "tls", "connect", "timeout", "reset", "proxy", "stopped", "local")


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_of_the_network_is_held_against_nobody(kind: str) -> None:
    one = exchange(0, failure=Failure(kind, "so it was"))
    assert accepted(one) == rejected(one) == answered(one) == f"inconclusive {kind}"


@pytest.mark.parametrize("kind", ["protocol", "decoding", "too large"])
def test_a_peer_that_breaks_http_is_broken(kind: str) -> None:
    one = exchange(200, COMPLETION, failure=Failure(kind, "so it was", peer=True))
    assert accepted(one) == rejected(one) == answered(one) == f"broken {kind}"


def test_a_request_that_hangs_each_time_while_its_control_is_answered_is_broken() -> None:
    hanging = attempt(0, failure=Failure("timeout", "no answer"))
    assert accepted(tried(hanging, hanging, controls=(True,))) == "broken timeout"
    assert rejected(tried(hanging, hanging, request=WRONG, controls=(True,))) == "client error as 5xx"
    assert accepted(tried(hanging, hanging, controls=(False,))) == "inconclusive timeout"


def test_a_failure_outweighs_the_status_that_came_before_it() -> None:
    assert not exchange(200, COMPLETION, failure=Failure("timeout", "no end")).ok
    assert accepted(exchange(404, HTML, failure=Failure("reset", "broke off"))) == "inconclusive reset"


@pytest.mark.parametrize(
    "one",
    [exchange(404, ERROR), tried(FAILING, FAILING, controls=(True,)), exchange(0, failure=Failure("x", "y", True))],
)
def test_what_happens_to_a_request_is_named_after_it_whichever_repetition_it_was(one: Exchange) -> None:
    assert judge(Exchange.accepted, one).cause == f"request:{ASK.id}"  # type: ignore[arg-type]
    again = exchange(404, ERROR, ASK.again(2))
    assert judge(Exchange.accepted, again).cause == f"request:{ASK.id}"  # type: ignore[arg-type]


def test_a_judgement_repeats_what_the_server_said() -> None:
    long = {"error": {**ERROR["error"], "message": "spaced   \n out " * 100}}
    message = judge(Exchange.accepted, exchange(400, long)).message  # type: ignore[arg-type]
    assert message.startswith("refused with 400: spaced out spaced out")
    assert len(message) < 300
    assert judge(Exchange.accepted, tried(FAILING, FAILING)).message.startswith("answered 500 on each of 2 attempts: ")  # type: ignore[arg-type]


def test_attempts_that_met_something_else_are_not_counted_with_the_last() -> None:
    broke = attempt(failure=Failure("reset", "the connection broke off"))
    message = judge(Exchange.accepted, tried(FAILING, FAILING, broke)).message  # type: ignore[arg-type]
    assert message == "the connection broke off on 1 of 3 attempts"


@pytest.mark.parametrize("message", [None, 5, "", [], {"a": 1}])
def test_a_message_that_is_no_text_is_passed_over(message: Any) -> None:
    assert exchange(400, {"error": {"message": message}}).said == ""


def test_an_error_object_can_be_read_as_far_as_it_conforms() -> None:
    assert exchange(400, ERROR).error()["message"] == "This is not to be."
    partly = exchange(400, {"error": {"message": "x", "type": "y", "param": None, "code": 5}})
    assert partly.error()["type"] == "y"
    assert told(judge(lambda one: one.error()["code"], partly)) == "http/error#/error/code"


@pytest.mark.parametrize("body", [OTHER, HTML, b"", {"error": "text"}, [ERROR], 5])
def test_without_an_error_object_there_is_none_to_read(body: Any) -> None:
    assert told(judge(lambda one: one.error(), exchange(400, body))) == "error envelope"


def test_an_error_of_another_kind_of_object_is_part_of_it() -> None:
    failed = {"object": "response", "error": {"message": "x"}}
    assert accepted(exchange(200, failed)) == "supported"


STREAM = ASK.but(stream=True)


def streamed(*datas: Any, done: bool = True, status: int = 200) -> Exchange:
    return exchange(status, events(*datas, done=done), STREAM)


def test_a_stream_that_breaks_off_with_an_error_is_inconclusive() -> None:
    assert accepted(streamed(chunk({"content": "a"}), ERROR)) == "inconclusive stream"
    assert accepted(streamed(chunk({"content": "a"}), {"error": "text"})) == "inconclusive stream"


def test_a_stream_that_is_an_error_only_is_an_error_with_status_200() -> None:
    assert accepted(streamed(ERROR)) == "error with status 200"
    assert rejected(streamed(ERROR)) == "error with status 200"


def test_an_error_after_the_end_of_a_stream_is_none_of_its_own() -> None:
    body = events(chunk({"content": "a"})) + b"data: " + json.dumps(ERROR).encode() + b"\n\n"
    assert accepted(exchange(200, body, STREAM)) == "supported"
