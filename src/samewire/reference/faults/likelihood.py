"""Faults of logprobs."""

from __future__ import annotations

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, fault


@fault(
    "logprobs.no_bytes",
    "Entries in logprobs have no bytes.",
    "document",
    {"chat.sampling.logprobs_bytes": "broken"},
    blocks=("chat.sampling.logprobs_text",),
)
def no_bytes(call: Call) -> None:
    """Drop the bytes."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            del entry["bytes"]


@fault(
    "logprobs.of_thoughts",
    "The odds of what the model thought come before those of the answer.",
    "document",
    {"chat.sampling.logprobs_text": "broken"},
    blocks=("chat.usage.output",),
)
def of_thoughts(call: Call) -> None:
    """Tell the odds of every token that was made."""
    thought = [tokens.logprobs(word, 0) for word in ("The", " user", " wants", " a", " number", ".")]
    for choice in choices(call):
        if given := (choice.get("logprobs") or {}).get("content"):
            given[:0] = thought
            for name in ("completion_tokens", "total_tokens") if not call.body.get("n") else ():
                call.document["usage"][name] += len(thought)


@fault(
    "logprobs.of_another",
    "The odds of tokens that were thrown away follow those of the answer.",
    "document",
    {"chat.sampling.logprobs_text": "broken"},
)
def of_another(call: Call) -> None:
    """Tell the odds of every token that was made."""
    for choice in choices(call):
        if given := choice.get("logprobs"):
            given["content"] = [*given["content"], *(tokens.logprobs(word, 0) for word in (" continuing", " upwards"))]


@fault("logprobs.unasked", "logprobs come unasked.", "document", {"chat.sampling.logprobs_unasked": "broken"})
def unasked(call: Call) -> None:
    """Tell the odds to everyone."""
    entry = {"token": "x", "logprob": -0.1, "bytes": [120], "top_logprobs": []}
    for choice in choices(call):
        if not call.body.get("logprobs"):
            choice["logprobs"] = {"content": [entry], "refusal": None}


@fault(
    "logprobs.none_streamed",
    "Streams have no logprobs.",
    "chunks",
    {"chat.sampling.logprobs_stream": "ignored"},
    blocks=(
        "chat.sampling.logprobs_beside_format",
        "chat.sampling.logprobs_beside_tools",
        "chat.sampling.logprobs_stream_bytes",
        "chat.sampling.logprobs_stream_text",
        "chat.sampling.top_logprobs_stream",
    ),
)
def none_streamed(call: Call) -> None:
    """Tell no odds in streams."""
    for choice in choices(call):
        choice["logprobs"] = None


@fault(
    "logprobs.other_text_streamed",
    "The tokens in a stream's logprobs are not those of the answer.",
    "chunks",
    {"chat.sampling.logprobs_stream_text": "broken", "chat.stream.logprobs": "broken"},
)
def other_text_streamed(call: Call) -> None:
    """Shift the tokens."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["token"] = "x"


@fault(
    "logprobs.flat_streamed",
    "A stream's logprobs are an array.",
    "chunks",
    {"chat.stream.logprobs": "broken"},
    blocks=(
        "chat.sampling.logprobs_beside_*",
        "chat.sampling.logprobs_stream*",
        "chat.sampling.top_logprobs_stream",
    ),
)
def flat_streamed(call: Call) -> None:
    """Leave the object out."""
    for choice in choices(call):
        if choice.get("logprobs"):
            choice["logprobs"] = choice["logprobs"]["content"]


@fault(
    "ignored.logit_bias",
    "logit_bias is dropped.",
    "body",
    {"chat.sampling.logit_bias": "ignored"},
    blocks=("chat.usage.choices",),
    known=("logit_bias-shape",),
    lively=1.0,
)
def bias(call: Call) -> None:
    """Let every token be chosen."""
    if call.body.get("logit_bias") and all(-100 <= by <= 100 for by in call.body["logit_bias"].values()):
        del call.body["logit_bias"]


@fault(
    "logprobs.null_alternatives",
    "top_logprobs is null where no alternatives are asked for.",
    "document",
    {"chat.sampling.logprobs_alone": "broken"},
    blocks=("chat.sampling.no_top_logprobs",),
)
def null_alternatives(call: Call) -> None:
    """Tell no alternatives with a null."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["top_logprobs"] = entry["top_logprobs"] or None


@fault(
    "logprobs.empty_bytes",
    "Tokens in logprobs have no bytes, but an empty array of them.",
    "document",
    {"chat.sampling.logprobs_bytes": "broken"},
    blocks=("chat.sampling.logprobs_text",),
)
def empty_bytes(call: Call) -> None:
    """Forget the bytes."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["bytes"] = []


@fault(
    "logprobs.stale_alternatives",
    "Every token has the alternatives of the first.",
    "document",
    {"chat.sampling.top_logprobs": "broken"},
)
def stale_alternatives(call: Call) -> None:
    """Look up the alternatives once."""
    for choice in choices(call):
        entries = (choice.get("logprobs") or {}).get("content") or []
        for entry in entries:
            entry["top_logprobs"] = entries[0]["top_logprobs"]


@fault(
    "logprobs.no_bytes_streamed",
    "In streams, entries in logprobs have no bytes.",
    "chunks",
    {"chat.stream.logprobs": "broken"},
    blocks=("chat.sampling.*logprobs_stream*",),
)
def no_bytes_streamed(call: Call) -> None:
    """Drop the bytes."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            del entry["bytes"]


@fault(
    "logprobs.positive_streamed",
    "In streams, logprobs are above 0: they have lost their sign.",
    "chunks",
    {"chat.stream.logprobs": "broken"},
)
def positive_streamed(call: Call) -> None:
    """Drop the sign."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            for one in (entry, *entry["top_logprobs"]):
                one["logprob"] = -one["logprob"]
