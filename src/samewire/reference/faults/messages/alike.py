"""Faults of streams that answer otherwise than whole messages do, and of answers that end otherwise than they say."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.faults.messages.registry import events, fault, messages
from samewire.reference.tokens import tokenize

DELTA = "content_block_delta"


def _speechless(call: Call) -> None:
    call.chunks[:] = [event for event in call.chunks if event.get("delta", {}).get("type") != "text_delta"]


@fault(
    "alike.silent",
    "Streams hold no words.",
    "chunks",
    {"alike.words": "broken", "alike.plain_words": "broken", "stream.no_empty_text": "broken"},
    blocks=("*",),
)
def silent(call: Call) -> None:
    """Say nothing."""
    _speechless(call)


@fault(
    "alike.silent_beside_tools",
    "With tools at hand, streams hold no words.",
    "chunks",
    {"alike.plain_words": "broken", "stream.no_empty_text": "broken"},
    blocks=(
        "alike.together",
        "images.together",
        "system.beside_tools",
    ),
)
def silent_beside_tools(call: Call) -> None:
    """Wait for a call."""
    if call.body.get("tools"):
        _speechless(call)


@fault(
    "alike.blanks_lost",
    "Deltas lose their blanks.",
    "chunks",
    {"alike.whitespace": "broken", "letters.alike": "broken"},
    blocks=("stream.*", "alike.*"),
)
def blanks_lost(call: Call) -> None:
    """Strip every piece."""
    for event in events(call, DELTA):
        if event["delta"]["type"] == "text_delta":
            event["delta"]["text"] = event["delta"]["text"].strip()


@fault(
    "alike.stops_otherwise",
    "Streams always stop with end_turn.",
    "chunks",
    {"limits.stream_stop_reason": "broken", "stops.stream_reason": "broken", "alike.call_stop": "broken"},
    blocks=("alike.cut",),
)
def stops_otherwise(call: Call) -> None:
    """Give one reason."""
    for event in events(call, "message_delta"):
        event["delta"].update(stop_reason="end_turn", stop_sequence=None)


@fault(
    "alike.thoughts_cut",
    "Streams whose thoughts take all of max_tokens stop with end_turn.",
    "chunks",
    {"limits.stream_stop_reason": "broken"},
    blocks=("usage.*", "limits.*", "stops.*", "stream.same_output", "alike.cut"),
    reasoning=40,
)
def thoughts_cut(call: Call) -> None:
    """End the turn where no words came."""
    for event in events(call, "message_delta"):
        if event["delta"]["stop_reason"] == "max_tokens" and not call.answers[0].text:
            event["delta"]["stop_reason"] = "end_turn"


@fault(
    "alike.courteous_stops",
    "A courteous model, and stop sequences that are not told of.",
    "answers",
    {"stops.reason": "broken", "stops.stream_reason": "broken"},
    blocks=("stops.sequence",),
)
def courteous_stops(call: Call) -> None:
    """Say something first, and end the turn."""
    for answer in call.answers:
        if answer.reason == "stop_sequence":
            answer.reason = "end_turn"
            call.notes.pop("stop_sequence", None)
        if answer.text.startswith("1, 2"):
            answer.text = f"Of course! {answer.text}"
            answer.tokens = tokenize(answer.text)


@fault("alike.false_cut", "Whole streams stop with max_tokens.", "chunks", {"alike.stop_reason": "broken"})
def false_cut(call: Call) -> None:
    """Claim to have been cut off."""
    for event in events(call, "message_delta"):
        if event["delta"]["stop_reason"] == "end_turn":
            event["delta"]["stop_reason"] = "max_tokens"


@fault("alike.other_model", "Streams name another model.", "chunks", {"alike.model": "broken"})
def other_model(call: Call) -> None:
    """Name another."""
    for event in events(call, "message_start"):
        event["message"]["model"] = "other-1"


@fault(
    "alike.other_tool",
    "Streamed calls name another tool.",
    "chunks",
    {"alike.calls": "broken"},
    blocks=(
        "alike.*",
        "tool_choice.named_stream",
    ),
)
def other_tool(call: Call) -> None:
    """Call something else."""
    for event in events(call, "content_block_start"):
        if event["content_block"]["type"] == "tool_use":
            event["content_block"]["name"] = "look_up"


@fault(
    "alike.input_lost",
    "Streamed calls have no input.",
    "chunks",
    {"alike.input": "broken", "stream.input_fits": "broken"},
    blocks=("alike.both_inputs",),
)
def input_lost(call: Call) -> None:
    """Fill in nothing."""
    call.chunks[:] = [event for event in call.chunks if event.get("delta", {}).get("type") != "input_json_delta"]


@fault(
    "alike.first_call",
    "Streams hold the first of several calls.",
    "answers",
    {"alike.both": "broken"},
    blocks=("alike.both_inputs",),
)
def first_call(call: Call) -> None:
    """Call once."""
    if call.streamed:
        for answer in call.answers:
            del answer.calls[1:]


@fault(
    "alike.first_turn",
    "After a result, streams call no tool.",
    "answers",
    {"alike.second_turn": "ignored", "tool_choice.named_stream": "ignored"},
)
def first_turn(call: Call) -> None:
    """Call in the first turn alone."""
    if call.streamed and "tool_result" in json.dumps(call.body["messages"]):
        for answer in call.answers:
            if answer.calls:
                answer.calls, answer.text, answer.tokens, answer.reason = [], "Fine.", ["Fine", "."], "end_turn"


@fault(
    "stops.silent",
    "Stopped answers say end_turn.",
    "answers",
    {
        "stops.reason": "broken",
        "stops.stream_reason": "broken",
        "message.stop_sequence": "broken",
        "stream.end_sequence": "broken",
    },
    blocks=("stops.*",),
)
def stops_silent(call: Call) -> None:
    """Don't say why."""
    for answer in call.answers:
        if answer.reason == "stop_sequence":
            answer.reason = "end_turn"


