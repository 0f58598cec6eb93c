"""Faults of legacy completions."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.faults.registry import choices, fault

WHERE = "/completions"
#: What is judged of streams that ask for something else besides.
OF_STREAMS = tuple(
    f"completions.text.{name}" for name in ("echo", "echo_logprobs", "nothing", "no_alternatives", "tokens_echo")
)
#: What is judged of four texts for two prompts, and what is compared with it.
OF_FOUR = (
    *(f"completions.text.{name}" for name in ("unique_id", "n_of_each", "tokens_make_it")),
    *(f"completions.stream.{name}" for name in ("logprobs", "likelihood", "places")),
)


def texts(call: Call) -> list[dict[str, Any]]:
    """The choices of the completion that is about to be sent; none of another document."""
    return list(call.document["choices"]) if call.path == WHERE and not call.chunks else []


@fault(
    "legacy.none",
    "There are no legacy completions.",
    "body",
    {"completions.text.given": "unsupported"},
    blocks=("completions.*",),
    where=WHERE,
)
def none(call: Call) -> None:
    """Complete nothing."""
    raise unsupported("prompt")


@fault(
    "legacy.no_id",
    "Completions have no id.",
    "document",
    {"completions.text.shape": "broken"},
    blocks=("completions.text.*",),
)
def no_id(call: Call) -> None:
    """Drop the id."""
    if call.path == WHERE:
        del call.document["id"]


@fault(
    "legacy.no_reason",
    "Completions don't say why they end.",
    "document",
    {"completions.text.finish_reason": "broken"},
    blocks=("completions.text.tokens_make_it",),
)
def no_reason(call: Call) -> None:
    """Give no reason."""
    for choice in texts(call):
        choice["finish_reason"] = None


@fault(
    "legacy.no_logprobs",
    "Choices have no logprobs, not even null.",
    "document",
    {"completions.text.logprobs_key": "broken", "completions.text.logprobs": "ignored"},
    blocks=(
        "completions.stream.logprobs",
        "completions.stream.likelihood",
        "completions.text.tokens_make_it",
        "completions.stream.places",
    ),
    known=("cmp-logprobs-key-missing",),
)
def no_logprobs(call: Call) -> None:
    """Drop the key."""
    for choice in texts(call):
        del choice["logprobs"]


@fault(
    "legacy.prompt_zero",
    "The prompt counts no tokens.",
    "document",
    {"completions.text.usage": "broken"},
    blocks=("completions.text.counted", "completions.stream.counts"),
    known=("cmp-usage-prompt-zero",),
)
def prompt_zero(call: Call) -> None:
    """Count no prompt."""
    if texts(call):
        usage = call.document["usage"]
        usage["total_tokens"] -= usage["prompt_tokens"]
        usage["prompt_tokens"] = 0


@fault(
    "legacy.no_limit",
    "max_tokens is dropped.",
    "body",
    {"completions.text.max_tokens": "ignored"},
    blocks=(
        "completions.text.cut",
        "completions.stream.length",
        "completions.stream.max_tokens",
        "completions.text.tokens_make_it",
        "completions.stream.counts_added",
        "completions.text.nothing",
    ),
    where=WHERE,
)
def no_limit(call: Call) -> None:
    """Forget the limit."""
    call.body["max_tokens"] = 200


@fault(
    "legacy.one_choice",
    "n is dropped.",
    "body",
    {"completions.text.n": "ignored", "completions.stream.prompts": "ignored"},
    known=("n-ignored-completions-only",),
    where=WHERE,
    blocks=("completions.text.n_of_each", "completions.text.nothing"),
)
def one_choice(call: Call) -> None:
    """Choose one."""
    if "best_of" not in call.body:
        call.body.pop("n", None)


@fault(
    "legacy.joined",
    "Several prompts are joined to one.",
    "body",
    {"completions.text.prompts": "ignored", "completions.stream.prompts": "ignored"},
    blocks=(
        "completions.text.order",
        "completions.text.counted",
        "completions.text.n_of_each",
        "completions.text.nothing",
    ),
    known=("cmp-prompt-array-joined",),
    where=WHERE,
)
def joined(call: Call) -> None:
    """Join them."""
    if isinstance(call.body.get("prompt"), list):
        call.body["prompt"] = " ".join(map(str, call.body["prompt"]))


@fault(
    "legacy.as_json",
    "Streams are answered whole.",
    "body",
    {"completions.stream.accepted": "broken"},
    blocks=("completions.stream.*", *OF_STREAMS),
    where=WHERE,
)
def as_json(call: Call) -> None:
    """Forget to stream."""
    call.body.pop("stream", None)
    call.body.pop("stream_options", None)


@fault(
    "legacy.stream_hangs",
    "Streams never begin.",
    "events",
    {"completions.stream.accepted": "broken"},
    blocks=("completions.stream.*", "completions.text.cut", *OF_STREAMS),
    known=("cmp-stream-hang",),
    where=WHERE,
    patience=3.0,
)
def stream_hangs(call: Call) -> None:
    """Wait for ever."""
    call.notes["hang"] = 20


@fault(
    "legacy.bare_end",
    "The last chunk of a stream has a finish_reason, and no text.",
    "chunks",
    {"completions.stream.shape": "broken"},
    blocks=("completions.stream.*", *OF_STREAMS),
    known=("cmp-stream-no-text-last",),
    where=WHERE,
)
def bare_end(call: Call) -> None:
    """Leave everything else out."""
    for choice in choices(call):
        if choice["finish_reason"]:
            choice.pop("text", None)


@fault(
    "legacy.no_done",
    "Streams end without [DONE].",
    "events",
    {"completions.stream.done": "broken"},
    blocks=(
        "completions.stream.closes",
        "completions.stream.nothing_after_done",
    ),
    where=WHERE,
)
def no_done(call: Call) -> None:
    """Just stop."""
    call.events.pop()


@fault(
    "legacy.no_finish",
    "No chunk says why the text ends.",
    "chunks",
    {"completions.stream.finish": "broken"},
    where=WHERE,
    blocks=("completions.stream.length", "completions.stream.stopped", "completions.stream.each_finishes"),
)
def no_finish(call: Call) -> None:
    """Never finish."""
    for choice in choices(call):
        choice["finish_reason"] = None


@fault(
    "legacy.no_stream_usage",
    "include_usage is dropped.",
    "body",
    {"completions.stream.usage": "ignored"},
    blocks=("completions.stream.usage_once", "completions.stream.counts", "completions.stream.counts_added"),
    where=WHERE,
)
def no_stream_usage(call: Call) -> None:
    """Count nothing in streams."""
    call.body.pop("stream_options", None)


@fault("legacy.best_of", "best_of may be below n.", "body", {"completions.mistakes.best_of": "ignored"}, where=WHERE)
def best_of(call: Call) -> None:
    """Forget the best."""
    call.body.pop("best_of", None)


@fault("legacy.hot", "Any temperature is taken.", "body", {"completions.ranges.temperature": "ignored"}, where=WHERE)
def hot(call: Call) -> None:
    """Stay cool."""
    call.body.pop("temperature", None)


def _bodies(call: Call) -> list[dict[str, Any]]:
    whole = call.path == WHERE and isinstance(call.document, dict) and "choices" in call.document
    return [call.document] if whole else []


@fault(
    "legacy.finish_stop",
    "Texts that are cut off finish with stop.",
    "document",
    {"completions.text.cut": "broken"},
    blocks=("completions.text.tokens_make_it",),
)
def finish_stop(call: Call) -> None:
    """Stop."""
    for document in _bodies(call):
        for choice in document["choices"]:
            choice["finish_reason"] = "stop"


@fault(
    "legacy.logprobs",
    "logprobs is dropped.",
    "body",
    {"completions.text.logprobs": "ignored"},
    where=WHERE,
    blocks=(
        "completions.stream.likelihood",
        "completions.text.echo_logprobs",
        "completions.stream.offsets",
        "completions.stream.logprobs",
        "completions.text.tokens_make_it",
        "completions.stream.places",
        "completions.text.no_alternatives",
    ),
)
def logprobs_dropped(call: Call) -> None:
    """Be sure of everything."""
    call.body.pop("logprobs", None)


@fault(
    "legacy.echo",
    "echo is dropped.",
    "body",
    {"completions.text.echo": "ignored"},
    blocks=(
        *(f"completions.stream.{name}" for name in ("offsets", "letters", "length", "max_tokens", "counts_added")),
        *OF_STREAMS,
    ),
    where=WHERE,
)
def echo_dropped(call: Call) -> None:
    """Don't repeat the prompt."""
    call.body.pop("echo", None)


