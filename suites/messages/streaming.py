"""A stream as a state machine: in which order its events come, judged over every stream of the run."""

from __future__ import annotations

from samewire import MUST, SHOULD, SMOKE, Broken, Exchange, Unsupported, check, seen

from .reading import deltas, ended, events, parsed, streamed_calls
from .requests import CALL_STREAMS, STREAM, STREAMS

START, DELTA, STOP = "content_block_start", "content_block_delta", "content_block_stop"
#: Which deltas belong to which block; nothing is said of blocks that aren't named here.
FITTING = {
    "text": ("text_delta", "citations_delta"),
    "tool_use": ("input_json_delta",),
    "thinking": ("thinking_delta", "signature_delta"),
}
KNOWN = {kind for kinds in FITTING.values() for kind in kinds}


def course(exchange: Exchange) -> list[tuple[str, int]]:
    """The types of a stream's events in order, each with the index of its block or -1."""
    return [(one["type"], one["index"] if one["type"] in (START, DELTA, STOP) else -1) for one in events(exchange)]


def indexes(exchange: Exchange, kind: str) -> list[int]:
    """The indexes of the events of a type."""
    return [index for name, index in course(exchange) if name == kind]


@check("messages.stream.start", MUST, of=STREAMS, spec="MSG-STR-003", depth=SMOKE)
def test_a_stream_begins_with_its_message(exchange: Exchange) -> None:
    """The first event but pings MUST be `message_start`: without it official clients fail."""
    first = events(exchange)[0]["type"]
    if first != "message_start":
        raise Broken(f"the first event is {first!r}", causes={"no message_start"})


@check("messages.stream.start_once", MUST, of=STREAMS, spec="MSG-STR-003")
def test_a_message_starts_once(exchange: Exchange) -> None:
    """A stream MUST have exactly one `message_start`: a second begins the message anew."""
    starts = sum(event["type"] == "message_start" for event in events(exchange))
    seen(starts, "there is no message_start")
    assert starts == 1, f"there are {starts} message_start"


@check("messages.stream.block_start", MUST, of=STREAMS, spec="MSG-STR-005", depth=SMOKE)
def test_a_block_begins_before_its_deltas(exchange: Exchange) -> None:
    """A block MUST begin with `content_block_start` before its deltas: clients look it up by its index."""
    begun: set[int] = set()
    for name, index in course(exchange):
        if name == START:
            begun.add(index)
        if name in (DELTA, STOP):
            assert index in begun, f"a {name} of block {index} comes, which did not begin"


@check("messages.stream.indexes", MUST, of=STREAMS, spec="MSG-STR-006", depth=SMOKE)
def test_indexes_count_from_zero(exchange: Exchange) -> None:
    """The indexes of the blocks of a message MUST count from 0, one by one, in the order they begin."""
    found = indexes(exchange, START)
    seen(found, "no block began")
    assert found == list(range(len(found))), f"the blocks have the indexes {', '.join(map(str, found))}"


@check("messages.stream.one_at_a_time", SHOULD, of=STREAMS, spec="MSG-STR-007")
def test_blocks_do_not_overlap(exchange: Exchange) -> None:
    """A block SHOULD end before the next begins."""
    seen(len(indexes(exchange, START)) > 1, "no stream holds two blocks")
    stopped = set(indexes(exchange, STOP))
    begun: set[int] = set()
    for name, index in course(exchange):
        if name == START:
            assert not begun & stopped, f"block {index} begins before block {min(begun & stopped)} ends"
            begun.add(index)
        if name == STOP:
            begun.discard(index)


@check("messages.stream.block_stop", SHOULD, of=STREAMS, spec="MSG-STR-013")
def test_every_block_ends(exchange: Exchange) -> None:
    """Every block that began SHOULD end with one `content_block_stop`."""
    ended(exchange)
    begun, stopped = indexes(exchange, START), indexes(exchange, STOP)
    for index in dict.fromkeys(begun):
        times = stopped.count(index)
        assert times == 1, f"block {index} ends {times} times"


@check("messages.stream.closed_blocks", MUST, of=STREAMS, spec="MSG-STR-007 MSG-STR-013")
def test_no_delta_follows_the_end_of_its_block(exchange: Exchange) -> None:
    """No delta of a block MUST come after its `content_block_stop`: clients have put it away."""
    stopped: set[int] = set()
    for name, index in course(exchange):
        if name == STOP:
            stopped.add(index)
        if name == DELTA:
            assert index not in stopped, f"a delta of block {index} comes after its end"


