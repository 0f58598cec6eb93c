"""Models behind the Responses protocol with moods of their own, at which nothing is lost on the way."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.faults.responses.company import is_picture, pictures
from samewire.reference.faults.responses.declaring import input_text
from samewire.reference.variants.responses import variant


@variant(
    "responses.newest",
    "The model looks at the pictures of the last message alone; all of them reach it, and are counted.",
    "answers",
    blocks=("responses.images.several",),
)
def newest(call: Call) -> None:
    """Look at what came last."""
    if input_text(call).count("'input_image'") > 1:
        counted = call.prompt_tokens
        pictures(call, lambda parts, last: [part for part in parts if parts is last or not is_picture(part)])
        call.prompt_tokens = counted


@variant(
    "responses.terse", "What a tool says is answered in a word, and tools are written out line by line.", "answers"
)
def terse(call: Call) -> None:
    """Indent each line of the tools by so many tokens, and say little."""
    lines = json.dumps(call.body.get("tools") or [], indent=1)
    call.prompt_tokens += 2 * lines.count("\n ")
    if call.notes["input"][-1]["type"] == "function_call_output":
        for answer in call.answers if not call.answers[0].calls else ():
            answer.text, answer.tokens, answer.spent = "Hello!", ["Hello!"], 1
