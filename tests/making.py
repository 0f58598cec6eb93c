"""Exchanges, endpoints and runs for tests, made by hand or measured at servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from samewire.attempt import Attempt, Failure, Wire
from samewire.credentials import Credential, Secret
from samewire.exchange import Exchange
from samewire.findings import Findings
from samewire.request import POST, Request
from samewire.requirement import FULL, Depth
from samewire.run import Run
from samewire.running import Live
from samewire.sending import Budget
from samewire.settings import Endpoint, Provider, Settings
from samewire.suite import requirements
from samewire.wire import wire

KEY = "sk-test-8f3k2j5h7g9d1s4a6p0o"
ASK = POST("chat/completions", messages=[{"role": "user", "content": "Say hello."}])
STREAM = ASK.but(stream=True)
ERROR = {"error": {"message": "This is not to be.", "type": "invalid_request_error", "param": None, "code": None}}
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}


def key(value: str = KEY, variable: str = "TEST_KEY") -> Credential:
    """A credential."""
    return Credential(variable, Secret(value))


def endpoint(base_url: str = "http://127.0.0.1:9/v1", model: str = "m", name: str = "server", **more: Any) -> Endpoint:
    """An endpoint; ``more`` are fields of its provider."""
    return Endpoint(Provider(name, base_url, (model,), **more), model)


def cheap(where: Endpoint, costly: bool = False) -> Endpoint:
    """The endpoint without what costs much, which takes its time here too."""
    return replace(where, provider=replace(where.provider, costly=costly))


def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    frame = {"id": "c1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m"}
    return {**frame, "choices": [choice], **more}


CHUNKS = (chunk({"role": "assistant", "content": ""}), chunk({"content": "Hello."}), chunk({}, "stop"))


def events(*datas: Any, done: bool = True) -> bytes:
    """A stream: strings and bytes as they are, anything else as JSON."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in datas]
    return "".join(f"data: {text}\n\n" for text in (*texts, *(["[DONE]"] if done else []))).encode()


def attempt(status: int = 200, body: Any = b"", failure: Failure | None = None, **more: Any) -> Attempt:
    """One try: a body that is no bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/event-stream" if raw.startswith(b"data:") else "application/json"
    more.setdefault("headers", (("Content-Type", kind),))
    more.setdefault("reads", ((0.1, raw),) if raw else ())
    return Attempt(started=1.0, status=status, failure=failure, answered=0.05, ended=0.2, **more)


def exchange(status: int = 200, body: Any = b"", request: Request = ASK, **more: Any) -> Exchange:
    """A request and what came back: one attempt, or those that are given as ``attempts``."""
    made = {name: more.pop(name) for name in ("failure", "headers", "reads") if name in more}
    attempts = more.pop("attempts", None) or (attempt(status, body, **made),)
    return Exchange(request, more.pop("wire", wired(request)), tuple(attempts), **more)


def wired(request: Request, where: Endpoint | None = None, findings: Findings | None = None) -> Wire:
    """What is sent for a request."""
    return wire(request, where or endpoint(credential=key()), findings or Findings("max_completion_tokens"))


def measure(
    endpoints: Endpoint | Sequence[Endpoint],
    only: Iterable[str] = (),
    budget: Budget | None = None,
    record: Path | None = None,
    depth: Depth = FULL,
) -> Run:
    """Run checks (all of a depth, or those whose ids begin so) against endpoints."""
    columns = (endpoints,) if isinstance(endpoints, Endpoint) else tuple(endpoints)
    begins = tuple(only)
    chosen = [one for one in requirements() if depth.includes(one.depth)]
    chosen = [one for one in chosen if not begins or one.id.startswith(begins)]
    live = Live(Settings(columns), record, budget=budget)
    try:
        measurement = live.open(chosen)
        assert measurement is not None
        for column in columns:
            for one in chosen if not column.provider.missing else ():
                live.judged(one, column, measurement.judgement(one, column))
    finally:
        run = live.close()
    assert run is not None
    return run


def words(run: Run, name: str) -> dict[str, str]:
    """The verdicts of an endpoint, named by its provider, by check."""
    return {check: str(one.verdict) for (column, check), one in run.verdicts.items() if column.split("/")[0] == name}
