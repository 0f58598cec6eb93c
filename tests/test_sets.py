"""Frozen sets: what a release asked stays what it asked."""

from __future__ import annotations

import json

import pytest

from samewire import sets
from samewire.document import Document
from samewire.schema import locate
from samewire.suite import requirements

from .test_cli import samewire

FOUND = {one.id: one for one in requirements()}


@pytest.mark.parametrize("name", sets.names())
def test_a_frozen_check_keeps_its_id_and_its_level(name: str) -> None:
    held = sets.load(name)
    assert held
    assert Document(locate("requirements") / f"{name}.yaml").content["set"] == name
    for identifier, level in held.items():
        assert identifier in FOUND, "an id of a frozen set is never taken away"
        assert FOUND[identifier].level == level, "the level of a frozen check never changes"


def test_a_run_is_held_to_a_set(tmp_path: object) -> None:
    name = sets.names()[-1]
    rows = json.loads(samewire("list", "--set", name, "--depth", "full", "--json").stdout)
    assert {row["id"] for row in rows} == set(sets.load(name))
    core = json.loads(samewire("list", "--set", name, "--depth", "smoke", "--json").stdout)
    assert {row["depth"] for row in core} == {"smoke"}
    one = samewire("list", "--set", name, "--only", "chat.stream.done").stdout
    assert [line.split()[0] for line in one.splitlines()] == ["chat.stream.done"]


def test_what_is_frozen_is_read_back() -> None:
    text = sets.frozen("9.9", requirements()[:9])
    assert 'set: "9.9"' in text
    assert text.count("    - ") == 9