@fault("legacy.same_id", "All completions have the same id.", "document", {"completions.text.unique_id": "broken"})
def same_id(call: Call) -> None:
    """Name all alike."""
    for document in _bodies(call):
        document["id"] = "cmpl-1"


@fault("legacy.milliseconds", "created counts milliseconds.", "document", {"completions.text.created_now": "broken"})
def milliseconds(call: Call) -> None:
    """Be exact."""
    for document in _bodies(call):
        document["created"] *= 1000


@fault(
    "legacy.usage_each",
    "Every chunk of a stream has a usage of nothing.",
    "chunks",
    {"completions.stream.usage": "broken", "completions.stream.usage_once": "broken"},
    blocks=("completions.stream.counts",),
    where=WHERE,
)
def usage_each(call: Call) -> None:
    """Count nothing, again and again."""
    for chunk in call.chunks:
        chunk["usage"] = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@fault(
    "legacy.ids_change",
    "Every chunk has an id of its own.",
    "chunks",
    {"completions.stream.one_id": "broken"},
    where=WHERE,
    blocks=("completions.stream.unique_id",),
)
def ids_change(call: Call) -> None:
    """Name each."""
    for number, chunk in enumerate(call.chunks):
        chunk["id"] = f"cmpl-{number}"


@fault(
    "legacy.stop",
    "stop is dropped.",
    "body",
    {"completions.stream.stop": "ignored"},
    blocks=("completions.stream.same_text", "completions.stream.stopped"),
    where=WHERE,
)
def stop_dropped(call: Call) -> None:
    """Run on."""
    call.body.pop("stop", None)


