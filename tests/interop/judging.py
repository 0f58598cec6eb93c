"""The judged lists: which cells of a server may be red, judged against what it sent, and why they are true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

LISTS = Path(__file__).parent / "judged"


@dataclass(frozen=True)
class Judged:
    """A server's judged list.

    Attributes:
        version: of what it was judged.
        left_out: the checks that are not put to it, with the reason.
        red: the checks that may be red, with the sentence that says why that is true of the server.
    """

    version: str
    left_out: dict[str, str]
    red: dict[str, str]


def judged(name: str) -> Judged:
    """The judged list of a server."""
    written = yaml.safe_load((LISTS / f"{name}.yaml").read_text(encoding="utf-8"))
    red = [(cell, finding["why"]) for finding in written["red"] for cell in finding["cells"]]
    twice = {cell for cell, _ in red if [one for one, _ in red].count(cell) > 1}
    assert not twice, f"{name}: judged twice: {sorted(twice)}"
    return Judged(written["version"], written.get("left_out") or {}, dict(red))
