"""REQUIREMENTS.md is made from the suites, and is the same text."""

from __future__ import annotations

from pathlib import Path

from samewire.explaining import page


def test_the_page_is_fresh() -> None:
    written = (Path(__file__).parent.parent / "REQUIREMENTS.md").read_text(encoding="utf-8")
    assert written == page(), "stale: samewire list --markdown > REQUIREMENTS.md"
