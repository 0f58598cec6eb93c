"""The life of a streamed response: how its events begin, are numbered, and end; over every stream of the run."""

from __future__ import annotations

from itertools import pairwise

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, check, seen

from .following import EVENT, LIFECYCLE, broken_off, events, final, finished, of
from .preflight import TERMINAL
from .requests import ALL_STREAMS, STREAM, STREAMS

#: Where a stream tells how likely its tokens are.
LOGPROBS = ("/logprobs", "/part/logprobs", "/item/content/*/logprobs", "/response/output/*/content/*/logprobs")
USAGE_DETAILS = ("/response/usage/input_tokens_details", "/response/usage/output_tokens_details")
#: Event → the status that its response has.
STATUS = {
    "response.created": ("in_progress", "queued"),
    "response.queued": ("queued",),
    "response.in_progress": ("in_progress",),
    "response.completed": ("completed",),
    "response.incomplete": ("incomplete",),
    "response.failed": ("failed",),
}


@check("responses.stream.sequence_number", MUST, of=STREAMS, spec="RSP-STR-003", depth=SMOKE)
def test_events_are_numbered(exchange: Exchange) -> None:
    """Every event MUST have a `sequence_number`, a whole number."""
    exchange.conforms(EVENT, "/sequence_number")


@check("responses.stream.sequence", SHOULD, of=STREAMS, spec="RSP-STR-004", depth=SMOKE)
def test_numbers_increase(exchange: Exchange) -> None:
    """The `sequence_number` SHOULD increase from each event to the next."""
    numbers = [event["sequence_number"] for event in events(exchange)]
    odd = [(one, other) for one, other in pairwise(numbers) if other <= one]
    assert not odd, f"{odd[0][1]} follows {odd[0][0]}"


@check("responses.stream.no_gaps", SHOULD, of=STREAMS, spec="RSP-STR-005", depth=FULL)
def test_no_number_is_left_out(exchange: Exchange) -> None:
    """No `sequence_number` SHOULD be left out between the first and the last."""
    numbers = [event["sequence_number"] for event in events(exchange)]
    seen(all(one < other for one, other in pairwise(numbers)), "the numbers don't increase")
    odd = [(one, other) for one, other in pairwise(numbers) if other != one + 1]
    assert not odd, f"{odd[0][1]} follows {odd[0][0]}"


@check("responses.stream.created", MUST, of=STREAMS, spec="RSP-STR-006 RSP-EV-001", depth=SMOKE)
def test_a_stream_begins_with_created(exchange: Exchange) -> None:
    """The first event of a stream MUST be `response.created`, and no later one: clients fail at any other."""
    types = [event["type"] for event in events(exchange)]
    assert types[0] == "response.created", f"the first event is {types[0]}"
    assert types.count("response.created") == 1, f"response.created comes {types.count('response.created')} times"


@check("responses.stream.in_progress", SHOULD, of=STREAMS, spec="RSP-STR-007")
def test_in_progress_follows(exchange: Exchange) -> None:
    """`response.in_progress` SHOULD come once, before the first item."""
    types = [event["type"] for event in events(exchange)]
    assert types.count("response.in_progress") == 1, f"it comes {types.count('response.in_progress')} times"
    place = types.index("response.in_progress")
    early = [kind for kind in types[:place] if kind.startswith("response.") and kind not in LIFECYCLE]
    assert not early, f"{early[0]} comes before response.in_progress"


@check("responses.stream.terminal", MUST, of=STREAMS, spec="RSP-STR-021", depth=SMOKE)
def test_a_stream_ends_once(exchange: Exchange) -> None:
    """A stream MUST have exactly one of `response.completed`, `.incomplete` and `.failed`, at its end."""
    types = [event["type"] for event in events(exchange)]
    ends = [kind for kind in types if kind in TERMINAL]
    if not ends:
        raise Broken(f"the stream breaks off: the last event is {types[-1]}", causes={"unfinished stream"})
    assert len(ends) == 1, f"the stream ends {len(ends)} times: {', '.join(ends[:4])}"
    assert types[-1] == ends[0], f"{types[-1]} follows {ends[0]}"


@check("responses.stream.completed", MUST, of=STREAM, spec="RSP-STR-021 RSP-STR-022", depth=SMOKE, again=2)
def test_a_plain_question_is_completed(exchange: Exchange) -> None:
    """The stream that answers a plain question MUST NOT fail."""
    error = broken_off(exchange)
    failed = of(events(exchange), "response.failed") if error is None else [error]
    if failed:
        raise Broken(f"the stream failed: {(failed[0].get('response') or failed[0])!r:.200}", causes={"failed stream"})


@check("responses.stream.error", MUST, of=ALL_STREAMS, spec="RSP-STR-029 RSP-EV-013", rare=True, depth=FULL)
def test_an_error_is_flat(exchange: Exchange) -> None:
    """An `error` event MUST be flat: `code`, `message` and `param` beside `type`, not below `error`."""
    values = [value for value, _ in exchange.payloads() if isinstance(value, dict)]
    errors = [value for value in values if value.get("type") == "error" or value.get("error")]
    seen(errors, "no error came in a stream")
    for error in errors:
        assert error.get("type") == "error", f"an error came as an event of type {error.get('type')!r}"
        assert isinstance(error.get("message"), str), f"an error has no message of its own: {error!r:.120}"
        for name in ("code", "param"):
            assert isinstance(error.get(name), str | None), f"an error's {name} is {error[name]!r:.60}"


