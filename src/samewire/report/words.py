"""Every word and sentence of the reports: glyphs, meanings, names and what a report does not claim.

Kept in one place so that reports speak with one voice, and can one day speak another language.
"""

from __future__ import annotations

from dataclasses import dataclass

from samewire.requirement import Level
from samewire.verdict import Verdict

__all__ = [
    "CLAIMS",
    "FAILS",
    "FLAKY",
    "LEVELS",
    "PARTIAL",
    "POLICY",
    "WORDS",
    "Word",
    "feature_title",
    "protocol_title",
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


WORDS: dict[str, Word] = {
    word.word: word
    for word in (
        Word(Verdict.SUPPORTED, "✓", "pass", "The requirement was seen to hold."),
        Word(
            PARTIAL,
            "◐",
            "partial",
            "Of a feature: no MUST was broken or ignored, but something less was, or a part was refused cleanly. "
            "Beside the own word of a check: red, but without failing the run.",
            feature=True,
        ),
        Word(FAILS, "✕", "fail", "Of a feature: at least one MUST was broken or ignored.", feature=True),
        Word(
            Verdict.IGNORED,
            "✕",
            "fail",
            "The request was accepted and nothing came of it. Clients are not told, and carry on with a wrong answer.",
        ),
        Word(Verdict.BROKEN, "✕", "fail", "What came back contradicts the requirement."),
        Word(
            Verdict.UNSUPPORTED,
            "–",
            "unsupported",
            "Refused cleanly: with a status and an error object from which a client can tell, and adapt.",
        ),
        Word(
            Verdict.INCONCLUSIVE,
            "!",
            "inconclusive",
            "Too little was seen to judge: the network, the key, a limit or a server error stood in the way, another "
            "finding blocks it, or answers differed. It counts neither for nor against the endpoint.",
        ),
        Word(
            Verdict.ERROR,
            "!",
            "inconclusive",
            "samewire or its settings are at fault. Never held against a provider.",
        ),
        Word(Verdict.NOT_RUN, "·", "none", "Not asked: no key, not selected, or a protocol that is not claimed."),
    )
}

FLAKY = "The same request was answered differently from one time to the next."

LEVELS: dict[Level, str] = {
    Level.MUST: "The published description requires it, or an official client breaks or corrupts data without it.",
    Level.SHOULD: "It is documented, and clients may rely on it.",
    Level.MAY: "It is optional, or merely usual.",
}

POLICY = (
    "A run fails on a MUST that is broken, on a MUST or a SHOULD that is ignored (what is accepted and silently "
    "dropped hurts most), and on a clean refusal of one of the few requirements without which an endpoint can't be "
    "called at all. Anything else that is red is partial: shown and counted, without failing the run.",
    "Counts such as MUST 14/15 say how many requirements held of those that could be judged. Clean refusals, "
    "inconclusive cells and cells that were not run are in neither number, and there is no total score.",
)

CLAIMS = (
    "How good a model's answers are. Only what goes over the wire is judged, never how well it is put.",
    "How fast, cheap, safe or available an endpoint is. Times are evidence, not a benchmark.",
    "What another account, region, model or day would have shown. It was measured once, from one place.",
    "That what is not listed works: a requirement that was not asked was not judged.",
    "A certification. Nobody named here has approved, commissioned or reviewed it.",
)

_PROTOCOLS = {
    "http": "HTTP, keys and errors",
    "chat": "Chat Completions",
    "responses": "Responses",
    "messages": "Messages",
    "embeddings": "Embeddings",
    "completions": "Completions",
    "across": "Across protocols",
}

_ACRONYMS = {word.lower(): word for word in ("API", "CORS", "HTTP", "ID", "JSON", "SSE", "URL")}


def protocol_title(protocol: str) -> str:
    """A protocol's name as people write it."""
    return _PROTOCOLS.get(protocol, protocol.replace("_", " ").capitalize())


def feature_title(feature: str) -> str:
    """A feature's name as people write it: ``chat.tool_choice`` is ``Tool choice``."""
    first, *more = feature.rpartition(".")[2].split("_")
    return " ".join([_ACRONYMS.get(first, first.capitalize()), *(_ACRONYMS.get(word, word) for word in more)])
