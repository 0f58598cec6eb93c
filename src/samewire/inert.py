"""Text of others made harmless to read: what a terminal, a browser or an eye would act on becomes a visible sign."""

from __future__ import annotations

import re

__all__ = ["one_line", "shortened", "visible", "whole"]

#: Controls but tab and line feed; what turns the direction of text, hides, or breaks lines unseen; lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMES = {"\r": "␍", "\x1b": "␛", "\x00": "␀"}


def visible(text: str) -> str:
    """The text with every character that acts unseen shown as a sign: ``␛``, ``␍``, ``⟨U+202E⟩``."""
    return _HIDDEN.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    character = found.group()
    return _NAMES.get(character, f"⟨U+{ord(character):04X}⟩")


def whole(text: str) -> str:
    """The text with lone surrogates, which no encoding can write, replaced by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text, visible, on a single line."""
    return visible(" ".join(text.split()))


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis: at most that many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