@check("responses.stream.response", MUST, of=STREAMS, spec="RSP-EV-001 RSP-STR-023", depth=SMOKE)
def test_events_of_the_response_hold_one(exchange: Exchange) -> None:
    """The events that tell of the response as a whole MUST hold one, with all that a response must have."""
    exchange.conforms(EVENT, "/response", but=("/response/usage", *LOGPROBS))


@check("responses.stream.one_id", MUST, of=STREAMS, spec="RSP-STR-008", depth=SMOKE)
def test_a_stream_is_one_response(exchange: Exchange) -> None:
    """The response's `id` MUST be the same in all events of a stream."""
    ids = list(dict.fromkeys(event["response"]["id"] for event in of(events(exchange), *LIFECYCLE)))
    assert len(ids) <= 1, f"the id is {ids[0]!r} first and {ids[1]!r} later"


#: What a response is asked for with, and tells again: where one event has it, the others have no other.
SETTINGS = (
    *("instructions", "max_output_tokens", "parallel_tool_calls", "previous_response_id", "temperature", "top_p"),
    *("background", "max_tool_calls", "metadata", "reasoning", "store", "text", "tool_choice", "tools", "top_logprobs"),
    *("truncation", "user", "prompt_cache_key", "safety_identifier"),
)


@check(
    "responses.stream.constant",
    SHOULD,
    of=STREAMS,
    spec="RSP-STR-008 RSP-ENV-003 RSP-ENV-004 RSP-ENV-008 RSP-ENV-018",
    depth=FULL,
)
def test_what_a_response_is_does_not_change(exchange: Exchange) -> None:
    """The response's `created_at`, `model`, tools and settings SHOULD be the same in all events of a stream."""
    every = [event["response"] for event in of(events(exchange), *LIFECYCLE)]
    for name in ("created_at", "model"):
        values = list(dict.fromkeys(one[name] for one in every))
        assert len(values) <= 1, f"`{name}` is {values[0]!r} first and {values[1]!r} later"
    for name in SETTINGS:
        told = [one[name] for one in every if one.get(name) is not None]
        others = [one for one in told if one != told[0]]
        assert not others, f"`{name}` is {told[0]!r:.60} first and {others[0]!r:.60} later"


@check("responses.stream.status", SHOULD, of=STREAMS, spec="RSP-ENV-014 RSP-ENV-016 RSP-STR-007")
def test_the_status_is_what_the_event_says(exchange: Exchange) -> None:
    """The response in an event SHOULD have the status that the event tells of."""
    for event in of(events(exchange), *LIFECYCLE):
        status = event["response"]["status"]
        assert status in STATUS[event["type"]], f"{event['type']} comes with the status {status!r}"


@check("responses.stream.begins_empty", SHOULD, of=STREAMS, spec="RSP-STR-006 RSP-ENV-022", depth=FULL)
def test_a_response_begins_empty(exchange: Exchange) -> None:
    """The response SHOULD have no output and no usage yet when it begins."""
    for event in of(events(exchange), "response.created", "response.in_progress"):
        one = event["response"]
        assert not one["output"], f"{event['type']} has output already"
        assert not any(value for value in (one.get("usage") or {}).values() if isinstance(value, int)), (
            f"{event['type']} counts tokens already"
        )


@check("responses.stream.usage", SHOULD, of=STREAMS, spec="RSP-STR-024 RSP-ENV-022", depth=SMOKE)
def test_the_last_event_counts_tokens(exchange: Exchange) -> None:
    """The response that a stream ends with SHOULD count its tokens in `usage`."""
    last = finished(exchange)[-1]
    assert last["response"].get("usage") is not None, f"there is no usage in {last['type']}"


@check("responses.stream.usage_shape", MUST, of=STREAMS, spec="RSP-ENV-020 RSP-ENV-023")
def test_the_last_event_counts_right(exchange: Exchange) -> None:
    """The `usage` that a stream ends with MUST have the names and whole numbers of one that is not streamed."""
    exchange.conforms(EVENT, "/response/usage", but=USAGE_DETAILS)
    usage = final(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    total, parts = usage["total_tokens"], usage["input_tokens"] + usage["output_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"
    said = any(event["type"].endswith(".delta") and event.get("delta") for event in finished(exchange))
    assert usage["output_tokens"] or not said, "the answer counts 0 tokens"


@check("responses.stream.usage_details", SHOULD, of=STREAMS, spec="RSP-ENV-020 RSP-ENV-021", depth=FULL)
def test_the_last_event_counts_details(exchange: Exchange) -> None:
    """The `usage` that a stream ends with SHOULD tell `cached_tokens` and `reasoning_tokens`, parts of their totals."""
    exchange.conforms(EVENT, *USAGE_DETAILS)
    usage = final(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    for total, part in (("input_tokens", "cached_tokens"), ("output_tokens", "reasoning_tokens")):
        counted, whole = usage[f"{total}_details"][part], usage[total]
        # That nothing is counted at all has a cell of its own.
        assert counted <= whole or not whole, f"{part} is {counted}, and {total} {whole}"
