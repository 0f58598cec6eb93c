"""Faults of legacy completions and of embeddings that show in a part of what is asked for."""

from __future__ import annotations

from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import unsupported
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
    blocks=("completions.stream.prompts",),
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
        call.body["input"] = [" ".join(one.split()[:400]) for one in given]


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
