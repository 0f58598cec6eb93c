"""Which lines of an answer speak of what was observed: they are marked, so that nobody has to look for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from samewire.verdict import Judgement

__all__ = ["marked", "pointers"]

#: Lines that are marked at most; where more would be, the mark says nothing.
MOST = 12
_EVENT = re.compile(r"\bevent (\d+)\b")
_QUOTED = re.compile(
    r"'([^'\n]{3,})'|\"([^\"\n]{3,})\"|`([^`\n]{3,})`|\b((?:chatcmpl|call|resp|msg|toolu|fc|rs)[-_]\w{6,})"
)
_JSON = re.compile(r"\{.*", re.DOTALL)
_POINTER = re.compile(r"(?<![\w/.:])(/[A-Za-z_][\w~.-]*(?:/[\w~.*-]+)*)")


def marked(judgement: Judgement, attempt: Mapping[str, Any]) -> list[int]:
    """The places, in an attempt's stream, of the events that a judgement speaks of."""
    pieces = attempt.get("pieces") or []
    if not pieces or not (judgement.verdict.red or judgement.reason):
        return []
    message = judgement.message
    events = [at for at, (_, text) in enumerate(pieces) if not text.startswith(":")]
    found = {events[int(number)] for number in _EVENT.findall(message) if int(number) < len(events)}
    if not found:
        found = _holding(_fragments(message), [text for _, text in pieces])
    if not found and events and re.search(r"\b(ends?|last|finish\w*|closed?|\[DONE\])\b", message):
        found = {events[-1]}
    return sorted(found) if len(found) <= MOST else []


def _fragments(message: str) -> list[str]:
    """What a message quotes, and what it shows of JSON."""
    quoted = [part for parts in _QUOTED.findall(message) for part in parts if part]
    return [*quoted, *(found.group()[:48] for found in [_JSON.search(message)] if found and len(found.group()) > 8)]


def _holding(fragments: Sequence[str], texts: Sequence[str]) -> set[int]:
    """The texts that hold a fragment; of one that stands in most of them, none."""
    found: set[int] = set()
    for fragment in fragments:
        holding = {at for at, text in enumerate(texts) if fragment in text}
        if len(holding) <= max(3, len(texts) // 4):
            found |= holding
    return found


def pointers(judgement: Judgement) -> list[str]:
    """The places in a JSON document that a judgement speaks of, as JSON Pointers."""
    if not (judgement.verdict.red or judgement.cause):
        return []
    causes = (cause.partition("#")[2] for cause in (*sorted(judgement.causes), judgement.cause) if "#" in cause)
    return list(dict.fromkeys([*_POINTER.findall(judgement.message), *(one for one in causes if one)]))[:MOST]
