"""Faults of what a stream's deltas make when they are put together."""

from __future__ import annotations

import copy
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import events, fault

DELTA = "content_block_delta"
ALL = ("*",)


@fault(
    "stream.grows",
    "Deltas repeat all that was said.",
    "chunks",
    {"stream.fragments": "broken", "parameters.format": "ignored"},
    blocks=ALL,
)
def grows(call: Call) -> None:
    """Say it all again."""
    said = ""
    for event in events(call, DELTA):
        if event["delta"]["type"] == "text_delta":
            said += event["delta"]["text"]
            event["delta"]["text"] = said


@fault(
    "stream.thought_again",
    "What was thought comes in pieces, and then whole once more.",
    "chunks",
    {"stream.fragments": "broken"},
)
def thought_again(call: Call) -> None:
    """Say it all again, at last."""
    said: dict[int, str] = {}
    for event in events(call, DELTA):
        said[event["index"]] = said.get(event["index"], "") + event["delta"].get("thinking", "")
    told: list[dict[str, Any]] = []
    for event in call.chunks:
        signed = (event.get("delta") or {}).get("type") == "signature_delta"
        whole = said.pop(event["index"], "") if signed else ""
        if whole:
            told.append({**event, "type": DELTA, "delta": {"type": "thinking_delta", "thinking": whole}})
        told.append(event)
    call.chunks[:] = told


@fault("stream.thought_twice", "Streamed thoughts are told in the text, too.", "chunks", {"stream.no_marks": "broken"})
def thought_twice(call: Call) -> None:
    """Think aloud."""
    thought = ""
    for event in events(call, DELTA):
        delta = event["delta"]
        thought += delta.get("thinking", "")
        if thought and delta["type"] == "text_delta":
            delta["text"], thought = f"{thought}\n{delta['text']}", ""


@fault(
    "stream.text_after_thought",
    "In streams, text that comes after a thought has no beginning.",
    "chunks",
    {"stream.block_start": "broken"},
    blocks=("thinking.taken_back",),
)
def text_after_thought(call: Call) -> None:
    """Begin a block where a stream begins, and where a tool is called."""
    starts = events(call, "content_block_start")
    if any(one["content_block"]["type"] == "thinking" for one in starts):
        call.chunks = [one for one in call.chunks if one not in starts or one["content_block"]["type"] != "text"]


@fault(
    "stream.whole",
    "An answer comes in one delta.",
    "chunks",
    {"stream.pieces": "unsupported"},
    blocks=("stream.fragments",),
)
def whole(call: Call) -> None:
    """Say it at once."""
    texts = [event for event in events(call, DELTA) if event["delta"]["type"] == "text_delta"]
    if texts:
        texts[0]["delta"]["text"] = "".join(event["delta"]["text"] for event in texts)
        call.chunks[:] = [event for event in call.chunks if event not in texts[1:] or event is texts[0]]


@fault(
    "stream.input_invalid",
    "The fragments of an input make no JSON.",
    "chunks",
    {"stream.input": "broken"},
    blocks=("alike.*",),
)
def input_invalid(call: Call) -> None:
    """Lose the last piece."""
    for event in events(call, DELTA):
        if event["delta"].get("partial_json") == "}":
            event["delta"]["partial_json"] = ""


@fault(
    "stream.input_repeated",
    "Every fragment of an input repeats all before.",
    "chunks",
    {"stream.input": "broken"},
    blocks=("alike.*",),
)
def input_repeated(call: Call) -> None:
    """Say it all again."""
    said = ""
    for event in events(call, DELTA):
        if event["delta"]["type"] == "input_json_delta":
            said += event["delta"]["partial_json"]
            event["delta"]["partial_json"] = said


@fault(
    "stream.unsigned",
    "Streamed thoughts are not signed.",
    "chunks",
    {"thinking.signed_stream": "broken"},
    blocks=("thinking.signed_alike",),
)
def unsigned(call: Call) -> None:
    """Leave the signature out."""
    call.chunks[:] = [event for event in call.chunks if event.get("delta", {}).get("type") != "signature_delta"]


@fault(
    "stream.signed_first",
    "A streamed thought is signed before it is told.",
    "chunks",
    {"thinking.signed_stream": "broken"},
)
def signed_first(call: Call) -> None:
    """Sign too soon."""
    for place, event in enumerate(call.chunks):
        if event.get("delta", {}).get("type") == "signature_delta":
            call.chunks.insert(
                next(n for n, one in enumerate(call.chunks) if one["type"] == DELTA), call.chunks.pop(place)
            )
            return


@fault(
    "stream.signed_in_pieces",
    "The signature of a streamed thought comes in two pieces.",
    "chunks",
    {"thinking.signed_stream": "broken"},
)
def signed_in_pieces(call: Call) -> None:
    """Sign as one tells."""
    for place, event in enumerate(call.chunks):
        if event.get("delta", {}).get("type") == "signature_delta":
            whole = event["delta"]["signature"]
            halves = (whole[: len(whole) // 2], whole[len(whole) // 2 :])
            call.chunks[place : place + 1] = [
                {**event, "delta": {**event["delta"], "signature": one}} for one in halves
            ]
            return


@fault(
    "stream.no_thoughts", "Streams hold no thoughts.", "answers", {"thinking.stream": "ignored"}, blocks=("thinking.*",)
)
def no_thoughts(call: Call) -> None:
    """Think in silence."""
    if call.streamed:
        for answer in call.answers:
            answer.thought = 0


@fault("stream.sequence_empty", "Streams tell an empty stop_sequence.", "chunks", {"stream.end_sequence": "broken"})
def sequence_empty(call: Call) -> None:
    """Say nothing, in words."""
    for event in events(call, "message_delta"):
        if event["delta"]["stop_sequence"] is None:
            event["delta"]["stop_sequence"] = ""


@fault("stream.id_constant", "All streams have one message id.", "chunks", {"stream.unique_id": "broken"})
def id_constant(call: Call) -> None:
    """Name them alike."""
    for event in events(call, "message_start"):
        event["message"]["id"] = "msg_1"


def _texts(call: Call) -> list[dict[str, Any]]:
    return [event for event in events(call, DELTA) if event["delta"]["type"] == "text_delta"]


@fault(
    "stream.first_lost",
    "The first delta of a text is lost.",
    "chunks",
    {"alike.pieces": "broken", "parameters.format": "ignored", "images.together": "ignored"},
    blocks=ALL,
)
def first_lost(call: Call) -> None:
    """Lose the first piece."""
    if len(_texts(call)) > 1:
        call.chunks.remove(_texts(call)[0])


@fault(
    "stream.last_lost",
    "The last delta of a text is lost.",
    "chunks",
    {"alike.pieces": "broken", "parameters.format": "ignored"},
    blocks=ALL,
)
def last_lost(call: Call) -> None:
    """Lose the last piece."""
    if len(_texts(call)) > 8:
        call.chunks.remove(_texts(call)[-1])


@fault(
    "stream.doubled",
    "A delta of a long text comes twice.",
    "chunks",
    {"alike.pieces": "broken", "letters.alike": "broken"},
    blocks=ALL,
)
def doubled(call: Call) -> None:
    """Say it again."""
    if len(_texts(call)) > 40:
        place = call.chunks.index(_texts(call)[20])
        call.chunks[place:place] = [copy.deepcopy(call.chunks[place]), copy.deepcopy(call.chunks[place + 1])]
