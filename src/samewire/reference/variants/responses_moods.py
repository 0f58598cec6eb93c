"""Models behind the Responses protocol with moods of their own, and servers without a memory: nothing is lost."""

from __future__ import annotations

import json

from samewire.reference.call import Call
from samewire.reference.errors import unsupported
from samewire.reference.faults.responses.company import is_picture, pictures
from samewire.reference.faults.responses.declaring import input_text
from samewire.reference.variants.responses import UNSUPPORTED, variant


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


#: What servers without a memory refuse.
STATE = ("get", "delete", "input_items", "previous", "store")


@variant(
    "responses.stores_nothing",
    "Nothing is stored, and whoever asks for it, or for what came before, is refused.",
    "body",
    {
        **{f"responses.state.{name}": UNSUPPORTED for name in STATE},
        "responses.tools.previous_call": UNSUPPORTED,
        "responses.input.reference": UNSUPPORTED,
    },
    blocks=(
        *("responses.state.*", "responses.keys.get", "responses.keys.delete", "responses.usage.turns_once"),
        *("responses.tools.*_output", "responses.tools.answered_stream", "responses.mistakes.conversation"),
    ),
)
def stores_nothing(call: Call) -> None:
    """Refuse what needs a memory."""
    for name in ("store", "previous_response_id"):
        if call.body.get(name):
            raise unsupported(name)
    call.body["store"] = False
