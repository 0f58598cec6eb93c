"""Optional parameters: what is documented is taken, alone or together, and null stands for absence.

One request carries all of them. Only if it is refused does each go out alone, so that exactly the cell of what is
refused shows it.
"""

from __future__ import annotations

from typing import Any

from samewire import (
    FULL,
    MAY,
    MUST,
    SHOULD,
    Blocked,
    Exchange,
    Scenario,
    Steps,
    check,
    honoured,
    scenario,
    seen,
    user,
)

from ..chat.careful import CHARSET, OFFICIAL, PLAINLY
from ..chat.packing import packed
from .reading import input_tokens, of_type, response, words
from .requests import HELLO, STREAM
from .tool_choice import ALLOWED, AS_TEXT

#: Parameter → a value that changes nothing in the answer, and shows when it is told again.
NEUTRAL: dict[str, Any] = {
    "temperature": 0.7,
    "top_p": 0.9,
    "metadata": {"suite": "samewire", "run": "7731"},
    "truncation": "auto",
    "store": False,
    "service_tier": "auto",
    "parallel_tool_calls": False,
    # Without a format, as many clients send it.
    "text": {"verbosity": "medium"},
    "include": [],
    "tools": [],
    "tool_choice": "auto",
    "safety_identifier": "samewire",
    "prompt_cache_key": "samewire",
    "max_tool_calls": 3,
    "background": False,
}
#: Asks for the logprobs of the text, and for two alternatives to each token.
LIKELY = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
ALL_NEUTRAL = HELLO.but(**NEUTRAL)
#: As careful clients write it: with their headers, a charset, and odd but equal JSON.
TOGETHER = HELLO.but(**{**NEUTRAL, **LIKELY}).having({**OFFICIAL, **CHARSET, **PLAINLY}).written_oddly().after(HELLO)
LIKELY_ALONE, LIKELY_STREAM = HELLO.but(**LIKELY), STREAM.but(**LIKELY)
#: Parameters whose null is their absence; the limit is among them, so that a greeting is as long as the model likes.
NULLABLE = (
    *("instructions", "previous_response_id", "temperature", "top_p", "metadata", "store", "stream", "truncation"),
    *("include", "parallel_tool_calls", "reasoning", "service_tier", "stream_options", "conversation", "background"),
    *("top_logprobs", "max_tool_calls", "max_output_tokens"),
)
#: The question is an item here, which changes nothing either.
NULLS = HELLO.but(input=[user("Say hello.")], **dict.fromkeys(NULLABLE))


def one_of_many(name: str, **fields: Any) -> Scenario:
    """All parameters together, and if these are refused, those without logprobs, and then this one alone."""
    alone = HELLO.but(**(fields or {name: NEUTRAL[name]}))

    def steps() -> Steps:
        every: Exchange = yield TOGETHER
        if not every.ok:
            every = yield ALL_NEUTRAL
        if not every.ok:
            yield alone

    return scenario(TOGETHER, spare=(ALL_NEUTRAL, alone), name=f".{name}")(steps)


@check("responses.parameters.temperature", SHOULD, of=one_of_many("temperature"), spec="RSP-REQ-005", depth=FULL)
def test_temperature_is_taken(exchange: Exchange) -> None:
    """`temperature`, a number from 0 to 2, SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


@check("responses.parameters.top_p", SHOULD, of=one_of_many("top_p"), spec="RSP-REQ-005", depth=FULL)
def test_top_p_is_taken(exchange: Exchange) -> None:
    """`top_p`, a number from 0 to 1, SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


@check("responses.parameters.metadata", SHOULD, of=one_of_many("metadata"), spec="RSP-REQ-017", depth=FULL)
def test_metadata_is_taken(exchange: Exchange) -> None:
    """`metadata`, an object of strings, SHOULD be taken."""
    exchange.accepted()


@check("responses.parameters.truncation", MAY, of=one_of_many("truncation"), spec="RSP-REQ-018", depth=FULL)
def test_truncation_is_taken(exchange: Exchange) -> None:
    """`truncation: "auto"` MAY be taken."""
    exchange.accepted()


@check("responses.parameters.store", SHOULD, of=one_of_many("store"), spec="RSP-REQ-007", depth=FULL)
def test_store_is_taken(exchange: Exchange) -> None:
    """`store: false` SHOULD be taken: it asks for nothing to be kept."""
    exchange.accepted()


@check("responses.parameters.service_tier", MAY, of=one_of_many("service_tier"), spec="RSP-REQ-019", depth=FULL)
def test_service_tier_is_taken(exchange: Exchange) -> None:
    """`service_tier: "auto"`, the default, MAY be taken."""
    exchange.accepted()


@check(
    "responses.parameters.parallel_tool_calls",
    SHOULD,
    of=one_of_many("parallel_tool_calls"),
    spec="RSP-REQ-012",
    depth=FULL,
)
def test_parallel_tool_calls_is_taken(exchange: Exchange) -> None:
    """`parallel_tool_calls`, a boolean, SHOULD be taken, with tools or without."""
    exchange.accepted()


@check(
    "responses.parameters.text",
    SHOULD,
    of=packed(ALLOWED, HELLO.but(**AS_TEXT)),
    spec="RSP-REQ-013",
    depth=FULL,
)
def test_a_text_format_is_taken(exchange: Exchange) -> None:
    """`text.format: {"type": "text"}`, the default, SHOULD be taken."""
    exchange.accepted()


