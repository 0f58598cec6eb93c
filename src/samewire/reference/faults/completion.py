"""Faults of the completion object and its usage."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, completions, fault


@fault(
    "completion.id_missing",
    "Completions have no id.",
    "document",
    {"chat.completion.id": "broken"},
    blocks=("chat.completion.unique_id",),
)
def id_missing(call: Call) -> None:
    """Drop the id."""
    for document in completions(call):
        del document["id"]


@fault(
    "completion.id_empty",
    "Completions have an empty id.",
    "document",
    {"chat.completion.id": "broken"},
    known=("stream-id-empty",),
    blocks=("chat.completion.unique_id",),
)
def id_empty(call: Call) -> None:
    """Empty the id."""
    for document in completions(call):
        document["id"] = ""


@fault(
    "completion.id_constant", "All completions have the same id.", "document", {"chat.completion.unique_id": "broken"}
)
def id_constant(call: Call) -> None:
    """Use one id for all."""
    for document in completions(call):
        document["id"] = "chatcmpl-1"


@fault(
    "completion.object_wrong",
    "A completion's object is text_completion.",
    "document",
    {"chat.completion.object": "broken"},
)
def object_wrong(call: Call) -> None:
    """Name another object."""
    for document in completions(call):
        document["object"] = "text_completion"


@fault(
    "completion.created_float",
    "created has a fraction.",
    "document",
    {"chat.completion.created": "broken"},
    known=("created-float",),
)
def created_float(call: Call) -> None:
    """Add a fraction of a second."""
    for document in completions(call):
        document["created"] += 0.254391


@fault("completion.created_text", "created is a string.", "document", {"chat.completion.created": "broken"})
def created_text(call: Call) -> None:
    """Write the date as text."""
    for document in completions(call):
        document["created"] = "2026-11-21T00:00:00Z"


@fault(
    "completion.model_null",
    "model is null.",
    "document",
    {"chat.completion.model": "broken"},
    known=("model-field-misreports",),
)
def model_null(call: Call) -> None:
    """Name no model."""
    for document in completions(call):
        document["model"] = None


@fault(
    "completion.choices_missing",
    "Completions have no choices.",
    "document",
    {"chat.completion.choices": "broken"},
    blocks=("chat.*", "http.*"),
)
def choices_missing(call: Call) -> None:
    """Drop the choices."""
    for document in completions(call):
        del document["choices"]


@fault(
    "completion.index_missing",
    "Choices have no index.",
    "document",
    {"chat.completion.choices": "broken"},
    blocks=("chat.sampling.n",),
)
def index_missing(call: Call) -> None:
    """Drop the indexes."""
    for document in completions(call):
        for choice in document["choices"]:
            del choice["index"]


@fault(
    "completion.finish_reason_vendor",
    "finish_reason is eos_token.",
    "document",
    {"chat.completion.finish_reason": "broken"},
    blocks=("chat.*", "http.*"),
    known=("finish-reason-nonstandard",),
)
def finish_reason_vendor(call: Call) -> None:
    """Say why it ends in another language."""
    for document in completions(call):
        for choice in document["choices"]:
            if choice["finish_reason"] == "stop":
                choice["finish_reason"] = "eos_token"


@fault(
    "completion.role_model",
    "Messages have the role model.",
    "document",
    {"chat.completion.role": "broken"},
    blocks=("chat.roles.own_message", "chat.tools.own_call", "chat.tools.fresh_ids"),
)
def role_model(call: Call) -> None:
    """Name another role."""
    for choice in choices(call):
        choice["message"]["role"] = "model"


@fault(
    "completion.content_parts",
    "content is an array of parts.",
    "document",
    {"chat.completion.content": "broken"},
    blocks=("chat.*", "http.*"),
    known=("content-array-in-response",),
)
def content_parts(call: Call) -> None:
    """Put the text into a part."""
    for choice in choices(call):
        choice["message"]["content"] = [{"type": "text", "text": choice["message"]["content"] or ""}]


@fault(
    "completion.no_words",
    "Answers to plain questions have no words.",
    "document",
    {"chat.completion.words": "broken"},
    blocks=("chat.*",),
)
def no_words(call: Call) -> None:
    """Say nothing to a greeting."""
    for choice in choices(call):
        if "response_format" not in call.body and "hello" in str(choice["message"]["content"]).lower():
            choice["message"]["content"] = ""


@fault(
    "choices.more",
    "Two choices come, whatever was asked for.",
    "document",
    {"chat.completion.as_many": "broken"},
)
def more_choices(call: Call) -> None:
    """Say it twice."""
    for document in completions(call) if (call.body or {}).get("n") in (None, 1) else ():
        document["choices"].append({**document["choices"][0], "index": 1})


@fault(
    "choices.call_apart",
    "What is called stands in a second choice, whatever was asked for.",
    "document",
    {"chat.completion.as_many": "broken"},
    blocks=("chat.*",),
)
def call_apart(call: Call) -> None:
    """Keep words and deeds apart."""
    for document in completions(call):
        for choice in [one for one in document["choices"] if one["message"].get("tool_calls")]:
            words = {**choice, "message": {**choice["message"], "content": "Let me see."}, "finish_reason": "stop"}
            del words["message"]["tool_calls"]
            document["choices"] = [words, {**choice, "index": 1}]


@fault("usage.missing", "Completions count no usage.", "document", {"chat.usage.present": "broken"}, blocks=("chat.*",))
def usage_missing(call: Call) -> None:
    """Drop the usage."""
    for document in completions(call):
        document.pop("usage", None)


@fault("usage.partial", "usage has total_tokens alone.", "document", {"chat.usage.shape": "broken"}, blocks=("chat.*",))
def usage_partial(call: Call) -> None:
    """Keep the total alone."""
    for document in completions(call):
        document["usage"] = {"total_tokens": document["usage"]["total_tokens"]}


@fault("usage.total_wrong", "total_tokens is not the sum.", "document", {"chat.usage.total": "broken"})
def usage_total_wrong(call: Call) -> None:
    """Count one more."""
    for document in completions(call):
        document["usage"]["total_tokens"] += 1


@fault(
    "usage.prompt_zero",
    "prompt_tokens is 0.",
    "document",
    {"chat.usage.counts": "broken"},
    blocks=("chat.*",),
    known=("cmp-usage-prompt-zero",),
)
def usage_prompt_zero(call: Call) -> None:
    """Count no prompt."""
    for document in completions(call):
        usage = document["usage"]
        usage["total_tokens"] -= usage["prompt_tokens"]
        usage["prompt_tokens"] = 0


@fault(
    "usage.reasoning_beside",
    "Reasoning tokens are not part of completion_tokens.",
    "document",
    {"chat.usage.details": "broken"},
    blocks=(
        "chat.usage.output",
        "chat.usage.choices",
    ),
    known=("usage-completion-excludes-reasoning",),
)
def usage_reasoning_beside(call: Call) -> None:
    """Think more than was spent."""
    for document in completions(call):
        document["usage"]["completion_tokens_details"]["reasoning_tokens"] = document["usage"]["completion_tokens"] + 60


@fault(
    "usage.cached_beside",
    "Cached tokens are not part of prompt_tokens.",
    "document",
    {"chat.usage.details": "broken"},
    known=("usage-cached-excluded-from-prompt",),
)
def usage_cached_beside(call: Call) -> None:
    """Cache more than was sent."""
    for document in completions(call):
        document["usage"]["prompt_tokens_details"]["cached_tokens"] = document["usage"]["prompt_tokens"] + 100


@fault(
    "limits.finish_stop",
    "An answer that was cut off finishes with stop.",
    "document",
    {"chat.limits.finish_reason": "broken", "chat.tools.cut_finish": "broken"},
    blocks=(
        "chat.limits.max_tokens_stream",
        "chat.limits.stream_counted",
        "chat.usage.choices",
        "chat.limits.counted",
    ),
    known=("finish-stop-instead-of-length",),
)
def finish_stop(call: Call) -> None:
    """Deny the limit."""
    for choice in choices(call):
        if choice["finish_reason"] == "length":
            choice["finish_reason"] = "stop"


@fault(
    "limits.finish_length",
    "Every answer finishes with length.",
    "document",
    {"chat.limits.no_false_length": "broken", "chat.stream.same_finish": "broken"},
    blocks=("chat.*",),
    known=("finish-length-for-capacity",),
)
def finish_length(call: Call) -> None:
    """Claim a limit."""
    for choice in choices(call):
        if choice["finish_reason"] == "stop":
            choice["finish_reason"] = "length"


@fault(
    "completion.service_tier",
    "service_tier is a word of the vendor's own.",
    "document",
    {"chat.completion.service_tier": "broken"},
)
def service_tier(call: Call) -> None:
    """Name another tier."""
    for document in completions(call):
        document["service_tier"] = "on_demand"


@fault(
    "completion.empty_model",
    "A completion's model is empty.",
    "document",
    {"chat.completion.model": "broken"},
)
def empty_model(call: Call) -> None:
    """Name nothing."""
    for document in completions(call):
        document["model"] = ""


@fault(
    "stream_usage.reasoning_beside",
    "In streams, the completion's tokens leave those of thinking out.",
    "chunks",
    {"chat.usage.details": "broken"},
)
def stream_reasoning_beside(call: Call) -> None:
    """Think more than was spent, in streams."""
    for chunk in call.chunks:
        if usage := chunk.get("usage"):
            usage["completion_tokens_details"]["reasoning_tokens"] = usage["completion_tokens"] + 60
