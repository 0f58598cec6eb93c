"""Faults that show where two things meet, or where one is looked at more closely."""

from __future__ import annotations

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.faults.registry import choices, completions, deltas, fault

COMPLETIONS = "/completions"


@fault(
    "finer.prompt_for_each_choice",
    "The prompt is counted once for every choice.",
    "document",
    {"chat.usage.prompt_once": "broken"},
)
def prompt_for_each_choice(call: Call) -> None:
    """Count it again and again."""
    for document in completions(call):
        usage = document["usage"]
        usage["prompt_tokens"] *= len(document["choices"])
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


#: What can't be told where a stream and a whole answer differ.
_DIFFERING = (
    "chat.stream.same_words",
    "chat.stream_usage.same_output",
    "chat.stream.whitespace",
    "chat.stream.same_finish",
)


def _bound(call: Call) -> bool:
    """Whether the words are bound by a format, or told with their odds."""
    return bool(call.body.get("response_format") or call.body.get("logprobs"))


@fault(
    "finer.marks",
    "The mark that ends a turn stands in the content.",
    "document",
    {"chat.completion.no_marks": "broken"},
    blocks=_DIFFERING,
)
def marks(call: Call) -> None:
    """Decode every token, the last one, too."""
    for choice in choices(call):
        if choice["finish_reason"] == "stop" and choice["message"].get("content") and not _bound(call):
            choice["message"]["content"] += "<|im_end|>"


@fault(
    "finer.marks_streamed",
    "The mark that ends a turn is the last delta of a stream.",
    "chunks",
    {"chat.stream.no_marks": "broken"},
    blocks=_DIFFERING,
)
def marks_streamed(call: Call) -> None:
    """Decode every token, the last one, too."""
    for delta in [one for one in deltas(call) if one.get("content") and not _bound(call)][-1:]:
        delta["content"] += "</s>"


@fault(
    "finer.null_as_text",
    "Where a tool is called, content is the text None.",
    "document",
    {"chat.tools.no_null_as_text": "broken"},
)
def null_as_text(call: Call) -> None:
    """Make text of nothing."""
    for choice in choices(call):
        if choice["message"].get("tool_calls"):
            choice["message"]["content"] = str(choice["message"].get("content"))


@fault(
    "finer.tool_of_any_type",
    "Whatever its type, a tool that holds a function is taken for one.",
    "body",
    {"chat.mistakes.tool_type": "ignored"},
)
def tool_of_any_type(call: Call) -> None:
    """Read the function."""
    tools = call.body.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and isinstance(tool.get("function"), dict):
            tool["type"] = "function"


@fault(
    "finer.letters_beside_logprobs",
    "With logprobs, letters beyond ASCII turn into U+FFFD.",
    "chunks",
    {"chat.letters.beside_logprobs": "broken"},
    blocks=(
        "chat.sampling.logprobs_stream_bytes",
        "chat.sampling.logprobs_stream_text",
    ),
)
def letters_beside_logprobs(call: Call) -> None:
    """Write each token by itself."""
    for choice in choices(call):
        if call.body.get("logprobs") and choice["delta"].get("content"):
            choice["delta"]["content"] = "".join(
                one if one.isascii() else "\ufffd" for one in choice["delta"]["content"]
            )


def _filled_in(call: Call, said: str, instead: str) -> None:
    """Write something else into a form."""
    for answer in call.answers:
        if said in answer.text:
            answer.text = answer.text.replace(said, instead)
            answer.tokens = tokens.tokenize(answer.text)


@fault(
    "finer.numbers_to_choose_from",
    "Where a form has a choice of numbers, there is no number.",
    "answers",
    {"chat.format.enums": "ignored"},
)
def numbers_to_choose_from(call: Call) -> None:
    """Know choices of words alone."""
    _filled_in(call, '"stars": 3', '"stars": ""')


@fault(
    "finer.choice_behind_reference",
    "A choice of words behind a reference is free.",
    "answers",
    {"chat.format.enums": "ignored"},
)
def choice_behind_reference(call: Call) -> None:
    """Don't look there."""
    _filled_in(call, '"mood": "', '"mood": "not so ')


@fault(
    "finer.param_messages",
    "Whatever is wrong, the messages are said to be.",
    "error",
    {"http.error.right_param": "broken"},
)
def param_messages(call: Call) -> None:
    """Blame them."""
    error = call.document["error"]
    if error["param"]:
        error["param"] = "messages"


@fault(
    "finer.blanks_of_some",
    "Some chunks of a text lose the blank they begin with.",
    "chunks",
    {"completions.stream.same_text": "broken"},
    where=COMPLETIONS,
)
def blanks_of_some(call: Call) -> None:
    """Trim every other one."""
    for chunk in call.chunks[::2]:
        for choice in chunk["choices"]:
            choice["text"] = choice["text"].lstrip()


@fault(
    "finer.echo_without_logprobs",
    "Of an echo, only what is new has logprobs.",
    "chunks",
    {"completions.text.echo_logprobs": "ignored"},
    where=COMPLETIONS,
    blocks=("completions.text.no_alternatives",),
)
def echo_without_logprobs(call: Call) -> None:
    """Leave out those of the prompt."""
    left = len(str(call.body.get("prompt"))) if call.body.get("echo") else 0
    for choice in choices(call):
        if left > 0:
            choice["logprobs"] = None
        left -= len(choice["text"])


@fault(
    "finer.offsets_begin_anew",
    "In a stream, the places of tokens begin anew after the echoed prompt.",
    "chunks",
    {"completions.stream.offsets": "broken"},
    where=COMPLETIONS,
)
def offsets_begin_anew(call: Call) -> None:
    """Forget the prompt."""
    begun = len(str(call.body.get("prompt"))) if call.body.get("echo") else 0
    for choice in choices(call):
        if choice.get("logprobs"):
            choice["logprobs"]["text_offset"] = [
                one % begun if begun else one for one in choice["logprobs"]["text_offset"]
            ]