@check("responses.parameters.include", SHOULD, of=one_of_many("include"), spec="RSP-REQ-016", depth=FULL)
def test_include_is_taken(exchange: Exchange) -> None:
    """`include`, an array, SHOULD be taken, if empty."""
    exchange.accepted()


NO_TOOLS = one_of_many("tools", tools=[], tool_choice="auto")


@check("responses.parameters.no_tools", SHOULD, of=NO_TOOLS, spec="RSP-REQ-010 RSP-ENV-008", depth=FULL)
def test_no_tools_are_taken(exchange: Exchange) -> None:
    """`tools` SHOULD be taken as an empty array, with `tool_choice: auto` beside it: clients send what they have."""
    exchange.accepted()


@check("responses.parameters.identifiers", MAY, of=one_of_many("safety_identifier"), spec="RSP-REQ-019", depth=FULL)
def test_a_safety_identifier_is_taken(exchange: Exchange) -> None:
    """`safety_identifier`, a string, MAY be taken."""
    exchange.accepted()


@check("responses.parameters.cache_key", MAY, of=one_of_many("prompt_cache_key"), spec="RSP-REQ-019", depth=FULL)
def test_a_cache_key_is_taken(exchange: Exchange) -> None:
    """`prompt_cache_key`, a string, MAY be taken."""
    exchange.accepted()


@check("responses.parameters.max_tool_calls", MAY, of=one_of_many("max_tool_calls"), spec="RSP-REQ-019", depth=FULL)
def test_a_limit_of_calls_is_taken(exchange: Exchange) -> None:
    """`max_tool_calls`, a whole number, MAY be taken."""
    exchange.accepted()


@check("responses.parameters.background", MAY, of=one_of_many("background"), spec="RSP-REQ-019", depth=FULL)
def test_the_foreground_is_taken(exchange: Exchange) -> None:
    """`background: false`, the default, MAY be named, and is waited for."""
    assert response(exchange)["status"] != "queued", "the response is queued, though it is waited for"


@scenario(NULLS, spare=tuple(HELLO.but(**{name: None}) for name in NULLABLE))
def nulls() -> Steps:
    """All parameters null at once; if that is refused, one after the other until the culprit is found."""
    every: Exchange = yield NULLS
    if every.ok:
        return "all"
    for name in NULLABLE:
        alone: Exchange = yield HELLO.but(**{name: None})
        if not alone.ok:
            return name
    return ""


@check(
    "responses.parameters.null", SHOULD, of=nulls, spec="RSP-REQ-003 RSP-REQ-006 RSP-REQ-012 RSP-REQ-017", depth=FULL
)
def test_null_is_absence(exchange: Exchange) -> None:
    """An optional parameter that is null SHOULD be taken as if it were absent."""
    if not exchange.found:
        raise Blocked("all nulls together were refused, and none alone")
    assert exchange.accepted().media_type != "text/event-stream", "`stream` was null, and a stream came"


AS_ITEM = HELLO.but(input=[user("Say hello.")])


@scenario(HELLO, NULLS, spare=(AS_ITEM,))
def text_and_item() -> Steps:
    """The same question as a string and as an item, beside nulls or, where these count, alone."""
    text: Exchange = yield HELLO
    item: Exchange = yield NULLS
    if not item.ok or input_tokens(item) != input_tokens(text):
        yield AS_ITEM


@check("responses.input.string", MUST, of=text_and_item, spec="RSP-REQ-002 RSP-IN-001", depth=FULL)
def test_a_string_is_a_message_of_the_user(exchange: Exchange) -> None:
    """A string for `input` MUST be the same as one message of the user: it counts as many tokens."""
    whole, item = input_tokens(exchange.before[0]), input_tokens(exchange)
    seen(whole is not None and item is not None, "no usage is counted")
    assert whole == item, f"the string counts {whole} tokens, the message {item}"


def logprobs(one: Any) -> list[Any]:
    """The logprobs of the text of a response."""
    told = [part for item in of_type(one["output"], "message") for part in item["content"]]
    return [entry for part in told if part["type"] == "output_text" for entry in part.get("logprobs") or ()]


@check(
    "responses.parameters.logprobs",
    SHOULD,
    of=packed(TOGETHER, LIKELY_ALONE),
    spec="RSP-REQ-016 RSP-REQ-005 RSP-ITEM-005",
    depth=FULL,
)
def test_logprobs_are_included(exchange: Exchange) -> None:
    """Asked for by `include`, the `logprobs` of the text SHOULD come, token by token."""
    exchange.accepted()
    every, said = logprobs(response(exchange)), words(exchange)
    seen(said.strip(), "there is no text")
    honoured(every, "message.output_text.logprobs was accepted, and no logprobs come")
    shaped = all(isinstance(one, dict) and isinstance(one.get("token"), str) and "logprob" in one for one in every)
    assert shaped, f"an entry is {every[0]!r:.100}"
    sure = [one["logprob"] for one in every if isinstance(one["logprob"], (int, float)) and one["logprob"] > 0.001]
    assert not sure, f"a logprob is {sure[0]}: that is more than certain"
    told = "".join(one["token"] for one in every)
    assert told.strip() == said.strip(), f"the tokens make {told[:60]!r}, the text is {said[:60]!r}"
    most = max(len(one.get("top_logprobs") or ()) for one in every)
    honoured(0 < most <= 2, f"top_logprobs 2 was accepted, and {most} alternatives come")
