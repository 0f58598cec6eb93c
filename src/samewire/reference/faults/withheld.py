"""Faults of what is held back and never sent, and of what is sent and not counted, in each protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call, Finished
from samewire.reference.faults.registry import fault


def shorten(answer: Finished, letters: int) -> None:
    """Leave out the last letters of an answer, and say nothing of it."""
    answer.text = answer.text[: len(answer.text) - letters]
    left, kept = len(answer.text), []
    for token in answer.tokens:
        if left > 0:
            kept.append(token[:left])
        left -= len(token)
    answer.tokens = kept


def held_back(call: Call) -> None:
    """Wait for the end of a stop sequence that doesn't come."""
    stops = call.body.get("stop") or call.body.get("stop_sequences") or ()
    for answer in call.answers if call.streamed else ():
        begun = [
            size
            for stop in ([stops] if isinstance(stops, str) else stops)
            for size in range(1, len(stop))
            if answer.text.endswith(stop[:size])
        ]
        if begun and not answer.calls:
            shorten(answer, max(begun))


for _where, _turned in (("/chat/completions", "chat.letters.streamed"), ("/messages", "messages.letters.alike")):
    fault(
        f"{_turned.partition('.')[0]}.held_back",
        "The end of a stream that begins as a stop sequence does is never sent.",
        "answers",
        {_turned: "broken"},
        where=_where,
    )(held_back)


def _counts(call: Call) -> list[dict[str, Any]]:
    """The counts that are told with an answer that calls something."""
    if not any(answer.calls for answer in call.answers):
        return []
    told = [call.document, *call.chunks]
    told += [one.get(name) for one in told if isinstance(one, dict) for name in ("response", "message")]
    return [one["usage"] for one in told if isinstance(one, dict) and isinstance(one.get("usage"), dict)]


#: What is counted of an answer, and of its prompt.
ANSWERED, ASKED = ("completion_tokens", "output_tokens"), ("prompt_tokens", "input_tokens")


def one_for_all(names: tuple[str, str]) -> Callable[[Call], None]:
    """Take it all for a token."""

    def step(call: Call) -> None:
        for usage in _counts(call):
            usage |= {name: 1 for name in names if name in usage}
            if "total_tokens" in usage:
                usage["total_tokens"] = sum(usage.get(name, 0) for name in (*ANSWERED, *ASKED))

    return step


for _place, _stage, _cells in (
    ("/chat/completions", "document", ("chat.usage.counts",)),
    ("/chat/completions", "chunks", ("chat.stream_usage.counts",)),
    ("/responses", "document", ("responses.usage.counts",)),
    ("/responses", "chunks", ("responses.usage.counts",)),
    ("/messages", "document", ("messages.usage.calls", "messages.thinking.counted")),
    ("/messages", "chunks", ("messages.stream.end_output", "messages.thinking.counted_stream")),
):
    fault(
        f"{_cells[0].partition('.')[0]}.calls_as_one_token{'_streamed' if _stage == 'chunks' else ''}",
        "Whatever is called counts one token.",
        _stage,
        dict.fromkeys(_cells, "broken"),
        blocks=("messages.limits.cut_call",),
        where=_place,
    )(one_for_all(ANSWERED))

for _place, _stage, _cells in (
    ("/chat/completions", "document", ("chat.usage.counts",)),
    ("/chat/completions", "chunks", ("chat.stream_usage.counts",)),
    ("/responses", "document", ("responses.usage.counts",)),
    ("/responses", "chunks", ("responses.usage.counts", "responses.tools.previous_output")),
    ("/messages", "document", ("messages.usage.input", "messages.tools.offered")),
    ("/messages", "chunks", ("messages.stream.start_input",)),
):
    fault(
        f"{_cells[0].partition('.')[0]}.prompt_as_one_token{'_streamed' if _stage == 'chunks' else ''}",
        "Where something is called, the prompt counts one token.",
        _stage,
        {name: "ignored" if name.endswith("_output") else "broken" for name in _cells},
        blocks=("responses.tools.offered", "messages.tools.all"),
        where=_place,
    )(one_for_all(ASKED))


def astray(call: Call) -> None:
    """Read each escape by itself."""
    body = call.request.body
    if call.chat:
        call.request.body = body.replace(rb"\ud83c\udf89", rb"\ufffd\ufffd").replace(rb"\ud83e\udd9c", rb"\ufffd\ufffd")


fault(
    "letters.escaped_halves",
    "Two escapes that are one letter are read as two that there are not.",
    "request",
    {"chat.letters.beside_logprobs": "broken"},
    blocks=("chat.sampling.logprobs_stream_*",),
)(astray)


@fault(
    "requests.buffered",
    "Of a body the first 64 KiB are read.",
    "request",
    {"http.requests.wide_json": "unsupported"},
    blocks=("chat.stream_usage.declined", "embeddings.*"),
)
def buffered(call: Call) -> None:
    """Have a buffer."""
    call.request.body = call.request.body[:65_536]


@fault(
    "requests.sniffed",
    "Whether a stream is asked for is looked up in the bytes.",
    "body",
    {"http.requests.odd_stream": "ignored", "chat.stream.framing": "broken"},
    blocks=("chat.*", "http.cors.stream"),
)
def sniffed(call: Call) -> None:
    """Save the trouble of parsing."""
    if call.streamed and b'"stream":true' not in call.request.body.replace(b": ", b":"):
        call.body["stream"] = False
