"""Faults of conduct: answers that mix, streams that are kept back, calls whose arguments nobody can put together."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, of, renumber

ARGUMENTS = "response.function_call_arguments."


@fault(
    "responses_conduct.cross_talk",
    "Words of one answer stray into the next.",
    "answers",
    {"responses.conduct.apart": "broken"},
    known=("conc-cross-talk-kv", "conc-responses-interleaved"),
)
def cross_talk(call: Call) -> None:
    """Mix the answers up."""
    if "code word" in json.dumps(call.body.get("input")):
        for answer in call.answers:
            before = call.memory.get("said", "")
            call.memory["said"] = answer.text
            answer.text += f" {before}"


@fault(
    "responses_conduct.kept_back",
    "A stream is kept until it is whole.",
    "events",
    {"responses.stream.flushed": "broken"},
    known=("stream-buffered",),
    pace=0.03,
)
def kept_back(call: Call) -> None:
    """Keep it all back."""
    call.notes["hang"] = call.settings.pace * len(call.events)
    call.events[:] = [b"".join(call.events)]


@fault(
    "responses_conduct.words_kept_back",
    "A stream begins at once, and its words are kept until all are there.",
    "events",
    {"responses.stream.flushed": "broken"},
    known=("stream-buffered",),
    pace=0.03,
)
def words_kept_back(call: Call) -> None:
    """Begin, and keep the rest back."""
    call.notes["hang"] = call.settings.pace * len(call.events)
    call.events[2:] = [b"".join(call.events[2:])]


@fault(
    "responses_conduct.arguments_in_items_alone",
    "The arguments of calls come in no delta, and are empty when they are done: the item alone has them.",
    "chunks",
    {"responses.call_stream.deltas": "broken", "responses.call_stream.same_item": "broken"},
    blocks=("responses.call_stream.arguments",),
)
def arguments_in_items_alone(call: Call) -> None:
    """Tell them in the item."""
    call.chunks[:] = [event for event in call.chunks if event["type"] != ARGUMENTS + "delta"]
    for event in of(call, ARGUMENTS + "done"):
        event["arguments"] = ""
    renumber(call)


@fault(
    "responses_conduct.blank_events",
    "An empty object keeps streams alive.",
    "events",
    {"responses.stream.no_blank": "broken"},
    known=("stream-empty-data-keepalive",),
)
def blank_events(call: Call) -> None:
    """Send nothing, as JSON."""
    call.events.insert(2, b"data: {}\n\n")
