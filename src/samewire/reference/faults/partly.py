"""Faults that show in a part of what is asked for: in one mode, at one place, or where two things meet."""

from __future__ import annotations

import json

from samewire.reference.call import KEY, Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions, fault, fragments
from samewire.reference.server import HttpResponse


@fault(
    "partly.unknown_model_streamed",
    "An unknown model is answered in streams, by another one.",
    "body",
    {"http.error.same_in_streams": "ignored"},
)
def unknown_model_streamed(call: Call) -> None:
    """Take the first model."""
    if call.body.get("stream") is True and isinstance(call.body.get("model"), str):
        call.body["model"] = call.settings.models[0]


def _tell_late(call: Call) -> None:
    """Begin the stream, and tell the error in it."""
    if call.chat and call.streamed:
        call.response.status = 200
        call.response.set("Content-Type", "text/event-stream")
        call.response.body = b"data: %s\n\ndata: [DONE]\n\n" % json.dumps(call.document).encode()


@fault(
    "partly.refused_in_the_stream",
    "An unknown model is refused with 200 and an error in the stream.",
    "response",
    {"http.error.same_in_streams": "broken"},
)
def refused_in_the_stream(call: Call) -> None:
    """Notice it late."""
    if call.error is not None and call.error.code == "model_not_found":
        _tell_late(call)


@fault(
    "partly.invalid_in_the_stream",
    "A body that is not valid is refused with 200 and an error in the stream.",
    "response",
    {"chat.mistakes.in_streams": "broken"},
    blocks=("chat.mistakes.*", "chat.ranges.*", "chat.limits.not_negative"),
)
def invalid_in_the_stream(call: Call) -> None:
    """Notice it late."""
    if call.error is not None and call.error.status == 400:
        _tell_late(call)


@fault(
    "partly.nothing_in_the_stream",
    "What is wrong is answered with 200 and a stream that ends at once.",
    "response",
    {"chat.mistakes.in_streams": "broken", "http.error.same_in_streams": "broken"},
    blocks=("chat.mistakes.*", "chat.ranges.*", "chat.limits.not_negative"),
)
def nothing_in_the_stream(call: Call) -> None:
    """Stop where it is noticed."""
    if call.chat and call.error is not None and call.error.status in (400, 404) and call.streamed:
        call.response = HttpResponse(200, [("Content-Type", "text/event-stream")], b"data: [DONE]\n\n")


@fault(
    "partly.hung_up_on",
    "Who makes a mistake is hung up on.",
    "body",
    {"http.error.clients_fault": "broken"},
    blocks=("chat.*", "http.error.*"),
)
def hung_up_on(call: Call) -> None:
    """Fall over it, and say nothing."""
    wrong = call.body.get("messages")
    if call.chat and wrong is not None and not (isinstance(wrong, list) and wrong):
        call.notes["instead"] = HttpResponse(raw=b"")


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


@fault(
    "partly.arguments_ascii",
    "Letters in the arguments of a call that are not ASCII become question marks.",
    "document",
    {"chat.letters.arguments": "broken"},
)
def arguments_ascii(call: Call) -> None:
    """Know no other letters."""
    for choice in choices(call):
        for one in choice.get("message", {}).get("tool_calls") or ():
            if "function" in one:
                one["function"]["arguments"] = _ascii(one["function"]["arguments"])


@fault(
    "partly.arguments_ascii_streamed",
    "The same in streams.",
    "chunks",
    {"chat.letters.arguments": "broken"},
    blocks=("chat.strict.stream",),
)
def arguments_ascii_streamed(call: Call) -> None:
    """Know no other letters."""
    for fragment in fragments(call):
        fragment["function"]["arguments"] = _ascii(fragment["function"].get("arguments") or "")


def _stops(call: Call) -> list[str]:
    given = call.body.get("stop")
    given = [given] if isinstance(given, str) else given
    return given if isinstance(given, list) and len(given) <= 4 and all(isinstance(one, str) for one in given) else []


