"""What `logprobs` say of how likely tokens were, against itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

#: How OpenAI writes a token that is less than a letter.
PIECE = re.compile(r"(?:bytes:)?(?:\\x[0-9a-fA-F]{2})+")


def spelled(entry: Any) -> str:
    """A token as it stands in a text: what is less than a letter is U+FFFD, however it is written."""
    letters = any(one > 127 for one in entry.get("bytes") or ())
    return PIECE.sub("\ufffd", entry["token"]) if letters else str(entry["token"])


def beaten(entry: Any) -> bool:
    """Whether a token is missing among its alternatives, though it is likelier than one of them."""
    rivals = entry["top_logprobs"]
    listed = any(entry["token"] == one["token"] or (entry.get("bytes") or 0) == one.get("bytes") for one in rivals)
    return bool(rivals) and not listed and entry["logprob"] > min(one["logprob"] for one in rivals) + 0.01


def is_odds(value: Any) -> bool:
    """Whether this is a logarithm of odds: a number that isn't above 0, but for what rounding leaves."""
    return isinstance(value, int | float) and value <= 1e-4


def none_above_zero(entries: Sequence[Any]) -> None:
    """Assert that no token is likelier than certain, and none of its alternatives: a logarithm is what is asked for."""
    every = [one["logprob"] for entry in entries for one in (entry, *entry["top_logprobs"])]
    above = [value for value in every if not is_odds(value)]
    assert not above, f"a logprob is {above[0]}"


def with_bytes(entries: Sequence[Any]) -> None:
    """Assert that tokens and their alternatives have bytes, or null for none, and those of plain letters their own."""
    every = [one for entry in entries for one in (entry, *entry["top_logprobs"])]
    without = [entry["token"] for entry in every if "bytes" not in entry]
    assert not without, f"the token {without[0]!r} has no `bytes`"
    # A token that is no whole letter is written in one way or another; one of plain letters is its bytes.
    odd = [
        entry["token"]
        for entry in every
        if entry["token"].isascii()
        and entry["token"].isalnum()
        and entry["bytes"] is not None
        and bytes(entry["bytes"]).strip() != entry["token"].encode()
    ]
    assert not odd, f"the token {odd[0]!r} has other bytes"


def its_own(entries: Sequence[Any]) -> None:
    """Assert that tokens have alternatives of their own: all but a few are listed, or less likely than what is."""
    # A token of letters that aren't ASCII may be written in several ways.
    plain = [entry for entry in entries if spelled(entry).isascii()]
    strange = [entry["token"] for entry in plain if beaten(entry)]
    assert len(strange) < 3 or 2 * len(strange) < len(plain), (
        f"{len(strange)} of {len(plain)} tokens are likelier than their alternatives: {strange[:3]}"
    )
