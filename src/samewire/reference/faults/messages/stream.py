"""Faults of streams: events missing, doubled, out of order, or saying something else."""

from __future__ import annotations

import copy

from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import events, fault

START, DELTA, STOP = "content_block_start", "content_block_delta", "content_block_stop"
ALL = ("*",)


@fault(
    "stream.start_input_zero",
    "message_start counts 0 input tokens; the end has the true count.",
    "chunks",
    {"stream.start_input": "broken"},
    blocks=("stream.end_input",),
    known=("anth-message_start-input-zero",),
)
def start_input_zero(call: Call) -> None:
    """Count the prompt later."""
    for event in events(call, "message_start"):
        event["message"]["usage"]["input_tokens"] = 0


@fault(
    "stream.input_nowhere",
    "The start counts 0 input tokens, and the end none.",
    "chunks",
    {"stream.start_input": "broken"},
    blocks=(
        "stream.end_input",
        "stream.same_input",
        "stream.same_conversation",
        "usage.turns",
        "results.as_words",
    ),
    known=("anth-delta-usage-no-input",),
)
def input_nowhere(call: Call) -> None:
    """Never count the prompt."""
    start_input_zero(call)
    for event in events(call, "message_delta"):
        event["usage"] = {"output_tokens": event["usage"]["output_tokens"]}


@fault(
    "stream.end_input_zero",
    "The end counts 0 input tokens.",
    "chunks",
    {"stream.end_input": "broken"},
    blocks=(
        "stream.same_input",
        "stream.same_conversation",
        "usage.turns",
    ),
)
def end_input_zero(call: Call) -> None:
    """Forget the prompt."""
    for event in events(call, "message_delta"):
        event["usage"]["input_tokens"] = 0


@fault(
    "stream.other_input",
    "Streams count another prompt.",
    "chunks",
    {"stream.same_input": "broken"},
    blocks=("stream.same_conversation",),
)
def other_input(call: Call) -> None:
    """Count a few tokens more."""
    for event in events(call, "message_start"):
        event["message"]["usage"]["input_tokens"] += 7
    for event in events(call, "message_delta"):
        event["usage"]["input_tokens"] += 7


@fault(
    "stream.output_one",
    "The end counts one token.",
    "chunks",
    {"stream.end_output": "broken", "stream.same_output": "broken", "thinking.counted_stream": "broken"},
    blocks=("alike.cut",),
)
def output_one(call: Call) -> None:
    """Count what is new."""
    for event in events(call, "message_delta"):
        event["usage"]["output_tokens"] = 1


@fault(
    "stream.output_doubled",
    "The end counts each token twice.",
    "chunks",
    {"stream.same_output": "broken"},
    blocks=("stream.end_output", "alike.cut"),
)
def output_doubled(call: Call) -> None:
    """Count twice."""
    for event in events(call, "message_delta"):
        event["usage"]["output_tokens"] *= 2


@fault("stream.output_shrinks", "The end counts less than the start.", "chunks", {"stream.cumulative": "broken"})
def output_shrinks(call: Call) -> None:
    """Count too much at first."""
    for event in events(call, "message_start"):
        event["message"]["usage"]["output_tokens"] = 4096


@fault(
    "stream.output_increments",
    "Two message_delta count what is new.",
    "chunks",
    {
        "stream.cumulative": "broken",
        "stream.end_output": "broken",
        "stream.same_output": "broken",
        "thinking.counted_stream": "broken",
    },
    blocks=("alike.cut",),
)
def output_increments(call: Call) -> None:
    """Count in two parts."""
    for place, event in enumerate(list(call.chunks)):
        if event["type"] == "message_delta":
            first = copy.deepcopy(event)
            first["delta"]["stop_reason"] = None
            first["usage"]["output_tokens"] -= 1
            event["usage"]["output_tokens"] = 1
            call.chunks.insert(place, first)
            return


def _drop(call: Call, *kinds: str) -> None:
    call.chunks[:] = [event for event in call.chunks if event["type"] not in kinds]


@fault("stream.no_start", "Streams have no message_start.", "chunks", {"stream.start": "broken"}, blocks=ALL)
def no_start(call: Call) -> None:
    """Begin in the middle."""
    _drop(call, "message_start")


@fault(
    "stream.two_starts",
    "message_start comes twice.",
    "chunks",
    {"stream.start_once": "broken"},
    blocks=("stream.unique_id",),
    known=("anth-duplicate-message_start",),
)
def two_starts(call: Call) -> None:
    """Begin again."""
    call.chunks.insert(1, copy.deepcopy(call.chunks[0]))


@fault("stream.late_start", "A block begins before the message.", "chunks", {"stream.start": "broken"})
def late_start(call: Call) -> None:
    """Begin with the second."""
    call.chunks[0], call.chunks[1] = call.chunks[1], call.chunks[0]


@fault(
    "stream.no_block_start",
    "Blocks don't begin.",
    "chunks",
    {"stream.block_start": "broken"},
    blocks=ALL,
    known=("anth-content_block_start-missing",),
)
def no_block_start(call: Call) -> None:
    """Leave the beginnings out."""
    _drop(call, START)


@fault(
    "stream.block_in_delta",
    "The block that begins stands in `delta`.",
    "chunks",
    {"stream.block": "broken"},
    blocks=ALL,
    known=("anth-content_block-type-in-delta",),
)
def block_in_delta(call: Call) -> None:
    """Name it otherwise."""
    for event in events(call, START):
        event["delta"] = event.pop("content_block")