@fault("partly.stop_stripped", "Stop sequences lose their blanks.", "body", {"chat.sampling.stop": "broken"})
def stop_stripped(call: Call) -> None:
    """Trim them."""
    if _stops(call):
        call.body["stop"] = [one.strip() for one in _stops(call)]


@fault(
    "partly.stop_begun",
    "The first letter of a stop sequence is sent before it is known for one.",
    "answers",
    {"chat.sampling.stop_stream": "broken", "chat.sampling.stop_string": "broken"},
)
def stop_begun(call: Call) -> None:
    """Send too soon."""
    for one in call.answers:
        for stop in _stops(call) if call.streamed and one.tokens else ():
            if stop[:1].isdigit() and one.reason == "stop" and one.text.endswith(", "):
                one.tokens.append(stop[0])


@fault(
    "partly.bytes_marked",
    "The bytes of a token have the mark of its vocabulary instead of a blank.",
    "document",
    {"chat.sampling.logprobs_bytes": "broken"},
)
def bytes_marked(call: Call) -> None:
    """Write the vocabulary's own letters."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["bytes"] = list(entry["token"].replace(" ", "\u0120").encode())


@fault(
    "partly.stale_rivals",
    "All tokens of a stream have the alternatives of the first one.",
    "chunks",
    {"chat.sampling.top_logprobs_stream": "broken"},
)
def stale_rivals(call: Call) -> None:
    """Keep the first ones."""
    entries = [one for choice in choices(call) for one in (choice.get("logprobs") or {}).get("content") or ()]
    for entry in entries:
        entry["top_logprobs"] = entries[0]["top_logprobs"]


@fault(
    "partly.no_rivals_streamed",
    "top_logprobs is dropped in streams.",
    "chunks",
    {"chat.sampling.top_logprobs_stream": "ignored"},
)
def no_rivals_streamed(call: Call) -> None:
    """Tell of no others."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["top_logprobs"] = []


@fault(
    "partly.logprobs_of_the_first",
    "Of several choices only the first has logprobs.",
    "document",
    {"chat.sampling.logprobs_alone": "broken"},
)
def logprobs_of_the_first(call: Call) -> None:
    """Forget the others."""
    for document in completions(call):
        for choice in document["choices"][1:]:
            choice["logprobs"] = None


@fault(
    "partly.no_limit_for_many",
    "Where several choices are asked for, the token limit is dropped.",
    "body",
    {"chat.limits.every_choice": "ignored"},
    blocks=("chat.usage.choices",),
)
def no_limit_for_many(call: Call) -> None:
    """Forget the limit."""
    if isinstance(call.body.get("n"), int) and call.body["n"] > 1:
        for name in ("max_tokens", "max_completion_tokens"):
            call.body.pop(name, None)


@fault(
    "partly.usage_not_declined",
    "include_usage counts as true wherever it is given.",
    "body",
    {"chat.stream_usage.declined": "ignored"},
)
def usage_not_declined(call: Call) -> None:
    """Count all the same."""
    options = call.body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage") is False:
        options["include_usage"] = True


