"""Legacy completions: the same model, asked with a prompt instead of a conversation."""

from __future__ import annotations

import secrets
import time
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call, Finished
from samewire.reference.cutting import finished
from samewire.reference.errors import Refusal, missing
from samewire.reference.rules import PARAMETERS, integer, refuse_type

__all__ = ["answer", "chunks", "document"]

#: Parameters that differ from those of chat.
OWN = {"best_of": integer(0, 20), "logprobs": integer(0, 5), "max_tokens": integer(0)}
KNOWN = (
    *("model", "prompt", "echo", "suffix", "stream", "stream_options", "n", "stop", "seed", "temperature", "top_p"),
    *("presence_penalty", "frequency_penalty", "logit_bias", "user", *OWN),
)


def answer(call: Call) -> None:
    """Check the body and let the model speak.

    Raises:
        Refusal: the body is refused.
    """
    body = call.body
    if "prompt" not in body:
        raise missing("prompt")
    for name, value in body.items():
        if name not in KNOWN:
            raise Refusal(400, f"Unrecognized request argument supplied: {name}", param=name, code="unknown_parameter")
        if value is not None and name in OWN:
            OWN[name](name, value)
        elif value is not None and name in PARAMETERS:
            PARAMETERS[name][0](name, value)
    if (body.get("best_of") or 20) < (body.get("n") or 1):
        raise Refusal(400, "'best_of' must be at least 'n'.", param="best_of", code="invalid_value")
    prompts = _prompts(body["prompt"])
    call.prompt_tokens = sum(tokens.count(prompt) for prompt in prompts)
    if call.prompt_tokens > call.settings.window:
        message = f"This model's maximum context length is {call.settings.window} tokens."
        raise Refusal(400, message, param="prompt", code="context_length_exceeded")
    limited = {**body, "max_tokens": 16 if body.get("max_tokens") is None else body["max_tokens"]}
    for prompt in prompts:
        for _ in range(body.get("n") or 1):
            said = model.reply(model.Prompt([model.Said("user", prompt)], lively=call.settings.lively))
            answer = finished(said, limited, 0)
            if body.get("echo"):
                answer.text, answer.tokens = prompt + answer.text, [*tokens.tokenize(prompt), *answer.tokens]
            call.answers.append(answer)


def _prompts(value: Any) -> list[str]:
    if value is None:
        return ["<|endoftext|>"]
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not value:
        raise refuse_type("prompt", value, "a string or an array")
    if all(isinstance(one, int) for one in value):
        return [" ".join(map(str, value))]
    return [" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value]


def _frame(call: Call) -> dict[str, Any]:
    identifier, now = f"cmpl-{secrets.token_hex(12)}", int(time.time())
    return {"id": identifier, "object": "text_completion", "created": now, "model": call.body["model"]}


def _logprobs(call: Call, pieces: list[str], begin: int = 0) -> dict[str, Any] | None:
    top = call.body.get("logprobs")
    if top is None:
        return None
    entries = [tokens.logprobs(piece, top) for piece in pieces]
    offsets = [begin + sum(len(piece) for piece in pieces[:place]) for place in range(len(pieces))]
    return {
        "tokens": pieces,
        "token_logprobs": [entry["logprob"] for entry in entries],
        "top_logprobs": [{one["token"]: one["logprob"] for one in entry["top_logprobs"]} for entry in entries],
        "text_offset": offsets,
    }


def _reason(one: Finished) -> str:
    return "length" if one.reason == "length" else "stop"


def _usage(call: Call) -> dict[str, int]:
    spent = sum(one.spent for one in call.answers)
    total = call.prompt_tokens + spent
    return {"prompt_tokens": call.prompt_tokens, "completion_tokens": spent, "total_tokens": total}


def document(call: Call) -> dict[str, Any]:
    """The answers as one completion."""
    choices = [
        {"text": one.text, "index": index, "logprobs": _logprobs(call, one.tokens), "finish_reason": _reason(one)}
        for index, one in enumerate(call.answers)
    ]
    return {**_frame(call), "choices": choices, "usage": _usage(call)}


def chunks(call: Call) -> list[dict[str, Any]]:
    """The answers as the chunks of a stream, which have the shape of the whole."""
    frame = _frame(call)
    metered = bool((call.body.get("stream_options") or {}).get("include_usage"))
    made = []
    for index, one in enumerate(call.answers):
        begin = 0
        for piece in one.tokens:
            logprobs = _logprobs(call, [piece], begin)
            begin += len(piece)
            choice = {"text": piece, "index": index, "logprobs": logprobs, "finish_reason": None}
            made.append({**frame, "choices": [choice]})
        last = {"text": "", "index": index, "logprobs": None, "finish_reason": _reason(one)}
        made.append({**frame, "choices": [last]})
    if metered:
        made.append({**frame, "choices": [], "usage": _usage(call)})
    return made
