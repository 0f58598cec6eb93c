"""The events of a stream: what each of them holds, judged over every stream of the run."""

from __future__ import annotations

from itertools import pairwise

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Every, Exchange, Steps, check, observed, scenario, seen

from .reading import EVENT, assembled, deltas, ended, events, stream_reason, streamed_calls
from .requests import CALL_STREAMS, CUT_BESIDE, CUT_STREAM, STREAM, STREAMS


@check("messages.stream.start_shape", MUST, of=STREAMS, spec="MSG-STR-004", depth=SMOKE)
def test_the_start_holds_a_message(exchange: Exchange) -> None:
    """A `message_start` MUST hold a `message` with `id`, `type`, `role` and `model`."""
    exchange.conforms(EVENT, "/message", but=tuple(f"/message/{one}" for one in ("content", "usage", "stop_reason")))


@check("messages.stream.start_content", MUST, of=STREAMS, spec="MSG-STR-004", depth=SMOKE)
def test_the_start_is_empty(exchange: Exchange) -> None:
    """The message of a `message_start` MUST have an empty array for `content`."""
    exchange.conforms(EVENT, "/message/content")


@check("messages.stream.start_usage", MUST, of=STREAMS, spec="MSG-STR-004 MSG-ENV-006", depth=SMOKE)
def test_the_start_has_usage(exchange: Exchange) -> None:
    """The message of a `message_start` MUST have `usage` with `input_tokens` and `output_tokens`."""
    exchange.conforms(EVENT, "/message/usage")


@check("messages.stream.start_stop", MUST, of=STREAMS, spec="MSG-STR-004")
def test_the_start_has_no_end(exchange: Exchange) -> None:
    """The message of a `message_start` MUST have null for `stop_reason`: the end is not known yet."""
    exchange.conforms(EVENT, "/message/stop_reason")


@check("messages.stream.index", MUST, of=STREAMS, spec="MSG-STR-005 MSG-STR-006", depth=SMOKE)
def test_an_index_is_a_number(exchange: Exchange) -> None:
    """The events of a block MUST have its `index`, a whole number."""
    exchange.conforms(EVENT, "/index")


@check("messages.stream.block", MUST, of=STREAMS, spec="MSG-STR-005 MSG-STR-008 MSG-STR-009", depth=SMOKE)
def test_a_block_begins_whole(exchange: Exchange) -> None:
    """A `content_block_start` MUST hold a `content_block` with its `type` and the members of that type."""
    exchange.conforms(EVENT, "/content_block")


@check("messages.stream.delta", MUST, of=STREAMS, spec="MSG-STR-008 MSG-STR-010 MSG-STR-011", depth=SMOKE)
def test_a_delta_has_its_shape(exchange: Exchange) -> None:
    """A `content_block_delta` MUST hold a `delta` with its `type` and what is new, a string."""
    exchange.conforms(EVENT, "/delta", but=("/delta/stop_reason", "/delta/stop_sequence"))


@check("messages.stream.end_shape", MUST, of=STREAMS, spec="MSG-STR-014 MSG-ENV-004", depth=SMOKE)
def test_the_end_has_its_shape(exchange: Exchange) -> None:
    """A `message_delta` MUST tell a documented `stop_reason`."""
    exchange.conforms(EVENT, "/delta/stop_reason", "/delta/stop_sequence")


@check("messages.stream.end_usage", MUST, of=STREAMS, spec="MSG-STR-014", depth=SMOKE)
def test_the_end_has_usage(exchange: Exchange) -> None:
    """A `message_delta` MUST have `usage` with `output_tokens`, a whole number."""
    exchange.conforms(EVENT, "/usage")


@check("messages.stream.end_sequence", SHOULD, of=STREAMS, spec="MSG-STR-014 MSG-ENV-005")
def test_the_end_tells_a_sequence_only_if_it_stopped_at_one(exchange: Exchange) -> None:
    """A stream SHOULD tell a `stop_sequence` only where its `stop_reason` is `stop_sequence`, else null."""
    told, reason = ended(exchange)["delta"].get("stop_sequence"), stream_reason(exchange)
    assert told is None or reason == "stop_sequence", f"`stop_sequence` is {told!r}, `stop_reason` {reason!r}"


@scenario(STREAM, CUT_BESIDE, spare=(CUT_STREAM,))
def two_streams() -> Steps:
    """Two streams."""
    yield STREAM
    second: Exchange = yield CUT_BESIDE
    if not second.ok:
        yield CUT_STREAM


