"""Carrying out a run against endpoints; what a replay shares with it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samewire.bodies import body_of
from samewire.exchange import Exchange
from samewire.exchanges import Exchanges
from samewire.inert import visible
from samewire.known import known_from
from samewire.lag import Lag
from samewire.lane import Lane, Performer
from samewire.noticing import dropped, noticed, told
from samewire.record import column_of, recorded, row_of
from samewire.recorder import Recorder
from samewire.redaction import Redactor
from samewire.repeating import Measuring, begun, in_round
from samewire.report.curl import curl
from samewire.requirement import Requirement
from samewire.resuming import Earlier
from samewire.run import VERSION, Run
from samewire.sending import Budget, Sender
from samewire.settings import Endpoint, Settings, scores
from samewire.suite import digest
from samewire.verdict import Judgement

__all__ = ["Execution", "Live", "Progress", "redactor_for"]

#: The order of protocols in reports: what all rest on comes first.
PROTOCOLS = ("http", "chat", "responses", "messages", "embeddings", "completions", "across")
#: Told after each exchange and each judgement: the endpoint's name.
Progress = Callable[[str, Exchange | Judgement], None]


def redactor_for(endpoints: tuple[Endpoint, ...]) -> Redactor:
    """A redactor that knows every secret of these endpoints."""
    redactor = Redactor()
    for provider in {id(endpoint.provider): endpoint.provider for endpoint in endpoints}.values():
        held = provider.credential.known() if provider.credential is not None else ()
        redactor.learn(*(one.reveal() for one in provider.secrets), *held)
        if provider.credential is not None and provider.credential.renewing is not None:
            provider.credential.renewing.listen(redactor.learn)  # keys that are fetched later
    return redactor


class Execution:
    """What live runs and replays share: the record's frame."""

    def __init__(
        self, settings: Settings, record: Path | None, progress: Progress | None, further: bool = False
    ) -> None:
        self.settings = settings
        self.progress = progress or (lambda *_: None)
        self.recorder = Recorder(record, redactor_for(settings.endpoints), further)
        self.exchanges: Exchanges | None = None
        self.requirements: list[Requirement] = []
        #: The lanes by endpoint, of each round.
        self.rounds: list[dict[str, Lane]] = [{}]

    def _begin(self, requirements: list[Requirement], header: Mapping[str, Any]) -> None:
        self.requirements = sorted(requirements, key=lambda one: PROTOCOLS.index(one.protocol))
        self.recorder.write(
            "header",
            **{
                "version": VERSION,
                "started": datetime.now(UTC).isoformat(timespec="seconds"),
                "suite": digest(),
                "settings": {
                    "only": list(self.settings.only),
                    "without": list(self.settings.without),
                    "level": self.settings.level,
                    "depth": self.settings.depth,
                    "fail_on": self.settings.fail_on,
                    **({"repeat": self.settings.repeat} if self.settings.repeat > 1 else {}),
                },
                **self.settings.extra,
                **header,
                "endpoints": [asdict(column_of(endpoint)) for endpoint in self.settings.endpoints],
                "requirements": [asdict(row_of(one, scores(self.settings, one))) for one in self.requirements],
            },
        )

    @property
    def apart(self) -> frozenset[str]:
        """The checks that are measured apart: those that the frozen set doesn't score."""
        return frozenset(one.id for one in self.requirements if not scores(self.settings, one))

    @property
    def halted(self) -> str:
        """Why the run can't go on, or an empty string."""
        return self.recorder.problem

    @property
    def lanes(self) -> dict[str, Lane]:
        """The lanes by endpoint, of the first round."""
        return self.rounds[0]

    @property
    def _tried(self) -> list[Endpoint]:
        return [endpoint for endpoint in self.settings.endpoints if not endpoint.provider.missing]

    def _prepare(self, performers: Sequence[Performer], close: Callable[[], Awaitable[None]] | None) -> None:
        """Make a lane for each endpoint that is tried, as often as the measurement is to be repeated."""
        pairs = list(zip(self._tried, performers, strict=True))
        self.rounds = [
            {one.name: Lane(one, in_round(perform, number), self._heard) for one, perform in pairs}
            for number in range(self.settings.repeat * (2 if self.apart else 1))
        ]
        self.exchanges = Exchanges(self.lanes, close)

    def _measure(self, requirements: list[Requirement]) -> Measuring:
        """Start every round."""
        assert self.exchanges is not None
        others = (self.exchanges.beside(lanes) for lanes in self.rounds[1:])
        return begun([self.exchanges, *others], requirements, self._tried, self.apart)

    def _heard(self, endpoint: Endpoint, exchange: Exchange) -> None:
        self.recorder.exchange(endpoint.name, exchange)
        self.progress(endpoint.name, exchange)

    def judged(self, requirement: Requirement, endpoint: Endpoint, judgement: Judgement) -> Judgement:
        """Record a judgement; gives it as it was recorded: without any secret, and with what it is known from."""
        judgement = replace(judgement, known=known_from(requirement.id, judgement.verdict))
        self.recorder.verdict(endpoint.name, requirement.id, judgement)
        self.progress(endpoint.name, judgement)
        redactor = self.recorder.redactor
        return replace(judgement, message=redactor.text(judgement.message), notes=tuple(redactor.json(judgement.notes)))

    def evidence(self, endpoint: Endpoint, judgement: Judgement) -> str:
        """What a judgement rests on, as text: the command that repeats the request, and what came back."""
        sent = {one.id: one for lanes in self.rounds for one in lanes[endpoint.name].exchanges.values()}
        found = [sent[name] for name in judgement.exchanges if name in sent]
        if not found:
            return ""
        redactor = self.recorder.redactor
        line = recorded(endpoint.name, found[0], redactor)
        variable = endpoint.provider.credential.variable if endpoint.provider.credential else ""
        last = line["attempts"][-1]
        body = (body_of(last["body"]) or b"")[:20_000].decode("utf-8", "backslashreplace")
        head = "\n".join(f"{name}: {value}" for name, value in last["headers"])
        parts = [curl(line["wire"], variable), f"{last['version']} {last['status']}\n{head}", body]
        parts += [last["failure"]["message"]] if last["failure"] else []
        return visible(redactor.text("\n\n".join(parts)))

    def close(self, incomplete: bool = False) -> Run | None:
        """End the run and its record; None if nothing was selected."""
        if self.exchanges is None:
            self.recorder.close()
            return None
        self.exchanges.close()
        for name, lane in self.lanes.items():
            for protocol, found in lane.findings.items():
                if protocol != "http":
                    self.recorder.write("findings", endpoint=name, protocol=protocol, **told(found))
            if found_too := self._noticed(name):
                self.recorder.write("findings", endpoint=name, protocol="http", **found_too)
        self.recorder.write(
            "footer",
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            incomplete=incomplete,
            masked=self.recorder.redactor.count,
            **self._footer(),
        )
        self.recorder.close()
        return self.recorder.run

    def _noticed(self, name: str) -> dict[str, Any]:
        """What was found of an endpoint beside its preflights; empty if that is nothing."""
        return noticed(self.lanes[name])

    def _footer(self) -> dict[str, Any]:
        return {}