@fault(
    "stops.unnamed",
    "Stopped answers don't name the sequence.",
    "answers",
    {"stops.sequence": "broken", "stops.stream_reason": "broken", "message.stop_sequence": "broken"},
)
def stops_unnamed(call: Call) -> None:
    """Don't say where."""
    call.notes.pop("stop_sequence", None)


@fault(
    "stops.misnamed",
    "Stopped answers name the first sequence that was given.",
    "answers",
    {"stops.sequence": "broken"},
)
def stops_misnamed(call: Call) -> None:
    """Name another."""
    if "stop_sequence" in call.notes:
        call.notes["stop_sequence"] = call.body["stop_sequences"][0]


@fault("stops.trimmed", "Blanks around stop sequences are dropped.", "body", {"stops.stream_reason": "broken"})
def trimmed(call: Call) -> None:
    """Tidy up."""
    if isinstance(call.body.get("stop_sequences"), list):
        call.body["stop_sequences"] = [one.strip() for one in call.body["stop_sequences"]]


@fault(
    "stops.included",
    "Stopped answers hold the sequence.",
    "answers",
    {"stops.honoured": "ignored", "stops.stream": "ignored"},
    blocks=("stops.*",),
)
def stops_included(call: Call) -> None:
    """Stop after it."""
    for answer in call.answers:
        if "stop_sequence" in call.notes:
            answer.text += call.notes["stop_sequence"]
            answer.tokens.append(call.notes["stop_sequence"])


@fault(
    "limits.silent",
    "Cut answers say end_turn.",
    "answers",
    {"limits.stop_reason": "broken", "limits.stream_stop_reason": "broken"},
    blocks=("alike.cut", "limits.cut_call"),
)
def limits_silent(call: Call) -> None:
    """Don't say why."""
    for answer in call.answers:
        if answer.reason == "max_tokens":
            answer.reason = "end_turn"


@fault(
    "letters.lost",
    "Letters beyond the first plane are lost in streams.",
    "chunks",
    {"letters.streamed": "broken"},
    blocks=("letters.alike", "parameters.format"),
)
def letters_lost(call: Call) -> None:
    """Cut letters by bytes."""
    for event in events(call, DELTA):
        if event["delta"]["type"] == "text_delta":
            event["delta"]["text"] = "".join(
                "\ufffd" if letter > "\uffff" else letter for letter in event["delta"]["text"]
            )


@fault(
    "letters.lost_whole",
    "Letters beyond the first plane are lost.",
    "document",
    {"letters.whole": "broken"},
    blocks=(
        "letters.streamed",
        "letters.alike",
        "parameters.whole_format",
    ),
)
def letters_lost_whole(call: Call) -> None:
    """Cut letters by bytes."""
    for message in messages(call):
        for block in message["content"]:
            if block["type"] == "text":
                block["text"] = "".join("\ufffd" if letter > "\uffff" else letter for letter in block["text"])


@fault(
    "letters.halves",
    "Letters are cut in two.",
    "events",
    {"letters.surrogates": "broken", "parameters.format": "ignored"},
    blocks=("letters.*",),
)
def letters_halves(call: Call) -> None:
    """Write half of each pair."""
    for place, event in enumerate(call.chunks):
        if "\U0001f389" in str(event.get("delta")):
            written = json.dumps(event).replace("\\ud83c\\udf89", "\\ud83c")
            call.events[place] = f"event: {event['type']}\ndata: {written}\n\n".encode()


@fault(
    "stops.leaked",
    "Streams send the beginning of a stop sequence.",
    "answers",
    {"stops.stream": "broken"},
    blocks=("stops.*",),
)
def stops_leaked(call: Call) -> None:
    """Stop too late."""
    if call.streamed and "stop_sequence" in call.notes:
        for answer in call.answers:
            answer.text += call.notes["stop_sequence"][:2]
            answer.tokens.append(call.notes["stop_sequence"][:2])
