"""Ways to be conformant that a closer look must not take for faults."""

from __future__ import annotations

import json
import re
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import choices, completions
from samewire.reference.faults.responses.declaring import aloud, renumber
from samewire.reference.faults.responses.ignored import again
from samewire.reference.faults.unheeded import within
from samewire.reference.variants.moods import BINDING, say
from samewire.reference.variants.registry import variant

#: What an alternative in `logprobs` has.
ENTRY = ("token", "logprob", "bytes")


@variant("courteous", "The model counts, and then has something to add.", "answers", blocks=("*",))
def courteous(call: Call) -> None:
    """Say good-bye."""
    if any(call.body.get(name) is not None for name in BINDING):
        return
    for answer in call.answers:
        if not answer.calls and answer.reason == "stop" and re.search(r"\d$", answer.text):
            say(answer, f"Here it comes: {answer.text}\n\nLet me know if you want me to go on.")


@variant("breaks_off", "The model counts a while, and then says that it goes on like that.", "answers", blocks=("*",))
def breaks_off(call: Call) -> None:
    """Find it boring."""
    for answer in call.answers:
        if not answer.calls and answer.reason == "stop" and len(answer.text) > 1000:
            say(answer, f"{answer.text[:600].rpartition(',')[0]} and so on, up to the last.")


