"""Whether an endpoint outlives what it is asked: it has answered, a connection breaks off, and then nobody is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import Enum, auto

from samewire.attempt import Attempt, Failure, Wire

__all__ = ["Fate", "Watch", "lost"]

#: Seconds for which an endpoint that refuses connections may be starting anew.
PATIENCE = 10.0
#: Seconds between two looks, at first.
SOON = 0.1


#: What most requests have.
USUAL = ("messages", "input", "max_tokens", "max_completion_tokens", "max_output_tokens")


class Fate(Enum):
    """What has become of an endpoint: it is there, it has come back, or it stays away."""

    THERE = auto()
    BACK = auto()
    GONE = auto()


def lost(attempt: Attempt) -> bool:
    """Whether a connection broke off or was refused, as when nobody is there any more."""
    if attempt.failure is None:
        return _unbegun(attempt)
    return attempt.failure.kind in ("reset", "protocol", "refused")


def _unbegun(attempt: Attempt) -> bool:
    """Whether a stream has no event, and only the end of the connection says that this was all of it."""
    unmeasured = attempt.version.startswith("HTTP/1") and not (
        attempt.header("content-length") or attempt.header("transfer-encoding")
    )
    streamed = attempt.status == 200 and attempt.header("content-type").startswith("text/event-stream")
    return unmeasured and streamed and b"data:" not in b"".join(chunk for _, chunk in attempt.reads)


def told(wire: Wire) -> str:
    """A request in a few words: what is in most requests comes last."""
    text = (wire.body or b"")[:20_000].decode(errors="replace")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        body = {name: body[name] for name in sorted(body, key=lambda name: name in USUAL) if name != "model"}
        text = json.dumps(body, ensure_ascii=False)
    return f"{wire.method} {wire.url.split('?')[0]} {text[:90]}{'…' if len(text) > 90 else ''}".strip()


class Watch:
    """Watches over one endpoint. For one event loop.

    Args:
        listens: whether somebody is there.

    Attributes:
        answered: whether it has ever answered.
        returns: how often it was away for a while.
        gone: why it is given up, as a sentence; empty while it isn't.
    """

    def __init__(self, listens: Callable[[], Awaitable[bool]]) -> None:
        self.answered = False
        self.returns = 0
        self.gone = ""
        self._listens = listens
        self._looking: asyncio.Task[Fate] | None = None
        self._inside: dict[str, str] = {}

    async def look(self, wire: Wire, attempt: Attempt) -> Fate:
        """What has become of the endpoint, now that a connection was lost; waits for one that may come back."""
        if not self.answered:
            return Fate.THERE
        if self.gone:
            return Fate.GONE
        if self._looking is None or self._looking.done():
            self._inside = {}
            self._looking = asyncio.create_task(self._look())
        if was_inside(attempt):
            self._inside[wire.id] = told(wire)
        return await asyncio.shield(self._looking)

    async def away(self) -> bool:
        """Wait while it is being looked for; whether it was given up."""
        if self._looking is not None and not self._looking.done():
            await asyncio.shield(self._looking)
        return bool(self.gone)

    def died(self, alone: bool) -> Failure:
        """What happened to a request that was in flight when the endpoint died.

        Args:
            alone: whether it was sent alone, after the endpoint had died with it once.
        """
        if self.gone:
            words = f"and refused connections ever since, {PATIENCE:g} s long"
        else:
            words = "and refused connections for a while"
        others = len(self._inside) - 1
        if alone:
            return Failure("died", f"the server died each of 2 times it was sent this, the second time alone, {words}")
        if others > 0:
            return Failure("died", f"the server died while it had this and {others} more in hand, {words}")
        return Failure("died", f"the server, which had answered before, died of this, {words}")

    async def _look(self) -> Fate:
        if await self._listens():
            await asyncio.sleep(SOON)  # one that is just dying may listen for a moment still
            if await self._listens():
                return Fate.THERE
        waited, pause = 0.0, SOON
        while waited < PATIENCE:
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, 1.0)
            if await self._listens():
                self.returns += 1
                return Fate.BACK
        names = "; ".join(list(self._inside.values())[:3]) or "a request"
        more = f" and {len(self._inside) - 3} more" if len(self._inside) > 3 else ""
        self.gone = f"the server stopped answering; it had this in hand when it died: {names}{more}"
        return Fate.GONE


def was_inside(attempt: Attempt) -> bool:
    """Whether the endpoint had the request in hand when the connection was lost."""
    return attempt.failure is None or attempt.failure.kind != "refused"
