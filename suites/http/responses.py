"""Answers as HTTP: JSON that is JSON, types that are declared, headers that help."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Broken, Every, Exchange, Steps, Unsupported, check, scenario, seen

from ..chat.requests import COUNT, CUT, HELLO, METERED, STREAM, TOOLS
from ..completions.requests import TEXT
from ..embeddings.requests import ONE
from .carried import as_utf8, not_redirected, one_length
from .errors import UNKNOWN_MODEL, UNKNOWN_URL
from .same import own_request_id, rate_limits, rate_resets, rates

ANSWERS = Every(witness=(HELLO,), statuses=range(100, 600))
#: A mistake that was taken may have been taken for anything, a wish for a stream among them.
SUCCESSES = Every(witness=(HELLO,), streamed=False, wrong=False)
SPOKEN = Every(witness=(HELLO,), path="chat/completions", method="POST")


@check("http.response.json", MUST, of=SUCCESSES, spec="HTTP-RES-001 SSE-013")
def test_a_body_is_json(exchange: Exchange) -> None:
    """The body of a successful answer MUST be JSON in UTF-8."""
    seen(exchange.request.method != "OPTIONS" and "{" not in exchange.request.path, "this is no answer of the API")
    known = exchange.request.opener is not None or exchange.request.protocol not in ("responses", "messages")
    seen(known, "whether this protocol is offered has a cell of its own")
    if problem := exchange.json_problem:
        raise Broken(f"the body is not JSON: {problem}", causes={"json"})


@check("http.response.content_type", SHOULD, of=SUCCESSES, spec="HTTP-RES-002")
def test_json_is_declared_as_json(exchange: Exchange) -> None:
    """A JSON body SHOULD be declared as `application/json`; parameters are allowed."""
    seen(exchange.request.method != "OPTIONS" and not exchange.json_problem, "this answer's body is no JSON")
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("http.response.redirect", SHOULD, of=ANSWERS, spec="HTTP-RES-007")
def test_no_redirect(exchange: Exchange) -> None:
    """A request SHOULD be answered where it is sent: a redirect of a POST loses its body or its key."""
    not_redirected(exchange)


@check("http.response.framing", SHOULD, of=ANSWERS, spec="HTTP-RES-005", depth=FULL)
def test_an_answer_has_one_length(exchange: Exchange) -> None:
    """An answer in chunks SHOULD NOT tell a `Content-Length` too: strict clients refuse what has both."""
    one_length(exchange)


@check("http.response.charset", SHOULD, of=ANSWERS, spec="HTTP-RES-001 HTTP-RES-002", depth=FULL)
def test_an_answer_is_declared_once_and_as_utf8(exchange: Exchange) -> None:
    """The `Content-Type` of JSON and of streams SHOULD stand once, and name no charset but UTF-8."""
    as_utf8(exchange)


@check("http.headers.request_id", SHOULD, of=ANSWERS, spec="HDR-001", depth=FULL)
def test_an_answer_has_a_request_id(exchange: Exchange) -> None:
    """Every answer SHOULD carry a unique `x-request-id`, by which support can find it."""
    if not exchange.header("x-request-id"):
        raise Unsupported("there is no x-request-id", reason="not offered")


@check("http.response.status", SHOULD, of=SPOKEN, spec="CHAT-EP-001", depth=FULL)
def test_an_answer_is_ok(exchange: Exchange) -> None:
    """An answer SHOULD come with the status 200, which is the only one that is documented for it."""
    assert exchange.status == 200, f"answered {exchange.status}"


@scenario(HELLO, STREAM)
def two_answers() -> Steps:
    """Two answers to two requests."""
    yield HELLO
    yield STREAM


#: More requests than connections: some come through the same. What is refused is answered, too.
MANY = (
    *(HELLO, COUNT, CUT, STREAM, METERED, TOOLS, UNKNOWN_MODEL),
    *(HELLO.wrong(n=0), HELLO.wrong(top_p=1.5), HELLO.wrong(presence_penalty=3)),
    *(HELLO.wrong(messages=[]), HELLO.wrong(stream="yes")),
)


@scenario(*MANY)
def many_answers() -> Steps:
    """Answers to many requests."""
    for request in MANY:
        _: Exchange = yield request


@check("http.headers.own_request_id", SHOULD, of=many_answers, spec="HDR-001", depth=FULL)
def test_no_two_answers_share_a_request_id(exchange: Exchange) -> None:
    """The `x-request-id` of two answers SHOULD differ."""
    own_request_id(exchange)


@check("http.headers.streams_request_id", SHOULD, of=two_answers, spec="HDR-001", depth=FULL)
def test_a_stream_has_a_request_id(exchange: Exchange) -> None:
    """A stream SHOULD carry an `x-request-id` as whole answers do."""
    can_be_found(exchange, "a stream")


def can_be_found(exchange: Exchange, what: str) -> None:
    """Say *unsupported* of something without the `x-request-id` that whole answers of chat have."""
    seen(exchange.ok, f"{what} is refused, or doesn't come whole")
    seen(exchange.before[0].header("x-request-id"), "whole answers have none either")
    if not exchange.header("x-request-id"):
        raise Unsupported(f"whole answers have an x-request-id, and {what} has none", reason="not offered")


@scenario(HELLO, ONE)
def answered_and_embedded() -> Steps:
    """An answer, and an embedding."""
    yield HELLO
    yield ONE


@check("embeddings.list.request_id", SHOULD, of=answered_and_embedded, spec="HDR-001", depth=FULL)
def test_an_embedding_has_a_request_id(exchange: Exchange) -> None:
    """Embeddings SHOULD carry an `x-request-id` as answers of chat do."""
    can_be_found(exchange, "an embedding")


@scenario(HELLO, TEXT)
def answered_and_completed() -> Steps:
    """An answer, and a completed prompt."""
    yield HELLO
    yield TEXT


@check("completions.text.request_id", SHOULD, of=answered_and_completed, spec="HDR-001", depth=FULL)
def test_a_completed_prompt_has_a_request_id(exchange: Exchange) -> None:
    """Completed prompts SHOULD carry an `x-request-id` as answers of chat do."""
    can_be_found(exchange, "a completed prompt")


@scenario(HELLO, UNKNOWN_URL, UNKNOWN_MODEL)
def answer_and_refusal() -> Steps:
    """An answer, a refusal of who asks elsewhere, and one of what is asked."""
    yield HELLO
    yield UNKNOWN_URL
    yield UNKNOWN_MODEL


@check("http.headers.refusals_request_id", SHOULD, of=answer_and_refusal, spec="HDR-001", depth=FULL)
def test_a_refusal_has_a_request_id(exchange: Exchange) -> None:
    """A refusal SHOULD carry an `x-request-id` as answers do: it is what support is asked about."""
    seen(exchange.before[0].header("x-request-id"), "answers have none either")
    seen(not exchange.ok, "an unknown model is answered")
    bare = [one for one in (exchange, exchange.before[1]) if not one.ok and not one.header("x-request-id")]
    if bare:
        raise Unsupported(
            f"answers have an x-request-id, and a refusal with {bare[0].status} has none", reason="not offered"
        )


@check("http.headers.rate_limits", SHOULD, of=SPOKEN, spec="HDR-003 HDR-005", depth=FULL)
def test_rate_limits_are_numbers(exchange: Exchange) -> None:
    """Rate limits told in `x-ratelimit-*` headers SHOULD be whole numbers, and what remains no more than the limit."""
    rate_limits(exchange)


@check("http.headers.rate_resets", SHOULD, of=SPOKEN, spec="HDR-004", depth=FULL)
def test_rate_resets_are_durations(exchange: Exchange) -> None:
    """`x-ratelimit-reset-*` SHOULD be a duration such as `12ms`, `1s` or `6m0s`, not a date."""
    rate_resets(exchange)


@check("http.headers.rate_limits_told", SHOULD, of=answer_and_refusal, spec="HDR-005", depth=FULL)
def test_answers_tell_the_limits_that_refusals_tell(exchange: Exchange) -> None:
    """Rate limits that refusals tell SHOULD be told by answers, too: after a refusal it is too late to slow down."""
    answer = exchange.before[0].accepted()
    told, known = rates(exchange.last), rates(answer.last)
    assert known or not told, f"a refusal has x-ratelimit-{min(told)}, and an answer has none of these"
