"""The response object: judged over every response of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Every, Exchange, Steps, Stop, check, observed, scenario, seen

from ..chat.completion import SKEW, TIERS, off
from ..chat.packing import packed
from ..chat.reading import SILENT
from .items import SPOKEN
from .preflight import PREFLIGHT, SERVED
from .reading import holds, offered, output_tokens, response, words
from .requests import COUNT, HELLO, RESPONSES
from .state import PHRASE, TOLD, TOLD_ONLY

#: Members that the published description requires and that may be null.
NULLABLE = ("error", "incomplete_details", "instructions", "metadata", "temperature", "top_p")
#: Members that have checks of their own elsewhere.
OWN = (
    "id",
    "object",
    "created_at",
    "model",
    "output",
    "status",
    "parallel_tool_calls",
    "tool_choice",
    "tools",
    "usage",
)


@check(SERVED, MUST, of=PREFLIGHT, spec="RSP-EP-001 RSP-REQ-001 RSP-REQ-002 RSP-REQ-007", depth=SMOKE)
def test_the_smallest_request_is_answered(exchange: Exchange) -> None:
    """A request with a model and a text for `input`, and nothing else, MUST be answered with a response."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.signal


@check("responses.response.json", MUST, of=RESPONSES, spec="HTTP-RES-001 RSP-EP-001", depth=SMOKE)
def test_a_body_is_json(exchange: Exchange) -> None:
    """The body of a response that is not streamed MUST be JSON in UTF-8."""
    offered(exchange)
    if problem := exchange.json_problem:
        raise Broken(f"the body is not JSON: {problem}", causes={"json"})


#: What is made, and what is fetched or listed later.
DOCUMENTS = Every(witness=(HELLO,), path="responses", streamed=False, wrong=False)


@check("responses.response.content_type", SHOULD, of=DOCUMENTS, spec="HTTP-RES-002 OR-001")
def test_a_response_is_declared_as_json(exchange: Exchange) -> None:
    """A response that is not streamed SHOULD be declared as `application/json`, when it is fetched too."""
    offered(exchange)
    seen(not exchange.json_problem, "the body is no JSON")
    assert exchange.media_type == "application/json", f"declared as {exchange.media_type or 'nothing'}"


@check("responses.response.id", MUST, of=RESPONSES, spec="RSP-ENV-001", depth=SMOKE)
def test_a_response_has_an_id(exchange: Exchange) -> None:
    """A response MUST have an `id`, a string that is not empty."""
    holds(exchange, "/id")


@check("responses.response.object", MUST, of=RESPONSES, spec="RSP-ENV-002", depth=SMOKE)
def test_a_response_says_what_it_is(exchange: Exchange) -> None:
    """A response's `object` MUST be `response`."""
    holds(exchange, "/object")


@check("responses.response.created_at", MUST, of=RESPONSES, spec="RSP-ENV-003", depth=SMOKE)
def test_a_response_is_dated(exchange: Exchange) -> None:
    """A response's `created_at` MUST be a number, the Unix time in seconds."""
    holds(exchange, "/created_at")
    made = response(exchange)["created_at"]
    assert 1e9 < made < 1e10, f"created_at is {made}, which is no time in seconds"


@check("responses.response.created_now", SHOULD, of=RESPONSES, spec="RSP-ENV-003", depth=FULL)
def test_created_at_is_now(exchange: Exchange) -> None:
    """A response's `created_at` SHOULD be when it was made."""
    made = response(exchange)["created_at"]
    seen(1e9 < made < 1e10, "created_at is no time in seconds")
    far = off(exchange, made)
    assert far < SKEW, f"created_at is {far / 3600:.0f} hours from now"


@check("responses.response.completed_at", SHOULD, of=SPOKEN, spec="RSP-ENV-017", depth=FULL)
def test_a_response_is_completed_after_it_was_made(exchange: Exchange) -> None:
    """`completed_at`, where it is told, SHOULD lie after `created_at`, by no more than it took; in streams, too."""
    made, done = response(exchange)["created_at"], response(exchange).get("completed_at")
    seen(done is not None, "it is not told")
    seen(made < 1e10 and off(exchange, made) < SKEW, "created_at is not now, which has a cell of its own")
    # One of them may be rounded.
    assert made - 1 <= done < made + SKEW, f"created_at is {made}, and completed_at {done}"


@check("responses.response.model", MUST, of=RESPONSES, spec="RSP-ENV-004", depth=SMOKE)
def test_a_response_names_its_model(exchange: Exchange) -> None:
    """A response MUST name its `model`, a string; it may be another name than the one asked for."""
    holds(exchange, "/model")
    assert response(exchange)["model"], "`model` is empty"


@check("responses.response.output", MUST, of=RESPONSES, spec="RSP-ENV-005 RSP-ITEM-001", depth=SMOKE)
def test_a_response_has_output(exchange: Exchange) -> None:
    """A response MUST have `output`, an array of items, each with a `type`."""
    holds(exchange, "#", "/output", but=tuple(f"/output/*/{name}" for name in ITEMS))


#: Members of items that have checks of their own.
ITEMS = ("id", "role", "status", "content", "call_id", "name", "arguments", "input", "summary", "encrypted_content")


@check("responses.response.status", SHOULD, of=RESPONSES, spec="RSP-ENV-014 RSP-ENV-015", depth=SMOKE)
def test_a_response_has_a_status(exchange: Exchange) -> None:
    """A response that was waited for SHOULD have the `status` completed, incomplete or failed."""
    holds(exchange, "/status")
    status = response(exchange)["status"]
    assert status in ("completed", "incomplete", "failed"), f"the status is {status!r}, and nothing follows"


