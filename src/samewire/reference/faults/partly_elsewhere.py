"""Faults of legacy completions and of embeddings that show in a part of what is asked for."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import Refusal, missing, unsupported
from samewire.reference.faults.legacy import OF_FOUR
from samewire.reference.faults.registry import fault

COMPLETIONS, EMBEDDINGS = "/completions", "/embeddings"


def _texts(call: Call) -> list[dict[str, Any]]:
    return list(call.document["choices"]) if call.path == COMPLETIONS and not call.chunks else []


@fault(
    "partly.one_text_streamed",
    "n is dropped in streams of texts.",
    "body",
    {"completions.stream.prompts": "ignored"},
    where=COMPLETIONS,
    blocks=("completions.text.nothing",),
)
def one_text_streamed(call: Call) -> None:
    """Stream one."""
    if call.body.get("stream") is True:
        call.body.pop("n", None)


@fault(
    "partly.no_rivals_of_texts",
    "The logprobs of a text have no alternatives.",
    "document",
    {"completions.text.logprobs": "ignored"},
    where=COMPLETIONS,
)
def no_rivals_of_texts(call: Call) -> None:
    """Tell of no others."""
    for choice in _texts(call):
        if choice["logprobs"]:
            choice["logprobs"]["top_logprobs"] = None


@fault(
    "partly.first_prompt_counted",
    "Of several prompts the first alone is counted.",
    "document",
    {"completions.text.counted": "broken"},
    where=COMPLETIONS,
)
def first_prompt_counted(call: Call) -> None:
    """Count one."""
    prompt = call.body.get("prompt")
    if _texts(call) and isinstance(prompt, list):
        usage = call.document["usage"]
        usage["prompt_tokens"] = tokens.count(str(prompt[0]))
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


@fault(
    "partly.no_tokens_for_prompts",
    "A prompt of tokens is refused.",
    "body",
    {"completions.text.tokens": "unsupported"},
    blocks=("completions.text.tokens_echo",),
    where=COMPLETIONS,
)
def no_tokens_for_prompts(call: Call) -> None:
    """Want words."""
    prompt = call.body.get("prompt")
    if isinstance(prompt, list) and not all(isinstance(one, str) for one in prompt):
        raise unsupported("prompt")


@fault(
    "partly.one_prompt_streamed",
    "A stream has the text of the first prompt alone.",
    "chunks",
    {"completions.stream.prompts": "ignored"},
    where=COMPLETIONS,
    blocks=("completions.text.nothing",),
)
def one_prompt_streamed(call: Call) -> None:
    """Stream one."""
    call.chunks = [chunk for chunk in call.chunks if not any(choice["index"] for choice in chunk["choices"])]


@fault(
    "partly.blanks_of_texts",
    "The chunks of a text lose their blanks.",
    "chunks",
    {"completions.stream.same_text": "broken"},
    where=COMPLETIONS,
)
def blanks_of_texts(call: Call) -> None:
    """Trim them."""
    for chunk in call.chunks:
        for choice in chunk["choices"]:
            choice["text"] = choice["text"].strip()


@fault(
    "partly.nameless_embeddings",
    "Embeddings don't name their model.",
    "document",
    {"embeddings.list.shape": "broken"},
    where=EMBEDDINGS,
)
def nameless_embeddings(call: Call) -> None:
    """Leave it empty."""
    call.document["model"] = ""


@fault(
    "partly.long_input_cut",
    "A long text is embedded as far as its first words go.",
    "body",
    {"embeddings.inputs.long": "ignored"},
    where=EMBEDDINGS,
)
def long_input_cut(call: Call) -> None:
    """Read the beginning."""
    given = call.body.get("input")
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        call.body["input"] = [" ".join(one.split()[:400]) or one for one in given]


@fault(
    "partly.completions_open",
    "Legacy completions want no key.",
    "request",
    {"http.auth.completions": "ignored"},
    where=COMPLETIONS,
)
def completions_open(call: Call) -> None:
    """Let everybody in."""
    call.notes["authorised"] = True


@fault(
    "partly.some_text_at_least",
    "Of a text one token has to be asked for.",
    "body",
    {"completions.text.nothing": "unsupported"},
    where=COMPLETIONS,
)
def some_text_at_least(call: Call) -> None:
    """Want to say something."""
    if call.body.get("max_tokens") == 0:
        raise unsupported("max_tokens")


@fault(
    "partly.tokens_not_echoed",
    "Who wants a prompt of tokens told once more makes the server fail.",
    "body",
    {"completions.text.tokens_echo": "broken"},
    blocks=("completions.text.worth",),
    where=COMPLETIONS,
)
def tokens_not_echoed(call: Call) -> None:
    """Look for letters."""
    prompt = call.body.get("prompt")
    if call.body.get("echo") and isinstance(prompt, list) and not isinstance(prompt[0], str):
        raise Refusal(500, "can only concatenate str to str", type="server_error")


@fault(
    "partly.charset_of_prompts",
    "Where a charset is named, the body of a legacy completion is not read.",
    "body",
    {"completions.text.charset": "unsupported"},
    blocks=OF_FOUR,
    where=COMPLETIONS,
)
def charset_of_prompts(call: Call) -> None:
    """Compare the type as a whole."""
    if "charset" in call.request.headers.get("content-type", ""):
        raise missing("prompt")


@fault(
    "partly.charset_of_inputs",
    "Where a charset is named, the body of a request for embeddings is not read.",
    "body",
    {"embeddings.inputs.charset": "unsupported"},
    where=EMBEDDINGS,
)
def charset_of_inputs(call: Call) -> None:
    """Compare the type as a whole."""
    if "charset" in call.request.headers.get("content-type", ""):
        raise missing("input")


@fault(
    "partly.ten_inputs",
    "More than ten texts are not embedded at once.",
    "body",
    {"embeddings.inputs.many": "unsupported"},
    blocks=(
        "embeddings.inputs.letters",
        "embeddings.encoding.*",
        "embeddings.dimensions.tokens",
        "embeddings.mistakes.dimensions",
        "embeddings.inputs.long",
        "embeddings.list.whole",
        "embeddings.list.own",
    ),
    where=EMBEDDINGS,
)
def ten_inputs(call: Call) -> None:
    """Take few."""
    given = call.body.get("input")
    if isinstance(given, list) and len(given) > 10:
        raise unsupported("input")


@fault(
    "partly.ten_embeddings",
    "Of more than ten texts the first ten are embedded.",
    "body",
    {"embeddings.list.belongs": "broken"},
    blocks=("embeddings.inputs.letters", "embeddings.inputs.long", "embeddings.list.whole", "embeddings.list.own"),
    where=EMBEDDINGS,
)
def ten_embeddings(call: Call) -> None:
    """Cut off what is too much."""
    given = call.body.get("input")
    if isinstance(given, list):
        call.body["input"] = given[:10]


@fault(
    "partly.scraps",
    "Texts without a word have vectors of nulls.",
    "document",
    {"embeddings.list.entry": "broken"},
    blocks=("embeddings.*",),
    where=EMBEDDINGS,
)
def scraps(call: Call) -> None:
    """Look for words."""
    given = call.body["input"]
    for text, one in zip([given] if isinstance(given, str) else given, call.document["data"], strict=False):
        if isinstance(text, str) and not any(map(str.isalnum, text)) and isinstance(one["embedding"], list):
            one["embedding"] = [None] * len(one["embedding"])


@fault(
    "partly.not_a_number",
    "base64 has something in it that is no number.",
    "document",
    {"embeddings.encoding.float32": "broken"},
    where=EMBEDDINGS,
    blocks=("embeddings.list.own",),
)
def not_a_number(call: Call) -> None:
    """Divide by nothing, at the end."""
    for one in call.document["data"]:
        if isinstance(one["embedding"], str):
            packed = base64.b64decode(one["embedding"])
            one["embedding"] = base64.b64encode(packed[:-4] + struct.pack("<f", math.nan)).decode()


@fault(
    "partly.prompts_beside_logprobs",
    "Several prompts with logprobs make the server fail; each alone is taken.",
    "body",
    {"completions.text.together": "broken"},
    blocks=(
        "completions.text.worth",
        *OF_FOUR,
    ),
    where=COMPLETIONS,
)
def prompts_beside_logprobs(call: Call) -> None:
    """Index what is a list."""
    if isinstance(call.body.get("prompt"), list) and call.body.get("logprobs") is not None:
        raise Refusal(500, "list index out of range", type="server_error")


@fault(
    "partly.short_base64",
    "dimensions with base64 makes the server fail; each alone is taken.",
    "body",
    {"embeddings.inputs.together": "broken"},
    blocks=(
        "embeddings.encoding.*",
        "embeddings.dimensions.tokens",
        "embeddings.mistakes.dimensions",
    ),
    where=EMBEDDINGS,
)
def short_base64(call: Call) -> None:
    """Cut a string."""
    if call.body.get("dimensions") is not None and call.body.get("encoding_format") == "base64":
        raise Refusal(500, "'str' object cannot be interpreted as an integer", type="server_error")


@fault(
    "partly.long_input_fails",
    "A text beyond a batch of 512 tokens makes the server fail.",
    "body",
    {"embeddings.inputs.long": "broken"},
    where=EMBEDDINGS,
    blocks=("embeddings.inputs.letters",),
)
def long_input_fails(call: Call) -> None:
    """Have little room."""
    given = call.body.get("input")
    if isinstance(given, list) and any(isinstance(one, str) and len(one.split()) > 512 for one in given):
        raise Refusal(500, "input is too large to process. increase the physical batch size", type="server_error")
