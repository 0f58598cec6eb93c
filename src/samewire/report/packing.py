"""Which evidence goes into the HTML report, and how it is packed so that one file stays small enough to send around.

Each endpoint has a block: lines of JSON, compressed, in Base64. Lines are taken in by their worth (what isn't
*supported* first, then one example of each check that is, then the rest) until the room is used up.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from samewire.report.evidence import shown
from samewire.run import Run
from samewire.verdict import Verdict

__all__ = ["EVIDENCE", "ROOM", "Block", "Packed", "block", "evidence_of", "packed"]

#: Which exchanges a report may hold, as far as there is room.
EVIDENCE = ("all", "failures", "none")
#: Characters that the evidence of a report may take.
ROOM = 3_600_000

_GZIP = zlib.MAX_WBITS | 16


class Block:
    """Lines of JSON on their way into gzip and Base64."""

    def __init__(self) -> None:
        self._gzip = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, *lines: dict[str, Any]) -> int:
        """Take lines in; how many characters they take when packed."""
        text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
        data = self._gzip.compress(text.encode("ascii"))
        data += self._gzip.flush(zlib.Z_SYNC_FLUSH)
        self._parts.append(data)
        grown = len(data) * 4 // 3
        self.size += grown
        return grown

    def close(self) -> str:
        """The block."""
        return base64.b64encode(b"".join(self._parts) + self._gzip.flush()).decode("ascii")


def block(lines: list[dict[str, Any]]) -> str:
    """The block of some lines."""
    made = Block()
    made.add(*lines)
    return made.close()


@dataclass(frozen=True)
class Packed:
    """The evidence of a run.

    Attributes:
        blocks: the block of each endpoint, by its name.
        kept: how many exchanges are in them.
        total: how many exchanges the cells of the run rest on.
    """

    blocks: dict[str, str]
    kept: int
    total: int


def packed(run: Run, cells: dict[str, list[dict[str, Any]]], room: int = ROOM) -> Packed:
    """Pack the evidence of a run.

    Args:
        run: the run.
        cells: what the report says of each cell, by endpoint: always kept.
        room: how many characters the blocks may take.
    """
    blocks = {column.name: Block() for column in run.columns}
    left = room
    how = evidence_of(run)
    for name, lines in cells.items():
        left -= blocks[name].add(*lines)
    columns = {column.name: column for column in run.columns}
    kept = 0
    wanted = list(_by_worth(run, how))
    for endpoint, name in wanted:
        if left <= 0:
            break
        left -= blocks[endpoint].add({"kind": "exchange", **shown(run.exchanges[endpoint, name], columns[endpoint])})
        kept += 1
    return Packed({name: one.close() for name, one in blocks.items()}, kept, len(list(_by_worth(run, "all"))))


def evidence_of(run: Run) -> str:
    """Which exchanges its reports may hold: ``all``, those behind ``failures``, or ``none``."""
    asked = str(run.header.get("evidence", ""))
    return asked if asked in EVIDENCE else EVIDENCE[0]


def _by_worth(run: Run, how: str) -> Iterator[tuple[str, str]]:
    """The exchanges that cells rest on, each once, the most telling first; of those that may be shown."""
    first: list[tuple[str, str]] = []
    second: list[tuple[str, str]] = []
    third: list[tuple[str, str]] = []
    for row in run.rows:
        example = True
        for column in run.columns:
            judgement = run.verdict(column, row)
            names = [(column.name, name) for name in judgement.exchanges]
            if judgement.verdict is not Verdict.SUPPORTED:
                first += names
            else:
                (second if example else third).extend(names[:1])
                third += names[1:]
                example = False
    shown = {"all": first + second + third, "failures": first, "none": []}[how]
    for one in dict.fromkeys(shown):
        if one in run.exchanges:
            yield one