@fault("stream.from_one", "Indexes count from 1.", "chunks", {"stream.indexes": "broken"})
def from_one(call: Call) -> None:
    """Count as people do."""
    for event in events(call, START, DELTA, STOP):
        event["index"] += 1


@fault(
    "stream.index_constant",
    "All blocks have the index 0.",
    "chunks",
    {"stream.indexes": "broken", "stream.block_stop": "broken", "stream.closed_blocks": "broken"},
    blocks=ALL,
)
def index_constant(call: Call) -> None:
    """Don't count."""
    for event in events(call, START, DELTA, STOP):
        event["index"] = 0


@fault("stream.index_jumps", "Indexes jump by two.", "chunks", {"stream.indexes": "broken"})
def index_jumps(call: Call) -> None:
    """Count every second."""
    for event in events(call, START, DELTA, STOP):
        event["index"] *= 2


@fault(
    "stream.delta_index_off",
    "Deltas have the index of the next block.",
    "chunks",
    {"stream.block_start": "broken"},
    blocks=ALL,
)
def delta_index_off(call: Call) -> None:
    """Count deltas from 1."""
    for event in events(call, DELTA):
        event["index"] += 1


@fault("stream.overlap", "A block ends after the next began.", "chunks", {"stream.one_at_a_time": "broken"})
def overlap(call: Call) -> None:
    """Put ends behind."""
    for place in range(len(call.chunks) - 1):
        if call.chunks[place]["type"] == STOP and call.chunks[place + 1]["type"] == START:
            call.chunks[place], call.chunks[place + 1] = call.chunks[place + 1], call.chunks[place]


@fault(
    "stream.stops_at_end",
    "All blocks end at the end.",
    "chunks",
    {"stream.one_at_a_time": "broken"},
    known=("anth-block-not-closed",),
)
def stops_at_end(call: Call) -> None:
    """Gather the ends."""
    stops = events(call, STOP)
    kept = [event for event in call.chunks if event["type"] != STOP]
    place = next(index for index, event in enumerate(kept) if event["type"] == "message_delta")
    call.chunks[:] = [*kept[:place], *stops, *kept[place:]]


@fault(
    "stream.no_block_stop",
    "Blocks don't end.",
    "chunks",
    {"stream.block_stop": "broken"},
    known=("anth-block-not-closed",),
)
def no_block_stop(call: Call) -> None:
    """Leave the ends out."""
    _drop(call, STOP)


@fault("stream.two_block_stops", "Blocks end twice.", "chunks", {"stream.block_stop": "broken"})
def two_block_stops(call: Call) -> None:
    """End again."""
    call.chunks[:] = [
        one for event in call.chunks for one in ([event, dict(event)] if event["type"] == STOP else [event])
    ]


@fault(
    "stream.early_stop",
    "A block ends before its last delta.",
    "chunks",
    {"stream.closed_blocks": "broken"},
    blocks=("stream.*",),
)
def early_stop(call: Call) -> None:
    """End too soon."""
    for place in range(1, len(call.chunks)):
        if call.chunks[place]["type"] == STOP and call.chunks[place - 1]["type"] == DELTA:
            call.chunks[place], call.chunks[place - 1] = call.chunks[place - 1], call.chunks[place]


@fault(
    "stream.thought_as_text",
    "Thoughts come for a block of text.",
    "chunks",
    {"stream.delta_fits": "broken"},
    blocks=("thinking.*",),
    known=("anth-thinking-delta-in-text-block",),
)
def thought_as_text(call: Call) -> None:
    """Begin thoughts as text."""
    for event in events(call, START):
        if event["content_block"]["type"] == "thinking":
            event["content_block"] = {"type": "text", "text": ""}


@fault(
    "stream.call_as_text", "The input of calls comes as text.", "chunks", {"stream.delta_fits": "broken"}, blocks=ALL
)
def call_as_text(call: Call) -> None:
    """Speak the input."""
    for event in events(call, DELTA):
        if event["delta"]["type"] == "input_json_delta":
            event["delta"] = {"type": "text_delta", "text": event["delta"]["partial_json"]}


@fault("stream.no_end", "Streams have no message_delta.", "chunks", {"stream.end": "broken"}, blocks=ALL)
def no_end(call: Call) -> None:
    """Never say why."""
    _drop(call, "message_delta")


@fault("stream.early_end", "message_delta comes before the last block.", "chunks", {"stream.end_order": "broken"})
def early_end(call: Call) -> None:
    """Say why too soon."""
    end = events(call, "message_delta")
    place = next(index for index, event in enumerate(call.chunks) if event["type"] == START)
    _drop(call, "message_delta")
    call.chunks[place:place] = end


@fault(
    "stream.no_stop",
    "Streams have no message_stop.",
    "chunks",
    {"stream.stop": "broken"},
    blocks=(
        "stream.closes",
        "stream.no_bare_done",
    ),
)
def no_stop(call: Call) -> None:
    """Never end."""
    _drop(call, "message_stop")


@fault("stream.two_stops", "message_stop comes twice.", "chunks", {"stream.stop": "broken"})
def two_stops(call: Call) -> None:
    """End again."""
    call.chunks.append({"type": "message_stop"})


@fault("stream.stop_first", "message_stop comes before message_delta.", "chunks", {"stream.stop": "broken"})
def stop_first(call: Call) -> None:
    """End too soon."""
    call.chunks[-1], call.chunks[-2] = call.chunks[-2], call.chunks[-1]
