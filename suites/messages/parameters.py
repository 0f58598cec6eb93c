"""Optional parameters: what is documented is taken, alone or together.

One request carries all of them with values that change nothing. Only if it is refused does each go out alone, so that
exactly the cell of what is refused shows it.
"""

from __future__ import annotations

import json
from typing import Any

from samewire import (
    FULL,
    LIMIT,
    MAY,
    SHOULD,
    Exchange,
    Scenario,
    Steps,
    check,
    conforms_to,
    honoured,
    scenario,
    seen,
)

from ..chat.marks import leaked
from ..chat.packing import packed
from .laden import BOTH, CACHED, KEPT, UNKEPT
from .reading import ended, message, parsed, stream_reason, streamed_words, taken, words
from .requests import HELLO, STREAM, streamed
from .talk import TOGETHER_STREAM
from .tool_choice import either
from .tools import NOBODY, ODD, SINGLE

#: As long as those that agents send, and written as they write it: a device, an account and a session.
LONG_ID = json.dumps(
    {"device_id": "0123456789abcdef" * 4, "account_uuid": "", "session_id": "12345678-9abc-def0-1234-56789abcdef0"},
    separators=(",", ":"),
)
#: Parameter → a value that changes nothing.
NEUTRAL: dict[str, Any] = {
    "temperature": 1,
    "top_p": 1,
    "top_k": 40,
    "metadata": {"user_id": LONG_ID},
    "stop_sequences": ["NEVERMORE", "EVERMORE", "FURTHERMORE", "FURTHER", "MOREOVER"],
    "service_tier": "auto",
    "thinking": {"type": "disabled"},
    "stream": False,
}
TOGETHER = HELLO.but(**NEUTRAL, **CACHED)


def one_of_many(name: str) -> Scenario:
    """All neutral parameters together, and if these are refused, this one alone."""
    return packed(TOGETHER, HELLO.but(**{name: NEUTRAL[name]}))


@check("messages.parameters.temperature", SHOULD, of=one_of_many("temperature"), spec="MSG-REQ-010", depth=FULL)
def test_temperature_is_taken(exchange: Exchange) -> None:
    """`temperature`, a number from 0 to 1, SHOULD be taken in version 2023-06-01."""
    exchange.accepted()


@check("messages.parameters.top_p", SHOULD, of=one_of_many("top_p"), spec="MSG-REQ-010", depth=FULL)
def test_top_p_is_taken(exchange: Exchange) -> None:
    """`top_p`, a number from 0 to 1, SHOULD be taken in version 2023-06-01."""
    exchange.accepted()


@check("messages.parameters.top_k", SHOULD, of=one_of_many("top_k"), spec="MSG-REQ-010", depth=FULL)
def test_top_k_is_taken(exchange: Exchange) -> None:
    """`top_k`, a whole number, SHOULD be taken in version 2023-06-01."""
    exchange.accepted()


@check("messages.parameters.metadata", SHOULD, of=one_of_many("metadata"), spec="MSG-REQ-014", depth=FULL)
def test_metadata_is_taken(exchange: Exchange) -> None:
    """`metadata` with a `user_id` SHOULD be taken."""
    exchange.accepted()


NAMED = HELLO.but(metadata=NEUTRAL["metadata"])
NAMED_STREAM = streamed(NAMED).after(NAMED)


@check(
    "messages.parameters.metadata_stream",
    SHOULD,
    of=packed(TOGETHER_STREAM, NAMED_STREAM),
    spec="MSG-REQ-014",
    depth=FULL,
)
def test_metadata_is_taken_in_streams(exchange: Exchange) -> None:
    """`metadata` with a `user_id` SHOULD be taken in streams, too."""
    exchange.accepted()


UNNAMED = HELLO.but(metadata=NEUTRAL["metadata"]).but(**NOBODY)


@check("messages.parameters.nobody", SHOULD, of=packed(ODD, UNNAMED), spec="MSG-REQ-014", depth=FULL)
def test_a_user_may_be_null(exchange: Exchange) -> None:
    """`metadata` whose `user_id` is null SHOULD be taken, as one with a string is."""
    exchange.accepted()


@check("messages.parameters.stop_sequences", SHOULD, of=one_of_many("stop_sequences"), spec="MSG-REQ-008", depth=FULL)
def test_stop_sequences_are_taken(exchange: Exchange) -> None:
    """`stop_sequences`, an array of strings, SHOULD be taken."""
    exchange.accepted()


@check("messages.parameters.service_tier", MAY, of=one_of_many("service_tier"), spec="MSG-REQ-017", depth=FULL)
def test_service_tier_is_taken(exchange: Exchange) -> None:
    """`service_tier: "auto"`, the default, MAY be taken."""
    exchange.accepted()


@check("messages.parameters.not_streamed", SHOULD, of=one_of_many("stream"), spec="MSG-REQ-009", depth=FULL)
def test_stream_may_be_false(exchange: Exchange) -> None:
    """`stream: false`, the default, SHOULD be taken, and answered with one JSON document."""
    message(exchange)


