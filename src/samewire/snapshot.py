"""What an earlier run found, in short: enough to tell what has changed since, and to be kept in a later record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samewire.run import Run, RunError
from samewire.versions import versions

__all__ = ["Seen", "Snapshot"]


@dataclass(frozen=True)
class Seen:
    """A cell of an earlier run: its word, the reason's code, and the status of the answer that decided it."""

    verdict: str
    reason: str = ""
    status: int = 0


@dataclass(frozen=True)
class Snapshot:
    """A run in short.

    Attributes:
        name: what it is called: its file.
        started: when it began.
        suite: a digest of what was asked.
        version: that of samewire.
        checks: what was asked: a digest of each check by its id; empty where a record doesn't tell.
        cells: what was found, by endpoint and check.
        servers: the versions that servers told of themselves, by endpoint.
    """

    name: str
    started: str
    suite: str
    version: str
    checks: Mapping[str, str]
    cells: Mapping[tuple[str, str], Seen]
    servers: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The day on which it began."""
        return self.started[:10]

    @classmethod
    def of(cls, run: Run, name: str = "") -> Snapshot:
        """A run's."""
        cells = {}
        for column in run.columns:
            for row in run.rows:
                one = run.verdict(column, row)
                line = next(
                    (run.exchanges[column.name, x] for x in one.exchanges if (column.name, x) in run.exchanges), {}
                )
                cells[column.name, row.id] = Seen(one.verdict.value, one.reason, _status(line))
        tool = run.header.get("tool")
        return cls(
            name,
            str(run.header.get("started", "")),
            str(run.header.get("suite", "")),
            str(tool.get("version", "")) if isinstance(tool, dict) else "",
            {row.id: row.digest for row in run.rows},
            cells,
            versions(run),
        )

    @classmethod
    def load(cls, path: Path) -> Snapshot:
        """That of a run.jsonl or a results.json.

        Raises:
            RunError: it is neither.
        """
        try:
            with path.open(encoding="utf-8") as file:
                recorded = file.read(8) == '{"kind":'
            if recorded:
                return cls.of(Run.load(path), path.name)
            return cls._of_results(json.loads(path.read_text(encoding="utf-8")), path.name)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as problem:
            raise RunError(f"{path}: is neither a run.jsonl nor a results.json: {problem}") from None

    @classmethod
    def _of_results(cls, content: Mapping[str, Any], name: str) -> Snapshot:
        about = content["run"]
        return cls(
            name,
            str(about["started"]),
            str(about["suite"]),
            str(about.get("more", {}).get("tool", {}).get("version", "")),
            {one["id"]: str(one.get("digest", "")) for one in content["checks"]},
            {
                (one["endpoint"], one["check"]): Seen(one["verdict"], one["reason"], int(one.get("status", 0)))
                for one in content["results"]
            },
            {one["name"]: str(one["server_version"]) for one in content["endpoints"] if one.get("server_version")},
        )

    def packed(self) -> dict[str, Any]:
        """It as JSON, for a record's header."""
        cells: dict[str, dict[str, list[Any]]] = {}
        for (endpoint, check), seen in self.cells.items():
            cells.setdefault(endpoint, {})[check] = [seen.verdict, seen.reason, seen.status]
        return {
            "name": self.name,
            "started": self.started,
            "suite": self.suite,
            "version": self.version,
            "checks": dict(self.checks),
            "cells": cells,
            "servers": dict(self.servers),
        }

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> Snapshot:
        """It, of that JSON."""
        cells = {
            (endpoint, check): Seen(*seen)
            for endpoint, found in content["cells"].items()
            for check, seen in found.items()
        }
        name, started, suite, version = (str(content[part]) for part in ("name", "started", "suite", "version"))
        servers = content.get("servers")
        told = {str(key): str(value) for key, value in servers.items()} if isinstance(servers, Mapping) else {}
        return cls(name, started, suite, version, content["checks"], cells, told)


def _status(line: Mapping[str, Any]) -> int:
    attempts = line.get("attempts")
    last = attempts[-1] if isinstance(attempts, (list, tuple)) and attempts else {}
    status = last.get("status") if isinstance(last, Mapping) else 0
    return status if isinstance(status, int) and status >= 0 else 0
