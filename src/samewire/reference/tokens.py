"""A tokenizer that is nobody's: words in pieces of up to five letters, so that counts behave like real ones."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Any

__all__ = ["count", "logprobs", "token_id", "tokenize"]

_TOKEN = re.compile(r"\s?[^\W\d_]{1,5}|\s?\d{1,3}|\s?[^\w\s]|_|\s")


def tokenize(text: str) -> list[str]:
    """The text in tokens; joined, they are the text again."""
    return _TOKEN.findall(text)


@lru_cache(maxsize=256)
def count(text: str) -> int:
    """How many tokens a text has."""
    return len(tokenize(text))


def token_id(token: str) -> int:
    """A token's id, as ``logit_bias`` names it."""
    return zlib.crc32(token.encode("utf-8", "surrogatepass")) % 100_000


def _entry(token: str, rank: int) -> dict[str, Any]:
    likelihood = -0.01 * (1 + token_id(token) % 9) - rank
    return {"token": token, "logprob": round(likelihood, 4), "bytes": list(token.encode("utf-8", "surrogatepass"))}


def logprobs(token: str, top: int) -> dict[str, Any]:
    """A token's entry in ``logprobs.content`` with its ``top`` most likely alternatives."""
    rivals = [token, *(f" {word}" for word in ("the", "and", "one", "so", "it", "we", "or", "all", "not", "yes"))]
    rivals += [f" w{number}" for number in range(20)]
    return {**_entry(token, 0), "top_logprobs": [_entry(rival, rank) for rank, rival in enumerate(rivals[:top])]}
