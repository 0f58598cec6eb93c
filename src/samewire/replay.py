"""A run judged once more over its record, without network or key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samewire.applying import applies
from samewire.attempt import Wire
from samewire.credentials import Credential, Secret
from samewire.exchange import Exchange
from samewire.lane import Got
from samewire.noticing import noticed
from samewire.record import exchange_of
from samewire.repeating import Measuring
from samewire.request import Request
from samewire.requirement import Requirement
from samewire.run import Column, Run
from samewire.running import Execution, Progress
from samewire.settings import Auth, Endpoint, Provider, Settings
from samewire.verdict import Blocked, NotRun

__all__ = ["Replay", "endpoints_of"]

#: Stands for a key that is not here; too short to be masked, as it is no secret.
STAND_IN = "unseen"
#: Settings that are for reports alone.
TOLD = ("claims", "notes", "source", "looked_up", "strip_auto", "reference", "private")


class Replay(Execution):
    """Judging a record again, without network.

    Args:
        settings: what was asked for; its endpoints are the record's, see ``endpoints_of``.
        source: the run that was recorded.
        record: where the new record is written, or None to hold it in memory.
        progress: told of each judgement.
    """

    def __init__(
        self, settings: Settings, source: Run, record: Path | None = None, progress: Progress | None = None
    ) -> None:
        asked = source.header.get("settings")
        repeat = asked.get("repeat", 1) if isinstance(asked, dict) else 1
        super().__init__(replace(settings, repeat=repeat), record, progress)
        self.source = source

    def open(self, requirements: list[Requirement]) -> Measuring:
        """Take every exchange from the record."""
        told = {"started": self.source.header.get("started"), "rendered": datetime.now(UTC).date().isoformat()}
        self._begin(requirements, {"judged_again": True, **told})
        self._prepare([self._finder(endpoint) for endpoint in self._tried], None)
        return self._measure([one for one in requirements if any(not applies(one, end) for end in self._tried)])

    @property
    def apart(self) -> frozenset[str]:
        """The checks that were measured apart, whatever is scored now."""
        return frozenset(row.id for row in self.source.rows if not row.scored)

    def _finder(self, endpoint: Endpoint) -> Any:
        gone, _ = self._ended(endpoint.name)

        async def find(request: Request, wire: Wire, control: Wire | None, priority: float) -> Got:
            line = self.source.exchanges.get((endpoint.name, wire.id))
            if line is None and gone:
                return Blocked(gone, cause="gone")
            if line is None:
                return NotRun(f"the record has no {request.method} {request.path} like this one")
            return exchange_of(line, request, endpoint.model_for(request.protocol))

        return find

    def _ended(self, name: str) -> tuple[str, int]:
        """Why an endpoint was given up, and how often it was away."""
        found = self.source.findings.get((name, "http"), {})
        stop, measured = found.get("stop"), found.get("measured")
        words = str(stop.get("message", "")) if isinstance(stop, dict) else ""
        return words, int(measured.get("returns", 0)) if isinstance(measured, dict) else 0

    def _noticed(self, name: str) -> dict[str, Any]:
        return noticed(self.lanes[name], *self._ended(name))

    def _heard(self, endpoint: Endpoint, exchange: Exchange) -> None:
        self.recorder.write(**self.source.exchanges[endpoint.name, exchange.id])

    def _footer(self) -> dict[str, Any]:
        kept = ("seconds", "requests", "tokens", "cost", "hidden", "pauses", "peak")
        return {name: self.source.footer[name] for name in kept if name in self.source.footer}


def endpoints_of(run: Run) -> tuple[Endpoint, ...]:
    """The endpoints of a record, enough of each to judge it again."""
    return tuple(_endpoint_of(column) for column in run.columns)


def _endpoint_of(column: Column) -> Endpoint:
    settings = column.settings
    credential = Credential(column.key_variable, Secret(STAND_IN)) if column.has_key else None
    provider = Provider(
        name=column.provider,
        base_url=column.base_url,
        models=(column.model,),
        label=column.label,
        credential=credential,
        auth=Auth(*settings.get("auth", ("bearer", ""))),
        body=settings.get("body", {}),
        paths=settings.get("paths", {}),
        protocols=tuple(settings.get("protocols", ())),
        slots=settings.get("slots", {}),
        strip=tuple(settings.get("strip", ())),
        timeout=settings.get("timeout", 60.0),
        image_url=settings.get("image_url", ""),
        costly=settings.get("costly", False),
        burst=settings.get("burst", 0),
        required=column.required,
        missing=column.missing,
        concurrency=settings.get("concurrency", 8),
        rpm=settings.get("rpm"),
        **{name: settings[name] for name in TOLD if name in settings},
    )
    return Endpoint(provider, column.model)
