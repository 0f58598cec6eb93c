"""The catalogue of requirements under ``spec/``: what each id says, at what level, and where it was read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from samewire.schema import locate

__all__ = ["Entry", "entries", "url_of"]

_ROW = re.compile(
    r"^\| ([A-Z]+(?:-[A-Z0-9]+)*-\d{3}) \| (MUST\(s\)|MUST|SHOULD NOT|SHOULD|MAY) \| (.*) \|$", re.MULTILINE
)
_CELL = re.compile(r"(?<!\\)\|")
_LINE = re.compile(r"@(\d{4,6})")
_OPENAPI = "https://github.com/openai/openai-openapi/blob/f85dbe223d40/openapi.yaml"


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue.

    Attributes:
        id: such as ``CHAT-STR-012``.
        level: ``MUST``, ``MUST(s)`` (a SHOULD here), ``SHOULD`` or ``MAY``.
        fact: what is to be seen on the wire.
        observe: how it can be observed.
        source: where it was read.
        file: the catalogue's file, such as ``spec/chat.md``.
    """

    id: str
    level: str
    fact: str
    observe: str
    source: str
    file: str


@cache
def entries() -> dict[str, Entry]:
    """Every entry of the catalogue by its id."""
    found: dict[str, Entry] = {}
    for path in sorted(locate("spec").glob("*.md")):
        for identifier, level, rest in _ROW.findall(path.read_text(encoding="utf-8")):
            *facts, observe, source = (cell.strip().replace("\\|", "|") for cell in _CELL.split(rest))
            if len(facts) == 0:  # a table without the column that says how to observe
                facts, observe = [observe], ""
            elif len(facts) > 1:  # the table of error cases has its last two columns the other way round
                observe, source = source, observe
            found[identifier] = Entry(identifier, level, "; ".join(facts), observe, source, f"spec/{path.name}")
    return found


def url_of(entry: Entry) -> str:
    """Where the entry's source can be read: the published description's very line where it has one, else empty."""
    line = _LINE.search(entry.source)
    return f"{_OPENAPI}#L{line.group(1)}" if line else ""
