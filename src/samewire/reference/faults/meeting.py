"""Faults that show where two things meet, of which one is often refused: plain pictures, streams without a key."""

from __future__ import annotations

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.beside import key_for_streams, old_pictures, one_choice_counted
from samewire.reference.faults.legacy import WHERE
from samewire.reference.faults.registry import choices, completions, fault, fragments
from samewire.reference.faults.service import huge_page
from samewire.reference.faults.subtle import png_alone
from samewire.reference.server import HttpResponse
from samewire.reference.variants.moods import text_of


@fault(
    "parts.middle",
    "Of three text parts of the user's the second is dropped.",
    "body",
    {"chat.history.heard": "ignored"},
)
def middle(call: Call) -> None:
    """Hear how it begins and ends."""
    for message in call.body.get("messages") or ():
        if isinstance(message, dict) and message.get("role") == "user" and isinstance(message.get("content"), list):
            said = message["content"]
            if len(said) == 3 and all(isinstance(one, dict) and one.get("type") == "text" for one in said):
                del said[1]


fault(
    "legacy.streams_keyless",
    "Streams of completed prompts need no key.",
    "request",
    {"http.auth.completions": "ignored"},
    where=WHERE,
)(key_for_streams)


@fault(
    "logprobs.stripped_bytes",
    "The bytes of tokens are those of their letters, without blanks.",
    "document",
    {"chat.sampling.logprobs_bytes": "broken"},
    blocks=("chat.sampling.logprobs_text",),
)
def stripped_bytes(call: Call) -> None:
    """Strip."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["bytes"] = list(entry["token"].strip().encode())


@fault(
    "choices.counted_once",
    "Of several choices one is counted, and neither logit_bias nor logprobs are taken.",
    "document",
    {
        "chat.usage.choices": "broken",
        "chat.sampling.logit_bias": "unsupported",
        "chat.sampling.logprobs": "unsupported",
        "chat.parameters.logit_bias": "unsupported",
    },
    blocks=("chat.sampling.*", "chat.usage.*", "chat.parameters.null"),
)
def counted_once(call: Call) -> None:
    """Count to one."""
    if call.chat and any(call.body.get(name) is not None for name in ("logit_bias", "logprobs", "top_logprobs")):
        raise Refusal(400, "logit_bias and logprobs are not supported.", code="unsupported_parameter")
    one_choice_counted(call)


@fault(
    "pictures.plain_and_old",
    "Pictures are PNGs, and those of earlier turns are dropped.",
    "body",
    {"chat.images.together": "ignored", "chat.images.jpeg": "unsupported"},
    blocks=("chat.images.*", "chat.format.beside_pictures"),
)
def plain_and_old(call: Call) -> None:
    """Read one kind, and look at what is new."""
    png_alone(call)
    old_pictures(call)


@fault(
    "stream_usage.calls_free",
    "Streams count no tokens of calls.",
    "chunks",
    {"chat.stream_usage.counts": "broken"},
)
def calls_free(call: Call) -> None:
    """Count words."""
    usage = call.chunks[-1].get("usage") if call.chunks else None
    if usage and fragments(call):
        usage["total_tokens"] -= usage["completion_tokens"]
        usage["completion_tokens"] = 0


@fault(
    "usage.calls_free",
    "Calls that must be made count no tokens.",
    "document",
    {"chat.usage.counts": "broken"},
    blocks=("chat.usage.*",),
)
def forced_calls_free(call: Call) -> None:
    """Count words."""
    for document in completions(call):
        forced = call.body.get("tool_choice") not in (None, "auto", "none")
        if forced and document["choices"][0]["message"].get("tool_calls"):
            usage = document["usage"]
            usage["total_tokens"] -= usage["completion_tokens"]
            usage["completion_tokens"] = 0


@fault(
    "usage.last_message",
    "prompt_tokens counts the last message alone.",
    "answers",
    {"chat.usage.conversation": "broken"},
    blocks=("*",),
)
def last_message(call: Call) -> None:
    """Count what is new."""
    call.prompt_tokens = 6 + tokens.count(text_of(call.body["messages"][-1]))


@fault(
    "limits.thinks_beyond",
    "Token limits bound what is said, and thoughts come on top.",
    "answers",
    {"chat.limits.thoughts": "ignored"},
    blocks=("chat.limits.*", "chat.usage.output"),
)
def thinks_beyond(call: Call) -> None:
    """Think first, as long as it takes."""
    for answer in call.answers:
        answer.spent += 26
        answer.thought += 26


for _prefix, _where, _envelope in (
    ("responses.", "/responses", "responses.errors.envelope"),
    ("messages.", "/messages", "messages.error.envelope"),
):
    fault(
        f"{_prefix}large_page",
        "A large body is refused with a web page.",
        "response",
        {_envelope: "broken"},
        known=("http-big-body-413-html",),
        where=_where,
    )(huge_page)


@fault(
    "large.dropped",
    "A body of more than two megabytes is not read, and the connection closed.",
    "response",
    {"http.error.clients_fault": "broken"},
    blocks=("chat.images.unreadable",),
)
def large_dropped(call: Call) -> None:
    """Hang up."""
    if len(call.request.body) > 2_000_000:
        call.response = HttpResponse(raw=b"")
