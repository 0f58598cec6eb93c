"""What `logprobs` say of how likely tokens were, against itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def beaten(entry: Any) -> bool:
    """Whether a token is missing among its alternatives, though it is likelier than one of them."""
    rivals = entry["top_logprobs"]
    listed = any(entry["token"] == one["token"] or (entry.get("bytes") or 0) == one.get("bytes") for one in rivals)
    return bool(rivals) and not listed and entry["logprob"] > min(one["logprob"] for one in rivals) + 0.01


def its_own(entries: Sequence[Any]) -> None:
    """Assert that tokens have alternatives of their own: all but a few are listed, or less likely than what is."""
    # A token of letters that aren't ASCII may be written in several ways.
    plain = [entry for entry in entries if entry["token"].isascii()]
    strange = [entry["token"] for entry in plain if beaten(entry)]
    assert len(strange) < 3 or 2 * len(strange) < len(plain), (
        f"{len(strange)} of {len(plain)} tokens are likelier than their alternatives: {strange[:3]}"
    )