@check("messages.stream.delta_fits", MUST, of=STREAMS, spec="MSG-STR-008 MSG-STR-009 MSG-STR-011", depth=SMOKE)
def test_deltas_fit_their_block(exchange: Exchange) -> None:
    """A delta MUST fit its block: `text_delta` a text, `input_json_delta` a call, `thinking_delta` a thought."""
    begun: dict[int, str] = {}
    for event in events(exchange):
        if event["type"] == START:
            begun[event["index"]] = event["content_block"]["type"]
        elif event["type"] == DELTA and event["index"] in begun:
            block, kind = begun[event["index"]], event["delta"]["type"]
            fits = kind not in KNOWN or block not in FITTING or kind in FITTING[block]
            assert fits, f"a {kind} comes for a block of the type {block!r}"


@check("messages.stream.end", MUST, of=STREAMS, spec="MSG-STR-014", depth=SMOKE)
def test_a_stream_says_why_it_ends(exchange: Exchange) -> None:
    """A stream MUST have a `message_delta`, the last of which tells the `stop_reason`, and none another one."""
    if not any(event["type"] == "message_delta" for event in events(exchange)):
        raise Broken("there is no message_delta", causes={"unfinished stream"})
    told = ended(exchange)["delta"]
    assert told.get("stop_reason") is not None, "the last message_delta tells no stop_reason"
    every = [event["delta"].get("stop_reason") for event in events(exchange) if event["type"] == "message_delta"]
    odd = [reason for reason in every if reason not in (None, told["stop_reason"])]
    assert not odd, f"a message_delta stops with {odd[0]!r}, the last with {told['stop_reason']!r}"


@check("messages.stream.end_order", MUST, of=STREAMS, spec="MSG-STR-014 MSG-STR-007")
def test_the_end_comes_after_all_blocks(exchange: Exchange) -> None:
    """No event of a block MUST come after the `message_delta` that tells the `stop_reason`."""
    over = False
    for event in events(exchange):
        assert not (over and event["type"] in (START, DELTA, STOP)), f"a {event['type']} comes after message_delta"
        over = over or (event["type"] == "message_delta" and event["delta"].get("stop_reason") is not None)


@check("messages.stream.stop", SHOULD, of=STREAMS, spec="MSG-STR-017", depth=SMOKE)
def test_a_stream_ends_with_message_stop(exchange: Exchange) -> None:
    """The last event SHOULD be one `message_stop`."""
    ended(exchange)
    kinds = [event["type"] for event in events(exchange)]
    last = exchange.events()[-1]
    seen((last.name, (last.data or "").strip()) != ("message_stop", "{}"), "the end has no type, which has a cell")
    assert "message_stop" in kinds, f"there is no message_stop: the last event is {kinds[-1]!r}"
    assert kinds[-1] == "message_stop", f"a {kinds[-1]} comes after message_stop"
    assert kinds.count("message_stop") == 1, f"there are {kinds.count('message_stop')} message_stop"


@check("messages.stream.input", MUST, of=CALL_STREAMS, spec="MSG-STR-009 MSG-STR-010")
def test_fragments_make_an_input(exchange: Exchange) -> None:
    """The fragments of a call's input MUST make a JSON object when joined, or be empty, unless the limit cut it off."""
    made = streamed_calls(exchange)
    seen(made and ended(exchange)["delta"].get("stop_reason") != "max_tokens", "no tool was called")
    for _, said in made:
        quoted = repr(said) if len(said) <= 80 else f"{said[:40]!r} … {said[-40:]!r}"
        assert not said.strip() or isinstance(parsed(said), dict), f"the input is no JSON object: {quoted}"


@check("messages.stream.pieces", SHOULD, of=STREAM, spec="MSG-STR-008 SSE-021")
def test_an_answer_comes_in_pieces(exchange: Exchange) -> None:
    """A long answer SHOULD come in several deltas, not whole."""
    texts = [delta["text"] for delta in deltas(exchange, "text_delta") if delta["text"]]
    seen(len("".join(texts)) >= 40, "the answer is too short to tell")
    if len(texts) == 1:
        raise Unsupported(f"an answer of {len(texts[0])} characters came in one delta", reason="not offered")