def _bytewise(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A token as one for each of its bytes, of which none is a letter."""
    if entry["token"].isascii():
        return [entry]
    return [{**entry, "token": "\ufffd", "bytes": [one]} for one in entry["token"].encode("utf-8", "surrogatepass")]


@variant(
    "bytewise",
    "Letters beyond ASCII are tokens of a byte each, which no text can show.",
    "chunks",
    blocks=("chat.sampling.logprobs_stream_text",),
)
def bytewise(call: Call) -> None:
    """Tell each byte."""
    for choice in choices(call):
        if (choice.get("logprobs") or {}).get("content"):
            choice["logprobs"]["content"] = [one for entry in choice["logprobs"]["content"] for one in _bytewise(entry)]


@variant(
    "bytes_spelled",
    "Letters beyond ASCII are tokens of a byte each, written as OpenAI writes them.",
    "chunks",
    blocks=("chat.sampling.logprobs_stream_text",),
)
def bytes_spelled(call: Call) -> None:
    """Write each byte."""
    bytewise(call)
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            if entry["token"] == "\ufffd":
                byte = entry["bytes"][0]
                entry["token"] = chr(byte) if byte < 128 else f"bytes:\\x{byte:02x}"
                entry["top_logprobs"] = [{name: entry[name] for name in ENTRY}]


@variant("params_by_path", "Errors name parameters by their path in the body.", "error")
def params_by_path(call: Call) -> None:
    """Begin with the body."""
    error = call.document["error"]
    if error["param"]:
        error["param"] = f"body.{error['param']}"


@variant("params_akin", "Errors about options name what they are options of.", "error")
def params_akin(call: Call) -> None:
    """Blame the stream for its options, and tools for the choice."""
    error = call.document["error"]
    error["param"] = {"stream_options": "stream", "tool_choice": "tools"}.get(error["param"], error["param"])


@variant(
    "echo_or_logprobs",
    "Legacy completions refuse echo with logprobs, as OpenAI does today.",
    "body",
    {"completions.text.echo_logprobs": "unsupported"},
    blocks=(
        "completions.stream.offsets",
        "completions.stream.logprobs",
        "completions.stream.likelihood",
        "completions.stream.length",
        "completions.stream.max_tokens",
        "completions.stream.answered",
        "completions.stream.counts_added",
        "completions.stream.unique_id",
        "completions.stream.places",
    ),
    where="/completions",
)
def echo_or_logprobs(call: Call) -> None:
    """Give one of them."""
    if call.body.get("echo") and call.body.get("logprobs") is not None:
        raise Refusal(400, "'echo' and 'logprobs' can't be used together with this model.", param="echo")


@variant(
    "words_to_choose_from",
    "A choice of anything but words is refused in schemas.",
    "body",
    {"chat.format.enums": "unsupported"},
    blocks=("chat.format.*", "chat.images.*"),
)
def words_to_choose_from(call: Call) -> None:
    """Want words."""
    if re.search(r'"enum": \[\d', json.dumps(call.body.get("response_format"))):
        raise Refusal(400, "'enum' is only allowed for strings.", param="response_format", code="invalid_value")


@variant("text_beside_calls", "Words stand beside a call, and one of them is none.", "document")
def text_beside_calls(call: Call) -> None:
    """Say what is done."""
    for choice in choices(call):
        if choice["message"].get("tool_calls") and choice["finish_reason"] != "length":
            choice["message"]["content"] = "None of this I know, so I look it up."
            call.document["usage"]["completion_tokens"] += (more := tokens.count(choice["message"]["content"]))
            call.document["usage"]["total_tokens"] += more


@variant("odds_of_its_own", "Unasked, an entry of logprobs has the token itself for an alternative.", "document")
def odds_of_its_own(call: Call) -> None:
    """List what was chosen."""
    for choice in choices(call):
        for entry in (choice.get("logprobs") or {}).get("content") or ():
            entry["top_logprobs"] = entry["top_logprobs"] or [{name: entry[name] for name in ENTRY}]


@variant(
    "functions_of_old",
    "Functions are taken, and a message of the role function is refused.",
    "body",
    {"chat.functions.result": "unsupported"},
)
def functions_of_old(call: Call) -> None:
    """Take results of tools alone."""
    if '"role": "function"' in json.dumps(call.body.get("messages")):
        raise Refusal(400, "Messages of the role 'function' are not supported.", param="messages", code="invalid_value")


@variant(
    "json_calls_only",
    "A call in the history whose arguments are no JSON is refused.",
    "body",
    {"chat.history.cut_call": "unsupported"},
)
def json_calls_only(call: Call) -> None:
    """Read what is sent back."""
    every = [one for one in call.body.get("messages") or () if isinstance(one, dict)]
    made = [two.get("function") or {} for one in every for two in one.get("tool_calls") or ()]
    if any(isinstance(one.get("arguments"), str) and not one["arguments"].endswith("}") for one in made):
        raise Refusal(400, "The arguments of a tool call are no valid JSON.", param="messages", code="invalid_value")


@variant("announced_in_json", "Beside a call, the model shows its arguments in a sentence.", "answers")
def announced_in_json(call: Call) -> None:
    """Tell what it is about to do."""
    for answer in call.answers:
        if answer.calls and answer.reason == "tool_calls" and not call.body.get("tool_choice"):
            say(answer, f"I will call {answer.calls[0][1]} with {answer.calls[0][2]}.")


variant(
    "responses.thinks_aloud",
    "In streams, reasoning is told word by word, as well as summed up.",
    "chunks",
    where="/responses",
)(aloud)


@variant(
    "responses.keepalive",
    "Streams hold keepalive events, as OpenAI's long ones do.",
    "chunks",
    where="/responses",
)
def keepalive(call: Call) -> None:
    """Show that one is still there."""
    for place in (2, len(call.chunks) - 1):
        call.chunks.insert(place, {"type": "keepalive"})
    renumber(call)


@variant(
    "thoughts_shown",
    "Where top_logprobs are asked for, the model shows what it thought, counts it among its tokens, and not apart.",
    "document",
    blocks=("chat.usage.output",),
)
def thoughts_shown(call: Call) -> None:
    """Think aloud."""
    for document in completions(call):
        if not call.body.get("top_logprobs"):
            return
        for choice in document["choices"]:
            choice["message"]["reasoning_content"] = "That is easy. " * 8
            document["usage"]["completion_tokens"] += 32
            document["usage"]["total_tokens"] += 32
        document["usage"].pop("completion_tokens_details")


@variant(
    "filtered",
    "A filter refuses some prompts, whatever is asked for beside them.",
    "body",
    blocks=("chat.history.*", "chat.images.*", "chat.format.*"),
)
def filtered(call: Call) -> None:
    """Hear no singing, and name no city."""
    said = json.dumps(call.body.get("messages"))
    if "Sing." in said or "Name a city of your choice in JSON." in said:
        raise Refusal(400, "The prompt triggered the content management policy.", code="content_filter")


@variant(
    "stops_in_thoughts",
    "Stop sequences are looked for in what the model thinks, too, so that nothing is left to say.",
    "answers",
    blocks=("chat.sampling.stop*",),
)
def stops_in_thoughts(call: Call) -> None:
    """Stop before the first word."""
    if call.body.get("stop"):
        for answer in call.answers:
            say(answer, "")
            answer.reason = "stop"


#: What some templates put before and after an answer, as tokens.
AROUND = (
    ("<think>", "\n\n", "</think>", "\n\n"),
    ("<|END_RESPONSE|>", "<|END_OF_TURN_TOKEN|>", "[|endofturn|]", "<pad>"),
)


@variant(
    "logprobs_of_marks",
    "The tokens in logprobs hold what the template puts around the answer; they are counted.",
    "document",
    blocks=("chat.sampling.logprobs_bytes", "chat.sampling.logprobs_beside*", "chat.usage.*"),
)
def logprobs_of_marks(call: Call) -> None:
    """Tell every token that was read or made."""
    for choice in choices(call):
        if given := (choice.get("logprobs") or {}).get("content"):
            before, after = ([tokens.logprobs(word, 0) for word in words] for words in AROUND)
            given[:] = [*before, *given, *after]
            for name in ("completion_tokens", "total_tokens") if not call.body.get("n") else ():
                call.document["usage"][name] += len(before) + len(after)


@variant(
    "mute",
    "A greeting is answered with null, cut off in thoughts; a message without content is refused in a history.",
    "document",
    {"chat.history.empty_answer": "unsupported"},
    blocks=("*",),
)
def mute(call: Call) -> None:
    """Say nothing, and take nothing for an answer."""
    every = call.body.get("messages") if isinstance(call.body, dict) else None
    if not isinstance(every, list):
        return
    for place, one in enumerate(every):
        said = [one.get(name) for name in ("content", "tool_calls", "function_call")]
        if one.get("role") == "assistant" and not any(said):
            raise Refusal(400, "Expected a string, got null.", param=f"messages.[{place}].content")
    if len(every) == 1 and every[0].get("content") == "Say hello." and not call.body.get("n"):
        for choice in choices(call):
            if not choice["message"].get("tool_calls"):
                choice["message"]["content"], choice["finish_reason"] = None, "length"


@variant("speaks_of_marks", "The model strikes words out, and speaks of what ends a turn.", "answers", blocks=("*",))
def speaks_of_marks(call: Call) -> None:
    """Digress."""
    if any(call.body.get(name) is not None for name in BINDING):
        return
    for answer in call.answers:
        if not answer.calls and answer.reason == "stop" and answer.text.startswith("Hello"):
            say(answer, f"{answer.text} A turn ends with <|im_end|>, I <s>think</s>know. It is <s>so</s>")


@variant(
    "unkept_thoughts",
    "A greeting is thought about and not kept, so that what was thought can't be sent back.",
    "document",
    blocks=("responses.input.own_output", "responses.tools.ends", "responses.tools.own_call"),
    where="/responses",
)
def unkept_thoughts(call: Call) -> None:
    """Keep nothing."""
    if call.request.method != "POST":
        return
    given = call.body.get("input")
    for one in given if isinstance(given, list) else ():
        if one.get("type") == "reasoning" and not one.get("encrypted_content"):
            raise Refusal(404, "Items are not persisted when `store` is set to false.", param="input")
    greeted = given == "Say hello." or call.body.get("store", "") is None
    if greeted and call.document.get("object") == "response" and not call.body.get("include"):
        call.document["store"] = False
        thought = {"id": "rs_0123456789abcdef", "type": "reasoning", "summary": []}
        call.document["output"] = [thought, *call.document["output"]]


@variant(
    "at_once",
    "Streams come at once, and sooner than whole answers.",
    "events",
    blocks=("chat.stream.flushed",),
    pace=0.03,
)
def at_once(call: Call) -> None:
    """Have had it ready."""
    call.notes["hang"] = call.settings.pace * len(call.events) * 0.5
    call.events[:] = [b"".join(call.events)]


@variant(
    "responses.looks_twice",
    "After a first result, the model calls the same tool again, and answers after the second.",
    "answers",
    blocks=("responses.tools.*",),
    where="/responses",
)
def looks_twice(call: Call) -> None:
    """Make sure."""
    given = call.body.get("input")
    turns = [*call.notes["before"], *(given if isinstance(given, list) else ())]
    results = [one for one in turns if one.get("type") == "function_call_output"]
    if call.body.get("tools") and call.body.get("tool_choice") in (None, "auto") and results and turns[-1:] == results:
        again(call, tool_choice="required")


@variant(
    "responses.strict_within",
    "Mistakes within an item are refused with 422, and all others with 400.",
    "error",
    where="/responses",
)
def strict_within(call: Call) -> None:
    """Find them while reading."""
    error = call.document["error"]
    if call.response.status == 400 and str(error.get("param")).startswith("input["):
        call.response.status = 422


@variant(
    "responses.least",
    "A limit is taken from 20 on, and what is less is refused.",
    "body",
    {"responses.limits.kept": "unsupported", "responses.limits.stream": "unsupported"},
    blocks=("responses.limits.*", "responses.usage.*", "responses.stream.flushed", "responses.open.*"),
    where="/responses",
)
def least(call: Call) -> None:
    """Want some room."""
    limit = call.body.get("max_output_tokens")
    if isinstance(limit, int) and limit < 20:
        raise Refusal(400, "Invalid 'max_output_tokens': expected a value >= 20.", param="max_output_tokens")


@variant("beyond_subset", "Strict schemas that go beyond the subset are kept to.", "body")
def beyond_subset(call: Call) -> None:
    """Take them at their word."""
    within(call, {"const": "small"})