@fault(
    "partly.one_call_whole",
    "A whole answer has the first of several calls alone.",
    "document",
    {"chat.tools.all_calls": "ignored"},
)
def one_call_whole(call: Call) -> None:
    """Keep one."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["message"]["tool_calls"] = choice["message"]["tool_calls"][:1]


@fault(
    "partly.one_call_streamed",
    "A stream has the first of several calls alone.",
    "chunks",
    {"chat.tools.all_calls": "ignored"},
    blocks=("chat.tool_stream.own_arguments",),
)
def one_call_streamed(call: Call) -> None:
    """Keep one."""
    call.chunks = [
        chunk
        for chunk in call.chunks
        if not any(
            fragment["index"] for choice in chunk["choices"] for fragment in choice["delta"].get("tool_calls") or ()
        )
    ]


@fault(
    "partly.ids_again",
    "The calls of every answer have the same ids.",
    "document",
    {"chat.tools.fresh_ids": "broken"},
)
def ids_again(call: Call) -> None:
    """Count from 0 each time."""
    for choice in choices(call):
        for place, one in enumerate(choice.get("message", {}).get("tool_calls") or ()):
            one["id"] = f"call_{place}"


@fault(
    "partly.named_not_streamed",
    "In streams, a named tool_choice leaves the choice to the model.",
    "body",
    {"chat.tool_choice.named_stream": "ignored"},
    blocks=("chat.strict.no_arguments_stream",),
)
def named_not_streamed(call: Call) -> None:
    """Take any tool."""
    choice = call.body.get("tool_choice")
    if call.body.get("stream") is True and isinstance(choice, dict) and choice.get("type") == "function":
        call.body["tool_choice"] = "required"


@fault(
    "partly.past_arguments",
    "The arguments of calls in the history don't reach the model.",
    "body",
    {"chat.roles.together": "ignored"},
    blocks=("chat.history.results_by_id",),
)
def past_arguments(call: Call) -> None:
    """Forget them."""
    messages = call.body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        for one in (message.get("tool_calls") or ()) if isinstance(message, dict) else ():
            if isinstance(one["function"].get("arguments"), str):
                one["function"]["arguments"] = "{}"


@fault(
    "partly.prompt_uncounted",
    "Where a format is asked for, the prompt counts 0 tokens.",
    "document",
    {"chat.usage.counts": "broken"},
    blocks=("chat.tools.offered",),
)
def prompt_uncounted(call: Call) -> None:
    """Count the answer alone."""
    for document in completions(call):
        if call.body.get("response_format"):
            document["usage"]["prompt_tokens"] = 0
            document["usage"]["total_tokens"] = document["usage"]["completion_tokens"]


@fault(
    "partly.input_wrapped",
    "The input of a custom tool comes as an object.",
    "document",
    {"chat.custom.called": "broken"},
)
def input_wrapped(call: Call) -> None:
    """Wrap it."""
    for choice in choices(call):
        for one in choice.get("message", {}).get("tool_calls") or ():
            if "custom" in one:
                one["custom"]["input"] = json.dumps({"input": one["custom"]["input"]})


@fault(
    "partly.empty_result",
    "An empty result of a tool is refused.",
    "body",
    {"chat.tools.empty_result": "unsupported"},
)
def empty_result(call: Call) -> None:
    """Want words."""
    messages = call.body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") == "tool" and message.get("content") == "":
            raise Refusal(400, "Text content blocks must be non-empty.", param="messages")


@fault(
    "partly.tier_untold",
    "No answer tells its service_tier.",
    "document",
    {"chat.parameters.service_tier_told": "unsupported"},
)
def tier_untold(call: Call) -> None:
    """Keep it secret."""
    for document in completions(call):
        document.pop("service_tier", None)


@fault(
    "partly.long_prompt_cut",
    "Of a long prompt the end alone is read.",
    "body",
    {"chat.limits.long_prompt": "ignored"},
)
def long_prompt_cut(call: Call) -> None:
    """Slide the window on."""
    messages = call.body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and isinstance(message.get("content"), str) and len(message["content"]) < 100_000:
            message["content"] = message["content"][-16_000:]


@fault(
    "partly.longer_key",
    "A key is taken that begins as the right one does.",
    "request",
    {
        "http.auth.wrong_key": "ignored",
        "messages.access.wrong_key": "ignored",
        "responses.errors.wrong_key": "ignored",
    },
    blocks=("http.auth.*", "messages.count.wrong_key", "responses.keys.*"),
    also=("messages", "responses"),
)
def longer_key(call: Call) -> None:
    """Compare the first letters."""
    shown = call.request.headers.get("authorization", "").removeprefix("Bearer ")
    if (shown or call.request.headers.get("x-api-key", "")).startswith(KEY):
        call.notes["authorised"] = True


@fault(
    "limits.one_over",
    "One token more than the limit comes.",
    "body",
    {"chat.limits.counted": "broken"},
    blocks=("chat.limits.stream_counted",),
)
def one_over(call: Call) -> None:
    """Count from nothing."""
    for name in ("max_tokens", "max_completion_tokens"):
        limit = call.body.get(name)
        if isinstance(limit, int) and limit > 0:
            call.body[name] = limit + 1
