"""Making what a stranger's server said harmless to a terminal."""

from __future__ import annotations

__all__ = ["plain"]


def plain(text: str) -> str:
    """The text on one line, without anything a terminal would act on."""
    words = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)
