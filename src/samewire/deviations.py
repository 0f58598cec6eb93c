"""What servers in the wild have shown, each with its source: ``spec/deviations.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from samewire.document import Document
from samewire.schema import locate

__all__ = ["Deviation", "deviations", "told"]

#: Names that are told of those who have shown it; the links lead to all of them.
TOLD = 6
_ASIDE = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True)
class Deviation:
    """One deviation from the published description, as somebody met it.

    Attributes:
        id: what names it.
        seen_in: the servers, gateways and providers that have shown it, without what was said of them in brackets.
        sources: where it was told.
    """

    id: str
    seen_in: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def deviations() -> dict[str, Deviation]:
    """Every deviation by its id."""
    entries = Document(locate("spec") / "deviations.yaml").content
    return {
        one["id"]: Deviation(
            one["id"],
            tuple(dict.fromkeys(_ASIDE.sub("", name).strip() for name in one["seen_in"])),
            tuple(one["source"]),
        )
        for one in entries
    }


def told(ids: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Who has shown these deviations, in a few words, and where that was told; unknown ids are passed over."""
    found = [deviations()[name] for name in dict.fromkeys(ids) if name in deviations()]
    names = list(dict.fromkeys(name for one in found for name in one.seen_in))
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more, tuple(dict.fromkeys(url for one in found for url in one.sources))
