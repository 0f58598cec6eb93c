"""Embeddings: vectors that are the same for the same text, and near for texts that share words."""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from collections import Counter
from typing import Any

from samewire.reference import tokens
from samewire.reference.call import Call
from samewire.reference.errors import Refusal, missing
from samewire.reference.rules import integer, one_of, refuse_type, string

__all__ = ["document"]

DIMENSIONS = 64


def document(call: Call) -> dict[str, Any]:
    """The answer to a request for embeddings.

    Raises:
        Refusal: the request is refused.
    """
    body = call.body
    if "input" not in body:
        raise missing("input")
    inputs = _inputs(body["input"])
    encoding = body.get("encoding_format", "float")
    one_of("float", "base64")("encoding_format", encoding)
    size = body.get("dimensions", DIMENSIONS)
    integer(1, DIMENSIONS)("dimensions", size)
    if body.get("user") is not None:
        string()("user", body["user"])
    lengths = [tokens.count(text) for text in inputs]
    if max(lengths) > call.settings.window:
        message = f"This model's maximum context length is {call.settings.window} tokens, and an input has more."
        raise Refusal(400, message, param="input", code="context_length_exceeded")
    data = []
    for index, text in enumerate(inputs):
        numbers = vector(text, size)
        packed = base64.b64encode(struct.pack(f"<{size}f", *numbers)).decode()
        data.append({"object": "embedding", "index": index, "embedding": packed if encoding == "base64" else numbers})
    spent = sum(lengths)
    usage = {"prompt_tokens": spent, "total_tokens": spent}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage}


def _inputs(value: Any) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise refuse_type("input", value, "a string or an array")
    if value and all(isinstance(one, int) for one in value):
        value = [value]
    texts = [" ".join(map(str, one)) if isinstance(one, list) else one for one in value]
    if not texts or not all(isinstance(text, str) and text for text in texts) or len(texts) > 2048:
        raise Refusal(400, "'$.input' is invalid.", param="input", code="invalid_value")
    return texts


def vector(text: str, size: int) -> list[float]:
    """The vector of a text: of length 1, the sum of its words' vectors."""
    total = [0.0] * size
    for word, times in Counter(text.lower().split()).items():
        digest = hashlib.sha512(word.encode("utf-8", "surrogatepass")).digest()
        for place in range(size):
            total[place] += times * (digest[place % len(digest)] / 127.5 - 1.0)
    length = math.sqrt(sum(number * number for number in total)) or 1.0
    # As float32, so that what is written as text and as bytes is the same number.
    return [struct.unpack("<f", struct.pack("<f", number / length))[0] for number in total]
