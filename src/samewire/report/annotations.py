"""What somebody, such as the provider, has to say about a cell: shown beside it, and deciding nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from samewire.report.evidence import mapping, sequence
from samewire.run import Column, Row, Run

__all__ = ["PARTS", "remarks"]

PARTS = ("by", "note", "issue", "on")


def remarks(run: Run, column: Column, row: Row) -> tuple[dict[str, str], ...]:
    """The annotations of a cell, in the order in which they stand."""
    every = (mapping(one) for one in sequence(run.header.get("annotations")))
    return tuple({name: str(one.get(name, "")) for name in PARTS} for one in every if _concerns(one, column, row))


def _concerns(one: Mapping[str, Any], column: Column, row: Row) -> bool:
    where = str(one.get("endpoint", "*"))
    return fnmatchcase(row.id, str(one.get("requirement", ""))) and any(
        fnmatchcase(name, where) for name in (column.name, column.provider)
    )
