"""The judged lists name checks that exist, and say why in a sentence."""

from __future__ import annotations

import pytest

from samewire.suite import requirements

from .judging import LISTS, judged
from .servers import SERVERS


def test_every_server_has_a_list_and_every_list_a_server() -> None:
    assert {one.name for one in SERVERS} == {path.stem for path in LISTS.glob("*.yaml")}


@pytest.mark.parametrize("name", [one.name for one in SERVERS])
def test_a_list_names_checks_and_says_why(name: str) -> None:
    known = {one.id for one in requirements()}
    one = judged(name)
    assert one.version
    cells = one.red | one.left_out
    assert set(cells) <= known, sorted(set(cells) - known)
    hasty = [why for why in cells.values() if len(why.split()) < 5 or not why.endswith(".")]
    assert not hasty, "not a sentence"