@check("responses.response.agrees", SHOULD, of=RESPONSES, spec="RSP-ENV-016 RSP-ENV-009 RSP-ENV-010")
def test_the_status_agrees_with_its_details(exchange: Exchange) -> None:
    """`incomplete_details` SHOULD be there exactly if the status is incomplete, and `error` exactly if it is failed."""
    one = response(exchange)
    for status, name in (("incomplete", "incomplete_details"), ("failed", "error")):
        told = one.get(name) is not None
        assert told == (one["status"] == status), f"the status is {one['status']!r}, `{name}` is {one.get(name)!r:.80}"


@check("responses.response.service_tier", SHOULD, of=SPOKEN, spec="RSP-ENV-018 RSP-REQ-019", depth=FULL)
def test_a_tier_is_one_of_those_there_are(exchange: Exchange) -> None:
    """A `service_tier` that is told SHOULD be null or one that official clients know, in streams too."""
    tier = response(exchange).get("service_tier")
    assert not isinstance(tier, str) or tier in (*TIERS, "ultrafast"), f"the service_tier is {tier!r:.60}"


@check("responses.response.completed", SHOULD, of=HELLO, spec="RSP-ENV-014 RSP-ENV-015", depth=SMOKE)
def test_a_plain_question_is_completed(exchange: Exchange) -> None:
    """The response to a plain question SHOULD be completed, unless the token limit cut it off."""
    status = response(exchange)["status"]
    assert status in ("completed", "incomplete"), f"the status is {status!r}"


@check(
    "responses.response.words", SHOULD, of=HELLO, spec="RSP-ITEM-002 RSP-ITEM-004 RSP-ITEM-006", depth=SMOKE, again=2
)
def test_the_answer_is_not_empty(exchange: Exchange) -> None:
    """A plain question SHOULD be answered with words in an `output_text`, unless the token limit cut them off."""
    seen(response(exchange).get("status") == "completed", "the response is not completed")
    refusals = [part for item in response(exchange)["output"] for part in item.get("content") or ()]
    silent = not words(exchange).strip() and output_tokens(exchange) in SILENT
    seen(not silent, "the model says nothing, and no words are counted")
    assert words(exchange).strip() or any(part.get("refusal") for part in refusals), "the answer holds no words"


@check("responses.response.parallel_tool_calls", MUST, of=RESPONSES, spec="RSP-ENV-006")
def test_a_response_tells_of_parallel_calls(exchange: Exchange) -> None:
    """A response MUST have `parallel_tool_calls`, a boolean."""
    holds(exchange, "/parallel_tool_calls")


@check("responses.response.tool_choice", MUST, of=RESPONSES, spec="RSP-ENV-007")
def test_a_response_tells_the_choice_of_tools(exchange: Exchange) -> None:
    """A response MUST have `tool_choice`, a string or an object."""
    holds(exchange, "/tool_choice")


@check("responses.response.tools", MUST, of=RESPONSES, spec="RSP-ENV-008")
def test_a_response_tells_its_tools(exchange: Exchange) -> None:
    """A response MUST have `tools`, an array, which is empty when there are none."""
    holds(exchange, "/tools")


@check(
    "responses.response.keys",
    SHOULD,
    of=RESPONSES,
    spec="RSP-ENV-009 RSP-ENV-010 RSP-ENV-011 RSP-ENV-012 RSP-ENV-013",
)
def test_what_may_be_null_is_there(exchange: Exchange) -> None:
    """`error`, `incomplete_details`, `instructions`, `metadata`, `temperature` and `top_p` SHOULD be there, if null."""
    holds(exchange, *(f"/{name}" for name in NULLABLE))


@check("responses.response.rest", SHOULD, of=RESPONSES, spec="RSP-ENV-017 RSP-ENV-018 RSP-ENV-025", depth=FULL)
def test_what_else_there_is_has_its_type(exchange: Exchange) -> None:
    """What else a response holds of what is documented SHOULD have its documented type; more is fine."""
    holds(exchange, but=("#", *(f"/{name}" for name in (*OWN, *NULLABLE))))


@scenario(HELLO, COUNT)
def two_responses() -> Steps:
    """Two responses."""
    yield HELLO
    yield COUNT


@check("responses.response.unique_id", SHOULD, of=two_responses, spec="RSP-ENV-001")
def test_ids_differ(exchange: Exchange) -> None:
    """Two responses SHOULD NOT have the same `id`."""
    first, second = response(exchange.before[0])["id"], response(exchange)["id"]
    assert first != second, f"two responses have the id {first!r}"


#: What letters become where they are not kept.
MANGLED = (
    *("&amp;", "&lt;", "\ufffd", "Ã¤", "K?fer", "Kfer", "\\u00e4", "ð", "the ? nor", "the ?? nor", "the ???? nor"),
    *(PHRASE.replace("{{it}} ", gap) for gap in ("", " ", "{it} ")),
    *(PHRASE.replace("👩‍💻", gap) for gap in ("👩💻", "👩 💻", "👩", "??", "???")),
)


@check("responses.response.letters", SHOULD, of=packed(TOLD, TOLD_ONLY), spec="HTTP-RES-001 RSP-ITEM-004", depth=FULL)
def test_letters_are_kept(exchange: Exchange) -> None:
    """Letters of every kind SHOULD come back as they were sent, where the model is to repeat them."""
    said = words(exchange)
    if PHRASE in said:
        return
    odd = [mark for mark in MANGLED if mark in said]
    assert not odd, f"letters are not kept: {said[50:120]!r}"
    observed("the model does not repeat what it is told to")