class Live(Execution):
    """A run against endpoints.

    Args:
        settings: what was asked for.
        record: where the record is written, or None to hold it in memory.
        progress: told of each exchange and judgement.
        budget: what the run may spend.
        earlier: the part of the run that the record holds already; what it has is not sent again.

    Raises:
        OSError: the record can't be written.
    """

    def __init__(
        self,
        settings: Settings,
        record: Path | None = None,
        progress: Progress | None = None,
        budget: Budget | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        super().__init__(settings, record, progress, further=earlier is not None)
        self.budget = budget or Budget()
        self.earlier = earlier
        self.senders: dict[str, Sender] = {}

    def open(self, requirements: list[Requirement]) -> Measuring:
        """Start sending what these requirements need."""
        earlier = self.earlier
        self._begin(requirements, {"resumed": True, "started": earlier.run.header.get("started")} if earlier else {})
        self.started = time.monotonic()
        lag = Lag()
        self.senders = {endpoint.name: Sender(endpoint, self.budget, lag) for endpoint in self._tried}
        performers = [
            earlier.before(sender.perform, sender.endpoint) if earlier else sender.perform
            for sender in self.senders.values()
        ]
        self._prepare(performers, self._close_senders)
        assert self.exchanges is not None
        self.pulse = self.exchanges.run(lag.beat())
        return self._measure(requirements)

    def _heard(self, endpoint: Endpoint, exchange: Exchange) -> None:
        if self.earlier is None or (endpoint.name, exchange.id) not in self.earlier.kept:
            self.recorder.exchange(endpoint.name, exchange)
        self.progress(endpoint.name, exchange)

    def _noticed(self, name: str) -> dict[str, Any]:
        sender = self.senders[name]
        return noticed(self.lanes[name], sender.gone, sender.watch.returns)

    async def _close_senders(self) -> None:
        self.pulse.cancel()
        for sender in self.senders.values():
            await sender.close()

    def close(self, incomplete: bool = False) -> Run | None:
        """End the run and its record; None if nothing was selected. A budget that ran out leaves it incomplete."""
        return super().close(incomplete or bool(self.budget.exhausted))

    def _footer(self) -> dict[str, Any]:
        return {
            "seconds": round(time.monotonic() - self.started, 3),
            "requests": self.budget.sent + (self.earlier.attempts if self.earlier else 0),
            **self.budget.told(),
            **dropped(self.lanes),
            "pauses": {name: sender.window.pauses for name, sender in self.senders.items()},
            "peak": {name: sender.window.peak for name, sender in self.senders.items()},
        }
