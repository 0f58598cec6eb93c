"""The one door through which anything is written.

Redaction is by value, never by a field's name: every secret the settings resolved is masked wherever it occurs, in
every form it may take, even a long beginning or end of it. A mask is as long as what it hides, so that offsets hold.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

__all__ = ["Redactor"]

#: A part of a secret is masked from this many characters on.
SHORTEST = 8


class Redactor:
    """Masks secrets.

    Args:
        secrets: the values; those shorter than ``SHORTEST`` are taken for placeholders and left alone.

    Attributes:
        count: how many occurrences were masked so far.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.count = 0
        self._secrets: set[str] = set()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Mask these from now on, too. Any thread may tell."""
        self._secrets |= {secret for secret in secrets if len(secret) >= SHORTEST}
        forms = {form for secret in self._secrets for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)
        self._heads, self._tails = _by(forms, slice(None, SHORTEST)), _by(forms, slice(-SHORTEST, None))
        pieces = sorted({*self._heads, *self._tails})
        whole = "|".join(map(re.escape, self._forms))
        self._whole = re.compile(whole) if forms else None
        # Last, as it is what decides whether anything is looked for.
        self._piece = re.compile("|".join(map(re.escape, pieces))) if forms else None

    def text(self, value: str) -> str:
        """The text with every secret masked."""
        if self._whole is None or self._piece is None or not self._piece.search(value):
            return value
        value = self._whole.sub(self._mask, value)
        return self._fragments(value)

    def data(self, value: bytes) -> bytes:
        """The bytes with every secret masked; as long as they were."""
        if self._piece is None:
            return value
        return self.text(value.decode("latin-1")).encode("latin-1")

    def json(self, value: Any) -> Any:
        """JSON with every secret masked in its strings; numbers, and the names of members, are nobody's secret."""
        if self._piece is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.json(member) for name, member in value.items()}
        return [self.json(item) for item in value] if isinstance(value, (list, tuple)) else value

    def _mask(self, found: re.Match[str]) -> str:
        self.count += 1
        return "*" * len(found.group())

    def _fragments(self, value: str) -> str:
        """Mask beginnings and ends of secrets: a key cut in two by a stream, or abbreviated by a message."""
        assert self._piece is not None
        kept, done = [], 0
        for found in self._piece.finditer(value):
            start, end = found.span()
            before = max((_shared_end(value, start, form) for form in self._tails.get(found.group(), ())), default=0)
            after = max((_shared_start(value, end, form) for form in self._heads.get(found.group(), ())), default=0)
            start, end = max(done, start - before), max(done, end + after)
            kept += [value[done:start], "*" * (end - start)]
            done = end
            self.count += 1
        return "".join([*kept, value[done:]])

    def write(self, path: Path, content: str, *, masked: bool = False) -> None:
        """Write a file whole, redacted, or not at all.

        Args:
            path: the file.
            content: what is to stand in it.
            masked: whether that was redacted already.

        Raises:
            OSError: it can't be written; what stood there stays.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            beside.write_text(
                content if masked else self.text(content), encoding="utf-8", errors="backslashreplace", newline="\n"
            )
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def leaks(self, path: Path) -> bool:
        """Whether a secret, in any form, whole, stands in a file: the final scan."""
        content = path.read_bytes().decode("latin-1")
        return any(form in content for form in self._forms)


def _by(forms: Iterable[str], part: slice) -> dict[str, list[str]]:
    """The forms by a part of each."""
    found: dict[str, list[str]] = {}
    for form in forms:
        found.setdefault(form[part], []).append(form)
    return found


def _shared_start(value: str, end: int, form: str) -> int:
    """How many letters go on, from ``end`` on, as the form does after its first ``SHORTEST``."""
    rest = form[SHORTEST:]
    return _alike(rest, value[end : end + len(rest)])


def _shared_end(value: str, start: int, form: str) -> int:
    """How many letters go before ``start`` as the form has them before its last ``SHORTEST``."""
    rest = form[:-SHORTEST][::-1]
    return _alike(rest, value[max(0, start - len(rest)) : start][::-1])


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _forms(secret: str) -> set[str]:
    """The shapes in which a secret may come back."""
    raw = secret.encode()
    encoded = {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        raw.hex(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b64encode(f":{secret}".encode()).decode().rstrip("="),
    }
    # Latin-1 is how bytes are searched; a secret beyond it is searched as its UTF-8 bytes.
    return {form for one in encoded for form in (one, one.encode().decode("latin-1")) if len(form) >= SHORTEST}