@fault(
    "legacy.words_lost",
    "Words of a stream are lost.",
    "chunks",
    {"completions.stream.same_text": "broken"},
    where=WHERE,
    blocks=("completions.stream.stopped",),
)
def words_lost(call: Call) -> None:
    """Swallow."""
    for place in [at for at, chunk in enumerate(call.chunks) if chunk["choices"] and chunk["choices"][0]["text"]][3:4]:
        del call.chunks[place]


@fault(
    "legacy.fails",
    "Every completion fails with a 500.",
    "body",
    {"completions.text.given": "broken"},
    blocks=("http.huge.completions", "completions.*", "http.auth.completions"),
    where=WHERE,
)
def fails(call: Call) -> None:
    """Stumble."""
    raise Refusal(500, "list index out of range", type="server_error")


@fault(
    "legacy.stream_undated",
    "Streamed texts are of the year 1970.",
    "chunks",
    {"completions.stream.created": "broken"},
    where=WHERE,
)
def stream_undated(call: Call) -> None:
    """Tell no time."""
    for chunk in call.chunks:
        chunk["created"] = 0


#: What the usage of a stream tells otherwise.
COUNTS = {"total_tokens": "sum", "prompt_tokens": "prompt"}
for _member, _word in COUNTS.items():

    @fault(
        f"legacy.stream_{_word}",
        f"The usage of streamed texts counts another {_word}.",
        "chunks",
        {"completions.stream.counts": "broken"},
        where=WHERE,
    )
    def stream_counts(call: Call, member: str = _member) -> None:
        """Count a few more."""
        for chunk in call.chunks:
            if usage := chunk.get("usage"):
                usage.update({member: usage[member] + 9, "total_tokens": usage["total_tokens"] + 9})
