"""docs/security.md is made of the list of hostile behaviours, and is the same text."""

from __future__ import annotations

from pathlib import Path

from .hostile import BEHAVIOURS
from .hostile.page import page


def test_the_page_is_fresh() -> None:
    written = (Path(__file__).parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
    assert written == page(), "stale: python -m tests.hostile > docs/security.md"


def test_there_are_many_ways_to_misbehave() -> None:
    assert len(BEHAVIOURS) >= 100
    assert len([one for one in BEHAVIOURS.values() if one.whole]) >= 40
