"""Every word and sentence of the reports: glyphs, meanings, names and what a report does not claim.

All of them stand in texts.json, in English and in Chinese, so that reports speak with one voice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samewire.requirement import Level
from samewire.verdict import Verdict

__all__ = [
    "CLAIMS",
    "FAILS",
    "LANGUAGES",
    "LEVELS",
    "PARTIAL",
    "POLICY",
    "WORDS",
    "Word",
    "feature_title",
    "protocol_title",
    "said",
    "texts",
]

FAILS = "fails"
PARTIAL = "partial"


@dataclass(frozen=True)
class Word:
    """A word of the matrix.

    Attributes:
        word: as it is read.
        glyph: as it is drawn.
        tone: which fill it has: ``pass``, ``partial``, ``fail``, ``unsupported``, ``inconclusive`` or ``none``.
        meaning: a sentence for the legend.
        feature: whether only features are given it, not single checks.
    """

    word: str
    glyph: str
    tone: str
    meaning: str
    feature: bool = False


LANGUAGES = ("en", "zh")


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text by language and name. Names of checks and their sentences are English alone: they are the norm."""
    content: dict[str, list[str]] = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))
    return {language: {name: both[at] for name, both in content.items()} for at, language in enumerate(LANGUAGES)}


def said(name: str, language: str = "en", **values: object) -> str:
    """A text, with its values put in."""
    text = texts()[language][name]
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


_SIGNS = (
    (Verdict.SUPPORTED, "✓", "pass"),
    (PARTIAL, "◐", "partial"),
    (FAILS, "✕", "fail"),
    (Verdict.IGNORED, "✕", "fail"),
    (Verdict.BROKEN, "✕", "fail"),
    (Verdict.UNSUPPORTED, "–", "unsupported"),
    (Verdict.INCONCLUSIVE, "!", "inconclusive"),
    (Verdict.ERROR, "!", "inconclusive"),
    (Verdict.NOT_RUN, "·", "none"),
)
WORDS: dict[str, Word] = {
    str(word): Word(word, glyph, tone, said(f"meaning.{word}"), word in (PARTIAL, FAILS))
    for word, glyph, tone in _SIGNS
}

LEVELS: dict[Level, str] = {level: said(f"level.{level.value}") for level in Level}
POLICY = tuple(said(f"policy.{number}") for number in (1, 2))
CLAIMS = tuple(said(f"claim.{number}") for number in range(1, 6))

_ACRONYMS = {word.lower(): word for word in ("API", "CORS", "HTTP", "ID", "JSON", "SSE", "URL")}
_ACRONYMS["open"] = "Open Responses"  # a name of its own


def protocol_title(protocol: str) -> str:
    """A protocol's name as people write it."""
    return texts()["en"].get(f"protocol.{protocol}", protocol.replace("_", " ").capitalize())


def feature_title(feature: str) -> str:
    """A feature's name as people write it: ``chat.tool_choice`` is ``Tool choice``."""
    first, *more = feature.rpartition(".")[2].split("_")
    return " ".join([_ACRONYMS.get(first, first.capitalize()), *(_ACRONYMS.get(word, word) for word in more)])
