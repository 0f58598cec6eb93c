"""Tables in documents, kept up to date between two marks:

    <!-- samewire:begin matrix endpoints=groq/*,openai/* -->
    <!-- samewire:end -->

The kinds are ``matrix`` (features by endpoint; ``rows=checks``, ``flavor=commonmark`` and ``symbols=glyph`` or ``word``
alter it) and ``table`` (the documents' own, with ``lang=zh`` in Chinese).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from samewire.report.grid import MANNERS, footnotes, manner_of, table
from samewire.report.markdown import measured
from samewire.report.table import LANGUAGES, lines
from samewire.run import Run

__all__ = ["KINDS", "MarkError", "injected"]

KINDS = ("matrix", "table")
_BLOCK = re.compile(
    r"^(?P<begin>[ \t]*<!-- *samewire:begin (?P<what>[^\n]*?) *-->)\n.*?^(?P<end>[ \t]*<!-- *samewire:end *-->)",
    re.MULTILINE | re.DOTALL,
)


class MarkError(Exception):
    """A document has no mark, or one that says something unknown."""


def injected(run: Run, document: str) -> str:
    """The document with its tables made anew.

    Raises:
        MarkError: there is no mark, or it is wrong.
    """
    begins = len(re.findall(r"<!-- *samewire:begin", document))
    if not begins:
        raise MarkError("has no mark <!-- samewire:begin matrix --> … <!-- samewire:end -->")
    if begins != len(_BLOCK.findall(document)):
        raise MarkError("has a mark samewire:begin without its samewire:end")

    def made(found: re.Match[str]) -> str:
        return f"{found['begin']}\n\n{_content(run, found['what'])}\n{found['end']}"

    return _BLOCK.sub(made, document)


def _content(run: Run, what: str) -> str:
    kind, *words = what.split()
    told = dict(word.partition("=")[::2] for word in words)
    _refuse(kind, told)
    patterns = told.get("endpoints", "*").split(",")
    columns = tuple(
        column
        for column in run.columns
        if any(fnmatchcase(column.name, pattern) or fnmatchcase(column.provider, pattern) for pattern in patterns)
    )
    if not columns:
        raise MarkError(f"endpoints={told['endpoints']} names none of {', '.join(one.name for one in run.columns)}")
    chosen = replace(run, columns=columns)
    content = lines(chosen, told.get("lang", "en")) if kind == "table" else _matrix(chosen, told)
    return "\n".join(content) + "\n"


def _refuse(kind: str, told: Mapping[str, str]) -> None:
    if kind not in KINDS:
        raise MarkError(f"there is no {kind!r} to put in; there are {', '.join(KINDS)}")
    known: Mapping[str, tuple[str, ...]] = MANNERS if kind == "matrix" else {"lang": LANGUAGES}
    for name, value in told.items():
        if name != "endpoints" and name not in known:
            raise MarkError(f"{name!r} is not known here; known are {', '.join(('endpoints', *known))}")
        if name != "endpoints" and value not in known[name]:
            raise MarkError(f"there is no {name} {value!r}; there are {', '.join(known[name])}")


def _matrix(run: Run, told: Mapping[str, str]) -> Iterator[str]:
    notes: list[str] = []
    asked = {name: value for name, value in told.items() if name in MANNERS}
    manner = replace(manner_of(run), **asked, label="samewire-")
    yield from table(run, notes, manner)
    yield ""
    if notes:
        yield footnotes(notes, manner)
        yield ""
    yield f"_{measured(run)}_"
