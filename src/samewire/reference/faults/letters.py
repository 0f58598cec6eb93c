"""Faults of letters in streams, and of choices and events beside the words."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, fault


@fault(
    "letters.halves",
    "Letters beyond the first plane are sent in two halves.",
    "events",
    {"chat.letters.surrogates": "broken"},
    known=("stream-lone-surrogates",),
)
def halves(call: Call) -> None:
    """Cut a letter in two, each half escaped."""
    whole = "🎉".encode()
    for place, event in reversed(list(enumerate(call.events))):
        if whole in event:
            halves = (b"\\ud83c", b"\\udf89")
            call.events[place : place + 1] = [event.replace(whole, half) for half in halves]


@fault(
    "letters.half_asked",
    "Half of a letter in a message makes the server fail.",
    "body",
    {"http.error.clients_fault": "broken"},
    blocks=("chat.mistakes.seed_type",),
)
def half_asked(call: Call) -> None:
    """Die of what can't be encoded."""
    try:
        json.dumps(call.body, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        raise Refusal(500, str(problem), type="server_error") from problem


@fault(
    "letters.lossy_stream",
    "Streams are decoded and encoded again, read by read.",
    "events",
    {"chat.letters.streamed": "broken", "chat.letters.arguments": "broken"},
    known=("stream-utf8-proxy-lossy",),
    blocks=(
        "chat.sampling.logprobs_stream_bytes",
        "chat.letters.beside_logprobs",
        "chat.sampling.logprobs_stream_text",
    ),
)
def lossy_stream(call: Call) -> None:
    """Lose the letters at the edges of reads."""
    text = b"".join(call.events)
    call.events[:] = [text[at : at + 7].decode(errors="replace").encode() for at in range(0, len(text), 7)]


@fault(
    "letters.lossy",
    "What is not of the first plane is lost.",
    "answers",
    {"chat.letters.whole": "broken"},
    blocks=(
        "chat.letters.beside_logprobs",
        "chat.letters.streamed",
    ),
)
def lossy(call: Call) -> None:
    """Lose letters."""
    if not call.streamed:
        for answer in call.answers:
            answer.text = "".join("\ufffd" if letter > "\uffff" else letter for letter in answer.text)


@fault(
    "stream.one_choice",
    "A stream has one choice, whatever n says.",
    "chunks",
    {"chat.sampling.n_stream": "ignored"},
    blocks=("chat.tool_stream.every_choice",),
)
def one_choice(call: Call) -> None:
    """Choose one."""
    call.chunks[:] = [chunk for chunk in call.chunks if not chunk["choices"] or chunk["choices"][0]["index"] == 0]


@fault("stream.second_first", "A stream begins with choice 1.", "chunks", {"chat.stream.first_choice": "broken"})
def second_first(call: Call) -> None:
    """Begin with the last."""
    if (call.body.get("n") or 1) > 1:
        call.chunks[:2] = reversed(call.chunks[:2])


@fault(
    "stream.index_counts",
    "The index of a choice counts the chunks.",
    "chunks",
    {"chat.stream.choice_index": "broken"},
    blocks=(
        "chat.*",
        "chat.tool_stream.*",
        "chat.stream.*",
        "chat.sampling.*stream*",
        "chat.letters.*",
        "chat.limits.stream*",
        "chat.sampling.stop*",
    ),
    known=("stream-choice-index-increments",),
)
def index_counts(call: Call) -> None:
    """Count."""
    for number, choice in enumerate(choices(call)):
        choice["index"] = number


@fault(
    "stream.blank_chunk",
    "An empty object keeps streams alive.",
    "events",
    {"chat.stream.no_blank_chunk": "broken"},
)
def blank_chunk(call: Call) -> None:
    """Send nothing, as JSON."""
    call.events.insert(2, b"data: {}\n\n")


@fault(
    "stream.price",
    "A stream ends with what it cost, in an event of its own.",
    "events",
    {"chat.stream.no_blank_chunk": "broken"},
)
def price(call: Call) -> None:
    """Send the bill."""
    call.events.insert(-1, b'data: {"cost": 0.0001}\n\n')


@fault(
    "stream.error_text",
    "A failure in the middle of a stream is an error of text, and then [DONE].",
    "events",
    {"chat.stream.error_alone": "broken", "chat.stream.unbroken": "broken"},
    blocks=(
        "chat.sampling.logprobs_stream_text",
        "chat.*",
    ),
    known=("err-sse-error-then-done",),
)
def error_text(call: Call) -> None:
    """Fail where odds are told."""
    if call.body.get("logprobs"):
        failure = {"error": "TimeoutError"}
        call.events[3:] = [b"data: %s\n\n" % json.dumps(failure).encode(), b"data: [DONE]\n\n"]


@fault(
    "stream.bare_chunk",
    "A stream begins with a chunk without choices.",
    "chunks",
    {"chat.stream.empty_choices": "broken"},
)
def bare_chunk(call: Call) -> None:
    """Begin with nothing."""
    call.chunks.insert(0, {**call.chunks[0], "choices": []})


@fault(
    "letters.misread",
    "What is asked is read as Latin-1.",
    "request",
    {"http.requests.letters": "broken"},
    blocks=("chat.letters.*", "chat.strict.stream"),
)
def misread(call: Call) -> None:
    """Know one alphabet."""
    if call.chat:
        call.request.body = call.request.body.decode("latin-1").encode()
