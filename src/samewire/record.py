"""What a run's record holds of checks, endpoints and exchanges, and recorded exchanges as checks read them."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from samewire.attempt import Attempt, Failure, Wire
from samewire.bodies import body_of, packed
from samewire.exchange import Exchange
from samewire.redaction import Redactor
from samewire.request import Request
from samewire.requirement import Requirement
from samewire.run import Column, Row
from samewire.scenario import Every
from samewire.settings import Endpoint

__all__ = ["column_of", "exchange_of", "recorded", "row_of"]


def row_of(requirement: Requirement, scored: bool = True) -> Row:
    """A requirement as the record knows it, and whether what it finds counts."""
    of = requirement.of
    requests = (of,) if isinstance(of, Request) else of.witness if isinstance(of, Every) else of.requests
    return Row(
        id=requirement.id,
        level=requirement.level,
        sentence=requirement.sentence,
        title=requirement.title,
        protocol=requirement.protocol,
        feature=requirement.feature,
        spec=requirement.spec,
        required=requirement.required,
        requests=() if isinstance(of, Every) else tuple(request.id for request in requests),
        module=requirement.check.__module__.split("suites.", 1)[-1],
        digest=_digest(requirement, (request.id for request in requests)),
        scored=scored,
    )


def _digest(requirement: Requirement, requests: Iterable[str]) -> str:
    """Of what a check asks and how it judges: the same in two runs that can be compared."""
    parts = (requirement.level, requirement.sentence, _source(requirement.check), *requests)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@cache
def _source(check: Callable[..., None]) -> str:
    # Cutting a function out of its file takes a third of a millisecond, and there are a thousand.
    return inspect.getsource(check)


def column_of(endpoint: Endpoint) -> Column:
    """An endpoint as the record knows it: what is needed to judge again, and no secret."""
    provider = endpoint.provider
    return Column(
        name=endpoint.name,
        provider=provider.name,
        label=provider.label or provider.name,
        model=endpoint.model,
        base_url=provider.base_url,
        key_variable=provider.credential.variable if provider.credential else "",
        has_key=provider.has_key,
        missing=provider.missing,
        required=provider.required,
        settings={
            "auth": [provider.auth.scheme, provider.auth.name],
            "headers": [name for name, _ in provider.headers],
            "query": [name for name, _ in provider.query],
            "body": dict(provider.body),
            "paths": dict(provider.paths),
            "protocols": list(provider.protocols),
            "slots": dict(provider.slots),
            "strip": list(provider.strip),
            "strip_auto": provider.strip_auto,
            "claims": dict(provider.claims),
            "notes": provider.notes,
            "source": provider.source,
            "looked_up": provider.looked_up,
            "prices": list(provider.prices) if provider.prices else None,
            "proxy": bool(provider.way.proxy),
            "concurrency": provider.concurrency,
            "rpm": provider.rpm,
            "tokens_per_minute": provider.tokens_per_minute,
            "burst": provider.burst,
            "timeout": provider.timeout,
            "image_url": provider.image_url,
            "costly": provider.costly,
            "reference": provider.reference,
            "private": provider.private,
        },
    )


def recorded(endpoint: str, exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """An exchange as a line of the record, its kind left out; secrets in bodies are masked."""
    wire, request = exchange.wire, exchange.request
    return {
        "endpoint": endpoint,
        "id": exchange.id,
        "request": {"id": request.id, "method": request.method, "path": request.path, "repetition": request.repetition},
        "wire": {
            "method": wire.method,
            "url": wire.url,
            "headers": wire.headers,
            "key": wire.key,
            "cut": wire.cut,
            "body": None if wire.body is None else packed(redactor.data(wire.body)),
        },
        "attempts": [_attempt(attempt, redactor) for attempt in exchange.attempts],
        "controls": exchange.controls,
        "leaked": exchange.leaked,
    }


def _attempt(attempt: Attempt, redactor: Redactor) -> dict[str, Any]:
    body = redactor.data(b"".join(chunk for _, chunk in attempt.reads))
    failure = attempt.failure
    return {
        "started": attempt.started,
        "waited": attempt.waited,
        "lag": attempt.lag,
        "forsaken": attempt.forsaken,
        "status": attempt.status,
        "version": attempt.version,
        "headers": attempt.headers,
        "answered": attempt.answered,
        "ended": attempt.ended,
        "body": packed(body),
        "reads": [[at, len(chunk)] for at, chunk in attempt.reads],
        "failure": {"kind": failure.kind, "message": failure.message, "peer": failure.peer} if failure else None,
    }


def exchange_of(line: Mapping[str, Any], request: Request, model: str) -> Exchange:
    """A recorded exchange, as a check reads it."""
    wire = line["wire"]
    return Exchange(
        request=request,
        wire=Wire(
            wire["method"],
            wire["url"],
            tuple((name, value) for name, value in wire["headers"]),
            body_of(wire["body"]),
            line["id"],
            wire["key"],
            wire["cut"],
        ),
        attempts=tuple(_attempt_of(one) for one in line["attempts"]),
        controls=tuple(line["controls"]),
        leaked=tuple(line["leaked"]),
        model=model,
    )


def _attempt_of(one: Mapping[str, Any]) -> Attempt:
    body = body_of(one["body"]) or b""
    reads = []
    start = 0
    for at, size in one["reads"]:
        reads.append((at, body[start : start + size]))
        start += size
    failure = Failure(**one["failure"]) if one["failure"] else None
    return Attempt(
        started=one["started"],
        status=one["status"],
        version=one["version"],
        headers=tuple((name, value) for name, value in one["headers"]),
        reads=tuple(reads),
        answered=one["answered"],
        ended=one["ended"],
        failure=failure,
        waited=one["waited"],
        lag=one["lag"],
        forsaken=one.get("forsaken", 0),
    )