@check("messages.stream.unique_id", SHOULD, of=two_streams, spec="MSG-STR-004 MSG-ENV-001", depth=FULL)
def test_streams_have_ids_of_their_own(exchange: Exchange) -> None:
    """Two streams SHOULD NOT have the same message `id`."""
    every = [event for one in (exchange.before[0], exchange) for event in events(one)]
    ids = [event["message"]["id"] for event in every if event["type"] == "message_start"]
    seen(len(ids) == 2, "a stream has no message_start, or several")
    assert len(set(ids)) == len(ids), f"two streams have the id {ids[0]!r}"


@check("messages.stream.empty_text", MUST, of=STREAMS, spec="MSG-STR-008 MSG-STR-011")
def test_text_begins_empty(exchange: Exchange) -> None:
    """A block of text or of thinking MUST begin with an empty string: clients read the deltas alone."""
    starts = [one["content_block"] for one in events(exchange) if one["type"] == "content_block_start"]
    said = [block[kind] for block in starts for kind in ("text", "thinking") if block["type"] == kind]
    full = [one for one in said if one]
    assert not full, f"a block begins with {full[0][:40]!r}"


@check("messages.stream.empty_input", MUST, of=CALL_STREAMS, spec="MSG-STR-009")
def test_input_begins_empty(exchange: Exchange) -> None:
    """A call MUST begin with an empty object for `input`, which the deltas then fill."""
    starts = [one["content_block"] for one in events(exchange) if one["type"] == "content_block_start"]
    made = [block for block in starts if block["type"] == "tool_use"]
    seen(made, "no tool was called")
    full = [dict(block["input"]) for block in made if block["input"]]
    assert not full, f"a call begins with the input {str(full[0])[:60]}"


@check("messages.stream.unique_ids", SHOULD, of=CALL_STREAMS, spec="MSG-STR-009 MSG-BLK-007")
def test_streamed_calls_have_ids_of_their_own(exchange: Exchange) -> None:
    """The ids of the calls of a stream SHOULD differ: results are matched by them."""
    ids = [head["id"] for head, _ in streamed_calls(exchange) if head]
    seen(ids, "no tool was called")
    assert len(set(ids)) == len(ids), f"{len(ids)} calls have {len(set(ids))} ids"


@check("messages.stream.unbroken", MUST, of=STREAMS, spec="MSG-STR-014 MSG-STR-019")
def test_a_stream_does_not_break_off(exchange: Exchange) -> None:
    """A stream MUST NOT break off with an error each time it is asked for."""
    if exchange.ok and exchange.stream_error is not None and exchange.chunk_count:
        if not exchange.persistent:
            observed("a stream broke off with an error")
        raise Broken(f"broke off with {str(exchange.stream_error)[:120]} each time", causes={"broken off"})


#: So many letters nobody says twice in a row by chance.
LONG = 24


@check("messages.stream.fragments", MUST, of=STREAMS, spec="MSG-STR-008")
def test_deltas_are_fragments(exchange: Exchange) -> None:
    """Deltas MUST be what is new, not all that was said so far: clients join them."""
    for _, parts in assembled(exchange):
        said = ""
        for one in parts:
            more = one.get("text") if one["type"] == "text_delta" else one.get("thinking")
            again = isinstance(more, str) and len(said) >= LONG and more.startswith(said)
            assert not again, f"a delta repeats all that its block said before: {said[:60]!r}"
            said += more if isinstance(more, str) else ""
    texts = [delta["text"] for delta in deltas(exchange, "text_delta") if delta["text"]]
    seen(len(texts) >= 4, "too few deltas to tell")
    growing = all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert not growing or len(set(texts)) == 1, "every delta repeats all that was said before"


BROKEN_OFF = Every(witness=(STREAM,), path="messages", streamed=True)


@check("messages.stream.error", MUST, of=BROKEN_OFF, spec="MSG-STR-019", depth=FULL, rare=True)
def test_an_error_in_a_stream_has_its_shape(exchange: Exchange) -> None:
    """A stream that breaks off MUST say so in an event named `error`, whose data is an error of Anthropic's shape."""
    told = [
        (value, event)
        for value, event in exchange.payloads()
        if isinstance(value, dict) and (value.get("error") or value.get("type") == "error")
    ]
    seen(told, "no stream broke off, or not each time")
    value, event = told[0]
    assert event.name == "error", f"the event is named {event.name!r}"
    inner = value.get("error")
    assert value.get("type") == "error", f"the type of the data is {value.get('type')!r}"
    assert isinstance(inner, dict), f"`error` is {inner!r:.60}"
    for name in ("type", "message"):
        assert isinstance(inner.get(name), str), f"`error.{name}` is {inner.get(name)!r:.60}"
        assert inner[name], f"`error.{name}` is empty"