ZERO = packed(ODD, HELLO.but(temperature=0))


@check("messages.parameters.temperature_zero", SHOULD, of=ZERO, spec="MSG-REQ-010", depth=FULL)
def test_temperature_zero_is_taken(exchange: Exchange) -> None:
    """`temperature: 0`, the lowest, SHOULD be taken in version 2023-06-01."""
    exchange.accepted()


@check("messages.stops.single", SHOULD, of=packed(ODD, HELLO.but(**SINGLE)), spec="MSG-REQ-008", depth=FULL)
def test_a_single_sequence_is_taken(exchange: Exchange) -> None:
    """`stop_sequences` with a single sequence SHOULD be taken, as one with several is."""
    exchange.accepted()


@check("messages.parameters.cache_control", MAY, of=packed(TOGETHER, KEPT), spec="MSG-REQ-017", depth=FULL)
def test_cache_control_is_taken(exchange: Exchange) -> None:
    """Blocks of the system prompt and of messages MAY have `cache_control`: coding agents set it in every request."""
    exchange.accepted()


@scenario(HELLO, TOGETHER, spare=(KEPT, UNKEPT))
def kept_and_sent() -> Steps:
    """Blocks with `cache_control` among other parameters; if they hardly count, alone, and the same without it."""
    plain: Exchange = yield HELLO
    every: Exchange = yield TOGETHER
    if not every.ok or (taken(every) or 0) < (taken(plain) or 0) + BOTH:
        yield [KEPT, UNKEPT]


@check("messages.parameters.kept_arrives", SHOULD, of=kept_and_sent, spec="MSG-REQ-017 MSG-ENV-008", depth=FULL)
def test_what_is_kept_arrives(exchange: Exchange) -> None:
    """Blocks with `cache_control` SHOULD reach the model: all of them count as they do without it, cached or not."""
    if len(exchange.before) == 1:
        return
    marked = exchange.before[-1]
    seen(marked.ok, "it is refused, which has a check of its own")
    plain = taken(exchange.accepted())
    seen(plain and taken(marked), "no input tokens are counted")
    lost = (plain or 0) - (taken(marked) or 0)
    honoured(lost <= BOTH // 4, f"cache_control was accepted, and the prompt counts {lost} tokens less with it")


#: One word must be in letters that are easily lost.
FORM = {
    "type": "object",
    "properties": {"greeting": {"type": "string"}, "sw7731": {"type": "integer"}, "in": {"enum": ["汉语naïve🎉"]}},
    "required": ["greeting", "sw7731", "in"],
    "additionalProperties": False,
}
FORMED = HELLO.but(output_config={"format": {"type": "json_schema", "schema": FORM}}, **LIMIT(96))


def formless(exchange: Exchange) -> str:
    """Why an answer is no JSON that fits the schema; empty if it is."""
    told = streamed_words(exchange) if exchange.request.streamed else words(exchange)
    seen(told.strip(), "the answer holds no words")
    said = parsed(told)
    reason = stream_reason(exchange) if exchange.request.streamed else message(exchange)["stop_reason"]
    seen(said is not None or reason != "max_tokens" or told.lstrip()[:1] != "{", "what was begun as JSON is cut off")
    if said is None:
        return f"is no JSON: {told[:60]!r}"
    problem = conforms_to(FORM, said)
    # What is JSON and holds other letters was kept to its form, and spoilt on its way.
    seen(not problem or "\ufffd" not in told, "letters are lost, which has a check of its own")
    return f"does not fit it: {problem}" if problem else ""


@check("messages.parameters.format", MAY, of=either(FORMED), spec="MSG-REQ-016", depth=FULL, again=2)
def test_a_format_binds(exchange: Exchange) -> None:
    """`output_config.format` MAY be taken; the text is then JSON that fits the schema, in streams, too."""
    if exchange.request.streamed:
        ended(exchange)
    problem = formless(exchange)
    honoured(not problem, f"a format was accepted, and the text {problem}")


FORMED_STREAM = streamed(FORMED)


@scenario(STREAM, FORMED_STREAM, FORMED)
def formed_and_streamed() -> Steps:
    """A format, streamed; if it is taken there, whole."""
    usual: Exchange = yield STREAM
    first: Exchange = yield FORMED_STREAM
    seen(usual.ok and first.ok, "it is refused, which has a check of its own")
    yield FORMED


@check(
    "messages.parameters.whole_format", MAY, of=formed_and_streamed, spec="MSG-REQ-016 MSG-ENV-002", depth=FULL, again=2
)
def test_a_format_binds_whole_answers(exchange: Exchange) -> None:
    """`output_config.format` MAY be taken; it then binds an answer that is not streamed as it binds a stream."""
    message(exchange)
    problem = formless(exchange)
    said = words(exchange)
    seen(not leaked(exchange, said), "marks of a template leak, which has a check of its own")
    seen("\ufffd" not in said, "letters are lost, which has a check of its own")
    seen(not problem or not formless(exchange.before[-1]), "it binds no stream either, which has a check of its own")
    honoured(not problem, f"a format was accepted, and the text {problem}")
